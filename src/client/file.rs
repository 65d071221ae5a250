//! Files on their way up: opened, looked at, and made into bodies of a length that is known beforehand.

use crate::{
    client::{transfer::Meter, transport::Body},
    error::{Error, ErrorKind, Result},
    message::{
        Progress, Upload,
        media::{
            HEAD, Report, Source,
            chunks::{self, CHUNK, Chunks},
            sniff,
        },
    },
};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::{
    future::poll_fn,
    io::{self, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};
use tokio::{fs, io::AsyncSeekExt, time::timeout};

/// A file that was opened and found to be there. Each attempt of its upload reads it anew.
pub(super) struct OpenFile {
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) length: u64,
    origin: Origin,
    report: Option<Report>,
}

enum Origin {
    Bytes(Bytes),
    Path(PathBuf, State),
    Once(Arc<Unread>),
}

/// What tells that a file at a path is still the one that was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    length: u64,
    /// None where the file system does not tell.
    modified: Option<SystemTime>,
}

/// What is left of a source that can be read only once.
struct Unread {
    chunks: Mutex<Chunks>,
    /// Whether a body has been made of it that was read from.
    is_spent: AtomicBool,
}

impl Unread {
    fn lock(&self) -> MutexGuard<'_, Chunks> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenFile {
    /// Looks at the file, and notes in `upload` what was found, so that it can be checked. A source that gives nothing for
    /// `limit` is given up.
    pub(super) async fn open(upload: &mut Upload, limit: Duration) -> Result<Self> {
        let known = upload.known_type().map(|known| known.into_owned());
        let (origin, length, head) = match upload.source() {
            Source::Bytes(bytes) => {
                (Origin::Bytes(bytes.clone()), upload.length().unwrap_or(0), Bytes::new())
            }
            Source::Path(path) => {
                let state = state(path).await?;
                let head = match known {
                    Some(_) => Bytes::new(),
                    None => gather(&mut at_path(path, 0).await?, limit).await?,
                };
                (Origin::Path(path.clone(), state), state.length, head)
            }
            Source::Once(once) => {
                let Some(mut chunks) = once.take() else {
                    return Err(refused("the stream of the upload can be read only once, and was"));
                };
                let head = match known {
                    Some(_) => Bytes::new(),
                    None => gather(&mut chunks, limit).await?,
                };
                let chunks = Mutex::new(after(head.clone(), chunks));
                let unread = Arc::new(Unread { chunks, is_spent: AtomicBool::new(false) });
                (Origin::Once(unread), upload.length().unwrap_or(0), head)
            }
        };
        let mime_type = known.unwrap_or_else(|| sniff(&head, upload.name()).to_owned());
        upload.found(mime_type.clone(), length);
        let (name, report) = (upload.name().to_owned(), upload.report().cloned());
        Ok(Self { name, mime_type, length, origin, report })
    }

    /// Whether its source can be read only once, and was.
    pub(super) fn is_spent(&self) -> bool {
        matches!(&self.origin, Origin::Once(unread) if unread.is_spent.load(Ordering::Acquire))
    }

    /// A body of `before`, the file from `offset` on, and `after`.
    pub(super) async fn body(
        &self,
        before: Bytes,
        offset: u64,
        after: Bytes,
        meter: &Arc<Meter>,
    ) -> Result<Body> {
        let chunks = match &self.origin {
            Origin::Bytes(bytes) => slices(bytes.clone(), offset),
            Origin::Path(path, found) => {
                if state(path).await? != *found {
                    return Err(refused("the file to upload has changed since the upload began"));
                }
                at_path(path, offset).await?
            }
            Origin::Once(unread) => Box::pin(Shared(Arc::clone(unread))),
        };
        let frames = Frames {
            before: Some(before),
            chunks,
            held: None,
            left: self.length.saturating_sub(offset),
            has_ended: false,
            after: Some(after),
            total: self.length,
            meter: Arc::clone(meter),
            report: self.report.clone(),
        };
        Ok(Body::stream(frames))
    }
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Media(why.to_owned()))
}

/// An error that tells nothing of where the file is or what it holds.
pub(super) fn failed(what: &str, error: &io::Error) -> Error {
    Error::with_source(ErrorKind::Media(what.to_owned()), io::Error::from(error.kind()))
}

fn unreadable(error: &io::Error) -> Error {
    failed("the file to upload cannot be read", error)
}

/// The state of the file at `path`. What is no file (a pipe, a device) might never end.
async fn state(path: &Path) -> Result<State> {
    let about = fs::metadata(path).await.map_err(|error| unreadable(&error))?;
    if !about.is_file() {
        return Err(refused("what is to be uploaded is not a file"));
    }
    Ok(State { length: about.len(), modified: about.modified().ok() })
}

async fn at_path(path: &Path, offset: u64) -> Result<Chunks> {
    let mut file = fs::File::open(path).await.map_err(|error| unreadable(&error))?;
    if offset > 0 {
        let _ = file.seek(SeekFrom::Start(offset)).await.map_err(|error| unreadable(&error))?;
    }
    Ok(chunks::read(file))
}

/// The first bytes of a source: enough to tell its type.
async fn gather(chunks: &mut Chunks, limit: Duration) -> Result<Bytes> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        let next = poll_fn(|context| chunks.as_mut().poll_next(context));
        match timeout(limit, next).await {
            Ok(Some(Ok(chunk))) => head.extend_from_slice(&chunk),
            Ok(Some(Err(error))) => return Err(unreadable(&error)),
            Ok(None) => break,
            Err(_) => return Err(refused("the source of the upload gave nothing in time")),
        }
    }
    Ok(head.freeze())
}

/// `first` and then `rest`.
fn after(first: Bytes, rest: Chunks) -> Chunks {
    struct After(Bytes, Chunks);
    impl Stream for After {
        type Item = io::Result<Bytes>;
        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            if self.0.is_empty() {
                return self.1.as_mut().poll_next(context);
            }
            Poll::Ready(Some(Ok(std::mem::take(&mut self.0))))
        }
    }
    Box::pin(After(first, rest))
}

/// Memory from `offset` on, a piece at a time, so that its progress can be told.
fn slices(bytes: Bytes, offset: u64) -> Chunks {
    struct Slices(Bytes);
    impl Stream for Slices {
        type Item = io::Result<Bytes>;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            let length = self.0.len().min(CHUNK);
            Poll::Ready((length > 0).then(|| Ok(self.0.split_to(length))))
        }
    }
    let mut rest = bytes;
    let skipped = usize::try_from(offset).map_or(rest.len(), |offset| offset.min(rest.len()));
    drop(rest.split_to(skipped));
    Box::pin(Slices(rest))
}

/// A source that is read only once; from its first byte on it is spent.
struct Shared(Arc<Unread>);

impl Stream for Shared {
    type Item = io::Result<Bytes>;
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.is_spent.store(true, Ordering::Release);
        self.0.lock().as_mut().poll_next(context)
    }
}

/// The body as it goes out. Its last bytes are held back until the source has ended where it should, so that a body of
/// another length never looks whole to the server.
struct Frames {
    before: Option<Bytes>,
    chunks: Chunks,
    held: Option<Bytes>,
    left: u64,
    has_ended: bool,
    after: Option<Bytes>,
    total: u64,
    meter: Arc<Meter>,
    report: Option<Report>,
}

impl Frames {
    fn pass(&self, frame: Bytes) -> Poll<Option<Result<Bytes>>> {
        self.meter.moved();
        Poll::Ready(Some(Ok(frame)))
    }

    /// Passes on bytes of the file.
    fn pass_file(&self, frame: Bytes) -> Poll<Option<Result<Bytes>>> {
        if let Some(report) = &self.report {
            let held = self.held.as_ref().map_or(0, Bytes::len);
            let ahead = self.left.saturating_add(u64::try_from(held).unwrap_or(u64::MAX));
            report(Progress::new(self.total.saturating_sub(ahead), Some(self.total)));
        }
        self.pass(frame)
    }

    fn fail(&self, error: Error) -> Poll<Option<Result<Bytes>>> {
        self.meter.fail(error);
        // What the transport makes of this does not matter: the meter has the reason.
        Poll::Ready(Some(Err(Error::new(ErrorKind::Interrupted))))
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if let Some(before) = self.before.take()
            && !before.is_empty()
        {
            return self.pass(before);
        }
        while !self.has_ended {
            match ready!(self.chunks.as_mut().poll_next(context)) {
                Some(Ok(chunk)) if chunk.is_empty() => {}
                Some(Ok(chunk)) => {
                    let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                    let Some(left) = self.left.checked_sub(length) else {
                        return self.fail(refused("the source of the upload gave more bytes than promised"));
                    };
                    self.left = left;
                    if let Some(earlier) = self.held.replace(chunk) {
                        return self.pass_file(earlier);
                    }
                }
                Some(Err(error)) => return self.fail(unreadable(&error)),
                None if self.left > 0 => {
                    return self.fail(refused("the source of the upload gave fewer bytes than promised"));
                }
                None => self.has_ended = true,
            }
        }
        if let Some(last) = self.held.take() {
            return self.pass_file(last);
        }
        match self.after.take() {
            Some(after) if !after.is_empty() => self.pass(after),
            _ => Poll::Ready(None),
        }
    }
}

impl Stream for Frames {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let this = self.get_mut();
        match catch_unwind(AssertUnwindSafe(|| this.next(context))) {
            Ok(next) => next,
            // Of the host's source or of its callback, on the transport's task: it is for who waits for the upload.
            Err(panic) => {
                this.meter.panicked(panic);
                Poll::Ready(Some(Err(Error::new(ErrorKind::Interrupted))))
            }
        }
    }
}
