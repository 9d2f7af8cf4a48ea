//! The embedded store: how it is opened, and its end.

use std::{
    ffi::OsString,
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

use surrealdb::{Surreal, engine::local};
use surrealdb_cnf::ConfigMap;
use surrealdb_core::kvs::Datastore;

use crate::Error;

/// The scheme of its URLs.
pub(super) const SCHEME: &str = "surrealkv://";

/// The prefix of variables of the environment that override its settings, as
/// they do for SurrealDB's own server.
const PREFIX: &str = "SURREAL_";

/// What the store is given, in bytes, instead of half of the machine's memory
/// for its caches and up to 4 GiB for each table in memory. Its blocks are
/// small: it reads whole ones, and nearly all that the exchange reads is one
/// record. A table in memory has to hold the largest transaction.
const SETTINGS: [(&str, &str); 3] = [
    ("surrealkv_block_size", "4096"),
    ("surrealkv_block_cache_capacity", "67108864"),
    ("surrealkv_max_memtable_size", "67108864"),
];

/// Opens the store at `url`. [`surrealdb::engine::any::connect`] does nearly
/// the same (it also expands `~`), but passes no settings on.
///
/// # Errors
/// When it cannot be opened, or another process has it open.
pub(super) async fn open(url: &str) -> Result<Surreal<local::Db>, Error> {
    let ours = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = ours
        .into_iter()
        .chain(std::env::vars_os().filter_map(named))
        .fold(ConfigMap::empty(), |settings, (name, value)| {
            settings.with_key_value(name, value)
        });
    let store = Datastore::builder()
        .with_config(settings)
        .without_maintenance_tasks()
        .build_with_path(url)
        .await
        .map_err(Error::internal)?;
    store.check_version().await.map_err(Error::internal)?;
    store.bootstrap().await.map_err(Error::internal)?;
    store.start_maintenance_tasks();
    Surreal::<local::Db>::unstable_from_datastore(store, None)
        .await
        .map_err(Error::internal)
}

/// A setting from the environment; what is not Unicode is none.
fn named((name, value): (OsString, OsString)) -> Option<(String, String)> {
    let name = name.to_str()?.strip_prefix(PREFIX)?.to_lowercase();
    Some((name, value.into_string().ok()?))
}

/// Waits until the store at `url` (`surrealkv://…`; another kind has no end)
/// is closed: it closes itself in the background when the last that used it
/// is gone. Returns whether it did so within `patience`.
pub async fn closed(url: &str, patience: Duration) -> bool {
    const PAUSE: Duration = Duration::from_millis(10);
    let Some(store) = url.strip_prefix(SCHEME) else {
        return true;
    };
    let folder = store.split('?').next().unwrap_or_default();
    let lock = Path::new(folder).join("LOCK");
    let released = async {
        while is_locked(&lock) {
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(patience, released).await.is_ok()
}

/// What cannot be opened is not ours.
fn is_locked(file: &Path) -> bool {
    File::open(file).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}
