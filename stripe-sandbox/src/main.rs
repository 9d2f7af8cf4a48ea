//! The process `stripe-sandbox`.

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;
use stripe_sandbox::{Config, Sandbox};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let config = Config::parse();
    // Before it says that it is ready: a signal then ends it in order.
    let (mut interrupt, mut terminate) = match (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("stripe-sandbox: cannot listen for signals: {error}");
            return ExitCode::FAILURE;
        }
    };
    let addr = config.addr;
    let sandbox = match Sandbox::start(config).await {
        Ok(sandbox) => sandbox,
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            eprintln!("stripe-sandbox: {addr} is already in use; choose another with --addr");
            return ExitCode::from(2);
        }
        Err(error) => {
            eprintln!("stripe-sandbox: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("stripe-sandbox ready on {}", sandbox.url());

    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    sandbox.shutdown().await;
    ExitCode::SUCCESS
}
