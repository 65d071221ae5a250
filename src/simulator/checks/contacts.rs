//! Contact cards.

use super::{Result, at::At};

/// The members of each part of a card, and the one of them that has to be there.
const LISTS: [(&str, &[&str], Option<&str>); 4] = [
    ("addresses", &["street", "city", "state", "zip", "country", "country_code", "type"], None),
    ("emails", &["email", "type"], Some("email")),
    ("phones", &["phone", "type", "wa_id"], Some("phone")),
    ("urls", &["url", "type"], Some("url")),
];

pub(super) fn contacts(content: &At<'_>) -> Result {
    for contact in content.elements_up_to(257)? {
        contact.only(&["addresses", "birthday", "emails", "name", "org", "phones", "urls"])?;
        let name = contact.need("name")?;
        let known = ["formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix"];
        texts(&name, &known, Some("formatted_name"))?;
        contact.optional("org", |org| texts(org, &["company", "department", "title"], None))?;
        contact.optional("birthday", birthday)?;
        for (list, known, needed) in LISTS {
            for item in contact.optional(list, At::list)?.unwrap_or_default() {
                texts(&item, known, needed)?;
                item.optional("wa_id", At::id)?;
                item.optional("country_code", country_code)?;
            }
        }
    }
    Ok(())
}

/// An object of texts.
fn texts(object: &At<'_>, known: &[&str], needed: Option<&str>) -> Result {
    object.only(known)?;
    if let Some(needed) = needed {
        object.need(needed)?;
    }
    known.iter().try_for_each(|name| object.optional(name, At::text).map(drop))
}

/// A country as ISO 3166 has it.
fn country_code(at: &At<'_>) -> Result {
    match at.text()?.as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => Ok(()),
        _ => Err(at.value("must be two letters")),
    }
}

/// A day that there is, as in 2012-08-18.
fn birthday(at: &At<'_>) -> Result {
    let number = |text: &str, length: usize| {
        let plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        if plain { text.parse::<u32>().ok() } else { None }
    };
    let parts: Vec<&str> = at.text()?.split('-').collect();
    let date = match parts.as_slice() {
        [year, month, day] => number(year, 4).zip(number(month, 2)).zip(number(day, 2)),
        _ => None,
    };
    match date {
        Some(((year, month), day)) if (1..=days_of(year, month)).contains(&day) => Ok(()),
        _ => Err(at.value("is not a day written as YYYY-MM-DD")),
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}
