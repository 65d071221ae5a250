//! The digits under which one person may be known.

use std::{array, fmt, iter};

/// The digits under which the person with this number may be known: its own, and in three countries another spelling.
///
/// `number` is a `wa_id` (digits only) or a number in E.164 (`+` and country code, with the usual punctuation or without).
/// Anything else has no keys, as do national numbers: no country is guessed.
///
/// | country | the same person | why |
/// |---|---|---|
/// | Brazil | `55` area 8 digits, `55` area `9` 8 digits | mobile numbers got a ninth digit from 2012 on, older accounts kept theirs |
/// | Mexico | `52` 10 digits, `521` 10 digits | mobile numbers had a 1 after the country code until 2019 |
/// | Argentina | `549` 10 digits, perhaps `54` 10 digits | mobile numbers have a 9 abroad; without it the number may be a landline |
///
/// Fixed lines of Brazil have their own key only. In Argentina the second key belongs to the number with the 9 alone, as a
/// landline must not be taken for a mobile number.
///
/// The keys are for looking up, and for nothing else:
///
/// - Do not write to them. The address is the `wa_id` as Meta gave it, or the number as it was typed.
/// - Do not store them in the place of either.
/// - One contact found is a candidate, and the same person only if nothing else about them (a user id) says otherwise.
///   Several found are different people until someone decides.
///
/// ```
/// use whatsapp_business::phone::match_keys;
/// let keys = match_keys("+55 31 98765-4321");
/// assert!(keys.iter().eq(["5531987654321", "553187654321"]));
/// assert!(match_keys("14155552671").iter().eq(["14155552671"]));
/// assert!(match_keys("(31) 98765-4321").is_empty());
/// ```
#[must_use]
pub fn match_keys(number: &str) -> MatchKeys {
    let own = digits(number);
    MatchKeys { other: own.as_deref().and_then(other_spelling), own }
}

/// One or two keys, or none; made by [`match_keys`].
///
/// `Debug` shows only how many there are: they are people's numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MatchKeys {
    own: Option<String>,
    other: Option<String>,
}

impl MatchKeys {
    /// Most keys that a number has.
    pub const MAX: usize = 2;

    /// The number's own digits; none when it was not a number with its country code.
    #[must_use]
    pub fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// The other spelling that the same person may be known by.
    #[must_use]
    pub fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }

    /// All keys, the number's own first.
    pub fn iter(&self) -> iter::Flatten<array::IntoIter<Option<&str>, { Self::MAX }>> {
        [self.own(), self.other()].into_iter().flatten()
    }

    /// Whether `digits` is one of them.
    #[must_use]
    pub fn contains(&self, digits: &str) -> bool {
        self.iter().any(|key| key == digits)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none, as the text was not a number with its country code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_none()
    }
}

impl fmt::Debug for MatchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatchKeys({})", self.len())
    }
}

impl IntoIterator for MatchKeys {
    type Item = String;
    type IntoIter = iter::Flatten<array::IntoIter<Option<String>, { Self::MAX }>>;

    fn into_iter(self) -> Self::IntoIter {
        [self.own, self.other].into_iter().flatten()
    }
}

impl<'a> IntoIterator for &'a MatchKeys {
    type Item = &'a str;
    type IntoIter = iter::Flatten<array::IntoIter<Option<&'a str>, { MatchKeys::MAX }>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The digits of a number that says its country: by a leading `+`, or by being digits only, as a `wa_id` is.
fn digits(number: &str) -> Option<String> {
    let (number, punctuation) = match number.strip_prefix('+') {
        Some(number) => (number, " -.()"),
        None => (number, ""),
    };
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || punctuation.contains(c));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (is_plain && !digits.is_empty()).then_some(digits)
}

fn other_spelling(digits: &str) -> Option<String> {
    let (country, national) = digits.split_at_checked(2)?;
    let national = match country {
        "52" => mexico(national),
        "54" => argentina(national),
        "55" => brazil(national),
        _ => None,
    }?;
    Some(format!("{country}{national}"))
}

/// Brazil's area codes: the national codes ("DDD") of ANATEL's plan.
const BRAZILIAN_AREAS: [&str; 67] = [
    "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28", "31", "32", "33",
    "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49", "51", "53", "54", "55",
    "61", "62", "63", "64", "65", "66", "67", "68", "69", "71", "73", "74", "75", "77", "79", "81", "82",
    "83", "84", "85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96", "97", "98", "99",
];

/// A mobile number with its ninth digit put in or left out.
fn brazil(national: &str) -> Option<String> {
    let (area, local) = national.split_at_checked(2)?;
    let (eight, has_ninth) = match local.len() {
        9 => (local.strip_prefix('9')?, true),
        _ => (local, false),
    };
    // The ninth digit was put before mobile numbers, which began with 6 to 9. With another digit after it a number is newer
    // than that, and without it a landline: two people.
    let was_mobile = eight.len() == 8 && eight.starts_with(['6', '7', '8', '9']);
    (was_mobile && BRAZILIAN_AREAS.contains(&area))
        .then(|| if has_ninth { format!("{area}{eight}") } else { format!("{area}9{eight}") })
}

/// A number with the 1 of mobile numbers put in or left out. No area code begins with 0 or 1.
fn mexico(national: &str) -> Option<String> {
    let is_whole = |number: &str| number.len() == 10 && !number.starts_with(['0', '1']);
    match national.strip_prefix('1') {
        Some(number) => is_whole(number).then(|| number.to_owned()),
        None => is_whole(national).then(|| format!("1{national}")),
    }
}

/// A mobile number without its 9. Nothing is put in: a number without the 9 may be a landline.
fn argentina(national: &str) -> Option<String> {
    let number = national.strip_prefix('9')?;
    (number.len() == 10 && !number.starts_with('0')).then(|| number.to_owned())
}
