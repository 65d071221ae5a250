//! The components of a template.

use crate::{
    open::open_enum,
    template::{
        Body, Buttons, Carousel, Footer, Header, LimitedTimeOffer,
        members::{Members, Reason, without_nulls},
    },
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

open_enum! {
    /// What a component is (`type` on the wire).
    pub enum ComponentKind {
        /// Text, media, a place or a product above the body.
        Header = "HEADER",
        /// The text.
        Body = "BODY",
        /// Small print under the body.
        Footer = "FOOTER",
        /// Buttons under the message.
        Buttons = "BUTTONS",
        /// Cards that are swiped through.
        Carousel = "CAROUSEL",
        /// An offer that may run out.
        LimitedTimeOffer = "LIMITED_TIME_OFFER",
        /// A request to be allowed to call.
        CallPermissionRequest = "CALL_PERMISSION_REQUEST",
    }
}

/// One component of a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum Component {
    /// Text, media, a place or a product above the body.
    #[serde(rename = "HEADER")]
    Header(Header),
    /// The text.
    #[serde(rename = "BODY")]
    Body(Body),
    /// Small print under the body.
    #[serde(rename = "FOOTER")]
    Footer(Footer),
    /// Buttons under the message.
    #[serde(rename = "BUTTONS")]
    Buttons(Buttons),
    /// Cards that are swiped through.
    #[serde(rename = "CAROUSEL")]
    Carousel(Carousel),
    /// An offer that may run out.
    #[serde(rename = "LIMITED_TIME_OFFER")]
    LimitedTimeOffer(LimitedTimeOffer),
    /// Any other kind, and JSON that is not as Meta documents it.
    #[serde(untagged)]
    Raw(Raw),
}

impl Component {
    /// What it is; see [`Raw::kind`] for kinds without a type of their own.
    #[must_use]
    pub fn kind(&self) -> ComponentKind {
        match self {
            Self::Header(_) => ComponentKind::Header,
            Self::Body(_) => ComponentKind::Body,
            Self::Footer(_) => ComponentKind::Footer,
            Self::Buttons(_) => ComponentKind::Buttons,
            Self::Carousel(_) => ComponentKind::Carousel,
            Self::LimitedTimeOffer(_) => ComponentKind::LimitedTimeOffer,
            Self::Raw(raw) => raw.kind(),
        }
    }

    /// Reads a component without nulls in it. What is not as documented is kept raw with the reason.
    pub(super) fn read(json: Value) -> Self {
        let kind = json.get("type").and_then(Value::as_str).map(ComponentKind::from);
        let typed = match kind {
            Some(ComponentKind::Header) => typed(&json, Header::read, Self::Header),
            Some(ComponentKind::Body) => typed(&json, Body::read, Self::Body),
            Some(ComponentKind::Footer) => typed(&json, Footer::read, Self::Footer),
            Some(ComponentKind::Buttons) => typed(&json, Buttons::read, Self::Buttons),
            Some(ComponentKind::Carousel) => typed(&json, Carousel::read, Self::Carousel),
            Some(ComponentKind::LimitedTimeOffer) => {
                typed(&json, LimitedTimeOffer::read, Self::LimitedTimeOffer)
            }
            Some(kind) => return Self::Raw(Raw::new(json, kind, None)),
            None => Err("it is not an object with a type".to_owned()),
        };
        let kind = kind.unwrap_or_else(|| ComponentKind::from(""));
        typed.unwrap_or_else(|reason| Self::Raw(Raw::new(json, kind, Some(reason))))
    }

    /// Reads a component of a card. No card holds a carousel: one is kept raw, so that reading does not go deeper.
    pub(super) fn read_in_card(json: Value) -> Self {
        let kind = json.get("type").and_then(Value::as_str).map(ComponentKind::from);
        if kind == Some(ComponentKind::Carousel) {
            let reason = "a card cannot hold a carousel".to_owned();
            return Self::Raw(Raw::new(json, ComponentKind::Carousel, Some(reason)));
        }
        Self::read(json)
    }
}

fn typed<T>(
    json: &Value,
    read: fn(Members) -> Result<T, Reason>,
    wrap: fn(T) -> Component,
) -> Result<Component, Reason> {
    let mut members = Members::of(json.clone(), "it")?;
    members.take("type");
    read(members).map(wrap)
}

impl<'de> Deserialize<'de> for Component {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|json| Self::read(without_nulls(json)))
    }
}

/// A component this version has no type for, or that is not as Meta documents it: its JSON.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Raw {
    pub(super) json: Value,
    #[serde(skip)]
    kind: ComponentKind,
    #[serde(skip)]
    pub(super) reason: Option<Reason>,
}

impl Raw {
    fn new(mut json: Value, kind: ComponentKind, reason: Option<Reason>) -> Self {
        // A known kind is spelled as Meta answers it; an unknown one stays as it came.
        if let Some(Value::String(spelling)) = json.get_mut("type") {
            kind.as_str().clone_into(spelling);
        }
        Self { json, kind, reason }
    }

    /// What it is; [`ComponentKind::Unknown`] with an empty spelling when it does not say.
    #[must_use]
    pub fn kind(&self) -> ComponentKind {
        self.kind.clone()
    }

    /// Its JSON, without members that are null.
    #[must_use]
    pub fn json(&self) -> String {
        self.json.to_string()
    }

    /// Why a known kind could not be read; nothing when this version just has no type for it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("kind", &self.kind).field("reason", &self.reason).finish_non_exhaustive()
    }
}

macro_rules! component_from {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Component {
            fn from(component: $kind) -> Self {
                Self::$kind(component)
            }
        }
    )+};
}
component_from!(Header, Body, Footer, Buttons, Carousel, LimitedTimeOffer);
