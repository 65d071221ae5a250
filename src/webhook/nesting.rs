//! How deep JSON is nested, found without recursion.

/// Whether objects and lists are nested deeper than `limit`.
///
/// The parser steps over raw JSON of any depth; what stores and shows it later may not.
pub(super) fn exceeds(json: &[u8], limit: usize) -> bool {
    // Counting is much faster than following, and settles it for all but batches.
    let openings = json.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    openings > limit && follow(json, limit)
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
