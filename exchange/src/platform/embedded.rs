//! The embedded store: its settings, and its end.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::Command,
    time::Duration,
};

/// The store takes half of the machine's memory for its caches, unless these
/// variables of the environment, which nothing else can set, say otherwise. It
/// reads whole blocks, and nearly all that the exchange reads is one record.
pub const SETTINGS: [(&str, &str); 3] = [
    ("SURREAL_SURREALKV_BLOCK_SIZE", "4096"),
    ("SURREAL_SURREALKV_BLOCK_CACHE_CAPACITY", "64MiB"),
    ("SURREAL_SURREALKV_MAX_MEMTABLE_SIZE", "32MiB"),
];

/// Starts this program again with the settings in its environment, but for
/// those that an operator has set; returns when there is nothing to set.
///
/// # Errors
/// When the program cannot be started.
pub fn configure() -> io::Result<()> {
    let unset: Vec<_> = SETTINGS
        .iter()
        .filter(|(name, _)| std::env::var_os(name).is_none())
        .copied()
        .collect();
    if unset.is_empty() {
        return Ok(());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).envs(unset);
    // Only a failure comes back.
    Err(again.exec())
}

/// Waits until the store at `url` (`surrealkv://…`; another kind has no end)
/// is closed: it closes itself in the background when the last that used it
/// is gone. Returns whether it did so in time.
pub async fn closed(url: &str) -> bool {
    const LOOKS: u32 = 500;
    let Some(store) = url.strip_prefix("surrealkv://") else {
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
