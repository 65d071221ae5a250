use super::{assert_kept, assert_round_trip, bad_paths, body, long, media_ids, problems, read};
use crate::message::{Content, Header, LinkButton, MediaSource};
use serde_json::json;

const URL: &str = "https://example.com/offers/42";

#[test]
fn a_link_is_written_as_meta_documents_it() {
    assert_eq!(
        body(LinkButton::new("Ready.", "Open", URL)),
        json!({"type": "interactive", "interactive": {
            "type": "cta_url",
            "body": {"text": "Ready."},
            "action": {"name": "cta_url", "parameters": {"display_text": "Open", "url": URL}},
        }})
    );
    assert_eq!(
        body(LinkButton::new("Ready.", "Open", URL).footer("Valid for a week").payment_link_preview(true)),
        json!({"type": "interactive", "interactive": {
            "type": "cta_url",
            "body": {"text": "Ready."},
            "footer": {"text": "Valid for a week"},
            "action": {"name": "cta_url",
                "parameters": {"display_text": "Open", "url": URL, "payment_link_preview": true}},
        }})
    );
}

#[test]
fn a_link_takes_headers_of_every_kind() {
    let link = || LinkButton::new("Ready.", "Open", URL);
    for (header, written) in [
        (Header::from("Offer"), json!({"type": "text", "text": "Offer"})),
        (Header::image("1"), json!({"type": "image", "image": {"id": "1"}})),
        (Header::video("2"), json!({"type": "video", "video": {"id": "2"}})),
        (Header::document("3"), json!({"type": "document", "document": {"id": "3"}})),
    ] {
        let content = link().header(header);
        assert_eq!(body(content.clone())["interactive"]["header"], written);
        assert_eq!(problems(content.clone()), [""; 0]);
        assert_round_trip(content);
    }
    assert_eq!(media_ids(link().header(Header::video("2"))), ["2"]);
    assert_eq!(media_ids(link().header("Offer")), [""; 0]);
}

#[test]
fn every_limit_of_a_link_holds_at_its_edge_and_breaks_one_past_it() {
    let link = |body, text, footer| LinkButton::new(long(body), long(text), URL).footer(long(footer));
    assert_eq!(problems(link(1024, 20, 60)), [""; 0]);
    let paths =
        ["interactive.body.text", "interactive.footer.text", "interactive.action.parameters.display_text"];
    assert_eq!(bad_paths(link(1025, 21, 61)), paths);
    assert_eq!(bad_paths(link(0, 0, 0)), paths);
    for url in ["", "example.com", "tel:+14155550123", "https://example.com/ "] {
        assert_eq!(
            problems(LinkButton::new("x", "x", url)),
            ["interactive.action.parameters.url: is not an address of the web (a public http or https URL)"]
        );
    }
    let picture = Header::image(MediaSource::link("ftp://example.com/a.png"));
    assert_eq!(bad_paths(LinkButton::new("x", "x", URL).header(picture)), ["interactive.header.image.link"]);
}

#[test]
fn payment_links_are_previewed_without_a_header_only() {
    let link = |preview| LinkButton::new("x", "Pay", URL).payment_link_preview(preview);
    assert_eq!(problems(link(true)), [""; 0]);
    assert_eq!(
        problems(link(true).header("Invoice")),
        [
            "interactive.action.parameters.payment_link_preview: is asked for below a header (only without a header)"
        ]
    );
    assert_eq!(problems(link(false).header("Invoice")), [""; 0]);
    assert_round_trip(link(false).header("Invoice"));
}

#[test]
fn nulls_of_other_writers_are_read() {
    let parameters = json!({"display_text": "Open", "url": URL, "payment_link_preview": null});
    let theirs = json!({"type": "cta_url", "header": null, "body": {"text": "x"}, "footer": null,
        "action": {"name": "cta_url", "parameters": parameters}});
    let Content::LinkButton(link) = read(&theirs) else { panic!("not a link") };
    assert_eq!(link, LinkButton::new("x", "Open", URL));
    assert_eq!((link.body(), link.display_text(), link.url()), ("x", "Open", URL));
}

#[test]
fn an_action_of_another_kind_is_kept() {
    let link = |action| json!({"type": "cta_url", "body": {"text": "x"}, "action": action});
    let parameters = json!({"display_text": "Open", "url": URL});
    let other = json!({"name": "open_app", "parameters": parameters});
    assert_kept(&link(other), "action has the name of another kind");
    assert_kept(&link(json!({"name": "cta_url"})), "missing field parameters");
    assert_kept(&link(json!({"name": "cta_url", "parameters": parameters, "more": 1})), "unknown field more");
}
