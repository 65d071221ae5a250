//! Definitions: what the crate's own check takes the simulator takes, and what it refuses the simulator refuses.
//!
//! The two are written apart; each spoiling breaks one rule of a definition that both take.

use super::{
    definitions::{list_of, sample},
    graph, read,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{TestCaseResult, TestRunner},
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};
use whatsapp_business::{
    simulator::Simulator,
    template::{Button, Category, Definition, HeaderFormat},
};

/// Where the handle of an uploaded file is put in.
const HANDLE: &str = "4::HANDLE";

/// One way to break a definition; nothing for one that cannot be broken in this way.
type Spoiling = (&'static str, fn(&Value) -> Option<Value>);

fn words() -> impl Strategy<Value = String> {
    select(vec![
        "Hello",
        "your order is on its way",
        "Grüße aus Köln",
        "今日は",
        "see you 🙂 soon",
        "5 * 3 * 2",
    ])
    .prop_map(str::to_owned)
}

/// A text with these placeholders between words.
fn text_with(names: &[String], words: &str) -> String {
    let placeholders = names.iter().map(|name| format!(", here {{{{{name}}}}} there"));
    format!("{words}{}.", placeholders.collect::<String>())
}

fn header() -> impl Strategy<Value = fn(Definition) -> Definition> {
    select(vec![
        (|definition| definition) as fn(Definition) -> Definition,
        |definition| definition.header_text("Good news"),
        |definition| definition.header_media(HeaderFormat::Image, HANDLE),
        |definition| definition.header_media(HeaderFormat::Video, HANDLE),
        |definition| definition.header_media(HeaderFormat::Document, HANDLE),
        |definition| definition.header_location(),
    ])
}

fn replies() -> impl Strategy<Value = Vec<Button>> {
    vec(words().prop_map(|text| Button::quick_reply(text.chars().take(25).collect::<String>())), 0..4)
}

fn others() -> impl Strategy<Value = Vec<Button>> {
    let flow = json!({"type": "FLOW", "text": "Rate us", "flow_id": "1", "flow_action": "navigate"});
    let call = json!({"type": "VOICE_CALL", "text": "Call", "ttl_minutes": 1440});
    let button = |json: Value| serde_json::from_value::<Button>(json).unwrap();
    let maybe = |button: Button| option::of(Just(button));
    (
        maybe(Button::url("Track", "https://example.com/orders/{{1}}").example("A-42")),
        maybe(Button::url("Shop", "https://example.com")),
        maybe(Button::phone_number("Call us", "+14155550123")),
        maybe(Button::copy_code("SUN20")),
        maybe(button(flow)),
        maybe(button(call)),
    )
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].into_iter().flatten().collect())
}

/// Definitions as the builder makes them.
fn built() -> impl Strategy<Value = Definition> {
    let category = select(vec![Category::Marketing, Category::Utility]);
    let footer = option::of(Just("Reply STOP to opt out"));
    let names = (any::<bool>(), 0..4_usize);
    let ttl = option::of(Just(43_200_i64));
    (category, names, words(), header(), footer, (replies(), others(), any::<bool>()), ttl).prop_map(
        |(category, (named, count), words, header, footer, (replies, others, first), ttl)| {
            let names: Vec<_> =
                (1..=count).map(|n| if named { format!("part_{n}") } else { n.to_string() }).collect();
            let mut definition = header(Definition::new("t", "en_US", category));
            definition = definition.body(text_with(&names, &words));
            if named {
                definition =
                    names.iter().fold(definition, |definition, name| definition.example(name, "Ana"));
            } else if count > 0 {
                definition = definition.body_examples(vec!["Ana"; count]);
            }
            if let Some(footer) = footer {
                definition = definition.footer(footer);
            }
            if let Some(ttl) = ttl {
                definition = definition.ttl_seconds(ttl);
            }
            let buttons = if first { [replies, others] } else { [others, replies] };
            buttons.into_iter().flatten().fold(definition, Definition::button)
        },
    )
}

/// Definitions that are read from JSON: carousels, offers and one-time codes.
fn special() -> impl Strategy<Value = Definition> {
    let carousel =
        (2..=10_usize, any::<bool>(), select(vec!["IMAGE", "VIDEO"])).prop_map(|(count, body, format)| {
            let mut components =
                vec![json!({"type": "HEADER", "format": format, "example": {"header_handle": [HANDLE]}})];
            components.extend(body.then(|| json!({"type": "BODY", "text": "A roof"})));
            components.push(json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "More"},
            {"type": "URL", "text": "See", "url": "https://example.com/{{1}}", "example": ["1"]}]}));
            let cards = vec![json!({ "components": components }); count];
            json!({"name": "t", "language": "en", "category": "MARKETING",
            "components": [{"type": "BODY", "text": "Our roofs."}, {"type": "CAROUSEL", "cards": cards}]})
        });
    let offer = any::<bool>().prop_map(|expires| {
        json!({"name": "t", "language": "en", "category": "MARKETING", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [HANDLE]}},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": expires}},
            {"type": "BODY", "text": "Half the price."},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "SUN20"},
                {"type": "URL", "text": "Shop", "url": "https://example.com"}]}]})
    });
    let code = (select(vec!["COPY_CODE", "ONE_TAP", "ZERO_TAP"]), any::<bool>(), option::of(1..=90))
        .prop_map(|(way, warns, minutes)| {
            let app = json!({"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"});
            let button = json!({"type": "OTP", "otp_type": way, "text": "Copy", "supported_apps": [app],
                "zero_tap_terms_accepted": true});
            let mut components = vec![json!({"type": "BODY", "add_security_recommendation": warns})];
            components
                .extend(minutes.map(|minutes| json!({"type": "FOOTER", "code_expiration_minutes": minutes})));
            components.push(json!({"type": "BUTTONS", "buttons": [button]}));
            json!({"name": "t", "language": "en", "category": "AUTHENTICATION", "components": components})
        });
    let call = Just(json!({"name": "t", "language": "en", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "May we call you?"}, {"type": "CALL_PERMISSION_REQUEST"}]}));
    prop_oneof![carousel, offer, code, call].prop_map(|json| serde_json::from_value(json).unwrap())
}

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
        ("a header without example", |json| text_header(json, json!("News for {{1}}"))),
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
        ("two flows", |json| button(json, "FLOW", "flow_name", json!("rating"))),
        ("no flow", |json| button(json, "FLOW", "flow_id", Value::Null)),
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
fn hold(definitions: impl Strategy<Value = Definition>, spoilings: &[Spoiling]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let http = reqwest::Client::new();
    let left = RefCell::new(spoilings.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    for _ in 0..30 {
        // One that has run all its cases would try no more.
        let mut runner = TestRunner::new(config.clone());
        let tried = runner
            .run(&definitions, |definition| runtime.block_on(agree(&http, &definition, spoilings, &left)));
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
    let handle = sample(&simulator).await;
    let url = graph(&simulator, &list_of(&simulator));
    let submit = async |json: &Value| {
        let json: Value = serde_json::from_str(&json.to_string().replace(HANDLE, &handle)).unwrap();
        read(http.post(&url).bearer_auth(simulator.access_token()).json(&json).send().await.unwrap()).await
    };
    let json = serde_json::to_value(definition).unwrap();
    let ours = definition.validate();
    prop_assert!(ours.is_ok(), "{ours:?} of {json}");
    for (name, spoil) in spoilings {
        let Some(spoiled) = spoil(&json) else { continue };
        left.borrow_mut().remove(name);
        let ours = serde_json::from_value::<Definition>(spoiled.clone()).unwrap().validate();
        prop_assert!(ours.is_err(), "the check of the crate takes {name}: {spoiled}");
        let (status, answer) = submit(&spoiled).await;
        prop_assert_eq!(status.as_u16(), 400, "the simulator takes {}: {}: {}", name, spoiled, answer);
        prop_assert_eq!(&answer["error"]["code"], 100, "{}: {}", name, answer);
    }
    let (status, answer) = submit(&json).await;
    prop_assert_eq!(status.as_u16(), 200, "the simulator refuses {}: {}", json, answer);
    Ok(())
}

#[test]
fn what_is_built_is_taken_and_each_spoiling_of_it_refused() {
    let of_built = |(name, _): &Spoiling| !name.contains("offer");
    let spoilings = [of_definitions(), of_parts(), of_buttons()].concat();
    let spoilings: Vec<_> = spoilings.into_iter().filter(of_built).collect();
    hold(built(), &spoilings);
}

#[test]
fn carousels_offers_and_codes_are_taken_and_each_spoiling_of_them_refused() {
    let offers = of_parts().into_iter().filter(|(name, _)| name.contains("offer"));
    let spoilings: Vec<_> = of_cards_and_codes().into_iter().chain(of_definitions()).chain(offers).collect();
    hold(special(), &spoilings);
}
