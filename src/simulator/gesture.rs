//! What a customer does with the phone in their hand.

use super::{
    User,
    cart::Cart,
    model::{ButtonKind, MediaObject, Model, Said, Shown, ShownButton},
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::MessageId,
    time::Timestamp,
    wire::quiet_debug,
};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::pin::Pin;

/// Something a customer is about to do; it happens when it is awaited, and gives the id of the message it makes.
///
/// The message is on its way to the webhook then; [`Simulator::idle`](super::Simulator::idle) waits until it has arrived.
///
/// # Errors
/// [`ErrorKind::NotFound`] for a tap, a reaction or a change of what the phone does not show, and in a chat that the customer
/// has [blocked](User::blocks).
#[must_use = "nothing happens before it is awaited"]
pub struct Gesture {
    user: User,
    act: Act,
    caption: Option<String>,
    reply_to: Option<MessageId>,
}

quiet_debug!(Gesture { user });

pub(super) enum Act {
    Say(String),
    Tap(String),
    Pick(String),
    Send(File),
    /// The object `location` of the webhook.
    Place(Value),
    /// A name and a number.
    Contact(String, String),
    React(MessageId, Option<String>),
    Order(Cart),
    Submit(Value),
    Edit(MessageId, String),
    Delete(MessageId),
}

/// A file that a customer sends.
pub(super) struct File {
    kind: &'static str,
    object: MediaObject,
    /// The member that only this kind has.
    extra: Option<(&'static str, Value)>,
}

impl File {
    pub(super) fn new(kind: &'static str, bytes: impl Into<Bytes>, mime: impl Into<String>) -> Self {
        Self { kind, object: MediaObject::new(bytes.into(), mime.into()), extra: None }
    }

    pub(super) fn with(self, name: &'static str, value: impl Into<Value>) -> Self {
        Self { extra: Some((name, value.into())), ..self }
    }
}

impl Gesture {
    pub(super) fn new(user: User, act: Act) -> Self {
        Self { user, act, caption: None, reply_to: None }
    }

    /// Does it as an answer to the message `id`. What is tapped, picked or filled in is on this message then; otherwise it is
    /// on the newest that has it.
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.reply_to = Some(id.into());
        self
    }

    /// Writes this below the picture, video or document; nothing else has a caption.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    fn perform(self, model: &mut Model, now: Timestamp) -> Result<MessageId> {
        let user = self.user.clone();
        let (phone, number) = (user.phone(), user.wa_id());
        if model.chat(&phone.id, number).is_some_and(|chat| chat.is_blocked) {
            return Err(not_found("the customer has blocked the business, and cannot write to it"));
        }
        let said = self.said(model, now)?;
        Ok(model.hear(phone, number, said, now))
    }

    fn said(self, model: &mut Model, now: Timestamp) -> Result<Said> {
        let (phone, number) = (self.user.phone(), self.user.wa_id());
        let reply_to = self.reply_to;
        match self.act {
            Act::Say(text) => {
                let content = json!({ "body": text });
                Ok(Said { kind: "text", content, shown: Some(shown("text", Some(text))), reply_to })
            }
            Act::Tap(id) => {
                let (message, button) =
                    self.user.find_button(model, reply_to.as_ref(), |button| button.id == id)?;
                tapped(message, button)
            }
            Act::Pick(id) => {
                let is_row = |button: &ShownButton| button.kind == ButtonKind::Row && button.id == id;
                let (message, row) = self.user.find_button(model, reply_to.as_ref(), is_row)?;
                tapped(message, row)
            }
            Act::Send(file) => Ok(self.user.send(model, file, self.caption, reply_to, now)),
            Act::Place(place) => {
                let shown = Shown::of_content("location", &place);
                Ok(Said { kind: "location", content: place, shown: Some(shown), reply_to })
            }
            Act::Contact(name, number) => {
                let wa_id: String = number.chars().filter(char::is_ascii_digit).collect();
                let vcard = format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:{number}\nEND:VCARD");
                let content = json!([{
                    "name": { "formatted_name": name, "first_name": name },
                    "phones": [{ "phone": number, "type": "Mobile", "wa_id": wa_id }],
                    "vcard": vcard,
                    "origin": "other",
                }]);
                let shown = Shown::of_content("contacts", &content);
                Ok(Said { kind: "contacts", content, shown: Some(shown), reply_to })
            }
            Act::React(id, emoji) => {
                let react = |shown: &mut Shown| shown.own_reaction.clone_from(&emoji);
                if !model.touch(phone, number, &id, react) {
                    return Err(not_found("the phone does not show the message to react to"));
                }
                let mut content = Map::from_iter([("message_id".to_owned(), id.as_str().into())]);
                content.extend(emoji.map(|emoji| ("emoji".to_owned(), emoji.into())));
                Ok(Said { kind: "reaction", content: content.into(), shown: None, reply_to: None })
            }
            Act::Order(cart) => {
                let shown = shown("order", cart.text().map(str::to_owned));
                Ok(Said { kind: "order", content: cart.into_json(), shown: Some(shown), reply_to })
            }
            Act::Submit(answers) => self.user.submit(model, reply_to.as_ref(), answers),
            Act::Edit(id, text) => {
                let is_own = self.user.change_own(model, &id, |shown| {
                    let is_text = shown.kind == "text";
                    if is_text {
                        shown.text = Some(text.clone());
                    }
                    is_text
                });
                if !is_own {
                    return Err(not_found("the phone shows no text of the customer's with this id"));
                }
                let message = json!({ "type": "text", "text": { "body": text } });
                let content = json!({ "original_message_id": id, "message": message });
                Ok(Said { kind: "edit", content, shown: None, reply_to: None })
            }
            Act::Delete(id) => {
                if !self.user.change_own(model, &id, |shown| {
                    let (at, read) = (shown.at, shown.read);
                    *shown =
                        Shown { at, read, is_deleted: true, ..Shown::new(id.clone(), &shown.kind, false) };
                    true
                }) {
                    return Err(not_found("the phone shows no message of the customer's with this id"));
                }
                let content = json!({ "original_message_id": id });
                Ok(Said { kind: "revoke", content, shown: None, reply_to: None })
            }
        }
    }
}

impl User {
    fn send(
        &self,
        model: &mut Model,
        file: File,
        caption: Option<String>,
        reply_to: Option<MessageId>,
        now: Timestamp,
    ) -> Said {
        let File { kind, object, extra } = file;
        let caption = caption.filter(|_| matches!(kind, "image" | "video" | "document"));
        let (mime, sha256) = (object.mime.clone(), object.sha256_base64());
        let id = model.keep_media(object.of(&self.phone().id));
        let mut content = Map::from_iter([
            ("mime_type".to_owned(), mime.into()),
            ("sha256".to_owned(), sha256.into()),
            ("url".to_owned(), self.simulator().platform().media_url(&id, now).into()),
            ("id".to_owned(), id.as_str().into()),
        ]);
        let mut shown = shown(kind, caption.clone());
        shown.media = Some(id.as_str().to_owned());
        content.extend(caption.map(|caption| ("caption".to_owned(), caption.into())));
        if let Some((name, value)) = extra {
            shown.header = value.as_str().map(str::to_owned);
            content.insert(name.to_owned(), value);
        }
        Said { kind, content: content.into(), shown: Some(shown), reply_to }
    }

    fn submit(&self, model: &Model, on: Option<&MessageId>, answers: Value) -> Result<Said> {
        let is_flow = |button: &ShownButton| button.kind == ButtonKind::Flow;
        let (message, button) = self.find_button(model, on, is_flow)?;
        let mut answers = answers;
        if let Some(members) = answers.as_object_mut()
            && !button.id.is_empty()
        {
            members.entry("flow_token").or_insert_with(|| button.id.as_str().into());
        }
        let reply = json!({ "response_json": answers.to_string(), "body": "Sent", "name": "flow" });
        Ok(Said {
            kind: "interactive",
            content: json!({ "type": "nfm_reply", "nfm_reply": reply }),
            shown: Some(shown("interactive", Some("Sent".to_owned()))),
            reply_to: Some(message),
        })
    }

    /// The newest message on the phone with such a button, or the given one, and the button.
    fn find_button(
        &self,
        model: &Model,
        on: Option<&MessageId>,
        is_it: impl Fn(&ShownButton) -> bool,
    ) -> Result<(MessageId, ShownButton)> {
        model
            .newest_first(self.phone(), self.wa_id())
            .filter(|message| message.from_business && on.is_none_or(|id| message.id == *id))
            .find_map(|message| Some((message.id.clone(), message.all_buttons().find(|b| is_it(b))?.clone())))
            .ok_or_else(|| not_found("no message on the phone has this button"))
    }

    /// Changes a message that the customer wrote and has not deleted; whether there is such, and the change was made.
    fn change_own(&self, model: &mut Model, id: &MessageId, change: impl FnOnce(&mut Shown) -> bool) -> bool {
        let mut has_changed = false;
        model.touch(self.phone(), self.wa_id(), id, |shown| {
            has_changed = !shown.from_business && !shown.is_deleted && change(shown);
        });
        has_changed
    }
}

impl IntoFuture for Gesture {
    type Output = Result<MessageId>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let simulator = self.user.simulator().clone();
            simulator.platform().change(|model, now| self.perform(model, now))
        })
    }
}

fn not_found(problem: &str) -> Error {
    Error::new(ErrorKind::NotFound(problem.to_owned()))
}

/// A bubble of the customer's own; the model gives it its id.
fn shown(kind: &str, text: Option<String>) -> Shown {
    let mut shown = Shown::new(MessageId::from(""), kind, false);
    shown.text = text;
    shown
}

/// What the business hears of a tap.
fn tapped(message: MessageId, button: ShownButton) -> Result<Said> {
    let (kind, content) = match button.kind {
        ButtonKind::Reply => {
            let reply = json!({ "id": button.id, "title": button.title });
            ("interactive", json!({ "type": "button_reply", "button_reply": reply }))
        }
        ButtonKind::Row => {
            let mut reply = json!({ "id": button.id, "title": button.title });
            if let (Some(members), Some(description)) = (reply.as_object_mut(), &button.description) {
                members.insert("description".into(), description.as_str().into());
            }
            ("interactive", json!({ "type": "list_reply", "list_reply": reply }))
        }
        ButtonKind::QuickReply => ("button", json!({ "payload": button.id, "text": button.title })),
        ButtonKind::Link | ButtonKind::Copy => {
            return Err(not_found("the button opens or copies something; the business hears nothing of it"));
        }
        _ => return Err(not_found("what the button opens is not simulated")),
    };
    Ok(Said { kind, content, shown: Some(shown("text", Some(button.title))), reply_to: Some(message) })
}
