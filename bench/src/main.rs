//! `bench`: measures the exchange on this machine, as it is deployed.
//!
//! Each entry starts the release server on a store of its own, loads it over
//! HTTP and says what it found; `target/bench/report.json` has all of it. The
//! load comes from this process, so the server shares the machine with it.

mod entries;
mod hello;
mod http;
mod load;
mod machine;
mod plan;
mod process;
mod records;
mod report;
mod stats;
mod store;

use std::{path::Path, process::ExitCode};

use anyhow::{Result, ensure};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use entries::{Bench, Entry};
use plan::Plan;
use report::Report;

/// The server's, because this process has a store too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the report goes and the stores are, relative to the repository.
const FOLDER: &str = "target/bench";

/// Measures the exchange and writes target/bench/report.json.
///
/// Ends with 1 when a bound does not hold, an invariant is broken or something
/// could not be measured.
#[derive(Parser)]
struct Cli {
    /// Measure everything, the long runs too.
    #[arg(long)]
    full: bool,
    /// Tiny sizes, to see that the programs work; the figures mean nothing.
    #[arg(long, hide = true, conflicts_with = "full")]
    smoke: bool,
    /// Be the bare server that pages are compared with.
    #[arg(long, hide = true)]
    hello: bool,
    /// Only these entries.
    #[arg(value_enum)]
    entries: Vec<Entry>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: &Cli) -> Result<bool> {
    allow_files()?;
    // Stacks as large as the server's: the embedded store needs them.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(10 << 20)
        .build()?;
    if cli.hello {
        return runtime.block_on(hello::serve()).map(|()| true);
    }
    runtime.block_on(measure(cli))
}

async fn measure(cli: &Cli) -> Result<bool> {
    ensure!(
        Path::new("Leptos.toml").exists(),
        "run it in the folder of the repository, as `make bench` does"
    );
    std::fs::create_dir_all(FOLDER)?;
    let plan = match (cli.full, cli.smoke) {
        (true, _) => Plan::FULL,
        (_, true) => Plan::SMOKE,
        _ => Plan::STANDARD,
    };
    let mut report = Report::new(machine::describe()?);
    let bench = Bench::new(plan);
    // What is named is measured, however long it takes.
    let named = !cli.entries.is_empty();
    for entry in Entry::all(cli.full || named).filter(|entry| !named || cli.entries.contains(entry))
    {
        report.run(entry.name(), bench.run(entry)).await;
    }
    let file = Path::new(FOLDER).join("report.json");
    report.write(&file)?;
    println!("{report}\nwritten to {}", file.display());
    Ok(report.is_well())
}

/// Allows this process, and the servers that it starts, as many open files as
/// `hot_ticket` or `live` has connections, and more for the store.
fn allow_files() -> Result<()> {
    const FILES: u64 = 8_192;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < FILES) {
        let current = limit.maximum.map_or(FILES, |maximum| maximum.min(FILES));
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(current),
                ..limit
            },
        )?;
    }
    Ok(())
}
