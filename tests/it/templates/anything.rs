//! Templates of every kind there is, as the builders make them, and what fills them in.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use whatsapp_business::{
    message::{
        self, Amount, Bill, Boleto, GoodsType, Location, MediaSource, Order, OrderItem, OrderState,
        Parameter, PaymentGateway, PaymentLink, PaymentSetting, PixDynamicCode, ProductSection, ShippingInfo,
        TemplateCard,
    },
    template::{
        Button, ButtonKind, Card, Carousel, Category, CreativeFeature, Definition, FlowIcon, HeaderFormat,
        LibraryButton, LimitedTimeOffer, Parameters, Slot, SlotKind, SubCategory, SupportedApp,
    },
    time::Timestamp,
};

/// What stands for the handle of a file until one is uploaded.
pub(crate) const HANDLE: &str = "4::HANDLE";

const URL: &str = "https://example.com/orders/{{1}}";

/// Definitions that both sides take.
pub(crate) fn definitions() -> BoxedStrategy<Definition> {
    prop_oneof![
        8 => plain(),
        3 => carousels(),
        1 => offers(),
        2 => codes(),
        1 => of_orders(),
        1 => select(of_the_library()),
    ]
    .boxed()
}

fn words() -> impl Strategy<Value = &'static str> {
    select(vec![
        "Hello",
        "your order is on its way",
        "Grüße aus Köln",
        "今日は",
        "see you 🙂 soon",
        "5 * 3 * 2",
        "a*b_c~d`e",
    ])
}

fn new(category: Category) -> Definition {
    Definition::new("t", "en_US", category)
}

/// Puts a body with so many placeholders into the definition, named or numbered.
fn with_body(definition: Definition, words: &str, is_named: bool, count: usize) -> Definition {
    let name = |n: usize| if is_named { format!("part_{n}") } else { n.to_string() };
    let names: Vec<_> = (1..=count).map(name).collect();
    let placeholders = names.iter().map(|name| format!(", here {{{{{name}}}}} there"));
    let definition = definition.body(format!("{words}{}.", placeholders.collect::<String>()));
    match count {
        0 => definition,
        _ if is_named => names.iter().fold(definition, |definition, name| definition.example(name, "Ana")),
        _ => definition.body_examples(vec!["Ana"; count]),
    }
}

fn with_header(definition: Definition, format: Option<&HeaderFormat>, is_named: bool) -> Definition {
    match format {
        None => definition,
        Some(HeaderFormat::Text) if is_named => {
            definition.header_text("News for {{reader}}").example("reader", "Ana")
        }
        Some(HeaderFormat::Text) => definition.header_text("News for {{1}}").header_example("Ana"),
        Some(HeaderFormat::Location) => definition.header_location(),
        Some(HeaderFormat::Product) => definition.header_product(),
        Some(media) => definition.header_media(media.clone(), HANDLE),
    }
}

fn replies() -> impl Strategy<Value = Vec<Button>> {
    let text = |text: &str| text.chars().take(Button::MAX_TEXT).collect::<String>();
    vec(words().prop_map(move |words| Button::quick_reply(text(words))), 0..3)
}

/// A button of each kind that there may be beside quick replies, some of which are chosen, in any order.
fn others(is_marketing: bool) -> impl Strategy<Value = Vec<Button>> {
    let link = Button::url("Track", URL).example("A-42");
    let mut all = vec![
        link.clone(),
        Button::url("Shop", "https://example.com"),
        Button::phone_number("Call us", "+14155550123"),
        Button::copy_code("SUN20"),
        Button::flow("Rate us", "11").opens_screen("RATING").icon(FlowIcon::Review),
        Button::flow_named("Rate us", "rating").asks_endpoint(),
        Button::flow_json("Rate us", "{}"),
        Button::catalog(),
        Button::multi_product(),
        Button::single_product(),
        Button::voice_call().label("Call").works_for_minutes(1440),
        Button::request_contact_info(),
        Button::order_details("Review and pay"),
        Button::payment_request("Pay", "pix_dynamic_code"),
        Button::payment_request("Pay", "boleto"),
        Button::payment_request("Pay", "payment_link"),
    ];
    if is_marketing {
        let store = "https://play.google.com/store/apps/details?id=com.example.shop";
        all[0] = link.app_deep_link("77", "shop://orders", store);
    }
    proptest::sample::subsequence(all, 0..6).prop_shuffle()
}

fn plain() -> impl Strategy<Value = Definition> {
    let header = option::weighted(0.8, select(HeaderFormat::KNOWN));
    let body = (words(), any::<bool>(), 0..4_usize);
    let buttons = any::<bool>()
        .prop_flat_map(|is_marketing| (Just(is_marketing), replies(), others(is_marketing), any::<bool>()));
    let options = (any::<bool>(), any::<bool>(), select(SubCategory::KNOWN), any::<bool>(), any::<bool>());
    let features = proptest::sample::subsequence(CreativeFeature::KNOWN.to_vec(), 0..3);
    (header, body, buttons, options, features).prop_map(|(header, body, buttons, options, features)| {
        let (words, is_named, count) = body;
        let (is_marketing, replies, others, replies_first) = buttons;
        let (has_footer, asks_to_call, kind, is_untracked, has_ttl) = options;
        let definition = new(if is_marketing { Category::Marketing } else { Category::Utility });
        let definition =
            with_body(with_header(definition, header.as_ref(), is_named), words, is_named, count);
        let definition = if has_footer { definition.footer("Reply STOP to opt out") } else { definition };
        let definition = if asks_to_call { definition.call_permission_request() } else { definition };
        let definition = definition.link_tracking_opt_out(is_untracked);
        let definition = match kind {
            // These want more of a send.
            SubCategory::OrderStatus | SubCategory::RichOrderStatus => definition,
            kind => definition.sub_category(kind),
        };
        let definition = match (has_ttl, is_marketing) {
            (false, _) => definition,
            (true, true) => definition.ttl_seconds(*Definition::MARKETING_TTL.end()),
            (true, false) => definition.ttl_seconds(Definition::TTL_30_DAYS),
        };
        let allow = |definition: Definition, feature| definition.creative_feature(feature, is_untracked);
        let definition = features.into_iter().fold(definition, allow);
        let buttons = if replies_first { [replies, others] } else { [others, replies] };
        buttons.into_iter().flatten().fold(definition, Definition::button)
    })
}

fn carousels() -> impl Strategy<Value = Definition> {
    let media = select(vec![HeaderFormat::Image, HeaderFormat::Video]);
    let link = || Button::url("See", URL).example("1");
    let reply = || Button::quick_reply("More");
    let call = || Button::phone_number("Call us", "+14155550123");
    let buttons = select(vec![
        vec![reply()],
        vec![link()],
        vec![reply(), link()],
        vec![link(), reply()],
        vec![call(), reply()],
        vec![Button::order_details("Review and pay"), reply()],
        vec![Button::order_details("Buy now")],
    ]);
    let of_media = (media, option::of(0..2_usize), buttons).prop_map(|(format, values, buttons)| {
        let card = Card::new().header_media(format, HANDLE);
        let card = match values {
            None => card,
            Some(0) => card.body("A roof"),
            Some(_) => card.body("A roof for {{1}} here").body_examples(["Ana"]),
        };
        buttons.into_iter().fold(card, Card::button)
    });
    let of_products = select(vec![Button::single_product(), link()])
        .prop_map(|button| Card::new().header_product().button(button));
    let card = prop_oneof![3 => of_media.boxed(), 1 => of_products.boxed()];
    (card, 2..=10_usize, words(), any::<bool>(), 0..3_usize).prop_map(
        |(card, cards, words, is_named, count)| {
            let carousel = Carousel::new(vec![card; cards]);
            let definition = with_body(new(Category::Marketing), words, is_named, count).component(carousel);
            if is_named && count > 0 { with_named_cards(&definition) } else { definition }
        },
    )
}

/// The same with the placeholders of its cards named, as those of the body are. Cards have no builder for that.
fn with_named_cards(definition: &Definition) -> Definition {
    let json = serde_json::to_string(definition).unwrap();
    let example = r#"{"body_text_named_params":[{"param_name":"roof","example":"Ana"}]}"#;
    let json =
        json.replace(r#"{"body_text":[["Ana"]]}"#, example).replace("roof for {{1}}", "roof for {{roof}}");
    serde_json::from_str(&json).unwrap()
}

fn offers() -> impl Strategy<Value = Definition> {
    let media = select(vec![HeaderFormat::Image, HeaderFormat::Video]);
    (media, option::of(any::<bool>()), words(), any::<bool>(), 0..3_usize).prop_map(
        |(format, expires, words, is_named, count)| {
            let offer = LimitedTimeOffer::new("Ends soon");
            let offer = expires.into_iter().fold(offer, LimitedTimeOffer::expires);
            let definition = new(Category::Marketing).header_media(format, HANDLE).component(offer);
            let definition = with_body(definition, words, is_named, count);
            definition.button(Button::copy_code("SUN20")).button(Button::url("Shop", URL).example("1"))
        },
    )
}

fn codes() -> impl Strategy<Value = Definition> {
    let app = || SupportedApp::new("com.example.shop", "K8a/AINcGX7");
    let button = select(vec![
        Button::copy_one_time_code(),
        Button::one_tap([app()]).autofill_text("Fill in"),
        Button::zero_tap([app(), app()]).label("Copy"),
    ]);
    (button, option::of(any::<bool>()), option::of(1..=90_u8), any::<bool>()).prop_map(
        |(button, warns, minutes, has_ttl)| {
            let definition = new(Category::Authentication);
            let definition = warns.into_iter().fold(definition, Definition::security_recommendation);
            let definition = minutes.into_iter().fold(definition, Definition::code_expiration_minutes);
            let definition = if has_ttl { definition.ttl_seconds(900) } else { definition };
            definition.button(button)
        },
    )
}

fn of_orders() -> impl Strategy<Value = Definition> {
    let kind = select(vec![SubCategory::OrderStatus, SubCategory::RichOrderStatus]);
    (kind, words(), 0..3_usize).prop_map(|(kind, words, count)| {
        with_body(new(Category::Utility).sub_category(kind), words, false, count)
    })
}

fn of_the_library() -> Vec<Definition> {
    let made_from = |library| Definition::from_library("t", "en_US", library);
    let url = || LibraryButton::url("https://example.com/{{1}}", "https://example.com/demo");
    let phone = || LibraryButton::phone_number("+16315551010");
    vec![
        made_from("low_balance_warning_1").library_button(url()).library_button(phone()),
        made_from("delivery_update_1").library_input("add_contact_number", true).library_button(url()),
        made_from("delivery_failed_2_form"),
        made_from("order_pick_up_1").library_button(phone()),
        made_from("account_creation_confirmation_3").library_input("add_learn_more_link", true),
        made_from("feedback_survey_1").library_button(url()),
    ]
}

/// A definition filled in through [`Definition::fill`]: everything that has to be, and with `all` also what may be.
pub(crate) fn filled(definition: &Definition, all: bool) -> whatsapp_business::Result<message::Template> {
    let shape = definition.parameters();
    let values: Vec<_> =
        shape.body.iter().map(|slot| (slot.name.clone().unwrap(), Parameter::text(value(slot)))).collect();
    let mut fill = if values.is_empty() { definition.fill(()) } else { definition.fill(values) };
    if let Some(slot) = &shape.header {
        fill = match slot.kind {
            SlotKind::Text => fill.header(value(slot)),
            SlotKind::Image | SlotKind::Video | SlotKind::Gif => fill.header_media(file()),
            SlotKind::Document => fill.header_document(file(), "offer.pdf"),
            SlotKind::Location => fill.header_location(Location::new(37.48, -122.14).name("Shop")),
            SlotKind::Product => fill.header_product("194836987003835", "sku-1"),
            other => panic!("nothing fills a header of {other:?}"),
        };
    }
    if let Some(slot) = &shape.limited_time_offer
        && (all || slot.is_required)
    {
        fill = fill.limited_time_offer(Timestamp::from_millis(1_900_000_000_000));
    }
    if shape.order_status.is_some() {
        fill = fill.order_status("order-7", OrderState::Shipped, "Arrives on Friday");
    }
    for slot in shape.buttons.iter().filter(|slot| all || slot.is_required) {
        let index = slot.index.unwrap();
        fill = match slot.kind {
            SlotKind::UrlSuffix => fill.url_button(index, "A-42"),
            SlotKind::Payload => fill.quick_reply(index, "more"),
            SlotKind::CouponCode => fill.copy_code(index, "SUN20"),
            // The fill puts it there by itself.
            SlotKind::OneTimeCode => fill,
            SlotKind::Flow => fill.flow_button(index, "token", json!({"order": "A-42"})),
            SlotKind::Thumbnail => fill.catalog_button(index, "sku-1"),
            SlotKind::Products => {
                fill.multi_product_button(index, "sku-1", [ProductSection::new("Roofs", ["sku-1", "sku-2"])])
            }
            SlotKind::Call => fill.call_button(index, 60, "roof"),
            SlotKind::OrderDetails => fill.order_details_button(index, bill(slot, "order-7")),
            SlotKind::PaymentRequest => fill.payment_request_button(index, way(definition, index)),
            other => panic!("nothing fills a button of {other:?}"),
        };
    }
    if !shape.cards.is_empty() {
        fill = fill.carousel(shape.cards.iter().enumerate().map(|(nth, card)| filled_card(card, nth, all)));
    }
    if all {
        fill = fill.tap_target("Our shop", "https://example.com/shop");
    }
    fill.build()
}

fn filled_card(shape: &Parameters, nth: usize, all: bool) -> TemplateCard {
    let card = match shape.header.as_ref().unwrap().kind {
        SlotKind::Image => TemplateCard::image(file()),
        SlotKind::Video => TemplateCard::video(file()),
        SlotKind::Product => TemplateCard::product("194836987003835", "sku-1"),
        other => panic!("nothing fills a card with a header of {other:?}"),
    };
    let named = |slot: &Slot| (slot.name.clone().unwrap(), Parameter::text(value(slot)));
    let card = match shape.body.first().and_then(|slot| slot.name.as_deref()) {
        None => card,
        Some("1") => card.body(shape.body.iter().map(value).collect::<Vec<_>>()),
        Some(_) => card.body(shape.body.iter().map(named).collect::<Vec<_>>()),
    };
    shape.buttons.iter().filter(|slot| all || slot.is_required).fold(card, |card, slot| match slot.kind {
        SlotKind::UrlSuffix => card.url_button(slot.index.unwrap(), "A-42"),
        SlotKind::Payload => card.quick_reply(slot.index.unwrap(), "more"),
        SlotKind::OrderDetails => card.order_details_button(bill(slot, &format!("order-{nth}"))),
        other => panic!("nothing fills a button of {other:?} on a card"),
    })
}

/// What stands for a placeholder: its example, which is of the kind that the library wants, or the code.
fn value(slot: &Slot) -> String {
    match (&slot.kind, &slot.example) {
        (SlotKind::OneTimeCode, _) => "123456".to_owned(),
        (_, Some(example)) => example.clone(),
        (_, None) => "Ana".to_owned(),
    }
}

fn file() -> MediaSource {
    MediaSource::link("https://example.com/roof")
}

fn bill(slot: &Slot, reference: &str) -> Bill {
    if slot.label.as_deref() == Some("Buy now") {
        let order = Order::new([OrderItem::new("Roof", Amount::minor(5_000), 1).retailer_id("sku-1")]);
        let order = order.tax(message::Charge::new(Amount::minor(0)));
        let gateway = PaymentGateway::new("razorpay", "shop");
        Bill::india(reference, GoodsType::Physical, order, gateway).shipping_info(ShippingInfo::new())
    } else {
        let total = Bill::brazil_total_only(reference, GoodsType::Digital, Amount::minor(5_000));
        total.setting(Boleto::new("03399026944140000002628346101018898510000008848"))
    }
}

/// The way to pay that the button at `index` was approved for.
fn way(definition: &Definition, index: u8) -> PaymentSetting {
    let json = serde_json::to_value(definition).unwrap();
    let parts = json["components"].as_array().unwrap();
    let buttons = parts.iter().find(|part| part["type"] == "BUTTONS").unwrap();
    match buttons["buttons"][usize::from(index)]["payment_setting"]["type"].as_str().unwrap() {
        "pix_dynamic_code" => PixDynamicCode::new("00020101021226700014br.gov.bcb.pix").into(),
        "boleto" => Boleto::new("03399026944140000002628346101018898510000008848").into(),
        _ => PaymentLink::new("https://example.com/pay").into(),
    }
}

/// The definition with the handle of a file that is there.
pub(crate) fn with_handle(definition: &Definition, handle: &str) -> Definition {
    let json = serde_json::to_string(definition).unwrap();
    serde_json::from_str(&json.replace(HANDLE, handle)).unwrap()
}

/// A client for many simulators: the port of one may be that of the next, which knows nothing of its connections.
pub(crate) fn unpooled() -> reqwest::Client {
    reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap()
}

/// Every value of this member, at any depth.
fn spellings<'a>(json: &'a Value, name: &str, out: &mut Vec<&'a str>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| spellings(item, name, out)),
        Value::Object(members) => {
            out.extend(members.get(name).and_then(Value::as_str));
            members.values().for_each(|value| spellings(value, name, out));
        }
        _ => {}
    }
}

#[test]
fn nothing_that_a_template_can_have_is_left_out() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    use whatsapp_business::template::{ComponentKind, ParameterFormat};
    let (mut runner, strategy) = (TestRunner::deterministic(), definitions());
    let all: Vec<_> = (0..1_000)
        .map(|_| {
            let definition = strategy.new_tree(&mut runner).unwrap().current();
            let mut json = serde_json::to_value(&definition).unwrap();
            json["send"] = match definition.components() {
                // Of a template of the library only Meta has the words.
                [] => Value::Null,
                _ => serde_json::to_value(filled(&definition, true).unwrap()).unwrap(),
            };
            json
        })
        .collect();
    let all = Value::Array(all);
    let occurs = |member: &str, wanted: Vec<&str>| {
        let mut found = Vec::new();
        spellings(&all, member, &mut found);
        for wanted in wanted {
            assert!(found.contains(&wanted), "no template with {member} {wanted} is tried");
        }
    };
    occurs("type", ComponentKind::KNOWN.iter().map(ComponentKind::as_str).collect());
    occurs("type", ButtonKind::KNOWN.iter().map(ButtonKind::as_str).collect());
    occurs("format", HeaderFormat::KNOWN.iter().map(HeaderFormat::as_str).collect());
    occurs("category", Category::KNOWN.iter().map(Category::as_str).collect());
    occurs("sub_category", SubCategory::KNOWN.iter().map(SubCategory::as_str).collect());
    occurs("otp_type", vec!["COPY_CODE", "ONE_TAP", "ZERO_TAP"]);
    occurs("flow_action", vec!["navigate", "data_exchange"]);
    // Positional is what is meant where nothing is said.
    let formats = ParameterFormat::KNOWN.iter().filter(|format| **format != ParameterFormat::Positional);
    occurs("parameter_format", formats.map(ParameterFormat::as_str).collect());
    // What a send fills in, by component, button and value.
    occurs(
        "type",
        vec![
            "header",
            "body",
            "button",
            "limited_time_offer",
            "carousel",
            "tap_target_configuration",
            "order_status",
        ],
    );
    let buttons = [
        "quick_reply",
        "url",
        "copy_code",
        "flow",
        "catalog",
        "mpm",
        "voice_call",
        "order_details",
        "payment_request",
    ];
    occurs("sub_type", buttons.to_vec());
    let values = [
        "text",
        "image",
        "video",
        "gif",
        "document",
        "location",
        "product",
        "payload",
        "coupon_code",
        "action",
        "ttl_minutes",
    ];
    occurs("type", values.to_vec());
    occurs("library_template_name", vec!["low_balance_warning_1", "delivery_failed_2_form"]);
}
