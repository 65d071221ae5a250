//! Two processes of a desk on one database.

use super::{new_store, server::Database};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, Result,
    desk::Credentials,
    id::{PhoneNumberId, TenantId},
    simulator::{Limits, Pace, Simulator},
    store::{PageRequest, PostgresStore, SendState},
};

/// Counts the attempts of a process.
#[derive(Clone, Debug)]
struct Counted(Client, Arc<AtomicUsize>);

#[async_trait::async_trait]
impl Credentials for Counted {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok(self.0.clone())
    }
}

async fn office() -> (Simulator, [(Desk, Arc<AtomicUsize>); 2], Database) {
    let limits = Limits::none().throughput(true);
    let builder = Simulator::builder().limits(limits).pace(Pace::by_hand()).window(false);
    let simulator = builder.throughput(200).offline().unwrap();
    let (first, database) = new_store().await;
    let second = database.store().await;
    let desk = |store: PostgresStore| {
        let count = Arc::new(AtomicUsize::new(0));
        let credentials = Counted(simulator.client(), Arc::clone(&count));
        let desk = Desk::builder(store)
            .credentials(credentials)
            .clock(simulator.clock())
            .throughput(200)
            .window(false);
        (desk.concurrency(20).build(), count)
    };
    let desks = [desk(first), desk(second)];
    let acme = desks[0].0.tenant("acme");
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
    (simulator, desks, database)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b_two_processes_share_the_sends_of_one_number_and_make_each_once() {
    let (simulator, desks, _database) = office().await;
    let number = simulator.phone_number_id().clone();
    for n in 0..200 {
        let tenant = desks[n % 2].0.tenant("acme");
        tenant.enqueue(&number, format!("+1415556{n:04}"), "Hello").await.unwrap();
    }
    let (stop, _) = tokio::sync::broadcast::channel::<()>(1);
    let workers = desks.iter().map(|(desk, _)| {
        let (desk, mut stopped) = (desk.clone(), stop.subscribe());
        tokio::spawn(
            async move { desk.run(async { stopped.recv().await.unwrap_or_default() }).await.unwrap() },
        )
    });
    let workers: Vec<_> = workers.collect();
    simulator.until(|simulator| simulator.requests() >= 200).within(Duration::from_secs(60)).await.unwrap();
    drop(stop);
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!((simulator.requests(), simulator.sent().len()), (200, 200));
    let shares = desks.each_ref().map(|(_, count)| count.load(Ordering::SeqCst));
    assert_eq!(shares.iter().sum::<usize>(), 200);
    assert!(shares.iter().all(|share| *share > 20), "{shares:?}");
    let acme = desks[0].0.tenant("acme");
    for conversation in acme.conversations(PageRequest::newest(200)).await.unwrap().items {
        for entry in acme.history(&conversation.id, PageRequest::newest(10)).await.unwrap().items {
            assert_eq!(entry.message.sending.unwrap().state, SendState::Accepted);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b_a_key_holds_when_two_processes_call_at_once() {
    let (simulator, desks, _database) = office().await;
    let calls = (0..40).map(|n| {
        let (tenant, number) = (desks[n % 2].0.tenant("acme"), simulator.phone_number_id().clone());
        tokio::spawn(async move {
            tenant.send(number, "+14155550132", "Hello").idempotency_key("order-7").await.unwrap().id
        })
    });
    let mut ids = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), simulator.requests()), (1, 1));
}
