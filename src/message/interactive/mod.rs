//! Messages that can be answered by tapping, and the parts they share.

mod buttons;
mod frame;
mod header;

pub use buttons::{Buttons, ReplyButton};
pub(super) use frame::{Frame, Parts};
pub use header::Header;
