//! What goes to PostgreSQL with a statement.

use super::text;
use bytes::BytesMut;
use std::{borrow::Cow, error::Error, fmt};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

pub(super) use crate::store::tables::Value;

/// A parameter of a statement: a value, or one column of many rows. Texts are as PostgreSQL can keep them.
#[derive(Debug)]
pub(super) enum Param<'a> {
    One(Value<'a>),
    Flag(bool),
    Texts(Vec<Option<Cow<'a, str>>>),
    Ints(Vec<Option<i64>>),
    Blobs(Vec<Option<&'a [u8]>>),
}

impl<'a> Param<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::from(Value::text(text))
    }

    /// The parameter and its type, as the driver wants them.
    pub(super) fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::One(Value::Text(text)) => (text, Type::TEXT),
            Self::One(Value::Int(int)) => (int, Type::INT8),
            Self::One(Value::Bytes(bytes)) => (bytes, Type::BYTEA),
            Self::Flag(flag) => (flag, Type::BOOL),
            Self::Texts(texts) => (texts, Type::TEXT_ARRAY),
            Self::Ints(ints) => (ints, Type::INT8_ARRAY),
            Self::Blobs(blobs) => (blobs, Type::BYTEA_ARRAY),
        }
    }
}

impl<'a> From<Value<'a>> for Param<'a> {
    fn from(value: Value<'a>) -> Self {
        Self::One(match value {
            Value::Text(text) => Value::Text(text.map(text::encode)),
            value => value,
        })
    }
}

/// A parameter that does not show itself: the driver logs those of prepared statements, and they may be personal.
pub(super) struct Quiet<'a>(pub(super) &'a (dyn ToSql + Sync));

impl fmt::Debug for Quiet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl ToSql for Quiet<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.0.to_sql_checked(of, out)
    }

    fn accepts(_: &Type) -> bool {
        // What is behind it looks for itself.
        true
    }

    to_sql_checked!();
}

/// One array for each column of some rows, all of which have the same columns.
pub(super) fn columns<'a>(rows: Vec<Vec<Value<'a>>>) -> Vec<Param<'a>> {
    let count = rows.len();
    let mut columns: Vec<Param<'a>> = Vec::new();
    for row in rows {
        if columns.is_empty() {
            columns.extend(row.iter().map(|value| match value {
                Value::Text(_) => Param::Texts(Vec::with_capacity(count)),
                Value::Int(_) => Param::Ints(Vec::with_capacity(count)),
                Value::Bytes(_) => Param::Blobs(Vec::with_capacity(count)),
            }));
        }
        for (column, value) in columns.iter_mut().zip(row) {
            match (column, value) {
                (Param::Texts(texts), Value::Text(text)) => texts.push(text.map(text::encode)),
                (Param::Ints(ints), Value::Int(int)) => ints.push(int),
                (Param::Blobs(blobs), Value::Bytes(bytes)) => blobs.push(bytes),
                // Left out, which the arrays' unequal lengths would show: a table gives each column one type.
                _ => {}
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::Quiet;

    #[test]
    fn a_parameter_does_not_show_itself() {
        assert_eq!(format!("{:?}", Quiet(&"+14155552671")), "..");
    }
}
