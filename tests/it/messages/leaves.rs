//! The parts that messages are made of: mostly good, now and then at a limit, seldom past it.

use super::{
    agreement::Case,
    lab::{ANA, Known},
};
use proptest::{char, collection::vec, option, prelude::*, sample::select};
use std::fmt;
use whatsapp_business::{
    id::UserId,
    message::{Content, Header, MediaSource, Message},
    recipient::Recipient,
};

/// How many good values come on each bad one.
const GOOD: u32 = 24;

pub(super) fn mostly<T: fmt::Debug + Clone + 'static>(
    good: impl Strategy<Value = T> + 'static,
    bad: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<T> {
    prop_oneof![GOOD => good, 1 => bad].boxed()
}

/// One of `good`, seldom one of `bad`.
pub(super) fn word(good: &'static [&'static str], bad: &'static [&'static str]) -> BoxedStrategy<String> {
    mostly(select(good), select(bad)).prop_map(str::to_owned).boxed()
}

/// A character of one, two, three or four bytes.
fn glyph() -> impl Strategy<Value = &'static str> + Clone {
    select(vec!["x", "é", "日", "𝄞"])
}

/// Any character, often one of those among which emoji are.
pub(super) fn sign() -> impl Strategy<Value = char> {
    prop_oneof![any::<char>(), char::range('\u{2000}', '\u{2fff}'), char::range('\u{1f000}', '\u{1fbff}')]
}

/// Text of 1 to `max` characters.
pub(super) fn text(max: usize) -> BoxedStrategy<String> {
    let length = prop_oneof![3 => 1..=max.min(12), 1 => Just(max)];
    let good = (glyph(), length).prop_map(|(glyph, length)| glyph.repeat(length));
    let long = glyph().prop_map(move |glyph| glyph.repeat(max + 1));
    mostly(good, prop_oneof![Just(String::new()), Just(" \n".to_owned()), long])
}

/// Text that must not be empty and has no greatest length.
pub(super) fn words() -> BoxedStrategy<String> {
    word(&["x", "Ana Silva", "日本 💡", " 12\n"], &["", " ", "\n"])
}

/// Texts of 1 to `max` characters that differ from each other.
pub(super) fn different(max: usize, count: usize) -> BoxedStrategy<Vec<String>> {
    (vec(text(max), count), mostly(Just(false), Just(true)))
        .prop_map(|(mut texts, clash)| {
            for (n, text) in texts.iter_mut().enumerate() {
                let mut rest = text.chars();
                let number = char::from_digit(u32::try_from(n % 36).unwrap(), 36).unwrap();
                if rest.next().is_some_and(|first| !first.is_whitespace()) {
                    *text = format!("{number}{}", rest.as_str());
                }
            }
            if let (true, [first, .., last]) = (clash, texts.as_mut_slice()) {
                first.clone_into(last);
            }
            texts
        })
        .boxed()
}

/// `least` to `most`, seldom one less or one more.
pub(super) fn count(least: usize, most: usize) -> BoxedStrategy<usize> {
    let good = prop_oneof![3 => least..=most.min(least + 2), 1 => Just(most)];
    mostly(good, prop_oneof![Just(least - 1), Just(most + 1)])
}

/// An id as Meta makes them.
pub(super) fn id(good: &str) -> BoxedStrategy<String> {
    mostly(Just(good.to_owned()), select(vec!["", "a b", " 1", "1\n"]).prop_map(str::to_owned))
}

pub(super) fn link() -> BoxedStrategy<String> {
    word(
        &["https://example.com/roof.png", "http://example.com", "HTTPS://EXAMPLE.COM/%20?q=é#top"],
        &[
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            " https://example.com",
            "https://example.com/a b",
            "https://example.com/a\nb",
            "https://example.com/\u{a0}",
            "javascript:alert(1)",
        ],
    )
}

/// An uploaded file or a link.
pub(super) fn source(good: &str) -> BoxedStrategy<MediaSource> {
    prop_oneof![id(good).prop_map(MediaSource::from), link().prop_map(MediaSource::link)].boxed()
}

pub(super) fn header(known: &Known) -> BoxedStrategy<Header> {
    prop_oneof![
        text(Header::MAX_TEXT).prop_map(Header::from),
        source(&known.image).prop_map(Header::image),
        source(&known.video).prop_map(Header::video),
        (source(&known.document), option::of(words())).prop_map(|(source, name)| match name {
            Some(name) => Header::named_document(source, name),
            None => Header::document(source),
        }),
    ]
    .boxed()
}

/// `value` changed by `change`, if there is anything to change it with.
pub(super) fn with<T, V>(value: T, option: Option<V>, change: impl FnOnce(T, V) -> T) -> T {
    match option {
        Some(option) => change(value, option),
        None => value,
    }
}

/// Shapes of BSUIDs, nobody's.
fn user_id() -> BoxedStrategy<UserId> {
    let long = |length: usize| format!("US.{}", "1a".repeat(length / 2) + &"b".repeat(length % 2));
    let good = vec!["US.13491208655302741918".to_owned(), "IN.ENT.A1b2".to_owned(), long(256)];
    let bad = vec!["US.", "US.ENT.", "us.1", "US1", "US.a b", "US.é", ""];
    let bad: Vec<_> = bad.into_iter().map(str::to_owned).chain([long(257)]).collect();
    mostly(select(good), select(bad)).prop_map(UserId::from).boxed()
}

fn phone() -> BoxedStrategy<String> {
    let digits = |length: usize| format!("+{}", "4915123456789012".get(..length).unwrap());
    let good = vec![ANA, "+1 415 555 0132", "+1 (415) 555-0132", "14155550132", "415.555.0132", "5550132"];
    let good: Vec<_> = good.into_iter().map(str::to_owned).chain([digits(7), digits(15)]).collect();
    let bad = vec!["", "Ana", "1+4155550132", " +14155550132", "+1415555013x", "US.1"];
    let bad: Vec<_> = bad.into_iter().map(str::to_owned).chain([digits(6), digits(16)]).collect();
    mostly(select(good), select(bad))
}

fn group(known: &Known) -> BoxedStrategy<Recipient> {
    let bad = select(vec!["", " ", "Y2Fw 9n", "+14155550132"]).prop_map(str::to_owned);
    mostly(Just(known.group.clone()), bad).prop_map(Recipient::group).boxed()
}

fn person(known: &Known) -> BoxedStrategy<Recipient> {
    prop_oneof![
        6 => phone().prop_map(Recipient::Phone),
        1 => Just(Recipient::User(UserId::from(&known.user_id))),
        2 => (phone(), user_id()).prop_map(|(phone, user)| Recipient::PhoneAndUser(phone, user)),
    ]
    .boxed()
}

/// People, and now and then groups.
pub(super) fn recipient(known: &Known) -> BoxedStrategy<Recipient> {
    prop_oneof![GOOD => person(known), 2 => group(known)].boxed()
}

/// Puts contents into messages with any options, for people and now and then for groups.
pub(super) fn to_people<C: Into<Content> + fmt::Debug>(
    known: &Known,
    content: impl Strategy<Value = C> + 'static,
) -> BoxedStrategy<Case> {
    (recipient(known), content, options(known))
        .prop_map(|(to, content, options)| options.put(Message::new(to, content)).into())
        .boxed()
}

/// Like [`to_people`], for Ana alone: what she wrote stands in no other conversation, which a client cannot know.
pub(super) fn to_ana<C: Into<Content> + fmt::Debug>(
    known: &Known,
    content: impl Strategy<Value = C> + 'static,
) -> BoxedStrategy<Case> {
    let good = [ANA, "+1 415 555 0132", "+1 (415) 555-0132", "14155550132"].map(str::to_owned).to_vec();
    let bad = ["", "Ana", "1+4155550132", " +14155550132"].map(str::to_owned).to_vec();
    let to = prop_oneof![
        4 => mostly(select(good), select(bad)).prop_map(Recipient::Phone),
        1 => Just(Recipient::User(UserId::from(&known.user_id))),
    ];
    (to, content, options(known))
        .prop_map(|(to, content, options)| options.put(Message::new(to, content)).into())
        .boxed()
}

/// Like [`to_people`] the other way round.
pub(super) fn to_groups<C: Into<Content> + fmt::Debug>(
    known: &Known,
    content: impl Strategy<Value = C> + 'static,
) -> BoxedStrategy<Case> {
    let to = prop_oneof![GOOD => group(known), 2 => person(known)];
    (to, content, options(known))
        .prop_map(|(to, content, options)| options.put(Message::new(to, content)).into())
        .boxed()
}

/// What every message may have beside its content.
#[derive(Clone, Debug)]
pub(super) struct Options {
    reply_to: Option<String>,
    callback_data: Option<String>,
    identity_key_hash: Option<String>,
    preview_url: Option<bool>,
}

impl Options {
    pub(super) fn put(self, message: Message) -> Message {
        let message = with(message, self.reply_to, Message::reply_to);
        let message = with(message, self.callback_data, Message::callback_data);
        let message = with(message, self.identity_key_hash, Message::identity_key_hash);
        with(message, self.preview_url, Message::preview_url)
    }
}

pub(super) fn options(known: &Known) -> impl Strategy<Value = Options> + use<> {
    (
        option::weighted(0.2, prop_oneof![id(&known.heard), id("wamid.OF-A-MESSAGE-THAT-IS-GONE")]),
        option::weighted(0.3, text(Message::MAX_CALLBACK_DATA)),
        option::weighted(0.2, word(&["DF2lS5v2W6x="], &["", " "])),
        option::weighted(0.2, any::<bool>()),
    )
        .prop_map(|(reply_to, callback_data, identity_key_hash, preview_url)| Options {
            reply_to,
            callback_data,
            identity_key_hash,
            preview_url,
        })
}
