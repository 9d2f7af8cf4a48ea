//! `ticket-exchange`: the server of Ticket Exchange and its commands.

#![recursion_limit = "256"]

mod cli;
mod commands;
mod config;
mod control;
mod data_dir;
mod serve;
mod web;

use std::{
    io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use clap::Parser;

/// What ends the program before it has begun: a sentence for the operator.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("LOG")
                .unwrap_or_else(|_| "info,surrealdb=warn,surrealkv=warn,async_nats=warn".into()),
        )
        .init();
    if let Some(failed) = bound_caches() {
        eprintln!("ticket-exchange: cannot start itself: {failed}");
        return ExitCode::from(REFUSED);
    }
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

/// The embedded store takes half of the machine's memory for its caches unless
/// the environment says otherwise, which it reads and nothing else can set. So
/// the program starts itself again with bounds, unless the operator set some.
fn bound_caches() -> Option<io::Error> {
    const BOUNDS: [(&str, &str); 2] = [
        ("SURREAL_SURREALKV_BLOCK_CACHE_CAPACITY", "64MiB"),
        ("SURREAL_SURREALKV_MAX_MEMTABLE_SIZE", "32MiB"),
    ];
    if BOUNDS
        .iter()
        .all(|(name, _)| std::env::var_os(name).is_some())
    {
        return None;
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return Some(error),
    };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1));
    for (name, value) in BOUNDS {
        if std::env::var_os(name).is_none() {
            again.env(name, value);
        }
    }
    Some(again.exec())
}
