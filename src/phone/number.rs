//! Phone numbers as people type them.

use crate::{
    error::{Error, Path, Result, Violation},
    phone::plan::{self, Entry},
    recipient::Recipient,
    wire,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// A phone number that fits its country's plan.
///
/// Parse a number when it comes from a form, to learn whether it exists and to keep it in one spelling. It is written to
/// JSON as its E.164 text, and read from nothing but text of that form which is still a number.
///
/// The first parse of a process reads the world's numbering plans, which takes 50 to 100 ms (ten times that in a build
/// without optimisation) and 5 MB: a server does that with [`warm_up`](Self::warm_up) before it serves. Each later parse takes
/// microseconds, or a few milliseconds when it is the first one of its country for a while.
///
/// ```
/// use whatsapp_business::phone::{NumberKind, PhoneNumber};
/// # fn main() -> whatsapp_business::Result<()> {
/// let number = PhoneNumber::parse("(11) 91234-5678", Some("BR"))?;
/// assert_eq!(number.e164(), "+5511912345678");
/// assert_eq!((number.region(), number.kind()), (Some("BR"), NumberKind::Mobile));
/// assert_eq!(number.international(), "+55 11 91234-5678");
/// assert!(PhoneNumber::parse("(11) 91234-5678", None).is_err()); // no country is ever guessed
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: Box<str>,
    country_code: u16,
    region: Option<&'static str>,
    kind: NumberKind,
}

impl PhoneNumber {
    /// Longest text that is looked at, in characters; no number is longer, however it is spelled.
    pub const MAX_TEXT: usize = 250;

    /// Parses a number in international form, or in the national form of `region` (an ISO 3166 code such as `BR`).
    ///
    /// The region is used only for text that does not begin with `+`; it never overrides a country code that is there.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the text is no number, has no country code and no region is given, the region is
    /// unknown, or the number does not fit its country's plan.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self> {
        read(text, region).map_err(|problem| {
            let at = Path::ROOT.field("phone_number");
            Error::invalid(vec![Violation::new(at, problem, "a number of its country's plan (E.164)")])
        })
    }

    /// Reads the world's numbering plans now, so that no later parse has to.
    ///
    /// It blocks for 50 to 100 ms (ten times that in a build without optimisation) and keeps 5 MB. Once is enough: what is
    /// read is kept until the process ends.
    pub fn warm_up() {
        plan::load();
    }

    /// The number in E.164: `+`, country code, number, no spaces.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// What the plan of its country keeps such numbers for.
    ///
    /// WhatsApp is not for mobile numbers only: businesses register fixed lines and toll-free numbers as well.
    #[must_use]
    pub fn kind(&self) -> NumberKind {
        self.kind
    }

    /// The ISO 3166 code of its country, such as `BR`; none for numbers of no country, such as `+800…`.
    ///
    /// Countries that share a country code are told apart where their plans allow it; the rest, such as toll-free numbers
    /// of North America, count for the biggest of them.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region
    }

    /// The country code: `55` of `+5511912345678`.
    #[must_use]
    pub fn country_code(&self) -> u16 {
        self.country_code
    }

    /// The number as it is written within its country: `(11) 91234-5678`.
    #[must_use]
    pub fn national(&self) -> String {
        plan::national(self.country_code, self.significant())
    }

    /// The number as it is written abroad: `+55 11 91234-5678`.
    #[must_use]
    pub fn international(&self) -> String {
        format!("+{} {}", self.country_code, plan::international(self.country_code, self.significant()))
    }

    /// The digits after the country code.
    fn significant(&self) -> &str {
        let code = self.country_code.checked_ilog10().unwrap_or(0) as usize + 1;
        self.e164.get(1 + code..).unwrap_or_default()
    }
}

/// What a number is for, by the plan of its country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberKind {
    /// Mobile.
    Mobile,
    /// A fixed line.
    FixedLine,
    /// Either: some countries, such as the United States, do not tell them apart.
    FixedLineOrMobile,
    /// Free for the caller.
    TollFree,
    /// The caller pays extra.
    PremiumRate,
    /// Caller and callee share the cost.
    SharedCost,
    /// One number of a person, wherever it rings.
    Personal,
    /// Telephony over the internet.
    Voip,
    /// A pager.
    Pager,
    /// One number of a company for all its places.
    Company,
    /// Access to a voice mailbox.
    Voicemail,
}

fn read(text: &str, region: Option<&str>) -> Result<PhoneNumber, &'static str> {
    let text = text.trim();
    if text.chars().count() > PhoneNumber::MAX_TEXT {
        return Err("is too long for a phone number");
    }
    let Entry { digits, country_code, region, kind } = match (text.starts_with('+'), region) {
        (true, _) => plan::find_international(text)?,
        (false, Some(region)) => plan::find_national(text, region)?,
        (false, None) => return Err("has no country code, and no region was given"),
    };
    Ok(PhoneNumber { e164: format!("+{digits}").into(), country_code, region, kind })
}

impl TryFrom<&str> for PhoneNumber {
    type Error = Error;
    /// Parses a number in international form.
    fn try_from(text: &str) -> Result<Self> {
        Self::parse(text, None)
    }
}

impl From<&PhoneNumber> for Recipient {
    fn from(number: &PhoneNumber) -> Self {
        Self::Phone(number.e164().to_owned())
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number.e164.into())
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.e164())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Errors of serde quote what they found, which may be somebody's number.
        let text: String =
            wire::text(deserializer).map_err(|_| D::Error::custom("a phone number is text"))?;
        read(&text, None).map_err(|problem| D::Error::custom(format_args!("the phone number {problem}")))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.e164())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(..)")
    }
}
