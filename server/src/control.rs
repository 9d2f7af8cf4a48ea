//! The control socket: commands reach the running server through it, because
//! the embedded store can be open in one process only.
//!
//! One line of JSON with the command, one with the outcome.

use std::{
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use exchange::{
    Exchange, backup,
    platform::{bus::Bus, db::Db, embedded, migrate},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::{Admin, Desk, Outcome, explain},
    config::Config,
    data_dir::DataDir,
    say,
};

/// How long the embedded database may take to close itself.
pub(crate) const CLOSING: Duration = Duration::from_secs(10);
/// Longest command, in bytes.
const LONGEST: u64 = 64 * 1024;

fn path(config: &Config) -> PathBuf {
    config.data_dir.join("control.sock")
}

/// Has the running server carry `command` out, or does so itself.
///
/// # Errors
/// A sentence for the operator, when neither can be.
pub(crate) async fn run(config: Config, command: Admin) -> Result<ExitCode, String> {
    let outcome = match UnixStream::connect(path(&config)).await {
        Ok(_) if command.is_for_data_alone() => {
            return Err("a server runs on these data: stop it first".to_owned());
        }
        Ok(socket) => ask(socket, &command)
            .await
            .map_err(|error| format!("the running server did not answer: {error}"))?,
        Err(_) => alone(config, command).await?,
    };
    if outcome.succeeded {
        say(&outcome.text);
        Ok(ExitCode::SUCCESS)
    } else {
        eprintln!("{}", outcome.text);
        Ok(ExitCode::FAILURE)
    }
}

async fn ask(socket: UnixStream, command: &Admin) -> io::Result<Outcome> {
    let (read, mut write) = socket.into_split();
    write
        .write_all(format!("{}\n", serde_json::to_string(command)?).as_bytes())
        .await?;
    let mut answer = String::new();
    BufReader::new(read).read_line(&mut answer).await?;
    Ok(serde_json::from_str(&answer)?)
}

async fn alone(mut config: Config, command: Admin) -> Result<Outcome, String> {
    if config.database_url.is_none() && !command.begins() && !config.database_folder().exists() {
        return Err(format!(
            "there is no data in {}; DATA_DIR says where it is",
            config.data_dir.display()
        ));
    }
    let data = DataDir::take(&config.data_dir)?;
    config.take_key(&data)?;
    let exchange = match &command {
        Admin::Restore { file } => restore(&config, file).await,
        _ => open(&config).await,
    }?;
    let outcome = command
        .run(&Desk {
            exchange: &exchange,
            bus: None,
            production: config.production,
        })
        .await;
    drop(exchange);
    embedded::closed(&config.database(), CLOSING).await;
    drop(data);
    Ok(outcome)
}

/// Opens data that are not there yet, and reads `backup`.
async fn restore(config: &Config, backup: &Path) -> Result<Exchange, String> {
    // Before there is a database that has nothing.
    backup::verify(backup).await?;
    let db = Db::open(&config.database())
        .await
        .map_err(|error| format!("cannot open the database: {}", explain(error)))?;
    let restored = match backup::restore(&db, backup).await {
        Ok(()) => on(db, config).await,
        Err(error) => Err(error),
    };
    if restored.is_err() {
        embedded::closed(&config.database(), CLOSING).await;
    }
    restored
}

/// Opens the data and brings its schema up to date.
///
/// # Errors
/// A sentence for the operator; the data are closed by then.
pub(crate) async fn open(config: &Config) -> Result<Exchange, String> {
    let db = Db::open(&config.database())
        .await
        .map_err(|error| format!("cannot open the database: {}", explain(error)))?;
    let opened = on(db, config).await;
    if opened.is_err() {
        embedded::closed(&config.database(), CLOSING).await;
    }
    opened
}

async fn on(db: Db, config: &Config) -> Result<Exchange, String> {
    migrate::migrate(&db, &config.clock)
        .await
        .map_err(|error| format!("cannot bring the database up to date: {}", explain(error)))?;
    let noted = config.settings.note_currency(&db).await.map_err(explain)?;
    let ours = config.settings.currency.code;
    if noted != ours {
        return Err(format!(
            "the amounts in the data are in {noted}, so CURRENCY cannot be {ours}"
        ));
    }
    Exchange::new(db, config.clock, config.settings.clone()).map_err(explain)
}

/// The socket of a server that has the data folder to itself.
pub(crate) struct Control(UnixListener);

impl Control {
    /// Listens; what an earlier process left there is replaced.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn listen(config: &Config) -> Result<Self, String> {
        let path = path(config);
        let listen = || -> io::Result<UnixListener> {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = UnixListener::bind(&path)?;
            std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            Ok(listener)
        };
        listen()
            .map(Self)
            .map_err(|error| format!("cannot listen on {}: {error}", path.display()))
    }

    /// Carries out commands until `stop`.
    pub(crate) async fn serve(
        self,
        exchange: Exchange,
        bus: Bus,
        production: bool,
        stop: CancellationToken,
    ) {
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return,
                accepted = self.0.accept() => accepted,
            };
            let Ok((socket, _)) = accepted else { continue };
            let (exchange, bus) = (exchange.clone(), bus.clone());
            tokio::spawn(async move {
                if let Err(error) = answer(socket, &exchange, &bus, production).await {
                    tracing::warn!(%error, "control socket");
                }
            });
        }
    }
}

async fn answer(
    socket: UnixStream,
    exchange: &Exchange,
    bus: &Bus,
    production: bool,
) -> io::Result<()> {
    use tokio::io::AsyncReadExt;
    let (read, mut write) = socket.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST))
        .read_line(&mut line)
        .await?;
    let outcome = match serde_json::from_str::<Admin>(&line) {
        Ok(command) => {
            command
                .run(&Desk {
                    exchange,
                    bus: Some(bus),
                    production,
                })
                .await
        }
        Err(error) => Outcome {
            text: format!("not a command: {error}"),
            succeeded: false,
        },
    };
    write
        .write_all(format!("{}\n", serde_json::to_string(&outcome)?).as_bytes())
        .await
}
