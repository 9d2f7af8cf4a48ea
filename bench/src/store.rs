//! A store on disk, opened in this process: to fill it, to load it without a
//! server, and to read what a server left.

use std::{path::Path, time::Duration};

use anyhow::{Result, ensure};
use exchange::{
    Exchange,
    clock::Clock,
    platform::{db::Db, embedded, migrate::migrate},
    settings::Settings,
};
use tempfile::TempDir;

use crate::FOLDER;

/// How long a store may take to close itself.
const CLOSING: Duration = Duration::from_secs(60);

/// A data folder whose store is open in this process.
pub(crate) struct Store {
    /// The operations on it.
    pub(crate) exchange: Exchange,
    folder: TempDir,
}

impl Store {
    /// A new store beside the report: on a disk, which a folder for temporary
    /// files need not be.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn create() -> Result<Self> {
        Self::open(folder()?).await
    }

    /// The store in `folder`, opened as the server does: every commit synced.
    ///
    /// # Errors
    /// When it is in use or cannot be read.
    pub(crate) async fn open(folder: TempDir) -> Result<Self> {
        let clock = Clock::default();
        let db = Db::open(&url(&folder)).await?;
        migrate(&db, &clock).await?;
        Ok(Self {
            exchange: Exchange::new(
                db,
                clock,
                Settings::trial(SANDBOX, folder.path().join("mail")),
            )?,
            folder,
        })
    }

    /// Closes it, so that a server can open it, and returns the data folder.
    ///
    /// # Errors
    /// When it stays open.
    pub(crate) async fn close(self) -> Result<TempDir> {
        let Self { exchange, folder } = self;
        drop(exchange);
        ensure!(
            embedded::closed(&url(&folder), CLOSING).await,
            "the store in {} stays open",
            folder.path().display()
        );
        Ok(folder)
    }
}

/// A new folder for data, beside the report.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn folder() -> Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    Ok(folder.prefix("data-").tempdir_in(FOLDER)?)
}

/// The operations on a database that servers use.
///
/// # Errors
/// When it is away.
pub(crate) async fn connect(url: &str, folder: &Path) -> Result<Exchange> {
    let settings = Settings::trial(SANDBOX, folder.join("mail"));
    Ok(Exchange::new(
        Db::open(url).await?,
        Clock::default(),
        settings,
    )?)
}

/// The store's address, as the server writes it: every commit is synced.
fn url(folder: &TempDir) -> String {
    format!(
        "surrealkv://{}?sync=every",
        folder.path().join("db").display()
    )
}

/// Nobody pays here.
const SANDBOX: &str = "http://127.0.0.1:3030";

/// Most live holds of one buyer: the server's default.
pub(crate) const MAX_HOLDS: usize = 4;
