//! Messages that are files.

use super::{LINK, assert_codes, code, code_in, long, model, to_somebody};
use crate::simulator::model::MediaObject;
use serde_json::{Value, json};

#[test]
fn a_file_is_an_id_or_a_link() {
    for kind in ["image", "audio", "video", "document", "sticker"] {
        let link = json!({ "type": kind, kind: { "link": LINK } });
        let at = |member: &str| format!("/{kind}/{member}");
        assert_codes(
            &link,
            &[
                (&at("link"), Value::Null, 131_008),
                (&at("link"), json!("ftp://example.com/a.png"), 131_009),
                (&at("link"), json!("example.com/a.png"), 131_009),
                (&at("link"), json!(" https://example.com/a.png"), 131_009),
                (&at("link"), json!("https://example.com/a\n.png"), 131_009),
                (&at("link"), json!("http://example.com/a.png"), 0),
                (&at("link"), json!(5), 100),
                (&at("id"), json!("1"), 131_009),
                (&at("url"), json!(LINK), 100),
            ],
        );
        assert_eq!(code(&json!({ "type": kind, kind: { "id": "1" } })), 131_009, "unknown: {kind}");
        assert_eq!(code(&json!({ "type": kind, kind: { "id": "" } })), 131_008, "{kind}");
        assert_eq!(code(&json!({ "type": kind, kind: LINK })), 100, "{kind}");
    }
}

#[test]
fn captions_and_names_are_where_they_are_documented() {
    for (kind, caption, filename, voice) in [
        ("image", 0, 100, 100),
        ("video", 0, 100, 100),
        ("document", 0, 0, 100),
        ("audio", 100, 100, 0),
        ("sticker", 100, 100, 100),
    ] {
        assert_codes(
            &json!({ "type": kind, kind: { "link": LINK } }),
            &[
                (&format!("/{kind}/caption"), json!(long(1024)), caption),
                (&format!("/{kind}/caption"), json!(long(1025)), 100),
                (&format!("/{kind}/filename"), json!("offer.pdf"), filename),
                (&format!("/{kind}/voice"), json!(true), voice),
            ],
        );
    }
    assert_codes(
        &json!({ "type": "document", "document": { "link": LINK } }),
        &[("/document/caption", json!(" "), 131_008), ("/document/filename", json!(""), 131_008)],
    );
    assert_codes(
        &json!({ "type": "audio", "audio": { "link": LINK } }),
        &[("/audio/voice", json!("yes"), 100)],
    );
}

#[test]
fn a_media_id_has_to_fit_the_type() {
    let mut model = model();
    let mut keep = |mime: &str| model.keep_media(MediaObject::new("a".into(), mime.into()));
    let (png, ogg, mp3) = (keep("image/png"), keep("audio/ogg; codecs=opus"), keep("audio/mpeg"));
    for (kind, content, expected) in [
        ("image", json!({ "id": png }), 0),
        ("document", json!({ "id": png }), 0),
        ("video", json!({ "id": png }), 131_053),
        ("sticker", json!({ "id": png }), 131_053),
        ("audio", json!({ "id": png }), 131_053),
        ("audio", json!({ "id": ogg, "voice": true }), 0),
        ("audio", json!({ "id": mp3, "voice": false }), 0),
        ("audio", json!({ "id": mp3, "voice": true }), 131_053),
    ] {
        let body = to_somebody(&json!({ "type": kind, kind: content }));
        assert_eq!(code_in(&model, &body), expected, "{kind} {content}");
    }
}
