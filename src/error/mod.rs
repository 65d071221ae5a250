//! The one error of this crate, and what to do about it.
//!
//! Match on [`Error::kind`]; ask [`Error::is_retryable`], [`Error::retry_after`] and [`Error::outcome_unknown`] what may
//! be done; read Meta's own answer with [`Error::api`].
//!
//! | you see | it means | do |
//! |---|---|---|
//! | [`ErrorKind::Invalid`] | a documented limit is broken; nothing was sent | mend the fields named |
//! | [`ErrorKind::Api`] with [`Class::Auth`] | the token is missing, expired or withdrawn | issue a new token |
//! | [`ErrorKind::Api`] with [`Class::Permission`] | the token may not do this | grant the permission |
//! | [`ErrorKind::Api`] with [`Class::Window`] | 24 hours have passed since the customer wrote | send a template |
//! | [`ErrorKind::Api`] with [`Class::Throttled`] | too fast; [`ApiError::scope`] says for whom | wait [`Error::retry_after`] |
//! | [`ErrorKind::WindowClosed`] | the same, told by the desk; nothing was sent | send a template |
//! | [`ErrorKind::NotAllowed`] | a rule of the desk is against it; nothing was done | tell the person who asked |
//! | [`ErrorKind::Connect`] | Meta was not reached; nothing was sent | try again |
//! | [`ErrorKind::Timeout`], [`ErrorKind::Interrupted`] | no answer; a message may have been sent | wait for its status webhook |
//! | [`ErrorKind::Media`] | a file could not be read, fetched or written | look at [`source`](StdError::source), mend it |
//! | [`ErrorKind::NotAllowed`] | things are not so that it may be done | look at [`source`](StdError::source) |
//! | [`ErrorKind::Signature`] | a webhook that Meta did not sign | answer 401 |
//! | [`ErrorKind::Busy`] | more webhooks than can be kept at once | answer 503 |

mod api;
mod code;
mod mask;
mod violation;
mod window;

#[cfg_attr(not(any(feature = "client", test)), expect(unused_imports, reason = "for the client"))]
pub(crate) use api::read::{read, wait};
pub use api::{ApiError, HttpError};
pub use code::{Advice, Backoff, Class, Retry, Scope};
pub(crate) use violation::Path;
pub use violation::Violation;
pub use window::WindowClosed;

use std::{error::Error as StdError, fmt, time::Duration};

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// What went wrong, in one type for the whole crate.
///
/// Its texts name what failed and what to do; they never hold tokens, secrets, message bodies or phone numbers.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    source: Option<Source>,
    /// It failed before the message that it was for could be sent.
    not_sent: bool,
}

/// The kinds of failure a caller can act on.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The value breaks documented limits; nothing was sent.
    #[error("{}", violation::Listed(.0))]
    Invalid(Vec<Violation>),
    /// A setting does not fit: an empty secret, an address that is not https.
    #[error("{0}")]
    Config(String),
    /// Meta answered with an error.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// An error answer that is not Meta's: a proxy's page, an empty body.
    #[error("{0}")]
    Http(HttpError),
    /// Meta was not reached; the request was not sent.
    #[error("could not connect to the server; nothing was sent")]
    Connect,
    /// No answer in time; the request may have been carried out.
    #[error("no answer in time; the request may have been carried out")]
    Timeout,
    /// The connection broke after the request was written; it may have been carried out.
    #[error("the connection broke before the answer; the request may have been carried out")]
    Interrupted,
    /// An answer of success that could not be read.
    #[error("the answer could not be read: {0}")]
    Decode(String),
    /// A webhook whose signature is missing, malformed or not ours.
    #[error("{0}")]
    Signature(SignatureProblem),
    /// A request to set up the webhook that is not Meta's or not for us.
    #[error("{0}")]
    Challenge(ChallengeProblem),
    /// A webhook body that is not JSON, or not an envelope of events.
    #[error("not a webhook of the WhatsApp Business Platform: {0}")]
    Envelope(String),
    /// A payload of a button or the answers of a form are not of the shape they were read as.
    #[error("the payload or answer is of another shape: {0}")]
    Payload(String),
    /// The store failed; [`source`](StdError::source) tells how.
    #[error("the store failed")]
    Store {
        /// Whether the same operation may work later.
        retryable: bool,
    },
    /// More deliveries are in hand than may be at once; the next one may be taken.
    #[error("too many deliveries are in hand; this one was not taken")]
    Busy,
    /// What was asked for is not there: an unknown conversation, a number that is bound to no tenant.
    #[error("{0}")]
    NotFound(String),
    /// The 24 hours are over in which the customer may be written to freely; nothing was sent.
    #[error("{0}")]
    WindowClosed(WindowClosed),
    /// A rule of the desk is against it, or what is there does not permit it: the person does not want such messages, the agent
    /// has no room, the conversation is put away, somebody else decided already. [`source`](StdError::source) may tell more.
    /// Nothing was changed or sent.
    #[error("{0}")]
    NotAllowed(String),
    /// A file could not be read, fetched or written, or is not what was promised.
    #[error("{0}")]
    Media(String),
}

/// Why a webhook's signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureProblem {
    /// No `X-Hub-Signature-256` header.
    #[error("the webhook is not signed: the X-Hub-Signature-256 header is missing")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the X-Hub-Signature-256 header is not sha256= and 64 hexadecimal digits")]
    Malformed,
    /// No known app secret made this signature over these bytes.
    #[error("the webhook's signature does not match its bytes under any known app secret")]
    Mismatch,
}

/// Why a request to set up the webhook was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeProblem {
    /// A `hub.*` parameter is missing or given twice.
    #[error("hub.mode, hub.verify_token and hub.challenge must each be given once")]
    Parameters,
    /// `hub.mode` is not `subscribe`.
    #[error("hub.mode is not subscribe")]
    Mode,
    /// `hub.verify_token` is not ours.
    #[error("hub.verify_token is not the verify token of this endpoint")]
    Token,
    /// `hub.challenge` is longer than 256 characters or has others than letters, digits, `-`, `_` and `.`.
    #[error("hub.challenge is not a plain token of at most 256 characters")]
    Challenge,
}

impl Error {
    /// An error of this kind, for a [`Transport`](crate::client::Transport) or other part that the host brings.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, source: None, not_sent: false }))
    }

    /// An error of this kind and what it came from. The source may reach logs: it must hold nothing private.
    #[must_use]
    pub fn with_source(kind: ErrorKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner { kind, source: Some(source.into()), not_sent: false }))
    }

    /// The same failure, of a file on the way of a message: whatever became of the file, the message was not sent.
    #[cfg(feature = "client")]
    pub(crate) fn not_sent(mut self) -> Self {
        self.0.not_sent = true;
        self
    }

    pub(crate) fn invalid(violations: Vec<Violation>) -> Self {
        Self::new(ErrorKind::Invalid(violations))
    }

    /// What failed, to match on.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Meta's answer, when it gave one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            ErrorKind::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The broken limits, when a value was refused before it was sent.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match &self.0.kind {
            ErrorKind::Invalid(violations) => violations,
            _ => &[],
        }
    }

    /// Whether the same request may work later without a change.
    ///
    /// For a send this does not yet mean that it may be repeated: see [`outcome_unknown`](Self::outcome_unknown).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Busy => true,
            ErrorKind::Api(error) => error.is_retryable(),
            ErrorKind::Http(error) => error.is_retryable(),
            ErrorKind::Store { retryable } => *retryable,
            _ => false,
        }
    }

    /// Whether the request may have been carried out although no success was heard of.
    ///
    /// A message whose sending fails this way must not be sent again blindly: Meta has no idempotency key. Wait for a
    /// status webhook that carries its tracking data.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match &self.0.kind {
            _ if self.0.not_sent => false,
            ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Decode(_) => true,
            ErrorKind::Api(error) => error.outcome_unknown(),
            ErrorKind::Http(error) => error.outcome_unknown(),
            _ => false,
        }
    }

    /// How long to wait before another try, when Meta or its documentation says.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.0.kind {
            ErrorKind::Api(error) => error.retry_after(),
            ErrorKind::Http(error) => error.retry_after,
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind);
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.not_sent {
            f.write_str("the message was not sent, because its file could not be uploaded: ")?;
        }
        self.0.kind.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
