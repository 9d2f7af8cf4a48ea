//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{commands::Admin, config::Options, control, serve};

/// A marketplace on which people sell tickets they cannot use.
///
/// Every setting is a flag or an environment variable. Commands other than
/// `serve` go through the running server, if there is one, and otherwise open
/// the data themselves.
#[derive(Parser)]
#[command(name = "ticket-exchange", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Add demo users and listings, unless there is data already
        /// (development only).
        #[arg(long)]
        demo: bool,
    },
    #[command(flatten)]
    Admin(Admin),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// A sentence for the operator, when it could not begin.
    pub(crate) async fn run(self) -> Result<ExitCode, String> {
        let config = self.options.check()?;
        match self.command {
            Command::Serve { demo } => serve::run(config, demo).await.map(|()| ExitCode::SUCCESS),
            Command::Admin(command) => control::run(&config, command.with_input()?).await,
        }
    }
}
