//! How deep JSON is nested, found without recursion.

/// Whether objects and lists are nested deeper than `limit`.
///
/// The parser steps over raw JSON of any depth; what stores and shows it later may not.
pub(super) fn exceeds(json: &[u8], limit: usize) -> bool {
    // Counting is much faster than following, and settles it for nearly all.
    openings(json) > limit && follow(json, limit)
}

/// How many braces and brackets are opened, those in texts included.
fn openings(json: &[u8]) -> usize {
    // The two differ in one bit. What is counted in bytes, a piece at a time, the compiler counts many at once.
    let count = |piece: &[u8]| piece.iter().map(|byte| u8::from(byte | 0x20 == b'{')).sum::<u8>();
    json.chunks(usize::from(u8::MAX)).map(|piece| usize::from(count(piece))).sum()
}

fn follow(json: &[u8], limit: usize) -> bool {
    let mut depth: usize = 0;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_text(&mut bytes),
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::exceeds;

    fn nested(depth: usize) -> String {
        format!("{}{}", r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2))
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        assert!(!exceeds(nested(64).as_bytes(), 64));
        assert!(exceeds(nested(66).as_bytes(), 64));
        assert!(exceeds(nested(66).as_bytes(), 65));
    }

    #[test]
    fn many_things_beside_each_other_are_not_deep() {
        assert!(!exceeds(format!("[{}[]]", "[{}],".repeat(1000)).as_bytes(), 3));
    }

    #[test]
    fn brackets_in_text_do_not_count() {
        assert!(!exceeds(format!(r#"["{}"]"#, "[".repeat(100)).as_bytes(), 64));
        assert!(!exceeds(format!(r#"["\"{}\\"]"#, "[".repeat(100)).as_bytes(), 64));
        let hidden = format!(r#"["\\",{}"]]]]{}"#, "[".repeat(70), "]".repeat(71));
        assert!(exceeds(hidden.as_bytes(), 64), "closing brackets in text do not count either");
    }

    #[test]
    fn what_is_cut_short_ends() {
        for json in [r#"[[["#, r#"[["\"#, r#"[["#, r#"]]]"#] {
            assert!(!exceeds(json.as_bytes(), 3));
        }
    }
}
