//! What the gallery shows, and what its messages are made of.

use whatsapp_business::{
    client::{BusinessPhone, SendMarketing, SendMessage},
    id::{GroupId, MessageId, UserId},
    message::{Content, MediaSource, Message},
    recipient::Recipient,
};

/// One message with the name of what it shows.
pub(crate) struct Exhibit {
    pub(crate) name: &'static str,
    pub(crate) call: Call,
}

/// How the message is sent.
pub(crate) enum Call {
    Message(SendMessage),
    Marketing(SendMarketing),
}

/// Who sends the messages to whom, and the files they show.
pub(crate) struct Stage {
    pub(crate) phone: BusinessPhone,
    pub(crate) customer: Recipient,
    /// The customer's business-scoped user id, if known.
    pub(crate) user: Option<UserId>,
    /// A group, if there is one, and a message of it that can be pinned.
    pub(crate) group: Option<(GroupId, MessageId)>,
    /// A message of the conversation that can be quoted and reacted to.
    pub(crate) quoted: MessageId,
    pub(crate) files: Files,
}

/// Where the files come from: ids when messages are only shown, uploads when they are sent.
pub(crate) struct Files {
    pub(crate) image: MediaSource,
    pub(crate) video: MediaSource,
    pub(crate) audio: MediaSource,
    pub(crate) voice: MediaSource,
    pub(crate) document: MediaSource,
    pub(crate) sticker: MediaSource,
}

impl Stage {
    /// A message for the customer.
    pub(crate) fn show(&self, name: &'static str, content: impl Into<Content>) -> Exhibit {
        self.show_message(name, Message::new(self.customer.clone(), content))
    }

    /// A message for whomever it says.
    pub(crate) fn show_message(&self, name: &'static str, message: Message) -> Exhibit {
        Exhibit { name, call: Call::Message(self.phone.send_message(message)) }
    }
}
