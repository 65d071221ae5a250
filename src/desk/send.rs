//! Sends that are recorded before they are made.
//!
//! ```text
//! queued ──> submitting(attempt) ──> accepted         Meta took it; statuses tell the rest
//!   ^             │  │  └──────────> rejected         refused for good
//!   └─────────────┘  └─────────────> outcome unknown  the answer was lost; a status webhook settles it
//!    surely not taken, try later
//! ```
//!
//! `submitting` is durable before the first byte leaves, and each attempt carries its id to Meta as tracking data. So a
//! process that dies leaves either a message that was surely not sent, or one whose outcome the webhook tells.

use crate::{
    client::{CallFuture, Sent},
    desk::{
        TRIES, Tenant,
        contact::{Thread, new_conflict},
        detached, new_id,
        tenant::not_found,
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    id::{MessageId, PhoneNumberId, WaId},
    message::Message,
    recipient::Recipient,
    store::{
        Change, Changes, Contact, Conversation, ConversationId, ConversationTime, Direction, Fact, Identity,
        Job, JobKind, Key, Lease, Outcome, SendState, Sending, StoreError, StoredMessage, StoredMessageId,
        TenantStoreExt, ext::one,
    },
    time::Timestamp,
};
use std::{future::IntoFuture, time::Duration};

/// The least waits before another attempt; after them the send is given up.
const LADDER: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
    Duration::from_secs(3600),
];

/// A tracked send about to be made; `.await` records and makes it.
///
/// Dropping the future after it was polled does not stop the send: what was begun is brought to its end.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct SendCall {
    tenant: Tenant,
    number: PhoneNumberId,
    message: Message,
}

impl SendCall {
    pub(super) fn new(tenant: Tenant, number: PhoneNumberId, message: Message) -> Self {
        Self { tenant, number, message }
    }

    /// Quotes a message of the conversation.
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.message = self.message.reply_to(id);
        self
    }
}

impl IntoFuture for SendCall {
    type Output = Result<Receipt>;
    type IntoFuture = CallFuture<Receipt>;

    fn into_future(mut self) -> CallFuture<Receipt> {
        Box::pin(detached(async move {
            self.message.validate()?;
            let identities = admit(&self.tenant, &self.number, &self.message).await?;
            upload(&self.tenant, &self.number, &mut self.message).await?;
            let (stored, lease) = record(&self.tenant, &self.number, &self.message, &identities).await?;
            match attempt(&self.tenant, &self.number, &stored, lease).await {
                // Meta may have it: an error would invite the caller to send it once more.
                Err(error) => Ok(unrecorded(stored, &error)),
                receipt => receipt,
            }
        }))
    }
}

/// What became of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Our id of the message.
    pub id: StoredMessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Meta's id of it, once Meta took it.
    pub wamid: Option<MessageId>,
    /// How far the sending got, and why not further.
    pub sending: Sending,
}

impl From<StoredMessage> for Receipt {
    fn from(message: StoredMessage) -> Self {
        let sending = message.sending.unwrap_or_else(Sending::queued);
        Self { id: message.id, conversation: message.conversation, wamid: message.wamid, sending }
    }
}

/// The receipt of an attempt of which the store does not know the outcome; its status webhook will tell.
fn unrecorded(mut stored: StoredMessage, error: &Error) -> Receipt {
    tracing::error!(message = %stored.id, %error, "the outcome of a send could not be recorded");
    if let Some(sending) = &mut stored.sending {
        sending.state = SendState::OutcomeUnknown;
        sending.error = Some(format!("the outcome could not be recorded: {error}"));
    }
    stored.into()
}

/// Whether the tenant may send this from the number; by whom the recipient is known.
async fn admit(tenant: &Tenant, number: &PhoneNumberId, message: &Message) -> Result<Vec<Identity>> {
    let identities = identities(message.to())?;
    let owner = tenant.desk.store().route(number).await?;
    if owner.is_none_or(|binding| binding.tenant != tenant.id) {
        return Err(not_found("business phone number of this tenant"));
    }
    Ok(identities)
}

/// Puts ids in the place of the files that the message holds: what is recorded can be sent again, files cannot be.
async fn upload(tenant: &Tenant, number: &PhoneNumberId, message: &mut Message) -> Result<()> {
    if !message.holds_files() {
        return Ok(());
    }
    let client = tenant.desk.client(&tenant.id, number).await.map_err(Error::not_sent)?;
    client.phone(number).prepare(message).await
}

/// Writes the message as being submitted, with its conversation and a job that is ours already.
async fn record(
    tenant: &Tenant,
    number: &PhoneNumberId,
    message: &Message,
    identities: &[Identity],
) -> Result<(StoredMessage, Lease)> {
    let body = serde_json::to_vec(message).map_err(|error| {
        Error::with_source(ErrorKind::Decode("the message cannot be written".into()), error)
    })?;
    let id = StoredMessageId::from(new_id());
    let mut tries = 0;
    loop {
        tries += 1;
        let now = tenant.desk.now();
        let thread = Thread::find(&*tenant.store, number, identities.to_vec(), None, now).await?;
        let conversation = &thread.conversation.id;
        let mut stored =
            StoredMessage::new(&id, conversation, Direction::Outbound, now, message.content().kind(), &*body);
        stored.text = message.content().text();
        stored.reply_to = message.quoted().cloned();
        stored.sending = Some(Sending { state: SendState::Submitting, attempts: 1, ..Sending::queued() });
        // One person's messages are tried again in order; other people's do not wait for them.
        let group = format!("send:{number}:{}", thread.contact());
        let job = Job::new(new_id(), JobKind::Send, group, now).payload(id.as_str());
        let (token, until) = (new_id().into(), now + tenant.desk.0.lease);
        let lease = Lease::new(tenant.id.clone(), Job { attempts: 1, ..job.clone() }, token, until);
        let changes = thread
            .settle(Changes::at(now))
            .insert(stored.clone())
            .latest(conversation, ConversationTime::LastMessage, now)
            .with(Change::Enqueue(job, Some((lease.token.clone(), until))));
        match tenant.store.apply(changes).await {
            Ok(_) => return Ok((stored, lease)),
            // Another message made the contact or the conversation just now: join it.
            Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Makes the attempt that `lease` is for, which is recorded as `submitting`, and records what came of it.
pub(super) async fn attempt(
    tenant: &Tenant,
    number: &PhoneNumberId,
    stored: &StoredMessage,
    lease: Lease,
) -> Result<Receipt> {
    let attempts = stored.sending.as_ref().map_or(1, |sending| sending.attempts);
    let result = match serde_json::from_slice::<Message>(&stored.body) {
        Ok(message) => post(tenant, number, message.callback_data(attempt_id(&stored.id, attempts))).await,
        // Not a `Decode`, which says of an answer that Meta may have done what it was asked.
        Err(_) => Err(Error::new(ErrorKind::Config("the recorded message cannot be read".into()))),
    };
    let receipt = conclude(tenant, &lease, &stored.id, attempts, &result).await?;
    if let Ok(Sent { wa_id: Some(wa_id), .. }) = &result {
        learn(tenant, &receipt.conversation, wa_id).await;
    }
    Ok(receipt)
}

async fn post(tenant: &Tenant, number: &PhoneNumberId, message: Message) -> Result<Sent> {
    let client = tenant.desk.client(&tenant.id, number).await.map_err(|error| {
        // Whatever became of the request for the token, the message was not sent.
        if error.outcome_unknown() { Error::with_source(ErrorKind::Connect, error) } else { error }
    })?;
    client.phone(number).send_recorded(&message).await
}

/// Records what came of an attempt, and settles its job in the same transaction.
async fn conclude(
    tenant: &Tenant,
    lease: &Lease,
    id: &StoredMessageId,
    attempts: u32,
    result: &Result<Sent>,
) -> Result<Receipt> {
    let mut tries = 0;
    loop {
        tries += 1;
        let now = tenant.desk.now();
        let mut stored = tenant.store.message(id).await?.ok_or_else(|| not_found("message"))?;
        let mut changes = Changes::at(now);
        let mut outcome = Outcome::Done;
        if let Ok(sent) = result {
            changes = changes.earliest(&sent.message_id, Fact::Accepted, now);
        }
        // A status webhook may have been faster than the answer; what it settled stays.
        if stored.wamid.is_none() {
            let (sending, next) = verdict(result, attempts, now);
            outcome = next;
            stored.wamid = result.as_ref().ok().map(|sent| sent.message_id.clone());
            stored.sending = Some(sending);
            changes = changes.update(stored.clone());
        }
        let applied = match tenant.desk.store().finish(lease, outcome.clone(), changes.clone()).await {
            // The lease ran out and another worker took this for a dead attempt. What is known now is worth more.
            Err(StoreError::LeaseLost) => {
                if let Outcome::Again(due) = outcome {
                    let again =
                        Job::new(new_id(), JobKind::Send, &*lease.job.group, due).payload(id.as_str());
                    changes = changes.with(Change::Enqueue(again, None));
                }
                tenant.store.apply(changes).await
            }
            other => other,
        };
        match applied {
            Ok(_) => return Ok(stored.into()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What an attempt's result makes of the message and of its job.
fn verdict(result: &Result<Sent>, attempts: u32, now: Timestamp) -> (Sending, Outcome) {
    let Err(error) = result else {
        let sending = Sending { state: SendState::Accepted, attempts, error_code: None, error: None };
        return (sending, Outcome::Done);
    };
    let rung = usize::try_from(attempts.saturating_sub(1)).ok().and_then(|rung| LADDER.get(rung));
    let (state, outcome) = match rung {
        _ if error.outcome_unknown() => (SendState::OutcomeUnknown, Outcome::Done),
        Some(wait) if error.is_retryable() => {
            (SendState::Queued, Outcome::Again(now + error.retry_after().unwrap_or_default().max(*wait)))
        }
        _ => (SendState::Rejected, Outcome::Done),
    };
    let (error_code, error) = (error.api().map(|api| api.code), Some(error.to_string()));
    (Sending { state, attempts, error_code, error }, outcome)
}

/// Keeps the number that Meta knows the person by beside the one that was written to: they may differ (Brazil, Mexico).
///
/// Best effort. When another contact has it, that is kept for people to compare the two.
async fn learn(tenant: &Tenant, conversation: &ConversationId, wa_id: &WaId) {
    let identity = Identity::Phone(wa_id.clone());
    let learned = async {
        let Some(conversation) =
            one::<Conversation, _>(&*tenant.store, Key::Conversation(conversation.clone())).await?
        else {
            return Ok(());
        };
        let Some(mut contact) = one::<Contact, _>(&*tenant.store, Key::Contact(conversation.contact)).await?
        else {
            return Ok(());
        };
        if contact.identities.contains(&identity) {
            return Ok(());
        }
        let now = tenant.desk.now();
        let changes = match one::<Contact, _>(&*tenant.store, Key::ContactOf(identity.clone())).await? {
            Some(holder) => {
                let conflict = new_conflict(&*tenant.store, identity, &holder, &contact, now).await?;
                conflict.into_iter().fold(Changes::at(now), Changes::insert)
            }
            None => {
                contact.identities.push(identity);
                Changes::at(now).update(contact)
            }
        };
        tenant.store.apply(changes).await.map(|_| ())
    };
    if let Err(error) = learned.await {
        let error: &StoreError = &error;
        tracing::debug!(%error, "the number Meta knows the person by was not kept");
    }
}

/// The identities by which a recipient is known.
fn identities(to: &Recipient) -> Result<Vec<Identity>> {
    if let Recipient::Phone(number) | Recipient::PhoneAndUser(number, _) = to
        && !number.starts_with('+')
    {
        let limit =
            "a number with + and country code: without, Meta puts the business's own country in front";
        let at = Path::ROOT.field("to");
        return Err(Error::invalid(vec![Violation::new(at, "does not begin with +", limit)]));
    }
    let phone = to.digits().map(|digits| Identity::Phone(digits.into()));
    let user = match to {
        // A parent id is told by its second part.
        Recipient::User(id) | Recipient::PhoneAndUser(_, id) => Some(match id.as_str().get(2..7) {
            Some(".ENT.") => Identity::ParentUserId(id.clone()),
            _ => Identity::UserId(id.clone()),
        }),
        _ => None,
    };
    let identities: Vec<_> = phone.into_iter().chain(user).collect();
    if identities.is_empty() {
        let at = Path::ROOT.field("to");
        let limit = "a person; send to groups with the client";
        return Err(Error::invalid(vec![Violation::new(
            at,
            "has no conversation the desk could keep",
            limit,
        )]));
    }
    Ok(identities)
}

/// What an attempt is called in the tracking data that Meta gives back with each status.
pub(super) fn attempt_id(message: &StoredMessageId, attempt: u32) -> String {
    format!("{message}.{attempt}")
}

/// The message that tracking data names, if it is ours: one of [`new_id`]'s and an attempt.
pub(super) fn message_of(callback_data: &str) -> Option<StoredMessageId> {
    let (message, attempt) = callback_data.rsplit_once('.')?;
    let is_ours =
        message.len() == 32 && message.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_ours && attempt.parse::<u32>().is_ok()).then(|| message.into())
}

#[cfg(test)]
mod tests {
    use super::{LADDER, attempt_id, identities, message_of, verdict};
    use crate::{
        error::{Error, ErrorKind},
        store::{Identity, Outcome, SendState},
        time::Timestamp,
    };
    use std::time::Duration;

    #[test]
    fn tracking_data_names_its_message() {
        let id = crate::desk::new_id().into();
        assert_eq!(message_of(&attempt_id(&id, 3)), Some(id));
        for foreign in ["", "order 7", "order.7", "a.b", ".", "a.", "0190a5c00190a5c00190a5c00190a5c0"] {
            assert_eq!(message_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn waits_climb_the_ladder_and_then_the_send_is_given_up() {
        let now = Timestamp::from_seconds(0);
        for (attempts, wait) in (1..).zip(LADDER) {
            let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Connect)), attempts, now);
            assert_eq!((sending.state, outcome), (SendState::Queued, Outcome::Again(now + wait)));
        }
        let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Connect)), 6, now);
        assert_eq!((sending.state, outcome), (SendState::Rejected, Outcome::Done));
    }

    #[test]
    fn waits_grow_for_a_throttled_send_too() {
        let body = br#"{"error":{"code":131056,"message":"x","type":"y"}}"#;
        let (now, error) = (Timestamp::from_seconds(0), || Error::new(crate::error::read(400, None, body)));
        for (attempts, wait) in (1..).zip(LADDER) {
            assert_eq!(verdict(&Err(error()), attempts, now).1, Outcome::Again(now + wait));
        }
    }

    #[test]
    fn a_lost_answer_is_unknown_and_not_tried_again() {
        let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Timeout)), 1, Timestamp::from_seconds(0));
        assert_eq!((sending.state, outcome), (SendState::OutcomeUnknown, Outcome::Done));
    }

    #[test]
    fn a_throttled_send_waits_as_long_as_meta_says() {
        let body = br#"{"error":{"code":80007,"message":"x","type":"y"}}"#;
        let error = Error::new(crate::error::read(400, Some(Duration::from_secs(240)), body));
        let (sending, outcome) = verdict(&Err(error), 1, Timestamp::from_seconds(0));
        assert_eq!(
            (sending.state, outcome),
            (SendState::Queued, Outcome::Again(Timestamp::from_seconds(240)))
        );
        assert_eq!(sending.error_code, Some(80_007));
    }

    #[test]
    fn recipients_are_known_by_every_name_they_have() {
        assert_eq!(identities(&"+1 (415) 555-2671".into()).unwrap(), [Identity::Phone("14155552671".into())]);
        assert_eq!(identities(&"US.1".into()).unwrap(), [Identity::UserId("US.1".into())]);
        assert_eq!(identities(&"US.ENT.1".into()).unwrap(), [Identity::ParentUserId("US.ENT.1".into())]);
        assert!(identities(&crate::recipient::Recipient::group("g")).is_err());
    }
}
