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
