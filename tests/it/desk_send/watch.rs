//! What a host can see of the sending.

use super::{ANA, Office, builder, faults::Log};
use std::time::Duration;
use tracing_subscriber::{fmt::format::FmtSpan, util::SubscriberInitExt as _};
use whatsapp_business::{desk::Stopped, store::SendState};

#[tokio::test(start_paused = true)]
async fn f15_health_tells_whose_sends_are_stopped_why_since_when_and_until_when() {
    let office = Office::open().await;
    let now = office.simulator.clock();
    assert_eq!(office.desk.health().await.stopped, []);
    office.simulator.expire_token();
    let began = now();
    assert_eq!(office.sends("Hello").await.sending.state, SendState::Queued);
    let stopped = office.desk.health().await.stopped;
    let [Stopped { tenant, number: None, code: Some(190), since, until, .. }] = &*stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!((tenant.as_str(), *since), ("acme", began));
    assert_eq!(Some(*until), office.acme.sends_stopped_until());
    office.desk.run(tokio::time::sleep(Duration::from_secs(60))).await.unwrap();
    let later = office.desk.health().await.stopped;
    assert_eq!(later[0].since, began, "the first refusal began it");
    assert!(later[0].until > *until);
    assert_eq!(builder(&office.simulator, office.store.clone()).build().health().await.stopped, []);

    office.simulator.renew_token(office.simulator.access_token());
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert_eq!(office.desk.health().await.stopped, []);
    office.simulator.fail_next(131_048);
    office.sends("Hello").await;
    let stopped = office.desk.health().await.stopped;
    assert_eq!(stopped[0].number.as_ref(), Some(office.simulator.phone_number_id()));
    assert_eq!((stopped.len(), stopped[0].code), (1, Some(131_048)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_a_span_with_ids_of_ours_and_nothing_of_a_person() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_span_events(FmtSpan::NEW)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = subscriber.set_default();
    // While there is one subscriber alone, tracing asks only the thread that comes by a line first whether it is wanted.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let office = Office::open().await;
    let number = office.simulator.phone_number_id();
    let first = office.sends("in place").await;
    let second = office.acme.enqueue(number, ANA, "by a worker").await.unwrap();
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for message in [first.id, second.id] {
        let span = format!("desk.send{{tenant=acme number={number} message_id={message} attempt=1}}");
        assert_eq!(log.matches(&format!("{span}: ")).count(), 1, "{log}");
    }
    for private in ["4155550132", "wamid", "in place", "by a worker"] {
        assert!(!log.contains(private), "{private} is in {log}");
    }
}
