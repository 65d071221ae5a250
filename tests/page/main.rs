//! The page of the simulator in a real browser: what people see of an application, and do to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has to fail, in its helpers too"
)]

mod application;
mod browser;

use application::Application;
use browser::{Browser, ENTER, ESCAPE, RIGHT};
use reqwest::Response;
use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tokio::io::{AsyncBufReadExt, BufReader};
use whatsapp_business::simulator::{Faults, Pace, Simulator, User};

/// What a hostile application could send: were it HTML, it would change the title.
const HOSTILE: &str =
    r#"<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>"#;

const ANA: &str = "+1 415 555 0132";

/// A customer who has just written, so that the window is open.
async fn ana(simulator: &Simulator) -> User {
    let ana = simulator.user(ANA).named("Ana");
    ana.says("Hello").await.unwrap();
    ana
}

async fn post(simulator: &Simulator, body: &Value) -> Response {
    post_to(simulator, &format!("{}/messages", simulator.phone_number_id()), body).await
}

async fn post_to(simulator: &Simulator, edge: &str, body: &Value) -> Response {
    let url = format!("{}/v26.0/{edge}", simulator.graph_url());
    reqwest::Client::new().post(url).bearer_auth(simulator.access_token()).json(body).send().await.unwrap()
}

/// Sends to Ana; `content` is the type and the object of that name.
async fn send(simulator: &Simulator, content: Value) -> Response {
    let mut body = json!({ "messaging_product": "whatsapp", "to": ANA });
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    post(simulator, &body).await
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

fn buttons(body: &str) -> Value {
    json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "keep", "title": "Keep"}},
        {"type": "reply", "reply": {"id": "move", "title": "Another day"}}]}}})
}

fn list() -> Value {
    json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "When?"},
        "action": {"button": "Choose a time", "sections": [{"title": "Monday", "rows": [
            {"id": "mon-9", "title": "9:00", "description": "Early"}, {"id": "mon-15", "title": "15:00"}]}]}}})
}

#[tokio::test]
async fn a_tap_on_a_button_that_just_arrived_reaches_the_application() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    browser.sees_text(".bubble.own", "Hello").await;

    let question: Value = send(&simulator, buttons("Keep *Tuesday*?")).await.json().await.unwrap();
    browser.sees_text(".bubble.theirs strong", "Tuesday").await;
    browser.sees_text(".choices button", "Another day").await.click().await;

    browser.sees_text(".bubble.own", "Another day").await;
    let reply = application.hears(&simulator).await;
    assert_eq!(reply["interactive"]["button_reply"], json!({"id": "move", "title": "Another day"}));
    assert_eq!(reply["context"]["id"], question["messages"][0]["id"]);
    browser.sees("#tab-webhooks").await.click().await;
    browser.sees_text("#panel-webhooks .path", "message · button_reply").await;
    browser.close().await;
}

#[tokio::test]
async fn what_an_application_sends_is_never_more_than_text() {
    let simulator = Simulator::start().await.unwrap();
    let user = simulator.user(ANA).named(HOSTILE);
    user.says(HOSTILE).await.unwrap();
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    send(&simulator, text(HOSTILE)).await;
    let mut link = json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": HOSTILE},
        "action": {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com/<b>"}}}});
    link["interactive"]["footer"] = json!({"text": "<b>small</b>"});
    send(&simulator, link).await;

    browser.sees_text(".bubble .footer", "<b>small</b>").await;
    let shown = browser.sees(".bubble.theirs .text").await.text().await;
    assert_eq!(shown, HOSTILE);
    assert_eq!(browser.sees(".owner h2").await.text().await, HOSTILE);
    browser.sees_text("[role=tab]", "Requests").await.click().await;
    browser.sees(".entries summary").await.click().await;
    browser.sees_text(".json", "onerror").await;
    assert_eq!(browser.tells("document.title").await, "Simulator");
    assert_eq!(
        browser.tells("document.querySelectorAll('img[src=x], .bubble b, .bubble script').length").await,
        0
    );
    browser.close().await;
}

#[tokio::test]
async fn a_keyboard_is_enough_to_add_a_customer_to_write_and_to_pick_from_a_list() {
    let simulator = Simulator::start().await.unwrap();
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    browser.sees_text(".nobody h2", "Nobody").await;
    browser.tabs_to("#add").await;
    browser.types(ENTER).await;
    browser.sees("dialog[open]").await;
    browser.types(ESCAPE).await;
    browser.finds_true("!document.querySelector('dialog')").await;
    browser.finds_true("document.activeElement.id === 'add'").await;
    browser.types(ENTER).await;
    browser.sees("dialog[open] input").await;
    browser.tabs_to("[name=person]").await;
    browser.types("+1 415 555 0132").await;
    browser.tabs_to("[name=name]").await;
    browser.types(&format!("Ana{ENTER}")).await;
    browser.sees_text(".owner h2", "Ana").await;

    browser.tabs_to(".composer textarea").await;
    browser.types(&format!("When can I come?{ENTER}")).await;
    browser.sees_text(".bubble.own", "When can I come?").await;
    assert_eq!(application.hears(&simulator).await["text"]["body"], "When can I come?");

    send(&simulator, list()).await;
    browser.sees_text(".choices button", "Choose a time").await;
    browser.tells("document.querySelector('.skip').focus()").await;
    browser.tabs_to(".choices button").await;
    browser.types(ENTER).await;
    browser.sees("dialog[open] .rows").await;
    browser.tabs_to(".rows li:nth-child(2) button").await;
    browser.types(ENTER).await;
    browser.sees_text(".bubble.own", "15:00").await;
    let picked = application.hears(&simulator).await;
    assert_eq!(picked["interactive"]["list_reply"], json!({"id": "mon-15", "title": "15:00"}));
    browser.close().await;
}

#[tokio::test]
async fn a_customer_reacts_answers_a_flow_orders_and_shares_where_they_are() {
    let simulator = Simulator::start().await.unwrap();
    let user = ana(&simulator).await;
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    send(&simulator, text("Ready?")).await;
    browser.sees_text(".theirs .text", "Ready?").await;
    browser.presses(".theirs [aria-label=React]").await;
    browser.presses(".emoji button").await;
    browser.sees(".theirs .reaction").await;
    assert_eq!(application.hears(&simulator).await["reaction"]["emoji"], "👍");

    let flow = json!({"type": "interactive", "interactive": {"type": "flow", "body": {"text": "Your roof"}, "action": {
        "name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Begin",
            "flow_token": "roof-7", "flow_action": "navigate", "flow_action_payload": {"screen": "ROOF"}}}}});
    send(&simulator, flow).await;
    browser.sees_text(".choices button", "Begin").await.click().await;
    browser.sees("dialog textarea").await.fill("pitch = 30\nnote = a = b").await;
    browser.presses("dialog [type=submit]").await;
    browser.finds_true("!document.querySelector('dialog')").await;
    let answer = application.hears(&simulator).await["interactive"]["nfm_reply"]["response_json"].clone();
    let answer: Value = serde_json::from_str(answer.as_str().unwrap()).unwrap();
    assert_eq!(answer, json!({"flow_token": "roof-7", "pitch": "30", "note": "a = b"}));

    let product = json!({"type": "interactive", "interactive": {"type": "product", "action": {
        "catalog_id": "77", "product_retailer_id": "panel-300"}}});
    send(&simulator, product).await;
    browser.sees_text(".choices button", "View").await.click().await;
    browser.presses("dialog [type=submit]").await;
    browser.finds_true("!document.querySelector('dialog')").await;
    let order = application.hears(&simulator).await["order"].clone();
    assert_eq!(order["catalog_id"], "77");
    assert_eq!(order["product_items"][0]["product_retailer_id"], "panel-300");

    let ask = json!({"type": "interactive", "interactive": {"type": "location_request_message",
        "body": {"text": "Where?"}, "action": {"name": "send_location"}}});
    send(&simulator, ask).await;
    browser.sees_text(".choices button", "Send location").await.click().await;
    browser.presses("dialog [type=submit]").await;
    browser.finds_true("!document.querySelector('dialog')").await;
    assert_eq!(application.hears(&simulator).await["location"]["latitude"], 37.4847);
    assert!(user.messages().last().unwrap().kind == "location");
    browser.close().await;
}

#[tokio::test]
async fn a_tap_on_an_older_message_goes_to_that_message() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    let older: Value = send(&simulator, buttons("Keep Tuesday?")).await.json().await.unwrap();
    send(&simulator, buttons("Keep Wednesday?")).await;
    browser.sees_text(".theirs .text", "Keep Wednesday?").await;
    browser.sees(".choices button").await.click().await;
    browser.sees_text(".bubble.own", "Keep").await;
    assert_eq!(application.hears(&simulator).await["context"]["id"], older["messages"][0]["id"]);

    send(&simulator, list()).await;
    let older: Value = send(&simulator, list()).await.json().await.unwrap();
    send(&simulator, list()).await;
    browser.finds_true("document.querySelectorAll('.theirs .choices .icon-list').length === 3").await;
    browser.presses("li:nth-last-child(2) .theirs .choices button").await;
    browser.presses("dialog .rows button").await;
    browser.sees_text(".bubble.own", "9:00").await;
    assert_eq!(application.hears(&simulator).await["context"]["id"], older["messages"][0]["id"]);
    browser.close().await;
}

#[tokio::test]
async fn a_customer_edits_and_deletes_what_they_wrote() {
    let simulator = Simulator::start().await.unwrap();
    let user = ana(&simulator).await;
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    let id = user.messages()[0].id.clone();
    browser.presses(".own [aria-label='Edit or delete']").await;
    browser.sees_text("dialog .rows button", "Edit").await.click().await;
    browser.sees("dialog textarea").await.fill(" again").await;
    browser.presses("dialog [type=submit]").await;
    browser.sees_text(".own .text", "Hello again").await;
    let edit = application.hears(&simulator).await["edit"].clone();
    assert_eq!(edit["original_message_id"], id.as_str());
    assert_eq!(edit["message"]["text"]["body"], "Hello again");

    browser.finds_true("!document.querySelector('dialog')").await;
    browser.presses(".own [aria-label='Edit or delete']").await;
    browser.sees_text("dialog .rows button", "Delete").await.click().await;
    browser.sees_text(".own .gone", "You deleted this message").await;
    assert_eq!(application.hears(&simulator).await["revoke"]["original_message_id"], id.as_str());
    browser.finds_true("!document.querySelector('.own .tools')").await;
    browser.close().await;
}

#[tokio::test]
async fn a_person_approves_a_template_by_keyboard_and_then_it_can_be_sent() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let application = Application::subscribed_to(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    browser.tabs_to("#tab-requests").await;
    browser.types(&format!("{RIGHT}{RIGHT}")).await;
    browser.sees_text("#panel-templates h3", "No templates yet").await;
    browser.tabs_to("[name=by_hand]").await;
    browser.types(" ").await;
    browser.sees_text(".switch small", "waits for you").await;

    let definition = json!({"name": "order_update", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order is *on its way*."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Where is it?"}]}]});
    let submitted =
        post_to(&simulator, &format!("{}/message_templates", simulator.account_id()), &definition).await;
    assert_eq!(submitted.json::<Value>().await.unwrap()["status"], "PENDING");
    browser.sees_text(".template .badge", "PENDING").await;
    browser.sees_text("#tab-templates .count", "1").await;
    browser.sees_text(".preview strong", "on its way").await;
    browser.sees_text(".preview li", "Where is it?").await;
    let template = json!({"type": "template",
        "template": {"name": "order_update", "language": {"code": "en_US"}}});
    assert_eq!(send(&simulator, template.clone()).await.status(), 404);

    browser.tabs_to(".template button").await;
    browser.types(ENTER).await;
    browser.sees_text(".template .badge.good", "APPROVED").await;
    let told = application.is_told(&simulator, "message_template_status_update").await;
    assert_eq!(
        (&told["event"], &told["message_template_name"]),
        (&json!("APPROVED"), &json!("order_update"))
    );
    assert_eq!(send(&simulator, template.clone()).await.status(), 200);
    browser.sees_text(".bubble.theirs strong", "on its way").await;

    browser.finds_true("document.activeElement.matches('.template button:first-child')").await;
    browser.tabs_to(".template button:last-child").await;
    browser.types(ENTER).await;
    browser.sees_text(".template .badge.bad", "PAUSED").await;
    browser.tabs_to(".template button:nth-child(2)").await;
    browser.types(ENTER).await;
    browser.sees_text("dialog .rows span", "PROMOTIONAL").await.click().await;
    browser.sees_text(".template small", "PROMOTIONAL").await;
    let told = application.is_told(&simulator, "message_template_status_update").await;
    assert_eq!((&told["event"], &told["reason"]), (&json!("REJECTED"), &json!("PROMOTIONAL")));
    assert_eq!(send(&simulator, template).await.status(), 404);
    browser.close().await;
}

#[tokio::test]
async fn messages_are_unread_until_the_customer_reads_them() {
    let simulator = Simulator::builder().pace(Pace::instant().never_read()).start().await.unwrap();
    let user = ana(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    send(&simulator, text("Look")).await;
    browser.sees_text(".unread", "1 unread message").await;
    browser.sees_text(".reads", "Read 1").await.click().await;
    browser.finds_true("!document.querySelector('.unread')").await;
    assert!(user.newest().unwrap().read);

    // And the other way round: the customer's ticks change when the business has read.
    browser.sees(".ticks:not(.read)").await;
    let id = user.messages()[0].id.clone();
    let mark = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": {"type": "text"}});
    post(&simulator, &mark).await;
    browser.sees(".ticks.read").await;
    browser.sees_text(".chat .state", "typing").await;
    browser.close().await;
}

#[tokio::test]
async fn a_refused_request_is_explained_and_faults_are_made_by_hand() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    let mut too_long = buttons("?");
    too_long["interactive"]["action"]["buttons"][0]["reply"]["title"] =
        json!("A title of more than twenty characters");
    send(&simulator, too_long).await;
    browser.sees_text(".entries .badge.bad", "400").await;
    browser.sees(".entries summary").await.click().await;
    browser.sees_text(".violations code", "interactive.action.buttons[0].reply.title").await;

    browser.sees("#tab-faults").await.click().await;
    browser.sees_text("#panel-faults .knob", "Lost answers").await;
    browser.sees_text("#panel-faults button", "Storm").await.click().await;
    browser.finds_true("document.querySelector('[name=duplicate_webhooks]').value !== '0'").await;
    assert_eq!(simulator.faults(), Faults::storm());
    browser.sees_text("#panel-faults button", "Calm").await.click().await;
    browser.finds_true("document.querySelector('[name=duplicate_webhooks]').value === '0'").await;
    browser.sees("#panel-faults [name=code]").await.fill("131016").await;
    browser.sees("#panel-faults form button").await.click().await;
    browser.sees_text("#panel-faults .note", "131016").await;
    let refused = send(&simulator, text("Hi")).await;
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], 131_016);
    browser.close().await;
}

#[tokio::test]
async fn a_request_of_anything_is_shown_and_the_page_goes_on() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let browser = Browser::at(&simulator.page_url(), 1280, 800).await;
    let odd = json!({"toString": 0, "valueOf": 0});
    for body in [
        json!({ "type": odd }),
        json!({"type": "template", "template": {"name": odd, "components": odd}}),
        json!({"type": "interactive", "interactive": odd}),
        json!({"type": "interactive", "interactive": {"type": odd}}),
        json!([odd]),
        json!(0),
    ] {
        assert_eq!(post(&simulator, &body).await.status(), 400);
    }
    send(&simulator, text("Good morning")).await;
    browser.sees_text(".theirs .text", "Good morning").await;
    browser.sees_text(".entries .badge.good", "200").await;
    assert_eq!(browser.tells("document.querySelectorAll('#panel-requests details').length").await, 7);
    assert_eq!(
        browser.tells("document.querySelector('#panel-requests').innerText.includes('[object')").await,
        false
    );
    browser.close().await;
}

#[tokio::test]
async fn an_open_page_goes_on_when_the_simulator_was_started_again() {
    let first = Simulator::start().await.unwrap();
    let _ = first.user(ANA).named("Ana");
    let browser = Browser::at(&first.page_url(), 1280, 800).await;
    browser.sees_text(".owner h2", "Ana").await;
    let port = first.graph_url().rsplit(':').next().unwrap().parse().unwrap();
    first.stop().await;
    browser.sees_text("#live", "Connecting again").await;

    let second = Simulator::builder().port(port).start().await.unwrap();
    let _ = second.user("+1 415 555 0199").named("Bo");
    browser.sees_text(".owner h2", "Bo").await;
    browser.finds_true("document.querySelectorAll('.phone').length === 1").await;
    browser.close().await;
}

/// Starts the gallery and gives the address of the page that shows every kind of message.
async fn gallery() -> (tokio::process::Child, String) {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/gallery");
    assert!(program.exists(), "build the examples first: cargo build --examples --all-features");
    let mut child = tokio::process::Command::new(program)
        .arg("--look")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, url)) = line.split_once("see them at ") {
            return (child, url.to_owned());
        }
    }
    panic!("the gallery ended before it was looked at");
}

#[tokio::test]
async fn every_kind_of_message_fits_on_screens_of_every_size_and_in_the_dark() {
    let (_gallery, url) = gallery().await;
    let browser = Browser::at(&url, 1280, 800).await;
    browser.sees(".bubble.theirs").await;
    for scheme in ["light", "dark"] {
        browser.prefers(scheme).await;
        for (width, height) in [(1280, 800), (768, 1024), (360, 740)] {
            browser.resize(width, height).await;
            browser.finds_true(&format!("window.innerWidth === {width}")).await;
            for view in ["phones", "inspector"] {
                if width < 1024 {
                    browser.sees(&format!("[data-shows={view}]")).await.click().await;
                }
                assert_eq!(browser.tells("document.documentElement.scrollWidth").await, width);
                assert_eq!(browser.tells("document.querySelector('.talk').scrollWidth <= document.querySelector('.talk').clientWidth").await, true);
                assert_eq!(browser.tells("document.body.textContent.includes('[object')").await, false);
                browser.shoots(&format!("{view}-{width}-{scheme}")).await;
            }
        }
        let ground = browser.tells("getComputedStyle(document.body).backgroundColor").await;
        assert_eq!(ground, if scheme == "dark" { "rgb(14, 21, 22)" } else { "rgb(238, 242, 241)" });
    }
    browser.close().await;
}

#[tokio::test]
async fn pages_of_other_sites_are_refused_and_the_page_is_no_part_of_graph() {
    let simulator = Simulator::start().await.unwrap();
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", simulator.page_url());
    let say = json!({"act": "say", "person": "14155550132", "text": "Hi"});
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("host", "evil.example")]
    {
        let refused = client.post(url("act")).header(name, value).json(&say).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{name}");
        let refused = client.get(url("events")).header(name, value).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{name}");
    }
    assert!(simulator.webhooks().is_empty());
    assert_eq!(client.post(url("act")).json(&say).send().await.unwrap().status(), 200);
    assert_eq!(simulator.webhooks().len(), 1);

    let page = client.get(url("")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(simulator.requests(), 0);
    let in_graph = client
        .get(format!("{}/v26.0/simulator/", simulator.graph_url()))
        .bearer_auth(simulator.access_token());
    assert!(in_graph.send().await.unwrap().status().is_client_error());
}

#[tokio::test]
async fn a_page_that_is_open_is_let_go_when_the_simulator_stops() {
    let simulator = Simulator::start().await.unwrap();
    let mut events = reqwest::get(format!("{}events", simulator.page_url())).await.unwrap();
    let snapshot = events.chunk().await.unwrap().unwrap();
    assert!(snapshot.starts_with(b"event: snapshot"), "{snapshot:?}");
    simulator.stop().await;
    // Without word of the end the stream would stay open for as long as somebody listens.
    let end = tokio::time::timeout(Duration::from_secs(60), events.chunk());
    assert!(end.await.unwrap().unwrap().is_none());
}
