//! Error answers of the Graph API, read leniently.

use crate::error::code::{self, Advice, Class, Retry, Scope};
use std::{fmt, time::Duration};
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)
    }
}
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)
    }
}
impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}
impl HttpError {
    pub(crate) fn is_retryable(&self) -> bool {
        false
    }
    pub(crate) fn outcome_unknown(&self) -> bool {
        false
    }
}

/// An error that Meta reported: as the answer to a request, or inside a webhook.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// HTTP status of the answer; absent for an error inside a webhook. Meta asks not to rely on it.
    pub status: Option<u16>,
    /// Meta's code, the key to everything else.
    pub code: i64,
    /// Subcode, mostly of template and token errors.
    pub subcode: Option<i64>,
    /// Meta's short title of the code.
    pub message: String,
    /// What Meta says of this very case (`error_data.details` on the wire).
    pub details: Option<String>,
    /// Title meant for the person at the screen (`error_user_title`).
    pub user_title: Option<String>,
    /// Text meant for the person at the screen (`error_user_msg`).
    pub user_message: Option<String>,
    /// Id to quote to Meta's support (`fbtrace_id`).
    pub trace_id: Option<String>,
    /// Meta's own mark of a passing failure.
    pub is_transient: bool,
    /// How long Meta asked to wait, by header or usage report.
    pub wait: Option<Duration>,
}

/// An error answer without Meta's envelope: a proxy's page, an empty body, the media host's 404.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpError {
    /// HTTP status.
    pub status: u16,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// What is known of this code: its class, whose it is, what to do.
    #[must_use]
    pub fn advice(&self) -> Advice {
        code::advice(self.code, self.subcode, self.is_transient)
    }

    /// The kind of failure.
    #[must_use]
    pub fn class(&self) -> Class {
        self.advice().class
    }

    /// Whom the failure is about: what has to be paused or mended.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.advice().scope
    }

    /// Whether the same request may work later without a change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.advice().retry, Retry::Soon(_))
    }

    /// How long to wait before another try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        todo!()
    }

    /// Whether a message may have gone out although Meta answered with this error.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        todo!()
    }
}
