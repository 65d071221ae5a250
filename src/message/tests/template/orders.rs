use super::{bad_paths, bill, bill_json, button, components, kept, offer, pix, pix_json, problems, read};
use crate::message::{
    Amount, Bill, Boleto, Content, GoodsType, OffsiteCardPay, Order, OrderItem, OrderState, PaymentGateway,
    PaymentLink, PaymentSetting, ShippingAddress, ShippingInfo, TemplateCard, UpiIntentLink,
};
use serde_json::{Value, json};

const ACTION: &str = "template.components[0].parameters[0].action";

/// A button that opens this bill.
fn details(bill: &Value) -> Value {
    button("order_details", &json!([{"type": "action", "action": {"order_details": bill}}]))
}

/// A button that asks for a payment by this setting.
fn request(setting: &Value) -> Value {
    let request = json!({"payment_setting": setting});
    button("payment_request", &json!([{"type": "action", "action": {"payment_request": request}}]))
}

/// The component that tells what became of an order.
fn status(progress: &Value) -> Value {
    json!([{"type": "order_status", "parameters": [{"type": "order_status", "order_status": progress}]}])
}

/// The JSON of an amount.
fn amount(value: i64) -> Value {
    json!({"value": value, "offset": 100})
}

#[test]
fn a_bill_behind_buy_now_has_shipping_addresses() {
    let order = Order::new([OrderItem::new("Assam tea", Amount::minor(1_000), 2)]);
    let home =
        ShippingAddress::new("Asha", "911234567890", "12 Harbour Road", "Mumbai", "Maharashtra", "400001");
    let bill = Bill::india("order-7", GoodsType::Physical, order, PaymentGateway::new("payu", "shop"))
        .shipping_info(ShippingInfo::new().address(home));
    let json = details(&json!({"reference_id": "order-7", "type": "physical-goods",
        "payment_settings": [{"type": "payment_gateway",
            "payment_gateway": {"type": "payu", "configuration_name": "shop"}}],
        "currency": "INR", "total_amount": amount(2_000),
        "shipping_info": {"country": "IN", "addresses": [{"name": "Asha", "phone_number": "911234567890",
            "address": "12 Harbour Road", "city": "Mumbai", "state": "Maharashtra", "in_pin_code": "400001"}]},
        "order": {"status": "pending",
            "items": [{"name": "Assam tea", "amount": amount(1_000), "quantity": 2}],
            "subtotal": amount(2_000), "tax": amount(0)}}));
    assert_eq!(components(offer().order_details_button(0, bill.clone())), json);
    assert_eq!(kept(&json), [""; 0]);
    assert_eq!(read(&json).0, Content::from(offer().order_details_button(0, bill)));
}

#[test]
fn a_bill_in_a_template_keeps_the_rules_of_bills() {
    let broken = |bill| bad_paths(offer().order_details_button(0, bill));
    let silent = Bill::brazil_total_only("A 42", GoodsType::Digital, Amount::minor(-1));
    assert_eq!(
        broken(silent),
        [
            format!("{ACTION}.order_details.reference_id"),
            format!("{ACTION}.order_details.total_amount.value")
        ]
    );
    // What a request does without, a bill needs.
    assert_eq!(broken(bill().setting(pix())).len(), 3);
    let card = |reference: &str| {
        let bill = Bill::brazil_total_only(reference, GoodsType::Digital, Amount::minor(1));
        TemplateCard::product("7", "sencha").order_details_button(bill)
    };
    assert_eq!(problems(offer().carousel([card("a"), card("b")])), [""; 0]);
    assert_eq!(
        bad_paths(offer().carousel([card("a"), card("")])),
        ["template.components[0].cards[1].components[1].parameters[0].action.order_details.reference_id"]
    );
}

#[test]
fn every_way_to_request_a_payment_is_written() {
    for (setting, json) in [
        (PaymentSetting::from(pix()), pix_json()),
        (
            Boleto::new("0339902694").into(),
            json!({"type": "boleto", "boleto": {"digitable_line": "0339902694"}}),
        ),
        (
            PaymentLink::new("https://pay.example.com/7").into(),
            json!({"type": "payment_link", "payment_link": {"uri": "https://pay.example.com/7"}}),
        ),
        (PaymentSetting::raw("cheque", json!({"a": [1]})), json!({"type": "cheque", "cheque": {"a": [1]}})),
    ] {
        assert_eq!(components(offer().payment_request_button(0, setting)), request(&json));
        assert_eq!(kept(&request(&json)), [""; 0]);
    }
}

#[test]
fn a_payment_is_requested_only_in_ways_that_buttons_have() {
    let setting = format!("{ACTION}.payment_request.payment_setting");
    for other in [
        PaymentSetting::from(UpiIntentLink::new("upi://pay?pa=tea@bank")),
        PaymentGateway::new("payu", "shop").into(),
        OffsiteCardPay::new("4242", "card-1").into(),
    ] {
        assert_eq!(
            problems(offer().payment_request_button(0, other)),
            [format!(
                "{setting}.type: is no way to pay of a button (a dynamic Pix code, a boleto or a payment link)"
            )]
        );
    }
    assert_eq!(
        bad_paths(offer().payment_request_button(0, PaymentLink::new("pay"))),
        [format!("{setting}.payment_link.uri")]
    );
}

#[test]
fn every_state_of_an_order_is_written() {
    for state in OrderState::KNOWN {
        let json = status(&json!({"reference_id": "A-42", "order": {"status": state.as_str()}}));
        assert_eq!(components(offer().order_status("A-42", state.clone(), None)), json);
        assert_eq!(kept(&json), [""; 0]);
    }
}

#[test]
fn a_state_of_an_order_is_read_in_other_spellings() {
    for (spelling, state) in [
        ("partially-shipped", OrderState::PartiallyShipped),
        ("PARTIALLY_SHIPPED", OrderState::PartiallyShipped),
        ("Shipped", OrderState::Shipped),
    ] {
        let theirs = json!({"reference_id": 42, "payment": null,
            "order": {"status": spelling, "description": null}});
        assert_eq!(read(&status(&theirs)).0, Content::from(offer().order_status("42", state, None)));
    }
    let unknown = status(&json!({"reference_id": "A-42", "order": {"status": "Teleported"}}));
    assert_eq!(kept(&unknown), [""; 0]);
}

#[test]
fn a_status_tells_of_the_order_or_of_its_payment() {
    let silent = status(&json!({"reference_id": "A-42"}));
    let at = "template.components[0].parameters[0].order_status";
    assert_eq!(kept(&silent), [format!("{at}.order: is missing (a state of the order or of its payment)")]);
    let paid = status(&json!({"reference_id": "A-42", "payment": {"status": "captured"}}));
    assert_eq!(kept(&paid), [""; 0]);
}

#[test]
fn what_other_writers_send_of_a_bill_is_read() {
    let mut theirs = bill_json();
    theirs["reference_id"] = json!(42);
    theirs["type"] = json!("PHYSICAL-GOODS");
    theirs["total_amount"] = json!({"value": "5000", "offset": "100"});
    theirs["order"] = json!(null);
    theirs["shipping_info"] = json!(null);
    let same = Bill::brazil_total_only("42", GoodsType::Physical, Amount::minor(5_000));
    assert_eq!(read(&details(&theirs)).0, Content::from(offer().order_details_button(0, same)));
    let mut shouted = pix_json();
    shouted["type"] = json!("PIX_DYNAMIC_CODE");
    let same = offer().payment_request_button(0, pix());
    assert_eq!(read(&request(&shouted)).0, Content::from(same));
}

#[test]
fn what_is_not_a_bill_stays_as_it_came_and_is_reported() {
    let with = |member: &str, value: Value| {
        let mut bill = bill_json();
        bill[member] = value;
        details(&bill)
    };
    let odd = [
        details(&json!({})),
        details(&json!([1])),
        details(&json!("private words")),
        with("coupon", json!("private words")),
        with("total_amount", json!({"value": 1})),
        with("order", json!({"status": "pending"})),
        with("payment_settings", json!([{"type": "boleto", "pix": null}])),
        request(&json!({})),
        request(&json!("private words")),
        request(&json!({"type": "boleto", "boleto": {"digitable_line": "1", "colour": "red"}})),
        status(&json!({"reference_id": "A-42", "order": {"status": "shipped"}, "refund": {}})),
    ];
    for odd in odd {
        let at = "template.components[0].parameters[0]";
        assert_eq!(
            kept(&odd),
            [format!("{at}: is not as documented (the members that Meta documents for its type)")]
        );
    }
}
