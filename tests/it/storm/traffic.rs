//! What customers write and what the host enqueues, with a note of all that was acknowledged.

use super::{post::Post, scale::Scale};
use crate::store::postgres::server::Database;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use whatsapp_business::{
    Desk,
    id::{MessageId, PhoneNumberId, TenantId},
    simulator::Simulator,
    store::StoredMessageId,
};

/// How many talk at once. Each has customers of their own, so that what is said to one of them has an order.
const VOICES: usize = 16;

/// A business number and whose it is.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) tenant: TenantId,
    pub(super) number: PhoneNumberId,
}

/// What is to be done about an outcome that stays unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    Wait,
    Resend,
    GiveUp,
}

/// A message of a customer.
pub(super) struct Said {
    pub(super) line: usize,
    pub(super) person: String,
    pub(super) wamid: MessageId,
}

/// A message that was acknowledged as enqueued.
pub(super) struct Enqueued {
    pub(super) line: usize,
    pub(super) person: String,
    pub(super) id: StoredMessageId,
    pub(super) policy: Policy,
}

/// Everything that was acknowledged; what is about one number and one person stands in its order.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) said: Vec<Said>,
    pub(super) enqueued: Vec<Enqueued>,
}

/// Customers who write and a host that enqueues, until enough was said.
pub(super) struct Traffic {
    scale: Scale,
    simulator: Simulator,
    post: Arc<Post>,
    desk: Desk,
    lines: Vec<Line>,
    ledger: Mutex<Ledger>,
    began: Instant,
    /// Messages both ways, those included that are still to come.
    messages: AtomicUsize,
    kills: AtomicUsize,
    /// Whether the workers are behind.
    crowded: AtomicBool,
}

impl Traffic {
    pub(super) fn new(
        scale: &Scale,
        simulator: &Simulator,
        post: &Arc<Post>,
        desk: &Desk,
        lines: &[Line],
    ) -> Arc<Self> {
        Arc::new(Self {
            scale: scale.clone(),
            simulator: simulator.clone(),
            post: Arc::clone(post),
            desk: desk.clone(),
            lines: lines.to_vec(),
            ledger: Mutex::default(),
            began: Instant::now(),
            messages: AtomicUsize::new(0),
            kills: AtomicUsize::new(0),
            crowded: AtomicBool::new(false),
        })
    }

    /// Lets all talk until the storm is over.
    pub(super) async fn go(self: &Arc<Self>, database: &Database) {
        // Those that could be done at this moment: others wait for a time, or behind one that does.
        let ready = "SELECT count(*) FROM whatsapp.job_groups WHERE due <= $1 AND busy_until <= $1";
        let admin = database.admin().await;
        let voices: Vec<_> = (0..VOICES).map(|voice| tokio::spawn(Arc::clone(self).talk(voice))).collect();
        while !voices.iter().all(tokio::task::JoinHandle::is_finished) {
            let now = self.simulator.now().as_millis();
            let jobs: i64 = admin.query_one(ready, &[&now]).await.unwrap().get(0);
            let said = self.ledger.lock().unwrap().said.len();
            let waiting = said.saturating_sub(self.post.taken());
            let crowded = usize::try_from(jobs).unwrap().max(waiting) > self.scale.crowd;
            self.crowded.store(crowded, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for voice in voices {
            voice.await.unwrap();
        }
    }

    /// How many messages go both ways so far.
    pub(super) fn messages(&self) -> usize {
        self.messages.load(Ordering::SeqCst)
    }

    /// Notes that a worker was killed.
    pub(super) fn killed(&self) {
        self.kills.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn take_ledger(&self) -> Ledger {
        std::mem::take(&mut *self.ledger.lock().unwrap())
    }

    fn is_over(&self) -> bool {
        let enough = self.scale.messages.is_some_and(|most| self.messages() >= most);
        enough || self.scale.time.is_some_and(|time| self.began.elapsed() >= time)
    }

    /// Whether to wait: for the workers, or for the next harm, so that what is said is spread over all of them.
    fn waits(&self) -> bool {
        self.crowded.load(Ordering::SeqCst) || self.has_its_share()
    }

    /// Whether as much was said as is to be said before the next worker is killed.
    pub(super) fn has_its_share(&self) -> bool {
        let kills = self.kills.load(Ordering::SeqCst);
        let share = self.scale.messages.map(|most| most * (kills + 1) / (self.scale.kills + 1));
        share.is_some_and(|share| self.messages() >= share)
    }

    async fn talk(self: Arc<Self>, voice: usize) {
        let mut places = HashMap::new();
        while !self.is_over() {
            if self.waits() {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            let person = fastrand::usize(..self.scale.people / VOICES) * VOICES + voice;
            let line = fastrand::usize(..self.lines.len());
            let place = places.entry((person, line)).or_insert(0);
            let (says, sends) = (fastrand::usize(1..=3), fastrand::usize(1..=5));
            // Each message of a customer is answered.
            self.messages.fetch_add(2 * says + sends, Ordering::SeqCst);
            for _ in 0..says {
                *place += 1;
                self.says(line, person, *place).await;
            }
            for _ in 0..sends {
                *place += 1;
                self.enqueues(line, person, *place).await;
            }
        }
    }

    async fn says(&self, line: usize, person: usize, place: usize) {
        let Line { tenant, number } = &self.lines[line];
        let user = self.simulator.user(number_of(person)).in_chat_with(number);
        let wamid = user.says(format!("{tenant} hears {place}")).await.unwrap();
        let said = Said { line, person: user.wa_id().as_str().to_owned(), wamid };
        self.ledger.lock().unwrap().said.push(said);
    }

    async fn enqueues(&self, line: usize, person: usize, place: usize) {
        let Line { tenant, number } = &self.lines[line];
        let to = number_of(person);
        let call = self.desk.tenant(tenant).enqueue(number, &*to, format!("{tenant} tells {place}"));
        let (call, policy) = match place % 3 {
            0 => (call, Policy::Wait),
            1 => (call.resend_after(Duration::from_secs(4)), Policy::Resend),
            _ => (call.give_up_after(Duration::from_secs(4)), Policy::GiveUp),
        };
        let receipt = call.await.unwrap();
        let person = to.trim_start_matches('+').to_owned();
        let enqueued = Enqueued { line, person, id: receipt.id, policy };
        self.ledger.lock().unwrap().enqueued.push(enqueued);
    }
}

/// The phone number of a person.
fn number_of(person: usize) -> String {
    format!("+1415556{person:04}")
}
