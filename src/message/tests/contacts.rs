use super::{bad_paths, body, problems};
use crate::message::{
    Contact, ContactAddress, ContactEmail, ContactPhone, ContactUrl, Contacts, Content, Message,
};
use serde_json::{Value, json};

fn read(contacts: &Value) -> Content {
    let body = json!({"to": "+14155552671", "type": "contacts", "contacts": contacts});
    serde_json::from_value::<Message>(body).unwrap().content().clone()
}

fn full() -> Contact {
    Contact::new("Dr Ana Maria Silva Jr")
        .first_name("Ana")
        .middle_name("Maria")
        .last_name("Silva")
        .prefix("Dr")
        .suffix("Jr")
        .company("Lucky Shrub")
        .department("Gardens")
        .job_title("Head gardener")
        .birthday("1990-02-28")
        .phone(ContactPhone::new("+1 (415) 555-0123").label("Work").wa_id("14155550123"))
        .phone("+14155552671")
        .email(ContactEmail::new("ana@example.com").label("Home"))
        .email("work@example.com")
        .url(ContactUrl::new("https://example.com").label("Company"))
        .url("https://example.org")
        .address(
            ContactAddress::new()
                .street("1 Garden Way")
                .city("Menlo Park")
                .state("CA")
                .zip("94025")
                .country("United States")
                .country_code("US")
                .label("Work"),
        )
        .address(ContactAddress::new().city("Lisbon"))
}

fn full_json() -> Value {
    json!({
        "name": {"formatted_name": "Dr Ana Maria Silva Jr", "first_name": "Ana", "last_name": "Silva",
            "middle_name": "Maria", "suffix": "Jr", "prefix": "Dr"},
        "org": {"company": "Lucky Shrub", "department": "Gardens", "title": "Head gardener"},
        "birthday": "1990-02-28",
        "phones": [{"phone": "+1 (415) 555-0123", "type": "Work", "wa_id": "14155550123"}, {"phone": "+14155552671"}],
        "emails": [{"email": "ana@example.com", "type": "Home"}, {"email": "work@example.com"}],
        "urls": [{"url": "https://example.com", "type": "Company"}, {"url": "https://example.org"}],
        "addresses": [
            {"street": "1 Garden Way", "city": "Menlo Park", "state": "CA", "zip": "94025",
                "country": "United States", "country_code": "US", "type": "Work"},
            {"city": "Lisbon"},
        ],
    })
}

#[test]
fn a_card_is_written_as_meta_documents_it() {
    assert_eq!(body(full()), json!({"type": "contacts", "contacts": [full_json()]}));
    assert_eq!(
        body(Contact::new("Ana")),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}]})
    );
    assert_eq!(problems(full()), [""; 0]);
}

#[test]
fn several_cards_are_an_array_in_order() {
    assert_eq!(
        body(Contacts::new([Contact::new("Ana"), Contact::new("Bia").company("Lucky Shrub")])),
        json!({"type": "contacts", "contacts": [
            {"name": {"formatted_name": "Ana"}},
            {"name": {"formatted_name": "Bia"}, "org": {"company": "Lucky Shrub"}},
        ]})
    );
}

#[test]
fn there_are_1_to_257_cards() {
    let cards = |n| Contacts::new(vec![Contact::new("Ana"); n]);
    assert_eq!(problems(cards(1)), [""; 0]);
    assert_eq!(problems(cards(257)), [""; 0]);
    assert_eq!(problems(cards(258)), ["contacts: has 258 contacts (1 to 257 contacts)"]);
    assert_eq!(problems(cards(0)), ["contacts: has 0 contacts (1 to 257 contacts)"]);
}

#[test]
fn what_a_card_must_have_is_told_with_its_place() {
    let bad = Contact::new(" ")
        .birthday("28.02.1990")
        .phone("")
        .phone(ContactPhone::new("+14155550123").wa_id(" "))
        .email("ana@example.com")
        .email(" ")
        .url("")
        .address(ContactAddress::new())
        .address(ContactAddress::new().country_code("USA"));
    assert_eq!(
        problems(Contacts::new([Contact::new("Ana"), bad])),
        [
            "contacts[1].name.formatted_name: is empty or missing (at least 1 character)",
            "contacts[1].birthday: is not a date (YYYY-MM-DD)",
            "contacts[1].phones[0].phone: is empty or missing (at least 1 character)",
            "contacts[1].phones[1].wa_id: is empty or has white space (an id as Meta gave it)",
            "contacts[1].emails[1].email: is empty or missing (at least 1 character)",
            "contacts[1].urls[0].url: is empty or missing (at least 1 character)",
            "contacts[1].addresses[1].country_code: is not a country code (two letters, such as US)",
        ]
    );
}

#[test]
fn birthdays_are_days_of_the_calendar() {
    for day in ["1990-01-31", "1990-04-30", "2000-02-29", "2024-02-29", "1900-02-28", "1990-12-31"] {
        assert_eq!(problems(Contact::new("Ana").birthday(day)), [""; 0], "{day}");
    }
    for day in [
        "",
        "1990-02-29",
        "1900-02-29",
        "1990-04-31",
        "1990-13-01",
        "1990-00-01",
        "1990-01-00",
        "1990-1-1",
        "90-01-01",
        "19900101",
        "1990/01/01",
        "1990-01-01 ",
        "+990-01-01",
        "1990-01-32",
        "01-01-1990",
        "１990-01",
    ] {
        assert_eq!(bad_paths(Contact::new("Ana").birthday(day)), ["contacts[0].birthday"], "{day}");
    }
}

#[test]
fn country_codes_have_two_letters_in_either_case() {
    let at = |code: &str| Contact::new("Ana").address(ContactAddress::new().country_code(code));
    for good in ["US", "us"] {
        assert_eq!(problems(at(good)), [""; 0]);
    }
    for bad in ["", "U", "USA", "U1", "ÜS"] {
        assert_eq!(bad_paths(at(bad)), ["contacts[0].addresses[0].country_code"], "{bad}");
    }
}

#[test]
fn cards_survive_a_round_trip() {
    for contacts in [
        Contacts::new([full(), Contact::new("Bia")]),
        Contacts::new([]),
        Contact::new("").first_name("").birthday("").phone(ContactPhone::new("").wa_id("")).into(),
        Contact::new("Ana").address(ContactAddress::new()).into(),
    ] {
        assert_eq!(read(&body(contacts.clone())["contacts"]), Content::Contacts(contacts));
    }
    assert_eq!(body(read(&json!([full_json()])))["contacts"], json!([full_json()]));
}

#[test]
fn cards_of_other_writers_have_nulls_and_numbers() {
    let theirs = json!([{
        "name": {"formatted_name": "Ana", "first_name": null, "last_name": null, "middle_name": null,
            "suffix": null, "prefix": null},
        "org": null, "birthday": null, "emails": null, "urls": [],
        "phones": [{"phone": 14155550123u64, "type": null, "wa_id": 14155550123u64}, {"phone": "1", "wa_id": null}],
        "addresses": [{"street": null, "city": "Menlo Park", "state": null, "zip": 94025, "country": null,
            "country_code": null, "type": "HOME"}],
    }, {
        "name": {"formatted_name": "Bia"}, "org": {"company": "Lucky Shrub", "department": null, "title": null},
        "phones": null, "addresses": null,
        "emails": [{"email": "bia@example.com", "type": null}], "urls": [{"url": "https://example.com", "type": null}],
    }]);
    let ours = json!([{
        "name": {"formatted_name": "Ana"},
        "phones": [{"phone": "14155550123", "wa_id": "14155550123"}, {"phone": "1"}],
        "addresses": [{"city": "Menlo Park", "zip": "94025", "type": "HOME"}],
    }, {
        "name": {"formatted_name": "Bia"}, "org": {"company": "Lucky Shrub"},
        "emails": [{"email": "bia@example.com"}], "urls": [{"url": "https://example.com"}],
    }]);
    let content = read(&theirs);
    assert!(matches!(content, Content::Contacts(_)));
    assert_eq!(problems(content.clone()), [""; 0]);
    assert_eq!(body(content)["contacts"], ours);
}

#[test]
fn cards_that_are_not_as_documented_are_kept_and_reported() {
    for (odd, told) in [
        (json!([{"name": {"first_name": "private"}}]), "missing field formatted_name"),
        (json!([{"phones": []}]), "missing field name"),
        (json!([{"name": {"formatted_name": "private"}, "photo": "private"}]), "unknown field photo"),
        (json!([{"name": {"formatted_name": "private", "nick": "private"}}]), "unknown field nick"),
        (json!({"name": {"formatted_name": "private"}}), "a member is of the wrong type"),
        (
            json!([{"name": {"formatted_name": "private"}, "phones": ["private"]}]),
            "a member is of the wrong type",
        ),
    ] {
        let content = read(&odd);
        assert!(matches!(content, Content::Raw(_)), "{odd}");
        assert_eq!(body(content.clone())["contacts"], odd);
        let told_of = problems(content);
        assert_eq!(told_of.len(), 1);
        assert!(told_of[0].starts_with(&format!("contacts: {told}")), "{told_of:?}");
        assert!(!told_of[0].contains("private"), "{told_of:?}");
    }
}

#[test]
fn a_person_reads_the_names_on_the_cards() {
    let contacts = Contacts::new([full(), Contact::new("Bia")]);
    assert_eq!(contacts.contacts()[0].phones()[1].number(), "+14155552671");
    assert_eq!(Content::from(contacts).text().as_deref(), Some("Dr Ana Maria Silva Jr, Bia"));
    assert_eq!(Content::from(Contacts::new([])).text(), None);
}

#[test]
fn debug_of_cards_shows_nothing_of_a_person() {
    let shown = format!("{:?} {:?}", Content::from(full()), full().phones());
    for word in ["Ana", "Silva", "Lucky", "1990", "555", "0123", "example", "Garden", "Lisbon"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
}
