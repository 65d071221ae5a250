use super::{List, any_text, loose, number, optional, text, texts};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Text(#[serde(deserialize_with = "text")] String);

#[test]
fn half_a_surrogate_reads_as_one_replacement_character() {
    for (json, expected) in [
        (r#""\ud83d\ude42""#, "\u{1f642}"),
        (r#""a\ud83d""#, "a\u{fffd}"),
        (r#""\ude42b""#, "\u{fffd}b"),
        (r#""\ud83d\ud83d\ude42\u0041""#, "\u{fffd}\u{1f642}A"),
        (r#""\ud83d\ud83dé\u0000""#, "\u{fffd}\u{fffd}é\0"),
    ] {
        assert_eq!(serde_json::from_str::<Text>(json).unwrap().0, expected, "{json}");
    }
}

#[test]
fn what_is_made_of_text_is_read_or_absent() {
    #[derive(Deserialize)]
    struct Loose(#[serde(deserialize_with = "loose")] Option<String>);
    for (json, expected) in [
        (r#""a\ud83d""#, Some("a\u{fffd}")),
        ("106540352242922", Some("106540352242922")),
        ("-5", Some("-5")),
        (r#""""#, None),
        ("null", None),
        ("true", None),
        ("5.5", None),
        ("{}", None),
        (r#"["a"]"#, None),
    ] {
        assert_eq!(serde_json::from_str::<Loose>(json).unwrap().0.as_deref(), expected, "{json}");
    }
}

#[test]
fn a_number_is_read_if_it_fits() {
    #[derive(Deserialize)]
    struct Number(#[serde(deserialize_with = "number")] Option<u8>);
    for (json, expected) in [
        ("55", Some(55)),
        (r#"" 55 ""#, Some(55)),
        ("256", None),
        ("-1", None),
        ("5.5", None),
        (r#""""#, None),
        ("null", None),
        ("{}", None),
    ] {
        assert_eq!(serde_json::from_str::<Number>(json).unwrap().0, expected, "{json}");
    }
}

#[test]
fn a_list_is_read_from_any_shape() {
    for (json, items, is_odd) in [
        ("[1,[2],{}]", 3, false),
        ("[]", 0, false),
        ("null", 0, false),
        (r#""""#, 0, false),
        (r#""text""#, 0, true),
        (r#"{"a":[{}],"b":1}"#, 0, true),
        ("5", 0, true),
        ("-5", 0, true),
        ("5.5", 0, true),
        ("true", 0, true),
    ] {
        let list: List<'_> = serde_json::from_str(json).unwrap();
        assert_eq!((list.items.len(), list.is_odd), (items, is_odd), "{json}");
    }
}

#[test]
fn an_optional_member_is_text_or_digits_or_absent() {
    #[derive(Deserialize)]
    struct Id(#[serde(deserialize_with = "optional")] Option<String>);
    #[derive(Deserialize)]
    struct Words(#[serde(deserialize_with = "any_text")] Option<String>);
    for (json, expected) in [
        (r#""a\/b""#, Some("a/b")),
        ("18446744073709551615", Some("18446744073709551615")),
        ("-7", Some("-7")),
        (r#""""#, None),
        ("null", None),
        ("true", None),
        ("[[1],{}]", None),
        (r#"{"a":[1]}"#, None),
    ] {
        assert_eq!(serde_json::from_str::<Id>(json).unwrap().0.as_deref(), expected, "{json}");
        assert_eq!(serde_json::from_str::<Words>(json).unwrap().0.as_deref(), expected, "{json}");
    }
    assert_eq!(serde_json::from_str::<Words>(r#""a\ud83d""#).unwrap().0.as_deref(), Some("a\u{fffd}"));
    assert_eq!(serde_json::from_str::<Words>("1.50").unwrap().0.as_deref(), Some("1.50"));
}

#[test]
fn the_texts_of_an_object_are_kept_and_all_else_is_left_out() {
    #[derive(Deserialize)]
    struct Notes(#[serde(deserialize_with = "texts")] BTreeMap<String, String>);
    let notes: Notes = serde_json::from_str(r#"{"a":"b","n":5,"t":true,"o":{},"e":""}"#).unwrap();
    assert_eq!(notes.0, BTreeMap::from([("a".into(), "b".into()), ("n".into(), "5".into())]));
    for odd in ["[]", "5", "null", r#""text""#] {
        assert!(serde_json::from_str::<Notes>(odd).unwrap().0.is_empty(), "{odd}");
    }
}
