//! Media messages: a file that Meta has, fetches, or is given on the way.

#[cfg(feature = "client")]
pub(crate) mod chunks;
mod image;
mod kind;
#[cfg(feature = "client")]
mod sniff;
mod source;
#[cfg(feature = "client")]
mod upload;

pub use image::Image;
pub use kind::MediaKind;
pub use source::MediaSource;
pub(super) use source::WireMedia;
#[cfg(feature = "client")]
pub use upload::{Progress, Upload};
#[cfg(feature = "client")]
pub(crate) use {
    sniff::{HEAD, sniff},
    upload::{Report, Source},
};
