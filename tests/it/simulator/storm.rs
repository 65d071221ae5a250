//! The desk in a storm: whatever breaks, in whatever order, nothing is lost and nothing is sent twice.
//!
//! `WHATSAPP_BUSINESS_STORM=5000` runs so many programs on each store instead of the usual few.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    test_runner::{Config, TestRunner},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{self, Handle, Runtime},
    sync::Notify,
    time::timeout,
};
use whatsapp_business::{
    Client, Desk, Result, Store, Webhook,
    client::{Body, RetryPolicy, Transport},
    desk::{Entry, Receipt},
    id::MessageId,
    message::{Buttons, Content},
    simulator::{Faults, Pace, Simulator},
    store::{Direction, MemoryStore, PageRequest, SendState},
};

const PROGRAMS: &str = "WHATSAPP_BUSINESS_STORM";

const PEOPLE: [&str; 3] = ["+14155550101", "+14155550102", "+4915155550103"];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Op {
    Send {
        to: usize,
        at_once: usize,
    },
    Ask {
        to: usize,
    },
    Say {
        who: usize,
        times: usize,
    },
    Tap {
        who: usize,
    },
    Read {
        who: usize,
    },
    Step,
    Wait {
        seconds: u64,
    },
    /// Waits a moment for what is under way.
    Settle,
    /// The process dies while it sends: before or after Meta has the message.
    Die {
        to: usize,
        after: bool,
    },
    /// Another process begins beside those that run.
    Begin,
}

#[derive(Clone, Debug)]
struct Program {
    seed: u64,
    over_a_socket: bool,
    slow: bool,
    batch: usize,
    at_once: usize,
    ops: Vec<Op>,
}

fn programs() -> impl Strategy<Value = Program> {
    let who = || 0..PEOPLE.len();
    let op = prop_oneof![
        6 => (who(), 1..4_usize).prop_map(|(to, at_once)| Op::Send { to, at_once }),
        2 => who().prop_map(|to| Op::Ask { to }),
        4 => (who(), 1..3_usize).prop_map(|(who, times)| Op::Say { who, times }),
        2 => who().prop_map(|who| Op::Tap { who }),
        1 => who().prop_map(|who| Op::Read { who }),
        3 => Just(Op::Step),
        2 => (1..400_u64).prop_map(|seconds| Op::Wait { seconds }),
        2 => Just(Op::Settle),
        1 => (who(), any::<bool>()).prop_map(|(to, after)| Op::Die { to, after }),
        1 => Just(Op::Begin),
    ];
    (any::<u64>(), any::<bool>(), any::<bool>(), 1..4_usize, 1..5_usize, vec(op, 1..30)).prop_map(
        |(seed, over_a_socket, slow, batch, at_once, ops)| Program {
            seed,
            over_a_socket,
            slow,
            batch,
            at_once,
            ops,
        },
    )
}

#[test]
fn a_storm_costs_no_message_and_doubles_none_in_memory() {
    weather(24, || (MemoryStore::default(), ()));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_storm_costs_no_message_and_doubles_none_in_sqlite() {
    weather(8, || {
        let files = tempfile::tempdir().unwrap();
        let store =
            whatsapp_business::store::SqliteStore::open_blocking(files.path().join("desk.db")).unwrap();
        (store, files)
    });
}

/// Runs programs, each on a store of its own.
fn weather<S: Store + Clone, Files>(usual: u32, store: impl Fn() -> (S, Files)) {
    let cases = std::env::var(PROGRAMS).map_or(usual, |programs| programs.parse().unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let run = |program: Program| {
        let (store, _files) = store();
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Storm::run(program, store));
        Ok(())
    };
    TestRunner::new(config).run(&programs(), run).unwrap();
}

/// A host process: a desk with a runtime of its own, which can die at any moment.
struct Process {
    runtime: Runtime,
    desk: Desk,
    wire: Wire,
}

/// The way to the simulator, on which a process can die.
#[derive(Clone, Debug)]
struct Wire {
    inner: Arc<dyn Transport>,
    /// 0 goes on, 1 dies before the request is sent, 2 after it was answered.
    fate: Arc<AtomicU8>,
    dies: Arc<Notify>,
}

#[async_trait::async_trait]
impl Transport for Wire {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        match self.fate.swap(0, Ordering::SeqCst) {
            0 => return self.inner.send(request).await,
            1 => {}
            _ => drop(self.inner.send(request).await),
        }
        self.dies.notify_one();
        std::future::pending().await
    }
}

impl Process {
    fn begin(simulator: &Simulator, store: impl Store) -> Self {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let wire =
            Wire { inner: Arc::new(simulator.transport()), fate: Arc::default(), dies: Arc::default() };
        let mut client = Client::builder(simulator.access_token()).graph_url(simulator.graph_url());
        if simulator.graph_url().ends_with(":0") {
            client = client.transport(wire.clone());
        }
        let client = client.retry(RetryPolicy::never()).timeout(Duration::from_millis(200)).build().unwrap();
        let webhook = Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap();
        let desk = Desk::builder(store)
            .window(false)
            .credentials(client)
            .webhook(webhook)
            .clock(simulator.clock())
            .build();
        Self { runtime, desk, wire }
    }

    /// What came of `work`, unless the process died.
    async fn does<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        self.runtime.spawn(work).await.ok()
    }

    async fn steps(&self) -> usize {
        let desk = self.desk.clone();
        self.does(async move { desk.step().await.unwrap() }).await.unwrap()
    }
}

struct Storm<S> {
    simulator: Simulator,
    store: S,
    /// The newest is the one that is asked to do things; the others go on beside it.
    processes: Vec<Process>,
    receiver: Arc<Mutex<(Handle, Desk)>>,
    receipts: Vec<Receipt>,
    said: BTreeSet<MessageId>,
}

impl<S: Store + Clone> Storm<S> {
    async fn run(program: Program, store: S) {
        let mut builder = Simulator::builder()
            .window(false)
            .seed(program.seed)
            .faults(Faults::storm())
            .batching(program.batch, Duration::from_millis(2))
            .webhooks_at_once(program.at_once)
            .redelivery(Duration::from_millis(1), Duration::from_millis(20));
        if program.slow {
            let (sent, delivered) = (Duration::from_millis(300), Duration::from_secs(20));
            builder = builder.pace(Pace::instant().sent(sent).delivered(delivered).never_read());
        }
        let simulator =
            if program.over_a_socket { builder.start().await.unwrap() } else { builder.offline().unwrap() };
        let process = Process::begin(&simulator, store.clone());
        let acme = process.desk.tenant("acme");
        acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
        let receiver = (process.runtime.handle().clone(), process.desk.clone());
        let mut storm = Self {
            simulator,
            store,
            processes: vec![process],
            receiver: Arc::new(Mutex::new(receiver)),
            receipts: Vec::new(),
            said: BTreeSet::new(),
        };
        storm.listen(program.seed, 0.2);
        for op in program.ops {
            storm.happens(op).await;
        }
        storm.heals().await;
        storm.check().await;
        for process in storm.processes {
            process.runtime.shutdown_background();
        }
    }

    /// Lets the process that runs take webhooks, and fail at some of them before or after it has kept them.
    fn listen(&self, seed: u64, failures: f64) {
        let luck = Mutex::new(fastrand::Rng::with_seed(seed));
        let receiver = Arc::clone(&self.receiver);
        self.simulator.deliver_to(move |body, signature| {
            let (handle, desk) = receiver.lock().unwrap().clone();
            let (fails, forgets) = {
                let mut luck = luck.lock().unwrap();
                (luck.f64() < failures, luck.bool())
            };
            async move {
                if fails && forgets {
                    return 503;
                }
                let kept = handle.spawn(async move { desk.receive(&body, Some(&signature)).await }).await;
                if fails || !matches!(kept, Ok(Ok(_))) { 500 } else { 200 }
            }
        });
    }

    fn process(&self) -> &Process {
        self.processes.last().unwrap()
    }

    fn begin(&mut self) {
        let process = Process::begin(&self.simulator, self.store.clone());
        *self.receiver.lock().unwrap() = (process.runtime.handle().clone(), process.desk.clone());
        self.processes.push(process);
    }

    fn send(&self, to: usize, content: impl Into<Content>) -> Pin<Box<dyn Future<Output = Option<Receipt>>>> {
        let number = self.simulator.phone_number_id().clone();
        let call = self.process().desk.tenant("acme").send(number, PEOPLE[to], content);
        let sending = self.process().runtime.spawn(async move { call.await.unwrap() });
        Box::pin(async move { sending.await.ok() })
    }

    async fn happens(&mut self, op: Op) {
        match op {
            Op::Send { to, at_once } => {
                let sends: Vec<_> = (0..at_once).map(|_| self.send(to, "Hello")).collect();
                for send in sends {
                    self.receipts.extend(send.await);
                }
            }
            Op::Ask { to } => {
                let question = Buttons::new("Keep Tuesday?").button("keep", "Keep").button("move", "Change");
                let receipt = self.send(to, question).await;
                self.receipts.extend(receipt);
            }
            Op::Say { who, times } => {
                for _ in 0..times {
                    let id = self.simulator.user(PEOPLE[who]).says("Hi").await.unwrap();
                    self.said.insert(id);
                }
            }
            // There may be nothing to tap yet.
            Op::Tap { who } => self.said.extend(self.simulator.user(PEOPLE[who]).taps("keep").await.ok()),
            Op::Read { who } => self.simulator.user(PEOPLE[who]).reads(),
            Op::Step => {
                self.process().steps().await;
            }
            Op::Wait { seconds } => self.simulator.advance(Duration::from_secs(seconds)),
            Op::Settle => {
                let _ = timeout(Duration::from_millis(20), self.simulator.idle()).await;
            }
            Op::Die { to, after } => {
                let wire = &self.process().wire;
                wire.fate.store(if after { 2 } else { 1 }, Ordering::SeqCst);
                let send = self.send(to, "Last words");
                let receipt = tokio::select! {
                    // The one over a socket does not pass the wire.
                    receipt = send => receipt,
                    () = wire.dies.notified() => None,
                };
                self.receipts.extend(receipt);
                self.processes.pop().unwrap().runtime.shutdown_background();
                self.begin();
            }
            Op::Begin => self.begin(),
        }
    }

    /// The storm is over; everything that is still to come comes.
    async fn heals(&mut self) {
        self.simulator.set_faults(Faults::none());
        self.listen(0, 0.0);
        // The first round ends leases and makes what waits in the ladder due; what it sends is done in the second.
        for _ in 0..3 {
            self.simulator.advance(Duration::from_secs(2 * 60 * 60));
            while self.process().steps().await > 0 {}
            // What is planned comes sooner when time goes faster.
            while timeout(Duration::from_millis(100), self.simulator.idle()).await.is_err() {
                self.simulator.advance(Duration::from_secs(30));
            }
        }
    }

    async fn check(&self) {
        let (entries, unread) = self.records().await;
        let mut sent: BTreeMap<String, Vec<MessageId>> = BTreeMap::new();
        for message in self.simulator.sent() {
            let attempt = message.body["biz_opaque_callback_data"].as_str().unwrap();
            let (stored, _) = attempt.rsplit_once('.').unwrap();
            sent.entry(stored.to_owned()).or_default().push(message.id);
        }
        let reported = self.reported();
        let (received, ours): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.message.direction == Direction::Inbound);

        let heard: Vec<_> = received.iter().map(|entry| entry.message.wamid.clone().unwrap()).collect();
        assert_eq!(heard.len(), self.said.len(), "a person's message is lost or kept twice");
        assert_eq!(heard.into_iter().collect::<BTreeSet<_>>(), self.said);
        assert_eq!(unread, self.said.len());

        let kept: BTreeSet<_> = ours.iter().map(|entry| entry.message.id.to_string()).collect();
        assert!(sent.keys().all(|id| kept.contains(id)), "a message was sent that is not kept");
        for receipt in &self.receipts {
            assert!(kept.contains(&receipt.id.to_string()), "a send is forgotten: {receipt:?}");
        }
        for entry in ours {
            let wamids = sent.get(entry.message.id.as_str()).map_or(&[][..], Vec::as_slice);
            let state = &entry.message.sending.as_ref().unwrap().state;
            assert!(wamids.len() <= 1, "sent twice: {entry:?}");
            match wamids.first() {
                Some(wamid) => {
                    assert_eq!((state, entry.message.wamid.as_ref()), (&SendState::Accepted, Some(wamid)));
                    assert_eq!(Some(&facts(entry)), reported.get(wamid), "{entry:?}");
                }
                None => {
                    let is_settled = matches!(state, SendState::OutcomeUnknown | SendState::Rejected);
                    assert!(is_settled && entry.message.wamid.is_none(), "{entry:?}");
                }
            }
        }
    }

    /// All histories, and how many messages count as unread.
    async fn records(&self) -> (Vec<Entry>, usize) {
        let acme = self.process().desk.tenant("acme");
        let all = || PageRequest::oldest(PageRequest::MAX_LIMIT);
        assert!(acme.dead_letters(all()).await.unwrap().items.is_empty());
        assert!(acme.identity_conflicts(all()).await.unwrap().items.is_empty());
        let (mut entries, mut unread) = (Vec::new(), 0);
        for conversation in acme.conversations(all()).await.unwrap().items {
            unread += usize::try_from(conversation.unread).unwrap();
            entries.extend(acme.history(&conversation.id, all()).await.unwrap().items);
        }
        (entries, unread)
    }

    /// When the simulator said that what happened to which message.
    fn reported(&self) -> BTreeMap<MessageId, BTreeMap<String, i64>> {
        let mut reported: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        for webhook in self.simulator.webhooks() {
            assert_eq!(webhook.status, Some(200));
            for status in list(&webhook.body, "entry")
                .iter()
                .flat_map(|entry| list(entry, "changes"))
                .flat_map(|change| list(&change["value"], "statuses"))
            {
                let at = status["timestamp"].as_str().unwrap().parse().unwrap();
                let id = MessageId::from(status["id"].as_str().unwrap());
                reported.entry(id).or_default().insert(status["status"].as_str().unwrap().to_owned(), at);
            }
        }
        reported
    }
}

/// What the desk knows of the way of a message, as Meta names it.
fn facts(entry: &Entry) -> BTreeMap<String, i64> {
    let progress = entry.progress.as_ref().unwrap();
    assert!(progress.accepted_at.is_some());
    let facts = [
        ("sent", progress.sent_at),
        ("delivered", progress.delivered_at),
        ("read", progress.read_at),
        ("failed", progress.failed_at),
    ];
    let known = facts.into_iter().filter_map(|(name, at)| Some((name.to_owned(), at?.as_seconds())));
    known.collect()
}
