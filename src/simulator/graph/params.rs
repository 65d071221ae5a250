//! The parameters of a request: Graph takes them from the address, from a form and from JSON alike.

use crate::simulator::{platform::Platform, refusal::Refusal};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use url::form_urlencoded;

/// The parameters of a request, those of the body before those of the address.
pub(super) struct Params(pub(super) Map<String, Value>);

impl FromRequest<Arc<Platform>> for Params {
    type Rejection = Refusal;

    async fn from_request(request: Request, platform: &Arc<Platform>) -> Result<Self, Refusal> {
        let mut params = form(request.uri().query().unwrap_or_default().as_bytes());
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_form = content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body = Bytes::from_request(request, platform)
            .await
            .map_err(|_| Refusal::unsupported("The body of the request could not be read."))?;
        if is_form {
            params.extend(form(&body));
        } else if !body.is_empty() {
            match serde_json::from_slice(&body) {
                Ok(Value::Object(members)) => params.extend(members),
                _ => return Err(Refusal::unsupported("The body of the request is not a JSON object.")),
            }
        }
        Ok(Self(params))
    }
}

impl Params {
    /// The text of a parameter; a number is its digits.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The texts of a parameter: a list of JSON, or text with commas.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(
                items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                    .collect(),
            ),
            _ => Some(self.text(name)?.split(',').map(|text| text.trim().to_owned()).collect()),
        }
    }

    /// A parameter that has to be there, as text with something in it.
    pub(super) fn need(&self, name: &str) -> Result<String, Refusal> {
        let text = self.text(name).filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Refusal::missing(name).of_parameter())
    }
}

/// Pairs of an address or a form. What looks like a list or an object is JSON.
fn form(pairs: &[u8]) -> Map<String, Value> {
    let value = |text: &str| match text.as_bytes() {
        [b'[', ..] | [b'{', ..] => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => Value::from(text),
    };
    form_urlencoded::parse(pairs).map(|(name, text)| (name.into_owned(), value(&text))).collect()
}
