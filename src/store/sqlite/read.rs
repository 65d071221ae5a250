//! Reading records.

use super::{connect::prepare, error::Failed, rows::Cursor};
use crate::{
    id::TenantId,
    store::{
        Identity, Key, PageRequest, Query, Record, StoreError,
        tables::{self, Table, Value},
    },
    time::Timestamp,
};
use rusqlite::{Connection, params_from_iter};

/// The record at `key`.
pub(super) fn get(connection: &Connection, tenant: &TenantId, key: &Key) -> Result<Option<Record>, Failed> {
    let (table, condition, values) = tables::find(key);
    let (select, name) = (table.select(), table.name());
    let sql =
        format!("SELECT {select} FROM {name} AS t WHERE t.tenant_id = $1 AND {condition}").replace('$', "?");
    let values = std::iter::once(Value::text(tenant.as_str())).chain(values);
    Ok(records(connection, tenant, table, &sql, values)?.pop())
}

/// The records of a list behind a place, one more than the page may hold.
pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    query: &Query,
    page: &PageRequest,
    after: Option<&(Timestamp, String)>,
) -> Result<Vec<Record>, Failed> {
    let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX).saturating_add(1);
    let list = tables::list(query);
    let sql = list_sql(query, page, after.is_some());
    let mut values = vec![Value::text(tenant.as_str()), Value::from(limit)];
    values.extend(list.values);
    if let Some((at, id)) = after {
        values.extend([Value::time(*at), Value::text(id)]);
    }
    records(connection, tenant, list.table, &sql, values)
}

pub(super) fn list_sql(query: &Query, page: &PageRequest, goes_on: bool) -> String {
    let list = tables::list(query);
    list.sql(list.table.select(), page, goes_on).replace('$', "?")
}

/// What a statement selects of a table.
fn records<'a>(
    connection: &Connection,
    tenant: &TenantId,
    table: Table,
    sql: &str,
    values: impl IntoIterator<Item = Value<'a>>,
) -> Result<Vec<Record>, Failed> {
    let mut statement = prepare(connection, sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let mut record = table.read(&mut Cursor::new(row))?;
        add_identities(connection, tenant, &mut record)?;
        records.push(record);
    }
    Ok(records)
}

/// Reads the identities of a contact.
fn add_identities(connection: &Connection, tenant: &TenantId, record: &mut Record) -> Result<(), Failed> {
    let Record::Contact(contact) = record else { return Ok(()) };
    let sql = "SELECT kind, value FROM contact_identities WHERE tenant_id = ?1 AND contact_id = ?2 ORDER BY position";
    let mut statement = prepare(connection, sql)?;
    let mut rows = statement.query([tenant.as_str(), contact.id.as_str()])?;
    while let Some(row) = rows.next()? {
        let (kind, value): (String, String) = (row.get(0)?, row.get(1)?);
        let identity = Identity::from_parts(&kind, &value).ok_or(StoreError::Corrupt("identity"))?;
        contact.identities.push(identity);
    }
    Ok(())
}
