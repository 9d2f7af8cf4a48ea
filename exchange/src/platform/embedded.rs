//! The embedded store: how it is opened, and its end.

use std::{
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

/// What the store is given instead of half of the machine's memory for its
/// caches and a gigabyte for each table in memory. Its blocks are small: it
/// reads whole ones, and nearly all that the exchange reads is one record.
///
/// A variable of the environment with the prefix `SURREAL_` overrides each, as
/// it does for SurrealDB's own server.
const SETTINGS: [(&str, &str); 3] = [
    ("surrealkv_block_size", "4096"),
    ("surrealkv_block_cache_capacity", "67108864"),
    ("surrealkv_max_memtable_size", "33554432"),
];

/// Opens the store at `url`. [`surrealdb::engine::any::connect`] does the
/// same, but passes no settings on.
///
/// # Errors
/// When it cannot be opened, or another process has it open.
pub(super) async fn open(url: &str) -> Result<Surreal<local::Db>, Error> {
    let settings = SETTINGS
        .into_iter()
        .fold(ConfigMap::empty(), |settings, (name, value)| {
            settings.with_key_value(name, value)
        })
        .join(ConfigMap::from_env());
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

/// Waits until the store at `url` (`surrealkv://…`; another kind has no end)
/// is closed: it closes itself in the background when the last that used it
/// is gone. Returns whether it did so in time.
pub async fn closed(url: &str) -> bool {
    const LOOKS: u32 = 500;
    let Some(store) = url.strip_prefix(SCHEME) else {
        return true;
    };
    let folder = store.split('?').next().unwrap_or_default();
    let lock = Path::new(folder).join("LOCK");
    for _ in 0..LOOKS {
        if !is_locked(&lock) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// What cannot be opened is not ours.
fn is_locked(file: &Path) -> bool {
    File::open(file).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}
