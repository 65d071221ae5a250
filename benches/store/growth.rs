//! How costs grow with what is kept.

use crate::{
    Subject,
    event::{self, Event},
    throughput::median,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, task::JoinSet};
use whatsapp_business::store::{
    Change, Changes, Claim, Job, JobKind, Outcome, PageRequest, Query, Store, TenantStore,
};

/// How often each thing is measured; the median counts.
const TIMES: u64 = 101;
/// How many batches are on their way at once while a store is filled, and events while they are measured.
const AT_ONCE: usize = 64;
const EVENTS_OF_A_ROUND: u64 = AT_ONCE as u64;
/// How many events a batch holds while a store is filled.
const EVENTS_OF_A_BATCH: u64 = 64;
/// A new person writes at each of so many events.
const EVENTS_OF_A_PERSON: u64 = 50;
/// A job waits for each of so many events.
const EVENTS_OF_A_JOB: u64 = 5;
/// How many jobs are claimed at once.
const JOBS: usize = 16;

/// What is measured once.
struct Round {
    tenant: Arc<dyn TenantStore>,
    /// Whose history is read.
    person: u64,
    /// What is applied at once.
    events: Vec<Event>,
}

/// A store that was filled, and what things take in it.
struct Filled {
    subject: Subject,
    size: u64,
    /// Of what.
    unit: &'static str,
    /// How long a page is.
    page: usize,
    /// What is done the `n`th time.
    round: Box<dyn FnMut(u64) -> Round>,
    taken: [Vec<Duration>; 4],
}

const NAMES: [&str; 4] = ["history page", "conversation list", "apply", "claim"];

/// Prints the costs from 10 thousand messages up to `most`, in one tenant.
pub(crate) fn of_messages(make: impl Fn() -> Subject, most: u64, runtime: &Runtime) {
    let mut stores = Vec::new();
    let mut size = 10_000;
    while size <= most {
        let subject = make();
        if size > subject.max_messages {
            break;
        }
        let tenant = subject.store.tenant(&"acme".into());
        runtime.block_on(fill(&tenant, (0..size).map(of_one_tenant)));
        let mut next = size;
        let round = move |_| {
            let events = (next..).take(AT_ONCE).map(of_one_tenant).collect();
            next += EVENTS_OF_A_ROUND;
            Round { tenant: tenant.clone(), person: 0, events }
        };
        stores.push(Filled::new(subject, (size, "messages"), 50, round));
        size *= 10;
    }
    runtime.block_on(compare(stores));
}

/// Prints the costs from 1 tenant up to 10,000, each with the same.
pub(crate) fn of_tenants(make: impl Fn() -> Subject, runtime: &Runtime) {
    const MESSAGES: u64 = 100;
    const PEOPLE: u64 = 25;
    let mut stores = Vec::new();
    for tenants in [1, 100, 10_000] {
        let subject = make();
        let store = subject.store.clone();
        let tenant = move |t: u64| store.tenant(&format!("tenant-{t}").into());
        runtime.block_on(async {
            let mut under_way = JoinSet::new();
            for t in 0..tenants {
                let tenant = tenant(t);
                under_way.spawn(async move {
                    // Half of the messages are of one person.
                    let person = |n| if n < PEOPLE || n % 2 == 0 { n % PEOPLE } else { 0 };
                    let event = |n| Event::new(t * MESSAGES + n, t * PEOPLE + person(n), n < PEOPLE);
                    fill(&tenant, (0..MESSAGES).map(event)).await;
                });
                if under_way.len() >= AT_ONCE {
                    under_way.join_next().await.unwrap().unwrap();
                }
            }
            let _ = under_way.join_all().await;
        });
        let round = move |n| {
            let t = event::mixed(n) % tenants;
            // Behind the numbers of all others.
            let first = tenants * MESSAGES + n * EVENTS_OF_A_ROUND;
            let events = (first..).take(AT_ONCE).map(|n| Event::new(n, t * PEOPLE, false)).collect();
            Round { tenant: tenant(t), person: t * PEOPLE, events }
        };
        stores.push(Filled::new(subject, (tenants, "tenants"), 20, round));
    }
    runtime.block_on(compare(stores));
}

/// Measures stores in turns, and prints what things cost in each beside the first.
async fn compare(mut stores: Vec<Filled>) {
    for n in 0..TIMES {
        // Each begins as often as the others: a scheduler that takes the processor away does so at the same place every time.
        for _ in 0..stores.len() {
            stores[0].measure(n).await;
            stores.rotate_left(1);
        }
        stores.rotate_left(1);
    }
    stores.sort_by_key(|store| store.size);
    let Some(smallest) = stores.first() else { return };
    for store in &stores {
        print!("{:28}", format!("{}, {} {}", store.subject.name, store.size, store.unit));
        for ((name, taken), smallest) in NAMES.iter().zip(&store.taken).zip(&smallest.taken) {
            let cost = 1e6 * median(taken.iter().map(Duration::as_secs_f64));
            let neighbours = taken.iter().zip(smallest);
            let ratio = median(neighbours.map(|(here, there)| here.as_secs_f64() / there.as_secs_f64()));
            print!("   {name} {cost:7.0} µs {ratio:4.2}x");
        }
        println!();
    }
}

/// The `n`th event where there is one tenant. One in ten is of the first person.
fn of_one_tenant(n: u64) -> Event {
    // Those whose first message is not on its way any more.
    let people = n.saturating_sub(1000) / EVENTS_OF_A_PERSON + 1;
    match n % 10 {
        _ if n.is_multiple_of(EVENTS_OF_A_PERSON) => Event::new(n, n / EVENTS_OF_A_PERSON, true),
        5 => Event::new(n, 0, false),
        _ => Event::new(n, event::mixed(n) % people, false),
    }
}

/// Keeps events, many in a batch. What others build on is in the first batch.
async fn fill(tenant: &Arc<dyn TenantStore>, events: impl Iterator<Item = Event>) {
    let mut under_way = JoinSet::new();
    let mut events = events.peekable();
    let mut at_once = 1;
    while events.peek().is_some() {
        let mut changes = Changes::at(event::time(0));
        for event in events.by_ref().take(usize::try_from(EVENTS_OF_A_BATCH).unwrap()) {
            changes = event.add_to(changes);
            if event.n.is_multiple_of(EVENTS_OF_A_JOB) {
                changes = changes.with(Change::Enqueue(job(event.n), None));
            }
        }
        let tenant = tenant.clone();
        under_way.spawn(async move { tenant.apply(changes).await.unwrap() });
        if under_way.len() >= at_once {
            let _ = std::mem::take(&mut under_way).join_all().await;
            at_once = 8;
        }
    }
    let _ = under_way.join_all().await;
}

fn job(n: u64) -> Job {
    Job::new(event::id(n, "j"), JobKind::Send, event::id(n, "g"), event::time(0)).payload("payload")
}

impl Filled {
    fn new(
        subject: Subject,
        (size, unit): (u64, &'static str),
        page: usize,
        round: impl FnMut(u64) -> Round + 'static,
    ) -> Self {
        Self { subject, size, unit, page, round: Box::new(round), taken: Default::default() }
    }

    /// Measures the `n`th time.
    async fn measure(&mut self, n: u64) {
        let Round { tenant, person, events } = (self.round)(n);
        let query = Query::Messages(event::conversation(person).into());
        let begun = Instant::now();
        let found = tenant.list(query, PageRequest::newest(self.page)).await.unwrap();
        let history = begun.elapsed();
        assert_eq!(found.items.len(), self.page);

        let begun = Instant::now();
        let found = tenant.list(Query::Conversations, PageRequest::newest(self.page)).await.unwrap();
        let list = begun.elapsed();
        assert_eq!(found.items.len(), self.page);

        let mut under_way = JoinSet::new();
        let changes: Vec<_> = events.iter().map(Event::changes).collect();
        let begun = Instant::now();
        for changes in changes {
            let tenant = tenant.clone();
            under_way.spawn(async move { tenant.apply(changes).await.unwrap() });
        }
        let _ = under_way.join_all().await;
        let apply = begun.elapsed() / u32::try_from(AT_ONCE).unwrap();

        let now = event::time(0) + Duration::from_secs(1);
        let request = Claim::new(now, Duration::from_secs(60), JOBS, event::id(n, "l"));
        let begun = Instant::now();
        let leases = self.subject.store.claim(request).await.unwrap();
        let claim = begun.elapsed();
        assert_eq!(leases.len(), JOBS);
        // Given back, so that as many wait again.
        let mut under_way = JoinSet::new();
        for lease in leases {
            let store = self.subject.store.clone();
            under_way.spawn(async move {
                store.finish(&lease, Outcome::Again(event::time(n)), Changes::at(now)).await.unwrap()
            });
        }
        let _ = under_way.join_all().await;
        for (taken, time) in self.taken.iter_mut().zip([history, list, apply, claim]) {
            taken.push(time);
        }
    }
}
