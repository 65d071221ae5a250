//! Uploads: what a file is, what may be sent as what, and that no file gets lost on the way to JSON.

use super::{TO, bad_paths, problems};
use crate::message::{
    Audio, Buttons, Content, Document, Header, Image, MediaKind, MediaSource, Message, Parameter, Sticker,
    Template, Upload, Video,
    media::{HEAD, sniff},
};

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 a roof";
const PDF: &[u8] = b"%PDF-1.7 an offer";
const ZIP: &[u8] = b"PK\x03\x04";

/// A file of MPEG-4: its brand, and the kind of its track if it tells one.
fn mpeg4(brand: &str, track: Option<&str>) -> Vec<u8> {
    let sized = |name: &str, content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name.as_bytes(), content].concat()
    };
    let mut file = sized("ftyp", format!("{brand}0000").as_bytes());
    if let Some(track) = track {
        let handler = sized("hdlr", &[&[0; 8][..], track.as_bytes(), &[0; 12]].concat());
        file.extend(sized("moov", &sized("trak", &sized("mdia", &handler))));
    }
    file.extend(sized("mdat", &[0; 64]));
    file
}

/// A document of the old kind, of this class.
fn compound(class: [u8; 4]) -> Vec<u8> {
    let mut file = vec![0; 1024];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    file[26] = 3;
    file[592..596].copy_from_slice(&class);
    if class != [0; 4] {
        file[600] = 0xC0;
        file[607] = 0x46;
    }
    file
}

/// A ZIP archive with parts of these names, each with some content.
fn archive(names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| [ZIP, &[0; 26], name.as_bytes(), &[7; 9000]].concat()).collect()
}

#[test]
fn the_type_of_a_file_is_told_by_its_first_bytes() {
    let office = |kind: &str| format!("application/vnd.openxmlformats-officedocument.{kind}");
    let ogg = [b"OggS", &[0; 24][..], b"OpusHead"].concat();
    for (bytes, mime_type) in [
        (JPEG.to_vec(), "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8X".to_vec(), "image/webp"),
        (mpeg4("isom", Some("vide")), "video/mp4"),
        (mpeg4("mp42", None), "video/mp4"),
        (mpeg4("mp42", Some("soun")), "audio/mp4"),
        (mpeg4("3gp4", None), "video/3gpp"),
        (mpeg4("M4A ", None), "audio/mp4"),
        (b"\xFF\xF1\x50\x80".to_vec(), "audio/aac"),
        (b"#!AMR\n\x3C".to_vec(), "audio/amr"),
        (b"ID3\x03\0\0\0\0".to_vec(), "audio/mpeg"),
        (b"\xFF\xFB\x90\x64".to_vec(), "audio/mpeg"),
        (ogg, "audio/ogg"),
        (PDF.to_vec(), "application/pdf"),
        (compound([6, 9, 2, 0]), "application/msword"),
        (compound([0x20, 8, 2, 0]), "application/vnd.ms-excel"),
        (archive(&["[Content_Types].xml", "word/document.xml"]), &*office("wordprocessingml.document")),
        (archive(&["docProps/app.xml", "xl/workbook.xml"]), &*office("spreadsheetml.sheet")),
        (archive(&["ppt/presentation.xml"]), &*office("presentationml.presentation")),
        ("Dear Ana,\r\n\tyour panels — all 24 — are here.".into(), "text/plain"),
        ("name;goods\nAna;panels\n".into(), "text/plain"),
        (b"GIF89a\x01\0\x01\0".to_vec(), "application/octet-stream"),
        (b"\0\x01\x02\x03".to_vec(), "application/octet-stream"),
        (b"no UTF-8: \xC3\x28".to_vec(), "application/octet-stream"),
        (archive(&["holiday.jpg"]), "application/octet-stream"),
        (compound([0; 4]), "application/octet-stream"),
        (Vec::new(), "application/octet-stream"),
    ] {
        assert_eq!(sniff(&bytes, "x"), mime_type, "{:?}", bytes.get(..40));
    }
}

#[test]
fn a_powerpoint_of_the_old_kind_is_one() {
    let mut file = compound([0x10, 0x8D, 0x81, 0x64]);
    file[596..608].copy_from_slice(b"\x9B\x4F\xCF\x11\x86\xEA\x00\xAA\x00\xB9\x29\xE8");
    assert_eq!(sniff(&file, "x"), "application/vnd.ms-powerpoint");
}

#[test]
fn a_name_decides_only_where_the_bytes_leave_it_open() {
    for (bytes, name, mime_type) in [
        (compound([0; 4]), "old.DOC", "application/msword"),
        (compound([0; 4]), "old.xls", "application/vnd.ms-excel"),
        (compound([0; 4]), "old.ppt", "application/vnd.ms-powerpoint"),
        (compound([0x20, 8, 2, 0]), "odd.doc", "application/vnd.ms-excel"),
        (mpeg4("mp42", None), "song.m4a", "audio/mp4"),
        (mpeg4("mp42", Some("vide")), "film.m4a", "video/mp4"),
        (JPEG.to_vec(), "roof.pdf", "image/jpeg"),
        (b"\0\x01".to_vec(), "roof.jpg", "application/octet-stream"),
    ] {
        assert_eq!(sniff(&bytes, name), mime_type, "{name}");
    }
    let far = archive(&["[Content_Types].xml", "1", "2", "3", "4", "5", "6", "7", "8", "word/document.xml"]);
    assert_eq!(sniff(&far, "far"), "application/octet-stream");
    assert!(sniff(&far, "far.docx").ends_with("wordprocessingml.document"));
}

#[test]
fn text_may_be_cut_off_in_the_middle_of_a_character_by_the_end_of_what_is_looked_at() {
    let long = format!("a{}", "é".repeat(HEAD));
    assert_eq!(sniff(long.as_bytes(), "x"), "text/plain");
    assert_eq!(sniff(&long.as_bytes()[..2], "x"), "application/octet-stream");
}

#[test]
fn types_belong_to_kinds() {
    for (mime_type, kind) in [
        ("image/jpeg", MediaKind::Image),
        ("IMAGE/PNG", MediaKind::Image),
        ("image/webp", MediaKind::Sticker),
        ("video/3gpp", MediaKind::Video),
        ("audio/ogg; codecs=opus", MediaKind::Audio),
        (" application/pdf ", MediaKind::Document),
    ] {
        assert_eq!(MediaKind::of(mime_type), Some(kind), "{mime_type}");
    }
    for unknown in ["", "image/gif", "application/octet-stream", "image"] {
        assert_eq!(MediaKind::of(unknown), None, "{unknown}");
    }
}

/// An upload of so many bytes that none of them is looked at.
fn sized(mime_type: &str, length: u64) -> Upload {
    Upload::reader("x", length, tokio::io::empty()).mime_type(mime_type)
}

#[test]
fn each_type_may_be_as_large_as_its_kind_allows_and_not_a_byte_more() {
    let mb = |n: u64| n * 1024 * 1024;
    for (kind, mime_type, largest) in [
        (MediaKind::Image, "image/jpeg", mb(5)),
        (MediaKind::Image, "image/png", mb(5)),
        (MediaKind::Video, "video/mp4", mb(16)),
        (MediaKind::Audio, "audio/mpeg", mb(16)),
        (MediaKind::Voice, "audio/ogg", mb(16)),
        (MediaKind::Document, "application/pdf", mb(100)),
        (MediaKind::Document, "image/png", mb(5)),
        (MediaKind::Sticker, "image/webp", 500 * 1024),
    ] {
        let check = |length| {
            let mut out = Vec::new();
            let source = MediaSource::from(sized(mime_type, length));
            source.check(crate::error::Path::ROOT.field("x"), kind, &mut out);
            out.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!((check(1), check(largest)), (vec![], vec![]), "{mime_type}");
        let past = format!("x: is a file of {} bytes (at most {largest} bytes for its type)", largest + 1);
        assert_eq!(check(largest + 1), [past], "{mime_type}");
        assert_eq!(check(0), ["x: is an empty file (at least 1 byte)"]);
    }
}

#[test]
fn a_file_is_sent_as_what_it_is() {
    let image = |file| problems(Image::upload(file));
    let refused = ["image: is a file of a type that cannot be sent here (one of image/jpeg, image/png)"];
    assert_eq!(image(sized("image/webp", 5)), refused);
    assert!(image(Upload::bytes("roof.jpg", "\0\x01"))[0].contains("do not tell its type"));
    assert_eq!(image(Upload::bytes("roof.jpg", PDF)), refused);
    assert_eq!(image(Upload::bytes("roof.jpg", JPEG)), [""; 0]);
    // Nothing is known of these yet.
    assert_eq!(image(Upload::path("/no/such/file")), [""; 0]);
    assert_eq!(image(Upload::reader("x", 5, tokio::io::empty())), [""; 0]);
    let voice = MediaSource::from(sized("audio/mpeg", 5));
    let mut out = Vec::new();
    voice.check(crate::error::Path::ROOT.field("audio"), MediaKind::Voice, &mut out);
    assert_eq!(out[0].limit, "one of audio/ogg");
}

#[test]
fn files_are_checked_wherever_they_stand() {
    let file = || Upload::bytes("x", &b"\0\x01"[..]);
    let header = Buttons::new("?").header(Header::Video(file().into())).button("a", "A");
    assert_eq!(bad_paths(header), ["interactive.header.video"]);
    let template = Template::new("offer", "en").header_image(file());
    assert_eq!(bad_paths(template), ["template.components[0].parameters[0].image"]);
}

#[test]
fn a_message_whose_file_is_not_uploaded_has_no_json() {
    let file = || MediaSource::from(Upload::bytes("roof.jpg", JPEG));
    let contents: [Content; 3] = [
        Image::new(file()).caption("Roof").into(),
        Buttons::new("?").header(Header::Document(file(), None)).button("a", "A").into(),
        Template::new("offer", "en").body([Parameter::image(file())]).into(),
    ];
    for content in contents {
        let error = serde_json::to_string(&Message::new(TO, content)).unwrap_err();
        assert_eq!(error.to_string(), "media must be uploaded first");
    }
    assert_eq!(serde_json::to_string(&file()).unwrap_err().to_string(), "media must be uploaded first");
}

#[test]
fn a_file_to_upload_cannot_be_read_from_json() {
    for odd in [r#"{"upload":"roof.jpg"}"#, r#"{"upload":null}"#, r#"{"id":"1","upload":{}}"#] {
        assert!(serde_json::from_str::<Image>(odd).is_err(), "{odd}");
        assert!(serde_json::from_str::<MediaSource>(odd).is_err(), "{odd}");
    }
    assert_eq!(serde_json::from_str::<MediaSource>(r#"{"id":"1"}"#).unwrap(), "1".into());
}

#[test]
fn messages_are_the_same_when_they_hold_the_same_file() {
    let bytes = || Upload::bytes("roof.jpg", JPEG);
    assert_eq!(Message::new(TO, Image::upload(bytes())), Message::new(TO, Image::new(bytes())));
    assert_eq!(bytes(), bytes().progress(|_| ()));
    assert_ne!(bytes(), bytes().file_name("other.jpg"));
    assert_ne!(bytes(), bytes().mime_type("image/png"));
    assert_ne!(bytes(), Upload::bytes("roof.jpg", PDF));
    assert_eq!(Upload::path("a/roof.jpg"), Upload::path("a/roof.jpg"));
    assert_ne!(Upload::path("a/roof.jpg"), Upload::path("b/roof.jpg"));
    let once = sized("image/png", 5);
    assert_eq!(once, once.clone());
    assert_ne!(once, sized("image/png", 5));
}

#[test]
fn debug_shows_neither_names_nor_paths_nor_bytes() {
    let shown = format!(
        "{:?} {:?} {:?}",
        Upload::path("/home/ana/private.jpg"),
        Image::upload(Upload::bytes("private.jpg", "private words").mime_type("private")),
        Message::new(TO, Template::new("offer", "en").header_image(Upload::path("private.jpg"))),
    );
    assert!(!shown.contains("private") && !shown.contains("ana"), "{shown}");
}

#[test]
fn each_kind_of_media_takes_uploads_of_its_types_only() {
    let upload = |mime_type: &str| Upload::bytes("file", &b"bytes"[..]).mime_type(mime_type);
    let taken: [(Content, &str); 7] = [
        (Image::upload(upload("image/png")).into(), "image"),
        (Video::upload(upload("video/mp4")).into(), "video"),
        (Audio::upload(upload("audio/mpeg")).into(), "audio"),
        (Audio::voice(upload("audio/ogg")).into(), "audio"),
        (Document::upload(upload("application/pdf")).into(), "document"),
        (Document::upload(upload("image/png")).into(), "document"),
        (Sticker::upload(upload("image/webp")).into(), "sticker"),
    ];
    for (content, kind) in taken {
        assert_eq!(content.kind(), kind);
        assert_eq!(problems(content), [""; 0], "{kind}");
    }
    for refused in [
        Content::from(Image::upload(upload("video/mp4"))),
        Video::upload(upload("image/png")).into(),
        Audio::upload(upload("image/png")).into(),
        Audio::voice(upload("audio/mpeg")).into(),
        Document::upload(upload("application/zip")).into(),
        Sticker::upload(upload("image/png")).into(),
    ] {
        assert_eq!(problems(refused).len(), 1);
    }
}
