//! What a button does that is more than a text: a Flow, products, an order.

use crate::{
    check,
    error::{Path, Violation},
    message::{Bill, PaymentSetting, ProductSection},
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
    pub(super) sections: Option<Vec<ProductSection>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order_details: Option<Bill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment_request: Option<PaymentRequest>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentRequest {
    pub(super) payment_setting: PaymentSetting,
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
            ProductSection::check_all(sections, at.field("sections"), out);
        }
        if let Some(bill) = &self.order_details {
            bill.check(at.field("order_details"), out);
        }
        if let Some(request) = &self.payment_request {
            let here = at.field("payment_request");
            request.payment_setting.check_in_request(here.field("payment_setting"), out);
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
