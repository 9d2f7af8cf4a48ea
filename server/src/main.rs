//! `ticket-exchange`: the server of Ticket Exchange and its commands.

#![recursion_limit = "256"]

mod api;
mod cli;
mod commands;
mod config;
mod control;
mod data_dir;
mod serve;
mod sockets;
mod telemetry;
mod web;

use std::{io, process::ExitCode};

use clap::Parser;

/// The database allocates and frees all the time, from every thread: with the
/// system's allocator that is a quarter of its work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What ends the program before it has begun: a sentence for the operator.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // It is not told to end before everything else has.
    let _telemetry = match cli.telemetry() {
        Ok(telemetry) => telemetry,
        Err(message) => {
            eprintln!("ticket-exchange: {message}");
            return ExitCode::from(REFUSED);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(10 << 20)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("ticket-exchange: cannot start its threads: {error}");
            return ExitCode::from(REFUSED);
        }
    };
    match runtime.block_on(cli.run()) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("ticket-exchange: {message}");
            ExitCode::from(REFUSED)
        }
    }
}

/// Prints a line for the operator; that nobody reads any more is no reason to
/// end.
fn say(line: &str) {
    use std::io::Write;
    writeln!(io::stdout(), "{line}").ok();
}
