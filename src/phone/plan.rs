//! The numbering plans of the world, as the crate `phonenumber` brings them.

use crate::phone::NumberKind;
use phonenumber::{
    Mode, country,
    metadata::{DATABASE, Descriptor, Format, Metadata},
};

/// Longest number with its country code (E.164).
const MAX_DIGITS: usize = 15;

/// A number that is in the plan of a country.
pub(super) struct Entry {
    /// Country code and number.
    pub(super) digits: String,
    pub(super) country_code: u16,
    pub(super) region: Option<&'static str>,
    pub(super) kind: NumberKind,
}

pub(super) fn load() {
    // Whatever is asked, the plans are read for it, once.
    let _ = DATABASE.by_id("001");
}

/// Finds a number that begins with `+`.
///
/// Its digits are taken as they stand when they are a number. Only otherwise is something left out of them, such as the zero
/// of `+44 (0) …`: a number that exists must not become another one, as numbers do for the parser of `phonenumber` that
/// begin like a prefix (`+7 800 …`).
pub(super) fn find_international(text: &str) -> Result<Entry, &'static str> {
    match digits(text).and_then(look_up) {
        Some(entry) => Ok(entry),
        None => look_up(parse(None, text)?).ok_or(NOT_THERE),
    }
}

/// Finds a number as it is written in a country.
pub(super) fn find_national(text: &str, region: &str) -> Result<Entry, &'static str> {
    let id = region.to_ascii_uppercase().parse::<country::Id>().map_err(|_| UNKNOWN_REGION)?;
    let plan = DATABASE.by_id(id.as_ref()).ok_or(UNKNOWN_REGION)?;
    let code = plan.country_code();
    let digits = digits(text);
    let without_prefix = digits.as_deref().and_then(|digits| digits.strip_prefix(plan.national_prefix()?));
    let spellings = [without_prefix, digits.as_deref()].into_iter().flatten();
    match spellings.map(|digits| format!("{code}{digits}")).find_map(look_up) {
        Some(entry) => Ok(entry),
        None => look_up(parse(Some(id), text)?).ok_or(NOT_THERE),
    }
}

/// Writes the digits after the country code as people of that country do.
pub(super) fn national(country_code: u16, digits: &str) -> String {
    let Some(plan) = main_plan(country_code) else { return digits.to_owned() };
    let Some(format) = format_of(plan.formats(), digits) else { return digits.to_owned() };
    let mut template = format.format().to_owned();
    // The rule says how the national prefix stands around the first group that is written, which is a `$` and a digit.
    if let (Some(rule), Some(at)) = (format.national_prefix(), template.find('$')) {
        let group = template.get(at..at + 2).unwrap_or_default().to_owned();
        let prefix = plan.national_prefix().unwrap_or_default();
        let with_prefix = rule.replace("$NP", prefix).replace("$FG", &group);
        template = template.replacen(&group, &with_prefix, 1);
    }
    format.pattern().replace(digits, &*template).into_owned()
}

/// Writes the digits after the country code as people of other countries do.
pub(super) fn international(country_code: u16, digits: &str) -> String {
    let Some(plan) = main_plan(country_code) else { return digits.to_owned() };
    // A plan that lists none is written alike at home and abroad.
    let formats = match plan.international_formats() {
        [] => plan.formats(),
        formats => formats,
    };
    match format_of(formats, digits) {
        Some(format) => format.pattern().replace(digits, format.format()).into_owned(),
        None => digits.to_owned(),
    }
}

const NOT_A_NUMBER: &str = "is not a phone number";
const NOT_THERE: &str = "does not exist in its country";
const UNKNOWN_REGION: &str = "is of an unknown region";

/// The digits of text that holds nothing but digits and their usual punctuation.
fn digits(text: &str) -> Option<String> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '/'));
    is_plain.then(|| text.chars().filter(char::is_ascii_digit).collect())
}

/// The country code and number that `phonenumber` reads from text of any form: with letters, an extension, a carrier.
fn parse(region: Option<country::Id>, text: &str) -> Result<String, &'static str> {
    let number = phonenumber::parse(region, text).map_err(|_| NOT_A_NUMBER)?;
    let e164 = number.format().mode(Mode::E164).to_string();
    Ok(e164.trim_start_matches('+').to_owned())
}

/// Looks up a country code and number.
fn look_up(digits: String) -> Option<Entry> {
    if digits.len() > MAX_DIGITS || digits.starts_with('0') {
        return None;
    }
    // No country code is the beginning of another, and none begins with a zero.
    let (country_code, national) = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok()?;
        DATABASE.region(&code).map(|_| (code, national))
    })?;
    // The biggest country of those that share a code comes first, and what several have counts for it.
    let plan = DATABASE.by_code(&country_code)?.into_iter().find(|plan| match plan.leading_digits() {
        Some(leading) => leading.find(national).is_some_and(|found| found.start() == 0),
        None => kind_of(plan, national).is_some(),
    })?;
    let kind = kind_of(plan, national)?;
    // Numbers of no country are filed under the world's code.
    let region = Some(plan.id()).filter(|id| *id != "001");
    Some(Entry { country_code, region, kind, digits })
}

/// The kind of a number within a plan; none when the plan has no such number.
///
/// `phonenumber` tells kinds as well, but loses the zeros that numbers of Italy and Ivory Coast begin with.
fn kind_of(plan: &Metadata, national: &str) -> Option<NumberKind> {
    let plan = plan.descriptors();
    let fits = |numbers: Option<&Descriptor>| numbers.is_some_and(|numbers| numbers.is_match(national));
    if !fits(Some(plan.general())) {
        return None;
    }
    // In the order of Google's libphonenumber: what is special is cut out of what is common.
    let special = [
        (plan.premium_rate(), NumberKind::PremiumRate),
        (plan.toll_free(), NumberKind::TollFree),
        (plan.shared_cost(), NumberKind::SharedCost),
        (plan.voip(), NumberKind::Voip),
        (plan.personal_number(), NumberKind::Personal),
        (plan.pager(), NumberKind::Pager),
        (plan.uan(), NumberKind::Company),
        (plan.voicemail(), NumberKind::Voicemail),
    ];
    if let Some((_, kind)) = special.into_iter().find(|(numbers, _)| fits(*numbers)) {
        return Some(kind);
    }
    match (fits(plan.fixed_line()), fits(plan.mobile())) {
        (true, true) => Some(NumberKind::FixedLineOrMobile),
        (true, false) => Some(NumberKind::FixedLine),
        (false, true) => Some(NumberKind::Mobile),
        (false, false) => None,
    }
}

/// The plan by which all numbers of a country code are written.
fn main_plan(country_code: u16) -> Option<&'static Metadata> {
    DATABASE.by_code(&country_code)?.into_iter().next()
}

/// The format for a number: the first whose leading digits and groups fit.
fn format_of(formats: &'static [Format], national: &str) -> Option<&'static Format> {
    formats.iter().find(|format| {
        // The last of the leading digits is the most exact.
        let leads = format
            .leading_digits()
            .last()
            .is_none_or(|leading| leading.find(national).is_some_and(|found| found.start() == 0));
        let fits = format.pattern().find(national);
        leads && fits.is_some_and(|found| found.range() == (0..national.len()))
    })
}
