//! Whatever happens to messages, and in whichever order Meta tells of them, the end is the same.

use super::{ACCOUNT, ANA, NOW, NUMBER, builder, delivery, status, webhook};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};
use whatsapp_business::{
    Client, Desk, Error, ErrorKind, Result,
    client::{Body, RetryPolicy, Transport},
    desk::{Entry, Headline, Tenant},
    store::{MemoryStore, SendState, StoredMessageId},
    time::Timestamp,
};

/// What Meta does with a request.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Taken,
    /// It takes the message, and its answer is lost.
    Lost,
    /// For good.
    Refused,
    /// For now.
    TooFast,
    /// There is no connection.
    Unreached,
}

/// What happens next. Numbers are taken from those there are.
#[derive(Clone, Debug)]
enum Step {
    /// A colleague sends, in place or by a worker.
    Send(bool),
    /// A colleague tries a message again by hand.
    Retry(usize),
    Cancel(usize),
    /// Meta tells of a message that it took, with our id of the attempt or without.
    Told(usize, usize, bool),
    /// It delivers once more what it delivered before.
    Again(usize),
    /// Workers do what comes due in so many seconds.
    Work(i64),
}

/// Which messages of those that Meta takes do not get through, by turns.
#[derive(Clone, Debug)]
struct Plan {
    answers: Vec<Answer>,
    fails: Vec<bool>,
    steps: Vec<Step>,
    order: u64,
}

fn plan() -> impl Strategy<Value = Plan> {
    let answer = prop_oneof![
        4 => Just(Answer::Taken),
        3 => Just(Answer::Lost),
        1 => Just(Answer::Refused),
        1 => Just(Answer::TooFast),
        1 => Just(Answer::Unreached),
    ];
    let step = prop_oneof![
        3 => any::<bool>().prop_map(Step::Send),
        3 => (0..8_usize).prop_map(Step::Retry),
        1 => (0..8_usize).prop_map(Step::Cancel),
        5 => (0..8_usize, 0..3_usize, any::<bool>()).prop_map(|(post, kind, named)| Step::Told(post, kind, named)),
        2 => (0..8_usize).prop_map(Step::Again),
        3 => prop_oneof![Just(1_i64), Just(40), Just(4000)].prop_map(Step::Work),
    ];
    let fails = proptest::collection::vec(any::<bool>(), 1..4);
    (proptest::collection::vec(answer, 0..8), fails, proptest::collection::vec(step, 1..24), any::<u64>())
        .prop_map(|(answers, fails, steps, order)| Plan { answers, fails, steps, order })
}

/// A request, and whether Meta took it.
#[derive(Clone, Debug)]
struct Post {
    attempt: String,
    taken: Option<String>,
    is_answered: bool,
}

#[derive(Debug, Default)]
struct Line {
    answers: Mutex<Vec<Answer>>,
    posts: Mutex<Vec<Post>>,
}

/// A Meta that does what was planned, and takes everything after that.
#[derive(Clone, Debug)]
struct Meta(Arc<Line>);

#[async_trait::async_trait]
impl Transport for Meta {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let body: Value = serde_json::from_slice(&request.into_body().bytes(100_000).await?).unwrap();
        let attempt = body["biz_opaque_callback_data"].as_str().unwrap().to_owned();
        let answer = {
            let mut answers = self.0.answers.lock().unwrap();
            if answers.is_empty() { Answer::Taken } else { answers.remove(0) }
        };
        let mut posts = self.0.posts.lock().unwrap();
        let wamid = format!("wamid.OUT{}", posts.len());
        let taken = matches!(answer, Answer::Taken | Answer::Lost).then(|| wamid.clone());
        posts.push(Post { attempt, taken, is_answered: !matches!(answer, Answer::Lost) });
        let refused = |code: i64| {
            let body = json!({"error": {"message": "x", "type": "y", "code": code}}).to_string();
            Ok(http::Response::builder().status(400).body(body.into()).unwrap())
        };
        match answer {
            Answer::Taken => Ok(http::Response::new(json!({"messages": [{"id": wamid}]}).to_string().into())),
            Answer::Lost => Err(Error::new(ErrorKind::Interrupted)),
            Answer::Unreached => Err(Error::new(ErrorKind::Connect)),
            Answer::Refused => refused(131_026),
            Answer::TooFast => refused(131_056),
        }
    }
}

/// What Meta took, and what it has to tell of it: a status and its second.
#[derive(Clone, Debug)]
struct Taken {
    post: Post,
    wamid: String,
    statuses: Vec<(&'static str, i64)>,
}

struct Office {
    plan: Plan,
    desk: Desk,
    acme: Tenant,
    line: Arc<Line>,
    clock: Arc<AtomicI64>,
    messages: Vec<StoredMessageId>,
    /// How often each message may have been sent once more, by the wish of a colleague.
    wished: BTreeMap<StoredMessageId, usize>,
    told: Vec<Vec<u8>>,
}

/// What is known of a message.
type Known = (Headline, SendState, Option<String>, [Option<i64>; 4]);

fn known(entry: &Entry) -> Known {
    let times = entry.progress.as_ref().map(|p| [p.sent_at, p.delivered_at, p.read_at, p.failed_at]);
    (
        entry.headline(),
        entry.message.sending.as_ref().unwrap().state.clone(),
        entry.message.wamid.as_ref().map(|wamid| wamid.as_str().to_owned()),
        times.unwrap_or_default().map(|time| time.map(|time| time.as_seconds() - NOW)),
    )
}

impl Office {
    async fn open(plan: Plan) -> Self {
        let line = Arc::new(Line { answers: Mutex::new(plan.answers.clone()), ..Line::default() });
        let client = Client::builder("token").transport(Meta(Arc::clone(&line))).retry(RetryPolicy::never());
        let clock = Arc::new(AtomicI64::new(NOW));
        let now = Arc::clone(&clock);
        let desk = builder(MemoryStore::default(), &super::Meta::default(), &Arc::default())
            .credentials(client.build().unwrap())
            .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
            .build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, ACCOUNT).await.unwrap();
        let (messages, wished, told) = Default::default();
        Self { plan, desk, acme, line, clock, messages, wished, told }
    }

    async fn known(&self, id: &StoredMessageId) -> Known {
        known(&self.acme.message(id).await.unwrap())
    }

    /// What Meta took: each was read, or failed.
    fn taken(&self) -> Vec<Taken> {
        let posts = self.line.posts.lock().unwrap().clone();
        let taken = posts.into_iter().filter_map(|post| post.taken.clone().map(|wamid| (post, wamid)));
        let fails = self.plan.fails.iter().cycle();
        let statuses = |fails: bool| match fails {
            true => vec![("sent", 1), ("failed", 4)],
            false => vec![("sent", 1), ("delivered", 2), ("read", 3)],
        };
        taken
            .zip(fails)
            .map(|((post, wamid), fails)| Taken { post, wamid, statuses: statuses(*fails) })
            .collect()
    }

    async fn receives(&self, body: &[u8]) {
        let received = self.desk.receive(body, Some(&webhook().sign(body))).await.unwrap();
        assert_eq!(received.dead_letters, 0);
    }

    async fn works(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        while self.desk.step().await.unwrap() > 0 {}
    }

    async fn takes(&mut self, step: Step) {
        let nth = |n: usize| self.messages.get(n % self.messages.len().max(1)).cloned();
        match step {
            Step::Send(in_place) => {
                let to = format!("+{ANA}");
                let receipt = match in_place {
                    true => self.acme.send(NUMBER, to, "Hello").await,
                    false => self.acme.enqueue(NUMBER, to, "Hello").await,
                };
                self.messages.push(receipt.unwrap().id);
            }
            Step::Retry(n) => {
                let Some(id) = nth(n) else { return };
                let before = self.known(&id).await;
                let receipt = self.acme.retry(&id).await.unwrap();
                if receipt.id != id {
                    assert_eq!(before.1, SendState::Accepted);
                    assert!(before.3[3].is_some(), "it was not reported as failed: {before:?}");
                    self.messages.push(receipt.id);
                } else if before.1 == SendState::OutcomeUnknown {
                    *self.wished.entry(id).or_default() += 1;
                }
            }
            Step::Cancel(n) => {
                let Some(id) = nth(n) else { return };
                let _ = self.acme.cancel(&id).await.unwrap();
            }
            Step::Told(n, kind, is_named) => {
                let taken = self.taken();
                let Some(Taken { post, wamid, statuses }) = taken.get(n % taken.len().max(1)) else { return };
                let (kind, second) = statuses[kind % statuses.len()];
                self.tells(post, wamid, kind, second, is_named).await;
            }
            Step::Again(n) => {
                if let Some(body) = self.told.get(n % self.told.len().max(1)).cloned() {
                    self.receives(&body).await;
                }
            }
            Step::Work(seconds) => self.works(seconds).await,
        }
    }

    async fn tells(&mut self, post: &Post, wamid: &str, kind: &str, second: i64, is_named: bool) {
        // Where there was no answer, it is the only thing that tells what a status is about; Meta gives it then.
        let named = (is_named || !post.is_answered).then_some(post.attempt.as_str());
        let body = delivery(NUMBER, json!({"statuses": [status(wamid, kind, second, named)]}));
        self.receives(&body).await;
        self.told.push(body);
    }

    /// Lets workers come to an end, and Meta tell of everything, in some order.
    async fn ends(&mut self) {
        for _ in 0..12 {
            self.works(4000).await;
        }
        let mut left = self.taken();
        let mut random = fastrand::Rng::with_seed(self.plan.order);
        while !left.is_empty() {
            let n = random.usize(..left.len());
            let Taken { post, wamid, statuses } = &mut left[n];
            let (post, wamid) = (post.clone(), wamid.clone());
            let (kind, second) = statuses.swap_remove(random.usize(..statuses.len()));
            if statuses.is_empty() {
                left.swap_remove(n);
            }
            self.tells(&post, &wamid, kind, second, true).await;
        }
        for _ in 0..12 {
            self.works(4000).await;
        }
    }

    async fn check(&self) -> std::result::Result<(), TestCaseError> {
        let taken = self.taken();
        for id in &self.messages {
            let copies: Vec<_> =
                taken.iter().filter(|taken| taken.post.attempt.starts_with(id.as_str())).collect();
            let (headline, state, wamid, times) = self.known(id).await;
            let wished = self.wished.get(id).copied().unwrap_or_default();
            prop_assert!(copies.len() <= 1 + wished, "{} copies, {wished} of them wished for", copies.len());
            if copies.is_empty() {
                prop_assert_eq!(wamid, None);
                prop_assert_eq!(times, [None; 4]);
                let headlines =
                    [(SendState::Rejected, Headline::Rejected), (SendState::Cancelled, Headline::Cancelled)];
                prop_assert!(headlines.contains(&(state.clone(), headline)), "{state} {headline:?}");
                continue;
            }
            // Which of several copies stands for the message is told by whichever was heard of first.
            let copy = copies.iter().find(|copy| Some(&copy.wamid) == wamid.as_ref());
            let statuses =
                &copy.ok_or_else(|| TestCaseError::fail(format!("{wamid:?} of {copies:?}")))?.statuses;
            let at = |kind| statuses.iter().find(|(told, _)| *told == kind).map(|(_, second)| *second);
            prop_assert_eq!(times, ["sent", "delivered", "read", "failed"].map(at));
            let expected = if at("failed").is_some() { Headline::Failed } else { Headline::Read };
            prop_assert_eq!((state, headline), (SendState::Accepted, expected));
        }
        Ok(())
    }
}

/// Does what was planned, and checks the end of every message; then everything is told once more, in another order.
async fn live(plan: Plan) -> std::result::Result<(), TestCaseError> {
    let mut office = Office::open(plan.clone()).await;
    for step in plan.steps {
        office.takes(step).await;
    }
    office.ends().await;
    office.check().await?;
    let posts = office.line.posts.lock().unwrap().len();
    let mut before = Vec::new();
    for id in &office.messages {
        before.push(office.known(id).await);
    }
    fastrand::Rng::with_seed(plan.order).shuffle(&mut office.told);
    for body in office.told.clone() {
        office.receives(&body).await;
    }
    office.works(100_000).await;
    for (id, before) in office.messages.iter().zip(before) {
        prop_assert_eq!(office.known(id).await, before);
    }
    prop_assert_eq!(office.line.posts.lock().unwrap().len(), posts);
    Ok(())
}

/// F18, P7 of the guarantees, R4, R5: whatever the order of sends, lost answers, statuses, duplicates and retries by hand, a
/// message ends as what Meta took of it says, and it is sent again by nobody's wish but a person's.
#[test]
fn f18_abc_any_interleaving_of_sends_statuses_duplicates_and_retries_ends_in_the_state_that_meta_took() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let lives = TestRunner::new(config).run(&plan(), |plan| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(live(plan))
    });
    lives.unwrap();
}
