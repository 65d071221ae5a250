//! Messages that can be answered by tapping, and the parts they share.

mod buttons;
mod header;

pub use buttons::{Buttons, ReplyButton};
pub use header::Header;

use serde::{Deserialize, Serialize};

/// `{"text": …}`: how bodies and footers are written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    text: String,
}

impl From<String> for Wrapped {
    fn from(text: String) -> Self {
        Self { text }
    }
}
