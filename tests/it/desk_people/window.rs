//! Free-form messages are sent for a day after the customer wrote.

use super::{ACCOUNT, ANA, DAY, HOUR, NUMBER, Office};
use serde_json::{Value, json};
use whatsapp_business::{
    ErrorKind,
    desk::{Policy, Window},
    message::Template,
    store::{Conversation, ConversationState, SendState, StoredTemplate},
    template::TemplateStatus,
};
use wiremock::{Mock, ResponseTemplate, matchers::method};

const TO_ANA: &str = "+14155552671";

#[tokio::test]
async fn nobody_is_written_to_freely_who_did_not_write() {
    let office = Office::open(|desk| desk).await;
    let refusal = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::WindowClosed(_)));
    assert!(office.all().await.is_empty());
    let receipt = office.acme.send(NUMBER, TO_ANA, Template::new("hello", "en_US")).await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Accepted);
    assert_eq!(office.posts().await, 1);
}

/// R7: the window is that of a number and a person, not of a conversation.
#[tokio::test]
async fn the_window_is_counted_from_the_customers_last_message_in_any_conversation() {
    let office = Office::open(|desk| desk).await;
    let first = office.hears(ANA, "Hi").await;
    office.pass(HOUR);
    office.acme.close(&first.id, "bo").await.unwrap();
    let receipt = office.acme.send(NUMBER, TO_ANA, "One more thing").await.unwrap();
    assert_ne!(receipt.conversation, first.id);
    office.pass(22 * HOUR);
    office.acme.send(NUMBER, TO_ANA, "And another").await.unwrap();
    office.pass(HOUR - 10);
    let refusal = office.acme.send(NUMBER, TO_ANA, "Too late").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::WindowClosed(_)), "{refusal}");
}

/// R7: the time is that of Meta's clock, however long a message was on its way and whatever came before it.
#[tokio::test]
async fn the_window_is_counted_from_when_the_customer_wrote_and_not_from_when_we_heard_of_it() {
    let office = Office::open(|desk| desk).await;
    let earlier = office.text(ANA, "Hi");
    office.pass(HOUR);
    let (wrote, later) = (office.now(), office.text(ANA, "Anybody there?"));
    office.pass(22 * HOUR);
    for message in [later, earlier] {
        assert_eq!(office.receives("messages", json!({"messages": [message]})).await.applied, 1);
    }
    let ana = office.contact(ANA).await.id;
    let window = office.acme.window(NUMBER, &ana).await.unwrap();
    assert_eq!(window.closes_at(), Some(wrote + Window::SPAN));
    office.acme.send(NUMBER, TO_ANA, "Sorry, we are here").await.unwrap();
    office.pass(2 * HOUR);
    let refusal = office.acme.send(NUMBER, TO_ANA, "Too late").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::WindowClosed(_)), "{refusal}");
}

/// R7: a template is offered, and none is guessed.
#[tokio::test]
async fn a_refusal_names_the_templates_that_could_be_sent_instead() {
    let office = Office::open(|desk| desk).await;
    for (name, account, status) in [
        ("ready", ACCOUNT, TemplateStatus::Approved),
        ("rejected", ACCOUNT, TemplateStatus::Rejected),
        ("elsewhere", "another account", TemplateStatus::Approved),
    ] {
        let mut template = StoredTemplate::new(name, account, name, "en_US", office.now());
        template.status = Some(status);
        office.keep(template).await;
    }
    let refusal = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap_err();
    let ErrorKind::WindowClosed(closed) = refusal.kind() else { panic!("{refusal}") };
    assert_eq!(closed.templates(), [("ready".to_owned(), "en_US".to_owned())]);
}

/// R7: it is looked at once more just before the attempt.
#[tokio::test]
async fn a_send_that_waited_too_long_is_not_made() {
    let office = Office::open(|desk| desk).await;
    office.hears(ANA, "Hi").await;
    office.meta.reset().await;
    let busy = json!({"error": {"code": 130_429, "message": "slow down", "type": "OAuthException"}});
    let busy = ResponseTemplate::new(429).set_body_json(busy);
    Mock::given(method("POST")).respond_with(busy).mount(&office.meta).await;
    let receipt = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Queued);
    office.pass(DAY);
    office.works().await;
    let sending = office.acme.message(&receipt.id).await.unwrap().message.sending.unwrap();
    assert_eq!((sending.state, office.posts().await), (SendState::Rejected, 1));
}

/// R7: Meta knows better.
#[tokio::test]
async fn metas_word_that_the_window_is_closed_closes_it_until_the_customer_writes_again() {
    let office = Office::open(|desk| desk).await;
    office.hears(ANA, "Hi").await;
    office.pass(HOUR);
    let receipt = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap();
    office.pass(10);
    office.fails(receipt.wamid.unwrap().as_str(), 131_047).await;
    assert!(office.acme.send(NUMBER, TO_ANA, "Hello?").await.is_err());
    office.pass(10);
    office.hears(ANA, "Still there?").await;
    let receipt = office.acme.send(NUMBER, TO_ANA, "Yes").await.unwrap();

    // What is told of a message from before they wrote says nothing of now.
    office.pass(10);
    office.hears(ANA, "Good").await;
    office.fails(receipt.wamid.unwrap().as_str(), 131_047).await;
    office.acme.send(NUMBER, TO_ANA, "Great").await.unwrap();
}

#[tokio::test]
async fn an_advertisement_opens_a_free_entry_point_with_the_answer() {
    let office = Office::open(|desk| desk).await;
    let mut message = office.text(ANA, "I saw your ad");
    message["referral"] = json!({"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1"});
    office.receives("messages", json!({"messages": [message]})).await;
    let ana = office.contact(ANA).await.id;
    let came = office.now();
    assert_eq!(office.acme.window(NUMBER, &ana).await.unwrap().free_until, None);
    office.pass(HOUR);
    office.acme.send(NUMBER, TO_ANA, "Welcome").await.unwrap();
    let window = office.acme.window(NUMBER, &ana).await.unwrap();
    assert_eq!(window.closes_at(), Some(came + Window::SPAN));
    assert_eq!(window.free_until, Some(office.now() + Window::FREE));
    office.pass(2 * DAY);
    assert!(!office.acme.window(NUMBER, &ana).await.unwrap().is_open(office.now()));
    assert!(office.acme.send(NUMBER, TO_ANA, "Still free").await.is_err());
}

#[tokio::test]
async fn an_advertisement_that_is_answered_after_a_close_is_free_too() {
    let office = Office::open(|desk| desk).await;
    let mut message = office.text(ANA, "I saw your ad");
    message["referral"] = json!({"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1"});
    office.receives("messages", json!({"messages": [message]})).await;
    let asked = office.newest(ANA).await;
    office.pass(HOUR);
    office.acme.close(&asked.id, "bo").await.unwrap();
    let receipt = office.acme.send(NUMBER, TO_ANA, "Welcome").await.unwrap();
    assert_ne!(receipt.conversation, asked.id);
    let window = office.acme.window(NUMBER, &asked.contact).await.unwrap();
    assert_eq!(window.free_until, Some(office.now() + Window::FREE));
}

#[tokio::test]
async fn conversations_with_other_numbers_hide_none() {
    let office = Office::open(|desk| desk.policy(|_| Policy::new().reopen_within(Window::SPAN))).await;
    let heard = office.hears(ANA, "Hi").await;
    office.acme.close(&heard.id, "bo").await.unwrap();
    office.pass(1);
    for n in 0..30 {
        let mut other = Conversation::new(format!("c{n}"), "another number", &heard.contact, office.now());
        (other.state, other.closed_at) = (ConversationState::Closed, Some(office.now()));
        office.keep(other).await;
    }
    let window = office.acme.window(NUMBER, &heard.contact).await.unwrap();
    assert_eq!(window.last_inbound_at, heard.last_inbound_at);
    // It is the one that goes on.
    let receipt = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap();
    assert_eq!(receipt.conversation, heard.id);
}

/// What the field `calls` says, as if it happened now.
fn of_a_call(office: &Office, id: &str, mut item: Value) -> Value {
    (item["id"], item["timestamp"]) = (json!(id), json!(office.now().as_seconds().to_string()));
    let list = if item.get("event").is_some() { "calls" } else { "statuses" };
    json!({list: [item], "contacts": [{"wa_id": ANA}]})
}

#[tokio::test]
async fn a_call_of_the_customer_opens_it_though_nobody_picks_up_and_none_of_ours_does() {
    let office = Office::open(|desk| desk).await;
    let heard = office.hears(ANA, "Hi").await;
    let theirs =
        |event| json!({"event": event, "from": ANA, "to": "15550001111", "direction": "USER_INITIATED"});
    let ours =
        json!({"event": "connect", "from": "15550001111", "to": ANA, "direction": "BUSINESS_INITIATED"});
    let status = |status| json!({"type": "call", "status": status, "recipient_id": ANA});
    for (n, (item, is_open)) in [
        (ours, false),
        (status("RINGING"), false),
        (status("REJECTED"), false),
        (theirs("terminate"), false),
        (status("ACCEPTED"), false),
        (theirs("connect"), true),
    ]
    .into_iter()
    .enumerate()
    {
        office.pass(DAY);
        assert!(office.acme.send(NUMBER, TO_ANA, "Hello").await.is_err());
        let value = of_a_call(&office, &format!("wacid.{n}"), item);
        assert_eq!(office.receives("calls", value).await.applied, 1);
        assert_eq!(office.acme.send(NUMBER, TO_ANA, "Hello").await.is_ok(), is_open, "{n}");
    }
    let window = office.acme.window(NUMBER, &heard.contact).await.unwrap();
    assert_eq!(window.last_inbound_at, Some(office.now()));
}

#[tokio::test]
async fn a_call_opens_it_also_when_the_conversation_was_closed() {
    let office = Office::open(|desk| desk).await;
    let heard = office.hears(ANA, "Hi").await;
    office.acme.close(&heard.id, "bo").await.unwrap();
    office.pass(DAY);
    let call = json!({"event": "connect", "from": ANA, "to": "15550001111", "direction": "USER_INITIATED"});
    office.receives("calls", of_a_call(&office, "wacid.1", call)).await;
    assert_eq!(office.newest(ANA).await.state, ConversationState::Closed, "nobody wrote");
    office.acme.send(NUMBER, TO_ANA, "You called?").await.unwrap();
}
