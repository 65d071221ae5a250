//! Texts, files, places, contact cards, reactions and pins.

use super::{Known, Limit};
use whatsapp_business::{
    message::{Contact, Contacts, Document, Image, Location, Message, Pin, Reaction, Text, Video},
    recipient::Recipient,
};

pub(super) fn limits(known: &Known) -> Vec<Limit> {
    let latitude = |degrees| Location::new(degrees, 0.0);
    let longitude = |degrees| Location::new(0.0, degrees);
    let pinned = |days| Message::new(Recipient::group(&known.group), Pin::new(&known.heard, days));
    vec![
        Limit::text("Text::MAX_BODY", Text::MAX_BODY, Text::new),
        Limit::text("Image::MAX_CAPTION", Image::MAX_CAPTION, |text| Image::new(&known.image).caption(text)),
        Limit::text("Video::MAX_CAPTION", Video::MAX_CAPTION, |text| Video::new(&known.video).caption(text)),
        Limit::text("Document::MAX_CAPTION", Document::MAX_CAPTION, |text| {
            Document::new(&known.document).caption(text)
        }),
        Limit::new(
            "Location::MAX_LATITUDE",
            latitude(Location::MAX_LATITUDE),
            latitude(Location::MAX_LATITUDE + 0.000_001),
        ),
        Limit::new(
            "Location::MAX_LONGITUDE",
            longitude(-Location::MAX_LONGITUDE),
            longitude(-Location::MAX_LONGITUDE - 0.000_001),
        ),
        Limit::most("Contacts::MAX_CONTACTS", Contacts::MAX_CONTACTS, |count| {
            Contacts::new(vec![Contact::new("Ana"); count])
        }),
        Limit::most("Reaction::MAX_EMOJI", Reaction::MAX_EMOJI, |count| {
            Reaction::new(&known.heard, "👍".repeat(count))
        }),
        Limit {
            name: "Pin::MAX_DAYS",
            at: pinned(Pin::MAX_DAYS),
            past: pinned(Pin::MAX_DAYS + 1),
            approved: None,
        },
    ]
}
