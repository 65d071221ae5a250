//! What is known of Meta's error codes: the answer to "what do I do about it?".

mod table;
#[cfg(test)]
mod tests;

use std::time::Duration;

/// What is known of an error of Meta, and what to do about it.
///
/// Decided by Meta's code alone; its texts and its HTTP status change without notice.
///
/// ```
/// use whatsapp_business::error::{Advice, Class, Scope};
/// let advice = Advice::of(131056);
/// assert_eq!((advice.class, advice.scope), (Class::Throttled, Scope::Pair));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advice {
    /// The kind of failure.
    pub class: Class,
    /// Whom the failure is about: what has to be paused or mended.
    pub scope: Scope,
    /// Whether and when the same request may be sent again.
    pub retry: Retry,
    /// Whether the request may have been carried out, in whole or in part, although Meta answered with this error.
    pub may_have_happened: bool,
    /// What to do next, in one short sentence.
    pub hint: &'static str,
}

/// The kinds of failure that Meta reports, one for each thing a caller would do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The access token is missing, expired or withdrawn: issue a new one.
    Auth,
    /// The token is good but may not do this: grant the permission.
    Permission,
    /// What the request names does not exist or is not visible to the token.
    NotFound,
    /// Meta restricts or locks the account for breaking a policy: a person has to act.
    Integrity,
    /// Too many requests: slow down for whom [`Advice::scope`] names. Proof that Meta did not take this one.
    Throttled,
    /// Trouble on Meta's side that passes by itself.
    Unavailable,
    /// A parameter is missing, unknown or wrong: mend the request.
    Parameter,
    /// This kind of message or call is not possible here.
    Unsupported,
    /// This person can not be reached with this message: use another channel.
    Recipient,
    /// More than 24 hours have passed since the customer wrote: send a template.
    Window,
    /// Meta holds back marketing messages to this person for now.
    MarketingLimit,
    /// The customer stopped marketing messages of this business: do not send more.
    OptedOut,
    /// The customer's identity changed since it was last confirmed.
    Identity,
    /// Media could not be fetched, uploaded or read.
    Media,
    /// The template can not be sent as it is.
    Template,
    /// A template could not be created, changed or reported on.
    TemplateDefinition,
    /// The account lacks a valid way to pay.
    Payment,
    /// The account lacks a step of its set-up: a name, terms to accept.
    Account,
    /// The number is not (yet) registered, verified or moved.
    Registration,
    /// A Flow could not be changed or sent.
    Flow,
    /// Blocking or unblocking failed, or the business itself blocks this customer.
    Block,
    /// A call could not be placed or broke.
    Calling,
    /// A group could not be made or changed.
    Group,
    /// A username could not be claimed.
    Username,
    /// A sign-up could not be made or changed.
    Signup,
    /// The cursor of a list is no longer valid: start from the first page.
    Paging,
    /// A code this version does not know.
    Unknown,
}

/// Whom a failure is about: what to pause, alert on or mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// All that uses this access token.
    Token,
    /// All requests of the Meta app.
    App,
    /// All numbers of the WhatsApp Business Account.
    Account,
    /// All that this business number sends.
    Number,
    /// What this number sends to this recipient; others are not touched.
    Pair,
    /// Everything to this recipient.
    Recipient,
    /// Everything that uses this template.
    Template,
    /// Everything that uses this Flow.
    Flow,
    /// This group.
    Group,
    /// This request alone.
    Request,
}

/// Whether and when the same request may be sent again.
///
/// For a message this is half of the answer: see [`Advice::may_have_happened`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The same request fails again.
    Never,
    /// Automatically, with growing waits.
    Soon(Backoff),
    /// Not automatically, and not before this much time has passed.
    Later(Duration),
    /// After someone did what [`Advice::hint`] says.
    AfterAction,
}

/// Waits between tries: the first, and how they grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The wait before the second try.
    pub first: Duration,
    /// By how much each wait is longer than the one before.
    pub factor: u32,
    /// The longest wait.
    pub max: Duration,
    /// How many more tries are worth it after the first.
    pub tries: u32,
}

impl Advice {
    /// What is known of `code`.
    #[must_use]
    pub fn of(code: i64) -> Self {
        advice(code, None).unwrap_or_else(|| unknown(false, false))
    }
}

impl Backoff {
    /// The wait after `failures` tries have failed, without jitter; `None` when no further try is worth it.
    ///
    /// ```
    /// # use whatsapp_business::error::{Advice, Retry};
    /// let Retry::Soon(backoff) = Advice::of(131056).retry else { return };
    /// assert_eq!(backoff.wait(3).map(|wait| wait.as_secs()), Some(16));
    /// ```
    #[must_use]
    pub fn wait(&self, failures: u32) -> Option<Duration> {
        if failures > self.tries {
            return None;
        }
        let growth = self.factor.saturating_pow(failures.saturating_sub(1));
        Some(self.first.saturating_mul(growth).min(self.max))
    }
}

/// What the tables say of an error: by its subcode where that is more precise, else by its code.
pub(super) fn advice(code: i64, subcode: Option<i64>) -> Option<Advice> {
    // Codes that tell nothing by themselves; every other code is Meta's verdict and its subcode a detail.
    let vague = matches!(code, 1 | 100) || find(table::CODES, code).is_none();
    subcode
        .filter(|_| vague)
        .and_then(|subcode| find(table::SUBCODES, subcode))
        .or_else(|| find(table::CODES, code))
        .or_else(|| find(table::SUBCODES, code))
        .or_else(|| (200..=299).contains(&code).then_some(table::PERMISSION))
}

/// What to do about a code that is in no table, going by Meta's own mark of a passing failure.
pub(super) fn unknown(is_transient: bool, may_have_happened: bool) -> Advice {
    Advice {
        class: Class::Unknown,
        scope: Scope::Request,
        retry: if is_transient { table::FEW } else { Retry::Never },
        may_have_happened,
        hint: "look the code up in Meta's documentation",
    }
}

fn find(rows: &[(i64, Advice)], code: i64) -> Option<Advice> {
    let at = rows.binary_search_by_key(&code, |row| row.0).ok()?;
    rows.get(at).map(|row| row.1)
}
