//! What the parameters of library templates may be.
//!
//! Meta says what each kind may have in it and not how long it may be; where it says little the looser rule counts.

/// Whether a value is of this kind: a calendar date, an amount and so on.
pub(in crate::simulator) fn fits(kind: &str, value: &str) -> bool {
    let value = value.trim();
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    match kind {
        "NUMBER" => has_digit && value.bytes().all(|b| b.is_ascii_digit()),
        "AMOUNT" => has_digit && has_one_number(value),
        "PHONE NUMBER" => has_digit && value.chars().all(|c| c.is_ascii_digit() || " -()+".contains(c)),
        "EMAIL" => is_mail_address(value),
        "DATE" => has_digit,
        _ => true,
    }
}

/// One number with commas and points, with a currency before or after it: letters and signs.
fn has_one_number(value: &str) -> bool {
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let rest = value.trim_start_matches(|c: char| !c.is_ascii_digit());
    let behind = rest.trim_start_matches(is_of_number);
    !behind.contains(|c: char| c.is_ascii_digit())
}

fn is_mail_address(value: &str) -> bool {
    let domain = |domain: &str| domain.contains('.') && domain.split('.').all(|part| !part.is_empty());
    let is_plain = !value.contains(|c: char| c.is_whitespace() || c.is_control());
    is_plain
        && value
            .split_once('@')
            .is_some_and(|(name, rest)| !name.is_empty() && !rest.contains('@') && domain(rest))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn samples_of_meta_fit_their_kinds() {
        for (kind, samples) in [
            ("ADDRESS", &["1 Hacker Way, Menlo Park, CA 94025"][..]),
            ("TEXT", &["12 pack of paper towels", "Jasper's Market"]),
            ("AMOUNT", &["145", "USD $375.32", "€1,376.22 EUR", "RS 1200"]),
            (
                "DATE",
                &[
                    "2021-04-19",
                    "13/03/2021",
                    "5th January 1982",
                    "08.22.1991",
                    "January 1st, 2024",
                    "05 12 2022",
                ],
            ),
            ("PHONE NUMBER", &["+1 4256789900", "+91-7884-789122", "+39 87 62232"]),
            ("EMAIL", &["1hackerway@meta.com", "yourcustomername@gmail.com"]),
            ("NUMBER", &["23444", "90001234921388904"]),
        ] {
            for sample in samples {
                assert!(fits(kind, sample), "{kind}: {sample}");
            }
        }
    }

    #[test]
    fn what_is_of_another_kind_does_not_fit() {
        for (kind, value) in [
            ("AMOUNT", "a lot"),
            ("AMOUNT", "5 of 6"),
            ("DATE", "tomorrow"),
            ("PHONE NUMBER", "call 911"),
            ("EMAIL", "ana at example.com"),
            ("EMAIL", "ana@example"),
            ("EMAIL", "@example.com"),
            ("NUMBER", "23 444"),
            ("NUMBER", ""),
        ] {
            assert!(!fits(kind, value), "{kind}: {value}");
        }
    }
}
