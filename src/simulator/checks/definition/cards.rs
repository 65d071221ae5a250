//! Cards that are swiped through, all of one make.

use super::{Around, At, Result, buttons, by_kind, parts};
use serde_json::Value;

const KINDS: [&str; 3] = ["HEADER", "BODY", "BUTTONS"];

pub(super) fn check(carousel: &At<'_>, around: Around<'_>) -> Result {
    carousel.only(&["type", "cards"])?;
    let list = carousel.need("cards")?;
    let cards = list.elements()?;
    if !(2..=10).contains(&cards.len()) {
        return Err(list.unsupported("must have 2 to 10 cards"));
    }
    let around = Around { longest_body: 160, ..around };
    let mut first = None;
    for card in &cards {
        card.only(&["components"])?;
        let components = card.need("components")?;
        let make = make_of(&components, around)?;
        if *first.get_or_insert_with(|| make.clone()) != make {
            return Err(components.unsupported("are not those of the first card"));
        }
    }
    Ok(())
}

/// Checks a card; what has to be the same on all.
fn make_of(components: &At<'_>, around: Around<'_>) -> Result<Vec<Value>> {
    let mut make = Vec::new();
    let mut has_header = false;
    for (kind, part) in by_kind(components, &KINDS)? {
        make.push(Value::from(kind));
        match kind {
            "HEADER" => {
                let format = part.need("format")?;
                if !["IMAGE", "VIDEO", "PRODUCT"].iter().any(|fitting| format.value == *fitting) {
                    return Err(format.unsupported("must be IMAGE, VIDEO or PRODUCT on a card"));
                }
                parts::header(&part, around)?;
                make.push(format.value.clone());
                has_header = true;
            }
            "BODY" => parts::body(&part, around)?,
            _ => {
                let list = part.need("buttons")?;
                if list.elements()?.len() > 2 {
                    return Err(list.unsupported("has more than two buttons of a card"));
                }
                buttons::check(&part, around)?;
                make.extend(list.elements()?.iter().filter_map(|button| button.value.get("type").cloned()));
            }
        }
    }
    if has_header { Ok(make) } else { Err(components.unsupported("has no HEADER")) }
}
