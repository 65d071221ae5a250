//! Phone numbers as people type them.
//!
//! Sending needs none of this: a [`Recipient`] checks the shape of a number and costs nothing.
//! Parse a number here when it comes from a form, to learn whether it exists and to keep it in one spelling.

use crate::{
    error::{Error, Path, Result, Violation},
    recipient::Recipient,
};
use phonenumber::{Mode, country};
use std::fmt;

/// A phone number that fits its country's plan.
///
/// The first parse of a process reads the world's numbering plans and takes about a tenth of a second; each later one
/// takes microseconds.
///
/// ```
/// use whatsapp_business::phone::PhoneNumber;
/// # fn main() -> whatsapp_business::Result<()> {
/// let number = PhoneNumber::parse("(415) 555-2671", Some("US"))?;
/// assert_eq!(number.e164(), "+14155552671");
/// assert!(PhoneNumber::parse("(415) 555-2671", None).is_err()); // no country is ever guessed
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Parses a number in international form, or in the national form of `region` (an ISO 3166 code such as `BR`).
    ///
    /// The region is used only for text that does not begin with `+`; it never overrides a country code that is there.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the text is no number, has no country code and no region is given, the region is
    /// unknown, or the number does not fit its country's plan.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self> {
        let refused = |problem: &str| {
            let at = Path::ROOT.field("phone_number");
            Error::invalid(vec![Violation::new(at, problem, "a number of its country's plan (E.164)")])
        };
        let text = text.trim();
        let region = match (text.starts_with('+'), region) {
            (true, _) => None,
            (false, None) => return Err(refused("has no country code, and no region was given")),
            (false, Some(region)) => {
                let id: country::Id = region.parse().map_err(|_| refused("is of an unknown region"))?;
                Some(id)
            }
        };
        let number = phonenumber::parse(region, text).map_err(|_| refused("is not a phone number"))?;
        if !number.is_valid() {
            return Err(refused("does not exist in its country"));
        }
        Ok(Self(number.format().mode(Mode::E164).to_string()))
    }

    /// The number in E.164: `+`, country code, number, no spaces.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }
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
        Self::Phone(number.0.clone())
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number.0)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::PhoneNumber;

    #[test]
    fn no_country_code_is_ever_glued_to_a_foreign_number() {
        let number = PhoneNumber::parse("+1 415 555 2671", Some("BR")).unwrap();
        assert_eq!(number.e164(), "+14155552671");
    }

    #[test]
    fn national_numbers_need_a_region() {
        assert_eq!(PhoneNumber::parse("(11) 91234-5678", Some("BR")).unwrap().e164(), "+5511912345678");
        assert!(PhoneNumber::parse("(11) 91234-5678", None).is_err());
        assert!(PhoneNumber::parse("(11) 91234-5678", Some("XX")).is_err());
    }

    #[test]
    fn numbers_that_do_not_exist_are_refused_without_being_repeated() {
        let error = PhoneNumber::parse("+1 415 555", None).unwrap_err();
        assert!(!error.to_string().contains("415"), "{error}");
    }
}
