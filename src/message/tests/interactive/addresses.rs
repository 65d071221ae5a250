use super::{assert_kept, assert_round_trip, bad_paths, body, long, media_ids, problems, read, rewritten};
use crate::message::{Address, AddressRequest, Content, Header};
use serde_json::{Value, json};

fn theirs(parameters: &Value) -> Value {
    json!({"type": "address_message", "body": {"text": "Where?"},
        "action": {"name": "address_message", "parameters": parameters}})
}

#[test]
fn a_request_for_an_address_is_written_as_meta_documents_it() {
    let bare = AddressRequest::new("Where?", "IN");
    assert_eq!(
        body(bare.clone()),
        json!({"type": "interactive", "interactive": theirs(&json!({"country": "IN"}))})
    );
    assert_round_trip(bare);
    let full = AddressRequest::new("Where?", "IN")
        .header("Delivery")
        .footer("Until Friday")
        .prefill(Address::new().name("Ana").in_pin_code("000000"))
        .saved_address("home", Address::new().address("Palm Road 7").city("Mumbai"))
        .saved_address("work", Address::new().building_name(""))
        .validation_error("in_pin_code", "We do not know it.")
        .validation_error("city", "Is missing.");
    assert_eq!(
        body(full.clone())["interactive"],
        json!({"type": "address_message",
            "header": {"type": "text", "text": "Delivery"},
            "body": {"text": "Where?"},
            "footer": {"text": "Until Friday"},
            "action": {"name": "address_message", "parameters": {
                "country": "IN",
                "values": {"name": "Ana", "in_pin_code": "000000"},
                "saved_addresses": [
                    {"id": "home", "value": {"address": "Palm Road 7", "city": "Mumbai"}},
                    {"id": "work", "value": {"building_name": ""}},
                ],
                "validation_errors": {"in_pin_code": "We do not know it.", "city": "Is missing."},
            }},
        })
    );
    assert_eq!(problems(full.clone()), [""; 0]);
    assert_round_trip(full);
}

#[test]
fn every_documented_field_of_an_address_has_a_method() {
    let address = Address::new()
        .name("a")
        .phone_number("b")
        .in_pin_code("c")
        .house_number("d")
        .floor_number("e")
        .tower_number("f")
        .building_name("g")
        .address("h")
        .landmark_area("i")
        .city("j")
        .state("k")
        .field("sg_post_code", "l");
    assert_eq!(
        serde_json::to_value(&address).unwrap(),
        json!({"name": "a", "phone_number": "b", "in_pin_code": "c", "house_number": "d", "floor_number": "e",
            "tower_number": "f", "building_name": "g", "address": "h", "landmark_area": "i", "city": "j",
            "state": "k", "sg_post_code": "l"})
    );
    assert_eq!((address.get("city"), address.get("street")), (Some("j"), None));
    assert_eq!(address.city("m").get("city"), Some("m"));
}

#[test]
fn every_limit_of_a_request_for_an_address_holds_at_its_edge_and_breaks_one_past_it() {
    let ask = |body, text, code: usize| {
        let address = || Address::new().in_pin_code(long(code));
        AddressRequest::new(long(body), "IN")
            .header(long(text))
            .footer(long(text))
            .prefill(address())
            .saved_address("home", address())
    };
    assert_eq!(problems(ask(1024, 60, 6)), [""; 0]);
    assert_eq!(
        bad_paths(ask(1025, 61, 7)),
        [
            "interactive.header.text",
            "interactive.body.text",
            "interactive.footer.text",
            "interactive.action.parameters.values.in_pin_code",
            "interactive.action.parameters.saved_addresses[0].value.in_pin_code",
        ]
    );
    assert_eq!(bad_paths(AddressRequest::new("", "IN")), ["interactive.body.text"]);
    assert_eq!(problems(AddressRequest::new("x", "SG")), [""; 0]);
    for country in ["", "I", "IND", "1N", "é", "in"] {
        assert_eq!(
            problems(AddressRequest::new("x", country)),
            [
                "interactive.action.parameters.country: is not a country code (two capital letters, such as IN)"
            ]
        );
    }
}

#[test]
fn saved_addresses_have_ids_of_their_own_and_errors_say_something() {
    let bad = AddressRequest::new("x", "IN")
        .saved_address("home", Address::new())
        .saved_address("", Address::new())
        .saved_address("home", Address::new())
        .validation_error("city", " ");
    assert_eq!(
        problems(bad),
        [
            "interactive.action.parameters.saved_addresses[1].id: is empty or missing (at least 1 character)",
            "interactive.action.parameters.saved_addresses[2].id: is the same as number 0 (each only once)",
            "interactive.action.parameters.validation_errors.city: is empty or missing (at least 1 character)",
        ]
    );
}

#[test]
fn nulls_and_numbers_of_other_writers_are_read() {
    let nulls = json!({"country": "IN", "values": null, "saved_addresses": null, "validation_errors": null});
    assert_eq!(read(&theirs(&nulls)), AddressRequest::new("Where?", "IN").into());
    let numbers = json!({"country": "IN", "values": {"in_pin_code": 400_063, "city": null},
        "saved_addresses": [{"id": 1, "value": {"floor_number": 8, "sg_post_code": "1"}}]});
    let expected = AddressRequest::new("Where?", "IN")
        .prefill(Address::new().in_pin_code("400063"))
        .saved_address("1", Address::new().floor_number("8").field("sg_post_code", "1"));
    assert_eq!(read(&theirs(&numbers)), expected.into());
    assert_eq!(
        rewritten(&theirs(&numbers))["action"]["parameters"]["values"],
        json!({"in_pin_code": "400063"})
    );
}

#[test]
fn a_request_that_is_not_as_documented_is_kept() {
    assert_kept(&theirs(&json!({})), "missing field country");
    assert_kept(&theirs(&json!({"country": "IN", "value": {}})), "unknown field value");
    assert_kept(
        &theirs(&json!({"country": "IN", "values": {"city": ["x"]}})),
        "a member is of the wrong type",
    );
}

#[test]
fn a_request_for_an_address_may_have_a_picture_above_it() {
    let mut pictured = theirs(&json!({"country": "IN"}));
    pictured["header"] = json!({"type": "image", "image": {"id": "1"}});
    let same = AddressRequest::new("Where?", "IN").header(Header::image("1"));
    assert_eq!(body(same.clone())["interactive"], pictured);
    assert_eq!(media_ids(same.clone()), ["1"]);
    assert_eq!(read(&pictured), Content::from(same));
}

#[test]
fn an_address_that_says_a_field_twice_is_kept_with_both() {
    let body = concat!(
        r#"{"to":"+14155552671","type":"interactive","interactive":{"type":"address_message","body":{"text":"x"},"#,
        r#""action":{"name":"address_message","parameters":{"country":"IN","values":{"city":"A","city":"B"}}}}}"#
    );
    let message: crate::message::Message = serde_json::from_str(body).unwrap();
    let Content::Raw(raw) = message.content() else { panic!("not raw") };
    assert!(raw.json().contains(r#"{"city":"A","city":"B"}"#));
    assert!(problems(message.content().clone())[0].contains("duplicate field"));
}
