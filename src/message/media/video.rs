//! Video messages.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    check,
    error::{Path, Violation},
    message::{Kind, MediaKind, MediaSource, media::WireMedia},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A video: MP4 or 3GP of at most 16 MB, H.264 with AAC sound in one track or without sound.
///
/// ```
/// use whatsapp_business::message::{Content, Video};
/// let content = Content::from(Video::link("https://example.com/roof.mp4").caption("Flight over the roof"));
/// let uploaded = Content::from(Video::new("1013859600285441"));
/// ```
///
/// ```json
/// {"type": "video", "video": {"link": "https://example.com/roof.mp4", "caption": "Flight over the roof"}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub struct Video {
    source: MediaSource,
    caption: Option<String>,
}

quiet_debug!(Video { source });

impl Video {
    /// Longest caption, in characters ([Meta: video messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/video-messages)).
    pub const MAX_CAPTION: usize = 1024;

    /// A video that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into(), caption: None }
    }

    /// A video that Meta fetches from a public http or https address.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::link(url), caption: None }
    }

    /// A video that is uploaded when the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[must_use]
    pub fn upload(file: Upload) -> Self {
        Self::new(file)
    }

    /// The text under the video; at most [`Self::MAX_CAPTION`] characters.
    #[must_use]
    pub fn caption(mut self, text: impl Into<String>) -> Self {
        self.caption = Some(text.into());
        self
    }

    /// Where the file comes from.
    #[must_use]
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// The text under the video.
    #[must_use]
    pub fn caption_text(&self) -> Option<&str> {
        self.caption.as_deref()
    }
}

impl Kind for Video {
    const TYPE: &'static str = "video";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.source.check(at, MediaKind::Video, out);
        check::optional_text(at.field("caption"), self.caption.as_deref(), Self::MAX_CAPTION, out);
    }

    fn words(&self) -> Option<String> {
        self.caption.clone()
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        vec![&mut self.source]
    }
}

impl From<Video> for WireMedia {
    fn from(video: Video) -> Self {
        Self { caption: video.caption, ..Self::new(video.source) }
    }
}

impl TryFrom<WireMedia> for Video {
    type Error = &'static str;
    fn try_from(mut wire: WireMedia) -> Result<Self, Self::Error> {
        let caption = wire.caption.take();
        Ok(Self { source: wire.bare()?, caption })
    }
}
