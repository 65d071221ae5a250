//! What it costs to verify and read a webhook, beside the least it can cost.
//!
//! The floor is what a service would write by hand for one kind of body: HMAC over the same bytes, then `serde_json`
//! into a struct of the few members it needs, with nothing kept of what it does not know. Absolute times tell of the
//! machine, so the ratio is printed too, from runs that take turns.
//!
//! `cargo bench --bench webhook -- --quick`
#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the ratios are the result")]

mod floor;

use criterion::{Criterion, Throughput};
use floor::{Floor, SECRET};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use whatsapp_business::Webhook;

fn main() {
    let webhook = Webhook::new(SECRET, "verify-token").unwrap();
    let floor = Floor::new();
    let cases = floor::cases();
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, body) in &cases {
        let (body, signature) = (body.as_bytes(), webhook.sign(body.as_bytes()));
        assert_eq!(webhook.read(body, signature.as_str()).unwrap().len(), floor.read(body, &signature));
        let mut group = criterion.benchmark_group(*name);
        group.throughput(Throughput::Bytes(body.len().try_into().unwrap()));
        group.bench_function("read", |b| b.iter(|| webhook.read(black_box(body), signature.as_str())));
        group.bench_function("floor", |b| b.iter(|| floor.read(black_box(body), &signature)));
        group.finish();
    }
    criterion.final_summary();

    for (name, body) in &cases {
        let (body, signature) = (body.as_bytes(), webhook.sign(body.as_bytes()));
        let ratio = ratio(
            || webhook.read(black_box(body), signature.as_str()).unwrap().len(),
            || floor.read(black_box(body), &signature),
        );
        println!("{name}: {ratio:.2}x the floor ({} bytes)", body.len());
    }
}

/// The median ratio of runs that take turns, so that a busy machine slows both alike.
fn ratio(ours: impl Fn() -> usize, floor: impl Fn() -> usize) -> f64 {
    const TURNS: usize = 101;
    const TURN: Duration = Duration::from_millis(2);
    let mut repeats: u32 = 1;
    while time(repeats, &floor) < TURN {
        repeats *= 2;
    }
    let mut ratios: Vec<f64> = (0..TURNS)
        .map(|_| time(repeats, &ours).as_secs_f64() / time(repeats, &floor).as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(TURNS / 2).copied().unwrap_or(f64::NAN)
}

fn time(repeats: u32, run: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        black_box(run());
    }
    start.elapsed()
}
