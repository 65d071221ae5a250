//! Fetching files: into memory, to a path or to a writer.

use crate::{
    client::{
        call::{CallFuture, Options, Plan, call_options, transfer},
        file::failed,
        media::{Media, MediaInfo},
        transfer::{Incoming, Meter},
        transport::Body,
    },
    error::{Error, ErrorKind, Result},
    id::MediaId,
    message::{Progress, media::Report},
    secret::hex,
    wire::quiet_debug,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header, response};
use sha2::{Digest, Sha256};
use std::{
    future::IntoFuture,
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};
use tokio::{
    fs,
    io::{AsyncSeekExt, AsyncWrite, AsyncWriteExt},
    task::spawn_blocking,
};
use url::Url;

/// A download about to begin; `.await` makes it and gives the bytes.
///
/// With [`to_path`](Self::to_path) or [`to_writer`](Self::to_writer) at its end, the file does not pass through memory.
#[derive(Clone)]
#[must_use = "nothing is fetched until this is awaited"]
pub struct DownloadMedia {
    media: Media,
    id: MediaId,
    options: Options,
    max_bytes: u64,
    report: Option<Report>,
}

quiet_debug!(DownloadMedia { media, id, options, max_bytes });

/// A file that was fetched; its hash was checked if Meta told one, as it does as a rule.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// The file.
    pub bytes: Bytes,
    /// Its type, as Meta told it.
    pub mime_type: Option<String>,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

quiet_debug!(Download { mime_type, sha256 });

/// What is known of a file that was fetched to where it should be; its hash was checked if Meta told one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// Its type, as Meta told it.
    pub mime_type: Option<String>,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl DownloadMedia {
    pub(super) fn new(media: Media, id: MediaId) -> Self {
        Self { media, id, options: Options::default(), max_bytes: Media::MAX_DOWNLOAD, report: None }
    }

    call_options!(
        "How long nothing may move, instead of the client's time limit; the whole may take any time."
    );

    /// Most bytes to take, instead of [`Media::MAX_DOWNLOAD`].
    pub fn max_bytes(mut self, most: u64) -> Self {
        self.max_bytes = most;
        self
    }

    /// Calls `told` with each part that has come in. It is called between two parts, so it must be quick.
    pub fn progress(mut self, told: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.report = Some(Arc::new(told));
        self
    }

    /// Fetches the file to `path`, in the place of what is there.
    ///
    /// It grows in a file beside, which takes its place when all of it is there and its hash is right, and is removed
    /// otherwise. No part of the path is Meta's or the customer's.
    ///
    /// # Errors
    /// As [`Media::download`], and [`ErrorKind::Media`] when the file cannot be written.
    pub fn to_path(self, path: impl Into<PathBuf>) -> CallFuture<Saved> {
        let path = path.into();
        Box::pin(async move { self.fetch(&mut Place::new(&path)).await })
    }

    /// Fetches the file into `writer`, which is flushed at the end.
    ///
    /// The writer gets the bytes before their hash is known: after an error they must not be used. Once it has taken a byte,
    /// the download cannot begin anew, so it is not tried again then.
    ///
    /// # Errors
    /// As [`Media::download`], and [`ErrorKind::Media`] when the writer fails.
    pub fn to_writer<'a>(
        self,
        writer: impl AsyncWrite + Send + 'a,
    ) -> Pin<Box<dyn Future<Output = Result<Saved>> + Send + 'a>> {
        let mut pipe = Pipe { writer: Box::pin(writer), is_spent: false };
        Box::pin(async move { self.fetch(&mut pipe).await })
    }

    async fn fetch(&self, target: &mut dyn Target) -> Result<Saved> {
        let saved = match self.once(target).await {
            // The address has expired. Nothing was passed on yet: else there had been no further attempt to tell this.
            Err(error) if is_gone(&error) => self.once(target).await,
            other => other,
        }?;
        target.finish().await.map_err(|error| unwritable(&error))?;
        Ok(saved)
    }

    async fn once(&self, target: &mut dyn Target) -> Result<Saved> {
        let info = self.media.info(&self.id).with(self.options.clone()).await?;
        let client = &self.media.client;
        let url =
            Url::parse(&info.url).map_err(|_| refused("the address of the media is not a URL".to_owned()))?;
        if !client.trusts(&url) {
            let why = "the address of the media is not on Meta's media host; it was not fetched";
            return Err(refused(why.to_owned()));
        }
        let mut receiver = Receiver::new(&info, self, target);
        receiver.check_size(receiver.told)?;
        transfer(client, &Plan::fetch(url, "media.download"), &self.options, &mut receiver).await?;
        receiver.check_hash(&info)
    }
}

impl IntoFuture for DownloadMedia {
    type Output = Result<Download>;
    type IntoFuture = CallFuture<Download>;

    fn into_future(self) -> CallFuture<Download> {
        Box::pin(async move {
            let mut memory = Memory(BytesMut::new());
            let Saved { mime_type, sha256, .. } = self.fetch(&mut memory).await?;
            Ok(Download { bytes: memory.0.freeze(), mime_type, sha256 })
        })
    }
}

fn is_gone(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Http(error) => error.status == 404,
        ErrorKind::Api(error) => error.status == Some(404),
        _ => false,
    }
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Media(why))
}

fn unwritable(error: &io::Error) -> Error {
    failed("the media cannot be written", error)
}

/// Takes the file as it comes, counts and hashes it.
struct Receiver<'a> {
    target: &'a mut dyn Target,
    max_bytes: u64,
    report: Option<Report>,
    /// The size that Meta told.
    told: Option<u64>,
    size: u64,
    digest: Sha256,
    content_type: Option<String>,
}

impl<'a> Receiver<'a> {
    fn new(info: &MediaInfo, call: &DownloadMedia, target: &'a mut dyn Target) -> Self {
        Self {
            target,
            max_bytes: call.max_bytes,
            report: call.report.clone(),
            told: info.file_size.and_then(|size| u64::try_from(size).ok()),
            size: 0,
            digest: Sha256::new(),
            content_type: None,
        }
    }

    fn check_size(&self, size: Option<u64>) -> Result<()> {
        match size {
            Some(size) if size > self.max_bytes => {
                Err(refused(format!("the media is larger than {} bytes", self.max_bytes)))
            }
            _ => Ok(()),
        }
    }

    fn check_hash(self, info: &MediaInfo) -> Result<Saved> {
        let digest = self.digest.finalize();
        let sha256 = hex(&digest);
        if info
            .sha256
            .as_ref()
            .is_some_and(|told| !told.eq_ignore_ascii_case(&sha256) && *told != STANDARD.encode(digest))
        {
            let why = "the bytes of the media do not have the hash that Meta told";
            return Err(refused(why.to_owned()));
        }
        Ok(Saved { mime_type: info.mime_type.clone().or(self.content_type), sha256, size: self.size })
    }
}

#[async_trait]
impl Incoming for Receiver<'_> {
    async fn take(&mut self, head: &response::Parts, mut body: Body, meter: &Meter) -> Result<()> {
        if head.status != StatusCode::OK {
            return Err(refused(format!("the media was answered with status {}", head.status.as_u16())));
        }
        let length = text(&head.headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        self.check_size(length)?;
        self.content_type = text(&head.headers, header::CONTENT_TYPE).map(str::to_owned);
        (self.size, self.digest) = (0, Sha256::new());
        self.target.begin().await.map_err(|error| unwritable(&error))?;
        while let Some(chunk) = body.chunk().await? {
            meter.moved();
            self.size = self.size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            self.check_size(Some(self.size))?;
            self.digest.update(&chunk);
            self.target.write(&chunk).await.map_err(|error| unwritable(&error))?;
            meter.moved();
            if let Some(report) = &self.report {
                report(Progress::new(self.size, self.told.or(length)));
            }
        }
        if length.is_some_and(|length| length != self.size)
            || length.is_none() && self.told.is_some_and(|told| told > self.size)
        {
            // Not all of it came.
            return Err(Error::new(ErrorKind::Interrupted));
        }
        match self.told {
            Some(told) if told != self.size => {
                Err(refused(format!("the media has {} bytes, and Meta told {told}", self.size)))
            }
            _ => Ok(()),
        }
    }

    fn is_spent(&self) -> bool {
        self.target.is_spent()
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Where the bytes of a download go.
#[async_trait]
trait Target: Send {
    /// Begins, or begins anew.
    async fn begin(&mut self) -> io::Result<()>;
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// All of it is there, and right.
    async fn finish(&mut self) -> io::Result<()>;
    /// Whether it cannot begin anew.
    fn is_spent(&self) -> bool {
        false
    }
}

struct Memory(BytesMut);

#[async_trait]
impl Target for Memory {
    async fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Pipe<'a> {
    writer: Pin<Box<dyn AsyncWrite + Send + 'a>>,
    is_spent: bool,
}

#[async_trait]
impl Target for Pipe<'_> {
    async fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.is_spent = true;
        self.writer.write_all(bytes).await
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.writer.flush().await
    }

    fn is_spent(&self) -> bool {
        self.is_spent
    }
}

/// A path, and the file beside it that takes its place at the end.
struct Place<'a> {
    path: &'a Path,
    // Dropped in this order: closed before it is removed.
    file: Option<fs::File>,
    beside: Beside,
}

impl<'a> Place<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, file: None, beside: Beside(None) }
    }
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

#[async_trait]
impl Target for Place<'_> {
    async fn begin(&mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush().await?;
            file.set_len(0).await?;
            return file.rewind().await.map(|_| ());
        }
        let beside = self.path.with_file_name(format!(".whatsapp-{:016x}.part", fastrand::u64(..)));
        let made = spawn_blocking(move || {
            let file = std::fs::File::create_new(&beside)?;
            // It goes with its guard: when nobody waits for it any more, it is removed.
            io::Result::Ok((file, Beside(Some(beside))))
        });
        let (file, beside) = made.await??;
        (self.file, self.beside) = (Some(fs::File::from_std(file)), beside);
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    async fn finish(&mut self) -> io::Result<()> {
        let (Some(mut file), Some(beside)) = (self.file.take(), &self.beside.0) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        file.flush().await?;
        // Else a crash could leave the name without the bytes.
        file.sync_all().await?;
        drop(file);
        fs::rename(beside, self.path).await?;
        self.beside.0 = None;
        Ok(())
    }
}
