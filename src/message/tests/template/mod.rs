mod limits;
mod orders;
mod places;
mod read;
mod write;

use super::{TO, bad_paths, body, problems};
use crate::{
    message::{
        Amount, Bill, Boleto, Content, GoodsType, Location, MediaSource, Message, OrderState, PixDynamicCode,
        ProductSection, Template, TemplateCard,
    },
    recipient::Recipient,
};
use serde_json::{Value, json};

fn offer() -> Template {
    Template::new("offer", "en")
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

/// The components as they are written.
fn components(template: Template) -> Value {
    body(template)["template"]["components"].clone()
}

/// The body of a message with these components, as another writer spells it.
fn message(components: &Value) -> Value {
    let template = json!({"name": "offer", "language": {"code": "en"}, "components": components});
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
        "type": "template", "template": template})
}

/// What becomes of components that are read, and what is wrong with them.
fn read(components: &Value) -> (Content, Value) {
    let message: Message = serde_json::from_value(message(components)).unwrap();
    let written = serde_json::to_value(&message).unwrap()["template"]["components"].clone();
    (message.content().clone(), written)
}

/// Reads components that nothing may be lost of, and gives what is wrong with them.
fn kept(components: &Value) -> Vec<String> {
    let (content, written) = read(components);
    assert_eq!(written, *components);
    assert!(matches!(content, Content::Template(_)), "not typed: {components}");
    problems(content)
}

fn button(sub_type: &str, parameters: &Value) -> Value {
    json!([{"type": "button", "sub_type": sub_type, "index": 0, "parameters": parameters}])
}

/// A body with one parameter.
fn filled(parameter: &Value) -> Value {
    json!([{"type": "body", "parameters": [parameter]}])
}

/// A bill of nothing but its total.
fn bill() -> Bill {
    Bill::brazil_total_only("A-42", GoodsType::Physical, Amount::minor(5_000))
}

fn bill_json() -> Value {
    json!({"reference_id": "A-42", "type": "physical-goods", "payment_type": "br", "currency": "BRL",
        "total_amount": {"value": 5000, "offset": 100}})
}

fn pix() -> PixDynamicCode {
    PixDynamicCode::new("000201")
}

fn pix_json() -> Value {
    json!({"type": "pix_dynamic_code", "pix_dynamic_code": {"code": "000201"}})
}

/// Sections with as many products each.
fn sections(counts: &[usize]) -> Vec<ProductSection> {
    counts.iter().map(|count| ProductSection::new("T", vec!["sku"; *count])).collect()
}

#[test]
fn a_one_time_code_goes_to_a_phone_number_only() {
    let problems = |to: Recipient, template: Template| match Message::new(to, template).validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    };
    let user = || Recipient::from("US.13491208655302741918");
    let code = || Template::authentication("login_code", "en_US", "123456");
    assert_eq!(problems(TO.into(), code()), [""; 0]);
    assert_eq!(problems(Recipient::PhoneAndUser(TO.into(), "US.134".into()), code()), [""; 0]);
    assert_eq!(
        problems(user(), code()),
        ["recipient: is a user id alone, which gets no one-time code: error 131062 \
          (the phone number, alone or beside it)"]
    );
    assert_eq!(
        problems(Recipient::group("Y2Fw"), code()),
        ["to: is a group, which gets no one-time code (the phone number of one person)"]
    );
    // What looks like one but was not made as one is Meta's to judge.
    let lookalike = || Template::new("login_code", "en_US").body(["123456"]).url_button(0, "123456");
    assert_eq!(problems(user(), lookalike()), [""; 0]);
    assert_eq!(problems(Recipient::group("Y2Fw"), lookalike()), [""; 0]);
    assert_eq!(code(), lookalike());
}

#[test]
fn a_person_reads_the_values_of_the_body() {
    let template = offer().header(["Hi"]).body(["Ana", "A-42"]).quick_reply(0, "stop");
    assert_eq!(template.body_texts().collect::<Vec<_>>(), ["Ana", "A-42"]);
    assert_eq!(Content::from(template).text().as_deref(), Some("offer: Ana, A-42"));
    assert_eq!(Content::from(offer()).text().as_deref(), Some("offer"));
}

#[test]
fn files_of_headers_and_cards_are_found() {
    use crate::message::Kind;
    let mut template = offer().header_document("1", "a.pdf").carousel([
        TemplateCard::image("2").body(["x"]),
        TemplateCard::product("9", "9"),
        TemplateCard::video(MediaSource::link("https://example.com/3")),
    ]);
    let found: Vec<_> = template.media().into_iter().map(|source| source.clone()).collect();
    assert_eq!(found, ["1".into(), "2".into(), MediaSource::link("https://example.com/3")]);
    for source in template.media() {
        *source = "new".into();
    }
    let again = offer().header_document("new", "a.pdf").carousel([
        TemplateCard::image("new").body(["x"]),
        TemplateCard::product("9", "9"),
        TemplateCard::video("new"),
    ]);
    assert_eq!(template, again);
    assert_eq!(offer().header_gif("1").media().len(), 1);
    assert_eq!(offer().header_video("1").media().len(), 1);
    assert_eq!(offer().header_image("1").media().len(), 1);
    assert_eq!(offer().body(["x"]).header_location(Location::new(1.0, 1.0).name("A")).media().len(), 0);
}

#[test]
fn debug_shows_no_values() {
    let secret = "private words";
    let shown = format!(
        "{:?}",
        offer()
            .header_document(MediaSource::link("https://example.com/?token=secret"), secret)
            .body([("name", secret)])
            .copy_code(0, secret)
            .flow_button(1, secret, json!({ secret: secret }))
            .tap_target(secret, "https://example.com/?token=secret")
            .order_status(secret, OrderState::from(secret), secret)
            .payment_request_button(2, PixDynamicCode::new(secret))
            .order_details_button(3, bill().setting(Boleto::new(secret)))
            .header_location(Location::new(1.0, 1.0).name(secret).address(secret))
            .carousel([TemplateCard::image("1").body([secret]).quick_reply(0, secret)])
    );
    assert!(
        !shown.contains("private") && !shown.contains("token=") && shown.contains("copy_code"),
        "{shown}"
    );
}
