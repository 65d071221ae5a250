//! Forms for an address.
//!
//! Meta's page is about India; Singapore was there before. Another country has other fields, so that any are taken.

use super::{At, Result, named};

pub(super) fn check(action: &At<'_>) -> Result {
    let parameters = named(action, "address_message")?;
    parameters.only(&["country", "values", "saved_addresses", "validation_errors"])?;
    let country = parameters.need("country")?;
    if !matches!(country.text()?.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z']) {
        return Err(country.value("must be two capital letters"));
    }
    parameters.optional("values", values)?;
    let mut ids = Vec::new();
    for saved in parameters.optional("saved_addresses", At::list)?.unwrap_or_default() {
        saved.only(&["id", "value"])?;
        saved.need("id")?.unique(&mut ids)?;
        values(&saved.need("value")?)?;
    }
    parameters.optional("validation_errors", problems).map(drop)
}

/// What is filled in: fields by name, which Meta's own examples have empty, too.
fn values(fields: &At<'_>) -> Result {
    for (name, field) in fields.members()? {
        if !field.value.is_null() {
            field.text_or_empty(if name == "in_pin_code" { 6 } else { usize::MAX })?;
        }
    }
    Ok(())
}

/// What is wrong, by the name of the field.
fn problems(fields: &At<'_>) -> Result {
    let mut fields = fields.members()?.into_iter().filter(|(_, field)| !field.value.is_null());
    fields.try_for_each(|(_, problem)| problem.text().map(drop))
}
