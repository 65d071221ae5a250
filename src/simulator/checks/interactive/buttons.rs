//! Reply buttons.

use super::{At, Result};

pub(super) fn check(action: &At<'_>) -> Result {
    action.only(&["buttons"])?;
    replies(&action.need("buttons")?, "reply", 256)
}

/// Buttons of `kind`, which is also the name of the member that holds id and title.
pub(super) fn replies(buttons: &At<'_>, kind: &str, longest_id: usize) -> Result {
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    for button in buttons.elements_up_to(3)? {
        button.only(&["type", kind])?;
        button.need("type")?.one_of(&[kind])?;
        let reply = button.need(kind)?;
        reply.only(&["id", "title"])?;
        let (id, title) = (reply.need("id")?, reply.need("title")?);
        let text = id.text_up_to(longest_id)?;
        if text.trim() != text {
            return Err(id.value("has leading or trailing space"));
        }
        id.unique(&mut ids)?;
        title.text_up_to(20)?;
        title.unique(&mut titles)?;
    }
    Ok(())
}
