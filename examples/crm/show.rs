//! Desks, as their people read them.

use crate::{Result, office::Installer};
use std::{collections::BTreeMap, time::Duration};
use whatsapp_business::{
    Message,
    desk::{Entry, Headline, Tenant},
    message::Content,
    store::{Conversation, Direction, PageRequest, SendState, Sending, StoredMessageId},
    time::Timestamp,
};

/// Enough for this story; a program for real pages on with the cursor of the last page.
const ALL: usize = PageRequest::MAX_LIMIT;
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What happens next.
pub(crate) fn chapter(title: &str) {
    println!("\n{title}");
}

/// The conversations of a tenant, oldest first.
pub(crate) async fn inbox(tenant: &Tenant, installer: &Installer) -> Result<()> {
    println!("  {}", installer.name);
    for conversation in tenant.conversations(PageRequest::oldest(ALL)).await?.items {
        println!("    {}", line(tenant, &conversation).await?);
    }
    Ok(())
}

/// What became of a message: `"It takes an hour": delivered`
pub(crate) async fn message(tenant: &Tenant, id: &StoredMessageId) -> Result<()> {
    let entry = tenant.message(id).await?;
    println!("  \"{}\": {}", text(&entry), way(&entry));
    Ok(())
}

/// All of a tenant: its conversations with their messages, and what it used.
pub(crate) async fn desk(tenant: &Tenant, installer: &Installer, now: Timestamp) -> Result<()> {
    println!("\n{}", installer.name);
    for conversation in tenant.conversations(PageRequest::oldest(ALL)).await?.items {
        println!("\n  {}", line(tenant, &conversation).await?);
        let customer = customer(tenant, &conversation).await?;
        for entry in tenant.history(&conversation.id, PageRequest::oldest(ALL)).await?.items {
            let who = if is_ours(&entry) { installer.name } else { &customer };
            println!("    {who:<11}  {}{}", text(&entry), remark(tenant, &entry).await?);
        }
    }
    println!("\n  Used");
    let mut used = BTreeMap::new();
    for usage in tenant.usage(now - WEEK, now + WEEK).await? {
        *used.entry(usage.metric).or_insert(0) += usage.count;
    }
    for (metric, count) in used {
        println!("    {count:>5}  {metric}");
    }
    Ok(())
}

/// `Ana: active, cem has it, 1 unread, last "My battery shows error 12"`
async fn line(tenant: &Tenant, conversation: &Conversation) -> Result<String> {
    let mut line = format!("{}: {}", customer(tenant, conversation).await?, conversation.state);
    if let Some(agent) = &conversation.assignee {
        line += &format!(", {} has it", tenant.agents().get(agent).await?.name);
    } else {
        line += ", nobody has it";
    }
    if conversation.unread > 0 {
        line += &format!(", {} unread", conversation.unread);
    }
    if let Some(last) = tenant.history(&conversation.id, PageRequest::newest(1)).await?.items.first() {
        line += &format!(", last \"{}\"", text(last));
    }
    Ok(line)
}

async fn customer(tenant: &Tenant, conversation: &Conversation) -> Result<String> {
    let contact = tenant.contact(&conversation.contact).await?;
    Ok(contact.name.unwrap_or_else(|| "a customer".to_owned()))
}

fn is_ours(entry: &Entry) -> bool {
    entry.message.direction == Direction::Outbound
}

/// What a person reads of a message.
fn text(entry: &Entry) -> String {
    let message = &entry.message;
    let text = message.text.clone().unwrap_or_default();
    match serde_json::from_slice(&message.body).as_ref().map(Message::content) {
        Ok(Content::Buttons(ask)) => {
            ask.buttons().iter().fold(text, |text, button| text + " [" + button.title() + "]")
        }
        _ => match &*message.kind {
            "text" | "template" => text,
            "interactive" => format!("taps [{text}]"),
            kind => format!("{kind}: {text}"),
        },
    }
}

/// How far a message got that we sent, or where the file is of one that came.
async fn remark(tenant: &Tenant, entry: &Entry) -> Result<String> {
    if is_ours(entry) {
        return Ok(format!("  ({})", way(entry)));
    }
    let file = tenant.media(&entry.message.id).await?;
    Ok(file.map_or_else(String::new, |file| format!("  (the file is {})", file.state)))
}

/// How far a message got, as far as is known now.
fn way(entry: &Entry) -> String {
    let word = match entry.headline() {
        Headline::Sent => "sent",
        Headline::Delivered => "delivered",
        Headline::Read | Headline::Played => "read",
        Headline::Failed => "it did not get through",
        _ => entry.message.sending.as_ref().map_or("", state),
    };
    match entry.message.sending.as_ref().map_or(0, |sending| sending.attempts) {
        0 | 1 => word.to_owned(),
        attempts => format!("{word}, at attempt {attempts}"),
    }
}

/// What an attempt to send came to.
pub(crate) fn state(sending: &Sending) -> &'static str {
    match sending.state {
        SendState::Accepted => "Meta accepted it",
        SendState::Queued => "it waits for another attempt",
        SendState::OutcomeUnknown => "its answer was lost, so Meta may have it",
        _ => "Meta refused it",
    }
}
