//! Texts as PostgreSQL can keep them: any but those with a U+0000.
//!
//! U+0000 is written as U+0001 U+0001, and U+0001 as U+0001 U+0002: texts that hold neither stay as they are, each text can be
//! read back, and the order of texts is kept.

use std::borrow::Cow;

/// A text as it is kept.
pub(super) fn encode(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', '\u{1}']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\u{1}', "\u{1}\u{2}").replace('\0', "\u{1}\u{1}"))
}

/// The text that was kept as `kept`.
pub(super) fn decode(kept: &str) -> String {
    if !kept.contains('\u{1}') {
        return kept.to_owned();
    }
    let mut text = String::with_capacity(kept.len());
    let mut rest = kept.chars();
    while let Some(c) = rest.next() {
        text.push(match c {
            '\u{1}' => match rest.next() {
                Some('\u{1}') => '\0',
                _ => '\u{1}',
            },
            c => c,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_come_back_in_their_order_and_without_nul(
            a in "[\0\u{1}\u{2}ab]{0,6}",
            b in "[\0\u{1}\u{2}ab]{0,6}",
        ) {
            let (kept_a, kept_b) = (encode(&a), encode(&b));
            prop_assert!(!kept_a.contains('\0'));
            prop_assert_eq!(decode(&kept_a), a.clone());
            prop_assert_eq!(kept_a.cmp(&kept_b), a.cmp(&b));
        }
    }
}
