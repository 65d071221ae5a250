//! Templates, each approved as it is filled in.

use super::{
    agreement::{Case, hold_for},
    bills::checkouts,
    commerce::{reference, state},
    lab::Known,
    leaves::{count, id, link, mostly, options, recipient, source, text, with, word, words},
    simple::places,
    taps::{Tap, taps, value},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use whatsapp_business::{
    message::{Location, MediaSource, Message, Parameter, Parameters, Template, TemplateCard},
    template::Definition,
    time::Timestamp,
};

hold_for! {
    both_sides_agree_on_templates: |known| sent(known, plain(known));
    both_sides_agree_on_templates_with_offers: |known| sent(known, offers(known));
    both_sides_agree_on_one_time_codes: |known| sent(known, codes());
    both_sides_agree_on_templates_with_cards: |known| sent(known, cards(known));
    both_sides_agree_on_templates_with_products_on_cards: |known| sent(known, product_cards());
    both_sides_agree_on_templates_with_a_checkout: |known| sent(known, checkout(known));
    both_sides_agree_on_templates_with_checkouts_on_cards: |known| sent(known, checkout_cards(known));
    both_sides_agree_on_templates_about_orders: |known| sent(known, news());
}

/// What is filled in, and what was approved.
#[derive(Clone, Debug)]
struct Form {
    template: Template,
    approved: Value,
}

impl Form {
    fn new(template: Template, category: &str) -> Self {
        let (name, language) = (template.name().to_owned(), template.language().to_owned());
        let approved = json!({"name": name, "language": language, "category": category, "components": []});
        Self { template, approved }
    }

    fn with(mut self, component: Value, fill: impl FnOnce(Template) -> Template) -> Self {
        self.approved["components"].as_array_mut().unwrap().push(component);
        Self { template: fill(self.template), approved: self.approved }
    }
}

/// Sends filled in templates to anybody. Meta approves no template with a name or a language that is none.
fn sent(known: &Known, forms: impl Strategy<Value = Form> + 'static) -> BoxedStrategy<Case> {
    (recipient(known), forms, options(known))
        .prop_map(|(to, Form { template, approved }, options)| {
            let is_name = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_');
            let name = template.name();
            let exists = (1..=512).contains(&name.len()) && name.chars().all(is_name);
            let exists = exists && LANGUAGES.contains(&template.language());
            let definition = exists.then(|| serde_json::from_value::<Definition>(approved).unwrap());
            Case { message: options.put(Message::new(to, template)), template: definition }
        })
        .boxed()
}

const LANGUAGES: &[&str] = &["en", "en_US", "zh_CN"];

fn template() -> BoxedStrategy<Template> {
    let long = |length| "x".repeat(length);
    let good = select(vec!["order_update".to_owned(), long(Template::MAX_NAME)]);
    let bad = vec![String::new(), " ".into(), "Order".into(), "order-1".into(), "é".into(), long(513)];
    let language = word(LANGUAGES, &["", "e", "en-US", "en US", "é"]);
    (mostly(good, select(bad)), language).prop_map(|(name, language)| Template::new(name, language)).boxed()
}

fn parameter(max: usize) -> BoxedStrategy<Parameter> {
    let code = word(&["USD", "BRL"], &["usd", "US", "USDT", "", "€"]);
    prop_oneof![
        6 => value(max).prop_map(Parameter::text),
        1 => (code, any::<i64>(), value(max)).prop_map(|(code, amount, words)| Parameter::currency(code, amount, words)),
        1 => value(max).prop_map(Parameter::date_time),
    ]
    .boxed()
}

/// The values of a body, and its text; one value may be as long as the body.
fn body(max: usize) -> BoxedStrategy<(&'static str, Option<Parameters>)> {
    let group = id("Y2FwaV9ncm91cDox").prop_map(Parameter::group);
    let one = prop_oneof![8 => parameter(max), 1 => group];
    let names =
        mostly(Just(["name", "order"]), select(vec![["name", "name"], ["name", "Order"], ["name", ""]]));
    let named = (names, parameter(20), parameter(20));
    prop_oneof![
        Just(("Hello.", None)),
        one.prop_map(|one| ("{{1}}", Some(vec![one].into()))),
        vec(parameter(20), 2).prop_map(|both| ("{{1}} {{2}}", Some(both.into()))),
        named.prop_map(|(names, a, b)| (
            "{{name}} {{order}}",
            Some(vec![(names[0], a), (names[1], b)].into())
        )),
    ]
    .boxed()
}

fn put_body(form: Form, (words, parameters): (&str, Option<Parameters>)) -> Form {
    form.with(json!({"type": "BODY", "text": words}), |template| with(template, parameters, Template::body))
}

#[derive(Clone, Debug)]
enum Above {
    Text(Parameter),
    Image(MediaSource),
    Video(MediaSource),
    Gif(MediaSource),
    Document(MediaSource, Option<String>),
    Place(Location),
    Product(String, String),
}

fn above(known: &Known) -> BoxedStrategy<Above> {
    let group = id("Y2FwaV9ncm91cDox").prop_map(Parameter::group);
    prop_oneof![
        prop_oneof![20 => parameter(Template::MAX_HEADER), 1 => group].prop_map(Above::Text),
        source(&known.image).prop_map(Above::Image),
        source(&known.video).prop_map(Above::Video),
        source(&known.video).prop_map(Above::Gif),
        (source(&known.document), option::of(words()))
            .prop_map(|(source, name)| Above::Document(source, name)),
        places().prop_map(Above::Place),
        (id("194836987003835"), words()).prop_map(|(catalog, product)| Above::Product(catalog, product)),
    ]
    .boxed()
}

fn put_above(form: Form, above: Above) -> Form {
    let header = |format: &str| json!({"type": "HEADER", "format": format});
    match above {
        Above::Text(text) => form
            .with(json!({"type": "HEADER", "format": "TEXT", "text": "{{1}}"}), |template| {
                template.header(vec![text])
            }),
        Above::Image(source) => form.with(header("IMAGE"), |template| template.header_image(source)),
        Above::Video(source) => form.with(header("VIDEO"), |template| template.header_video(source)),
        Above::Gif(source) => form.with(header("GIF"), |template| template.header_gif(source)),
        Above::Document(source, name) => {
            form.with(header("DOCUMENT"), |template| template.header_document(source, name.as_deref()))
        }
        Above::Place(place) => form.with(header("LOCATION"), |template| template.header_location(place)),
        Above::Product(catalog, product) => {
            form.with(header("PRODUCT"), |template| template.header_product(catalog, product))
        }
    }
}

fn put_taps(form: Form, taps: Vec<(Tap, u8)>) -> Form {
    if taps.is_empty() {
        return form;
    }
    let approved: Vec<_> = taps.iter().map(|(tap, _)| tap.approved()).collect();
    form.with(json!({"type": "BUTTONS", "buttons": approved}), |template| {
        taps.into_iter().fold(template, |template, (tap, index)| tap.put(template, index))
    })
}

fn plain(known: &Known) -> impl Strategy<Value = Form> + use<> {
    let long = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
    let url = prop_oneof![3 => link(), 1 => Just(long(2000)), 1 => mostly(link(), Just(long(2001)))];
    let target = option::weighted(0.2, (words(), url));
    (template(), option::of(above(known)), body(Parameters::MAX_TEXT), taps(), target).prop_map(
        |(template, above, body, taps, target)| {
            let form = with(Form::new(template, "MARKETING"), above, put_above);
            let Form { template, approved } = put_taps(put_body(form, body), taps);
            let template = with(template, target, |template, (title, url)| template.tap_target(title, url));
            Form { template, approved }
        },
    )
}

fn offers(known: &Known) -> impl Strategy<Value = Form> + use<> {
    let time = mostly(Just(1_900_000_000_000), select(vec![0, -1])).prop_map(Timestamp::from_millis);
    let code = text(Template::MAX_COUPON_CODE);
    (template(), source(&known.image), body(Template::MAX_BODY_WITH_OFFER), time, code).prop_map(
        |(template, image, body, time, code)| {
            let offer = json!({"text": "Ends soon", "has_expiration": true});
            let offer = json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer});
            let form = put_above(Form::new(template, "MARKETING"), Above::Image(image));
            let form = put_body(form, body).with(offer, |template| template.limited_time_offer(time));
            put_taps(form, vec![(Tap::CopyCode(code), 0)])
        },
    )
}

fn codes() -> impl Strategy<Value = Form> {
    let body = json!({"type": "BODY", "add_security_recommendation": true});
    let buttons = json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]});
    (template(), value(Template::MAX_ONE_TIME_CODE)).prop_map(move |(template, code)| {
        let template = Template::authentication(template.name(), template.language(), code);
        let form = Form::new(template, "AUTHENTICATION").with(body.clone(), |template| template);
        form.with(buttons.clone(), |template| template)
    })
}

/// A carousel of cards that look alike: `approved` are the components of one. Meta approves two to ten.
fn put_cards(form: Form, approved: &[Value], cards: Vec<TemplateCard>) -> Form {
    let card = json!({"components": approved});
    let all = vec![card; cards.len().clamp(2, 10)];
    form.with(json!({"type": "CAROUSEL", "cards": all}), |template| template.carousel(cards))
}

fn cards(known: &Known) -> impl Strategy<Value = Form> + use<> {
    let (image, video) = (known.image.clone(), known.video.clone());
    let look = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let cards =
        (count(Template::MIN_CARDS, Template::MAX_CARDS), look).prop_flat_map(move |(count, look)| {
            let (is_image, has_body, has_reply, has_url) = look;
            let top = if is_image {
                source(&image).prop_map(TemplateCard::image).boxed()
            } else {
                source(&video).prop_map(TemplateCard::video).boxed()
            };
            // The second of two buttons, seldom a third.
            let last = u8::from(has_reply);
            let texts =
                (parameter(TemplateCard::MAX_BODY), text(Template::MAX_PAYLOAD), value(Template::MAX_URL));
            let card = (top, texts, prop_oneof![80 => Just(last), 1 => Just(2)]);
            let card = card.prop_map(move |(card, (body, payload, suffix), last)| {
                let card = if has_body { card.body(vec![body]) } else { card };
                let card = if has_reply { card.quick_reply(0, payload) } else { card };
                if has_url { card.url_button(last, suffix) } else { card }
            });
            (Just(look), vec(card, count))
        });
    (template(), body(Parameters::MAX_TEXT), cards).prop_map(|(template, body, (look, cards))| {
        let (is_image, has_body, has_reply, has_url) = look;
        let mut approved =
            vec![json!({"type": "HEADER", "format": if is_image { "IMAGE" } else { "VIDEO" }})];
        approved.extend(has_body.then(|| json!({"type": "BODY", "text": "{{1}}"})));
        let reply = has_reply.then(|| Tap::QuickReply(String::new()).approved());
        let url = has_url.then(|| Tap::Url(String::new()).approved());
        let buttons: Vec<_> = reply.into_iter().chain(url).collect();
        approved.push(json!({"type": "BUTTONS", "buttons": buttons}));
        put_cards(put_body(Form::new(template, "MARKETING"), body), &approved, cards)
    })
}

fn product_cards() -> impl Strategy<Value = Form> {
    let card = (id("194836987003835"), words())
        .prop_map(|(catalog, product)| TemplateCard::product(catalog, product));
    let card = card.boxed();
    let cards =
        count(Template::MIN_CARDS, Template::MAX_CARDS).prop_flat_map(move |count| vec(card.clone(), count));
    (template(), body(Parameters::MAX_TEXT), cards).prop_map(|(template, body, cards)| {
        let buttons = json!([{"type": "SPM", "text": "View"}]);
        let approved =
            [json!({"type": "HEADER", "format": "PRODUCT"}), json!({"type": "BUTTONS", "buttons": buttons})];
        put_cards(put_body(Form::new(template, "MARKETING"), body), &approved, cards)
    })
}

fn checkout(known: &Known) -> impl Strategy<Value = Form> + use<> {
    (template(), source(&known.image), checkouts(reference(35)), text(Template::MAX_PAYLOAD)).prop_map(
        |(template, image, bill, payload)| {
            let form = put_above(Form::new(template, "MARKETING"), Above::Image(image));
            let form = put_body(form, ("Yours for the weekend.", None));
            put_taps(form, vec![(Tap::Checkout(bill.into()), 0), (Tap::QuickReply(payload), 1)])
        },
    )
}

fn checkout_cards(known: &Known) -> impl Strategy<Value = Form> + use<> {
    let image = source(&known.image);
    let card = move |n: usize| {
        // Each card has a reference of its own, seldom that of the first.
        let reference = mostly(Just(format!("order-{n}")), Just("order-0".to_owned()));
        (image.clone(), checkouts(reference))
            .prop_map(|(image, bill)| TemplateCard::image(image).order_details_button(bill))
    };
    let cards = (2..4_usize).prop_flat_map(move |count| (0..count).map(&card).collect::<Vec<_>>());
    (template(), cards).prop_map(|(template, cards)| {
        let buttons = json!([{"type": "ORDER_DETAILS", "text": "Buy now"}]);
        let approved =
            [json!({"type": "HEADER", "format": "IMAGE"}), json!({"type": "BUTTONS", "buttons": buttons})];
        put_cards(put_body(Form::new(template, "MARKETING"), ("Look:", None)), &approved, cards)
    })
}

fn news() -> impl Strategy<Value = Form> {
    (template(), body(Parameters::MAX_TEXT), reference(60), state(), option::of(text(120))).prop_map(
        |(template, body, reference, state, words)| {
            let mut form = put_body(Form::new(template, "UTILITY"), body);
            form.approved["sub_category"] = json!("ORDER_STATUS");
            form.template = form.template.order_status(reference, state, words.as_deref());
            form
        },
    )
}
