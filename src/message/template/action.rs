//! What a button does that is more than a text: a Flow, products, an order.

use super::{
    Template,
    order::{OrderParameters, PaymentSetting, check_object},
};
use crate::{
    check,
    error::{Path, Violation},
    wire,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The members of every kind of action; which of them it has depends on the kind of the button.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Action {
    #[serde(deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) flow_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flow_action_data: Option<Value>,
    #[serde(deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) thumbnail_product_retailer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sections: Option<Vec<Section>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order_details: Option<OrderParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment_request: Option<PaymentRequest>,
}

/// Products under a title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    #[serde(deserialize_with = "wire::text")]
    title: String,
    product_items: Vec<Item>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(deserialize_with = "wire::text")]
    product_retailer_id: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentRequest {
    pub(super) payment_setting: PaymentSetting,
}

impl Section {
    pub(super) fn new(title: String, products: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let item = |id: _| Item { product_retailer_id: Into::into(id) };
        Self { title, product_items: products.into_iter().map(item).collect() }
    }
}

impl Action {
    /// `button` is the kind of the button; of an unknown one any members are taken.
    pub(super) fn check(&self, at: Path<'_>, button: Option<&str>, out: &mut Vec<Violation>) {
        self.check_members(at, button, out);
        if let Some(token) = &self.flow_token {
            check::filled(at.field("flow_token"), token, out);
        }
        if let Some(data) = &self.flow_action_data
            && data.as_object().is_none_or(Map::is_empty)
        {
            let limit = "an object with at least one member, or nothing";
            out.push(Violation::new(at.field("flow_action_data"), "is empty or no object", limit));
        }
        if let Some(id) = &self.thumbnail_product_retailer_id {
            check::filled(at.field("thumbnail_product_retailer_id"), id, out);
        }
        if let Some(sections) = &self.sections {
            check_sections(at.field("sections"), sections, out);
        }
        if let Some(order) = &self.order_details {
            check_object(at.field("order_details"), order, out);
        }
        if let Some(request) = &self.payment_request {
            let here = at.field("payment_request");
            check_object(here.field("payment_setting"), &request.payment_setting, out);
        }
    }

    fn check_members(&self, at: Path<'_>, button: Option<&str>, out: &mut Vec<Violation>) {
        let (required, optional): (&[&str], &[&str]) = match button {
            Some("flow") => (&[], &["flow_token", "flow_action_data"]),
            Some("catalog") => (&[], &["thumbnail_product_retailer_id"]),
            Some("mpm") => (&["thumbnail_product_retailer_id", "sections"], &[]),
            Some("order_details") => (&["order_details"], &[]),
            Some("payment_request") => (&["payment_request"], &[]),
            _ => return,
        };
        for (name, is_there) in [
            ("flow_token", self.flow_token.is_some()),
            ("flow_action_data", self.flow_action_data.is_some()),
            ("thumbnail_product_retailer_id", self.thumbnail_product_retailer_id.is_some()),
            ("sections", self.sections.is_some()),
            ("order_details", self.order_details.is_some()),
            ("payment_request", self.payment_request.is_some()),
        ] {
            let problem = match (is_there, required.contains(&name), optional.contains(&name)) {
                (false, true, _) => "is missing",
                (true, false, false) => "does not belong to this kind of button",
                _ => continue,
            };
            out.push(Violation::new(at.field(name), problem, [required, optional].concat().join(", ")));
        }
    }
}

fn check_sections(at: Path<'_>, sections: &[Section], out: &mut Vec<Violation>) {
    let counted = |count: usize, max: usize, what: &str, out: &mut Vec<Violation>| {
        if !(1..=max).contains(&count) {
            out.push(Violation::new(at, format!("has {count} {what}"), format!("1 to {max} {what}")));
        }
    };
    counted(sections.len(), Template::MAX_SECTIONS, "sections", out);
    let products = sections.iter().map(|section| section.product_items.len()).sum();
    counted(products, Template::MAX_PRODUCTS, "products", out);
    for (index, section) in sections.iter().enumerate() {
        let item = at.index(index);
        check::text(item.field("title"), &section.title, Template::MAX_SECTION_TITLE, out);
        let list = item.field("product_items");
        if section.product_items.is_empty() && products > 0 {
            out.push(Violation::new(list, "is empty", "at least one product"));
        }
        for (index, product) in section.product_items.iter().enumerate() {
            let product_item = list.index(index);
            check::filled(product_item.field("product_retailer_id"), &product.product_retailer_id, out);
        }
    }
}
