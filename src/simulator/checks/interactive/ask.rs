//! Messages that ask for something: a place, a contact, leave to call, a call.

use super::{At, Result, may_be_bare};

/// An action that is nothing but its name.
pub(super) fn bare(action: &At<'_>, name: &str) -> Result {
    action.only(&["name"])?;
    action.need("name")?.one_of(&[name]).map(drop)
}

pub(super) fn voice_call(action: &At<'_>) -> Result {
    let Some(parameters) = may_be_bare(action, "voice_call")? else { return Ok(()) };
    parameters.only(&["display_text", "ttl_minutes", "payload"])?;
    parameters.optional("display_text", |text| text.text_up_to(20))?;
    parameters.optional("ttl_minutes", |minutes| minutes.integer_in(1..=43_200))?;
    parameters.optional("payload", |payload| payload.text_up_to(512)).map(drop)
}
