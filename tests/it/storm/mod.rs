//! Two worker processes on one PostgreSQL in a storm: Meta has a bad day, and the workers are killed again and again.
//!
//! This process is Meta and the people: the simulator, its customers, and a host that enqueues messages by a desk of its own. The
//! workers are processes of their own, each with an endpoint for webhooks, a handler that answers, and all else that a desk
//! does. When all is calm again and nothing is left to do, what is in the database must be what the simulator saw.
//!
//! A short storm is among the tests. `tests/storm.sh` makes a long one, in which a worker also stands still now and then for
//! longer than its leases last; it prints what was counted.

mod check;
mod ending;
mod harm;
mod post;
mod records;
mod scale;
mod traffic;
mod worker;

use crate::store::postgres::server::{APP, Database, Server};
use check::Findings;
use harm::Harm;
use post::Post;
use scale::Scale;
use std::{
    io::Write,
    time::{Duration, Instant},
};
use traffic::{Line, Traffic};
use whatsapp_business::{
    Desk,
    simulator::{Faults, Limits, Pace, Phone, Simulator},
    store::{Agent, Presence},
};
use worker::Settings;

/// How many messages a long storm has.
const MESSAGES: &str = "WHATSAPP_BUSINESS_STORM_MESSAGES";
/// For how many minutes there is one.
const MINUTES: &str = "WHATSAPP_BUSINESS_STORM_MINUTES";

/// Messages a second, to and from each number.
const THROUGHPUT: u32 = 1_000;

/// The agents of each tenant.
const AGENTS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_over_two_workers_loses_nothing_and_doubles_nothing() {
    rage(Scale::short()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_any_length_loses_nothing_and_doubles_nothing() {
    let number = |name| std::env::var(name).ok().map(|number| number.parse::<usize>().unwrap());
    let (messages, minutes) = (number(MESSAGES), number(MINUTES));
    if messages.is_none() && minutes.is_none() {
        return;
    }
    let time = minutes.map(|minutes| Duration::from_secs(60 * minutes as u64));
    let findings = rage(Scale::long(messages, time)).await;
    // One write, past what the test runner keeps to itself.
    std::io::stdout().write_all(format!("\n{findings}").as_bytes()).unwrap();
}

/// Lets a storm rage, waits until all is done, and checks what is left.
async fn rage(scale: Scale) -> Findings {
    let simulator = meta(&scale).await;
    let database = Server::shared().await.migrated().await;
    let desk = Desk::builder(database.store().await).window(false).clock(simulator.clock()).build();
    let lines = open(&desk, &simulator, &scale).await;
    let diary = tempfile::NamedTempFile::new().unwrap();
    let settings = settings(&simulator, &database, diary.path());
    let post = Post::begin(&simulator);
    let traffic = Traffic::new(&scale, &simulator, &post, &desk, &lines);

    let began = Instant::now();
    let (over, is_over) = tokio::sync::watch::channel(false);
    let harm = Harm::new(settings, post.clone(), traffic.clone(), scale.clone());
    let harm = tokio::spawn(harm.go(is_over));
    traffic.go(&database).await;
    over.send_replace(true);
    let (workers, harmed) = harm.await.unwrap();
    let stormed = began.elapsed();

    simulator.set_faults(Faults::none());
    ending::wait(&simulator, &database, workers, scale.patience).await;
    let records = records::read(&database.admin().await).await;
    let diary = std::fs::read_to_string(diary.path()).unwrap();
    let mut findings =
        check::all(&simulator, &lines, &traffic.take_ledger(), &post, &records, &diary, &harmed);
    findings.add("seconds of storm", usize::try_from(stormed.as_secs()).unwrap());
    findings.add("seconds in all", usize::try_from(began.elapsed().as_secs()).unwrap());
    findings
}

/// Meta on a bad day.
async fn meta(scale: &Scale) -> Simulator {
    let throughput = usize::try_from(THROUGHPUT).unwrap();
    Simulator::builder()
        .window(false)
        .faults(Faults::storm())
        .limits(Limits::none().throughput(true))
        .throughput(throughput)
        .pace(Pace::instant().never_read())
        .batching(10, Duration::from_millis(20))
        .webhooks_at_once(8)
        .redelivery(Duration::from_millis(50), Duration::from_secs(1))
        .keep(scale.messages.map_or(10_000_000, |messages| 3 * messages + 100_000))
        .start()
        .await
        .unwrap()
}

/// Gives each tenant its numbers and agents.
async fn open(desk: &Desk, simulator: &Simulator, scale: &Scale) -> Vec<Line> {
    let mut lines = Vec::new();
    for tenant in 0..scale.tenants {
        let tenant = desk.tenant(format!("tenant-{tenant}"));
        tenant.register("A tenant").await.unwrap();
        for _ in 0..scale.numbers {
            let index = lines.len();
            let (number, account) = (format!("20000{index:04}"), format!("{}-account", tenant.id()));
            let phone = Phone::new(number.as_str(), account.as_str(), format!("1555010{index:04}"));
            let throughput = usize::try_from(THROUGHPUT).unwrap();
            simulator.add_phone(phone.throughput(throughput)).unwrap();
            tenant.bind(number.as_str(), account).await.unwrap();
            lines.push(Line { tenant: tenant.id().clone(), number: number.into() });
        }
        for agent in 0..AGENTS {
            let mut agent = Agent::new(format!("agent-{agent}"), "An agent", u32::MAX, simulator.now());
            agent.presence = Presence::Online;
            tenant.agents().add(agent, "host").await.unwrap();
        }
    }
    lines
}

fn settings(simulator: &Simulator, database: &Database, diary: &std::path::Path) -> Settings {
    Settings {
        database: database.url(APP),
        graph_url: simulator.graph_url().to_owned(),
        access_token: simulator.access_token().to_owned(),
        app_secret: simulator.app_secret().to_owned(),
        verify_token: simulator.verify_token().to_owned(),
        throughput: THROUGHPUT,
        diary: diary.to_owned(),
    }
}
