//! What is set for a number: registration, profile, people who are blocked, and more.

use super::{
    ANA, ana, assert_refused, call, get, graph, message_id, read, receiver::Receiver, send, taken, text,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use whatsapp_business::simulator::Simulator;

/// A request to an edge of the number.
async fn edge(simulator: &Simulator, method: Method, edge: &str, body: Value) -> (StatusCode, Value) {
    call(simulator, method, &format!("{}/{edge}", simulator.phone_number_id()), body).await
}

fn done() -> Value {
    json!({"success": true})
}

#[tokio::test]
async fn a_number_and_its_account_tell_what_is_asked_for() {
    let simulator = Simulator::start().await.unwrap();
    let (phone, account) = (simulator.phone_number_id().as_str(), simulator.account_id().as_str());
    let number = taken(get(&simulator, phone).await);
    assert_eq!(
        number,
        json!({"id": phone, "display_phone_number": "+15550100001", "verified_name": "Sunny Solar",
            "code_verification_status": "VERIFIED", "quality_rating": "GREEN", "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"}})
    );
    let some = taken(
        get(&simulator, &format!("{phone}?fields=status,username,health_status{{can_send_message}}")).await,
    );
    assert_eq!(
        (&some["status"], &some["health_status"]["can_send_message"]),
        (&json!("CONNECTED"), &json!("AVAILABLE"))
    );
    assert!(some.get("username").is_none());
    assert_refused(&get(&simulator, &format!("{phone}?fields=colour")).await, 400, 100);

    let list = taken(get(&simulator, &format!("{account}/phone_numbers")).await);
    assert_eq!(list["data"], json!([number]));
    assert!(list["paging"]["cursors"]["after"].is_string());
    let owner = taken(get(&simulator, &format!("{account}?fields=account_review_status,currency")).await);
    assert_eq!(owner, json!({"id": account, "account_review_status": "APPROVED", "currency": "USD"}));
    assert_refused(&get(&simulator, "1").await, 400, 100);
    assert_refused(&get(&simulator, &format!("{phone}/no_such_edge")).await, 400, 2500);
}

#[tokio::test]
async fn a_number_is_registered_with_the_pin_that_was_set() {
    let simulator = Simulator::start().await.unwrap();
    let register = async |pin: &str| {
        let body = json!({"messaging_product": "whatsapp", "pin": pin});
        edge(&simulator, Method::POST, "register", body).await
    };
    let phone = simulator.phone_number_id().as_str();
    assert_eq!(taken(call(&simulator, Method::POST, phone, json!({"pin": "123456"})).await), done());
    let security = &simulator.webhooks()[0].body["entry"][0]["changes"][0];
    assert_eq!(
        (&security["field"], &security["value"]["event"]),
        (&json!("security"), &json!("PIN_CHANGED"))
    );
    assert_refused(&call(&simulator, Method::POST, phone, json!({"pin": "12345"})).await, 400, 100);
    assert_refused(&call(&simulator, Method::POST, phone, json!({})).await, 400, 100);

    assert_eq!(taken(edge(&simulator, Method::POST, "deregister", Value::Null).await), done());
    assert_refused(&edge(&simulator, Method::POST, "deregister", Value::Null).await, 400, 133_010);
    assert_refused(&send(&simulator, text("Hi")).await, 400, 133_010);
    assert_refused(&register("12345x").await, 400, 100);
    for _ in 0..5 {
        assert_refused(&register("000000").await, 400, 133_005);
    }
    assert_refused(&register("123456").await, 400, 133_008);
    for _ in 0..3 {
        assert_refused(&register("123456").await, 400, 133_008);
    }
    assert_refused(&register("123456").await, 400, 133_016);
}

#[tokio::test]
async fn a_number_that_was_deregistered_sends_again_after_it_is_registered() {
    let simulator = Simulator::start().await.unwrap();
    taken(edge(&simulator, Method::POST, "deregister", Value::Null).await);
    let body = json!({"messaging_product": "whatsapp", "pin": "123456"});
    assert_eq!(taken(edge(&simulator, Method::POST, "register", body).await), done());
    message_id(&send(&simulator, text("Hi")).await);
}

#[tokio::test]
async fn the_code_that_was_sent_to_a_number_verifies_it_once() {
    let simulator = Simulator::start().await.unwrap();
    let verify =
        async |code: &str| edge(&simulator, Method::POST, "verify_code", json!({"code": code})).await;
    assert_refused(&verify("123456").await, 400, 100);
    let request = |way: &str| json!({"code_method": way, "language": "en_US"});
    assert_refused(&edge(&simulator, Method::POST, "request_code", request("PIGEON")).await, 400, 100);
    taken(edge(&simulator, Method::POST, "request_code", request("SMS")).await);
    let code = simulator.verification_code().unwrap();
    assert_refused(&verify("x").await, 400, 100);
    assert_eq!(taken(verify(&code).await), done());
    assert_refused(&verify(&code).await, 400, 100);
}

#[tokio::test]
async fn the_profile_keeps_what_it_is_given() {
    let simulator = Simulator::start().await.unwrap();
    let profile = "whatsapp_business_profile";
    let picture = super::definitions::sample(&simulator).await;
    let given = json!({"messaging_product": "whatsapp", "about": "Panels and more", "vertical": "RETAIL",
        "websites": ["https://example.com"], "profile_picture_handle": picture});
    assert_eq!(taken(edge(&simulator, Method::POST, profile, given).await), done());
    let fields = "about,vertical,websites,email,profile_picture_url";
    let mut kept =
        taken(edge(&simulator, Method::GET, &format!("{profile}?fields={fields}"), Value::Null).await);
    let picture = kept["data"][0].as_object_mut().unwrap().remove("profile_picture_url").unwrap();
    assert_eq!(reqwest::get(picture.as_str().unwrap()).await.unwrap().status(), 200);
    assert_eq!(
        kept,
        json!({"data": [{"about": "Panels and more", "vertical": "RETAIL", "websites": ["https://example.com"]}]})
    );
    for (member, value) in [
        ("messaging_product", json!("sms")),
        ("about", json!("")),
        ("about", json!("x".repeat(140))),
        ("email", json!("x".repeat(129))),
        ("vertical", json!("SOLAR")),
        ("websites", json!(["https://a.example", "https://b.example", "https://c.example"])),
        ("websites", json!(["example"])),
        ("profile_picture_handle", json!("4::made_up")),
    ] {
        let mut given = json!({"messaging_product": "whatsapp"});
        given[member] = value;
        assert_refused(&edge(&simulator, Method::POST, profile, given).await, 400, 100);
    }
}

#[tokio::test]
async fn who_is_blocked_is_neither_heard_nor_written_to() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = ana(&simulator).await;
    let stranger = simulator.user("+1 415 555 0199");
    let block = |users: Value| json!({"messaging_product": "whatsapp", "block_users": users});

    let (status, answer) = edge(
        &simulator,
        Method::POST,
        "block_users",
        block(json!([{"user": ANA}, {"user": "+14155550199"}])),
    )
    .await;
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (400, &json!(139_100)), "{answer}");
    assert_eq!(answer["block_users"]["added_users"], json!([{"input": ANA, "wa_id": "14155550132"}]));
    assert_eq!(answer["block_users"]["failed_users"][0]["input"], "+14155550199");
    assert_eq!(answer["block_users"]["failed_users"][0]["errors"][0]["code"], 139_100);

    ana.says("Do you hear me?").await.unwrap();
    stranger.says("I do").await.unwrap();
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    let heard: Vec<_> =
        values.iter().map(|value| value["messages"][0]["text"]["body"].as_str().unwrap()).collect();
    assert_eq!(heard, ["Hello", "I do"]);
    assert_refused(&send(&simulator, text("Hi")).await, 400, 130_403);

    let list = taken(edge(&simulator, Method::GET, "block_users", Value::Null).await);
    assert_eq!(
        list["data"],
        json!([{"messaging_product": "whatsapp", "wa_id": "14155550132", "user_id": ana.user_id()}])
    );
    let by_id = block(json!([{"user_id": ana.user_id()}]));
    let answer = taken(edge(&simulator, Method::DELETE, "block_users", by_id).await);
    let id = ana.user_id();
    assert_eq!(answer["block_users"], json!({"removed_users": [{"input": id, "user_id": id}]}));
    message_id(&send(&simulator, text("Hi")).await);
    assert_refused(&edge(&simulator, Method::POST, "block_users", block(json!([]))).await, 400, 100);
}

#[tokio::test]
async fn qr_codes_are_made_changed_listed_and_deleted() {
    let simulator = Simulator::start().await.unwrap();
    let codes = "message_qrdls";
    let make = json!({"prefilled_message": "Deals!", "generate_qr_image": "PNG"});
    let made = taken(edge(&simulator, Method::POST, codes, make).await);
    let code = made["code"].as_str().unwrap();
    assert!(code.len() == 14 && made["qr_image_url"].is_string(), "{made}");
    assert_eq!(made["deep_link_url"], format!("https://wa.me/message/{code}"));
    let change = json!({"prefilled_message": "Better deals!", "code": code});
    assert!(taken(edge(&simulator, Method::POST, codes, change).await).get("qr_image_url").is_none());
    taken(edge(&simulator, Method::POST, codes, json!({"prefilled_message": "Hello"})).await);

    let list = taken(edge(&simulator, Method::GET, &format!("{codes}?limit=1"), Value::Null).await);
    assert_eq!(list["data"][0]["prefilled_message"], "Hello");
    let next = list["paging"]["next"].as_str().unwrap();
    let next = reqwest::Client::new().get(next).bearer_auth(simulator.access_token()).send().await.unwrap();
    assert_eq!(taken(read(next).await)["data"][0]["prefilled_message"], "Better deals!");

    let one = format!("{codes}/{code}");
    assert_eq!(taken(edge(&simulator, Method::GET, &one, Value::Null).await)["data"][0]["code"], code);
    assert_eq!(taken(edge(&simulator, Method::DELETE, &one, Value::Null).await), done());
    assert_refused(&edge(&simulator, Method::GET, &one, Value::Null).await, 400, 100);
    let long = json!({"prefilled_message": "x".repeat(141)});
    assert_refused(&edge(&simulator, Method::POST, codes, long).await, 400, 100);
}

#[tokio::test]
async fn a_username_is_adopted_told_and_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let username = "username";
    assert_eq!(taken(edge(&simulator, Method::GET, username, Value::Null).await), json!({}));
    let adopt = async |name: &str| edge(&simulator, Method::POST, username, json!({"username": name})).await;
    for name in ["ab", ".sunny", "sunny..solar", "www_sunny", "sunny.com", "1234", "sunny-solar"] {
        assert_refused(&adopt(name).await, 400, 100);
    }
    assert_eq!(taken(adopt("Sunny.Solar").await), json!({"status": "approved"}));
    assert_eq!(
        taken(edge(&simulator, Method::GET, username, Value::Null).await),
        json!({"username": "sunny.solar", "status": "approved"})
    );
    let change = &simulator.webhooks()[0].body["entry"][0]["changes"][0];
    assert_eq!(
        *change,
        json!({"field": "business_username_updates",
            "value": {"display_phone_number": "15550100001", "username": "sunny.solar", "status": "approved"}})
    );
    assert_eq!(taken(edge(&simulator, Method::DELETE, username, Value::Null).await), done());
    let change = &simulator.webhooks()[1].body["entry"][0]["changes"][0]["value"];
    assert_eq!(*change, json!({"display_phone_number": "15550100001", "status": "deleted"}));
    let suggested = taken(edge(&simulator, Method::GET, "username_suggestions", Value::Null).await);
    assert!(suggested["data"][0]["username_suggestions"][0].is_string());
}

#[tokio::test]
async fn settings_prompts_and_the_shop_are_kept() {
    let simulator = Simulator::start().await.unwrap();
    let calling = json!({"calling": {"status": "ENABLED"}});
    taken(edge(&simulator, Method::POST, "settings", calling.clone()).await);
    let kept = taken(edge(&simulator, Method::GET, "settings", Value::Null).await);
    assert_eq!(kept["calling"], calling["calling"]);
    let two = json!({"calling": {}, "user_identity_change": {}});
    assert_refused(&edge(&simulator, Method::POST, "settings", two).await, 400, 100);

    let automation = json!({"enable_welcome_message": true, "prompts": ["Are you open?"],
        "commands": [{"command_name": "hours", "command_description": "When we are open"}]});
    taken(edge(&simulator, Method::POST, "conversational_automation", automation.clone()).await);
    let path = format!("{}?fields=conversational_automation", simulator.phone_number_id());
    assert_eq!(taken(get(&simulator, &path).await)["conversational_automation"], automation);
    for bad in [json!({"prompts": ["x".repeat(81)]}), json!({"commands": [{"command_name": "hours"}]})] {
        assert_refused(&edge(&simulator, Method::POST, "conversational_automation", bad).await, 400, 100);
    }

    let shop = "whatsapp_commerce_settings";
    taken(
        edge(
            &simulator,
            Method::POST,
            &format!("{shop}?is_cart_enabled=false&is_catalog_visible=true"),
            Value::Null,
        )
        .await,
    );
    let id = simulator.phone_number_id();
    assert_eq!(
        taken(edge(&simulator, Method::GET, shop, Value::Null).await),
        json!({"data": [{"id": id, "is_cart_enabled": false, "is_catalog_visible": true}]})
    );
    assert_refused(
        &edge(&simulator, Method::POST, &format!("{shop}?is_cart_enabled=maybe"), Value::Null).await,
        400,
        100,
    );
}

#[tokio::test]
async fn an_app_that_has_left_the_account_is_told_nothing() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let apps = format!("{}/subscribed_apps", simulator.account_id());
    let list = taken(get(&simulator, &apps).await);
    assert_eq!(list["data"][0]["whatsapp_business_api_data"]["id"], simulator.app_id().as_str());
    assert_eq!(taken(call(&simulator, Method::DELETE, &apps, Value::Null).await), done());
    assert_eq!(taken(get(&simulator, &apps).await), json!({"data": []}));
    let ana = simulator.user(ANA);
    ana.says("Is anybody there?").await.unwrap();
    assert_eq!(taken(call(&simulator, Method::POST, &apps, Value::Null).await), done());
    ana.says("Hello?").await.unwrap();
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    assert_eq!(values.len(), 1);
    assert_eq!(values[0]["messages"][0]["text"]["body"], "Hello?");
}

#[tokio::test]
async fn a_token_tells_what_it_is_good_for() {
    let simulator = Simulator::start().await.unwrap();
    let about = async |token: &str| taken(get(&simulator, &format!("debug_token?input_token={token}")).await);
    let good = about(simulator.access_token()).await;
    assert_eq!(
        (&good["data"]["is_valid"], &good["data"]["app_id"]),
        (&json!(true), &json!(simulator.app_id()))
    );
    assert_eq!(good["data"]["granular_scopes"][0]["target_ids"], json!([simulator.account_id()]));
    assert_eq!(about("other").await["data"]["is_valid"], false);
}

#[tokio::test]
async fn parameters_may_come_as_a_form() {
    let simulator = Simulator::start().await.unwrap();
    let url = graph(&simulator, &format!("{}/message_qrdls", simulator.phone_number_id()));
    let form = "prefilled_message=Two+words%21";
    let request = reqwest::Client::new().post(url).bearer_auth(simulator.access_token());
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(taken(read(request.send().await.unwrap()).await)["prefilled_message"], "Two words!");
}
