//! How fast recorded messages are sent, beside what one would write without this crate.
//!
//! `cargo bench --bench send --features desk,simulator,sqlite,postgres` prints, at a round trip of 0 and of 100 milliseconds to
//! Meta, the messages a second and the processor time a message of each way to send them. They take turns, so that a busy machine
//! slows all alike; the medians of the turns are told, and ratios are those of neighbours. Processor time is that of this process
//! and of the PostgreSQL server; Meta is another process. Then come the pace of a number against a simulator that keeps Meta's
//! limits, and what an idle worker costs.
//!
//! With words such as `-- sqlite`, `-- postgres`, `-- client`, `-- pace` or `-- idle` those parts alone.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]
#![expect(clippy::indexing_slicing, reason = "a list of measurements that was just filled")]

mod bare;
mod cpu;
mod idle;
mod meta;
mod pace;
mod place;
mod plain;
mod recorded;
mod turn;

use place::Place;
use std::{env, time::Duration};
use tokio::runtime;
use turn::{Way, take_turns};

const NUMBER: &str = "106540352242922";
const TEXT: &str = "Your panels ship on Monday";

/// How long Meta takes, how many messages are sent in a turn, and how many are under way at once: as many as a desk has unless
/// it is told another number.
const SCENES: [(Duration, usize, usize); 2] =
    [(Duration::ZERO, 8_000, 256), (Duration::from_millis(100), 8_000, 256)];

fn main() {
    // Cargo adds `--bench`.
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == meta::WORD) {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(meta::be(words.into_iter().skip(1)));
    }
    let wants = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    runtime::Runtime::new().unwrap().block_on(async {
        if wants("client") {
            let ways: [&dyn Way; 2] = [&bare::Client, &bare::Reqwest];
            compare("without a store", &ways).await;
        }
        if wants("sqlite") {
            on(place::Sqlite, plain::ByHand(plain::Sqlite)).await;
        }
        #[cfg(all(feature = "postgres", unix))]
        if wants("postgres") {
            let server = place::Postgres::start().await;
            on(server.clone(), plain::ByHand(plain::Postgres(server))).await;
        }
        if wants("pace") {
            pace::measure().await;
        }
        if wants("idle") {
            idle::measure(place::Sqlite).await;
            #[cfg(all(feature = "postgres", unix))]
            idle::measure(place::Postgres::start().await).await;
        }
    });
}

/// The desk over a store beside claiming one and sending one: by hand, and on the same store.
async fn on<P: Place + Clone, D: plain::Database + Clone>(place: P, by_hand: plain::ByHand<D>) {
    let (desk, one_by_one) = (recorded::Desk(place.clone()), recorded::OneByOne(place));
    let in_one_loop = plain::InOneLoop(by_hand.clone());
    let ways: [&dyn Way; 5] = [&desk, &in_one_loop, &by_hand, &one_by_one, &bare::Reqwest];
    compare(P::NAME, &ways).await;
}

async fn compare(title: &str, ways: &[&dyn Way]) {
    for (round_trip, messages, at_once) in SCENES {
        println!("{title}, round trip {round_trip:?}, {at_once} under way at once:");
        take_turns(ways, round_trip, messages, at_once).await;
    }
}
