//! Limits of everything but buttons: at the limit and one past it.

use super::{long, paths, problems, problems_of};
use crate::template::{Category, Definition};
use serde_json::{Value, json};

fn body() -> Value {
    json!({"type": "BODY", "text": "Hello"})
}

fn of_body(text: &str) -> Vec<String> {
    problems_of(
        "UTILITY",
        &json!([{"type": "BODY", "text": text, "example": {"body_text": [["a", "b", "c"]]}}]),
    )
}

#[test]
fn all_violations_are_reported_at_once_each_with_its_path() {
    assert_eq!(
        problems(
            json!({"name": "Offer!", "language": "english", "message_send_ttl_seconds": 1, "components": [
            {"type": "HEADER", "format": "TEXT", "text": long(61)},
            {"type": "FOOTER", "text": "Hi {{1}}"},
            {"type": "BUTTONS", "buttons": []}]})
        ),
        [
            "name: has other characters (lower-case letters, digits and _)",
            "language: is not a language code (such as en or en_US)",
            "category: is missing (MARKETING, UTILITY or AUTHENTICATION)",
            "components: has no BODY (one BODY, except in authentication and library templates)",
            "components[0].text: has 61 characters (1 to 60 characters)",
            "components[1].text: has a placeholder (no placeholders in a footer)",
            "components[2].buttons: has 0 buttons (1 to 10 buttons)",
        ]
    );
    assert_eq!(paths(json!({})), ["name", "language", "category", "components"]);
}

#[test]
fn names_and_languages_have_a_shape() {
    let check = |name: &str, language: &str| {
        paths(json!({"name": name, "language": language, "category": "UTILITY", "components": [body()]}))
    };
    for language in ["en", "en_US", "fil", "zh_HK", "rw_RW", "pt_BR"] {
        assert!(check("a_1", language).is_empty(), "{language}");
    }
    for language in ["", "e", "en-US", "EN", "en_", "en_U", "english", "en_US_x", "e1"] {
        assert_eq!(check("a_1", language), ["language"], "{language}");
    }
    assert!(check(&"a".repeat(512), "en").is_empty());
    for name in ["", "A", "a b", "a-b", "é", "a.b", &"a".repeat(513)] {
        assert_eq!(check(name, "en"), ["name"], "{name}");
    }
}

#[test]
fn time_to_live_depends_on_the_category() {
    let check = |category: &str, seconds: i64| {
        let components = match category {
            "AUTHENTICATION" => {
                json!([{"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}])
            }
            _ => json!([body()]),
        };
        paths(
            json!({"name": "a", "language": "en", "category": category, "message_send_ttl_seconds": seconds,
            "components": components}),
        )
    };
    let good = [
        ("AUTHENTICATION", [30, 900, -1].as_slice()),
        ("UTILITY", &[30, 43_200, -1]),
        ("MARKETING", &[43_200, 2_592_000]),
        ("SOMETHING_NEW", &[0, 7]),
    ];
    for (category, seconds) in good {
        assert!(seconds.iter().all(|seconds| check(category, *seconds).is_empty()), "{category}");
    }
    let bad = [
        ("AUTHENTICATION", [29, 901, 0].as_slice()),
        ("UTILITY", &[29, 43_201, -2]),
        ("MARKETING", &[43_199, 2_592_001, -1]),
    ];
    for (category, seconds) in bad {
        for seconds in seconds {
            assert_eq!(check(category, *seconds), ["message_send_ttl_seconds"], "{category} {seconds}");
        }
    }
}

#[test]
fn texts_have_lengths_in_characters() {
    let check = |components: Value| problems_of("MARKETING", &components);
    let part = |kind: &str, length| json!({"type": kind, "text": long(length), "format": "TEXT"});
    assert!(check(json!([part("HEADER", 60), part("BODY", 1024), part("FOOTER", 60)])).is_empty());
    assert_eq!(
        check(json!([part("HEADER", 61), part("BODY", 1025), part("FOOTER", 61)])),
        [
            "components[0].text: has 61 characters (1 to 60 characters)",
            "components[1].text: has 1025 characters (1 to 1024 characters)",
            "components[2].text: has 61 characters (1 to 60 characters)",
        ]
    );
    let missing =
        json!([{"type": "HEADER", "format": "TEXT"}, {"type": "BODY"}, {"type": "FOOTER", "text": " "}]);
    let missing = check(missing);
    assert_eq!(missing.len(), 3, "{missing:?}");
    assert!(missing.iter().all(|problem| problem.contains("text: is empty or missing")), "{missing:?}");
}

#[test]
fn headers_have_a_format_a_sample_and_at_most_one_placeholder() {
    let check = |header: Value| problems_of("UTILITY", &json!([header, body()]));
    assert_eq!(
        check(
            json!({"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}", "example": {"header_text": ["a", "b"]}})
        ),
        ["components[0].text: has 2 placeholders (at most 1)"]
    );
    assert_eq!(
        check(json!({"type": "HEADER", "format": "TEXT", "text": "Hi {{1}}"})),
        ["components[0].example.header_text: is missing (an example for each of 1 placeholders)"]
    );
    assert_eq!(
        check(json!({"type": "HEADER", "format": "TEXT", "text": "*Sale*"})),
        ["components[0].text: has formatting marks (no bold, italic, struck-through or code text)"]
    );
    assert_eq!(
        check(json!({"type": "HEADER", "text": "Hi"})),
        ["components[0].format: is missing (TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION or PRODUCT)"]
    );
    for format in ["IMAGE", "VIDEO", "GIF", "DOCUMENT"] {
        let sample = ["components[0].example.header_handle: is missing (a sample file)"];
        assert_eq!(check(json!({"type": "HEADER", "format": format})), sample);
        let empty = ["components[0].example.header_handle: is empty (a sample file)"];
        assert_eq!(
            check(json!({"type": "HEADER", "format": format, "example": {"header_handle": [""]}})),
            empty
        );
    }
}

#[test]
fn placeholders_are_numbered_from_1_without_gaps() {
    for good in ["a {{1}} b", "a {{2}} b {{1}} c", "a {{1}} b {{1}} c {{2}} d", "no { { 1 } }"] {
        assert!(of_body(good).is_empty(), "{good}");
    }
    let gap = ["components[0].text: leaves a number out ({{1}}, {{2}} … without gaps)"];
    for bad in ["a {{2}} b", "a {{1}} b {{3}} c"] {
        assert_eq!(of_body(bad), gap, "{bad}");
    }
    for bad in ["a {{0}} b", "a {{}} b", "a {{01}} b", "a {{ b"] {
        assert_eq!(
            of_body(bad),
            ["components[0].text: has {{ that is no placeholder ({{1}} or {{name}})"],
            "{bad}"
        );
    }
}

#[test]
fn no_body_begins_or_ends_with_a_placeholder() {
    let check = |text: &str| {
        of_body(text).into_iter().map(|p| p.split(" (").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(check("{{1}} b"), ["components[0].text: begins with a placeholder"]);
    assert_eq!(check("a {{1}}"), ["components[0].text: ends with a placeholder"]);
    assert_eq!(check(" {{1}} b {{2}}\n"), ["components[0].text: begins and ends with a placeholder"]);
    assert_eq!(check("{{1}}"), ["components[0].text: begins and ends with a placeholder"]);
    assert!(check("a {{1}}.").is_empty());
}

#[test]
fn placeholders_are_all_numbered_or_all_named() {
    let check = |format: Option<&str>, text: &str| {
        let example = json!({"body_text": [["x"]], "body_text_named_params": [{"param_name": "name", "example": "Ana"}]});
        problems(json!({"name": "a", "language": "en", "category": "UTILITY", "parameter_format": format,
            "components": [{"type": "BODY", "text": text, "example": example}]}))
    };
    assert!(check(None, "a {{1}} b").is_empty());
    assert!(check(Some("positional"), "a {{1}} b").is_empty());
    assert!(check(Some("named"), "a {{name}} b").is_empty());
    assert!(check(Some("BY_COLOUR"), "a {{name}} b").is_empty());
    let mixed = "components[0].text: mixes numbered and named placeholders ({{1}} or {{name}}, not both)";
    assert_eq!(check(None, "a {{1}} {{name}} b"), [mixed]);
    assert_eq!(check(Some("NAMED"), "a {{1}} {{name}} b"), [mixed]);
    let numbered = "components[0].text: has numbered placeholders (named ones: parameter_format is NAMED)";
    assert_eq!(check(Some("NAMED"), "a {{1}} b"), [numbered]);
    let named =
        "components[0].text: has named placeholders (numbered ones, unless parameter_format is NAMED)";
    assert_eq!(check(None, "a {{name}} b"), [named]);
    assert_eq!(check(Some("POSITIONAL"), "a {{name}} b"), [named]);
}

#[test]
fn names_of_placeholders_are_lower_case() {
    for name in ["Name", "first name", "first-name", " name ", "näme", "a#", "1a$"] {
        let problems = problems(
            json!({"name": "a", "language": "en", "category": "UTILITY", "parameter_format": "NAMED",
            "components": [{"type": "BODY", "text": format!("a {{{{{name}}}}} b"),
                "example": {"body_text_named_params": [{"param_name": name, "example": "x"}]}}]}),
        );
        let wanted = "components[0].text: has a placeholder whose name has other characters (lower-case letters, digits and _)";
        assert_eq!(problems, [wanted], "{name}");
    }
}

#[test]
fn every_placeholder_needs_an_example() {
    let check = |example: Value| {
        problems_of("UTILITY", &json!([{"type": "BODY", "text": "a {{1}} b {{2}} c", "example": example}]))
    };
    let at = |problem: &str| [format!("components[0].example.body_text: {problem}")];
    assert!(check(json!({"body_text": [["x", "y"]]})).is_empty());
    assert!(check(json!({"body_text": [["x", "y"], ["z", "w"]]})).is_empty());
    assert_eq!(check(json!({})), at("is missing (an example for each of 2 placeholders)"));
    assert_eq!(
        check(json!({"body_text": [["x"]]})),
        at("has 1 examples (an example for each of 2 placeholders)")
    );
    assert_eq!(
        check(json!({"body_text": [["x", "y"], ["z"]]})),
        at("has 1 examples (an example for each of 2 placeholders)")
    );
    assert_eq!(check(json!({"body_text": [["x", " "]]})), at("has an empty example (text)"));

    let named = |examples: Value| {
        problems(json!({"name": "a", "language": "en", "category": "UTILITY", "parameter_format": "NAMED",
            "components": [{"type": "BODY", "text": "a {{x}} b {{y}} c", "example": {"body_text_named_params": examples}}]}))
    };
    let (x, y) = (json!({"param_name": "x", "example": "1"}), json!({"param_name": "y", "example": ""}));
    let at = "components[0].example.body_text_named_params";
    assert_eq!(
        named(json!([x])),
        [format!("{at}: has no example of {{{{y}}}} (an example for each placeholder)")]
    );
    assert_eq!(
        named(json!([x, y, x])),
        [
            format!("{at}[1].example: is empty (text)"),
            format!("{at}[2].param_name: is there twice (each name once)")
        ]
    );
}

#[test]
fn each_component_may_be_there_once() {
    assert_eq!(
        problems_of("UTILITY", &json!([body(), body()])),
        ["components[1]: is a second BODY (each kind of component only once)"]
    );
}

#[test]
fn library_templates_need_no_body() {
    let mut template = json!({"name": "a", "language": "en", "category": "UTILITY"});
    assert_eq!(paths(template.clone()), ["components"]);
    template["library_template_name"] = json!("delivery_update_1");
    assert!(paths(template).is_empty());
}

#[test]
fn offers_have_limits_of_their_own() {
    let offer = |text: &str| json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text}});
    let check = |category: &str, components: Value| problems_of(category, &components);
    assert!(check("MARKETING", json!([{"type": "BODY", "text": long(600)}, offer(&long(16))])).is_empty());
    assert_eq!(
        check(
            "MARKETING",
            json!([{"type": "BODY", "text": long(601)}, offer(&long(17)), {"type": "FOOTER", "text": "x"}])
        ),
        [
            "components: has a FOOTER beside a LIMITED_TIME_OFFER (one of the two)",
            "components[0].text: has 601 characters (1 to 600 characters)",
            "components[1].limited_time_offer.text: has 17 characters (1 to 16 characters)",
        ]
    );
    assert_eq!(
        check("UTILITY", json!([body(), offer("x")])),
        ["components[1]: is for offers (marketing templates only)"]
    );
    assert_eq!(
        check("MARKETING", json!([body(), {"type": "LIMITED_TIME_OFFER"}])),
        ["components[1].limited_time_offer: is missing (an object with the offer's text)"]
    );
}

#[test]
fn carousels_have_2_to_10_cards_that_are_alike() {
    let card = |length: usize, button: &str| {
        json!({"components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": long(length)},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}, {"type": button, "text": "x", "url": "https://example.com"}]}]})
    };
    let check =
        |cards: Vec<Value>| problems_of("MARKETING", &json!([body(), {"type": "CAROUSEL", "cards": cards}]));
    for count in [2, 10] {
        assert!(check(vec![card(160, "URL"); count]).is_empty(), "{count}");
    }
    for count in [0, 1, 11] {
        let wanted = format!("components[1].cards: has {count} cards (2 to 10 cards)");
        assert_eq!(check(vec![card(160, "URL"); count]), [wanted]);
    }
    assert_eq!(
        check(vec![card(161, "URL"), card(160, "URL")]),
        ["components[1].cards[0].components[1].text: has 161 characters (1 to 160 characters)"]
    );
    assert_eq!(
        check(vec![card(1, "URL"), card(1, "QUICK_REPLY")]),
        ["components[1].cards[1].components: differs from the first card \
          (the same components, formats and buttons as the first card)"]
    );
    let three = json!({"components": [
        {"type": "HEADER", "format": "TEXT", "text": "x"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}, {"type": "QUICK_REPLY", "text": "x"}, {"type": "QUICK_REPLY", "text": "x"}]}]});
    let problems = check(vec![three.clone(), three]);
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert_eq!(
        problems[0],
        "components[1].cards[0].components[0].format: does not fit a card (IMAGE, VIDEO or PRODUCT)"
    );
    assert_eq!(
        problems[1],
        "components[1].cards[0].components[1].buttons: has 3 buttons (at most 2 buttons on a card)"
    );
    let bare = json!({"components": [{"type": "BODY", "text": "x"}]});
    assert!(check(vec![bare; 2])[0].starts_with("components[1].cards[0].components: has no HEADER"));
}

#[test]
fn authentication_templates_have_meta_s_words_and_one_code() {
    let otp = json!({"type": "OTP", "otp_type": "COPY_CODE"});
    let buttons = json!({"type": "BUTTONS", "buttons": [otp]});
    let check = |components: Value| problems_of("AUTHENTICATION", &components);
    let footer = |minutes: Value| json!({"type": "FOOTER", "code_expiration_minutes": minutes});
    for minutes in [json!(1), json!(90), json!("10")] {
        assert!(check(json!([{"type": "BODY"}, footer(minutes), buttons])).is_empty());
    }
    for (minutes, problem) in
        [(json!(0), "is 0"), (json!(91), "is 91"), (json!(1.5), "is not a whole number")]
    {
        let wanted = format!("components[1].code_expiration_minutes: {problem} (1 to 90)");
        assert_eq!(check(json!([{"type": "BODY"}, footer(minutes), buttons])), [wanted]);
    }
    assert_eq!(
        check(json!([
            {"type": "HEADER", "format": "LOCATION"},
            {"type": "BODY", "text": "Your code", "add_security_recommendation": "yes"},
            {"type": "FOOTER", "text": "Bye"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}]}])),
        [
            "components[1].add_security_recommendation: is not a boolean (true or false)",
            "components[0]: is a HEADER (BODY, FOOTER and BUTTONS in an authentication template)",
            "components[1].text: is given (no custom text: Meta sets the words of authentication templates)",
            "components[2].text: is given (no custom text: Meta sets the words of authentication templates)",
            "components[3].buttons[0]: is not an OTP button (one OTP button, no other)",
            "components: has 0 OTP buttons (exactly 1 OTP button in an authentication template)",
        ]
    );
    let filled = json!([{"type": "BODY", "example": {"body_text": [["Ana"]]}}, buttons]);
    assert_eq!(
        check(filled),
        ["components[0].example: is given (no custom text: Meta sets the words of authentication templates)"]
    );
    let twice = json!([{"type": "BUTTONS", "buttons": [otp, otp]}]);
    assert_eq!(
        check(twice),
        ["components: has 2 OTP buttons (exactly 1 OTP button in an authentication template)"]
    );
    let elsewhere = json!([{"type": "BODY", "text": "x", "add_security_recommendation": true},
        {"type": "FOOTER", "text": "x", "code_expiration_minutes": 5}, buttons]);
    assert_eq!(
        problems_of("UTILITY", &elsewhere),
        [
            "components[0].add_security_recommendation: is for one-time codes (authentication templates only)",
            "components[1].code_expiration_minutes: is for one-time codes (authentication templates only)",
            "components[2].buttons[0]: is for one-time codes (authentication templates only)",
        ]
    );
}

#[test]
fn what_is_built_is_checked_like_what_is_read() {
    let error =
        Definition::new("A", "en", Category::Utility).header_text("").body("{{1}}").validate().unwrap_err();
    let paths: Vec<_> = error.violations().iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(
        paths,
        ["name", "components[0].text", "components[1].example.body_text", "components[1].text"]
    );
}

#[test]
fn kinds_without_a_type_are_there_once_as_well() {
    let call = json!({"type": "CALL_PERMISSION_REQUEST"});
    let problem = "components[2]: is a second CALL_PERMISSION_REQUEST (each kind of component only once)";
    assert_eq!(problems_of("UTILITY", &json!([body(), call, call])), [problem]);
    let novel = json!({"type": "NOVEL"});
    assert_eq!(problems_of("UTILITY", &json!([body(), novel, novel])), [""; 0]);
}

#[test]
fn only_marketing_templates_open_apps() {
    let url = json!({"type": "URL", "text": "Go", "url": "https://example.com", "app_deep_link": {}});
    let components = json!([body(), {"type": "BUTTONS", "buttons": [url]}]);
    assert_eq!(
        problems_of("UTILITY", &components),
        ["components[1].buttons[0].app_deep_link: opens an app (marketing templates only)"]
    );
    assert_eq!(problems_of("MARKETING", &components), [""; 0]);
}
