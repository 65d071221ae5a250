//! The examples that reviewers at Meta see in place of placeholders and media.

use crate::template::members::{Extra, Members, Reason, to_texts};
use serde::Serialize;
use serde_json::Value;

/// The example of a named placeholder.
#[derive(Clone, PartialEq, Serialize)]
pub(super) struct Named {
    #[serde(rename = "param_name")]
    pub(super) name: String,
    #[serde(rename = "example")]
    pub(super) value: String,
    #[serde(flatten)]
    extra: Extra,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), extra: Extra::new() }
    }

    fn read_all(items: Option<Vec<Value>>) -> Result<Vec<Self>, Reason> {
        let read = |item| {
            let mut members = Members::of(item, "an example")?;
            let name = members.text("param_name")?.ok_or("param_name is missing")?;
            let value = members.text("example")?.ok_or("example is missing")?;
            Ok(Self { name, value, extra: members.rest() })
        };
        items.unwrap_or_default().into_iter().map(read).collect()
    }
}

/// The `example` of a header.
#[derive(Clone, Default, PartialEq, Serialize)]
pub(super) struct HeaderExample {
    #[serde(rename = "header_text", skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(rename = "header_text_named_params", skip_serializing_if = "Vec::is_empty")]
    pub(super) named: Vec<Named>,
    #[serde(rename = "header_handle", skip_serializing_if = "Vec::is_empty")]
    pub(super) handles: Vec<String>,
    #[serde(flatten)]
    pub(super) extra: Extra,
}

impl HeaderExample {
    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        Ok(Self {
            values: members.texts("header_text")?,
            named: Named::read_all(members.list("header_text_named_params")?)?,
            handles: members.texts("header_handle")?,
            extra: members.rest(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The `example` of a body.
#[derive(Clone, Default, PartialEq, Serialize)]
pub(super) struct BodyExample {
    /// One example per placeholder in each row; one row is the rule.
    #[serde(rename = "body_text", skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Vec<String>>,
    #[serde(rename = "body_text_named_params", skip_serializing_if = "Vec::is_empty")]
    pub(super) named: Vec<Named>,
    #[serde(flatten)]
    extra: Extra,
}

impl BodyExample {
    /// One example per placeholder; without any there is no row.
    pub(super) fn set_row(&mut self, row: Vec<String>) {
        self.rows = if row.is_empty() { Vec::new() } else { vec![row] };
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        Ok(Self {
            rows: match members.take("body_text") {
                None => Vec::new(),
                Some(value) => read_rows(value).ok_or("body_text is not a list of lists of text")?,
            },
            named: Named::read_all(members.list("body_text_named_params")?)?,
            extra: members.rest(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Rows of text. Meta documents a list of lists; it and other SDKs also write a single row as a plain list.
fn read_rows(value: Value) -> Option<Vec<Vec<String>>> {
    match value {
        Value::Array(rows) if rows.iter().all(Value::is_array) => rows.into_iter().map(to_texts).collect(),
        row => to_texts(row).map(|row| vec![row]),
    }
}
