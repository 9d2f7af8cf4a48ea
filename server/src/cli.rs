//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    api,
    commands::Admin,
    config::{Options, Purpose},
    control, serve,
    telemetry::{self, Telemetry},
};

/// A marketplace on which people sell tickets they cannot use.
///
/// Every setting is a flag or an environment variable. Commands other than
/// `serve` go through the running server, if there is one, and otherwise open
/// the data themselves.
#[derive(Parser)]
#[command(name = "ticket-exchange", version, after_help = SITE_SETTINGS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

/// Settings that are read by others than clap.
const SITE_SETTINGS: &str = "\
Environment only:
  LEPTOS_SITE_ADDR  Address to listen on [default: 127.0.0.1:3000]
  LEPTOS_SITE_ROOT  Folder of the site that was built with the program [default: target/site]
  LEPTOS_…          Every other key of Leptos.toml, which is read from the working folder
  LOG               What is logged to standard error, as tracing's EnvFilter takes it
                    [default: info,surrealdb=warn,surrealkv=error,async_nats=warn]
  OTEL_…            Besides OTEL_EXPORTER_OTLP_ENDPOINT what OpenTelemetry's SDK reads, such as
                    OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_HEADERS
  SURREAL_…         Settings of the embedded database; its caches are small unless set";

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Add demo users and listings, unless there is data already
        /// (development only).
        #[arg(long)]
        demo: bool,
    },
    /// Print the description of the API for programs: `docs/openapi.json`.
    Openapi,
    #[command(flatten)]
    Admin(Admin),
}

impl Cli {
    /// Begins to log and to trace.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn telemetry(&self) -> Result<Telemetry, String> {
        telemetry::begin(&self.options.telemetry()?)
    }

    /// Runs the command.
    ///
    /// # Errors
    /// A sentence for the operator, when it could not begin.
    pub(crate) async fn run(self) -> Result<ExitCode, String> {
        if matches!(self.command, Command::Openapi) {
            print!("{}", api::description());
            return Ok(ExitCode::SUCCESS);
        }
        let purpose = match self.command {
            Command::Serve { demo: true } => Purpose::Demo,
            Command::Serve { demo: false } => Purpose::Serve,
            Command::Admin(_) | Command::Openapi => Purpose::Command,
        };
        let config = self.options.check(purpose)?;
        match self.command {
            Command::Serve { demo } => serve::run(config, demo).await.map(|()| ExitCode::SUCCESS),
            Command::Openapi => Ok(ExitCode::SUCCESS),
            Command::Admin(command) => control::run(config, command.with_input()?).await,
        }
    }
}
