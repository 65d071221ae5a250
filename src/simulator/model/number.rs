//! How Meta reads the number in `to`.

/// Most digits of a full number, by E.164.
const LONGEST: usize = 15;

/// The digits of `text`; `None` when it holds anything but digits and the punctuation of phone numbers.
fn digits(text: &str) -> Option<String> {
    let harmless = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | ' ');
    text.chars().all(harmless).then(|| text.chars().filter(char::is_ascii_digit).collect())
}

/// The full number, digits only, that `to` means; `None` when it is not a phone number.
///
/// Meta documents that a number without `+` gets the business number's country code. In practice the `wa_id` of a
/// customer who wrote, and a number that starts with that code already, are taken as they stand; so are they here, with
/// a rough length in the place of national rules, and so is a number that the code would make too long to be one.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>
pub(crate) fn resolve(to: &str, business: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let digits = digits(to)?;
    let code = country_code(business);
    let is_national_length = digits.len() <= code.len() + 7;
    let full = if to.trim_start().starts_with('+')
        || is_known(&digits)
        || (digits.starts_with(code) && !is_national_length)
        || code.len() + digits.len() > LONGEST
    {
        digits
    } else {
        format!("{code}{digits}")
    };
    // Nothing shorter than 7 is a mobile number anywhere.
    (7..=LONGEST).contains(&full.len()).then_some(full)
}

/// The country code that a full number begins with: the ITU's list of one- and two-digit codes, else three digits.
fn country_code(number: &str) -> &str {
    const TWO_DIGITS: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let length = if number.starts_with(['1', '7']) {
        1
    } else if TWO_DIGITS.iter().any(|code| number.starts_with(code)) {
        2
    } else {
        3
    };
    number.get(..length).unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn punctuation_is_tolerated_and_letters_are_not() {
        assert_eq!(resolve("+1 (650) 555-1234", "15550100001", |_| false).as_deref(), Some("16505551234"));
        assert_eq!(resolve("US.13491208655302741918", "15550100001", |_| false), None);
        assert_eq!(resolve("", "15550100001", |_| false), None);
        assert_eq!(resolve("+12345678901234567", "15550100001", |_| false), None);
    }

    #[test]
    fn a_number_without_plus_gets_the_country_code_of_the_business() {
        let from_india = |to| resolve(to, "918005550100", |_| false);
        assert_eq!(from_india("(631) 555-1234").as_deref(), Some("916315551234"));
        assert_eq!(from_india("1 (631) 555-1234").as_deref(), Some("9116315551234"));
        assert_eq!(from_india("916315551234").as_deref(), Some("916315551234"));
        assert_eq!(from_india("55119123456789").as_deref(), Some("55119123456789"));
    }

    #[test]
    fn a_customer_who_wrote_is_answered_at_the_wa_id() {
        assert_eq!(resolve("16315551234", "918005550100", |_| true).as_deref(), Some("16315551234"));
    }
}
