//! Every component and button that Meta documents: read without loss, and without a broken limit.

use super::{problems, rewritten};
use serde_json::{Value, json};

fn marketing(components: &Value) -> Value {
    json!({"name": "a_1", "language": "en_US", "category": "MARKETING", "components": components})
}

const BODY: &str = r#"{"type":"BODY","text":"Hello there"}"#;

/// Headers beside a body.
const HEADERS: &[&str] = &[
    r#"{"type":"HEADER","format":"TEXT","text":"Our sale"}"#,
    r#"{"type":"HEADER","format":"TEXT","text":"Our {{1}} is on","example":{"header_text":["Summer Sale"]}}"#,
    r#"{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::aW1hZ2UvanBn:ARa"]}}"#,
    r#"{"type":"HEADER","format":"VIDEO","example":{"header_handle":["4::dmlkZW8vbXA0:ARa"]}}"#,
    r#"{"type":"HEADER","format":"GIF","example":{"header_handle":["4::dmlkZW8vbXA0:ARb"]}}"#,
    r#"{"type":"HEADER","format":"DOCUMENT","example":{"header_handle":["4::YXBwbGljYXRpb24vcGRm:ARZ"]}}"#,
    r#"{"type":"HEADER","format":"LOCATION"}"#,
    r#"{"type":"HEADER","format":"PRODUCT"}"#,
];

/// Components beside a body.
const OTHERS: &[&str] = &[
    r#"{"type":"FOOTER","text":"Reply STOP to opt out"}"#,
    r#"{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Ends soon","has_expiration":true}}"#,
    r#"{"type":"CALL_PERMISSION_REQUEST"}"#,
    r#"{"type":"CAROUSEL","cards":[
        {"components":[
            {"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"]}},
            {"type":"BODY","text":"Rare {{1}} for you","example":{"body_text":[["lemons"]]}},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"},
                {"type":"URL","text":"Buy","url":"https://example.com/{{1}}","example":["lemons"]}]}]},
        {"components":[
            {"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::b"]}},
            {"type":"BODY","text":"Fresh {{1}} for you","example":{"body_text":[["limes"]]}},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"},
                {"type":"URL","text":"Buy","url":"https://example.com/{{1}}","example":["limes"]}]}]}]}"#,
    r#"{"type":"CAROUSEL","cards":[
        {"components":[{"type":"HEADER","format":"PRODUCT"},{"type":"BUTTONS","buttons":[{"type":"SPM","text":"View"}]}]},
        {"components":[{"type":"HEADER","format":"PRODUCT"},{"type":"BUTTONS","buttons":[{"type":"SPM","text":"View"}]}]}]}"#,
];

const BUTTONS: &[&str] = &[
    r#"{"type":"QUICK_REPLY","text":"Stop"}"#,
    r#"{"type":"URL","text":"Shop","url":"https://example.com/shop"}"#,
    r#"{"type":"URL","text":"Shop","url":"https://example.com/shop?promo={{1}}","example":["summer2023"],
        "app_deep_link":{"meta_app_id":"1","android_deep_link":"shop://a","android_fallback_playstore_url":"https://example.com"}}"#,
    r#"{"type":"PHONE_NUMBER","text":"Call","phone_number":"+14155552671"}"#,
    r#"{"type":"COPY_CODE","example":"250FF"}"#,
    r#"{"type":"CATALOG","text":"View catalog"}"#,
    r#"{"type":"MPM","text":"View items"}"#,
    r#"{"type":"SPM","text":"View"}"#,
    r#"{"type":"FLOW","text":"Sign up","flow_id":"1111","flow_action":"navigate","navigate_screen":"WELCOME"}"#,
    r#"{"type":"FLOW","text":"Sign up","flow_name":"sign_up","flow_action":"data_exchange","icon":"REVIEW"}"#,
    r#"{"type":"FLOW","text":"Sign up","flow_json":"{\"version\":\"5.0\",\"screens\":[]}","navigate_screen":"W"}"#,
    r#"{"type":"VOICE_CALL","text":"Call now","ttl_minutes":1440}"#,
    r#"{"type":"REQUEST_CONTACT_INFO"}"#,
    r#"{"type":"REQUEST_CONTACT_INFO","text":"Share Contact Info"}"#,
    r#"{"type":"ORDER_DETAILS","text":"Copy Pix code"}"#,
    r#"{"type":"PAYMENT_REQUEST","text":"Copy Pix code",
        "payment_setting":{"type":"pix_dynamic_code","pix_dynamic_code":{"code":"000201"}}}"#,
];

const CODES: &[&str] = &[
    r#"{"type":"OTP","otp_type":"COPY_CODE","text":"Copy Code"}"#,
    r#"{"type":"OTP","otp_type":"ONE_TAP","text":"Copy Code","autofill_text":"Autofill",
        "supported_apps":[{"package_name":"com.example.lucky_shrub","signature_hash":"K8a/AINcGX7"}]}"#,
    r#"{"type":"OTP","otp_type":"ZERO_TAP","text":"Copy Code","autofill_text":"Autofill","zero_tap_terms_accepted":true,
        "supported_apps":[{"package_name":"com.example.a","signature_hash":"K8a/AINcGX7"},
                          {"package_name":"com.example.b","signature_hash":"K8b+AINcGX="}]}"#,
    r#"{"type":"OTP","otp_type":"ONE_TAP","text":"Copy Code","autofill_text":"Autofill",
        "package_name":"com.example.luckyshrub","signature_hash":"K8a%2FAINcGX7"}"#,
];

/// Whole bodies, with what stands beside the components.
const WHOLE: &[&str] = &[
    r#"{"name":"named","language":"en","category":"UTILITY","parameter_format":"NAMED","components":[
        {"type":"HEADER","format":"TEXT","text":"Hi {{first_name}}",
         "example":{"header_text_named_params":[{"param_name":"first_name","example":"Ana"}]}},
        {"type":"BODY","text":"Your order {{order_id}} shipped.",
         "example":{"body_text_named_params":[{"param_name":"order_id","example":"A-42"}]}}]}"#,
    r#"{"name":"a","language":"pt_BR","category":"MARKETING","parameter_format":"POSITIONAL","sub_category":"CUSTOM",
        "message_send_ttl_seconds":43200,"cta_url_link_tracking_opted_out":true,"allow_category_change":true,
        "degrees_of_freedom_spec":{"creative_features_spec":{"image_touchups":{"enroll_status":"OPT_IN"}}},
        "components":[{"type":"BODY","text":"{1} is no placeholder"}]}"#,
    r#"{"name":"a","language":"en","category":"AUTHENTICATION","message_send_ttl_seconds":-1,"components":[
        {"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":10},
        {"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}"#,
    r#"{"name":"a","languages":["en","pt_BR"],"category":"AUTHENTICATION","components":[
        {"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}"#,
    r#"{"name":"a","language":"en_US","category":"UTILITY","library_template_name":"delivery_update_1",
        "library_template_body_inputs":{"add_contact_number":true},
        "library_template_button_inputs":[{"type":"URL","url":{"base_url":"https://example.com/{{1}}",
            "url_suffix_example":"https://example.com/demo"}},{"type":"PHONE_NUMBER","phone_number":"+14155552671"}]}"#,
    r#"{"name":"a","language":"en_US","category":"UTILITY","library_template_name":"delivery_update_1",
        "library_template_button_inputs":"[{'type':'URL','url':{'base_url':'https://example.com/{{1}}'}}]"}"#,
    r#"{"name":"a","language":"pt_BR","category":"UTILITY","display_format":"ORDER_DETAILS","components":[
        {"type":"HEADER","format":"DOCUMENT","example":{"header_handle":["4::a"]}},{"type":"BODY","text":"Pay"},
        {"type":"BUTTONS","buttons":[{"type":"ORDER_DETAILS","text":"Review and Pay"}]}]}"#,
];

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn every_body() -> Vec<Value> {
    let body = parse(BODY);
    let mut bodies: Vec<Value> = WHOLE.iter().map(|text| parse(text)).collect();
    bodies.extend(HEADERS.iter().map(|text| marketing(&json!([parse(text), body]))));
    bodies.extend(OTHERS.iter().map(|text| marketing(&json!([body, parse(text)]))));
    bodies.extend(
        BUTTONS.iter().map(|text| marketing(&json!([body, {"type": "BUTTONS", "buttons": [parse(text)]}]))),
    );
    bodies.extend(CODES.iter().map(|text| {
        let mut body = parse(WHOLE[2]);
        body["components"][2]["buttons"][0] = parse(text);
        body
    }));
    bodies
}

#[test]
fn every_documented_body_comes_out_as_it_went_in() {
    for body in every_body() {
        assert_eq!(rewritten(&body), body);
    }
}

#[test]
fn no_documented_body_breaks_a_limit() {
    for body in every_body() {
        assert_eq!(problems(body.clone()), [""; 0], "{body}");
    }
}

/// Every `type`, `format` and `category` of the tree, in lower case.
fn lower(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text)
                        if ["type", "format", "category", "parameter_format", "otp_type"]
                            .contains(&name.as_str()) =>
                    {
                        text.make_ascii_lowercase();
                    }
                    // What Meta has others than us read is not ours to spell.
                    other if name != "payment_setting" && !name.starts_with("library_") => lower(other),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(lower),
        _ => {}
    }
}

#[test]
fn lower_case_spellings_are_read_and_written_in_upper_case() {
    for body in every_body() {
        let mut theirs = body.clone();
        lower(&mut theirs);
        assert_ne!(theirs, body);
        assert_eq!(rewritten(&theirs), body);
    }
}

/// A null beside every member of every object of the tree.
fn with_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_nulls);
            members.insert("unset".to_owned(), Value::Null);
        }
        Value::Array(items) => items.iter_mut().for_each(with_nulls),
        _ => {}
    }
}

#[test]
fn nulls_for_unset_options_are_read_and_not_written() {
    for body in every_body() {
        let mut theirs = body.clone();
        with_nulls(&mut theirs);
        assert_eq!(rewritten(&theirs), body);
    }
    let nulls = json!({"name": "a", "language": "en", "category": "UTILITY", "parameter_format": null,
        "message_send_ttl_seconds": null, "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Hi", "example": null},
            {"type": "BODY", "text": "Hello", "example": {"body_text": null}},
            {"type": "BUTTONS", "text": null, "buttons": [{"type": "URL", "text": "a", "url": "https://example.com", "example": null}]}]});
    assert_eq!(
        rewritten(&nulls),
        json!({"name": "a", "language": "en", "category": "UTILITY", "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Hi"},
            {"type": "BODY", "text": "Hello"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "a", "url": "https://example.com"}]}]})
    );
}

/// A member nobody knows in every object of the tree.
fn with_unknown(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_unknown);
            members.insert("added_in_2031".to_owned(), json!({"deep": [1, 2.5, "x", true]}));
        }
        Value::Array(items) => items.iter_mut().for_each(with_unknown),
        _ => {}
    }
}

#[test]
fn members_nobody_knows_are_kept_at_every_place() {
    for mut body in every_body() {
        with_unknown(&mut body);
        assert_eq!(rewritten(&body), body);
    }
}

#[test]
fn components_and_buttons_nobody_knows_are_kept_as_they_came() {
    let body = marketing(&json!([
        parse(BODY),
        {"type": "Hologram", "depth": 3},
        {"type": "HEADER", "format": "Smell", "example": {"scents": ["rose"]}},
        {"type": "BUTTONS", "buttons": [{"type": "Teleport", "text": long_name(), "to": {"x": 1}}]},
    ]));
    assert_eq!(rewritten(&body), body);
    assert_eq!(problems(body), [""; 0]);
}

fn long_name() -> String {
    super::long(40)
}
