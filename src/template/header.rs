//! What stands above the body of a template.

use crate::{
    open::open_enum,
    template::{
        example::HeaderExample,
        members::{Extra, Members, Reason},
    },
    wire::quiet_debug,
};
use serde::Serialize;

open_enum! {
    /// What kind of header it is.
    pub enum HeaderFormat {
        /// A line of text.
        Text = "TEXT",
        /// An image.
        Image = "IMAGE",
        /// A video.
        Video = "VIDEO",
        /// An animation: an MP4 of at most 3.5 MB, in marketing messages only.
        Gif = "GIF",
        /// A document.
        Document = "DOCUMENT",
        /// A place, given when the template is sent; not in authentication templates.
        Location = "LOCATION",
        /// A product of a catalog.
        Product = "PRODUCT",
    }
}

impl HeaderFormat {
    /// Whether reviewers need a sample file (`header_handle` on the wire).
    #[must_use]
    pub fn is_media(&self) -> bool {
        matches!(self, Self::Image | Self::Video | Self::Gif | Self::Document)
    }
}

/// What stands above the body: text, media, a place or a product (`HEADER` on the wire).
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Header {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<HeaderFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "HeaderExample::is_empty")]
    pub(super) example: HeaderExample,
    #[serde(flatten)]
    pub(super) extra: Extra,
}

quiet_debug!(Header { format });

/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Header {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 60;
    /// Most placeholders in the text.
    pub const MAX_PLACEHOLDERS: usize = 1;

    /// What kind of header it is.
    #[must_use]
    pub fn format(&self) -> Option<&HeaderFormat> {
        self.format.as_ref()
    }

    /// The text of a text header, with its placeholder.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The sample file of a media header: the handle of an upload, or an address where Meta answered it.
    #[must_use]
    pub fn handle(&self) -> Option<&str> {
        self.example.handles.first().map(String::as_str)
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        Ok(Self {
            format: members.text("format")?.map(|format| HeaderFormat::from(format.as_str())),
            text: members.text("text")?,
            example: HeaderExample::read(members.object("example")?)?,
            extra: members.rest(),
        })
    }
}
