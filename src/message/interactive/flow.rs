//! Flows.

use crate::{
    check,
    error::{Path, Violation},
    id::FlowId,
    message::{
        Header, Kind, MediaSource,
        interactive::{Frame, Named, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

/// Text with a button that opens a WhatsApp Flow (`interactive` of type `flow` on the wire).
///
/// What was filled in comes back in a webhook as an `interactive` message of type `nfm_reply` with the name `flow`: its
/// `response_json` holds the [token](Self::token), and no id of the flow.
///
/// ```
/// use serde_json::json;
/// use whatsapp_business::message::{Content, Flow};
/// let book = Flow::id("Choose a time for the survey.", "1270044", "Book")
///     .token("visit-42")
///     .navigate_with("CHOOSE_TIME", json!({"city": "Lisbon"}));
/// assert!(Content::from(book).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "flow",
///   "body": {"text": "Choose a time for the survey."},
///   "action": {"name": "flow", "parameters": {
///     "flow_message_version": "3", "flow_token": "visit-42", "flow_id": "1270044", "flow_cta": "Book",
///     "flow_action": "navigate",
///     "flow_action_payload": {"screen": "CHOOSE_TIME", "data": {"city": "Lisbon"}}}}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Parameters>>", try_from = "Frame<Named<Parameters>>")]
pub struct Flow {
    parts: Parts,
    flow: Which,
    cta: String,
    mode: Option<Mode>,
    token: Option<String>,
    action: Option<FlowAction>,
    payload: Option<Payload>,
}

quiet_debug!(Flow { parts, flow, mode, action });

#[derive(Clone, Debug, PartialEq, Eq)]
enum Which {
    Id(FlowId),
    Name(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Draft,
    Published,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlowAction {
    Navigate,
    DataExchange,
}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    screen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Data>,
}

/// What the first screen is given: an object, or text that spells one. Kept as it was given, because both are sent.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Data(Box<RawValue>);

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Data {
    fn has_members(&self) -> bool {
        match serde_json::from_str(self.0.get()) {
            Ok(Value::Object(members)) => !members.is_empty(),
            Ok(Value::String(text)) => {
                serde_json::from_str::<Map<String, Value>>(&text).is_ok_and(|members| !members.is_empty())
            }
            _ => false,
        }
    }
}

/// Limits from [Meta: sending a flow](https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/sendingaflow).
/// It advises against a longer button than [`Self::MAX_CTA`]; older pages stop at 20 characters. It states no limit of
/// the body: that of interactive messages in general holds.
impl Flow {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Longest text on the button, in characters; no emoji.
    pub const MAX_CTA: usize = 30;

    const ACTION: &'static str = "flow";
    const VERSION: &'static str = "3";

    /// The text, the id of the flow, and what is written on the button that opens it.
    #[must_use]
    pub fn id(body: impl Into<String>, flow_id: impl Into<FlowId>, cta: impl Into<String>) -> Self {
        Self::new(body, Which::Id(flow_id.into()), cta)
    }

    /// The text, the name of the flow, and what is written on the button that opens it. A flow that is given another
    /// name is no longer found by the old one.
    #[must_use]
    pub fn named(body: impl Into<String>, flow_name: impl Into<String>, cta: impl Into<String>) -> Self {
        Self::new(body, Which::Name(flow_name.into()), cta)
    }

    fn new(body: impl Into<String>, flow: Which, cta: impl Into<String>) -> Self {
        Self {
            parts: Parts::new(body),
            flow,
            cta: cta.into(),
            mode: None,
            token: None,
            action: None,
            payload: None,
        }
    }

    /// Opens the draft of the flow, for tests, instead of what is published (`mode` on the wire).
    #[must_use]
    pub fn draft(mut self) -> Self {
        self.mode = Some(Mode::Draft);
        self
    }

    /// What comes back with the answer, to tell what it answers to (`flow_token` on the wire). Every customer can read
    /// their own: do not put a secret into it, and let none be guessed from another.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Opens the flow on `screen`, which must be one that it can begin with. Unless set, it opens on the first of these.
    #[must_use]
    pub fn navigate(self, screen: impl Into<String>) -> Self {
        self.start(FlowAction::Navigate, Some(Payload { screen: Some(screen.into()), data: None }))
    }

    /// Opens the flow on `screen` and gives it `data`, which must be an object with at least one member.
    ///
    /// Meta's table says that the object be written as text, its example writes the object itself. It is sent as it is
    /// given: a map, a struct or [`json!`](serde_json::json) as an object, a string that spells an object as text. Null
    /// is no data.
    #[must_use]
    pub fn navigate_with(self, screen: impl Into<String>, data: impl Serialize) -> Self {
        // What is no JSON becomes an empty object, which the check refuses.
        let data = to_raw_value(&data).or_else(|_| to_raw_value(&Map::new())).ok();
        let data = data.filter(|data| data.get() != "null").map(Data);
        self.start(FlowAction::Navigate, Some(Payload { screen: Some(screen.into()), data }))
    }

    /// Asks your endpoint for the first screen (`flow_action` `data_exchange` on the wire).
    #[must_use]
    pub fn data_exchange(self) -> Self {
        self.start(FlowAction::DataExchange, None)
    }

    fn start(mut self, action: FlowAction, payload: Option<Payload>) -> Self {
        self.action = Some(action);
        self.payload = payload;
        self
    }

    /// What stands above the body: text, or media.
    #[must_use]
    pub fn header(mut self, header: impl Into<Header>) -> Self {
        self.parts.header = Some(header.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// What is written on the button.
    #[must_use]
    pub fn cta(&self) -> &str {
        &self.cta
    }
}

impl Kind for Flow {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("flow");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        let at = action.field("parameters");
        match &self.flow {
            Which::Id(id) => check::id(at.field("flow_id"), id.as_str(), out),
            Which::Name(name) => check::filled(at.field("flow_name"), name, out),
        }
        let cta = at.field("flow_cta");
        check::text(cta, &self.cta, Self::MAX_CTA, out);
        if self.cta.chars().any(is_emoji) {
            out.push(Violation::new(cta, "has an emoji", "no emoji"));
        }
        if let Some(token) = &self.token {
            check::filled(at.field("flow_token"), token, out);
        }
        let Some(Payload { screen, data }) = &self.payload else { return };
        let payload = at.field("flow_action_payload");
        if let Some(screen) = screen {
            check::filled(payload.field("screen"), screen, out);
        }
        if data.as_ref().is_some_and(|data| !data.has_members()) {
            let limit = "an object with at least 1 member";
            out.push(Violation::new(payload.field("data"), "is empty or no object", limit));
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

/// Whether a character is shown as a picture: one that always is, or a mark that makes one of what stands before it.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1F300}'..='\u{1FAFF}'
        | '\u{1F1E6}'..='\u{1F1FF}'
        | '\u{1F004}' | '\u{1F0CF}' | '\u{1F18E}' | '\u{1F191}'..='\u{1F19A}' | '\u{1F201}'..='\u{1F251}'
        | '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23EC}' | '\u{23F0}' | '\u{23F3}' | '\u{25FD}' | '\u{25FE}'
        | '\u{2614}' | '\u{2615}' | '\u{2648}'..='\u{2653}' | '\u{267F}' | '\u{2693}' | '\u{26A1}'
        | '\u{26AA}' | '\u{26AB}' | '\u{26BD}' | '\u{26BE}' | '\u{26C4}' | '\u{26C5}' | '\u{26CE}' | '\u{26D4}'
        | '\u{26EA}' | '\u{26F2}' | '\u{26F3}' | '\u{26F5}' | '\u{26FA}' | '\u{26FD}' | '\u{2705}'
        | '\u{270A}' | '\u{270B}' | '\u{2728}' | '\u{274C}' | '\u{274E}' | '\u{2753}'..='\u{2755}' | '\u{2757}'
        | '\u{2795}'..='\u{2797}' | '\u{27B0}' | '\u{27BF}' | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}'
        | '\u{FE0F}' | '\u{20E3}')
}

/// The parameters of the action on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(deserialize_with = "crate::wire::text")]
    flow_message_version: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    flow_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_id: Option<FlowId>,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    flow_name: Option<String>,
    #[serde(deserialize_with = "crate::wire::text")]
    flow_cta: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_action: Option<FlowAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_action_payload: Option<Payload>,
}

impl From<Flow> for Frame<Named<Parameters>> {
    fn from(flow: Flow) -> Self {
        let (flow_id, flow_name) = match flow.flow {
            Which::Id(id) => (Some(id), None),
            Which::Name(name) => (None, Some(name)),
        };
        let parameters = Parameters {
            flow_message_version: Flow::VERSION.to_owned(),
            flow_token: flow.token,
            flow_id,
            flow_name,
            flow_cta: flow.cta,
            mode: flow.mode,
            flow_action: flow.action,
            flow_action_payload: flow.payload,
        };
        Self::new::<Flow>(flow.parts, Named::new(Flow::ACTION, parameters))
    }
}

impl TryFrom<Frame<Named<Parameters>>> for Flow {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Parameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        let wire = action.parameters(Self::ACTION)?;
        if wire.flow_message_version != Self::VERSION {
            return Err("action has another flow_message_version than 3");
        }
        let flow = match (wire.flow_id, wire.flow_name) {
            (Some(id), None) => Which::Id(id),
            (None, Some(name)) => Which::Name(name),
            (Some(_), Some(_)) => return Err("action has both a flow_id and a flow_name"),
            (None, None) => return Err("missing field flow_id"),
        };
        let (action, payload) = (wire.flow_action, wire.flow_action_payload);
        if action == Some(FlowAction::DataExchange) && payload.is_some() {
            return Err("action has a flow_action_payload and no navigate");
        }
        Ok(Self { parts, flow, cta: wire.flow_cta, mode: wire.mode, token: wire.flow_token, action, payload })
    }
}
