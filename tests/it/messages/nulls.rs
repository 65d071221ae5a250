//! Null for what is not there, as other writers have it.

use serde_json::{Map, Value};

/// Where Meta documents members that may be left out: the member of an object that `type` stands for, and what it may have.
const OPTIONAL: &[(&str, &[&str])] = &[
    ("", &["context", "biz_opaque_callback_data", "recipient_identity_key_hash"]),
    ("text", &["preview_url"]),
    ("image", &["caption", "id", "link"]),
    ("video", &["caption", "id", "link"]),
    ("audio", &["voice", "id", "link"]),
    ("document", &["caption", "filename", "id", "link"]),
    ("sticker", &["id", "link"]),
    ("location", &["name", "address"]),
    ("contacts/*", &["org", "birthday", "phones", "emails", "urls", "addresses"]),
    ("contacts/*/name", &["first_name", "last_name", "middle_name", "suffix", "prefix"]),
    ("contacts/*/org", &["company", "department", "title"]),
    ("contacts/*/phones/*", &["type", "wa_id"]),
    ("contacts/*/emails/*", &["type"]),
    ("contacts/*/urls/*", &["type"]),
    ("contacts/*/addresses/*", &["street", "city", "state", "zip", "country", "country_code", "type"]),
    ("pin", &["expiration_days"]),
    ("interactive", &["header", "footer", "body"]),
    ("interactive/header/image", &["id", "link"]),
    ("interactive/header/document", &["id", "link", "filename"]),
    ("interactive/action/sections/*", &["title"]),
    ("interactive/action/sections/*/rows/*", &["description"]),
    ("template", &["components"]),
    ("template/language", &["policy"]),
    ("template/components/*", &["sub_type", "index", "parameters"]),
];

/// Members of the `parameters` of an action, by its name.
const OF_ACTIONS: &[(&str, &[&str])] = &[
    ("cta_url", &["payment_link_preview"]),
    ("voice_call", &["display_text", "ttl_minutes", "payload"]),
    ("address_message", &["values", "saved_addresses", "validation_errors"]),
    ("flow", &["flow_id", "flow_name", "mode", "flow_token", "flow_action", "flow_action_payload"]),
    ("catalog_message", &["thumbnail_product_retailer_id"]),
    (
        "review_and_pay",
        &[
            "payment_type",
            "payment_configuration",
            "payment_settings",
            "beneficiaries",
            "shipping_info",
            "order",
        ],
    ),
    ("review_order", &["order", "payment"]),
];

/// The body of a message with null for every optional member that it does not have.
pub(super) fn with_nulls(body: &Value) -> Value {
    let mut body = body.clone();
    for (place, names) in OPTIONAL {
        let steps: Vec<_> = place.split('/').filter(|step| !step.is_empty()).collect();
        each(&mut body, &steps, &|object| add(object, names));
    }
    each(&mut body, &["interactive", "action", "cards", "*"], &|card| {
        if card.contains_key("header") {
            add(card, &["body"]);
        }
    });
    let name =
        body.pointer("/interactive/action/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (_, names) in OF_ACTIONS.iter().filter(|(action, _)| *action == name) {
        each(&mut body, &["interactive", "action", "parameters"], &|object| add(object, names));
    }
    body
}

fn add(object: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        object.entry(*name).or_insert(Value::Null);
    }
}

/// Does something to every object at a place, of which `*` are all elements.
fn each(value: &mut Value, steps: &[&str], change: &dyn Fn(&mut Map<String, Value>)) {
    match (steps, value) {
        ([], Value::Object(object)) => change(object),
        (["*", rest @ ..], Value::Array(elements)) => {
            elements.iter_mut().for_each(|element| each(element, rest, change));
        }
        ([step, rest @ ..], Value::Object(object)) => {
            if let Some(member) = object.get_mut(*step) {
                each(member, rest, change);
            }
        }
        _ => {}
    }
}
