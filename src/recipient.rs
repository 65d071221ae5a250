//! Whom a message is for.

use crate::{
    check,
    error::{Path, Violation},
    id::{GroupId, UserId, WaId},
};
use std::fmt;

/// Whom a message is for: a phone number, a business-scoped user id (BSUID), or a group.
///
/// Text converts into a recipient: `CC.…` (two capital letters and a dot) is a BSUID, everything else a phone number.
/// Write phone numbers in international form with a leading `+`: without it Meta puts the country code of the *business*
/// number in front, whatever the customer's country. A [`WaId`] from a webhook is the address to answer, as it came.
///
/// ```
/// use whatsapp_business::recipient::Recipient;
/// assert!(matches!("+1 415 555 2671".into(), Recipient::Phone(_)));
/// assert!(matches!("US.13491208655302741918".into(), Recipient::User(_)));
/// let crew = Recipient::group("Y2FwaV9ncm91cDox");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recipient {
    /// A phone number, as it was written (`to` on the wire).
    Phone(String),
    /// A business-scoped user id or a parent one (`recipient` on the wire).
    User(UserId),
    /// Both names of one person; Meta uses the phone number.
    PhoneAndUser(String, UserId),
    /// A group (`to` with `recipient_type` `group`).
    Group(GroupId),
}

impl Recipient {
    /// Fewest digits of a phone number.
    pub const MIN_DIGITS: usize = 7;
    /// Most digits of a phone number (E.164).
    pub const MAX_DIGITS: usize = 15;
    /// Longest user id after its country and dot. Meta printed 256 at first and 128 since 2026; both are taken.
    pub const MAX_USER_ID: usize = 256;

    /// A group.
    #[must_use]
    pub fn group(id: impl Into<GroupId>) -> Self {
        Self::Group(id.into())
    }

    /// The digits of a phone number, for comparing; Meta's own spelling of it may differ.
    #[must_use]
    pub fn digits(&self) -> Option<String> {
        match self {
            Self::Phone(number) | Self::PhoneAndUser(number, _) => {
                Some(number.chars().filter(char::is_ascii_digit).collect())
            }
            Self::User(_) | Self::Group(_) => None,
        }
    }

    /// Notes what of the recipient's shape Meta would refuse.
    pub(crate) fn check(&self, out: &mut Vec<Violation>) {
        if let Self::Phone(number) | Self::PhoneAndUser(number, _) = self {
            check_phone(number, Path::ROOT.field("to"), out);
        }
        if let Self::User(user) | Self::PhoneAndUser(_, user) = self {
            check_user(user, Path::ROOT.field("recipient"), out);
        }
        if let Self::Group(group) = self {
            check_group(group, Path::ROOT.field("to"), out);
        }
    }
}

fn check_phone(number: &str, at: Path<'_>, out: &mut Vec<Violation>) {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let plain = number.chars().enumerate().all(|(place, c)| match c {
        '+' => place == 0,
        ' ' | '-' | '(' | ')' | '.' => true,
        c => c.is_ascii_digit(),
    });
    if !plain {
        out.push(Violation::new(at, "has characters no phone number has", "digits, spaces and +-(). only"));
    } else if !(Recipient::MIN_DIGITS..=Recipient::MAX_DIGITS).contains(&digits) {
        out.push(Violation::new(
            at,
            format!("has {digits} digits"),
            "a phone number of 7 to 15 digits with its country code",
        ));
    }
}

/// An id of a group is opaque, but it is no phone number.
fn check_group(group: &GroupId, at: Path<'_>, out: &mut Vec<Violation>) {
    check::id(at, group.as_str(), out);
    let mut as_phone = Vec::new();
    check_phone(group.as_str(), at, &mut as_phone);
    if group.as_str().starts_with('+') && as_phone.is_empty() {
        out.push(Violation::new(at, "is a phone number", "the id of a group"));
    }
}

fn check_user(user: &UserId, at: Path<'_>, out: &mut Vec<Violation>) {
    let tail = user.as_str().get(3..).unwrap_or("");
    let tail = tail.strip_prefix("ENT.").unwrap_or(tail);
    let shaped = is_user_id(user.as_str())
        && (1..=Recipient::MAX_USER_ID).contains(&tail.len())
        && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    if !shaped {
        out.push(Violation::new(
            at,
            "is not a business-scoped user id",
            "CC.… or CC.ENT.… with letters and digits",
        ));
    }
}

/// Whether text begins as a business-scoped user id does: two capital letters and a dot.
fn is_user_id(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'.', ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}

impl From<&str> for Recipient {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Recipient {
    fn from(text: String) -> Self {
        if is_user_id(&text) { Self::User(text.into()) } else { Self::Phone(text) }
    }
}

impl From<&String> for Recipient {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// The digits as Meta gave them, with the `+` that says they begin with a country code.
impl From<&WaId> for Recipient {
    fn from(wa_id: &WaId) -> Self {
        let digits = wa_id.as_str();
        Self::Phone(if digits.starts_with('+') { digits.to_owned() } else { format!("+{digits}") })
    }
}

impl From<WaId> for Recipient {
    fn from(wa_id: WaId) -> Self {
        (&wa_id).into()
    }
}

impl From<UserId> for Recipient {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<&UserId> for Recipient {
    fn from(id: &UserId) -> Self {
        Self::User(id.clone())
    }
}

impl From<GroupId> for Recipient {
    fn from(id: GroupId) -> Self {
        Self::Group(id)
    }
}

impl From<&GroupId> for Recipient {
    fn from(id: &GroupId) -> Self {
        Self::Group(id.clone())
    }
}

impl From<&Self> for Recipient {
    fn from(recipient: &Self) -> Self {
        recipient.clone()
    }
}

/// Shows the kind only: a recipient is a person.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(_) => f.write_str("Phone(..)"),
            Self::User(id) => id.fmt(f),
            Self::PhoneAndUser(_, id) => write!(f, "PhoneAndUser(.., {id:?})"),
            Self::Group(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recipient;
    use crate::id::WaId;

    fn problems(to: impl Into<Recipient>) -> Vec<String> {
        let mut out = Vec::new();
        to.into().check(&mut out);
        out.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_in_every_usual_spelling_pass_unchanged() {
        for number in [
            "+14155552671",
            "+1 (415) 555-2671",
            "14155552671",
            "+55.11.91234-5678",
            "+6834567",
            "+123456789012345",
        ] {
            assert_eq!(problems(number), Vec::<String>::new(), "{number}");
            assert_eq!(Recipient::from(number), Recipient::Phone(number.to_owned()));
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_limit() {
        let limit = "(a phone number of 7 to 15 digits with its country code)";
        assert_eq!(problems("+123456"), [format!("to: has 6 digits {limit}")]);
        assert_eq!(problems("+1234567890123456"), [format!("to: has 16 digits {limit}")]);
        assert_eq!(problems(""), [format!("to: has 0 digits {limit}")]);
        for text in ["Ana", "+1415555267x", "1+4155552671", "+1 415 555 2671\n"] {
            assert_eq!(
                problems(text),
                ["to: has characters no phone number has (digits, spaces and +-(). only)"]
            );
        }
    }

    #[test]
    fn user_ids_are_told_from_numbers_by_their_shape() {
        assert!(problems("US.13491208655302741918").is_empty());
        assert!(problems("IN.ENT.A1b2").is_empty());
        assert!(problems(format!("US.{}", "1".repeat(256))).is_empty());
        assert_eq!(problems(format!("US.{}", "1".repeat(257))).len(), 1);
        for bad in ["US.", "US.a b", "US.ENT."] {
            assert_eq!(problems(bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_wa_id_is_answered_as_it_came() {
        assert_eq!(Recipient::from(WaId::new("5511912345678")), Recipient::Phone("+5511912345678".into()));
    }

    #[test]
    fn debug_shows_no_number() {
        assert_eq!(format!("{:?}", Recipient::from("+14155552671")), "Phone(..)");
    }
}
