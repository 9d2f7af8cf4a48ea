//! A SurrealDB server, for tests and load programs: what `surreal` is, with the
//! storage engines that they use.

use std::process::ExitCode;

use surrealdb_core::CommunityComposer;

fn main() -> ExitCode {
    surrealdb_server::init(CommunityComposer())
}
