//! Integration tests of the server as a process: HTTP, settings, and being
//! killed.

mod harness;
mod http;
mod kill;
mod process;
