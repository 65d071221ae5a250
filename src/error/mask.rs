//! Meta's texts made fit for a log: no phone numbers, no tokens, no line breaks, not long.

/// What stands for a part that is left out.
const MASK: &str = "[masked]";
/// Fewest digits that may be a phone number.
const NUMBER: usize = 7;
/// Fewest letters and digits in one piece that may be a secret.
const SECRET: usize = 32;
/// Longest text shown, in characters.
const SHOWN: usize = 500;
/// Longest text looked at, in characters.
const READ: usize = 4_096;

/// `text` without whatever may be a phone number, a token or a message id.
pub(super) fn mask(text: &str) -> String {
    let plain: String = text.chars().take(READ).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let masked = numbers(&secrets(&plain));
    match masked.char_indices().nth(SHOWN) {
        Some((end, _)) => masked.chars().take(SHOWN).chain((end < masked.len()).then_some('…')).collect(),
        None => masked,
    }
}

/// Masks words that look like a secret or stand where one is named.
fn secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut named) = (text, false);
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c| !in_word(c)).unwrap_or(rest.len()));
        let (gap, next) = after.split_at(after.find(in_word).unwrap_or(after.len()));
        out.push_str(if !word.is_empty() && (named || is_secret(word)) { MASK } else { word });
        out.push_str(gap);
        named = names_secret(word, gap);
        rest = next;
    }
    out
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || "_-.+/|%~*".contains(c)
}

/// Whether what follows `word` and `gap` is a secret: `access_token=…`, `"app_secret": "…"`, `Bearer …`.
fn names_secret(word: &str, gap: &str) -> bool {
    let word = word.to_ascii_lowercase();
    if word == "bearer" {
        return true;
    }
    let is_name = ["token", "secret", "proof", "signature", "authorization", "password", "pin"]
        .iter()
        .any(|name| word.ends_with(name));
    is_name && (gap.contains('=') || gap.contains(':') && (word.contains('_') || word == "authorization"))
}

fn is_secret(word: &str) -> bool {
    let token = word.split("EAA").skip(1).any(|rest| {
        let body = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        body >= 5
    });
    let key = word.split(|c: char| !c.is_ascii_alphanumeric()).any(|piece| {
        piece.len() >= SECRET
            && piece.bytes().any(|b| b.is_ascii_digit())
            && !piece.bytes().all(|b| b.is_ascii_digit())
    });
    token || key || word.to_ascii_lowercase().contains("wamid.")
}

/// Masks runs of [`NUMBER`] and more digits, whatever is used to group them.
fn numbers(text: &str) -> String {
    fn end(run: &mut String, gap: &mut String, digits: &mut usize, out: &mut String) {
        out.push_str(if *digits < NUMBER { run } else { MASK });
        out.push_str(gap);
        (*digits, _, _) = (0, run.clear(), gap.clear());
    }
    let mut out = String::with_capacity(text.len());
    let (mut run, mut gap, mut digits) = (String::new(), String::new(), 0);
    for c in text.chars() {
        if c.is_numeric() {
            if digits == 0 {
                // A number's plus sign is masked with it; what stands before that is not part of it.
                let plus = gap.strip_suffix('+').map_or(gap.len(), str::len);
                run.extend(gap.drain(plus..));
                out.push_str(&gap);
            } else {
                run.push_str(&gap);
            }
            gap.clear();
            run.push(c);
            digits += 1;
        } else if groups_digits(c) {
            gap.push(c);
        } else {
            end(&mut run, &mut gap, &mut digits, &mut out);
            out.push(c);
        }
    }
    end(&mut run, &mut gap, &mut digits, &mut out);
    out
}

fn groups_digits(c: char) -> bool {
    c.is_whitespace()
        || "-().+/_%\u{ad}\u{feff}\u{2212}".contains(c)
        || matches!(c, '\u{200b}'..='\u{2015}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{READ, SHOWN, mask};

    #[test]
    fn phone_numbers_are_masked_however_they_are_written() {
        for number in [
            "+14155552671",
            "14155552671",
            "+1 (415) 555-2671",
            "+1.415.555.2671",
            "555 2671",
            "+1\u{a0}415\u{2011}555\u{2011}2671",
            "\u{202a}+1 415 555 2671\u{202c}",
            "%2B1415%20555%202671",
            "+1 415\n555\t2671",
            "٠١٢٣٤٥٦٧٨",
        ] {
            let shown = mask(&format!("Recipient {number} is not on WhatsApp"));
            assert!(shown.contains("[masked]"), "{shown}");
            assert!(shown.chars().filter(|c| c.is_numeric()).count() < 7, "{shown}");
            assert!(shown.starts_with("Recipient ") && shown.ends_with("is not on WhatsApp"), "{shown}");
        }
        assert_eq!(mask("to: +14155552671."), "to: [masked].");
    }

    #[test]
    fn tokens_secrets_and_message_ids_are_masked() {
        for (text, shown) in [
            ("Malformed access token EAAGm0PX4ZCpsBAKZ", "Malformed access token [masked]"),
            ("GET /v23.0/me?access_token=abc|def&x=1", "GET /v23.0/me?access_token=[masked]&x=1"),
            (r#"{"client_secret": "hush"}"#, r#"{"client_secret": "[masked]"}"#),
            ("Authorization: Bearer s3cr3t", "Authorization: [masked] [masked]"),
            ("no message wamid.HBgLMTQxNTU1NTI2NzEV", "no message [masked]"),
            ("key 0123456789abcdef0123456789abcdef", "key [masked]"),
        ] {
            assert_eq!(mask(text), shown);
        }
    }

    #[test]
    fn texts_that_help_stay() {
        for text in [
            "Error validating access token: Session has expired on Friday, 11-Sep-26 10:00:00 PDT",
            "template name (order_update_v2) does not exist in en_US",
            "Param text['body'] must be at most 4096 characters long (v23.0)",
            "",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn long_texts_and_line_breaks_do_not_reach_a_log() {
        assert_eq!(mask("a\nb\u{1b}c"), "a b c");
        assert_eq!(mask(&"é".repeat(READ * 2)).chars().count(), SHOWN + 1);
        assert_eq!(mask(&"é".repeat(SHOWN)).chars().count(), SHOWN);
    }
}
