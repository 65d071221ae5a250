//! What a file is, told by its first bytes.

use file_format::FileFormat;
use std::{io::Cursor, str};

/// How many of the first bytes are looked at.
pub(crate) const HEAD: usize = 64 * 1024;

/// What stands for a type that could not be told.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// The type of the file that begins with `head`; its name decides only between types that share a container, where the
/// head does not.
pub(crate) fn sniff(head: &[u8], name: &str) -> &'static str {
    let head = head.get(..HEAD).unwrap_or(head);
    let format = FileFormat::from_reader(Cursor::new(head)).unwrap_or_default();
    match format {
        FileFormat::JointPhotographicExpertsGroup => "image/jpeg",
        FileFormat::PortableNetworkGraphics | FileFormat::AnimatedPortableNetworkGraphics => "image/png",
        FileFormat::Webp => "image/webp",
        FileFormat::ThirdGenerationPartnershipProject => "video/3gpp",
        // Its tracks stand at the end of the file, so that the head tells neither sound nor picture.
        FileFormat::Mpeg4Part14 if has_extension(name, "m4a") => "audio/mp4",
        FileFormat::Mpeg4Part14 | FileFormat::Mpeg4Part14Video | FileFormat::AppleItunesVideo => "video/mp4",
        FileFormat::Mpeg4Part14Audio | FileFormat::AppleItunesAudio => "audio/mp4",
        FileFormat::AdvancedAudioCoding => "audio/aac",
        FileFormat::AdaptiveMultiRate => "audio/amr",
        FileFormat::Mpeg12AudioLayer3 | FileFormat::Id3v2 => "audio/mpeg",
        FileFormat::OggOpus | FileFormat::OggVorbis | FileFormat::OggMultiplexedMedia => "audio/ogg",
        FileFormat::PortableDocumentFormat => "application/pdf",
        FileFormat::MicrosoftWordDocument => "application/msword",
        FileFormat::MicrosoftExcelSpreadsheet => "application/vnd.ms-excel",
        FileFormat::MicrosoftPowerpointPresentation => "application/vnd.ms-powerpoint",
        _ if head.starts_with(b"PK\x03\x04") => office(head, name),
        _ if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => old_office(name),
        _ if is_text(head) => "text/plain",
        _ => UNKNOWN,
    }
}

/// A ZIP archive is what its parts are. Their names stand before each part; those that matter need not be in the head.
fn office(head: &[u8], name: &str) -> &'static str {
    /// How far behind the mark of a part its name stands.
    const NAME: usize = 30;
    let marks = head.windows(4).enumerate().filter(|(_, window)| window == b"PK\x03\x04");
    let names: Vec<_> = marks.filter_map(|(at, _)| head.get(at + NAME..)).collect();
    for (folder, extension, mime_type) in [
        ("word/", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xl/", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ppt/", "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ] {
        if names.iter().any(|name| name.starts_with(folder.as_bytes())) || has_extension(name, extension) {
            return mime_type;
        }
    }
    UNKNOWN
}

/// Some programs leave out the class of the document, and it stands behind the head in large ones.
fn old_office(name: &str) -> &'static str {
    for (extension, mime_type) in [
        ("doc", "application/msword"),
        ("xls", "application/vnd.ms-excel"),
        ("ppt", "application/vnd.ms-powerpoint"),
    ] {
        if has_extension(name, extension) {
            return mime_type;
        }
    }
    UNKNOWN
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case(extension))
}

/// Whether this is UTF-8 without control characters; the last character may be cut off by the end of the head.
fn is_text(head: &[u8]) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() == HEAD => {
            let whole = head.get(..error.valid_up_to()).unwrap_or_default();
            str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
}
