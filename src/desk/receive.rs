//! Webhooks, kept before they are acknowledged.

use crate::{
    desk::{
        Desk, TRIES, Tenant, consent,
        contact::{self, Renaming, Thread},
        detached, ended, new_id, refusal, send,
    },
    error::Result,
    id::TenantId,
    store::{
        self, Applied, Change, Changes, ConversationTime, DeadLetter, DeliveryFailure, Direction, Fact,
        Identity, Key, SendState, Sending, StoreError, StoredMessage, TenantStoreExt, ext::one,
    },
    time::Timestamp,
    webhook::{Event, Inbound, InboundMessage, Status, StatusKind},
};
use std::time::Duration;
use tokio::task::JoinSet;

/// How long an event is remembered: Meta delivers again for up to 7 days.
const REMEMBERED: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// Most statuses of a delivery that are kept at once.
const AT_ONCE: usize = 64;

/// Why an event of a known kind is put aside.
const NO_RULE: &str = "there is no rule for such an event";

/// What a delivery held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Events that were applied.
    pub applied: usize,
    /// Events that had been seen before.
    pub duplicates: usize,
    /// Events put aside with a reason: of a kind the desk has no rule for, malformed, or refused by the store. See
    /// [`Tenant::dead_letters`].
    pub dead_letters: usize,
    /// Those of the dead letters whose business phone number belongs to no tenant; they are kept under
    /// [`Desk::UNROUTED`].
    pub unrouted: usize,
}

impl Desk {
    /// Verifies, reads and keeps one delivery of Meta; answer 200 when it returns, and only then.
    ///
    /// Pass the bytes as they came (any change breaks the signature) and the `X-Hub-Signature-256` header. Dropping the
    /// future does not stop what was begun.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`](crate::ErrorKind::Signature): answer 401.
    /// [`ErrorKind::Envelope`](crate::ErrorKind::Envelope): answer 400.
    /// [`ErrorKind::Store`](crate::ErrorKind::Store): answer 503, and Meta delivers again; what was applied counts once.
    pub async fn receive(&self, body: &[u8], signature: Option<&str>) -> Result<Received> {
        let delivery = self.webhook()?.read(body, signature)?;
        let desk = self.clone();
        detached(async move {
            let mut received = Received::default();
            let mut under_way = JoinSet::new();
            for event in delivery.into_events() {
                // A message waits for what came before it. Statuses end right in any order, so many are kept at once:
                // the store makes one commit of what waits.
                if !matches!(event, Event::Status(_)) || under_way.len() >= AT_ONCE {
                    received.add(all(&mut under_way).await?);
                }
                let desk = desk.clone();
                under_way.spawn(async move { desk.keep(&event).await });
            }
            received.add(all(&mut under_way).await?);
            tracing::debug!(?received, "kept a delivery");
            Ok(received)
        })
        .await
    }

    async fn keep(&self, event: &Event) -> Result<Received> {
        let mut received = Received::default();
        let owner = match event.phone_number_id() {
            Some(number) => self.store().route(number).await?,
            None => None,
        };
        let Some(owner) = owner else {
            received.unrouted += 1;
            received.dead_letters += 1;
            let tenant = self.tenant(TenantId::new(Self::UNROUTED));
            tenant.put_aside(event, "the business phone number belongs to no tenant").await?;
            return Ok(received);
        };
        let tenant = self.tenant(&owner.tenant);
        match tenant.apply(event).await {
            Ok(Kept::Applied(Applied::Done)) => received.applied += 1,
            Ok(Kept::Applied(_)) => received.duplicates += 1,
            Ok(Kept::NoRule(reason)) => {
                received.dead_letters += 1;
                tenant.put_aside(event, &reason).await?;
            }
            Err(error @ (StoreError::Unavailable { .. } | StoreError::Conflict(_))) => {
                return Err(error.into());
            }
            // The store is there and refuses this event: its siblings must not wait for it.
            Err(error) => {
                tracing::error!(%error, field = event.field(), "an event could not be applied");
                received.dead_letters += 1;
                tenant.put_aside(event, &error.to_string()).await?;
            }
        }
        Ok(received)
    }
}

impl Received {
    fn add(&mut self, more: Self) {
        self.applied += more.applied;
        self.duplicates += more.duplicates;
        self.dead_letters += more.dead_letters;
        self.unrouted += more.unrouted;
    }
}

/// Waits for all that is under way, and gives its sum. When some failed, the others are brought to their end all the same.
async fn all(under_way: &mut JoinSet<Result<Received>>) -> Result<Received> {
    let mut sum = Ok(Received::default());
    while let Some(task) = under_way.join_next().await {
        match (ended(task), &mut sum) {
            (Ok(received), Ok(sum)) => sum.add(received),
            (Err(error), _) => sum = Err(error),
            (Ok(_), Err(_)) => {}
        }
    }
    sum
}

enum Kept {
    Applied(Applied),
    /// The desk has no rule for such an event.
    NoRule(String),
}

impl Tenant {
    async fn apply(&self, event: &Event) -> store::Result<Kept> {
        let mut tries = 0;
        loop {
            tries += 1;
            let begun = Changes::at(self.desk.now()).once(event.key(), self.desk.now() + REMEMBERED);
            let changes = match event {
                Event::Message(message) => self.inbound(message, event.raw(), begun).await?,
                Event::Status(status) => self.status(status, begun).await?,
                Event::Preference(preference) => consent::preferred(self, preference, begun).await?,
                Event::UserIdChange(change) => contact::changed(self, change, begun).await?,
                Event::Unknown(unknown) => Err(unknown.reason().unwrap_or(NO_RULE).to_owned()),
                _ => Err(NO_RULE.to_owned()),
            };
            let changes = match changes {
                Ok(changes) => changes,
                Err(reason) => return Ok(Kept::NoRule(reason)),
            };
            match self.store.apply(changes).await {
                // Its mark is forgotten, but the message itself is there.
                Err(StoreError::NotUnique(_)) if self.has(event).await? => {
                    return Ok(Kept::Applied(Applied::Duplicate));
                }
                // Another event changed the contact, the conversation or the message just now: look again.
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
                other => return other.map(Kept::Applied),
            }
        }
    }

    /// Whether a customer's message was kept before.
    async fn has(&self, event: &Event) -> store::Result<bool> {
        let Event::Message(message) = event else { return Ok(false) };
        let known = one::<StoredMessage, _>(&*self.store, Key::MessageOf(message.id.clone())).await?;
        Ok(known.is_some_and(|known| known.direction == Direction::Inbound))
    }

    /// What a customer's message changes.
    async fn inbound(
        &self,
        message: &InboundMessage,
        raw: &str,
        changes: Changes,
    ) -> store::Result<Result<Changes, String>> {
        let Some(number) = &message.phone_number_id else {
            return Ok(Err("the message names no business phone number".to_owned()));
        };
        let phone = message.from.clone().map(Identity::Phone);
        let user = message.from_user_id.clone().map(Identity::UserId);
        let parent = message.from_parent_user_id.clone().map(Identity::ParentUserId);
        let mut identities: Vec<_> = phone.into_iter().chain(user).chain(parent).collect();
        let system = match &message.content {
            Inbound::System(system) => Some(system),
            _ => None,
        };
        let renaming = system.and_then(|system| Renaming::of(message, system));
        if let Some(renaming) = &renaming {
            identities.extend(renaming.known_as(&identities));
        }
        if identities.is_empty() {
            return Ok(Err("the message does not say who sent it".to_owned()));
        }
        let now = changes.now();
        let at = place(message.timestamp, now);
        let name = message.contact.as_ref().and_then(|contact| contact.name.as_deref());
        let mut thread = Thread::find(self, number, identities.clone(), name, now).await?;
        if let Some(renaming) = &renaming {
            thread.rename(&*self.store, renaming, now).await?;
        }
        let conversation = &thread.conversation.id;
        let mut stored =
            StoredMessage::new(new_id(), conversation, Direction::Inbound, at, message.kind(), raw);
        stored.wamid = Some(message.id.clone());
        stored.text = message.text().map(str::to_owned);
        stored.reply_to = message.reply_to().cloned();
        if let Some(system) = system {
            stored.text.clone_from(&system.body);
        }
        let mut changes = thread.settle(self, changes).insert(stored).latest(
            conversation,
            ConversationTime::LastMessage,
            at,
        );
        // What WhatsApp tells of a customer was not said by them: it opens no window and waits for nobody to read it.
        if system.is_none() {
            changes = changes
                .latest(conversation, ConversationTime::LastInbound, message.timestamp)
                .with(Change::Add { conversation: conversation.clone(), unread: 1 });
            changes = thread.heard(self, changes);
            changes = consent::heard(self, message, &identities, changes).await?;
        }
        Ok(Ok(changes))
    }

    /// What a status changes: the time of its fact, why it failed, and the message whose outcome was not known.
    async fn status(&self, status: &Status, changes: Changes) -> store::Result<Result<Changes, String>> {
        let fact = match &status.status {
            StatusKind::Sent => Fact::Sent,
            StatusKind::Delivered => Fact::Delivered,
            StatusKind::Read => Fact::Read,
            StatusKind::Played => Fact::Played,
            StatusKind::Failed => Fact::Failed,
            _ => return Ok(Err("the status is of a kind this version does not know".to_owned())),
        };
        // The attempt's id comes back even when its answer never did.
        let named = status.callback_data.as_deref().and_then(send::message_of);
        let message = match &named {
            Some(id) => self.store.message(id).await?,
            None => None,
        };
        if named.is_some() && message.is_none() {
            // It was recorded before it was sent, so it was removed since then, and with it all that was known of its way.
            return Ok(Ok(changes));
        }
        let mut changes = changes.earliest(&status.id, fact, status.timestamp);
        changes = self.refused(status, message.as_ref(), changes).await?;
        let mut codes = Vec::new();
        for error in &status.errors {
            if !codes.contains(&error.code) {
                codes.push(error.code);
                // Members of a group fail in the same second for the same reason; it is kept once.
                let key = Key::Failure(status.id.clone(), status.timestamp, error.code);
                if self.store.get(key).await?.is_none() {
                    let failure =
                        DeliveryFailure::new(&status.id, status.timestamp, error.code, &error.message);
                    changes = changes.insert(failure);
                }
            }
        }
        if let Some(mut message) = message
            && let Some(sending) = message.sending.take()
            && message.wamid.is_none()
        {
            message.wamid = Some(status.id.clone());
            message.sending =
                Some(Sending { state: SendState::Accepted, error_code: None, error: None, ..sending });
            changes = changes.update(message).earliest(&status.id, Fact::Accepted, status.timestamp);
        }
        Ok(Ok(changes))
    }

    /// What Meta's refusals say of the one for whom `message` was.
    async fn refused(
        &self,
        status: &Status,
        message: Option<&StoredMessage>,
        changes: Changes,
    ) -> store::Result<Changes> {
        let codes: Vec<_> = status.errors.iter().map(|error| error.code).collect();
        let Some(code) = codes.into_iter().find(|code| refusal::tells(*code)) else { return Ok(changes) };
        let message = match message {
            Some(message) => Some(message.clone()),
            None => one::<StoredMessage, _>(&*self.store, Key::MessageOf(status.id.clone())).await?,
        };
        match message {
            Some(message) => refusal::told(self, code, &message, message.at, changes).await,
            None => Ok(changes),
        }
    }

    /// Keeps an event that could not be applied, once.
    async fn put_aside(&self, event: &Event, reason: &str) -> Result<()> {
        let now = self.desk.now();
        let letter = DeadLetter::new(new_id(), now, reason, event.raw());
        let changes = Changes::at(now).once(format!("dead:{}", event.key()), now + REMEMBERED).insert(letter);
        let _ = self.store.apply(changes).await?;
        Ok(())
    }
}

/// The place of a received message in the history. Meta tells whole seconds; within that second our own clock tells the
/// order against what we sent, unless the message is late.
fn place(told: Timestamp, now: Timestamp) -> Timestamp {
    now.clamp(told, told + Duration::from_millis(999))
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::time::Timestamp;

    #[test]
    fn a_message_stays_within_the_second_that_meta_told() {
        let (told, at) = (Timestamp::from_seconds(100), Timestamp::from_millis);
        assert_eq!(place(told, at(100_400)), at(100_400));
        assert_eq!(place(told, at(99_000)), at(100_000));
        assert_eq!(place(told, at(7_000_000)), at(100_999));
    }
}
