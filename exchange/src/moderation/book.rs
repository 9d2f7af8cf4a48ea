//! The rules that are in force, read again when their file changes.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::rules::{BUILT_IN, Rules};
use crate::{Error, Result};

/// How often it is looked whether the file changed.
const LOOK: Duration = Duration::from_secs(1);

/// The rules that are in force.
pub struct Book {
    path: Option<PathBuf>,
    read: Mutex<Read>,
}

struct Read {
    rules: Arc<Rules>,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl Book {
    /// Those of the file at `path`, or else those that are built in.
    ///
    /// # Errors
    /// A sentence for the operator when the file cannot be used.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let (text, changed) = match path {
            Some(path) => read(path)?,
            None => (BUILT_IN.to_owned(), None),
        };
        Ok(Self {
            path: path.map(Path::to_owned),
            read: Mutex::new(Read {
                rules: Arc::new(Rules::parse(&text).map_err(Error::internal)?),
                changed,
                looked: Instant::now(),
            }),
        })
    }

    /// The rules as of now. A file that cannot be used changes nothing.
    pub(super) fn rules(&self) -> Arc<Rules> {
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path
            && last.looked.elapsed() >= LOOK
        {
            last.looked = Instant::now();
            last.renew(path);
        }
        Arc::clone(&last.rules)
    }
}

impl Read {
    fn renew(&mut self, path: &Path) {
        let now = fs::metadata(path).and_then(|file| file.modified()).ok();
        if now == self.changed {
            return;
        }
        self.changed = now;
        let rules = read(path).and_then(|(text, _)| Rules::parse(&text).map_err(Error::internal));
        match rules {
            Ok(rules) => {
                tracing::info!(path = %path.display(), "new rules of moderation");
                self.rules = Arc::new(rules);
            }
            Err(error) => {
                tracing::error!(path = %path.display(), error = ?error, "the rules of moderation cannot be used; those of before are");
            }
        }
    }
}

fn read(path: &Path) -> Result<(String, Option<SystemTime>)> {
    let text = fs::read_to_string(path).map_err(Error::internal)?;
    let changed = fs::metadata(path).and_then(|file| file.modified()).ok();
    Ok((text, changed))
}
