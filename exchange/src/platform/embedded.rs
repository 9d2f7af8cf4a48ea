//! The embedded store: how it is opened, and its end.

use std::{ffi::OsString, fs, path::Path, time::Duration};

use surrealdb::{Surreal, engine::local};
use surrealdb_cnf::ConfigMap;
use surrealdb_core::kvs::Datastore;

use crate::Error;

/// What the URLs of stores on disk begin with: of SurrealKV, and of RocksDB with the
/// feature `rocksdb`.
pub const SCHEMES: &[&str] = &[
    "surrealkv://",
    #[cfg(feature = "rocksdb")]
    "rocksdb://",
];

/// The prefix of variables of the environment that override its settings, as
/// they do for SurrealDB's own server.
const PREFIX: &str = "SURREAL_";

/// What the store is given, in bytes, instead of half of the machine's memory
/// for its caches and up to 4 GiB for its tables in memory. Its blocks are
/// small: it reads whole ones, and nearly all that the exchange reads is one
/// record. SurrealKV's table in memory has to hold the largest transaction.
const SETTINGS: &[(&str, &str)] = &[
    ("surrealkv_block_size", "4096"),
    ("surrealkv_block_cache_capacity", "67108864"),
    ("surrealkv_max_memtable_size", "67108864"),
    #[cfg(feature = "rocksdb")]
    ("rocksdb_block_size", "4096"),
    #[cfg(feature = "rocksdb")]
    ("rocksdb_block_cache_size", "67108864"),
    #[cfg(feature = "rocksdb")]
    ("rocksdb_write_buffer_size", "33554432"),
    #[cfg(feature = "rocksdb")]
    ("rocksdb_max_write_buffer_number", "2"),
];

/// Opens the store at `url`. [`surrealdb::engine::any::connect`] does nearly
/// the same (it also expands `~`), but passes no settings on.
///
/// # Errors
/// When it cannot be opened, or another process has it open.
pub(super) async fn open(url: &str) -> Result<Surreal<local::Db>, Error> {
    let settings = SETTINGS
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
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

/// Whether the store at `url` is one of [`SCHEMES`].
pub(super) fn is_meant(url: &str) -> bool {
    path(url).is_some()
}

/// Where the store is, if it is on disk.
fn path(url: &str) -> Option<&Path> {
    let store = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme))?;
    store.split('?').next().map(Path::new)
}

/// Waits until this process has closed the store at `url` (one that is not on disk has
/// no end): it closes itself in the background when the last that used it is gone.
/// Returns whether it did so within `patience`.
pub async fn closed(url: &str, patience: Duration) -> bool {
    const PAUSE: Duration = Duration::from_millis(10);
    let Some(folder) = path(url) else {
        return true;
    };
    let released = async {
        while is_open(&folder.join("LOCK")) {
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(patience, released).await.is_ok()
}

/// Whether this process has it open. RocksDB's lock cannot be asked for that: to the
/// process that has it, it looks free. Only Linux says which files are open.
fn is_open(file: &Path) -> bool {
    let (Ok(file), Ok(open)) = (file.canonicalize(), fs::read_dir("/proc/self/fd")) else {
        return false;
    };
    open.flatten()
        .any(|open| fs::read_link(open.path()).is_ok_and(|open| open == file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::db::Db, vars};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_is_one_processs_until_it_is_closed() {
        const PATIENCE: Duration = Duration::from_secs(30);
        for scheme in SCHEMES {
            let folder = tempfile::TempDir::new().expect("a folder");
            let url = format!("{scheme}{}?sync=every", folder.path().join("db").display());
            let db = Db::open(&url).await.expect("opens");
            assert!(!closed(&url, Duration::ZERO).await, "{scheme}");
            assert!(Db::open(&url).await.is_err(), "{scheme}");
            let written = db.transact("write", "CREATE a:b", vars! {}).await;
            written.expect("writes");
            drop(db);
            assert!(closed(&url, PATIENCE).await, "{scheme}");
            let db = Db::open(&url).await.expect("opens again");
            let rows = db
                .read("SELECT VALUE record::id(id) FROM a", vars! {})
                .await;
            let names: Vec<String> = rows.expect("reads").many().expect("names");
            assert_eq!(names, ["b"], "{scheme}");
            drop(db);
            assert!(closed(&url, PATIENCE).await, "{scheme}");
        }
    }
}
