//! Text, files, places, people, and the options of every message.

use crate::exhibit::{Exhibit, Stage};
use whatsapp_business::{
    message::{
        Audio, Contact, ContactAddress, ContactEmail, ContactPhone, ContactUrl, Contacts, Document, Image,
        Location, Message, Pin, Raw, Reaction, Sticker, Text, Video,
    },
    recipient::Recipient,
};

pub(crate) fn exhibits(stage: &Stage) -> Vec<Exhibit> {
    let files = &stage.files;
    let mut all = vec![
        stage.show("text", "Your panels ship on Monday"),
        stage.show("text with a preview", Text::new("Plans: https://example.com/plans").preview_url(true)),
        stage.show("image", Image::new(files.image.clone()).caption("Roof survey")),
        stage.show("image by link", Image::link("https://example.com/roof.jpg")),
        stage.show("video", Video::new(files.video.clone()).caption("How the inverter is set up")),
        stage.show("audio", Audio::new(files.audio.clone())),
        stage.show("voice note", Audio::voice(files.voice.clone())),
        stage.show(
            "document",
            Document::new(files.document.clone()).filename("Offer.pdf").caption("Your offer"),
        ),
        stage.show("sticker", Sticker::new(files.sticker.clone())),
        stage.show("location", Location::new(37.4847, -122.1484).name("Showroom").address("1 Hacker Way")),
        stage.show(
            "contact",
            Contact::new("Grace of Sunrise Solar").first_name("Grace").phone("+14155550123"),
        ),
        stage.show("contact with a full card", Contacts::new([full_card()])),
        stage.show("reaction", Reaction::new(stage.quoted.clone(), "👍")),
        stage.show("reaction taken back", Reaction::remove(stage.quoted.clone())),
        stage.show("any kind, as JSON", raw()),
    ];
    all.extend(options(stage));
    all
}

fn full_card() -> Contact {
    Contact::new("Dr. Grace M. Lopez Jr.")
        .prefix("Dr.")
        .first_name("Grace")
        .middle_name("M.")
        .last_name("Lopez")
        .suffix("Jr.")
        .company("Sunrise Solar")
        .department("Roofs")
        .job_title("Engineer")
        .birthday("1990-05-17")
        .phone(ContactPhone::new("+1 415 555 0123").label("WORK").wa_id("14155550123"))
        .email(ContactEmail::new("grace@example.com").label("WORK"))
        .url(ContactUrl::new("https://example.com").label("WORK"))
        .address(
            ContactAddress::new()
                .street("1 Hacker Way")
                .city("Menlo Park")
                .state("CA")
                .zip("94025")
                .country("United States")
                .country_code("us")
                .label("WORK"),
        )
}

/// How a kind is sent that this crate has no type for. (This one it has, so that it can be shown being accepted.)
fn raw() -> Raw {
    Raw::new("text", r#"{"body": "Written by hand"}"#).expect("this is JSON")
}

fn options(stage: &Stage) -> Vec<Exhibit> {
    let text = |words: &str| Message::new(stage.customer.clone(), words);
    let mut all = vec![
        stage.show_message("option: quoting a message", text("Yes, that one").reply_to(stage.quoted.clone())),
        stage.show_message(
            "option: data that comes back with each status",
            text("Order 7 is ready").callback_data("order-7"),
        ),
    ];
    if let Some(user) = &stage.user {
        let message = Message::new(user.clone(), "Hello, whatever your number is");
        all.push(stage.show_message("recipient: business-scoped user id", message));
    }
    if let Some((group, pinned)) = &stage.group {
        let to = || Recipient::Group(group.clone());
        all.extend([
            stage.show_message("recipient: group", Message::new(to(), "The crew meets at nine")),
            stage.show_message("pin in a group", Message::new(to(), Pin::new(pinned.clone(), 7))),
            stage.show_message("pin taken off", Message::new(to(), Pin::remove(pinned.clone()))),
        ]);
    }
    all
}
