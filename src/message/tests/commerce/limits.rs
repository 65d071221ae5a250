use super::{amount, bad_paths, long, problems, read, tea, written};
use crate::{
    message::{
        Amount, Beneficiary, Bill, Boleto, Charge, Content, Discount, Expiration, GoodsType, ImporterAddress,
        Order, OrderDetails, OrderItem, PaymentGateway, PaymentLink, ShippingAddress, ShippingInfo, Template,
        UpiIntentLink,
    },
    time::Timestamp,
};
use serde_json::{Value, json};

const BILL: &str = "interactive.action.parameters";

fn upi() -> UpiIntentLink {
    UpiIntentLink::new("upi://pay?pa=tea@bank")
}

fn india(order: Order) -> Bill {
    Bill::india("order-7", GoodsType::Physical, order, upi())
}

/// The paths of what is wrong with a bill, counted from the bill.
fn bad(bill: Bill) -> Vec<String> {
    let mut paths = Vec::new();
    if !problems(OrderDetails::new("Hello", bill.clone())).is_empty() {
        paths = bad_paths(OrderDetails::new("Hello", bill));
    }
    paths.iter().map(|path| path.strip_prefix(BILL).unwrap().trim_start_matches('.').to_owned()).collect()
}

/// The paths of what is wrong with an order in India, counted from the order.
fn bad_order(order: Order) -> Vec<String> {
    let paths = bad(india(order));
    paths.iter().map(|path| path.strip_prefix("order.").unwrap().to_owned()).collect()
}

/// A bill in India whose JSON was changed.
fn changed(bill: Bill, pointer: &str, value: Value) -> Content {
    let mut json = written(OrderDetails::new("Hello", bill));
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    json["action"]["parameters"].pointer_mut(parent).unwrap()[member] = value;
    let content = read(&json);
    assert_eq!(written(content.clone()), json);
    content
}

fn item() -> OrderItem {
    OrderItem::new("Assam tea", Amount::minor(1_000), 2)
}

#[test]
fn texts_of_a_message_hold_at_the_limit_and_break_one_past_it() {
    let details =
        |body: usize, footer: usize| OrderDetails::new(long(body), india(tea())).footer(long(footer));
    assert_eq!(problems(details(1024, 60)), [""; 0]);
    assert_eq!(bad_paths(details(1025, 60)), ["interactive.body.text"]);
    assert_eq!(bad_paths(details(1024, 61)), ["interactive.footer.text"]);
    assert_eq!(bad_paths(details(0, 60)), ["interactive.body.text"]);
    assert_eq!(bad_paths(details(1, 1).image("")), ["interactive.header.image.id"]);
}

#[test]
fn a_reference_is_as_long_as_the_market_allows() {
    let india = |length: usize| Bill::india("a".repeat(length), GoodsType::Digital, tea(), upi());
    let brazil =
        |length: usize| Bill::brazil_total_only("a".repeat(length), GoodsType::Digital, Amount::minor(1));
    assert_eq!(bad(india(35)), [""; 0]);
    assert_eq!(bad(india(36)), ["reference_id"]);
    assert_eq!(bad(brazil(60)), [""; 0]);
    assert_eq!(bad(brazil(61)), ["reference_id"]);
    assert_eq!(bad(brazil(0)), ["reference_id"]);
    let other = |length: usize| {
        let bill = changed(brazil(length), "/currency", json!("SGD"));
        let mut json = written(bill);
        json["action"]["parameters"]["payment_type"] = json!("other");
        read(&json)
    };
    assert_eq!(problems(other(60)), [""; 0]);
    assert_eq!(bad_paths(other(61)), [format!("{BILL}.reference_id")]);
}

#[test]
fn a_reference_has_plain_characters_only() {
    let brazil = |id: &str| Bill::brazil_total_only(id, GoodsType::Digital, Amount::minor(1));
    assert_eq!(bad(brazil("Az09_.-")), [""; 0]);
    for id in ["a b", "a/b", "a#", "é"] {
        assert_eq!(bad(brazil(id)), ["reference_id"], "{id}");
    }
}

#[test]
fn each_market_has_its_currency_and_payment_type() {
    let (india, brazil) = (india(tea()), Bill::brazil_total_only("7", GoodsType::Digital, Amount::minor(1)));
    let bad = |bill: &Bill, pointer, value: Value| bad_paths(changed(bill.clone(), pointer, value));
    assert_eq!(bad(&brazil, "/currency", json!("INR")), [format!("{BILL}.currency")]);
    assert_eq!(bad(&brazil, "/payment_type", json!("upi")), [format!("{BILL}.payment_type")]);
    assert_eq!(bad(&india, "/payment_type", json!("cash")), [format!("{BILL}.payment_type")]);
    let by_type = Bill::india_upi("7", GoodsType::Digital, tea(), "shop");
    assert_eq!(bad(&by_type, "/currency", json!("USD")), [format!("{BILL}.currency")]);
    let without = |bill: Bill, member: &str| {
        let mut json = written(OrderDetails::new("Hello", bill));
        json["action"]["parameters"].as_object_mut().unwrap().remove(member);
        bad_paths(read(&json))
    };
    assert_eq!(without(by_type, "payment_type"), [format!("{BILL}.payment_type")]);
    let by_link = Bill::india("7", GoodsType::Digital, tea(), PaymentLink::new("https://a.example"));
    assert_eq!(without(by_link, "payment_type"), [format!("{BILL}.payment_type")]);
    assert_eq!(without(brazil, "payment_type"), [format!("{BILL}.payment_type")]);
    assert_eq!(without(india.clone(), "payment_settings"), [format!("{BILL}.payment_settings")]);
    assert_eq!(without(india, "order"), [format!("{BILL}.order")]);
}

#[test]
fn a_payment_configuration_has_a_name_of_limited_length() {
    let named = |length: usize| Bill::india_upi("7", GoodsType::Digital, tea(), long(length));
    assert_eq!(bad(named(60)), [""; 0]);
    assert_eq!(bad(named(61)), ["payment_configuration"]);
    assert_eq!(bad(named(0)), ["payment_configuration"]);
}

#[test]
fn sums_must_agree() {
    let order = || {
        Order::new([item(), item().sale_amount(Amount::minor(999))])
            .tax(Amount::minor(5))
            .shipping(Amount::minor(7))
            .discount(Amount::minor(11))
    };
    assert_eq!(order().total().value(), 2_000 + 1_998 + 5 + 7 - 11);
    assert_eq!(bad(india(order())), [""; 0]);
    assert_eq!(
        problems(changed(india(order()), "/total_amount", amount(4_000))),
        [format!(
            "{BILL}.total_amount.value: is not the sum of the order (subtotal + tax + shipping - discount)"
        )]
    );
    for (pointer, value) in [("/order/tax", 6), ("/order/shipping", 8), ("/order/discount", 12)] {
        let wrong = changed(india(order()), pointer, amount(value));
        assert_eq!(bad_paths(wrong), [format!("{BILL}.total_amount.value")], "{pointer}");
    }
    let wrong = changed(india(order()), "/order/subtotal", amount(3_999));
    assert_eq!(
        bad_paths(wrong),
        [format!("{BILL}.order.subtotal.value"), format!("{BILL}.total_amount.value")]
    );
}

#[test]
fn sums_that_no_number_can_hold_are_reported() {
    let huge = || OrderItem::new("Gold", Amount::minor(i64::MAX), i64::MAX);
    let path = "subtotal.value";
    assert_eq!(bad_order(Order::new([huge()])), [path]);
    assert_eq!(bad_order(Order::new([huge(), huge(), huge()])), [path]);
    let full = Order::new([OrderItem::new("Gold", Amount::minor(i64::MAX), 1)]);
    assert_eq!(bad(india(full.clone())), [""; 0]);
    assert_eq!(bad(india(full.tax(Amount::minor(1)))), ["total_amount.value"]);
    let minus = OrderItem::new("Gold", Amount::minor(i64::MIN), i64::MAX);
    assert!(bad(india(Order::new([minus.clone(), minus]))).contains(&format!("order.{path}")));
}

#[test]
fn amounts_are_not_negative_and_in_hundredths() {
    let below = india(tea().discount(Amount::minor(2_001)));
    assert_eq!(bad(below), ["total_amount.value"]);
    assert_eq!(bad(india(tea().discount(Amount::minor(2_000)))), [""; 0]);
    assert_eq!(bad_order(Order::new([OrderItem::new("a", Amount::minor(0), 1)])), [""; 0]);
    for (pointer, path) in [
        ("/total_amount/offset", "total_amount.offset"),
        ("/order/subtotal/offset", "order.subtotal.offset"),
        ("/order/tax/offset", "order.tax.offset"),
        ("/order/shipping/offset", "order.shipping.offset"),
        ("/order/discount/offset", "order.discount.offset"),
        ("/order/items/0/amount/offset", "order.items[0].amount.offset"),
        ("/order/items/0/sale_amount/offset", "order.items[0].sale_amount.offset"),
    ] {
        let order = Order::new([item().sale_amount(Amount::minor(1))])
            .shipping(Amount::minor(0))
            .discount(Amount::minor(0));
        let wrong = changed(india(order), pointer, json!(1_000));
        assert_eq!(bad_paths(wrong), [format!("{BILL}.{path}")]);
    }
    let negative = Order::new([OrderItem::new("a", Amount::minor(-1), 1)])
        .tax(Amount::minor(-1))
        .shipping(Amount::minor(-1))
        .discount(Amount::minor(-1));
    assert_eq!(
        bad(india(negative)),
        [
            "total_amount.value",
            "order.items[0].amount.value",
            "order.subtotal.value",
            "order.tax.value",
            "order.shipping.value",
            "order.discount.value",
        ]
    );
}

#[test]
fn texts_of_an_order_hold_at_the_limit_and_break_one_past_it() {
    let charge = |length: usize| Charge::new(Amount::minor(1)).description(long(length));
    let discount = |length: usize, program: usize| {
        Discount::new(Amount::minor(1)).description(long(length)).program(long(program))
    };
    let until = |length: usize| Expiration::new(Timestamp::from_seconds(1)).description(long(length));
    let whole = tea().tax(charge(60)).shipping(charge(60)).discount(discount(60, 60)).expires(until(120));
    assert_eq!(bad_order(whole), [""; 0]);
    assert_eq!(bad_order(tea().tax(charge(61))), ["tax.description"]);
    assert_eq!(bad_order(tea().shipping(charge(61))), ["shipping.description"]);
    assert_eq!(bad_order(tea().discount(discount(61, 60))), ["discount.description"]);
    assert_eq!(bad_order(tea().discount(discount(60, 61))), ["discount.discount_program_name"]);
    assert_eq!(bad_order(tea().expires(until(121))), ["expiration.description"]);
    assert_eq!(bad_order(tea().expires(until(0))), ["expiration.description"]);
    assert_eq!(bad_order(tea().expires(Timestamp::from_seconds(1))), [""; 0]);
    assert_eq!(bad_order(tea().catalog("a b")), ["catalog_id"]);
}

#[test]
fn brazil_asks_for_more_of_an_order() {
    let brazil = |order| bad(Bill::brazil("7", GoodsType::Digital, order));
    assert_eq!(brazil(tea()), ["order.items[0].retailer_id"]);
    assert_eq!(brazil(Order::new([item().retailer_id("")])), ["order.items[0].retailer_id"]);
    let known = Order::new([item().retailer_id("tea")]);
    assert_eq!(brazil(known.clone()), [""; 0]);
    assert_eq!(brazil(known.clone().expires(Timestamp::from_seconds(1))), ["order.expiration.description"]);
    let described = Expiration::new(Timestamp::from_seconds(1)).description("soon");
    assert_eq!(brazil(known.expires(described)), [""; 0]);
}

#[test]
fn an_order_has_the_state_and_type_that_meta_allows() {
    let wrong = changed(india(tea()), "/order/status", json!("shipped"));
    assert_eq!(bad_paths(wrong), [format!("{BILL}.order.status")]);
    let wrong = changed(india(tea()), "/order/type", json!("slow_pay"));
    assert_eq!(bad_paths(wrong), [format!("{BILL}.order.type")]);
}

#[test]
fn items_with_images_are_at_most_ten() {
    let items = |count: usize| vec![item(); count];
    let pictured = |count: usize| {
        let mut items = items(count - 1);
        items.push(item().image("https://example.com/tea.jpg"));
        Order::new(items)
    };
    assert_eq!(bad_order(pictured(10)), [""; 0]);
    assert_eq!(
        problems(OrderDetails::new("Hello", india(pictured(11)))),
        [format!("{BILL}.order.items: has 11 items, and one has an image (at most 10 items with images)")]
    );
    assert_eq!(bad_order(Order::new(items(11))), [""; 0]);
    assert_eq!(bad_order(Order::new([])), ["items"]);
}

#[test]
fn items_hold_at_the_limit_and_break_one_past_it() {
    let bad = |item: OrderItem| -> Vec<String> {
        let paths = bad_order(Order::new([item]));
        paths.iter().map(|path| path.strip_prefix("items[0].").unwrap_or(path).to_owned()).collect()
    };
    let named = |length: usize| OrderItem::new(long(length), Amount::minor(1_000), 1);
    assert_eq!(bad(named(60)), [""; 0]);
    assert_eq!(bad(named(61)), ["name"]);
    assert_eq!(bad(named(0)), ["name"]);
    assert_eq!(bad(OrderItem::new("a", Amount::minor(1), 0)), ["quantity"]);
    assert_eq!(bad(item().sale_amount(Amount::minor(999))), [""; 0]);
    assert_eq!(bad(item().sale_amount(Amount::minor(1_000))), ["sale_amount"]);
    assert_eq!(bad(item().retailer_id(" ")), ["retailer_id"]);
    assert_eq!(bad(item().image("tea.jpg")), ["image.link"]);
    let pictured = || item().image("https://example.com/tea.jpg");
    assert_eq!(bad(pictured()), [""; 0]);
    assert_eq!(bad(pictured().retailer_id("tea")), ["image"]);
    assert_eq!(bad_order(Order::new([pictured()]).catalog("1948")), ["items[0].image"]);

    let from = |country: usize, importer: usize| {
        item()
            .country_of_origin(long(country))
            .importer(long(importer), ImporterAddress::new("a", "b", "400001"))
    };
    assert_eq!(bad(from(100, 200)), [""; 0]);
    assert_eq!(bad(from(101, 200)), ["country_of_origin"]);
    assert_eq!(bad(from(100, 201)), ["importer_name"]);
}

#[test]
fn addresses_of_importers_hold_at_the_limit_and_break_one_past_it() {
    let bad = |address: ImporterAddress| -> Vec<String> {
        let paths = bad_order(Order::new([item().importer("a", address)]));
        let prefix = "items[0].importer_address.";
        paths.iter().map(|path| path.strip_prefix(prefix).unwrap().to_owned()).collect()
    };
    let address = |line: usize, line2: usize, city: usize| {
        ImporterAddress::new(long(line), long(city), "400001").line2(long(line2)).zone_code("MH")
    };
    assert_eq!(bad(address(100, 100, 120)), [""; 0]);
    assert_eq!(bad(address(101, 100, 120)), ["address_line1"]);
    assert_eq!(bad(address(100, 101, 120)), ["address_line2"]);
    assert_eq!(bad(address(100, 100, 121)), ["city"]);
    for code in ["M", "MHA", "M1", "é"] {
        assert_eq!(bad(address(1, 1, 1).zone_code(code)), ["zone_code"], "{code}");
    }
    for code in ["40000", "4000011", "40000a", "400 01"] {
        assert_eq!(bad(ImporterAddress::new("a", "b", code)), ["postal_code"], "{code}");
    }
    let order = Order::new([item().importer("a", address(1, 1, 1))]);
    let wrong = changed(india(order), "/order/items/0/importer_address/country_code", json!("LK"));
    assert_eq!(bad_paths(wrong), [format!("{BILL}.order.items[0].importer_address.country_code")]);
}

#[test]
fn beneficiaries_hold_at_the_limit_and_break_one_past_it() {
    let bill = |who: Beneficiary| india(tea()).beneficiary(who);
    let who = |name: usize, line: usize, line2: usize| {
        Beneficiary::new(long(name), long(line), "Mumbai", "Maharashtra", "400001").line2(long(line2))
    };
    assert_eq!(bad(bill(who(200, 100, 100))), [""; 0]);
    assert_eq!(bad(bill(who(201, 100, 100))), ["beneficiaries[0].name"]);
    assert_eq!(bad(bill(who(200, 101, 100))), ["beneficiaries[0].address_line1"]);
    assert_eq!(bad(bill(who(200, 100, 101))), ["beneficiaries[0].address_line2"]);
    assert_eq!(
        bad(bill(Beneficiary::new("a", "b", "", " ", "12345"))),
        ["beneficiaries[0].city", "beneficiaries[0].state", "beneficiaries[0].postal_code"]
    );
    let wrong = changed(bill(who(1, 1, 1)), "/beneficiaries/0/country", json!("IN"));
    assert_eq!(bad_paths(wrong), [format!("{BILL}.beneficiaries[0].country")]);
}

/// What is wrong with a bill in a template's button.
fn bad_in_template(bill: &Bill) -> Vec<String> {
    let template = Content::from(Template::new("buy_now", "en").order_details_button(0, bill.clone()));
    let paths = template.validate().err().map(|_| bad_paths(template)).unwrap_or_default();
    let bill = "template.components[0].parameters[0].action.order_details.";
    paths.iter().map(|path| path.strip_prefix(bill).unwrap().to_owned()).collect()
}

#[test]
fn a_bill_with_shipping_addresses_has_rules_of_its_own() {
    let gateway = || PaymentGateway::new("payu", "shop");
    let bill = |goods, quantity: i64| {
        let order = Order::new([OrderItem::new("Assam tea", Amount::minor(1_000), quantity)]);
        Bill::india("order-7", goods, order, gateway()).shipping_info(ShippingInfo::new())
    };
    assert_eq!(bad_in_template(&bill(GoodsType::Physical, 100)), [""; 0]);
    assert_eq!(bad_in_template(&bill(GoodsType::Physical, 101)), ["order.items[0].quantity"]);
    let cup = || OrderItem::new("Cup", Amount::minor(1_000), 1);
    let two = Bill::india("order-7", GoodsType::Physical, Order::new([cup(), cup()]), gateway());
    assert_eq!(bad_in_template(&two), [""; 0]);
    assert_eq!(bad_in_template(&two.shipping_info(ShippingInfo::new())), ["order.items"]);
    assert_eq!(bad_in_template(&bill(GoodsType::Digital, 1)), ["shipping_info"]);
    let by_link = bill(GoodsType::Physical, 1).setting(upi());
    assert_eq!(bad_in_template(&by_link), ["payment_settings[1].type"]);
    let many = Order::new([OrderItem::new("Assam tea", Amount::minor(1_000), 101)]);
    assert_eq!(bad(india(many)), [""; 0], "of a bill without addresses nothing is said");
    let mut json = serde_json::to_value(bill(GoodsType::Physical, 1)).unwrap();
    json["shipping_info"]["country"] = json!("India");
    assert_eq!(bad_in_template(&serde_json::from_value(json).unwrap()), ["shipping_info.country"]);
}

#[test]
fn shipping_addresses_hold_at_the_limit_and_break_one_past_it() {
    const MAX: [(&str, usize); 11] = [
        ("name", 256),
        ("phone_number", 12),
        ("address", 512),
        ("city", 100),
        ("state", 100),
        ("in_pin_code", 6),
        ("landmark_area", 128),
        ("house_number", 8),
        ("floor_number", 10),
        ("tower_number", 8),
        ("building_name", 128),
    ];
    let bad = |past: Option<usize>| {
        let [name, phone, address, city, state, pin, landmark, house, floor, tower, building] =
            std::array::from_fn(|n| long(MAX[n].1 + usize::from(past == Some(n))));
        let address = ShippingAddress::new(name, phone, address, city, state, pin)
            .landmark_area(landmark)
            .house_number(house)
            .floor_number(floor)
            .tower_number(tower)
            .building_name(building);
        let bill = Bill::india("7", GoodsType::Physical, tea(), PaymentGateway::new("payu", "shop"));
        bad_in_template(&bill.shipping_info(ShippingInfo::new().address(address)))
    };
    assert_eq!(bad(None), [""; 0]);
    for (n, (name, _)) in MAX.iter().enumerate() {
        assert_eq!(bad(Some(n)), [format!("shipping_info.addresses[0].{name}")]);
    }
}

#[test]
fn all_that_is_wrong_with_a_bill_is_reported_at_once() {
    let order = Order::new([OrderItem::new("", Amount::minor(1), 0)])
        .tax(Charge::new(Amount::minor(1)).description(""));
    let bill = Bill::brazil("a b", GoodsType::Digital, order).setting(Boleto::new(""));
    assert_eq!(
        bad(bill),
        [
            "reference_id",
            "payment_settings[0].boleto.digitable_line",
            "order.items[0].retailer_id",
            "order.items[0].name",
            "order.items[0].quantity",
            "order.tax.description",
        ]
    );
}
