//! Messages that are files, and files inside other messages.

use super::{Around, Result, at::At, file};
use crate::{id::MediaId, simulator::refusal::Refusal};

/// A message that is a file: `kind` is `image`, `audio`, `video`, `document` or `sticker`.
pub(super) fn media(kind: &str, content: &At<'_>, around: Around<'_>) -> Result {
    content.only(match kind {
        "image" | "video" => &["id", "link", "caption"],
        "document" => &["id", "link", "caption", "filename"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    })?;
    source(kind, content, around)?;
    content.optional("caption", |caption| caption.text_up_to(1024))?;
    content.optional("filename", At::text)?;
    if content.optional("voice", At::boolean)? == Some(true) {
        voice(content, around)?;
    }
    Ok(())
}

/// A file of `kind` inside another message: no caption, and a name only for documents.
pub(super) fn part(kind: &str, content: &At<'_>, around: Around<'_>) -> Result {
    content.only(if kind == "document" { &["id", "link", "filename"] } else { &["id", "link"] })?;
    content.optional("filename", At::text)?;
    source(kind, content, around)
}

/// Where the bytes come from: an uploaded file that fits, or a link, but not both.
pub(super) fn source(kind: &str, content: &At<'_>, around: Around<'_>) -> Result {
    match (content.get("id"), content.get("link")) {
        (Some(_), Some(_)) => Err(content.value("has both id and link")),
        (None, None) => content.need("id").map(drop),
        (None, Some(link)) => link.web_address(),
        (Some(id), None) => {
            let Some(object) = around.model.media(&MediaId::from(id.id()?)) else {
                return Err(id.value("is not the id of a media object of this number"));
            };
            // An animation is a video without sound.
            if file::fits(if kind == "gif" { "video" } else { kind }, &object.mime) {
                Ok(())
            } else {
                Err(Refusal::new(131_053, format!("The media object cannot be sent as {kind}.")))
            }
        }
    }
}

/// A voice message is an Ogg file. What is behind a link is not fetched.
fn voice(content: &At<'_>, around: Around<'_>) -> Result {
    let uploaded = content.optional("id", At::id)?.and_then(|id| around.model.media(&MediaId::from(id)));
    match uploaded {
        Some(object) if !object.mime.starts_with("audio/ogg") => {
            Err(content.refuse(131_053, "is a voice message, which has to be audio/ogg"))
        }
        _ => Ok(()),
    }
}
