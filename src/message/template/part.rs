//! A filled-in template as it is looked at from outside: to hold it against what Meta approved, or to show it.

use super::{Template, component::Component, value::ParameterKind};
use crate::message::{Location, MediaSource};

/// What fills one component.
pub(crate) struct Part<'a> {
    /// `header`, `body`, `button` … as on the wire.
    pub(crate) kind: &'a str,
    /// The kind of a button.
    pub(crate) sub_type: Option<&'a str>,
    /// The place of a button.
    pub(crate) index: Option<i64>,
    pub(crate) values: Vec<Value<'a>>,
    pub(crate) cards: Vec<CardParts<'a>>,
}

/// What fills one card.
pub(crate) struct CardParts<'a> {
    pub(crate) index: i64,
    pub(crate) parts: Vec<Part<'a>>,
}

/// One value, and the placeholder it is for, if it says so.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) name: Option<&'a str>,
    pub(super) kind: &'a ParameterKind,
}

impl<'a> Value<'a> {
    /// Its `type`, of a kind that this version knows.
    pub(crate) fn tag(&self) -> Option<&'static str> {
        self.kind.tag()
    }

    /// The text that stands for it: what a person reads, or a code, a payload, a token, the name of a product.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.kind {
            ParameterKind::GroupId { group_id } => Some(group_id.as_str()),
            ParameterKind::Payload { payload } => Some(payload),
            ParameterKind::CouponCode { coupon_code } => Some(coupon_code),
            ParameterKind::Product { product } => Some(product.retailer_id()),
            ParameterKind::Action { action } => {
                action.flow_token.as_deref().or(action.thumbnail_product_retailer_id.as_deref())
            }
            other => other.shown(),
        }
    }

    /// Its file, and the name that a document is shown under.
    pub(crate) fn file(&self) -> Option<(&'a MediaSource, Option<&'a str>)> {
        match self.kind {
            ParameterKind::Image { image: source }
            | ParameterKind::Video { video: source }
            | ParameterKind::Gif { gif: source } => Some((source, None)),
            ParameterKind::Document { document } => Some((&document.source, document.filename.as_deref())),
            _ => None,
        }
    }

    /// Its place on the map.
    pub(crate) fn location(&self) -> Option<&'a Location> {
        match self.kind {
            ParameterKind::Location { location } => Some(location),
            _ => None,
        }
    }

    /// Whether it asks for a preview of a payment link.
    pub(crate) fn previews_link(&self) -> bool {
        matches!(self.kind, ParameterKind::Text { payment_link_preview: Some(true), .. })
    }

    /// The way to pay that it asks for, as on the wire.
    pub(crate) fn payment_way(&self) -> Option<&'a str> {
        match self.kind {
            ParameterKind::Action { action } => Some(action.payment_request.as_ref()?.payment_setting.kind()),
            _ => None,
        }
    }
}

impl Template {
    /// The same, known to bring a one-time code.
    pub(crate) fn for_one_time_code(self) -> Self {
        Self { is_authentication: true, ..self }
    }

    /// The same, with its components in the order in which they are shown.
    pub(crate) fn in_order_of_display(mut self) -> Self {
        self.components.sort_by_key(|component| match component.r#type.as_str() {
            "header" => 0,
            "body" => 1,
            _ => 2,
        });
        self
    }

    /// What fills its components, in order.
    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        self.components.iter().map(Component::part).collect()
    }
}
