use super::{assert_kept, assert_round_trip, bad_paths, body, long, media_ids, problems, read, rewritten};
use crate::message::{Content, MediaCard, MediaCarousel, MediaSource, ReplyButton};
use serde_json::{Value, json};

const URL: &str = "https://example.com/roofs";

fn links() -> MediaCarousel {
    let picture = MediaSource::link("https://example.com/roof.jpg");
    MediaCarousel::new("Two roofs:")
        .card(MediaCard::image(picture).body("12 panels").link("Look", URL))
        .card(MediaCard::video("2").link("Look", URL))
}

fn quick_replies() -> MediaCarousel {
    let card = |id: &str| {
        MediaCard::image(id).button(format!("take-{id}"), "This one").button(format!("skip-{id}"), "Not this")
    };
    MediaCarousel::new("Two roofs:").card(card("1")).card(card("2"))
}

fn theirs(cards: &Value) -> Value {
    json!({"type": "carousel", "body": {"text": "Two roofs:"}, "action": {"cards": cards}})
}

#[test]
fn a_carousel_of_links_is_written_as_meta_documents_it() {
    assert_eq!(
        body(links()),
        json!({"type": "interactive", "interactive": theirs(&json!([
            {"card_index": 0, "type": "cta_url",
             "header": {"type": "image", "image": {"link": "https://example.com/roof.jpg"}},
             "body": {"text": "12 panels"},
             "action": {"name": "cta_url", "parameters": {"display_text": "Look", "url": URL}}},
            {"card_index": 1, "type": "cta_url",
             "header": {"type": "video", "video": {"id": "2"}},
             "action": {"name": "cta_url", "parameters": {"display_text": "Look", "url": URL}}},
        ]))})
    );
    assert_eq!(problems(links()), [""; 0]);
    assert_round_trip(links());
}

#[test]
fn a_carousel_of_quick_replies_is_written_as_meta_documents_it() {
    let buttons = |id: &str| {
        json!({"buttons": [
            {"type": "quick_reply", "quick_reply": {"id": format!("take-{id}"), "title": "This one"}},
            {"type": "quick_reply", "quick_reply": {"id": format!("skip-{id}"), "title": "Not this"}},
        ]})
    };
    let header = |id: &str| json!({"type": "image", "image": {"id": id}});
    assert_eq!(
        body(quick_replies())["interactive"],
        theirs(&json!([
            {"card_index": 0, "type": "cta_url", "header": header("1"), "action": buttons("1")},
            {"card_index": 1, "type": "cta_url", "header": header("2"), "action": buttons("2")},
        ]))
    );
    assert_eq!(problems(quick_replies()), [""; 0]);
    assert_round_trip(quick_replies());
}

#[test]
fn the_files_of_all_cards_are_known() {
    assert_eq!(media_ids(links()), ["2"]);
    assert_eq!(media_ids(quick_replies()), ["1", "2"]);
}

#[test]
fn what_a_card_shows_can_be_asked() {
    let carousel = quick_replies().card(MediaCard::image("3").body("None"));
    let ids: Vec<_> = carousel.cards()[0].buttons().iter().map(ReplyButton::id).collect();
    assert_eq!((carousel.body(), ids), ("Two roofs:", vec!["take-1", "skip-1"]));
    assert_eq!(carousel.cards()[2].body_text(), Some("None"));
}

#[test]
fn two_to_ten_cards_make_a_carousel() {
    let cards = |count: usize| {
        (0..count)
            .fold(MediaCarousel::new("x"), |all, n| all.card(MediaCard::image(n.to_string()).link("x", URL)))
    };
    assert_eq!(problems(cards(2)), [""; 0]);
    assert_eq!(problems(cards(10)), [""; 0]);
    assert_eq!(body(cards(10))["interactive"]["action"]["cards"][9]["card_index"], json!(9));
    assert_eq!(problems(cards(1)), ["interactive.action.cards: has 1 cards (2 to 10 cards)"]);
    assert_eq!(problems(cards(11)), ["interactive.action.cards: has 11 cards (2 to 10 cards)"]);
    assert_eq!(problems(cards(0)), ["interactive.action.cards: has 0 cards (2 to 10 cards)"]);
    assert_round_trip(cards(0));
}

#[test]
fn every_limit_of_a_card_holds_at_its_edge_and_breaks_one_past_it() {
    let replies = |text, body, id, title| {
        MediaCarousel::new(long(text))
            .card(MediaCard::image("1").body(long(body)).button(long(id), long(title)))
            .card(MediaCard::image("2").button("b", "B"))
    };
    assert_eq!(problems(replies(1024, 160, 256, 20)), [""; 0]);
    let paths = [
        "interactive.body.text",
        "interactive.action.cards[0].body.text",
        "interactive.action.cards[0].action.buttons[0].quick_reply.id",
        "interactive.action.cards[0].action.buttons[0].quick_reply.title",
    ];
    assert_eq!(bad_paths(replies(1025, 161, 257, 21)), paths);
    assert_eq!(bad_paths(replies(0, 0, 0, 0)), paths);

    let link = |text, url: &str| {
        MediaCarousel::new("x")
            .card(MediaCard::image("1").link("x", URL))
            .card(MediaCard::image("2").link(long(text), url))
    };
    assert_eq!(problems(link(20, URL)), [""; 0]);
    assert_eq!(
        bad_paths(link(21, "example.com")),
        [
            "interactive.action.cards[1].action.parameters.display_text",
            "interactive.action.cards[1].action.parameters.url",
        ]
    );

    let breaks = |text: &str| {
        MediaCarousel::new("x")
            .card(MediaCard::image("1").body(text).link("x", URL))
            .card(MediaCard::image("2").link("x", URL))
    };
    assert_eq!(problems(breaks("a\n\nb")), [""; 0]);
    assert_eq!(
        problems(breaks("a\n\nb\nc")),
        ["interactive.action.cards[0].body.text: has 3 line breaks (at most 2 line breaks)"]
    );
    let nowhere = MediaCard::video(MediaSource::link("nowhere")).link("x", URL);
    assert_eq!(bad_paths(links().card(nowhere)), ["interactive.action.cards[2].header.video.link"]);
}

#[test]
fn every_card_has_the_same_buttons_and_one_kind_of_them() {
    let card = |id: &str| MediaCard::image(id);
    let mixed = MediaCarousel::new("x")
        .card(card("1").button("a", "A"))
        .card(card("2").button("a", "A").button("a", "A"))
        .card(card("3").link("x", URL))
        .card(card("4"))
        .card(card("5").link("x", URL).button("a", "A"));
    assert_eq!(
        problems(mixed),
        [
            "interactive.action.cards[1].action.buttons[1].quick_reply.id: is the same as number 0 (each only once)",
            "interactive.action.cards[1].action: has other buttons than the first card (buttons of the same kind and number on every card)",
            "interactive.action.cards[2].action: has other buttons than the first card (buttons of the same kind and number on every card)",
            "interactive.action.cards[3].action: has no link and no button (either a link, or 1 button and more)",
            "interactive.action.cards[3].action: has other buttons than the first card (buttons of the same kind and number on every card)",
            "interactive.action.cards[4].action: has a link and buttons (either a link, or 1 button and more)",
            "interactive.action.cards[4].action: has other buttons than the first card (buttons of the same kind and number on every card)",
        ]
    );
    let both = card("5").link("x", URL).button("a", "A");
    assert_round_trip(MediaCarousel::new("x").card(both.clone()).card(both));
}

#[test]
fn nulls_and_numbers_as_text_of_other_writers_are_read() {
    let card = |index: Value, id: i64| {
        json!({"card_index": index, "type": "cta_url", "body": null,
            "header": {"type": "image", "image": {"id": id, "link": null}, "video": null},
            "action": {"name": "cta_url", "buttons": null,
                "parameters": {"display_text": "Look", "url": URL, "payment_link_preview": null}}})
    };
    let mut nulls = theirs(&json!([card(json!("0"), 1), card(json!(1), 2)]));
    nulls["header"] = Value::Null;
    nulls["footer"] = Value::Null;
    let expected = MediaCarousel::new("Two roofs:")
        .card(MediaCard::image("1").link("Look", URL))
        .card(MediaCard::image("2").link("Look", URL));
    assert_eq!(read(&nulls), expected.clone().into());
    assert_eq!(rewritten(&nulls), body(expected)["interactive"]);
    let replies = json!({"name": null, "parameters": null,
        "buttons": [{"type": "quick_reply", "quick_reply": {"id": "a", "title": "A"}}]});
    let header = json!({"type": "video", "video": {"id": "1"}});
    let one = theirs(&json!([{"card_index": 0, "type": "cta_url", "header": header, "action": replies}]));
    assert_eq!(
        read(&one),
        MediaCarousel::new("Two roofs:").card(MediaCard::video("1").button("a", "A")).into()
    );
}

#[test]
fn a_carousel_that_is_not_as_documented_is_kept() {
    let with = |member: &str, value: Value| {
        let mut carousel = body(links())["interactive"].clone();
        *carousel.pointer_mut(&format!("/action/cards/1{member}")).unwrap() = value;
        carousel
    };
    assert_kept(&with("/card_index", json!(0)), "action has cards out of order");
    assert_kept(&with("/type", json!("product")), "type is not that of the first card");
    let document = json!({"type": "document", "document": {"id": "1"}});
    assert_kept(&with("/header", document), "type is neither image nor video in the header of a card");
    let nameless = json!({"parameters": {"display_text": "Look", "url": URL}});
    assert_kept(&with("/action", nameless), "action has a name without parameters or the other way round");
    assert_kept(&with("/action", json!({"name": "cta_url"})), "action has a name without parameters");
    assert_kept(&with("/action", json!({"call": "x"})), "unknown field call");
    let mut headed = body(links())["interactive"].clone();
    headed["header"] = json!({"type": "text", "text": "x"});
    assert_kept(&headed, "unknown field header");
    let typeless =
        json!([{"card_index": 0, "header": {"type": "image", "image": {"id": "1"}}, "action": {}}]);
    assert_kept(&theirs(&typeless), "missing field type");
}

#[test]
fn a_carousel_of_other_cards_is_not_taken_for_one_of_media() {
    let action = json!({"product_retailer_id": "roof-12", "catalog_id": "1"});
    let other = theirs(&json!([{"card_index": 0, "type": "novelty", "action": action}]));
    let content = read(&other);
    assert!(matches!(content, Content::Raw(_)));
    assert_eq!(rewritten(&other), other);
    assert_eq!(problems(content), [""; 0]);
}

#[test]
fn the_type_of_a_card_may_be_in_capital_letters() {
    let mut shouted = body(links())["interactive"].clone();
    for index in [0, 1] {
        shouted["action"]["cards"][index]["type"] = json!("CTA_URL");
    }
    assert_eq!(read(&shouted), Content::from(links()));
}
