//! What a customer sees.

use crate::{
    message::{Location, TemplateCard},
    template::{Button, Category, Definition, HeaderFormat, LimitedTimeOffer},
};
use serde_json::json;

fn update() -> Definition {
    Definition::new("a", "en_US", Category::Utility)
        .header_text("For {{name}}")
        .body("Dear {{name}}, order {{order}}\nshipped.")
        .example("name", "Ana")
        .footer("Sunny Solar")
        .button(Button::url("Track", "https://example.com/{{1}}").example("https://example.com/A-42"))
        .button(Button::phone_number("Call", "+14155550123"))
        .button(Button::copy_code("SUN20"))
        .button(Button::quick_reply("Thanks"))
}

#[test]
fn examples_stand_for_what_is_not_filled_in() {
    assert_eq!(
        update().preview(None).to_string(),
        "For Ana\nDear Ana, order {{order}}\nshipped.\nSunny Solar\n[Track] https://example.com/A-42\n\
         [Call] +14155550123\n[Copy offer code] SUN20\n[Thanks]"
    );
}

#[test]
fn values_stand_where_they_were_filled_in() {
    let definition = update();
    let fill = definition.fill([("name", "Eve"), ("order", "B-7")]);
    let message = fill.url_button(0, "B-7").copy_code(2, "NEW1").build().unwrap();
    assert_eq!(
        definition.preview(&message).to_string(),
        "For Eve\nDear Eve, order B-7\nshipped.\nSunny Solar\n[Track] https://example.com/B-7\n\
         [Call] +14155550123\n[Copy offer code] NEW1\n[Thanks]"
    );
}

#[test]
fn files_places_and_codes_are_named() {
    let new = || Definition::new("a", "en", Category::Marketing).body("Hi");
    let document = new().header_media(HeaderFormat::Document, "4::a");
    assert_eq!(document.preview(None).to_string(), "(document)\nHi");
    let message = document.fill(()).header_document("55", "Bill.pdf").build().unwrap();
    let preview = document.preview(&message);
    assert_eq!(preview.to_string(), "(document Bill.pdf)\nHi");
    assert_eq!(preview.header.unwrap().file.as_deref(), Some("55"));
    let place = new().header_location();
    let message = place.fill(()).header_location(Location::new(1.5, -2.0)).build().unwrap();
    assert_eq!(place.preview(&message).to_string(), "(location 1.5, -2)\nHi");
    let offer = new().component(LimitedTimeOffer::new("Ends soon"));
    assert_eq!(offer.preview(None).to_string(), "Ends soon\nHi");

    let code: Definition = serde_json::from_value(json!({"name": "a", "language": "en", "category": "AUTHENTICATION",
        "components": [{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]}))
    .unwrap();
    let message = code.fill(["123456"]).build().unwrap();
    assert_eq!(
        code.preview(&message).to_string(),
        "*123456* is your verification code. For your security, do not share this code.\n\
         This code expires in 10 minutes.\n[Copy code] 123456"
    );
}

#[test]
fn cards_are_shown_in_their_order() {
    let card = json!({"components": [{"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": "The {{1}}\ntour"}]});
    let tours: Definition =
        serde_json::from_value(json!({"name": "a", "language": "en", "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Look:"}, {"type": "CAROUSEL", "cards": [card, card]}]}))
        .unwrap();
    let card = |tour: &str| TemplateCard::video("55").body([tour]);
    let message = tours.fill(()).carousel([card("coast"), card("hills")]).build().unwrap();
    assert_eq!(
        tours.preview(&message).to_string(),
        "Look:\ncard 1:\n  (video)\n  The coast\n  tour\ncard 2:\n  (video)\n  The hills\n  tour"
    );
}

#[test]
fn a_card_of_html_shows_styles_and_links() {
    let html = Definition::new("a", "pt_BR", Category::Marketing)
        .header_text("Oi *{{1}}*")
        .header_example("a")
        .body("*Bold _both_* ~no~ `code`\nnext")
        .button(Button::url("Go", "https://example.com/?a=1&b=2"))
        .preview(None)
        .html();
    assert!(html.starts_with("<article lang=\"pt-BR\" style=\""), "{html}");
    // WhatsApp shows no styles in headers.
    assert!(html.contains(">Oi *a*</p>"), "{html}");
    assert!(html.contains("><b>Bold <i>both</i></b> <s>no</s> <code>code</code>\nnext</p>"), "{html}");
    assert!(html.contains(" href=\"https://example.com/?a=1&amp;b=2\">Go</a></article>"), "{html}");
}

#[test]
fn hostile_words_stay_words() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>\0";
    let definition: Definition = serde_json::from_value(json!({"name": HOSTILE, "language": HOSTILE, "category": "MARKETING",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": format!("{HOSTILE} {{{{1}}}}"), "example": {"header_text": [HOSTILE]}},
            {"type": "BODY", "text": format!("*{HOSTILE}* `{HOSTILE}` {{{{1}}}}"), "example": {"body_text": [[HOSTILE]]}},
            {"type": "FOOTER", "text": HOSTILE},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": HOSTILE}},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": HOSTILE, "url": "javascript:alert(1)"},
                {"type": "URL", "text": "x", "url": "https://example.com/{{1}}", "example": ["\" onclick=\"alert(3)"]},
                {"type": "URL", "text": "x", "url": "https://example.com/?\"onclick='x'<>"},
                {"type": HOSTILE}, {"type": "COPY_CODE", "example": HOSTILE}]},
            {"type": "CAROUSEL", "cards": [{"components": [{"type": "HEADER", "format": HOSTILE}, {"type": "BODY", "text": HOSTILE}]}]}]}))
    .unwrap();
    let html = definition.preview(None).html();
    let tags: Vec<_> = html.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap()).collect();
    let known = [
        "article", "/article", "p", "/p", "a", "/a", "b", "/b", "code", "/code", "span", "/span", "div",
        "/div", "section", "/section",
    ];
    assert!(tags.iter().all(|tag| known.contains(tag)), "{tags:?}");
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        // Each attribute is one of ours, and none is broken out of.
        let outside: String = tag.split('"').step_by(2).collect();
        let names = ["lang=", "style=", "dir=", "rel=", "href=", "title="];
        assert!(outside.split(' ').skip(1).all(|name| names.contains(&name)), "{outside}");
    }
    assert!(!html.contains("href=\"javascript"), "{html}");
    assert!(!html.contains('\0'));
    assert!(html.contains("href=\"https://example.com/?&quot;onclick=&#39;x&#39;&lt;&gt;\""), "{html}");
}
