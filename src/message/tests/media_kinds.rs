use super::{bad_paths, body, problems};
use crate::message::{Audio, Content, Document, Image, Kind, MediaSource, Message, Sticker, Video};
use serde_json::{Value, json};

/// Reads the member `kind` as an SDK wrote it, and gives what comes out again.
fn reread(kind: &str, theirs: &Value) -> (Content, Value) {
    let message: Message =
        serde_json::from_value(json!({"to": "+14155552671", "type": kind, (kind): theirs})).unwrap();
    let ours = serde_json::to_value(&message).unwrap();
    assert_eq!(serde_json::from_value::<Message>(ours.clone()).unwrap(), message);
    (message.content().clone(), ours[kind].clone())
}

#[test]
fn videos_are_written_as_meta_documents_them() {
    assert_eq!(body(Video::new("7")), json!({"type": "video", "video": {"id": "7"}}));
    assert_eq!(
        body(Video::link("https://example.com/roof.mp4").caption("The roof")),
        json!({"type": "video", "video": {"link": "https://example.com/roof.mp4", "caption": "The roof"}})
    );
}

#[test]
fn sound_is_written_as_meta_documents_it_and_voice_notes_say_so() {
    assert_eq!(body(Audio::new("7")), json!({"type": "audio", "audio": {"id": "7"}}));
    assert_eq!(
        body(Audio::link("https://example.com/jingle.mp3")),
        json!({"type": "audio", "audio": {"link": "https://example.com/jingle.mp3"}})
    );
    assert_eq!(body(Audio::voice("7")), json!({"type": "audio", "audio": {"id": "7", "voice": true}}));
    assert_eq!(
        body(Audio::voice(MediaSource::link("https://example.com/note.ogg"))),
        json!({"type": "audio", "audio": {"link": "https://example.com/note.ogg", "voice": true}})
    );
    assert!(Audio::voice("7").is_voice() && !Audio::new("7").is_voice());
}

#[test]
fn documents_are_written_as_meta_documents_them() {
    assert_eq!(
        body(Document::new("7").caption("Our offer").filename("Offer.pdf")),
        json!({"type": "document", "document": {"id": "7", "caption": "Our offer", "filename": "Offer.pdf"}})
    );
    assert_eq!(
        body(Document::link("https://example.com/offer.pdf")),
        json!({"type": "document", "document": {"link": "https://example.com/offer.pdf"}})
    );
}

#[test]
fn stickers_are_written_as_meta_documents_them() {
    assert_eq!(body(Sticker::new("7")), json!({"type": "sticker", "sticker": {"id": "7"}}));
    assert_eq!(
        body(Sticker::link("https://example.com/sun.webp")),
        json!({"type": "sticker", "sticker": {"link": "https://example.com/sun.webp"}})
    );
}

#[test]
fn captions_hold_at_the_limit_and_break_one_past_it() {
    let long = |n| "é".repeat(n);
    assert_eq!(problems(Video::new("1").caption(long(1024))), [""; 0]);
    assert_eq!(
        problems(Video::new("1").caption(long(1025))),
        ["video.caption: has 1025 characters (1 to 1024 characters)"]
    );
    assert_eq!(problems(Document::new("1").caption(long(1024))), [""; 0]);
    assert_eq!(
        problems(Document::new("1").caption(long(1025))),
        ["document.caption: has 1025 characters (1 to 1024 characters)"]
    );
    assert_eq!(bad_paths(Video::new("1").caption(" ")), ["video.caption"]);
}

#[test]
fn the_source_of_every_kind_is_checked() {
    assert_eq!(bad_paths(Video::new("")), ["video.id"]);
    assert_eq!(bad_paths(Audio::voice("a b")), ["audio.id"]);
    assert_eq!(bad_paths(Document::link("offer.pdf")), ["document.link"]);
    assert_eq!(bad_paths(Sticker::link("ftp://example.com/sun.webp")), ["sticker.link"]);
    for good in [
        Content::from(Video::new("1")),
        Audio::link("https://example.com/a.mp3").into(),
        Document::new("1").into(),
        Sticker::new("1").into(),
    ] {
        assert_eq!(problems(good), [""; 0]);
    }
}

#[test]
fn every_kind_tells_where_its_file_comes_from() {
    let (mut video, mut audio) = (Video::new("1"), Audio::voice("2"));
    let (mut document, mut sticker) = (Document::new("3"), Sticker::new("4"));
    assert_eq!(video.media(), [&MediaSource::from("1")]);
    assert_eq!(audio.media(), [&MediaSource::from("2")]);
    assert_eq!(document.media(), [&MediaSource::from("3")]);
    assert_eq!(sticker.media(), [&MediaSource::from("4")]);
}

#[test]
fn unset_options_may_be_null_and_ids_numbers() {
    for (kind, theirs, ours) in [
        ("image", json!({"id": 7, "link": null, "caption": null}), json!({"id": "7"})),
        ("video", json!({"id": 7, "link": "", "caption": null, "filename": null}), json!({"id": "7"})),
        ("audio", json!({"id": "7", "voice": null, "caption": null}), json!({"id": "7"})),
        (
            "document",
            json!({"id": null, "link": "https://example.com/a.pdf", "caption": null, "filename": null}),
            json!({"link": "https://example.com/a.pdf"}),
        ),
        ("sticker", json!({"id": 7, "link": null}), json!({"id": "7"})),
    ] {
        let (content, written) = reread(kind, &theirs);
        assert!(!matches!(content, Content::Raw(_)), "{kind}");
        assert_eq!(written, ours);
    }
}

#[test]
fn media_that_was_read_comes_out_as_it_went_in() {
    for (kind, json) in [
        ("video", json!({"id": "7", "caption": "The roof"})),
        ("audio", json!({"id": "7", "voice": true})),
        ("audio", json!({"id": "7", "voice": false})),
        ("document", json!({"link": "https://example.com/a", "caption": "c", "filename": "a.pdf"})),
        ("sticker", json!({"link": "https://example.com/sun.webp"})),
    ] {
        let (content, written) = reread(kind, &json);
        assert!(!matches!(content, Content::Raw(_)), "{kind}");
        assert_eq!(written, json);
    }
}

#[test]
fn what_a_kind_of_media_does_not_have_is_kept_and_reported() {
    for (kind, json, field) in [
        ("sticker", json!({"id": "7", "caption": "private words"}), "caption"),
        ("audio", json!({"id": "7", "caption": "private words"}), "caption"),
        ("image", json!({"id": "7", "filename": "private words"}), "filename"),
        ("image", json!({"id": "7", "voice": true}), "voice"),
        ("video", json!({"id": "7", "voice": false}), "voice"),
        ("document", json!({"id": "7", "voice": true}), "voice"),
        ("sticker", json!({"id": "7", "size": 9}), "size"),
    ] {
        let (content, written) = reread(kind, &json);
        assert_eq!(written, json);
        let told = problems(content);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with(&format!("{kind}: unknown field {field}")), "{told:?}");
    }
    let (both, _) = reread("video", &json!({"id": "7", "link": "https://example.com/a.mp4"}));
    assert_eq!(problems(both), ["video: media has both an id and a link (the members that Meta documents)"]);
    let (neither, _) = reread("audio", &json!({"voice": true}));
    assert_eq!(
        problems(neither),
        ["audio: media has neither an id nor a link (the members that Meta documents)"]
    );
}

#[test]
fn what_a_person_reads_of_media_is_its_caption_or_name() {
    let text = |content: Content| content.text();
    assert_eq!(text(Video::new("1").caption("The roof").into()).as_deref(), Some("The roof"));
    assert_eq!(text(Document::new("1").filename("Offer.pdf").into()).as_deref(), Some("Offer.pdf"));
    let document = Document::new("1").filename("Offer.pdf").caption("Our offer");
    assert_eq!((document.filename_text(), document.caption_text()), (Some("Offer.pdf"), Some("Our offer")));
    assert_eq!(text(document.into()).as_deref(), Some("Our offer"));
    assert_eq!(text(Audio::new("1").into()), None);
    assert_eq!(text(Sticker::new("1").into()), None);
}

#[test]
fn debug_of_media_shows_neither_words_nor_links() {
    let link = "https://example.com/?token=private";
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        Image::link(link).caption("private"),
        Video::link(link).caption("private"),
        Audio::link(link),
        Document::link(link).caption("private").filename("private"),
        Sticker::link(link)
    );
    assert!(!shown.contains("private") && shown.contains("Sticker"), "{shown}");
}

#[test]
fn numbers_of_other_writers_are_read_as_text() {
    let theirs =
        r#"{"to": "+14155552671", "type": "document", "document": {"id": 1, "caption": 2, "filename": 3}}"#;
    let message: Message = serde_json::from_str(theirs).unwrap();
    let same = Content::from(Document::new("1").caption("2").filename("3"));
    assert_eq!(*message.content(), same);
}

#[test]
fn an_address_in_the_place_of_an_id_is_refused_and_not_shown() {
    let image = Image::new("https://example.com/a.jpg?secret=1");
    assert!(!format!("{image:?}").contains("secret"));
    assert_eq!(problems(image), ["image.id: is an address (the id of an upload; an address is a link)"]);
}
