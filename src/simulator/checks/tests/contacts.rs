//! Contact cards.

use super::{assert_codes, code};
use serde_json::{Value, json};

fn card() -> Value {
    json!({ "type": "contacts", "contacts": [{
        "addresses": [{ "street": "1 Main St", "city": "Menlo Park", "state": "CA", "zip": "94025",
                        "country": "United States", "country_code": "us", "type": "HOME" }],
        "birthday": "2012-02-29",
        "emails": [{ "email": "bo@example.com", "type": "WORK" }],
        "name": { "formatted_name": "Dr. Bo B. Oz Jr.", "first_name": "Bo", "last_name": "Oz", "middle_name": "B.",
                  "suffix": "Jr.", "prefix": "Dr." },
        "org": { "company": "Sunny Solar", "department": "Design", "title": "Manager" },
        "phones": [{ "phone": "+1 415 555 0123", "type": "Landline", "wa_id": "14155550123" }],
        "urls": [{ "url": "https://example.com", "type": "WORK" }],
    }] })
}

#[test]
fn a_card_needs_a_name_to_show() {
    let mut changes = vec![
        ("/contacts/0/name", Value::Null, 131_008),
        ("/contacts/0/name", json!({}), 131_008),
        ("/contacts/0/name", json!({ "formatted_name": "Bo" }), 0),
        ("/contacts/0/name/formatted_name", json!(" "), 131_008),
        ("/contacts/0/name/nickname", json!("B"), 100),
        ("/contacts/0/name/first_name", json!(5), 100),
        ("/contacts/0/vcard", json!("BEGIN:VCARD"), 100),
        ("/contacts/0/org/team", json!("a"), 100),
        ("/contacts/0/org", json!("Sunny Solar"), 100),
        ("/contacts/0/birthday", json!(5), 100),
        ("/contacts/0/phones", json!({}), 100),
        ("/contacts/0/phones/0/phone", Value::Null, 131_008),
        ("/contacts/0/emails/0/email", Value::Null, 131_008),
        ("/contacts/0/urls/0/url", Value::Null, 131_008),
        ("/contacts/0/addresses/0", json!({ "city": "Menlo Park" }), 0),
        ("/contacts/0/addresses/0/country_code", json!("us"), 0),
        ("/contacts/0/addresses/0/country_code", json!("USA"), 131_009),
        ("/contacts/0/addresses/0/country_code", json!("1A"), 131_009),
        ("/contacts/0/phones/0/wa_id", json!("1 4"), 131_009),
        ("/contacts/0/addresses/0/planet", json!("Earth"), 100),
        ("/contacts/0/phones/0/number", json!("1"), 100),
        ("/contacts/0/emails/0/address", json!("1"), 100),
        ("/contacts/0/urls/0/link", json!("1"), 100),
    ];
    for list in ["addresses", "emails", "phones", "urls"] {
        let at = format!("/contacts/0/{list}");
        changes.push((String::leak(at), json!([]), 0));
    }
    assert_codes(&card(), &changes);
}

#[test]
fn a_birthday_is_a_day_there_is() {
    let day = |day: &str| ("/contacts/0/birthday", json!(day), if day == "2000-02-29" { 0 } else { 131_009 });
    assert_codes(
        &card(),
        &[
            "2000-02-29",
            "1900-02-29",
            "2013-02-29",
            "2012-04-31",
            "2012-13-01",
            "2012-00-10",
            "2012-1-1",
            "18.8.2012",
            "2012-08-18T00",
            "+012-08-18",
        ]
        .map(day),
    );
}

#[test]
fn there_are_one_to_257_cards() {
    let person = json!({ "name": { "formatted_name": "Bo" } });
    let contacts = |list: Value| code(&json!({ "type": "contacts", "contacts": list }));
    assert_eq!([contacts(json!(vec![&person; 257])), contacts(json!(vec![&person; 258]))], [0, 131_009]);
    assert_eq!([contacts(json!([])), contacts(json!({})), contacts(json!([5]))], [131_008, 100, 100]);
}
