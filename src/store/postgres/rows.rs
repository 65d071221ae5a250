//! Rows as PostgreSQL gives them.

use super::{error::corrupt, text};
use crate::store::{Contact, Identity, Record, Result, StoreError, tables};
use std::borrow::Cow;
use tables::{Columns, Table};
use tokio_postgres::{Row, types::FromSql};

/// A row, read from its first column on.
pub(super) struct Cursor<'r> {
    row: &'r Row,
    next: usize,
}

impl<'r> Cursor<'r> {
    pub(super) fn new(row: &'r Row) -> Self {
        Self { row, next: 0 }
    }

    fn get<T: FromSql<'r>>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        get(self.row, column)
    }

    /// What is in the next column or columns.
    pub(super) fn read<T: Columns>(&mut self) -> Result<T> {
        T::read(self)
    }
}

impl<'r> tables::Row<'r> for Cursor<'r> {
    fn text(&mut self) -> Result<Option<Cow<'r, str>>> {
        Ok(self.get::<Option<&str>>()?.map(text::decode))
    }

    fn int(&mut self) -> Result<Option<i64>> {
        self.get()
    }

    fn bytes(&mut self) -> Result<Option<&'r [u8]>> {
        self.get()
    }
}

/// What is selected of a table `t` for [`record`]: a contact comes with its identities.
pub(super) fn select(table: Table) -> Cow<'static, str> {
    const OF: &str =
        "FROM contact_identities WHERE tenant_id = t.tenant_id AND contact_id = t.id ORDER BY position";
    match table {
        Table::Contacts => {
            format!("{}, ARRAY(SELECT kind {OF}), ARRAY(SELECT value {OF})", table.select()).into()
        }
        table => table.select().into(),
    }
}

/// What is selected for [`record`] of what a function found.
pub(super) fn select_found(table: Table) -> String {
    let columns: Vec<String> = table.select().split(", ").map(|column| format!("c_{column}")).collect();
    let columns = columns.join(", ");
    match table {
        Table::Contacts => columns + ", identity_kinds, identity_values",
        _ => columns,
    }
}

/// The record in a row.
pub(super) fn record(table: Table, row: &Row) -> Result<Record> {
    let mut cursor = Cursor::new(row);
    let mut record = table.read(&mut cursor)?;
    if let Record::Contact(contact) = &mut record {
        add_identities(contact, &mut cursor)?;
    }
    Ok(record)
}

fn add_identities(contact: &mut Contact, cursor: &mut Cursor<'_>) -> Result<()> {
    // Behind the tenant.
    cursor.next += 1;
    let (kinds, values): (Vec<&str>, Vec<&str>) = (cursor.get()?, cursor.get()?);
    for (kind, value) in kinds.into_iter().zip(values) {
        let identity = Identity::from_parts(kind, &text::decode(value));
        contact.identities.push(identity.ok_or(StoreError::Corrupt("identity"))?);
    }
    Ok(())
}

/// A column that is what it must be.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(corrupt)
}

pub(super) fn text(row: &Row, column: usize) -> Result<String> {
    get(row, column).map(|kept| text::decode(kept).into_owned())
}
