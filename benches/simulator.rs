//! How fast a simulator can be sent to within the process, and what a million messages cost it in memory.
//!
//! `cargo bench --bench simulator` measures sends through the crate's client. `cargo bench --bench simulator -- soak` sends a
//! million messages, and as many as follow `soak` if a number does, and prints the kernel's own count of the peak of memory
//! (`VmHWM`) on the way; it exits with 1 when the second half of them raised it.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use criterion::{Criterion, Throughput};
use std::{env, fs, process::ExitCode, time::Instant};
use tokio::{runtime::Runtime, task::JoinSet};
use whatsapp_business::{client::BusinessPhone, simulator::Simulator};

/// How many sends are under way at once, and how many make one measurement.
const AT_ONCE: u32 = 4;
const BATCH: u32 = 2_000;
/// How many people are written to.
const PEOPLE: u32 = 1_000;
/// The most that the peak of memory may grow in the second half of a soak, in kB: noise of the allocator.
const LIMIT: u64 = 8 * 1024;

fn main() -> ExitCode {
    let mut arguments = env::args().skip_while(|argument| argument != "soak");
    if arguments.next().is_some() {
        let messages = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(1_000_000);
        return soak(messages);
    }
    let mut criterion = Criterion::default().configure_from_args();
    sends(&mut criterion);
    criterion.final_summary();
    ExitCode::SUCCESS
}

fn sends(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("simulator");
    group.throughput(Throughput::Elements(BATCH.into())).sample_size(20);
    for (name, has_webhooks) in [("sends", false), ("sends and their webhooks", true)] {
        let simulator = runtime.block_on(async { open(has_webhooks).await });
        let phone = simulator.phone();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    send(&phone, BATCH).await;
                    simulator.idle().await.unwrap();
                });
            });
        });
    }
}

/// A simulator to whose number everybody has written, so that everybody can be written to.
async fn open(has_webhooks: bool) -> Simulator {
    let simulator = Simulator::offline().unwrap();
    if has_webhooks {
        simulator.deliver_to(|_, _| async { 200 });
    }
    for person in 0..PEOPLE {
        simulator.user(number(person)).says("Hello").await.unwrap();
    }
    simulator.idle().await.unwrap();
    simulator
}

async fn send(phone: &BusinessPhone, messages: u32) {
    let mut senders = JoinSet::new();
    for sender in 0..AT_ONCE {
        let phone = phone.clone();
        senders.spawn(async move {
            for message in (sender..messages).step_by(AT_ONCE as usize) {
                phone.send(number(message % PEOPLE), "Your panels ship on Monday").await.unwrap();
            }
        });
    }
    senders.join_all().await;
}

fn number(person: u32) -> String {
    format!("+1415555{person:04}")
}

fn soak(messages: u32) -> ExitCode {
    const STEPS: u32 = 10;
    if peak().is_none() {
        println!("this system does not tell the peak of memory in /proc/self/status; nothing was measured");
        return ExitCode::SUCCESS;
    }
    let runtime = Runtime::new().unwrap();
    let mut half = 0;
    runtime.block_on(async {
        let simulator = open(true).await;
        for step in 1..=STEPS {
            let clock = Instant::now();
            send(&simulator.phone(), messages / STEPS).await;
            simulator.idle().await.unwrap();
            let rate = f64::from(messages / STEPS) / clock.elapsed().as_secs_f64();
            println!("{} messages, {rate:.0} a second, peak {} kB", messages / STEPS * step, peak().unwrap());
            if step == STEPS / 2 {
                half = peak().unwrap();
            }
        }
    });
    let growth = peak().unwrap() - half;
    println!("the second half raised the peak by {growth} kB; at most {LIMIT} kB are allowed");
    if growth <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The most memory that this process ever had, in kB.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
