//! What becomes of templates: reviewed, paused, moved, archived.

use super::{
    ANA, assert_refused, call,
    definitions::{create, created, list_of, notice},
    get, message_id, send, taken, text,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use whatsapp_business::simulator::{ApprovedTemplate, Faults, Permission, Review, Simulator};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn ship() -> Value {
    json!({"type": "template", "template": {"name": "ship", "language": {"code": "en_US"}}})
}

/// The last webhook: its field and value, after a check of what stands around them.
fn last_webhook(simulator: &Simulator) -> (String, Value) {
    let body = simulator.webhooks().last().unwrap().body.clone();
    assert_eq!(body["object"], "whatsapp_business_account");
    assert_eq!(body["entry"][0]["id"], simulator.account_id().as_str());
    assert!(body["entry"][0]["time"].is_i64(), "{body}");
    let change = &body["entry"][0]["changes"][0];
    (change["field"].as_str().unwrap().to_owned(), change["value"].clone())
}

/// The status in the last webhook.
fn last_status(simulator: &Simulator) -> Value {
    simulator.webhooks().last().unwrap().body["entry"][0]["changes"][0]["value"]["statuses"][0].clone()
}

#[tokio::test]
async fn a_template_is_sent_once_it_is_approved() {
    let simulator = Simulator::start().await.unwrap();
    simulator.review(Review::by_hand());
    let id: u64 = created(&simulator, notice("ship", "en_US")).await.parse().unwrap();
    assert_refused(&send(&simulator, ship()).await, 404, 132_001);
    assert!(simulator.webhooks().is_empty());

    simulator.decide_template("ship", "en_US", Review::approve()).unwrap();
    assert_eq!(
        last_webhook(&simulator),
        (
            "message_template_status_update".to_owned(),
            json!({"event": "APPROVED", "message_template_id": id, "message_template_name": "ship",
                "message_template_language": "en-US", "reason": "NONE", "message_template_category": "UTILITY"})
        )
    );
    message_id(&send(&simulator, ship()).await);

    simulator.decide_template("ship", "en_US", Review::reject("TAG_CONTENT_MISMATCH")).unwrap();
    let (_, value) = last_webhook(&simulator);
    assert_eq!((&value["event"], &value["reason"]), (&json!("REJECTED"), &json!("TAG_CONTENT_MISMATCH")));
    let template = taken(get(&simulator, &format!("{id}?fields=status,rejected_reason")).await);
    assert_eq!(
        template,
        json!({"id": id.to_string(), "status": "REJECTED", "rejected_reason": "TAG_CONTENT_MISMATCH"})
    );
    assert_refused(&send(&simulator, ship()).await, 404, 132_001);
    assert!(simulator.decide_template("ship", "es", Review::approve()).is_err());
}

#[tokio::test]
async fn what_is_held_of_a_template_is_sent_on_or_fails() {
    let simulator = Simulator::start().await.unwrap();
    created(&simulator, notice("ship", "en_US")).await;
    simulator.hold_template("ship", "en_US").unwrap();
    let (_, answer) = send(&simulator, ship()).await;
    assert_eq!(answer["messages"][0]["message_status"], "held_for_quality_assessment");
    let told = simulator.webhooks().len();
    simulator.idle().await.unwrap();
    assert_eq!((simulator.webhooks().len(), simulator.sent().len()), (told, 1));

    simulator.release_template("ship", "en_US").unwrap();
    let status = last_status(&simulator);
    assert_eq!((&status["status"], &status["id"]), (&json!("read"), &answer["messages"][0]["id"]));
    let (_, answer) = send(&simulator, ship()).await;
    assert_eq!(answer["messages"][0]["message_status"], "accepted");

    simulator.hold_template("ship", "en_US").unwrap();
    let held = message_id(&send(&simulator, ship()).await);
    simulator.pause_template("ship", "en_US").unwrap();
    let status = last_status(&simulator);
    assert_eq!((&status["status"], &status["id"]), (&json!("failed"), &json!(held)));
    assert_eq!(status["errors"][0]["code"], 132_015);
    assert!(simulator.hold_template("ship", "es").is_err());
}

#[tokio::test]
async fn what_is_held_fails_when_its_template_is_deleted_and_can_be_forgotten() {
    let simulator = Simulator::builder().keep(2).start().await.unwrap();
    let id = created(&simulator, notice("ship", "en_US")).await;
    simulator.hold_template("ship", "en_US").unwrap();
    let held = message_id(&send(&simulator, ship()).await);
    let path = format!("{}?name=ship&hsm_id={id}", list_of(&simulator));
    taken(call(&simulator, Method::DELETE, &path, Value::Null).await);
    let status = last_status(&simulator);
    assert_eq!((&status["status"], &status["id"]), (&json!("failed"), &json!(held)));
    assert_eq!(status["errors"][0]["code"], 132_001);
    for _ in 0..3 {
        taken(send(&simulator, text("Hello")).await);
    }
    assert_eq!(simulator.sent().len(), 2);
}

#[tokio::test]
async fn what_is_held_waits_on_when_its_template_is_replaced() {
    let simulator = Simulator::builder().keep(2).start().await.unwrap();
    let approve = |text| simulator.approve_template(ApprovedTemplate::new("ship", "en_US", text));
    approve("Your order ships.");
    simulator.hold_template("ship", "en_US").unwrap();
    let mut held = vec![message_id(&send(&simulator, ship()).await)];
    approve("Your order is on its way.");
    held.push(message_id(&send(&simulator, ship()).await));
    assert_eq!(simulator.user(ANA).messages().len(), 0);

    simulator.release_template("ship", "en_US").unwrap();
    let shown: Vec<_> =
        simulator.user(ANA).messages().into_iter().map(|shown| shown.id.to_string()).collect();
    assert_eq!(shown, held);
    for _ in 0..3 {
        message_id(&send(&simulator, ship()).await);
    }
    assert_eq!(simulator.sent().len(), 2);
}

#[tokio::test]
async fn templates_are_no_business_of_an_app_without_the_permission() {
    let simulator = Simulator::start().await.unwrap();
    simulator.permit(Permission::Management, false);
    let path = format!("{}/message_templates", simulator.account_id());
    assert_refused(&get(&simulator, &path).await, 403, 200);
    simulator.permit(Permission::Management, true);
    created(&simulator, notice("ship", "en_US")).await;
}

#[tokio::test]
async fn a_review_takes_the_time_it_is_given_and_idle_waits_for_it() {
    let simulator = Simulator::start().await.unwrap();
    simulator.review(Review::approve().after(Duration::from_millis(50)));
    created(&simulator, notice("ship", "en_US")).await;
    assert_eq!(simulator.templates()[0].status, "PENDING");
    simulator.idle().await.unwrap();
    assert_eq!(simulator.templates()[0].status, "APPROVED");
}

#[tokio::test]
async fn a_template_that_customers_dislike_is_paused_twice_and_then_disabled() {
    let simulator = Simulator::start().await.unwrap();
    let id = created(&simulator, notice("ship", "en_US")).await;
    let number: u64 = id.parse().unwrap();
    simulator.rate_template("ship", "en_US", "YELLOW").unwrap();
    assert_eq!(
        last_webhook(&simulator),
        (
            "message_template_quality_update".to_owned(),
            json!({"previous_quality_score": "UNKNOWN", "new_quality_score": "YELLOW", "message_template_id": number,
                "message_template_name": "ship", "message_template_language": "en-US"})
        )
    );
    message_id(&send(&simulator, ship()).await);

    simulator.rate_template("ship", "en_US", "RED").unwrap();
    let (field, value) = last_webhook(&simulator);
    assert_eq!(field, "message_template_status_update");
    assert_eq!((&value["event"], &value["reason"]), (&json!("PAUSED"), &Value::Null));
    assert_eq!(value["other_info"]["title"], "FIRST_PAUSE");
    assert_refused(&send(&simulator, ship()).await, 400, 132_015);

    let unpause = format!("{id}/unpause");
    assert_eq!(taken(call(&simulator, Method::POST, &unpause, Value::Null).await), json!({"success": true}));
    assert_eq!(last_webhook(&simulator).1["other_info"]["title"], "UNPAUSE");
    let again = taken(call(&simulator, Method::POST, &unpause, Value::Null).await);
    assert_eq!(again["success"], false);
    message_id(&send(&simulator, ship()).await);

    simulator.pause_template("ship", "en_US").unwrap();
    assert_eq!(last_webhook(&simulator).1["other_info"]["title"], "SECOND_PAUSE");
    simulator.pause_template("ship", "en_US").unwrap();
    assert_eq!(last_webhook(&simulator).1["event"], "DISABLED");
    assert_refused(&send(&simulator, ship()).await, 400, 132_016);
    let path = format!("{}?name=ship", list_of(&simulator));
    assert_refused(&call(&simulator, Method::DELETE, &path, Value::Null).await, 400, 100);
}

#[tokio::test]
async fn a_move_to_another_category_is_announced_or_done() {
    let simulator = Simulator::start().await.unwrap();
    let id: u64 = created(&simulator, notice("ship", "en_US")).await.parse().unwrap();
    simulator.recategorise_template("ship", "en_US", "MARKETING", Duration::from_secs(86_400)).unwrap();
    let (field, value) = last_webhook(&simulator);
    assert_eq!(field, "template_category_update");
    assert!(value["category_update_timestamp"].is_i64());
    assert_eq!(
        (&value["correct_category"], &value["new_category"]),
        (&json!("MARKETING"), &json!("UTILITY"))
    );
    let fields = format!("{id}?fields=category,correct_category,previous_category");
    assert_eq!(taken(get(&simulator, &fields).await)["correct_category"], "MARKETING");

    simulator.recategorise_template("ship", "en_US", "MARKETING", Duration::ZERO).unwrap();
    assert_eq!(
        last_webhook(&simulator).1,
        json!({"previous_category": "UTILITY", "new_category": "MARKETING", "message_template_id": id,
            "message_template_name": "ship", "message_template_language": "en-US"})
    );
    assert_eq!(
        taken(get(&simulator, &fields).await),
        json!({"id": id.to_string(), "category": "MARKETING", "previous_category": "UTILITY"})
    );
}

#[tokio::test]
async fn an_edit_tells_how_the_template_reads_now() {
    let simulator = Simulator::start().await.unwrap();
    let id = created(&simulator, notice("ship", "en_US")).await;
    let components = json!([{"type": "BODY", "text": "It has left us."}, {"type": "FOOTER", "text": "Sunny Solar"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://example.com"}]}]);
    simulator.review(Review::by_hand());
    taken(call(&simulator, Method::POST, &id, json!({ "components": components })).await);
    let (field, value) = last_webhook(&simulator);
    assert_eq!(field, "message_template_components_update");
    assert_eq!(
        value,
        json!({"message_template_id": id.parse::<u64>().unwrap(), "message_template_name": "ship",
            "message_template_language": "en-US", "message_template_element": "It has left us.",
            "message_template_footer": "Sunny Solar", "message_template_buttons": [{
                "message_template_button_type": "URL", "message_template_button_text": "Track",
                "message_template_button_url": "https://example.com"}]})
    );
}

#[tokio::test]
async fn the_archive_takes_what_is_approved_and_gives_it_back() {
    let simulator = Simulator::start().await.unwrap();
    let id = created(&simulator, notice("ship", "en_US")).await;
    let archive = async |verb: &str| {
        // This host has no version in its paths.
        let url = format!("{}/{}/{verb}", simulator.graph_url(), list_of(&simulator));
        let request = reqwest::Client::new().post(url).json(&json!({"hsm_ids": format!("{id},1")}));
        taken(super::read(request.bearer_auth(simulator.access_token()).send().await.unwrap()).await)
    };
    assert_eq!(archive("archive").await, json!({"archived_templates": [id], "failed_templates": ["1"]}));
    assert_eq!(last_webhook(&simulator).1["event"], "ARCHIVED");
    assert_eq!(simulator.templates()[0].status, "ARCHIVED");
    assert_refused(&send(&simulator, ship()).await, 404, 132_001);
    assert_eq!(archive("archive").await["failed_templates"], json!([id, "1"]));
    assert_eq!(archive("unarchive").await, json!({"unarchived_templates": [id], "failed_templates": ["1"]}));
    message_id(&send(&simulator, ship()).await);
}

#[tokio::test]
async fn a_function_decides_upon_each_template_as_it_is_handed_in() {
    let simulator = Simulator::start().await.unwrap();
    simulator.review(Review::by(|template| match (template.name.as_str(), template.status.as_str()) {
        ("scam", _) => Review::reject("SCAM"),
        ("later", "PENDING") => Review::by_hand(),
        _ => Review::approve(),
    }));
    for name in ["ship", "scam", "later"] {
        created(&simulator, notice(name, "en_US")).await;
    }
    let statuses: Vec<_> = simulator.templates().into_iter().map(|template| template.status).collect();
    assert_eq!(statuses, ["APPROVED", "REJECTED", "PENDING"]);
    assert_eq!(last_webhook(&simulator).1["reason"], "SCAM");

    let slow = Review::by(|_| Review::approve().after(HOUR)).after(HOUR);
    simulator.decide_template("later", "en_US", slow).unwrap();
    simulator.advance(2 * HOUR - Duration::from_secs(60));
    assert_eq!(simulator.templates()[2].status, "PENDING");
    simulator.advance(Duration::from_secs(60));
    assert_eq!(simulator.templates()[2].status, "APPROVED");
}

#[tokio::test]
async fn a_pause_ends_after_three_hours_and_the_second_after_six() {
    let simulator = Simulator::start().await.unwrap();
    created(&simulator, notice("ship", "en_US")).await;
    let status = || simulator.templates()[0].status.clone();
    for hours in [3, 6] {
        simulator.rate_template("ship", "en_US", "RED").unwrap();
        simulator.advance(hours * HOUR - Duration::from_secs(60));
        assert_eq!(status(), "PAUSED");
        simulator.advance(Duration::from_secs(60));
        assert_eq!(status(), "APPROVED");
        assert_eq!(last_webhook(&simulator).1["other_info"]["title"], "UNPAUSE");
    }
    simulator.rate_template("ship", "en_US", "RED").unwrap();
    simulator.advance(1000 * HOUR);
    assert_eq!(status(), "DISABLED");
}

#[tokio::test]
async fn a_template_that_breaks_the_policies_is_told_from_one_that_was_never_approved() {
    let simulator = Simulator::start().await.unwrap();
    created(&simulator, notice("ship", "en_US")).await;
    simulator.decide_template("ship", "en_US", Review::reject("ABUSIVE_CONTENT")).unwrap();
    assert_refused(&send(&simulator, ship()).await, 400, 132_007);
    simulator.decide_template("ship", "en_US", Review::reject("INVALID_FORMAT")).unwrap();
    assert_refused(&send(&simulator, ship()).await, 404, 132_001);
    simulator.decide_template("ship", "en_US", Review::approve()).unwrap();
    message_id(&send(&simulator, ship()).await);

    simulator.review(Review::reject("SCAM"));
    created(&simulator, notice("scam", "en_US")).await;
    let scam = json!({"type": "template", "template": {"name": "scam", "language": {"code": "en_US"}}});
    assert_refused(&send(&simulator, scam).await, 404, 132_001);
}

#[tokio::test]
async fn the_decision_can_be_faster_than_the_answer_to_the_creation() {
    let simulator = Simulator::builder().faults(Faults::none().early_webhooks(1.0)).start().await.unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    simulator.deliver_to(move |body, _| {
        let tell = tell.clone();
        async move {
            // Not at once: the answer has every chance to be first.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            tell.send(serde_json::from_slice::<Value>(&body).unwrap()).unwrap();
            200
        }
    });
    for name in ["ship", "offer"] {
        let (_, answer) = create(&simulator, notice(name, "en_US")).await;
        assert_eq!(answer["status"], "PENDING");
        let webhook = told.try_recv().unwrap();
        let value = &webhook["entry"][0]["changes"][0]["value"];
        assert_eq!((&value["event"], &value["message_template_name"]), (&json!("APPROVED"), &json!(name)));
        assert_eq!(value["message_template_id"].to_string(), answer["id"].as_str().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_keeps_the_decision_waiting_for_the_answer_gets_the_answer() {
    let simulator = Simulator::builder().faults(Faults::none().early_webhooks(1.0)).offline().unwrap();
    let (answered, waits) = tokio::sync::watch::channel(false);
    simulator.deliver_to(move |_, _| {
        let mut waits = waits.clone();
        async move { if waits.wait_for(|answered| *answered).await.is_ok() { 200 } else { 500 } }
    });
    let definition = serde_json::from_value(notice("ship", "en_US")).unwrap();
    simulator.client().account(simulator.account_id()).templates().create(definition).await.unwrap();
    answered.send_replace(true);
    simulator.idle().await.unwrap();
    assert_eq!(simulator.webhooks()[0].status, Some(200));
}
