//! From what came over the wire to an [`ApiError`], whatever its shape.

use super::{ApiError, HttpError};
use crate::error::ErrorKind;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::time::Duration;

/// Longest body that is looked at, in bytes; Meta's errors have some hundred.
const MAX_BODY: usize = 1 << 20;
/// Longest wait believed: a clock far in the future overflows what adds to it.
const MAX_WAIT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What an answer with an error status, or an error in a success (HTTP 206), says.
#[cfg_attr(not(any(feature = "client", test)), expect(dead_code, reason = "for the client"))]
pub(crate) fn read(status: u16, wait: Option<Duration>, body: &[u8]) -> ErrorKind {
    let error =
        (body.len() <= MAX_BODY).then(|| serde_json::from_slice(body).ok()).flatten().and_then(envelope);
    match error {
        Some(error) => ErrorKind::Api(Box::new(ApiError { status: Some(status), wait, ..error })),
        None => ErrorKind::Http(HttpError { status, retry_after: wait }),
    }
}

/// How long to wait, from the values of `Retry-After` and `X-Business-Use-Case-Usage`.
#[cfg_attr(not(any(feature = "client", test)), expect(dead_code, reason = "for the client"))]
pub(crate) fn wait(retry_after: Option<&str>, usage: Option<&str>) -> Option<Duration> {
    let seconds = retry_after.and_then(|seconds| seconds.trim().parse::<u64>().ok());
    let minutes = usage.and_then(minutes_to_wait);
    let seconds = seconds.max(minutes.map(|minutes| minutes.saturating_mul(60)))?;
    (seconds > 0).then(|| Duration::from_secs(seconds).min(MAX_WAIT))
}

/// The longest `estimated_time_to_regain_access`: a map of object ids to lists of usages.
fn minutes_to_wait(usage: &str) -> Option<u64> {
    let usage: Map<String, Value> = serde_json::from_str(usage).ok()?;
    let entries = usage.values().flat_map(|entries| match entries {
        Value::Array(entries) => entries.as_slice(),
        entry => std::slice::from_ref(entry),
    });
    entries
        .filter_map(|entry| integer(entry.get("estimated_time_to_regain_access")?))
        .filter_map(|minutes| u64::try_from(minutes).ok())
        .max()
}

/// The error of `{"error": {…}}`. Without any code it is not Meta's: the status then says more.
fn envelope(body: Value) -> Option<ApiError> {
    let Value::Object(mut body) = body else { return None };
    let Some(Value::Object(error)) = body.remove("error") else { return None };
    let error = object(error);
    (error.code != ApiError::NO_CODE || error.subcode.is_some()).then_some(error)
}

/// Reads the error object of an answer and that of a webhook; what can not be read is left out.
impl<'de> Deserialize<'de> for ApiError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Object(error) => object(error),
            Value::String(message) => Self { message, ..Self::default() },
            other => Self { code: integer(&other).unwrap_or(Self::NO_CODE), ..Self::default() },
        })
    }
}

fn object(mut error: Map<String, Value>) -> ApiError {
    let (details, data) = error_data(error.remove("error_data").unwrap_or_default());
    let text = |name| error.get(name).and_then(text);
    let number = |name| error.get(name).and_then(integer);
    ApiError {
        status: None,
        code: number("code").unwrap_or(ApiError::NO_CODE),
        subcode: number("error_subcode"),
        message: text("message").or_else(|| text("title")).unwrap_or_default(),
        details,
        data,
        user_title: text("error_user_title"),
        user_message: text("error_user_msg"),
        href: text("href"),
        trace_id: text("fbtrace_id"),
        is_transient: error.get("is_transient").is_some_and(is_true),
        wait: None,
    }
}

/// The details, and the whole where it holds more than them.
fn error_data(data: Value) -> (Option<String>, Option<Value>) {
    match data {
        Value::Null => (None, None),
        Value::String(spelled) => match serde_json::from_str(&spelled) {
            Ok(Value::Object(data)) => error_data(Value::Object(data)),
            _ => (Some(spelled).filter(|details| !details.is_empty()), None),
        },
        Value::Object(data) => {
            let details = data.get("details").and_then(text);
            let plain = data.iter().all(|(name, value)| match name.as_str() {
                "messaging_product" => true,
                "details" => details.is_some() || value.is_null() || value == "",
                _ => false,
            });
            (details, (!plain).then_some(Value::Object(data)))
        }
        other => (None, Some(other)),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
            format!("{number:.0}").parse().ok()
        }),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(spelling) => spelling.eq_ignore_ascii_case("true") || spelling == "1",
        other => integer(other) == Some(1),
    }
}
