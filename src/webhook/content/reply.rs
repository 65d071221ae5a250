//! Answers to what we offered: buttons, rows of lists, forms, questions.

use crate::{
    error::{Error, ErrorKind, Result},
    id::MediaId,
    open::open_enum,
    time::Timestamp,
    webhook::{content::Inbound, lenient},
    wire::quiet_debug,
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// The quick-reply button of a template that was pressed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Button {
    /// The payload we gave it when the template was sent.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub payload: Option<String>,
    /// What it showed.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub text: Option<String>,
}
quiet_debug!(Button {});

/// The reply button that was pressed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ButtonReply {
    /// The id we gave it.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: String,
    /// What it showed.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub title: Option<String>,
}
quiet_debug!(ButtonReply {});

/// The row of a list that was chosen.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ListReply {
    /// The id we gave it.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: String,
    /// What it showed.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub title: Option<String>,
    /// What it showed below the title.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub description: Option<String>,
}
quiet_debug!(ListReply {});

/// What was filled in: a Flow, or an address we asked for (`nfm_reply` on the wire).
///
/// Which Flow it was is not told; the [`flow_token`](Self::flow_token) given when it was sent comes back.
#[derive(Clone, PartialEq, Eq)]
#[doc(alias = "nfm_reply")]
#[doc(alias = "FlowReply")]
#[non_exhaustive]
pub struct FormReply {
    /// What kind of form it is (`name` on the wire).
    pub form: Option<FormKind>,
    /// What the customer sees of the answer, such as `Sent`; the words are the app's, not theirs.
    pub body: Option<String>,
    /// The answers as JSON, unread (`response_json` on the wire).
    pub response_json: String,
}
quiet_debug!(FormReply { form });

open_enum! {
    /// A kind of form.
    pub enum FormKind {
        /// A Flow.
        Flow = "flow",
        /// A postal address that we asked for.
        Address = "address_message",
    }
}

impl FormReply {
    /// The answers, as the type that fits this form.
    ///
    /// ```
    /// use whatsapp_business::webhook::{Delivery, Event, FormFile, Inbound};
    /// #[derive(serde::Deserialize)]
    /// struct Claim {
    ///     reason: String,
    ///     photos: Vec<FormFile>,
    /// }
    /// # let message = serde_json::json!({"id": "wamid.A", "timestamp": "1", "type": "interactive", "interactive": {
    /// #     "type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json":
    /// #     r#"{"flow_token":"t","reason":"broken","photos":[{"id":"7","file_name":"a.jpg","mime_type":"image/jpeg"}]}"#}}});
    /// # let body = serde_json::json!({"field": "messages", "value": {"messages": [message]}}).to_string();
    /// # let delivery = Delivery::unverified(body.as_bytes())?;
    /// # let [Event::Message(message)] = delivery.events() else { unreachable!() };
    /// let Inbound::FormReply(reply) = &message.content else { unreachable!() };
    /// let claim: Claim = reply.parse()?;
    /// assert_eq!((claim.reason.as_str(), claim.photos[0].id.as_str()), ("broken", "7"));
    /// # Ok::<_, whatsapp_business::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Payload`] when they are of another shape. The error quotes nothing of them.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.response_json)
            .map_err(|error| Error::new(ErrorKind::Payload(lenient::reason(&error))))
    }

    /// The answers, as any JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Payload`] when they are no JSON.
    pub fn response(&self) -> Result<serde_json::Value> {
        self.parse()
    }

    /// The token we gave the Flow when it was sent.
    #[must_use]
    pub fn flow_token(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Answers {
            #[serde(default, deserialize_with = "lenient::any_text")]
            flow_token: Option<String>,
        }
        serde_json::from_str::<Answers>(&self.response_json).ok()?.flow_token
    }
}

impl<'de> Deserialize<'de> for FormReply {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(default, deserialize_with = "lenient::optional")]
            name: Option<FormKind>,
            #[serde(default, deserialize_with = "lenient::any_text")]
            body: Option<String>,
            #[serde(borrow)]
            response_json: &'a RawValue,
        }
        #[derive(Deserialize)]
        struct Spelled(#[serde(deserialize_with = "lenient::text")] String);
        let Wire { name, body, response_json } = Wire::deserialize(deserializer)?;
        // It is JSON within text; should it ever come plain, it is worth no less.
        let spelled = lenient::parse::<Spelled>(response_json).map(|text| text.0);
        let response_json = spelled.unwrap_or_else(|_| response_json.get().to_owned());
        if matches!(response_json.as_str(), "" | "null") {
            return Err(D::Error::missing_field("response_json"));
        }
        Ok(Self { form: name, body, response_json })
    }
}

/// A file that was picked in a Flow, as it stands among the answers; fetch it by its id like any media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FormFile {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its name on the customer's device (`file_name` on the wire). Never a path to write to: they may call it anything.
    #[serde(rename = "file_name", default, deserialize_with = "lenient::any_text")]
    pub filename: Option<String>,
    /// Its type, such as `image/jpeg`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
}
quiet_debug!(FormFile { id, mime_type });

/// Whether we may call the customer (`call_permission_reply` on the wire).
///
/// Meta also withdraws a permission by one, after calls that nobody took; that one runs out is not told.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CallPermission {
    /// Whether we may (`response` on the wire).
    #[serde(rename = "response", default, deserialize_with = "lenient::optional")]
    pub answer: Option<CallPermissionAnswer>,
    /// Whether it holds until it is withdrawn.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_permanent: bool,
    /// When a permission that is not permanent ends (`expiration_timestamp` on the wire).
    #[serde(rename = "expiration_timestamp", default, deserialize_with = "lenient::or_default")]
    pub expires_at: Option<Timestamp>,
    /// Who decided (`response_source` on the wire).
    #[serde(rename = "response_source", default, deserialize_with = "lenient::optional")]
    pub source: Option<CallPermissionSource>,
}
quiet_debug!(CallPermission { answer, is_permanent, expires_at, source });

open_enum! {
    /// Whether we may call.
    pub enum CallPermissionAnswer {
        /// We may.
        Accept = "accept",
        /// We may not.
        Reject = "reject",
    }
}

open_enum! {
    /// Who decided whether we may call.
    pub enum CallPermissionSource {
        /// The customer.
        UserAction = "user_action",
        /// WhatsApp, as when the customer calls back or leaves calls unanswered.
        Automatic = "automatic",
    }
}

/// How the customer wants to pay, in Brazil (`payment_method` on the wire): charge it, then tell the order's status.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaymentMethod {
    /// The way of paying, such as `offsite_card_pay` (`payment_method` on the wire).
    #[serde(rename = "payment_method", default, deserialize_with = "lenient::optional")]
    pub method: Option<String>,
    /// When they decided (`payment_timestamp` on the wire).
    #[serde(rename = "payment_timestamp", default, deserialize_with = "lenient::or_default")]
    pub paid_at: Option<Timestamp>,
    /// Our reference of the order.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub reference_id: Option<String>,
    /// The last digits of the card.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub last_four_digits: Option<String>,
    /// Our id of the card.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub credential_id: Option<String>,
}
quiet_debug!(PaymentMethod { method, paid_at });

/// The answer to an interactive message, which has a type of its own.
#[derive(Deserialize)]
struct Interactive<'a> {
    #[serde(borrow, rename = "type", default, deserialize_with = "lenient::word")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    button_reply: Option<&'a RawValue>,
    #[serde(borrow)]
    list_reply: Option<&'a RawValue>,
    #[serde(borrow)]
    nfm_reply: Option<&'a RawValue>,
    #[serde(borrow)]
    call_permission_reply: Option<&'a RawValue>,
    #[serde(borrow)]
    payment_method: Option<&'a RawValue>,
}

impl Interactive<'_> {
    /// Without a type, what is there tells.
    fn kind(&self) -> &str {
        if !self.kind.is_empty() {
            return &self.kind;
        }
        let answers = [
            ("button_reply", self.button_reply),
            ("list_reply", self.list_reply),
            ("nfm_reply", self.nfm_reply),
            ("call_permission_reply", self.call_permission_reply),
            ("payment_method", self.payment_method),
        ];
        super::content_kind(&answers)
    }
}

/// Reads an answer to an interactive message.
pub(super) fn read(content: Option<&RawValue>, message: &Arc<str>) -> Inbound {
    let kind = "interactive";
    let answer: Interactive<'_> = match content.map(lenient::parse) {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => return super::unknown(kind, message, Some(&lenient::reason(&error))),
        None => return super::unknown(kind, message, Some(super::MISSING)),
    };
    match answer.kind() {
        "button_reply" => super::read(answer.button_reply, kind, Inbound::ButtonReply, message),
        "list_reply" => super::read(answer.list_reply, kind, Inbound::ListReply, message),
        "nfm_reply" => super::read(answer.nfm_reply, kind, Inbound::FormReply, message),
        "call_permission_reply" => {
            super::read(answer.call_permission_reply, kind, Inbound::CallPermission, message)
        }
        "payment_method" => super::read(answer.payment_method, kind, Inbound::PaymentMethod, message),
        "" => super::unknown(kind, message, Some("the kind of answer is missing")),
        _ => super::unknown(kind, message, None),
    }
}
