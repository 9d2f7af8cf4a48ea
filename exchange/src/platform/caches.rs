//! Bounds on the memory of the embedded store.

use std::{io, os::unix::process::CommandExt, process::Command};

/// The store takes half of the machine's memory for its caches, unless these
/// variables of the environment, which nothing else can set, say otherwise. It
/// reads whole blocks, and nearly all that the exchange reads is one record.
pub const BOUNDS: [(&str, &str); 3] = [
    ("SURREAL_SURREALKV_BLOCK_SIZE", "4096"),
    ("SURREAL_SURREALKV_BLOCK_CACHE_CAPACITY", "64MiB"),
    ("SURREAL_SURREALKV_MAX_MEMTABLE_SIZE", "32MiB"),
];

/// Starts this program again with bounds in its environment, but for those
/// that an operator has set; returns when there is nothing to set.
///
/// # Errors
/// When the program cannot be started.
pub fn bound() -> io::Result<()> {
    let unset: Vec<_> = BOUNDS
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
