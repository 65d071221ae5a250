//! Header, body, footer and the components that few templates have.

use super::{
    Around, At, Result, one_of, short,
    words::{self, Cut, is_formatted},
};

const HEADER: i64 = 2_388_047;
pub(super) const BODY: i64 = 2_388_072;
pub(super) const FOOTER: i64 = 2_388_073;
const NO_SAMPLE: i64 = 2_388_273;
const TOO_MANY: i64 = 2_388_293;
const AT_THE_EDGE: i64 = 2_388_299;

/// Every component of a template.
pub(super) const KINDS: [&str; 7] =
    ["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"];

pub(super) fn check(kind: &str, part: &At<'_>, around: Around<'_>) -> Result {
    match kind {
        "HEADER" => header(part, around),
        "BODY" => body(part, around),
        "FOOTER" => footer(part),
        "LIMITED_TIME_OFFER" => offer(part, around),
        _ => part.only(&["type"]),
    }
}

pub(super) fn header(part: &At<'_>, around: Around<'_>) -> Result {
    part.only(&["type", "format", "text", "example"])?;
    let format = part.need("format")?;
    match one_of(&format, &["TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT"])? {
        "TEXT" => {
            let text = part.need("text")?;
            let cut = Cut::of(short(&text, 60)?);
            if cut.placeholders.len() > 1 {
                return Err(text.unsupported("has more than one placeholder").of_template(HEADER));
            }
            if cut.rest.iter().any(|words| is_formatted(words)) {
                return Err(text.unsupported("has formatting").of_template(HEADER));
            }
            words::check(part, &cut, around.is_named, "header_text", HEADER)
        }
        "LOCATION" | "PRODUCT" => part.without("text"),
        _ => sample(part, around),
    }
}

/// A file that was really uploaded to the app.
fn sample(part: &At<'_>, around: Around<'_>) -> Result {
    part.without("text")?;
    let handle = part.value.pointer("/example/header_handle");
    let handle = handle.and_then(|handles| handles.get(0).or(Some(handles))).and_then(|one| one.as_str());
    if handle.is_some_and(|handle| around.model.uploads.file(handle).is_some()) {
        Ok(())
    } else {
        let problem = "needs example.header_handle with the handle of an uploaded file";
        Err(part.unsupported(problem).of_template(NO_SAMPLE))
    }
}

pub(super) fn body(part: &At<'_>, around: Around<'_>) -> Result {
    part.only(&["type", "text", "example"])?;
    let text = part.need("text")?;
    let cut = Cut::of(short(&text, around.longest_body)?);
    words::check(part, &cut, around.is_named, "body_text", BODY)?;
    if cut.starts_with_one() || cut.ends_with_one() {
        return Err(text.unsupported("begins or ends with a placeholder").of_template(AT_THE_EDGE));
    }
    if cut.placeholders.len() > cut.words() {
        return Err(text.unsupported("has too many placeholders for its length").of_template(TOO_MANY));
    }
    Ok(())
}

fn footer(part: &At<'_>) -> Result {
    part.only(&["type", "text"])?;
    let text = part.need("text")?;
    if Cut::of(short(&text, 60)?).placeholders.is_empty() {
        Ok(())
    } else {
        Err(text.unsupported("has a placeholder").of_template(FOOTER))
    }
}

fn offer(part: &At<'_>, around: Around<'_>) -> Result {
    if !around.is_marketing {
        return Err(part.unsupported("is for marketing templates"));
    }
    part.only(&["type", "limited_time_offer"])?;
    let offer = part.need("limited_time_offer")?;
    offer.only(&["text", "has_expiration"])?;
    short(&offer.need("text")?, 16)?;
    offer.optional("has_expiration", At::boolean).map(drop)
}
