//! What fills one component of a template, and which components may stand together.

use super::{
    Template, TemplateCard,
    action::{Action, PaymentRequest},
    card,
    parameter::{Parameter, Parameters},
    part::Part,
    value::{ParameterKind, Takes},
};
use crate::{
    error::{Path, Violation},
    message::{Bill, CallButton, MediaSource, PaymentSetting},
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Deserializer, Serialize};

/// What fills one component of a template.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    #[serde(deserialize_with = "lower_case")]
    pub(super) r#type: String,
    #[serde(default, deserialize_with = "optional_lower_case", skip_serializing_if = "Option::is_none")]
    sub_type: Option<String>,
    #[serde(default, deserialize_with = "wire::optional_integer", skip_serializing_if = "Option::is_none")]
    index: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parameters: Option<Parameters>,
    /// The cards of a carousel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cards: Option<Vec<TemplateCard>>,
}

quiet_debug!(Component { r#type, sub_type, index, parameters, cards });

/// What the limits of a component depend on beside the component itself.
#[derive(Clone, Copy)]
pub(super) struct Around {
    pub(super) in_card: bool,
    /// Longest text that fills the body, in characters.
    pub(super) max_body: usize,
    /// Longest text that fills an address, in characters.
    pub(super) max_url: usize,
    /// Whether payment links may be shown with a preview.
    pub(super) previews: bool,
}

/// The components that are known here; each but the button may be there once.
const TYPES: &[&str] = &[
    "header",
    "body",
    "button",
    "limited_time_offer",
    "carousel",
    "tap_target_configuration",
    "order_status",
];

impl Component {
    pub(super) fn new(kind: &str, parameters: Parameters) -> Self {
        Self {
            r#type: kind.to_owned(),
            sub_type: None,
            index: None,
            parameters: Some(parameters),
            cards: None,
        }
    }

    /// A component of one value.
    pub(super) fn of(kind: &str, value: ParameterKind) -> Self {
        Self::new(kind, [Parameter(value)].into())
    }

    pub(super) fn button(
        sub_type: &str,
        index: impl Into<Option<u8>>,
        parameters: impl IntoIterator<Item = ParameterKind>,
    ) -> Self {
        let parameters: Vec<_> = parameters.into_iter().map(Parameter).collect();
        Self {
            r#type: "button".to_owned(),
            sub_type: Some(sub_type.to_owned()),
            index: index.into().map(i64::from),
            parameters: (!parameters.is_empty()).then(|| parameters.into()),
            cards: None,
        }
    }

    pub(super) fn action_button(sub_type: &str, index: u8, action: Action) -> Self {
        Self::button(sub_type, index, [ParameterKind::Action { action: Box::new(action) }])
    }

    pub(super) fn url_button(index: u8, suffix: String) -> Self {
        Self::button("url", index, [ParameterKind::Text { text: suffix, payment_link_preview: None }])
    }

    pub(super) fn quick_reply(index: u8, payload: String) -> Self {
        Self::button("quick_reply", index, [ParameterKind::Payload { payload }])
    }

    pub(super) fn order_details_button(index: u8, bill: Bill) -> Self {
        let action = Action { order_details: Some(bill), ..Action::default() };
        Self::action_button("order_details", index, action)
    }

    pub(super) fn payment_request_button(index: u8, payment_setting: PaymentSetting) -> Self {
        let request = PaymentRequest { payment_setting };
        let action = Action { payment_request: Some(request), ..Action::default() };
        Self::action_button("payment_request", index, action)
    }

    pub(super) fn carousel(cards: Vec<TemplateCard>) -> Self {
        Self { parameters: None, cards: Some(cards), ..Self::new("carousel", Parameters::default()) }
    }

    pub(super) fn media(&mut self) -> impl Iterator<Item = &mut MediaSource> {
        let values = self.parameters.as_mut().into_iter().flat_map(Parameters::media);
        let cards = self.cards.as_mut().into_iter().flatten();
        values.chain(cards.flat_map(|card| card.media()))
    }

    pub(super) fn part(&self) -> Part<'_> {
        Part {
            kind: &self.r#type,
            sub_type: self.sub_type.as_deref(),
            index: self.index,
            values: self.parameters.iter().flat_map(Parameters::values).collect(),
            cards: self.cards.iter().flatten().map(TemplateCard::parts).collect(),
        }
    }

    /// What it takes, by Meta's list of components and buttons.
    fn takes(&self, around: Around) -> Takes<'_> {
        const TEXTS: &[&str] = &["text", "currency", "date_time", "group_id"];
        const HEADERS: &[&str] =
            &["text", "currency", "date_time", "image", "video", "gif", "document", "location", "product"];
        const CARD_HEADERS: &[&str] = &["image", "video", "product"];
        let is_button = self.r#type == "button";
        let button = self.sub_type.as_deref().filter(|_| is_button);
        let (types, most, max): (&'static [&'static str], _, _) = match (self.r#type.as_str(), button) {
            ("header", _) if around.in_card => (CARD_HEADERS, 1, Template::MAX_HEADER),
            ("header", _) => (HEADERS, 1, Template::MAX_HEADER),
            ("body", _) => (TEXTS, usize::MAX, around.max_body),
            ("limited_time_offer", _) => (&["limited_time_offer"], 1, 0),
            ("tap_target_configuration", _) => (&["tap_target_configuration"], 1, 0),
            ("order_status", _) => (&["order_status"], 1, 0),
            (_, Some("url")) => (&["text"], 1, around.max_url),
            (_, Some("quick_reply")) => (&["payload"], 1, Template::MAX_PAYLOAD),
            (_, Some("copy_code")) => (&["coupon_code"], 1, Template::MAX_COUPON_CODE),
            (_, Some("voice_call")) => (&["ttl_minutes", "payload"], 2, CallButton::MAX_PAYLOAD),
            (_, Some("flow" | "catalog" | "mpm" | "order_details" | "payment_request")) => {
                (&["action"], 1, 0)
            }
            (kind, _) => {
                let max = if is_button { Template::MAX_URL } else { Parameters::MAX_TEXT };
                let most = if kind == "carousel" { 0 } else { usize::MAX };
                return Takes { types: None, most, max, previews: false, button };
            }
        };
        Takes { types: Some(types), most, max, previews: around.previews && button == Some("url"), button }
    }

    fn check(&self, at: Path<'_>, around: Around, out: &mut Vec<Violation>) {
        if around.in_card && self.is_known() && !["header", "body", "button"].contains(&&*self.r#type) {
            let limit = "header, body and button";
            out.push(Violation::new(at.field("type"), "does not fit a card", limit));
            return;
        }
        let takes = self.takes(around);
        if let Some(parameters) = &self.parameters {
            parameters.check(at.field("parameters"), takes, out);
        }
        if self.r#type == "carousel" {
            card::check(at.field("cards"), self.cards.as_deref().unwrap_or_default(), out);
        }
        self.check_belonging(at, out);
        if self.r#type != "button" {
            return;
        }
        if self.sub_type.is_none() {
            out.push(Violation::new(at.field("sub_type"), "is missing", "the kind of the button"));
        }
        // Meta's example of a call button has none, and a kind that is not known here may do without, too.
        let has_place = takes.types.is_some() && takes.button != Some("voice_call");
        if has_place && self.index.is_none() {
            out.push(Violation::new(at.field("index"), "is missing", "the place of the button, from 0"));
        }
    }

    /// Whether groups take templates with it.
    pub(super) fn in_groups(&self) -> bool {
        const NOT: &[&str] =
            &["copy_code", "flow", "catalog", "mpm", "order_details", "payment_request", "voice_call"];
        match self.r#type.as_str() {
            "button" => self.sub_type.as_deref().is_none_or(|kind| !NOT.contains(&kind)),
            "limited_time_offer" | "carousel" | "order_status" => false,
            _ => !self.parameters.as_ref().is_some_and(Parameters::has_product),
        }
    }

    /// Notes members that are those of other components.
    fn check_belonging(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, is_there, home) in [
            ("sub_type", self.sub_type.is_some(), "button"),
            ("index", self.index.is_some(), "button"),
            ("cards", self.cards.is_some(), "carousel"),
        ] {
            if self.is_known() && is_there && self.r#type != home {
                let limit = format!("in a {home} only");
                out.push(Violation::new(at.field(name), "does not belong here", limit));
            }
        }
    }

    fn is_known(&self) -> bool {
        TYPES.contains(&&*self.r#type)
    }
}

/// Checks the components of a template or a card, which has `max_buttons` buttons at most.
pub(super) fn check(
    at: Path<'_>,
    components: &[Component],
    max_buttons: usize,
    around: Around,
    out: &mut Vec<Violation>,
) {
    let (mut seen, mut buttons) = (Vec::new(), Vec::new());
    for (place, component) in components.iter().enumerate() {
        let item = at.index(place);
        component.check(item, around, out);
        let kind = component.r#type.as_str();
        if kind != "button" && component.is_known() {
            if seen.contains(&kind) {
                out.push(Violation::new(item, format!("is a second {kind}"), "each component once"));
            } else {
                seen.push(kind);
            }
        }
        if let Some(index) = component.index.filter(|_| kind == "button") {
            if usize::try_from(index).is_ok_and(|index| index < max_buttons) && !buttons.contains(&index) {
                buttons.push(index);
            } else {
                let limit = format!("0 to {}, each once", max_buttons.saturating_sub(1));
                out.push(Violation::new(item.field("index"), "is out of range or used twice", limit));
            }
        }
    }
}

/// The bills of all buttons, those of cards as well, each with the place of its reference.
pub(super) fn bills<'a>(at: Path<'_>, components: &'a [Component], out: &mut Vec<(String, &'a Bill)>) {
    for (index, component) in components.iter().enumerate() {
        let item = at.index(index);
        let parameters = item.field("parameters");
        for (index, bill) in component.parameters.iter().flat_map(Parameters::bills) {
            let action = parameters.index(index);
            let details = action.field("action");
            out.push((details.field("order_details").field("reference_id").to_string(), bill));
        }
        let cards = item.field("cards");
        for (index, card) in component.cards.iter().flatten().enumerate() {
            bills(cards.index(index).field("components"), card.components(), out);
        }
    }
}

fn lower_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.to_ascii_lowercase())
}

fn optional_lower_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|text| text.to_ascii_lowercase()))
}
