//! Sending what is recorded in one of our stores.

use crate::{
    NUMBER, TEXT,
    bare::recipient,
    meta::Meta,
    place::{Opened, Place},
    turn::{Turn, Watch, Way},
};
use async_trait::async_trait;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;
use whatsapp_business::{
    Client, desk,
    desk::Tenant,
    message::Message,
    store::{Changes, Claim, Outcome, SendState, Store, TenantStoreExt},
    time::Timestamp,
};

/// By a worker of the desk.
pub(crate) struct Desk<P>(pub(crate) P);

/// By loops that each take a message, note that it is under way, send it, and note what came of it.
pub(crate) struct OneByOne<P>(pub(crate) P);

#[async_trait]
impl<P: Place> Way for Desk<P> {
    fn name(&self) -> &'static str {
        "desk"
    }

    async fn send(&self, mut meta: Meta, messages: usize, at_once: usize) -> Turn {
        let opened = self.0.open().await;
        let desk = backlog(&opened, &meta, messages, at_once).await;
        let watch = Watch::start(|| self.0.worked());
        desk.run(meta.is_done()).await.unwrap();
        watch.stop(messages)
    }
}

#[async_trait]
impl<P: Place> Way for OneByOne<P> {
    fn name(&self) -> &'static str {
        "claim one, send one, on our store"
    }

    fn share(&self, messages: usize) -> usize {
        messages / 4
    }

    async fn send(&self, meta: Meta, messages: usize, at_once: usize) -> Turn {
        let opened = self.0.open().await;
        let _desk = backlog(&opened, &meta, messages, at_once).await;
        let client = client(&meta);
        let tokens = Arc::new(AtomicUsize::new(0));
        let watch = Watch::start(|| self.0.worked());
        let mut loops = JoinSet::new();
        for _ in 0..at_once {
            let (store, client, tokens) = (opened.store.clone(), client.clone(), Arc::clone(&tokens));
            loops.spawn(async move {
                let token = || tokens.fetch_add(1, Ordering::Relaxed).to_string();
                while send_one(&*store, &client, token()).await {}
            });
        }
        let _ = loops.join_all().await;
        watch.stop(messages)
    }
}

/// Sends the next message, if there is one.
async fn send_one(store: &dyn Store, client: &Client, token: String) -> bool {
    let acme = store.tenant(&"acme".into());
    let now = Timestamp::now();
    let claim = Claim::new(now, Duration::from_secs(90), 1, token);
    let Some(lease) = store.claim(claim).await.unwrap().pop() else { return false };
    let order: serde_json::Value = serde_json::from_str(&lease.job.payload).unwrap();
    let id = order["message"].as_str().unwrap().into();
    let mut message = acme.message(&id).await.unwrap().unwrap();
    message.sending.as_mut().unwrap().state = SendState::Submitting;
    let _ = acme.apply(Changes::at(now).update(message.clone())).await.unwrap();
    message.version += 1;
    let body: Message = serde_json::from_slice(&message.body).unwrap();
    let sent = client.phone(NUMBER).send_message(body).await.unwrap();
    message.wamid = Some(sent.message_id);
    message.sending.as_mut().unwrap().state = SendState::Accepted;
    let _ = store.finish(&lease, Outcome::Done, Changes::at(now).update(message)).await.unwrap();
    true
}

fn client(meta: &Meta) -> Client {
    Client::builder("token").graph_url(meta.url()).build().unwrap()
}

/// A desk over a store with so many messages that wait, each for another person.
async fn backlog(opened: &Opened, meta: &Meta, messages: usize, at_once: usize) -> desk::Desk {
    let desk = whatsapp_business::Desk::builder(opened.store.clone())
        .window(false)
        .credentials(client(meta))
        .concurrency(at_once)
        .throughput(1_000_000)
        .build();
    let acme = desk.tenant("acme");
    acme.bind(NUMBER, "1").await.unwrap();
    enqueue(&acme, NUMBER, messages).await;
    desk
}

/// Records so many messages from a number.
pub(crate) async fn enqueue(tenant: &Tenant, number: &str, messages: usize) {
    let mut calls = JoinSet::new();
    for n in 0..messages {
        if calls.len() >= 64 {
            calls.join_next().await.unwrap().unwrap();
        }
        let (tenant, number) = (tenant.clone(), number.to_owned());
        calls.spawn(async move {
            let _ = tenant.enqueue(number, recipient(n), TEXT).await.unwrap();
        });
    }
    let _ = calls.join_all().await;
}
