//! Events a second and how long each takes, at several numbers of callers.

use crate::{Subject, event::Event};
use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::{Handle, Runtime};
use whatsapp_business::store::{Applied, Store, TenantStore};

/// How many callers there are, and how many events they keep in a turn.
const TURNS: [(usize, u64); 3] = [(1, 600), (8, 1600), (MOST_CALLERS, 6400)];
pub(crate) const MOST_CALLERS: usize = 64;
/// How many people write.
const PEOPLE: u64 = 200;
/// How many turns each way takes; the median counts.
const TIMES: usize = 9;

/// A way to make events durable.
pub(crate) trait Way {
    fn name(&self) -> &'static str;
    /// Has `callers` keep `events`, each caller one after the other, and gives how long each event took.
    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration>;
}

/// What a turn came to.
struct Turn {
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl Turn {
    fn of(way: &dyn Way, callers: usize, events: Range<u64>) -> Self {
        let begun = Instant::now();
        let mut taken = way.run(callers, events);
        let elapsed = begun.elapsed().as_secs_f64();
        taken.sort_unstable();
        let share = |percent| taken.get(taken.len() * percent / 100).copied().unwrap_or_default();
        let count = u32::try_from(taken.len()).unwrap();
        Self { rate: f64::from(count) / elapsed, p50: share(50), p99: share(99) }
    }
}

/// By the store.
struct Kept<'a> {
    name: &'static str,
    tenant: Arc<dyn TenantStore>,
    runtime: &'a Runtime,
}

impl Way for Kept<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        let tenant = Arc::clone(&self.tenant);
        tasks(self.runtime.handle(), callers, events, move |_, event| {
            let tenant = Arc::clone(&tenant);
            async move { assert_eq!(tenant.apply(event.changes()).await.unwrap(), Applied::Done) }
        })
    }
}

/// Has as many tasks as there are callers keep events, one after the other, until there are no more.
pub(crate) fn tasks<K: Future<Output = ()> + Send>(
    runtime: &Handle,
    callers: usize,
    events: Range<u64>,
    keep: impl Fn(usize, Event) -> K + Clone + Send + 'static,
) -> Vec<Duration> {
    let next = Arc::new(Next::new(events));
    let tasks = (0..callers).map(|caller| {
        let (next, keep) = (Arc::clone(&next), keep.clone());
        runtime.spawn(async move {
            let mut taken = Vec::new();
            while let Some(event) = next.take() {
                let begun = Instant::now();
                keep(caller, event).await;
                taken.push(begun.elapsed());
            }
            taken
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let all = tasks.into_iter().flat_map(|task| runtime.block_on(task).unwrap());
    all.collect()
}

/// Hands out events to callers.
pub(crate) struct Next {
    next: AtomicU64,
    end: u64,
}

impl Next {
    pub(crate) fn new(events: Range<u64>) -> Self {
        Self { next: AtomicU64::new(events.start), end: events.end }
    }

    pub(crate) fn take(&self) -> Option<Event> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        (n < self.end).then(|| Event::new(n, n % PEOPLE, n < PEOPLE))
    }
}

/// Has as many events kept at once as there are callers, until there are no more.
#[cfg(any(feature = "sqlite", all(feature = "postgres", unix)))]
pub(crate) fn together(next: &Next, callers: usize, keep: impl Fn(&[Event])) -> Vec<Duration> {
    let mut taken = Vec::new();
    loop {
        let events: Vec<Event> = std::iter::from_fn(|| next.take()).take(callers).collect();
        if events.is_empty() {
            return taken;
        }
        let begun = Instant::now();
        keep(&events);
        taken.resize(taken.len() + events.len(), begun.elapsed());
    }
}

/// Prints what the store does beside the plain ways; or only tries whether they work.
pub(crate) fn measure(subject: &Subject, runtime: &Runtime, is_trial: bool) {
    let tenant = subject.store.tenant(&"acme".into());
    let kept = Kept { name: subject.name, tenant, runtime };
    let ways: Vec<&dyn Way> = std::iter::once(&kept as &dyn Way)
        .chain(subject.plain.iter().chain(&subject.floor).map(|way| &**way))
        .collect();
    // Everybody's first message, after which each way has the same.
    for way in &ways {
        way.run(1, 0..PEOPLE);
    }
    let mut first = PEOPLE;
    let (times, part) = if is_trial { (1, 20) } else { (TIMES, 1) };
    for (callers, events) in TURNS {
        let events = events / part;
        let mut turns: Vec<Vec<Turn>> = ways.iter().map(|_| Vec::new()).collect();
        for _ in 0..times {
            let events = first..first + events;
            first = events.end;
            for (way, turns) in ways.iter().zip(&mut turns) {
                turns.push(Turn::of(*way, callers, events.clone()));
            }
        }
        if is_trial {
            continue;
        }
        println!("{} at {callers} callers:", subject.name);
        for (way, turns) in ways.iter().zip(&turns) {
            println!(
                "    {:32} {:8.0} events/s   p50 {:8.3} ms   p99 {:8.3} ms",
                way.name(),
                median(turns.iter().map(|turn| turn.rate)),
                1e3 * median(turns.iter().map(|turn| turn.p50.as_secs_f64())),
                1e3 * median(turns.iter().map(|turn| turn.p99.as_secs_f64())),
            );
        }
        let (kept, others) = turns.split_first().unwrap();
        let (plain, floor) = others.split_at(subject.plain.len());
        let compared =
            |other: &Vec<Turn>| median(kept.iter().zip(other).map(|(kept, other)| kept.rate / other.rate));
        if let Some(ratio) = plain.iter().map(compared).min_by(f64::total_cmp) {
            println!("    {ratio:.2} times the better plain way");
        }
        for ratio in floor.iter().map(compared) {
            println!("    {ratio:.2} times what can be done by hand with as many events together");
        }
    }
}

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
