//! Files to be uploaded: what they are called, what they are and where their bytes come from.

use crate::{
    error::{Path, Violation},
    message::{
        MediaKind,
        media::{
            chunks::{self, Chunks},
            sniff::{UNKNOWN, sniff},
        },
    },
};
use bytes::Bytes;
use futures_core::Stream;
use std::{
    borrow::Cow,
    fmt, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::io::AsyncRead;

/// A file to be uploaded: a description, which does nothing by itself.
///
/// A message takes it in the place of a media id, and its file is uploaded on the way; so does
/// [`Media::upload`](crate::client::Media::upload). Its bytes are sent as they are read, and never held in memory as a whole.
///
/// Meta is told the type of the file: the one given here, else what the first bytes of the file say.
///
/// ```no_run
/// use whatsapp_business::message::{Image, Upload};
/// # async fn f(phone: whatsapp_business::client::BusinessPhone, pdf: Vec<u8>) -> whatsapp_business::Result<()> {
/// phone.send("+14155552671", Image::upload(Upload::path("roof.jpg")).caption("Your roof")).await?;
/// let offer = Upload::bytes("offer.pdf", pdf).progress(|progress| println!("{} bytes", progress.bytes));
/// let id = phone.media().upload(offer).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Upload(Box<File>);

/// What is known of the file; in a box, since a message has room for it whether it holds one or not.
#[derive(Clone)]
struct File {
    name: String,
    mime_type: Option<String>,
    /// How many bytes there are, once it is known.
    length: Option<u64>,
    source: Source,
    progress: Option<Report>,
}

/// Where the bytes of an upload come from.
#[derive(Clone)]
pub(crate) enum Source {
    Path(PathBuf),
    Bytes(Bytes),
    Once(Once),
}

/// A source that can be read only once, by whoever comes first.
#[derive(Clone)]
pub(crate) struct Once(Arc<Mutex<Option<Chunks>>>);

impl Once {
    /// The bytes, unless somebody has taken them.
    pub(crate) fn take(&self) -> Option<Chunks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What is told of a transfer on its way.
pub(crate) type Report = Arc<dyn Fn(Progress) + Send + Sync>;

/// How far the transfer of a file got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many bytes have gone out or come in. When a transfer is tried again, it begins anew.
    pub bytes: u64,
    /// How many there are; `None` when Meta did not tell.
    pub total: Option<u64>,
}

impl Progress {
    pub(crate) fn new(bytes: u64, total: Option<u64>) -> Self {
        Self { bytes, total }
    }
}

impl Upload {
    /// The file at `path`, under the last part of its path as name.
    #[must_use]
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self::new(name.unwrap_or_default(), None, Source::Path(path))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(name, u64::try_from(bytes.len()).ok(), Source::Bytes(bytes))
    }

    /// What `reader` gives, which must be `length` bytes and then end.
    ///
    /// It is read once: an upload of it that breaks off cannot be tried again, and no clone of it can be uploaded.
    #[must_use]
    pub fn reader(name: impl Into<String>, length: u64, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::once(name, length, chunks::read(reader))
    }

    /// What the stream `chunks` gives, which must be `length` bytes and then end.
    ///
    /// It is read once: an upload of it that breaks off cannot be tried again, and no clone of it can be uploaded.
    #[must_use]
    pub fn stream(
        name: impl Into<String>,
        length: u64,
        chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        Self::once(name, length, Box::pin(chunks))
    }

    /// The type of the file, such as `application/pdf`, whatever its bytes say; one of [`MediaKind::types`].
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.0.mime_type = Some(mime_type.into());
        self
    }

    /// The name that Meta is told.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// Calls `told` with each part that has gone out. It is called between two parts, so it must be quick.
    #[must_use]
    pub fn progress(mut self, told: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.0.progress = Some(Arc::new(told));
        self
    }

    fn once(name: impl Into<String>, length: u64, chunks: Chunks) -> Self {
        Self::new(name, Some(length), Source::Once(Once(Arc::new(Mutex::new(Some(chunks))))))
    }

    fn new(name: impl Into<String>, length: Option<u64>, source: Source) -> Self {
        Self(Box::new(File { name: name.into(), mime_type: None, length, source, progress: None }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn source(&self) -> &Source {
        &self.0.source
    }

    pub(crate) fn report(&self) -> Option<&Report> {
        self.0.progress.as_ref()
    }

    pub(crate) fn length(&self) -> Option<u64> {
        self.0.length
    }

    /// Its type, if it was given or can be told without reading anything.
    pub(crate) fn known_type(&self) -> Option<Cow<'_, str>> {
        match (&self.0.mime_type, &self.0.source) {
            (Some(mime_type), _) => Some(mime_type.into()),
            (None, Source::Bytes(bytes)) => Some(sniff(bytes, &self.0.name).into()),
            (None, Source::Path(_) | Source::Once(_)) => None,
        }
    }

    /// Notes what was found when it was opened, so that it can be checked.
    pub(crate) fn found(&mut self, mime_type: String, length: u64) {
        self.0.mime_type = Some(mime_type);
        self.0.length = Some(length);
    }

    /// Checks what is known of it against what a message of `kind` takes; without a kind, against what can be uploaded.
    pub(crate) fn check(&self, at: Path<'_>, kind: Option<MediaKind>, out: &mut Vec<Violation>) {
        if self.0.length == Some(0) {
            out.push(Violation::new(at, "is an empty file", "at least 1 byte"));
        }
        let Some(mime_type) = self.known_type() else { return };
        let Some(largest) = kind.or(MediaKind::of(&mime_type)).and_then(|kind| kind.largest(&mime_type))
        else {
            let limit = match kind {
                Some(kind) if kind != MediaKind::Document => {
                    let types: Vec<_> = kind.types().iter().map(|(known, _)| *known).collect();
                    format!("one of {}", types.join(", "))
                }
                _ => "one of MediaKind::types".to_owned(),
            };
            let problem = match &*mime_type {
                UNKNOWN => "is a file whose bytes do not tell its type (Upload::mime_type can)",
                _ => "is a file of a type that cannot be sent here",
            };
            out.push(Violation::new(at, problem, limit));
            return;
        };
        if let Some(length) = self.0.length.filter(|length| *length > largest) {
            let limit = format!("at most {largest} bytes for its type");
            out.push(Violation::new(at, format!("is a file of {length} bytes"), limit));
        }
    }
}

/// Whether both describe the same file; who is told of its progress does not count.
impl PartialEq for Upload {
    fn eq(&self, other: &Self) -> bool {
        let same_source = match (&self.0.source, &other.0.source) {
            (Source::Path(path), Source::Path(other)) => path == other,
            (Source::Bytes(bytes), Source::Bytes(other)) => bytes == other,
            (Source::Once(once), Source::Once(other)) => Arc::ptr_eq(&once.0, &other.0),
            _ => false,
        };
        same_source
            && (&self.0.name, &self.0.mime_type, self.0.length)
                == (&other.0.name, &other.0.mime_type, other.0.length)
    }
}

impl Eq for Upload {}

/// Shows neither name nor path nor content.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("length", &self.0.length).finish_non_exhaustive()
    }
}
