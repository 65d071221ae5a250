//! Products, and the messages around bills.

use super::Limit;
use whatsapp_business::message::{
    Amount, Bill, Catalog, GoodsType, OrderDetails, OrderState, OrderStatus, Product, ProductCarousel,
    ProductList, ProductSection,
};

pub(super) fn limits() -> Vec<Limit> {
    [products(), lists(), orders()].into_iter().flatten().collect()
}

fn products() -> Vec<Limit> {
    let product = || Product::new("1", "tea");
    let carousel = |count: usize| {
        (0..count).fold(ProductCarousel::new("x", "1"), |carousel, n| carousel.product(n.to_string()))
    };
    vec![
        Limit::text("Product::MAX_BODY", Product::MAX_BODY, |text| product().body(text)),
        Limit::text("Product::MAX_FOOTER", Product::MAX_FOOTER, |text| product().footer(text)),
        Limit::text("Catalog::MAX_BODY", Catalog::MAX_BODY, Catalog::new),
        Limit::text("Catalog::MAX_FOOTER", Catalog::MAX_FOOTER, |text| Catalog::new("x").footer(text)),
        Limit::text("ProductCarousel::MAX_BODY", ProductCarousel::MAX_BODY, |text| {
            ProductCarousel::new(text, "1").product("a").product("b")
        }),
        Limit::least("ProductCarousel::MIN_PRODUCTS", ProductCarousel::MIN_PRODUCTS, carousel),
        Limit::most("ProductCarousel::MAX_PRODUCTS", ProductCarousel::MAX_PRODUCTS, carousel),
    ]
}

fn lists() -> Vec<Limit> {
    let list = || ProductList::new("Teas", "x", "1");
    vec![
        Limit::text("ProductList::MAX_HEADER", ProductList::MAX_HEADER, |text| {
            ProductList::new(text, "x", "1").section("Green", ["sencha"])
        }),
        Limit::text("ProductList::MAX_BODY", ProductList::MAX_BODY, |text| {
            ProductList::new("Teas", text, "1").section("Green", ["sencha"])
        }),
        Limit::text("ProductList::MAX_FOOTER", ProductList::MAX_FOOTER, |text| {
            list().section("Green", ["sencha"]).footer(text)
        }),
        Limit::most("ProductList::MAX_SECTIONS", ProductList::MAX_SECTIONS, |count| {
            (0..count).fold(list(), |list, n| list.section(n.to_string(), ["sencha"]))
        }),
        Limit::most("ProductList::MAX_PRODUCTS", ProductList::MAX_PRODUCTS, |count| {
            list().section("Green", vec!["sencha"; 10]).section("Black", vec!["assam"; count - 10])
        }),
        Limit::text("ProductSection::MAX_TITLE", ProductSection::MAX_TITLE, |text| {
            list().section(text, ["sencha"])
        }),
    ]
}

fn orders() -> Vec<Limit> {
    let bill = || Bill::brazil_total_only("7", GoodsType::Digital, Amount::minor(100));
    let status = || OrderStatus::new("x", "7", OrderState::Shipped);
    let referring = |length: usize| OrderStatus::new("x", "7".repeat(length), OrderState::Shipped);
    vec![
        Limit::text("OrderDetails::MAX_BODY", OrderDetails::MAX_BODY, |text| OrderDetails::new(text, bill())),
        Limit::text("OrderDetails::MAX_FOOTER", OrderDetails::MAX_FOOTER, |text| {
            OrderDetails::new("x", bill()).footer(text)
        }),
        Limit::text("OrderStatus::MAX_BODY", OrderStatus::MAX_BODY, |text| {
            OrderStatus::new(text, "7", OrderState::Shipped)
        }),
        Limit::text("OrderStatus::MAX_FOOTER", OrderStatus::MAX_FOOTER, |text| status().footer(text)),
        Limit::most("OrderStatus::MAX_REFERENCE", OrderStatus::MAX_REFERENCE, referring),
        Limit::text("OrderStatus::MAX_DESCRIPTION", OrderStatus::MAX_DESCRIPTION, |text| {
            status().description(text)
        }),
    ]
}
