use super::{bad_paths, is_kept, is_written_as, long, problems, read, tea, written};
use crate::message::{
    Amount, Bill, Boleto, Content, GoodsType, OffsiteCardPay, OrderDetails, PaymentGateway, PaymentLink,
    PaymentSetting, PixDynamicCode, PixKeyType, UpiIntentLink,
};
use serde_json::{Value, json};

const SETTING: &str = "interactive.action.parameters.payment_settings[0]";

fn india<S: Into<PaymentSetting>>(setting: S) -> OrderDetails {
    OrderDetails::new("Hello", Bill::india("order-7", GoodsType::Digital, tea(), setting))
}

fn brazil<S: Into<PaymentSetting>>(setting: S) -> OrderDetails {
    let bill = Bill::brazil_total_only("pedido-7", GoodsType::Digital, Amount::minor(5_000));
    OrderDetails::new("Hello", bill.setting(setting))
}

fn settings(details: OrderDetails) -> Value {
    written(details)["action"]["parameters"]["payment_settings"].take()
}

/// `brazil` with this setting, as JSON.
fn with(setting: &Value) -> Value {
    json!({"type": "order_details", "body": {"text": "Hello"}, "action": {"name": "review_and_pay", "parameters": {
        "reference_id": "pedido-7", "type": "digital-goods", "payment_type": "br", "payment_settings": [setting],
        "currency": "BRL", "total_amount": {"value": 5000, "offset": 100}}}})
}

fn pix() -> PixDynamicCode {
    PixDynamicCode::new("000201").merchant("Casa do Chá", "39580525000189", PixKeyType::Cnpj)
}

#[test]
fn every_way_to_pay_is_written_as_meta_documents_it() {
    let link = "upi://pay?pa=tea@bank&pn=Tea&mc=5499&purpose=00&tr=order-7";
    for (setting, json) in [
        (
            UpiIntentLink::new(link).into(),
            json!({"type": "upi_intent_link", "upi_intent_link": {"link": link}}),
        ),
        (
            PaymentGateway::new("razorpay", "shop").into(),
            json!({"type": "payment_gateway", "payment_gateway": {"type": "razorpay", "configuration_name": "shop"}}),
        ),
        (
            PaymentGateway::new("razorpay", "shop")
                .pass("receipt", "r-1")
                .pass("notes", json!({"table": "4"}))
                .preferred_method("phonepe")
                .preferred_method("gpay")
                .enabled_option("upi")
                .enabled_option("web")
                .into(),
            json!({"type": "payment_gateway", "payment_gateway": {
                "type": "razorpay", "configuration_name": "shop",
                "razorpay": {"receipt": "r-1", "notes": {"table": "4"}},
                "preferred_payment_methods": [{"method": "gpay"}],
                "enabled_payment_options": ["upi", "web"]}}),
        ),
        (
            PaymentLink::new("https://pay.example.com/7")
                .success_url("https://pay.example.com/done")
                .cancel_url("https://pay.example.com/failed")
                .into(),
            json!({"type": "payment_link", "payment_link": {"uri": "https://pay.example.com/7",
                "success_url": "https://pay.example.com/done", "cancel_url": "https://pay.example.com/failed"}}),
        ),
        (
            pix().into(),
            json!({"type": "pix_dynamic_code", "pix_dynamic_code": {"code": "000201",
                "merchant_name": "Casa do Chá", "key": "39580525000189", "key_type": "CNPJ"}}),
        ),
        (
            PixDynamicCode::new("000201").into(),
            json!({"type": "pix_dynamic_code", "pix_dynamic_code": {"code": "000201"}}),
        ),
        (Boleto::new("03399").into(), json!({"type": "boleto", "boleto": {"digitable_line": "03399"}})),
        (
            OffsiteCardPay::new("4242", "card-7").into(),
            json!({"type": "offsite_card_pay", "offsite_card_pay":
                {"last_four_digits": "4242", "credential_id": "card-7"}}),
        ),
        (
            PaymentSetting::raw("payu", json!({"encrypted_payment_gateway_data": "x"})),
            json!({"type": "payu", "payu": {"encrypted_payment_gateway_data": "x"}}),
        ),
    ] {
        let kind = json["type"].as_str().unwrap();
        let setting: PaymentSetting = setting;
        assert_eq!(setting.kind(), kind);
        assert_eq!(serde_json::to_value(&setting).unwrap(), json);
        assert_eq!(serde_json::from_str::<PaymentSetting>(&json.to_string()).unwrap(), setting, "{kind}");
        assert_eq!(serde_json::from_value::<PaymentSetting>(json.clone()).unwrap(), setting, "{kind}");
        is_written_as(brazil(setting), &with(&json));
    }
}

#[test]
fn what_other_writers_send_of_ways_to_pay_is_read() {
    for (theirs, ours) in [
        (
            json!({"type": "PAYMENT_LINK", "boleto": null,
                "payment_link": {"uri": "https://a.example", "success_url": null, "cancel_url": null}}),
            PaymentLink::new("https://a.example").into(),
        ),
        (
            json!({"type": "pix_dynamic_code", "pix_dynamic_code":
                {"code": "000201", "merchant_name": null, "key": null, "key_type": null}}),
            PixDynamicCode::new("000201").into(),
        ),
        (
            json!({"type": "offsite_card_pay", "offsite_card_pay": {"last_four_digits": 4242, "credential_id": 7}}),
            OffsiteCardPay::new("4242", "7").into(),
        ),
        (
            json!({"type": "payment_gateway", "payment_gateway": {"type": "payu", "configuration_name": 7,
                "payu": null, "preferred_payment_methods": null, "enabled_payment_options": []}}),
            PaymentGateway::new("payu", "7").into(),
        ),
    ] {
        assert_eq!(read(&with(&theirs)), Content::from(brazil::<PaymentSetting>(ours)));
    }
    let odd_key = json!({"type": "pix_dynamic_code", "pix_dynamic_code":
        {"code": "1", "merchant_name": "a", "key": "b", "key_type": "Iris"}});
    assert_eq!(written(read(&with(&odd_key))), with(&odd_key));
}

#[test]
fn ways_to_pay_that_are_not_as_documented_keep_the_message_as_it_is() {
    for (setting, reason) in [
        (json!({"type": "boleto", "boleto": {"digitable_line": "1", "bank": "x"}}), "unknown field bank"),
        (json!({"type": "boleto", "boleto": {"digitable_line": "1"}, "note": "x"}), "unknown field note"),
        (json!({"type": "boleto"}), "missing field of the type's name"),
        (json!({"type": "type"}), "type is not the name of a member"),
        (json!({"boleto": {"digitable_line": "1"}}), "missing field type"),
        (
            json!({"type": "payment_gateway", "payment_gateway": {"type": "payu"}}),
            "missing field configuration_name",
        ),
        (
            json!({"type": "payment_gateway", "payment_gateway":
                {"type": "payu", "configuration_name": "a", "razorpay": {}}}),
            "unknown field razorpay",
        ),
        (
            json!({"type": "payment_gateway", "payment_gateway":
                {"type": "payu", "configuration_name": "a", "payu": "private"}}),
            "a member is of the wrong type",
        ),
    ] {
        is_kept(&with(&setting), reason);
    }
}

#[test]
fn each_way_to_pay_has_what_it_needs() {
    let bad = |details: OrderDetails| -> Vec<String> {
        bad_paths(details).into_iter().map(|path| path.strip_prefix(SETTING).unwrap().to_owned()).collect()
    };
    assert_eq!(problems(india(UpiIntentLink::new("upi://pay?pa=a@b"))), [""; 0]);
    for link in ["https://pay.example.com", "pay?pa=a@b", "", "upi://pay?pa=a@b "] {
        assert_eq!(bad(india(UpiIntentLink::new(link))), [".upi_intent_link.link"], "{link}");
    }
    assert_eq!(
        bad(india(PaymentLink::new("pay.example.com").success_url("x").cancel_url("upi://pay"))),
        [".payment_link.uri", ".payment_link.success_url", ".payment_link.cancel_url"]
    );
    assert_eq!(problems(brazil(pix())), [""; 0]);
    assert_eq!(
        bad(brazil(PixDynamicCode::new(""))),
        [
            ".pix_dynamic_code.code",
            ".pix_dynamic_code.merchant_name",
            ".pix_dynamic_code.key",
            ".pix_dynamic_code.key_type"
        ]
    );
    assert_eq!(problems(brazil(Boleto::new("03399"))), [""; 0]);
    assert_eq!(bad(brazil(Boleto::new(" "))), [".boleto.digitable_line"]);
    assert_eq!(problems(brazil(OffsiteCardPay::new("4242", "card"))), [""; 0]);
    for digits in ["424", "42424", "42a2", "٤٢٤٢"] {
        assert_eq!(
            bad(brazil(OffsiteCardPay::new(digits, "card"))),
            [".offsite_card_pay.last_four_digits"],
            "{digits}"
        );
    }
    assert_eq!(bad(brazil(OffsiteCardPay::new("4242", ""))), [".offsite_card_pay.credential_id"]);
    assert_eq!(problems(brazil(PaymentSetting::raw("cheque", json!({"anything": [1]})))), [""; 0]);
    assert_eq!(bad(brazil(PaymentSetting::raw("", json!({})))), [".type"]);
    assert_eq!(bad(brazil(PaymentSetting::raw("type", json!({})))), [".type"]);
    assert_eq!(bad(brazil(PaymentSetting::raw("cheque", Value::Null))), [".cheque"]);
}

#[test]
fn ways_to_pay_belong_to_a_country() {
    let elsewhere = [format!("{SETTING}.type: is of another country (a way to pay of the bill's country)")];
    for setting in [pix().into(), Boleto::new("1").into(), OffsiteCardPay::new("4242", "a").into()] {
        assert_eq!(problems(india::<PaymentSetting>(setting)), elsewhere);
    }
    for setting in [UpiIntentLink::new("upi://pay").into(), PaymentGateway::new("payu", "a").into()] {
        assert_eq!(problems(brazil::<PaymentSetting>(setting)), elsewhere);
    }
    assert_eq!(problems(india(PaymentLink::new("https://a.example"))), [""; 0]);
    assert_eq!(problems(brazil(PaymentLink::new("https://a.example"))), [""; 0]);
}

#[test]
fn what_is_passed_to_a_gateway_has_limits() {
    for (gateway, member, max) in [
        ("razorpay", "receipt", 40),
        ("payu", "udf1", 255),
        ("payu", "udf4", 255),
        ("zaakpay", "extra1", 180),
        ("zaakpay", "extra2", 180),
        ("billdesk", "additional_info1", 120),
        ("billdesk", "additional_info7", 120),
    ] {
        let passing = |value: Value| india(PaymentGateway::new(gateway, "shop").pass(member, value));
        let path = format!("{SETTING}.payment_gateway.{gateway}.{member}");
        assert_eq!(problems(passing(long(max).into())), [""; 0], "{member}");
        assert_eq!(bad_paths(passing(long(max + 1).into())), [&*path]);
        assert_eq!(bad_paths(passing("".into())), [&*path]);
        assert_eq!(bad_paths(passing(7.into())), [&*path]);
    }
    for (gateway, member) in
        [("razorpay", "udf1"), ("payu", "udf5"), ("zaakpay", "extra3"), ("billdesk", "additional_info8")]
    {
        let unknown = india(PaymentGateway::new(gateway, "shop").pass(member, "x"));
        assert_eq!(bad_paths(unknown), [format!("{SETTING}.payment_gateway.{gateway}.{member}")]);
    }
    let other = india(PaymentGateway::new("cashfree", "shop").pass("anything", long(1_000)));
    assert_eq!(problems(other), [""; 0]);
}

#[test]
fn notes_for_razorpay_have_limits() {
    let path = format!("{SETTING}.payment_gateway.razorpay.notes");
    let noting = |notes: Value| india(PaymentGateway::new("razorpay", "shop").pass("notes", notes));
    let notes = |count: usize, length: usize| {
        noting((0..count).map(|n| (n.to_string(), Value::from(long(length)))).collect())
    };
    assert_eq!(problems(notes(15, 256)), [""; 0]);
    assert_eq!(problems(notes(16, 256)), [format!("{path}: has 16 notes (at most 15 notes)")]);
    assert_eq!(bad_paths(notes(1, 257)), [format!("{path}.0")]);
    assert_eq!(bad_paths(noting(json!("x"))), [&*path]);
    assert_eq!(bad_paths(noting(json!({"a": 1}))), [format!("{path}.a")]);
}

#[test]
fn a_gateway_has_what_it_needs() {
    let path = |member: &str| format!("{SETTING}.payment_gateway.{member}");
    assert_eq!(
        bad_paths(india(PaymentGateway::new("", "").preferred_method("").enabled_option(""))),
        [
            path("type"),
            path("configuration_name"),
            path("preferred_payment_methods[0].method"),
            path("enabled_payment_options[0]")
        ]
    );
    let own = PaymentGateway::new("configuration_name", "shop");
    assert_eq!(bad_paths(india(own)), [path("type")]);
    let mut two = written(india(PaymentGateway::new("payu", "shop")));
    two["action"]["parameters"]["payment_settings"][0]["payment_gateway"]["preferred_payment_methods"] =
        json!([{"method": "gpay"}, {"method": "bhim"}]);
    assert_eq!(bad_paths(read(&two)), [path("preferred_payment_methods")]);
    assert_eq!(written(read(&two)), two);
}

#[test]
fn a_bill_in_brazil_can_be_paid_in_several_ways() {
    let bill = Bill::brazil_total_only("pedido-7", GoodsType::Digital, Amount::minor(5_000))
        .setting(pix())
        .setting(Boleto::new("03399"));
    let details = OrderDetails::new("Hello", bill);
    assert_eq!(problems(details.clone()), [""; 0]);
    let kinds: Vec<_> =
        settings(details).as_array().unwrap().iter().map(|setting| setting["type"].clone()).collect();
    assert_eq!(kinds, ["pix_dynamic_code", "boleto"]);
}

#[test]
fn ways_to_pay_do_not_show_what_is_in_them() {
    let secret = "private";
    for setting in [
        UpiIntentLink::new(secret).into(),
        PaymentGateway::new("payu", "shop").pass("udf1", secret).into(),
        PaymentLink::new(secret).success_url(secret).into(),
        PixDynamicCode::new(secret).merchant(secret, secret, PixKeyType::Cpf).into(),
        Boleto::new(secret).into(),
        OffsiteCardPay::new(secret, secret).into(),
        PaymentSetting::raw("cheque", json!({"x": secret})),
    ] {
        let shown = format!("{setting:?}");
        assert!(shown.contains(setting.kind()) && !shown.contains(secret), "{shown}");
        let inner = match &setting {
            PaymentSetting::UpiIntentLink(way) => format!("{way:?}"),
            PaymentSetting::PaymentGateway(way) => format!("{way:?}"),
            PaymentSetting::PaymentLink(way) => format!("{way:?}"),
            PaymentSetting::PixDynamicCode(way) => format!("{way:?}"),
            PaymentSetting::Boleto(way) => format!("{way:?}"),
            PaymentSetting::OffsiteCardPay(way) => format!("{way:?}"),
            PaymentSetting::Raw(way) => format!("{way:?}"),
        };
        assert!(!inner.contains(secret), "{inner}");
    }
}

#[test]
fn null_among_what_is_passed_to_a_gateway_is_nothing() {
    let same = india(PaymentGateway::new("razorpay", "shop").pass("receipt", "r-1"));
    let mut theirs = written(same.clone());
    theirs["action"]["parameters"]["payment_settings"][0]["payment_gateway"]["razorpay"]["notes"] =
        json!(null);
    assert_eq!(read(&theirs), Content::from(same));
}
