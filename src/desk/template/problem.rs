//! Why something cannot be done with a template as it is.

use crate::{
    error::{Error, ErrorKind},
    store::Approval,
    template::TemplateStatus,
    time::Timestamp,
};
use std::error::Error as _;

/// Why something cannot be done with a template as it is; nothing was changed or sent.
///
/// It is the source of an [`ErrorKind::NotAllowed`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateProblem {
    /// Authors do not decide on what they wrote.
    #[error("the author of a version may not decide on it: somebody else has to")]
    OwnVersion,
    /// The version is in another state of approval, such as one that another person decided on just now.
    #[error("the version is {found}, not {wanted}")]
    Approval {
        /// The state it is in.
        found: Approval,
        /// The state it would have to be in.
        wanted: Approval,
    },
    /// It is being submitted to Meta, perhaps by another process.
    #[error("the template is being submitted to Meta already")]
    UnderWay,
    /// Meta has this very version.
    #[error("Meta has this version already")]
    AtMeta,
    /// Meta takes edits of approved, rejected and paused templates only.
    #[error("Meta takes no edit of a template that is {0}")]
    NotEditable(TemplateStatus),
    /// Meta takes another category for rejected and paused templates only.
    #[error("Meta takes no other category for a template that is approved")]
    CategoryFixed,
    /// Meta takes one edit of an approved template in a day, and ten in 30 days.
    #[error("Meta takes no further edit of this template before {until}")]
    EditLimit {
        /// When it takes the next.
        until: Timestamp,
    },
    /// Meta never had it.
    #[error("Meta does not have the template yet: it has to be submitted and approved first")]
    NotAtMeta,
    /// Only what Meta approved can be sent.
    #[error("Meta takes no message of a template that is {status}")]
    NotSendable {
        /// What Meta made of it.
        status: TemplateStatus,
        /// Since when.
        since: Option<Timestamp>,
        /// Until when, of a pause: the first is of three hours, the second of six.
        until: Option<Timestamp>,
    },
    /// The account's list of templates did not hold it.
    #[error("the template is missing at Meta since {since}")]
    Missing {
        /// Since when.
        since: Timestamp,
    },
}

impl TemplateProblem {
    /// The problem that an error is about, if it is about one.
    ///
    /// ```
    /// use whatsapp_business::{Error, desk::TemplateProblem};
    /// fn when_again(error: &Error) -> Option<String> {
    ///     match TemplateProblem::of(error)? {
    ///         TemplateProblem::EditLimit { until } => Some(format!("try again after {until}")),
    ///         _ => None,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }
}

impl From<TemplateProblem> for Error {
    fn from(problem: TemplateProblem) -> Self {
        Self::with_source(ErrorKind::NotAllowed(problem.to_string()), problem)
    }
}
