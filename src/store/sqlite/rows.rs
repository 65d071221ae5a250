//! Rows as SQLite gives them, and values as it takes them.

use super::error::Failed;
use crate::store::{Result, StoreError, tables};
use rusqlite::{
    ToSql,
    types::{FromSqlResult, ToSqlOutput, ValueRef},
};
use std::borrow::Cow;
use tables::{Columns, Value};

/// A row, read from its first column on.
pub(super) struct Cursor<'r> {
    row: &'r rusqlite::Row<'r>,
    next: usize,
}

impl<'r> Cursor<'r> {
    pub(super) fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row, next: 0 }
    }

    /// What is in the next column or columns.
    pub(super) fn read<T: Columns>(&mut self) -> Result<T> {
        T::read(self)
    }

    fn get<T>(&mut self, read: fn(ValueRef<'r>) -> FromSqlResult<Option<T>>) -> Result<Option<T>> {
        let value = self.row.get_ref(self.next).map_err(|error| Failed::from(error).0)?;
        self.next += 1;
        read(value).map_err(|_| StoreError::Corrupt("row"))
    }
}

impl<'r> tables::Row<'r> for Cursor<'r> {
    fn text(&mut self) -> Result<Option<Cow<'r, str>>> {
        Ok(self.get(|value| value.as_str_or_null())?.map(Cow::Borrowed))
    }

    fn int(&mut self) -> Result<Option<i64>> {
        self.get(|value| value.as_i64_or_null())
    }

    fn bytes(&mut self) -> Result<Option<&'r [u8]>> {
        self.get(|value| value.as_blob_or_null())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Int(Some(int)) => ValueRef::Integer(*int),
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Text(None) | Self::Int(None) | Self::Bytes(None) => ValueRef::Null,
        }))
    }
}
