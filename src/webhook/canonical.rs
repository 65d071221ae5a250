//! JSON in one spelling, so that the same thing has the same key however it is written.

use crate::webhook::{
    Webhook,
    items::Value as Members,
    lenient::{self, Bytes},
};
use serde_json::value::RawValue;

/// The bytes that stand for this JSON: white space, the order of members and escapes make no difference to them.
///
/// Other JSON has other bytes. Numbers count as they are written.
pub(super) fn spelling(json: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    if serde_json::from_str(json).and_then(|raw| write(raw, Webhook::MAX_DEPTH, &mut out)).is_err() {
        // What cannot be followed, such as a name that is no text, counts as it is written.
        out = json.as_bytes().to_vec();
    }
    out
}

fn write(raw: &RawValue, depth: usize, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let json = raw.get();
    match (json.as_bytes().first(), depth.checked_sub(1)) {
        (Some(b'{'), Some(depth)) => {
            let Members(mut members) = lenient::parse(raw)?;
            // Stable: of a name that is given twice, the first stays the first.
            members.sort_by(|(one, _), (other, _)| one.0.cmp(&other.0));
            out.push(b'{');
            for (name, value) in members {
                write_text(name.0.as_bytes(), out);
                write(value, depth, out)?;
            }
            out.push(b'}');
        }
        (Some(b'['), Some(depth)) => {
            out.push(b'[');
            for item in lenient::parse::<Vec<&RawValue>>(raw)? {
                write(item, depth, out)?;
            }
            out.push(b']');
        }
        (Some(b'"'), _) => {
            out.push(b'"');
            write_text(&lenient::parse::<Bytes>(raw)?.0, out);
        }
        _ => write_text(json.as_bytes(), out),
    }
    Ok(())
}

/// The length keeps what follows each other apart.
fn write_text(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.len().to_be_bytes());
    out.extend(text);
}

#[cfg(test)]
mod tests {
    use super::spelling;
    use std::collections::HashSet;

    #[test]
    fn the_same_json_has_one_spelling() {
        let plain = spelling(r#"{"a":[1,"ä/"],"b":{"c":null,"d":"🙂"}}"#);
        for same in [
            " { \"a\" : [ 1 , \"ä/\" ] ,\r\n\t\"b\":{\"c\":null, \"d\":\"🙂\"} } ",
            r#"{"b":{"d":"🙂","c":null},"a":[1,"ä/"]}"#,
            r#"{"a":[1,"\u00e4\/"],"b":{"c":null,"d":"\ud83d\ude42"}}"#,
            r#"{"\u0061":[1,"\u00E4/"],"b":{"c":null,"d":"🙂"}}"#,
        ] {
            assert_eq!(spelling(same), plain, "{same}");
        }
    }

    #[test]
    fn other_json_has_another_spelling() {
        let all = [
            "{}",
            "[]",
            r#""""#,
            "null",
            r#""null""#,
            "1",
            r#""1""#,
            "1.0",
            "18446744073709551616",
            "18446744073709551617",
            "[1,2]",
            "[2,1]",
            "[12]",
            "[[1],2]",
            "[[1,2]]",
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":2,"a":1}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":{},"b":1}"#,
            r#"["a",1]"#,
            r#""\ud83d""#,
            r#""\ud83e""#,
            r#""\ufffd""#,
            r#"{"\ud83d":1}"#,
            r#"{"\ud83e":1}"#,
        ];
        let spellings: HashSet<_> = all.iter().map(|json| spelling(json)).collect();
        assert_eq!(spellings.len(), all.len());
    }

    #[test]
    fn what_is_nested_without_end_is_not_followed() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(spelling(&deep).len() > 1_000_000);
    }
}
