//! Bills of India and Brazil, in all their parts.

use super::{
    commerce::reference,
    leaves::{id, link, mostly, text, with, word, words},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value};
use whatsapp_business::{
    message::{
        Amount, Beneficiary, Bill, Boleto, Charge, Discount, Expiration, GoodsType, ImporterAddress,
        OffsiteCardPay, Order, OrderItem, PaymentGateway, PaymentLink, PaymentSetting, PixDynamicCode,
        PixKeyType, ShippingAddress, ShippingInfo, UpiIntentLink,
    },
    time::Timestamp,
};

/// For messages and for the button `ORDER_DETAILS` of a template.
///
/// `may_ship` says whether one may have addresses now and then, which only those of checkouts have.
pub(super) fn bills(may_ship: bool) -> BoxedStrategy<Bill> {
    prop_oneof![india(may_ship), brazil()].boxed()
}

/// For the button of a template with which customers check out: shipped, and paid through a gateway.
pub(super) fn checkouts(reference: BoxedStrategy<String>) -> BoxedStrategy<Bill> {
    let count = mostly(Just(1), select(vec![0, 2]));
    let order = (order(false, 100, count.boxed()), reference);
    let setting = mostly(gateway().prop_map(PaymentSetting::from), india_setting());
    let info = vec(shipping_address(), 0..2);
    let info =
        info.prop_map(|addresses| addresses.into_iter().fold(ShippingInfo::new(), ShippingInfo::address));
    let goods = mostly(Just(GoodsType::Physical), Just(GoodsType::Digital));
    (order, setting, info, goods)
        .prop_map(|((order, reference), setting, info, goods)| {
            Bill::india(reference, goods, order, setting).shipping_info(info)
        })
        .boxed()
}

fn goods() -> impl Strategy<Value = GoodsType> + Clone {
    select(GoodsType::KNOWN)
}

fn india(may_ship: bool) -> impl Strategy<Value = Bill> {
    let ways = prop_oneof![
        8 => (india_setting(), option::weighted(0.1, india_setting())).prop_map(Ok),
        2 => text(Bill::MAX_CONFIGURATION).prop_map(Err),
    ];
    let people = vec(beneficiary(), 0..2);
    let order = (reference(Bill::MAX_REFERENCE_INDIA), order(false, 1_000, counts()));
    let shipping = mostly(Just(None), Just(may_ship.then(ShippingInfo::new)));
    (order, goods(), ways, people, shipping).prop_map(
        |((reference, order), goods, ways, people, shipping)| {
            let bill = match ways {
                Ok((way, more)) => with(Bill::india(reference, goods, order, way), more, Bill::setting),
                Err(configuration) => Bill::india_upi(reference, goods, order, configuration),
            };
            with(people.into_iter().fold(bill, Bill::beneficiary), shipping, Bill::shipping_info)
        },
    )
}

fn brazil() -> impl Strategy<Value = Bill> {
    let people = option::weighted(0.02, beneficiary());
    let order = option::weighted(0.8, order(true, 1_000, counts()));
    let parts = (reference(Bill::MAX_REFERENCE_BRAZIL), amount(), vec(brazil_setting(), 0..3));
    (parts, goods(), order, people).prop_map(|((reference, total, ways), goods, order, people)| {
        let bill = match order {
            Some(order) => Bill::brazil(reference, goods, order),
            None => Bill::brazil_total_only(reference, goods, total),
        };
        with(ways.into_iter().fold(bill, Bill::setting), people, Bill::beneficiary)
    })
}

fn amount() -> impl Strategy<Value = Amount> + Clone {
    prop_oneof![60 => 0..1_000_000_i64, 1 => Just(-1)].prop_map(Amount::minor)
}

fn charge() -> impl Strategy<Value = Charge> {
    (amount(), option::weighted(0.3, text(Charge::MAX_DESCRIPTION)))
        .prop_map(|(amount, words)| with(Charge::new(amount), words, Charge::description))
}

fn discount() -> impl Strategy<Value = Discount> {
    let amount = mostly((0..50_i64).prop_map(Amount::minor), Just(Amount::minor(1 << 40)));
    let words = (
        option::weighted(0.3, text(Discount::MAX_DESCRIPTION)),
        option::weighted(0.3, text(Discount::MAX_PROGRAM)),
    );
    (amount, words).prop_map(|(amount, (words, program))| {
        with(with(Discount::new(amount), words, Discount::description), program, Discount::program)
    })
}

/// How many items an order has that is no checkout.
fn counts() -> BoxedStrategy<usize> {
    prop_oneof![20 => 1..3_usize, 2 => Just(10), 1 => Just(0), 1 => Just(11)].boxed()
}

/// The order of a bill, in Brazil or in India, of `count` items; `most` is the largest quantity of one.
fn order(in_brazil: bool, most: i64, count: BoxedStrategy<usize>) -> impl Strategy<Value = Order> {
    let expiration = mostly(Just(in_brazil), Just(false)).prop_flat_map(|needs_words| {
        let words = text(Expiration::MAX_DESCRIPTION);
        let words = if needs_words { words.prop_map(Some).boxed() } else { option::of(words).boxed() };
        words.prop_map(|words| {
            with(Expiration::new(Timestamp::from_seconds(4_000_000_000)), words, Expiration::description)
        })
    });
    let catalog = option::weighted(0.15, id("194836987003835"));
    let quick_pay = prop_oneof![3 => Just(false), 1 => mostly(Just(!in_brazil), Just(true))];
    let costs = (charge(), option::weighted(0.3, charge()), option::weighted(0.3, discount()));
    let rest = (option::weighted(0.3, expiration), quick_pay);
    let items = catalog.prop_flat_map(move |catalog| {
        // Pictures do not go with the catalog, nor in India with the product's id.
        let pictures = if catalog.is_some() { 0.02 } else { 0.3 };
        let items = count.clone().prop_flat_map(move |count| vec(item(in_brazil, most, pictures), count));
        (Just(catalog), items)
    });
    (items, costs, rest).prop_map(|((catalog, items), (tax, shipping, discount), (expiration, quick_pay))| {
        let order = with(Order::new(items).tax(tax), shipping, Order::shipping);
        let order = with(with(order, discount, Order::discount), catalog, Order::catalog);
        with(order, expiration, Order::expires).quick_pay(quick_pay)
    })
}

fn item(in_brazil: bool, most: i64, pictures: f64) -> impl Strategy<Value = OrderItem> {
    let quantity = mostly(prop_oneof![1..=3_i64, Just(most)], select(vec![0, -1, 101]));
    let price = prop_oneof![60 => 1..100_000_i64, 1 => Just(-1)];
    let sale = option::weighted(0.2, mostly(select(vec![50, 1]), select(vec![100, 101])));
    let ids = option::weighted(if in_brazil { 0.97 } else { 0.5 }, words());
    let origin = option::weighted(0.2, text(OrderItem::MAX_COUNTRY));
    let importer = option::weighted(0.2, (text(OrderItem::MAX_IMPORTER), importer()));
    let picture = (option::weighted(pictures, link()), 0..30_u8);
    (text(OrderItem::MAX_NAME), (price, sale, quantity), (ids, picture), origin, importer).prop_map(
        move |(name, (price, sale, quantity), (product, (picture, clash)), origin, importer)| {
            let product = product.filter(|_| in_brazil || picture.is_none() || clash == 0);
            let item =
                with(OrderItem::new(name, Amount::minor(price), quantity), product, OrderItem::retailer_id);
            let item = with(with(item, picture, OrderItem::image), origin, OrderItem::country_of_origin);
            let item = with(item, importer, |item, (name, address)| item.importer(name, address));
            // In hundredths of the price.
            with(item, sale, |item, part| item.sale_amount(Amount::minor(price.saturating_mul(part) / 100)))
        },
    )
}

fn importer() -> impl Strategy<Value = ImporterAddress> {
    let texts = (text(ImporterAddress::MAX_LINE), text(ImporterAddress::MAX_CITY), postal_code());
    let zone = option::of(word(&["DL", "mh"], &["D", "DEL", "D1", "", "é"]));
    (texts, option::of(text(ImporterAddress::MAX_LINE)), zone).prop_map(
        |((line, city, code), line2, zone)| {
            let address = with(ImporterAddress::new(line, city, code), line2, ImporterAddress::line2);
            with(address, zone, ImporterAddress::zone_code)
        },
    )
}

fn postal_code() -> BoxedStrategy<String> {
    word(&["400001"], &["40000", "4000011", "40000a", "", "४०००००"])
}

fn beneficiary() -> impl Strategy<Value = Beneficiary> {
    let line = || text(Beneficiary::MAX_LINE);
    (text(Beneficiary::MAX_NAME), line(), words(), words(), postal_code(), option::of(line())).prop_map(
        |(name, line, city, state, code, line2)| {
            with(Beneficiary::new(name, line, city, state, code), line2, Beneficiary::line2)
        },
    )
}

fn shipping_address() -> impl Strategy<Value = ShippingAddress> {
    let needed = (
        text(ShippingAddress::MAX_NAME),
        text(ShippingAddress::MAX_PHONE_NUMBER),
        text(ShippingAddress::MAX_ADDRESS),
        text(ShippingAddress::MAX_CITY),
        text(ShippingAddress::MAX_STATE),
        text(ShippingAddress::MAX_IN_PIN_CODE),
    );
    let more = (
        option::weighted(0.2, text(ShippingAddress::MAX_LANDMARK_AREA)),
        option::weighted(0.2, text(ShippingAddress::MAX_HOUSE_NUMBER)),
        option::weighted(0.2, text(ShippingAddress::MAX_FLOOR_NUMBER)),
        option::weighted(0.2, text(ShippingAddress::MAX_TOWER_NUMBER)),
        option::weighted(0.2, text(ShippingAddress::MAX_BUILDING_NAME)),
    );
    (needed, more).prop_map(
        |((name, phone, address, city, state, pin), (landmark, house, floor, tower, building))| {
            let address = ShippingAddress::new(name, phone, address, city, state, pin);
            let address = with(
                with(address, landmark, ShippingAddress::landmark_area),
                house,
                ShippingAddress::house_number,
            );
            let address = with(
                with(address, floor, ShippingAddress::floor_number),
                tower,
                ShippingAddress::tower_number,
            );
            with(address, building, ShippingAddress::building_name)
        },
    )
}

/// A way to pay in India, seldom one of Brazil.
fn india_setting() -> BoxedStrategy<PaymentSetting> {
    let upi = word(
        &["upi://pay?pa=shop@bank&pn=Shop&mc=5411&purpose=00&tr=A7", "upi://pay"],
        &[
            "",
            "upi",
            "https://example.com",
            "upi:pay",
            "UPI://pay",
            " upi://pay",
            "upi://pay?pn=My Shop",
            "upi://pay\n",
        ],
    );
    let good = prop_oneof![
        upi.prop_map(|link| UpiIntentLink::new(link).into()),
        gateway().prop_map(PaymentSetting::from),
        payment_link(),
    ];
    mostly(good, Just(Boleto::new("03399").into()))
}

fn brazil_setting() -> BoxedStrategy<PaymentSetting> {
    let card = (word(&["1234"], &["123", "12345", "12a4", "", "१२३४"]), words())
        .prop_map(|(digits, credential)| OffsiteCardPay::new(digits, credential).into());
    let good = prop_oneof![
        pix(mostly(Just(true), Just(false))),
        words().prop_map(|line| Boleto::new(line).into()),
        payment_link(),
        card,
    ];
    mostly(good, Just(UpiIntentLink::new("upi://pay").into()))
}

/// What a button of a template asks to be paid with.
pub(super) fn requests() -> BoxedStrategy<PaymentSetting> {
    let boleto = words().prop_map(|line| Boleto::new(line).into());
    prop_oneof![pix(any::<bool>().boxed()), boleto, payment_link()].boxed()
}

fn pix(has_merchant: BoxedStrategy<bool>) -> impl Strategy<Value = PaymentSetting> {
    (words(), has_merchant, words(), words(), select(PixKeyType::KNOWN)).prop_map(
        |(code, has_merchant, merchant, key, kind)| {
            let pix = PixDynamicCode::new(code);
            if has_merchant { pix.merchant(merchant, key, kind).into() } else { pix.into() }
        },
    )
}

fn payment_link() -> BoxedStrategy<PaymentSetting> {
    (link(), option::weighted(0.3, link()), option::weighted(0.3, link()))
        .prop_map(|(uri, success, cancel)| {
            let way = with(PaymentLink::new(uri), success, PaymentLink::success_url);
            with(way, cancel, PaymentLink::cancel_url).into()
        })
        .boxed()
}

fn gateway() -> impl Strategy<Value = PaymentGateway> {
    let kind = prop_oneof![
        Just(("razorpay", "receipt", PaymentGateway::MAX_RECEIPT)),
        Just(("payu", "udf4", PaymentGateway::MAX_UDF)),
        Just(("zaakpay", "extra1", PaymentGateway::MAX_EXTRA)),
        Just(("billdesk", "additional_info7", PaymentGateway::MAX_ADDITIONAL_INFO)),
        Just(("of_tomorrow", "anything", 1_000)),
    ];
    let kind = kind.prop_flat_map(|(kind, name, max)| {
        let name = mostly(Just(name.to_owned()), Just("unheard_of".to_owned()));
        (Just(kind), option::of((name, text(max))))
    });
    let kind = prop_oneof![
        GATEWAYS => kind.prop_map(|(kind, passed)| (kind.to_owned(), passed.map(|(name, text)| (name, Value::from(text))))),
        4 => notes().prop_map(|notes| ("razorpay".to_owned(), Some(("notes".to_owned(), notes)))),
        1 => select(vec!["", " ", "type", "configuration_name", "preferred_payment_methods", "enabled_payment_options"])
            .prop_map(|kind| (kind.to_owned(), None)),
    ];
    (kind, words(), option::weighted(0.3, words()), vec(words(), 0..2)).prop_map(
        |((kind, passed), configuration, preferred, enabled)| {
            let way = PaymentGateway::new(kind, configuration);
            let way = with(way, passed, |way, (name, value)| way.pass(name, value));
            let way = with(way, preferred, PaymentGateway::preferred_method);
            enabled.into_iter().fold(way, PaymentGateway::enabled_option)
        },
    )
}

/// How many gateways come on each that is not one.
const GATEWAYS: u32 = 40;

fn notes() -> impl Strategy<Value = Value> {
    let count = mostly(select(vec![0, 1, 15]), Just(16_usize));
    let notes = count.prop_flat_map(|count| vec(text(PaymentGateway::MAX_NOTE), count));
    let notes = notes.prop_map(|notes| {
        let named = notes.into_iter().enumerate().map(|(n, note)| (format!("note{n}"), Value::from(note)));
        Value::from(named.collect::<Map<_, _>>())
    });
    mostly(notes, select(vec![Value::from("x"), Value::from(7)]))
}
