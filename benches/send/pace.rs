//! How exactly a number keeps its pace against a simulator that keeps Meta's limits, in real time.

use crate::{
    place::{Place, Sqlite},
    recorded::enqueue,
};
use std::{
    thread,
    time::{Duration, Instant},
};
use tokio::{runtime, sync::oneshot, task::JoinSet};
use whatsapp_business::{
    Desk,
    simulator::{Limits, Pace, Simulator},
};

/// For how long.
const SECONDS: usize = 10;

pub(crate) async fn measure() {
    for throughput in [80, 1_000] {
        for desks in [1, 2] {
            share(throughput, desks).await;
        }
    }
}

/// Has so many desks, each with its own handle to one store, send from a number of so many messages a second.
async fn share(throughput: usize, desks: usize) {
    let messages = throughput * SECONDS;
    let (simulator, sent) = simulator(throughput, messages).await;
    // There are more than are counted: in the end one desk has none left, and slots.
    let more = messages + 2 * throughput;
    let opened = Sqlite.open().await;
    let number = simulator.phone_number_id().clone();
    let mut workers = JoinSet::new();
    let (stop, stopped) = tokio::sync::watch::channel(());
    for n in 0..desks {
        let store = Sqlite.open_again(&opened).await;
        let desk = Desk::builder(store).window(false).credentials(simulator.client());
        let desk = desk.throughput(u32::try_from(throughput).unwrap()).build();
        if n == 0 {
            let acme = desk.tenant("acme");
            acme.bind(&number, simulator.account_id()).await.unwrap();
            enqueue(&acme, number.as_str(), more).await;
        }
        let mut stopped = stopped.clone();
        workers.spawn(async move { desk.run(async { drop(stopped.changed().await) }).await.unwrap() });
    }
    let span = sent.await.unwrap();
    drop(stop);
    let _ = workers.join_all().await;
    let (refused, rate) =
        (simulator.requests() - simulator.sent().len(), (messages - 1) as f64 / span.as_secs_f64());
    println!(
        "a number of {throughput} a second, {desks} desks: {rate:.1} a second, {:.2} %; {refused} were refused",
        100.0 * rate / throughput as f64
    );
}

/// A simulator in a thread of its own, and how long it takes from the first request to the last of so many.
async fn simulator(throughput: usize, messages: usize) -> (Simulator, oneshot::Receiver<Duration>) {
    let ((started, is_started), (done, is_done)) = (oneshot::channel(), oneshot::channel());
    thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let limits = Limits::none().throughput(true);
            let builder =
                Simulator::builder().limits(limits).pace(Pace::by_hand()).window(false).keep(2 * messages);
            let simulator = builder.throughput(throughput).start().await.unwrap();
            assert!(started.send(simulator.clone()).is_ok());
            let requests = |number| {
                let until = simulator.until(move |simulator| simulator.requests() >= number);
                until.within(Duration::from_secs(120))
            };
            requests(1).await.unwrap();
            let first = Instant::now();
            requests(messages).await.unwrap();
            let _ = done.send(first.elapsed());
            // The last answers are on their way.
            tokio::time::sleep(Duration::from_secs(1)).await;
        });
    });
    (is_started.await.unwrap(), is_done)
}
