//! Media messages: a file that Meta has, fetches, or is given on the way.

mod audio;
#[cfg(feature = "client")]
pub(crate) mod chunks;
mod document;
mod image;
mod kind;
#[cfg(feature = "client")]
mod sniff;
mod source;
mod sticker;
#[cfg(feature = "client")]
mod upload;
mod video;

pub use audio::Audio;
pub use document::Document;
pub use image::Image;
pub use kind::MediaKind;
pub use source::MediaSource;
pub(super) use source::WireMedia;
pub use sticker::Sticker;
#[cfg(feature = "client")]
pub use upload::{Progress, Upload};
pub use video::Video;
#[cfg(feature = "client")]
pub(crate) use {
    sniff::{HEAD, sniff},
    upload::{Report, Source},
};
