//! Templates with everything they can have, beside what Meta would have approved for them.

use crate::{
    commerce,
    exhibit::{Call, Exhibit, Stage},
};
use serde_json::{Value, json};
use whatsapp_business::{
    client::ProductPolicy,
    message::{
        Amount, Bill, GoodsType, Location, OrderState, Parameter, ProductSection, Template, TemplateCard,
    },
    time::Timestamp,
};

/// A template to be sent, and the definition that a simulator approves first.
struct Sample {
    name: &'static str,
    template: Template,
    definition: Value,
}

impl Sample {
    /// One more member of the definition.
    fn with(mut self, member: &str, value: &str) -> Self {
        self.definition[member] = value.into();
        self
    }
}

pub(crate) fn exhibits(stage: &Stage) -> Vec<Exhibit> {
    let mut all: Vec<_> =
        samples(stage).into_iter().map(|sample| stage.show(sample.name, sample.template)).collect();
    all.extend(marketing(stage));
    all
}

/// What goes to the endpoint of marketing messages, where Meta chooses whom it reaches best.
fn marketing(stage: &Stage) -> Vec<Exhibit> {
    let coupon = || new("gallery_coupon").copy_code(0, "SUN20");
    let send = |name, template| {
        let call = stage.phone.send_marketing(stage.customer.clone(), template);
        Exhibit {
            name,
            call: Call::Marketing(call.product_policy(ProductPolicy::CloudApiFallback).share_activity(true)),
        }
    };
    vec![
        send("marketing message", coupon()),
        send("marketing message with a GIF", new("gallery_gif").header_gif(stage.files.video.clone())),
    ]
}

/// The templates of the gallery as they are submitted to Meta.
pub(crate) fn definitions(stage: &Stage) -> Vec<Value> {
    let gif = sample(
        "gif",
        new("gallery_gif"),
        MARKETING,
        json!([
        {"type": "HEADER", "format": "GIF", "example": {"header_handle": ["4::aW"]}}, body("Look.")]),
    );
    samples(stage).into_iter().chain([gif]).map(|sample| sample.definition).collect()
}

fn samples(stage: &Stage) -> Vec<Sample> {
    let mut all = texts();
    all.extend(headers(stage));
    all.extend(buttons());
    all.extend(offers(stage));
    all.extend(payments());
    all
}

const UTILITY: &str = "UTILITY";
const MARKETING: &str = "MARKETING";

fn sample(name: &'static str, template: Template, category: &str, components: Value) -> Sample {
    let definition = json!({"name": template.name(), "language": template.language(), "category": category,
        "components": components});
    Sample { name, template, definition }
}

fn new(name: &str) -> Template {
    Template::new(name, "en_US")
}

fn body(text: &str) -> Value {
    json!({"type": "BODY", "text": text})
}

fn button(button: Value) -> Value {
    json!({"type": "BUTTONS", "buttons": [button]})
}

fn texts() -> Vec<Sample> {
    let positional = new("gallery_positional").header(["A-42"]).body(["Ana", "Monday"]);
    let named = new("gallery_named").body([("name", "Ana"), ("day", "Monday")]);
    let amounts = new("gallery_amounts")
        .body([Parameter::currency("USD", 12_500, "$12.50"), Parameter::date_time("May 3, 2026")]);
    vec![
        sample("template", new("gallery_plain"), UTILITY, json!([body("Thank you for your order.")])),
        sample(
            "template with numbered parameters",
            positional,
            UTILITY,
            json!([{"type": "HEADER", "format": "TEXT", "text": "Order {{1}} is ready", "example": {"header_text": ["A-42"]}},
                {"type": "BODY", "text": "Hello {{1}}, we deliver on {{2}}, in the morning.", "example": {"body_text": [["Ana", "Monday"]]}}]),
        ),
        sample(
            "template with named parameters",
            named,
            UTILITY,
            json!([{"type": "BODY", "text": "Hello {{name}}, we deliver on {{day}} at nine.", "example": {"body_text_named_params": [
                {"param_name": "name", "example": "Ana"}, {"param_name": "day", "example": "Monday"}]}}]),
        )
        .with("parameter_format", "NAMED"),
        sample(
            "template with an amount and a date",
            amounts,
            UTILITY,
            json!([{"type": "BODY", "text": "You owe {{1}}, due on {{2}}, as agreed.", "example": {"body_text": [["$12.50", "May 3"]]}}]),
        ),
        sample(
            "template with a one-time code",
            Template::authentication("gallery_code", "en_US", "123456"),
            "AUTHENTICATION",
            json!([{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
                button(json!({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}))]),
        ),
    ]
}

fn headers(stage: &Stage) -> Vec<Sample> {
    let files = &stage.files;
    let media = |format: &str| json!([{"type": "HEADER", "format": format, "example": {"header_handle": ["4::aW"]}}, body("See this.")]);
    vec![
        sample(
            "template with an image",
            new("gallery_image").header_image(files.image.clone()),
            MARKETING,
            media("IMAGE"),
        ),
        sample(
            "template with a video",
            new("gallery_video").header_video(files.video.clone()),
            MARKETING,
            media("VIDEO"),
        ),
        sample(
            "template with a document",
            new("gallery_document").header_document(files.document.clone(), "Offer.pdf"),
            UTILITY,
            media("DOCUMENT"),
        ),
        sample(
            "template with a place",
            new("gallery_place")
                .header_location(Location::new(37.4847, -122.1484).name("Showroom").address("1 Hacker Way")),
            UTILITY,
            json!([{"type": "HEADER", "format": "LOCATION"}, body("We meet here.")]),
        ),
        sample(
            "template with a product",
            new("gallery_product").header_product(commerce::CATALOG, "panel-300"),
            MARKETING,
            json!([{"type": "HEADER", "format": "PRODUCT"}, body("Back in stock."), button(json!({"type": "SPM", "text": "View"}))]),
        ),
    ]
}

fn buttons() -> Vec<Sample> {
    let answers = json!({"type": "BUTTONS", "buttons": [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "Track", "url": "https://example.com/orders/{{1}}", "example": ["A-42"]}]});
    vec![
        sample(
            "template with a quick reply and a link",
            new("gallery_buttons").quick_reply(0, "stop-news").url_button(1, "A-42"),
            MARKETING,
            json!([body("Your order is on its way."), answers]),
        ),
        sample(
            "template with a coupon",
            new("gallery_coupon").copy_code(0, "SUN20"),
            MARKETING,
            json!([body("20 % off until Friday."), button(json!({"type": "COPY_CODE", "example": "SUN20"}))]),
        ),
        sample(
            "template with a flow",
            new("gallery_flow").flow_button(0, "survey-7", json!({"pitch": 30})),
            UTILITY,
            json!([
                body("Tell us about your roof."),
                button(
                    json!({"type": "FLOW", "text": "Begin", "flow_id": "1234567890", "flow_action": "navigate", "navigate_screen": "ROOF"})
                )
            ]),
        ),
        sample(
            "template with a catalog",
            new("gallery_catalog").catalog_button(0, "panel-300"),
            MARKETING,
            json!([
                body("See all that we sell."),
                button(json!({"type": "CATALOG", "text": "View catalog"}))
            ]),
        ),
        sample(
            "template with several products",
            new("gallery_products").multi_product_button(
                0,
                "panel-300",
                [ProductSection::new("Small", ["panel-200", "panel-300"])],
            ),
            MARKETING,
            json!([body("Our best."), button(json!({"type": "MPM", "text": "View items"}))]),
        ),
        sample(
            "template with a call button",
            new("gallery_call").call_button(0, 1440, "survey-7"),
            UTILITY,
            json!([
                body("Questions? Call us."),
                button(json!({"type": "VOICE_CALL", "text": "Call now", "ttl_minutes": 1440}))
            ]),
        ),
    ]
}

fn offers(stage: &Stage) -> Vec<Sample> {
    let files = &stage.files;
    let card = |header: Value, button: Value| json!({"components": [header, {"type": "BUTTONS", "buttons": [button]}]});
    let picture = || json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}});
    let link =
        || json!({"type": "URL", "text": "See", "url": "https://example.com/{{1}}", "example": ["200"]});
    let product = || json!({"type": "HEADER", "format": "PRODUCT"});
    let view = || json!({"type": "SPM", "text": "View"});
    vec![
        sample(
            "template with an offer that ends",
            new("gallery_offer")
                .header_image(files.image.clone())
                .limited_time_offer(Timestamp::from_seconds(1_900_000_000))
                .copy_code(0, "SUN20")
                .url_button(1, "sun"),
            MARKETING,
            json!([picture(), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": true}},
                body("20 % off."),
                {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "SUN20"}, link()]}]),
        ),
        sample(
            "template with a carousel of pictures",
            new("gallery_carousel").carousel([
                TemplateCard::image(files.image.clone()).url_button(0, "200"),
                TemplateCard::image(files.image.clone()).url_button(0, "300"),
            ]),
            MARKETING,
            json!([body("Our panels."), {"type": "CAROUSEL", "cards": [card(picture(), link()), card(picture(), link())]}]),
        ),
        sample(
            "template with a carousel of products",
            new("gallery_product_carousel").carousel([
                TemplateCard::product(commerce::CATALOG, "panel-200"),
                TemplateCard::product(commerce::CATALOG, "panel-300"),
            ]),
            MARKETING,
            json!([body("Our best."), {"type": "CAROUSEL", "cards": [card(product(), view()), card(product(), view())]}]),
        ),
        sample(
            "template that opens an address when tapped",
            new("gallery_tap_target")
                .header_image(files.image.clone())
                .tap_target("Our plans", "https://example.com/plans"),
            MARKETING,
            json!([picture(), body("See what is new.")]),
        ),
    ]
}

fn payments() -> Vec<Sample> {
    let pay = |kind: &str, text: &str| {
        json!([body("Your bill is here."), button(json!({"type": kind, "text": text}))])
    };
    let bill =
        Bill::brazil_total_only("br-9", GoodsType::Digital, Amount::minor(50_000)).setting(commerce::pix());
    let request = json!([
        body("Your bill is here."),
        button(json!({"type": "PAYMENT_REQUEST", "text": "Copy Boleto code",
        "payment_setting": {"type": "boleto", "boleto": {"digitable_line": "0339"}}}))
    ]);
    vec![
        sample(
            "template with an order to pay",
            new("gallery_order").order_details_button(0, bill),
            UTILITY,
            pay("ORDER_DETAILS", "Copy Pix code"),
        ),
        sample(
            "template with a payment request",
            new("gallery_request").payment_request_button(0, commerce::boleto()),
            UTILITY,
            request,
        ),
        sample(
            "template with the state of an order",
            new("gallery_order_state").order_status("br-1", OrderState::Shipped, "With the courier"),
            UTILITY,
            json!([body("Your order has news.")]),
        )
        .with("sub_category", "ORDER_STATUS"),
    ]
}
