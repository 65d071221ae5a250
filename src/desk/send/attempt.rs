//! One attempt: from `submitting` to what came of it.

use crate::{
    client::Sent,
    desk::{
        TRIES, Tenant,
        contact::new_conflict,
        refusal,
        send::{
            Priority, Receipt, attempt_id,
            lane::Seat,
            order::Order,
            pair::Pair,
            recent::pair,
            record::permit,
            retry::{Fate, fate},
        },
        tenant::not_found,
        watch,
        worker::foreign,
    },
    error::{Error, ErrorKind, Result},
    id::{PhoneNumberId, WaId},
    message::Message,
    store::{
        self, Change, Changes, Contact, Conversation, ConversationId, Fact, Identity, Key, Lease, Outcome,
        SendState, Sending, StoreError, StoredMessage, TenantStoreExt, ext::one,
    },
    time::Timestamp,
};
use std::time::Duration;
use tokio::time::timeout;
use tracing::Instrument;

/// How long an attempt waits for the host's token: meanwhile others to the same person wait for it.
const CREDENTIALS: Duration = Duration::from_secs(60);

/// Goes on with a send, from the state it was left in.
pub(in crate::desk) async fn resume(tenant: &Tenant, lease: Lease) -> Result<()> {
    let Some(order) = Order::of(&lease.job) else {
        tracing::error!(job = %lease.job.id, "a job to send names no message");
        return tenant.settle(&lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let mut changes = Changes::at(tenant.desk.now());
        let mut outcome = Outcome::Done;
        let (message, recorded_in) =
            tokio::join!(tenant.store.message(&order.message), recorded_in(tenant, &order));
        if let Some(mut message) = message?
            && let Some(sending) = &mut message.sending
        {
            match sending.state {
                SendState::Queued if order.is_over(changes.now()) => {
                    sending.state = order.ended(SendState::Cancelled);
                    sending.error = Some("it was too late to send it".to_owned());
                    changes = changes.update(message);
                }
                SendState::Queued => match home(tenant, &message.conversation, recorded_in).await? {
                    Some(conversation) => {
                        let number = &conversation.number;
                        let seat = match seat(tenant, number, order.priority) {
                            Ok(seat) => seat,
                            Err(until) => {
                                return tenant
                                    .settle(&lease, Outcome::Again(order.again(until)), changes)
                                    .await;
                            }
                        };
                        // Before the door, which others wait at: no other message goes to the person meanwhile.
                        let known = pair(tenant, &order, &conversation.id).await?;
                        let near = seat.near().await;
                        if let Err(until) = admit(tenant, &conversation, &order, known) {
                            return tenant.settle(&lease, Outcome::Again(order.again(until)), changes).await;
                        }
                        match permitted(tenant, &conversation, &message).await {
                            Ok(()) => {
                                let (holds, now) = (&tenant.desk.0.holds, tenant.desk.now());
                                // The last question: whoever is let through has to try.
                                if let Err(until) = holds.admit(tenant, number, now) {
                                    return tenant
                                        .settle(&lease, Outcome::Again(order.again(until)), changes)
                                        .await;
                                }
                                match submit(tenant, &lease, message, tries).await {
                                    Ok(message) => {
                                        seat.pass(tenant).await;
                                        drop(near);
                                        drop(seat);
                                        return attempt(tenant, number, &message, lease).await.map(drop);
                                    }
                                    Err(error) => {
                                        holds.untried(tenant, number, now);
                                        match error {
                                            StoreError::Conflict(_) if tries < TRIES => continue,
                                            StoreError::LeaseLost => return Ok(()),
                                            error => return Err(error.into()),
                                        }
                                    }
                                }
                            }
                            Err(refusal) if matches!(refusal.kind(), ErrorKind::Store { .. }) => {
                                return Err(refusal);
                            }
                            Err(refusal) => changes = changes.update(rejected(message, &refusal, &order)),
                        }
                    }
                    None => {
                        sending.state = SendState::Rejected;
                        sending.error = Some("its conversation is gone".to_owned());
                        changes = changes.update(message);
                    }
                },
                SendState::Submitting => {
                    sending.state = SendState::OutcomeUnknown;
                    sending.error =
                        Some("the process that was sending it died before it knew the outcome".to_owned());
                    let attempt = sending.attempts;
                    changes = unknown(changes.update(message), &order, attempt);
                }
                // A newer version of this crate, beside us on the same store, knows what to do.
                SendState::Unknown(_) => {
                    outcome = Outcome::Again(changes.now() + foreign(lease.job.attempts));
                }
                SendState::Accepted
                | SendState::Rejected
                | SendState::OutcomeUnknown
                | SendState::GivenUp
                | SendState::Cancelled => {}
            }
        }
        match tenant.finish(&lease, outcome, changes).await {
            // Whoever has the job now goes on with it.
            Ok(_) | Err(StoreError::LeaseLost) => return Ok(()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The conversation of a message, which may be the one that its order names.
async fn home(
    tenant: &Tenant,
    id: &ConversationId,
    named: Option<Conversation>,
) -> store::Result<Option<Conversation>> {
    match named.filter(|conversation| conversation.id == *id) {
        Some(conversation) => Ok(Some(conversation)),
        None => tenant.store.conversation(id).await,
    }
}

/// The conversation that an order names. It may not be needed, so that it cannot be read is found out when it is.
async fn recorded_in(tenant: &Tenant, order: &Order) -> Option<Conversation> {
    tenant.store.conversation(order.conversation.as_ref()?).await.ok().flatten()
}

/// A place for a message that may be sent soon; else when to look again.
pub(super) fn seat(tenant: &Tenant, number: &PhoneNumberId, priority: Priority) -> Result<Seat, Timestamp> {
    match tenant.desk.0.holds.stopped_until(tenant, number, tenant.desk.now()) {
        Some(until) => Err(until),
        None => Seat::take(tenant, number, priority),
    }
}

/// Whether a message is held up neither by what stops all of them nor by others to the same person, and is not too late; else
/// when to look again.
///
/// Asked when it is among the next: those before it may have met something that stops them all.
fn admit(tenant: &Tenant, conversation: &Conversation, order: &Order, known: Pair) -> Result<(), Timestamp> {
    let (desk, number, now) = (&tenant.desk.0, &conversation.number, tenant.desk.now());
    if order.is_over(now) {
        return Err(now);
    }
    desk.holds.stopped_until(tenant, number, now).map_or(Ok(()), Err)?;
    desk.lanes.number(tenant, number).admit(&conversation.contact, known, now)
}

/// Adds what is to be done about a message of which the outcome of an attempt is unknown from now on.
fn unknown(changes: Changes, order: &Order, attempt: u32) -> Changes {
    match order.follow_up(attempt, changes.now()) {
        Some(change) => changes.with(change),
        None => changes,
    }
}

fn rejected(mut message: StoredMessage, refusal: &Error, order: &Order) -> StoredMessage {
    if let Some(sending) = &mut message.sending {
        sending.state = order.ended(SendState::Rejected);
        sending.error = Some(refusal.to_string());
    }
    message
}

/// Whether the rules of the desk still let a message through that waited.
async fn permitted(tenant: &Tenant, conversation: &Conversation, message: &StoredMessage) -> Result<()> {
    // What cannot be read is told by the attempt.
    let Ok(message) = serde_json::from_slice::<Message>(&message.body) else { return Ok(()) };
    permit(tenant, conversation, &[], message.content()).await
}

/// Records that the next attempt begins.
///
/// A worker that was paused for too long finds that it has no lease: it asks when the time of its lease may be over, and when
/// the message was changed by another.
async fn submit(
    tenant: &Tenant,
    lease: &Lease,
    mut message: StoredMessage,
    tries: usize,
) -> store::Result<StoredMessage> {
    let (now, span) = (tenant.desk.now(), tenant.desk.0.settings.lease);
    if tries > 1 || lease.until.since(now) < span / 2 {
        tenant.desk.store().extend(lease, now + span).await?;
    }
    if let Some(sending) = &mut message.sending {
        sending.state = SendState::Submitting;
        sending.attempts += 1;
        sending.attempted_at = Some(now);
    }
    let _ = tenant.store.apply(Changes::at(now).update(message.clone())).await?;
    message.version += 1;
    Ok(message)
}

/// Makes the attempt that `lease` is for, which is recorded as `submitting`, and records what came of it.
pub(super) async fn attempt(
    tenant: &Tenant,
    number: &PhoneNumberId,
    stored: &StoredMessage,
    lease: Lease,
) -> Result<Receipt> {
    let attempt = stored.sending.as_ref().map_or(1, |sending| sending.attempts);
    let span =
        tracing::info_span!("desk.send", tenant = %tenant.id, %number, message_id = %stored.id, attempt);
    make(tenant, number, stored, attempt, lease).instrument(span).await
}

async fn make(
    tenant: &Tenant,
    number: &PhoneNumberId,
    stored: &StoredMessage,
    attempt: u32,
    lease: Lease,
) -> Result<Receipt> {
    let message = serde_json::from_slice::<Message>(&stored.body);
    let written_to = message.as_ref().ok().and_then(|message| message.to().digits()).map(WaId::from);
    let result = match message {
        Ok(message) => post(tenant, number, message.callback_data(attempt_id(&stored.id, attempt))).await,
        // Not a `Decode`, which says of an answer that Meta may have done what it was asked.
        Err(_) => Err(Error::new(ErrorKind::Config("the recorded message cannot be read".into()))),
    };
    if let Err(error) = &result {
        refusal::answered(tenant, error, stored).await;
    }
    let receipt = conclude(tenant, number, &lease, stored, &result).await?;
    if let Ok(Sent { wa_id: Some(wa_id), .. }) = &result
        && written_to.as_ref() != Some(wa_id)
    {
        learn(tenant, &receipt.conversation, wa_id).await;
    }
    Ok(receipt)
}

async fn post(tenant: &Tenant, number: &PhoneNumberId, message: Message) -> Result<Sent> {
    let client = timeout(CREDENTIALS, tenant.desk.client(&tenant.id, number)).await;
    let client = client.unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout))).map_err(|error| {
        // Whatever became of the request for the token, the message was not sent.
        if error.outcome_unknown() { Error::with_source(ErrorKind::Connect, error) } else { error }
    })?;
    client.phone(number).send_recorded(&message).await
}

/// Records what came of an attempt, and settles its job in the same transaction.
async fn conclude(
    tenant: &Tenant,
    number: &PhoneNumberId,
    lease: &Lease,
    submitted: &StoredMessage,
    result: &Result<Sent>,
) -> Result<Receipt> {
    let before = submitted.sending.clone().unwrap_or_else(Sending::queued);
    let attempts = before.attempts;
    if let Err(error) = result
        && error.api().is_some_and(|api| api.code == TOO_FAST)
        && let Err(error) = tenant.desk.0.lanes.number(tenant, number).slow(tenant).await
    {
        tracing::warn!(%number, %error, "that a number is too fast was not kept");
    }
    let order = Order::of(&lease.job);
    let tried = order.as_ref().map_or(0, |order| order.tried);
    let mut verdict = verdict(tenant, number, result, &before, tried);
    if let (SendState::Rejected, Some(order)) = (&verdict.sending.state, &order) {
        verdict.sending.state = order.ended(SendState::Rejected);
    }
    watch::attempt(&verdict.sending);
    // As it was recorded, unless somebody changed it since.
    let mut stored = submitted.clone();
    let mut tries = 0;
    loop {
        tries += 1;
        let now = tenant.desk.now();
        let mut changes = Changes::at(now);
        let mut outcome = Outcome::Done;
        if let Ok(sent) = result {
            changes = changes.earliest(&sent.message_id, Fact::Accepted, now);
        }
        // A status webhook may have been faster than the answer; what it settled stays. And that this attempt failed says
        // nothing of a message that was stopped or tried again since.
        let newest = stored.sending.as_ref().map_or(attempts, |sending| sending.attempts);
        if stored.wamid.is_none() && (result.is_ok() || is_open(&stored, attempts)) {
            if let Some(due) = verdict.again {
                outcome = Outcome::Again(order.as_ref().map_or(due, |order| order.again(due)));
            }
            stored.wamid = result.as_ref().ok().map(|sent| sent.message_id.clone());
            let attempts = if result.is_ok() { newest } else { verdict.sending.attempts };
            stored.sending = Some(Sending { attempts, ..verdict.sending.clone() });
            changes = changes.update(stored.clone());
            if let (SendState::OutcomeUnknown, Some(order)) = (&verdict.sending.state, &order) {
                changes = unknown(changes, order, attempts);
            }
        }
        let applied = match tenant.finish(lease, outcome.clone(), changes.clone()).await {
            // The lease ran out and another worker took this for a dead attempt. What is known now is worth more.
            Err(StoreError::LeaseLost) => {
                if let (Outcome::Again(due), Some(order)) = (outcome, &order) {
                    let mut again = order.send(lease.job.group.clone(), due);
                    again.due = due;
                    changes = changes.with(Change::Enqueue(again, None));
                }
                tenant.store.apply(changes).await
            }
            other => other,
        };
        match applied {
            Ok(_) => return Ok(stored.into()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {
                let id = &submitted.id;
                stored = tenant.store.message(id).await?.ok_or_else(|| not_found("message"))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a message waits for what comes of the attempt of this number.
fn is_open(message: &StoredMessage, attempt: u32) -> bool {
    message.sending.as_ref().is_some_and(|sending| {
        sending.attempts == attempt
            && matches!(sending.state, SendState::Submitting | SendState::OutcomeUnknown)
    })
}

/// Meta's code for a number that sends too fast.
const TOO_FAST: i64 = 130_429;

/// What an attempt's result makes of the message and of its job.
struct Verdict {
    sending: Sending,
    again: Option<Timestamp>,
}

fn verdict(
    tenant: &Tenant,
    number: &PhoneNumberId,
    result: &Result<Sent>,
    before: &Sending,
    tried: u32,
) -> Verdict {
    let (desk, now) = (&tenant.desk.0, tenant.desk.now());
    let Err(error) = result else {
        desk.holds.succeeded(tenant, number);
        let sending = Sending { state: SendState::Accepted, error_code: None, error: None, ..*before };
        return Verdict { sending, again: None };
    };
    let attempts = before.attempts;
    let fate = fate(error, attempts.saturating_sub(tried), fastrand::f64());
    let error_code = error.api().map(|api| api.code);
    if matches!(fate, Fate::Refused | Fate::Again(_)) && error.api().is_some() {
        // Meta looked at it: what it refused is this message, whose sender may send others.
        desk.holds.succeeded(tenant, number);
    }
    let (state, attempts, again) = match fate {
        Fate::Unknown => (SendState::OutcomeUnknown, attempts, None),
        Fate::Refused => (SendState::Rejected, attempts, None),
        Fate::RefusedAndHeld(whose, wait) => {
            desk.holds.failed(whose, tenant, number, error_code, wait, now);
            (SendState::Rejected, attempts, None)
        }
        Fate::Again(wait) => (SendState::Queued, attempts, Some(now + wait)),
        // It was not this message's fault: the attempt counts for nothing.
        Fate::Held(whose, wait) => {
            let until = desk.holds.failed(whose, tenant, number, error_code, wait, now);
            (SendState::Queued, attempts.saturating_sub(1), Some(until))
        }
    };
    let error = Some(error.to_string());
    Verdict { sending: Sending { state, attempts, error_code, error, ..*before }, again }
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
