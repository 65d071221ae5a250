//! What was written in the app before its number came here: kept as messages that are long read.
//!
//! A part of a history may hold thousands of them. They are kept some at a time, each time under a mark of its own, and the event
//! itself comes last: so whoever delivers it again, because it was cut short, has the rest kept.

use crate::{
    desk::{
        TRIES, Tenant,
        contact::{Thread, identities},
        new_id,
        receive::{Effect, REMEMBERED, Ruling, place},
        window,
    },
    error::Result,
    store::{
        self, Changes, Conversation, ConversationTime, Direction, Fact, Identity, Key, SendState, Sending,
        StoreError, StoredMessage, TenantStoreExt, ext::one,
    },
    time::Timestamp,
    webhook::{Event, History, HistoryMessage, HistoryStatus, HistoryThread, Inbound},
};
use serde_json::json;
use std::collections::BTreeSet;

/// Most messages that are kept at once.
const AT_ONCE: usize = 64;

/// Most bytes of their bodies, unless one alone has more.
const BYTES: usize = 512 * 1024;

/// What stands in a history for a picture or the like, which follows by itself.
const PLACEHOLDER: &str = "media_placeholder";

impl Tenant {
    /// Keeps the messages of a part of a history. Nobody is told of each of them, none is unread, and nothing is counted.
    pub(super) async fn keep_past(&self, event: &str, history: &History) -> store::Result<()> {
        for (n, thread) in history.threads.iter().enumerate() {
            let identities = customer(thread);
            if identities.is_empty() {
                continue;
            }
            // The same however often they come: the mark tells that these were kept, also when they were erased since.
            for (m, messages) in pieces(&thread.messages).into_iter().enumerate() {
                self.keep_piece(&format!("{event}:{n}:{m}"), &identities, messages).await?;
            }
        }
        Ok(())
    }

    /// Puts aside what cannot be read of a part of a history, or kept in a conversation; gives how much that is.
    pub(super) async fn keep_unreadable(&self, history: &History) -> Result<usize> {
        let threads = history.threads.iter().flat_map(|thread| &thread.unreadable);
        let mut count = 0;
        for unknown in history.unreadable.iter().chain(threads) {
            let reason = unknown.reason().unwrap_or("it cannot be read").to_owned();
            self.put_aside(&Event::Unknown(unknown.clone()), &reason).await?;
            count += 1;
        }
        for thread in &history.threads {
            let with: Vec<_> = customer(thread).iter().map(|identity| identity.value().to_owned()).collect();
            let is_nobodys = with.is_empty();
            for message in &thread.messages {
                let reason = match message.is_ours {
                    _ if is_nobodys => "the thread does not say with whom",
                    None => "the message does not say who wrote it",
                    Some(_) => continue,
                };
                // With whom it was, so that it is erased with the person.
                let part = format!(r#"{{"with":{},"message":{}}}"#, json!(with), message.raw());
                self.put_aside(&history.part(&part), reason).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    async fn keep_piece(
        &self,
        mark: &str,
        identities: &[Identity],
        messages: &[HistoryMessage],
    ) -> store::Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.desk.now();
            let changes = Changes::at(now).once(mark, now + REMEMBERED);
            let changes = self.past(identities, messages, changes).await?.changes;
            match self.store.apply(changes).await {
                Ok(_) => return Ok(()),
                // Another event brought the person, the conversation or one of the messages just now: look again.
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Adds to `changes` those of `messages` that are not kept yet. The effect names the last of them.
    async fn past(
        &self,
        identities: &[Identity],
        messages: &[HistoryMessage],
        changes: Changes,
    ) -> store::Result<Effect> {
        let (mut new, mut seen) = (Vec::new(), BTreeSet::new());
        for message in messages {
            let Some(direction) = direction(message) else { continue };
            let id = &message.message.id;
            if seen.insert(id) && self.kept(message).await?.is_none() {
                new.push((message, direction));
            }
        }
        let times = new.iter().map(|(message, _)| message.message.timestamp);
        let (Some(first), Some(last)) = (times.clone().min(), times.max()) else {
            return Ok(Effect::of(changes));
        };
        let number = messages.iter().find_map(|message| message.message.phone_number_id.as_ref());
        let Some(number) = number else { return Ok(Effect::of(changes)) };
        let now = changes.now();
        let thread = Thread::past(self, number, identities.to_vec(), (first, last), now).await?;
        let conversation = &thread.conversation.id;
        let mut changes = thread.settle(self, changes);
        if !thread.is_new() && thread.conversation.closed_at.is_some_and(|closed| closed < last) {
            // It was over with what came before; parts come in any order.
            changes = changes.update(Conversation { closed_at: Some(last), ..thread.conversation.clone() });
        }
        changes = changes.latest(conversation, ConversationTime::LastMessage, last);
        let said = new.iter().filter(|(message, direction)| {
            *direction == Direction::Inbound && is_said(&message.message.content)
        });
        // What opens the window is when it was said, not when it came.
        if let Some(heard) = said.map(|(message, _)| message.message.timestamp).max() {
            changes = changes.latest(conversation, ConversationTime::LastInbound, heard);
        }
        let mut last = None;
        for (message, direction) in new {
            let told = &message.message;
            let is_theirs = direction == Direction::Inbound;
            if let Some(fact) = fact(message).filter(|_| !is_theirs) {
                changes = changes.earliest(&told.id, fact, told.timestamp);
            }
            let mut stored = stored(message, direction, &thread.conversation, now);
            if !thread.is_new() {
                self.amended(&thread.conversation, told.timestamp, &mut stored).await?;
            }
            if is_theirs {
                changes = self.fetches(told, &stored.id, changes);
            }
            last = Some(stored.id.clone());
            changes = changes.insert(stored);
        }
        Ok(Effect { changes, conversation: Some(conversation.clone()), message: last })
    }

    /// What the picture or the like of a history changes. Its message may come before it or after it.
    pub(super) async fn past_media(&self, media: &HistoryMessage, changes: Changes) -> Ruling {
        let message = &media.message;
        let Some(direction) = direction(media) else {
            return Ok(Err("the message does not say who wrote it".to_owned()));
        };
        let Some(mut known) = self.kept(media).await? else {
            let identities = people(media);
            if identities.is_empty() || message.phone_number_id.is_none() {
                return Ok(Err("the message does not say between whom it was written".to_owned()));
            }
            return Ok(Ok(self.past(&identities, std::slice::from_ref(media), changes).await?));
        };
        if known.kind != PLACEHOLDER {
            return Ok(Ok(Effect::of(changes)));
        }
        if known.direction != direction {
            return Ok(Err("it was written by the other side than its place in the history says".to_owned()));
        }
        known.kind = message.kind().to_owned();
        known.text = message.text().map(str::to_owned);
        known.body = message.raw().into();
        // What was made of it since may stand in a later conversation.
        if let Some(its) = self.store.conversation(&known.conversation).await? {
            for conversation in window::between(self, &its.number, &its.contact).await?.iter().rev() {
                self.amended(conversation, message.timestamp, &mut known).await?;
            }
        }
        let (id, conversation) = (known.id.clone(), known.conversation.clone());
        let mut changes = changes.update(known);
        if direction == Direction::Inbound {
            changes = self.fetches(message, &id, changes);
        }
        Ok(Ok(Effect { changes, conversation: Some(conversation), message: Some(id) }))
    }

    async fn kept(&self, message: &HistoryMessage) -> store::Result<Option<StoredMessage>> {
        one(&*self.store, Key::MessageOf(message.message.id.clone())).await
    }
}

/// The messages, so many together that a store keeps them at once.
fn pieces(messages: &[HistoryMessage]) -> Vec<&[HistoryMessage]> {
    let (mut pieces, mut rest) = (Vec::new(), messages);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |message: &&HistoryMessage| {
            bytes += message.raw().len();
            bytes <= BYTES
        };
        let count = rest.iter().take(AT_ONCE).take_while(fits).count().max(1);
        let (piece, others) = rest.split_at(count);
        pieces.push(piece);
        rest = others;
    }
    pieces
}

/// Which way a message went; none where nothing tells.
fn direction(message: &HistoryMessage) -> Option<Direction> {
    message.is_ours.map(|is_ours| if is_ours { Direction::Outbound } else { Direction::Inbound })
}

/// What the customer of a thread is known by.
fn customer(thread: &HistoryThread) -> Vec<Identity> {
    let contact = thread.contact.as_deref();
    let phone = thread.wa_id.clone().or_else(|| contact?.wa_id.clone());
    let user = contact.and_then(|contact| contact.user_id.clone());
    let parent = contact.and_then(|contact| contact.parent_user_id.clone());
    let told = identities(phone, user, parent);
    if told.is_empty() {
        thread.messages.iter().map(people).find(|people| !people.is_empty()).unwrap_or_default()
    } else {
        told
    }
}

/// What the customer is known by who wrote a message or to whom it was written.
fn people(message: &HistoryMessage) -> Vec<Identity> {
    let HistoryMessage { message: told, to, to_user_id, to_parent_user_id, .. } = message;
    let (phone, user, parent) = match message.is_ours {
        Some(true) => (to, to_user_id, to_parent_user_id),
        Some(false) => (&told.from, &told.from_user_id, &told.from_parent_user_id),
        None => return Vec::new(),
    };
    identities(phone.clone(), user.clone(), parent.clone())
}

fn stored(
    message: &HistoryMessage,
    direction: Direction,
    conversation: &Conversation,
    now: Timestamp,
) -> StoredMessage {
    let told = &message.message;
    let is_ours = direction == Direction::Outbound;
    let at = place(told.timestamp, now);
    let mut stored = StoredMessage::new(new_id(), &conversation.id, direction, at, told.kind(), told.raw());
    stored.wamid = Some(told.id.clone());
    stored.text = told.text().map(str::to_owned);
    stored.reply_to = told.reply_to().cloned();
    stored.sending = is_ours.then(|| Sending { state: SendState::Accepted, ..Sending::queued() });
    stored
}

/// How far one of our messages got. When, Meta does not tell, so the time of the message stands for it; that it was sent before
/// is not noted beside it, or it would seem to have taken no time.
fn fact(message: &HistoryMessage) -> Option<Fact> {
    match &message.status {
        Some(HistoryStatus::Sent) => Some(Fact::Sent),
        Some(HistoryStatus::Delivered) => Some(Fact::Delivered),
        Some(HistoryStatus::Read) => Some(Fact::Read),
        Some(HistoryStatus::Played) => Some(Fact::Played),
        Some(HistoryStatus::Error) => Some(Fact::Failed),
        _ => None,
    }
}

/// Whether a customer said it, rather than WhatsApp of them, and not in place of what was said before.
pub(super) fn is_said(content: &Inbound) -> bool {
    !matches!(content, Inbound::System(_) | Inbound::Edit(_) | Inbound::Revoke(_))
}
