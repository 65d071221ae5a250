//! Interactive messages: what stands around the action, and for each type its action.

mod address;
mod ask;
mod buttons;
mod carousel;
mod flow;
mod link;
mod list;
mod products;

pub(super) use products::sections as product_sections;

use super::{Around, Result, at::At, media, order};

/// What each `interactive.type` may have around its action.
const FRAMES: [(&str, Frame); 15] = [
    ("button", Frame::new(ANY_HEADER)),
    ("list", Frame { body: Some(4096), ..Frame::new(Header::May(&["text"])) }),
    ("cta_url", Frame::new(ANY_HEADER)),
    ("location_request_message", Frame::BODY_ONLY),
    ("request_contact_info", Frame::BODY_ONLY),
    ("call_permission_request", Frame { body: None, ..Frame::BODY_ONLY }),
    ("voice_call", Frame::BODY_ONLY),
    ("flow", Frame::new(ANY_HEADER)),
    ("catalog_message", Frame::new(Header::No)),
    ("product", Frame { body: None, ..Frame::new(Header::No) }),
    ("product_list", Frame::new(Header::Must(&["text"]))),
    ("carousel", Frame::BODY_ONLY),
    ("address_message", Frame::new(ANY_HEADER)),
    ("order_details", Frame::new(Header::May(&["image"]))),
    // Brazil's page has a header, the others have none.
    ("order_status", Frame::new(ANY_HEADER)),
];

const ANY_HEADER: Header = Header::May(&["text", "image", "video", "document"]);

#[derive(Clone, Copy)]
struct Frame {
    header: Header,
    /// The longest body, where there has to be one.
    body: Option<usize>,
    footer: bool,
}

#[derive(Clone, Copy)]
enum Header {
    No,
    May(&'static [&'static str]),
    Must(&'static [&'static str]),
}

impl Frame {
    const BODY_ONLY: Self = Self { footer: false, ..Self::new(Header::No) };

    const fn new(header: Header) -> Self {
        Self { header, body: Some(1024), footer: true }
    }

    fn check(self, content: &At<'_>, around: Around<'_>) -> Result {
        content.only(&["type", "header", "body", "footer", "action"])?;
        match (self.header, content.get("header")) {
            (Header::No, _) => content.without("header")?,
            (Header::Must(_), None) => content.need("header").map(drop)?,
            (Header::May(_), None) => {}
            (Header::May(kinds) | Header::Must(kinds), Some(header)) => check_header(&header, kinds, around)?,
        }
        match self.body {
            Some(most) => text_of(&content.need("body")?, most)?,
            None => drop(content.optional("body", |body| text_of(body, 1024))?),
        }
        if !self.footer {
            content.without("footer")?;
        }
        content.optional("footer", |footer| text_of(footer, 60)).map(drop)
    }
}

pub(super) fn interactive(content: &At<'_>, around: Around<'_>) -> Result {
    let types = FRAMES.map(|(kind, _)| kind);
    let kind = content.need("type")?.one_of(&types)?;
    if let Some((_, frame)) = FRAMES.into_iter().find(|(known, _)| *known == kind) {
        frame.check(content, around)?;
    }
    let action = content.need("action")?;
    match kind {
        "button" => buttons::check(&action),
        "list" => list::check(&action),
        "cta_url" => link::check(&action, content.get("header").is_some()),
        "location_request_message" => ask::bare(&action, "send_location"),
        "request_contact_info" => ask::bare(&action, "request_contact_info"),
        "call_permission_request" => ask::bare(&action, "call_permission_request"),
        "voice_call" => ask::voice_call(&action),
        "flow" => flow::check(&action),
        "catalog_message" => products::catalog(&action),
        "product" => products::one(&action),
        "product_list" => products::several(&action),
        "carousel" => carousel::check(&action, around),
        "address_message" => address::check(&action),
        "order_details" => order::message(&named(&action, "review_and_pay")?, content, around),
        _ => order::status(&named(&action, "review_order")?),
    }
}

/// The parameters of the action `name`.
fn named<'a>(action: &At<'a>, name: &str) -> Result<At<'a>> {
    action.only(&["name", "parameters"])?;
    action.need("name")?.one_of(&[name])?;
    action.need("parameters")
}

/// Like [`named`] for an action that can do without parameters.
fn may_be_bare<'a>(action: &At<'a>, name: &str) -> Result<Option<At<'a>>> {
    action.only(&["name", "parameters"])?;
    action.need("name")?.one_of(&[name])?;
    Ok(action.get("parameters"))
}

/// A body or a footer.
fn text_of(part: &At<'_>, most: usize) -> Result {
    part.only(&["text"])?;
    part.need("text")?.text_up_to(most).map(drop)
}

fn check_header(header: &At<'_>, kinds: &[&str], around: Around<'_>) -> Result {
    let kind = header.need("type")?.one_of(kinds)?;
    let part = header.need(kind)?;
    if kind == "text" {
        // The second line is in Meta's OpenAPI document only.
        header.only(&["type", "text", "sub_text"])?;
        header.optional("sub_text", |text| text.text_up_to(60))?;
        part.text_up_to(60).map(drop)
    } else {
        header.only(&["type", kind])?;
        media::part(kind, &part, around)
    }
}
