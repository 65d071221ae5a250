//! The same thing in other words: numbers as text, members in another order, members that are new.

use super::{catalog::name, fixtures, oddities::places};
use serde_json::{Value, json};
use whatsapp_business::webhook::{Delivery, Event};

fn events(body: &Value) -> Vec<Event> {
    Delivery::unverified(body.to_string().as_bytes()).unwrap().into_events()
}

fn bodies() -> impl Iterator<Item = (&'static str, Value)> {
    fixtures().iter().map(|(file, body)| (file.as_str(), serde_json::from_str(body).unwrap()))
}

/// Whether a key is made of all that the item says, instead of an id.
fn is_hash(key: &str) -> bool {
    key.rsplit(':').next().is_some_and(|hash| hash.len() == 64)
}

/// A number as text, digits as a number; nothing of what is neither.
fn swapped(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Some(number.to_string().into()),
        // Of more digits, or with a zero in front, nobody makes a number.
        Value::String(text) => {
            let number: u64 = text.parse().ok()?;
            (number.to_string() == *text).then(|| number.into())
        }
        _ => None,
    }
}

fn swap_all(value: &mut Value) {
    if let Some(other) = swapped(value) {
        *value = other;
        return;
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(swap_all),
        Value::Array(items) => items.iter_mut().for_each(swap_all),
        _ => {}
    }
}

/// Everything of an event that is not its JSON, as far as it can be seen.
fn seen(event: &Event) -> impl PartialEq + std::fmt::Debug + use<> {
    let key = Some(event.key()).filter(|key| !is_hash(key));
    let ids = [
        event.phone_number_id().map(|id| id.as_str().to_owned()),
        event.account_id().map(|id| id.as_str().to_owned()),
        event.contact().and_then(|contact| contact.wa_id.as_ref()).map(|id| id.as_str().to_owned()),
    ];
    // Debug output has the shown ids and words of all kinds of events, and tails of those that are personal.
    (name(event), key, event.timestamp(), ids, format!("{event:?}"))
}

#[test]
fn numbers_may_be_text_and_digits_numbers_one_at_a_time() {
    let mut tried = 0;
    for (file, body) in bodies() {
        let before: Vec<_> = events(&body).iter().map(seen).collect();
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for at in all {
            let Some(other) = swapped(body.pointer(&at).unwrap()) else { continue };
            let mut body = body.clone();
            *body.pointer_mut(&at).unwrap() = other;
            let after: Vec<_> = events(&body).iter().map(seen).collect();
            assert_eq!(after, before, "{file} with {at} swapped");
            tried += 1;
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn numbers_may_be_text_and_digits_numbers_all_at_once() {
    for (file, body) in bodies() {
        let before: Vec<_> = events(&body).iter().map(seen).collect();
        let mut other = body.clone();
        swap_all(&mut other);
        assert_ne!(other, body, "{file} has neither");
        assert_eq!(events(&other).iter().map(seen).collect::<Vec<_>>(), before, "{file}");
    }
}

/// The places of all objects.
fn objects(body: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    places(body, "", &mut all);
    all.retain(|at| body.pointer(at).unwrap().is_object());
    all
}

/// Whether a place is in one of the contacts, and none of the events is of that person.
fn is_of_nobody(body: &Value, at: &str, events: &[Event]) -> bool {
    let Some((list, place)) = at.split_once("/contacts/").filter(|(list, _)| !list.contains("messages"))
    else {
        return false;
    };
    let place = place.split('/').next().unwrap();
    let person = body.pointer(&format!("{list}/contacts/{place}")).unwrap().to_string();
    !events.iter().any(|event| event.contact().is_some_and(|contact| contact.raw() == person))
}

#[test]
fn a_member_that_is_new_is_kept_with_its_event() {
    let new = json!({"deeper": [{"a": null}], "id": "7"});
    let mut tried = 0;
    for (file, body) in bodies() {
        let before = events(&body);
        for at in objects(&body) {
            let how = format!("{file} with a new member in {at}");
            let mut other = body.clone();
            other.pointer_mut(&at).unwrap()["zz_new"] = new.clone();
            let mut after = events(&other);
            let json = format!(r#""zz_new":{new}"#);
            let is_kept = after.iter().any(|event| {
                let of_person = event.contact().is_some_and(|contact| contact.raw().contains(&json));
                event.raw().contains(&json) || of_person
            });
            // Beside the items, it belongs to none of them: the whole value is kept with it.
            if after.len() > before.len() {
                let is_whole = |event: &Event| match event {
                    Event::Unknown(whole) => whole.reason().is_none() && whole.raw().contains(&json),
                    _ => false,
                };
                let whole = after.iter().position(is_whole);
                after.remove(whole.unwrap_or_else(|| panic!("{how}: {after:?}")));
            }
            assert_eq!(after.len(), before.len(), "{how}: {after:?}");
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(name(after), name(before), "{how}");
                assert_eq!(after.phone_number_id(), before.phone_number_id(), "{how}");
                assert_eq!(after.timestamp(), before.timestamp(), "{how}");
                assert!(is_hash(&after.key()) || after.key() == before.key(), "{how}");
            }
            // What is not an item and not a person is read for what is known of it.
            let around = ["/value/metadata", "/value/conversation_context", "/value/errors"];
            let is_around = !at.contains("/value") || around.iter().any(|around| at.contains(around));
            assert!(is_kept || is_around || is_of_nobody(&body, &at, &before), "{how}");
            tried += 1;
        }
    }
    assert!(tried > 1_500, "{tried}");
}

/// The same JSON with the members of every object from last to first.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members = members.map(|(name, value)| format!("{} : {}", json!(name), reversed(value)));
            format!("{{ {} \n}}", members.collect::<Vec<_>>().join(" ,\t"))
        }
        Value::Array(items) => {
            format!("[\r\n{} ]", items.iter().map(reversed).collect::<Vec<_>>().join(" , "))
        }
        // Escaped as Meta does it.
        Value::String(text) => {
            let escaped = json!(text).to_string().replace('/', r"\/");
            let units = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect();
            escaped.chars().map(|c| if c.is_ascii() { c.to_string() } else { units(c) }).collect()
        }
        other => other.to_string(),
    }
}

#[test]
fn a_key_does_not_depend_on_how_the_json_is_written() {
    for (file, body) in bodies() {
        let keys = |text: &str| -> Vec<String> {
            Delivery::unverified(text.as_bytes()).unwrap().events().iter().map(Event::key).collect()
        };
        let other = reversed(&body);
        assert_eq!(serde_json::from_str::<Value>(&other).unwrap(), body);
        assert_eq!(keys(&other), keys(&body.to_string()), "{file}");
        assert_eq!(keys(&format!("{body:#}")), keys(&body.to_string()), "{file}");
    }
}

#[test]
fn a_person_is_found_by_id_wherever_they_stand_among_others() {
    let stranger = |n: usize| json!({"profile": {"name": "Somebody"}, "wa_id": format!("1999555{n:04}"), "user_id": format!("US.9{n}")});
    let mut found = 0;
    for (file, body) in bodies() {
        let before = events(&body);
        // Who followed a link is not named: it is the only one, or nobody knows.
        if before.iter().any(|event| matches!(event, Event::UserAction(_))) {
            continue;
        }
        let mut all = Vec::new();
        places(&body, "", &mut all);
        let lists =
            all.iter().filter(|at| at.ends_with("/value/contacts") || at.ends_with("/standby/contacts"));
        for at in lists {
            // With few, they are compared; with many, looked up.
            for more in [2, 20] {
                let mut other = body.clone();
                let people = other.pointer_mut(at).unwrap().as_array_mut().unwrap();
                people.reverse();
                for n in 0..more {
                    people.insert(n % (people.len() + 1), stranger(n));
                }
                let after = events(&other);
                for (before, after) in before.iter().zip(&after) {
                    assert_eq!(after.contact(), before.contact(), "{file} with {more} more");
                    found += usize::from(after.contact().is_some());
                }
            }
        }
    }
    assert!(found > 150, "{found}");
}
