//! The server as it is deployed: a process with a private broker.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

use crate::stats;

/// Settings in the environment that would make it another deployment.
const FOREIGN: [&str; 6] = [
    "APP_ENV",
    "CLOCK_OFFSET",
    "CURRENCY",
    "DATABASE_URL",
    "NATS_URL",
    "PUBLIC_URL",
];

/// Most of a core that a server at rest and its broker use, in ticks of the
/// kernel: hundredths of a second.
const REST_TICKS: u64 = 10;

/// A running server; dropped, it is told to stop.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    data: PathBuf,
    child: Child,
    /// Kept, because what it says at the end needs a reader.
    output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts the server on the data in `data` and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or takes longer than five minutes: it reads the market.
    pub(crate) async fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &[]).await
    }

    /// The same, with settings besides.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) async fn start_with(data: &Path, settings: &[(&str, String)]) -> Result<Self> {
        let mut command = command(program()?, data);
        command.envs(settings.iter().map(|(name, value)| (*name, value)));
        Self::run(command, data).await
    }

    /// Starts a deployment on servers of its own, which has these parts.
    ///
    /// # Errors
    /// As [`start`](Self::start), or when there is no SurrealDB server.
    pub(crate) async fn split(data: &Path, parts: &str) -> Result<Self> {
        let mut command = split(data)?;
        command.env("SPLIT_PARTS", parts).env("SPLIT_REPLICAS", "1");
        Self::run(command, data).await
    }

    async fn run(mut command: Command, data: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command
            .arg("serve")
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().context("the server cannot be started")?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut server = Self {
            address,
            data: data.to_owned(),
            child,
            output: BufReader::new(output).lines(),
        };
        timeout(Duration::from_secs(300), server.until_ready())
            .await
            .context("the server is not ready after five minutes")??;
        Ok(server)
    }

    async fn until_ready(&mut self) -> Result<()> {
        while let Some(line) = self.output.next_line().await? {
            if line.starts_with("ready") {
                return Ok(());
            }
        }
        bail!("the server ended before it was ready")
    }

    /// Stops it as an operator does, and waits until it has ended.
    ///
    /// # Errors
    /// When it does not end, or not well.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM);
        let status = timeout(Duration::from_secs(60), self.child.wait())
            .await
            .context("the server does not stop")??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Kills its broker, which it starts again.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn kill_broker(&self) -> Result<()> {
        let pid = i32::try_from(self.broker_pid()?)?;
        let pid = Pid::from_raw(pid).context("no process")?;
        Ok(kill_process(pid, Signal::KILL)?)
    }

    /// Kills it, as a failing machine would; its broker stays behind.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    fn signal(&self, signal: Signal) {
        let pid = self
            .child
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .and_then(Pid::from_raw);
        // Ended already is as good as told.
        pid.and_then(|pid| kill_process(pid, signal).ok());
    }

    /// Waits until server and broker have nothing to do: until the events of
    /// earlier load are published and acted on.
    ///
    /// # Errors
    /// When there is no rest within a minute.
    pub(crate) async fn until_idle(&self) -> Result<()> {
        self.until_idle_within(Duration::from_secs(60)).await
    }

    /// # Errors
    /// When there is no rest within `patience`.
    pub(crate) async fn until_idle_within(&self, patience: Duration) -> Result<()> {
        let pids = [self.pid()?, self.broker_pid()?];
        let ticks = || -> Result<u64> { pids.iter().map(|pid| cpu_ticks(*pid)).sum() };
        for _ in 0..patience.as_secs() {
            let before = ticks()?;
            sleep(Duration::from_secs(1)).await;
            if ticks()? - before <= REST_TICKS {
                return Ok(());
            }
        }
        bail!("the server does not come to rest")
    }

    /// Resident memory of the server and of its broker, in megabytes.
    ///
    /// # Errors
    /// When one of them has ended.
    pub(crate) fn resident(&self) -> Result<(f64, f64)> {
        Ok((resident(self.pid()?)?, resident(self.broker_pid()?)?))
    }

    fn pid(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// The broker's process id is the first word of the file that the server
    /// keeps about it.
    fn broker_pid(&self) -> Result<u32> {
        let text =
            fs::read_to_string(self.data.join("nats/process")).context("the broker has ended")?;
        Ok(text.split(' ').next().unwrap_or_default().parse()?)
    }
}

impl Drop for Server {
    /// After a failure: its data folder goes next, so it has to end first.
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        for _ in 0..200 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Walks the database in `data`, which no server may be using, and proves its
/// invariants.
///
/// # Errors
/// With what is violated.
pub(crate) async fn check(data: &Path) -> Result<()> {
    checked(command(program()?, data)).await
}

/// The same of a deployment that has ended.
///
/// # Errors
/// As [`check`].
pub(crate) async fn check_split(data: &Path) -> Result<()> {
    checked(split(data)?).await
}

async fn checked(mut command: Command) -> Result<()> {
    let output = command
        .arg("check")
        .output()
        .await
        .context("the check cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    // The first violations, and how many there are.
    let lines: Vec<&str> = said.lines().collect();
    let first = lines.iter().take(3).chain(lines.iter().skip(3).last());
    let first: Vec<&str> = first.copied().collect();
    ensure!(
        output.status.success(),
        "the check says: {}",
        first.join("; ")
    );
    Ok(())
}

/// The program that is measured.
fn program() -> Result<PathBuf> {
    Ok(match std::env::var_os("TICKET_EXCHANGE_BIN") {
        Some(program) => PathBuf::from(program),
        None => std::env::current_exe()?.with_file_name("ticket-exchange"),
    })
}

/// The program as a deployment of many processes.
fn split(data: &Path) -> Result<Command> {
    let mut command = command(PathBuf::from("tools/split"), data);
    command.env("TICKET_EXCHANGE_BIN", program()?);
    Ok(command)
}

fn command(program: PathBuf, data: &Path) -> Command {
    let mut command = Command::new(program);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .env("DATA_DIR", data)
        .env("LIMITS", "off")
        .env("HOLD_COOLDOWN", "0")
        .env("LOG", "error");
    command
}

/// Processor time that a process has used, in hundredths of a second:
/// fields 14 and 15 of `/proc/PID/stat` (proc(5)), counted after the name,
/// which may contain spaces.
fn cpu_ticks(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().context("not a number of ticks"))
        .sum()
}

fn resident(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kibibytes = status.lines().find_map(|line| {
        line.strip_prefix("VmRSS:")?
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    });
    Ok(stats::megabytes(
        kibibytes.context("the process has ended")?,
    ))
}
