//! Whatever is built, well or badly: what the crate's own check takes the simulator takes, and no more.

use super::anything::{HANDLE, unpooled, with_handle};
use crate::simulator::{
    definitions::{list_of, sample},
    graph, read,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{TestCaseResult, TestRunner},
};
use std::cell::Cell;
use whatsapp_business::{
    simulator::Simulator,
    template::{
        Button, Card, Carousel, Category, CreativeFeature, Definition, FlowIcon, HeaderFormat,
        LimitedTimeOffer, ParameterFormat, SubCategory, SupportedApp,
    },
};

/// One call of the builder.
#[derive(Clone, Debug)]
enum Step {
    HeaderText(String),
    HeaderExample(String),
    HeaderMedia(HeaderFormat),
    HeaderSample(HeaderFormat),
    HeaderLocation,
    HeaderProduct,
    Body(String),
    BodyExamples(Vec<String>),
    Example(String, String),
    Footer(String),
    Button(Button),
    Cards(Vec<Card>),
    Offer(LimitedTimeOffer),
    Format(ParameterFormat),
    Seconds(i64),
    AsksToCall,
    Warns(bool),
    Expires(u8),
    Kind(SubCategory),
    Feature(CreativeFeature, bool),
    Untracked(bool),
}

impl Step {
    fn take(self, definition: Definition) -> Definition {
        match self {
            Self::HeaderText(text) => definition.header_text(text),
            Self::HeaderExample(value) => definition.header_example(value),
            Self::HeaderMedia(format) => definition.header_media(format, HANDLE),
            Self::HeaderSample(format) => definition.header_sample(format),
            Self::HeaderLocation => definition.header_location(),
            Self::HeaderProduct => definition.header_product(),
            Self::Body(text) => definition.body(text),
            Self::BodyExamples(values) => definition.body_examples(values),
            Self::Example(name, value) => definition.example(name, value),
            Self::Footer(text) => definition.footer(text),
            Self::Button(button) => definition.button(button),
            Self::Cards(cards) => definition.component(Carousel::new(cards)),
            Self::Offer(offer) => definition.component(offer),
            Self::Format(format) => definition.parameter_format(format),
            Self::Seconds(seconds) => definition.ttl_seconds(seconds),
            Self::AsksToCall => definition.call_permission_request(),
            Self::Warns(warns) => definition.security_recommendation(warns),
            Self::Expires(minutes) => definition.code_expiration_minutes(minutes),
            Self::Kind(kind) => definition.sub_category(kind),
            Self::Feature(feature, allowed) => definition.creative_feature(feature, allowed),
            Self::Untracked(out) => definition.link_tracking_opt_out(out),
        }
    }
}

/// Mostly a good text; also one as long as may be, one that is too long, and ones with placeholders of all sorts.
fn text(max: usize) -> BoxedStrategy<String> {
    let odd = vec![
        "",
        " ",
        "*bold*",
        "so _very_ true",
        "~5 to ~6",
        "a {{",
        "Hello {{}} there",
        "{{1}} is here",
        "Now {{1}}",
        "Hello {{2}} there",
        "Hello {{1}} and {{1}} there",
        "Hello {{1}} and {{name}} there",
        "Hello {{Name}} there",
        "Hello {{ name }} there",
        "Hello {{01}} there",
        "Hello {{first name}} there",
        "Hello }} there",
        "Hello {{name there",
        "{1} is here",
        "a\nb",
        " {{1}} is here",
        "Now {{1}} ",
    ];
    let plain = vec!["Hello", "Grüße aus Köln", "今日は", "see 🙂", "5 * 3 * 2"];
    let filled = vec![
        "Hello {{1}} there",
        "Hello {{2}} and {{1}} there",
        "Hello {{name}} there",
        "Hello {{name}} and {{order_2}} there",
        "Hello {{1}} and {{1}} there",
    ];
    prop_oneof![
        24 => select(plain).prop_map(str::to_owned),
        8 => select(filled).prop_map(str::to_owned),
        1 => select(odd).prop_map(str::to_owned),
        1 => Just("é".repeat(max)),
        1 => Just("é".repeat(max + 1)),
    ]
    .boxed()
}

/// Mostly one of these, seldom one of those.
fn mostly<T: Clone + std::fmt::Debug + 'static>(good: &[T], bad: &[T]) -> BoxedStrategy<T> {
    prop_oneof![12 => select(good.to_vec()), 1 => select(bad.to_vec())].boxed()
}

/// Words for a button.
fn label(max: usize) -> BoxedStrategy<String> {
    let good = mostly(&["Go", "Köln 🙂", "{{1}}", "*Go*"], &["", " "]).prop_map(str::to_owned);
    prop_oneof![12 => good, 1 => Just("é".repeat(max)), 1 => Just("é".repeat(max + 1))].boxed()
}

fn address() -> impl Strategy<Value = Button> {
    let url = mostly(
        &[
            "https://example.com",
            "http://example.com/a?b=c",
            "https://example.com/{{1}}",
            "https://example.com/ü",
        ],
        &[
            "",
            " ",
            "example.com",
            "ftp://example.com",
            "https://example.com/{{1}}/x",
            "https://example.com/{{2}}",
            "https://example.com/{{1}}{{2}}",
            "https://example.com/{{",
            "https://example.com/{{name}}",
            "https://",
            "HTTPS://example.com",
            "{{1}}",
            "https://example.com/{{}}",
            " https://example.com",
        ],
    );
    let example = option::weighted(0.8, mostly(&["A-42", "https://example.com/A-42"], &["", " "]));
    let app = option::weighted(0.1, Just(()));
    (label(25), url, example, app, option::weighted(0.05, Just(2000))).prop_map(
        |(text, url, example, app, long)| {
            let url = match long {
                Some(length) => format!("{:a<length$}", "https://example.com/"),
                None => url.to_owned(),
            };
            let button = example.into_iter().fold(Button::url(text, url), Button::example);
            app.into_iter()
                .fold(button, |button, ()| button.app_deep_link("7", "shop://a", "https://example.com/app"))
        },
    )
}

fn one_time_code() -> impl Strategy<Value = Button> {
    let app = (
        mostly(&["com.example.shop", "a_1.B"], &["", "com example", "com.exämple"]),
        mostly(&["K8a/AINcGX7", "K8a+AINcGX="], &["", "K8a/AINcGX", "K8a/AINcGX77", "K8a_AINcGX7"]),
    );
    let app = app.prop_map(|(name, hash)| SupportedApp::new(name, hash));
    let apps = prop_oneof![12 => vec(app.clone(), 1..4), 1 => vec(app.clone(), 5), 1 => vec(app, 6), 1 => Just(vec![])];
    let way = prop_oneof![
        Just(Button::copy_one_time_code()),
        apps.clone().prop_map(Button::one_tap),
        apps.prop_map(Button::zero_tap),
    ];
    (way, option::weighted(0.3, label(25)), option::weighted(0.3, label(25))).prop_map(
        |(way, text, autofill)| {
            let way = text.into_iter().fold(way, Button::label);
            autofill.into_iter().fold(way, Button::autofill_text)
        },
    )
}

fn button() -> BoxedStrategy<Button> {
    let number = mostly(&["+14155550123", "12345678901234567890"], &["", "123456789012345678901"]);
    let minutes = option::of(mostly(&[1440_u32, 43_200], &[1439, 43_201, 0]));
    let call = (option::of(label(20)), minutes).prop_map(|(text, minutes)| {
        let call = text.into_iter().fold(Button::voice_call(), Button::label);
        minutes.into_iter().fold(call, Button::works_for_minutes)
    });
    let flow = prop_oneof![
        label(25).prop_map(|text| Button::flow(text, "11").opens_screen("RATING").icon(FlowIcon::Promotion)),
        label(25).prop_map(|text| Button::flow_named(text, "rating").asks_endpoint()),
        label(25).prop_map(|text| Button::flow_json(text, "{}")),
    ];
    let share = option::of(mostly(&["Share Contact Info"], &["Share", ""]));
    let fixed = select(vec![
        Button::catalog(),
        Button::multi_product(),
        Button::single_product(),
        Button::order_details("Buy now"),
        Button::payment_request("Pay", "boleto"),
    ]);
    prop_oneof![
        6 => label(25).prop_map(Button::quick_reply),
        4 => address(),
        2 => (label(25), number).prop_map(|(text, number)| Button::phone_number(text, number)),
        1 => mostly(&["SUN20", "12345678901234567890"], &["", " ", "123456789012345678901"]).prop_map(Button::copy_code),
        1 => flow,
        1 => call,
        1 => share.prop_map(|text| text.into_iter().fold(Button::request_contact_info(), Button::label)),
        2 => (fixed.clone(), label(25)).prop_map(|(button, text)| button.label(text)),
        1 => fixed,
        1 => one_time_code(),
    ]
    .boxed()
}

fn card() -> BoxedStrategy<Card> {
    let header = prop_oneof![
        12 => Just(Some(HeaderFormat::Image)),
        2 => select(HeaderFormat::KNOWN).prop_map(Some),
        1 => Just(None),
    ];
    (header, option::of(text(160)), any::<bool>(), vec(button(), 0..4))
        .prop_map(|(header, body, has_examples, buttons)| {
            let card = match header {
                None => Card::new(),
                Some(HeaderFormat::Product) => Card::new().header_product(),
                Some(format) => Card::new().header_media(format, HANDLE),
            };
            let card = body.into_iter().fold(card, Card::body);
            let card = if has_examples { card.body_examples(["Ana", "A-42"]) } else { card };
            buttons.into_iter().fold(card, Card::button)
        })
        .boxed()
}

/// Cards that are alike, seldom with one that is not.
fn cards() -> impl Strategy<Value = Vec<Card>> {
    let count = mostly(&[2, 3, 10], &[0, 1, 11]);
    (card(), count, option::weighted(0.1, card())).prop_map(|(card, count, other)| {
        let mut cards = vec![card; count];
        cards.extend(other);
        cards
    })
}

fn step() -> BoxedStrategy<Step> {
    let examples = vec(mostly(&["Ana", "A-42"], &["", " "]), 0..4);
    let name = mostly(&["name", "order_2", "1"], &["Name", "", "x"]);
    let seconds = mostly(&[-1, 30, 900, 43_200, 2_592_000], &[0, 29, 901, 43_199, 43_201, 2_592_001]);
    let offer = (label(16), option::of(any::<bool>())).prop_map(|(text, expires)| {
        expires.into_iter().fold(LimitedTimeOffer::new(text), LimitedTimeOffer::expires)
    });
    prop_oneof![
        3 => text(60).prop_map(Step::HeaderText),
        2 => mostly(&["Ana"], &["", " "]).prop_map(|value| Step::HeaderExample(value.to_owned())),
        2 => select(HeaderFormat::KNOWN).prop_map(Step::HeaderMedia),
        1 => select(HeaderFormat::KNOWN).prop_map(Step::HeaderSample),
        1 => Just(Step::HeaderLocation),
        1 => Just(Step::HeaderProduct),
        4 => text(1024).prop_map(Step::Body),
        1 => text(600).prop_map(Step::Body),
        6 => examples.prop_map(|values| Step::BodyExamples(values.into_iter().map(str::to_owned).collect())),
        6 => (name, mostly(&["Ana"], &["", " "]))
            .prop_map(|(name, value)| Step::Example(name.to_owned(), value.to_owned())),
        4 => text(60).prop_map(Step::Footer),
        12 => button().prop_map(Step::Button),
        2 => cards().prop_map(Step::Cards),
        2 => offer.prop_map(Step::Offer),
        1 => select(ParameterFormat::KNOWN).prop_map(Step::Format),
        2 => seconds.prop_map(Step::Seconds),
        2 => Just(Step::AsksToCall),
        2 => any::<bool>().prop_map(Step::Warns),
        2 => mostly(&[1, 90], &[0, 91]).prop_map(Step::Expires),
        1 => select(SubCategory::KNOWN).prop_map(Step::Kind),
        2 => (select(CreativeFeature::KNOWN), any::<bool>()).prop_map(|(feature, on)| Step::Feature(feature, on)),
        1 => any::<bool>().prop_map(Step::Untracked),
    ]
    .boxed()
}

fn built() -> BoxedStrategy<Definition> {
    let name = mostly(&["order_update", "t"], &["", " ", "Order", "order-1", "ö"]);
    let language =
        mostly(&["en", "en_US", "fil", "zh_CN"], &["", "e", "EN", "en-US", "english", "en_", "en_U"]);
    let category = select(Category::KNOWN);
    // What most templates have, and then anything.
    let begun = select(vec![
        vec![Step::Body("Hello there".to_owned())],
        vec![Step::Body("Hello {{1}} there".to_owned()), Step::BodyExamples(vec!["Ana".to_owned()])],
        vec![
            Step::Body("Hello {{name}} there".to_owned()),
            Step::Example("name".to_owned(), "Ana".to_owned()),
        ],
        vec![],
    ]);
    let code = one_time_code().prop_map(|button| vec![Step::Button(button)]);
    let begun = prop_oneof![6 => begun.boxed(), 1 => code.boxed()];
    (name, language, category, begun, vec(step(), 0..6))
        .prop_map(|(name, language, category, begun, steps)| {
            let definition = Definition::new(name, language, category);
            begun.into_iter().chain(steps).fold(definition, |definition, step| step.take(definition))
        })
        .boxed()
}

async fn agree(http: &reqwest::Client, definition: &Definition, taken: &Cell<u32>) -> TestCaseResult {
    let simulator = Simulator::start().await.unwrap();
    let definition = with_handle(definition, &sample(&simulator).await);
    let ours = definition.validate();
    let request = http.post(graph(&simulator, &list_of(&simulator))).bearer_auth(simulator.access_token());
    let (status, answer) = read(request.json(&definition).send().await.unwrap()).await;
    let json = serde_json::to_string(&definition).unwrap();
    prop_assert_eq!(
        ours.is_ok(),
        status.is_success(),
        "crate: {:?}, simulator: {}, of {}",
        ours,
        answer,
        json
    );
    taken.set(taken.get() + u32::from(status.is_success()));
    Ok(())
}

#[test]
fn both_sides_agree_on_whatever_is_built() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (http, taken) = (unpooled(), Cell::new(0));
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let tried = TestRunner::new(config)
        .run(&built(), |definition| runtime.block_on(agree(&http, &definition, &taken)));
    if let Err(failure) = tried {
        panic!("{failure}");
    }
    let part = taken.get() * 100 / cases;
    assert!((10..=90).contains(&part), "{part} % were taken");
}
