//! The data folder, and that one process at a time has it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
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

    /// The secret of this folder, made now if there is none.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn secret_key(&self) -> Result<String, String> {
        let path = self.path.join("secret-key");
        let unusable = |error: io::Error| format!("cannot use {}: {error}", path.display());
        match fs::read_to_string(&path) {
            Ok(key) if key.is_empty() => return Err(format!("{} is empty", path.display())),
            Ok(key) => return Ok(key),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(error)),
        }
        let key = exchange::accounts::new_secret();
        // Nobody finds half of one, however this ends.
        let partial = path.with_extension("partial");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&partial)
            .map_err(unusable)?;
        file.write_all(key.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&partial, &path))
            .map_err(unusable)?;
        Ok(key)
    }

    /// Where it is, absolutely.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
