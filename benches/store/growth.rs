//! How costs grow with what is kept.

use crate::{
    Subject,
    event::{self, Event},
    throughput::median,
};
use std::{sync::Arc, time::Duration, time::Instant};
use tokio::task::JoinSet;
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

/// What things cost, in microseconds.
struct Costs([f64; 4]);

const NAMES: [&str; 4] = ["history page", "conversation list", "apply", "claim"];

/// Prints the costs from 10 thousand messages up to `most`, in one tenant.
pub(crate) async fn of_messages(subject: &Subject, most: u64) {
    let most = most.min(subject.max_messages);
    let tenant = subject.store.tenant(&"acme".into());
    let mut smallest = None;
    let (mut filled, mut size) = (0, 10_000);
    while size <= most {
        fill(&tenant, (filled..size).map(of_one_tenant)).await;
        // The events that are measured count, too.
        filled = size + TIMES * EVENTS_OF_A_ROUND;
        let mut next = size;
        let round = |_| {
            let events = (next..).take(AT_ONCE).map(of_one_tenant).collect();
            next += EVENTS_OF_A_ROUND;
            Round { tenant: tenant.clone(), person: 0, events }
        };
        let costs = Costs::of(subject, round, 50).await;
        costs.print(&format!("{}, {size} messages", subject.name), smallest.get_or_insert(costs.0));
        size *= 10;
    }
}

/// Prints the costs from 1 tenant up to 10,000, each with the same.
pub(crate) async fn of_tenants(subject: &Subject) {
    const MESSAGES: u64 = 100;
    const PEOPLE: u64 = 25;
    let tenant = |t: u64| subject.store.tenant(&format!("tenant-{t}").into());
    let mut smallest = None;
    let mut filled = 0;
    for tenants in [1, 100, 10_000] {
        let mut under_way = JoinSet::new();
        for t in filled..tenants {
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
        under_way.join_all().await;
        filled = tenants;
        let round = |n| {
            let t = event::mixed(n) % tenants;
            // Far from the numbers of all others.
            let first = tenants * 1_000_000_000 + n * EVENTS_OF_A_ROUND;
            let events = (first..).take(AT_ONCE).map(|n| Event::new(n, t * PEOPLE, false)).collect();
            Round { tenant: tenant(t), person: t * PEOPLE, events }
        };
        let costs = Costs::of(subject, round, 20).await;
        costs.print(&format!("{}, {tenants} tenants", subject.name), smallest.get_or_insert(costs.0));
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

impl Costs {
    /// Measures with pages of a size; `round` tells what is done the `n`th time.
    async fn of(subject: &Subject, mut round: impl FnMut(u64) -> Round, page: usize) -> Self {
        let (mut history, mut list, mut apply, mut claim) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for n in 0..TIMES {
            let Round { tenant, person, events } = round(n);
            let query = Query::Messages(event::conversation(person).into());
            let begun = Instant::now();
            let found = tenant.list(query, PageRequest::newest(page)).await.unwrap();
            history.push(begun.elapsed());
            assert_eq!(found.items.len(), page);

            let begun = Instant::now();
            let found = tenant.list(Query::Conversations, PageRequest::newest(page)).await.unwrap();
            list.push(begun.elapsed());
            assert_eq!(found.items.len(), page);

            let mut under_way = JoinSet::new();
            let changes: Vec<_> = events.iter().map(Event::changes).collect();
            let begun = Instant::now();
            for changes in changes {
                let tenant = tenant.clone();
                under_way.spawn(async move { tenant.apply(changes).await.unwrap() });
            }
            let _ = under_way.join_all().await;
            apply.push(begun.elapsed() / u32::try_from(AT_ONCE).unwrap());

            let now = event::time(0) + Duration::from_secs(1);
            let request = Claim::new(now, Duration::from_secs(60), JOBS, event::id(n, "l"));
            let begun = Instant::now();
            let leases = subject.store.claim(request).await.unwrap();
            claim.push(begun.elapsed());
            assert_eq!(leases.len(), JOBS);
            // Given back, so that as many wait again.
            let mut under_way = JoinSet::new();
            for lease in leases {
                let store = subject.store.clone();
                under_way.spawn(async move {
                    store.finish(&lease, Outcome::Again(event::time(n)), Changes::at(now)).await.unwrap()
                });
            }
            let _ = under_way.join_all().await;
        }
        Self([history, list, apply, claim].map(|taken| 1e6 * median(taken.iter().map(Duration::as_secs_f64))))
    }

    fn print(&self, what: &str, smallest: &[f64; 4]) {
        print!("{what:28}");
        for ((name, cost), smallest) in NAMES.iter().zip(self.0).zip(smallest) {
            print!("   {name} {cost:7.0} µs {:4.2}x", cost / smallest);
        }
        println!();
    }
}
