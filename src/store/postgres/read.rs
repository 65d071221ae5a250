//! Reading records.

use super::{
    connection::{Database, Statement},
    rows,
    tenants::{ALLOW, allowed},
    value::{Param, Value},
};
use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{Binding, Key, Lease, PageRequest, Query, Record, Result, tables},
};
use tokio_postgres::Row;

/// The record at `key`.
pub(super) async fn get(database: &Database, tenant: &TenantId, key: &Key) -> Result<Option<Record>> {
    let (table, condition, values) = tables::find(key);
    let (name, select) = (table.name(), rows::select(table));
    let sql = format!("SELECT {select} FROM {name} AS t WHERE t.tenant_id = $1 AND {condition}");
    let values = std::iter::once(Value::text(tenant.as_str())).chain(values);
    let params: Vec<Param<'_>> = values.map(Param::from).collect();
    select_rows(database, tenant, &sql, &params)
        .await?
        .first()
        .map(|row| rows::record(table, row))
        .transpose()
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
