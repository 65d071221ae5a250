//! What the page shows, as a list of items with a key each.

use super::news::{Item, Known};
use crate::{
    id::MediaId,
    simulator::{
        Faults, journal,
        json::list,
        model::{ButtonKind, Chat, Kept, MediaObject, Model, Person, Phone, Shown, ShownButton, ShownCard},
        platform::Platform,
        webhooks::{self, Callback, signature_of},
    },
    time::Timestamp,
};
use serde_json::{Map, Value, json};

/// How many messages, requests and webhooks a page shows of each phone and list: the newest.
const SHOWN: usize = 200;

/// Everything the page shows, in the order in which it is shown, with a key each.
pub(super) fn items<'a>(platform: &'a Platform, known: &Known) -> Vec<(String, Item<'a>)> {
    let now = platform.now();
    platform.look(|model| {
        let mut items = vec![("business".to_owned(), Item::Now(business(platform, model)))];
        let mut people: Vec<_> = model.people().collect();
        people.sort_unstable_by_key(|person| &person.number);
        for person in people {
            for phone in model.phones() {
                // Who was only met is shown with the first number.
                let chat = person.chat(&phone.id);
                if chat.is_none() && (phone.id != model.first_phone().id || person.phones().next().is_some())
                {
                    continue;
                }
                let key = format!("{}/{}", person.number, phone.id);
                items.push((format!("person/{key}"), Item::Now(who(person, phone, chat, now))));
                let bubbles = chat
                    .into_iter()
                    .flat_map(|chat| chat.bubbles.iter().skip(chat.bubbles.len().saturating_sub(SHOWN)));
                items.extend(bubbles.map(|shown| {
                    (format!("message/{key}/{}", shown.id), Item::Now(message(model, person, phone, shown)))
                }));
            }
        }
        let templates = model.templates().all();
        items.extend(templates.map(|kept| (format!("template/{}", kept.id), Item::Now(template(kept)))));
        let old = model.journal.entries().len().saturating_sub(SHOWN);
        items.extend(model.journal.entries().skip(old).map(|entry| {
            let key = format!("request/{}", entry.number);
            let item = known.or_later(&key, &entry.number, || {
                let entry = entry.clone();
                Box::new(move || request(&entry))
            });
            (key, item)
        }));
        items.extend(model.outbox.newest(SHOWN).map(|(number, entry)| {
            let key = format!("webhook/{number}");
            let state = Posted::of(entry);
            let item = known.or_later(&key, &state, || {
                let text = entry.text();
                Box::new(move || webhook(platform, number, &text, state))
            });
            (key, item)
        }));
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

fn message(model: &Model, person: &Person, phone: &Phone, shown: &Shown) -> Value {
    let body = model.sent_message(&shown.id).map_or(&Value::Null, |sent| &sent.body);
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
        "cards": shown.cards.iter().map(|shown| card(model, shown, body)).collect::<Vec<_>>(),
        "media": media(model, shown.media.as_deref(), body, &shown.kind),
        "reply_to": shown.reply_to,
        "reaction": shown.reaction,
        "own_reaction": shown.own_reaction,
        "deleted": shown.is_deleted,
        "read": shown.read,
        "taken": model.is_taken(&shown.id),
        "content": body.get(&shown.kind),
    })
}

fn card(model: &Model, card: &ShownCard, body: &Value) -> Value {
    json!({
        "header": card.header,
        "text": card.text,
        "media": media(model, card.media.as_deref(), body, ""),
        "buttons": card.buttons.iter().map(button).collect::<Vec<_>>(),
    })
}

/// A file by its id or link, with the kind of the object in `body` that names it.
fn media(model: &Model, media: Option<&str>, body: &Value, kind: &str) -> Value {
    let Some(media) = media else { return Value::Null };
    let kind = holder(body, media).unwrap_or(kind);
    match model.media(&MediaId::from(media)) {
        Some(MediaObject { bytes, mime, .. }) => {
            json!({ "kind": kind, "id": media, "mime": mime, "size": bytes.len() })
        }
        None => json!({ "kind": kind, "link": media }),
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

/// What changes of a webhook once it is made.
#[derive(Clone, Copy, Hash)]
struct Posted {
    attempts: u32,
    status: Option<u16>,
    given_up: bool,
    updates: usize,
}

impl Posted {
    fn of(entry: &webhooks::Entry) -> Self {
        let webhooks::Entry { attempts, status, given_up, updates, .. } = *entry;
        Self { attempts, status, given_up, updates }
    }
}

fn webhook(platform: &Platform, number: usize, text: &str, posted: Posted) -> Value {
    // What was written by this simulator can be read.
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    json!({
        "number": number,
        "body": body,
        "signature": signature_of(&platform.settings.signing_key, text),
        "attempts": posted.attempts,
        "status": posted.status,
        "given_up": posted.given_up,
    })
}

#[cfg(test)]
mod tests {
    use super::{Item, Known, holder, items};
    use crate::simulator::Simulator;
    use serde_json::json;

    #[tokio::test]
    async fn requests_and_webhooks_are_read_once_in_each_of_their_states() {
        let simulator = Simulator::offline().unwrap();
        simulator.deliver_to(|_, _| std::future::ready(200));
        let mut known = Known::default();
        let mut read_anew = || {
            let items = items(simulator.platform(), &known);
            let count = items.iter().filter(|(_, item)| matches!(item, Item::Later(..))).count();
            known.news(items);
            count
        };
        let ana = simulator.user("+1 415 555 0132");
        ana.says("Hello").await.unwrap();
        simulator.phone().send(ana.wa_id(), "Good morning").await.unwrap();
        simulator.idle().await.unwrap();
        // One request, what Ana wrote, and three statuses.
        assert_eq!((read_anew(), read_anew()), (5, 0));
        simulator.redeliver_webhooks();
        simulator.idle().await.unwrap();
        assert_eq!((read_anew(), read_anew()), (4, 0));
    }

    #[test]
    fn a_file_is_of_the_kind_that_names_it() {
        let body = json!({"type": "template", "template": {"components": [
            {"type": "header", "parameters": [{"type": "video", "video": {"id": "7"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "9"}]}]}});
        assert_eq!(holder(&body, "7"), Some("video"));
        assert_eq!(holder(&body, "9"), None);
    }
}
