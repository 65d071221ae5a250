//! Each call at the simulator: what is asked and what is answered, as JSON.

use super::definition;
use serde_json::{Value, json};
use std::time::Duration;
use whatsapp_business::{
    client::{Metric, Templates},
    simulator::{Phone, Review, Simulator},
    template::{Button, Category, Definition, LibraryButton, TemplateStatus},
    time::Timestamp,
};

const ANA: &str = "+14155550132";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn meta() -> (Simulator, Templates) {
    let simulator = Simulator::builder().account_id("10").offline().unwrap();
    let templates = simulator.client().account("10").templates();
    (simulator, templates)
}

/// The newest request: its method and path, its body, and the answer.
fn newest(simulator: &Simulator) -> (String, Value, Value) {
    let request = simulator.journal().pop().unwrap();
    let path = request.path.strip_prefix("/v26.0").unwrap_or(&request.path);
    (
        format!("{} {path}", request.method),
        request.body.unwrap_or_default(),
        request.answer.unwrap_or_default(),
    )
}

fn asked(what: &str, body: Value, answer: Value) -> (String, Value, Value) {
    (what.to_owned(), body, answer)
}

fn notice(name: &str) -> Definition {
    Definition::new(name, "en_US", Category::Utility).body("Your order is on its way.")
}

#[tokio::test]
async fn creating_reading_editing_and_deleting() {
    let (simulator, templates) = meta();
    let id = templates.create(definition()).await.unwrap().id;
    let body = json!({"type": "BODY", "text": "Hello {{name}}, your order is on its way.",
        "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}});
    let submitted = json!({"name": "order_update", "language": "en_US", "category": "UTILITY",
        "parameter_format": "NAMED", "components": [body]});
    let answer = json!({"id": id, "status": "PENDING", "category": "UTILITY"});
    assert_eq!(newest(&simulator), asked("POST /10/message_templates", submitted, answer));

    let kept = templates.get(&id).await.unwrap();
    let (path, _, answer) = newest(&simulator);
    assert!(path.starts_with(&format!("GET /{id}?fields=id%2Cname%2C")), "{path}");
    let date = &answer["quality_score"]["date"];
    assert_eq!(
        answer,
        json!({"id": id, "name": "order_update", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "parameter_format": "NAMED", "components": [body], "rejected_reason": "NONE",
            "quality_score": {"score": "UNKNOWN", "date": date}})
    );
    assert_eq!((kept.status, kept.definition), (Some(TemplateStatus::Approved), definition()));

    templates.edit(&id, &notice("ignored").ttl_seconds(60)).await.unwrap();
    let edited = json!({"message_send_ttl_seconds": 60,
        "components": [{"type": "BODY", "text": "Your order is on its way."}]});
    assert_eq!(newest(&simulator), asked(&format!("POST /{id}"), edited, json!({"success": true})));
    simulator.decide_template("order_update", "en_US", Review::reject("PROMOTIONAL")).unwrap();
    templates.edit_category(&id, Category::Marketing).await.unwrap_err();
    let edited = json!({"category": "MARKETING"});
    let (path, body, answer) = newest(&simulator);
    assert_eq!((path, body), (format!("POST /{id}"), edited));
    // 60 seconds are too short a time for marketing.
    assert_eq!(answer["error"]["code"], 100);

    let success = json!({"success": true});
    templates.delete_one(&id, "order_update").await.unwrap();
    let path = format!("DELETE /10/message_templates?hsm_id={id}&name=order_update");
    assert_eq!(newest(&simulator), asked(&path, Value::Null, success.clone()));
    templates.create(notice("ship")).await.unwrap();
    templates.delete("ship").await.unwrap();
    let path = "DELETE /10/message_templates?name=ship";
    assert_eq!(newest(&simulator), asked(path, Value::Null, success.clone()));
    let id = templates.create(notice("offer")).await.unwrap().id;
    templates.delete_many([&id]).await.unwrap();
    let path = format!("DELETE /10/message_templates?hsm_ids=%5B{id}%5D");
    assert_eq!(newest(&simulator), asked(&path, Value::Null, success));
    assert!(simulator.templates().is_empty());
}

#[tokio::test]
async fn listing_with_every_filter() {
    let (simulator, templates) = meta();
    for name in ["ship", "offer"] {
        templates.create(notice(name)).await.unwrap();
    }
    let filtered = templates.list().status(TemplateStatus::Approved).name("shi").category(Category::Utility);
    let filtered = filtered.language("en_US").quality("UNKNOWN").content("ORDER").name_or_content("order");
    let found = filtered.limit(5).summary().await.unwrap();
    assert_eq!((found.items.len(), found.items[0].definition.name()), (1, "ship"));
    let (path, _, answer) = newest(&simulator);
    let filters = "status=APPROVED&name=shi&category=UTILITY&language=en_US&quality_score=UNKNOWN&content=ORDER\
        &name_or_content=order&limit=5&summary=";
    assert!(path.contains(filters), "{path}");
    assert_eq!(
        answer["summary"],
        json!({"total_count": 1, "message_template_count": 2, "message_template_limit": 250,
            "are_translations_complete": true})
    );
}

#[tokio::test]
async fn pausing_and_the_archive() {
    let (simulator, templates) = meta();
    let id = templates.create(notice("ship")).await.unwrap().id;
    simulator.pause_template("ship", "en_US").unwrap();
    assert!(templates.unpause(&id).await.unwrap().success);
    let path = format!("POST /{id}/unpause");
    assert_eq!(newest(&simulator), asked(&path, Value::Null, json!({"success": true})));

    let ids = json!({"hsm_ids": format!("{id},1")});
    let archived = templates.archive([id.as_str(), "1"]).await.unwrap();
    assert_eq!((archived.done, archived.failed[0].id.as_str()), (vec![id.clone()], "1"));
    let answer = json!({"archived_templates": [id], "failed_templates": ["1"]});
    assert_eq!(newest(&simulator), asked("POST /10/message_templates/archive", ids.clone(), answer));
    templates.unarchive([id.as_str(), "1"]).await.unwrap();
    let answer = json!({"unarchived_templates": [id], "failed_templates": ["1"]});
    assert_eq!(newest(&simulator), asked("POST /10/message_templates/unarchive", ids, answer));
}

#[tokio::test]
async fn one_time_codes_and_how_they_read() {
    let (simulator, templates) = meta();
    let code = Definition::new("login_code", "", Category::Authentication)
        .security_recommendation(true)
        .code_expiration_minutes(10)
        .button(Button::copy_one_time_code());
    let made = templates.upsert(code, ["en_US", "es"]).await.unwrap();
    let submitted = json!({"name": "login_code", "languages": ["en_US", "es"], "category": "AUTHENTICATION",
        "components": [{"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
    let answer = json!({"data": [{"id": made[0].id, "status": "PENDING", "language": "en_US"},
        {"id": made[1].id, "status": "PENDING", "language": "es"}]});
    assert_eq!(newest(&simulator), asked("POST /10/upsert_message_templates", submitted, answer));

    let previews = templates.preview_codes().languages(["en_US", "es_ES"]);
    let previews = previews.security_recommendation(true).code_expiration_minutes(10).await.unwrap();
    let languages: Vec<_> = previews.iter().map(|preview| preview.language.as_deref().unwrap()).collect();
    assert_eq!(languages, ["en_US", "es_ES"]);
    let path = "GET /10/message_template_previews?category=AUTHENTICATION&button_types=OTP\
        &languages=en_US%2Ces_ES&add_security_recommendation=true&code_expiration_minutes=10";
    let preview = |language: &str| {
        json!({"body": "{{1}} is your verification code. For your security, do not share this code.",
            "footer": "This code expires in 10 minutes.",
            "buttons": [{"autofill_text": "Autofill", "text": "Copy code"}], "language": language})
    };
    let answer = json!({"data": [preview("en_US"), preview("es_ES")]});
    assert_eq!(newest(&simulator), asked(path, Value::Null, answer));
}

#[tokio::test]
async fn browsing_the_library() {
    let (simulator, templates) = meta();
    let all = templates.library().stream().all().await.unwrap();
    assert!(all.len() > 5);
    let names = async |list: whatsapp_business::client::ListLibrary| {
        let found = list.await.unwrap().items;
        found.into_iter().map(|template| template.name).collect::<Vec<_>>()
    };
    let library = || templates.library();
    assert_eq!(names(library().topic("payments")).await, ["low_balance_warning_1"]);
    assert_eq!(names(library().usecase("DELIVERY_FAILED")).await, ["delivery_failed_2_form"]);
    assert_eq!(names(library().language("es")).await, ["delivery_update_1"]);
    let financial = names(library().industry("FINANCIAL_SERVICES")).await;
    assert_eq!(financial, ["low_balance_warning_1", "account_creation_confirmation_3", "verify_code_1"]);
    assert_eq!(names(library().search("EXPECTED on")).await, ["delivery_update_1"]);
    assert_eq!(names(library().search("nothing of the kind")).await, [""; 0]);

    let list = library().search("expected").topic("ORDER_MANAGEMENT").usecase("DELIVERY_UPDATE");
    list.industry("E_COMMERCE").language("en_US").await.unwrap();
    let (path, _, answer) = newest(&simulator);
    assert_eq!(
        path,
        "GET /message_template_library?search=expected&topic=ORDER_MANAGEMENT&usecase=DELIVERY_UPDATE\
         &industry=E_COMMERCE&language=en_US"
    );
    assert_eq!(
        answer["data"],
        json!([{"name": "delivery_update_1", "language": "en_US", "category": "UTILITY",
            "topic": "ORDER_MANAGEMENT", "usecase": "DELIVERY_UPDATE", "industry": ["E_COMMERCE"],
            "header": "On its way", "body": "Hello {{1}}, your order {{2}} is expected on {{3}} at the latest.",
            "body_params": ["Jim", "#12345", "January 1st, 2024"], "body_param_types": ["TEXT", "TEXT", "DATE"],
            "buttons": [{"type": "URL", "text": "Track order", "url": "https://www.example.com/"}],
            "id": "7147013345418902"}])
    );
}

#[tokio::test]
async fn making_a_template_from_the_library_and_sending_it() {
    let (simulator, templates) = meta();
    // Meta has reviewed its own words.
    simulator.review(Review::by_hand());
    let delivery = Definition::from_library("my_delivery", "en_US", "delivery_update_1")
        .library_input("add_contact_number", true)
        .library_button(LibraryButton::url("https://example.com/{{1}}", "https://example.com/demo"));
    let created = templates.create(delivery).await.unwrap();
    let submitted = json!({"name": "my_delivery", "language": "en_US", "category": "UTILITY",
        "library_template_name": "delivery_update_1",
        "library_template_body_inputs": {"add_contact_number": true},
        "library_template_button_inputs": [{"type": "URL",
            "url": {"base_url": "https://example.com/{{1}}", "url_suffix_example": "https://example.com/demo"}}]});
    let answer = json!({"id": created.id, "status": "APPROVED", "category": "UTILITY"});
    assert_eq!(newest(&simulator), asked("POST /10/message_templates", submitted, answer));

    let kept = templates.get(&created.id).await.unwrap();
    let (_, _, answer) = newest(&simulator);
    assert_eq!(answer["library_template_name"], "delivery_update_1");
    assert_eq!(
        answer["components"],
        json!([{"type": "HEADER", "format": "TEXT", "text": "On its way"},
            {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is expected on {{3}} at the latest. \
                If you have questions, call us.",
             "example": {"body_text": [["Jim", "#12345", "January 1st, 2024"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track order",
                "url": "https://example.com/{{1}}", "example": ["https://example.com/demo"]}]}])
    );
    let fill =
        |date: &str| kept.definition.fill(["Ana", "A-42", date]).url_button(0, "A-42").build().unwrap();
    simulator.phone().send(ANA, fill("2 May")).await.unwrap();
    let seen = simulator.user(ANA).newest().unwrap();
    assert!(seen.text.unwrap().contains("expected on 2 May"));
    let refused = simulator.phone().send(ANA, fill("some day")).await.unwrap_err();
    assert_eq!(refused.api().unwrap().code, 132_012);

    // With words of its own it is reviewed like any other, and takes any value.
    templates.edit(&created.id, &kept.definition).await.unwrap();
    assert_eq!(simulator.templates()[0].status, "PENDING");
    simulator.decide_template("my_delivery", "en_US", Review::approve()).unwrap();
    let kept_now = serde_json::to_value(templates.get(&created.id).await.unwrap()).unwrap();
    assert!(kept_now.get("library_template_name").is_none(), "{kept_now}");
    simulator.phone().send(ANA, fill("some day")).await.unwrap();
}

#[tokio::test]
async fn comparing_two_templates() {
    let (simulator, templates) = meta();
    let ship = templates.create(notice("ship")).await.unwrap().id;
    let offer = templates.create(notice("offer")).await.unwrap().id;
    let send = async |name: &str, number: &str| {
        let template = whatsapp_business::message::Template::new(name, "en_US");
        simulator.phone().send(number, template).await.unwrap();
    };
    for name in ["ship", "ship", "offer"] {
        send(name, ANA).await;
    }
    let annoyed = simulator.user("+14155550133");
    send("ship", "+14155550133").await;
    annoyed.blocks();
    annoyed.blocks();
    let end = simulator.now();
    let start = Timestamp::from_seconds(end.as_seconds() - 7 * 86_400);
    let compared = templates.compare(&ship, [&offer], start, end).await.unwrap();
    assert_eq!(
        (&compared[0].metric, &compared[0].order),
        (&Metric::BlockRate, &vec![offer.clone(), ship.clone()])
    );
    let (from, to) = (start.as_seconds(), end.as_seconds());
    let path = format!("GET /{ship}/compare?template_ids=%5B{offer}%5D&start={from}&end={to}");
    let answer = json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": [offer, ship]},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES",
         "number_values": [{"key": ship, "value": 3}, {"key": offer, "value": 1}]},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES",
         "string_values": [{"key": ship, "value": "NO_REASON_GIVEN"}]}]});
    assert_eq!(newest(&simulator), asked(&path, Value::Null, answer));

    // What was sent before the time that is looked at does not count.
    simulator.advance(8 * DAY);
    let (start, end) = (start + 8 * DAY, end + 8 * DAY);
    let later = templates.compare(&ship, [&offer], start, end).await.unwrap();
    assert_eq!(later[1].numbers, [(ship.clone(), 0), (offer.clone(), 0)]);

    for (other, start) in [("1", start), (offer.as_str(), start + DAY), (offer.as_str(), end)] {
        let refused = templates.compare(&ship, [other], start, end).await.unwrap_err();
        assert_eq!(refused.api().unwrap().code, 100);
    }
    let refused = templates.compare(&ship, [&offer, &offer], start, end).await.unwrap_err();
    assert_eq!(refused.api().unwrap().code, 100);
}

#[tokio::test]
async fn migrating_the_templates_of_another_account() {
    let (simulator, old) = meta();
    simulator.add_phone(Phone::new("200", "20", "+1 555 010 0002")).unwrap();
    simulator.add_phone(Phone::new("300", "30", "+1 555 010 0003").access_token("of-another")).unwrap();
    let new = simulator.client().account("20").templates();
    let (ship, offer) =
        (old.create(notice("ship")).await.unwrap().id, old.create(notice("offer")).await.unwrap().id);
    simulator.review(Review::reject("SCAM"));
    old.create(notice("scam")).await.unwrap();
    simulator.review(Review::approve());
    new.create(notice("offer")).await.unwrap();

    let migrated = new.migrate("10", 0, 200).await.unwrap();
    assert_eq!((&migrated.done[..], &migrated.failed[0].id), (&[ship.clone()][..], &offer));
    let path = "POST /20/migrate_message_templates?source_waba_id=10&page_number=0&count=200";
    let reason = "There is a template of this name in this language.";
    let answer = json!({"migrated_templates": [ship], "failed_templates": {offer.as_str(): reason}});
    assert_eq!(newest(&simulator), asked(path, Value::Null, answer));
    let there: Vec<_> = new.list().await.unwrap().items;
    assert_eq!((there.len(), there[0].definition.name(), there[0].is_sendable()), (2, "ship", true));
    assert_eq!(old.list().await.unwrap().items.len(), 3);

    let one = new.migrate_these("10", [&offer]).await.unwrap();
    assert_eq!((one.done.len(), &one.failed[0].id), (0, &offer));
    let path = format!("POST /20/migrate_message_templates?source_waba_id=10&template_ids=%5B{offer}%5D");
    let answer = json!({"migrated_templates": [], "failed_templates": {offer.as_str(): reason}});
    assert_eq!(newest(&simulator), asked(&path, Value::Null, answer));

    let second = new.migrate("10", 1, 1).await.unwrap();
    assert_eq!((second.done.len(), second.failed.len()), (0, 1));
    for (source, count) in [("20", 200), ("30", 200), ("40", 200), ("10", 0), ("10", 501)] {
        let refused = new.migrate(source, 0, count).await.unwrap_err();
        assert_eq!(refused.api().unwrap().code, 100, "{source}, {count}");
    }
}
