//! Jobs that wait, taken up again: by [`Desk::run`] as they come, or by [`Desk::step`] when the host says so.

use crate::{
    desk::{
        Desk, Tenant, conversation, detached, handler, interaction, media, new_id, routing, send, template,
        watch,
    },
    error::Result,
    store::{Changes, Claim, JobKind, Lease, Outcome, StoreError},
    time::Timestamp,
};
use std::{
    collections::BTreeSet,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
    time::sleep,
};
use tracing::Instrument;

impl Desk {
    /// Most jobs that one [`step`](Self::step) takes up.
    pub const STEP: usize = 16;

    /// Does jobs as they come due until `shutdown` is over; then it brings to their end those that it has in hand.
    ///
    /// Spawn it once in each process that works; any number of processes may do so on one store and share the work. It
    /// sleeps while there is nothing to do: it wakes when a job is enqueued or comes due, and looks from time to time
    /// ([`look_every`](crate::desk::DeskBuilder::look_every)) for what other processes left. Jobs of a process that died
    /// are taken up when their leases are over. A store that fails for a while is asked again.
    ///
    /// Dropping the future stops no job that was begun.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) when the store was closed.
    ///
    /// ```
    /// # use whatsapp_business::{Desk, store::MemoryStore};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let desk = Desk::builder(MemoryStore::default()).build();
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let worker = tokio::spawn(async move { desk.run(async { stopped.await.unwrap_or_default() }).await });
    /// // The host serves its requests. At the end:
    /// drop(stop);
    /// worker.await.expect("it does not panic")?;
    /// # Ok(()) }
    /// ```
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
        let mut shutdown = pin!(shutdown);
        let mut crew = Crew::default();
        let mut failures = 0;
        // Whether there was more to do than was taken.
        let mut more = false;
        let result = loop {
            let enqueued = self.store().job_enqueued();
            let room = self.0.settings.concurrency.saturating_sub(crew.0.len());
            // One by one as they end would be a request to the store for each.
            let wanted = if more { (self.0.settings.concurrency / 8).max(1) } else { 1 };
            let mut wait = self.0.alarm.wait(self.now()).min(self.0.settings.look_every);
            if room >= wanted {
                match self.take(room.min(Self::BATCH)).await {
                    Ok(leases) => {
                        (failures, more) = (0, leases.len() == room.min(Self::BATCH));
                        leases.into_iter().for_each(|lease| crew.add(self, lease));
                        if more && self.0.settings.concurrency > crew.0.len() {
                            wait = Duration::ZERO;
                        }
                    }
                    Err(error) => {
                        failures += 1;
                        wait = trouble(failures);
                        tracing::error!(%error, ?wait, "no jobs could be taken");
                        tokio::select! {
                            () = &mut shutdown => break Ok(()),
                            () = sleep(wait) => continue,
                        }
                    }
                }
            }
            tokio::select! {
                () = &mut shutdown => break Ok(()),
                told = enqueued => if let Err(closed) = told {
                    break Err(closed.into());
                },
                () = self.0.alarm.rung() => {}
                Some(done) = crew.0.join_next() => ended(done),
                () = sleep(wait) => {}
            }
            while let Some(done) = crew.0.try_join_next() {
                ended(done);
            }
        };
        while let Some(done) = crew.0.join_next().await {
            ended(done);
        }
        result
    }

    /// Takes up to [`Self::STEP`] jobs that are due (sends that wait, sends to be tried again, sends whose process died),
    /// does them, and gives how many there were.
    ///
    /// For hosts that do without [`run`](Self::run): call it when the host starts and from time to time; any number of
    /// processes may do so on one store. A send that was under way when its process died is not sent again: its outcome is
    /// unknown until a webhook tells it.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) when jobs could not be taken or their outcome not be recorded; what was left undone is due
    /// again later.
    pub async fn step(&self) -> Result<usize> {
        let desk = self.clone();
        detached(async move {
            let leases = desk.take(Self::STEP).await?;
            let count = leases.len();
            let mut crew = Crew::default();
            leases.into_iter().for_each(|lease| crew.add(&desk, lease));
            let mut result = Ok(count);
            while let Some(done) = crew.0.join_next().await {
                match done {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => result = Err(error),
                    Err(failure) => tracing::error!(%failure, "a job did not come to its end"),
                }
            }
            result
        })
        .await
    }

    /// Most jobs that are taken at once.
    const BATCH: usize = 128;

    async fn take(&self, max: usize) -> Result<Vec<Lease>> {
        let claim = Claim::new(self.now(), self.0.settings.lease, max, new_id());
        Ok(self.store().claim(claim).await?)
    }
}

/// Does the job that `lease` is for.
///
/// A new kind of job gets a line here and a function beside what it is about.
async fn work(desk: Desk, lease: Lease) -> Result<()> {
    let tenant = desk.tenant(&lease.tenant);
    match &lease.job.kind {
        JobKind::Send => send::resume(&tenant, lease).await,
        JobKind::Revisit => send::revisit(&tenant, &lease).await,
        JobKind::Lane => send::forget(&tenant, &lease).await,
        JobKind::SubmitTemplate => template::resume(&tenant, lease).await,
        JobKind::FetchTemplate => template::fetch(&tenant, lease).await,
        JobKind::CloseIdle => conversation::close_idle(&tenant, lease).await,
        JobKind::Route => routing::work(&tenant, lease).await,
        JobKind::Handle => handler::handle(&tenant, &lease).await,
        JobKind::Interaction => interaction::tell(&tenant, &lease).await,
        JobKind::FetchMedia => media::fetch(&tenant, &lease).await,
        JobKind::Unknown(_) => leave(&tenant, &lease).await,
    }
}

/// Leaves a job that this desk has no rule for to one that has, ever longer.
pub(super) async fn leave(tenant: &Tenant, lease: &Lease) -> Result<()> {
    tracing::warn!(kind = %lease.job.kind, "a job that this desk cannot do waits for one that can");
    let now = tenant.desk.now();
    tenant.settle(lease, Outcome::Again(now + foreign(lease.job.attempts)), Changes::at(now)).await
}

/// How long a job that was claimed so often waits for a version that has a rule for it.
pub(super) fn foreign(claims: u32) -> Duration {
    Duration::from_secs(60 * (1 << claims.saturating_sub(1).min(5)))
}

/// How long to wait after so many failures of the store.
fn trouble(failures: u32) -> Duration {
    Duration::from_millis(250 * (1 << failures.saturating_sub(1).min(5)))
}

impl Tenant {
    /// Settles a job with what it changes. When the lease is lost, whoever has the job now goes on with it.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub(super) async fn settle(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<()> {
        match self.finish(lease, outcome, changes).await {
            Ok(_) | Err(StoreError::LeaseLost) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The jobs in hand. Dropping it leaves them running: what was begun is brought to its end.
#[derive(Default)]
struct Crew(JoinSet<Result<()>>);

impl Crew {
    fn add(&mut self, desk: &Desk, lease: Lease) {
        let desk = desk.clone();
        let span = tracing::info_span!(
            "desk.job",
            kind = %lease.job.kind,
            job = %lease.job.id,
            tenant = %lease.tenant,
            attempt = lease.job.attempts
        );
        self.0.spawn(
            async move {
                let taken = desk.now();
                let done = held(&desk, &lease, work(desk.clone(), lease.clone())).await;
                watch::job(&lease, taken, done.is_ok());
                done
            }
            .instrument(span),
        );
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.0.detach_all();
    }
}

/// Does `work` and extends its lease for as long as that takes.
pub(super) async fn held<T>(desk: &Desk, lease: &Lease, work: impl Future<Output = T>) -> T {
    let span = desk.0.settings.lease;
    let beat = async {
        loop {
            sleep(span / 3).await;
            if let Err(error) = desk.store().extend(lease, desk.now() + span).await {
                // The work looks for itself whether it still holds the lease, where that matters.
                tracing::debug!(job = %lease.job.id, %error, "a lease was not extended");
            }
        }
    };
    // The work goes on while the store thinks.
    tokio::select! {
        done = work => done,
        never = beat => never,
    }
}

fn ended(done: Result<Result<()>, JoinError>) {
    match done {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, "a job could not be done; it is due again when its lease is over");
        }
        Err(failure) => tracing::error!(%failure, "a job did not come to its end"),
    }
}

/// When the next jobs come due, as far as this process knows.
#[derive(Default)]
pub(super) struct Alarm {
    due: Mutex<BTreeSet<Timestamp>>,
    bell: Notify,
}

impl Alarm {
    /// Most times that are remembered; whoever looks from time to time finds the rest.
    const MAX: usize = 1024;

    /// A job is due at `due`.
    pub(super) fn set(&self, due: Timestamp) {
        let is_first = {
            let mut all = self.all();
            all.insert(due);
            if all.len() > Self::MAX {
                all.pop_last();
            }
            all.first() == Some(&due)
        };
        if is_first {
            self.ring();
        }
    }

    /// There may be something to do at once.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    async fn rung(&self) {
        self.bell.notified().await;
    }

    /// How long it is until the next job comes due; what is due now is forgotten.
    fn wait(&self, now: Timestamp) -> Duration {
        let mut all = self.all();
        *all = all.split_off(&(now + Duration::from_millis(1)));
        all.first().map_or(Duration::MAX, |due| due.since(now))
    }

    fn all(&self) -> MutexGuard<'_, BTreeSet<Timestamp>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, foreign, trouble};
    use crate::time::Timestamp;
    use std::time::Duration;

    #[test]
    fn jobs_of_other_versions_are_claimed_ever_more_rarely() {
        let waits: Vec<_> = [1, 2, 3, 6, 7, u32::MAX].map(|claims| foreign(claims).as_secs()).into();
        assert_eq!(waits, [60, 120, 240, 1920, 1920, 1920]);
    }

    #[test]
    fn a_store_that_stays_away_is_asked_every_eight_seconds() {
        let waits = [1, 2, 6, u32::MAX].map(|failures| trouble(failures).as_millis());
        assert_eq!(waits, [250, 500, 8000, 8000]);
    }

    #[test]
    fn the_alarm_knows_the_next_time_and_forgets_what_is_past() {
        let (alarm, at) = (Alarm::default(), Timestamp::from_seconds);
        assert_eq!(alarm.wait(at(0)), Duration::MAX);
        for second in [9, 5, 7] {
            alarm.set(at(second));
        }
        assert_eq!(alarm.wait(at(0)), Duration::from_secs(5));
        assert_eq!(alarm.wait(at(5)), Duration::from_secs(2));
        assert_eq!(alarm.wait(at(9)), Duration::MAX);
    }

    #[test]
    fn the_alarm_remembers_so_many_times_and_the_first_of_them() {
        let alarm = Alarm::default();
        for second in (0..2 * i64::try_from(Alarm::MAX).unwrap()).rev() {
            alarm.set(Timestamp::from_seconds(second));
        }
        assert_eq!(alarm.all().len(), Alarm::MAX);
        assert_eq!(alarm.all().first(), Some(&Timestamp::from_seconds(0)));
    }
}
