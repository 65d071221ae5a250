//! Files: which types Meta takes, for what, and how large.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use super::Result;
use crate::simulator::refusal::Refusal;

const KILOBYTE: usize = 1024;
const MEGABYTE: usize = 1024 * KILOBYTE;

const DOCUMENTS: [&str; 8] = [
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];

/// Checks an uploaded file.
pub(crate) fn upload(mime: &str, bytes: &[u8]) -> Result {
    let Some(kind) = kind(mime) else {
        return Err(Refusal::unsupported("file must be of one of the supported media types."));
    };
    if bytes.is_empty() {
        return Err(Refusal::unsupported("file is empty."));
    }
    let most = match kind {
        "image" => 5 * MEGABYTE,
        "audio" | "video" => 16 * MEGABYTE,
        "sticker" if is_animated(bytes) => 500 * KILOBYTE,
        "sticker" => 100 * KILOBYTE,
        _ => 100 * MEGABYTE,
    };
    if bytes.len() > most {
        let size = bytes.len();
        return Err(Refusal::new(131_053, format!("file has {size} bytes, a {kind} has at most {most}.")));
    }
    Ok(())
}

/// Checks what is said of a file that is to be uploaded to an app.
///
/// <https://developers.facebook.com/docs/graph-api/guides/upload>
pub(crate) fn sample(mime: &str, length: u64) -> Result {
    if !["image/jpeg", "image/png", "video/mp4", "application/pdf"].contains(&mime) {
        return Err(Refusal::unsupported("file_type is not supported."));
    }
    if length == 0 {
        return Err(Refusal::unsupported("file_length must be at least 1."));
    }
    Ok(())
}

/// Whether a file of this type can be sent as a message of `kind`. Every type can be sent as a document.
pub(super) fn fits(kind: &str, mime: &str) -> bool {
    kind == "document" || self::kind(mime) == Some(kind)
}

/// The kind of message a file is for.
fn kind(mime: &str) -> Option<&'static str> {
    // Parameters such as `codecs=opus` do not matter.
    let essence = mime.split(';').next().unwrap_or_default().trim();
    match essence {
        "image/jpeg" | "image/png" => Some("image"),
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => Some("audio"),
        "video/mp4" | "video/3gpp" => Some("video"),
        "image/webp" => Some("sticker"),
        document if DOCUMENTS.contains(&document) => Some("document"),
        _ => None,
    }
}

/// Whether a WebP file says of itself that it moves: the animation bit of its extended header.
fn is_animated(webp: &[u8]) -> bool {
    webp.get(12..16) == Some(b"VP8X") && webp.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

#[cfg(test)]
mod tests {
    use super::{KILOBYTE, MEGABYTE, fits, upload};

    #[test]
    fn each_kind_has_its_own_limit() {
        let mut moving = vec![0; 500 * KILOBYTE];
        moving[12..16].copy_from_slice(b"VP8X");
        moving[20] = 0b10;
        assert!(upload("image/webp", &moving).is_ok());
        moving[20] = 0;
        for (mime, bytes, code) in [
            ("image/webp", &*moving, 131_053),
            ("image/png", &vec![0; 5 * MEGABYTE + 1], 131_053),
            ("image/gif", &[0][..], 100),
            ("image/png", &[], 100),
        ] {
            assert_eq!(upload(mime, bytes).unwrap_err().code(), code, "{mime}");
        }
        assert!(upload("audio/ogg; codecs=opus", &vec![0; 16 * MEGABYTE]).is_ok());
    }

    #[test]
    fn files_are_sent_as_what_they_are_or_as_documents() {
        assert!(fits("image", "image/png") && fits("document", "image/png") && !fits("image", "image/webp"));
    }
}
