//! What a customer does with the phone in their hand.

use super::{
    Simulator,
    model::{ButtonKind, MediaObject, Model, Shown, ShownButton},
    webhooks::payload::Inbound,
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::{MessageId, UserId, WaId},
    time::Timestamp,
    wire::quiet_debug,
};
use bytes::Bytes;
use serde_json::json;
use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

/// A customer; made by [`Simulator::user`].
#[derive(Clone)]
pub struct User {
    simulator: Simulator,
    number: WaId,
}

quiet_debug!(User { number });

impl User {
    pub(super) fn new(simulator: Simulator, number: &str) -> Self {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let number = WaId::from(digits);
        simulator.platform().change(|model, _| {
            model.person_mut(&number);
        });
        Self { simulator, number }
    }

    /// Gives the customer a profile name; it is `Customer` before.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        self.simulator.platform().change(|model, _| model.person_mut(&self.number).name = name.into());
        self
    }

    /// The customer's number as WhatsApp spells it: digits only.
    #[must_use]
    pub fn wa_id(&self) -> &WaId {
        &self.number
    }

    /// The customer's business-scoped id (BSUID): always the same for one number and one account.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.simulator.platform().change(|model, _| model.person_mut(&self.number).user_id.clone())
    }

    /// The customer's id across portfolios that belong together (parent BSUID), where the simulator was
    /// [built](super::Builder::parent_user_ids) to have such.
    #[must_use]
    pub fn parent_user_id(&self) -> Option<UserId> {
        self.simulator.platform().change(|model, _| model.person_mut(&self.number).parent_user_id.clone())
    }

    /// Writes `text`.
    pub fn says(&self, text: impl Into<String>) -> Gesture {
        self.gesture(Act::Say(text.into()))
    }

    /// Taps the button, list row or quick reply `id` in the newest message that has it, cards of a carousel included.
    ///
    /// The quick reply of a template is known by its payload, or by its title when the send gave it none.
    pub fn taps(&self, id: impl Into<String>) -> Gesture {
        self.gesture(Act::Tap(id.into()))
    }

    /// Picks the row `id` of the newest list that has it.
    pub fn picks(&self, id: impl Into<String>) -> Gesture {
        self.gesture(Act::Pick(id.into()))
    }

    /// Sends a picture, with a caption if it is given one.
    pub fn sends_image(
        &self,
        bytes: impl Into<Bytes>,
        mime: impl Into<String>,
        caption: Option<&str>,
    ) -> Gesture {
        let image = MediaObject::new(bytes.into(), mime.into());
        self.gesture(Act::SendImage(image, caption.map(str::to_owned)))
    }

    /// Looks at the phone: everything that was delivered so far and not yet read is `read` now.
    pub fn reads(&self) {
        self.simulator.platform().change(|model, now| model.look_at_phone(&self.number, now));
    }

    /// The whole conversation as the phone shows it, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Shown> {
        let phone = |model: &Model| model.person(&self.number).map(|person| person.phone.clone());
        self.simulator.platform().look(phone).unwrap_or_default()
    }

    /// The newest message of the business on the phone.
    #[must_use]
    pub fn sees(&self) -> Option<Shown> {
        self.messages().into_iter().rfind(|message| message.from_business)
    }

    /// Whether the phone shows that the business is typing.
    #[must_use]
    pub fn sees_typing(&self) -> bool {
        let now = self.simulator.now();
        self.simulator.platform().look(|model| model.person(&self.number).is_some_and(|p| p.sees_typing(now)))
    }

    fn gesture(&self, act: Act) -> Gesture {
        Gesture { user: self.clone(), act, reply_to: None }
    }
}

/// Something a customer is about to do; it happens when it is awaited, and gives the id of the message it makes.
///
/// The message is on its way to the webhook then; [`Simulator::idle`] waits until it has arrived.
///
/// # Errors
/// [`ErrorKind::NotFound`] for a tap on what the phone does not show.
#[must_use = "nothing happens before it is awaited"]
pub struct Gesture {
    user: User,
    act: Act,
    reply_to: Option<MessageId>,
}

quiet_debug!(Gesture { user });

enum Act {
    Say(String),
    Tap(String),
    Pick(String),
    SendImage(MediaObject, Option<String>),
}

impl Gesture {
    /// Does it as an answer to the message `id`. A tap always answers to the message that has the button.
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.reply_to = Some(id.into());
        self
    }

    fn perform(self, model: &mut Model, now: Timestamp) -> Result<MessageId> {
        let number = &self.user.number;
        let (inbound, shown, reply_to) = match self.act {
            Act::Say(text) => {
                let inbound = Inbound { kind: "text", content: json!({ "body": text }) };
                (inbound, shown("text", Some(text)), self.reply_to)
            }
            Act::Tap(id) => {
                let (message, button) = find_button(model, number, |button| button.id == id)?;
                (tapped(&button)?, shown("text", Some(button.title)), Some(message))
            }
            Act::Pick(id) => {
                let is_row = |button: &ShownButton| button.kind == ButtonKind::Row && button.id == id;
                let (message, row) = find_button(model, number, is_row)?;
                (tapped(&row)?, shown("text", Some(row.title)), Some(message))
            }
            Act::SendImage(image, caption) => {
                let mut content = json!({
                    "mime_type": image.mime,
                    "sha256": image.sha256_base64(),
                });
                let id = model.keep_media(image);
                if let Some(members) = content.as_object_mut() {
                    members.insert("url".into(), self.user.simulator.platform().media_url(&id, now).into());
                    members.insert("id".into(), id.as_str().into());
                    members.extend(caption.clone().map(|caption| ("caption".to_owned(), caption.into())));
                }
                let mut shown = shown("image", caption);
                shown.media = Some(id.as_str().to_owned());
                (Inbound { kind: "image", content }, shown, self.reply_to)
            }
        };
        Ok(model.hear(number, &inbound, shown, reply_to, now))
    }
}

impl IntoFuture for Gesture {
    type Output = Result<MessageId>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let simulator = self.user.simulator.clone();
            simulator.platform().change(|model, now| self.perform(model, now))
        })
    }
}

/// A bubble of the customer's own; the model gives it its id.
fn shown(kind: &str, text: Option<String>) -> Shown {
    let mut shown = Shown::new(MessageId::from(""), kind, false);
    shown.text = text;
    shown
}

/// The newest message on the phone with such a button, and the button.
fn find_button(
    model: &Model,
    number: &WaId,
    is_it: impl Fn(&ShownButton) -> bool,
) -> Result<(MessageId, ShownButton)> {
    let newest_first = model.person(number).into_iter().flat_map(|person| person.phone.iter().rev());
    newest_first
        .filter(|message| message.from_business)
        .find_map(|message| Some((message.id.clone(), message.all_buttons().find(|b| is_it(b))?.clone())))
        .ok_or_else(|| Error::new(ErrorKind::NotFound("no message on the phone has this button".into())))
}

/// What the business hears of a tap.
fn tapped(button: &ShownButton) -> Result<Inbound> {
    let interactive = |content| Ok(Inbound { kind: "interactive", content });
    match button.kind {
        ButtonKind::Reply => {
            let reply = json!({ "id": button.id, "title": button.title });
            interactive(json!({ "type": "button_reply", "button_reply": reply }))
        }
        ButtonKind::Row => {
            let mut reply = json!({ "id": button.id, "title": button.title });
            if let (Some(members), Some(description)) = (reply.as_object_mut(), &button.description) {
                members.insert("description".into(), description.as_str().into());
            }
            interactive(json!({ "type": "list_reply", "list_reply": reply }))
        }
        ButtonKind::QuickReply => {
            Ok(Inbound { kind: "button", content: json!({ "payload": button.id, "text": button.title }) })
        }
        ButtonKind::Link | ButtonKind::Copy => {
            let problem = "the button opens or copies something; the business hears nothing of it";
            Err(Error::new(ErrorKind::NotFound(problem.into())))
        }
        _ => {
            let problem = "what the button opens is not simulated";
            Err(Error::new(ErrorKind::NotFound(problem.into())))
        }
    }
}
