//! A message that may not be sent freely.

use std::fmt;

/// Why a free-form message was refused, and what may be sent instead.
#[derive(Clone, PartialEq, Eq)]
pub struct WindowClosed(Vec<(String, String)>);

impl WindowClosed {
    /// A closed window, with the templates that could be sent.
    #[cfg(feature = "desk")]
    pub(crate) fn new(templates: Vec<(String, String)>) -> Self {
        Self(templates)
    }

    /// Name and language of each template that Meta approved for the number's account, as far as the desk knows, without
    /// marketing for those who want none: there may be none.
    #[must_use]
    pub fn templates(&self) -> &[(String, String)] {
        &self.0
    }
}

impl fmt::Debug for WindowClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowClosed").field("templates", &self.0.len()).finish()
    }
}

impl fmt::Display for WindowClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the customer last wrote more than 24 hours ago; send a template instead")
    }
}
