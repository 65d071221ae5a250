//! Audio messages.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    error::{Path, Violation},
    message::{Kind, MediaKind, MediaSource, media::WireMedia},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Sound: AAC, AMR, MP3, M4A or OGG (Opus, mono) of at most 16 MB. It has no caption.
///
/// See [Meta: audio messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages).
///
/// ```
/// use whatsapp_business::message::{Audio, Content};
/// let song = Content::from(Audio::link("https://example.com/jingle.mp3"));
/// let note = Content::from(Audio::voice("1013859600285441"));
/// ```
///
/// ```json
/// {"type": "audio", "audio": {"id": "1013859600285441", "voice": true}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub struct Audio {
    source: MediaSource,
    voice: Option<bool>,
}

quiet_debug!(Audio { source, voice });

impl Audio {
    /// Sound that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into(), voice: None }
    }

    /// Sound that Meta fetches from a public http or https address.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::link(url), voice: None }
    }

    /// Audio that is uploaded when the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[must_use]
    pub fn upload(file: Upload) -> Self {
        Self::new(file)
    }

    /// A voice note, shown with the sender's picture: OGG with the Opus codec. Up to 512 KB it can be played at once, a larger
    /// one is fetched by a tap.
    #[must_use]
    pub fn voice(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into(), voice: Some(true) }
    }

    /// Where the file comes from.
    #[must_use]
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// Whether it is a voice note.
    #[must_use]
    pub fn is_voice(&self) -> bool {
        self.voice == Some(true)
    }
}

impl Kind for Audio {
    const TYPE: &'static str = "audio";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let kind = if self.is_voice() { MediaKind::Voice } else { MediaKind::Audio };
        self.source.check(at, kind, out);
    }

    fn words(&self) -> Option<String> {
        None
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        vec![&mut self.source]
    }
}

impl From<Audio> for WireMedia {
    fn from(audio: Audio) -> Self {
        Self { voice: audio.voice, ..Self::new(audio.source) }
    }
}

impl TryFrom<WireMedia> for Audio {
    type Error = &'static str;
    fn try_from(mut wire: WireMedia) -> Result<Self, Self::Error> {
        let voice = wire.voice.take();
        Ok(Self { source: wire.bare()?, voice })
    }
}
