//! A copy of the file, made while others use it.

use super::{connect, error::Failed, files::Files};
use crate::store::{Result, StoreError};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{self, Path},
};

/// Writes a copy of the store in `files` to a new file at `to`.
pub(super) fn write(files: &Files, to: &Path) -> Result<()> {
    // SQLite writes to a file that is empty, and this one is ours: of two that make it at once, one fails.
    let file = OpenOptions::new().write(true).create_new(true).open(to);
    let file =
        file.map_err(|error| StoreError::unavailable("the file for the copy could not be made", error))?;
    let unavailable = |error| StoreError::unavailable("the copy could not be written", error);
    let written = make_private(&file, files.path()).map_err(unavailable).and_then(|()| {
        copy(files, to).map_err(|Failed(error)| error)?;
        keep(&file, to).map_err(unavailable)
    });
    if written.is_err() {
        // Why there is no copy matters more than what is left of it.
        let _ = fs::remove_file(to);
    }
    written
}

fn copy(files: &Files, to: &Path) -> Result<(), Failed> {
    let refused =
        StoreError::Unavailable { what: "the path of the copy is not one that SQLite takes", source: None };
    // SQLite takes what begins with `file:` for a URI. What is absolute does not.
    let to = path::absolute(to).ok().and_then(|to| to.into_os_string().into_string().ok()).ok_or(refused)?;
    let connection = connect::copier(files.path())?;
    files.check()?;
    connection.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// Makes the copy private as the store is, before there is something in it.
fn make_private(copy: &File, from: &Path) -> io::Result<()> {
    copy.set_permissions(fs::metadata(from)?.permissions())
}

/// Has the copy on the disk, which SQLite leaves to the system.
fn keep(copy: &File, to: &Path) -> io::Result<()> {
    copy.sync_all()?;
    // On Unix the name of a new file is kept by its directory.
    match path::absolute(to)?.parent() {
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}
