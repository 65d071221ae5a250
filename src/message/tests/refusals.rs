//! What Meta refuses though each part of it looks right.

use super::{TO, bad_paths, problems};
use crate::{
    message::{
        Amount, Beneficiary, Bill, Boleto, Buttons, Contact, ContactAddress, ContactEmail, ContactPhone,
        ContactUrl, Contacts, Content, Document, GoodsType, Header, Image, Location, Message, Order,
        OrderDetails, OrderItem, OrderState, OrderStatus, PaymentGateway, PaymentState, PixDynamicCode,
        PixKeyType, ShippingInfo, Template, TemplateCard, UpiIntentLink,
    },
    recipient::Recipient,
    time::Timestamp,
};

fn paths(message: &Message) -> Vec<String> {
    let error = message.validate().err();
    error.iter().flat_map(|error| error.violations()).map(|violation| violation.path.clone()).collect()
}

#[test]
fn an_identity_to_be_held_to_is_not_empty() {
    assert_eq!(paths(&Message::new(TO, "x").identity_key_hash("DF2lS5v2W6x=")), [""; 0]);
    for empty in ["", " "] {
        let message = Message::new(TO, "x").identity_key_hash(empty);
        assert_eq!(paths(&message), ["recipient_identity_key_hash"]);
    }
}

#[test]
fn a_group_has_an_id_that_is_no_phone_number() {
    let to = |id: &str| paths(&Message::new(Recipient::group(id), "x"));
    for good in ["Y2FwaV9ncm91cDox", "120363418", "+/+="] {
        assert_eq!(to(good), [""; 0], "{good}");
    }
    for bad in ["", " ", "Y2Fw 9n", "+14155552671", "+1-415-555-2671"] {
        assert_eq!(to(bad), ["to"], "{bad}");
    }
}

#[test]
fn an_address_of_the_web_has_no_white_space() {
    for good in ["https://example.com/a%20b", "http://example.com", "https://example.com/?q=é"] {
        assert_eq!(problems(Image::link(good)), [""; 0], "{good}");
    }
    for bad in [
        "https://example.com/a b",
        "https://example.com/a\nb",
        "https://example.com/\u{a0}",
        "https://e\0.com",
    ] {
        assert_eq!(bad_paths(Image::link(bad)), ["image.link"], "{bad}");
    }
}

#[test]
fn optional_texts_are_left_out_or_not_empty() {
    assert_eq!(
        bad_paths(Location::new(1.0, 2.0).name("").address(" ")),
        ["location.name", "location.address"]
    );
    assert_eq!(bad_paths(Document::new("1").filename(" ")), ["document.filename"]);
    let ask = Buttons::new("?").button("a", "A");
    assert_eq!(
        bad_paths(ask.clone().header(Header::named_document("1", ""))),
        ["interactive.header.document.filename"]
    );
    assert_eq!(problems(ask.header(Header::named_document("1", "a.pdf"))), [""; 0]);
    let offer = Template::new("offer", "en").header_document("1", "");
    assert_eq!(bad_paths(offer), ["template.components[0].parameters[0].document.filename"]);
}

#[test]
fn optional_texts_of_cards_are_left_out_or_not_empty() {
    let name = Contact::new("Ana").first_name("").last_name("").middle_name("").suffix("").prefix("");
    let work = name.company("").department("").job_title("");
    let address = ContactAddress::new().street("").city("").state("").zip("").country("").label("");
    let card = work
        .phone(ContactPhone::new("+14155550123").label(""))
        .email(ContactEmail::new("ana@example.com").label(""))
        .url(ContactUrl::new("https://example.com").label(""))
        .address(address);
    assert_eq!(
        bad_paths(Contacts::new([card])),
        [
            "contacts[0].name.first_name",
            "contacts[0].name.last_name",
            "contacts[0].name.middle_name",
            "contacts[0].name.suffix",
            "contacts[0].name.prefix",
            "contacts[0].org.company",
            "contacts[0].org.department",
            "contacts[0].org.title",
            "contacts[0].phones[0].type",
            "contacts[0].emails[0].type",
            "contacts[0].urls[0].type",
            "contacts[0].addresses[0].street",
            "contacts[0].addresses[0].city",
            "contacts[0].addresses[0].state",
            "contacts[0].addresses[0].zip",
            "contacts[0].addresses[0].country",
            "contacts[0].addresses[0].type",
        ]
    );
}

const BILL: &str = "interactive.action.parameters";

/// The paths of what is wrong with a bill, from the bill on.
fn wrong(bill: Bill) -> Vec<String> {
    let found = problems(OrderDetails::new("x", bill));
    found
        .iter()
        .filter_map(|problem| problem.strip_prefix(BILL)?.strip_prefix('.'))
        .filter_map(|problem| Some(problem.split_once(": ")?.0.to_owned()))
        .collect()
}

fn tea() -> OrderItem {
    OrderItem::new("Tea", Amount::minor(100), 1).retailer_id("tea")
}

#[test]
fn what_is_for_india_is_refused_in_brazil() {
    let brazil = |order| Bill::brazil("7", GoodsType::Digital, order);
    assert_eq!(wrong(brazil(Order::new([tea()]))), [""; 0]);
    assert_eq!(wrong(brazil(Order::new([tea()]).quick_pay(true))), ["order.type"]);
    let someone = Beneficiary::new("Asha", "12 Harbour Road", "Mumbai", "Maharashtra", "400001");
    assert_eq!(wrong(brazil(Order::new([tea()])).beneficiary(someone)), ["beneficiaries"]);
    let bill = r#"{"reference_id": "7", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
        "payment_configuration": "cfg", "total_amount": {"value": 1, "offset": 100}}"#;
    assert_eq!(wrong(serde_json::from_str(bill).unwrap()), ["payment_configuration"]);
}

#[test]
fn an_item_with_an_image_has_an_id_in_brazil_only() {
    let order = || Order::new([tea().image("https://example.com/tea.png")]);
    assert_eq!(wrong(Bill::brazil("7", GoodsType::Digital, order())), [""; 0]);
    assert_eq!(wrong(Bill::brazil("7", GoodsType::Digital, order().catalog("1"))), ["order.items[0].image"]);
    let upi = UpiIntentLink::new("upi://pay");
    assert_eq!(wrong(Bill::india("7", GoodsType::Digital, order(), upi)), ["order.items[0].image"]);
}

#[test]
fn an_upi_link_begins_with_its_scheme_and_has_no_white_space() {
    let order = || Order::new([OrderItem::new("Tea", Amount::minor(100), 1)]);
    let bill = |link| wrong(Bill::india("7", GoodsType::Digital, order(), UpiIntentLink::new(link)));
    assert_eq!(bill("upi://pay?pa=shop@bank&pn=My%20Shop"), [""; 0]);
    for bad in ["upi:pay", "UPI://pay", " upi://pay", "upi://pay?pn=My Shop"] {
        assert_eq!(bill(bad), ["payment_settings[0].upi_intent_link.link"], "{bad}");
    }
}

#[test]
fn a_payment_is_not_of_before_1970() {
    let paid = |second| {
        let time = Timestamp::from_seconds(second);
        OrderStatus::payment_only("x", "7", PaymentState::Captured, time)
    };
    assert_eq!(problems(paid(0)), [""; 0]);
    assert_eq!(bad_paths(paid(-1)), [format!("{BILL}.payment.timestamp")]);
}

#[test]
fn a_button_names_the_merchant_of_a_pix_code_or_does_not() {
    let pay = |pix: PixDynamicCode| Template::new("pay", "pt_BR").payment_request_button(0, pix);
    assert_eq!(problems(pay(PixDynamicCode::new("000201"))), [""; 0]);
    let empty = PixDynamicCode::new("000201").merchant("", " ", PixKeyType::Evp);
    let at = "template.components[0].parameters[0].action.payment_request.payment_setting.pix_dynamic_code";
    assert_eq!(bad_paths(pay(empty)), [format!("{at}.merchant_name"), format!("{at}.key")]);
}

#[test]
fn groups_take_templates_of_text_and_media() {
    let to_group = |template| paths(&Message::new(Recipient::group("Y2Fw"), template));
    let offer = || Template::new("offer", "en");
    for good in [
        offer().body(["Ana"]).header_image("1").url_button(0, "a").quick_reply(1, "b"),
        offer().header_location(Location::new(1.0, 2.0)),
        offer().tap_target("Shop", "https://example.com"),
    ] {
        assert_eq!(to_group(good.clone()), [""; 0], "{good:?}");
    }
    let boleto = || Boleto::new("03399");
    for bad in [
        offer().copy_code(0, "SUN20"),
        offer().flow_button(0, "t", None),
        offer().catalog_button(0, None),
        offer().call_button(0, 5, None),
        offer().payment_request_button(0, boleto()),
        offer().limited_time_offer(Timestamp::from_seconds(1)),
        offer().order_status("7", OrderState::Shipped, None),
        offer().header_product("1", "tea"),
        offer().carousel([TemplateCard::image("1"), TemplateCard::image("2")]),
    ] {
        assert_eq!(to_group(bad.clone()), ["template"], "{bad:?}");
        assert_eq!(paths(&Message::new(TO, bad.clone())), [""; 0], "{bad:?}");
    }
    let odd = r#"{"name": "a", "language": {"code": "en"}, "components":
        [{"type": "button", "sub_type": "of_tomorrow", "index": 0}, {"type": "of_tomorrow"}]}"#;
    assert_eq!(to_group(serde_json::from_str(odd).unwrap()), [""; 0]);
}

#[test]
fn bills_of_one_template_have_references_of_their_own() {
    let bill = |reference: &str| {
        let order = Order::new([OrderItem::new("Tea", Amount::minor(100), 1)]);
        let gateway = PaymentGateway::new("payu", "cfg");
        Bill::india(reference, GoodsType::Physical, order, gateway).shipping_info(ShippingInfo::new())
    };
    let card = |reference| TemplateCard::image("1").order_details_button(bill(reference));
    let offers = |references: [&'static str; 2]| Template::new("offers", "en").carousel(references.map(card));
    assert_eq!(problems(offers(["order-1", "order-2"])), [""; 0]);
    let second =
        "template.components[0].cards[1].components[1].parameters[0].action.order_details.reference_id";
    assert_eq!(bad_paths(offers(["order-1", "order-1"])), [second]);
    let twice =
        Template::new("offers", "en").order_details_button(0, bill("7")).order_details_button(1, bill("7"));
    assert_eq!(
        bad_paths(Content::from(twice)),
        ["template.components[1].parameters[0].action.order_details.reference_id"]
    );
}

#[test]
fn a_message_to_a_group_names_no_person_beside_it() {
    let theirs = r#"{"recipient_type": "group", "to": "Y2Fw", "recipient": "US.1", "type": "text", "text": {"body": "x"}}"#;
    assert_eq!(paths(&serde_json::from_str(theirs).unwrap()), ["recipient"]);
}

#[test]
fn shipping_addresses_are_for_india() {
    let bill = Bill::brazil_total_only("7", GoodsType::Physical, Amount::minor(1))
        .shipping_info(ShippingInfo::new());
    assert_eq!(
        bad_paths(Template::new("pay", "pt_BR").order_details_button(0, bill)),
        ["template.components[0].parameters[0].action.order_details.shipping_info"]
    );
}
