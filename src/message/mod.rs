//! What can be said: messages, their kinds, and the limits of each.
//!
//! A kind is made by a constructor that takes what it must have, and methods for the rest. Making one never fails;
//! [`Content::validate`] (which every send calls) finds all broken limits at once.
//!
//! | kind | made by |
//! |---|---|
//! | text | [`Text`], or any string |
//! | image | [`Image`] |
//! | video | [`Video`] |
//! | sound, voice note | [`Audio`] |
//! | document | [`Document`] |
//! | sticker | [`Sticker`] |
//! | place | [`Location`] |
//! | contact cards | [`Contacts`] of [`Contact`]s, or a single one |
//! | reaction | [`Reaction`] |
//! | reply buttons | [`Buttons`] |
//! | list of rows to choose from | [`List`] of [`Row`]s, or of [`Section`]s of them |
//! | button that opens an address | [`LinkButton`] |
//! | button that calls us | [`CallButton`] |
//! | button that opens a flow | [`Flow`] |
//! | cards with pictures or videos | [`MediaCarousel`] of [`MediaCard`]s |
//! | request for a place | [`LocationRequest`] |
//! | request for a postal address | [`AddressRequest`], which may hold an [`Address`] |
//! | request for the phone number | [`ContactInfoRequest`] |
//! | request for the permission to call | [`CallPermissionRequest`] |
//! | one product | [`Product`] |
//! | products in sections | [`ProductList`] |
//! | products on cards | [`ProductCarousel`] |
//! | a whole catalog | [`Catalog`] |
//! | bill | [`OrderDetails`] with a [`Bill`] of an [`Order`] and [`PaymentSetting`]s |
//! | what became of an order | [`OrderStatus`] |
//! | template | [`Template`] with [`Parameters`] and [`TemplateCard`]s |
//! | message to be pinned in a group | [`Pin`] |
//! | any other | [`Raw`] |
//!
//! The file of a message is a media id, a link, or (feature `client`) an `Upload`, which the client makes on the way.
//!
//! A [`Message`] is content with its recipient and options: what is sent, what an outbox stores. It is read from and
//! written to the JSON that Meta documents.

mod commerce;
mod contacts;
mod content;
mod interactive;
mod location;
pub(crate) mod media;
mod pin;
mod reaction;
pub(crate) mod template;
mod text;

pub use commerce::{
    Amount, Beneficiary, Bill, Boleto, Catalog, Charge, Discount, Expiration, GoodsType, ImporterAddress,
    OffsiteCardPay, Order, OrderDetails, OrderItem, OrderState, OrderStatus, PaymentGateway, PaymentLink,
    PaymentSetting, PaymentState, PixDynamicCode, PixKeyType, Product, ProductCarousel, ProductList,
    ProductSection, RawSetting, ShippingAddress, ShippingInfo, UpiIntentLink,
};
pub use contacts::{Contact, ContactAddress, ContactEmail, ContactPhone, ContactUrl, Contacts};
pub use content::{Content, Raw};
use content::{Kind, Member};
pub use interactive::{
    Address, AddressRequest, Buttons, CallButton, CallPermissionRequest, ContactInfoRequest, Flow, Header,
    LinkButton, List, LocationRequest, MediaCard, MediaCarousel, ReplyButton, Row, Section,
};
pub use location::Location;
pub use media::{Audio, Document, Image, MediaKind, MediaSource, Sticker, Video};
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use media::{Progress, Upload};
pub use pin::Pin;
pub use reaction::Reaction;
pub use template::{Parameter, Parameters, Template, TemplateCard};
pub use text::Text;

use crate::{
    check,
    error::{Error, Path, Result, Violation},
    id::{GroupId, MessageId},
    recipient::Recipient,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;
use std::{collections::HashSet, fmt};

/// A message: whom it is for, what it says, and how it is to be sent.
///
/// ```
/// use whatsapp_business::message::Message;
/// let message = Message::new("+14155552671", "Your panels ship on Monday").reply_to("wamid.A");
/// let json = serde_json::to_string(&message).unwrap();
/// assert_eq!(json, concat!(
///     r#"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+14155552671","#,
///     r#""context":{"message_id":"wamid.A"},"type":"text","text":{"body":"Your panels ship on Monday"}}"#,
/// ));
/// assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
/// ```
#[derive(Clone, PartialEq)]
pub struct Message {
    to: Recipient,
    content: Content,
    reply_to: Option<MessageId>,
    callback_data: Option<String>,
    identity_key_hash: Option<String>,
    /// Members of the envelope that this version does not know, or not in this form, kept so that nothing is lost on the
    /// way through.
    extra: Vec<Extra>,
}

/// The members that every kind of message has.
const ENVELOPE: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "type",
];

#[derive(Clone)]
struct Extra {
    name: String,
    json: Box<RawValue>,
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.json.get() == other.json.get()
    }
}

impl Message {
    /// Longest tracking data, in characters (`biz_opaque_callback_data` on the wire).
    pub const MAX_CALLBACK_DATA: usize = 512;

    /// A message that says `content` to `to`.
    #[must_use]
    pub fn new(to: impl Into<Recipient>, content: impl Into<Content>) -> Self {
        Self {
            to: to.into(),
            content: content.into(),
            reply_to: None,
            callback_data: None,
            identity_key_hash: None,
            extra: Vec::new(),
        }
    }

    /// Quotes a message of the conversation (`context` on the wire).
    #[must_use]
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.extra.retain(|extra| extra.name != "context");
        self.reply_to = Some(id.into());
        self
    }

    /// Tracking data, which comes back in every status of the message (`biz_opaque_callback_data` on the wire); at most
    /// [`Self::MAX_CALLBACK_DATA`] characters.
    #[must_use]
    pub fn callback_data(mut self, data: impl Into<String>) -> Self {
        self.callback_data = Some(data.into());
        self
    }

    /// Sends only if the recipient's identity key still has this hash (`recipient_identity_key_hash` on the wire).
    #[must_use]
    pub fn identity_key_hash(mut self, hash: impl Into<String>) -> Self {
        self.identity_key_hash = Some(hash.into());
        self
    }

    /// Whether WhatsApp shows a preview of the first link, if this is a text; every other kind has no such previews and
    /// stays as it is.
    #[must_use]
    pub fn preview_url(mut self, on: bool) -> Self {
        if let Content::Text(text) = self.content {
            self.content = text.preview_url(on).into();
        }
        self
    }

    /// Whom it is for.
    #[must_use]
    pub fn to(&self) -> &Recipient {
        &self.to
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The message it quotes.
    #[must_use]
    pub fn quoted(&self) -> Option<&MessageId> {
        self.reply_to.as_ref()
    }

    /// The tracking data.
    #[must_use]
    pub fn tracking(&self) -> Option<&str> {
        self.callback_data.as_deref()
    }

    /// Where its files come from.
    #[cfg(feature = "client")]
    pub(crate) fn media(&mut self) -> Vec<&mut MediaSource> {
        self.content.media()
    }

    /// Whether it holds files that must be uploaded before it can be sent.
    #[cfg(feature = "client")]
    pub(crate) fn holds_files(&mut self) -> bool {
        self.media().iter().any(|source| matches!(source, MediaSource::Upload(_)))
    }

    /// Checks every documented limit of the message.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with all broken limits, not only the first.
    pub fn validate(&self) -> Result<()> {
        let mut out = Vec::new();
        self.to.check(&mut out);
        self.content.check(&mut out);
        if let Content::Template(template) = &self.content {
            template.check_recipient(&self.to, &mut out);
        }
        if let Some(id) = &self.reply_to {
            check::id(Path::ROOT.field("context").field("message_id"), id.as_str(), &mut out);
        }
        let tracking = Path::ROOT.field("biz_opaque_callback_data");
        check::optional_text(tracking, self.tracking(), Self::MAX_CALLBACK_DATA, &mut out);
        let hash = Path::ROOT.field("recipient_identity_key_hash");
        check::optional_filled(hash, self.identity_key_hash.as_deref(), &mut out);
        self.check_combination(&mut out);
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }

    /// Notes what Meta takes by itself, but not together.
    fn check_combination(&self, out: &mut Vec<Violation>) {
        let is_to_group = matches!(self.to, Recipient::Group(_));
        let kind = Path::ROOT.field("type");
        if is_to_group && self.has_extra("recipient") {
            let limit = "the group alone, in to";
            out.push(Violation::new(Path::ROOT.field("recipient"), "names a person beside a group", limit));
        }
        if is_to_group && !self.content.in_groups() {
            let limit = "text, media, templates and pins";
            out.push(Violation::new(kind, "cannot be sent to a group", limit));
        }
        match &self.content {
            Content::Pin(_) if !is_to_group => {
                out.push(Violation::new(kind, "can be sent to a group only", "a group as recipient"));
            }
            Content::Reaction(_) if self.has_context() => {
                let limit = "no context: it names its message itself";
                out.push(Violation::new(Path::ROOT.field("context"), "stands beside a reaction", limit));
            }
            _ => {}
        }
    }

    fn has_context(&self) -> bool {
        self.reply_to.is_some() || self.has_extra("context")
    }

    fn has_extra(&self, name: &str) -> bool {
        self.extra.iter().any(|extra| extra.name == name)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("to", &self.to)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Context<'a> {
            message_id: &'a MessageId,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        let group = matches!(self.to, Recipient::Group(_));
        map.serialize_entry("recipient_type", if group { "group" } else { "individual" })?;
        match &self.to {
            Recipient::Phone(number) => map.serialize_entry("to", number)?,
            Recipient::User(user) => map.serialize_entry("recipient", user)?,
            Recipient::PhoneAndUser(number, user) => {
                map.serialize_entry("to", number)?;
                map.serialize_entry("recipient", user)?;
            }
            Recipient::Group(group) => map.serialize_entry("to", group)?,
        }
        if let Some(message_id) = &self.reply_to
            && !self.has_extra("context")
        {
            map.serialize_entry("context", &Context { message_id })?;
        }
        if let Some(data) = &self.callback_data {
            map.serialize_entry("biz_opaque_callback_data", data)?;
        }
        if let Some(hash) = &self.identity_key_hash {
            map.serialize_entry("recipient_identity_key_hash", hash)?;
        }
        for extra in &self.extra {
            map.serialize_entry(&extra.name, &extra.json)?;
        }
        let kind = self.content.kind();
        map.serialize_entry("type", kind)?;
        map.serialize_entry(kind, &Member(&self.content))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Envelope;
        impl<'de> Visitor<'de> for Envelope {
            type Value = Message;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the body of a message")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Message, A::Error> {
                read(map)
            }
        }
        deserializer.deserialize_map(Envelope)
    }
}

/// Reads the envelope: its own members by name, the member that `type` names as content, and keeps all others.
fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Message, A::Error> {
    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "crate::wire::optional_text")] Option<String>);
    let refuse = |problem: &str| Err(A::Error::custom(problem));
    let (mut to, mut user, mut group, mut kind) = (None, None, false, None);
    let (mut reply_to, mut callback_data, mut identity_key_hash) = (None, None, None);
    let (mut seen, mut extra) = (HashSet::new(), Vec::<Extra>::new());
    while let Some(name) = map.next_key::<String>()? {
        match name.as_str() {
            "messaging_product" => match map.next_value::<Text>()?.0.as_deref() {
                None | Some("whatsapp") => {}
                Some(_) => return refuse("messaging_product is not whatsapp"),
            },
            "recipient_type" => match map.next_value::<Text>()?.0.as_deref() {
                None | Some("individual") => {}
                Some("group") => group = true,
                Some(_) => return refuse("recipient_type is neither individual nor group"),
            },
            "to" => to = map.next_value::<Text>()?.0,
            "recipient" => user = map.next_value::<Text>()?.0,
            "type" => kind = map.next_value::<Text>()?.0,
            "context" => {
                let json: Box<RawValue> = map.next_value()?;
                let (quoted, whole) = quoted(&json);
                reply_to = quoted;
                if !whole {
                    extra.push(Extra { name: name.clone(), json });
                }
            }
            "biz_opaque_callback_data" => callback_data = map.next_value::<Text>()?.0,
            "recipient_identity_key_hash" => identity_key_hash = map.next_value::<Text>()?.0,
            _ => extra.push(Extra { name: name.clone(), json: map.next_value()? }),
        }
        if let Some(name) = seen.replace(name) {
            // Which of the two counts is for nobody to guess.
            return Err(A::Error::custom(format_args!("has the member {name} twice")));
        }
    }
    let to = match (to, user) {
        (Some(to), user) if group => {
            let user = user.map(|user| serde_json::value::to_raw_value(&user)).transpose();
            let user = user.map_err(A::Error::custom)?;
            extra.extend(user.map(|json| Extra { name: "recipient".to_owned(), json }));
            Recipient::Group(GroupId::from(to))
        }
        (Some(to), None) => Recipient::Phone(to),
        (Some(to), Some(user)) => Recipient::PhoneAndUser(to, user.into()),
        (None, Some(user)) => Recipient::User(user.into()),
        (None, None) => return refuse("has neither to nor recipient"),
    };
    // Meta takes a missing type for text.
    let kind = kind.unwrap_or_else(|| "text".to_owned());
    let Some(at) = extra.iter().position(|extra| extra.name == kind && !ENVELOPE.contains(&&*kind)) else {
        return refuse("has no member of the name that its type gives");
    };
    let content = Content::read(&kind, &extra.swap_remove(at).json);
    extra.retain(|extra| extra.json.get() != "null");
    Ok(Message { to, content, reply_to, callback_data, identity_key_hash, extra })
}

/// The message that a `context` quotes, and whether that is all of it.
fn quoted(context: &RawValue) -> (Option<MessageId>, bool) {
    #[derive(Deserialize)]
    struct Context {
        #[serde(default, deserialize_with = "crate::wire::optional")]
        message_id: Option<MessageId>,
        #[serde(flatten)]
        others: serde_json::Map<String, serde_json::Value>,
    }
    match serde_json::from_str::<Option<Context>>(context.get()) {
        Ok(Some(context)) => (context.message_id, context.others.is_empty()),
        Ok(None) => (None, true),
        Err(_) => (None, false),
    }
}

#[cfg(test)]
mod tests;
