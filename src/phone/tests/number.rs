//! Numbers as people type them.

use crate::{
    ErrorKind,
    phone::{NumberKind, PhoneNumber},
    recipient::Recipient,
};
use phonenumber::metadata::DATABASE;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, prop_oneof, proptest};

fn parse(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn parse_in(text: &str, region: &str) -> PhoneNumber {
    PhoneNumber::parse(text, Some(region)).unwrap_or_else(|error| panic!("{text} in {region}: {error}"))
}

#[test]
fn no_country_code_is_ever_glued_to_a_foreign_number() {
    assert_eq!(parse_in("+1 415 555 2671", "BR").e164(), "+14155552671");
}

#[test]
fn national_numbers_need_a_region() {
    for (text, region, e164) in [
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("011 91234-5678", "br", "+5511912345678"),
        ("0 31 11 91234 5678", "BR", "+5511912345678"),
        ("55 11 91234-5678", "BR", "+5511912345678"),
        ("1 (415) 555-2671", "US", "+14155552671"),
        ("800.555.2671", "US", "+18005552671"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("8 (800) 123-45-67", "RU", "+78001234567"),
        ("800 123 45 67", "RU", "+78001234567"),
        ("812 345 67 89", "RU", "+78123456789"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("0031 49 30 901820", "BR", "+4930901820"),
    ] {
        assert_eq!(parse_in(text, region).e164(), e164, "{text} in {region}");
        assert!(PhoneNumber::parse(text, None).is_err(), "{text}");
    }
    for region in ["XX", "", "001", "Brazil"] {
        let error = PhoneNumber::parse("(11) 91234-5678", Some(region)).unwrap_err();
        assert!(error.to_string().contains("is of an unknown region"), "{region}: {error}");
    }
}

#[test]
fn a_number_that_exists_is_never_turned_into_another_one() {
    // The first ones begin like the prefix that is dialled before numbers at home, the others with a zero of their own.
    for number in
        ["+78001234567", "+78091234567", "+3758011234567", "+37080012345", "+390669812345", "+2250701234567"]
    {
        assert_eq!(parse(number).e164(), number);
    }
}

#[test]
fn what_is_dialled_at_home_only_is_left_out() {
    for (text, e164) in [
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+7 8 912 345-67-89", "+79123456789"),
        ("+1 (415) 555-2671 ext. 12", "+14155552671"),
        ("  +1 415 555 2671\n", "+14155552671"),
    ] {
        assert_eq!(parse(text).e164(), e164, "{text}");
    }
}

#[test]
fn numbers_that_do_not_exist_are_refused_without_being_repeated() {
    for text in [
        "+1 415 555",
        "+1 115 555 2671",
        "+999 1234567",
        "+052 55 1234 5678",
        "+1 415 555 2671 415 555",
        "+",
        "Ana",
        "",
        "+١٤١٥٥٥٥٢٦٧١",
    ] {
        let error = PhoneNumber::parse(text, None).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{text}: {error:?}");
        assert!(!error.to_string().contains("415"), "{error}");
    }
}

#[test]
fn text_that_is_longer_than_any_number_is_not_looked_at() {
    let spaced = |spaces: usize| format!("+1{}4155552671", " ".repeat(spaces));
    assert_eq!(parse(&spaced(PhoneNumber::MAX_TEXT - 12)).e164(), "+14155552671");
    let error = PhoneNumber::parse(&spaced(PhoneNumber::MAX_TEXT - 11), None).unwrap_err();
    assert!(error.to_string().contains("phone_number: is too long"), "{error}");
}

#[test]
fn a_number_has_at_most_fifteen_digits_even_where_a_plan_has_longer_ones() {
    assert_eq!(parse("+810037012345678").kind(), NumberKind::TollFree);
    assert!(PhoneNumber::parse("+8100370123456789", None).is_err());
}

#[test]
fn each_number_has_its_kind() {
    for (text, kind) in [
        ("+5511912345678", NumberKind::Mobile),
        ("+551123456789", NumberKind::FixedLine),
        ("+14155552671", NumberKind::FixedLineOrMobile),
        ("+18005552671", NumberKind::TollFree),
        ("+19005552671", NumberKind::PremiumRate),
        ("+39848123456", NumberKind::SharedCost),
        ("+447012345678", NumberKind::Personal),
        ("+445612345678", NumberKind::Voip),
        ("+447640123456", NumberKind::Pager),
        ("+445512345678", NumberKind::Company),
        ("+4781212345", NumberKind::Voicemail),
        // With a zero that is part of the number.
        ("+390212345678", NumberKind::FixedLine),
        ("+2250701234567", NumberKind::Mobile),
        ("+541123456789", NumberKind::FixedLine),
        ("+5491123456789", NumberKind::Mobile),
    ] {
        assert_eq!(parse(text).kind(), kind, "{text}");
    }
}

#[test]
fn countries_that_share_a_code_are_told_apart() {
    for (text, code, region) in [
        ("+14155552671", 1, Some("US")),
        ("+16137827274", 1, Some("CA")),
        ("+18095551234", 1, Some("DO")),
        ("+18005551234", 1, Some("US")),
        ("+79123456789", 7, Some("RU")),
        ("+77011234567", 7, Some("KZ")),
        ("+442079460018", 44, Some("GB")),
        ("+441481256789", 44, Some("GG")),
        ("+390212345678", 39, Some("IT")),
        ("+390669812345", 39, Some("VA")),
        ("+351912345678", 351, Some("PT")),
        ("+80012345678", 800, None),
    ] {
        let number = parse(text);
        assert_eq!((number.country_code(), number.region()), (code, region), "{text}");
    }
}

#[test]
fn numbers_are_written_as_people_write_them() {
    for (text, national, international) in [
        ("+5511912345678", "(11) 91234-5678", "+55 11 91234-5678"),
        ("+551123456789", "(11) 2345-6789", "+55 11 2345-6789"),
        ("+14155552671", "(415) 555-2671", "+1 415-555-2671"),
        ("+442079460018", "020 7946 0018", "+44 20 7946 0018"),
        ("+5491123456789", "011 15-2345-6789", "+54 9 11 2345-6789"),
        ("+525512345678", "55 1234 5678", "+52 55 1234 5678"),
        ("+78001234567", "8 (800) 123-45-67", "+7 800 123-45-67"),
        ("+3612345678", "(06 1) 234 5678", "+36 1 234 5678"),
        ("+390212345678", "02 1234 5678", "+39 02 1234 5678"),
        ("+80012345678", "1234 5678", "+800 1234 5678"),
    ] {
        let number = parse(text);
        assert_eq!((&*number.national(), &*number.international()), (national, international), "{text}");
    }
}

#[test]
fn a_mobile_number_of_every_country_is_read_back_however_it_is_written() {
    let mut countries = 0;
    for plan in DATABASE.iter() {
        let Some(example) = plan.descriptors().mobile().and_then(|mobile| mobile.example()) else { continue };
        let e164 = format!("+{}{example}", plan.country_code());
        let number = parse(&e164);
        assert_eq!((number.e164(), number.country_code()), (&*e164, plan.country_code()));
        assert_eq!(parse(&number.international()), number, "{}", plan.id());
        // Numbers of no country have no form at home.
        if let Some(region) = number.region() {
            assert_eq!(parse_in(&number.national(), region), number, "{}", plan.id());
        }
        countries += 1;
    }
    assert!(countries > 200, "{countries}");
}

#[test]
fn a_number_is_its_text_in_json() {
    let number = parse("+55 11 91234-5678");
    assert_eq!(serde_json::to_string(&number).unwrap(), r#""+5511912345678""#);
    assert_eq!(serde_json::from_str::<PhoneNumber>(r#""+55 (11) 91234-5678""#).unwrap(), number);
    for (json, problem) in [
        (r#""+5511112345678""#, "the phone number does not exist in its country"),
        (r#""11912345678""#, "the phone number has no country code, and no region was given"),
        ("5511912345678", "the phone number has no country code, and no region was given"),
        ("5511912345678.5", "a phone number is text"),
        (r#"["+5511912345678"]"#, "a phone number is text"),
        ("null", "a phone number is text"),
    ] {
        let error = serde_json::from_str::<PhoneNumber>(json).unwrap_err().to_string();
        assert!(error.starts_with(problem) && !error.contains("55111"), "{json}: {error}");
    }
}

#[test]
fn a_number_is_a_recipient_and_hides_itself() {
    PhoneNumber::warm_up();
    let number = parse("+1 415 555 2671");
    assert_eq!(Recipient::from(&number), Recipient::Phone("+14155552671".to_owned()));
    assert_eq!(format!("{number:?} {number}"), "PhoneNumber(..) +14155552671");
    assert_eq!(
        Recipient::from(number.clone()),
        Recipient::from(PhoneNumber::try_from("+14155552671").unwrap())
    );
    assert!(size_of_val(&number) <= 40);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        r"\PC{0,20}",
        r"\+?[0-9 ()./x-]{0,20}",
        r"\+?[0-9]{6,16}(;(ext|phone-context)=\+?[0-9a-z]{0,6}){0,2}",
        r"(tel:)?\+{0,2}[0-9A-Fa-f*#~;=-]{0,18}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_read_or_refused_and_what_was_read_stays_as_it_is(
        text in text(),
        region in prop::option::of("BR|US|MX|AR|RU|DE|IT|HU|[A-Z]{2}"),
    ) {
        if let Ok(number) = PhoneNumber::parse(&text, region.as_deref()) {
            prop_assert_eq!(&PhoneNumber::parse(number.e164(), None).unwrap(), &number);
            prop_assert_eq!(&PhoneNumber::parse(number.e164(), Some("US")).unwrap(), &number);
            let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
            prop_assert_eq!(digits(number.international()), digits(number.e164().to_owned()));
        }
    }
}
