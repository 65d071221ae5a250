use super::{amount, bad_paths, is_kept, is_written_as, problems, read, tea, written};
use crate::{
    message::{
        Amount, Beneficiary, Bill, Boleto, Charge, Content, Discount, Expiration, GoodsType, ImporterAddress,
        MediaSource, Order, OrderDetails, OrderItem, PaymentGateway, PaymentLink, PaymentSetting,
        ShippingAddress, ShippingInfo, UpiIntentLink, content::Kind,
    },
    time::Timestamp,
};
use serde_json::{Value, json};

/// The message around a bill.
fn details(parameters: &Value) -> Value {
    json!({"type": "order_details", "body": {"text": "Hello"},
        "action": {"name": "review_and_pay", "parameters": parameters}})
}

fn small_order() -> Value {
    json!({"status": "pending", "items": [{"name": "Assam tea", "amount": amount(1_000), "quantity": 2}],
        "subtotal": amount(2_000), "tax": amount(0)})
}

#[test]
fn a_bill_in_india_is_written_as_meta_documents_it() {
    let link = "upi://pay?pa=tea@bank&tr=order-7";
    let bill = Bill::india("order-7", GoodsType::Digital, tea(), UpiIntentLink::new(link));
    is_written_as(
        OrderDetails::new("Hello", bill),
        &details(&json!({"reference_id": "order-7", "type": "digital-goods",
            "payment_settings": [{"type": "upi_intent_link", "upi_intent_link": {"link": link}}],
            "currency": "INR", "total_amount": amount(2_000), "order": small_order()})),
    );
}

#[test]
fn the_payment_type_is_written_where_meta_requires_it() {
    let types = |bill: Bill| {
        assert_eq!(problems(OrderDetails::new("Hello", bill.clone())), [""; 0]);
        let mut json = serde_json::to_value(bill).unwrap();
        (json["payment_type"].take(), json["payment_configuration"].take())
    };
    let india = |setting: PaymentSetting| Bill::india("order-7", GoodsType::Digital, tea(), setting);
    assert_eq!(types(india(UpiIntentLink::new("upi://pay").into())), (json!(null), json!(null)));
    assert_eq!(types(india(PaymentGateway::new("payu", "shop").into())), (json!(null), json!(null)));
    let link = PaymentLink::new("https://a.example");
    assert_eq!(types(india(link.into())), (json!("upi"), json!(null)));
    let configured = Bill::india_upi("order-7", GoodsType::Digital, tea(), "shop");
    assert_eq!(types(configured), (json!("upi"), json!("shop")));
    let brazil = Bill::brazil_total_only("order-7", GoodsType::Digital, Amount::minor(1));
    assert_eq!(types(brazil), (json!("br"), json!(null)));
}

#[test]
fn a_bill_in_india_can_say_all_that_meta_documents() {
    let item = OrderItem::new("Assam tea", Amount::minor(1_000), 2)
        .sale_amount(Amount::minor(900))
        .image("https://example.com/tea.jpg")
        .country_of_origin("Sri Lanka")
        .importer(
            "Tea House",
            ImporterAddress::new("12 Harbour Road", "Mumbai", "400001")
                .line2("Near the pier")
                .zone_code("MH"),
        );
    let order = Order::new([item])
        .tax(Charge::new(Amount::minor(360)).description("GST"))
        .shipping(Charge::new(Amount::minor(100)).description("By train"))
        .discount(Discount::new(Amount::minor(60)).description("First order").program("welcome"))
        .expires(Expiration::new(Timestamp::from_millis(1_893_456_000_500)).description("Until New Year"))
        .quick_pay(true);
    let bill =
        Bill::india("order-7", GoodsType::Physical, order, PaymentLink::new("https://pay.example.com"))
            .beneficiary(
                Beneficiary::new("Asha", "12 Harbour Road", "Mumbai", "Maharashtra", "400001")
                    .line2("Near the pier"),
            );
    let details_message = OrderDetails::new("Hello", bill.clone())
        .image(MediaSource::link("https://a.example/b.png"))
        .footer("Bye");
    assert_eq!(problems(details_message.clone()), [""; 0]);
    let mut json = details(
        &json!({"reference_id": "order-7", "type": "physical-goods", "payment_type": "upi",
        "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://pay.example.com"}}],
        "currency": "INR", "total_amount": amount(2_200),
        "beneficiaries": [{"name": "Asha", "address_line1": "12 Harbour Road", "address_line2": "Near the pier",
            "city": "Mumbai", "state": "Maharashtra", "country": "India", "postal_code": "400001"}],
        "order": {"status": "pending", "type": "quick_pay",
            "expiration": {"timestamp": "1893456000", "description": "Until New Year"},
            "items": [{"name": "Assam tea", "image": {"link": "https://example.com/tea.jpg"},
                "amount": amount(1_000), "sale_amount": amount(900), "quantity": 2,
                "country_of_origin": "Sri Lanka", "importer_name": "Tea House",
                "importer_address": {"address_line1": "12 Harbour Road", "address_line2": "Near the pier",
                    "city": "Mumbai", "zone_code": "MH", "postal_code": "400001", "country_code": "IN"}}],
            "subtotal": amount(1_800),
            "tax": {"value": 360, "offset": 100, "description": "GST"},
            "shipping": {"value": 100, "offset": 100, "description": "By train"},
            "discount": {"value": 60, "offset": 100, "description": "First order",
                "discount_program_name": "welcome"}}}),
    );
    json["header"] = json!({"type": "image", "image": {"link": "https://a.example/b.png"}});
    json["footer"] = json!({"text": "Bye"});
    is_written_as(details_message, &json);
    assert_eq!((bill.reference_id(), bill.currency(), bill.total().value()), ("order-7", "INR", 2_200));
    assert_eq!(bill.order().unwrap().total(), bill.total());
}

#[test]
fn a_bill_in_brazil_is_written_as_meta_documents_it() {
    let order = Order::new([OrderItem::new("Bolo", Amount::minor(2_500), 2).retailer_id("bolo-1")])
        .catalog("1948")
        .shipping(Amount::minor(500))
        .discount(Amount::minor(100))
        .quick_pay(true)
        .quick_pay(false);
    let bill = Bill::brazil("pedido-7", GoodsType::Physical, order).setting(Boleto::new("03399"));
    let details_message = OrderDetails::new("Hello", bill);
    assert_eq!(problems(details_message.clone()), [""; 0]);
    is_written_as(
        details_message,
        &details(&json!({"reference_id": "pedido-7", "type": "physical-goods", "payment_type": "br",
            "payment_settings": [{"type": "boleto", "boleto": {"digitable_line": "03399"}}],
            "currency": "BRL", "total_amount": amount(5_400),
            "order": {"status": "pending", "catalog_id": "1948",
                "items": [{"retailer_id": "bolo-1", "name": "Bolo", "amount": amount(2_500), "quantity": 2}],
                "subtotal": amount(5_000), "tax": amount(0), "shipping": amount(500), "discount": amount(100)}})),
    );
}

#[test]
fn a_bill_in_brazil_can_do_without_an_order() {
    let bill = Bill::brazil_total_only("pedido-7", GoodsType::Digital, Amount::minor(5_000));
    let message = OrderDetails::new("Hello", bill);
    assert_eq!(problems(message.clone()), [""; 0]);
    is_written_as(
        message.clone(),
        &details(&json!({"reference_id": "pedido-7", "type": "digital-goods", "payment_type": "br",
            "currency": "BRL", "total_amount": amount(5_000)})),
    );
    assert_eq!(
        problems(message.image("7")),
        ["interactive.header: stands above a bill without an order (no header without an order)"]
    );
}

#[test]
fn a_bill_for_a_template_can_have_shipping_addresses() {
    let info = ShippingInfo::new().address(
        ShippingAddress::new("Asha", "911234567890", "12 Harbour Road", "Mumbai", "Maharashtra", "400001")
            .landmark_area("Pier")
            .house_number("7")
            .floor_number("2")
            .tower_number("A")
            .building_name("Sea View"),
    );
    let gateway = PaymentGateway::new("razorpay", "shop");
    let bill = Bill::india("order-7", GoodsType::Physical, tea(), gateway.clone()).shipping_info(info);
    let json = serde_json::to_value(&bill).unwrap();
    assert_eq!(
        json["shipping_info"],
        json!({"country": "IN", "addresses": [{"name": "Asha", "phone_number": "911234567890",
            "address": "12 Harbour Road", "city": "Mumbai", "state": "Maharashtra", "in_pin_code": "400001",
            "landmark_area": "Pier", "house_number": "7", "floor_number": "2", "tower_number": "A",
            "building_name": "Sea View"}]})
    );
    assert_eq!(serde_json::from_value::<Bill>(json).unwrap(), bill);
    assert_eq!(
        bad_paths(OrderDetails::new("Hello", bill)),
        ["interactive.action.parameters.shipping_info"],
        "a message has none"
    );
    let none =
        Bill::india("order-7", GoodsType::Physical, tea(), gateway).shipping_info(ShippingInfo::default());
    assert_eq!(
        serde_json::to_value(none).unwrap()["shipping_info"],
        json!({"country": "IN", "addresses": []})
    );
}

#[test]
fn what_other_writers_send_of_a_bill_is_read() {
    let theirs = json!({"type": "order_details", "header": null, "body": {"text": "Hello"}, "footer": null,
        "action": {"name": "review_and_pay", "parameters": {"reference_id": 7, "type": "DIGITAL-GOODS",
            "payment_type": "upi", "payment_configuration": null, "currency": "INR",
            "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://pay.example.com"}}],
            "total_amount": {"value": "2000", "offset": "100"}, "beneficiaries": null, "shipping_info": null,
            "order": {"status": "PENDING", "type": null, "catalog_id": null,
                "expiration": {"timestamp": 1_893_456_000, "description": null},
                "items": [{"retailer_id": null, "name": "Assam tea", "image": null,
                    "amount": {"value": "1000", "offset": 100}, "sale_amount": null, "quantity": "2",
                    "country_of_origin": null, "importer_name": null,
                    "importer_adress": {"address_line1": "a", "address_line2": null, "city": "b",
                        "zone_code": null, "postal_code": 400_001, "country_code": "IN"}}],
                "subtotal": {"value": 2000, "offset": "100"},
                "tax": {"value": "0", "offset": 100, "description": null},
                "shipping": null, "discount": null}}}});
    let read = read(&theirs);
    assert_eq!(problems(read.clone()), [""; 0]);
    let address = json!({"address_line1": "a", "city": "b", "postal_code": "400001", "country_code": "IN"});
    assert_eq!(
        written(read),
        details(&json!({"reference_id": "7", "type": "digital-goods", "payment_type": "upi",
            "payment_settings": [{"type": "payment_link", "payment_link": {"uri": "https://pay.example.com"}}],
            "currency": "INR", "total_amount": amount(2_000),
            "order": {"status": "pending", "expiration": {"timestamp": "1893456000"},
                "items": [{"name": "Assam tea", "amount": amount(1_000), "quantity": 2,
                    "importer_address": address}],
                "subtotal": amount(2_000), "tax": amount(0)}}))
    );
    let discount = json!({"value": "1", "offset": "100", "description": null, "discount_program_name": null});
    let discount: Discount = serde_json::from_value(discount).unwrap();
    assert_eq!(discount, Discount::new(Amount::minor(1)));
}

#[test]
fn a_bill_of_a_market_that_is_not_described_is_read_and_written() {
    let bill = json!({"reference_id": "a".repeat(60), "type": "services", "payment_type": "p2m-lite:stripe",
        "payment_configuration": "stripe", "currency": "SGD", "total_amount": amount(2_000),
        "order": small_order()});
    let content = read(&details(&bill));
    assert_eq!(problems(content.clone()), [""; 0]);
    assert_eq!(written(content), details(&bill));
}

#[test]
fn a_bill_that_is_not_as_documented_keeps_its_json() {
    let bill = json!({"reference_id": "7", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
        "total_amount": amount(1)});
    let with = |member: &str, value: Value| {
        let mut bill = bill.clone();
        bill[member] = value;
        details(&bill)
    };
    is_kept(&with("coupon", json!("x")), "unknown field coupon");
    is_kept(&with("total_amount", json!({"value": 1})), "missing field offset");
    is_kept(&with("order", json!({"status": "pending"})), "missing field items");
    is_kept(&details(&json!(null)), "missing field parameters");
    let mut named = details(&bill);
    named["action"]["name"] = json!("review_order");
    is_kept(&named, "action has the name of another kind");
    let mut headed = details(&bill);
    headed["header"] = json!({"type": "text", "text": "x"});
    is_kept(&headed, "type is not that of an image header");
}

#[test]
fn the_image_of_a_bill_is_its_media() {
    let bill = || Bill::brazil("pedido-7", GoodsType::Digital, tea());
    let mut with = OrderDetails::new("Hello", bill()).image("7");
    assert_eq!(with.media(), [&mut MediaSource::Id("7".into())]);
    assert!(OrderDetails::new("Hello", bill()).media().is_empty());
}

#[test]
fn a_bill_shows_nothing_of_who_pays_or_for_what() {
    let secret = "private words";
    let item = OrderItem::new(secret, Amount::minor(123_456), 1)
        .image(secret)
        .country_of_origin(secret)
        .importer(secret, ImporterAddress::new(secret, secret, secret).line2(secret));
    let order = Order::new([item])
        .tax(Charge::new(Amount::minor(1)).description(secret))
        .discount(Discount::new(Amount::minor(1)).description(secret).program(secret))
        .expires(Expiration::new(Timestamp::from_seconds(1)).description(secret));
    let address = ShippingAddress::new(secret, secret, secret, secret, secret, secret);
    let bill = Bill::india("order-7", GoodsType::Physical, order, PaymentLink::new(secret))
        .beneficiary(Beneficiary::new(secret, secret, secret, secret, secret))
        .shipping_info(ShippingInfo::new().address(address.clone()));
    let content =
        Content::from(OrderDetails::new(secret, bill).footer(secret).image(MediaSource::link(secret)));
    assert_eq!(content.text().as_deref(), Some(secret));
    let shown = format!(
        "{content:?} {address:?} {:?} {:?} {:?}",
        Charge::new(Amount::minor(1)).description(secret),
        Discount::new(Amount::minor(1)).program(secret),
        Beneficiary::new(secret, secret, secret, secret, secret),
    );
    assert!(shown.contains("order-7"), "{shown}");
    assert!(!shown.contains("private") && !shown.contains("123456"), "{shown}");
}

#[test]
fn content_stays_small_though_bills_are_big() {
    assert!(size_of::<OrderDetails>() < 128, "{}", size_of::<OrderDetails>());
}

#[test]
fn a_link_that_is_added_to_a_bill_brings_its_payment_type() {
    let gateway = PaymentGateway::new("payu", "shop");
    let bill = Bill::india("order-7", GoodsType::Digital, tea(), gateway)
        .setting(PaymentLink::new("https://pay.example.com/7"));
    assert_eq!(serde_json::to_value(&bill).unwrap()["payment_type"], "upi");
    assert_eq!(problems(OrderDetails::new("x", bill)), [""; 0]);
}
