//! Integration tests of the server as a process: HTTP, settings, and being
//! killed.

mod accounts;
mod administration;
mod api;
mod events;
mod forms;
mod harness;
mod headers;
mod kill;
mod live;
mod mail;
#[path = "../../../exchange/tests/it/mailbox.rs"]
#[expect(dead_code, reason = "the other tests need more of it")]
mod mailbox;
mod monitor;
mod pages;
mod permissions;
mod process;
mod program;
mod races;
mod refusals;
mod sessions;
mod trace;
