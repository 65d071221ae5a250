//! What reviewers dislike.

use crate::template::{
    Button, Category, Definition, Finding, HeaderFormat, LimitedTimeOffer, Rule, Severity,
};
use serde_json::json;

fn utility(body: &str) -> Definition {
    Definition::new("a", "en", Category::Utility).body(body)
}

fn found(definition: &Definition) -> Vec<(String, Rule)> {
    definition.findings().into_iter().map(|finding| (finding.path, finding.rule)).collect()
}

/// The rules that find something in the body of a utility template.
fn rules(body: &str) -> Vec<Rule> {
    found(&utility(body)).into_iter().map(|(_, rule)| rule).filter(|rule| *rule != Rule::Limit).collect()
}

#[test]
fn a_plain_template_has_no_findings() {
    for body in [
        "Hello {{1}}, your order {{2}} is on its way.",
        "Your wholesale account was opened. More at https://shop.example.com/a?b=t.co",
        "您的订单 {{1}} 已发货",
        "OTP and SMS are sent by AT&T.",
    ] {
        assert_eq!(rules(body), [], "{body}");
    }
}

#[test]
fn words_of_advertising_are_found_in_utility_templates_only() {
    for body in [
        "Your discount is here now.",
        "Please BUY now, friend!",
        "Tu oferta de hoy está aquí.",
        "Pay less with Promo codes.",
    ] {
        assert_eq!(rules(body), [Rule::PromotionalWords], "{body}");
        assert!(Definition::new("a", "en", Category::Marketing).body(body).findings().is_empty(), "{body}");
    }
    let everywhere = utility("Your order shipped.").header_text("Summer sale").footer("A deal for you");
    assert_eq!(
        found(&everywhere),
        [
            ("components[0].text".to_owned(), Rule::PromotionalWords),
            ("components[2].text".to_owned(), Rule::PromotionalWords)
        ]
    );
}

#[test]
fn addresses_that_hide_or_lead_to_a_chat_are_found() {
    for (body, rule) in [
        ("Track it at https://bit.ly/x today.", Rule::ShortenedUrl),
        ("Track it at (tinyurl.com/x) today.", Rule::ShortenedUrl),
        ("Write us: https://wa.me/14155550123 now", Rule::WhatsAppLink),
        ("Write us: HTTPS://WWW.WA.ME/1 now", Rule::WhatsAppLink),
        ("Write us: api.whatsapp.com/send?phone=1 now", Rule::WhatsAppLink),
    ] {
        assert_eq!(rules(body), [rule], "{body}");
    }
    let button =
        utility("Track your order here.").button(Button::url("Go", "https://bit.ly/{{1}}").example("x"));
    assert_eq!(found(&button), [("components[1].buttons[0].url".to_owned(), Rule::ShortenedUrl)]);
}

#[test]
fn loud_texts_are_found() {
    assert_eq!(rules("YOUR ORDER {{1}} IS ON ITS WAY TO YOU."), [Rule::AllCapitals]);
    assert_eq!(rules(&format!("Your order shipped {}.", "🎉".repeat(11))), [Rule::ManyEmoji]);
    assert_eq!(rules(&format!("Your order shipped {}.", "🎉".repeat(10))), []);
}

#[test]
fn placeholders_need_words_around_them() {
    assert_eq!(rules("Hello dear {{1}} {{2}}, your order shipped."), [Rule::AdjacentPlaceholders]);
    assert_eq!(rules("Hello dear {{2}}, your order {{1}} shipped."), [Rule::PlaceholderOrder]);
    assert_eq!(rules("Hi {{1}} there."), [Rule::TooManyPlaceholders]);
    assert_eq!(rules("Hi {{1}} over there."), []);
    assert_eq!(rules("Hello."), [Rule::NoContext]);
}

#[test]
fn questions_for_secrets_are_found() {
    for body in ["Please send your card number to us.", "Reply with your password now."] {
        assert_eq!(rules(body), [Rule::SensitiveData], "{body}");
    }
}

#[test]
fn parts_that_do_not_go_together_are_found() {
    let offer = Definition::new("a", "en", Category::Marketing)
        .body("A quarter off everything.")
        .component(LimitedTimeOffer::new("Soon").expires(true));
    assert_eq!(found(&offer), vec![("components".to_owned(), Rule::OfferParts); 3]);
    let whole = offer
        .header_media(HeaderFormat::Image, "4::a")
        .button(Button::copy_code("A1"))
        .button(Button::url("Go", "https://example.com"));
    assert_eq!(found(&whole), []);
    let gif =
        utility("Your order shipped.").header_media(HeaderFormat::Gif, "https://scontent.example.com/a");
    assert_eq!(
        found(&gif),
        [
            ("components[0].format".to_owned(), Rule::GifOutsideMarketing),
            ("components[0].example.header_handle".to_owned(), Rule::SampleAddress)
        ]
    );
    let button = utility("Your order shipped.").button(Button::quick_reply("Yes 🎉"));
    assert_eq!(found(&button), [("components[1].buttons[0].text".to_owned(), Rule::ButtonText)]);
    let language = Definition::new("a", "xx", Category::Utility).body("Your order shipped.");
    assert_eq!(found(&language), [("language".to_owned(), Rule::UnknownLanguage)]);
}

#[test]
fn broken_limits_are_findings_too() {
    let findings = Definition::new("A", "en", Category::Utility).body("Your order shipped.").findings();
    assert_eq!(findings[0].severity, Severity::Error);
    assert_eq!((findings[0].path.as_str(), &findings[0].rule), ("name", &Rule::Limit));
}

#[test]
fn a_finding_can_be_kept() {
    let findings = utility("Your discount is here now.").findings();
    let json = serde_json::to_value(&findings).unwrap();
    assert_eq!(
        json,
        json!([{"path": "components[0].text", "severity": "warning", "rule": "promotional_words",
        "reason": "words of advertising: Meta moves such a template to marketing, or refuses it",
        "remedy": "take the advertising out, or submit it as marketing"}])
    );
    assert_eq!(serde_json::from_value::<Vec<Finding>>(json).unwrap(), findings);
}
