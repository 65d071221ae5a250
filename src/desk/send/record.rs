//! What is written before a message is sent.

use crate::{
    desk::{
        TRIES, Tenant, consent,
        contact::Thread,
        new_id,
        send::{
            order::{Order, group},
            recent::{self, pair},
        },
        tenant::not_found,
        window,
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    id::PhoneNumberId,
    message::{Content, Message},
    recipient::Recipient,
    store::{
        Change, Changes, Conversation, ConversationId, ConversationTime, Direction, Identity, Job, Lease,
        PageRequest, SendState, Sending, StoreError, StoredMessage, StoredMessageId, TenantStoreExt,
    },
    time::Timestamp,
};

/// Whether the tenant may send this from the number; by whom the recipient is known.
pub(super) async fn admit(
    tenant: &Tenant,
    number: &PhoneNumberId,
    message: &Message,
) -> Result<Vec<Identity>> {
    let identities = identities(message.to())?;
    let owner = tenant.desk.store().route(number).await?;
    if owner.is_none_or(|binding| binding.tenant != tenant.id) {
        return Err(not_found("business phone number of this tenant"));
    }
    Ok(identities)
}

/// Puts ids in the place of the files that the message holds: what is recorded can be sent again, files cannot be.
pub(super) async fn upload(tenant: &Tenant, number: &PhoneNumberId, message: &mut Message) -> Result<()> {
    if !message.holds_files() {
        return Ok(());
    }
    let client = tenant.desk.client(&tenant.id, number).await.map_err(Error::not_sent)?;
    client.phone(number).prepare(message).await
}

/// A message about to be written.
pub(super) struct Draft {
    pub(super) order: Order,
    /// Whether its id says what the host calls it: then another may be there under it.
    keyed: bool,
    identities: Vec<Identity>,
    /// Whether whoever records it also makes the attempt, if none waits before it.
    pub(super) in_place: bool,
    pub(super) not_before: Option<Timestamp>,
}

/// What was written.
pub(super) enum Recorded {
    /// It is being submitted, by us.
    Leased(StoredMessage, Lease),
    /// It waits for a worker.
    Queued(StoredMessage),
    /// It was there before.
    Known(StoredMessage),
}

impl Draft {
    pub(super) fn new(id: Option<StoredMessageId>, identities: Vec<Identity>) -> Self {
        let keyed = id.is_some();
        let message = id.unwrap_or_else(|| new_id().into());
        Self { order: Order::new(message), keyed, identities, in_place: false, not_before: None }
    }

    /// Writes the message with its conversation and a job, which is ours already when it is sent in place.
    pub(super) async fn record(
        &self,
        tenant: &Tenant,
        number: &PhoneNumberId,
        message: &Message,
    ) -> Result<Recorded> {
        let body = serde_json::to_vec(message).map_err(|error| {
            Error::with_source(ErrorKind::Decode("the message cannot be written".into()), error)
        })?;
        let id = &self.order.message;
        let mut tries = 0;
        loop {
            tries += 1;
            let now = tenant.desk.now();
            let thread = Thread::find(tenant, number, self.identities.clone(), None, now).await?;
            permit(tenant, &thread.conversation, &self.identities, message.content()).await?;
            let conversation = &thread.conversation.id;
            let order = Order {
                conversation: Some(conversation.clone()),
                follows: recent::follows(&thread, now),
                ..self.order.clone()
            };
            let in_place = self.in_place
                && !order.is_over(now)
                && !has_queue(tenant, number, &thread).await?
                && {
                    let known = pair(tenant, &order, conversation).await?;
                    tenant.desk.0.lanes.number(tenant, number).admit(thread.contact(), known, now).is_ok()
                }
                // The last question: whoever is let through has to try.
                && tenant.desk.0.holds.admit(tenant, number, now).is_ok();
            let mut stored = StoredMessage::new(
                id,
                conversation,
                Direction::Outbound,
                now,
                message.content().kind(),
                &*body,
            );
            stored.text = message.content().text();
            stored.reply_to = message.quoted().cloned();
            stored.sending = Some(match in_place {
                true => Sending {
                    state: SendState::Submitting,
                    attempts: 1,
                    attempted_at: Some(now),
                    ..Sending::queued()
                },
                false => Sending::queued(),
            });
            let job = order.send(group(number, thread.contact()), now);
            let lease = in_place.then(|| {
                let (token, until) = (new_id().into(), now + tenant.desk.0.settings.lease);
                Lease::new(tenant.id.clone(), Job { attempts: 1, ..job.clone() }, token, until)
            });
            let enqueue = match (&lease, self.not_before.filter(|time| *time > now)) {
                (Some(lease), _) => Change::Enqueue(job, Some((lease.token.clone(), lease.until))),
                (None, Some(time)) => order.revisit(time),
                (None, None) => Change::Enqueue(job, None),
            };
            let changes = thread
                .settle(tenant, tenant.opens(&thread, Changes::at(now)))
                .insert(stored.clone())
                .latest(conversation, ConversationTime::LastMessage, now)
                // If the conversation is over meanwhile, this belongs into another.
                .with(Change::Add { conversation: conversation.clone(), unread: 0 })
                .with(enqueue);
            let applied = tenant.store.apply(changes).await;
            if applied.is_err() && in_place {
                tenant.desk.0.holds.untried(tenant, number, now);
            }
            match applied {
                Ok(_) => {
                    stored.version = 1;
                    if let Some(time) = self.not_before {
                        tenant.desk.0.alarm.set(time);
                    }
                    return Ok(match lease {
                        Some(lease) => Recorded::Leased(stored, lease),
                        None => Recorded::Queued(stored),
                    });
                }
                // Another message made the contact or the conversation just now: join it. Or it is this one.
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {
                    if self.keyed
                        && let Some(known) = tenant.store.message(id).await?
                    {
                        return Ok(Recorded::Known(known));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether messages to the same person wait or are under way, which must not be overtaken: what is under way may have to wait
/// again. What a process left under way that died is settled by a worker.
async fn has_queue(tenant: &Tenant, number: &PhoneNumberId, thread: &Thread) -> Result<bool> {
    if thread.is_with_stranger() {
        return Ok(false);
    }
    if !thread.is_new()
        && let Some(waits) = last_wait(tenant, &thread.conversation.id).await?
    {
        return Ok(waits);
    }
    // They may wait in a conversation that was closed since.
    let all = window::between(tenant, number, thread.contact()).await?;
    for other in all.iter().filter(|other| other.id != thread.conversation.id).take(NEWEST) {
        if let Some(waits) = last_wait(tenant, &other.id).await? {
            return Ok(waits);
        }
    }
    Ok(false)
}

/// Whether the last messages that we wrote in a conversation wait or are under way; `None` when none of them was ever tried.
///
/// They go out in order, so if any of them waits, one of the last does; the person may have written many since.
async fn last_wait(tenant: &Tenant, conversation: &ConversationId) -> Result<Option<bool>> {
    let (mut page, mut looked_at, mut ours) = (PageRequest::newest(NEWEST), 0, 0);
    let mut waits = None;
    loop {
        let found = tenant.store.messages(conversation, page).await?;
        looked_at += found.items.len();
        for sending in found.items.into_iter().filter_map(|message| message.sending) {
            if matches!(sending.state, SendState::Queued | SendState::Submitting) {
                return Ok(Some(true));
            }
            // What came from the app or was never tried tells nothing of those behind it.
            if sending.attempts > 0 {
                ours += 1;
                waits = Some(false);
            }
        }
        // The first page tells it nearly always; then larger ones.
        page = match found.next {
            Some(next) if ours < NEWEST && looked_at < PageRequest::MAX_LIMIT => {
                PageRequest::newest(looked_at * 4).after(next)
            }
            _ => return Ok(waits),
        };
    }
}

/// How many of our own messages in a conversation are looked at for those that wait, and how many conversations.
const NEWEST: usize = 10;

/// Whether the rules of the desk let `content` through now: the window, and what the person wants.
///
/// # Errors
/// [`ErrorKind::WindowClosed`], [`ErrorKind::NotAllowed`], [`ErrorKind::Store`].
pub(super) async fn permit(
    tenant: &Tenant,
    conversation: &Conversation,
    identities: &[Identity],
    content: &Content,
) -> Result<()> {
    consent::check(tenant, conversation, identities, content).await?;
    window::check(tenant, conversation, identities, content).await
}

/// The identities by which a recipient is known.
pub(in crate::desk) fn identities(to: &Recipient) -> Result<Vec<Identity>> {
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

#[cfg(test)]
mod tests {
    use super::identities;
    use crate::store::Identity;

    #[test]
    fn recipients_are_known_by_every_name_they_have() {
        assert_eq!(identities(&"+1 (415) 555-2671".into()).unwrap(), [Identity::Phone("14155552671".into())]);
        assert_eq!(identities(&"US.1".into()).unwrap(), [Identity::UserId("US.1".into())]);
        assert_eq!(identities(&"US.ENT.1".into()).unwrap(), [Identity::ParentUserId("US.ENT.1".into())]);
        assert!(identities(&crate::recipient::Recipient::group("g")).is_err());
    }
}
