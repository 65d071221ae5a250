//! Orders to pay, and the states they are in.

use super::{LINK, NOW, assert_codes, interactive, long, with};
use serde_json::{Value, json};

pub(super) fn india() -> Value {
    json!({
        "reference_id": "ref-1", "type": "physical-goods", "payment_type": "upi",
        "payment_settings": [{ "type": "payment_gateway", "payment_gateway": {
            "type": "razorpay", "configuration_name": "cfg" } }],
        "currency": "INR", "total_amount": { "value": 2150, "offset": 100 },
        "order": {
            "status": "pending", "catalog_id": "194836987003835",
            "expiration": { "timestamp": (NOW + 300).to_string(), "description": "Pay soon." },
            "items": [
                { "retailer_id": "tea", "name": "Tea", "amount": { "value": 1000, "offset": 100 },
                  "sale_amount": { "value": 900, "offset": 100 }, "quantity": 2 },
                { "retailer_id": "cup", "name": "Cup", "amount": { "value": 200, "offset": 100 }, "quantity": 1 },
            ],
            "subtotal": { "value": 2000, "offset": 100 },
            "tax": { "value": 100, "offset": 100, "description": "GST" },
            "shipping": { "value": 100, "offset": 100, "description": "By road" },
            "discount": { "value": 50, "offset": 100, "description": "For friends", "discount_program_name": "Sunny" },
        },
    })
}

pub(super) fn brazil() -> Value {
    json!({
        "reference_id": "ref-1", "type": "digital-goods", "payment_type": "br",
        "payment_settings": [
            { "type": "pix_dynamic_code", "pix_dynamic_code": {
                "code": "000201", "merchant_name": "Sunny", "key": "39580525000189", "key_type": "CNPJ" } },
            { "type": "payment_link", "payment_link": { "uri": "https://example.com/pay" } },
            { "type": "boleto", "boleto": { "digitable_line": "03399026944140000002628346101018898510000008848" } },
            { "type": "offsite_card_pay", "offsite_card_pay": { "last_four_digits": "1234", "credential_id": "cred" } },
        ],
        "currency": "BRL", "total_amount": { "value": 50000, "offset": 100 },
        "order": {
            "status": "pending",
            "items": [{ "retailer_id": "1", "name": "Course", "amount": { "value": 50000, "offset": 100 }, "quantity": 1 }],
            "subtotal": { "value": 50000, "offset": 100 }, "tax": { "value": 0, "offset": 100 },
        },
    })
}

pub(super) fn message(parameters: &Value) -> Value {
    interactive(&json!({ "type": "order_details", "header": { "type": "image", "image": { "link": LINK } },
        "body": { "text": "Your order." }, "footer": { "text": "Thank you" },
        "action": { "name": "review_and_pay", "parameters": parameters } }))
}

/// Changes of the parameters of a message.
#[track_caller]
pub(super) fn assert_parameters(parameters: &Value, changes: &[(&str, Value, i64)]) {
    let places: Vec<_> =
        changes.iter().map(|(at, ..)| format!("/interactive/action/parameters{at}")).collect();
    let changes = changes.iter().zip(&places);
    let changes: Vec<_> = changes.map(|((_, value, code), at)| (&**at, value.clone(), *code)).collect();
    assert_codes(&message(parameters), &changes);
}

#[test]
fn an_order_may_stand_below_a_picture() {
    assert_codes(
        &message(&india()),
        &[
            ("/interactive/header", Value::Null, 0),
            ("/interactive/header", json!({ "type": "text", "text": "a" }), 131_009),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/footer/text", json!(long(61)), 100),
            ("/interactive/action/name", json!("pay"), 131_009),
            ("/interactive/action/parameters", Value::Null, 131_008),
            ("/interactive/action/catalog_id", json!("1"), 100),
        ],
    );
}

#[test]
fn an_order_of_india_says_what_is_paid() {
    assert_parameters(
        &india(),
        &[
            ("/reference_id", json!("a".repeat(35)), 0),
            ("/reference_id", json!("a".repeat(36)), 100),
            ("/reference_id", json!("A.b_c-1"), 0),
            ("/reference_id", json!("ref 1"), 131_009),
            ("/reference_id", Value::Null, 131_008),
            ("/type", json!("digital-goods"), 0),
            ("/type", json!("goods"), 131_009),
            ("/type", Value::Null, 131_008),
            ("/payment_type", Value::Null, 0),
            ("/payment_type", json!("br"), 131_009),
            ("/currency", json!("USD"), 131_009),
            ("/currency", Value::Null, 131_008),
            ("/total_amount", Value::Null, 131_008),
            ("/total_amount/value", json!(2151), 131_009),
            ("/total_amount/value", json!(-1), 131_009),
            ("/total_amount/value", json!("2150"), 100),
            ("/total_amount/value", json!(21.5), 131_009),
            ("/total_amount/offset", json!(1000), 131_009),
            ("/total_amount/offset", Value::Null, 131_008),
            ("/total_amount/value", Value::Null, 131_008),
            ("/total_amount/description", json!("a"), 100),
            ("/order", Value::Null, 131_008),
            ("/shipping_info", json!({ "country": "IN", "addresses": [] }), 100),
            ("/note", json!("a"), 100),
        ],
    );
}

#[test]
fn what_is_ordered_adds_up() {
    let big = json!({ "value": u64::MAX, "offset": 100 });
    assert_parameters(
        &india(),
        &[
            ("/order/status", json!("paid"), 131_009),
            ("/order/status", Value::Null, 131_008),
            ("/order/type", json!("quick_pay"), 0),
            ("/order/type", json!("slow_pay"), 131_009),
            ("/order/catalog_id", Value::Null, 0),
            ("/order/note", json!("a"), 100),
            ("/order/expiration/timestamp", json!((NOW + 299).to_string()), 131_009),
            ("/order/expiration/timestamp", json!("tomorrow"), 131_009),
            ("/order/expiration/timestamp", json!(NOW + 300), 100),
            ("/order/expiration/timestamp", Value::Null, 131_008),
            ("/order/expiration/description", json!(long(120)), 0),
            ("/order/expiration/description", json!(long(121)), 100),
            ("/order/expiration/description", Value::Null, 0),
            ("/order/expiration/date", json!("a"), 100),
            ("/order/items", json!([]), 131_008),
            ("/order/items", Value::Null, 131_008),
            ("/order/subtotal", Value::Null, 131_008),
            ("/order/subtotal/value", json!(2001), 131_009),
            ("/order/subtotal/description", json!("a"), 100),
            ("/order/tax", Value::Null, 131_008),
            ("/order/tax/value", json!(101), 131_009),
            ("/order/tax/description", json!(long(60)), 0),
            ("/order/tax/description", json!(long(61)), 100),
            ("/order/tax/discount_program_name", json!("a"), 100),
            ("/order/tax", big, 131_009),
            ("/order/shipping/description", json!(long(61)), 100),
            ("/order/shipping/offset", json!(10), 131_009),
            ("/order/discount/value", json!(5000), 131_009),
            ("/order/discount/description", json!(long(61)), 100),
            ("/order/discount/discount_program_name", json!(long(61)), 100),
            ("/order/discount/code", json!("a"), 100),
        ],
    );
}

#[test]
fn an_item_has_a_name_a_price_and_a_number() {
    let most = json!({ "value": u64::MAX, "offset": 100 });
    assert_parameters(
        &india(),
        &[
            ("/order/items/0/name", json!(long(60)), 0),
            ("/order/items/0/name", json!(long(61)), 100),
            ("/order/items/0/name", Value::Null, 131_008),
            ("/order/items/0/retailer_id", Value::Null, 0),
            ("/order/items/0/amount", Value::Null, 131_008),
            ("/order/items/0/amount", most, 0),
            ("/order/items/0/sale_amount/value", json!(1000), 131_009),
            ("/order/items/0/sale_amount/value", json!(800), 131_009),
            ("/order/items/0/quantity", json!(0), 131_009),
            ("/order/items/0/quantity", json!(u64::MAX), 131_009),
            ("/order/items/0/quantity", json!("2"), 100),
            ("/order/items/0/quantity", Value::Null, 131_008),
            ("/order/items/0/color", json!("red"), 100),
            ("/order/items/0/country_of_origin", json!(long(100)), 0),
            ("/order/items/0/country_of_origin", json!(long(101)), 100),
            ("/order/items/0/importer_name", json!(long(200)), 0),
            ("/order/items/0/importer_name", json!(long(201)), 100),
        ],
    );
    let hundred_and_one = with(&india(), "/order/items/1/quantity", json!(101));
    let subtotal = with(&hundred_and_one, "/order/subtotal/value", json!(22_000));
    assert_parameters(&with(&subtotal, "/total_amount/value", json!(22_150)), &[]);
}

#[test]
fn an_importer_is_in_india() {
    let importer = json!({ "address_line1": "One", "address_line2": "Two", "city": "Delhi", "zone_code": "DL",
        "postal_code": "110001", "country_code": "IN" });
    let imported = with(&india(), "/order/items/0/importer_address", importer);
    assert_parameters(
        &imported,
        &[
            ("/order/items/0/importer_address/address_line1", json!(long(100)), 0),
            ("/order/items/0/importer_address/address_line1", json!(long(101)), 100),
            ("/order/items/0/importer_address/address_line2", json!(long(100)), 0),
            ("/order/items/0/importer_address/address_line2", json!(long(101)), 100),
            ("/order/items/0/importer_address/city", json!(long(120)), 0),
            ("/order/items/0/importer_address/city", json!(long(121)), 100),
            ("/order/items/0/importer_address/zone_code", json!("DLH"), 131_009),
            ("/order/items/0/importer_address/zone_code", json!(5), 100),
            ("/order/items/0/importer_address/zone_code", json!("D1"), 131_009),
            ("/order/items/0/importer_address/postal_code", json!("11000"), 131_009),
            ("/order/items/0/importer_address/country_code", json!("FR"), 131_009),
            ("/order/items/0/importer_address/planet", json!("Earth"), 100),
        ],
    );
}

#[test]
fn ten_items_may_bring_pictures_in_place_of_a_catalog() {
    let pictured = json!({ "name": "Cup", "image": { "link": LINK }, "amount": { "value": 200, "offset": 100 }, "quantity": 1 });
    let of = |count: u64| {
        let order = with(&india(), "/order/items", json!(vec![&pictured; usize::try_from(count).unwrap()]));
        let order = with(&order, "/order/catalog_id", Value::Null);
        let order = with(&order, "/order/subtotal/value", json!(200 * count));
        with(&order, "/total_amount/value", json!(200 * count + 150))
    };
    assert_parameters(
        &of(10),
        &[
            ("/order/catalog_id", json!("1"), 131_009),
            ("/order/items/0/retailer_id", json!("cup"), 131_009),
            ("/order/items/0/image/link", json!("cup.png"), 131_009),
            ("/order/items/0/image/link", Value::Null, 131_008),
            ("/order/items/0/image/id", json!("1"), 100),
        ],
    );
    assert_eq!(super::code(&message(&of(11))), 131_009);
}

#[test]
fn an_order_of_brazil_may_be_no_more_than_its_total() {
    assert_parameters(
        &brazil(),
        &[
            ("/reference_id", json!("a".repeat(60)), 0),
            ("/reference_id", json!("a".repeat(61)), 100),
            ("/payment_type", json!("upi"), 131_009),
            ("/payment_type", Value::Null, 131_008),
            ("/payment_settings", Value::Null, 0),
            ("/payment_settings", json!([]), 131_008),
            ("/payment_configuration", json!("cfg"), 100),
            ("/beneficiaries", json!([]), 100),
            ("/order/items/0/retailer_id", Value::Null, 131_008),
            ("/order/items/0/image", json!({ "link": LINK }), 0),
            ("/order/type", json!("quick_pay"), 131_009),
            ("/order/expiration", json!({ "timestamp": (NOW + 300).to_string() }), 131_008),
            ("/order/expiration", json!({ "timestamp": (NOW + 300).to_string(), "description": "a" }), 0),
            // Without order there is no product for the picture to stand for.
            ("/order", Value::Null, 131_009),
        ],
    );
    let simple = with(&message(&brazil()), "/interactive/action/parameters/order", Value::Null);
    assert_codes(&with(&simple, "/interactive/header", Value::Null), &[]);
}

#[test]
fn beneficiaries_are_people_in_india() {
    let person = json!({ "name": "Ana", "address_line1": "One", "address_line2": "Two", "city": "Mumbai",
        "state": "Maharashtra", "country": "India", "postal_code": "400063" });
    assert_parameters(
        &with(&india(), "/beneficiaries", json!([person])),
        &[
            ("/beneficiaries", json!([]), 131_008),
            ("/beneficiaries/0/name", json!(long(200)), 0),
            ("/beneficiaries/0/name", json!(long(201)), 100),
            ("/beneficiaries/0/name", Value::Null, 131_008),
            ("/beneficiaries/0/address_line1", json!(long(100)), 0),
            ("/beneficiaries/0/address_line1", json!(long(101)), 100),
            ("/beneficiaries/0/address_line1", Value::Null, 131_008),
            ("/beneficiaries/0/address_line2", json!(long(100)), 0),
            ("/beneficiaries/0/address_line2", json!(long(101)), 100),
            ("/beneficiaries/0/address_line2", Value::Null, 0),
            ("/beneficiaries/0/city", Value::Null, 131_008),
            ("/beneficiaries/0/city", json!(5), 100),
            ("/beneficiaries/0/state", Value::Null, 131_008),
            ("/beneficiaries/0/state", json!(5), 100),
            ("/beneficiaries/0/country", json!("IN"), 131_009),
            ("/beneficiaries/0/country", Value::Null, 131_008),
            ("/beneficiaries/0/postal_code", json!("4000631"), 131_009),
            ("/beneficiaries/0/postal_code", Value::Null, 131_008),
            ("/beneficiaries/0/postal_code", json!("40006a"), 131_009),
            ("/beneficiaries/0/phone", json!("1"), 100),
        ],
    );
}

#[test]
fn the_state_of_an_order_has_seven_spellings() {
    let status = interactive(
        &json!({ "type": "order_status", "body": { "text": "On its way." }, "footer": { "text": "Thanks" },
        "action": { "name": "review_order", "parameters": { "reference_id": "ref-1",
            "order": { "status": "processing", "description": "Packed." },
            "payment": { "status": "captured", "timestamp": 1_722_445_231 } } } }),
    );
    const PARAMETERS: &str = "/interactive/action/parameters";
    let at = |member: &str| format!("{PARAMETERS}{member}");
    assert_codes(
        &status,
        &[
            ("/interactive/header", json!({ "type": "text", "text": "Order" }), 0),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/footer/text", json!(long(61)), 100),
            ("/interactive/action/name", json!("review_and_pay"), 131_009),
            (PARAMETERS, json!({ "reference_id": "ref-1", "payment": { "status": "failed" } }), 0),
            (PARAMETERS, json!({ "reference_id": "ref-1", "order": { "status": "shipped" } }), 0),
            (PARAMETERS, json!({ "reference_id": "ref-1" }), 131_008),
            (&at("/reference_id"), json!("a".repeat(60)), 0),
            (&at("/reference_id"), json!("a".repeat(61)), 100),
            (&at("/reference_id"), json!("ref/1"), 131_009),
            (&at("/order/status"), json!("partially-shipped"), 0),
            (&at("/order/status"), json!("partially_shipped"), 0),
            (&at("/order/status"), json!("completed"), 0),
            (&at("/order/status"), json!("canceled"), 0),
            (&at("/order/status"), json!("pending"), 0),
            (&at("/order/status"), json!("cancelled"), 131_009),
            (&at("/order/status"), Value::Null, 131_008),
            (&at("/order/description"), json!(long(120)), 0),
            (&at("/order/description"), json!(long(121)), 100),
            (&at("/order/items"), json!([]), 100),
            (&at("/payment/status"), json!("pending"), 0),
            (&at("/payment/status"), json!("paid"), 131_009),
            (&at("/payment/status"), Value::Null, 131_008),
            (&at("/payment/timestamp"), json!("1722445231"), 100),
            (&at("/payment/amount"), json!(1), 100),
            (&at("/total"), json!(1), 100),
        ],
    );
}
