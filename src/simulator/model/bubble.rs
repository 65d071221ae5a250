//! How a phone shows the body of a send.

use super::shown::{ButtonKind, Shown, ShownButton, ShownCard};
use crate::{
    id::MessageId,
    simulator::{
        ApprovedTemplate,
        json::{list, text},
        template::Filled,
    },
};
use serde_json::Value;

impl Shown {
    /// What the phone shows of a place or of cards of contacts that the customer sends; the model gives it its id.
    pub(in crate::simulator) fn of_content(kind: &str, content: &Value) -> Self {
        let mut shown = Self::new(MessageId::from(""), kind, false);
        shown.text = if kind == "location" { place(content) } else { Some(names(content)) };
        shown
    }

    /// What the phone shows of a body that has passed the checks.
    pub(super) fn of_request(id: MessageId, body: &Value, template: Option<&ApprovedTemplate>) -> Self {
        let kind = text(body, "/type").unwrap_or_default();
        let mut shown = Self::new(id, kind, true);
        shown.reply_to = text(body, "/context/message_id").map(MessageId::from);
        let content = body.get(kind).unwrap_or(&Value::Null);
        match kind {
            "text" => shown.text = owned(content, "/body"),
            "contacts" => shown.text = Some(names(content)),
            "location" => shown.text = place(content),
            "interactive" => shown.show_interactive(content),
            "template" => {
                if let Some(template) = template {
                    shown.show_template(template.fill(content));
                }
            }
            _ => {
                shown.media = file(content);
                shown.text = owned(content, "/caption");
                shown.header = owned(content, "/filename");
            }
        }
        shown
    }

    fn show_interactive(&mut self, content: &Value) {
        self.text = owned(content, "/body/text").or_else(|| owned(content, "/action/product_retailer_id"));
        self.footer = owned(content, "/footer/text");
        (self.header, self.media) = header(content);
        let action = content.get("action").unwrap_or(&Value::Null);
        self.menu = owned(action, "/button");
        self.buttons = buttons(text(content, "/type").unwrap_or_default(), action);
        self.cards = list(action, "/cards").iter().map(card).collect();
    }

    fn show_template(&mut self, filled: Filled) {
        (self.header, self.text, self.footer) = (filled.header, filled.body, filled.footer);
        (self.media, self.buttons) = (filled.media, filled.buttons);
        let card = |card: Filled| ShownCard {
            header: card.header,
            text: card.body,
            media: card.media,
            buttons: card.buttons,
        };
        self.cards = filled.cards.into_iter().map(card).collect();
    }
}

/// The buttons of an interactive message of `kind`; words that WhatsApp chooses are like its own.
fn buttons(kind: &str, action: &Value) -> Vec<ShownButton> {
    let member = |pointer| text(action, pointer).unwrap_or_default();
    let one = |kind, id: &str, title: &str| vec![ShownButton::new(kind, id, title)];
    match kind {
        "button" => replies(action, "reply"),
        "list" => rows(action),
        "cta_url" => link(action).into_iter().collect(),
        "location_request_message" => one(ButtonKind::Share, "", "Send location"),
        "request_contact_info" => one(ButtonKind::Share, "", "Share Contact Info"),
        "call_permission_request" => one(ButtonKind::Share, "", "Allow calls"),
        "address_message" => one(ButtonKind::Share, "", "Provide address"),
        "voice_call" => {
            let title = text(action, "/parameters/display_text").unwrap_or("Call Now");
            one(ButtonKind::Call, member("/parameters/payload"), title)
        }
        "flow" => one(ButtonKind::Flow, member("/parameters/flow_token"), member("/parameters/flow_cta")),
        "catalog_message" => {
            let product = member("/parameters/thumbnail_product_retailer_id");
            one(ButtonKind::Product, product, "View catalog")
        }
        "product" => one(ButtonKind::Product, member("/product_retailer_id"), "View"),
        "product_list" => products(action),
        "order_details" => one(ButtonKind::Pay, member("/parameters/reference_id"), "Review and Pay"),
        _ => Vec::new(),
    }
}

/// A card of an interactive carousel.
fn card(card: &Value) -> ShownCard {
    let (header, media) = header(card);
    let action = card.get("action").unwrap_or(&Value::Null);
    let product = owned(action, "/product_retailer_id");
    let mut buttons = replies(action, "quick_reply");
    buttons.extend(link(action));
    buttons.extend(product.iter().map(|id| ShownButton::new(ButtonKind::Product, id, "View")));
    ShownCard { header: header.or(product), text: owned(card, "/body/text"), media, buttons }
}

/// Buttons whose id and title are in the member `kind`.
fn replies(action: &Value, kind: &str) -> Vec<ShownButton> {
    let button = |button: &Value| {
        let reply = button.get(kind)?;
        Some(ShownButton::new(ButtonKind::Reply, text(reply, "/id")?, text(reply, "/title")?))
    };
    list(action, "/buttons").iter().filter_map(button).collect()
}

fn rows(action: &Value) -> Vec<ShownButton> {
    in_sections(action, "/rows", |row| {
        let mut shown = ShownButton::new(ButtonKind::Row, text(row, "/id")?, text(row, "/title")?);
        shown.description = owned(row, "/description");
        Some(shown)
    })
}

/// There is no catalog to look up names in: products are shown by their ids.
fn products(action: &Value) -> Vec<ShownButton> {
    in_sections(action, "/product_items", |product| {
        let id = text(product, "/product_retailer_id")?;
        Some(ShownButton::new(ButtonKind::Product, id, id))
    })
}

fn in_sections(
    action: &Value,
    items: &str,
    read: impl Fn(&Value) -> Option<ShownButton>,
) -> Vec<ShownButton> {
    let mut shown = Vec::new();
    for section in list(action, "/sections") {
        for mut button in list(section, items).iter().filter_map(&read) {
            button.section = owned(section, "/title");
            shown.push(button);
        }
    }
    shown
}

fn link(action: &Value) -> Option<ShownButton> {
    let url = text(action, "/parameters/url")?;
    Some(ShownButton::new(ButtonKind::Link, url, text(action, "/parameters/display_text")?))
}

/// The text of a header, or the name of its document, and its file.
fn header(holder: &Value) -> (Option<String>, Option<String>) {
    let Some(header) = holder.get("header") else { return (None, None) };
    let part = text(header, "/type").and_then(|kind| header.get(kind)).unwrap_or(&Value::Null);
    (part.as_str().map(str::to_owned).or_else(|| owned(part, "/filename")), file(part))
}

fn file(part: &Value) -> Option<String> {
    owned(part, "/id").or_else(|| owned(part, "/link"))
}

fn names(contacts: &Value) -> String {
    let names = list(contacts, "").iter().filter_map(|contact| text(contact, "/name/formatted_name"));
    names.collect::<Vec<_>>().join(", ")
}

/// Name and address of a place; without either, where it is.
fn place(location: &Value) -> Option<String> {
    let words: Vec<&str> = ["/name", "/address"].iter().filter_map(|part| text(location, part)).collect();
    if !words.is_empty() {
        return Some(words.join(", "));
    }
    let degrees = |name| {
        let value: &Value = location.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    Some(format!("{}, {}", degrees("latitude")?, degrees("longitude")?))
}

fn owned(value: &Value, pointer: &str) -> Option<String> {
    text(value, pointer).map(str::to_owned)
}
