//! Templates made from Meta's library, as they are taken and refused.

use super::{assert_refused, call, definitions::list_of, get, taken};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use whatsapp_business::simulator::Simulator;

/// The request to make this template of the library, with these inputs for its buttons.
fn made_from(library: &str, inputs: &Value) -> Value {
    json!({"name": "mine", "language": "en_US", "category": "utility", "library_template_name": library,
        "library_template_button_inputs": inputs})
}

fn url(base: &str) -> Value {
    json!({"type": "URL", "url": {"base_url": base, "url_suffix_example": "https://example.com/demo"}})
}

fn phone() -> Value {
    json!({"type": "PHONE_NUMBER", "phone_number": "+16315551010"})
}

async fn create(simulator: &Simulator, definition: Value) -> (StatusCode, Value) {
    call(simulator, Method::POST, &list_of(simulator), definition).await
}

#[tokio::test]
async fn every_template_of_the_library_can_be_made() {
    let simulator = Simulator::offline().unwrap();
    let templates = simulator.client().account(simulator.account_id()).templates();
    let library = templates.library().stream().all().await.unwrap();
    let simulator = Simulator::start().await.unwrap();
    for (nth, template) in library.into_iter().enumerate() {
        let inputs: Vec<_> = template
            .buttons
            .iter()
            .filter_map(|button| match button["type"].as_str().unwrap() {
                "URL" => Some(url("https://example.com/{{1}}")),
                "PHONE_NUMBER" => Some(phone()),
                "OTP" => Some(json!({"type": "OTP", "otp_type": "COPY_CODE"})),
                _ => None,
            })
            .collect();
        let definition = json!({"name": format!("mine_{nth}"), "language": template.language, "category": template.category,
            "library_template_name": template.name, "library_template_button_inputs": inputs,
            "library_template_body_inputs": {"add_security_recommendation": true, "code_expiration_minutes": 5}});
        assert_eq!(taken(create(&simulator, definition).await)["status"], "APPROVED", "{}", template.name);
    }
}

#[tokio::test]
async fn inputs_may_be_json_in_a_text() {
    let simulator = Simulator::start().await.unwrap();
    let inputs = json!([{"type": "url", "url": {"base_url": "https://example.com"}}]).to_string();
    let mut definition = made_from("delivery_update_1", &inputs.into());
    definition["library_template_body_inputs"] = json!({"add_contact_number": true}).to_string().into();
    let id = taken(create(&simulator, definition).await)["id"].as_str().unwrap().to_owned();
    let components = taken(get(&simulator, &id).await)["components"].clone();
    assert!(components[1]["text"].as_str().unwrap().ends_with("call us."), "{components}");
    assert_eq!(components[2]["buttons"][0]["url"], "https://example.com");
}

#[tokio::test]
async fn what_the_library_does_not_have_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let with = |member: &str, value: Value| {
        let mut definition = made_from("delivery_update_1", &json!([url("https://example.com/{{1}}")]));
        definition[member] = value;
        definition
    };
    let link = || url("https://example.com/{{1}}");
    let no_example = json!({"type": "URL", "url": {"base_url": "https://example.com/{{1}}"}});
    for wrong in [
        with("library_template_name", json!("no_such_template")),
        with("library_template_name", json!(1)),
        with("language", json!("de")),
        with("category", json!("MARKETING")),
        with("name", json!("Mine")),
        with("library_template_body_inputs", json!({"add_contact_number": "yes"})),
        with("library_template_body_inputs", json!({"code_expiration_minutes": 91})),
        with("library_template_body_inputs", json!([1])),
        with("library_template_body_inputs", json!("{nonsense")),
        with("library_template_button_inputs", Value::Null),
        with("library_template_button_inputs", json!([])),
        with("library_template_button_inputs", json!({})),
        with("library_template_button_inputs", json!([phone()])),
        with("library_template_button_inputs", json!([link(), phone()])),
        with("library_template_button_inputs", json!([{"type": "FEET"}, link()])),
        with("library_template_button_inputs", json!([url("ftp://example.com")])),
        with("library_template_button_inputs", json!([url("https://example.com/{{1}}/x")])),
        with("library_template_button_inputs", json!([no_example])),
        with("library_template_button_inputs", json!([{"type": "URL"}])),
        made_from("low_balance_warning_1", &json!([link()])),
        made_from("low_balance_warning_1", &json!([phone(), link()])),
        made_from(
            "low_balance_warning_1",
            &json!([link(), {"type": "PHONE_NUMBER", "phone_number": "1".repeat(21)}]),
        ),
    ] {
        assert_refused(&create(&simulator, wrong).await, 400, 100);
    }
    assert!(simulator.templates().is_empty());
    taken(
        create(&simulator, with("library_template_button_inputs", json!([{"type": "FLOW"}, link()]))).await,
    );
}

#[tokio::test]
async fn the_library_is_listed_in_pages_with_the_fields_asked_for() {
    let simulator = Simulator::start().await.unwrap();
    let first =
        taken(get(&simulator, "message_template_library?limit=2&fields=name,header&language=en_US").await);
    assert_eq!(
        first["data"],
        json!([{"name": "low_balance_warning_1", "header": "Your balance is low", "id": "7147013345418901"},
            {"name": "delivery_update_1", "header": "On its way", "id": "7147013345418902"}])
    );
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let next = format!("message_template_library?limit=1&language=en_US&after={after}");
    let next = taken(get(&simulator, &next).await);
    assert_eq!(
        (&next["data"][0]["name"], &next["data"][0]["header"]),
        (&json!("delivery_failed_2_form"), &Value::Null)
    );
    let named =
        taken(get(&simulator, "message_template_library?name=verify_code_1&category=authentication").await);
    assert_eq!(named["data"][0]["buttons"], json!([{"type": "OTP", "text": "Copy code"}]));
    for (query, code) in [("after=nonsense", 131_059), ("limit=0", 100), ("fields=colour", 100)] {
        assert_refused(&get(&simulator, &format!("message_template_library?{query}")).await, 400, code);
    }
}
