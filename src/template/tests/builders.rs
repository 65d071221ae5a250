//! Every component, button and option that has a constructor, as Meta documents its JSON.

use crate::template::{
    Button, Card, Carousel, Category, CreativeFeature, Definition, FlowIcon, HeaderFormat, Language,
    LibraryButton, LimitedTimeOffer, SubCategory, SupportedApp,
};
use serde_json::{Value, json};

fn new() -> Definition {
    Definition::new("a", "en", Category::Marketing)
}

fn components(definition: &Definition) -> Value {
    let written = serde_json::to_value(definition).unwrap();
    assert_eq!(&serde_json::from_value::<Definition>(written.clone()).unwrap(), definition);
    written["components"].clone()
}

#[test]
fn headers() {
    let handle = |format: HeaderFormat| components(&new().header_media(format, "4::a"));
    for (format, spelling) in [
        (HeaderFormat::Image, "IMAGE"),
        (HeaderFormat::Video, "VIDEO"),
        (HeaderFormat::Gif, "GIF"),
        (HeaderFormat::Document, "DOCUMENT"),
    ] {
        assert_eq!(
            handle(format),
            json!([{"type": "HEADER", "format": spelling, "example": {"header_handle": ["4::a"]}}])
        );
    }
    assert_eq!(components(&new().header_location()), json!([{"type": "HEADER", "format": "LOCATION"}]));
    assert_eq!(components(&new().header_product()), json!([{"type": "HEADER", "format": "PRODUCT"}]));
}

#[test]
fn buttons() {
    let app = || SupportedApp::new("com.example.shop", "K8a/AINcGX7");
    let apps = json!([{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]);
    for (button, expected) in [
        (Button::copy_one_time_code(), json!({"type": "OTP", "otp_type": "COPY_CODE"})),
        (
            Button::one_tap([app()]).label("Copy").autofill_text("Fill in"),
            json!({"type": "OTP", "otp_type": "ONE_TAP", "text": "Copy", "autofill_text": "Fill in", "supported_apps": apps}),
        ),
        (
            Button::zero_tap([app()]),
            json!({"type": "OTP", "otp_type": "ZERO_TAP", "zero_tap_terms_accepted": true, "supported_apps": apps}),
        ),
        (
            Button::flow("Rate", "11").opens_screen("START").icon(FlowIcon::Review),
            json!({"type": "FLOW", "text": "Rate", "flow_id": "11", "flow_action": "navigate", "navigate_screen": "START",
                "icon": "REVIEW"}),
        ),
        (
            Button::flow_named("Rate", "rate").asks_endpoint(),
            json!({"type": "FLOW", "text": "Rate", "flow_name": "rate", "flow_action": "data_exchange"}),
        ),
        (Button::flow_json("Rate", "{}"), json!({"type": "FLOW", "text": "Rate", "flow_json": "{}"})),
        (Button::catalog(), json!({"type": "CATALOG", "text": "View catalog"})),
        (Button::multi_product(), json!({"type": "MPM", "text": "View items"})),
        (Button::single_product(), json!({"type": "SPM", "text": "View"})),
        (
            Button::voice_call().label("Call").works_for_minutes(1440),
            json!({"type": "VOICE_CALL", "text": "Call", "ttl_minutes": 1440}),
        ),
        (Button::request_contact_info(), json!({"type": "REQUEST_CONTACT_INFO"})),
        (Button::order_details("Buy now"), json!({"type": "ORDER_DETAILS", "text": "Buy now"})),
        (
            Button::payment_request("Pay", "boleto"),
            json!({"type": "PAYMENT_REQUEST", "text": "Pay", "payment_setting": {"type": "boleto"}}),
        ),
        (
            Button::url("Go", "https://example.com").app_deep_link(
                "12",
                "shop://a",
                "https://play.example.com",
            ),
            json!({"type": "URL", "text": "Go", "url": "https://example.com", "app_deep_link": {"meta_app_id": "12",
                "android_deep_link": "shop://a", "android_fallback_playstore_url": "https://play.example.com"}}),
        ),
    ] {
        assert_eq!(serde_json::to_value(&button).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Button>(expected).unwrap(), button);
    }
}

#[test]
fn codes_have_no_words_of_their_own() {
    let definition = Definition::new("a", "en", Category::Authentication)
        .button(Button::copy_one_time_code())
        .code_expiration_minutes(10)
        .security_recommendation(true);
    assert!(definition.validate().is_ok());
    assert_eq!(
        components(&definition),
        json!([{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}])
    );
}

#[test]
fn what_stands_beside_the_body() {
    let offer = LimitedTimeOffer::new("Ends soon").expires(true);
    let card = || {
        Card::new()
            .header_media(HeaderFormat::Image, "4::a")
            .body("Rare {{1}} here")
            .body_examples(["lemons"])
            .button(Button::quick_reply("More"))
            .button(Button::url("Buy", "https://example.com"))
    };
    let product = || Card::new().header_product().button(Button::single_product());
    assert_eq!(
        components(&new().component(offer).call_permission_request()),
        json!([{"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": true}},
            {"type": "CALL_PERMISSION_REQUEST"}])
    );
    assert_eq!(
        components(&new().component(Carousel::new([card()])))[0]["cards"],
        json!([{"components": [{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": "Rare {{1}} here", "example": {"body_text": [["lemons"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "More"},
                {"type": "URL", "text": "Buy", "url": "https://example.com"}]}]}])
    );
    assert_eq!(
        components(&new().component(Carousel::new([product(), product()])))[0]["cards"][1],
        json!({"components": [{"type": "HEADER", "format": "PRODUCT"},
            {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]})
    );
}

#[test]
fn options_stand_beside_the_components() {
    let definition = Definition::new("a", Language::PortugueseBrazil, Category::Utility)
        .sub_category(SubCategory::OrderStatus)
        .link_tracking_opt_out(true)
        .creative_feature(CreativeFeature::ImageTouchups, true)
        .creative_feature(CreativeFeature::ImageAnimation, false);
    assert_eq!(
        serde_json::to_value(&definition).unwrap(),
        json!({"name": "a", "language": "pt_BR", "category": "UTILITY", "sub_category": "ORDER_STATUS",
            "cta_url_link_tracking_opted_out": true, "degrees_of_freedom_spec": {"creative_features_spec": {
                "image_touchups": {"enroll_status": "OPT_IN"}, "image_animation": {"enroll_status": "OPT_OUT"}}}})
    );
    let library = Definition::from_library("a", "en", "delivery_update_1")
        .library_input("add_contact_number", true)
        .library_button(LibraryButton::url("https://example.com/{{1}}", "https://example.com/x"))
        .library_button(LibraryButton::phone_number("+14155550123"));
    assert!(library.validate().is_ok());
    assert_eq!(
        serde_json::to_value(&library).unwrap(),
        json!({"name": "a", "language": "en", "category": "UTILITY", "library_template_name": "delivery_update_1",
            "library_template_body_inputs": {"add_contact_number": true}, "library_template_button_inputs": [
                {"type": "URL", "url": {"base_url": "https://example.com/{{1}}", "url_suffix_example": "https://example.com/x"}},
                {"type": "PHONE_NUMBER", "phone_number": "+14155550123"}]})
    );
    let code = Definition::from_library("a", "en", "verify_code_1")
        .categorised(Category::Authentication)
        .library_button(LibraryButton::one_time_code(&Button::copy_one_time_code().label("Copy")));
    assert_eq!(
        serde_json::to_value(&code).unwrap(),
        json!({"name": "a", "language": "en", "category": "AUTHENTICATION", "library_template_name": "verify_code_1",
            "library_template_button_inputs": [{"type": "OTP", "otp_type": "COPY_CODE"}]})
    );
}

#[test]
fn every_listed_language_is_a_code_that_is_taken() {
    for language in Language::KNOWN {
        let definition = Definition::new("a", language.as_str(), Category::Utility).body("Hello there.");
        assert!(definition.validate().is_ok(), "{language}");
        assert!(definition.findings().is_empty(), "{language}");
    }
}
