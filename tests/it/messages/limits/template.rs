//! Templates.

use super::{Known, Limit};
use serde_json::{Value, json};
use whatsapp_business::{
    message::{CallButton, Parameters, Template, TemplateCard},
    time::Timestamp,
};

pub(super) fn limits(known: &Known) -> Vec<Limit> {
    [texts(known), buttons(), cards(known)].into_iter().flatten().collect()
}

fn offer() -> Template {
    Template::new("offer", "en")
}

/// A template of these components, as it was approved.
fn approved(components: &[Value]) -> Value {
    json!({"name": "offer", "language": "en", "category": "MARKETING", "components": components})
}

fn body() -> Value {
    json!({"type": "BODY", "text": "{{1}}"})
}

fn plain_body() -> Value {
    json!({"type": "BODY", "text": "Hello."})
}

/// A template with these buttons.
fn with_buttons(buttons: &Value) -> Value {
    approved(&[plain_body(), json!({"type": "BUTTONS", "buttons": buttons})])
}

fn texts(known: &Known) -> Vec<Limit> {
    let name = "x".repeat(Template::MAX_NAME);
    let code = json!({"name": "offer", "language": "en", "category": "AUTHENTICATION", "components": [
        {"type": "BODY", "add_security_recommendation": true},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
    let expiring = json!({"type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "Ends soon", "has_expiration": true}});
    vec![
        Limit::most("Template::MAX_NAME", Template::MAX_NAME, |length| {
            Template::new("x".repeat(length), "en")
        })
        .approved(
            json!({"name": name, "language": "en", "category": "MARKETING", "components": [plain_body()]}),
        ),
        Limit::text("Parameters::MAX_TEXT", Parameters::MAX_TEXT, |text| offer().body([text]))
            .approved(approved(&[body()])),
        Limit::text("Template::MAX_HEADER", Template::MAX_HEADER, |text| offer().header([text])).approved(
            approved(&[json!({"type": "HEADER", "format": "TEXT", "text": "{{1}}"}), plain_body()]),
        ),
        Limit::text("Template::MAX_BODY_WITH_OFFER", Template::MAX_BODY_WITH_OFFER, |text| {
            let offer = offer().header_image(&known.image).body([text]);
            offer.limited_time_offer(Timestamp::from_seconds(1_900_000_000))
        })
        .approved(approved(&[json!({"type": "HEADER", "format": "IMAGE"}), body(), expiring])),
        Limit::new(
            "Template::MAX_ONE_TIME_CODE",
            Template::authentication("offer", "en", "1".repeat(Template::MAX_ONE_TIME_CODE)),
            Template::authentication("offer", "en", "1".repeat(Template::MAX_ONE_TIME_CODE + 1)),
        )
        .approved(code),
    ]
}

fn buttons() -> Vec<Limit> {
    let replies = vec![json!({"type": "QUICK_REPLY", "text": "Yes"}); Template::MAX_BUTTONS];
    let url = with_buttons(&json!([{"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"}]));
    let call = with_buttons(&json!([{"type": "VOICE_CALL", "text": "Call"}]));
    vec![
        Limit::most("Template::MAX_BUTTONS", Template::MAX_BUTTONS, |count| {
            offer().quick_reply(u8::try_from(count - 1).unwrap(), "yes")
        })
        .approved(with_buttons(&json!(replies))),
        Limit::text("Template::MAX_PAYLOAD", Template::MAX_PAYLOAD, |text| offer().quick_reply(0, text))
            .approved(with_buttons(&json!([{"type": "QUICK_REPLY", "text": "Yes"}]))),
        Limit::text("Template::MAX_URL", Template::MAX_URL, |text| offer().url_button(0, text)).approved(url),
        Limit::text("Template::MAX_COUPON_CODE", Template::MAX_COUPON_CODE, |text| {
            offer().copy_code(0, text)
        })
        .approved(with_buttons(&json!([{"type": "COPY_CODE", "example": "SUN20"}]))),
        Limit::text("CallButton::MAX_PAYLOAD", CallButton::MAX_PAYLOAD, |text| {
            offer().call_button(0, None, text.as_str())
        })
        .approved(call),
    ]
}

fn cards(known: &Known) -> Vec<Limit> {
    let header = json!({"type": "HEADER", "format": "IMAGE"});
    let replies =
        json!({"type": "BUTTONS", "buttons": vec![json!({"type": "QUICK_REPLY", "text": "Yes"}); 2]});
    let carousel = |components: &[Value], count: usize| {
        let cards = vec![json!({ "components": components }); count];
        approved(&[plain_body(), json!({"type": "CAROUSEL", "cards": cards})])
    };
    let card = || TemplateCard::image(&known.image);
    let many = |count: usize| offer().carousel(vec![card(); count]);
    vec![
        Limit::least("Template::MIN_CARDS", Template::MIN_CARDS, many)
            .approved(carousel(&[header.clone()], Template::MIN_CARDS)),
        Limit::most("Template::MAX_CARDS", Template::MAX_CARDS, many)
            .approved(carousel(&[header.clone()], Template::MAX_CARDS)),
        Limit::text("TemplateCard::MAX_BODY", TemplateCard::MAX_BODY, |text| {
            offer().carousel([card().body(["x"]), card().body([text])])
        })
        .approved(carousel(&[header.clone(), body()], 2)),
        Limit::most("TemplateCard::MAX_BUTTONS", TemplateCard::MAX_BUTTONS, |count| {
            offer().carousel([card(), card().quick_reply(u8::try_from(count - 1).unwrap(), "yes")])
        })
        .approved(carousel(&[header, replies], 2)),
    ]
}
