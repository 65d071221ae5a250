//! Messages that are answered by a tap.

use crate::exhibit::{Exhibit, Stage};
use serde_json::json;
use whatsapp_business::message::{
    Address, AddressRequest, Buttons, CallButton, CallPermissionRequest, ContactInfoRequest, Flow, Header,
    LinkButton, List, LocationRequest, MediaCard, MediaCarousel, Row, Section,
};

pub(crate) fn exhibits(stage: &Stage) -> Vec<Exhibit> {
    let mut all = asking(stage);
    all.extend(requests(stage));
    all.extend(flows(stage));
    all.extend(carousels(stage));
    all
}

fn asking(stage: &Stage) -> Vec<Exhibit> {
    let files = &stage.files;
    let ask = || Buttons::new("Keep Tuesday 10:00?").button("keep", "Keep").button("move", "Change");
    vec![
        stage.show("reply buttons", ask().header("Your visit").footer("Table 4")),
        stage.show("reply buttons under an image", ask().header(Header::image(files.image.clone()))),
        stage.show("reply buttons under a video", ask().header(Header::video(files.video.clone()))),
        stage.show(
            "reply buttons under a document",
            ask().header(Header::named_document(files.document.clone(), "Offer.pdf")),
        ),
        stage.show(
            "list",
            List::new("When may we come?", "Times").rows([
                Row::new("mon", "Monday").description("9:00 to 12:00"),
                Row::new("tue", "Tuesday").description("13:00 to 17:00"),
            ]),
        ),
        stage.show(
            "list with sections",
            List::new("Which panel?", "Panels")
                .header("Catalog")
                .section(Section::new("Small").row("s-200", "200 W").row("s-300", "300 W"))
                .section(Section::new("Large").row("l-500", "500 W"))
                .footer("Prices with tax"),
        ),
        stage.show(
            "link button",
            LinkButton::new("Your plans are ready", "See plans", "https://example.com/plans")
                .footer("Valid for 30 days"),
        ),
        stage.show(
            "link button under an image",
            LinkButton::new("Your plans are ready", "See plans", "https://example.com/plans")
                .header(Header::image(files.image.clone())),
        ),
    ]
}

fn requests(stage: &Stage) -> Vec<Exhibit> {
    let home = Address::new()
        .name("Asha Rao")
        .house_number("12")
        .city("Pune")
        .state("Maharashtra")
        .in_pin_code("411001");
    vec![
        stage.show("location request", LocationRequest::new("Where is the roof?")),
        stage.show("contact info request", ContactInfoRequest::new("May we have your number?")),
        stage.show(
            "call permission request",
            CallPermissionRequest::new().body("May we call you about the survey?"),
        ),
        stage.show(
            "call button",
            CallButton::new("Questions? Call us.")
                .display_text("Call now")
                .ttl_minutes(60)
                .payload("survey-7"),
        ),
        stage.show("address request", AddressRequest::new("Where shall we ship to?", "IN")),
        stage.show(
            "address request, with what is known",
            AddressRequest::new("Please correct the address", "IN")
                .prefill(home.clone())
                .saved_address("home", home)
                .validation_error("in_pin_code", "We do not ship there yet"),
        ),
    ]
}

fn flows(stage: &Stage) -> Vec<Exhibit> {
    vec![
        stage.show(
            "flow by id",
            Flow::id("Tell us about your roof", "1234567890", "Begin").token("survey-7").navigate("ROOF"),
        ),
        stage.show(
            "flow by name, with data",
            Flow::named("Tell us about your roof", "roof_survey", "Begin")
                .token("survey-8")
                .navigate_with("ROOF", json!({"pitch": 30})),
        ),
        stage.show(
            "flow in draft",
            Flow::id("Try the new survey", "1234567890", "Try").draft().token("survey-9").navigate("ROOF"),
        ),
        stage.show(
            "flow with an endpoint",
            Flow::id("Book a visit", "1234567891", "Book").header("Visits").token("visit-1").data_exchange(),
        ),
    ]
}

fn carousels(stage: &Stage) -> Vec<Exhibit> {
    let files = &stage.files;
    vec![
        stage.show(
            "carousel of links",
            MediaCarousel::new("Our panels")
                .card(
                    MediaCard::image(files.image.clone())
                        .body("200 W")
                        .link("See", "https://example.com/200"),
                )
                .card(
                    MediaCard::image(files.image.clone())
                        .body("300 W")
                        .link("See", "https://example.com/300"),
                ),
        ),
        stage.show(
            "carousel of buttons",
            MediaCarousel::new("Which one?")
                .card(MediaCard::image(files.image.clone()).button("200", "This one"))
                .card(MediaCard::video(files.video.clone()).button("300", "That one")),
        ),
    ]
}
