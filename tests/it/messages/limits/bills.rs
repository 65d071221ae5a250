//! Bills.

use super::Limit;
use serde_json::{Value, json};
use whatsapp_business::{
    message::{
        Amount, Beneficiary, Bill, Charge, Discount, Expiration, GoodsType, ImporterAddress, Order,
        OrderDetails, OrderItem, PaymentGateway, ShippingAddress, ShippingInfo, Template, UpiIntentLink,
    },
    time::Timestamp,
};

pub(super) fn limits() -> Vec<Limit> {
    [bills(), orders(), items(), people(), gateways(), checkouts()].into_iter().flatten().collect()
}

fn item() -> OrderItem {
    OrderItem::new("Tea", Amount::minor(100), 1)
}

fn order() -> Order {
    Order::new([item()])
}

fn india(order: Order) -> Bill {
    Bill::india("7", GoodsType::Physical, order, UpiIntentLink::new("upi://pay"))
}

fn details(bill: Bill) -> OrderDetails {
    OrderDetails::new("x", bill)
}

fn bills() -> Vec<Limit> {
    let upi = || UpiIntentLink::new("upi://pay");
    vec![
        Limit::most("Bill::MAX_REFERENCE_INDIA", Bill::MAX_REFERENCE_INDIA, |length| {
            details(Bill::india("7".repeat(length), GoodsType::Digital, order(), upi()))
        }),
        Limit::most("Bill::MAX_REFERENCE_BRAZIL", Bill::MAX_REFERENCE_BRAZIL, |length| {
            details(Bill::brazil_total_only("7".repeat(length), GoodsType::Digital, Amount::minor(1)))
        }),
        Limit::text("Bill::MAX_CONFIGURATION", Bill::MAX_CONFIGURATION, |text| {
            details(Bill::india_upi("7", GoodsType::Digital, order(), text))
        }),
    ]
}

fn orders() -> Vec<Limit> {
    let nothing = || Amount::minor(0);
    vec![
        Limit::text("Charge::MAX_DESCRIPTION", Charge::MAX_DESCRIPTION, |text| {
            details(india(order().tax(Charge::new(nothing()).description(text))))
        }),
        Limit::text("Discount::MAX_DESCRIPTION", Discount::MAX_DESCRIPTION, |text| {
            details(india(order().discount(Discount::new(nothing()).description(text))))
        }),
        Limit::text("Discount::MAX_PROGRAM", Discount::MAX_PROGRAM, |text| {
            details(india(order().discount(Discount::new(nothing()).program(text))))
        }),
        Limit::text("Expiration::MAX_DESCRIPTION", Expiration::MAX_DESCRIPTION, |text| {
            let end = Expiration::new(Timestamp::from_seconds(4_000_000_000));
            details(india(order().expires(end.description(text))))
        }),
        Limit::most("Order::MAX_ITEMS_WITH_IMAGES", Order::MAX_ITEMS_WITH_IMAGES, |count| {
            details(india(Order::new(vec![item().image("https://example.com/tea.png"); count])))
        }),
    ]
}

fn items() -> Vec<Limit> {
    let of = |item| details(india(Order::new([item])));
    let address = || ImporterAddress::new("12 Harbour Road", "Mumbai", "400001");
    vec![
        Limit::text("OrderItem::MAX_NAME", OrderItem::MAX_NAME, |text| {
            of(OrderItem::new(text, Amount::minor(100), 1))
        }),
        Limit::text("OrderItem::MAX_COUNTRY", OrderItem::MAX_COUNTRY, |text| {
            of(item().country_of_origin(text))
        }),
        Limit::text("OrderItem::MAX_IMPORTER", OrderItem::MAX_IMPORTER, |text| {
            of(item().importer(text, address()))
        }),
        Limit::text("ImporterAddress::MAX_LINE", ImporterAddress::MAX_LINE, |text| {
            of(item().importer("Sunny", address().line2(text)))
        }),
        Limit::text("ImporterAddress::MAX_CITY", ImporterAddress::MAX_CITY, |text| {
            of(item().importer("Sunny", ImporterAddress::new("12 Harbour Road", text, "400001")))
        }),
    ]
}

fn people() -> Vec<Limit> {
    let named = |name: &str, line: &str| Beneficiary::new(name, line, "Mumbai", "Maharashtra", "400001");
    let to = |person| details(india(order()).beneficiary(person));
    vec![
        Limit::text("Beneficiary::MAX_NAME", Beneficiary::MAX_NAME, |text| {
            to(named(&text, "12 Harbour Road"))
        }),
        Limit::text("Beneficiary::MAX_LINE", Beneficiary::MAX_LINE, |text| to(named("Asha", &text))),
    ]
}

fn gateways() -> Vec<Limit> {
    let paid = |way: PaymentGateway| details(Bill::india("7", GoodsType::Digital, order(), way));
    let passing =
        |gateway: &str, name: &str, value: Value| paid(PaymentGateway::new(gateway, "cfg").pass(name, value));
    let notes = |count: usize| {
        let notes = (0..count).map(|n| (format!("note{n}"), Value::from("x")));
        passing("razorpay", "notes", notes.collect::<serde_json::Map<_, _>>().into())
    };
    let preferring = |count: usize| {
        let methods = vec![json!({"method": "gpay"}); count];
        let way = json!({"type": "payu", "configuration_name": "cfg", "preferred_payment_methods": methods});
        paid(serde_json::from_value(way).unwrap())
    };
    vec![
        Limit::text("PaymentGateway::MAX_RECEIPT", PaymentGateway::MAX_RECEIPT, |text| {
            passing("razorpay", "receipt", text.into())
        }),
        Limit::most("PaymentGateway::MAX_NOTES", PaymentGateway::MAX_NOTES, notes),
        Limit::text("PaymentGateway::MAX_NOTE", PaymentGateway::MAX_NOTE, |text| {
            passing("razorpay", "notes", json!({ "a": text }))
        }),
        Limit::text("PaymentGateway::MAX_UDF", PaymentGateway::MAX_UDF, |text| {
            passing("payu", "udf1", text.into())
        }),
        Limit::text("PaymentGateway::MAX_EXTRA", PaymentGateway::MAX_EXTRA, |text| {
            passing("zaakpay", "extra2", text.into())
        }),
        Limit::text("PaymentGateway::MAX_ADDITIONAL_INFO", PaymentGateway::MAX_ADDITIONAL_INFO, |text| {
            passing("billdesk", "additional_info1", text.into())
        }),
        Limit::most("PaymentGateway::MAX_PREFERRED", PaymentGateway::MAX_PREFERRED, preferring),
    ]
}

/// Of bills behind the button of a template with which customers check out.
fn checkouts() -> Vec<Limit> {
    type Part = (&'static str, usize, fn([String; 6], String) -> ShippingAddress);
    let approved = json!({"name": "offer", "language": "en", "category": "MARKETING", "components": [
        {"type": "BODY", "text": "Yours for the weekend."},
        {"type": "BUTTONS", "buttons": [{"type": "ORDER_DETAILS", "text": "Buy now"}]}]});
    let shipped = |order, address| {
        let gateway = PaymentGateway::new("payu", "cfg");
        let bill = Bill::india("7", GoodsType::Physical, order, gateway);
        Template::new("offer", "en")
            .order_details_button(0, bill.shipping_info(ShippingInfo::new().address(address)))
    };
    let home =
        || ["Asha", "911234567890", "12 Harbour Road", "Mumbai", "Maharashtra", "400001"].map(str::to_owned);
    fn address([name, phone, address, city, state, pin]: [String; 6]) -> ShippingAddress {
        ShippingAddress::new(name, phone, address, city, state, pin)
    }
    let parts: [Part; 11] = [
        ("ShippingAddress::MAX_NAME", ShippingAddress::MAX_NAME, |[_, b, c, d, e, f], text| {
            address([text, b, c, d, e, f])
        }),
        (
            "ShippingAddress::MAX_PHONE_NUMBER",
            ShippingAddress::MAX_PHONE_NUMBER,
            |[a, _, c, d, e, f], text| address([a, text, c, d, e, f]),
        ),
        ("ShippingAddress::MAX_ADDRESS", ShippingAddress::MAX_ADDRESS, |[a, b, _, d, e, f], text| {
            address([a, b, text, d, e, f])
        }),
        ("ShippingAddress::MAX_CITY", ShippingAddress::MAX_CITY, |[a, b, c, _, e, f], text| {
            address([a, b, c, text, e, f])
        }),
        ("ShippingAddress::MAX_STATE", ShippingAddress::MAX_STATE, |[a, b, c, d, _, f], text| {
            address([a, b, c, d, text, f])
        }),
        ("ShippingAddress::MAX_IN_PIN_CODE", ShippingAddress::MAX_IN_PIN_CODE, |[a, b, c, d, e, _], text| {
            address([a, b, c, d, e, text])
        }),
        ("ShippingAddress::MAX_LANDMARK_AREA", ShippingAddress::MAX_LANDMARK_AREA, |home, text| {
            address(home).landmark_area(text)
        }),
        ("ShippingAddress::MAX_HOUSE_NUMBER", ShippingAddress::MAX_HOUSE_NUMBER, |home, text| {
            address(home).house_number(text)
        }),
        ("ShippingAddress::MAX_FLOOR_NUMBER", ShippingAddress::MAX_FLOOR_NUMBER, |home, text| {
            address(home).floor_number(text)
        }),
        ("ShippingAddress::MAX_TOWER_NUMBER", ShippingAddress::MAX_TOWER_NUMBER, |home, text| {
            address(home).tower_number(text)
        }),
        ("ShippingAddress::MAX_BUILDING_NAME", ShippingAddress::MAX_BUILDING_NAME, |home, text| {
            address(home).building_name(text)
        }),
    ];
    let of_parts =
        parts.map(|(name, max, put)| Limit::text(name, max, |text| shipped(order(), put(home(), text))));
    let dozen = |quantity| {
        shipped(Order::new([OrderItem::new("Tea", Amount::minor(100), quantity)]), address(home()))
    };
    let quantity = Limit::new(
        "OrderItem::MAX_CHECKOUT_QUANTITY",
        dozen(OrderItem::MAX_CHECKOUT_QUANTITY),
        dozen(OrderItem::MAX_CHECKOUT_QUANTITY + 1),
    );
    let items = |count| {
        let tea = OrderItem::new("Tea", Amount::minor(100), 1);
        shipped(Order::new(vec![tea; count]), address(home()))
    };
    let items = Limit::new(
        "Order::MAX_CHECKOUT_ITEMS",
        items(Order::MAX_CHECKOUT_ITEMS),
        items(Order::MAX_CHECKOUT_ITEMS + 1),
    );
    of_parts.into_iter().chain([quantity, items]).map(|limit| limit.approved(approved.clone())).collect()
}
