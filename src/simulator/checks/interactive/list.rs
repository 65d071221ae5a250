//! Lists.

use super::{At, Result};

pub(super) fn check(action: &At<'_>) -> Result {
    action.only(&["button", "sections"])?;
    action.need("button")?.text_up_to(20)?;
    let all = action.need("sections")?;
    let sections = all.elements_up_to(10)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        title(section, sections.len())?;
        for row in section.need("rows")?.elements()? {
            row.only(&["id", "title", "description"])?;
            let id = row.need("id")?;
            id.text_up_to(200)?;
            id.unique(&mut ids)?;
            row.need("title")?.text_up_to(24)?;
            row.optional("description", |description| description.text_up_to(72))?;
        }
    }
    if ids.len() > 10 {
        return Err(all.value(&format!("have {} rows in total, at most 10 are allowed", ids.len())));
    }
    Ok(())
}

/// The title of one of `count` sections: a section by itself can do without.
pub(super) fn title(section: &At<'_>, count: usize) -> Result {
    if count > 1 {
        section.need("title")?;
    }
    section.optional("title", |title| title.text_up_to(24)).map(drop)
}
