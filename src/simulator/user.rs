//! A customer with a phone in their hand.

use super::{
    Simulator,
    cart::Cart,
    gesture::{Act, File, Gesture},
    model::{Chat, Model, Phone, Shown},
    sight::{Sight, Sought},
};
use crate::{
    id::{MessageId, PhoneNumberId, UserId, WaId},
    time::Timestamp,
    wire::quiet_debug,
};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

/// A customer in a chat with a number of the business; made by [`Simulator::user`].
///
/// What makes a message is a [`Gesture`], which happens when it is awaited; everything else happens at once.
#[derive(Clone)]
pub struct User {
    simulator: Simulator,
    /// The number of the business that they are in a chat with.
    phone: Arc<Phone>,
    number: WaId,
}

quiet_debug!(User { number });

impl User {
    pub(super) fn new(simulator: Simulator, phone: Arc<Phone>, number: &str) -> Self {
        let number = digits(number);
        simulator.platform().change(|model, _| {
            model.chat_mut(&phone, &number);
        });
        Self { simulator, phone, number }
    }

    pub(super) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    pub(super) fn phone(&self) -> &Arc<Phone> {
        &self.phone
    }

    /// The same customer in the chat with another number of the business; with one that the simulator does not have, in the
    /// same chat.
    #[must_use]
    pub fn in_chat_with(&self, phone: impl Into<PhoneNumberId>) -> Self {
        let id = phone.into();
        let phone = self.simulator.platform().look(|model| model.phone(&id).map(Arc::clone));
        let phone = phone.unwrap_or_else(|| Arc::clone(&self.phone));
        Self::new(self.simulator.clone(), phone, self.number.as_str())
    }

    /// Gives the customer a profile name; it is `Customer` before.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        self.simulator.platform().change(|model, _| model.person_mut(&self.number).name = name.into());
        self
    }

    /// Gives the customer a username, which hides their number: webhooks name them by BSUID alone, unless the two have used
    /// the number within the last 30 days.
    #[must_use]
    pub fn with_username(self, username: impl Into<String>) -> Self {
        let username = Some(username.into());
        self.simulator.platform().change(|model, _| model.person_mut(&self.number).username = username);
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
        self.change(|chat, _| chat.user_id.clone())
    }

    /// The customer's id across portfolios that belong together (parent BSUID), where the simulator was
    /// [built](super::Builder::parent_user_ids) to have such.
    #[must_use]
    pub fn parent_user_id(&self) -> Option<UserId> {
        self.change(|chat, _| chat.parent_user_id.clone())
    }

    /// Writes `text`.
    pub fn says(&self, text: impl Into<String>) -> Gesture {
        self.gesture(Act::Say(text.into()))
    }

    /// Taps the button, list row or quick reply `id` in the newest message that has it, cards of a carousel included;
    /// [`Gesture::reply_to`] names an older one.
    ///
    /// The quick reply of a template is known by its payload, or by its title when the send gave it none.
    pub fn taps(&self, id: impl Into<String>) -> Gesture {
        self.gesture(Act::Tap(id.into()))
    }

    /// Picks the row `id` of the newest list that has it, or of the one that [`Gesture::reply_to`] names.
    pub fn picks(&self, id: impl Into<String>) -> Gesture {
        self.gesture(Act::Pick(id.into()))
    }

    /// Sends a picture, which can have a [`caption`](Gesture::caption).
    pub fn sends_image(&self, bytes: impl Into<Bytes>, mime: impl Into<String>) -> Gesture {
        self.sends(File::new("image", bytes, mime))
    }

    /// Sends a video, which can have a [`caption`](Gesture::caption).
    pub fn sends_video(&self, bytes: impl Into<Bytes>, mime: impl Into<String>) -> Gesture {
        self.sends(File::new("video", bytes, mime))
    }

    /// Sends a sound file.
    pub fn sends_audio(&self, bytes: impl Into<Bytes>, mime: impl Into<String>) -> Gesture {
        self.sends(File::new("audio", bytes, mime).with("voice", false))
    }

    /// Sends what they spoke into the phone.
    pub fn sends_voice(&self, bytes: impl Into<Bytes>) -> Gesture {
        self.sends(File::new("audio", bytes, "audio/ogg; codecs=opus").with("voice", true))
    }

    /// Sends a file under its name, which can have a [`caption`](Gesture::caption).
    pub fn sends_document(
        &self,
        bytes: impl Into<Bytes>,
        mime: impl Into<String>,
        filename: impl Into<String>,
    ) -> Gesture {
        self.sends(File::new("document", bytes, mime).with("filename", filename.into()))
    }

    /// Sends a sticker that stands still.
    pub fn sends_sticker(&self, bytes: impl Into<Bytes>) -> Gesture {
        self.sends(File::new("sticker", bytes, "image/webp").with("animated", false))
    }

    /// Sends the place where they are.
    pub fn shares_location(&self, latitude: f64, longitude: f64) -> Gesture {
        self.gesture(Act::Place(json!({ "latitude": latitude, "longitude": longitude })))
    }

    /// Sends a place that has a name and an address.
    pub fn shares_place(&self, latitude: f64, longitude: f64, name: &str, address: &str) -> Gesture {
        let place = json!({ "latitude": latitude, "longitude": longitude, "name": name, "address": address });
        self.gesture(Act::Place(place))
    }

    /// Sends the card of somebody they know.
    pub fn shares_contact(&self, name: impl Into<String>, number: impl Into<String>) -> Gesture {
        self.gesture(Act::Contact(name.into(), number.into()))
    }

    /// Reacts to the message `id`, their own or the business's.
    pub fn reacts(&self, id: impl Into<MessageId>, emoji: impl Into<String>) -> Gesture {
        self.gesture(Act::React(id.into(), Some(emoji.into())))
    }

    /// Takes back the reaction to the message `id`.
    pub fn takes_reaction_back(&self, id: impl Into<MessageId>) -> Gesture {
        self.gesture(Act::React(id.into(), None))
    }

    /// Orders what is in the cart.
    pub fn orders(&self, cart: Cart) -> Gesture {
        self.gesture(Act::Order(cart))
    }

    /// Fills in the newest Flow on the phone, or the one that [`Gesture::reply_to`] names; its `flow_token` is added to the answers.
    pub fn submits_flow(&self, answers: Value) -> Gesture {
        self.gesture(Act::Submit(answers))
    }

    /// Writes their text message `id` anew.
    ///
    /// Meta tells of it where the business uses the WhatsApp Business app beside the API.
    pub fn edits(&self, id: impl Into<MessageId>, text: impl Into<String>) -> Gesture {
        self.gesture(Act::Edit(id.into(), text.into()))
    }

    /// Deletes their message `id` for everyone.
    ///
    /// Meta tells of it where the business uses the WhatsApp Business app beside the API.
    pub fn deletes(&self, id: impl Into<MessageId>) -> Gesture {
        self.gesture(Act::Delete(id.into()))
    }

    /// Looks at the phone: everything that was delivered so far and not yet read is `read` now.
    pub fn reads(&self) {
        let phone = &self.phone.id;
        self.simulator.platform().change(|model, now| model.look_at_phone(phone, &self.number, now));
    }

    /// Blocks the number of the business: what it sends from now on is accepted and then `failed` with 131026.
    pub fn blocks(&self) {
        let phone = &self.phone;
        self.simulator.platform().change(|model, now| model.block_business(phone, &self.number, now));
    }

    /// Lets the business write again.
    pub fn unblocks(&self) {
        self.change(|chat, _| chat.is_blocked = false);
    }

    /// Wants no more marketing: the business hears of it, and its marketing templates are accepted and then `failed` with
    /// 131050.
    pub fn opts_out(&self) {
        self.simulator.platform().change(|model, now| model.prefer(&self.phone, &self.number, true, now));
    }

    /// Wants marketing again, which the business hears of.
    pub fn opts_in(&self) {
        self.simulator.platform().change(|model, now| model.prefer(&self.phone, &self.number, false, now));
    }

    /// Goes by another number from now on, and with it by another BSUID; the chats stay. Every number of the business that
    /// they are in a chat with hears of it.
    ///
    /// This handle is of nobody from then on: go on with the one it gives. A number that somebody has stays theirs, and
    /// nothing changes.
    #[must_use = "the customer is reached by the new handle"]
    pub fn changes_number(&self, number: impl AsRef<str>) -> Self {
        let new = digits(number.as_ref());
        let platform = self.simulator.platform();
        let has_changed = platform.change(|model, now| model.change_number(&self.number, &new, now));
        Self { number: if has_changed { new } else { self.number.clone() }, ..self.clone() }
    }

    /// The whole conversation as the phone shows it, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Shown> {
        let bubbles = |model: &Model| {
            let chat = model.chat(&self.phone.id, &self.number);
            chat.map(|chat| chat.bubbles.iter().cloned().collect())
        };
        self.simulator.platform().look(bubbles).unwrap_or_default()
    }

    /// The newest message of the business on the phone, if there is one at this moment.
    #[must_use]
    pub fn newest(&self) -> Option<Shown> {
        let newest = |model: &Model| {
            model.newest_first(&self.phone, &self.number).find(|message| message.from_business).cloned()
        };
        self.simulator.platform().look(newest)
    }

    /// Waits until the phone shows a message of the business with exactly this text, or one of which a closure says that it
    /// is the one; at most 5 seconds, or as [`within`](Sight::within) says.
    ///
    /// It may have been there before. Of several the newest is given.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) that says what the phone shows instead. This is the one error
    /// that tells what was written: it is a test's assertion, about people who are made up.
    ///
    /// ```
    /// # use whatsapp_business::simulator::{Shown, Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::start().await?;
    /// let ana = simulator.user("+1 415 555 0132");
    /// ana.says("Are you open?").await?;
    /// simulator.phone().send(ana.wa_id(), "Until six.").await?;
    /// ana.sees("Until six.").await?;
    /// let shown = ana.sees(|shown: &Shown| shown.kind == "text").await?;
    /// assert!(shown.reply_to.is_none());
    /// # Ok(()) }
    /// ```
    pub fn sees(&self, what: impl Sought) -> Sight {
        Sight::new(self.clone(), what)
    }

    /// Whether the phone shows that the business is typing.
    #[must_use]
    pub fn sees_typing(&self) -> bool {
        self.change(|chat, now| chat.sees_typing(now))
    }

    fn sends(&self, file: File) -> Gesture {
        self.gesture(Act::Send(file))
    }

    fn gesture(&self, act: Act) -> Gesture {
        Gesture::new(self.clone(), act)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Chat, Timestamp) -> T) -> T {
        self.simulator.platform().change(|model, now| change(model.chat_mut(&self.phone, &self.number), now))
    }
}

fn digits(number: &str) -> WaId {
    number.chars().filter(char::is_ascii_digit).collect::<String>().into()
}
