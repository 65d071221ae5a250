//! Definitions: what the crate's own check takes the simulator takes, and what it refuses the simulator refuses.
//!
//! The two are written apart; each spoiling breaks one rule of a definition that both take.

use super::{
    definitions::{list_of, sample},
    graph, read,
};
use crate::templates::anything::{definitions, unpooled, with_handle};
use proptest::{
    prelude::*,
    test_runner::{TestCaseResult, TestRunner},
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};
use whatsapp_business::{simulator::Simulator, template::Definition};

/// One way to break a definition; nothing for one that cannot be broken in this way.
type Spoiling = (&'static str, fn(&Value) -> Option<Value>);

/// The definition with another value at the pointer, if there is one.
fn at(json: &Value, pointer: &str, value: Value) -> Option<Value> {
    let mut json = json.clone();
    *json.pointer_mut(pointer)? = value;
    Some(json)
}

/// Where the component of this type is.
fn place(json: &Value, kind: &str) -> Option<String> {
    let place = json["components"].as_array()?.iter().position(|part| part["type"] == kind)?;
    Some(format!("/components/{place}"))
}

/// The definition with another value in a member of this component, which may be new there.
fn part(json: &Value, kind: &str, member: &str, value: Value) -> Option<Value> {
    let mut json = json.clone();
    let place = place(&json, kind)?;
    json.pointer_mut(&place)?.as_object_mut()?.insert(member.to_owned(), value);
    Some(json)
}

/// A body without examples, so that only the placeholders of the text can be wrong.
fn body(json: &Value, text: &str) -> Option<Value> {
    json["components"].pointer("/0")?;
    (json["category"] != "AUTHENTICATION").then(|| part(json, "BODY", "text", text.into()))?
}

/// The definition with one more button of this kind in its list, or these in place of all.
fn more_buttons(json: &Value, change: impl FnOnce(&mut Vec<Value>)) -> Option<Value> {
    let mut json = json.clone();
    let place = place(&json, "BUTTONS")?;
    change(json.pointer_mut(&format!("{place}/buttons"))?.as_array_mut()?);
    Some(json)
}

/// A member of the button of this kind, which may be new there.
fn button(json: &Value, kind: &str, member: &str, value: Value) -> Option<Value> {
    let mut json = json.clone();
    let place = place(&json, "BUTTONS")?;
    let buttons = json.pointer_mut(&format!("{place}/buttons"))?.as_array_mut()?;
    let found = buttons.iter_mut().find(|button| button["type"] == kind)?;
    found.as_object_mut()?.insert(member.to_owned(), value);
    Some(json)
}

fn cards(json: &Value, change: impl FnOnce(&mut Vec<Value>)) -> Option<Value> {
    let mut json = json.clone();
    let place = place(&json, "CAROUSEL")?;
    change(json.pointer_mut(&format!("{place}/cards"))?.as_array_mut()?);
    Some(json)
}

fn long(length: usize) -> Value {
    "é".repeat(length).into()
}

fn of_definitions() -> Vec<Spoiling> {
    vec![
        ("a name in capital letters", |json| at(json, "/name", json!("Order"))),
        ("a name with a hyphen", |json| at(json, "/name", json!("order-update"))),
        ("an empty name", |json| at(json, "/name", json!(""))),
        ("a long name", |json| at(json, "/name", "x".repeat(513).into())),
        ("no language", |json| at(json, "/language", Value::Null)),
        ("another language", |json| at(json, "/language", json!("english"))),
        ("no category", |json| at(json, "/category", Value::Null)),
        ("no components", |json| at(json, "/components", json!([]))),
        ("two requests to call", |json| {
            let mut json = json.clone();
            place(&json, "CALL_PERMISSION_REQUEST")?;
            json["components"].as_array_mut()?.push(json!({"type": "CALL_PERMISSION_REQUEST"}));
            Some(json)
        }),
        ("too long a time to live", |json| {
            let mut json = json.clone();
            json["message_send_ttl_seconds"] = json!(2_592_001);
            Some(json)
        }),
        ("too short a time to live", |json| {
            let mut json = json.clone();
            json["message_send_ttl_seconds"] = json!(29);
            Some(json)
        }),
        ("a second body", |json| {
            let mut json = json.clone();
            let second = json.pointer(&place(&json, "BODY")?)?.clone();
            json["components"].as_array_mut()?.push(second);
            Some(json)
        }),
        ("no body", |json| {
            let mut json = json.clone();
            let is_code = json["category"] == "AUTHENTICATION";
            json["components"].as_array_mut()?.retain(|part| part["type"] != "BODY");
            (!is_code).then_some(json)
        }),
    ]
}

fn of_parts() -> Vec<Spoiling> {
    vec![
        ("an empty body", |json| body(json, " ")),
        ("a long body", |json| body(json, long(1025).as_str()?)),
        ("a body that begins with a placeholder", |json| body(json, "{{1}} is here now")),
        ("a body that ends with a placeholder", |json| body(json, "Here now is {{1}}")),
        ("a body that leaves a number out", |json| body(json, "Here {{7}} is now.")),
        ("a body with an open placeholder", |json| body(json, "Here is {{1 now.")),
        ("a body with an empty placeholder", |json| body(json, "Here is {{}} now.")),
        ("a body with a name in capital letters", |json| body(json, "Here is {{Name}} now.")),
        ("a body of both formats", |json| body(json, "Here {{1}} is {{name}} now.")),
        ("no examples", |json| {
            let body = json.pointer(&place(json, "BODY")?)?;
            body["example"].is_object().then(|| part(json, "BODY", "example", Value::Null))?
        }),
        ("an empty example", |json| {
            let place = place(json, "BODY")?;
            at(json, &format!("{place}/example/body_text/0/0"), json!(" ")).or_else(|| {
                at(json, &format!("{place}/example/body_text_named_params/0/example"), json!(" "))
            })
        }),
        ("a long footer", |json| part(json, "FOOTER", "text", long(61))),
        ("a footer with a placeholder", |json| part(json, "FOOTER", "text", json!("Bye {{1}}"))),
        ("a header without format", |json| part(json, "HEADER", "format", Value::Null)),
        ("a header without sample", |json| {
            let place = place(json, "HEADER")?;
            at(json, &format!("{place}/example"), Value::Null)
        }),
        ("a long header", |json| text_header(json, long(61))),
        ("a header in bold", |json| text_header(json, json!("Good *news*"))),
        ("a header without example", |json| {
            let changed = text_header(json, json!("News for {{1}}"))?;
            part(&changed, "HEADER", "example", Value::Null)
        }),
        ("an offer for a utility template", |json| {
            place(json, "LIMITED_TIME_OFFER")?;
            at(json, "/category", json!("UTILITY"))
        }),
        ("a long offer", |json| {
            part(json, "LIMITED_TIME_OFFER", "limited_time_offer", json!({ "text": long(17) }))
        }),
        ("an offer without text", |json| part(json, "LIMITED_TIME_OFFER", "limited_time_offer", json!({}))),
        ("a long body beside an offer", |json| {
            place(json, "LIMITED_TIME_OFFER")?;
            body(json, long(601).as_str()?)
        }),
        ("a footer beside an offer", |json| {
            place(json, "LIMITED_TIME_OFFER")?;
            let mut json = json.clone();
            json["components"].as_array_mut()?.push(json!({"type": "FOOTER", "text": "Bye"}));
            Some(json)
        }),
    ]
}

fn text_header(json: &Value, text: Value) -> Option<Value> {
    let header = json.pointer(&place(json, "HEADER")?)?;
    (header["format"] == "TEXT").then(|| part(json, "HEADER", "text", text))?
}

fn of_buttons() -> Vec<Spoiling> {
    vec![
        ("no buttons", |json| more_buttons(json, Vec::clear)),
        ("eleven buttons", |json| {
            let reply = json!({"type": "QUICK_REPLY", "text": "More"});
            more_buttons(json, |buttons| *buttons = vec![reply; 11])
        }),
        ("quick replies between others", |json| {
            let url = json!({"type": "URL", "text": "See", "url": "https://example.com"});
            let reply = json!({"type": "QUICK_REPLY", "text": "More"});
            more_buttons(json, |buttons| *buttons = vec![url.clone(), reply, url])
        }),
        ("quick replies at both ends", |json| {
            let url = json!({"type": "URL", "text": "See", "url": "https://example.com"});
            let reply = json!({"type": "QUICK_REPLY", "text": "More"});
            more_buttons(json, |buttons| *buttons = vec![reply.clone(), url, reply])
        }),
        ("three addresses", |json| {
            let url = json!({"type": "URL", "text": "See", "url": "https://example.com"});
            more_buttons(json, |buttons| *buttons = vec![url; 3])
        }),
        ("two numbers to call", |json| {
            let call = json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+14155550123"});
            more_buttons(json, |buttons| *buttons = vec![call; 2])
        }),
        ("two codes to copy", |json| {
            more_buttons(json, |buttons| *buttons = vec![json!({"type": "COPY_CODE", "example": "SUN20"}); 2])
        }),
        ("a long title", |json| button(json, "QUICK_REPLY", "text", long(26))),
        ("no title", |json| button(json, "URL", "text", Value::Null)),
        ("a long number", |json| button(json, "PHONE_NUMBER", "phone_number", "1".repeat(21).into())),
        ("a long code", |json| button(json, "COPY_CODE", "example", "1".repeat(21).into())),
        ("another kind of address", |json| button(json, "URL", "url", json!("ftp://example.com"))),
        ("a placeholder amid an address", |json| {
            button(json, "URL", "url", json!("https://example.com/{{1}}/track"))
        }),
        ("two placeholders in an address", |json| {
            button(json, "URL", "url", json!("https://example.com/{{1}}/{{2}}"))
        }),
        ("an address without example", |json| {
            let changed = button(json, "URL", "url", json!("https://example.com/{{1}}"))?;
            button(&changed, "URL", "example", Value::Null)
        }),
        ("an app opened by no offer", |json| {
            button(json, "URL", "app_deep_link", json!({"meta_app_id": "7"}))?;
            let changed = at(json, "/category", json!("UTILITY"))?;
            place(&changed, "LIMITED_TIME_OFFER").is_none().then_some(())?;
            place(&changed, "CAROUSEL").is_none().then_some(())?;
            let seconds = changed.get("message_send_ttl_seconds").is_none();
            seconds.then(|| button(&changed, "URL", "app_deep_link", json!({"meta_app_id": "7"})))?
        }),
        ("four payments", |json| {
            let pay =
                json!({"type": "PAYMENT_REQUEST", "text": "Pay", "payment_setting": {"type": "boleto"}});
            more_buttons(json, |buttons| *buttons = vec![pay; 4])
        }),
        ("a long title of a catalog", |json| button(json, "CATALOG", "text", long(26))),
        ("a long title of products", |json| button(json, "MPM", "text", long(26))),
        ("a long title of a product", |json| button(json, "SPM", "text", long(26))),
        ("a long title of a bill", |json| button(json, "ORDER_DETAILS", "text", long(26))),
        ("a long title of a payment", |json| button(json, "PAYMENT_REQUEST", "text", long(26))),
        ("a long title of a flow", |json| button(json, "FLOW", "text", long(26))),
        ("a long title of a call", |json| button(json, "VOICE_CALL", "text", long(21))),
        ("other words on what shares a contact", |json| {
            button(json, "REQUEST_CONTACT_INFO", "text", json!("Share"))
        }),
        ("a long address", |json| {
            button(json, "URL", "url", format!("https://example.com/{}", "a".repeat(1981)).into())
        }),
        ("two flows", |json| {
            let changed = button(json, "FLOW", "flow_name", json!("rating"))?;
            button(&changed, "FLOW", "flow_id", json!("11"))
        }),
        ("no flow", |json| {
            let names = ["flow_id", "flow_name", "flow_json"];
            names.iter().try_fold(json.clone(), |json, name| button(&json, "FLOW", name, Value::Null))
        }),
        ("a call that works too long", |json| button(json, "VOICE_CALL", "ttl_minutes", json!(43_201))),
        ("a code beside others", |json| {
            let code = json!({"type": "OTP", "otp_type": "COPY_CODE"});
            more_buttons(json, |buttons| *buttons = vec![code.clone(), code])
        }),
    ]
}

fn of_cards_and_codes() -> Vec<Spoiling> {
    vec![
        ("one card", |json| cards(json, |cards| cards.truncate(1))),
        ("eleven cards", |json| {
            cards(json, |cards| {
                let card = cards[0].clone();
                *cards = vec![card; 11];
            })
        }),
        ("a card of another make", |json| {
            cards(json, |cards| drop(cards[1]["components"].as_array_mut().unwrap().pop()))
        }),
        ("cards without header", |json| {
            cards(json, |cards| {
                for card in cards {
                    card["components"].as_array_mut().unwrap().remove(0);
                }
            })
        }),
        ("cards with a text header", |json| {
            cards(json, |cards| {
                for card in cards {
                    card["components"][0] = json!({"type": "HEADER", "format": "TEXT", "text": "Roof"});
                }
            })
        }),
        ("three buttons on cards", |json| {
            cards(json, |cards| {
                for card in cards {
                    let buttons = card["components"].as_array_mut().unwrap().last_mut().unwrap();
                    buttons["buttons"] = json!(vec![json!({"type": "QUICK_REPLY", "text": "More"}); 3]);
                }
            })
        }),
        ("a long body on cards", |json| {
            cards(json, |cards| {
                for card in cards {
                    let parts = card["components"].as_array_mut().unwrap();
                    parts.retain(|part| part["type"] != "BODY");
                    parts.push(json!({"type": "BODY", "text": long(161)}));
                }
            })
        }),
        ("own words in a code", |json| code(json, |json| part(json, "BODY", "text", json!("Your code")))),
        ("a code that holds too long", |json| {
            code(json, |json| part(json, "FOOTER", "code_expiration_minutes", json!(91)))
        }),
        ("a code without a way", |json| button(json, "OTP", "otp_type", Value::Null)),
        ("six apps", |json| {
            let app = json!({"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"});
            button(json, "OTP", "supported_apps", json!(vec![app; 6]))
        }),
        ("a long title of a code", |json| button(json, "OTP", "text", long(26))),
        ("a long title of what fills a code in", |json| button(json, "OTP", "autofill_text", long(26))),
        ("no apps", |json| {
            let one_tap = button(json, "OTP", "otp_type", json!("ONE_TAP"))?;
            button(&one_tap, "OTP", "supported_apps", Value::Null)
        }),
        ("a warning that is none", |json| {
            code(json, |json| part(json, "BODY", "add_security_recommendation", json!("yes")))
        }),
        ("cards with a document", |json| {
            cards(json, |cards| {
                for card in cards {
                    card["components"][0]["format"] = json!("DOCUMENT");
                }
            })
        }),
        ("another signature", |json| {
            let app = json!({"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX"});
            button(json, "OTP", "supported_apps", json!([app]))
        }),
        ("another package", |json| {
            let app = json!({"package_name": "com example", "signature_hash": "K8a/AINcGX7"});
            button(json, "OTP", "supported_apps", json!([app]))
        }),
        ("terms that nobody accepted", |json| {
            let zero = button(json, "OTP", "otp_type", json!("ZERO_TAP"))?;
            button(&zero, "OTP", "zero_tap_terms_accepted", json!(false))
        }),
        ("a header above a code", |json| {
            code(json, |json| {
                let mut json = json.clone();
                json["components"].as_array_mut()?.push(json!({"type": "HEADER", "format": "LOCATION"}));
                Some(json)
            })
        }),
    ]
}

fn code(json: &Value, change: impl FnOnce(&Value) -> Option<Value>) -> Option<Value> {
    if json["category"] == "AUTHENTICATION" { change(json) } else { None }
}

/// Tries definitions, and every spoiling of each, until each has occurred.
fn hold(spoilings: &[Spoiling]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let http = unpooled();
    let left = RefCell::new(spoilings.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    for _ in 0..30 {
        // One that has run all its cases would try no more.
        let mut runner = TestRunner::new(config.clone());
        let tried = runner
            .run(&definitions(), |definition| runtime.block_on(agree(&http, &definition, spoilings, &left)));
        if let Err(failure) = tried {
            panic!("{failure}");
        }
        if left.borrow().is_empty() {
            return;
        }
    }
    panic!("never tried: {:?}", left.borrow());
}

async fn agree(
    http: &reqwest::Client,
    definition: &Definition,
    spoilings: &[Spoiling],
    left: &RefCell<BTreeSet<&str>>,
) -> TestCaseResult {
    let simulator = Simulator::start().await.unwrap();
    let definition = with_handle(definition, &sample(&simulator).await);
    let url = graph(&simulator, &list_of(&simulator));
    let submit = async |json: &Value| {
        read(http.post(&url).bearer_auth(simulator.access_token()).json(json).send().await.unwrap()).await
    };
    let json = serde_json::to_value(&definition).unwrap();
    let ours = definition.validate();
    prop_assert!(ours.is_ok(), "{ours:?} of {json}");
    let mut wrong = Vec::new();
    for (name, spoil) in spoilings {
        let Some(spoiled) = spoil(&json) else { continue };
        left.borrow_mut().remove(name);
        if serde_json::from_value::<Definition>(spoiled.clone()).unwrap().validate().is_ok() {
            wrong.push(format!("the check of the crate takes {name}: {spoiled}"));
        }
        let (status, answer) = submit(&spoiled).await;
        if status.as_u16() != 400 || answer["error"]["code"] != 100 {
            wrong.push(format!("the simulator answers {name} with {answer}: {spoiled}"));
        }
    }
    prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (status, answer) = submit(&json).await;
    prop_assert_eq!(status.as_u16(), 200, "the simulator refuses {}: {}", json, answer);
    Ok(())
}

#[test]
fn what_is_built_is_taken_and_each_spoiling_of_it_refused() {
    hold(&[of_definitions(), of_parts(), of_buttons(), of_cards_and_codes()].concat());
}
