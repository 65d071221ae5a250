//! Products, bills and what became of orders.

use super::{
    agreement::hold_for,
    bills::bills,
    lab::Known,
    leaves::{count, header, id, mostly, source, text, to_people, with, words},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use whatsapp_business::{
    message::{
        Catalog, OrderDetails, OrderState, OrderStatus, PaymentState, Product, ProductCarousel, ProductList,
        ProductSection,
    },
    time::Timestamp,
};

hold_for! {
    both_sides_agree_on_single_products: |known| to_people(known, products());
    both_sides_agree_on_lists_of_products: |known| to_people(known, product_lists());
    both_sides_agree_on_carousels_of_products: |known| to_people(known, product_carousels());
    both_sides_agree_on_catalogs: |known| to_people(known, catalogs());
    both_sides_agree_on_bills_to_pay: |known| to_people(known, order_details(known));
    both_sides_agree_on_news_of_orders: |known| to_people(known, order_status(known));
}

fn products() -> impl Strategy<Value = Product> {
    let around = (option::of(text(Product::MAX_BODY)), option::of(text(Product::MAX_FOOTER)));
    (id("194836987003835"), words(), around).prop_map(|(catalog, product, (body, footer))| {
        with(with(Product::new(catalog, product), body, Product::body), footer, Product::footer)
    })
}

/// Titles of sections and the products in each.
pub(super) fn sections() -> BoxedStrategy<Vec<(String, Vec<String>)>> {
    let fitting = prop_oneof![vec(1..=3_usize, 1..=3), Just(vec![3; 10]), Just(vec![30]), Just(vec![12, 18])];
    let wrong = select(vec![vec![], vec![0], vec![1, 0], vec![31], vec![15, 16], vec![1; 11]]);
    let section = |size| (text(ProductSection::MAX_TITLE), vec(words(), size));
    mostly(fitting, wrong)
        .prop_flat_map(move |sizes| sizes.into_iter().map(section).collect::<Vec<_>>())
        .boxed()
}

fn product_lists() -> impl Strategy<Value = ProductList> {
    let around = (
        text(ProductList::MAX_HEADER),
        text(ProductList::MAX_BODY),
        option::of(text(ProductList::MAX_FOOTER)),
    );
    (around, id("194836987003835"), sections()).prop_map(|((header, body, footer), catalog, sections)| {
        let list = with(ProductList::new(header, body, catalog), footer, ProductList::footer);
        sections.into_iter().fold(list, |list, (title, products)| list.section(title, products))
    })
}

fn product_carousels() -> impl Strategy<Value = ProductCarousel> {
    let count = count(ProductCarousel::MIN_PRODUCTS, ProductCarousel::MAX_PRODUCTS);
    let products = count.prop_flat_map(|count| vec(words(), count));
    (text(ProductCarousel::MAX_BODY), id("194836987003835"), products).prop_map(
        |(body, catalog, products)| {
            products.into_iter().fold(ProductCarousel::new(body, catalog), ProductCarousel::product)
        },
    )
}

fn catalogs() -> impl Strategy<Value = Catalog> {
    (text(Catalog::MAX_BODY), option::of(text(Catalog::MAX_FOOTER)), option::of(words())).prop_map(
        |(body, footer, thumbnail)| {
            with(with(Catalog::new(body), footer, Catalog::footer), thumbnail, Catalog::thumbnail)
        },
    )
}

fn order_details(known: &Known) -> impl Strategy<Value = OrderDetails> + use<> {
    let image = option::weighted(0.3, source(&known.image));
    (text(OrderDetails::MAX_BODY), bills(true), image, option::of(text(OrderDetails::MAX_FOOTER))).prop_map(
        |(body, bill, image, footer)| {
            with(
                with(OrderDetails::new(body, bill), image, OrderDetails::image),
                footer,
                OrderDetails::footer,
            )
        },
    )
}

/// What payments are matched by: `max` is the longest.
pub(super) fn reference(max: usize) -> BoxedStrategy<String> {
    let good = prop_oneof![Just("order_7.a-B".to_owned()), Just("7".repeat(max))];
    let long = "7".repeat(max + 1);
    mostly(good, select(vec![String::new(), " ".into(), "order 7".into(), "é".into(), "a/b".into(), long]))
}

pub(super) fn state() -> impl Strategy<Value = OrderState> {
    select(OrderState::KNOWN)
}

fn order_status(known: &Known) -> impl Strategy<Value = OrderStatus> + use<> {
    let time =
        mostly((0..4_000_000_000_i64).prop_map(Timestamp::from_seconds), Just(Timestamp::from_seconds(-1)));
    let payment = (select(PaymentState::KNOWN), option::of(time));
    let around =
        (option::of(header(known)), text(OrderStatus::MAX_BODY), option::of(text(OrderStatus::MAX_FOOTER)));
    let order = (state(), option::of(text(OrderStatus::MAX_DESCRIPTION)));
    let news = prop_oneof![
        9 => (order, option::of(payment.clone())).prop_map(|((state, words), payment)| (Some(state), words, payment)),
        6 => payment.clone().prop_map(|payment| (None, None, Some(payment))),
        // A description belongs to the state of an order.
        1 => payment.prop_map(|payment| (None, Some("It is paid.".to_owned()), Some(payment))),
    ];
    (around, reference(OrderStatus::MAX_REFERENCE), news).prop_map(
        |((header, body, footer), reference, (state, words, payment))| {
            let status = match (state, payment) {
                (Some(state), payment) => {
                    let status = OrderStatus::new(body, reference, state);
                    with(status, payment, |status, (state, time)| status.payment(state, time))
                }
                (None, Some((state, time))) => OrderStatus::payment_only(body, reference, state, time),
                (None, None) => OrderStatus::new(body, reference, OrderState::Shipped),
            };
            let status = with(with(status, words, OrderStatus::description), header, OrderStatus::header);
            with(status, footer, OrderStatus::footer)
        },
    )
}
