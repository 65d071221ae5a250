//! The ways to pay.

use super::{
    long,
    orders::{assert_parameters, brazil, india},
    with,
};
use serde_json::{Value, json};

fn pays_by(order: &Value, setting: &Value) -> Value {
    with(order, "/payment_settings", json!([setting]))
}

#[test]
fn each_country_has_its_own_ways() {
    let link = json!({ "type": "payment_link", "payment_link": {
        "uri": "https://example.com/pay", "success_url": "https://example.com/yes", "cancel_url": "https://example.com/no" } });
    assert_parameters(
        &pays_by(&india(), &link),
        &[
            ("/payment_settings/0/type", json!("cash"), 131_009),
            ("/payment_settings/0/type", Value::Null, 131_008),
            ("/payment_settings/0/payment_link", Value::Null, 131_008),
            ("/payment_settings/0/boleto", json!({}), 100),
            ("/payment_settings/0/payment_link/uri", json!("pay"), 131_009),
            ("/payment_settings/0/payment_link/uri", Value::Null, 131_008),
            ("/payment_settings/0/payment_link/success_url", json!("yes"), 131_009),
            ("/payment_settings/0/payment_link/cancel_url", json!("no"), 131_009),
            ("/payment_settings/0/payment_link/url", json!("a"), 100),
            (
                "/payment_settings/0",
                json!({ "type": "boleto", "boleto": { "digitable_line": "1" } }),
                131_009,
            ),
            ("/payment_settings", json!([]), 131_008),
            ("/payment_settings", Value::Null, 131_008),
            ("/payment_settings", json!({}), 100),
        ],
    );
    assert_parameters(
        &brazil(),
        &[(
            "/payment_settings/0",
            json!({ "type": "upi_intent_link", "upi_intent_link": { "link": "upi://pay" } }),
            131_009,
        )],
    );
}

#[test]
fn india_may_name_a_configuration_in_place_of_settings() {
    let named =
        with(&with(&india(), "/payment_settings", Value::Null), "/payment_configuration", json!(long(60)));
    assert_parameters(
        &named,
        &[("/payment_configuration", json!(long(61)), 100), ("/payment_type", Value::Null, 131_008)],
    );
}

#[test]
fn india_names_its_payment_type_where_the_page_does() {
    let link = json!({ "type": "payment_link", "payment_link": { "uri": "https://example.com/pay" } });
    assert_parameters(&pays_by(&india(), &link), &[("/payment_type", Value::Null, 131_008)]);
    assert_parameters(&india(), &[("/payment_type", Value::Null, 0)]);
}

#[test]
fn of_a_country_that_no_page_tells_of_little_is_known() {
    let other = with(&with(&brazil(), "/currency", json!("SGD")), "/payment_type", json!("p2m-lite:stripe"));
    assert_parameters(
        &other,
        &[
            ("/payment_type", Value::Null, 0),
            ("/payment_type", json!("br"), 131_009),
            ("/payment_type", json!("upi"), 131_009),
            ("/payment_configuration", json!("cfg"), 0),
            ("/payment_settings", Value::Null, 0),
            ("/payment_settings/0/type", json!("cash"), 131_009),
            ("/order", Value::Null, 131_009),
            ("/currency", json!(" "), 131_008),
            ("/reference_id", json!(long(61)), 100),
            ("/total_amount/value", json!(1), 131_009),
        ],
    );
}

#[test]
fn a_gateway_is_not_called_as_its_own_members_are() {
    let gateway = json!({ "type": "payment_gateway", "payment_gateway": {
        "type": "razorpay", "configuration_name": "cfg" } });
    assert_parameters(
        &pays_by(&india(), &gateway),
        &[
            ("/payment_settings/0/payment_gateway/type", json!("of_tomorrow"), 0),
            ("/payment_settings/0/payment_gateway/type", json!("configuration_name"), 131_009),
            ("/payment_settings/0/payment_gateway/type", json!("enabled_payment_options"), 131_009),
        ],
    );
}

#[test]
fn an_upi_link_is_one() {
    let upi = json!({ "type": "upi_intent_link", "upi_intent_link": {
        "link": "upi://pay?pa=shop@psp&pn=Shop&mc=5411&purpose=00&tr=ref-1" } });
    assert_parameters(
        &pays_by(&india(), &upi),
        &[
            ("/payment_settings/0/upi_intent_link/link", json!("https://example.com"), 131_009),
            ("/payment_settings/0/upi_intent_link/link", Value::Null, 131_008),
            ("/payment_settings/0/upi_intent_link/link", json!("upi://pay?pn=My Shop"), 131_009),
            ("/payment_settings/0/upi_intent_link/data", json!({}), 100),
        ],
    );
}

#[test]
fn a_gateway_gives_back_what_it_is_given() {
    let gateway = |name: &str, own: Value| {
        json!({ "type": "payment_gateway", "payment_gateway": {
            "type": name, "configuration_name": "cfg", name: own,
            "preferred_payment_methods": [{ "method": "gpay" }], "enabled_payment_options": ["upi"] } })
    };
    const AT: &str = "/payment_settings/0/payment_gateway";
    let at = |member: &str| format!("{AT}/{member}");
    let notes = |count: usize| Value::Object((0..count).map(|n| (n.to_string(), json!("v"))).collect());
    let razorpay = gateway("razorpay", json!({ "receipt": long(40), "notes": notes(15) }));
    assert_parameters(
        &pays_by(&india(), &razorpay),
        &[
            (&at("type"), Value::Null, 131_008),
            (&at("type"), json!(5), 100),
            (&at("configuration_name"), Value::Null, 131_008),
            (&at("configuration_name"), json!(5), 100),
            (&at("preferred_payment_methods"), json!([{ "method": "gpay" }, { "method": "cred" }]), 131_009),
            (&at("preferred_payment_methods/0/name"), json!("a"), 100),
            (&at("preferred_payment_methods/0/method"), Value::Null, 131_008),
            (&at("preferred_payment_methods/0/method"), json!(5), 100),
            (&at("enabled_payment_options"), json!([5]), 100),
            (&at("enabled_payment_options"), json!([]), 131_008),
            (&at("razorpay/receipt"), json!(long(41)), 100),
            (&at("razorpay/notes"), notes(16), 131_009),
            (&at("razorpay/notes"), json!([]), 100),
            (&at("razorpay/notes"), json!({ "k": long(256) }), 0),
            (&at("razorpay/notes"), json!({ "k": long(257) }), 100),
            (&at("razorpay/udf1"), json!("a"), 100),
            (&at("payu"), json!({}), 100),
        ],
    );
    for (name, first, last, most) in [
        ("payu", "udf1", "udf4", 255),
        ("zaakpay", "extra1", "extra2", 180),
        ("billdesk", "additional_info1", "additional_info7", 120),
    ] {
        assert_parameters(
            &pays_by(&india(), &gateway(name, json!({ first: long(most), last: "a" }))),
            &[
                (&at(&format!("{name}/{first}")), json!(long(most + 1)), 100),
                (&at(&format!("{name}/other")), json!("a"), 100),
            ],
        );
    }
    // Gateways come and go.
    assert_parameters(
        &pays_by(&india(), &gateway("cashfree", json!({ "anything": 1 }))),
        &[(&at("cashfree"), json!("a"), 100)],
    );
    let encrypted = json!({ "type": "payu", "payu": { "encrypted_payment_gateway_data": "abc" } });
    assert_parameters(
        &pays_by(&india(), &encrypted),
        &[
            ("/payment_settings/0/payu/encrypted_payment_gateway_data", Value::Null, 131_008),
            ("/payment_settings/0/payu/encrypted_payment_gateway_data", json!(5), 100),
            ("/payment_settings/0/payu/udf1", json!("a"), 100),
        ],
    );
}

#[test]
fn brazil_pays_by_pix_link_boleto_or_card() {
    assert_parameters(
        &brazil(),
        &[
            ("/payment_settings/0/pix_dynamic_code/code", Value::Null, 131_008),
            ("/payment_settings/0/pix_dynamic_code/code", json!(201), 100),
            ("/payment_settings/0/pix_dynamic_code/merchant_name", Value::Null, 131_008),
            ("/payment_settings/0/pix_dynamic_code/key", Value::Null, 131_008),
            ("/payment_settings/0/pix_dynamic_code/key_type", Value::Null, 131_008),
            ("/payment_settings/0/pix_dynamic_code/key_type", json!("EVP"), 0),
            ("/payment_settings/0/pix_dynamic_code/key_type", json!("IBAN"), 131_009),
            ("/payment_settings/0/pix_dynamic_code/bank", json!("a"), 100),
            ("/payment_settings/1/payment_link/uri", json!("ftp://example.com"), 131_009),
            ("/payment_settings/2/boleto/digitable_line", Value::Null, 131_008),
            ("/payment_settings/2/boleto/digitable_line", json!(3399), 100),
            ("/payment_settings/2/boleto/code", json!("a"), 100),
            ("/payment_settings/3/offsite_card_pay/last_four_digits", json!("123"), 131_009),
            ("/payment_settings/3/offsite_card_pay/last_four_digits", Value::Null, 131_008),
            ("/payment_settings/3/offsite_card_pay/last_four_digits", json!("12a4"), 131_009),
            ("/payment_settings/3/offsite_card_pay/credential_id", Value::Null, 131_008),
            ("/payment_settings/3/offsite_card_pay/credential_id", json!(5), 100),
            ("/payment_settings/3/offsite_card_pay/name", json!("a"), 100),
        ],
    );
}
