//! What people do, as the business hears of it.

use super::{ANA, post, read};
use serde_json::{Value, json};
use std::time::Duration;
use whatsapp_business::{
    ErrorKind,
    id::MessageId,
    simulator::{ApprovedTemplate, Cart, Gesture, Shown, Simulator, User},
    webhook::{Delivery, Event, Inbound, PreferenceValue, SystemKind},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An instant simulator without a port, and Ana, who has not written yet.
fn ana() -> (Simulator, User) {
    let simulator = Simulator::offline().unwrap();
    let ana = simulator.user(ANA).named("Ana");
    (simulator, ana)
}

/// The change that the newest webhook holds.
fn change(simulator: &Simulator) -> Value {
    let webhook = simulator.webhooks().pop().unwrap();
    webhook.body["entry"][0]["changes"][0].clone()
}

/// The only event in the newest webhook, as this crate reads it.
fn event(simulator: &Simulator) -> Event {
    let bytes = simulator.webhooks().pop().unwrap().body.to_string();
    let delivery = Delivery::unverified(bytes.as_bytes()).unwrap();
    let [event] = delivery.events() else { panic!("{delivery:?}") };
    event.clone()
}

/// What the business hears of a gesture: the message's JSON without id and time, and its content as this crate reads it.
async fn heard(simulator: &Simulator, gesture: Gesture) -> (Value, Inbound) {
    let id = gesture.await.unwrap();
    let value = change(simulator)["value"].clone();
    let mut message = value["messages"][0].clone();
    let Event::Message(read) = event(simulator) else { panic!("{value}") };
    assert_eq!(read.id, id);
    let members = message.as_object_mut().unwrap();
    assert_eq!(members.remove("id"), Some(id.as_str().into()));
    assert!(members.remove("timestamp").unwrap().is_string());
    assert_eq!(value["contacts"][0]["profile"], json!({"name": "Ana"}));
    for (name, of_contact) in [("from", "wa_id"), ("from_user_id", "user_id")] {
        assert_eq!(members.remove(name).unwrap(), value["contacts"][0][of_contact], "{name}");
    }
    (message, read.content)
}

async fn sends(simulator: &Simulator, content: Value) -> MessageId {
    let mut body = json!({"messaging_product": "whatsapp", "to": ANA});
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    let path = format!("/v26.0/{}/messages", simulator.phone_number_id());
    let request = http::Request::post(path)
        .header("authorization", format!("Bearer {}", simulator.access_token()))
        .body(body.to_string().into())
        .unwrap();
    let answer = whatsapp_business::client::Transport::send(&simulator.transport(), request).await.unwrap();
    let answer: Value = serde_json::from_slice(&answer.into_body().bytes(10_000).await.unwrap()).unwrap();
    answer["messages"][0]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).into()
}

/// Code of the error in the newest webhook, which has to be a `failed` status.
fn failure(simulator: &Simulator) -> i64 {
    let status = &change(simulator)["value"]["statuses"][0];
    assert_eq!(status["status"], "failed", "{status}");
    status["errors"][0]["code"].as_i64().unwrap()
}

#[tokio::test]
async fn files_of_every_kind_arrive_with_what_is_known_of_them() {
    let (simulator, ana) = ana();
    for (gesture, kind, mime, extra) in [
        (ana.sends_image("a", "image/png").caption("Look"), "image", "image/png", json!({"caption": "Look"})),
        (ana.sends_video("a", "video/mp4").caption("Look"), "video", "video/mp4", json!({"caption": "Look"})),
        (ana.sends_audio("a", "audio/mpeg").caption("no"), "audio", "audio/mpeg", json!({"voice": false})),
        (ana.sends_voice("a"), "audio", "audio/ogg; codecs=opus", json!({"voice": true})),
        (
            ana.sends_document("a", "application/pdf", "Offer.pdf").caption("Signed"),
            "document",
            "application/pdf",
            json!({"filename": "Offer.pdf", "caption": "Signed"}),
        ),
        (ana.sends_sticker("a"), "sticker", "image/webp", json!({"animated": false})),
    ] {
        let (message, content) = heard(&simulator, gesture).await;
        let file = message[kind].as_object().unwrap();
        let id = file["id"].as_str().unwrap();
        assert_eq!(file["mime_type"], mime);
        // The SHA-256 of "a", in base64.
        assert_eq!(file["sha256"], "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=");
        assert!(file["url"].as_str().unwrap().contains(id));
        for (name, value) in extra.as_object().unwrap() {
            assert_eq!(file[name], *value, "{kind}");
        }
        assert_eq!(file.len(), 4 + extra.as_object().unwrap().len(), "{message}");
        assert_eq!(message["type"], kind);
        let media = content.media().unwrap_or_else(|| panic!("{content:?}"));
        assert_eq!(simulator.phone().media().download(media.id).await.unwrap().bytes, "a");
    }
    let shown: Vec<_> =
        ana.messages().into_iter().map(|shown| (shown.kind, shown.text, shown.header)).collect();
    assert_eq!(shown[4], ("document".to_owned(), Some("Signed".to_owned()), Some("Offer.pdf".to_owned())));
}

#[tokio::test]
async fn places_and_cards_of_contacts_arrive() {
    let (simulator, ana) = ana();
    let (here, content) = heard(&simulator, ana.shares_location(37.44, -122.16)).await;
    assert_eq!(here, json!({"type": "location", "location": {"latitude": 37.44, "longitude": -122.16}}));
    assert!(matches!(content, Inbound::Location(_)), "{content:?}");

    let (place, _) = heard(&simulator, ana.shares_place(1.5, 2.5, "Cafe", "1 Main St")).await;
    let expected = json!({"latitude": 1.5, "longitude": 2.5, "name": "Cafe", "address": "1 Main St"});
    assert_eq!(place["location"], expected);

    let (card, content) = heard(&simulator, ana.shares_contact("Bo", "+49 151 5550123")).await;
    assert_eq!(
        card,
        json!({"type": "contacts", "contacts": [{
            "name": {"formatted_name": "Bo", "first_name": "Bo"},
            "phones": [{"phone": "+49 151 5550123", "type": "Mobile", "wa_id": "491515550123"}],
            "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Bo\nTEL:+49 151 5550123\nEND:VCARD",
            "origin": "other",
        }]})
    );
    assert!(matches!(content, Inbound::Contacts(_)), "{content:?}");
    let texts: Vec<_> = ana.messages().into_iter().map(|shown| shown.text.unwrap()).collect();
    assert_eq!(texts, ["37.44, -122.16", "Cafe, 1 Main St", "Bo"]);
}

#[tokio::test]
async fn reactions_come_and_go() {
    let (simulator, ana) = ana();
    ana.says("Hi").await.unwrap();
    let id = sends(&simulator, json!({"type": "text", "text": {"body": "Hello"}})).await;

    let (reaction, content) = heard(&simulator, ana.reacts(&id, "👍")).await;
    assert_eq!(reaction, json!({"type": "reaction", "reaction": {"message_id": id, "emoji": "👍"}}));
    assert!(matches!(content, Inbound::Reaction(_)), "{content:?}");
    assert_eq!(ana.newest().unwrap().own_reaction.as_deref(), Some("👍"));

    let (back, _) = heard(&simulator, ana.takes_reaction_back(&id)).await;
    assert_eq!(back, json!({"type": "reaction", "reaction": {"message_id": id}}));
    assert_eq!(ana.newest().unwrap().own_reaction, None);
    assert_eq!(ana.messages().len(), 2);

    let error = ana.reacts("wamid.of-nobody", "👍").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
    // What is on another phone is not on this one.
    let error = simulator.user("+49 151 5550123").reacts(&id, "👍").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
}

#[tokio::test]
async fn a_cart_becomes_an_order() {
    let (simulator, ana) = ana();
    let cart = Cart::new("194836987003835", "USD").item("roof-tile", 40, 3.5).item("ridge", 2, 9.0);
    let (order, content) = heard(&simulator, ana.orders(cart.note("By Friday"))).await;
    let item = |id: &str, quantity: u32, price: f64| json!({"product_retailer_id": id, "quantity": quantity, "item_price": price, "currency": "USD"});
    assert_eq!(
        order,
        json!({"type": "order", "order": {
            "catalog_id": "194836987003835", "text": "By Friday",
            "product_items": [item("roof-tile", 40, 3.5), item("ridge", 2, 9.0)],
        }})
    );
    assert!(matches!(content, Inbound::Order(_)), "{content:?}");
}

#[tokio::test]
async fn a_flow_is_answered_with_its_token() {
    let (simulator, ana) = ana();
    ana.says("Hi").await.unwrap();
    let error = ana.submits_flow(json!({})).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");

    let parameters =
        json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_token": "t-1"});
    let flow = json!({"type": "flow", "body": {"text": "Book a table"},
                      "action": {"name": "flow", "parameters": parameters}});
    let id = sends(&simulator, json!({"type": "interactive", "interactive": flow})).await;
    let (reply, content) = heard(&simulator, ana.submits_flow(json!({"guests": 4}))).await;
    // The order of its members is the JSON library's own affair.
    let answers = reply["interactive"]["nfm_reply"]["response_json"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(answers).unwrap(), json!({"flow_token": "t-1", "guests": 4}));
    assert_eq!(
        reply,
        json!({
            "type": "interactive",
            "context": {"from": "15550100001", "id": id},
            "interactive": {"type": "nfm_reply", "nfm_reply": {
                "name": "flow", "body": "Sent", "response_json": answers,
            }},
        })
    );
    assert!(matches!(content, Inbound::FormReply(_)), "{content:?}");
}

#[tokio::test]
async fn a_text_is_edited_and_deleted() {
    let (simulator, ana) = ana();
    let id = ana.says("At six").await.unwrap();
    let (edit, content) = heard(&simulator, ana.edits(&id, "At seven")).await;
    let message = json!({"type": "text", "text": {"body": "At seven"}});
    assert_eq!(edit, json!({"type": "edit", "edit": {"original_message_id": id, "message": message}}));
    assert!(matches!(content, Inbound::Edit(_)), "{content:?}");
    assert_eq!(ana.messages()[0].text.as_deref(), Some("At seven"));

    simulator.phone().mark_read(&id).await.unwrap();
    let before = ana.messages()[0].clone();
    let (revoke, content) = heard(&simulator, ana.deletes(&id)).await;
    assert_eq!(revoke, json!({"type": "revoke", "revoke": {"original_message_id": id}}));
    assert!(matches!(content, Inbound::Revoke(_)), "{content:?}");
    let deleted = ana.messages()[0].clone();
    assert!(deleted.is_deleted && deleted.text.is_none());
    assert_eq!((deleted.at, deleted.read), (before.at, true));

    let ours = sends(&simulator, json!({"type": "text", "text": {"body": "Good"}})).await;
    for gesture in [ana.edits(&id, "At eight"), ana.deletes(&id), ana.edits(&ours, "Bad"), ana.deletes(&ours)]
    {
        let error = gesture.await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");
    }
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Good"));
}

#[tokio::test]
async fn whoever_blocks_the_business_gets_nothing_and_writes_nothing() {
    let (simulator, ana) = ana();
    ana.says("Hi").await.unwrap();
    ana.blocks();
    sends(&simulator, json!({"type": "text", "text": {"body": "Hello"}})).await;
    assert_eq!(failure(&simulator), 131_026);
    assert_eq!(ana.newest(), None);
    let error = ana.says("Hello?").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error:?}");

    ana.unblocks();
    sends(&simulator, json!({"type": "text", "text": {"body": "Hello again"}})).await;
    ana.sees("Hello again").await.unwrap();
}

#[tokio::test]
async fn whoever_opts_out_gets_no_marketing_and_everything_else() {
    let (simulator, ana) = ana();
    for (name, category) in [("offer", "MARKETING"), ("order", "UTILITY")] {
        simulator.approve_template(ApprovedTemplate::new(name, "en_US", "Hello").category(category));
    }
    let template =
        |name: &str| json!({"type": "template", "template": {"name": name, "language": {"code": "en_US"}}});
    ana.opts_out();
    let change = change(&simulator);
    assert_eq!(change["field"], "user_preferences");
    let preference = &change["value"]["user_preferences"][0];
    assert_eq!(
        *preference,
        json!({
            "wa_id": "14155550132", "user_id": ana.user_id(), "category": "marketing_messages", "value": "stop",
            "detail": "User requested to stop marketing messages", "timestamp": preference["timestamp"],
        })
    );
    assert!(preference["timestamp"].is_i64());
    assert_eq!(change["value"]["contacts"][0]["wa_id"], "14155550132");
    let Event::Preference(read) = event(&simulator) else { panic!("{change}") };
    assert_eq!((read.value, read.wa_id.as_ref()), (PreferenceValue::Stop, Some(ana.wa_id())));

    ana.opts_out();
    assert_eq!(simulator.webhooks().len(), 1);
    sends(&simulator, template("offer")).await;
    assert_eq!(failure(&simulator), 131_050);
    sends(&simulator, template("order")).await;
    assert_eq!(ana.messages().len(), 1);
    ana.opts_in();
    assert_eq!(self::change(&simulator)["value"]["user_preferences"][0]["value"], "resume");
    sends(&simulator, template("offer")).await;
    assert_eq!(ana.messages().len(), 2);
}

#[tokio::test]
async fn a_change_of_number_is_told_and_the_chat_stays() {
    let simulator = Simulator::builder().parent_user_ids(true).offline().unwrap();
    let ana = simulator.user(ANA).named("Ana");
    let first = ana.says("Hi").await.unwrap();
    let (old_id, old_parent) = (ana.user_id(), ana.parent_user_id().unwrap());

    let ana = ana.changes_number("+1 415 555 0199");
    assert_ne!(ana.user_id(), old_id);
    let value = change(&simulator)["value"].clone();
    assert!(value.get("contacts").is_none());
    let message = &value["messages"][0];
    assert_eq!(
        *message,
        json!({
            "from": "14155550132", "from_user_id": old_id, "from_parent_user_id": old_parent,
            "id": message["id"], "timestamp": message["timestamp"], "type": "system",
            "system": {
                "type": "user_changed_number", "body": "User Ana changed from 14155550132 to 14155550199",
                "wa_id": "14155550199", "user_id": ana.user_id(), "parent_user_id": ana.parent_user_id(),
                "previous_user_id": old_id, "previous_parent_user_id": old_parent,
            },
        })
    );
    let Event::Message(read) = event(&simulator) else { panic!("{value}") };
    let Inbound::System(system) = read.content else { panic!("{value}") };
    assert_eq!(system.kind, Some(SystemKind::UserChangedNumber));

    // The window is still open, the old message can be read, the new BSUID is known and the old one is not.
    simulator.phone().mark_read(&first).await.unwrap();
    simulator.phone().send(ana.wa_id(), "Hello").await.unwrap();
    simulator.phone().send(ana.user_id(), "Hello again").await.unwrap();
    assert_eq!(ana.messages().len(), 3);
    assert_eq!(simulator.phone().send(old_id, "Hello?").await.unwrap_err().api().unwrap().code, 131_009);
    // A number that somebody has cannot be had.
    let bo = simulator.user("+49 151 5550123");
    assert_eq!(bo.changes_number(ana.wa_id().as_str()).wa_id(), bo.wa_id());
}

#[tokio::test]
async fn a_username_hides_the_number_until_the_business_uses_it_and_30_days_after() {
    let (simulator, ana) = ana();
    let ana = ana.with_username("ana.w");
    let first = ana.says("Hi").await.unwrap();
    let value = change(&simulator)["value"].clone();
    let profile = json!({"name": "Ana", "username": "ana.w"});
    assert_eq!(value["contacts"], json!([{"profile": profile, "user_id": ana.user_id()}]));
    let message = &value["messages"][0];
    assert!(message.get("from").is_none() && message["from_user_id"] == ana.user_id().as_str(), "{message}");
    let Event::Message(read) = event(&simulator) else { panic!("{value}") };
    assert_eq!((read.from, read.from_user_id), (None, Some(ana.user_id())));
    ana.says("Hello?").reply_to(&first).await.unwrap();
    assert_eq!(change(&simulator)["value"]["messages"][0]["context"], json!({"id": first}));

    // Written to by BSUID, which tells no number; the first webhook of a send is `sent`, the last one `read`.
    let before = simulator.webhooks().len();
    simulator.phone().send(ana.user_id(), "Hello").await.unwrap();
    let statuses = simulator.webhooks().split_off(before);
    for (webhook, username) in statuses.iter().zip([None, Some("ana.w"), Some("ana.w")]) {
        let value = &webhook.body["entry"][0]["changes"][0]["value"];
        assert!(value["statuses"][0].get("recipient_id").is_none(), "{value}");
        assert_eq!(value["statuses"][0]["recipient_user_id"], ana.user_id().as_str());
        assert!(value["contacts"][0].get("wa_id").is_none(), "{value}");
        assert_eq!(value["contacts"][0]["profile"]["username"].as_str(), username);
    }
    assert_eq!(statuses.len(), 3);

    simulator.phone().send(ana.wa_id(), "Hello").await.unwrap();
    let value = change(&simulator)["value"].clone();
    assert_eq!(
        (&value["statuses"][0]["recipient_id"], &value["contacts"][0]["wa_id"]),
        (&json!("14155550132"), &json!("14155550132"))
    );
    ana.says("So you know my number").await.unwrap();
    assert_eq!(change(&simulator)["value"]["messages"][0]["from"], "14155550132");
    simulator.advance(30 * DAY);
    ana.says("And now?").await.unwrap();
    assert!(change(&simulator)["value"]["messages"][0].get("from").is_none());

    let old = ana.user_id();
    let ana = ana.changes_number("+1 415 555 0199");
    let system = &change(&simulator)["value"]["messages"][0];
    assert!(system.get("from").is_none());
    assert_eq!(
        system["system"],
        json!({"type": "user_changed_user_id", "body": format!("User Ana changed from {} to {}", old.as_str(), ana.user_id().as_str()),
               "user_id": ana.user_id(), "previous_user_id": old})
    );
}

#[tokio::test]
async fn an_assertion_waits_and_says_what_is_there_instead() {
    let (simulator, ana) = ana();
    ana.says("Are you open?").await.unwrap();
    let phone = simulator.phone();
    let to = ana.wa_id().clone();
    let (waits, sends) = tokio::join!(ana.sees("Until six.").into_future(), async {
        tokio::task::yield_now().await;
        phone.send(to, "Until six.").await
    });
    assert_eq!(waits.unwrap().id, sends.unwrap().message_id);
    let shown = ana.sees(|shown: &Shown| shown.text.as_deref().is_some_and(|t| t.starts_with("Until"))).await;
    assert!(shown.unwrap().from_business);

    let error = ana.sees("Until seven.").within(Duration::ZERO).await.unwrap_err();
    let words = error.to_string();
    assert!(words.contains(r#""Until seven.""#) && words.contains(r#"text "Until six.""#), "{words}");
    // What the customer wrote themselves is nothing that they see of the business.
    let error = ana.sees("Are you open?".to_owned()).within(Duration::ZERO).await.unwrap_err();
    assert!(!error.to_string().ends_with(r#""Are you open?""#), "{error}");
    let stranger = simulator.user("+49 151 5550123");
    let error = stranger.sees(|_: &Shown| true).within(Duration::ZERO).await.unwrap_err();
    assert!(error.to_string().contains("nothing"), "{error}");

    simulator.until(|simulator| simulator.sent().len() == 1).await.unwrap();
    let error = simulator.until(|_| false).within(Duration::ZERO).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
}

#[tokio::test]
async fn a_request_from_outside_meets_the_same_people() {
    let simulator = Simulator::start().await.unwrap();
    let ana = super::ana(&simulator).await;
    ana.blocks();
    let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "Hi"}});
    let (status, _) = read(post(&simulator, &body).await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(failure(&simulator), 131_026);
}
