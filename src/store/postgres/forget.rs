//! Forgetting marks that are long over, a few for each that is made, where no caller waits for it.

use super::{
    connection::{Database, Statement},
    group::Call,
    marks,
    tenants::{ALLOW, allowed},
    value::{Param, Value, columns},
};
use crate::{id::TenantId, store::Result, time::Timestamp};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// How long a mark is kept when it is over, for callers whose clock is behind.
const FORGET_AFTER: Duration = Duration::from_secs(3600);
/// How many are forgotten for each mark that is made: more than one, so that they do not pile up.
const FOR_EACH: i64 = 4;
/// Most that are forgotten of a tenant at once.
const AT_ONCE: i64 = 1000;
/// How long to rest after each time, so that many are forgotten at once.
const REST: Duration = Duration::from_millis(500);

/// Forgets. It need not be on the disk: what is forgotten again is forgotten.
const FORGET: &str = "
    DELETE FROM once_marks AS t USING (
        SELECT old.tenant_id, old.key FROM unnest($1, $2, $3) AS n (tenant_id, before, most) CROSS JOIN LATERAL (
            SELECT o.tenant_id, o.key FROM once_marks AS o
            WHERE o.tenant_id = n.tenant_id AND o.keep_until < n.before
            ORDER BY o.keep_until LIMIT n.most FOR UPDATE SKIP LOCKED) AS old) AS gone
    WHERE t.tenant_id = gone.tenant_id AND t.key = gone.key";
const DO_NOT_WAIT: &str = "SELECT set_config('synchronous_commit', 'off', true)";

/// What marks were made since marks were forgotten.
#[derive(Default)]
pub(super) struct Forgetter {
    /// By tenant: the latest time at which one was made, and how many.
    made: Mutex<BTreeMap<TenantId, (Timestamp, i64)>>,
    news: Notify,
}

impl Forgetter {
    /// Notes that the marks of a call were made.
    pub(super) fn note(&self, call: &Call) {
        let count = i64::try_from(marks::of(&call.changes).count()).unwrap_or(i64::MAX);
        if count > 0 {
            let now = call.changes.now();
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let (last, all) = made.entry(call.tenant.clone()).or_insert((now, 0));
            (*last, *all) = (now.max(*last), all.saturating_add(count));
            drop(made);
            self.news.notify_one();
        }
    }

    /// Forgets for as long as it is polled.
    pub(super) async fn run(&self, database: &Database) {
        loop {
            self.news.notified().await;
            if self.forget(database).await.is_err() {
                tracing::debug!("marks that are over could not be forgotten");
            }
            tokio::time::sleep(REST).await;
        }
    }

    async fn forget(&self, database: &Database) -> Result<()> {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        let tenants = [allowed(made.keys())];
        let rows = made.iter().map(|(tenant, (now, count))| {
            let most = count.saturating_mul(FOR_EACH).min(AT_ONCE);
            vec![Value::text(tenant.as_str()), Value::time(*now - FORGET_AFTER), Value::from(most)]
        });
        let params: Vec<Param<'_>> = columns(rows.collect());
        let statements = [
            Statement::Query(ALLOW, &tenants),
            Statement::Query(DO_NOT_WAIT, &[]),
            Statement::Query(FORGET, &params),
        ];
        database.ask(&statements).await.map(drop)
    }
}
