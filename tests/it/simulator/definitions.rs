//! Templates as they are submitted, listed, edited and deleted.

use super::{assert_refused, call, get, graph, taken};
use reqwest::Method;
use serde_json::{Value, json};
use whatsapp_business::simulator::{ApprovedTemplate, Review, Simulator};

/// The smallest template there is.
pub(super) fn notice(name: &str, language: &str) -> Value {
    json!({"name": name, "language": language, "category": "UTILITY",
           "components": [{"type": "BODY", "text": "Your order is on its way."}]})
}

pub(crate) fn list_of(simulator: &Simulator) -> String {
    format!("{}/message_templates", simulator.account_id())
}

pub(super) async fn create(simulator: &Simulator, definition: Value) -> (reqwest::StatusCode, Value) {
    call(simulator, Method::POST, &list_of(simulator), definition).await
}

/// The id of a template that is taken.
pub(super) async fn created(simulator: &Simulator, definition: Value) -> String {
    taken(create(simulator, definition).await)["id"].as_str().unwrap().to_owned()
}

/// The handle of a picture that was uploaded to the app.
pub(crate) async fn sample(simulator: &Simulator) -> String {
    let begin = format!("{}/uploads?file_length=4&file_type=image/png", simulator.app_id());
    let session = taken(call(simulator, Method::POST, &begin, Value::Null).await);
    let url = graph(simulator, session["id"].as_str().unwrap());
    let request = reqwest::Client::new().post(url).bearer_auth(simulator.access_token());
    let answer = request.header("file_offset", "0").body("\u{1}PNG").send().await.unwrap();
    super::read(answer).await.1["h"].as_str().unwrap().to_owned()
}

fn names(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_submitted_is_read_back_with_the_words_of_the_api_in_capital_letters() {
    let simulator = Simulator::start().await.unwrap();
    let handle = sample(&simulator).await;
    let definition = json!({"name": "order_update", "language": "en_US", "category": "utility", "parameter_format": "named",
        "message_send_ttl_seconds": 600, "allow_category_change": true,
        "components": [
            {"type": "header", "format": "image", "example": {"header_handle": [handle]}},
            {"type": "body", "text": "Hello {{name}}, it ships.",
             "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}},
            {"type": "footer", "text": "Sunny Solar"},
            {"type": "buttons", "buttons": [
                {"type": "quick_reply", "text": "Thanks"},
                {"type": "url", "text": "Track", "url": "https://example.com/{{1}}", "example": ["A-42"]}]}]});
    let answer = taken(create(&simulator, definition).await);
    let id = answer["id"].as_str().unwrap();
    assert_eq!(answer, json!({"id": id, "status": "PENDING", "category": "UTILITY"}));

    let template = taken(get(&simulator, id).await);
    let address = template["components"][0]["example"]["header_handle"][0].as_str().unwrap().to_owned();
    assert_eq!(reqwest::get(address.clone()).await.unwrap().text().await.unwrap(), "\u{1}PNG");
    assert_eq!(
        template,
        json!({"name": "order_update", "parameter_format": "NAMED", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "id": id, "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [address]}},
            {"type": "BODY", "text": "Hello {{name}}, it ships.",
             "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}},
            {"type": "FOOTER", "text": "Sunny Solar"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Thanks"},
                {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["A-42"]}]}]})
    );
    let fields =
        "fields=status,rejected_reason,quality_score{score,date},message_send_ttl_seconds,correct_category";
    let some = taken(get(&simulator, &format!("{id}?{fields}")).await);
    assert!(some["quality_score"]["date"].is_i64(), "{some}");
    assert_eq!(
        (&some["rejected_reason"], &some["quality_score"]["score"], &some["message_send_ttl_seconds"]),
        (&json!("NONE"), &json!("UNKNOWN"), &json!(600))
    );
    assert_eq!(some.as_object().unwrap().len(), 5, "{some}");
    assert_refused(&get(&simulator, &format!("{id}?fields=id,colour")).await, 400, 100);
}

#[tokio::test]
async fn a_name_is_taken_once_in_each_language() {
    let simulator = Simulator::start().await.unwrap();
    created(&simulator, notice("ship", "en_US")).await;
    created(&simulator, notice("ship", "es")).await;
    let again = create(&simulator, notice("ship", "es")).await;
    assert_refused(&again, 400, 100);
    let error = &again.1["error"];
    assert_eq!(error["error_subcode"], 2_388_024);
    assert!(error["error_user_title"].is_string() && error["error_user_msg"].is_string(), "{error}");
    let other = call(&simulator, Method::POST, "1/message_templates", notice("ship", "de")).await;
    assert_refused(&other, 400, 100);
    assert_eq!(other.1["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn what_is_wrong_with_a_definition_is_told_by_the_subcode() {
    let simulator = Simulator::start().await.unwrap();
    let of = |components: Value| json!({"name": "t", "language": "en", "category": "MARKETING", "components": components});
    let body = |text: &str, examples: Value| {
        of(json!([{"type": "BODY", "text": text, "example": {"body_text": examples}}]))
    };
    let header = |header: Value| of(json!([header, {"type": "BODY", "text": "Hello there."}]));
    for (definition, subcode) in [
        (body(&"x".repeat(1025), json!([])), 2_388_040),
        (body("Hello {{1}}.", json!([])), 2_388_072),
        (body("Hello {{2}}.", json!([["Ana"]])), 2_388_072),
        (body("{{1}} hello.", json!([["Ana"]])), 2_388_299),
        (body("Hello {{1}}", json!([["Ana"]])), 2_388_299),
        (body("Hello {{1}}, {{2}}!", json!([["Ana", "Li"]])), 2_388_293),
        (of(json!([{"type": "FOOTER", "text": "Bye"}])), 2_388_072),
        (of(json!([{"type": "BODY", "text": "Hi."}, {"type": "FOOTER", "text": "Bye {{1}}"}])), 2_388_073),
        (header(json!({"type": "HEADER", "format": "TEXT", "text": "*Sale*"})), 2_388_047),
        (header(json!({"type": "HEADER", "format": "IMAGE"})), 2_388_273),
        (
            header(
                json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::made_up"]}}),
            ),
            2_388_273,
        ),
    ] {
        let refused = create(&simulator, definition.clone()).await;
        assert_refused(&refused, 400, 100);
        assert_eq!(refused.1["error"]["error_subcode"], subcode, "{definition}: {}", refused.1);
    }
    for (member, value) in [
        ("name", json!("Order-Update")),
        ("name", Value::Null),
        ("language", json!("english")),
        ("category", json!("NEWS")),
        ("parameter_format", json!("BY_COLOUR")),
        ("message_send_ttl_seconds", json!(10)),
        ("components", json!([])),
    ] {
        let mut definition = notice("t", "en");
        definition[member] = value;
        assert_refused(&create(&simulator, definition).await, 400, 100);
    }
    assert!(simulator.templates().is_empty());
}

#[tokio::test]
async fn lists_are_filtered_paged_and_counted() {
    let simulator = Simulator::start().await.unwrap();
    for name in ["ship", "ship_late", "offer"] {
        created(&simulator, notice(name, "en_US")).await;
    }
    simulator.review(Review::reject("SCAM"));
    let mut offer = notice("offer", "es");
    offer["category"] = json!("MARKETING");
    offer["components"][0]["text"] = json!("Todo a mitad de precio.");
    created(&simulator, offer).await;
    let list = list_of(&simulator);
    let found = async |query: &str| taken(get(&simulator, &format!("{list}?{query}")).await);

    for (query, expected) in [
        ("", vec!["offer", "offer", "ship_late", "ship"]),
        ("name=ship", vec!["ship_late", "ship"]),
        ("status=rejected", vec!["offer"]),
        ("status=[\"APPROVED\",\"REJECTED\"]", vec!["offer", "offer", "ship_late", "ship"]),
        ("category=UTILITY&language=en_US&name=ship_late", vec!["ship_late"]),
        ("quality_score=GREEN", vec![]),
        ("content=MITAD", vec!["offer"]),
        ("name_or_content=ship", vec!["ship_late", "ship"]),
    ] {
        assert_eq!(names(&found(query).await), expected, "{query}");
    }

    let first = found("limit=3&fields=name").await;
    assert_eq!(names(&first), ["offer", "offer", "ship_late"]);
    assert_eq!(first["data"][0].as_object().unwrap().len(), 2, "name and id");
    assert!(first["paging"]["previous"].is_null());
    let next = first["paging"]["next"].as_str().unwrap();
    assert!(
        next.starts_with(&graph(&simulator, &list)) && !next.contains(simulator.access_token()),
        "{next}"
    );
    let request = reqwest::Client::new().get(next).bearer_auth(simulator.access_token());
    let second = taken(super::read(request.send().await.unwrap()).await);
    assert_eq!(names(&second), ["ship"]);
    assert!(second["paging"]["next"].is_null(), "{second}");
    let before = second["paging"]["cursors"]["before"].as_str().unwrap();
    assert_eq!(names(&found(&format!("limit=2&before={before}")).await), ["offer", "ship_late"]);

    for (query, code) in
        [("after=nonsense", 131_059), ("limit=0", 100), ("limit=x", 100), ("fields=colour", 100)]
    {
        assert_refused(&get(&simulator, &format!("{list}?{query}")).await, 400, code);
    }
    let counted =
        found("limit=1&status=APPROVED&summary=total_count,message_template_count,are_translations_complete")
            .await;
    assert_eq!(
        counted["summary"],
        json!({"total_count": 3, "message_template_count": 4, "are_translations_complete": false})
    );
}

#[tokio::test]
async fn deleting_takes_all_languages_or_one_or_many() {
    let simulator = Simulator::start().await.unwrap();
    let list = list_of(&simulator);
    let delete =
        async |query: &str| call(&simulator, Method::DELETE, &format!("{list}?{query}"), Value::Null).await;
    let (english, spanish) =
        (created(&simulator, notice("ship", "en")).await, created(&simulator, notice("ship", "es")).await);
    let offer = created(&simulator, notice("offer", "en")).await;

    assert_refused(&delete("").await, 400, 100);
    assert_refused(&delete("name=nothing").await, 400, 100);
    assert_refused(&delete(&format!("hsm_id={english}")).await, 400, 100);
    assert_refused(&delete(&format!("hsm_id={english}&name=offer")).await, 400, 100);
    assert_refused(&delete(&format!("hsm_ids=[\"{english}\",\"1\"]")).await, 400, 100);
    assert_refused(&delete(&format!("hsm_ids=[\"{english}\"]&name=ship")).await, 400, 100);
    assert_eq!(simulator.templates().len(), 3, "all or nothing");

    assert_eq!(taken(delete(&format!("hsm_id={spanish}&name=ship")).await), json!({"success": true}));
    assert_refused(&get(&simulator, &spanish).await, 400, 100);
    taken(delete(&format!("hsm_ids=[{english}]")).await);
    taken(delete("name=offer").await);
    assert!(simulator.templates().is_empty());
    assert_refused(&get(&simulator, &offer).await, 400, 100);

    let again = create(&simulator, notice("offer", "de")).await;
    assert_eq!(
        again.1["error"]["error_subcode"], 2_388_023,
        "the name of an approved one stays taken for 30 days"
    );
    simulator.review(Review::reject("SCAM"));
    created(&simulator, notice("scam", "en")).await;
    taken(delete("name=scam").await);
    created(&simulator, notice("scam", "en")).await;
}

#[tokio::test]
async fn editing_replaces_the_components_and_is_reviewed_again() {
    let simulator = Simulator::start().await.unwrap();
    let id = created(&simulator, notice("ship", "en")).await;
    let edit = async |change: Value| call(&simulator, Method::POST, &id, change).await;
    let other = json!({"components": [{"type": "body", "text": "It has left us."}]});

    assert_refused(&edit(json!({})).await, 400, 100);
    assert_refused(&edit(json!({"category": "MARKETING"})).await, 400, 100);
    assert_refused(&edit(json!({"components": [{"type": "BODY", "text": "{{1}}"}]})).await, 400, 100);
    simulator.review(Review::by_hand());
    assert_eq!(taken(edit(other.clone()).await), json!({"success": true}));
    let edited = taken(get(&simulator, &id).await);
    assert_eq!(
        (&edited["status"], &edited["components"][0]["text"]),
        (&json!("PENDING"), &json!("It has left us."))
    );
    let pending = edit(other.clone()).await;
    assert_eq!(pending.1["error"]["error_subcode"], 2_388_039, "{}", pending.1);

    simulator.decide_template("ship", "en", Review::approve()).unwrap();
    let second = edit(other.clone()).await;
    assert_eq!(second.1["error"]["error_subcode"], 2_388_039, "once in 24 hours: {}", second.1);
    simulator.decide_template("ship", "en", Review::reject("PROMOTIONAL")).unwrap();
    taken(edit(json!({"category": "MARKETING"})).await);
    simulator.decide_template("ship", "en", Review::reject("PROMOTIONAL")).unwrap();
    taken(edit(other).await);
}

#[tokio::test]
async fn one_time_codes_are_put_in_in_many_languages_at_once() {
    let simulator = Simulator::start().await.unwrap();
    let upsert = async |languages: Value, minutes: u32| {
        let definition = json!({"name": "code", "languages": languages, "category": "AUTHENTICATION", "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": minutes},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
        let path = format!("{}/upsert_message_templates", simulator.account_id());
        call(&simulator, Method::POST, &path, definition).await
    };
    let first = taken(upsert(json!(["en_US", "es"]), 5).await);
    assert_eq!(first["data"][1]["language"], "es");
    assert_eq!(simulator.templates().len(), 2);
    let second = taken(upsert(json!(["es", "de"]), 9).await);
    assert_eq!(second["data"][0]["id"], first["data"][1]["id"]);
    assert_eq!(simulator.templates().len(), 3);
    assert_refused(&upsert(json!([]), 5).await, 400, 100);
    assert_refused(&upsert(json!(["es"]), 91).await, 400, 100);
}

#[tokio::test]
async fn templates_that_count_as_approved_are_listed_too() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(
        ApprovedTemplate::new("ship", "en", "Hello {{name}}.").header_image().quick_reply("Thanks"),
    );
    let list = taken(get(&simulator, &list_of(&simulator)).await);
    assert_eq!(list["data"][0]["status"], "APPROVED");
    assert_eq!(list["data"][0]["parameter_format"], "NAMED");
    assert_eq!(
        list["data"][0]["components"],
        json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hello {{name}}."},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]}])
    );
}

#[tokio::test]
async fn a_preview_shows_how_a_one_time_code_will_read() {
    let simulator = Simulator::start().await.unwrap();
    let preview = async |query: &str| {
        get(&simulator, &format!("{}/message_template_previews?{query}", simulator.account_id())).await
    };
    let query = "category=AUTHENTICATION&language=en_US,es&add_security_recommendation=true&code_expiration_minutes=5&button_types=OTP";
    let shown = taken(preview(query).await);
    assert_eq!(
        shown["data"][1],
        json!({"body": "{{1}} is your verification code. For your security, do not share this code.",
            "buttons": [{"autofill_text": "Autofill", "text": "Copy code"}],
            "footer": "This code expires in 5 minutes.", "language": "es"})
    );
    assert!(taken(preview("category=authentication").await)["data"][0].get("footer").is_none());
    for bad in [
        "category=UTILITY",
        "category=AUTHENTICATION&code_expiration_minutes=91",
        "category=AUTHENTICATION&button_types=URL",
    ] {
        assert_refused(&preview(bad).await, 400, 100);
    }
}
