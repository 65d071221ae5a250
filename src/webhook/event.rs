//! One thing that happened.

use crate::{
    id::{AccountId, PhoneNumberId},
    secret::hex,
    time::Timestamp,
    webhook::{
        AppState, AutomaticEvent, Call, CallStatus, Contact, Echo, ErrorReport, GroupUpdate, History,
        HistoryMessage, InboundMessage, PaymentStatus, Preference, Standby, Status, UserAction, UserIdChange,
        Webhook, canonical, envelope::Origin, notice::Notice,
    },
    wire::quiet_debug,
};
use sha2::{Digest, Sha256};

/// One thing that happened, out of a [`Delivery`](crate::webhook::Delivery).
///
/// What is large and rare is in a box, so that a batch of messages stays small.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A customer sent a message.
    Message(InboundMessage),
    /// Something became of a message that we sent.
    Status(Status),
    /// Something became of a payment that we asked for.
    Payment(PaymentStatus),
    /// Somebody did something with a message that we sent, such as following its link.
    UserAction(UserAction),
    /// Something went wrong with a number or its account.
    Error(ErrorReport),
    /// Meta reports of an account, a number, a template, a Flow or a partner.
    Notice(Box<Notice>),
    /// Something happened in a conversation that another app answers: look on, do not answer.
    Standby(Box<Standby>),
    /// Something happened to a call: it rings, ended, was recorded.
    Call(Box<Call>),
    /// A call of ours rings, was accepted or declined.
    CallStatus(CallStatus),
    /// Something happened to a group.
    Group(GroupUpdate),
    /// A part of what was written in the app before it was joined with the API.
    History(History),
    /// A message of that history with its picture or other media, which follows by itself.
    HistoryMedia(Box<HistoryMessage>),
    /// The business wrote a message elsewhere, in its app as a rule.
    Echo(Box<Echo>),
    /// The business changed something in its app, such as an entry of the address book.
    AppState(AppState),
    /// A customer stopped or resumed a category of messages.
    Preference(Preference),
    /// A customer's user id changed.
    UserIdChange(UserIdChange),
    /// Meta read out of a chat that it led to something.
    AutomaticEvent(AutomaticEvent),
    /// Something this version has no type for, or that could not be read.
    Unknown(UnknownEvent),
}

impl Event {
    /// Names this event, so that it is acted on once: Meta delivers the same thing more than once, for up to seven days.
    ///
    /// Make it unique in the transaction that holds the effect. It contains the message id, and so personal data.
    ///
    /// It does not depend on how the JSON is written: white space, the order of members and escapes make no difference.
    ///
    /// | event | key |
    /// |---|---|
    /// | message | `msg:<message id>` |
    /// | status | `status:<message id>:<status>:<Unix seconds>`, in groups with `:<member's id>` |
    /// | payment | `payment:<message id>:<status>:<Unix seconds>:<state of the attempt and of each refund>` |
    /// | user action | `action:<type>:<Unix seconds>:<id of the click>`, without an id with a SHA-256 of it all |
    /// | error | `error:<SHA-256 of account, time, number and JSON>`: the same error once more counts once |
    /// | one of these in another app's conversation | `standby:` and its key |
    /// | another app's message | `standby:echo:<message id>` |
    /// | call | `call:<call id>:<event>:<Unix seconds>` |
    /// | status of a call | `call-status:<call id>:<status>:<Unix seconds>` |
    /// | echo | `echo:<message id>` |
    /// | media of a history | `history-media:<message id>` |
    /// | automatic event | `automatic:<message id>:<name>:<Unix seconds>` |
    /// | group, part of a history, app state, preference, user id | `<event>:<SHA-256 of account, number, time, field and JSON>` |
    /// | other | `raw:<SHA-256 of account, time, field and JSON>` |
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Message(message) => message_key(message),
            Self::Status(status) => status_key(status),
            Self::Payment(payment) => payment.key(),
            Self::UserAction(action) => action.key(),
            Self::Error(error) => error.key(),
            Self::Notice(notice) => notice.key(),
            Self::Standby(standby) => standby.key(),
            Self::Call(call) => join("call", &[call.id.as_str(), call.event.as_str()], call.timestamp),
            Self::CallStatus(status) => {
                join("call-status", &[status.id.as_str(), status.status.as_str()], status.timestamp)
            }
            Self::Echo(echo) => format!("echo:{}", echo.message.id),
            Self::HistoryMedia(media) => format!("history-media:{}", media.message.id),
            Self::AutomaticEvent(event) => {
                join("automatic", &[event.message_id.as_str(), event.name.as_str()], event.timestamp)
            }
            // The answers to one request may come in parts, so its id does not name an event.
            Self::Group(_) => self.hashed("group"),
            Self::History(_) => self.hashed("history"),
            Self::AppState(_) => self.hashed("app-state"),
            Self::Preference(_) => self.hashed("preference"),
            Self::UserIdChange(_) => self.hashed("user-id"),
            Self::Unknown(event) => event.key(),
        }
    }

    /// Our number that this is about: what a delivery is routed by.
    #[must_use]
    pub fn phone_number_id(&self) -> Option<&PhoneNumberId> {
        match self {
            Self::Message(message) => message.phone_number_id.as_ref(),
            Self::Status(status) => status.phone_number_id.as_ref(),
            Self::Payment(payment) => payment.phone_number_id.as_ref(),
            Self::UserAction(action) => action.phone_number_id.as_ref(),
            Self::Error(error) => error.phone_number_id.as_ref(),
            Self::Notice(notice) => notice.phone_number_id.as_ref(),
            Self::Standby(standby) => standby.phone_number_id(),
            Self::Call(call) => call.phone_number_id.as_ref(),
            Self::CallStatus(status) => status.phone_number_id.as_ref(),
            Self::Group(update) => update.phone_number_id.as_ref(),
            Self::History(history) => history.phone_number_id.as_ref(),
            Self::HistoryMedia(media) => media.message.phone_number_id.as_ref(),
            Self::Echo(echo) => echo.message.phone_number_id.as_ref(),
            Self::AppState(state) => state.phone_number_id.as_ref(),
            Self::Preference(preference) => preference.phone_number_id.as_ref(),
            Self::UserIdChange(change) => change.phone_number_id.as_ref(),
            Self::AutomaticEvent(event) => event.phone_number_id.as_ref(),
            Self::Unknown(event) => event.phone_number_id.as_ref(),
        }
    }

    /// The account that this is about.
    #[must_use]
    pub fn account_id(&self) -> Option<&AccountId> {
        match self {
            Self::Message(message) => message.account_id.as_ref(),
            Self::Status(status) => status.account_id.as_ref(),
            Self::Payment(payment) => payment.account_id.as_ref(),
            Self::UserAction(action) => action.account_id.as_ref(),
            Self::Error(error) => error.account_id.as_ref(),
            Self::Notice(notice) => notice.account_id.as_ref(),
            Self::Standby(standby) => standby.account_id(),
            Self::Call(call) => call.account_id.as_ref(),
            Self::CallStatus(status) => status.account_id.as_ref(),
            Self::Group(update) => update.account_id.as_ref(),
            Self::History(history) => history.account_id.as_ref(),
            Self::HistoryMedia(media) => media.message.account_id.as_ref(),
            Self::Echo(echo) => echo.message.account_id.as_ref(),
            Self::AppState(state) => state.account_id.as_ref(),
            Self::Preference(preference) => preference.account_id.as_ref(),
            Self::UserIdChange(change) => change.account_id.as_ref(),
            Self::AutomaticEvent(event) => event.account_id.as_ref(),
            Self::Unknown(event) => event.account_id.as_ref(),
        }
    }

    /// When it happened, by Meta's clock.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Message(message) => Some(message.timestamp),
            Self::Status(status) => Some(status.timestamp),
            Self::Payment(payment) => Some(payment.timestamp),
            Self::UserAction(action) => action.timestamp,
            Self::Error(error) => error.timestamp,
            Self::Notice(notice) => notice.timestamp,
            Self::Standby(standby) => Some(standby.timestamp()),
            Self::Call(call) => call.timestamp,
            Self::CallStatus(status) => status.timestamp,
            Self::Group(update) => update.timestamp,
            Self::History(history) => history.timestamp,
            Self::HistoryMedia(media) => Some(media.message.timestamp),
            Self::Echo(echo) => Some(echo.message.timestamp),
            Self::AppState(state) => state.timestamp,
            Self::Preference(preference) => preference.timestamp,
            Self::UserIdChange(change) => change.timestamp,
            Self::AutomaticEvent(event) => event.timestamp,
            Self::Unknown(event) => event.timestamp,
        }
    }

    /// The person on the other side, matched by id.
    #[must_use]
    pub fn contact(&self) -> Option<&Contact> {
        match self {
            Self::Message(message) => message.contact.as_deref(),
            Self::Status(status) => status.contact.as_deref(),
            Self::Payment(payment) => payment.contact.as_deref(),
            Self::UserAction(action) => action.contact.as_deref(),
            Self::Standby(standby) => standby.contact(),
            Self::Call(call) => call.contact.as_deref(),
            Self::CallStatus(status) => status.contact.as_deref(),
            Self::Group(update) => update.contact.as_deref(),
            Self::HistoryMedia(media) => media.contact.as_deref(),
            Self::Echo(echo) => echo.contact.as_deref(),
            Self::Preference(preference) => preference.contact.as_deref(),
            Self::UserIdChange(change) => change.contact.as_deref(),
            Self::Notice(_)
            | Self::Error(_)
            | Self::History(_)
            | Self::AppState(_)
            | Self::AutomaticEvent(_)
            | Self::Unknown(_) => None,
        }
    }

    /// The field it was delivered under, such as `messages`.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Message(_) | Self::Status(_) => "messages",
            Self::Payment(_) | Self::UserAction(_) | Self::Error(_) => "messages",
            Self::Notice(notice) => notice.field(),
            Self::Standby(_) => "standby",
            Self::Call(_) | Self::CallStatus(_) => "calls",
            Self::Group(update) => &update.field,
            Self::History(_) | Self::HistoryMedia(_) => "history",
            Self::Echo(echo) => &echo.field,
            Self::AppState(_) => "smb_app_state_sync",
            Self::Preference(_) => "user_preferences",
            Self::UserIdChange(_) => "user_id_update",
            Self::AutomaticEvent(_) => "automatic_events",
            Self::Unknown(event) => event.field(),
        }
    }

    /// The JSON of this item (message, status …) or value as it came, byte for byte.
    ///
    /// What is nested too deep is kept as it came, too; see [`UnknownEvent::raw`].
    #[must_use]
    pub fn raw(&self) -> &str {
        match self {
            Self::Message(message) => message.raw(),
            Self::Status(status) => status.raw(),
            Self::Payment(payment) => payment.raw(),
            Self::UserAction(action) => action.raw(),
            Self::Error(error) => error.raw(),
            Self::Notice(notice) => notice.raw(),
            Self::Standby(standby) => standby.raw(),
            Self::Call(call) => call.raw(),
            Self::CallStatus(status) => status.raw(),
            Self::Group(update) => update.raw(),
            Self::History(history) => history.raw(),
            Self::HistoryMedia(media) => media.raw(),
            Self::Echo(echo) => echo.raw(),
            Self::AppState(state) => state.raw(),
            Self::Preference(preference) => preference.raw(),
            Self::UserIdChange(change) => change.raw(),
            Self::AutomaticEvent(event) => event.raw(),
            Self::Unknown(event) => event.raw(),
        }
    }

    /// The key of what has no id. Two numbers may well report the same: the number is in the hash beside the JSON.
    fn hashed(&self, event: &str) -> String {
        let account = self.account_id().map(AccountId::as_str);
        let number = self.phone_number_id().map_or("", PhoneNumberId::as_str);
        let hash = hash_of(account, self.timestamp(), &[number, self.field()], self.raw());
        format!("{event}:{hash}")
    }
}

/// A key made of an event's name, its parts and its time.
fn join(event: &str, parts: &[&str], time: Option<Timestamp>) -> String {
    let mut key = event.to_owned();
    for part in parts {
        key.push(':');
        key.push_str(&escape(part));
    }
    format!("{key}:{}", seconds(time))
}

fn seconds(time: Option<Timestamp>) -> String {
    time.map_or_else(String::new, |time| time.as_seconds().to_string())
}

pub(super) fn message_key(message: &InboundMessage) -> String {
    format!("msg:{}", message.id)
}

pub(super) fn status_key(status: &Status) -> String {
    let (id, kind) = (escape(status.id.as_str()), escape(status.status.as_str()));
    let key = format!("status:{id}:{kind}:{}", status.timestamp.as_seconds());
    match status.participant() {
        Some(participant) => format!("{key}:{}", escape(participant)),
        None => key,
    }
}

/// The key of a whole value.
pub(super) fn raw_key(account: Option<&str>, time: Option<Timestamp>, field: &str, raw: &str) -> String {
    format!("raw:{}", hash_of(account, time, &[field], raw))
}

/// Keeps the parts of a key apart, whatever Meta puts into them.
pub(super) fn escape(part: &str) -> String {
    part.replace('%', "%25").replace(':', "%3A")
}

/// Something this version has no type for, or that could not be read; kept as it came.
///
/// It is a single item, such as a message, that could not be read, or else the value of a whole change: of a field that has
/// no type here, or with a list this version does not know beside the items.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The account that this is about (`entry.id` on the wire; a business portfolio for a few fields).
    pub account_id: Option<AccountId>,
    /// Our number that this is about, if it says.
    pub phone_number_id: Option<PhoneNumberId>,
    /// When Meta wrote it (`entry.time` on the wire), if it says.
    pub timestamp: Option<Timestamp>,
    field: Box<str>,
    raw: Box<str>,
    reason: Option<Box<str>>,
    /// The list that it is an item of; none when it is the whole value.
    pub(super) list: Option<&'static str>,
}
quiet_debug!(UnknownEvent { field, reason, account_id, phone_number_id });

impl UnknownEvent {
    pub(super) fn keep(
        raw: &str,
        reason: Option<String>,
        phone_number_id: Option<PhoneNumberId>,
        origin: &Origin<'_>,
    ) -> Event {
        Event::Unknown(Self::new(raw, reason, phone_number_id, origin))
    }

    pub(super) fn new(
        raw: &str,
        reason: Option<String>,
        phone_number_id: Option<PhoneNumberId>,
        origin: &Origin<'_>,
    ) -> Self {
        Self {
            account_id: origin.account_id.cloned(),
            phone_number_id,
            timestamp: origin.time,
            field: origin.field.into(),
            raw: raw.into(),
            reason: reason.map(Into::into),
            list: None,
        }
    }

    /// The same, as an item of a list.
    pub(super) fn item_of(self, list: &'static str) -> Self {
        Self { list: Some(list), ..self }
    }

    /// The field it was delivered under; empty when there is none.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Its JSON as it came, byte for byte.
    ///
    /// Of an item put aside for its depth it is nested deeper than [`Webhook::MAX_DEPTH`](crate::webhook::Webhook::MAX_DEPTH),
    /// without end: keep it as bytes, and show or read it only with what limits depth itself (`serde_json` does, at 128).
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Why it could not be read; nothing when it is just not known.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Puts an event aside whose JSON is nested too deep.
    pub(super) fn too_deep(event: &Event) -> Event {
        Event::Unknown(Self {
            account_id: event.account_id().cloned(),
            phone_number_id: event.phone_number_id().cloned(),
            timestamp: event.timestamp(),
            field: event.field().into(),
            raw: event.raw().into(),
            reason: Some(format!("it is nested deeper than {} levels", Webhook::MAX_DEPTH).into()),
            list: event.list(),
        })
    }

    fn key(&self) -> String {
        raw_key(self.account_id.as_ref().map(AccountId::as_str), self.timestamp, &self.field, &self.raw)
    }
}

/// Names what has no id. Two accounts, or one at two times, may well report the same: both are in the hash beside it.
pub(super) fn hash_of(account: Option<&str>, time: Option<Timestamp>, parts: &[&str], json: &str) -> String {
    let time = seconds(time);
    let mut hash = Sha256::new();
    for part in [account.unwrap_or_default(), &time].iter().chain(parts) {
        // The length keeps the parts apart.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.update(canonical::spelling(json));
    hex(&hash.finalize())
}
