//! Integration tests of the server as a process: HTTP, settings, and being
//! killed.

mod forms;
mod harness;
mod kill;
mod pages;
mod process;
mod refusals;
mod sessions;
