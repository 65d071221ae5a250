//! Bodies of requests: what a business sends to Meta.

use crate::Report;
use serde::{Serialize, de::DeserializeOwned};
use whatsapp_business::Result;

/// Reads the body of `what` and gives it back as this library writes it, with its broken limits.
pub(crate) fn inspect<T: Serialize + DeserializeOwned>(
    body: &[u8],
    what: &str,
    validate: fn(&T) -> Result<()>,
) -> std::result::Result<Report, String> {
    let value: T = serde_json::from_slice(body)
        .map_err(|error| format!("cannot be read as the body of {what}: {error}"))?;
    let line = serde_json::to_string(&value).map_err(|error| format!("cannot be written: {error}"))?;
    let notes = match validate(&value) {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    };
    Ok(Report { lines: vec![line], notes })
}
