//! Media messages: a file that Meta has, or fetches.

mod image;
mod kind;
mod source;

pub use image::Image;
pub use kind::MediaKind;
pub use source::MediaSource;
pub(super) use source::WireMedia;
