//! A message on the wire: which of its members hold what it says.

use super::{Edit, Inbound, Unsupported, cards, content_kind, read, read_by, reply, unknown};
use crate::{
    error::ApiError,
    id::{GroupId, MessageId, UserId, WaId},
    time::Timestamp,
    webhook::{Context, Identity, Referral, content::ContactOrigin, lenient},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// A message on the wire. Contents stay raw until the type says which one counts.
#[derive(Deserialize)]
pub(in crate::webhook) struct Wire<'a> {
    #[serde(default, deserialize_with = "crate::wire::optional")]
    pub(in crate::webhook) id: Option<MessageId>,
    pub(in crate::webhook) timestamp: Option<Timestamp>,
    #[serde(borrow, rename = "type", default, deserialize_with = "lenient::word")]
    kind: Cow<'a, str>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(in crate::webhook) from: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(in crate::webhook) from_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(in crate::webhook) from_parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(in crate::webhook) from_logical_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(in crate::webhook) group_id: Option<GroupId>,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    pub(in crate::webhook) context: Option<Box<Context>>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(in crate::webhook) referral: Option<Box<Referral>>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(in crate::webhook) identity: Option<Box<Identity>>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub(in crate::webhook) errors: Vec<ApiError>,
    /// Of contact cards; older pages of Meta put it here.
    #[serde(default, deserialize_with = "lenient::optional")]
    origin: Option<ContactOrigin>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    image: Option<&'a RawValue>,
    #[serde(borrow)]
    video: Option<&'a RawValue>,
    #[serde(borrow)]
    audio: Option<&'a RawValue>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
    #[serde(borrow)]
    sticker: Option<&'a RawValue>,
    #[serde(borrow)]
    location: Option<&'a RawValue>,
    #[serde(borrow)]
    contacts: Option<&'a RawValue>,
    #[serde(borrow)]
    reaction: Option<&'a RawValue>,
    #[serde(borrow)]
    interactive: Option<&'a RawValue>,
    #[serde(borrow)]
    button: Option<&'a RawValue>,
    #[serde(borrow)]
    order: Option<&'a RawValue>,
    #[serde(borrow)]
    system: Option<&'a RawValue>,
    #[serde(borrow)]
    edit: Option<&'a RawValue>,
    #[serde(borrow)]
    revoke: Option<&'a RawValue>,
    #[serde(borrow)]
    unsupported: Option<&'a RawValue>,
}

impl Wire<'_> {
    /// What the message says; content that cannot be read becomes [`Inbound::Unknown`].
    pub(in crate::webhook) fn content(&self, message: &Arc<str>) -> Inbound {
        match self.kind() {
            "edit" => read_by(self.edit, "edit", read_edit, message),
            _ => self.content_but_edits(message),
        }
    }

    /// Without a type, what is there tells: Meta's samples of answers about calls lack it.
    fn kind(&self) -> &str {
        if !self.kind.is_empty() {
            return &self.kind;
        }
        let contents = [
            ("text", self.text),
            ("image", self.image),
            ("video", self.video),
            ("audio", self.audio),
            ("document", self.document),
            ("sticker", self.sticker),
            ("location", self.location),
            ("contacts", self.contacts),
            ("reaction", self.reaction),
            ("interactive", self.interactive),
            ("button", self.button),
            ("order", self.order),
            ("system", self.system),
            ("edit", self.edit),
            ("revoke", self.revoke),
            ("unsupported", self.unsupported),
        ];
        content_kind(&contents)
    }

    /// An edit within an edit is not read: it could go on like that until the stack ends.
    fn content_but_edits(&self, message: &Arc<str>) -> Inbound {
        let kind = self.kind();
        match kind {
            "text" => read(self.text, kind, Inbound::Text, message),
            "image" => read(self.image, kind, Inbound::Image, message),
            "video" => read(self.video, kind, Inbound::Video, message),
            "audio" => read(self.audio, kind, Inbound::Audio, message),
            "document" => read(self.document, kind, Inbound::Document, message),
            "sticker" => read(self.sticker, kind, Inbound::Sticker, message),
            "location" => read(self.location, kind, Inbound::Location, message),
            "contacts" => {
                let cards = |content| cards::read(content, self.origin.as_ref()).map(Inbound::Contacts);
                read_by(self.contacts, kind, cards, message)
            }
            "reaction" => read(self.reaction, kind, Inbound::Reaction, message),
            "interactive" => reply::read(self.interactive, message),
            "button" => read(self.button, kind, Inbound::Button, message),
            "order" => read(self.order, kind, Inbound::Order, message),
            "system" => read(self.system, kind, |system| Inbound::System(Box::new(system)), message),
            "revoke" => read(self.revoke, kind, Inbound::Revoke, message),
            "request_welcome" => Inbound::RequestWelcome,
            "media_placeholder" => Inbound::MediaPlaceholder,
            "unsupported" => Inbound::Unsupported(Unsupported::new("unsupported", self.unsupported)),
            "unknown" => Inbound::Unsupported(Unsupported::new("unknown", self.unsupported)),
            "" => unknown("", message, Some("the type is missing")),
            other => unknown(other, message, None),
        }
    }
}

fn read_edit(edit: &RawValue) -> Result<Inbound, serde_json::Error> {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(deserialize_with = "lenient::needed")]
        original_message_id: MessageId,
        #[serde(borrow)]
        message: &'a RawValue,
    }
    let Outer { original_message_id, message } = lenient::parse(edit)?;
    let changed: Wire<'_> = lenient::parse(message)?;
    let content = Box::new(changed.content_but_edits(&message.get().into()));
    Ok(Inbound::Edit(Edit { original_message_id, content, context: changed.context }))
}
