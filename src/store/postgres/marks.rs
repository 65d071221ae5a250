//! Marks of what must happen once.

use super::{
    rows,
    step::unnest,
    value::{Param, Value, columns},
};
use crate::{
    id::TenantId,
    store::{Change, Changes, Mark, Result},
    time::Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio_postgres::Row;

/// How long a mark is kept when it is over, for callers whose clock is behind.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

/// Sets the marks that are new or over, and gives them.
pub(super) const SET: &str = "
    INSERT INTO once_marks AS t (tenant_id, key, marked_at, keep_until)
    SELECT * FROM unnest($1, $2, $3, $4)
    ON CONFLICT (tenant_id, key) DO UPDATE SET
        marked_at = excluded.marked_at, keep_until = greatest(t.keep_until, excluded.keep_until)
    WHERE t.keep_until <= excluded.marked_at
    RETURNING tenant_id, key";

/// The times of marks.
pub(super) const LOOK_UP: &str = "
    SELECT tenant_id, key, keep_until FROM once_marks JOIN unnest($1, $2) AS n (tenant_id, key) USING (tenant_id, key)";

/// A mark and whose it is.
pub(super) type Place<'a> = (&'a str, Mark);

/// The marks that many batches want to set, each wanted by one.
#[derive(Default)]
pub(super) struct Marks<'a> {
    wanted: BTreeMap<Place<'a>, (Timestamp, Timestamp)>,
}

impl<'a> Marks<'a> {
    /// Wants the marks of a batch; `false` when another wants one of them.
    pub(super) fn want(&mut self, tenant: &'a TenantId, changes: &'a Changes) -> bool {
        let mut own: BTreeMap<Place<'a>, (Timestamp, Timestamp)> = BTreeMap::new();
        for (key, until) in of(changes) {
            let (_, kept) = own.entry((tenant.as_str(), key)).or_insert((changes.now(), until));
            *kept = until.max(*kept);
        }
        if own.keys().any(|place| self.wanted.contains_key(place)) {
            return false;
        }
        self.wanted.append(&mut own);
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What [`SET`] needs.
    pub(super) fn to_set(&self) -> Vec<Param<'_>> {
        columns(
            self.wanted
                .iter()
                .map(|((tenant, key), (now, until))| {
                    let key = Value::Bytes(Some(key.as_bytes()));
                    vec![Value::text(tenant), key, Value::time(*now), Value::time(*until)]
                })
                .collect(),
        )
    }

    /// The marks that are there already, from the rows of [`SET`].
    pub(super) fn there(&self, set: &[Row]) -> Result<BTreeSet<Place<'a>>> {
        if set.len() == self.wanted.len() {
            return Ok(BTreeSet::new());
        }
        let set = set.iter().map(place).collect::<Result<BTreeSet<_>>>()?;
        let is_there = |place: &Place<'a>| !set.contains(&(place.0.to_owned(), place.1));
        Ok(self.wanted.keys().copied().filter(is_there).collect())
    }
}

/// The marks of a batch, with how long each is to be kept.
pub(super) fn of(changes: &Changes) -> impl Iterator<Item = (Mark, Timestamp)> {
    changes.list().iter().filter_map(|change| match change {
        Change::Once { key, keep_until } => Some((*key, *keep_until)),
        _ => None,
    })
}

/// What [`LOOK_UP`] needs.
pub(super) fn to_look_up<'a>(places: &'a BTreeSet<Place<'_>>) -> Vec<Param<'a>> {
    let row = |(tenant, key): &'a Place<'_>| vec![Value::text(tenant), Value::Bytes(Some(key.as_bytes()))];
    columns(places.iter().map(row).collect())
}

/// How long marks are kept, from the rows of [`LOOK_UP`].
pub(super) fn looked_up(found: &[Row]) -> Result<BTreeMap<(String, Mark), Timestamp>> {
    let time = |row| Ok((place(row)?, Timestamp::from_millis(rows::get(row, 2)?)));
    found.iter().map(time).collect()
}

fn place(row: &Row) -> Result<(String, Mark)> {
    let key: &[u8] = rows::get(row, 1)?;
    let key = key.try_into().map_err(|_| crate::store::StoreError::Corrupt("mark"))?;
    Ok((rows::text(row, 0)?, Mark::from_bytes(key)))
}

/// What forgets a few of the marks that are long over of each tenant that sets new ones: more than its batches make on average,
/// so that they do not pile up.
pub(super) fn forget<'a>(
    batches: impl Iterator<Item = (&'a TenantId, &'a Changes)>,
) -> Option<(String, Vec<Param<'a>>)> {
    let mut tenants: BTreeMap<&'a str, (Timestamp, i64)> = BTreeMap::new();
    for (tenant, changes) in batches.filter(|(_, changes)| of(changes).next().is_some()) {
        let (now, most) = tenants.entry(tenant.as_str()).or_insert((changes.now(), 0));
        *now = changes.now().max(*now);
        *most += 4;
    }
    if tenants.is_empty() {
        return None;
    }
    let sql = format!(
        "DELETE FROM once_marks AS t USING (
            SELECT old.tenant_id, old.key FROM {} CROSS JOIN LATERAL (
                SELECT o.tenant_id, o.key FROM once_marks AS o
                WHERE o.tenant_id = n.tenant_id AND o.keep_until < n.before
                ORDER BY o.keep_until LIMIT n.most FOR UPDATE SKIP LOCKED) AS old) AS gone
        WHERE t.tenant_id = gone.tenant_id AND t.key = gone.key",
        unnest(&["tenant_id", "before", "most"])
    );
    let row = |(tenant, (now, most)): (&'a str, (Timestamp, i64))| {
        vec![Value::text(tenant), Value::time(now - FORGET_AFTER), Value::from(most)]
    };
    Some((sql, columns(tenants.into_iter().map(row).collect())))
}
