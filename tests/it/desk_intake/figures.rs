//! What is counted, told and shown: usage, how deliveries fared, timelines, health, the audit trail.

use super::{NOW, NUMBER, Office};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use whatsapp_business::{
    desk::{Deliveries, HandlerError, Interaction, InteractionSink},
    store::{PageRequest, Subject, SubjectKind},
    time::Timestamp,
};

const ANA: &str = "14155552671";
const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW + seconds)
}

fn status(id: &str, kind: &str, seconds: i64, pricing: Option<&str>) -> Value {
    let mut status =
        json!({"id": id, "status": kind, "timestamp": (NOW + seconds).to_string(), "recipient_id": ANA});
    if let Some(kind) = pricing {
        status["pricing"] = json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": "marketing"});
    }
    json!({ "statuses": [status] })
}

fn echo(id: &str, seconds: i64) -> Value {
    json!({"message_echoes": [{"from": "15550001111", "to": ANA, "id": id,
        "timestamp": (NOW + seconds).to_string(), "type": "text", "text": {"body": "From the app"}}]})
}

async fn used(office: &Office, from: i64, to: i64) -> BTreeMap<String, u64> {
    let usage = office.acme.usage(at(from), at(to)).await.unwrap();
    usage
        .into_iter()
        .map(|usage| (format!("{}/{}", usage.day.as_seconds() / DAY, usage.metric), usage.count))
        .collect()
}

#[tokio::test]
async fn usage_counts_each_thing_once_on_its_day() {
    let office = Office::open().await;
    let today = NOW / DAY;
    for _ in 0..2 {
        office.says(ANA, "wamid.IN1", "Hi").await;
        for kind in ["sent", "delivered", "read"] {
            office.hears("messages", status("wamid.1", kind, 1, Some("regular"))).await;
        }
        office.hears("messages", status("wamid.2", "delivered", 1, Some("free_entry_point"))).await;
        office.hears("messages", json!({"messages": [{"id": "wamid.odd"}]})).await;
    }
    office.later(DAY);
    office.hears("messages", status("wamid.1", "played", 9, Some("regular"))).await;
    office.says(ANA, "wamid.IN2", "Hi").await;
    let expected = [
        ("billable.marketing", today, 1),
        ("conversations.opened", today, 1),
        ("dead_letters", today, 1),
        ("received", today, 1),
        ("sent.marketing", today, 2),
        ("received", today + 1, 1),
    ];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(metric, day, count)| (format!("{day}/{metric}"), count)).collect();
    assert_eq!(used(&office, 0, DAY).await, expected);
    assert_eq!(used(&office, DAY, DAY).await.len(), 1);
    assert_eq!(used(&office, 0, 0).await.len(), 5);
    assert!(used(&office, 2 * DAY, 9 * DAY).await.is_empty());
}

#[tokio::test]
async fn what_did_not_arrive_is_not_billed_and_in_a_group_each_member_is() {
    let office = Office::open().await;
    office.hears("messages", status("wamid.1", "sent", 1, Some("regular"))).await;
    office.hears("messages", status("wamid.1", "failed", 2, Some("regular"))).await;
    assert!(used(&office, 0, 0).await.is_empty());
    for (member, kind) in [("1", "delivered"), ("2", "delivered"), ("1", "read")] {
        let mut value = status("wamid.2", kind, 3, Some("regular"));
        value["statuses"][0]["recipient_id"] = json!("group");
        value["statuses"][0]["recipient_type"] = json!("group");
        value["statuses"][0]["recipient_participant_id"] = json!(format!("1415555000{member}"));
        office.hears("messages", value).await;
    }
    assert_eq!(used(&office, 0, 0).await.into_values().collect::<Vec<_>>(), [2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn statuses_at_once_count_their_message_once() {
    let office = Office::open().await;
    let kinds = ["sent", "delivered", "read"];
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let value = status(&format!("wamid.{}", n % 4), kinds[n % 3], 1, Some("regular"));
            let body = super::delivery(NUMBER, "messages", value);
            let (desk, signature) = (office.desk.clone(), office.webhook.sign(&body));
            tokio::spawn(async move { desk.receive(&body, Some(&signature)).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let usage = used(&office, 0, 0).await;
    assert_eq!(usage.values().copied().collect::<Vec<_>>(), [4, 4], "{usage:?}");
}

#[tokio::test]
async fn a_report_tells_how_messages_fared_and_where_it_stopped() {
    let office = Office::open().await;
    for (n, id) in ["wamid.1", "wamid.2", "wamid.3", "wamid.4"].into_iter().enumerate() {
        office.later(10);
        office.hears("smb_message_echoes", echo(id, 10 * (n as i64 + 1))).await;
    }
    office.hears("messages", status("wamid.1", "delivered", 14, None)).await;
    office.hears("messages", status("wamid.1", "read", 20, None)).await;
    office.hears("messages", status("wamid.2", "delivered", 22, None)).await;
    let mut failed = status("wamid.3", "failed", 31, None);
    failed["statuses"][0]["errors"] = json!([{"code": 131_026, "title": "Undeliverable"}]);
    office.hears("messages", failed).await;
    let report = office.acme.deliveries(&Deliveries::between(at(0), at(99))).await.unwrap();
    assert_eq!((report.messages, report.delivered, report.read, report.failed), (4, 2, 1, 1));
    assert_eq!((report.failures, report.until), (BTreeMap::from([(131_026, 1)]), None));
    let spread = report.to_deliver.unwrap();
    assert_eq!((spread.median, spread.longest), (Duration::from_secs(2), Duration::from_secs(4)));
    assert_eq!(report.to_read.unwrap().median, Duration::from_secs(10));
    let counted = async |which: Deliveries| office.acme.deliveries(&which).await.unwrap().messages;
    assert_eq!(counted(Deliveries::between(at(15), at(35))).await, 2);
    assert_eq!(counted(Deliveries::between(at(0), at(99)).number(NUMBER)).await, 4);
    assert_eq!(counted(Deliveries::between(at(0), at(99)).number("999")).await, 0);
    assert_eq!(counted(Deliveries::between(at(0), at(99)).template("order_update")).await, 0);
    let part = office.acme.deliveries(&Deliveries::between(at(0), at(99)).most(3)).await.unwrap();
    assert_eq!((part.messages, part.until.unwrap().as_seconds()), (3, NOW + 40));
    let rest = Deliveries::between(part.until.unwrap(), at(99));
    assert_eq!(counted(rest).await, 1);
}

#[derive(Clone, Default)]
struct Crm(Arc<Mutex<Vec<Interaction>>>);

#[async_trait]
impl InteractionSink for Crm {
    async fn record(&self, interaction: Interaction) -> Result<(), HandlerError> {
        let mut all = self.0.lock().unwrap();
        let is_new = all.iter().all(|known| known.id != interaction.id);
        all.push(interaction);
        // The first call gets through, and its answer does not.
        if is_new { Err("the answer was lost".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_timeline_is_told_in_order_and_a_repeated_call_has_its_id() {
    let crm = Crm::default();
    let sink = crm.clone();
    let office = Office::with(|desk| desk.interactions(sink)).await;
    office.says(ANA, "wamid.IN1", "Hi").await;
    office.hears("smb_message_echoes", echo("wamid.1", 5)).await;
    office.hears("messages", status("wamid.1", "read", 9, None)).await;
    for _ in 0..9 {
        while office.desk.step().await.unwrap() > 0 {}
        office.later(1);
    }
    let told = crm.0.lock().unwrap().clone();
    let kinds: Vec<_> = told.chunks(2).map(|pair| pair[0].kind.as_str()).collect();
    let expected = ["conversation.opened", "message.received", "message.sent_elsewhere", "message.read"];
    assert_eq!(kinds, expected);
    assert!(told.chunks(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(told[2].message.as_ref(), Some(&office.history().await[0].message.id));
    assert_eq!(told[6].at, at(9));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_delivery_tells_of_a_message_is_told_in_its_order() {
    let crm = Crm::default();
    let sink = crm.clone();
    let office = Office::with(|desk| desk.interactions(sink)).await;
    let ids: Vec<_> = (0..20).map(|n| format!("wamid.{n}")).collect();
    for id in &ids {
        office.hears("smb_message_echoes", echo(id, 0)).await;
        let kinds = ["sent", "delivered", "read"].map(|kind| status(id, kind, 1, None)["statuses"][0].take());
        assert_eq!(office.hears("messages", json!({ "statuses": kinds })).await.applied, 3);
    }
    for _ in 0..200 {
        while office.desk.step().await.unwrap() > 0 {}
        office.later(1);
    }
    let told = crm.0.lock().unwrap().clone();
    let kinds: Vec<_> = told.chunks(2).map(|pair| pair[0].kind.as_str()).collect();
    let each = ["message.sent_elsewhere", "message.sent", "message.delivered", "message.read"];
    assert_eq!(kinds[0], "conversation.opened");
    assert!(kinds[1..].chunks(4).all(|of_one| of_one == each), "{kinds:?}");
    assert_eq!(kinds.len(), 1 + 4 * ids.len());
}

#[tokio::test]
async fn a_desk_tells_how_it_is_doing() {
    let office = Office::with(|desk| desk.on_event(async |_| Ok(()))).await;
    office.says(ANA, "wamid.1", "Hi").await;
    office.receives(&super::delivery("999", "messages", super::says(ANA, "wamid.2", "Hi"))).await;
    office.later(7);
    let health = serde_json::to_value(office.desk.health().await).unwrap();
    let expected = json!({"store": true, "due": 1, "later": 0, "in_hand": 0, "oldest_due_seconds": 7,
        "unrouted": 1, "deliveries": 0, "stopped": []});
    assert_eq!(health, expected);
}

#[tokio::test]
async fn the_audit_trail_is_read_and_handed_out_as_lines() {
    let office = Office::open().await;
    for n in 0..120 {
        office.later(1);
        let error = json!({"errors": [{"code": n + 1, "title": "trouble"}]});
        office.hears("messages", error).await;
    }
    let mut export = office.acme.export_audit();
    let mut lines = String::new();
    while let Some(more) = export.next().await.unwrap() {
        lines.push_str(&more);
    }
    let entries: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 120);
    assert_eq!(
        (&entries[119]["action"], &entries[119]["detail"]),
        (&json!("meta.error"), &json!("{\"code\":120}"))
    );
    let number = Subject::new(SubjectKind::Number, NUMBER);
    let of = office.acme.audit_of(number, PageRequest::newest(1)).await.unwrap();
    assert_eq!((of.items[0].detail.as_str(), of.next.is_some()), (r#"{"code":120}"#, true));
}
