//! What a message says.

use crate::{
    error::{Error, Path, Result, Violation},
    message::{
        AddressRequest, Audio, Buttons, CallButton, CallPermissionRequest, Catalog, ContactInfoRequest,
        Contacts, Document, ENVELOPE, Flow, Image, LinkButton, List, Location, LocationRequest,
        MediaCarousel, MediaSource, OrderDetails, OrderStatus, Pin, Product, ProductCarousel, ProductList,
        Reaction, Sticker, Template, Text, Video,
    },
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// What each kind of message knows of itself.
pub(super) trait Kind: Sized {
    /// `type` on the wire, which is also the name of the member that holds the content.
    const TYPE: &'static str;
    /// `interactive.type`, of the kinds that share the member `interactive`.
    const INTERACTIVE: Option<&'static str> = None;
    /// `type` of the first card, of the kinds that share an `interactive.type` and differ in their cards.
    const CARD: Option<&'static str> = None;
    /// Whether groups take it.
    const IN_GROUPS: bool = false;

    /// Notes every broken limit; `at` is the member that holds the content.
    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>);

    /// What a person reads of it.
    fn words(&self) -> Option<String>;

    /// Where its files come from.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "for the client, which uploads them"))]
    fn media(&mut self) -> Vec<&mut MediaSource> {
        Vec::new()
    }
}

/// Content as the member of a message that holds it.
pub(super) struct Member<'a>(pub(super) &'a Content);

/// Writes [`Content`] from the list of the kinds, so that a new kind is one line.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident,)+) => {
        /// What a message says. Every kind converts into it, and so does text.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Content {
            $($(#[$doc])* $kind($kind),)+
            /// Any other kind, by its wire name and JSON.
            Raw(Raw),
        }

        impl Content {
            /// The kind as it is called on the wire: `text`, `image`, `interactive` …
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$kind(_) => <$kind as Kind>::TYPE,)+
                    Self::Raw(raw) => raw.kind(),
                }
            }

            /// What a person reads of it, for histories and search: the text, caption, question, or the template's values.
            #[must_use]
            pub fn text(&self) -> Option<String> {
                match self {
                    $(Self::$kind(content) => content.words(),)+
                    Self::Raw(_) => None,
                }
            }

            pub(super) fn check(&self, out: &mut Vec<Violation>) {
                let at = Path::ROOT.field(self.kind());
                match self {
                    $(Self::$kind(content) => content.check(at, out),)+
                    Self::Raw(raw) => raw.check(at, out),
                }
            }

            /// Whether groups take it; of a kind that has no type here, Meta decides.
            pub(super) fn in_groups(&self) -> bool {
                match self {
                    $(Self::$kind(_) => <$kind as Kind>::IN_GROUPS,)+
                    Self::Raw(_) => true,
                }
            }

            #[cfg(feature = "client")]
            pub(super) fn media(&mut self) -> Vec<&mut MediaSource> {
                match self {
                    $(Self::$kind(content) => content.media(),)+
                    Self::Raw(_) => Vec::new(),
                }
            }

            /// The typed kind that the tags name, or none; an error says why the JSON is not as documented.
            fn typed(kind: &str, tags: &Tags, json: &str) -> Option<serde_json::Result<Self>> {
                $(if kind == <$kind as Kind>::TYPE && tags.name::<$kind>() {
                    return Some(serde_json::from_str::<$kind>(json).map(Self::$kind));
                })+
                None
            }
        }

        impl Serialize for Member<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    $(Content::$kind(content) => content.serialize(serializer),)+
                    Content::Raw(raw) => raw.json.serialize(serializer),
                }
            }
        }

        $(impl From<$kind> for Content {
            fn from(content: $kind) -> Self {
                Self::$kind(content)
            }
        })+
    };
}

kinds! {
    /// Text.
    Text,
    /// An image.
    Image,
    /// A video.
    Video,
    /// Sound, such as a voice note.
    Audio,
    /// A document.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// A reaction to a message.
    Reaction,
    /// A question with reply buttons.
    Buttons,
    /// A question with a list of rows to choose from.
    List,
    /// Text with a button that opens an address.
    LinkButton,
    /// A request for the place where a person is.
    LocationRequest,
    /// A request for a person's phone number.
    ContactInfoRequest,
    /// A request for the permission to call.
    CallPermissionRequest,
    /// Text with a button that calls us.
    CallButton,
    /// A request for a postal address.
    AddressRequest,
    /// Text with a button that opens a flow.
    Flow,
    /// Cards with pictures or videos, side by side.
    MediaCarousel,
    /// An approved template, filled in.
    Template,
    /// A message of a group to be pinned, or no longer.
    Pin,
    /// One product of a catalog.
    Product,
    /// Products of a catalog in sections.
    ProductList,
    /// Products of a catalog on cards.
    ProductCarousel,
    /// A whole catalog.
    Catalog,
    /// A bill.
    OrderDetails,
    /// What became of an order.
    OrderStatus,
}

impl Content {
    /// Checks every documented limit of this kind.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with all broken limits, not only the first.
    pub fn validate(&self) -> Result<()> {
        let mut out = Vec::new();
        self.check(&mut out);
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }

    /// Reads the member that `kind` names. A known kind whose JSON is not as documented is kept raw with the reason, so
    /// that reading a body never loses any of it.
    pub(super) fn read(kind: &str, json: &RawValue) -> Self {
        let tags = if kind == "interactive" { Tags::read(json) } else { Tags::default() };
        let reason = match Self::typed(kind, &tags, json.get()) {
            Some(Ok(content)) => return content,
            Some(Err(error)) => Some(harmless(&error).into()),
            None => None,
        };
        Self::Raw(Raw { kind: kind.into(), json: json.to_owned(), reason })
    }
}

/// What tells apart the kinds that share the member `interactive`.
#[derive(Default)]
struct Tags {
    interactive: Option<String>,
    card: Option<String>,
}

impl Tags {
    fn read(json: &RawValue) -> Self {
        #[derive(Deserialize)]
        struct Tag {
            r#type: String,
        }
        #[derive(Deserialize)]
        struct Carousel {
            action: Cards,
        }
        #[derive(Deserialize)]
        struct Cards {
            cards: Vec<Tag>,
        }
        let interactive = serde_json::from_str::<Tag>(json.get()).ok().map(|tag| tag.r#type);
        let card = if interactive.as_deref() == Some("carousel") {
            let carousel = serde_json::from_str::<Carousel>(json.get()).ok();
            carousel.and_then(|carousel| carousel.action.cards.into_iter().next()).map(|card| card.r#type)
        } else {
            None
        };
        Self { interactive, card }
    }

    /// Whether they name the kind `K`; cards that do not say what they are leave it to the first kind that has cards.
    fn name<K: Kind>(&self) -> bool {
        let same_cards = match (&self.card, K::CARD) {
            (Some(card), Some(other)) => card.eq_ignore_ascii_case(other),
            _ => true,
        };
        self.interactive.as_deref() == K::INTERACTIVE && same_cards
    }
}

/// The part of a serde error that names members only: others quote values, which may be a person's words.
fn harmless(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let named = [
        "missing field",
        "unknown field",
        "duplicate field",
        "media has",
        "type is",
        "action has",
        "cards have",
    ];
    // The refusals of a kind's own `try_from` have no place.
    let what = text.rsplit_once(" at line").map_or(&*text, |(what, _)| what);
    if named.iter().any(|start| what.starts_with(start)) {
        what.replace('`', "")
    } else {
        "a member is of the wrong type".to_owned()
    }
}

/// A kind of message that this version has no type for: its wire name and the JSON of its member.
///
/// Everything else of the envelope (recipient, context, tracking data) works as for typed kinds. Limits are not checked.
///
/// ```
/// use whatsapp_business::message::{Content, Raw};
/// # fn main() -> whatsapp_business::Result<()> {
/// let content = Content::from(Raw::new("poll", r#"{"question": "Monday or Tuesday?"}"#)?);
/// assert_eq!(content.kind(), "poll");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Raw {
    kind: Box<str>,
    json: Box<RawValue>,
    reason: Option<Box<str>>,
}

impl Raw {
    /// The message kind `kind`, whose member of the same name holds `json`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when `json` is not JSON.
    pub fn new(kind: impl Into<Box<str>>, json: impl Into<String>) -> Result<Self> {
        let kind = kind.into();
        match RawValue::from_string(json.into()) {
            Ok(json) => Ok(Self { kind, json, reason: None }),
            Err(_) => Err(Error::invalid(vec![Violation::new(
                Path::ROOT.field(&kind),
                "is not JSON",
                "a JSON value",
            )])),
        }
    }

    /// The kind's name on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The JSON of the kind's member, as it was given.
    #[must_use]
    pub fn json(&self) -> &str {
        self.json.get()
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        if self.kind.is_empty() || ENVELOPE.contains(&&*self.kind) {
            let limit = "the name of a kind of message, such as sticker";
            out.push(Violation::new(Path::ROOT.field("type"), "is no kind of message", limit));
        }
        if let Some(reason) = &self.reason {
            out.push(Violation::new(at, &**reason, "the members that Meta documents"));
        }
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.json.get() == other.json.get()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<&str> for Content {
    fn from(body: &str) -> Self {
        Self::Text(Text::new(body))
    }
}

impl From<String> for Content {
    fn from(body: String) -> Self {
        Self::Text(Text::new(body))
    }
}

impl From<Raw> for Content {
    fn from(content: Raw) -> Self {
        Self::Raw(content)
    }
}
