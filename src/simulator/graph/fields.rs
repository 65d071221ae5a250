//! Which fields of an object a request wants.

use crate::simulator::refusal::Refusal;
use serde_json::{Map, Value};

/// The fields named by `wanted` (`id,name,quality{score}`), or else `usual`, and the id.
///
/// `whole` has every field that the type of object has; one that this object has not is null there, and left out.
pub(super) fn select(
    whole: &Value,
    wanted: Option<&str>,
    usual: &[&str],
    kind: &str,
) -> Result<Value, Refusal> {
    let names = match wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) {
        Some(wanted) => names(wanted),
        None => usual.to_vec(),
    };
    let mut selected = Map::new();
    for name in names.into_iter().chain(["id"]) {
        match whole.get(name) {
            Some(Value::Null) => {}
            Some(value) => drop(selected.insert(name.to_owned(), value.clone())),
            // Not every type of object has an id.
            None if name == "id" => {}
            None => {
                let details = format!("Tried accessing nonexisting field on node type ({kind}).");
                return Err(Refusal::unsupported(details));
            }
        }
    }
    Ok(selected.into())
}

/// The names before the commas that stand in no braces and parentheses, without what is asked of them.
fn names(wanted: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = wanted.split(|c: char| {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    let name = |part: &'_ str| {
        part.find(['{', '(', '.']).and_then(|end| part.get(..end)).map_or(part.len(), str::len)
    };
    parts.filter_map(|part| part.trim().get(..name(part.trim()))).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{names, select};
    use serde_json::json;

    #[test]
    fn fields_may_ask_for_parts_of_themselves() {
        assert_eq!(
            names("id, quality_score{score,date},preview.invalidate(false),name"),
            ["id", "quality_score", "preview", "name"]
        );
    }

    #[test]
    fn what_is_not_set_is_left_out_and_what_is_not_known_is_refused() {
        let whole = json!({"id": "1", "name": "a", "reason": null});
        let select = |wanted| select(&whole, wanted, &["name"], "Thing");
        assert_eq!(select(None).unwrap(), json!({"id": "1", "name": "a"}));
        assert_eq!(select(Some("reason")).unwrap(), json!({"id": "1"}));
        assert_eq!(select(Some("colour")).unwrap_err().code(), 100);
    }
}
