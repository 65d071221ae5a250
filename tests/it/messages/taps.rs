//! The buttons of templates.

use super::{
    bills::{bills, requests},
    commerce::sections,
    interactive::data,
    leaves::{mostly, text, word, words},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use whatsapp_business::message::{Bill, CallButton, PaymentSetting, ProductSection, Template};

/// A button of a template with what fills it.
#[derive(Clone, Debug)]
pub(super) enum Tap {
    Url(String),
    PaymentLink(String),
    QuickReply(String),
    CopyCode(String),
    Flow(String, Option<Value>),
    Catalog(Option<String>),
    Products(String, Vec<(String, Vec<String>)>),
    /// With its index or without.
    Call(bool, Option<u32>, Option<String>),
    Bill(Box<Bill>),
    /// Which opens the checkout.
    Checkout(Box<Bill>),
    Request(PaymentSetting),
    /// Which takes nothing.
    Phone,
}

impl Tap {
    /// The button as it was approved.
    pub(super) fn approved(&self) -> Value {
        let mut button = match self {
            Self::Url(_) | Self::PaymentLink(_) => json!({"type": "URL", "url": "https://example.com/{{1}}"}),
            Self::QuickReply(_) => json!({"type": "QUICK_REPLY"}),
            Self::CopyCode(_) => json!({"type": "COPY_CODE"}),
            Self::Flow(..) => json!({"type": "FLOW"}),
            Self::Catalog(_) => json!({"type": "CATALOG"}),
            Self::Products(..) => json!({"type": "MPM"}),
            Self::Call(..) => json!({"type": "VOICE_CALL"}),
            Self::Bill(_) => return json!({"type": "ORDER_DETAILS", "text": "Review and Pay"}),
            Self::Checkout(_) => return json!({"type": "ORDER_DETAILS", "text": "Buy now"}),
            Self::Request(way) => json!({"type": "PAYMENT_REQUEST", "payment_setting": {"type": way.kind()}}),
            Self::Phone => json!({"type": "PHONE_NUMBER", "phone_number": "+14155550123"}),
        };
        button["text"] = json!("Tap");
        button
    }

    /// Fills the button at `index`.
    pub(super) fn put(self, template: Template, index: u8) -> Template {
        match self {
            Self::Url(suffix) => template.url_button(index, suffix),
            Self::PaymentLink(suffix) => template.payment_link_button(index, suffix),
            Self::QuickReply(payload) => template.quick_reply(index, payload),
            Self::CopyCode(code) => template.copy_code(index, code),
            Self::Flow(token, data) => template.flow_button(index, token, data),
            Self::Catalog(thumbnail) => template.catalog_button(index, thumbnail.as_deref()),
            Self::Products(thumbnail, sections) => {
                let sections = sections.into_iter().map(|(title, ids)| ProductSection::new(title, ids));
                template.multi_product_button(index, thumbnail, sections)
            }
            Self::Call(has_index, minutes, payload) => {
                template.call_button(has_index.then_some(index), minutes, payload.as_deref())
            }
            Self::Bill(bill) | Self::Checkout(bill) => template.order_details_button(index, *bill),
            Self::Request(way) => template.payment_request_button(index, way),
            Self::Phone => template,
        }
    }
}

/// Text that fills a placeholder: all in one line.
pub(super) fn value(max: usize) -> BoxedStrategy<String> {
    let spaced = word(&["a    b"], &["a\nb", "a\tb", "a\rb", "a     b"]);
    prop_oneof![6 => text(max), 1 => spaced].boxed()
}

/// Buttons and the index of each.
pub(super) fn taps() -> BoxedStrategy<Vec<(Tap, u8)>> {
    let few = prop_oneof![
        8 => vec(tap(), 0..3),
        1 => vec(text(Template::MAX_PAYLOAD).prop_map(Tap::QuickReply), 10),
    ];
    // Past the last button, or on one that is filled already.
    (few, mostly(Just(None), prop_oneof![Just(Some(10)), Just(Some(255)), Just(Some(0))]))
        .prop_map(|(taps, index)| {
            let mut taps: Vec<_> = (0..).zip(taps).map(|(index, tap)| (tap, index)).collect();
            // A template has one call, as it need not say where.
            let call = taps.iter().position(|(tap, _)| matches!(tap, Tap::Call(..)));
            let mut place = 0..;
            taps.retain(|(tap, _)| (place.next() == call) == matches!(tap, Tap::Call(..)));
            for (place, (_, index)) in (0..).zip(&mut taps) {
                *index = place;
            }
            // A button that takes nothing is never filled, and only Meta knows that it stands there.
            let index = index.filter(|index| *index > 0 || !matches!(taps.first(), Some((Tap::Phone, _))));
            if let (Some(wrong), Some((_, index))) = (index, taps.last_mut()) {
                *index = wrong;
            }
            taps
        })
        .boxed()
}

fn tap() -> impl Strategy<Value = Tap> {
    let minutes = mostly(select(vec![1, 60, 43_200]), select(vec![0, 43_201]));
    let call = (any::<bool>(), option::of(minutes), option::of(text(CallButton::MAX_PAYLOAD)));
    prop_oneof![
        value(Template::MAX_URL).prop_map(Tap::Url),
        value(Template::MAX_URL).prop_map(Tap::PaymentLink),
        text(Template::MAX_PAYLOAD).prop_map(Tap::QuickReply),
        text(Template::MAX_COUPON_CODE).prop_map(Tap::CopyCode),
        (words(), option::of(object())).prop_map(|(token, data)| Tap::Flow(token, data)),
        option::of(words()).prop_map(Tap::Catalog),
        (words(), sections()).prop_map(|(thumbnail, sections)| Tap::Products(thumbnail, sections)),
        call.prop_map(|(has_index, minutes, payload)| Tap::Call(has_index, minutes, payload)),
        bills(false).prop_map(|bill| Tap::Bill(bill.into())),
        requests().prop_map(Tap::Request),
        Just(Tap::Phone),
    ]
}

/// What a flow begins with: an object, as in an interactive message, but not one that is written out.
fn object() -> impl Strategy<Value = Value> {
    data().prop_filter("objects only", |data| !matches!(data, Value::String(json) if json.len() > 2))
}
