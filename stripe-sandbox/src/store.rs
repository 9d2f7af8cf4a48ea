//! The state file.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result};
use std::path::PathBuf;

use crate::state::State;

/// Where the state is kept; nowhere for a sandbox that lives in memory.
#[derive(Debug)]
pub(crate) struct Store(Option<PathBuf>);

impl Store {
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self(path)
    }

    /// The saved state, or an empty one when there is none yet.
    ///
    /// # Errors
    /// The file cannot be read, or is not a state.
    pub(crate) async fn load(&self) -> Result<State> {
        let Some(path) = &self.0 else {
            return Ok(State::default());
        };
        let json = match tokio::fs::read(path).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::default()),
            read => read?,
        };
        serde_json::from_slice(&json).map_err(|error| {
            let text = format!("{} is not a sandbox state: {error}", path.display());
            Error::new(ErrorKind::InvalidData, text)
        })
    }

    /// Replaces the file in one step, so that a killed process leaves the old
    /// state or the new one. It outlives the process, not a power failure: no fsync.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) async fn save(&self, state: &State) -> Result<()> {
        let Some(path) = &self.0 else {
            return Ok(());
        };
        let mut name = OsString::from(path);
        name.push(".tmp");
        let temporary = PathBuf::from(name);
        tokio::fs::write(&temporary, serde_json::to_vec(state)?).await?;
        tokio::fs::rename(&temporary, path).await
    }
}
