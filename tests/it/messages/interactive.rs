//! Questions, buttons, forms and carousels.

use super::{
    agreement::hold_for,
    lab::Known,
    leaves::{count, different, header, id, link, mostly, sign, source, text, to_people, with, word, words},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use std::fmt;
use whatsapp_business::message::{
    Address, AddressRequest, Buttons, CallButton, CallPermissionRequest, ContactInfoRequest, Flow,
    LinkButton, List, LocationRequest, MediaCard, MediaCarousel, Row, Section,
};

hold_for! {
    both_sides_agree_on_reply_buttons: |known| to_people(known, buttons(known));
    both_sides_agree_on_lists: |known| to_people(known, lists());
    both_sides_agree_on_link_buttons: |known| to_people(known, link_buttons(known));
    both_sides_agree_on_requests_for_places: |known| to_people(known, text(LocationRequest::MAX_BODY).prop_map(LocationRequest::new));
    both_sides_agree_on_requests_for_contacts:
        |known| to_people(known, text(ContactInfoRequest::MAX_BODY).prop_map(ContactInfoRequest::new));
    both_sides_agree_on_requests_to_call: |known| to_people(known, requests_to_call());
    both_sides_agree_on_call_buttons: |known| to_people(known, call_buttons());
    both_sides_agree_on_requests_for_addresses: |known| to_people(known, requests_for_addresses(known));
    both_sides_agree_on_flows: |known| to_people(known, flows(known));
    both_sides_agree_on_carousels_of_links: |known| to_people(known, carousels_of_links(known));
    both_sides_agree_on_carousels_of_quick_replies: |known| to_people(known, carousels_of_quick_replies(known));
}

/// Ids of buttons, which have no space at their ends.
fn button_ids(max: usize, count: usize) -> BoxedStrategy<Vec<String>> {
    (different(max, count), mostly(Just(""), select(vec![" ", "\n"])))
        .prop_map(|(mut ids, space)| {
            if let Some(first) = ids.first_mut() {
                first.push_str(space);
            }
            ids
        })
        .boxed()
}

fn buttons(known: &Known) -> impl Strategy<Value = Buttons> + use<> {
    let buttons = count(1, Buttons::MAX_BUTTONS)
        .prop_flat_map(|count| (button_ids(Buttons::MAX_ID, count), different(Buttons::MAX_TITLE, count)));
    let around = (option::of(header(known)), text(Buttons::MAX_BODY), option::of(text(Buttons::MAX_FOOTER)));
    (around, buttons).prop_map(|((header, body, footer), (ids, titles))| {
        let ask = with(with(Buttons::new(body), header, Buttons::header), footer, Buttons::footer);
        ids.into_iter().zip(titles).fold(ask, |ask, (id, title)| ask.button(id, title))
    })
}

fn lists() -> impl Strategy<Value = List> {
    // How many rows each section has.
    let fitting = prop_oneof![vec(1..=3_usize, 1..=3), Just(vec![1; 10]), Just(vec![10]), Just(vec![4, 6])];
    let wrong = select(vec![vec![], vec![0], vec![1, 0], vec![11], vec![5, 6], vec![1; 11]]);
    let titles = |count| {
        let title = prop_oneof![20 => text(Section::MAX_TITLE).prop_map(Some), 1 => Just(None)];
        let lone = prop_oneof![text(Section::MAX_TITLE).prop_map(Some), Just(None)].boxed();
        vec(if count == 1 { lone } else { title.boxed() }, count)
    };
    let sections = mostly(fitting, wrong).prop_flat_map(move |sizes| {
        let rows = sizes.iter().sum();
        let description = option::weighted(0.3, text(Row::MAX_DESCRIPTION));
        let texts = vec((text(Row::MAX_TITLE), description), rows);
        (titles(sizes.len()), different(Row::MAX_ID, rows), texts, Just(sizes))
    });
    let around = (text(List::MAX_BODY), text(List::MAX_BUTTON));
    let options = (option::of(text(60)), option::of(text(List::MAX_FOOTER)));
    (around, options, sections).prop_map(|((body, button), (header, footer), (titles, ids, texts, sizes))| {
        let mut rows = ids
            .into_iter()
            .zip(texts)
            .map(|(id, (title, description))| with(Row::new(id, title), description, Row::description));
        let list = with(with(List::new(body, button), header, List::header), footer, List::footer);
        titles.into_iter().zip(sizes).fold(list, |list, (title, size)| {
            let rows: Vec<_> = rows.by_ref().take(size).collect();
            match title {
                Some(title) => list.section(Section::new(title).rows(rows)),
                None => list.rows(rows),
            }
        })
    })
}

fn link_buttons(known: &Known) -> impl Strategy<Value = LinkButton> + use<> {
    let around =
        (option::of(header(known)), text(LinkButton::MAX_BODY), option::of(text(LinkButton::MAX_FOOTER)));
    let button = (text(LinkButton::MAX_DISPLAY_TEXT), link(), option::weighted(0.2, any::<bool>()));
    (around, button).prop_map(|((header, body, footer), (words, url, preview))| {
        let button = with(LinkButton::new(body, words, url), header, LinkButton::header);
        with(with(button, footer, LinkButton::footer), preview, LinkButton::payment_link_preview)
    })
}

fn requests_to_call() -> impl Strategy<Value = CallPermissionRequest> {
    option::of(text(CallPermissionRequest::MAX_BODY))
        .prop_map(|body| with(CallPermissionRequest::new(), body, CallPermissionRequest::body))
}

fn call_buttons() -> impl Strategy<Value = CallButton> {
    let minutes = mostly(
        prop_oneof![1..=CallButton::MAX_TTL_MINUTES, Just(1), Just(CallButton::MAX_TTL_MINUTES)],
        select(vec![0, CallButton::MAX_TTL_MINUTES + 1]),
    );
    (
        text(CallButton::MAX_BODY),
        option::of(text(CallButton::MAX_DISPLAY_TEXT)),
        option::of(minutes),
        option::of(text(CallButton::MAX_PAYLOAD)),
    )
        .prop_map(|(body, text, minutes, payload)| {
            let button = with(CallButton::new(body), text, CallButton::display_text);
            with(with(button, minutes, CallButton::ttl_minutes), payload, CallButton::payload)
        })
}

fn requests_for_addresses(known: &Known) -> impl Strategy<Value = AddressRequest> + use<> {
    let country = word(&["IN", "SG", "BR"], &["in", "India", "I", "", "1N", "É"]);
    let around = (option::of(header(known)), text(AddressRequest::MAX_BODY));
    let footer = option::of(text(AddressRequest::MAX_FOOTER));
    let saved = (0..3_usize).prop_flat_map(|count| (different(40, count), vec(address(), count)));
    let errors = vec((select(vec!["in_pin_code", "city", "unit_number"]), words()), 0..3);
    (around, footer, country, option::of(address()), saved, errors).prop_map(
        |((header, body), footer, country, values, (ids, addresses), errors)| {
            let ask = with(AddressRequest::new(body, country), header, AddressRequest::header);
            let ask = with(with(ask, footer, AddressRequest::footer), values, AddressRequest::prefill);
            let saved = ids.into_iter().zip(addresses);
            let ask = saved.fold(ask, |ask, (id, address)| ask.saved_address(id, address));
            errors.into_iter().fold(ask, |ask, (field, problem)| ask.validation_error(field, problem))
        },
    )
}

fn address() -> impl Strategy<Value = Address> {
    let code = mostly(select(vec!["400063", "1", ""]), Just("4000631")).prop_map(str::to_owned);
    let field = select(vec!["name", "phone_number", "building_name", "landmark_area", "unit_number", "city"]);
    (option::of(code), vec((field, select(vec!["x", "", "日本"])), 0..4)).prop_map(|(code, fields)| {
        let address = with(Address::new(), code, Address::in_pin_code);
        fields.into_iter().fold(address, |address, (name, value)| address.field(name, value))
    })
}

fn flows(known: &Known) -> impl Strategy<Value = Flow> + use<> {
    let cta =
        mostly(text(Flow::MAX_CTA), select(vec!["Go 🚀", "Call ☎️", "1️⃣", "⭐"]).prop_map(str::to_owned));
    let cta = prop_oneof![3 => cta, 1 => sign().prop_map(|sign| format!("Go{sign}"))];
    let around = (option::of(header(known)), text(Flow::MAX_BODY), option::of(text(Flow::MAX_FOOTER)));
    let flow = prop_oneof![id("1013859600285441").prop_map(Ok), words().prop_map(Err)];
    let start = prop_oneof![
        Just(Start::None),
        Just(Start::DataExchange),
        words().prop_map(Start::Screen),
        (words(), data()).prop_map(|(screen, data)| Start::With(screen, data)),
    ];
    let options = (any::<bool>(), option::of(words()), start);
    (around, flow, cta, options).prop_map(|((header, body, footer), flow, cta, (is_draft, token, start))| {
        let flow = match flow {
            Ok(id) => Flow::id(body, id, cta),
            Err(name) => Flow::named(body, name, cta),
        };
        let flow = with(with(flow, header, Flow::header), footer, Flow::footer);
        let flow = with(if is_draft { flow.draft() } else { flow }, token, Flow::token);
        match start {
            Start::None => flow,
            Start::DataExchange => flow.data_exchange(),
            Start::Screen(screen) => flow.navigate(screen),
            Start::With(screen, data) => flow.navigate_with(screen, data),
        }
    })
}

#[derive(Clone, Debug)]
enum Start {
    None,
    DataExchange,
    Screen(String),
    With(String, Value),
}

pub(super) fn data() -> BoxedStrategy<Value> {
    let good = vec![json!({"slot": "10:00"}), json!({"a": {}, "b": null}), json!(r#"{"slot": 1}"#)];
    mostly(select(good), select(vec![json!({}), json!("{}"), json!("x"), json!(7), json!([1])]))
}

fn carousel<T: fmt::Debug + Clone + 'static>(
    known: &Known,
    actions: impl Fn(usize) -> BoxedStrategy<Vec<T>> + 'static,
    put: fn(MediaCard, T) -> MediaCard,
) -> BoxedStrategy<MediaCarousel> {
    let breaks = mostly(select(vec!["a", "a\n\nb"]), Just("a\n\n\nb")).prop_map(str::to_owned);
    let body = option::of(prop_oneof![text(MediaCard::MAX_BODY), breaks]).boxed();
    let card = prop_oneof![
        source(&known.image).prop_map(MediaCard::image),
        source(&known.video).prop_map(MediaCard::video)
    ]
    .boxed();
    let cards = count(MediaCarousel::MIN_CARDS, MediaCarousel::MAX_CARDS);
    let cards = cards.prop_flat_map(move |count| (vec((card.clone(), body.clone()), count), actions(count)));
    let carousel = (text(MediaCarousel::MAX_BODY), cards).prop_map(move |(body, (cards, actions))| {
        let cards = cards.into_iter().zip(actions);
        cards.fold(MediaCarousel::new(body), |carousel, ((card, body), action)| {
            carousel.card(put(with(card, body, MediaCard::body), action))
        })
    });
    carousel.boxed()
}

fn carousels_of_links(known: &Known) -> BoxedStrategy<MediaCarousel> {
    // A card has one link; seldom one of them has none.
    let link = || option::weighted(0.98, (text(MediaCard::MAX_DISPLAY_TEXT), link()));
    let put = |card, action| with(card, action, |card: MediaCard, (words, url)| card.link(words, url));
    carousel(known, move |count| vec(link(), count).boxed(), put)
}

fn carousels_of_quick_replies(known: &Known) -> BoxedStrategy<MediaCarousel> {
    type Replies = (Vec<String>, Vec<String>);
    let replies = |count| (different(MediaCard::MAX_ID, count), vec(text(MediaCard::MAX_TITLE), count));
    let actions = move |cards| {
        // As many on each card; seldom one more on one of them.
        let counts = mostly(1..=4_usize, Just(0))
            .prop_flat_map(move |count| vec(prop_oneof![60 => Just(count), 1 => Just(count + 1)], cards));
        counts.prop_flat_map(move |counts| counts.into_iter().map(replies).collect::<Vec<_>>()).boxed()
    };
    let put = |card, (ids, titles): Replies| {
        ids.into_iter().zip(titles).fold(card, |card: MediaCard, (id, title)| card.button(id, title))
    };
    carousel(known, actions, put)
}
