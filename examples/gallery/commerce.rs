//! Products, orders and payments.

use crate::exhibit::{Exhibit, Stage};
use whatsapp_business::{
    message::{
        Amount, Beneficiary, Bill, Boleto, Catalog, Charge, Discount, GoodsType, Order, OrderDetails,
        OrderItem, OrderState, OrderStatus, PaymentGateway, PaymentLink, PaymentState, PixDynamicCode,
        PixKeyType, Product, ProductCarousel, ProductList, UpiIntentLink,
    },
    time::Timestamp,
};

pub(crate) const CATALOG: &str = "194836987003835";

pub(crate) fn exhibits(stage: &Stage) -> Vec<Exhibit> {
    let mut all = vec![
        stage.show(
            "product",
            Product::new(CATALOG, "panel-300").body("The one you asked for").footer("Free delivery"),
        ),
        stage.show(
            "list of products",
            ProductList::new("Panels", "Choose the ones you like", CATALOG)
                .section("Small", ["panel-200", "panel-300"])
                .section("Large", ["panel-500"]),
        ),
        stage.show(
            "catalog",
            Catalog::new("See all that we sell").thumbnail("panel-300").footer("Free delivery"),
        ),
        stage.show(
            "carousel of products",
            ProductCarousel::new("Our best", CATALOG).product("panel-200").product("panel-300"),
        ),
    ];
    all.extend(india(stage));
    all.extend(brazil(stage));
    all
}

fn order() -> Order {
    let tea = OrderItem::new("Panel 300 W", Amount::minor(500_000), 2)
        .retailer_id("panel-300")
        .sale_amount(Amount::minor(450_000));
    Order::new([tea])
        .tax(Charge::new(Amount::minor(45_000)).description("10 %"))
        .shipping(Charge::new(Amount::minor(5_000)))
        .discount(Discount::new(Amount::minor(10_000)).program("Spring"))
}

fn india(stage: &Stage) -> Vec<Exhibit> {
    let digital = GoodsType::Digital;
    let upi = UpiIntentLink::new("upi://pay?pa=solar@bank&pn=Sunrise&mc=5411&purpose=00&tr=in-1");
    let gateway = PaymentGateway::new("razorpay", "main").pass("receipt", "r-1");
    let link = PaymentLink::new("https://pay.example.com/in-3");
    let catalogued = || order().catalog(CATALOG);
    vec![
        stage.show(
            "order, paid by UPI",
            OrderDetails::new("Your order", Bill::india("in-1", digital.clone(), catalogued(), upi)),
        ),
        stage.show(
            "order, paid through a gateway",
            OrderDetails::new(
                "Your order",
                Bill::india("in-2", GoodsType::Physical, catalogued(), gateway).beneficiary(
                    Beneficiary::new("Asha Rao", "12 Hill Road", "Pune", "Maharashtra", "411001"),
                ),
            )
            .image(stage.files.image.clone()),
        ),
        stage.show(
            "order, paid by link",
            OrderDetails::new("Your order", Bill::india("in-3", digital, catalogued(), link)),
        ),
        stage.show(
            "status of an order",
            OrderStatus::new("It is on its way", "in-1", OrderState::Shipped).description("With the courier"),
        ),
    ]
}

fn brazil(stage: &Stage) -> Vec<Exhibit> {
    let total = Amount::minor(50_000);
    vec![
        stage.show(
            "order, paid by Pix",
            OrderDetails::new(
                "Your order",
                Bill::brazil("br-1", GoodsType::Physical, order()).setting(pix()),
            )
            .footer("Thank you"),
        ),
        stage.show(
            "bill with a boleto",
            OrderDetails::new(
                "Your bill",
                Bill::brazil_total_only("br-2", GoodsType::Digital, total).setting(boleto()),
            ),
        ),
        stage.show(
            "bill with several ways to pay",
            OrderDetails::new(
                "Your bill",
                Bill::brazil_total_only("br-3", GoodsType::Digital, total)
                    .setting(pix())
                    .setting(PaymentLink::new("https://pay.example.com/br-3")),
            ),
        ),
        stage.show(
            "status of a payment",
            OrderStatus::payment_only(
                "We have your payment",
                "br-1",
                PaymentState::Captured,
                Timestamp::from_seconds(1_900_000_000),
            ),
        ),
    ]
}

pub(crate) fn pix() -> PixDynamicCode {
    PixDynamicCode::new("00020101021226700014br.gov.bcb.pix").merchant(
        "Sunrise",
        "39580525000189",
        PixKeyType::Cnpj,
    )
}

pub(crate) fn boleto() -> Boleto {
    Boleto::new("03399026944140000002628346101018898510000008848")
}
