//! The table of faults: what goes wrong between us and Meta, and what comes of it.

use super::{ANA, Office, builder};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tracing_subscriber::util::SubscriberInitExt as _;
use whatsapp_business::{
    Client, Desk, ErrorKind, Result,
    client::{Body, Transport},
    desk::{Arbiter, Decision, Headline, Receipt},
    id::TenantId,
    simulator::{Pace, Report, Simulator},
    store::{MemoryStore, SendState, StoredMessage},
};

const HOUR: Duration = Duration::from_secs(3600);

/// A network that loses things: each request may be dropped before it arrives, or its answer after.
#[derive(Clone, Debug)]
struct Network<T> {
    meta: T,
    plan: Arc<std::sync::Mutex<Vec<Fault>>>,
    requests: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// There is no connection.
    Connect,
    /// It arrives, and the answer does not.
    Lost,
    /// It arrives, and something else comes back.
    Answer(u16, &'static str),
}

#[async_trait::async_trait]
impl<T: Transport> Transport for Network<T> {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let fault = {
            let mut plan = self.plan.lock().unwrap();
            if plan.is_empty() { Fault::None } else { plan.remove(0) }
        };
        match fault {
            Fault::None => self.meta.send(request).await,
            Fault::Connect => Err(whatsapp_business::Error::new(ErrorKind::Connect)),
            Fault::Lost => {
                self.meta.send(request).await?;
                Err(whatsapp_business::Error::new(ErrorKind::Interrupted))
            }
            Fault::Answer(status, body) => {
                self.meta.send(request).await?;
                Ok(http::Response::builder().status(status).body(body.into()).unwrap())
            }
        }
    }
}

/// An office at the end of such a network, whose statuses come when the test says so.
async fn office(plan: &[Fault]) -> (Office, Arc<AtomicUsize>) {
    let simulator = Simulator::builder().pace(Pace::by_hand()).window(false).offline().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let network = Network {
        meta: simulator.transport(),
        plan: Arc::new(std::sync::Mutex::new(plan.to_vec())),
        requests: Arc::clone(&requests),
    };
    let client = Client::builder(simulator.access_token())
        .graph_url(simulator.graph_url())
        .transport(network)
        .build()
        .unwrap();
    let store = MemoryStore::default();
    let desk = builder(&simulator, store.clone()).credentials(client).build();
    let webhooks = desk.clone();
    simulator.deliver_to(move |body, signature| {
        let desk = webhooks.clone();
        async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
    });
    let acme = desk.tenant("acme");
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
    (Office { simulator, store, desk, acme }, requests)
}

/// Works for so long, and lets the simulator's webhooks arrive.
async fn works_for(desk: &Desk, span: Duration) {
    desk.run(tokio::time::sleep(span)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn f1_bc_without_a_connection_a_message_waits_and_is_sent_once() {
    let (office, requests) = office(&[Fault::Connect, Fault::Connect]).await;
    let receipt = office.sends("Hello").await;
    assert_eq!(receipt.sending.state, SendState::Queued);
    works_for(&office.desk, HOUR).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
    assert_eq!((office.taken().len(), requests.load(Ordering::SeqCst)), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn f1_c_a_message_for_which_there_is_never_a_connection_is_rejected() {
    let (office, requests) = office(&[Fault::Connect; 20]).await;
    let receipt = office.sends("Hello").await;
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Rejected);
    assert_eq!(requests.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn f1_c_what_a_person_has_tried_again_is_tried_for_as_long_as_at_first() {
    let (office, requests) = office(&[Fault::Connect; 9]).await;
    let receipt = office.sends("Hello").await;
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Rejected);
    let again = office.acme.retry(&receipt.id).await.unwrap().sending;
    assert_eq!((again.state, again.error), (SendState::Queued, None), "nothing is wrong with it yet");
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
    assert_eq!((office.taken().len(), requests.load(Ordering::SeqCst)), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn f2_f6_b_an_answer_that_is_lost_or_unreadable_is_settled_by_the_status_and_nothing_is_sent_twice() {
    let faults = [
        Fault::Lost,
        Fault::Answer(200, r#"{"messages":[{"id":"wam"#),
        Fault::Answer(200, "<html>"),
        Fault::Answer(200, r#"{"messages":[]}"#),
        Fault::Answer(502, "<html>"),
        Fault::Answer(503, ""),
        Fault::Answer(500, r#"{"error":{"message":"x","type":"y","code":131000}}"#),
    ];
    for fault in faults {
        let (office, requests) = office(&[fault]).await;
        let receipt = office.sends("Hello").await;
        assert_eq!((receipt.sending.state, receipt.wamid), (SendState::OutcomeUnknown, None), "{fault:?}");
        works_for(&office.desk, 24 * HOUR).await;
        assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Unknown, "{fault:?}");
        let wamid = office.simulator.sent()[0].id.clone();
        office.simulator.report(&wamid, Report::Delivered).unwrap();
        office.simulator.idle().await.unwrap();
        let entry = office.entry(&receipt.id).await;
        assert_eq!((entry.headline(), entry.message.wamid), (Headline::Delivered, Some(wamid)), "{fault:?}");
        assert_eq!((office.taken().len(), requests.load(Ordering::SeqCst)), (1, 1), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn f7_b_who_wants_it_resent_gets_it_resent_once_the_time_is_over_and_not_before() {
    let (office, _) = office(&[Fault::Lost]).await;
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").resend_after(HOUR).await.unwrap();
    works_for(&office.desk, HOUR - Duration::from_secs(10)).await;
    assert_eq!(office.taken().len(), 1);
    works_for(&office.desk, HOUR).await;
    assert_eq!(office.taken().len(), 2);
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn f7_b_who_wants_it_resent_gets_it_resent_once_however_many_answers_are_lost() {
    let (office, _) = office(&[Fault::Lost; 5]).await;
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").resend_after(HOUR).await.unwrap();
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!(office.taken().len(), 2);
    assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn f7_b_a_status_in_time_makes_a_resend_needless() {
    let (office, _) = office(&[Fault::Lost]).await;
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").resend_after(HOUR).await.unwrap();
    office.simulator.report(&office.simulator.sent()[0].id, Report::Sent).unwrap();
    office.simulator.idle().await.unwrap();
    works_for(&office.desk, 2 * HOUR).await;
    assert_eq!(office.taken().len(), 1);
    assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Sent);
}

#[tokio::test(start_paused = true)]
async fn f7_b_what_a_person_had_sent_again_meanwhile_is_not_resent_when_the_time_is_over() {
    let (office, _) = office(&[Fault::Lost; 2]).await;
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").resend_after(HOUR).await.unwrap();
    works_for(&office.desk, HOUR - Duration::from_secs(10)).await;
    office.acme.retry(&receipt.id).await.unwrap();
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!(office.taken().len(), 2);
    assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn c_what_is_given_up_is_not_sent_again_and_a_late_status_still_counts() {
    let (office, _) = office(&[Fault::Lost]).await;
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").give_up_after(HOUR).await.unwrap();
    works_for(&office.desk, 2 * HOUR).await;
    assert_eq!(office.state(&receipt.id).await, SendState::GivenUp);
    office.simulator.report(&office.simulator.sent()[0].id, Report::Read).unwrap();
    office.simulator.idle().await.unwrap();
    assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Read);
    assert_eq!(office.taken().len(), 1);
}

/// Says what it is told to say, in order.
#[derive(Debug)]
struct Judge(std::sync::Mutex<Vec<Result<Decision>>>);

#[async_trait::async_trait]
impl Arbiter for Judge {
    async fn decide(&self, tenant: &TenantId, message: &StoredMessage) -> Result<Decision> {
        assert_eq!((tenant.as_str(), message.text.as_deref()), ("acme", Some("Hello")));
        self.0.lock().unwrap().remove(0)
    }
}

#[tokio::test(start_paused = true)]
async fn c_who_wants_to_be_asked_is_asked_until_there_is_a_decision() {
    for (decision, state, taken) in
        [(Decision::Resend, SendState::Accepted, 2), (Decision::GiveUp, SendState::GivenUp, 1)]
    {
        let failure = whatsapp_business::Error::new(ErrorKind::Timeout);
        let judge = Judge(std::sync::Mutex::new(vec![Ok(Decision::Wait(HOUR)), Err(failure), Ok(decision)]));
        let office = Office::with(Simulator::builder(), |desk| desk.arbiter(judge)).await;
        office.simulator.fail_next(131_000);
        let number = office.simulator.phone_number_id();
        let receipt = office.acme.send(number, ANA, "Hello").ask_after(HOUR).await.unwrap();
        works_for(&office.desk, 2 * HOUR - Duration::from_secs(60)).await;
        assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown);
        works_for(&office.desk, HOUR).await;
        assert_eq!(office.state(&receipt.id).await, state);
        // Meta refused the first one although it might have taken it.
        assert_eq!(office.taken().len(), taken - 1);
    }
    // Who had it sent once more is asked again.
    let judge = vec![Ok(Decision::Resend), Ok(Decision::Resend), Ok(Decision::GiveUp)];
    let office = Office::with(Simulator::builder(), |desk| desk.arbiter(Judge(judge.into()))).await;
    (0..3).for_each(|_| office.simulator.fail_next(131_000));
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.send(number, ANA, "Hello").ask_after(HOUR).await.unwrap();
    works_for(&office.desk, 24 * HOUR).await;
    assert_eq!((office.state(&receipt.id).await, office.simulator.requests()), (SendState::GivenUp, 3));
    let nobody = Office::open().await;
    let number = nobody.simulator.phone_number_id();
    let error = nobody.acme.send(number, ANA, "Hello").ask_after(HOUR).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn f12_only_the_pair_that_is_too_fast_waits_four_times_as_long_each_time() {
    let office = Office::open().await;
    (0..4).for_each(|_| office.simulator.fail_next(131_056));
    let began = office.simulator.now();
    let receipt = office.sends("Hello").await;
    let mut waits = Vec::new();
    for requests in 2..=5 {
        let last = office.simulator.now();
        office.works_until(move |simulator| simulator.requests() == requests).await;
        waits.push(office.simulator.now().since(last).as_secs_f64());
    }
    // An attempt in the second turn of six seconds that the pair has waits for the third.
    for (wait, (least, most)) in waits.iter().zip([(1.0, 1.35), (4.0, 12.1), (16.0, 20.1), (64.0, 80.1)]) {
        assert!((least..most).contains(wait), "{waits:?}");
    }
    assert!(office.simulator.now().since(began) >= Duration::from_secs(85));
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn f13_b_what_meta_holds_back_is_never_sent_again_by_itself() {
    for code in [131_048, 131_049] {
        let office = Office::open().await;
        office.simulator.fail_next(code);
        let receipt = office.sends("Hello").await;
        assert_eq!((receipt.sending.state, receipt.sending.error_code), (SendState::Rejected, Some(code)));
        works_for(&office.desk, 48 * HOUR).await;
        assert_eq!(office.simulator.requests(), 1);
    }
}

/// Whose token is whose: one simulator is each tenant's Meta.
#[derive(Debug)]
struct Tokens(Vec<(TenantId, Client)>);

#[async_trait::async_trait]
impl whatsapp_business::desk::Credentials for Tokens {
    async fn client(&self, tenant: &TenantId, _: &whatsapp_business::id::PhoneNumberId) -> Result<Client> {
        Ok(self.0.iter().find(|(id, _)| id == tenant).unwrap().1.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn f15_e_that_a_token_expired_is_said_once() {
    let lines = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Log(Arc::clone(&lines));
    let _guard = tracing_subscriber::fmt().with_writer(move || log.clone()).finish().set_default();
    // While there is one subscriber alone, tracing asks only the thread that comes by a line first whether it is wanted.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let office = Office::open().await;
    office.simulator.expire_token();
    for n in 0..10 {
        office
            .acme
            .send(office.simulator.phone_number_id(), format!("+141555501{n:02}"), "Hi")
            .await
            .unwrap();
    }
    works_for(&office.desk, HOUR).await;
    let log = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("Meta refuses its token").count(), 1, "{log}");
}

/// Takes what is logged.
#[derive(Clone, Default)]
pub(super) struct Log(pub(super) Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Loses nothing but time: what Meta refuses for half a minute as it is down is held or unknown, and the rest goes out.
#[tokio::test(start_paused = true)]
async fn f14_bc_after_maintenance_everything_goes_out_once() {
    let office = Office::open().await;
    office.simulator.maintenance(true);
    for n in 0..30 {
        let number = office.simulator.phone_number_id();
        office.acme.enqueue(number, format!("+141555501{n:02}"), "Hello").await.unwrap();
    }
    works_for(&office.desk, Duration::from_secs(30)).await;
    let refused = office.simulator.requests();
    assert!(refused <= 5, "{refused} requests");
    office.simulator.maintenance(false);
    works_for(&office.desk, Duration::from_secs(90)).await;
    assert_eq!(office.simulator.sent().len(), 30);
    assert!(office.simulator.requests() <= 30 + refused + 2);
}

#[tokio::test(start_paused = true)]
async fn f15_bd_an_expired_token_stops_one_tenant_and_a_new_one_lets_it_go_on() {
    let office = Office::open().await;
    let others = Simulator::builder().window(false).offline().unwrap();
    let tokens = Tokens(vec![("acme".into(), office.simulator.client()), ("globex".into(), others.client())]);
    let desk = builder(&office.simulator, office.store.clone()).credentials(tokens).build();
    let (acme, globex) = (desk.tenant("acme"), desk.tenant("globex"));
    globex.bind("999", "1").await.unwrap_or_default();
    let number = office.simulator.phone_number_id();
    office.simulator.expire_token();
    let mut waiting: Vec<Receipt> = Vec::new();
    for n in 0..20 {
        waiting.push(acme.enqueue(number, format!("+141555501{n:02}"), "Hello").await.unwrap());
    }
    let shutdown = tokio::time::sleep(Duration::from_secs(10));
    desk.run(shutdown).await.unwrap();
    let requests = office.simulator.requests();
    assert!((1..=4).contains(&requests), "{requests} requests: those under way at once fail, and no more");
    assert!(acme.sends_stopped_until().is_some() && globex.sends_stopped_until().is_none());
    for receipt in &waiting {
        let sending = office.entry(&receipt.id).await.message.sending.unwrap();
        assert_eq!((sending.state, sending.attempts), (SendState::Queued, 0));
    }
    let in_place = acme.send(number, "+14155550199", "Hello").await.unwrap();
    assert_eq!((in_place.sending.state, office.simulator.requests()), (SendState::Queued, requests));
    desk.run(tokio::time::sleep(HOUR)).await.unwrap();
    assert!(
        office.simulator.requests() - requests <= 3600 / 100 + 5,
        "one at a time tries, ever more rarely"
    );
    office.simulator.renew_token(office.simulator.access_token());
    desk.run(tokio::time::sleep(Duration::from_secs(240))).await.unwrap();
    assert_eq!(office.simulator.sent().len(), 21);
    assert_eq!(acme.sends_stopped_until(), None);
}

#[tokio::test(start_paused = true)]
async fn f15_e_what_is_wrong_with_one_message_keeps_no_others_from_going_on() {
    let office = Office::with(Simulator::builder(), |desk| desk.window(true)).await;
    let number = office.simulator.phone_number_id();
    let (ben, cat) = ("+14155550133", "+14155550134");
    office.ana().says("Hi").await.unwrap();
    office.simulator.idle().await.unwrap();
    office.simulator.expire_token();
    let late = office.acme.enqueue(number, ANA, "Hello").await.unwrap();
    works_for(&office.desk, Duration::from_secs(1)).await;
    assert!(office.acme.sends_stopped_until().is_some());
    office.simulator.advance(25 * HOUR);
    for person in [ben, cat] {
        office.simulator.user(person).says("Hi").await.unwrap();
    }
    office.simulator.idle().await.unwrap();
    let unreachable = office.acme.enqueue(number, ben, "Hello").await.unwrap();
    let good = office.acme.enqueue(number, cat, "Hello").await.unwrap();
    office.simulator.renew_token(office.simulator.access_token());
    office.simulator.fail_next(131_026);
    works_for(&office.desk, Duration::from_secs(10)).await;
    for (receipt, state) in
        [(late, SendState::Rejected), (unreachable, SendState::Rejected), (good, SendState::Accepted)]
    {
        assert_eq!(office.state(&receipt.id).await, state);
    }
}

#[tokio::test(start_paused = true)]
async fn f13_e_what_meta_holds_against_the_number_is_asked_once_and_not_by_every_message() {
    for (code, quiet) in [(131_048, 3 * HOUR), (368, Duration::from_secs(10)), (10, Duration::from_secs(10))]
    {
        let office = Office::open().await;
        let number = office.simulator.phone_number_id();
        office.simulator.fail_next(code);
        let refused = office.sends("Hello").await;
        assert_eq!(refused.sending.state, SendState::Rejected);
        assert!(office.acme.sends_stopped_until().is_some());
        for n in 0..10 {
            office.acme.enqueue(number, format!("+141555501{n:02}"), "Hello").await.unwrap();
        }
        works_for(&office.desk, quiet).await;
        assert_eq!(office.simulator.requests(), 1, "{code}");
        works_for(&office.desk, 2 * HOUR).await;
        assert_eq!((office.simulator.requests(), office.simulator.sent().len()), (11, 10), "{code}");
    }
}
