//! Words and signs that reviewers look at.

use crate::template::placeholder::replace;

/// Hosts of addresses that hide where they lead.
pub(super) const SHORTENERS: &[&str] = &[
    "bit.ly",
    "buff.ly",
    "cutt.ly",
    "goo.gl",
    "is.gd",
    "ow.ly",
    "rb.gy",
    "rebrand.ly",
    "shorturl.at",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tinyurl.com",
];

/// Hosts of links that open a chat.
pub(super) const CHATS: &[&str] = &["wa.me", "api.whatsapp.com", "chat.whatsapp.com", "wa.link"];

/// Words of advertising, in English, Spanish and Portuguese.
const PROMOTIONAL: &[&str] = &[
    "discount",
    "discounts",
    "offer",
    "offers",
    "sale",
    "coupon",
    "promo",
    "promotion",
    "deal",
    "deals",
    "cashback",
    "voucher",
    "descuento",
    "descuentos",
    "oferta",
    "ofertas",
    "cupón",
    "promoción",
    "rebaja",
    "rebajas",
    "desconto",
    "descontos",
    "cupom",
    "promoção",
];

/// Runs of words of advertising.
const PROMOTIONAL_RUNS: &[&[&str]] = &[
    &["buy", "now"],
    &["shop", "now"],
    &["limited", "time"],
    &["for", "free"],
    &["don't", "miss"],
    &["hurry", "up"],
];

/// What nobody may ask for.
const SECRETS: &[&[&str]] = &[
    &["card", "number"],
    &["cvv"],
    &["social", "security", "number"],
    &["bank", "account", "number"],
    &["passport", "number"],
    &["your", "password"],
    &["your", "pin"],
    &["número", "de", "tarjeta"],
    &["número", "do", "cartão"],
];

pub(super) fn is_promotional(text: &str) -> bool {
    let words = words(text);
    words.iter().any(|word| PROMOTIONAL.contains(&word.as_str()))
        || PROMOTIONAL_RUNS.iter().any(|run| has(&words, run))
}

pub(super) fn asks_for_secrets(text: &str) -> bool {
    let words = words(text);
    SECRETS.iter().any(|run| has(&words, run))
}

fn has(words: &[String], run: &[&str]) -> bool {
    words.windows(run.len()).any(|here| here == run)
}

/// How many words there are besides placeholders. In scripts without spaces each letter counts as one.
pub(super) fn count(text: &str) -> usize {
    let fixed = replace(text, |_| Some(" "));
    let unspaced = fixed.chars().filter(|c| is_unspaced(*c)).count();
    let spaced = fixed.split(|c: char| !c.is_alphanumeric() && c != '\'' || is_unspaced(c));
    unspaced + spaced.filter(|word| !word.is_empty()).count()
}

/// Whether it has words, and all in capital letters.
pub(super) fn shouts(text: &str) -> bool {
    let fixed = replace(text, |_| Some(" "));
    let letters: Vec<_> = fixed.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).collect();
    letters.len() > 12 && letters.iter().all(|c| c.is_uppercase())
}

/// The hosts of the addresses in a text, with or without a scheme, in small letters.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"')).map(|word| {
        let address = word.split_once("://").map_or(word, |(_, rest)| rest);
        let host = address.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        host.strip_prefix("www.").map_or(host.clone(), str::to_owned)
    })
}

/// Whether a character is drawn as a picture.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
