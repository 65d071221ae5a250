//! What it costs to verify and read a webhook with this crate and with others, beside the least it can cost.
//!
//! ```sh
//! cd benches/rivals && cargo run --release
//! ```
//!
//! The floor is what a service would write by hand for these bodies: see `benches/floor`. Each reader runs the way its own
//! documentation shows for a server that is already there:
//!
//! - **whatsapp-business**: `Webhook::read`, which gives the events;
//! - **whatsapp-business-rs**: `WebhookService::handle`, the one public way to its parser. It takes an `http::Request` and
//!   runs a task for each event, which is part of the time; the answer comes before those tasks have run.
//!
//! Each runs within the same runtime, in turns with the floor, and what is printed is the median of the ratios. Of this crate
//! the memory is told, too: the most that was allocated at once while a body was read, beside the body's size.

#[path = "../../floor/mod.rs"]
mod floor;
mod memory;

use axum::http::Request;
use floor::{Floor, SECRET};
use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};
use whatsapp_business::Webhook;
use whatsapp_business_rs::{
    server::{Event, EventContext},
    webhook_service::WebhookService,
};

fn main() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let (floor, webhook) = (Floor::new(), Webhook::new(SECRET, "verify-token").unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let tell = Arc::clone(&seen);
    let rival = WebhookService::<fn(EventContext, Event) -> std::future::Ready<()>>::builder()
        .verify_payload(SECRET)
        .build(move |_: EventContext, event: Event| {
            black_box(event);
            tell.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        });

    println!("| body | bytes | floor | whatsapp-business | whatsapp-business-rs 0.5.0 | memory |");
    println!("|---|---|---|---|---|---|");
    for (name, body) in floor::cases() {
        let signature = webhook.sign(body.as_bytes());
        let floor = || run(&runtime, async { floor.read(black_box(body.as_bytes()), &signature) });
        let ours = || {
            run(&runtime, async {
                webhook.read(black_box(body.as_bytes()), signature.as_str()).unwrap().len()
            })
        };
        let theirs = || {
            run(&runtime, async {
                let before = seen.load(Ordering::Relaxed);
                let request = Request::post("/").header("x-hub-signature-256", &signature);
                // A server has the body as its own already: no copy of it is theirs to pay for.
                let answer = rival.handle(request.body(black_box(body.clone())).unwrap()).await;
                assert_eq!(answer.status(), 200);
                let count = floor_count(name);
                while seen.load(Ordering::Relaxed) - before < count {
                    tokio::task::yield_now().await;
                }
                count
            })
        };
        assert_eq!((floor(), ours(), theirs()), (floor_count(name), floor_count(name), floor_count(name)));

        let peak = memory::peak(|| drop(black_box(webhook.read(body.as_bytes(), signature.as_str()))));
        assert!(peak <= 8 * body.len() + 64 * 1024, "{name}: {peak} bytes for {}", body.len());
        println!(
            "| {name} | {} | {:?} | {:.2} | {:.2} | {:.1} |",
            body.len(),
            time_of_one(&floor),
            ratio(&ours, &floor),
            ratio(&theirs, &floor),
            peak as f64 / body.len() as f64,
        );
    }
}

fn floor_count(name: &str) -> usize {
    name.split(' ').next().and_then(|count| count.replace(',', "").parse().ok()).unwrap_or(1)
}

fn run(runtime: &Runtime, read: impl Future<Output = usize>) -> usize {
    runtime.block_on(read)
}

/// The median ratio of runs that take turns, so that a busy machine slows both alike.
fn ratio(a: impl Fn() -> usize, b: impl Fn() -> usize) -> f64 {
    const TURNS: usize = 101;
    let repeats = repeats(&b);
    let mut ratios: Vec<f64> =
        (0..TURNS).map(|_| time(repeats, &a).as_secs_f64() / time(repeats, &b).as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[TURNS / 2]
}

fn time_of_one(run: impl Fn() -> usize) -> Duration {
    let repeats = repeats(&run);
    let mut times: Vec<Duration> = (0..51).map(|_| time(repeats, &run) / repeats).collect();
    times.sort();
    times[times.len() / 2]
}

fn repeats(run: impl Fn() -> usize) -> u32 {
    let mut repeats = 1;
    while time(repeats, &run) < Duration::from_millis(2) {
        repeats *= 2;
    }
    repeats
}

fn time(repeats: u32, run: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        black_box(run());
    }
    start.elapsed()
}
