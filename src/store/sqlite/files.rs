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
        size(&self.log).unwrap_or(0)
    }

    /// An error unless they are still there.
    pub(super) fn check(&self) -> Result<()> {
        if self.opened.iter().all(|(path, opened)| identity(path) == Some(*opened)) {
            return Ok(());
        }
        Err(StoreError::Unavailable { what: "the file was removed or replaced", source: None })
    }
}

#[cfg(target_os = "linux")]
fn identity(path: &Path) -> Option<Identity> {
    use rustix::fs::{StatxFlags, makedev};
    match asked(path, StatxFlags::INO) {
        Some(found) => {
            let found = found.ok()?;
            Some((makedev(found.stx_dev_major, found.stx_dev_minor), found.stx_ino))
        }
        None => identity_of_metadata(path),
    }
}

#[cfg(target_os = "linux")]
fn size(path: &Path) -> Option<u64> {
    match asked(path, rustix::fs::StatxFlags::SIZE) {
        Some(found) => Some(found.ok()?.stx_size),
        None => Some(path.metadata().ok()?.len()),
    }
}

/// What Linux tells of a file, and not when it was written, as `metadata` does: whoever asks for that makes the next write take
/// a finer time than the last, and the wait for the disk after it half as long again. `None` where it cannot be asked so.
#[cfg(target_os = "linux")]
fn asked(path: &Path, what: rustix::fs::StatxFlags) -> Option<rustix::io::Result<rustix::fs::Statx>> {
    use rustix::{
        fs::{AtFlags, CWD, statx},
        io::Errno,
    };
    match statx(CWD, path, AtFlags::empty(), what) {
        // An old kernel, or a sandbox that knows of no such call.
        Err(Errno::NOSYS | Errno::PERM) => None,
        found => Some(found),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn identity(path: &Path) -> Option<Identity> {
    identity_of_metadata(path)
}

#[cfg(unix)]
fn identity_of_metadata(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(target_os = "linux"))]
fn size(path: &Path) -> Option<u64> {
    Some(path.metadata().ok()?.len())
}

/// Elsewhere the system keeps open files from being removed, and there is nothing to look at.
#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    None
}
