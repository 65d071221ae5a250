//! Which numbers are looked up together, and which never are.

use crate::phone::{MatchKeys, match_keys};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

fn keys(number: &str) -> Vec<String> {
    match_keys(number).into_iter().collect()
}

#[test]
fn a_brazilian_mobile_number_is_known_with_and_without_its_ninth_digit() {
    assert_eq!(keys("5531987654321"), ["5531987654321", "553187654321"]);
    assert_eq!(keys("553187654321"), ["553187654321", "5531987654321"]);
    for first in ["6", "7", "8", "9"] {
        let (old, new) = (format!("5511{first}7654321"), format!("55119{first}7654321"));
        assert_eq!(keys(&old), [old.clone(), new.clone()]);
        assert_eq!(keys(&new), [new, old]);
    }
}

#[test]
fn brazilian_landlines_are_themselves_and_so_are_the_mobile_numbers_that_look_like_them() {
    for first in ["2", "3", "4", "5"] {
        let (landline, mobile) = (format!("5511{first}7654321"), format!("55119{first}7654321"));
        assert_eq!(keys(&landline), [landline]);
        assert_eq!(keys(&mobile), [mobile]);
    }
}

#[test]
fn brazilian_numbers_of_no_area_or_another_length_are_themselves() {
    let areas = (0..100).filter(|area| keys(&format!("55{area:02}987654321")).len() == 2);
    let real = [
        11..=19,
        21..=22,
        24..=24,
        27..=28,
        31..=35,
        37..=38,
        41..=49,
        51..=51,
        53..=55,
        61..=69,
        71..=71,
        73..=75,
        77..=77,
        79..=79,
        81..=89,
        91..=99,
    ];
    assert!(areas.eq(real.into_iter().flatten()));
    for number in
        ["5508001234567", "558001234567", "55", "5511", "55119876543210", "55319876543", "55311987654321"]
    {
        assert_eq!(keys(number), [number]);
    }
}

#[test]
fn a_mexican_number_is_known_with_and_without_the_one() {
    assert_eq!(keys("525512345678"), ["525512345678", "5215512345678"]);
    assert_eq!(keys("5215512345678"), ["5215512345678", "525512345678"]);
    for number in
        ["521551234567", "52155123456789", "52551234567", "520551234567", "5210551234567", "5211551234567"]
    {
        assert_eq!(keys(number), [number]);
    }
}

/// P3: in Argentina it leads one way only.
#[test]
fn an_argentine_mobile_number_may_be_a_landline_but_a_landline_is_never_a_mobile_number() {
    assert_eq!(keys("5491123456789"), ["5491123456789", "541123456789"]);
    for number in ["541123456789", "549112345678", "54911234567890", "5490123456789"] {
        assert_eq!(keys(number), [number]);
    }
}

#[test]
fn every_other_number_is_itself() {
    for number in
        ["14155552671", "4915112345678", "390212345678", "351912345678", "1", "5", "54", "800123456789012345"]
    {
        assert_eq!(keys(number), [number]);
    }
}

#[test]
fn what_does_not_say_its_country_has_no_keys() {
    for text in [
        "",
        "+",
        "Ana",
        "(31) 98765-4321",
        "31 98765 4321",
        " 5531987654321",
        "55+31987654321",
        "++5531987654321",
    ] {
        assert!(match_keys(text).is_empty(), "{text}");
    }
    // A user id must not be taken for the phone number its digits spell.
    for text in ["US.13491208655302741918", "BR.5531987654321", "٥٥٣١٩٨٧٦٥٤٣٢١"] {
        assert!(match_keys(text).is_empty(), "{text}");
    }
    assert_eq!(keys("+55 (31) 98765-4321"), keys("5531987654321"));
}

#[test]
fn keys_are_shown_to_nobody() {
    let keys = match_keys("5531987654321");
    assert_eq!((keys.own(), keys.other()), (Some("5531987654321"), Some("553187654321")));
    assert!(keys.contains("553187654321") && !keys.contains("55318765432"));
    assert_eq!(format!("{keys:?}"), "MatchKeys(2)");
    assert_eq!(keys.len(), (&keys).into_iter().count());
    assert_eq!((match_keys("").own(), match_keys("").len()), (None, 0));
}

/// Digits of the three countries with two spellings, of every length around theirs, and of others.
fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        "55[1-9]{2}9?[2-9][0-9]{7}",
        "521?[0-9]{10}",
        "549?[0-9]{10}",
        "5[245][0-9]{0,13}",
        "[1-9][0-9]{0,16}",
    ]
}

fn brazilian_and_mexican() -> impl Strategy<Value = String> {
    prop_oneof!["55[1-9]{2}9?[0-9]{8}", "521?[0-9]{10}", "5[25][0-9]{9,12}"]
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text: String) {
        prop_assert!(match_keys(&text).len() <= MatchKeys::MAX);
    }

    #[test]
    fn a_numbers_own_key_comes_first_and_no_key_comes_twice(number in numbers()) {
        let keys = keys(&number);
        prop_assert_eq!(keys.first(), Some(&number));
        prop_assert!(keys.len() <= MatchKeys::MAX);
        prop_assert!(keys.get(1) != Some(&number));
    }

    #[test]
    fn punctuation_changes_nothing(number in numbers(), seed in any::<u64>()) {
        let mut spelled = String::from("+");
        for (place, digit) in number.chars().enumerate() {
            spelled.push(digit);
            if seed >> (place % 64) & 1 == 1 {
                spelled.push([' ', '-', '(', ')', '.'][place % 5]);
            }
        }
        prop_assert_eq!(keys(&spelled), keys(&number));
    }

    /// P6: to look up what was looked up finds nothing new.
    #[test]
    fn the_keys_of_a_key_are_among_the_keys(number in numbers()) {
        let keys = match_keys(&number);
        for key in &keys {
            for deeper in &match_keys(key) {
                prop_assert!(keys.contains(deeper), "{number}: {key}: {deeper}");
            }
        }
    }

    /// P6: it leads both ways.
    #[test]
    fn in_brazil_and_mexico_each_key_leads_to_the_other(number in brazilian_and_mexican()) {
        for key in &match_keys(&number) {
            prop_assert!(match_keys(key).contains(&number), "{number}: {key}");
        }
    }

    /// P6: and never abroad.
    #[test]
    fn no_key_is_of_another_country(number in numbers()) {
        let country = |digits: &str| digits[..digits.len().min(2)].to_owned();
        for key in &match_keys(&number) {
            prop_assert_eq!(country(key), country(&number));
        }
    }

    /// P6: a landline is itself.
    #[test]
    fn landlines_have_no_other_key(number in prop_oneof!["55[1-9]{2}[2-5][0-9]{7}", "54[1-3][0-9]{9}"]) {
        prop_assert_eq!(keys(&number), [number]);
    }
}
