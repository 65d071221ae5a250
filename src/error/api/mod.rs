//! Error answers of the Graph API and errors inside webhooks, read leniently.

pub(super) mod read;
#[cfg(test)]
mod tests;

use super::{
    code::{self, Advice, Class, Retry, Scope},
    mask::mask,
};
use serde_json::Value;
use std::{fmt, time::Duration};

/// An error that Meta reported: as the answer to a request, or inside a webhook.
///
/// Its `Display` and `Debug` mask what may be a phone number or a token; the fields hold Meta's words as they came.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// HTTP status of the answer; absent for an error inside a webhook. Meta asks not to rely on it.
    pub status: Option<u16>,
    /// Meta's code, the key to everything else; [`NO_CODE`](Self::NO_CODE) when Meta gave none.
    pub code: i64,
    /// Subcode, mostly of template and token errors (`error_subcode` on the wire).
    pub subcode: Option<i64>,
    /// Meta's short title of the code.
    pub message: String,
    /// What Meta says of this very case (`error_data.details` on the wire).
    pub details: Option<String>,
    /// `error_data` as it came, when it holds more than the details.
    pub data: Option<Value>,
    /// Title meant for the person at the screen (`error_user_title`).
    pub user_title: Option<String>,
    /// Text meant for the person at the screen (`error_user_msg`).
    pub user_message: Option<String>,
    /// Where Meta explains the code, as an address or a path on its site; only inside webhooks.
    pub href: Option<String>,
    /// Id to quote to Meta's support (`fbtrace_id`).
    pub trace_id: Option<String>,
    /// Meta's own mark of a passing failure; used where the code is not known.
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
    /// The [`code`](Self::code) of an error that came without one.
    pub const NO_CODE: i64 = -1;

    /// What is known of this code: its class, whom it is about, what to do.
    #[must_use]
    pub fn advice(&self) -> Advice {
        code::advice(self.code, self.subcode).unwrap_or_else(|| {
            let may_have_happened = self.is_transient || self.status.is_some_and(|status| status >= 500);
            code::unknown(self.is_transient, may_have_happened)
        })
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

    /// Whether the same request may work soon without a change, so that it is worth trying again automatically.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.advice().retry, Retry::Soon(_))
    }

    /// How long to wait before another try: as Meta asked, else as is known of the code.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.wait.or_else(|| match self.advice().retry {
            Retry::Soon(backoff) => Some(backoff.first),
            Retry::Later(wait) => Some(wait),
            Retry::Never | Retry::AfterAction => None,
        })
    }

    /// Whether the request may have been carried out, in whole or in part, although Meta answered with this error.
    ///
    /// A message that fails this way must not be sent again blindly.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.advice().may_have_happened
    }
}

impl HttpError {
    /// Whether the same request may work later without a change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.status, 408 | 429 | 500 | 502 | 503 | 504)
    }

    /// Whether the request may have been carried out: a gateway that fails may have passed it on, so may one that waited for
    /// too long (408, which some say of the request and some of the answer to it), and an answer of success that can not be
    /// read is still one.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.status >= 500 || self.status == 408 || (200..300).contains(&self.status)
    }
}

impl Default for ApiError {
    /// An error of which nothing is known.
    fn default() -> Self {
        Self {
            status: None,
            code: Self::NO_CODE,
            subcode: None,
            message: String::new(),
            details: None,
            data: None,
            user_title: None,
            user_message: None,
            href: None,
            trace_id: None,
            is_transient: false,
            wait: None,
        }
    }
}

/// `Meta refused the request: (#code) title: details; what to do next [trace id]`.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.status.is_some() { "refused the request" } else { "reported an error" };
        write!(f, "Meta {verdict}")?;
        match (self.code, self.subcode) {
            (Self::NO_CODE, None) => f.write_str(" without a code")?,
            (Self::NO_CODE, Some(code)) | (code, None) => write!(f, ": (#{})", Shown(code))?,
            (code, Some(subcode)) => write!(f, ": (#{}/{})", Shown(code), Shown(subcode))?,
        }
        let message = mask(untagged(&self.message));
        let details = self.details.as_deref().or(self.user_message.as_deref()).map(mask).unwrap_or_default();
        let (message, details) = (trimmed(&message), trimmed(&details));
        let coded = self.code != Self::NO_CODE || self.subcode.is_some();
        if !message.is_empty() {
            write!(f, "{} {message}", if coded { "" } else { ":" })?;
        }
        if !details.is_empty() && details != message {
            write!(f, "{} {details}", if coded && message.is_empty() { "" } else { ":" })?;
        }
        write!(f, "; {}", self.advice().hint)?;
        match &self.trace_id {
            Some(id) => write!(f, " [trace {}]", mask(id)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &format_args!("{}", Shown(self.code)))
            .field("subcode", &self.subcode.map(|code| Shown(code).to_string()))
            .field("message", &mask(&self.message))
            .field("details", &self.details.as_deref().map(mask))
            .field("trace_id", &self.trace_id.as_deref().map(mask))
            .field("is_transient", &self.is_transient)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = match self.status {
            200..300 | 408 => "the request may have been carried out",
            300..400 => "redirects are not followed",
            404 => "nothing is at this address, or it has expired",
            429 => "too many requests",
            500.. => "the request may have been carried out",
            _ => "check the address and what stands between here and Meta",
        };
        write!(f, "an answer that is not Meta's, with HTTP status {}: {meaning}", self.status)
    }
}

/// A code, unless it is too long to be one: what else might it be?
struct Shown(i64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.unsigned_abs() < 10_000_000 { self.0.fmt(f) } else { f.write_str("[masked]") }
    }
}

/// A message without the `(#code)` Meta puts before it.
fn untagged(message: &str) -> &str {
    let tail = message.trim_start().strip_prefix("(#").and_then(|tail| tail.split_once(')'));
    match tail {
        Some((code, text)) if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) => text,
        _ => message,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim().trim_end_matches(['.', ':', ';'])
}
