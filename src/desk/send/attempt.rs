//! One attempt: from `submitting` to what came of it.

use crate::{
    client::Sent,
    desk::{
        TRIES, Tenant,
        contact::new_conflict,
        new_id, refusal,
        send::{Receipt, attempt_id, record::permit, retry::verdict},
        tenant::not_found,
        worker::foreign,
    },
    error::{Error, ErrorKind, Result},
    id::{PhoneNumberId, WaId},
    message::Message,
    store::{
        self, Change, Changes, Contact, Conversation, ConversationId, Fact, Identity, Job, JobKind, Key,
        Lease, Outcome, SendState, StoreError, StoredMessage, StoredMessageId, TenantStoreExt, ext::one,
    },
};

/// Goes on with a send, from the state it was left in.
pub(in crate::desk) async fn resume(tenant: &Tenant, lease: Lease) -> Result<()> {
    let id = StoredMessageId::from(lease.job.payload.as_str());
    let mut tries = 0;
    loop {
        tries += 1;
        let mut changes = Changes::at(tenant.desk.now());
        let mut outcome = Outcome::Done;
        if let Some(mut message) = tenant.store.message(&id).await?
            && let Some(sending) = &mut message.sending
        {
            match sending.state {
                SendState::Queued => match tenant.store.conversation(&message.conversation).await? {
                    Some(conversation) => match admitted(tenant, &conversation, &message).await {
                        Ok(()) => match submit(tenant, &lease, message).await {
                            Ok(message) => {
                                return attempt(tenant, &conversation.number, &message, lease)
                                    .await
                                    .map(drop);
                            }
                            Err(StoreError::Conflict(_)) if tries < TRIES => continue,
                            Err(StoreError::LeaseLost) => return Ok(()),
                            Err(error) => return Err(error.into()),
                        },
                        Err(refusal) if matches!(refusal.kind(), ErrorKind::Store { .. }) => {
                            return Err(refusal);
                        }
                        Err(refusal) => changes = changes.update(rejected(message, &refusal)),
                    },
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
                    changes = changes.update(message);
                }
                // A newer version of this crate, beside us on the same store, knows what to do.
                SendState::Unknown(_) => {
                    outcome = Outcome::Again(changes.now() + foreign(lease.job.attempts));
                }
                SendState::Accepted | SendState::Rejected | SendState::OutcomeUnknown => {}
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

fn rejected(mut message: StoredMessage, refusal: &Error) -> StoredMessage {
    if let Some(sending) = &mut message.sending {
        sending.state = SendState::Rejected;
        sending.error = Some(refusal.to_string());
    }
    message
}

/// Whether the rules of the desk still let a message through that waited.
async fn admitted(tenant: &Tenant, conversation: &Conversation, message: &StoredMessage) -> Result<()> {
    // What cannot be read is told by the attempt.
    let Ok(message) = serde_json::from_slice::<Message>(&message.body) else { return Ok(()) };
    permit(tenant, conversation, &[], message.content()).await
}

/// Records that the next attempt begins.
///
/// The lease begins anew with it: a worker that was paused for too long finds that it has none.
async fn submit(tenant: &Tenant, lease: &Lease, mut message: StoredMessage) -> store::Result<StoredMessage> {
    let now = tenant.desk.now();
    tenant.desk.store().extend(lease, now + tenant.desk.0.lease).await?;
    if let Some(sending) = &mut message.sending {
        sending.state = SendState::Submitting;
        sending.attempts += 1;
    }
    let _ = tenant.store.apply(Changes::at(now).update(message.clone())).await?;
    Ok(message)
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
    if let Err(error) = &result {
        refusal::answered(tenant, error, stored).await;
    }
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
        let applied = match tenant.finish(lease, outcome.clone(), changes.clone()).await {
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
