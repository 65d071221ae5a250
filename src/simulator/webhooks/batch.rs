//! Several updates in one envelope, grouped by account and number.

use serde_json::Value;

/// Adds the updates of `more` to those of `envelope`.
///
/// Updates of one account share an entry; messages of one number share a value, and so do statuses, with the contacts that
/// they name standing once beside them.
pub(super) fn join(envelope: &mut Value, more: Value) {
    let Some(entries) = list(envelope, "entry") else { return };
    for mut entry in take(more, "entry") {
        let is_same =
            |known: &&mut Value| ["id", "time"].iter().all(|name| known.get(name) == entry.get(name));
        match entries.iter_mut().find(is_same) {
            None => entries.push(entry),
            Some(known) => {
                let Some(changes) = list(known, "changes") else { continue };
                for change in list(&mut entry, "changes").map(std::mem::take).unwrap_or_default() {
                    match changes.iter_mut().find_map(|known| fitting(known, &change)) {
                        None => changes.push(change),
                        Some((value, kind)) => add(value, change, kind),
                    }
                }
            }
        }
    }
}

/// The value of `known` when the updates of `change` can stand in it, and what they are.
fn fitting<'a>(known: &'a mut Value, change: &Value) -> Option<(&'a mut Value, &'static str)> {
    let is_same = |pointer| known.pointer(pointer) == change.pointer(pointer);
    if !is_same("/field") || !is_same("/value/metadata") {
        return None;
    }
    let kind = ["messages", "statuses"]
        .into_iter()
        .find(|kind| change.pointer(&format!("/value/{kind}")).is_some())?;
    known.pointer(&format!("/value/{kind}"))?;
    Some((known.get_mut("value")?, kind))
}

fn add(value: &mut Value, change: Value, kind: &str) {
    let Value::Object(mut change) = change else { return };
    let mut more = change.remove("value").unwrap_or_default();
    if let Some(contacts) = list(&mut more, "contacts").map(std::mem::take) {
        match list(value, "contacts") {
            Some(known) => {
                for contact in contacts {
                    if !known.contains(&contact) {
                        known.push(contact);
                    }
                }
            }
            None => {
                if let Some(value) = value.as_object_mut() {
                    value.insert("contacts".into(), contacts.into());
                }
            }
        }
    }
    if let Some(known) = list(value, kind) {
        known.extend(list(&mut more, kind).map(std::mem::take).unwrap_or_default());
    }
}

fn list<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Vec<Value>> {
    value.get_mut(name)?.as_array_mut()
}

fn take(mut value: Value, name: &str) -> Vec<Value> {
    list(&mut value, name).map(std::mem::take).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::join;
    use serde_json::{Value, json};

    fn update(account: &str, number: &str, kind: &str, id: &str, contact: &str) -> Value {
        let value = json!({
            "metadata": {"phone_number_id": number}, "contacts": [{"wa_id": contact}], kind: [{"id": id}],
        });
        json!({"object": "whatsapp_business_account",
            "entry": [{"id": account, "changes": [{"field": "messages", "value": value}]}]})
    }

    #[test]
    fn updates_are_grouped_by_account_number_and_kind() {
        let mut envelope = update("1", "10", "messages", "a", "ana");
        join(&mut envelope, update("1", "10", "messages", "b", "ana"));
        join(&mut envelope, update("1", "10", "statuses", "c", "ana"));
        join(&mut envelope, update("1", "11", "messages", "d", "bo"));
        join(&mut envelope, update("2", "20", "messages", "e", "bo"));
        join(&mut envelope, update("1", "10", "messages", "f", "bo"));
        let value = |number: &str, kind: &str, ids: &[&str], contacts: &[&str]| {
            let ids: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
            let contacts: Vec<_> = contacts.iter().map(|id| json!({"wa_id": id})).collect();
            json!({"field": "messages", "value": {
                "metadata": {"phone_number_id": number}, "contacts": contacts, kind: ids,
            }})
        };
        let expected = json!({"object": "whatsapp_business_account", "entry": [
            {"id": "1", "changes": [
                value("10", "messages", &["a", "b", "f"], &["ana", "bo"]),
                value("10", "statuses", &["c"], &["ana"]),
                value("11", "messages", &["d"], &["bo"]),
            ]},
            {"id": "2", "changes": [value("20", "messages", &["e"], &["bo"])]},
        ]});
        assert_eq!(envelope, expected);
    }

    #[test]
    fn a_status_that_names_no_contact_joins_one_that_does_and_the_other_way_round() {
        let with = update("1", "10", "statuses", "a", "ana");
        let mut without = update("1", "10", "statuses", "b", "ana");
        without["entry"][0]["changes"][0]["value"].as_object_mut().unwrap().remove("contacts");
        for (first, second) in [(&with, &without), (&without, &with)] {
            let mut envelope = first.clone();
            join(&mut envelope, second.clone());
            let value = &envelope["entry"][0]["changes"][0]["value"];
            assert_eq!(value["statuses"].as_array().unwrap().len(), 2);
            assert_eq!(value["contacts"], json!([{"wa_id": "ana"}]));
        }
    }
}
