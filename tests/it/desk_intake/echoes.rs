//! What the business writes in its app, and messages that are changed or taken back.

use super::{NOW, Office};
use serde_json::{Value, json};
use whatsapp_business::{
    desk::{Entry, Headline, Origin},
    store::PageRequest,
};

const ANA: &str = "14155552671";

fn echo(id: &str, seconds: i64, content: &Value) -> Value {
    let mut echo =
        json!({"from": "15550001111", "to": ANA, "id": id, "timestamp": (NOW + seconds).to_string()});
    echo.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    json!({ "message_echoes": [echo] })
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

fn customer(id: &str, content: &Value) -> Value {
    let mut value = echo(id, 1, content);
    let mut message = value["message_echoes"][0].take();
    message["from"] = json!(ANA);
    json!({ "messages": [message] })
}

/// R15: an echo is ours, is known by its id alone, opens no window, and counts as an answer.
#[tokio::test]
async fn what_is_written_in_the_app_is_in_the_history_once_and_opens_no_window() {
    let office = Office::open().await;
    office.says(ANA, "wamid.1", "Hi").await;
    for expected in [1, 0] {
        let received = office.hears("smb_message_echoes", echo("wamid.2", 5, &text("We call you"))).await;
        assert_eq!((received.applied, received.dead_letters), (expected, 0));
    }
    let history = office.history().await;
    let origins: Vec<_> = history.iter().map(|entry| (entry.origin(), entry.headline())).collect();
    assert_eq!(origins, [(Origin::Customer, Headline::Received), (Origin::App, Headline::Sent)]);
    assert_eq!(history[1].message.text.as_deref(), Some("We call you"));
    let conversation = &office.acme.conversations(PageRequest::newest(9)).await.unwrap().items[0];
    assert_eq!((conversation.unread, conversation.last_inbound_at.unwrap().as_seconds()), (0, NOW));
}

#[tokio::test]
async fn an_echo_that_is_older_than_what_came_since_leaves_that_unread() {
    let office = Office::open().await;
    office.says(ANA, "wamid.1", "Hi").await;
    office.hears("smb_message_echoes", echo("wamid.2", -5, &text("Hello?"))).await;
    let conversation = &office.acme.conversations(PageRequest::newest(9)).await.unwrap().items[0];
    assert_eq!(conversation.unread, 1);
}

#[tokio::test]
async fn a_message_that_is_changed_or_taken_back_reads_so_and_only_its_own_side_can() {
    let office = Office::open().await;
    office.says(ANA, "wamid.1", "Tomorow").await;
    let edit = |text: &str| {
        json!({"type": "edit", "edit": {"original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": text}}}})
    };
    let first = async |office: &Office| office.history().await.remove(0).message;
    office.hears("smb_message_echoes", echo("wamid.2", 1, &edit("Never"))).await;
    assert_eq!(first(&office).await.text.as_deref(), Some("Tomorow"));
    office.hears("messages", customer("wamid.3", &edit("Tomorrow"))).await;
    let edited = first(&office).await;
    assert_eq!(edited.text.as_deref(), Some("Tomorrow"));
    assert!(String::from_utf8_lossy(&edited.body).contains("Tomorow"), "what came stays as it came");
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}});
    office.hears("messages", customer("wamid.4", &revoke)).await;
    assert_eq!(first(&office).await.text, None);
    let conversation = &office.acme.conversations(PageRequest::newest(9)).await.unwrap().items[0];
    assert_eq!((conversation.last_inbound_at.unwrap().as_seconds(), conversation.unread), (NOW, 0));
}

#[tokio::test]
async fn a_message_that_comes_after_its_change_reads_as_changed_and_only_by_its_own_side() {
    let office = Office::open().await;
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}});
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.2",
        "message": {"type": "text", "text": {"body": "Tomorrow"}}}});
    let foreign = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.3"}});
    let own = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.4"}});
    office.hears("messages", customer("wamid.5", &revoke)).await;
    office.hears("messages", customer("wamid.6", &edit)).await;
    office.hears("smb_message_echoes", echo("wamid.7", 1, &foreign)).await;
    office.hears("smb_message_echoes", echo("wamid.8", 1, &own)).await;
    for (id, text) in [("wamid.1", "My secret"), ("wamid.2", "Tomorow"), ("wamid.3", "Hi")] {
        office.says(ANA, id, text).await;
    }
    office.hears("smb_message_echoes", echo("wamid.4", 0, &text("Our secret"))).await;
    let history = office.history().await;
    let reads = |id: &str| {
        let of = |wamid: &whatsapp_business::id::MessageId| wamid.as_str() == id;
        let entry = history.iter().find(|entry| entry.message.wamid.as_ref().is_some_and(of));
        entry.unwrap().message.text.clone()
    };
    let texts = ["wamid.1", "wamid.2", "wamid.3", "wamid.4"].map(reads);
    assert_eq!(texts, [None, Some("Tomorrow".to_owned()), Some("Hi".to_owned()), None]);
}

#[tokio::test]
async fn a_change_that_is_late_undoes_none_that_was_made_after_it() {
    let edit = |text: &str| {
        json!({"type": "edit", "edit": {"original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": text}}}})
    };
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}});
    let late = |seconds: i64, content: &Value| {
        let mut value = customer(&format!("wamid.{seconds}"), content);
        value["messages"][0]["timestamp"] = json!((NOW + seconds).to_string());
        value
    };
    for (first, then, reads) in [
        (late(30, &revoke), late(10, &edit("My secret")), None),
        // What is taken back stays so, in whichever order the two come within a second.
        (late(30, &revoke), late(30, &edit("My secret")), None),
        (late(30, &edit("Tomorrow")), late(10, &edit("Tomorow")), Some("Tomorrow")),
        (late(10, &edit("Tomorow")), late(30, &edit("Tomorrow")), Some("Tomorrow")),
        (late(30, &edit("Tomorrow")), late(40, &revoke), None),
        (late(30, &edit("Tomorrow")), late(10, &revoke), None),
    ] {
        for closes in [false, true] {
            let office = Office::open().await;
            office.says(ANA, "wamid.1", "Hi").await;
            office.later(60);
            let mut then = then.clone();
            then["messages"][0]["id"] = json!("wamid.LATE");
            assert_eq!(office.hears("messages", first.clone()).await.applied, 1);
            if closes {
                let open = office.acme.conversations(PageRequest::newest(1)).await.unwrap().items.remove(0);
                office.acme.close(&open.id, "bo").await.unwrap();
            }
            assert_eq!(office.hears("messages", then).await.applied, 1);
            let history = office.history().await;
            let is_first = |entry: &&Entry| entry.message.wamid == Some("wamid.1".into());
            let text = history.iter().find(is_first).unwrap().message.text.as_deref();
            assert_eq!(text, reads, "{first} {closes}");
        }
    }
}
