//! Writing records.

use super::{
    connect::prepare,
    error::{Failed, is_not_unique},
    read,
};
use crate::{
    id::TenantId,
    store::{
        Contact, Expect, Record, StoreError,
        tables::{self, Table},
    },
};
use rusqlite::{Connection, params, params_from_iter};
use std::sync::LazyLock;

/// The statements that write a row of a table: a new one, and one over the version before its own.
struct Write {
    insert: String,
    update: String,
}

/// By table.
static WRITES: LazyLock<Vec<Write>> =
    LazyLock::new(|| Table::ALL.iter().map(|table| Write::to(*table)).collect());

impl Write {
    fn to(table: Table) -> Self {
        let (name, key) = (table.name(), table.key_columns().collect::<Vec<_>>().join(", "));
        let columns: Vec<String> =
            (2..).zip(table.columns()).map(|(n, column)| format!("{column} = ?{n}")).collect();
        let (keys, others) = columns.split_at(table.key());
        let values: Vec<String> = (1..columns.len() + 2).map(|n| format!("?{n}")).collect();
        let is_found: Vec<&str> =
            std::iter::once("tenant_id = ?1").chain(keys.iter().map(String::as_str)).collect();
        Self {
            insert: format!(
                "INSERT INTO {name} (tenant_id, {}) VALUES ({}) ON CONFLICT ({key}) DO NOTHING",
                table.columns().join(", "),
                values.join(", ")
            ),
            update: format!(
                "UPDATE {name} SET {} WHERE {} AND version = ?{} - 1",
                others.join(", "),
                is_found.join(" AND "),
                columns.len() + 1
            ),
        }
    }
}

/// Writes a record if what is there is as expected.
pub(super) fn put(
    connection: &Connection,
    tenant: &TenantId,
    record: &Record,
    expect: Expect,
) -> Result<(), Failed> {
    let table = Table::of(record);
    let write = WRITES.get(table as usize).ok_or(StoreError::Refused("a record that cannot be put"))?;
    let (sql, expected) = match expect {
        Expect::Absent => (&write.insert, 0),
        // A version that is too large is one that no record has.
        Expect::Version(version) => {
            (&write.update, i64::try_from(version).unwrap_or(i64::MAX).min(i64::MAX - 1))
        }
    };
    let row = tables::row(tenant, record, expected + 1);
    let conflict = || Failed(StoreError::Conflict(record.name()));
    match prepare(connection, sql)?.execute(params_from_iter(row)) {
        Ok(0) => return Err(conflict()),
        Err(error) if is_not_unique(&error) => {
            // SQLite does not say which of the two comes first.
            if expect == Expect::Absent && read::get(connection, tenant, &record.key())?.is_some() {
                return Err(conflict());
            }
            return Err(StoreError::NotUnique(unique(table)).into());
        }
        written => written?,
    };
    match record {
        Record::Contact(contact) => put_identities(connection, tenant, contact, expect),
        _ => Ok(()),
    }
}

/// What is unique about the records of a table beside their keys.
fn unique(table: Table) -> &'static str {
    match table {
        Table::Conversations => "active conversation",
        Table::Messages => "message id",
        table => table.record(),
    }
}

fn put_identities(
    connection: &Connection,
    tenant: &TenantId,
    contact: &Contact,
    expect: Expect,
) -> Result<(), Failed> {
    let (tenant, id) = (tenant.as_str(), contact.id.as_str());
    if expect != Expect::Absent {
        let sql = "DELETE FROM contact_identities WHERE tenant_id = ?1 AND contact_id = ?2";
        prepare(connection, sql)?.execute([tenant, id])?;
    }
    let sql = "INSERT INTO contact_identities (tenant_id, kind, value, contact_id, position)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, kind, value) DO NOTHING";
    for (position, identity) in (0_i64..).zip(&contact.identities) {
        let row = params![tenant, identity.kind(), identity.value(), id, position];
        if prepare(connection, sql)?.execute(row)? == 0 {
            return Err(StoreError::NotUnique("identity").into());
        }
    }
    Ok(())
}
