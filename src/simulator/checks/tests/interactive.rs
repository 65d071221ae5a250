//! What interactive messages have in common; reply buttons, lists and links.

use super::{LINK, assert_codes, assert_codes_in, interactive, long, model};
use crate::simulator::model::MediaObject;
use serde_json::{Value, json};

fn button() -> Value {
    interactive(&json!({ "type": "button",
        "header": { "type": "text", "text": "Booking" },
        "body": { "text": "Keep Tuesday?" },
        "footer": { "text": "Table 4" },
        "action": { "buttons": [
            { "type": "reply", "reply": { "id": "keep", "title": "Keep" } },
            { "type": "reply", "reply": { "id": "move", "title": "Change" } },
            { "type": "reply", "reply": { "id": "drop", "title": "Cancel" } },
        ] } }))
}

#[test]
fn body_header_and_footer_have_their_limits() {
    assert_codes(
        &button(),
        &[
            ("/interactive/type", json!("buttons"), 131_009),
            ("/interactive/type", Value::Null, 131_008),
            ("/interactive/text", json!("a"), 100),
            ("/interactive/action", Value::Null, 131_008),
            ("/interactive/body/text", json!(long(1024)), 0),
            ("/interactive/body/text", json!(long(1025)), 100),
            ("/interactive/body/text", json!(" "), 131_008),
            ("/interactive/body/footer", json!("a"), 100),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/body", json!({}), 131_008),
            ("/interactive/footer/text", json!(long(60)), 0),
            ("/interactive/footer/text", json!(long(61)), 100),
            ("/interactive/footer/link", json!("a"), 100),
            ("/interactive/footer", Value::Null, 0),
            ("/interactive/header/text", json!(long(60)), 0),
            ("/interactive/header/text", json!(long(61)), 100),
            ("/interactive/header/sub_text", json!(long(60)), 0),
            ("/interactive/header/sub_text", json!(long(61)), 100),
            ("/interactive/header/image", json!({ "link": LINK }), 100),
            ("/interactive/header", Value::Null, 0),
            ("/interactive/header", json!({ "type": "image", "image": { "link": LINK } }), 0),
            ("/interactive/header", json!({ "type": "video", "video": { "link": LINK } }), 0),
            (
                "/interactive/header",
                json!({ "type": "document", "document": { "link": LINK, "filename": "a.pdf" } }),
                0,
            ),
            (
                "/interactive/header",
                json!({ "type": "image", "image": { "link": LINK, "filename": "a.pdf" } }),
                100,
            ),
            (
                "/interactive/header",
                json!({ "type": "image", "image": { "link": LINK, "caption": "a" } }),
                100,
            ),
            ("/interactive/header", json!({ "type": "image", "text": "a", "image": { "link": LINK } }), 100),
            ("/interactive/header", json!({ "type": "image", "image": { "id": "1" } }), 131_009),
            ("/interactive/header", json!({ "type": "image" }), 131_008),
            ("/interactive/header", json!({ "text": "a" }), 131_008),
            ("/interactive/header", json!({ "type": "sticker", "sticker": {} }), 131_009),
        ],
    );
}

#[test]
fn an_uploaded_header_has_to_fit_its_type() {
    let mut model = model();
    let png = model.keep_media(MediaObject::new("a".into(), "image/png".into()));
    let header = |kind: &str| json!({ "type": kind, kind: { "id": png } });
    assert_codes_in(
        &model,
        &button(),
        &[("/interactive/header", header("image"), 0), ("/interactive/header", header("video"), 131_053)],
    );
}

#[test]
fn one_to_three_buttons_differ_in_id_and_title() {
    const FIRST: &str = "/interactive/action/buttons/0";
    let at = |member: &str| format!("{FIRST}/{member}");
    let fourth = json!([
        { "type": "reply", "reply": { "id": "a", "title": "A" } }, { "type": "reply", "reply": { "id": "b", "title": "B" } },
        { "type": "reply", "reply": { "id": "c", "title": "C" } }, { "type": "reply", "reply": { "id": "d", "title": "D" } },
    ]);
    assert_codes(
        &button(),
        &[
            ("/interactive/action/buttons", json!([]), 131_008),
            ("/interactive/action/buttons", Value::Null, 131_008),
            ("/interactive/action/buttons", json!({}), 100),
            ("/interactive/action/buttons", fourth, 131_009),
            ("/interactive/action/button", json!("Menu"), 100),
            (&at("type"), json!("url"), 131_009),
            (&at("type"), Value::Null, 131_008),
            (&at("url"), json!("a"), 100),
            (&at("reply"), Value::Null, 131_008),
            (&at("reply/payload"), json!("a"), 100),
            (&at("reply/id"), json!(long(256)), 0),
            (&at("reply/id"), json!(long(257)), 100),
            (&at("reply/id"), json!(" keep"), 131_009),
            (&at("reply/id"), json!("move"), 131_009),
            (&at("reply/id"), Value::Null, 131_008),
            (&at("reply/title"), json!(long(20)), 0),
            (&at("reply/title"), json!(long(21)), 100),
            (&at("reply/title"), json!("Change"), 131_009),
            (&at("reply/title"), json!(" "), 131_008),
            (&at("reply/title"), Value::Null, 131_008),
        ],
    );
}

fn section(from: usize, to: usize) -> Value {
    let row = |n: usize| json!({ "id": n.to_string(), "title": long(24), "description": long(72) });
    json!({ "title": long(24), "rows": (from..to).map(row).collect::<Vec<_>>() })
}

fn list() -> Value {
    interactive(
        &json!({ "type": "list", "header": { "type": "text", "text": "Dates" }, "body": { "text": long(4096) },
        "footer": { "text": "Table 4" },
        "action": { "button": long(20), "sections": [section(0, 5), section(5, 10)] } }),
    )
}

#[test]
fn a_list_has_ten_rows_in_all() {
    const SECTIONS: &str = "/interactive/action/sections";
    const ROW: &str = "/interactive/action/sections/0/rows/0";
    let untitled = json!({ "rows": [{ "id": "a", "title": "A" }] });
    let ten: Vec<Value> = (0..10).map(|n| section(n, n + 1)).collect();
    let eleven: Vec<Value> = (0..11).map(|n| section(n, n + 1)).collect();
    assert_codes(
        &list(),
        &[
            (SECTIONS, json!(ten), 0),
            (SECTIONS, json!(eleven), 131_009),
            (SECTIONS, json!([section(0, 5), section(5, 11)]), 131_009),
            (SECTIONS, json!([section(0, 5), section(4, 9)]), 131_009),
            (SECTIONS, json!([section(0, 0)]), 131_008),
            (SECTIONS, json!([]), 131_008),
            (SECTIONS, json!([{}]), 131_008),
            (SECTIONS, Value::Null, 131_008),
            (SECTIONS, json!([untitled]), 0),
            (SECTIONS, json!([section(0, 1), untitled]), 131_008),
            (&format!("{SECTIONS}/0/title"), json!(long(25)), 100),
            (&format!("{SECTIONS}/0/product_items"), json!([]), 100),
            (&format!("{ROW}/id"), json!(long(200)), 0),
            (&format!("{ROW}/id"), json!(long(201)), 100),
            (&format!("{ROW}/id"), Value::Null, 131_008),
            (&format!("{ROW}/title"), json!(long(25)), 100),
            (&format!("{ROW}/title"), Value::Null, 131_008),
            (&format!("{ROW}/description"), json!(long(73)), 100),
            (&format!("{ROW}/description"), Value::Null, 0),
            (&format!("{ROW}/emoji"), json!("👍"), 100),
            ("/interactive/action/button", json!(long(21)), 100),
            ("/interactive/action/button", Value::Null, 131_008),
            ("/interactive/action/name", json!("list"), 100),
            ("/interactive/body/text", json!(long(4097)), 100),
            ("/interactive/header", json!({ "type": "image", "image": { "link": LINK } }), 131_009),
        ],
    );
}

#[test]
fn a_link_button_opens_a_web_address() {
    let link = interactive(
        &json!({ "type": "cta_url", "header": { "type": "image", "image": { "link": LINK } },
        "body": { "text": "Pick a date." }, "footer": { "text": "Dates change." },
        "action": { "name": "cta_url", "parameters": { "display_text": "See dates", "url": "https://example.com/dates" } } }),
    );
    const PARAMETERS: &str = "/interactive/action/parameters";
    assert_codes(
        &link,
        &[
            ("/interactive/action/name", json!("url"), 131_009),
            ("/interactive/action/name", Value::Null, 131_008),
            ("/interactive/action/url", json!("a"), 100),
            (PARAMETERS, Value::Null, 131_008),
            (&format!("{PARAMETERS}/display_text"), json!(long(20)), 0),
            (&format!("{PARAMETERS}/display_text"), json!(long(21)), 100),
            (&format!("{PARAMETERS}/display_text"), Value::Null, 131_008),
            (&format!("{PARAMETERS}/url"), json!("example.com"), 131_009),
            (&format!("{PARAMETERS}/url"), json!("tel:+14155550123"), 131_009),
            (&format!("{PARAMETERS}/url"), Value::Null, 131_008),
            (&format!("{PARAMETERS}/title"), json!("a"), 100),
            (&format!("{PARAMETERS}/payment_link_preview"), json!(true), 131_009),
            (&format!("{PARAMETERS}/payment_link_preview"), json!(false), 0),
            (&format!("{PARAMETERS}/payment_link_preview"), json!("yes"), 100),
        ],
    );
    let bare = super::with(&link, "/interactive/header", Value::Null);
    assert_codes(&bare, &[("/interactive/action/parameters/payment_link_preview", json!(true), 0)]);
}
