//! Media messages: a file that Meta has, or fetches.

mod audio;
mod document;
mod image;
mod kind;
mod source;
mod sticker;
mod video;

pub use audio::Audio;
pub use document::Document;
pub use image::Image;
pub use kind::MediaKind;
pub use source::MediaSource;
pub(super) use source::WireMedia;
pub use sticker::Sticker;
pub use video::Video;
