//! Each call as it goes over the wire.

use super::{client, definition, templates};
use serde_json::{Value, json};
use whatsapp_business::{
    Error, ErrorKind,
    client::Metric,
    message::Upload,
    template::{Button, Card, Carousel, Category, Definition, HeaderFormat, TemplateStatus},
    time::Timestamp,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

const EDGE: &str = "/v26.0/102290129340398/message_templates";

/// Answers a request of this method to this path once.
async fn answers(server: &MockServer, verb: &str, place: &str, answer: Value) {
    let mock = Mock::given(method(verb)).and(path(place)).and(header("authorization", "Bearer EAAGsecret"));
    mock.respond_with(ResponseTemplate::new(200).set_body_json(answer)).expect(1).mount(server).await;
}

/// Query and body of the only request.
async fn asked(server: &MockServer) -> (String, Value) {
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    let body = serde_json::from_slice(&requests[0].body).unwrap_or(Value::Null);
    (requests[0].url.query().unwrap_or_default().to_owned(), body)
}

async fn breaks_after(server: &MockServer, verb: &str) {
    Mock::given(method(verb)).respond_with(ResponseTemplate::new(500)).mount(server).await;
}

fn places(error: &Error) -> Vec<&str> {
    error.violations().iter().map(|violation| violation.path.as_str()).collect()
}

#[tokio::test]
async fn a_template_is_created_as_meta_documents_it() {
    let server = MockServer::start().await;
    answers(
        &server,
        "POST",
        EDGE,
        json!({"id": 572279198452421_i64, "status": "PENDING", "category": "MARKETING"}),
    )
    .await;
    let created = templates(&server).create(definition()).await.unwrap();
    assert_eq!(created.id.as_str(), "572279198452421");
    assert_eq!(
        (created.status, created.category),
        (Some(TemplateStatus::Pending), Some(Category::Marketing))
    );
    let (query, body) = asked(&server).await;
    assert_eq!(query, "");
    assert_eq!(
        body,
        json!({"name": "order_update", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
            "components": [{"type": "BODY", "text": "Hello {{name}}, your order is on its way.",
                "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}}]})
    );
}

#[tokio::test]
async fn a_template_that_breaks_limits_is_not_sent() {
    let server = MockServer::start().await;
    let broken = || Definition::new("Order", "en_US", Category::Utility);
    let error = templates(&server).create(broken()).await.unwrap_err();
    assert_eq!(places(&error), ["name", "components"]);
    let error = templates(&server).edit("5", &broken()).await.unwrap_err();
    assert_eq!(places(&error), ["name", "components"]);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_creation_without_an_answer_is_not_tried_again() {
    let server = MockServer::start().await;
    breaks_after(&server, "POST").await;
    let error = templates(&server).create(definition()).await.unwrap_err();
    assert!(error.outcome_unknown());
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    assert!(templates(&server).edit("5", &definition()).await.unwrap_err().outcome_unknown());
    assert!(templates(&server).migrate("5", 0, 10).await.unwrap_err().outcome_unknown());
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn samples_are_uploaded_on_the_way() {
    let server = MockServer::start().await;
    let uploads = json!({"id": "upload:MTph?sig=ARZ"});
    Mock::given(method("POST"))
        .and(path("/v26.0/77/uploads"))
        .respond_with(ResponseTemplate::new(200).set_body_json(uploads))
        .expect(3)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/v26.0/upload:MTph"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"h": "4::aW"})))
        .expect(3)
        .mount(&server)
        .await;
    let header = json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}});
    let button = json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "More"}]});
    let card = json!({"components": [header, button]});
    Mock::given(method("POST"))
        .and(path(EDGE))
        .and(body_json(json!({"name": "tours", "language": "en", "category": "MARKETING", "components": [
            header, {"type": "BODY", "text": "Just in:"}, {"type": "CAROUSEL", "cards": [card, card]}]})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "5"})))
        .expect(1)
        .mount(&server)
        .await;
    let card = || Card::new().header_media(HeaderFormat::Image, "").button(Button::quick_reply("More"));
    let tours = Definition::new("tours", "en", Category::Marketing)
        .header_sample(HeaderFormat::Image)
        .body("Just in:")
        .component(Carousel::new([card(), card()]));
    let (app, jpeg) = (client(&server).app("77"), || Upload::bytes("a.jpg", "x").mime_type("image/jpeg"));
    let create = templates(&server).create(tours.clone()).header_sample(&app, jpeg());
    let create = create.card_sample(0, &app, jpeg()).card_sample(1, &app, jpeg());
    assert!(create.request().is_err());
    assert_eq!(create.await.unwrap().id.as_str(), "5");

    // Nothing is uploaded in vain.
    server.reset().await;
    let error = templates(&server).create(tours.clone()).card_sample(2, &app, jpeg()).await.unwrap_err();
    assert_eq!(places(&error), ["cards[2].header"]);
    let error = templates(&server).create(definition()).header_sample(&app, jpeg()).await.unwrap_err();
    assert_eq!(places(&error), ["header"]);
    let error = templates(&server).create(tours).header_sample(&app, jpeg()).await.unwrap_err();
    assert_eq!(error.violations().len(), 2, "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_upload_leaves_no_doubt_about_the_template() {
    let server = MockServer::start().await;
    breaks_after(&server, "POST").await;
    let sampled =
        Definition::new("a", "en", Category::Utility).header_sample(HeaderFormat::Image).body("Hello there.");
    let (app, jpeg) = (client(&server).app("77"), Upload::bytes("a.jpg", "x").mime_type("image/jpeg"));
    let error = templates(&server).create(sampled).header_sample(&app, jpeg).await.unwrap_err();
    assert!(!error.outcome_unknown(), "{error}");
}

#[tokio::test]
async fn one_template_is_asked_for_with_all_its_members() {
    let server = MockServer::start().await;
    let kept = json!({"id": "5", "status": "PAUSED", "name": "a", "language": "en", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi {{1}}!"}], "quality_score": {"score": "RED"}, "novelty": 1});
    answers(&server, "GET", "/v26.0/5", kept.clone()).await;
    let template = templates(&server).get("5").await.unwrap();
    assert_eq!(template.status, Some(TemplateStatus::Paused));
    assert_eq!(serde_json::to_value(&template).unwrap(), kept);
    assert!(template.definition.fill(["Ana"]).build().is_ok());
    let (query, _) = asked(&server).await;
    assert!(
        query.starts_with("fields=id%2Cname%2Clanguage%2Cstatus%2C") && query.contains("rejected_reason"),
        "{query}"
    );
}

#[tokio::test]
async fn what_is_edited_keeps_its_name() {
    let server = MockServer::start().await;
    answers(&server, "POST", "/v26.0/5", json!({"success": true})).await;
    templates(&server).edit("5", &definition().ttl_seconds(60)).await.unwrap();
    let (_, body) = asked(&server).await;
    assert_eq!(
        body,
        json!({"parameter_format": "NAMED", "message_send_ttl_seconds": 60, "components": [
            {"type": "BODY", "text": "Hello {{name}}, your order is on its way.",
             "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}}]})
    );
    server.reset().await;
    answers(&server, "POST", "/v26.0/5", json!({"success": true})).await;
    templates(&server).edit_category("5", Category::Marketing).await.unwrap();
    assert_eq!(asked(&server).await.1, json!({"category": "MARKETING"}));
}

#[tokio::test]
async fn templates_are_deleted_by_name_by_id_or_many_at_once() {
    let server = MockServer::start().await;
    let all = templates(&server);
    for (call, query) in [
        (all.delete("a b&c"), "name=a+b%26c"),
        (all.delete_one("5", "order_update"), "hsm_id=5&name=order_update"),
        (all.delete_many(["5", "6"]), "hsm_ids=%5B5%2C6%5D"),
    ] {
        server.reset().await;
        answers(&server, "DELETE", EDGE, json!({"success": true})).await;
        let is_name = !query.contains('+');
        let result = call.await;
        if is_name {
            result.unwrap();
            assert_eq!(asked(&server).await.0, query);
        } else {
            // A name has no white space.
            assert_eq!(places(&result.unwrap_err()), ["name"]);
            server.reset().await;
        }
    }
}

#[tokio::test]
async fn nothing_is_deleted_for_want_of_a_name() {
    let server = MockServer::start().await;
    let all = templates(&server);
    let many: Vec<String> = (0..101).map(|id| id.to_string()).collect();
    for (call, place) in [
        (all.delete(""), "name"),
        (all.delete_one("5", ""), "name"),
        (all.delete_one("", "a"), "hsm_id"),
        (all.delete_many([""; 0]), "ids"),
        (all.delete_many(many), "ids"),
        (all.delete_many(["5", "6,7"]), "ids[1]"),
    ] {
        assert_eq!(places(&call.await.unwrap_err()), [place]);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_does_no_harm_twice_is_tried_again() {
    let server = MockServer::start().await;
    for (verb, place) in [
        ("DELETE", EDGE),
        ("POST", "/v26.0/5/unpause"),
        ("POST", "/102290129340398/message_templates/archive"),
    ] {
        let broken = Mock::given(method(verb)).and(path(place)).respond_with(ResponseTemplate::new(503));
        broken.up_to_n_times(1).mount(&server).await;
        let well = ResponseTemplate::new(200).set_body_json(json!({"success": true}));
        Mock::given(method(verb)).and(path(place)).respond_with(well).expect(1).mount(&server).await;
    }
    templates(&server).delete("a").await.unwrap();
    assert!(templates(&server).unpause("5").await.unwrap().success);
    templates(&server).archive(["5"]).await.unwrap();
}

#[tokio::test]
async fn a_paused_template_is_woken_or_a_reason_given() {
    let server = MockServer::start().await;
    answers(&server, "POST", "/v26.0/5/unpause", json!({"success": false, "reason": "It is not paused"}))
        .await;
    let unpaused = templates(&server).unpause("5").await.unwrap();
    assert_eq!((unpaused.success, unpaused.reason.as_deref()), (false, Some("It is not paused")));
}

#[tokio::test]
async fn the_archive_is_on_another_host_without_versions() {
    let server = MockServer::start().await;
    let done = json!({"archived_templates": ["5"], "failed_templates": {"6": "It is disabled"}});
    answers(&server, "POST", "/102290129340398/message_templates/archive", done).await;
    let archived = templates(&server).archive(["5", "6"]).await.unwrap();
    assert_eq!(asked(&server).await.1, json!({"hsm_ids": "5,6"}));
    assert_eq!(archived.done[0].as_str(), "5");
    assert_eq!(
        (archived.failed[0].id.as_str(), archived.failed[0].reason.as_deref()),
        ("6", Some("It is disabled"))
    );

    server.reset().await;
    let done =
        json!({"unarchived_templates": [{"id": 5}], "failed_templates": [{"id": "6", "reason": "no"}, "7"]});
    answers(&server, "POST", "/102290129340398/message_templates/unarchive", done).await;
    let unarchived = templates(&server).unarchive(["5", "6"]).await.unwrap();
    assert_eq!((unarchived.done[0].as_str(), unarchived.failed.len()), ("5", 2));

    let meta = whatsapp_business::Client::builder("EAAGsecret").build().unwrap();
    let request = meta.account("1").templates().archive(["5"]).request().unwrap();
    assert_eq!(request.uri(), "https://api.facebook.com/1/message_templates/archive");
}

#[tokio::test]
async fn authentication_templates_come_in_many_languages_at_once() {
    let server = MockServer::start().await;
    let answer = json!({"data": [{"id": "5", "status": "APPROVED", "language": "en_US"}, {"id": "6", "status": "PENDING", "language": "es"}]});
    answers(&server, "POST", "/v26.0/102290129340398/upsert_message_templates", answer).await;
    let code = Definition::new("login_code", "", Category::Authentication)
        .security_recommendation(true)
        .button(Button::copy_one_time_code());
    let made = templates(&server).upsert(code, ["en_US", "es"]).await.unwrap();
    assert_eq!(
        (made[1].language.as_deref(), made[0].status.as_ref()),
        (Some("es"), Some(&TemplateStatus::Approved))
    );
    assert_eq!(
        asked(&server).await.1,
        json!({"name": "login_code", "languages": ["en_US", "es"], "category": "AUTHENTICATION", "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]})
    );
}

#[tokio::test]
async fn words_of_one_time_codes_can_be_looked_at() {
    let server = MockServer::start().await;
    let answer = json!({"data": [{"body": "*{{1}}* is your verification code.", "footer": "This code expires in 10 minutes.",
        "buttons": [{"autofill_text": "Autofill", "text": "Copy code"}], "language": "en_US"}]});
    let place = "/v26.0/102290129340398/message_template_previews";
    answers(&server, "GET", place, answer).await;
    let previews = templates(&server)
        .preview_codes()
        .languages(["en_US", "es_ES"])
        .security_recommendation(true)
        .code_expiration_minutes(10)
        .await
        .unwrap();
    assert_eq!(previews[0].body.as_deref(), Some("*{{1}}* is your verification code."));
    assert_eq!(previews[0].buttons[0].autofill_text.as_deref(), Some("Autofill"));
    assert_eq!(
        asked(&server).await.0,
        "category=AUTHENTICATION&button_types=OTP&languages=en_US%2Ces_ES&add_security_recommendation=true&code_expiration_minutes=10"
    );
}

#[tokio::test]
async fn templates_are_compared_by_each_measure() {
    let server = MockServer::start().await;
    let answer = json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": ["6", "5"]},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": [{"key": "5", "value": 1273}]},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": [{"key": "5", "value": "SPAM"}]},
        {"metric": "NOVEL", "type": "NOVEL", "novel": [1]}]});
    answers(&server, "GET", "/v26.0/5/compare", answer).await;
    let (start, end) = (Timestamp::from_seconds(1_674_844_791), Timestamp::from_seconds(1_675_449_591));
    let comparison = templates(&server).compare("5", ["6"], start, end).await.unwrap();
    assert_eq!(comparison[0].order[0].as_str(), "6");
    assert_eq!((comparison[1].numbers[0].0.as_str(), comparison[1].numbers[0].1), ("5", 1273));
    assert_eq!((&comparison[2].metric, comparison[2].texts[0].1.as_str()), (&Metric::TopBlockReason, "SPAM"));
    assert_eq!(comparison[3].metric.as_str(), "NOVEL");
    assert_eq!(asked(&server).await.0, "template_ids=%5B6%5D&start=1674844791&end=1675449591");
}

#[tokio::test]
async fn templates_move_between_accounts() {
    let server = MockServer::start().await;
    let answer = json!({"migrated_templates": ["5"], "failed_templates": {"6": "Incorrect category"}});
    answers(&server, "POST", "/v26.0/102290129340398/migrate_message_templates", answer).await;
    let migrated = templates(&server).migrate("99", 0, 200).await.unwrap();
    assert_eq!((migrated.done[0].as_str(), migrated.failed[0].id.as_str()), ("5", "6"));
    assert_eq!(asked(&server).await.0, "source_waba_id=99&page_number=0&count=200");
}

#[tokio::test]
async fn ids_lead_to_no_other_path() {
    let server = MockServer::start().await;
    for id in ["", "../me", "5/../6", "5?x=1", "a b", ".."] {
        assert_eq!(places(&templates(&server).get(id).await.unwrap_err()), ["template_id"], "{id}");
        let other = client(&server).account(id).templates();
        assert_eq!(places(&other.delete("a").await.unwrap_err()), ["account_id"], "{id}");
    }
    for id in ["", "a b"] {
        let other = client(&server).account(id).templates();
        assert_eq!(places(&other.archive(["5"]).await.unwrap_err()), ["account_id"], "{id}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn meta_s_refusals_keep_their_codes() {
    let server = MockServer::start().await;
    let error =
        json!({"error": {"message": "x", "type": "OAuthException", "code": 100, "error_subcode": 2_388_024}});
    Mock::given(method("POST"))
        .and(query_param("x", "y"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(400).set_body_json(error))
        .mount(&server)
        .await;
    let error = templates(&server).create(definition()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Api(_)));
    let api = error.api().unwrap();
    assert_eq!((api.code, api.subcode), (100, Some(2_388_024)));
}
