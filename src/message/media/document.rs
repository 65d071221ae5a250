//! Document messages.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    check,
    error::{Path, Violation},
    message::{Kind, MediaKind, MediaSource, media::WireMedia},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A document: PDF, plain text, Word, Excel or PowerPoint, of at most 100 MB.
///
/// ```
/// use whatsapp_business::message::{Content, Document};
/// let content = Content::from(Document::link("https://example.com/offer.pdf").filename("Offer.pdf"));
/// let uploaded = Content::from(Document::new("1013859600285441"));
/// ```
///
/// ```json
/// {"type": "document", "document": {"link": "https://example.com/offer.pdf", "filename": "Offer.pdf"}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub struct Document {
    source: MediaSource,
    caption: Option<String>,
    filename: Option<String>,
}

quiet_debug!(Document { source });

impl Document {
    /// Longest caption, in characters ([Meta: document messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/document-messages)).
    pub const MAX_CAPTION: usize = 1024;

    /// A document that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into(), caption: None, filename: None }
    }

    /// A document that Meta fetches from a public http or https address.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::link(url), caption: None, filename: None }
    }

    /// A document that is uploaded when the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[must_use]
    pub fn upload(file: Upload) -> Self {
        Self::new(file)
    }

    /// The text under the document; at most [`Self::MAX_CAPTION`] characters.
    #[must_use]
    pub fn caption(mut self, text: impl Into<String>) -> Self {
        self.caption = Some(text.into());
        self
    }

    /// The name that the document is shown under; its extension chooses the icon.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    /// Where the file comes from.
    #[must_use]
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// The text under the document.
    #[must_use]
    pub fn caption_text(&self) -> Option<&str> {
        self.caption.as_deref()
    }

    /// The name that it is shown under.
    #[must_use]
    pub fn filename_text(&self) -> Option<&str> {
        self.filename.as_deref()
    }
}

impl Kind for Document {
    const TYPE: &'static str = "document";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.source.check(at, MediaKind::Document, out);
        check::optional_text(at.field("caption"), self.caption.as_deref(), Self::MAX_CAPTION, out);
        check::optional_filled(at.field("filename"), self.filename.as_deref(), out);
    }

    fn words(&self) -> Option<String> {
        self.caption.clone().or_else(|| self.filename.clone())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        vec![&mut self.source]
    }
}

impl From<Document> for WireMedia {
    fn from(document: Document) -> Self {
        Self { caption: document.caption, filename: document.filename, ..Self::new(document.source) }
    }
}

impl TryFrom<WireMedia> for Document {
    type Error = &'static str;
    fn try_from(mut wire: WireMedia) -> Result<Self, Self::Error> {
        let (caption, filename) = (wire.caption.take(), wire.filename.take());
        Ok(Self { source: wire.bare()?, caption, filename })
    }
}
