use super::{assert_kept, assert_round_trip, bad_paths, body, long, media_ids, problems, read, rewritten};
use crate::message::{Content, Flow, Header, Message};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn theirs(parameters: &Value) -> Value {
    json!({"type": "flow", "body": {"text": "Choose."}, "action": {"name": "flow", "parameters": parameters}})
}

fn parameters(flow: Flow) -> Value {
    body(flow)["interactive"]["action"]["parameters"].clone()
}

#[test]
fn a_flow_is_written_as_meta_documents_it() {
    let flow = Flow::id("Choose.", "1270044", "Book!")
        .header("Survey")
        .footer("It takes an hour")
        .token("visit-42")
        .navigate_with("TIMES", json!({"city": "Lisbon", "price": 100}));
    assert_eq!(
        body(flow.clone()),
        json!({"type": "interactive", "interactive": {
            "type": "flow",
            "header": {"type": "text", "text": "Survey"},
            "body": {"text": "Choose."},
            "footer": {"text": "It takes an hour"},
            "action": {"name": "flow", "parameters": {
                "flow_message_version": "3",
                "flow_token": "visit-42",
                "flow_id": "1270044",
                "flow_cta": "Book!",
                "flow_action": "navigate",
                "flow_action_payload": {"screen": "TIMES", "data": {"city": "Lisbon", "price": 100}},
            }},
        }})
    );
    assert_eq!(problems(flow.clone()), [""; 0]);
    assert_eq!((flow.body(), flow.cta()), ("Choose.", "Book!"));
    assert_round_trip(flow);
}

#[test]
fn only_what_is_set_of_a_flow_is_written() {
    let short = |flow: Flow| {
        assert_eq!(problems(flow.clone()), [""; 0]);
        assert_round_trip(flow.clone());
        parameters(flow)
    };
    assert_eq!(
        short(Flow::named("x", "survey", "Book")),
        json!({"flow_message_version": "3", "flow_name": "survey", "flow_cta": "Book"})
    );
    assert_eq!(
        short(Flow::id("x", "1", "Book").draft().data_exchange()),
        json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "mode": "draft",
            "flow_action": "data_exchange"})
    );
    assert_eq!(
        short(Flow::id("x", "1", "Book").navigate("TIMES")),
        json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_action": "navigate",
            "flow_action_payload": {"screen": "TIMES"}})
    );
}

#[test]
fn the_last_way_to_open_a_flow_counts() {
    let flow = || Flow::id("x", "1", "Book");
    assert_eq!(flow().navigate_with("A", json!({"a": 1})).data_exchange(), flow().data_exchange());
    assert_eq!(flow().data_exchange().navigate("B"), flow().navigate("B"));
}

#[test]
fn data_is_anything_that_becomes_an_object() {
    #[derive(Serialize)]
    struct Visit<'a> {
        city: &'a str,
    }
    let data = |flow: Flow| parameters(flow)["flow_action_payload"]["data"].clone();
    let flow = || Flow::id("x", "1", "Book");
    let object = json!({"city": "Lisbon"});
    assert_eq!(data(flow().navigate_with("A", Visit { city: "Lisbon" })), object);
    assert_eq!(data(flow().navigate_with("A", BTreeMap::from([("city", "Lisbon")]))), object);
    assert_eq!(data(flow().navigate_with("A", &object)), object);
    let text = flow().navigate_with("A", object.to_string());
    assert_eq!(data(text.clone()), json!(r#"{"city":"Lisbon"}"#));
    assert_eq!(problems(text.clone()), [""; 0]);
    assert_round_trip(text);
    assert_eq!(flow().navigate_with("A", None::<Visit<'_>>), flow().navigate("A"));
}

#[test]
fn data_that_is_no_object_or_empty_is_refused() {
    let flow = |data: Value| Flow::id("x", "1", "Book").navigate_with("A", data);
    let place = "interactive.action.parameters.flow_action_payload.data: is empty or no object (an object with at least 1 member)";
    for data in [json!({}), json!([1]), json!("x"), json!("{}"), json!(7)] {
        assert_eq!(problems(flow(data.clone())), [place]);
        assert_round_trip(flow(data));
    }
    let no_json = Flow::id("x", "1", "Book").navigate_with("A", BTreeMap::from([((1, 2), "x")]));
    assert_eq!(problems(no_json.clone()), [place]);
    assert_round_trip(no_json);
}

#[test]
fn every_limit_of_a_flow_holds_at_its_edge_and_breaks_one_past_it() {
    let flow = |body, text, cta| Flow::id(long(body), "1", long(cta)).header(long(text)).footer(long(text));
    assert_eq!(problems(flow(1024, 60, 30)), [""; 0]);
    let paths = [
        "interactive.header.text",
        "interactive.body.text",
        "interactive.footer.text",
        "interactive.action.parameters.flow_cta",
    ];
    assert_eq!(bad_paths(flow(1025, 61, 31)), paths);
    assert_eq!(bad_paths(flow(0, 0, 0)), paths);
    assert_eq!(
        bad_paths(Flow::id("x", "", "x").token("").navigate_with(" ", json!({}))),
        [
            "interactive.action.parameters.flow_id",
            "interactive.action.parameters.flow_token",
            "interactive.action.parameters.flow_action_payload.screen",
            "interactive.action.parameters.flow_action_payload.data",
        ]
    );
    assert_eq!(bad_paths(Flow::named("x", "", "x")), ["interactive.action.parameters.flow_name"]);
}

#[test]
fn the_button_of_a_flow_has_no_emoji_but_any_letters() {
    for cta in ["Book 🗓", "☎️", "Go ✅", "⏰", "🇵🇹", "1️⃣", "🀄"] {
        assert_eq!(
            problems(Flow::id("x", "1", cta)),
            ["interactive.action.parameters.flow_cta: has an emoji (no emoji)"],
            "{cta}"
        );
    }
    for cta in ["Reservar já", "予約する", "احجز الآن", "Book → now ✓ №1 ™ #1", "बुक करें"]
    {
        assert_eq!(problems(Flow::id("x", "1", cta)), [""; 0], "{cta}");
    }
}

#[test]
fn nulls_and_numbers_of_other_writers_are_read() {
    let nulls = json!({"flow_message_version": 3, "flow_id": 1_270_044, "flow_name": null, "flow_cta": "Book",
        "mode": null, "flow_token": null, "flow_action": null, "flow_action_payload": null});
    assert_eq!(read(&theirs(&nulls)), Flow::id("Choose.", "1270044", "Book").into());
    let screenless = json!({"flow_message_version": "3", "flow_name": "survey", "flow_cta": "Book",
        "mode": "published", "flow_action": "navigate", "flow_action_payload": {"screen": null, "data": null}});
    assert_eq!(
        rewritten(&theirs(&screenless))["action"]["parameters"],
        json!({"flow_message_version": "3", "flow_name": "survey", "flow_cta": "Book",
            "mode": "published", "flow_action": "navigate", "flow_action_payload": {}})
    );
    // The action is navigate unless it is named.
    let nameless = json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book",
        "flow_action_payload": {"screen": "A", "data": "{\"a\":1}"}});
    let Content::Flow(flow) = read(&theirs(&nameless)) else { panic!("not a flow") };
    assert_eq!(problems(flow.clone()), [""; 0]);
    assert_eq!(parameters(flow), nameless);
}

#[test]
fn data_comes_out_digit_by_digit_as_it_went_in() {
    let body = concat!(
        r#"{"to":"+14155552671","type":"interactive","interactive":{"type":"flow","body":{"text":"x"},"#,
        r#""action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"x","#,
        r#""flow_action_payload":{"data":{"z":12345678901234567890123,"a":1.10}}}}}}"#
    );
    let message: Message = serde_json::from_str(body).unwrap();
    assert!(matches!(message.content(), Content::Flow(_)));
    let written = serde_json::to_string(&message).unwrap();
    assert!(written.contains(r#""data":{"z":12345678901234567890123,"a":1.10}"#), "{written}");
}

#[test]
fn a_flow_that_is_not_as_documented_is_kept() {
    let with = |members: Value| {
        let mut all = json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "x"});
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        theirs(&all)
    };
    assert_kept(&with(json!({"flow_message_version": "4"})), "action has another flow_message_version");
    assert_kept(&with(json!({"flow_name": "survey"})), "action has both a flow_id and a flow_name");
    assert_kept(&with(json!({"flow_id": null})), "missing field flow_id");
    assert_kept(&with(json!({"flow_step": 1})), "unknown field flow_step");
    assert_kept(&with(json!({"mode": "preview"})), "a member is of the wrong type");
    let exchange = json!({"flow_action": "data_exchange", "flow_action_payload": {"screen": "A"}});
    assert_kept(&with(exchange), "action has a flow_action_payload and no navigate");
    let more = json!({"flow_action_payload": {"screen": "A", "step": 1}});
    assert_kept(&with(more), "unknown field step");
}

#[test]
fn a_flow_takes_headers_of_every_kind() {
    for header in [Header::image("1"), Header::video("1"), Header::document("1")] {
        let flow = Flow::id("x", "1", "Book").header(header);
        assert_eq!(problems(flow.clone()), [""; 0]);
        assert_round_trip(flow.clone());
        assert_eq!(media_ids(flow), ["1"]);
    }
}
