//! What the page shows, as a list of items with a key each.

use crate::{
    id::MediaId,
    simulator::{
        Faults, journal,
        json::list,
        model::{
            ButtonKind, Chat, Kept, MediaObject, Model, Outgoing, Person, Phone, Shown, ShownButton,
            ShownCard,
        },
        platform::Platform,
        webhooks::{self, Callback, signature_of},
    },
    time::Timestamp,
};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// How many messages, requests and webhooks a page shows of each phone and list: the newest.
const SHOWN: usize = 200;

/// Everything the page shows, in the order in which it is shown.
pub(super) fn items(platform: &Platform) -> Vec<(String, Value)> {
    let now = platform.now();
    platform.look(|model| {
        let mut items = vec![("business".to_owned(), business(platform, model))];
        let context = Context::of(model);
        for person in model.people() {
            for phone in model.phones() {
                // Who was only met is shown with the first number.
                let chat = person.chat(&phone.id);
                if chat.is_none() && (phone.id != model.first_phone().id || person.phones().next().is_some())
                {
                    continue;
                }
                let key = format!("{}/{}", person.number, phone.id);
                items.push((format!("person/{key}"), who(person, phone, chat, now)));
                let bubbles = chat
                    .into_iter()
                    .flat_map(|chat| chat.bubbles.iter().skip(chat.bubbles.len().saturating_sub(SHOWN)));
                items.extend(bubbles.map(|shown| {
                    (format!("message/{key}/{}", shown.id), context.message(person, phone, shown))
                }));
            }
        }
        items.extend(model.templates().all().map(|kept| (format!("template/{}", kept.id), template(kept))));
        let old = model.journal.entries().len().saturating_sub(SHOWN);
        items.extend(
            model
                .journal
                .entries()
                .skip(old)
                .map(|entry| (format!("request/{}", entry.number), request(entry))),
        );
        let webhooks = model.outbox.newest(SHOWN);
        items.extend(
            webhooks
                .map(|(number, entry)| (format!("webhook/{number}"), webhook(platform, number, entry))),
        );
        items
    })
}

/// The business number, and what an application has to know to use it.
fn business(platform: &Platform, model: &Model) -> Value {
    let settings = &platform.settings;
    json!({
        "graph_url": platform.origin,
        "number": settings.number,
        "phone_number_id": settings.phone_number_id,
        "account_id": settings.account_id,
        "app_id": settings.app_id,
        "access_token": settings.access_token,
        "app_secret": settings.app_secret,
        "verify_token": settings.verify_token,
        "callback": match model.outbox.callback() {
            Some(Callback::Address(url)) => Some(url.as_str()),
            Some(Callback::Function(_)) => Some(""),
            None => None,
        },
        "hello_world": model.templates().find(&settings.account_id, "hello_world", "en_US").is_some(),
        "reviews_by_hand": !model.review().decides(),
        "refusals": model.trouble.refusals,
        "lost_answers": model.trouble.lost_answers,
        "faults": model.trouble.faults,
        "storm": Faults::storm(),
    })
}

fn template(kept: &Kept) -> Value {
    json!({
        "id": kept.id,
        "name": kept.member("name"),
        "language": kept.member("language"),
        "category": kept.member("category"),
        "status": kept.standing.word(),
        "rejected_reason": kept.rejected_reason,
        "components": list(&kept.definition, "/components"),
    })
}

/// A customer in the chat with one number of the business.
fn who(person: &Person, phone: &Phone, chat: Option<&Chat>, now: Timestamp) -> Value {
    let unread = |chat: &Chat| chat.bubbles.iter().filter(|shown| shown.from_business && !shown.read).count();
    json!({
        "number": person.number,
        "phone": phone.id,
        "business": phone.display_phone_number(),
        "user_id": chat.map(|chat| &chat.user_id),
        "name": person.name,
        "username": person.username,
        "window": chat.is_some_and(|chat| chat.window_is_open(now)),
        "typing_until": chat.and_then(Chat::typing_until).filter(|until| now < *until).map(Timestamp::as_millis),
        "unread": chat.map_or(0, unread),
        "blocked": chat.is_some_and(|chat| chat.is_blocked),
        "opted_out": chat.is_some_and(|chat| chat.has_opted_out),
    })
}

/// What has to be looked up for the messages on the phones.
struct Context<'a> {
    model: &'a Model,
    /// The newest messages of the business, as they were sent.
    sent: HashMap<&'a str, &'a Outgoing>,
    /// The customers' messages that the application has taken.
    taken: HashSet<String>,
}

impl<'a> Context<'a> {
    fn of(model: &'a Model) -> Self {
        let sent = model.sent().rev().take(SHOWN * 10);
        let webhooks = model.outbox.all().rev().take(SHOWN * 10);
        let taken = webhooks.filter(|posted| posted.status == Some(200));
        Self {
            model,
            sent: sent.map(|message| (message.id.as_str(), message)).collect(),
            taken: taken
                .flat_map(|posted| {
                    let ids = messages(&posted.body).filter_map(|message| message.get("id")?.as_str());
                    ids.map(str::to_owned).collect::<Vec<_>>()
                })
                .collect(),
        }
    }

    fn message(&self, person: &Person, phone: &Phone, shown: &Shown) -> Value {
        let sent = self.sent.get(shown.id.as_str());
        let body = sent.map_or(&Value::Null, |sent| &sent.body);
        json!({
            "person": person.number,
            "phone": phone.id,
            "id": shown.id,
            "at": shown.at.as_millis(),
            "from_business": shown.from_business,
            "kind": shown.kind,
            "header": shown.header,
            "text": shown.text,
            "footer": shown.footer,
            "menu": shown.menu,
            "buttons": shown.buttons.iter().map(button).collect::<Vec<_>>(),
            "cards": shown.cards.iter().map(|card| self.card(card, body)).collect::<Vec<_>>(),
            "media": self.media(shown.media.as_deref(), body, &shown.kind),
            "reply_to": shown.reply_to,
            "reaction": shown.reaction,
            "own_reaction": shown.own_reaction,
            "deleted": shown.is_deleted,
            "read": shown.read,
            "taken": self.taken.contains(shown.id.as_str()),
            "content": body.get(&shown.kind),
        })
    }

    fn card(&self, card: &ShownCard, body: &Value) -> Value {
        json!({
            "header": card.header,
            "text": card.text,
            "media": self.media(card.media.as_deref(), body, ""),
            "buttons": card.buttons.iter().map(button).collect::<Vec<_>>(),
        })
    }

    /// A file by its id or link, with the kind of the object in `body` that names it.
    fn media(&self, media: Option<&str>, body: &Value, kind: &str) -> Value {
        let Some(media) = media else { return Value::Null };
        let kind = holder(body, media).unwrap_or(kind);
        match self.model.media(&MediaId::from(media)) {
            Some(MediaObject { bytes, mime, .. }) => {
                json!({ "kind": kind, "id": media, "mime": mime, "size": bytes.len() })
            }
            None => json!({ "kind": kind, "link": media }),
        }
    }
}

/// The name of the member that holds the id or link `media`: `image`, `video` …
fn holder<'a>(value: &'a Value, media: &str) -> Option<&'a str> {
    let names = |part: &Value| {
        ["id", "link"].iter().any(|name| part.get(name).and_then(Value::as_str) == Some(media))
    };
    match value {
        Value::Object(members) => {
            let here = |members: &'a Map<String, Value>| {
                members.iter().find(|(_, part)| names(part)).map(|(name, _)| name.as_str())
            };
            here(members).or_else(|| members.values().find_map(|part| holder(part, media)))
        }
        Value::Array(parts) => parts.iter().find_map(|part| holder(part, media)),
        _ => None,
    }
}

fn button(button: &ShownButton) -> Value {
    let kind = match button.kind {
        ButtonKind::Reply => "reply",
        ButtonKind::Row => "row",
        ButtonKind::QuickReply => "quick_reply",
        ButtonKind::Link => "link",
        ButtonKind::Copy => "copy",
        ButtonKind::Call => "call",
        ButtonKind::Product => "product",
        ButtonKind::Flow => "flow",
        ButtonKind::Pay => "pay",
        ButtonKind::Share => "share",
        ButtonKind::Other => "other",
    };
    json!({
        "kind": kind,
        "id": button.id,
        "title": button.title,
        "description": button.description,
        "section": button.section,
    })
}

/// The customers' messages in a webhook, which may hold several updates.
fn messages(webhook: &Value) -> impl Iterator<Item = &Value> {
    let changes = list(webhook, "/entry").iter().flat_map(|entry| list(entry, "/changes"));
    changes.flat_map(|change| list(change, "/value/messages"))
}

fn request(entry: &journal::Entry) -> Value {
    let request = entry.read();
    json!({
        "number": entry.number,
        "at": request.at.as_millis(),
        "took": request.took.as_secs_f64() * 1000.0,
        "method": request.method,
        "path": request.path,
        "body": request.body,
        "status": request.status,
        "answer": request.answer,
        "code": request.code,
        "details": request.details,
        "cut": request.cut,
        "violations": request.violations,
    })
}

fn webhook(platform: &Platform, number: usize, entry: &webhooks::Entry) -> Value {
    let text = entry.text();
    // What was written by this simulator can be read.
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    json!({
        "number": number,
        "body": body,
        "signature": signature_of(&platform.settings.signing_key, &text),
        "attempts": entry.attempts,
        "status": entry.status,
        "given_up": entry.given_up,
    })
}

#[cfg(test)]
mod tests {
    use super::holder;
    use serde_json::json;

    #[test]
    fn a_file_is_of_the_kind_that_names_it() {
        let body = json!({"type": "template", "template": {"components": [
            {"type": "header", "parameters": [{"type": "video", "video": {"id": "7"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "9"}]}]}});
        assert_eq!(holder(&body, "7"), Some("video"));
        assert_eq!(holder(&body, "9"), None);
    }
}
