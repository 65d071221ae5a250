//! What the business wrote elsewhere, and messages that are changed or taken back.

use crate::{
    desk::{
        InteractionKind, Tenant,
        contact::{Thread, identities},
        new_id,
        receive::{Effect, Ruling, place},
    },
    id::MessageId,
    store::{
        self, Change, Changes, Conversation, ConversationId, ConversationTime, Direction, Fact, Key,
        PageRequest, SendState, Sending, StoredMessage, TenantStoreExt, ext::one,
    },
    time::Timestamp,
    webhook::{Echo, Inbound, InboundMessage},
};
use serde_json::Value;

/// How many of the last messages are looked at for what they make of another.
const LOOKED_AT: usize = 50;

/// The kinds of messages that put another in other words, and that take one back.
const EDIT: &str = "edit";
const REVOKE: &str = "revoke";

impl Tenant {
    /// What a message changes that the business wrote in its app: it is in the history, and whoever wrote it has seen what
    /// came before it. It opens no window.
    pub(super) async fn echo(&self, echo: &Echo, changes: Changes) -> Ruling {
        let message = &echo.message;
        let Some(number) = &message.phone_number_id else {
            return Ok(Err("the message names no business phone number".to_owned()));
        };
        if message.group_id.is_some() {
            return Ok(self.in_group(changes));
        }
        let identities = identities(echo.to.clone(), echo.to_user_id.clone(), echo.to_parent_user_id.clone());
        if identities.is_empty() {
            return Ok(Err("the message does not say whom it was written to".to_owned()));
        }
        let now = changes.now();
        let at = place(message.timestamp, now);
        let name = echo.contact.as_ref().and_then(|contact| contact.name.as_deref());
        let thread = Thread::find(self, number, identities, name, now).await?;
        let conversation = thread.conversation.id.clone();
        let mut stored = StoredMessage::new(
            new_id(),
            &conversation,
            Direction::Outbound,
            at,
            message.kind(),
            message.raw(),
        );
        stored.wamid = Some(message.id.clone());
        stored.text = message.text().map(str::to_owned);
        stored.reply_to = message.reply_to().cloned();
        stored.sending = Some(Sending { state: SendState::Accepted, ..Sending::queued() });
        self.amended(&thread.conversation, message.timestamp, &mut stored).await?;
        let id = stored.id.clone();
        let seen = seen_by(&thread.conversation, message.timestamp);
        let changes = thread
            .settle(self, self.opens(&thread, changes))
            .insert(stored)
            .latest(&conversation, ConversationTime::LastMessage, at)
            // If the conversation is over meanwhile, this belongs into another.
            .with(Change::Add { conversation: conversation.clone(), unread: -seen })
            .earliest(&message.id, Fact::Sent, message.timestamp);
        let changes = self.amend(message, Direction::Outbound, &conversation, at, changes).await?;
        let kind = InteractionKind::SentElsewhere;
        let changes = self.tells(kind, message.timestamp, &conversation, Some(&id), changes);
        Ok(Ok(Effect { changes, conversation: Some(conversation), message: Some(id) }))
    }

    /// Adds what a message that puts another in other words, or takes it back, changes of that one: the text that people
    /// read. What came stays as it came. The message itself is in `conversation`, at the time `at`.
    ///
    /// What is taken back stays so, and other words that are late do not replace later ones.
    pub(super) async fn amend(
        &self,
        message: &InboundMessage,
        direction: Direction,
        conversation: &ConversationId,
        at: Timestamp,
        changes: Changes,
    ) -> store::Result<Changes> {
        let (original, is_edit) = match &message.content {
            Inbound::Edit(edit) => (&edit.original_message_id, true),
            Inbound::Revoke(revoke) => (&revoke.original_message_id, false),
            _ => return Ok(changes),
        };
        let known: Option<StoredMessage> = one(&*self.store, Key::MessageOf(original.clone())).await?;
        // Nobody changes what the other side wrote.
        let Some(mut known) = known.filter(|known| known.direction == direction) else { return Ok(changes) };
        if is_edit {
            // Changes of a message that was in a conversation before are in either.
            let elsewhere = Some(conversation).filter(|conversation| **conversation != known.conversation);
            for conversation in std::iter::once(&known.conversation).chain(elsewhere) {
                let last = self.last_change(conversation, original, &direction).await?;
                if last.is_some_and(|last| last.kind == REVOKE || last.at > at) {
                    return Ok(changes);
                }
            }
        }
        known.text = message.text().map(str::to_owned);
        Ok(changes.update(known))
    }

    /// Has a message that is late read as what came before it, and was written after it, made of it. `told` is when it was
    /// written.
    pub(super) async fn amended(
        &self,
        conversation: &Conversation,
        told: Timestamp,
        late: &mut StoredMessage,
    ) -> store::Result<()> {
        let Some(wamid) = &late.wamid else { return Ok(()) };
        if conversation.last_message_at < told {
            return Ok(());
        }
        if let Some(last) = self.last_change(&conversation.id, wamid, &late.direction).await? {
            late.text.clone_from(&last.text);
        }
        Ok(())
    }

    /// The message that has the last word on another: the one that took it back, else the last that put it in other words.
    async fn last_change(
        &self,
        conversation: &ConversationId,
        of: &MessageId,
        direction: &Direction,
    ) -> store::Result<Option<StoredMessage>> {
        let page = self.store.messages(conversation, PageRequest::newest(LOOKED_AT)).await?;
        let changes = page.items.into_iter().filter(|message| {
            message.direction == *direction && original(message).as_deref() == Some(of.as_str())
        });
        Ok(changes.max_by_key(|message| (message.kind == REVOKE, message.at, message.id.clone())))
    }
}

/// The message that a stored one puts in other words or takes back.
fn original(message: &StoredMessage) -> Option<String> {
    if !matches!(message.kind.as_str(), EDIT | REVOKE) {
        return None;
    }
    let body: Value = serde_json::from_slice(&message.body).ok()?;
    Some(body.get(&message.kind)?.get("original_message_id")?.as_str()?.to_owned())
}

/// How many of the unread messages somebody has seen who wrote at a time.
fn seen_by(conversation: &Conversation, wrote_at: Timestamp) -> i64 {
    match conversation.last_inbound_at {
        Some(inbound) if inbound > wrote_at => 0,
        _ => i64::try_from(conversation.unread).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::seen_by;
    use crate::{store::Conversation, time::Timestamp};

    #[test]
    fn who_writes_has_seen_what_came_before_and_not_what_came_after() {
        let at = Timestamp::from_seconds;
        let mut conversation = Conversation::new("c", "n", "a", at(0));
        conversation.unread = 3;
        conversation.last_inbound_at = Some(at(10));
        assert_eq!(seen_by(&conversation, at(9)), 0);
        assert_eq!(seen_by(&conversation, at(10)), 3);
    }
}
