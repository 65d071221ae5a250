//! Interactive messages: reply buttons, lists and links in full, of the others the frame.

use super::{Result, at::At, content};
use crate::simulator::model::Model;

/// Everything `interactive.type` may be.
const TYPES: [&str; 15] = [
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "request_contact_info",
    "call_permission_request",
    "voice_call",
    "flow",
    "catalog_message",
    "product",
    "product_list",
    "carousel",
    "address_message",
    "order_details",
    "order_status",
];

pub(super) fn interactive(content: &At<'_>, model: &Model) -> Result {
    let kind = content.need("type")?.one_of(&TYPES)?;
    body(content, kind)?;
    if let Some(footer) = content.get("footer") {
        footer.need("text")?.text_up_to(60)?;
    }
    if let Some(header) = content.get("header") {
        check_header(&header, kind, model)?;
    }
    let action = content.need("action")?;
    match kind {
        "button" => buttons(&action),
        "list" => list(&action),
        "cta_url" => link(&action),
        _ => Ok(()),
    }
}

/// Three kinds do without a body.
fn body(content: &At<'_>, kind: &str) -> Result {
    let most = if kind == "list" { 4096 } else { 1024 };
    match content.get("body") {
        None if matches!(kind, "call_permission_request" | "product") => Ok(()),
        _ => content.need("body")?.need("text")?.text_up_to(most).map(drop),
    }
}

fn check_header(header: &At<'_>, kind: &str, model: &Model) -> Result {
    let allowed: &[&str] = match kind {
        "list" | "product_list" => &["text"],
        "product" | "call_permission_request" => return Err(header.unsupported("is not allowed here")),
        _ => &["text", "image", "video", "document"],
    };
    let kind = header.need("type")?.one_of(allowed)?;
    let part = header.need(kind)?;
    match kind {
        "text" => part.text_up_to(60).map(drop),
        media => content::source(media, &part, model),
    }
}

fn buttons(action: &At<'_>) -> Result {
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    for button in action.need("buttons")?.elements_up_to(3)? {
        button.need("type")?.one_of(&["reply"])?;
        let reply = button.need("reply")?;
        let (id, title) = (reply.need("id")?, reply.need("title")?);
        let text = id.text_up_to(256)?;
        if text.trim() != text {
            return Err(id.value("has leading or trailing space"));
        }
        unique(&id, &mut ids)?;
        title.text_up_to(20)?;
        unique(&title, &mut titles)?;
    }
    Ok(())
}

fn list(action: &At<'_>) -> Result {
    action.need("button")?.text_up_to(20)?;
    let all = action.need("sections")?;
    let sections = all.elements_up_to(10)?;
    let mut ids = Vec::new();
    for section in &sections {
        match section.get("title") {
            None if sections.len() == 1 => {}
            _ => drop(section.need("title")?.text_up_to(24)?),
        }
        for row in section.need("rows")?.elements()? {
            let id = row.need("id")?;
            id.text_up_to(200)?;
            unique(&id, &mut ids)?;
            row.need("title")?.text_up_to(24)?;
            if let Some(description) = row.get("description") {
                description.text_up_to(72)?;
            }
        }
    }
    if ids.len() > 10 {
        return Err(all.value(&format!("have {} rows in total, at most 10 are allowed", ids.len())));
    }
    Ok(())
}

fn link(action: &At<'_>) -> Result {
    action.need("name")?.one_of(&["cta_url"])?;
    let parameters = action.need("parameters")?;
    parameters.need("display_text")?.text_up_to(20)?;
    parameters.need("url")?.web_address()
}

/// Refuses a text that was there before.
fn unique<'a>(at: &At<'a>, seen: &mut Vec<&'a str>) -> Result {
    let text = at.text()?;
    if seen.contains(&text) {
        return Err(at.value("is there twice"));
    }
    seen.push(text);
    Ok(())
}
