//! Reading records.

use super::{
    connection::{Database, Statement},
    find::find,
    rows::{self, Table},
    tenants::{ALLOW, allowed},
    value::{Param, Value},
};
use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{Binding, Key, Lease, PageRequest, Query, Record, Result},
};
use tokio_postgres::Row;

/// The record at `key`.
pub(super) async fn get(database: &Database, tenant: &TenantId, key: &Key) -> Result<Option<Record>> {
    let (table, condition, values) = find(key);
    let sql =
        format!("SELECT {} FROM {} AS t WHERE t.tenant_id = $1 AND {condition}", table.select, table.name);
    let values = std::iter::once(Value::text(tenant.as_str())).chain(values);
    let params: Vec<Param<'_>> = values.map(Param::from).collect();
    select(database, tenant, &sql, &params).await?.first().map(table.read).transpose()
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
    let (sql, table) = list_sql(query, page, after.is_some());
    let narrow = query.list().1;
    let mut values = vec![Value::text(tenant.as_str()), Value::from(limit), Value::text(&narrow)];
    if let Some((at, id)) = &after {
        values.extend([Value::time(*at), Value::text(id)]);
    }
    let params: Vec<Param<'_>> = values.into_iter().map(Param::from).collect();
    select(database, tenant, &sql, &params).await?.iter().map(table.read).collect()
}

/// Tenant `$1`, limit `$2`, what narrows the list `$3`, and the place to go on from `$4` and `$5`.
pub(super) fn list_sql(query: &Query, page: &PageRequest, goes_on: bool) -> (String, &'static Table) {
    // A list that nothing narrows is told so by an empty text.
    let (table, narrow, at, id): (&'static Table, _, _, _) = match query {
        Query::Contacts => (&rows::CONTACTS, "$3 = ''", "created_at", "id"),
        Query::Conversations => (&rows::CONVERSATIONS, "$3 = ''", "opened_at", "id"),
        Query::ConversationsWith(_) => (&rows::CONVERSATIONS, "t.contact_id = $3", "opened_at", "id"),
        Query::Messages(_) => (&rows::MESSAGES, "t.conversation_id = $3", "at", "id"),
        Query::AllMessages => (&rows::MESSAGES, "$3 = ''", "at", "id"),
        Query::Failures(_) => (&rows::FAILURES, "t.wamid = $3", "at", "(code::text COLLATE \"C\")"),
        Query::DeadLetters => (&rows::DEAD_LETTERS, "$3 = ''", "at", "id"),
        Query::IdentityConflicts => (&rows::IDENTITY_CONFLICTS, "$3 = ''", "at", "id"),
        Query::Consents => (&rows::CONSENTS, "$3 = ''", "at", "id"),
    };
    let (order, behind) = if page.is_oldest_first() { ("ASC", ">") } else { ("DESC", "<") };
    let place = if goes_on { format!("AND ({at}, {id}) {behind} ($4, $5)") } else { String::new() };
    let sql = format!(
        "SELECT {} FROM {} AS t WHERE t.tenant_id = $1 AND {narrow} {place}
        ORDER BY {at} {order}, {id} {order} LIMIT $2",
        table.select, table.name
    );
    (sql, table)
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
    Ok(!select(database, &lease.tenant, sql, &params).await?.is_empty())
}

/// The rows of a tenant that a statement selects.
async fn select(database: &Database, tenant: &TenantId, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>> {
    let tenants = [allowed([tenant])];
    let statements = [Statement::Query(ALLOW, &tenants), Statement::Query(sql, params)];
    Ok(database.ask(&statements).await?.pop().unwrap_or_default())
}
