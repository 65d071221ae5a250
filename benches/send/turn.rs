//! Ways to send messages, which take turns.

use crate::{cpu, meta::Meta};
use async_trait::async_trait;
use std::time::{Duration, Instant};

/// How many turns each way takes.
const TURNS: usize = 5;

/// A way to send messages.
#[async_trait]
pub(crate) trait Way: Send + Sync {
    fn name(&self) -> &'static str;

    /// How many messages it sends in a turn, of so many: fewer where it would take too long.
    fn share(&self, messages: usize) -> usize {
        messages
    }

    /// Sends so many messages to Meta, each to another person, `at_once` at a time.
    async fn send(&self, meta: Meta, messages: usize, at_once: usize) -> Turn;
}

/// What a turn came to, a message.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    time: f64,
    /// Of processors, in this process and in the database's server.
    worked: f64,
}

/// Measures a turn.
pub(crate) struct Watch<S> {
    began: Instant,
    worked: Duration,
    server: S,
}

impl<S: Fn() -> Duration> Watch<S> {
    /// From now on; `server` tells how long a server has worked.
    pub(crate) fn start(server: S) -> Self {
        Self { began: Instant::now(), worked: cpu::of_this_process() + server(), server }
    }

    pub(crate) fn stop(self, messages: usize) -> Turn {
        let each = |span: Duration| span.as_secs_f64() / f64::from(u32::try_from(messages).unwrap());
        let time = self.began.elapsed();
        let worked = cpu::of_this_process() + (self.server)() - self.worked;
        Turn { time: each(time), worked: each(worked) }
    }
}

/// Has the ways take turns and prints what they came to; ratios are those of the first to each other.
pub(crate) async fn take_turns(ways: &[&dyn Way], round_trip: Duration, messages: usize, at_once: usize) {
    let mut turns: Vec<Vec<Turn>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        for (way, turns) in ways.iter().zip(&mut turns) {
            let messages = way.share(messages);
            let meta = Meta::start(round_trip, messages).await;
            turns.push(way.send(meta, messages, at_once).await);
        }
    }
    let first = &turns[0];
    for (way, turns) in ways.iter().zip(&turns) {
        let (rate, worked) = (1.0 / median(turns, |turn| turn.time), 1e6 * mean(turns));
        print!("    {:38} {rate:7.0} messages/s {worked:5.0} µs of CPU each", way.name());
        if !std::ptr::eq(first, turns) {
            let pairs: Vec<(Turn, Turn)> = first.iter().copied().zip(turns.iter().copied()).collect();
            let faster = median(&pairs, |(first, other)| other.time / first.time);
            let cheaper = mean(turns) / mean(first);
            print!("; takes {faster:.2} times the time and {cheaper:.2} times the CPU of {}", ways[0].name());
        }
        println!();
    }
}

/// How long processors worked for a message. It is counted too coarsely for a turn alone.
fn mean(turns: &[Turn]) -> f64 {
    turns.iter().map(|turn| turn.worked).sum::<f64>() / turns.len() as f64
}

/// The middle one of what is told of each.
pub(crate) fn median<T>(all: &[T], told: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(told).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
