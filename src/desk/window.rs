//! The 24 hours in which a customer may be written to freely.
//!
//! They are counted from the last message of the customer to the number, by Meta's clock, whatever conversation it is in: a
//! conversation that is opened anew inherits them.

use crate::{
    desk::{Tenant, consent},
    error::{Error, ErrorKind, Result, WindowClosed},
    id::PhoneNumberId,
    message::Content,
    store::{
        self, Changes, ContactId, Conversation, Direction, Identity, PageRequest, Query, SendState,
        StoredMessage, StoredTemplate, TenantStoreExt, ext::many,
    },
    template::TemplateStatus,
    time::Timestamp,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// Until when a customer may be written to, and at what price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The customer's last message to the number, by Meta's clock.
    pub last_inbound_at: Option<Timestamp>,
    /// Until when Meta charges nothing, as the customer came by an advertisement and was answered within 24 hours. This
    /// alone does not let free-form messages through.
    pub free_until: Option<Timestamp>,
}

impl Window {
    /// How long it is open after each message of the customer.
    pub const SPAN: Duration = Duration::from_secs(24 * 60 * 60);
    /// How long a free entry point lasts from the answer.
    pub const FREE: Duration = Duration::from_secs(72 * 60 * 60);
    /// A message that would leave so shortly before the end is not sent: it might arrive after it.
    pub const MARGIN: Duration = Duration::from_secs(30);

    /// When it closes, or closed.
    #[must_use]
    pub fn closes_at(&self) -> Option<Timestamp> {
        self.last_inbound_at.map(|at| at + Self::SPAN)
    }

    /// Whether a free-form message may be sent at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.closes_at().is_some_and(|end| now + Self::MARGIN < end)
    }

    fn after(last_inbound_at: Option<Timestamp>) -> Self {
        Self { last_inbound_at, free_until: None }
    }
}

impl Tenant {
    /// Until when a contact may be written to from our `number`.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn window(&self, number: impl Into<PhoneNumberId>, contact: &ContactId) -> Result<Window> {
        let all = between(self, &number.into(), contact).await?;
        let mut window = Window::after(last_inbound(&all));
        window.free_until = self.free_until(&all).await?;
        Ok(window)
    }

    /// When the free entry point of a contact ends. The last messages of all `conversations` are read for it, as far as one
    /// could matter: an advertisement may have been answered in another conversation than it came to.
    async fn free_until(&self, conversations: &[Conversation]) -> Result<Option<Timestamp>> {
        let since = self.desk.now() - (Window::SPAN + Window::FREE);
        let mut messages = Vec::new();
        for conversation in conversations.iter().filter(|conversation| conversation.last_message_at > since) {
            let page = PageRequest::newest(PageRequest::MAX_LIMIT);
            let last = self.store.messages(&conversation.id, page).await?.items;
            messages.extend(last.into_iter().rev().filter(|message| message.at > since));
        }
        messages.sort_by_key(|message| message.at);
        Ok(free_entry(&messages))
    }
}

/// Whether `content` may be sent in `conversation` now, whose contact is known by `identities` too.
///
/// # Errors
/// [`ErrorKind::WindowClosed`] with what could be sent instead, [`ErrorKind::Store`].
pub(super) async fn check(
    tenant: &Tenant,
    conversation: &Conversation,
    identities: &[Identity],
    content: &Content,
) -> Result<()> {
    let now = tenant.desk.now();
    if !tenant.desk.0.settings.rules.window
        || content.kind() == "template"
        || Window::after(conversation.last_inbound_at).is_open(now)
    {
        return Ok(());
    }
    let all = between(tenant, &conversation.number, &conversation.contact).await?;
    if Window::after(last_inbound(&all)).is_open(now) {
        return Ok(());
    }
    let mut templates = usable(tenant, &conversation.number).await?;
    if consent::wants_no_marketing(tenant, conversation, identities).await? {
        templates.retain(|template| !consent::may_be_marketing(template.category.as_deref()));
    }
    let templates = templates.into_iter().map(|template| (template.name, template.language)).collect();
    Err(Error::new(ErrorKind::WindowClosed(WindowClosed::new(templates))))
}

/// Moves back the customer's last messages to what Meta says of them by a 131047: when `message` was sent, the last was more
/// than a day old.
pub(super) async fn corrected(
    tenant: &Tenant,
    message: &StoredMessage,
    sent_at: Timestamp,
    mut changes: Changes,
) -> store::Result<Changes> {
    let Some(conversation) = tenant.store.conversation(&message.conversation).await? else {
        return Ok(changes);
    };
    for mut conversation in between(tenant, &conversation.number, &conversation.contact).await? {
        if let Some(at) = correction(&conversation, sent_at) {
            conversation.last_inbound_at = Some(at);
            changes = changes.update(conversation);
        }
    }
    Ok(changes)
}

/// When the last message of the customer came, if a message sent at `sent_at` was outside the window. What came after the
/// sending is not spoken of.
fn correction(conversation: &Conversation, sent_at: Timestamp) -> Option<Timestamp> {
    let latest = sent_at - Window::SPAN;
    conversation.last_inbound_at.filter(|at| *at > latest && *at <= sent_at).map(|_| latest)
}

/// The newest conversations with a contact that are with our `number`.
async fn between(
    tenant: &Tenant,
    number: &PhoneNumberId,
    contact: &ContactId,
) -> store::Result<Vec<Conversation>> {
    let page = PageRequest::newest(PageRequest::MAX_LIMIT);
    let mut all = tenant.store.conversations_with(contact, page).await?.items;
    all.retain(|conversation| conversation.number == *number);
    Ok(all)
}

/// When the customer of a conversation last wrote to its number, in whichever conversation.
pub(super) async fn last_heard(
    tenant: &Tenant,
    conversation: &Conversation,
) -> store::Result<Option<Timestamp>> {
    let all = between(tenant, &conversation.number, &conversation.contact).await?;
    Ok(last_inbound(&all).max(conversation.last_inbound_at))
}

fn last_inbound(conversations: &[Conversation]) -> Option<Timestamp> {
    conversations.iter().filter_map(|conversation| conversation.last_inbound_at).max()
}

/// The templates that Meta approved for the account of `number`.
async fn usable(tenant: &Tenant, number: &PhoneNumberId) -> Result<Vec<StoredTemplate>> {
    let Some(binding) = tenant.desk.store().route(number).await? else { return Ok(Vec::new()) };
    let page = PageRequest::newest(PageRequest::MAX_LIMIT);
    let mut templates = many::<StoredTemplate, _>(&*tenant.store, Query::Templates, page).await?.items;
    templates.retain(|template| {
        template.account == binding.account
            && template.status == Some(TemplateStatus::Approved)
            && template.missing_since.is_none()
    });
    Ok(templates)
}

/// Until when the free entry point lasts that the last advertisement opened among `messages`, oldest first: it opens with the
/// first answer, which must come within a day.
fn free_entry(messages: &[StoredMessage]) -> Option<Timestamp> {
    let mut referred: Option<Timestamp> = None;
    let mut until = None;
    for message in messages {
        if message.direction == Direction::Inbound {
            if is_referred(&message.body) {
                referred = Some(message.at);
            }
        } else if message.sending.as_ref().is_some_and(|sending| sending.state == SendState::Accepted)
            && let Some(at) = referred.take()
            && message.at.since(at) < Window::SPAN
        {
            until = Some(message.at + Window::FREE);
        }
    }
    until
}

/// Whether a received message came by an advertisement or a button of a page.
fn is_referred(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        referral: Option<&'a RawValue>,
    }
    serde_json::from_slice::<Wire<'_>>(body).is_ok_and(|message| message.referral.is_some())
}

#[cfg(test)]
mod tests {
    use super::{Window, correction, free_entry};
    use crate::{
        store::{Conversation, Direction, SendState, Sending, StoredMessage},
        time::Timestamp,
    };
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_window_is_open_for_a_day_less_a_margin() {
        let at = Timestamp::from_seconds(0);
        let window = Window::after(Some(at));
        let end = at + Window::SPAN;
        assert_eq!(window.closes_at(), Some(end));
        assert!(window.is_open(at));
        assert!(window.is_open(end - Window::MARGIN - Duration::from_secs(1)));
        assert!(!window.is_open(end - Window::MARGIN));
        assert!(!Window::default().is_open(at));
    }

    #[test]
    fn a_refusal_speaks_of_what_came_before_the_message() {
        let sent = Timestamp::from_seconds(1_000_000);
        let mut conversation = Conversation::new("c", "n", "a", sent);
        let mut corrected = |last| {
            conversation.last_inbound_at = last;
            correction(&conversation, sent)
        };
        assert_eq!(corrected(Some(sent - HOUR)), Some(sent - Window::SPAN));
        assert_eq!(corrected(Some(sent + HOUR)), None);
        assert_eq!(corrected(Some(sent - 25 * HOUR)), None);
        assert_eq!(corrected(None), None);
    }

    #[test]
    fn an_advertisement_is_free_for_three_days_from_an_answer_within_a_day() {
        let at = |hours: u32| Timestamp::from_seconds(0) + hours * HOUR;
        let heard = |hours, body: &str| {
            StoredMessage::new("m", "c", Direction::Inbound, at(hours), "text", body.as_bytes())
        };
        let said = |hours, state| {
            let mut message = StoredMessage::new("m", "c", Direction::Outbound, at(hours), "text", "{}");
            message.sending = Some(Sending { state, ..Sending::queued() });
            message
        };
        let ad = r#"{"referral":{"source_type":"ad"},"type":"text"}"#;
        let until = |messages: &[StoredMessage]| free_entry(messages);
        assert_eq!(until(&[heard(0, ad)]), None);
        assert_eq!(until(&[heard(0, "{}"), said(1, SendState::Accepted)]), None);
        assert_eq!(until(&[heard(0, ad), said(1, SendState::Rejected)]), None);
        assert_eq!(until(&[heard(0, ad), said(25, SendState::Accepted)]), None);
        let answered = [heard(0, ad), said(2, SendState::Accepted), said(9, SendState::Accepted)];
        assert_eq!(until(&answered), Some(at(2 + 72)));
    }
}
