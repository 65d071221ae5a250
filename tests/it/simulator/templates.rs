//! Template sends.

use super::{
    ANA, assert_refused, call, definitions::notice, message_id, post, read, receiver::Receiver, send, taken,
};
use reqwest::Method;
use serde_json::{Value, json};
use whatsapp_business::{
    Error, message,
    simulator::{ApprovedTemplate, Phone, Simulator, User},
};

fn template(components: Value) -> Value {
    let mut content =
        json!({"type": "template", "template": {"name": "order_update", "language": {"code": "en_US"}}});
    content["template"]["components"] = components;
    content
}

fn body(texts: &[&str]) -> Value {
    let parameters: Vec<_> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
    json!({"type": "body", "parameters": parameters})
}

fn link(suffix: &str) -> Value {
    json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": suffix}]})
}

async fn simulator() -> Simulator {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(
        ApprovedTemplate::new("order_update", "en_US", "Hello {{1}}, order {{2}} is on its way.")
            .footer("Sunny Solar")
            .url_button("Track", "https://example.com/orders/{{1}}")
            .quick_reply("Call me"),
    );
    simulator
}

#[tokio::test]
async fn a_template_needs_no_window_and_shows_its_text_filled_in() {
    let simulator = simulator().await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = simulator.user(ANA);
    let answer = send(&simulator, template(json!([body(&["Ana", "A-42"]), link("A-42")]))).await;
    let id = message_id(&answer);
    assert_eq!(answer.1["messages"][0]["message_status"], "accepted");

    let seen = ana.newest().unwrap();
    assert_eq!(seen.text.as_deref(), Some("Hello Ana, order A-42 is on its way."));
    assert_eq!(seen.footer.as_deref(), Some("Sunny Solar"));
    assert_eq!(seen.buttons[0].id, "https://example.com/orders/A-42");
    assert!(ana.taps("https://example.com/orders/A-42").await.is_err());
    ana.taps("Call me").await.unwrap();
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    assert_eq!(values[0]["statuses"][0]["pricing"]["category"], "utility");
    let tap = &values.last().unwrap()["messages"][0];
    assert_eq!(tap["type"], "button");
    assert_eq!(tap["button"], json!({"payload": "Call me", "text": "Call me"}));
    assert_eq!(tap["context"]["id"], id);
}

#[tokio::test]
async fn what_does_not_fit_the_approved_template_is_refused() {
    let simulator = simulator().await;
    let fitting = || body(&["Ana", "A-42"]);
    let wrong_button = json!({"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": []});
    let no_button = json!({"type": "button", "sub_type": "url", "index": 2, "parameters": []});
    let image = json!({"type": "body", "parameters": [{"type": "image"}, {"type": "text", "text": "a"}]});
    for (components, code) in [
        (json!([link("x")]), 132_000),
        (json!([body(&["Ana"]), link("x")]), 132_000),
        (json!([body(&["Ana", "A", "B"]), link("x")]), 132_000),
        (
            json!([fitting(), {"type": "header", "parameters": [{"type": "text", "text": "x"}]}, link("x")]),
            132_000,
        ),
        (json!([fitting(), link("x"), no_button]), 132_000),
        (json!([fitting(), wrong_button]), 132_012),
        (json!([image, link("x")]), 132_012),
        (json!([fitting()]), 131_008),
        (json!([body(&["Ana", ""]), link("x")]), 131_008),
        (json!([body(&["Ana", "A\nB"]), link("x")]), 132_018),
        (json!([body(&["Ana", &"x".repeat(1024)]), link("x")]), 132_005),
        (json!([{"type": "feet"}]), 100),
    ] {
        assert_refused(&send(&simulator, template(components)).await, 400, code);
    }
    let mut unknown = template(json!([fitting(), link("x")]));
    unknown["template"]["language"]["code"] = json!("en_GB");
    assert_refused(&send(&simulator, unknown).await, 404, 132_001);
    assert!(simulator.sent().is_empty());
}

#[tokio::test]
async fn a_number_sends_the_templates_of_its_own_account() {
    let simulator = Simulator::start().await.unwrap();
    let shop = simulator.add_phone(Phone::new("300", "30", "+1 555 010 0003")).unwrap();
    let template = || message::Template::new("ship", "en_US");
    let code = |error: Error| error.api().unwrap().code;
    simulator.approve_template(ApprovedTemplate::new("ship", "en_US", "Your panels ship."));
    assert_eq!(shop.send(ANA, template()).await.map_err(code).unwrap_err(), 132_001);

    taken(call(&simulator, Method::POST, "30/message_templates", notice("ship", "en_US")).await);
    simulator.phone().send(ANA, template()).await.unwrap();
    shop.send(ANA, template()).await.unwrap();
    let ana = simulator.user(ANA);
    let newest = |user: User| user.newest().unwrap().text.unwrap();
    assert_eq!(newest(ana.clone()), "Your panels ship.");
    assert_eq!(newest(ana.in_chat_with(shop.id())), "Your order is on its way.");

    simulator.pause_template("ship", "en_US").unwrap();
    assert_eq!(simulator.phone().send(ANA, template()).await.map_err(code).unwrap_err(), 132_015);
    shop.send(ANA, template()).await.unwrap();
}

#[tokio::test]
async fn named_parameters_are_matched_by_name() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::new(
        "order_update",
        "en_US",
        "{{order}} for {{first_name}}!",
    ));
    let named = |pairs: &[(&str, &str)]| {
        let parameter =
            |(name, text): &(&str, &str)| json!({"type": "text", "parameter_name": name, "text": text});
        template(json!([{"type": "body", "parameters": pairs.iter().map(parameter).collect::<Vec<_>>()}]))
    };
    message_id(&send(&simulator, named(&[("first_name", "Ana"), ("order", "A-42")])).await);
    assert_eq!(simulator.user(ANA).newest().unwrap().text.as_deref(), Some("A-42 for Ana!"));
    for (wrong, code) in [
        (named(&[("first_name", "Ana"), ("last_name", "B")]), 132_012),
        (named(&[("order", "A"), ("order", "B")]), 132_012),
        (named(&[("order", "A")]), 132_000),
        (template(json!([body(&["A-42", "Ana"])])), 100),
    ] {
        assert_refused(&send(&simulator, wrong).await, 400, code);
    }
}

#[tokio::test]
async fn a_header_with_a_picture_wants_a_picture() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::new("order_update", "en_US", "Look.").header_image());
    let header = |parameter: Value| template(json!([{"type": "header", "parameters": [parameter]}]));
    let picture = json!({"type": "image", "image": {"link": "https://example.com/roof.png"}});
    message_id(&send(&simulator, header(picture)).await);
    assert_eq!(simulator.user(ANA).newest().unwrap().media.as_deref(), Some("https://example.com/roof.png"));
    assert_refused(&send(&simulator, header(json!({"type": "text", "text": "x"}))).await, 400, 132_012);
    assert_refused(&send(&simulator, template(json!([]))).await, 400, 132_000);
}

#[tokio::test]
async fn an_authentication_template_needs_a_phone_number() {
    let simulator = Simulator::start().await.unwrap();
    let code =
        ApprovedTemplate::new("order_update", "en_US", "{{1}} is your code.").category("AUTHENTICATION");
    simulator.approve_template(code);
    let mut request = template(json!([body(&["123456"])]));
    message_id(&send(&simulator, request.clone()).await);
    request["messaging_product"] = json!("whatsapp");
    request["recipient"] = json!(simulator.user(ANA).user_id());
    assert_refused(&read(post(&simulator, &request).await.unwrap()).await, 400, 131_062);
}
