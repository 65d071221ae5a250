//! The ways to spoil what fills a template in.

use serde_json::{Value, json};

/// One way to break what fills a template in; nothing where it cannot be broken in this way.
pub(super) type Spoiling = (&'static str, fn(&Value) -> Option<Value>);

/// Where the component of this type is.
fn place(send: &Value, kind: &str) -> Option<usize> {
    send["components"].as_array()?.iter().position(|part| part["type"] == kind)
}

/// Changes the component of this type.
fn part(send: &Value, kind: &str, change: impl FnOnce(&mut Value) -> Option<()>) -> Option<Value> {
    let mut send = send.clone();
    let place = place(&send, kind)?;
    change(&mut send["components"][place])?;
    Some(send)
}

/// The send without the component of this type.
fn without(send: &Value, kind: &str) -> Option<Value> {
    let mut send = send.clone();
    let place = place(&send, kind)?;
    send["components"].as_array_mut()?.remove(place);
    Some(send)
}

/// The send with one more component.
fn with(send: &Value, component: Value) -> Option<Value> {
    let mut send = send.clone();
    match send["components"].as_array_mut() {
        Some(components) => components.push(component),
        None => send["components"] = json!([component]),
    }
    Some(send)
}

/// Changes the first value of the component of this type.
fn first(send: &Value, kind: &str, change: impl FnOnce(&mut Value) -> Option<()>) -> Option<Value> {
    part(send, kind, |part| change(part.pointer_mut("/parameters/0")?))
}

/// Puts this text into the first value of the component, if that is text.
fn text(send: &Value, kind: &str, text: &str) -> Option<Value> {
    first(send, kind, |value| (value["type"] == "text").then(|| value["text"] = text.into()))
}

/// Changes the button of this kind.
fn button(send: &Value, kind: &str, change: impl FnOnce(&mut Value) -> Option<()>) -> Option<Value> {
    let mut send = send.clone();
    let parts = send["components"].as_array_mut()?;
    change(parts.iter_mut().find(|part| part["type"] == "button" && part["sub_type"] == kind)?)?;
    Some(send)
}

/// Puts another value into a member of the first value of the button of this kind.
fn tap(send: &Value, kind: &str, member: &str, value: Value) -> Option<Value> {
    button(send, kind, |button| {
        *button.pointer_mut(&format!("/parameters/0/{member}"))? = value;
        Some(())
    })
}

/// The send without the button of this kind.
fn without_button(send: &Value, kind: &str) -> Option<Value> {
    let mut send = send.clone();
    let parts = send["components"].as_array_mut()?;
    let place = parts.iter().position(|part| part["type"] == "button" && part["sub_type"] == kind)?;
    parts.remove(place);
    Some(send)
}

fn cards(send: &Value, change: impl FnOnce(&mut Vec<Value>) -> Option<()>) -> Option<Value> {
    part(send, "carousel", |part| change(part["cards"].as_array_mut()?))
}

/// Changes the components of the second card.
fn second_card(send: &Value, change: impl FnOnce(&mut Vec<Value>) -> Option<()>) -> Option<Value> {
    cards(send, |cards| change(cards[1]["components"].as_array_mut()?))
}

fn long(length: usize) -> Value {
    "x".repeat(length).into()
}

fn image() -> Value {
    json!({"type": "image", "image": {"link": "https://example.com/roof"}})
}

/// Changes the values of the component, and whether they were there is for the change to say.
fn values(send: &Value, kind: &str, change: impl FnOnce(&mut Vec<Value>) -> Option<()>) -> Option<Value> {
    part(send, kind, |part| change(part["parameters"].as_array_mut()?))
}

pub(super) fn of_sends() -> Vec<Spoiling> {
    vec![
        ("another template", |send| {
            let mut send = send.clone();
            send["name"] = json!("no_such_template");
            Some(send)
        }),
        ("another language", |send| {
            let mut send = send.clone();
            send["language"]["code"] = json!("en_GB");
            Some(send)
        }),
        ("two bodies", |send| with(send, send["components"][place(send, "body")?].clone())),
        ("two headers", |send| with(send, send["components"][place(send, "header")?].clone())),
        ("an offer where none is", |send| {
            let offer =
                json!({"limited_time_offer": {"expiration_time_ms": 1}, "type": "limited_time_offer"});
            let is_one = button(send, "copy_code", |_| Some(())).is_some();
            (!is_one).then(|| with(send, json!({"type": "limited_time_offer", "parameters": [offer]})))?
        }),
        ("cards where none are", |send| {
            let card = json!({"card_index": 0, "components": [{"type": "header", "parameters": [image()]}]});
            let mut second = card.clone();
            second["card_index"] = json!(1);
            place(send, "carousel")
                .is_none()
                .then(|| with(send, json!({"type": "carousel", "cards": [card, second]})))?
        }),
        ("the state of an order where none is told", |send| {
            let state = json!({"reference_id": "order-7", "order": {"status": "shipped"}});
            let state = json!({"type": "order_status", "order_status": state});
            let news = json!({"type": "order_status", "parameters": [state]});
            place(send, "order_status").is_none().then(|| with(send, news))?
        }),
        ("a header where none is", |send| {
            place(send, "header").is_none().then_some(())?;
            place(send, "carousel").is_none().then_some(())?;
            // A text header may have no placeholder and take nothing all the same.
            with(send, json!({"type": "header", "parameters": [{"type": "text", "text": "x"}]}))
        }),
        ("a tap that leads nowhere", |send| {
            part(send, "tap_target_configuration", |part| {
                *part.pointer_mut("/parameters/0/tap_target_configuration/0/url")? = json!("shop");
                Some(())
            })
        }),
        ("a tap without a title", |send| {
            part(send, "tap_target_configuration", |part| {
                *part.pointer_mut("/parameters/0/tap_target_configuration/0/title")? = json!(" ");
                Some(())
            })
        }),
        ("the state of no order", |send| without(send, "order_status")),
        ("the state of an order without a reference", |send| {
            first(send, "order_status", |value| {
                *value.pointer_mut("/order_status/reference_id")? = json!("");
                Some(())
            })
        }),
        ("a long word about an order", |send| {
            first(send, "order_status", |value| {
                *value.pointer_mut("/order_status/order/description")? = long(121);
                Some(())
            })
        }),
        ("an offer that ended before time began", |send| {
            first(send, "limited_time_offer", |value| {
                *value.pointer_mut("/limited_time_offer/expiration_time_ms")? = json!(0);
                Some(())
            })
        }),
        ("an offer of another kind", |send| {
            first(send, "limited_time_offer", |value| {
                *value = json!({"type": "text", "text": "soon"});
                Some(())
            })
        }),
    ]
}

pub(super) fn of_texts() -> Vec<Spoiling> {
    vec![
        ("no body", |send| without(send, "body")),
        ("a value less", |send| values(send, "body", |values| values.pop().map(drop))),
        ("a value more", |send| {
            values(send, "body", |values| {
                let mut more = values.last()?.clone();
                if more.get("parameter_name").is_some() {
                    more["parameter_name"] = json!("part_9");
                }
                values.push(more);
                Some(())
            })
        }),
        ("a value under another name", |send| {
            first(send, "body", |value| {
                *value.get_mut("parameter_name")? = json!("prat_1");
                Some(())
            })
        }),
        ("a value under no name", |send| {
            first(send, "body", |value| value.as_object_mut()?.remove("parameter_name").map(drop))
        }),
        ("two values under one name", |send| {
            values(send, "body", |values| {
                let name = values.first()?.get("parameter_name")?.clone();
                *values.get_mut(1)?.get_mut("parameter_name")? = name;
                Some(())
            })
        }),
        ("a picture in the body", |send| {
            first(send, "body", |value| {
                *value = image();
                Some(())
            })
        }),
        ("an empty value", |send| text(send, "body", "")),
        ("a blank value", |send| text(send, "body", "  ")),
        ("a value of two lines", |send| text(send, "body", "a\nb")),
        ("a value with a tab", |send| text(send, "body", "a\tb")),
        ("a value with five spaces", |send| text(send, "body", "a     b")),
        ("a value that makes the body too long", |send| text(send, "body", &"x".repeat(1025))),
        ("a number for text", |send| {
            first(send, "body", |value| (value["type"] == "text").then(|| value["text"] = json!({"a": 1})))
        }),
        ("a currency that is none", |send| {
            first(send, "body", |value| {
                let name = value.get("parameter_name").cloned();
                let money = json!({"fallback_value": "$5", "code": "dollars", "amount_1000": 5000});
                *value = json!({"type": "currency", "currency": money});
                name.into_iter().for_each(|name| value["parameter_name"] = name);
                Some(())
            })
        }),
        ("no header", |send| without(send, "header")),
        ("an empty header", |send| values(send, "header", |values| values.pop().map(drop))),
        ("a header of two values", |send| {
            values(send, "header", |values| {
                values.push(values.first()?.clone());
                Some(())
            })
        }),
        ("a header of another kind", |send| {
            first(send, "header", |value| {
                *value = if value["type"] == "text" { image() } else { json!({"type": "text", "text": "x"}) };
                Some(())
            })
        }),
        ("a long header", |send| text(send, "header", &"x".repeat(61))),
        ("a header of two lines", |send| text(send, "header", "a\nb")),
        ("a header under another name", |send| {
            first(send, "header", |value| {
                *value.get_mut("parameter_name")? = json!("raeder");
                Some(())
            })
        }),
        ("a group in the header", |send| {
            first(send, "header", |value| {
                let name = value.get("parameter_name").cloned();
                (value["type"] == "text").then_some(())?;
                *value = json!({"type": "group_id", "group_id": "Y2FwaV9ncm91cDox"});
                name.into_iter().for_each(|name| value["parameter_name"] = name);
                Some(())
            })
        }),
        ("a picture without a file", |send| {
            first(send, "header", |value| {
                *value.get_mut("image")? = json!({});
                Some(())
            })
        }),
        ("a picture at no address", |send| {
            first(send, "header", |value| {
                *value.get_mut("image")? = json!({"link": "roof.png"});
                Some(())
            })
        }),
        ("a place off the map", |send| {
            first(send, "header", |value| {
                *value.pointer_mut("/location/latitude")? = json!(91);
                Some(())
            })
        }),
        ("a product of no catalog", |send| {
            first(send, "header", |value| {
                value.get_mut("product")?.as_object_mut()?.remove("catalog_id").map(drop)
            })
        }),
    ]
}

pub(super) fn of_buttons() -> Vec<Spoiling> {
    vec![
        ("a button past the last", |send| {
            part(send, "button", |button| {
                button["index"] = json!(10);
                Some(())
            })
        }),
        ("a button at no place", |send| {
            part(send, "button", |button| {
                button["index"] = json!("first");
                Some(())
            })
        }),
        ("a button before the first", |send| {
            part(send, "button", |button| {
                button["index"] = json!(-1);
                Some(())
            })
        }),
        ("one button twice", |send| with(send, send["components"][place(send, "button")?].clone())),
        ("a button of another kind", |send| {
            part(send, "button", |button| {
                let other = if button["sub_type"] == "quick_reply" { "flow" } else { "quick_reply" };
                button["sub_type"] = json!(other);
                Some(())
            })
        }),
        ("a button with a value of another kind", |send| {
            first(send, "button", |value| {
                *value = image();
                Some(())
            })
        }),
        ("an address without its end", |send| without_button(send, "url")),
        ("a long end of an address", |send| tap(send, "url", "text", long(2001))),
        ("an empty end of an address", |send| tap(send, "url", "text", json!(""))),
        ("two ends of an address", |send| {
            button(send, "url", |button| {
                let values = button["parameters"].as_array_mut()?;
                values.push(values.first()?.clone());
                Some(())
            })
        }),
        ("a long payload", |send| tap(send, "quick_reply", "payload", long(257))),
        ("an empty payload", |send| tap(send, "quick_reply", "payload", json!(""))),
        ("no coupon", |send| without_button(send, "copy_code")),
        ("a long coupon", |send| tap(send, "copy_code", "coupon_code", long(21))),
        ("an empty coupon", |send| tap(send, "copy_code", "coupon_code", json!(" "))),
        ("a flow without a token", |send| tap(send, "flow", "action/flow_token", json!(" "))),
        ("a flow with nothing to begin with", |send| tap(send, "flow", "action/flow_action_data", json!({}))),
        ("a thumbnail of nothing", |send| {
            tap(send, "catalog", "action/thumbnail_product_retailer_id", json!(" "))
        }),
        ("no products", |send| without_button(send, "mpm")),
        ("no sections", |send| tap(send, "mpm", "action/sections", json!([]))),
        ("eleven sections", |send| {
            let section = |n: usize| json!({"title": n.to_string(), "product_items": [{"product_retailer_id": n.to_string()}]});
            tap(send, "mpm", "action/sections", (0..11).map(section).collect())
        }),
        ("thirty-one products", |send| {
            let item = |n: usize| json!({"product_retailer_id": n.to_string()});
            let section = json!({"title": "Roofs", "product_items": (0..31).map(item).collect::<Vec<_>>()});
            tap(send, "mpm", "action/sections", json!([section]))
        }),
        ("a long title of products", |send| tap(send, "mpm", "action/sections/0/title", long(25))),
        ("a section without products", |send| tap(send, "mpm", "action/sections/0/product_items", json!([]))),
        ("a call for no time", |send| tap(send, "voice_call", "ttl_minutes", json!(0))),
        ("a call for too long", |send| tap(send, "voice_call", "ttl_minutes", json!(43_201))),
        ("a call with a long payload", |send| {
            button(send, "voice_call", |button| {
                *button.pointer_mut("/parameters/1/payload")? = long(513);
                Some(())
            })
        }),
        ("a call for two times", |send| {
            button(send, "voice_call", |button| {
                let values = button["parameters"].as_array_mut()?;
                *values.get_mut(1)? = values.first()?.clone();
                Some(())
            })
        }),
        ("no bill", |send| without_button(send, "order_details")),
        ("a bill without a reference", |send| {
            tap(send, "order_details", "action/order_details/reference_id", json!(""))
        }),
        ("a bill in no currency", |send| {
            tap(send, "order_details", "action/order_details/currency", json!("EUR"))
        }),
        ("no payment", |send| without_button(send, "payment_request")),
        ("a payment in another way", |send| {
            let other = json!({"type": "payment_link", "payment_link": {"uri": "https://example.com/pay"}});
            let place = "/parameters/0/action/payment_request/payment_setting";
            button(send, "payment_request", |button| {
                let setting = button.pointer_mut(place)?;
                (setting["type"] != "payment_link").then(|| *setting = other)
            })
        }),
    ]
}

pub(super) fn of_cards_and_codes() -> Vec<Spoiling> {
    vec![
        ("no cards", |send| without(send, "carousel")),
        ("a card less", |send| cards(send, |cards| cards.pop().map(drop))),
        ("a card more", |send| {
            cards(send, |cards| {
                let mut more = cards.first()?.clone();
                more["card_index"] = json!(cards.len());
                cards.push(more);
                Some(())
            })
        }),
        ("a card twice", |send| {
            cards(send, |cards| {
                cards[1]["card_index"] = json!(0);
                Some(())
            })
        }),
        ("a card past the last", |send| {
            cards(send, |cards| {
                cards[1]["card_index"] = json!(10);
                Some(())
            })
        }),
        ("a card without header", |send| {
            second_card(send, |parts| {
                parts.retain(|part| part["type"] != "header");
                Some(())
            })
        }),
        ("a card with a document", |send| {
            second_card(send, |parts| {
                let document = json!({"link": "https://example.com/a.pdf"});
                parts[0]["parameters"] = json!([{"type": "document", "document": document}]);
                Some(())
            })
        }),
        ("a card without its text", |send| {
            second_card(send, |parts| {
                let place = parts.iter().position(|part| part["type"] == "body")?;
                parts.remove(place);
                Some(())
            })
        }),
        ("a card with a long text", |send| {
            second_card(send, |parts| {
                let body = parts.iter_mut().find(|part| part["type"] == "body")?;
                *body.pointer_mut("/parameters/0/text")? = long(161);
                Some(())
            })
        }),
        ("a card with a text of its own", |send| {
            second_card(send, |parts| {
                let has_body = parts.iter().any(|part| part["type"] == "body");
                let body = json!({"type": "body", "parameters": [{"type": "text", "text": "x"}]});
                (!has_body).then(|| parts.push(body))
            })
        }),
        ("a card with a third button", |send| {
            second_card(send, |parts| {
                let mut more = parts.iter().find(|part| part["type"] == "button")?.clone();
                more["index"] = json!(2);
                parts.push(more);
                Some(())
            })
        }),
        ("a card without the end of an address", |send| {
            second_card(send, |parts| {
                let place = parts.iter().position(|part| part["sub_type"] == "url")?;
                parts.remove(place);
                Some(())
            })
        }),
        ("a card with an offer", |send| {
            second_card(send, |parts| {
                parts.push(json!({"type": "limited_time_offer", "parameters": []}));
                Some(())
            })
        }),
        ("two bills with one reference", |send| {
            second_card(send, |parts| {
                let bill = parts.iter_mut().find(|part| part["sub_type"] == "order_details")?;
                *bill.pointer_mut("/parameters/0/action/order_details/reference_id")? = json!("order-0");
                Some(())
            })
        }),
        ("another code on the button", |send| {
            is_code(send)?;
            tap(send, "url", "text", json!("654321"))
        }),
        ("a long code", |send| {
            is_code(send)?;
            let send = text(send, "body", &"7".repeat(16))?;
            tap(&send, "url", "text", "7".repeat(16).into())
        }),
        ("no code on the button", |send| {
            is_code(send)?;
            without_button(send, "url")
        }),
    ]
}

fn is_code(send: &Value) -> Option<()> {
    let body = &send["components"][place(send, "body")?];
    (body["parameters"][0]["text"] == "123456").then_some(())
}
