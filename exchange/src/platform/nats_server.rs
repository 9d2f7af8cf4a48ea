//! The private broker: a `nats-server` child on loopback, for deployments
//! that have no broker of their own.

use std::{
    fs, io,
    net::TcpListener,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use rand::{Rng, distr::Alphanumeric};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// How long it may take until it listens.
const LONGEST_START: Duration = Duration::from_secs(600);

/// A private `nats-server` whose data and configuration are in one folder.
pub struct NatsServer {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    password: String,
    child: Child,
}

impl NatsServer {
    /// Starts `program` with its data in `folder`, after ending an orphan that
    /// a killed process left there.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn start(program: &Path, folder: &Path) -> Result<Self, String> {
        let prepare = |error: io::Error| {
            format!(
                "cannot use {} for the broker's data: {error}",
                folder.display()
            )
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(prepare)?;
        end_orphan(folder).await;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .map_err(prepare)?
            .port();
        let password: String = rand::rng()
            .sample_iter(Alphanumeric)
            .take(32)
            .map(char::from)
            .collect();
        let config = format!(
            "listen: \"127.0.0.1:{port}\"\nserver_name: ticket_exchange\nauthorization {{ user: exchange, password: \"{password}\" }}\njetstream {{ store_dir: {:?}, sync_interval: \"1s\" }}\n",
            folder.join("jetstream").display().to_string()
        );
        write_private(&config_path(folder), &config).map_err(prepare)?;
        let child = spawn(program, folder)?;
        let mut server = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            port,
            password,
            child,
        };
        server.record().map_err(prepare)?;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://exchange:{}@127.0.0.1:{}", self.password, self.port)
    }

    /// The process id of the child.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// It reads what its streams have before it listens, which takes as long as it takes.
    async fn wait_until_ready(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        let mut told = Duration::from_secs(5);
        while begun.elapsed() < LONGEST_START {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!(
                    "{} ended with {status}; its log is {}",
                    self.program.display(),
                    self.folder.join("log").display()
                ));
            }
            if begun.elapsed() > told {
                told *= 2;
                tracing::info!("waiting for the broker to read its streams");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!(
            "{} does not listen; its log is {}",
            self.program.display(),
            self.folder.join("log").display()
        ))
    }

    fn record(&self) -> io::Result<()> {
        let pid = self.child.id().unwrap_or_default();
        write_private(
            &self.folder.join("process"),
            &format!("{pid} {}\n", self.port),
        )
    }

    /// Starts the child again whenever it dies, until `stop`; then ends it.
    pub async fn supervise(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                status = self.child.wait() => {
                    tracing::error!(?status, "the broker died; starting it again");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    match spawn(&self.program, &self.folder) {
                        Ok(child) => self.child = child,
                        Err(error) => {
                            tracing::error!(error, "the broker cannot be started");
                            tokio::time::sleep(Duration::from_secs(2)).await;
                        }
                    }
                    if let Err(error) = self.record() {
                        tracing::error!(%error, "the broker's process id could not be recorded");
                    }
                }
            }
        }
        self.end().await;
    }

    async fn end(mut self) {
        if let Some(pid) = self
            .child
            .id()
            .and_then(|pid| i32::try_from(pid).ok())
            .and_then(Pid::from_raw)
        {
            // Ended already is as good as ended.
            kill_process(pid, Signal::TERM).ok();
        }
        if tokio::time::timeout(Duration::from_secs(5), self.child.wait())
            .await
            .is_err()
        {
            self.child.kill().await.ok();
        }
        fs::remove_file(self.folder.join("process")).ok();
    }
}

fn config_path(folder: &Path) -> PathBuf {
    folder.join("nats.conf")
}

fn spawn(program: &Path, folder: &Path) -> Result<Child, String> {
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .map_err(|error| format!("cannot write the broker's log: {error}"))?;
    Command::new(program)
        .arg("--config")
        .arg(config_path(folder))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        // A ctrl-c in the terminal is for us; the child is ended after us.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("the broker {:?} is not installed: install nats-server 2.12 or newer, name it with NATS_SERVER, or name a running one with NATS_URL", program.display()),
            _ => format!("the broker {} cannot be started: {error}", program.display()),
        })
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    let mut file = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// Ends the child of a process that was killed, if it still runs and is ours:
/// its command line names our configuration file.
async fn end_orphan(folder: &Path) {
    let Ok(recorded) = fs::read_to_string(folder.join("process")) else {
        return;
    };
    let Some(pid) = recorded
        .split(' ')
        .next()
        .and_then(|pid| pid.parse::<i32>().ok())
        .and_then(Pid::from_raw)
    else {
        return;
    };
    let is_ours = || {
        let command =
            fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
        let config = config_path(folder).into_os_string().into_encoded_bytes();
        command
            .split(|byte| *byte == 0)
            .any(|argument| argument == config)
    };
    for signal in [Signal::TERM, Signal::KILL] {
        if !is_ours() {
            return;
        }
        tracing::info!(
            pid = pid.as_raw_nonzero().get(),
            "ending the broker that an earlier process left"
        );
        kill_process(pid, signal).ok();
        for _ in 0..50 {
            if !is_ours() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
