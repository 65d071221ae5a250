//! Where the files of received messages are kept: with the host, on disk or elsewhere.

use crate::{
    id::TenantId,
    secret::hex,
    store::{Mark, StoredMessageId},
};
use async_trait::async_trait;
use std::{
    fmt,
    fs::{DirBuilder, OpenOptions},
    io,
    path::{Path, PathBuf},
};
use tokio::{
    fs,
    io::{AsyncRead, AsyncWriteExt, copy},
    task::spawn_blocking,
};

/// A file as it comes.
pub type BlobReader = Box<dyn AsyncRead + Send + Unpin>;

/// Keeps the files of received messages; [`FileBlobs`] is one over a directory.
#[async_trait]
pub trait BlobStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps all that `bytes` gives, in the place of what was kept for the same [`Blob`], and says where.
    ///
    /// What was not read to its end must not be found later: the future is dropped when the file turns out not to be right.
    ///
    /// # Errors
    /// Any; it is tried again later.
    async fn put(&self, blob: &Blob, bytes: &mut (dyn AsyncRead + Send + Unpin)) -> io::Result<String>;

    /// The file at a location that [`put`](Self::put) gave.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none.
    async fn get(&self, location: &str) -> io::Result<BlobReader>;

    /// Removes the file at a location that [`put`](Self::put) gave; it may be gone already.
    ///
    /// # Errors
    /// Any; the file counts as being there still.
    async fn delete(&self, location: &str) -> io::Result<()>;
}

/// The file of a received message, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blob {
    /// Whose it is.
    pub tenant: TenantId,
    /// The message it came with.
    pub message: StoredMessageId,
    /// Its type, as the sender's app told it.
    pub mime_type: Option<String>,
}

impl Blob {
    /// A file of unknown type.
    #[must_use]
    pub fn new(tenant: impl Into<TenantId>, message: impl Into<StoredMessageId>) -> Self {
        Self { tenant: tenant.into(), message: message.into(), mime_type: None }
    }
}

/// Files in a directory, one folder a tenant.
///
/// Nothing of a name is Meta's or the customer's. A file grows beside its place and takes it when all of it is there; on
/// Unix nobody but the user who runs the program can read it.
#[derive(Clone, Debug)]
pub struct FileBlobs {
    root: PathBuf,
}

impl FileBlobs {
    /// Keeps files under `root`, which is made when the first one comes.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The path of a location, if it is one of ours.
    fn path(&self, location: &str) -> io::Result<PathBuf> {
        match location.split_once('/') {
            Some((folder, file)) if is_digest(folder) && is_digest(file) => {
                Ok(self.root.join(folder).join(file))
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Both parts of a location are digests of ids, which hosts may choose: so they are letters and digits, and as long as any.
fn location(blob: &Blob) -> String {
    let digest = |text: &str| hex(Mark::of(text).as_bytes());
    format!("{}/{}", digest(blob.tenant.as_str()), digest(blob.message.as_str()))
}

fn is_digest(part: &str) -> bool {
    part.len() == 64 && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[async_trait]
impl BlobStore for FileBlobs {
    async fn put(&self, blob: &Blob, bytes: &mut (dyn AsyncRead + Send + Unpin)) -> io::Result<String> {
        let location = location(blob);
        let path = self.path(&location)?;
        let beside = Beside(Some(path.with_extension(format!("{:016x}.part", fastrand::u64(..)))));
        let made = spawn_blocking(move || {
            let file = beside.0.as_deref().map(create).transpose()?;
            // It goes with its guard: when nobody waits for it any more, it is removed.
            io::Result::Ok((file, beside))
        });
        let (Some(file), mut beside) = made.await?? else { return Err(io::ErrorKind::NotFound.into()) };
        let mut file = fs::File::from_std(file);
        copy(bytes, &mut file).await?;
        file.flush().await?;
        // Else a crash could leave the name without the bytes.
        file.sync_all().await?;
        drop(file);
        if let Some(from) = &beside.0 {
            fs::rename(from, &path).await?;
        }
        beside.0 = None;
        Ok(location)
    }

    async fn get(&self, location: &str) -> io::Result<BlobReader> {
        Ok(Box::new(fs::File::open(self.path(location)?).await?))
    }

    async fn delete(&self, location: &str) -> io::Result<()> {
        match fs::remove_file(self.path(location)?).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes a new file that nobody else can read, and the directory it is in.
fn create(path: &Path) -> io::Result<std::fs::File> {
    let (mut folder, mut file) = (DirBuilder::new(), OpenOptions::new());
    folder.recursive(true);
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent() {
        folder.create(parent)?;
    }
    file.open(path)
}

/// A file that is removed when this is dropped.
struct Beside(Option<PathBuf>);

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // When it cannot be removed, nobody is left who could be told.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Blob, BlobStore, FileBlobs, location};
    use std::{io, path::Path};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn files(folder: &Path) -> Vec<std::path::PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    async fn read(blobs: &FileBlobs, location: &str) -> io::Result<String> {
        let mut text = String::new();
        blobs.get(location).await?.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[tokio::test]
    async fn a_file_is_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::new(folder.path().join("media"));
        let blob = Blob::new("acme", "m");
        let kept = blobs.put(&blob, &mut &b"one"[..]).await.unwrap();
        assert_eq!(read(&blobs, &kept).await.unwrap(), "one");
        assert_eq!(blobs.put(&blob, &mut &b"two"[..]).await.unwrap(), kept);
        assert_eq!((read(&blobs, &kept).await.unwrap().as_str(), files(folder.path()).len()), ("two", 1));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            let file = &files(folder.path())[0];
            assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
        }
        for _ in 0..2 {
            blobs.delete(&kept).await.unwrap();
        }
        assert_eq!(read(&blobs, &kept).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn a_file_that_does_not_come_to_its_end_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = FileBlobs::new(folder.path());
        let (mut source, mut bytes) = tokio::io::duplex(8);
        let blob = Blob::new("acme", "m");
        tokio::select! {
            _ = blobs.put(&blob, &mut bytes) => panic!("it waits for more"),
            // All of it fits only once a part of it is in the file.
            written = source.write_all(b"more than fits") => written.unwrap(),
        }
        assert!(files(folder.path()).is_empty());
    }

    #[tokio::test]
    async fn no_location_leads_out_of_the_directory() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        let blobs = FileBlobs::new(folder.path().join("media"));
        for odd in ["", "/", "../secret", "a/../../secret", "/etc/passwd", "a/b", "..%2fsecret", "é/é"] {
            assert_eq!(
                blobs.get(odd).await.err().map(|error| error.kind()),
                Some(io::ErrorKind::NotFound),
                "{odd}"
            );
            assert!(blobs.delete(odd).await.is_err(), "{odd}");
        }
        let blob = Blob::new("../../secret", "../x\0");
        assert!(blobs.path(&location(&blob)).unwrap().starts_with(folder.path().join("media")));
    }
}
