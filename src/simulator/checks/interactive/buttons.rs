//! Reply buttons.

use super::{At, Result};

pub(super) fn check(action: &At<'_>) -> Result {
    action.only(&["buttons"])?;
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    for button in action.need("buttons")?.elements_up_to(3)? {
        let reply = reply(&button, "reply", 256)?;
        let (id, title) = (reply.need("id")?, reply.need("title")?);
        let text = id.text()?;
        if text.trim() != text {
            return Err(id.value("has leading or trailing space"));
        }
        id.unique(&mut ids)?;
        title.unique(&mut titles)?;
    }
    Ok(())
}

/// What a button of `kind` holds in the member of that name: an id and a title.
pub(super) fn reply<'a>(button: &At<'a>, kind: &str, longest_id: usize) -> Result<At<'a>> {
    button.only(&["type", kind])?;
    button.need("type")?.one_of(&[kind])?;
    let reply = button.need(kind)?;
    reply.only(&["id", "title"])?;
    reply.need("id")?.text_up_to(longest_id)?;
    reply.need("title")?.text_up_to(20)?;
    Ok(reply)
}
