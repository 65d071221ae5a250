//! One thing in a list that cannot be read: its siblings come as they would without it.

use super::{fixtures, notices::NEEDED, oddities::places};
use serde_json::{Value, json};
use whatsapp_business::webhook::{Delivery, Event};

/// A null is no exception: it is kept as well, so that what was delivered can be counted.
fn poisons() -> [Value; 6] {
    [json!(7), json!("x"), json!(null), json!([]), json!({}), json!({"id": {}})]
}

fn events(body: &Value) -> Vec<Event> {
    Delivery::unverified(body.to_string().as_bytes()).unwrap().into_events()
}

/// Every fixture with a list in it that was made to hold three at least: the entries, the changes of one, the items of a
/// value.
fn batches() -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (file, body) in fixtures() {
        let body: Value = serde_json::from_str(body).unwrap();
        let mut lists = Vec::new();
        places(&body, "", &mut lists);
        for at in lists {
            let depth = at.split('/').count();
            let is_of_items = match at.split_once("/value/") {
                Some((change, list)) => {
                    let field = body.pointer(change).unwrap()["field"].as_str().unwrap();
                    // A notice is one event with all that is in it, and errors of a call belong to the call.
                    let is_notice = NEEDED.iter().any(|(known, _)| *known == field);
                    let is_of_value = list.strip_prefix("standby/").unwrap_or(list);
                    !is_notice && !is_of_value.contains('/') && (field, list) != ("calls", "errors")
                }
                None => depth <= 4,
            };
            let items = body.pointer(&at).unwrap().as_array().cloned();
            let Some(mut items) = items.filter(|items| is_of_items && !items.is_empty()) else { continue };
            while items.len() < 3 {
                items.push(items[0].clone());
            }
            let mut batch = body.clone();
            *batch.pointer_mut(&at).unwrap() = items.into();
            all.push((file.clone(), at, batch));
        }
    }
    assert!(all.len() > 600, "{}", all.len());
    all
}

#[test]
fn a_poisoned_item_leaves_its_siblings_as_they_are_without_it() {
    for (file, at, batch) in batches() {
        // Of people no event is made; what of a raw value is poisoned is the value's affair.
        let is_aside = at.ends_with("/contacts") || file.starts_with("raw_");
        let count = batch.pointer(&at).unwrap().as_array().unwrap().len();
        for place in 0..count {
            let mut without = batch.clone();
            without.pointer_mut(&at).unwrap().as_array_mut().unwrap().remove(place);
            let siblings = events(&without);
            for poison in poisons() {
                let how = format!("{file}: {poison} at {at}/{place}");
                let json = poison.to_string();
                let mut poisoned = batch.clone();
                poisoned.pointer_mut(&at).unwrap()[place] = poison.clone();
                let mut after = events(&poisoned);
                if is_aside && at.contains("/value/") {
                    assert_eq!(after.len(), siblings.len(), "{how}");
                    continue;
                }
                let is_poison = |event: &Event| match event {
                    Event::Unknown(unknown) => unknown.raw() == json && unknown.reason().is_some(),
                    _ => false,
                };
                let found = after.iter().position(is_poison);
                let event = after.remove(found.unwrap_or_else(|| panic!("{how}: {after:?}")));
                let list = at.rsplit('/').next().unwrap();
                let number = siblings[0].phone_number_id().filter(|_| list != "entry" && list != "changes");
                assert!(number.is_none() || event.phone_number_id() == number, "{how}: {event:?}");
                assert_eq!(after, siblings, "{how}");
            }
        }
    }
}

#[test]
fn a_poisoned_person_takes_nobody_with_them() {
    for (file, at, batch) in batches() {
        if !at.ends_with("/contacts") {
            continue;
        }
        let before = events(&batch);
        for poison in poisons() {
            let mut poisoned = batch.clone();
            let people = poisoned.pointer_mut(&at).unwrap().as_array_mut().unwrap();
            for place in (0..=people.len()).rev() {
                people.insert(place, poison.clone());
            }
            assert_eq!(events(&poisoned), before, "{file}: {poison}");
        }
    }
}
