//! The way of webhooks to whichever worker is there, and what became of them.

use super::worker::Worker;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    id::MessageId,
    simulator::Simulator,
    webhook::{Delivery, Event},
};

/// When a message of a customer was posted first, and when it was first answered with 200: both in posts so far.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) posted: usize,
    pub(super) taken: Option<usize>,
}

/// Brings webhooks to the workers in turn, also to one that is dead: then Meta has to come again.
#[derive(Default)]
pub(super) struct Post {
    addresses: Mutex<[Option<SocketAddr>; 2]>,
    turn: AtomicUsize,
    posts: AtomicUsize,
    pub(super) refused: AtomicUsize,
    arrivals: Mutex<HashMap<MessageId, Arrival>>,
    taken: AtomicUsize,
}

impl Post {
    /// Takes the webhooks of a simulator from now on.
    pub(super) fn begin(simulator: &Simulator) -> Arc<Self> {
        let post = Arc::new(Self::default());
        let taking = Arc::clone(&post);
        // A worker that stands still must not keep its webhooks for long.
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).no_proxy().build().unwrap();
        simulator.deliver_to(move |body, signature| {
            let (post, client) = (Arc::clone(&taking), client.clone());
            async move {
                let messages = messages(&body);
                post.note(&messages, false);
                let status = post.bring(&client, body.to_vec(), &signature).await;
                if status == 200 {
                    post.note(&messages, true);
                } else {
                    post.refused.fetch_add(1, Ordering::SeqCst);
                }
                status
            }
        });
        post
    }

    /// Says where the worker in a place is from now on, if it is anywhere.
    pub(super) fn find(&self, place: usize, worker: Option<&Worker>) {
        self.addresses.lock().unwrap()[place] = worker.map(|worker| worker.address);
    }

    /// How many messages of customers were taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    pub(super) fn posts(&self) -> usize {
        self.posts.load(Ordering::SeqCst)
    }

    pub(super) fn arrivals(&self) -> HashMap<MessageId, Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    async fn bring(&self, client: &reqwest::Client, body: Vec<u8>, signature: &str) -> u16 {
        let turn = self.turn.fetch_add(1, Ordering::SeqCst) % 2;
        let Some(address) = self.addresses.lock().unwrap()[turn] else { return 503 };
        let request = client
            .post(format!("http://{address}/webhook"))
            .header("X-Hub-Signature-256", signature)
            .body(body);
        request.send().await.map_or(502, |answer| answer.status().as_u16())
    }

    fn note(&self, messages: &[MessageId], taken: bool) {
        let now = self.posts.fetch_add(usize::from(!taken), Ordering::SeqCst);
        let mut arrivals = self.arrivals.lock().unwrap();
        for id in messages {
            let arrival = arrivals.entry(id.clone()).or_insert(Arrival { posted: now, taken: None });
            if taken && arrival.taken.is_none() {
                arrival.taken = Some(now);
                self.taken.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// The messages of customers in a delivery.
fn messages(body: &[u8]) -> Vec<MessageId> {
    let events = Delivery::unverified(body).unwrap().into_events().into_iter();
    let messages = events.filter_map(|event| match event {
        Event::Message(message) => Some(message.id),
        _ => None,
    });
    messages.collect()
}
