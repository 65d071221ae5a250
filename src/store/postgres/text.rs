//! Texts as PostgreSQL can keep them: any but those with a U+0000.
//!
//! U+0000 is written as U+0001 U+0001, and U+0001 as U+0001 U+0002: texts that hold neither stay as they are, each text can be
//! read back, and the order of texts is kept.

use std::borrow::Cow;

/// A text as it is kept.
pub(super) fn encode<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    if !text.contains(['\0', '\u{1}']) {
        return text;
    }
    Cow::Owned(text.replace('\u{1}', "\u{1}\u{2}").replace('\0', "\u{1}\u{1}"))
}

/// The text that was kept as `kept`.
pub(super) fn decode(kept: &str) -> Cow<'_, str> {
    if !kept.contains('\u{1}') {
        return Cow::Borrowed(kept);
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
    Cow::Owned(text)
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
            let (kept_a, kept_b) = (encode(a.as_str()), encode(b.as_str()));
            prop_assert!(!kept_a.contains('\0'));
            prop_assert_eq!(decode(&kept_a), a.as_str());
            prop_assert_eq!(kept_a.cmp(&kept_b), a.cmp(&b));
        }
    }
}
