//! Marks of what must happen once.

use super::{
    rows,
    value::{Param, Value, columns},
};
use crate::{
    id::TenantId,
    store::{Change, Changes, Mark, Result, StoreError},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;

/// Sets the marks that are new or over, and gives them.
pub(super) const SET: &str = "SELECT * FROM set_marks($1, $2, $3, $4)";

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
        // Not `append`, which would make all of it anew for each batch.
        self.wanted.extend(own);
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
    let key = key.try_into().map_err(|_| StoreError::Corrupt("mark"))?;
    Ok((rows::text(row, 0)?, Mark::from_bytes(key)))
}
