use super::{assert_kept, body, media_ids, read};
use crate::message::{Buttons, Content, Header, MediaSource};
use serde_json::{Value, json};

fn below(header: impl Into<Header>) -> Buttons {
    Buttons::new("x").button("a", "A").header(header)
}

fn theirs(header: &Value) -> Value {
    json!({"type": "button", "header": header, "body": {"text": "x"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]}})
}

#[test]
fn headers_are_made_by_a_constructor_of_their_kind() {
    assert_eq!(Header::image("1"), Header::Image("1".into()));
    assert_eq!(Header::video("1"), Header::Video("1".into()));
    assert_eq!(Header::document("1"), Header::Document("1".into(), None));
    let link = MediaSource::link("https://example.com/offer.pdf");
    assert_eq!(
        body(below(Header::named_document(link, "Offer.pdf")))["interactive"]["header"],
        json!({"type": "document",
            "document": {"link": "https://example.com/offer.pdf", "filename": "Offer.pdf"}})
    );
    assert_eq!(media_ids(below(Header::named_document("1", "Offer.pdf"))), ["1"]);
}

#[test]
fn headers_with_nulls_for_what_is_not_theirs_are_read() {
    let media = json!({"id": 7, "link": null, "caption": null, "filename": null});
    for (header, expected) in [
        (json!({"type": "text", "text": "T", "image": null, "video": null, "document": null}), "T".into()),
        (json!({"type": "image", "text": null, "image": media}), Header::image("7")),
        (json!({"type": "video", "video": media, "text": null}), Header::video("7")),
        (json!({"type": "document", "document": media}), Header::document("7")),
    ] {
        let Content::Buttons(buttons) = read(&theirs(&header)) else { panic!("not buttons") };
        assert_eq!(buttons, below(expected));
    }
}

#[test]
fn headers_that_are_not_as_documented_are_kept() {
    for (header, reason) in [
        (json!({"type": "text"}), "type is not what the header holds"),
        (json!({"type": "image", "video": {"id": "1"}}), "type is not what the header holds"),
        (json!({"type": "image", "image": {"id": "1"}, "text": "x"}), "type is not what the header holds"),
        (json!({"type": "sticker", "sticker": {"id": "1"}}), "unknown field sticker"),
        (json!({"type": "image", "image": {"id": "1", "caption": "x"}}), "unknown field caption"),
        (json!({"type": "image", "image": {"id": "1", "link": "https://example.com"}}), "media has both"),
    ] {
        assert_kept(&theirs(&header), reason);
    }
}
