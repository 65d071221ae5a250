//! Forms for an address, in India.

use super::{At, Result, named};

/// What can be filled in.
const FIELDS: [&str; 11] = [
    "name",
    "phone_number",
    "in_pin_code",
    "house_number",
    "floor_number",
    "tower_number",
    "building_name",
    "address",
    "landmark_area",
    "city",
    "state",
];

pub(super) fn check(action: &At<'_>) -> Result {
    let parameters = named(action, "address_message")?;
    parameters.only(&["country", "values", "saved_addresses", "validation_errors"])?;
    parameters.need("country")?.one_of(&["IN"])?;
    parameters.optional("values", values)?;
    for saved in parameters.optional("saved_addresses", At::list)?.unwrap_or_default() {
        saved.only(&["id", "value"])?;
        saved.need("id")?.text()?;
        values(&saved.need("value")?)?;
    }
    parameters.optional("validation_errors", fields).map(drop)
}

fn values(object: &At<'_>) -> Result {
    fields(object)?;
    object.optional("in_pin_code", |code| code.text_up_to(6)).map(drop)
}

/// A text for each field that is named.
fn fields(object: &At<'_>) -> Result {
    object.only(&FIELDS)?;
    FIELDS.iter().try_for_each(|field| object.optional(field, At::text).map(drop))
}
