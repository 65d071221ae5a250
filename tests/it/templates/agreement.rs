//! What is filled in with success is taken, and what is refused would have been refused: by the simulator's own checks.

use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::{Value, json};
use std::{cell::Cell, time::Duration};
use tokio::runtime::{Builder, Runtime};
use whatsapp_business::{
    message::{self, Parameter, Parameters, TemplateCard},
    simulator::{Pace, Simulator},
    template::{Button, Card, Carousel, Category, Definition, HeaderFormat, LimitedTimeOffer},
    time::Timestamp,
};

/// A template, how it is filled in, and the same send made without looking at the template.
#[derive(Clone, Debug)]
struct Case {
    definition: Definition,
    values: Parameters,
    steps: Vec<Step>,
}

/// What is filled in beside the body.
#[derive(Clone, Debug)]
enum Step {
    Header(String),
    Image(String),
    Document(String),
    Url(u8, String),
    Reply(u8, String),
    Code(u8, String),
    Flow(u8, String),
    Call(u8, String),
    Offer(i64),
    Cards(Vec<TemplateCard>),
}

impl Case {
    /// Checked against the template.
    fn filled(&self) -> whatsapp_business::Result<message::Template> {
        let fill = self.definition.fill(self.values.clone());
        let steps = self.steps.iter().cloned();
        let fill = steps.fold(fill, |fill, step| match step {
            Step::Header(text) => fill.header(text),
            Step::Image(link) => fill.header_media(message::MediaSource::link(link)),
            Step::Document(link) => fill.header_document(message::MediaSource::link(link), "a.pdf"),
            Step::Url(index, suffix) => fill.url_button(index, suffix),
            Step::Reply(index, payload) => fill.quick_reply(index, payload),
            Step::Code(index, code) => fill.copy_code(index, code),
            Step::Flow(index, token) => fill.flow_button(index, token, None),
            Step::Call(index, payload) => fill.call_button(index, 100, payload.as_str()),
            Step::Offer(millis) => fill.limited_time_offer(Timestamp::from_millis(millis)),
            Step::Cards(cards) => fill.carousel(cards),
        });
        fill.build()
    }

    /// As it would be sent by who knows nothing of the template.
    fn sent(&self) -> message::Template {
        let blank = message::Template::new(self.definition.name(), self.definition.language());
        let is_empty = serde_json::to_value(&self.values).unwrap() == json!([]);
        let blank = if is_empty { blank } else { blank.body(self.values.clone()) };
        self.steps.iter().cloned().fold(blank, |send, step| match step {
            Step::Header(text) => send.header([text]),
            Step::Image(link) => send.header_image(message::MediaSource::link(link)),
            Step::Document(link) => send.header_document(message::MediaSource::link(link), "a.pdf"),
            Step::Url(index, suffix) => send.url_button(index, suffix),
            Step::Reply(index, payload) => send.quick_reply(index, payload),
            Step::Code(index, code) => send.copy_code(index, code),
            Step::Flow(index, token) => send.flow_button(index, token, None),
            Step::Call(index, payload) => send.call_button(index, 100, payload.as_str()),
            Step::Offer(millis) => send.limited_time_offer(Timestamp::from_millis(millis)),
            Step::Cards(cards) => send.carousel(cards),
        })
    }
}

struct Meta {
    runtime: Runtime,
    simulator: Simulator,
    http: reqwest::Client,
}

impl Meta {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let never = Duration::from_secs(1 << 30);
        let pace = Pace::instant().sent(never).delivered(never).never_read();
        let simulator = runtime.block_on(Simulator::builder().seed(7).pace(pace).start()).unwrap();
        Self { runtime, simulator, http: reqwest::Client::new() }
    }

    fn takes(&self, definition: &Definition, template: &message::Template) -> Result<(), String> {
        self.simulator.approve_template(definition);
        let url =
            format!("{}/v26.0/{}/messages", self.simulator.graph_url(), self.simulator.phone_number_id());
        let body: Value = json!({"messaging_product": "whatsapp", "to": "+14155550132", "type": "template", "template": template});
        self.runtime.block_on(async {
            let request = self.http.post(url).bearer_auth(self.simulator.access_token());
            let answer = request.body(body.to_string()).send().await.unwrap();
            if answer.status().is_success() { Ok(()) } else { Err(answer.text().await.unwrap()) }
        })
    }
}

fn holds(cases: &BoxedStrategy<Case>) {
    let meta = Meta::new();
    let (good, bad) = (Cell::new(0), Cell::new(0));
    let tries = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128);
    let config = ProptestConfig { cases: tries, failure_persistence: None, ..ProptestConfig::default() };
    let tried = TestRunner::new(config).run(cases, |case| {
        prop_assert!(case.definition.validate().is_ok(), "{:?}", case.definition.validate());
        let filled = case.filled();
        let (count, send) = match &filled {
            Ok(filled) => (&good, filled.clone()),
            Err(_) => (&bad, case.sent()),
        };
        count.set(count.get() + 1);
        let taken = meta.takes(&case.definition, &send);
        let json = serde_json::to_string(&send).unwrap();
        prop_assert_eq!(
            filled.is_ok(),
            taken.is_ok(),
            "fill: {:?}, simulator: {:?}, of {}",
            filled,
            taken,
            json
        );
        prop_assert_eq!(case.definition.check(&send).is_ok(), filled.is_ok(), "of {}", json);
        Ok(())
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
    assert!(good.get() > 0 && bad.get() > 0, "{} were good and {} bad", good.get(), bad.get());
}

/// Mostly a good value, now and then one that is too long or has white space that templates may not have.
fn value() -> BoxedStrategy<String> {
    prop_oneof![
        30 => select(vec!["Ana", "A-42", "é日", "two words"]).prop_map(str::to_owned),
        1 => select(vec!["", " ", "a\nb", "a\tb", "a     b"]).prop_map(str::to_owned),
        1 => select(vec![15_usize, 16, 20, 21, 60, 61, 160, 256, 257, 1000, 1025, 2001]).prop_map(|length| "x".repeat(length)),
    ]
    .boxed()
}

/// How many values there are: as many as wanted, seldom one less or more.
fn count(wanted: usize) -> BoxedStrategy<usize> {
    prop_oneof![12 => Just(wanted), 1 => Just(wanted + 1), 1 => Just(wanted.saturating_sub(1))].boxed()
}

fn parameter() -> BoxedStrategy<Parameter> {
    prop_oneof![
        12 => value().prop_map(Parameter::text),
        1 => value().prop_map(|shown| Parameter::currency("USD", 1_000, shown)),
        1 => value().prop_map(Parameter::date_time),
    ]
    .boxed()
}

fn numbered() -> BoxedStrategy<(Definition, Parameters)> {
    (0..4_usize)
        .prop_flat_map(|wanted| (Just(wanted), count(wanted)))
        .prop_flat_map(|(wanted, given)| (Just(wanted), prop::collection::vec(parameter(), given)))
        .prop_map(|(wanted, values)| {
            let text: String = (1..=wanted).map(|number| format!("and {{{{{number}}}}} ")).collect();
            let definition =
                Definition::new("a", "en", Category::Marketing).body(format!("Hello {text}there."));
            let examples = vec!["x"; wanted];
            let definition = if wanted == 0 { definition } else { definition.body_examples(examples) };
            (definition, Parameters::from(values))
        })
        .boxed()
}

fn named() -> BoxedStrategy<(Definition, Parameters)> {
    let names = prop_oneof![
        10 => Just(vec!["name", "order"]),
        1 => Just(vec!["order", "name"]),
        1 => Just(vec!["name"]),
        1 => Just(vec!["name", "oder"]),
        1 => Just(vec!["name", "order", "more"]),
        1 => Just(vec!["name", "name"]),
    ];
    names
        .prop_flat_map(|names| {
            let length = names.len();
            (Just(names), prop::collection::vec(parameter(), length))
        })
        .prop_map(|(names, values)| {
            let definition = Definition::new("a", "en", Category::Marketing)
                .body("Dear {{name}}, your order {{order}} is here.")
                .example("name", "Ana")
                .example("order", "A-42");
            (definition, names.into_iter().zip(values).collect::<Vec<_>>().into())
        })
        .boxed()
}

/// What fills a button in, given its place and a value.
type Filling = fn(u8, String) -> Step;

/// A button, and what fills it in at its place; seldom at another place or as another kind, or not at all.
fn button() -> BoxedStrategy<(Button, Option<Filling>)> {
    const URL: &str = "https://example.com/{{1}}";
    let reply: Filling = Step::Reply;
    let right = prop_oneof![
        Just((Button::quick_reply("Yes"), Some(reply))),
        Just((Button::quick_reply("No"), None)),
    ];
    let other = prop_oneof![
        3 => Just((Button::url("Go", URL).example("x"), Some(Step::Url as Filling))),
        2 => Just((Button::url("Stay", "https://example.com"), None)),
        2 => Just((Button::copy_code("SUN20"), Some(Step::Code as Filling))),
        1 => Just((Button::flow("Rate", "11"), Some(Step::Flow as Filling))),
        1 => Just((Button::flow("Rate", "11"), None)),
        1 => Just((Button::voice_call(), Some(Step::Call as Filling))),
        1 => Just((Button::phone_number("Call", "+14155550123"), None)),
        1 => Just((Button::catalog(), None)),
        1 => Just((Button::request_contact_info(), None)),
        // Wrong ones.
        1 => Just((Button::url("Go", URL).example("x"), None)),
        1 => Just((Button::url("Go", URL).example("x"), Some(Step::Code as Filling))),
        1 => Just((Button::url("Stay", "https://example.com"), Some(Step::Url as Filling))),
        1 => Just((Button::phone_number("Call", "+14155550123"), Some(reply))),
    ];
    prop_oneof![1 => right, 2 => other].boxed()
}

fn plain() -> BoxedStrategy<Case> {
    let header = prop_oneof![
        4 => Just(0_u8), 4 => Just(1), 4 => Just(2), 4 => Just(3), 1 => Just(4), 1 => Just(5), 1 => Just(6),
    ];
    let buttons =
        prop::collection::vec((button(), value(), prop_oneof![20 => Just(0_u8), 1 => Just(1)]), 0..3);
    (prop_oneof![numbered(), named()], header, value(), buttons)
        .prop_map(|((definition, values), header, text, buttons)| {
            let (link, mut steps) = ("https://example.com/a".to_owned(), Vec::new());
            let is_named = serde_json::to_value(&definition).unwrap()["parameter_format"] == "NAMED";
            let text_header =
                |definition: Definition| definition.header_text("For {{1}}").header_example("Ana");
            let definition = match header {
                1 | 4 if is_named => definition.header_text("For you"),
                1 | 4 => text_header(definition),
                2 | 5 => definition.header_media(HeaderFormat::Image, "4::a"),
                3 | 6 => definition.header_media(HeaderFormat::Document, "4::a"),
                _ => definition,
            };
            match header {
                1 if is_named => {}
                1 => steps.push(Step::Header(text)),
                2 => steps.push(Step::Image(link)),
                3 => steps.push(Step::Document(link)),
                // An image where there is none, a text in its place, nothing.
                4 => steps.push(Step::Image(link)),
                5 => steps.push(Step::Header(text)),
                _ => {}
            }
            // Quick replies come first, and of most kinds there is one.
            let mut kept: Vec<_> = Vec::new();
            for item in buttons {
                let ((button, _), ..) = &item;
                if !kept.iter().any(|((there, _), _, _): &((Button, _), _, _)| there.kind() == button.kind())
                {
                    kept.push(item);
                }
            }
            kept.sort_by_key(|((button, _), ..)| button.kind().as_str() != "QUICK_REPLY");
            let mut definition = definition;
            for (index, ((button, step), value, shift)) in (0_u8..).zip(kept) {
                definition = definition.button(button);
                steps.extend(step.map(|step| step(index + shift * 3, value)));
            }
            Case { definition, values, steps }
        })
        .boxed()
}

fn offers() -> BoxedStrategy<Case> {
    let expires = prop_oneof![3 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    let end = prop_oneof![6 => Just(Some(1_900_000_000_000)), 2 => Just(None), 1 => Just(Some(0)), 1 => Just(Some(-5))];
    (numbered(), expires, end, value())
        .prop_map(|((definition, values), expires, end, code)| {
            let offer = LimitedTimeOffer::new("Ends soon");
            let offer = match expires {
                Some(expires) => offer.expires(expires),
                None => offer,
            };
            let definition = definition.component(offer).button(Button::copy_code("SUN20"));
            let steps = end.map(Step::Offer).into_iter().chain([Step::Code(0, code)]).collect();
            Case { definition, values, steps }
        })
        .boxed()
}

fn carousels() -> BoxedStrategy<Case> {
    let look = (any::<bool>(), any::<bool>(), 2..4_usize);
    (look, numbered())
        .prop_flat_map(|((has_body, has_url, cards), body)| {
            let wrong = prop_oneof![20 => Just(false), 1 => Just(true)];
            let card = (value(), value(), value(), wrong).prop_map(move |(text, payload, suffix, wrong)| {
                let source = message::MediaSource::link("https://example.com/a");
                let card = if wrong { TemplateCard::video(source) } else { TemplateCard::image(source) };
                let card = if has_body { card.body([text]) } else { card };
                let card = card.quick_reply(0, payload);
                if has_url { card.url_button(1, suffix) } else { card }
            });
            (
                Just((has_body, has_url, cards)),
                Just(body),
                count(cards).prop_flat_map(move |n| prop::collection::vec(card.clone(), n)),
            )
        })
        .prop_map(|((has_body, has_url, cards), (definition, values), filled)| {
            let card = || {
                let card = Card::new().header_media(HeaderFormat::Image, "4::a");
                let card = if has_body { card.body("Rare {{1}} here").body_examples(["x"]) } else { card };
                let card = card.button(Button::quick_reply("More"));
                if has_url {
                    card.button(Button::url("Go", "https://example.com/{{1}}").example("x"))
                } else {
                    card
                }
            };
            let definition = definition.component(Carousel::new((0..cards).map(|_| card())));
            Case { definition, values, steps: vec![Step::Cards(filled)] }
        })
        .boxed()
}

fn codes() -> BoxedStrategy<Case> {
    (count(1).prop_flat_map(|given| prop::collection::vec(value(), given)))
        .prop_map(|values| {
            let definition = Definition::new("a", "en", Category::Authentication)
                .security_recommendation(true)
                .button(Button::copy_one_time_code());
            Case { definition, values: values.into(), steps: Vec::new() }
        })
        .boxed()
}

#[test]
fn fills_of_plain_templates_are_refused_or_taken() {
    holds(&plain());
}

#[test]
fn fills_of_offers_are_refused_or_taken() {
    holds(&offers());
}

#[test]
fn fills_of_carousels_are_refused_or_taken() {
    holds(&carousels());
}

#[test]
fn fills_of_one_time_codes_are_refused_or_taken() {
    holds(&codes());
}
