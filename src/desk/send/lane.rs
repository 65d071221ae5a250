//! The lanes that messages go out on: one for each business number, and one for a tenant that has an allowance.
//!
//! Who sends takes slots, some at a time, from a ledger in the store that all processes share: so no number is too fast,
//! however many send from it, and any of them may. The ledger is the payload of a job that nobody does. It is replaced whole
//! under a mark of its revision, so that of two who take slots at once one takes them later.

use crate::{
    desk::{
        TRIES, Tenant, new_id,
        send::{
            Priority,
            pace::{Ledger, MARGIN, Slots},
            pair::Pair,
        },
    },
    error::Result,
    id::{PhoneNumberId, TenantId},
    store::{
        self, Applied, Change, Changes, ContactId, Job, JobKind, Key, Lease, Outcome, StoreError, ext::one,
    },
    time::Timestamp,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Mutex as AsyncMutex, Semaphore},
    time::{Instant, sleep},
};

/// How long a ledger is kept when nothing is sent.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long it is known that a revision was replaced: longer than clocks differ.
const REPLACED: Duration = Duration::from_secs(60 * 60);
/// How long a ledger is taken for the last without a look into the store. Much less than [`REPLACED`]: whoever writes over
/// a ledger that was replaced has to find out.
const TRUSTED: Duration = Duration::from_secs(30);

/// The lanes of this process.
#[derive(Default)]
pub(in crate::desk) struct Lanes(Mutex<HashMap<(TenantId, String), Arc<Lane>>>);

impl Lanes {
    fn get(&self, tenant: &Tenant, name: String, usual: u32) -> Arc<Lane> {
        let mut lanes = locked(&self.0);
        let lane = lanes
            .entry((tenant.id.clone(), name))
            .or_insert_with_key(|(_, name)| Arc::new(Lane::new(name.clone(), usual)));
        // What a tenant may is for the host to change.
        if lane.usual != usual {
            *lane = Arc::new(Lane::new(lane.name.clone(), usual));
        }
        Arc::clone(lane)
    }

    /// Where a number's messages go out.
    pub(super) fn number(&self, tenant: &Tenant, number: &PhoneNumberId) -> Arc<Lane> {
        self.get(tenant, format!("lane:{number}"), tenant.desk.0.settings.throughput)
    }

    /// Where all messages of a tenant go out that has an allowance.
    fn tenant(&self, tenant: &Tenant) -> Option<Arc<Lane>> {
        let allowance =
            tenant.desk.0.settings.allowance.as_ref().and_then(|allowance| allowance(&tenant.id))?;
        Some(self.get(tenant, "lane".to_owned(), allowance))
    }
}

/// A way out.
pub(super) struct Lane {
    name: String,
    usual: u32,
    /// Messages a second, as last seen.
    rate: AtomicU32,
    /// Those who may write that they are about to send: so few that hardly any would be of unknown outcome if the process died.
    door: Room,
    seats: Room,
    gate: AsyncMutex<Gate>,
    /// When those are to come again for whom there was no seat: what is urgent does not line up behind what is not.
    horizons: Mutex<Horizons>,
    pairs: Mutex<Pairs>,
}

/// What is known of the people that were sent to lately.
struct Pairs {
    all: HashMap<ContactId, Pair>,
    /// How many there may be before those are looked for that owe nothing any more: twice as many as were left the last time,
    /// so that it costs little for each.
    most: usize,
}

impl Pairs {
    /// Fewer are not worth a look.
    const FEW: usize = 10_000;

    fn of(&mut self, person: &ContactId, now: Timestamp) -> &mut Pair {
        if self.all.len() >= self.most && !self.all.contains_key(person) {
            self.all.retain(|_, pair| !pair.is_paid_off(now));
            self.most = Self::FEW.max(2 * self.all.len());
        }
        self.all.entry(person.clone()).or_default()
    }
}

impl Default for Pairs {
    fn default() -> Self {
        Self { all: HashMap::new(), most: Self::FEW }
    }
}

#[derive(Default)]
struct Gate {
    /// The ledger as this process wrote it, and when.
    ledger: Option<(Ledger, Timestamp)>,
    slots: Slots,
}

/// When the next message of each priority comes again.
struct Horizons {
    low: Timestamp,
    normal: Timestamp,
    high: Timestamp,
}

impl Horizons {
    fn of(&mut self, priority: Priority) -> &mut Timestamp {
        match priority {
            Priority::Low => &mut self.low,
            Priority::Normal => &mut self.normal,
            Priority::High => &mut self.high,
        }
    }
}

impl Default for Horizons {
    fn default() -> Self {
        let past = Timestamp::from_millis(0);
        Self { low: past, normal: past, high: past }
    }
}

impl Gate {
    /// The ledger, unless it is so old that another may have taken its place unnoticed.
    fn known(&mut self, now: Timestamp) -> Option<Ledger> {
        let (ledger, at) = self.ledger.take()?;
        (at <= now && now.since(at) < TRUSTED).then_some(ledger)
    }
}

/// A place in the lanes that a message has to pass.
pub(super) struct Seat {
    lanes: Vec<Arc<Lane>>,
    _held: Vec<tokio::sync::OwnedSemaphorePermit>,
}

impl Seat {
    /// A place for a message from `number`.
    ///
    /// # Errors
    /// When to come again, as many wait already.
    pub(super) fn take(
        tenant: &Tenant,
        number: &PhoneNumberId,
        priority: Priority,
    ) -> std::result::Result<Self, Timestamp> {
        let desk = &tenant.desk.0;
        let mut seat = Self { lanes: Vec::new(), _held: Vec::new() };
        for lane in desk.lanes.tenant(tenant).into_iter().chain([desk.lanes.number(tenant, number)]) {
            let held = Arc::clone(&lane.seats.places).try_acquire_owned();
            seat._held.push(held.map_err(|_| lane.later(priority, tenant.desk.now()))?);
            seat.lanes.push(lane);
        }
        Ok(seat)
    }

    /// Waits until the message is among the next, and gives what to hold until it has passed.
    pub(super) async fn near(&self) -> Vec<tokio::sync::SemaphorePermit<'_>> {
        let mut permits = Vec::with_capacity(self.lanes.len());
        for lane in &self.lanes {
            // Never closed.
            permits.extend(lane.door.places.acquire().await);
        }
        permits
    }

    /// Waits until the message may go out.
    pub(super) async fn pass(&self, tenant: &Tenant) {
        for lane in &self.lanes {
            lane.pass(tenant).await;
        }
    }
}

/// So many places, which may become more or fewer.
struct Room {
    places: Arc<Semaphore>,
    /// How many there are, free or held.
    size: AtomicUsize,
}

impl Room {
    fn new(size: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(size)), size: AtomicUsize::new(size) }
    }

    fn held(&self) -> u32 {
        let free = self.places.available_permits();
        u32::try_from(self.size.load(Ordering::Relaxed).saturating_sub(free)).unwrap_or(u32::MAX)
    }

    /// Called by one at a time.
    fn resize(&self, wanted: usize) {
        let size = self.size.load(Ordering::Relaxed);
        let size = if wanted >= size {
            self.places.add_permits(wanted - size);
            wanted
        } else {
            // As many as are free at this moment; more would be taken from those who hold them.
            size - self.places.forget_permits(size - wanted)
        };
        self.size.store(size, Ordering::Relaxed);
    }
}

impl Lane {
    /// Which part of a second those are about to send who passed the door.
    const NEAR: u32 = 20;
    /// The most that wait at the door or behind it, at any rate.
    const MOST: u32 = 4096;

    fn new(name: String, usual: u32) -> Self {
        Self {
            name,
            usual,
            rate: AtomicU32::new(usual.max(1)),
            door: Room::new(doors(usual)),
            seats: Room::new(seats(usual)),
            gate: AsyncMutex::default(),
            horizons: Mutex::default(),
            pairs: Mutex::default(),
        }
    }

    /// When the next one for whom there is no seat is to come again: one after the other, as fast as the lane is.
    fn later(&self, priority: Priority, now: Timestamp) -> Timestamp {
        let mut horizons = locked(&self.horizons);
        let horizon = horizons.of(priority);
        *horizon = (*horizon).max(now + Duration::from_secs(1));
        let due = *horizon;
        // Timestamps know milliseconds, which is too little for the fastest.
        let interval = 1000.0 / (f64::from(self.rate.load(Ordering::Relaxed)) * MARGIN);
        let whole = interval.trunc() + f64::from(u8::from(fastrand::f64() < interval.fract()));
        *horizon = due + Duration::from_secs_f64(whole / 1000.0);
        due
    }

    /// Counts a message to a person, unless it has to wait until. `known` is what the store tells of others before it.
    pub(super) fn admit(
        &self,
        person: &ContactId,
        known: Pair,
        now: Timestamp,
    ) -> std::result::Result<(), Timestamp> {
        let mut pairs = locked(&self.pairs);
        let pair = pairs.of(person, now);
        *pair = pair.or_more(known);
        pair.admit(now)
    }

    async fn pass(&self, tenant: &Tenant) {
        let mut gate = self.gate.lock().await;
        let mut lost = 0;
        loop {
            let mut wait = gate.slots.take(tenant.desk.now(), Instant::now());
            if wait.is_none() {
                self.reserve(tenant, &mut gate).await;
                wait = gate.slots.take(tenant.desk.now(), Instant::now());
            }
            match wait {
                // A timer is not more exact than this.
                Some(wait) if wait < Duration::from_millis(1) => break,
                Some(wait) => {
                    sleep(wait).await;
                    // When it stood still meanwhile, others may go on by now; unless the next slots are its own as well.
                    let is_late = gate.slots.is_past(tenant.desk.now());
                    if !is_late || lost == Slots::TRIES || self.reserve(tenant, &mut gate).await {
                        break;
                    }
                }
                None if lost == Slots::TRIES => {
                    sleep(gate.slots.spacing(Instant::now())).await;
                    break;
                }
                None => {}
            }
            lost += 1;
        }
        gate.slots.passed(Instant::now());
    }

    /// Takes the next slots from the ledger, and tells whether nobody else has taken any since the last time. Without the store it
    /// goes on by itself, at its rate.
    async fn reserve(&self, tenant: &Tenant, gate: &mut Gate) -> bool {
        let rate = self.rate.load(Ordering::Relaxed);
        let now = tenant.desk.now();
        let count = gate.slots.count(f64::from(rate), self.seats.held(), now);
        let (known, slots) = (gate.known(now), gate.slots);
        // The last time that the store is asked counts: another may have been faster before.
        let take = |ledger: &mut Ledger, now| (slots.reserve(ledger, self.usual, count, now), Instant::now());
        let (block, asked, is_alone) = match self.change(tenant, known, take).await {
            Ok((ledger, ((block, is_alone), begun))) => {
                self.note(ledger.rate(self.usual, tenant.desk.now()));
                gate.ledger = Some((ledger, now));
                (block, Some(begun.elapsed()), is_alone)
            }
            Err(error) => {
                tracing::warn!(lane = self.name, %error, "slots are taken without asking others");
                // The ledger is not kept: it would be written over the one that is in the store.
                (Ledger::limited(rate).reserve(self.usual, count, tenant.desk.now()), None, true)
            }
        };
        gate.slots.renew(block, asked);
        is_alone
    }

    /// Meta found the number too fast.
    pub(super) async fn slow(&self, tenant: &Tenant) -> store::Result<()> {
        let mut gate = self.gate.lock().await;
        let now = tenant.desk.now();
        let known = gate.known(now);
        let (ledger, ()) = self.change(tenant, known, |ledger, now| ledger.slow(self.usual, now)).await?;
        self.note(ledger.rate(self.usual, tenant.desk.now()));
        (gate.ledger, gate.slots) = (Some((ledger, now)), gate.slots.none());
        Ok(())
    }

    /// How many messages a second may be sent from now on.
    pub(super) async fn limit(&self, tenant: &Tenant, per_second: u32) -> store::Result<()> {
        let mut gate = self.gate.lock().await;
        let now = tenant.desk.now();
        let (ledger, ()) = self.change(tenant, None, |ledger, _| ledger.limit = Some(per_second)).await?;
        self.note(ledger.rate(self.usual, tenant.desk.now()));
        (gate.ledger, gate.slots) = (Some((ledger, now)), gate.slots.none());
        // At the old rate it may be far away.
        *locked(&self.horizons) = Horizons::default();
        Ok(())
    }

    /// Widens or narrows what depends on the rate.
    fn note(&self, rate: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        let rate = (rate as u32).max(1);
        self.rate.store(rate, Ordering::Relaxed);
        self.door.resize(doors(rate));
        self.seats.resize(seats(rate));
    }

    /// Changes the ledger in the store, beginning with the one that is `known` if there is one.
    async fn change<T>(
        &self,
        tenant: &Tenant,
        mut known: Option<Ledger>,
        change: impl Fn(&mut Ledger, Timestamp) -> T,
    ) -> store::Result<(Ledger, T)> {
        let key = Key::Job(self.name.as_str().into());
        let mut tries = 0;
        loop {
            tries += 1;
            let before = match known.take() {
                Some(ledger) => Some(ledger),
                None => one::<Job, _>(&*tenant.store, key.clone()).await?.map(|job| read(&job)),
            };
            let now = tenant.desk.now();
            let mut ledger = before.clone().unwrap_or_default();
            let result = change(&mut ledger, now);
            ledger.revision = new_id();
            let mut changes = Changes::at(now);
            if let Some(before) = before {
                let mark = format!("{} {}", self.name, before.revision);
                changes = changes.once(mark, now + REPLACED).with(Change::Delete(key.clone(), 1));
            }
            // Leased to nobody for no time, so that no worker is woken.
            let lease = Some((new_id().into(), now));
            match tenant.store.apply(changes.with(Change::Enqueue(self.job(&ledger, now), lease))).await {
                Ok(Applied::Done) => return Ok((ledger, result)),
                Ok(Applied::Duplicate) | Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Ok(Applied::Duplicate) => return Err(StoreError::Conflict("lane")),
                Err(error) => return Err(error),
            }
        }
    }

    fn job(&self, ledger: &Ledger, now: Timestamp) -> Job {
        let payload = serde_json::to_string(ledger).unwrap_or_default();
        Job::new(&*self.name, JobKind::Lane, &*self.name, now + KEPT).payload(payload)
    }
}

fn read(job: &Job) -> Ledger {
    serde_json::from_str(&job.payload).unwrap_or_default()
}

/// How many of a lane may be about to send.
fn doors(rate: u32) -> usize {
    usize::try_from((rate / Lane::NEAR).clamp(2, Lane::MOST)).unwrap_or(2)
}

/// How many may wait in a lane: as many as go out in a second.
fn seats(rate: u32) -> usize {
    usize::try_from(rate.clamp(2, Lane::MOST)).unwrap_or(2)
}

/// Forgets the ledger of a lane that was not used for long, but not what the host set.
pub(in crate::desk) async fn forget(tenant: &Tenant, lease: &Lease) -> Result<()> {
    let now = tenant.desk.now();
    let outcome = match read(&lease.job).limit {
        Some(_) => Outcome::Again(now + KEPT),
        None => Outcome::Done,
    };
    tenant.settle(lease, outcome, Changes::at(now)).await
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Lane, Room};
    use crate::{desk::send::Priority, time::Timestamp};
    use std::time::Duration;

    #[test]
    fn what_is_urgent_does_not_line_up_behind_a_campaign() {
        let (lane, now) = (Lane::new("lane".to_owned(), 1), Timestamp::from_seconds(0));
        let low: Vec<_> = (0..100).map(|_| lane.later(Priority::Low, now)).collect();
        assert!(low.last() >= Some(&(now + Duration::from_secs(100))), "no faster than they can go");
        assert_eq!(lane.later(Priority::High, now), now + Duration::from_secs(1));
    }

    #[test]
    fn a_room_that_shrinks_while_it_is_full_does_not_grow_with_the_next_change() {
        let room = Room::new(80);
        for _ in 0..10 {
            let held = room.places.try_acquire_many(80).unwrap();
            room.resize(20);
            room.resize(80);
            drop(held);
        }
        assert_eq!(room.places.available_permits(), 80);
        room.resize(20);
        assert_eq!(room.places.available_permits(), 20);
    }
}
