//! Templates for one-time codes, whose words Meta sets.

use super::{At, Result, buttons, whole_number};

pub(super) fn check(at: &At<'_>, parts: &[(&'static str, At<'_>)]) -> Result {
    let mut has_button = false;
    for (kind, part) in parts {
        match *kind {
            "BODY" => {
                part.only(&["type", "add_security_recommendation"])?;
                part.optional("add_security_recommendation", At::boolean)?;
            }
            "FOOTER" => {
                part.only(&["type", "code_expiration_minutes"])?;
                if let Some(minutes) = part.get("code_expiration_minutes")
                    && !whole_number(minutes.value).is_some_and(|minutes| (1..=90).contains(&minutes))
                {
                    return Err(minutes.unsupported("must be 1 to 90"));
                }
            }
            "BUTTONS" => {
                part.only(&["type", "buttons"])?;
                let list = part.need("buttons")?;
                let [button] = &*list.elements()? else {
                    return Err(list.unsupported("must be one OTP button"));
                };
                buttons::one_time_code(button)?;
                has_button = true;
            }
            _ => return Err(part.unsupported("is not for authentication templates")),
        }
    }
    if has_button { Ok(()) } else { Err(at.unsupported("has no OTP button")) }
}
