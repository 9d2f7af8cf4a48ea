//! The sandbox from outside: over HTTP, as servers, browsers and `async-stripe` see it.

mod assets;
mod authentication;
mod contract;
mod declines;
mod faults;
mod idempotency;
mod lifecycle;
mod parsing;
mod process;
mod refunds;
mod restart;
mod support;
mod webhooks;
