//! The data folder, and that one process at a time has it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// A data folder that no other process uses while this lives; the system
/// lets go of it also when the process is killed.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder if need be, and takes it.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn take(path: &Path) -> Result<Self, String> {
        let unusable =
            |error: io::Error| format!("cannot use the data folder {}: {error}", path.display());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(path.join("lock")).unwrap_or_default();
                return Err(format!(
                    "another process ({}) uses the data folder {}; one process at a time can",
                    holder.trim(),
                    path.display()
                ));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "pid {}", std::process::id()))
            .map_err(unusable)?;
        Ok(Self { path, _lock: lock })
    }

    /// Where it is, absolutely.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
