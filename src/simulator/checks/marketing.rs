//! What the Marketing Messages API takes: marketing templates to one person, with two members more than other sends have.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/send-marketing-messages>

use super::{Result, at::At, message};
use crate::{
    simulator::{
        json::text,
        model::{Model, Phone},
        refusal::Refusal,
    },
    time::Timestamp,
};
use serde_json::Value;

/// The members that other sends do not have.
const OWN: [&str; 2] = ["product_policy", "message_activity_sharing"];

/// Checks the body of a send through `marketing_messages`.
pub(in crate::simulator) fn marketing(body: &Value, from: &Phone, model: &Model, now: Timestamp) -> Result {
    let whole = At::root(body);
    if text(body, "/type") != Some("template") {
        return Err(Refusal::unsupported("Message must be a template message."));
    }
    if let Some(audience) = whole.get("recipient_type") {
        audience.one_of(&["individual"])?;
    }
    if let Some(policy) = whole.get("product_policy") {
        policy.one_of(&["CLOUD_API_FALLBACK", "STRICT"])?;
    }
    if let Some(sharing) = whole.get("message_activity_sharing") {
        sharing.boolean()?;
    }
    let mut common = body.clone();
    if let Some(members) = common.as_object_mut() {
        members.retain(|name, _| !OWN.contains(&name.as_str()));
    }
    message(&common, from, model, now)?;
    let member = |pointer| text(body, pointer).unwrap_or_default();
    let (name, language) = (member("/template/name"), member("/template/language/code"));
    let template = model.templates().find(&from.account_id, name, language);
    if template.is_some_and(|kept| kept.approved.category.eq_ignore_ascii_case("marketing")) {
        Ok(())
    } else {
        // Meta's list has 131055 for this as well; 134100 is the one that says nothing else.
        Err(Refusal::new(134_100, "The template is not of the category MARKETING."))
    }
}
