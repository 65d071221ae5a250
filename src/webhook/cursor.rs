//! Stepping through JSON, so that it is known where each item of a list begins and ends.

use serde::{Deserialize, de::IgnoredAny};
use std::borrow::Cow;

/// A place in JSON text.
///
/// One pass over the text gives both what an item says and its own text. Objects, lists and texts are stepped through here,
/// all else is read by `serde_json`. Whatever is out of the ordinary, such as an escape in a name, gives nothing, as does
/// what is no JSON: then somebody else has to find out what it is.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text without control characters, which JSON as it is sent has none of.
    ///
    /// They are white space outside of texts and an error within: so neither has to be looked for.
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let has_controls = text.bytes().fold(false, |has, byte| has | (byte < b' '));
        (!has_controls).then_some(Self { text, at: 0 })
    }

    /// Whether there is nothing more.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at)? {
                b' ' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Reads a value of any type.
    pub(super) fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(self.at..)?).into_iter();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }

    /// Reads text, which is borrowed where it has no escapes.
    pub(super) fn word(&mut self) -> Option<Cow<'a, str>> {
        self.take(b'"')?;
        let plain = self.piece()?;
        if self.byte()? == b'"' {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = String::with_capacity(2 * plain.len() + 16);
        text.push_str(plain);
        loop {
            text.push(self.escaped()?);
            text.push_str(self.piece()?);
            if self.byte()? == b'"' {
                return Some(Cow::Owned(text));
            }
        }
    }

    /// What comes before the next quote or backslash.
    fn piece(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.at += memchr::memchr2(b'"', b'\\', self.text.as_bytes().get(start..)?)?;
        self.text.get(start..self.at)
    }

    /// What is written after a backslash; half a surrogate is nothing.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.byte()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.unit()?;
                let more =
                    if matches!(unit, 0xd800..0xdc00) { Some((self.byte()?, self.byte()?)) } else { None };
                match more {
                    None => char::from_u32(unit.into())?,
                    Some((b'\\', b'u')) => char::decode_utf16([unit, self.unit()?]).next()?.ok()?,
                    Some(_) => return None,
                }
            }
            _ => return None,
        })
    }

    /// The four digits of a UTF-16 unit.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.chars().try_fold(0, |unit, digit| Some(unit << 4 | u16::try_from(digit.to_digit(16)?).ok()?))
    }

    /// Steps over a value.
    pub(super) fn skip(&mut self) -> Option<()> {
        self.value::<IgnoredAny>().map(drop)
    }

    /// Reads something, and gives its JSON too.
    pub(super) fn with_text<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<(T, &'a str)> {
        self.peek()?;
        let start = self.at;
        let value = read(self)?;
        Some((value, self.text.get(start..self.at)?))
    }

    /// Reads something, or stays where it is.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let value = read(self);
        if value.is_none() {
            self.at = start;
        }
        value
    }

    /// Goes through an object; `member` is given each name and has to read or skip the value.
    pub(super) fn members(&mut self, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.each(b'{', b'}', |here| {
            here.take(b'"')?;
            let name = here.piece()?;
            here.take(b'"')?;
            here.take(b':')?;
            member(here, name)
        })
    }

    /// Goes through a list; `item` has to read or skip each.
    pub(super) fn items(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.each(b'[', b']', item)
    }

    fn each(&mut self, open: u8, close: u8, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            part(self)?;
            self.peek()?;
            match self.byte()? {
                b',' => {}
                byte => return (byte == close).then_some(()),
            }
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The next byte, white space or not.
    fn byte(&mut self) -> Option<u8> {
        let byte = self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(*byte)
    }
}

/// Sets a member; nothing when it was given before.
pub(super) fn once<T>(member: &mut Option<T>, value: Option<T>) -> Option<()> {
    if member.is_some() {
        return None;
    }
    *member = value;
    member.is_some().then_some(())
}

/// What is built from text, such as an id; absent when the text is empty.
pub(super) fn filled<T: for<'a> From<&'a str>>(text: Option<Cow<'_, str>>) -> Option<T> {
    text.filter(|text| !text.is_empty()).map(|text| T::from(&text))
}

#[cfg(test)]
mod tests {
    use super::{Cursor, filled, once};
    use std::borrow::Cow;

    fn word(json: &str) -> Option<Cow<'_, str>> {
        let mut cursor = Cursor::new(json)?;
        cursor.word().filter(|_| cursor.is_at_end())
    }

    #[test]
    fn text_is_what_serde_makes_of_it() {
        for json in [
            r#""""#,
            r#""text""#,
            r#" "ä🙂" "#,
            r#""wamid.a\/b\\""#,
            r#""\"\\\/\b\f\n\r\t\u0000\u00e4\uFFFF""#,
            r#""\ud83d\ude42 and \uD83D\uDE42""#,
        ] {
            assert_eq!(word(json).unwrap(), serde_json::from_str::<String>(json).unwrap(), "{json}");
        }
        assert!(matches!(word(r#""text""#), Some(Cow::Borrowed("text"))));
    }

    #[test]
    fn what_is_no_text_gives_nothing() {
        for json in [
            "",
            "text",
            "5",
            "null",
            "[]",
            r#"""#,
            r#""\"#,
            r#""\""#,
            r#""\x""#,
            r#""\u12""#,
            r#""\u123é""#,
            r#""\u+123""#,
            r#""\ud83d""#,
            r#""\ude42""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d""#,
            "\"line\nbreak\"",
        ] {
            assert_eq!(word(json), None, "{json}");
            assert!(serde_json::from_str::<String>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_object_and_its_lists_are_gone_through() {
        let json = r#" {"a": [1, [2] ,{"b":3}] , "c" :{}, "d":[]} "#;
        let mut cursor = Cursor::new(json).unwrap();
        let (mut names, mut items) = (Vec::new(), Vec::new());
        let members = cursor.members(|cursor, name| {
            names.push(name);
            match name {
                "c" => cursor.skip(),
                _ => cursor.items(|cursor| {
                    items.push(cursor.with_text(Cursor::skip)?.1);
                    Some(())
                }),
            }
        });
        assert!(members.is_some() && cursor.is_at_end());
        assert_eq!((names, items), (vec!["a", "c", "d"], vec!["1", "[2]", r#"{"b":3}"#]));
    }

    #[test]
    fn what_is_no_json_is_not_gone_through() {
        for json in [
            "",
            "[]",
            "{",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            r#"{"a":1]"#,
            r#"{"a":1,}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":1x}"#,
            r#"{"a":tru}"#,
            r#"{a:1}"#,
            r#"{"a" 1}"#,
        ] {
            let gone = Cursor::new(json).unwrap().members(|cursor, _| cursor.skip());
            assert_eq!(gone, None, "{json}");
            assert!(serde_json::from_str::<serde_json::Value>(json).is_err() || json == "[]", "{json}");
        }
        assert!(Cursor::new("{\n}").is_none(), "control characters are for others");
    }

    #[test]
    fn an_attempt_that_fails_reads_nothing() {
        let mut cursor = Cursor::new("5").unwrap();
        assert_eq!(cursor.attempt(|cursor| cursor.value::<u8>().filter(|number| *number > 5)), None);
        assert_eq!(cursor.value(), Some(5));
    }

    #[test]
    fn a_member_is_given_once_and_empty_text_is_none() {
        let mut member = None;
        assert_eq!(once(&mut member, None::<u8>), None);
        assert_eq!(
            (once(&mut member, Some(1)), once(&mut member, Some(2)), member),
            (Some(()), None, Some(1))
        );
        assert_eq!(filled::<String>(Some("".into())), None);
        assert_eq!(filled::<String>(Some("a".into())).as_deref(), Some("a"));
    }
}
