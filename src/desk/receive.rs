//! Webhooks, kept before they are acknowledged.

use crate::{
    desk::{
        Desk, InteractionKind, TRIES, Tenant, consent,
        contact::{self, Renaming, Thread, identities},
        detached, ended,
        history::is_said,
        letter, new_id, refusal, routing, send, template, usage, watch,
    },
    error::{Error, ErrorKind, Result},
    id::{AccountId, TenantId},
    store::{
        self, Applied, Change, Changes, ConversationId, ConversationTime, DeadLetter, DeliveryFailure,
        Direction, Fact, Key, SendState, Sending, StoreError, StoredMessage, StoredMessageId, TenantStoreExt,
        ext::one,
    },
    time::Timestamp,
    webhook::{Event, Inbound, InboundMessage, Status, StatusKind},
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tracing::Instrument;

/// How long an event is remembered: Meta delivers again for up to 7 days.
pub(super) const REMEMBERED: Duration = Duration::from_secs(8 * 24 * 60 * 60);

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
    /// What is written in a group is in no conversation, opens no window and withdraws no consent: the
    /// [handler](crate::desk::Handler) is called with it, and where there is none it goes to the dead letters.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`]: answer 401. [`ErrorKind::Envelope`]: answer 400.
    /// [`ErrorKind::Store`]: answer 503, and Meta delivers again; what was applied counts once.
    /// [`ErrorKind::Busy`] when too many [`deliveries`](crate::desk::DeskBuilder::deliveries) are in hand: answer 503.
    pub async fn receive(&self, body: &[u8], signature: Option<&str>) -> Result<Received> {
        let delivery = self.webhook()?.read(body, signature)?;
        // After the signature: nobody but Meta takes a place.
        let place = Arc::clone(&self.0.deliveries).try_acquire_owned();
        let place = place.map_err(|_| {
            watch::refused();
            Error::new(ErrorKind::Busy)
        })?;
        let desk = self.clone();
        let span = tracing::info_span!("desk.receive", events = delivery.len());
        let keeping = async move {
            let _place = place;
            let mut received = Received::default();
            watch::lag(delivery.events(), desk.now());
            let (mut under_way, mut about) = (JoinSet::new(), BTreeSet::new());
            for event in delivery.into_events() {
                // What is told of one message is told in its order, and a message is kept alone. Statuses of many messages
                // are kept at once: the store makes one commit of what waits.
                let id = match &event {
                    Event::Status(status) => Some(status.id.clone()),
                    _ => None,
                };
                let goes_along = under_way.len() < AT_ONCE
                    && (under_way.is_empty() || (id.is_some() && !about.is_empty()))
                    && id.as_ref().is_none_or(|id| !about.contains(id));
                if !goes_along {
                    received.add(all(&mut under_way).await?);
                    about.clear();
                }
                about.extend(id);
                let desk = desk.clone();
                under_way.spawn(async move { desk.keep(&event).await }.in_current_span());
            }
            received.add(all(&mut under_way).await?);
            watch::received(&received);
            tracing::debug!(?received, "kept a delivery");
            Ok(received)
        }
        .instrument(span);
        detached(keeping).await
    }

    async fn keep(&self, event: &Event) -> Result<Received> {
        let owner = match (event.phone_number_id(), account_of(event)) {
            (Some(number), _) => self.store().route(number).await?,
            (None, Some(account)) => return self.keep_for_all(account, event).await,
            (None, None) => None,
        };
        match owner {
            Some(owner) => self.tenant(&owner.tenant).take(event, None).await,
            None => self.put_aside(event, "the business phone number belongs to no tenant").await,
        }
    }

    /// Keeps an event for every tenant that has a number of the account.
    pub(super) async fn keep_for_all(&self, account: &AccountId, event: &Event) -> Result<Received> {
        let numbers = self.store().numbers_of(account).await?;
        let tenants: BTreeSet<_> = numbers.into_iter().map(|(_, tenant)| tenant).collect();
        if tenants.is_empty() {
            return self.put_aside(event, "the account belongs to no tenant").await;
        }
        let mut received = Received::default();
        for tenant in tenants {
            received.add(self.tenant(tenant).take(event, None).await?);
        }
        Ok(received)
    }

    /// Keeps an event that is for no tenant.
    async fn put_aside(&self, event: &Event, reason: &str) -> Result<Received> {
        self.tenant(TenantId::new(Self::UNROUTED)).put_aside(event, reason).await?;
        Ok(Received { unrouted: 1, dead_letters: 1, ..Received::default() })
    }
}

impl Received {
    pub(super) fn add(&mut self, more: Self) {
        self.applied += more.applied;
        self.duplicates += more.duplicates;
        self.dead_letters += more.dead_letters;
        self.unrouted += more.unrouted;
    }
}

/// The account that an event is about as a whole. Such an event may name no number; nobody's messages are among them.
pub(super) fn account_of(event: &Event) -> Option<&AccountId> {
    match event {
        Event::Notice(notice) => notice.account_id.as_ref(),
        _ => None,
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

/// What an event changes, and what it is about.
pub(super) struct Effect {
    pub(super) changes: Changes,
    pub(super) conversation: Option<ConversationId>,
    pub(super) message: Option<StoredMessageId>,
}

impl Effect {
    pub(super) fn of(changes: Changes) -> Self {
        Self { changes, conversation: None, message: None }
    }
}

/// What an event changes, or why there is no rule for it.
pub(super) type Ruling = store::Result<Result<Effect, String>>;

impl Tenant {
    /// Applies an event of this tenant, or puts it aside. With it goes the dead letter it was found in, if it was.
    pub(super) async fn take(&self, event: &Event, letter: Option<&DeadLetter>) -> Result<Received> {
        let mut received = Received::default();
        if let (Event::History(history), None) = (event, letter) {
            received.dead_letters += self.keep_unreadable(history).await?;
        }
        let refusal = match self.apply(event, letter).await {
            Ok(Kept::Applied(Applied::Done)) => {
                received.applied += 1;
                if matches!(event, Event::Status(status) if refusal::closes_window(status)) {
                    watch::window_closed("status");
                }
                return Ok(received);
            }
            Ok(Kept::Applied(_)) => {
                received.duplicates += 1;
                if let Some(letter) = letter {
                    self.remove(letter).await?;
                }
                return Ok(received);
            }
            Ok(Kept::NoRule(reason)) => reason,
            Err(error @ (StoreError::Unavailable { .. } | StoreError::Conflict(_))) => {
                return Err(error.into());
            }
            // The store is there and refuses this event: its siblings must not wait for it.
            Err(error) => {
                tracing::error!(%error, field = event.field(), "an event could not be applied");
                error.to_string()
            }
        };
        received.dead_letters += 1;
        if letter.is_none() {
            self.put_aside(event, &refusal).await?;
        }
        Ok(received)
    }

    async fn apply(&self, event: &Event, letter: Option<&DeadLetter>) -> store::Result<Kept> {
        if let Event::History(history) = event {
            self.keep_past(&event.key(), history).await?;
        }
        let mut tries = 0;
        let mut price = match event {
            Event::Status(status) => Some(status),
            _ => None,
        };
        loop {
            tries += 1;
            let now = self.desk.now();
            let mut begun = Changes::at(now).once(event.key(), now + REMEMBERED);
            let marks = begun.len();
            if let Some(status) = price {
                begun = usage::priced(status, begun);
            }
            let counts = begun.len() > marks;
            let effect = match self.rule(event, begun).await? {
                Ok(effect) => effect,
                Err(reason) => return Ok(Kept::NoRule(reason)),
            };
            let Effect { changes, conversation, message } = effect;
            let mut changes = self.hand_on(event, conversation, message, changes);
            if let Some(letter) = letter {
                changes = changes.with(letter::removed(letter));
            }
            match self.store.apply(changes).await {
                // Whether it was the status or its price that was seen before, is seen without the price.
                Ok(Applied::Duplicate) if counts => price = None,
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

    /// What an event changes.
    ///
    /// An event with effects of its own gets a line here and a function beside what it is about.
    async fn rule(&self, event: &Event, changes: Changes) -> Ruling {
        match event {
            Event::Message(message) => self.inbound(message, event.raw(), changes).await,
            Event::Status(status) => self.status(status, changes).await,
            Event::Echo(echo) => self.echo(echo, changes).await,
            Event::HistoryMedia(media) => self.past_media(media, changes).await,
            Event::Notice(notice) if template::is_report(notice) => {
                Ok(self.template_report(notice, changes).await?.map(Effect::of))
            }
            Event::Preference(preference) => {
                Ok(consent::preferred(self, preference, changes).await?.map(Effect::of))
            }
            Event::UserIdChange(change) => Ok(contact::changed(self, change, changes).await?.map(Effect::of)),
            Event::Unknown(unknown) => Ok(Err(unknown.reason().unwrap_or(NO_RULE).to_owned())),
            other => self.report(other, changes).await,
        }
    }

    /// Whether the message that an event brings was kept before.
    async fn has(&self, event: &Event) -> store::Result<bool> {
        let (message, direction) = match event {
            Event::Message(message) => (message, Direction::Inbound),
            Event::Echo(echo) => (&echo.message, Direction::Outbound),
            Event::HistoryMedia(media) if media.is_ours == Some(true) => {
                (&media.message, Direction::Outbound)
            }
            Event::HistoryMedia(media) => (&media.message, Direction::Inbound),
            _ => return Ok(false),
        };
        let known = one::<StoredMessage, _>(&*self.store, Key::MessageOf(message.id.clone())).await?;
        Ok(known.is_some_and(|known| known.direction == direction))
    }

    /// What a customer's message changes.
    async fn inbound(&self, message: &InboundMessage, raw: &str, mut changes: Changes) -> Ruling {
        let Some(number) = &message.phone_number_id else {
            return Ok(Err("the message names no business phone number".to_owned()));
        };
        if message.group_id.is_some() {
            return Ok(self.in_group(changes));
        }
        let mut identities = identities(
            message.from.clone(),
            message.from_user_id.clone(),
            message.from_parent_user_id.clone(),
        );
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
            changes = thread.rename(self, renaming, changes).await?;
        }
        // What WhatsApp tells of a customer was not said by them, and what is taken back or put in other words was said
        // before: it opens no window and waits for nobody to read it.
        let is_said = is_said(&message.content);
        if is_said {
            thread.heard(at);
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
        self.amended(&thread.conversation, message.timestamp, &mut stored).await?;
        let id = stored.id.clone();
        changes = thread.settle(self, self.opens(&thread, changes)).insert(stored).latest(
            conversation,
            ConversationTime::LastMessage,
            at,
        );
        // If the conversation is over meanwhile, this belongs into another.
        changes = changes.with(Change::Add { conversation: conversation.clone(), unread: is_said.into() });
        changes = self.amend(message, Direction::Inbound, conversation, at, changes).await?;
        if is_said {
            changes = changes
                .latest(conversation, ConversationTime::LastInbound, message.timestamp)
                .count(now, "received", 1);
            changes = routing::route(self, &thread.conversation, changes);
            changes = consent::heard(self, message, &identities, changes).await?;
        }
        changes = self.fetches(message, &id, changes);
        changes = self.tells(InteractionKind::Received, message.timestamp, conversation, Some(&id), changes);
        Ok(Ok(Effect { changes, conversation: Some(conversation.clone()), message: Some(id) }))
    }

    /// What a message changes that was written in a group: nothing here, as it is between more than two. The host's handler
    /// takes it, or nobody does.
    pub(super) fn in_group(&self, changes: Changes) -> Result<Effect, String> {
        match self.desk.0.settings.handler {
            Some(_) => Ok(Effect::of(changes)),
            None => Err("it was written in a group, and there is no handler that takes it".to_owned()),
        }
    }

    /// What a status changes: the time of its fact, why it failed, and the message whose outcome was not known.
    async fn status(&self, status: &Status, changes: Changes) -> Ruling {
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
            return Ok(Ok(Effect::of(changes)));
        }
        let about = match &message {
            None if self.desk.0.settings.handler.is_some() || self.desk.0.settings.interactions.is_some() => {
                one::<StoredMessage, _>(&*self.store, Key::MessageOf(status.id.clone())).await?
            }
            known => known.clone(),
        };
        let (about, conversation) = about.map(|about| (about.id, about.conversation)).unzip();
        let mut changes = changes.earliest(&status.id, fact, status.timestamp);
        if let Some(conversation) = &conversation {
            changes = self.tells(fact.into(), status.timestamp, conversation, about.as_ref(), changes);
        }
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
        Ok(Ok(Effect { changes, conversation, message: about }))
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
            Some(message) => {
                let attempted_at = message.sending.as_ref().and_then(|sending| sending.attempted_at);
                refusal::told(self, code, &message, attempted_at.unwrap_or(message.at), changes).await
            }
            None => Ok(changes),
        }
    }
}

/// The place of a received message in the history. Meta tells whole seconds; within that second our own clock tells the
/// order against what we sent, unless the message is late.
pub(super) fn place(told: Timestamp, now: Timestamp) -> Timestamp {
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
