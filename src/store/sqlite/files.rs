//! Whether the files that are open are still the ones at their paths.
//!
//! On Unix a file that is open may be removed or replaced. What is written to it from then on would be acknowledged and
//! lost, so it is looked at before each commit.

use crate::store::{Result, StoreError};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The file of a connection and its log, as they were when they were opened.
#[derive(Clone)]
pub(super) struct Files {
    path: PathBuf,
    log: PathBuf,
    opened: Vec<(PathBuf, Identity)>,
}

/// What tells one file from another: device and inode.
type Identity = (u64, u64);

impl Files {
    /// Those of a connection that has read something, which is when SQLite opens the log.
    pub(super) fn of(connection: &Connection) -> Self {
        let path = connection.path().unwrap_or_default();
        let (path, log) = (PathBuf::from(path), PathBuf::from(format!("{path}-wal")));
        let identities = [&path, &log].map(|path| identity(path).map(|identity| (path.clone(), identity)));
        Self { path, log, opened: identities.into_iter().flatten().collect() }
    }

    /// Where the file is, without symbolic links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How long the log is, in bytes.
    pub(super) fn log_length(&self) -> u64 {
        self.log.metadata().map_or(0, |metadata| metadata.len())
    }

    /// An error unless they are still there.
    pub(super) fn check(&self) -> Result<()> {
        if self.opened.iter().all(|(path, opened)| identity(path) == Some(*opened)) {
            return Ok(());
        }
        Err(StoreError::Unavailable { what: "the file was removed or replaced", source: None })
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Elsewhere the system keeps open files from being removed, and there is nothing to look at.
#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    None
}
