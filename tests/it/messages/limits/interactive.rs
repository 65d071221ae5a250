//! Questions, buttons, forms and carousels.

use super::{Known, Limit};
use whatsapp_business::message::{
    Address, AddressRequest, Buttons, CallButton, CallPermissionRequest, ContactInfoRequest, Flow, Header,
    LinkButton, List, LocationRequest, MediaCard, MediaCarousel, Row, Section,
};

pub(super) fn limits(known: &Known) -> Vec<Limit> {
    [buttons(), lists(), links_and_calls(), requests(), flows(), carousels(known)]
        .into_iter()
        .flatten()
        .collect()
}

fn buttons() -> Vec<Limit> {
    let ask = |body: &str| Buttons::new(body).button("a", "A");
    vec![
        Limit::text("Buttons::MAX_BODY", Buttons::MAX_BODY, |text| ask(&text)),
        Limit::text("Buttons::MAX_FOOTER", Buttons::MAX_FOOTER, |text| ask("?").footer(text)),
        Limit::text("Buttons::MAX_ID", Buttons::MAX_ID, |text| Buttons::new("?").button(text, "A")),
        Limit::text("Buttons::MAX_TITLE", Buttons::MAX_TITLE, |text| Buttons::new("?").button("a", text)),
        Limit::most("Buttons::MAX_BUTTONS", Buttons::MAX_BUTTONS, |count| {
            (0..count).fold(Buttons::new("?"), |ask, n| ask.button(n.to_string(), n.to_string()))
        }),
        Limit::text("Header::MAX_TEXT", Header::MAX_TEXT, |text| ask("?").header(text)),
    ]
}

fn lists() -> Vec<Limit> {
    let list = || List::new("?", "Open");
    let of = |row| list().rows([row]);
    let rows = |from: usize, count: usize| (from..from + count).map(|n| Row::new(n.to_string(), "A"));
    vec![
        Limit::text("List::MAX_BODY", List::MAX_BODY, |text| List::new(text, "Open").row("a", "A")),
        Limit::text("List::MAX_FOOTER", List::MAX_FOOTER, |text| list().row("a", "A").footer(text)),
        Limit::text("List::MAX_BUTTON", List::MAX_BUTTON, |text| List::new("?", text).row("a", "A")),
        // Eleven sections have eleven rows at least, which is one more as well.
        Limit::most("List::MAX_SECTIONS", List::MAX_SECTIONS, |count| {
            (0..count).fold(list(), |list, n| list.section(Section::new(n.to_string()).rows(rows(n, 1))))
        }),
        Limit::most("List::MAX_ROWS", List::MAX_ROWS, |count| {
            let first = Section::new("First").rows(rows(0, 4));
            list().section(first).section(Section::new("Second").rows(rows(4, count - 4)))
        }),
        Limit::text("Section::MAX_TITLE", Section::MAX_TITLE, |text| {
            list().section(Section::new(text).row("a", "A"))
        }),
        Limit::text("Row::MAX_ID", Row::MAX_ID, |text| of(Row::new(text, "A"))),
        Limit::text("Row::MAX_TITLE", Row::MAX_TITLE, |text| of(Row::new("a", text))),
        Limit::text("Row::MAX_DESCRIPTION", Row::MAX_DESCRIPTION, |text| {
            of(Row::new("a", "A").description(text))
        }),
    ]
}

fn links_and_calls() -> Vec<Limit> {
    const LINK: &str = "https://example.com";
    vec![
        Limit::text("LinkButton::MAX_BODY", LinkButton::MAX_BODY, |text| LinkButton::new(text, "Open", LINK)),
        Limit::text("LinkButton::MAX_FOOTER", LinkButton::MAX_FOOTER, |text| {
            LinkButton::new("x", "Open", LINK).footer(text)
        }),
        Limit::text("LinkButton::MAX_DISPLAY_TEXT", LinkButton::MAX_DISPLAY_TEXT, |text| {
            LinkButton::new("x", text, LINK)
        }),
        Limit::text("CallButton::MAX_BODY", CallButton::MAX_BODY, CallButton::new),
        Limit::text("CallButton::MAX_DISPLAY_TEXT", CallButton::MAX_DISPLAY_TEXT, |text| {
            CallButton::new("x").display_text(text)
        }),
        Limit::text("CallButton::MAX_PAYLOAD", CallButton::MAX_PAYLOAD, |text| {
            CallButton::new("x").payload(text)
        }),
        Limit::new(
            "CallButton::MAX_TTL_MINUTES",
            CallButton::new("x").ttl_minutes(CallButton::MAX_TTL_MINUTES),
            CallButton::new("x").ttl_minutes(CallButton::MAX_TTL_MINUTES + 1),
        ),
    ]
}

fn requests() -> Vec<Limit> {
    vec![
        Limit::text("LocationRequest::MAX_BODY", LocationRequest::MAX_BODY, LocationRequest::new),
        Limit::text("ContactInfoRequest::MAX_BODY", ContactInfoRequest::MAX_BODY, ContactInfoRequest::new),
        Limit::text("CallPermissionRequest::MAX_BODY", CallPermissionRequest::MAX_BODY, |text| {
            CallPermissionRequest::new().body(text)
        }),
        Limit::text("AddressRequest::MAX_BODY", AddressRequest::MAX_BODY, |text| {
            AddressRequest::new(text, "IN")
        }),
        Limit::text("AddressRequest::MAX_FOOTER", AddressRequest::MAX_FOOTER, |text| {
            AddressRequest::new("?", "IN").footer(text)
        }),
        Limit::text("Address::MAX_IN_PIN_CODE", Address::MAX_IN_PIN_CODE, |text| {
            AddressRequest::new("?", "IN").prefill(Address::new().in_pin_code(text))
        }),
    ]
}

fn flows() -> Vec<Limit> {
    vec![
        Limit::text("Flow::MAX_BODY", Flow::MAX_BODY, |text| Flow::id(text, "1", "Open")),
        Limit::text("Flow::MAX_FOOTER", Flow::MAX_FOOTER, |text| Flow::id("x", "1", "Open").footer(text)),
        Limit::text("Flow::MAX_CTA", Flow::MAX_CTA, |text| Flow::id("x", "1", text)),
    ]
}

fn carousels(known: &Known) -> Vec<Limit> {
    let card = || MediaCard::image(&known.image);
    let carousel =
        |cards: Vec<MediaCard>| cards.into_iter().fold(MediaCarousel::new("x"), MediaCarousel::card);
    // The second of two cards, the first of which is plain.
    let second = |card: MediaCard| carousel(vec![MediaCard::image(&known.image).button("a", "A"), card]);
    let linked = |words: String| card().link(words, "https://example.com");
    let many = |count| carousel(vec![card().button("a", "A"); count]);
    vec![
        Limit::text("MediaCarousel::MAX_BODY", MediaCarousel::MAX_BODY, |text| {
            let plain = card().button("a", "A");
            MediaCarousel::new(text).card(plain.clone()).card(plain)
        }),
        Limit::least("MediaCarousel::MIN_CARDS", MediaCarousel::MIN_CARDS, many),
        Limit::most("MediaCarousel::MAX_CARDS", MediaCarousel::MAX_CARDS, many),
        Limit::text("MediaCard::MAX_BODY", MediaCard::MAX_BODY, |text| {
            second(card().body(text).button("a", "A"))
        }),
        Limit::most("MediaCard::MAX_LINE_BREAKS", MediaCard::MAX_LINE_BREAKS, |count| {
            second(card().body(format!("a{}b", "\n".repeat(count))).button("a", "A"))
        }),
        Limit::text("MediaCard::MAX_DISPLAY_TEXT", MediaCard::MAX_DISPLAY_TEXT, |text| {
            carousel(vec![linked("Open".to_owned()), linked(text)])
        }),
        Limit::text("MediaCard::MAX_ID", MediaCard::MAX_ID, |text| second(card().button(text, "A"))),
        Limit::text("MediaCard::MAX_TITLE", MediaCard::MAX_TITLE, |text| second(card().button("a", text))),
    ]
}
