//! Reading records.

use super::{
    call::Call,
    connection::{Database, Failed, Statement},
    error::{is_of_the_server, refusal},
    rows,
    tenants::{ALLOW, allowed},
    value::{Param, Value, columns},
};
use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Binding, Key, Lease, PageRequest, Query, Record, Result,
        tables::{self, Table},
    },
};
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// The records at some keys, or what is wrong with each, in order.
pub(super) async fn get(database: &Database, wanted: &[(&TenantId, &Key)]) -> Vec<Result<Option<Record>>> {
    match get_together(database, wanted).await {
        Ok(found) => found,
        // One of them may be what PostgreSQL cannot read; the others are not to suffer from it.
        Err(Failed::Refused(error)) if wanted.len() > 1 && !is_of_the_server(&error) => {
            let mut all = Vec::with_capacity(wanted.len());
            for one in wanted.chunks(1) {
                match get_together(database, one).await {
                    Ok(found) => all.extend(found),
                    Err(Failed::Refused(error)) if !is_of_the_server(&error) => {
                        all.push(Err(refusal(&error)));
                    }
                    // Then it is not about one of them, and would be the same for all that are left.
                    Err(failed) => {
                        let error = failed.into_error();
                        all.resize_with(wanted.len(), || Err(error.clone()));
                        break;
                    }
                }
            }
            all
        }
        Err(failed) => {
            let error = failed.into_error();
            wanted.iter().map(|_| Err(error.clone())).collect()
        }
    }
}

/// Keys that one function finds: their places among all, and what it names of each.
struct Alike<'a> {
    key: &'a Key,
    places: Vec<usize>,
    rows: Vec<Vec<Value<'a>>>,
}

/// All of them in one round trip.
async fn get_together(
    database: &Database,
    wanted: &[(&TenantId, &Key)],
) -> Result<Vec<Result<Option<Record>>>, Failed> {
    let mut kinds: BTreeMap<(Table, &str), Alike<'_>> = BTreeMap::new();
    for (n, &(tenant, key)) in wanted.iter().enumerate() {
        let (table, condition, values) = tables::find(key);
        let new = || Alike { key, places: Vec::new(), rows: Vec::new() };
        let alike = kinds.entry((table, condition)).or_insert_with(new);
        alike.places.push(n);
        alike.rows.push(std::iter::once(Value::text(tenant.as_str())).chain(values).collect());
    }
    let (mut calls, mut asked) = (Vec::new(), Vec::new());
    for ((table, _), Alike { key, places, rows }) in kinds {
        let tenants = wanted.iter().map(|(tenant, _)| *tenant);
        calls.push(Call::find(database.beginning(), tenants, (table, key), columns(rows)));
        asked.push((table, places));
    }
    let answers = database.call(&calls).await?;
    let mut found: Vec<Result<Option<Record>>> = wanted.iter().map(|_| Ok(None)).collect();
    for ((table, places), rows) in asked.iter().zip(answers) {
        for row in &rows {
            let n: i64 = rows::get(row, row.len().saturating_sub(1)).map_err(Failed::read)?;
            let place = usize::try_from(n - 1).ok().and_then(|n| places.get(n));
            if let Some(found) = place.and_then(|place| found.get_mut(*place)) {
                *found = rows::record(*table, row).map(Some);
            }
        }
    }
    Ok(found)
}

/// The records of a list behind the place that the page begins at, one more than the page may hold.
pub(super) async fn list(
    database: &Database,
    tenant: &TenantId,
    query: &Query,
    page: &PageRequest,
) -> Result<Vec<Record>> {
    let after = page.position(tenant, query)?;
    let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX).saturating_add(1);
    let list = tables::list(query);
    let sql = list.sql(&rows::select(list.table), page, after.is_some());
    let mut values = vec![Value::text(tenant.as_str()), Value::from(limit)];
    values.extend(list.values);
    if let Some((at, id)) = &after {
        values.extend([Value::time(*at), Value::text(id)]);
    }
    let params: Vec<Param<'_>> = values.into_iter().map(Param::from).collect();
    let found = select_rows(database, tenant, &sql, &params).await?;
    found.iter().map(|row| rows::record(list.table, row)).collect()
}

/// Who owns `number`.
pub(super) async fn route(database: &Database, number: &PhoneNumberId) -> Result<Option<Binding>> {
    let sql = "SELECT tenant_id, account_id FROM numbers WHERE number_id = $1";
    let params = [Param::text(number.as_str())];
    let rows = database.ask(&[Statement::Query(sql, &params)]).await?.pop().unwrap_or_default();
    let binding = |row: &Row| Ok(Binding::new(rows::text(row, 0)?.into(), rows::text(row, 1)?.into()));
    rows.first().map(binding).transpose()
}

/// The numbers of `account` with their owners.
pub(super) async fn numbers_of(
    database: &Database,
    account: &AccountId,
) -> Result<Vec<(PhoneNumberId, TenantId)>> {
    let sql = "SELECT number_id, tenant_id FROM numbers WHERE account_id = $1 ORDER BY number_id";
    let params = [Param::text(account.as_str())];
    let rows = database.ask(&[Statement::Query(sql, &params)]).await?.pop().unwrap_or_default();
    rows.iter().map(|row| Ok((rows::text(row, 0)?.into(), rows::text(row, 1)?.into()))).collect()
}

/// Whether a lease is still good for its job.
pub(super) async fn is_held(database: &Database, lease: &Lease) -> Result<bool> {
    let sql = "SELECT 1 FROM jobs WHERE tenant_id = $1 AND id = $2 AND lease_token = $3";
    let params = [lease.tenant.as_str(), lease.job.id.as_str(), lease.token.as_str()].map(Param::text);
    Ok(!select_rows(database, &lease.tenant, sql, &params).await?.is_empty())
}

/// The rows of a tenant that a statement selects.
async fn select_rows(
    database: &Database,
    tenant: &TenantId,
    sql: &str,
    params: &[Param<'_>],
) -> Result<Vec<Row>> {
    let tenants = [allowed([tenant])];
    let statements = [Statement::Query(ALLOW, &tenants), Statement::Query(sql, params)];
    Ok(database.ask(&statements).await?.pop().unwrap_or_default())
}
