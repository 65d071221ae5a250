//! The kinds of values, as they are on the wire.

use super::{Template, action::Action};
use crate::{
    check,
    error::{Path, Violation},
    id::GroupId,
    message::{
        CallButton, Kind, Location, MediaKind, MediaSource,
        commerce::{CatalogProduct, OrderProgress},
        media::WireMedia,
    },
    wire,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// One value, told apart by its `type`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ParameterKind {
    Text {
        #[serde(deserialize_with = "wire::text")]
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment_link_preview: Option<bool>,
    },
    Currency {
        currency: Currency,
    },
    DateTime {
        date_time: DateTime,
    },
    GroupId {
        group_id: GroupId,
    },
    Image {
        #[serde(with = "bare")]
        image: MediaSource,
    },
    Video {
        #[serde(with = "bare")]
        video: MediaSource,
    },
    Gif {
        #[serde(with = "bare")]
        gif: MediaSource,
    },
    Document {
        document: Document,
    },
    Location {
        location: Location,
    },
    Product {
        product: CatalogProduct,
    },
    Payload {
        #[serde(deserialize_with = "wire::text")]
        payload: String,
    },
    CouponCode {
        #[serde(deserialize_with = "wire::text")]
        coupon_code: String,
    },
    TtlMinutes {
        #[serde(deserialize_with = "wire::integer")]
        ttl_minutes: i64,
    },
    Action {
        action: Box<Action>,
    },
    LimitedTimeOffer {
        limited_time_offer: Offer,
    },
    TapTargetConfiguration {
        tap_target_configuration: Vec<TapTarget>,
    },
    OrderStatus {
        order_status: OrderProgress,
    },
    /// A kind this version has no type for, or one that is not as documented: its JSON as it came.
    #[serde(untagged, skip_deserializing)]
    Other(Value),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Currency {
    #[serde(deserialize_with = "wire::text")]
    pub(super) fallback_value: String,
    pub(super) code: String,
    #[serde(deserialize_with = "wire::integer")]
    pub(super) amount_1000: i64,
}

/// The Cloud API shows the text. Older pages of Meta's name the parts of the date beside it, which are kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DateTime {
    #[serde(deserialize_with = "wire::text")]
    pub(super) fallback_value: String,
    #[serde(flatten, deserialize_with = "without_nulls")]
    pub(super) parts: Map<String, Value>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub(super) struct Document {
    pub(super) source: MediaSource,
    pub(super) filename: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offer {
    #[serde(deserialize_with = "wire::integer")]
    pub(super) expiration_time_ms: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TapTarget {
    pub(super) url: String,
    #[serde(deserialize_with = "wire::text")]
    pub(super) title: String,
}

/// What a component takes.
#[derive(Clone, Copy)]
pub(super) struct Takes<'a> {
    /// The types of its values; nothing when the component is not known here.
    pub(super) types: Option<&'static [&'static str]>,
    /// Most values.
    pub(super) most: usize,
    /// Longest text of a value, in characters.
    pub(super) max: usize,
    /// Whether its text may ask for a preview of a payment link.
    pub(super) previews: bool,
    /// The kind of the button that it is.
    pub(super) button: Option<&'a str>,
}

/// The types that [`ParameterKind`] has a variant for.
const TYPES: &[&str] = &[
    "text",
    "currency",
    "date_time",
    "group_id",
    "image",
    "video",
    "gif",
    "document",
    "location",
    "product",
    "payload",
    "coupon_code",
    "ttl_minutes",
    "action",
    "limited_time_offer",
    "tap_target_configuration",
    "order_status",
];

impl ParameterKind {
    /// Reads a value; one that cannot be read without loss is kept as it is.
    pub(super) fn read(value: Map<String, Value>) -> Self {
        let mut known = value.clone();
        known.retain(|_, member| !member.is_null());
        if let Some(Value::String(tag)) = known.get_mut("type") {
            tag.make_ascii_lowercase();
        }
        serde_json::from_value(Value::Object(known)).unwrap_or(Self::Other(Value::Object(value)))
    }

    /// Its `type`, of a kind that this version knows.
    pub(super) fn tag(&self) -> Option<&'static str> {
        Some(match self {
            Self::Text { .. } => "text",
            Self::Currency { .. } => "currency",
            Self::DateTime { .. } => "date_time",
            Self::GroupId { .. } => "group_id",
            Self::Image { .. } => "image",
            Self::Video { .. } => "video",
            Self::Gif { .. } => "gif",
            Self::Document { .. } => "document",
            Self::Location { .. } => "location",
            Self::Product { .. } => "product",
            Self::Payload { .. } => "payload",
            Self::CouponCode { .. } => "coupon_code",
            Self::TtlMinutes { .. } => "ttl_minutes",
            Self::Action { .. } => "action",
            Self::LimitedTimeOffer { .. } => "limited_time_offer",
            Self::TapTargetConfiguration { .. } => "tap_target_configuration",
            Self::OrderStatus { .. } => "order_status",
            Self::Other(value) => {
                let tag = value.get("type")?.as_str()?;
                return TYPES.iter().find(|known| tag.eq_ignore_ascii_case(known)).copied();
            }
        })
    }

    /// The text that a person reads in its place.
    pub(super) fn shown(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Currency { currency } => Some(&currency.fallback_value),
            Self::DateTime { date_time } => Some(&date_time.fallback_value),
            _ => None,
        }
    }

    /// Where its file comes from.
    pub(super) fn media(&mut self) -> Option<&mut MediaSource> {
        match self {
            Self::Image { image: source } | Self::Video { video: source } | Self::Gif { gif: source } => {
                Some(source)
            }
            Self::Document { document } => Some(&mut document.source),
            _ => None,
        }
    }

    pub(super) fn check(&self, at: Path<'_>, takes: Takes<'_>, out: &mut Vec<Violation>) {
        if let (Some(types), Some(tag)) = (takes.types, self.tag())
            && !types.contains(&tag)
        {
            let limit = format!("one of {}", types.join(", "));
            out.push(Violation::new(at.field("type"), format!("is {tag}"), limit));
            return;
        }
        match self {
            Self::Text { text, payment_link_preview } => {
                check_shown(at.field("text"), text, takes.max, out);
                if *payment_link_preview == Some(true) && !takes.previews {
                    let limit = "a button that opens an address, in a template without header and cards";
                    let here = at.field("payment_link_preview");
                    out.push(Violation::new(here, "is set where there is no preview", limit));
                }
            }
            Self::Currency { currency } => {
                let here = at.field("currency");
                check_shown(here.field("fallback_value"), &currency.fallback_value, takes.max, out);
                let code = currency.code.as_bytes();
                if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
                    let limit = "three capital letters, such as USD";
                    out.push(Violation::new(here.field("code"), "is no code of a currency", limit));
                }
            }
            Self::DateTime { date_time } => {
                let here = at.field("date_time");
                check_shown(here.field("fallback_value"), &date_time.fallback_value, takes.max, out);
            }
            Self::GroupId { group_id } => check::id(at.field("group_id"), group_id.as_str(), out),
            Self::Image { image } => image.check(at.field("image"), MediaKind::Image, out),
            Self::Video { video } => video.check(at.field("video"), MediaKind::Video, out),
            // Meta takes GIFs as MP4 only.
            Self::Gif { gif } => gif.check(at.field("gif"), MediaKind::Video, out),
            Self::Document { document } => {
                let here = at.field("document");
                document.source.check(here, MediaKind::Document, out);
                check::optional_filled(here.field("filename"), document.filename.as_deref(), out);
            }
            Self::Location { location } => location.check(at.field("location"), out),
            Self::Product { product } => product.check(at.field("product"), out),
            Self::Payload { payload } => check::text(at.field("payload"), payload, takes.max, out),
            Self::CouponCode { coupon_code } => {
                check::text(at.field("coupon_code"), coupon_code, takes.max, out);
            }
            Self::TtlMinutes { ttl_minutes } => {
                CallButton::check_ttl(at.field("ttl_minutes"), *ttl_minutes, out);
            }
            Self::Action { action } => action.check(at.field("action"), takes.button, out),
            Self::LimitedTimeOffer { limited_time_offer } => {
                if limited_time_offer.expiration_time_ms <= 0 {
                    let here = at.field("limited_time_offer");
                    let limit = "milliseconds since 1970";
                    out.push(Violation::new(
                        here.field("expiration_time_ms"),
                        "is no time of an offer",
                        limit,
                    ));
                }
            }
            Self::TapTargetConfiguration { tap_target_configuration: targets } => {
                check_targets(at.field("tap_target_configuration"), targets, out);
            }
            Self::OrderStatus { order_status } => order_status.check(at.field("order_status"), out),
            Self::Other(_) if self.tag().is_some() => {
                let limit = "the members that Meta documents for its type";
                out.push(Violation::new(at, "is not as documented", limit));
            }
            Self::Other(_) => {}
        }
    }
}

/// Checks a text that becomes part of the template's.
fn check_shown(at: Path<'_>, text: &str, max: usize, out: &mut Vec<Violation>) {
    check::text(at, text, max, out);
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let limit = "no line break, no tab, at most 4 spaces in a row";
        out.push(Violation::new(at, "has white space that Meta refuses in templates", limit));
    }
}

fn check_targets(at: Path<'_>, targets: &[TapTarget], out: &mut Vec<Violation>) {
    if targets.is_empty() {
        out.push(Violation::new(at, "is empty", "an address and its title"));
    }
    for (index, target) in targets.iter().enumerate() {
        let item = at.index(index);
        check::link(item.field("url"), &target.url, out);
        check::text(item.field("url"), &target.url, Template::MAX_URL, out);
        check::filled(item.field("title"), &target.title, out);
    }
}

/// Members that are there: null counts as absent.
fn without_nulls<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    let members = Map::deserialize(deserializer)?;
    Ok(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

impl From<Document> for WireMedia {
    fn from(document: Document) -> Self {
        let mut wire = Self::new(document.source);
        wire.filename = document.filename;
        wire
    }
}

impl TryFrom<WireMedia> for Document {
    type Error = &'static str;
    fn try_from(mut wire: WireMedia) -> Result<Self, Self::Error> {
        let filename = wire.filename.take();
        Ok(Self { source: wire.bare()?, filename })
    }
}

/// A file and nothing besides.
mod bare {
    use crate::message::{MediaSource, media::WireMedia};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(source: &MediaSource, serializer: S) -> Result<S::Ok, S::Error> {
        WireMedia::new(source.clone()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MediaSource, D::Error> {
        WireMedia::deserialize(deserializer)?.bare().map_err(D::Error::custom)
    }
}
