//! Sending messages, and marking received ones as read.

use crate::{
    check,
    client::{
        BusinessPhone,
        call::{CallFuture, MAX_JSON, Options, Plan, call_options, run},
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    id::{GroupId, MessageId, UserId, WaId},
    message::{Content, Message},
    open::open_enum,
    recipient::Recipient,
};
use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use std::future::IntoFuture;

impl BusinessPhone {
    /// Sends `content` to `to`.
    ///
    /// The message is accepted when this returns, not yet delivered; that is told by a webhook
    /// ([`webhook::Status`](crate::webhook::Status)).
    ///
    /// A send is retried only when it is proved that Meta did not take the message, so it never goes out twice. When
    /// the answer is lost, the error says so: [`Error::outcome_unknown`].
    ///
    /// A file that the message holds as an [`Upload`](crate::message::Upload) is uploaded first. Options hold for the upload
    /// as well, the time limit as one for standing still. When the upload fails, the message is not sent.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every broken limit, before anything is sent; [`ErrorKind::Api`] when Meta refuses;
    /// [`ErrorKind::Media`] when a file to upload cannot be read.
    ///
    /// ```no_run
    /// # async fn f(phone: whatsapp_business::client::BusinessPhone) -> whatsapp_business::Result<()> {
    /// use whatsapp_business::message::Buttons;
    /// let sent = phone.send("+14155552671", "Your panels ship on Monday").await?;
    /// let ask = Buttons::new("Is Monday good?").button("yes", "Yes").button("no", "Another day");
    /// phone.send("+14155552671", ask).reply_to(&sent.message_id).await?;
    /// # Ok(()) }
    /// ```
    pub fn send(&self, to: impl Into<Recipient>, content: impl Into<Content>) -> SendMessage {
        self.send_message(Message::new(to, content))
    }

    /// Sends a message that was put together before, such as one from an outbox.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_message(&self, message: Message) -> SendMessage {
        SendMessage { phone: self.clone(), message, options: Options::default() }
    }

    /// Sends a message that was checked when it was recorded: the limits of a newer version must not strand it.
    ///
    /// Once: whoever recorded it also records when it is tried again.
    #[cfg(feature = "desk")]
    pub(crate) async fn send_recorded(&self, message: &Message) -> Result<Sent> {
        let plan = post(self, "messages", "messages.send", message).map_err(Error::invalid)?;
        let once = Options { retry: Some(crate::client::RetryPolicy::never()), ..Options::default() };
        Sent::read(&run(&self.client, &plan, &once, MAX_JSON).await?)
    }

    /// Checks a message that is about to be recorded, and uploads its files: what is recorded must be fit to be sent later.
    #[cfg(feature = "desk")]
    pub(crate) async fn prepare(&self, message: &mut Message) -> Result<()> {
        self.upload_files(message, &Options::default()).await
    }

    /// Marks a received message as read, and with it all earlier ones of the conversation.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an id that cannot be one, before anything is sent; [`ErrorKind::Api`] when Meta refuses,
    /// such as for messages older than 30 days.
    ///
    /// ```no_run
    /// # async fn f(phone: whatsapp_business::client::BusinessPhone) -> whatsapp_business::Result<()> {
    /// phone.mark_read("wamid.HBgL").typing().await?;
    /// # Ok(()) }
    /// ```
    pub fn mark_read(&self, message: impl Into<MessageId>) -> MarkRead {
        MarkRead { phone: self.clone(), message: message.into(), typing: false, options: Options::default() }
    }
}

/// A message about to be sent; `.await` sends it.
#[derive(Clone, Debug)]
#[must_use = "a message is sent when it is awaited"]
pub struct SendMessage {
    phone: BusinessPhone,
    message: Message,
    options: Options,
}

impl SendMessage {
    /// Quotes a message of the conversation.
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.message = self.message.reply_to(id);
        self
    }

    /// Tracking data, which comes back in every status of the message; at most [`Message::MAX_CALLBACK_DATA`] characters.
    pub fn callback_data(mut self, data: impl Into<String>) -> Self {
        self.message = self.message.callback_data(data);
        self
    }

    /// Sends only if the recipient's identity key still has this hash.
    pub fn identity_key_hash(mut self, hash: impl Into<String>) -> Self {
        self.message = self.message.identity_key_hash(hash);
        self
    }

    /// Whether WhatsApp shows a preview of the first link of a text; a message of another kind stays as it is.
    pub fn preview_url(mut self, on: bool) -> Self {
        self.message = self.message.preview_url(on);
        self
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every broken limit, or when the message holds a file that is not uploaded yet.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.message.validate()?;
        refuse_files(&self.message)?;
        post(&self.phone, "messages", "messages.send", &self.message).map_err(Error::invalid)?.request()
    }
}

impl IntoFuture for SendMessage {
    type Output = Result<Sent>;
    type IntoFuture = CallFuture<Sent>;

    fn into_future(mut self) -> CallFuture<Sent> {
        Box::pin(async move {
            self.phone.upload_files(&mut self.message, &self.options).await?;
            let plan =
                post(&self.phone, "messages", "messages.send", &self.message).map_err(Error::invalid)?;
            Sent::read(&run(&self.phone.client, &plan, &self.options, MAX_JSON).await?)
        })
    }
}

/// Refuses a message that cannot be shown as a request, since Meta does not have its files yet.
pub(super) fn refuse_files(message: &Message) -> Result<()> {
    if !message.clone().holds_files() {
        return Ok(());
    }
    let (at, limit) = (Path::ROOT.field(message.content().kind()), "media must be uploaded first");
    Err(Error::invalid(vec![Violation::new(at, "holds a file that Meta does not have", limit)]))
}

/// A request to one of the phone number's edges that take messages.
pub(super) fn post(
    phone: &BusinessPhone,
    edge: &'static str,
    name: &'static str,
    body: &impl Serialize,
) -> Result<Plan, Vec<Violation>> {
    let id = ("phone_number_id", phone.id.as_str());
    Plan::graph(&phone.client, Method::POST, id, Some(edge), name)?.json(body)
}

/// Meta's answer to a send: it took the message. Whether it arrives is told by webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// Meta's id of the message: quote it, and find its statuses by it.
    pub message_id: MessageId,
    /// The recipient's number as WhatsApp knows it; absent when the message went to a user id or a group.
    pub wa_id: Option<WaId>,
    /// The recipient's user id; absent when the message went to a phone number.
    pub user_id: Option<UserId>,
    /// The group, for a message to one.
    pub group_id: Option<GroupId>,
    /// Whether the message goes out at once; told for templates only.
    pub status: Option<MessageStatus>,
}

open_enum! {
    /// What Meta does with a template message that it took.
    pub enum MessageStatus {
        /// It goes out.
        Accepted = "accepted",
        /// It waits until Meta has seen how the first recipients take the template.
        HeldForQualityAssessment = "held_for_quality_assessment",
        /// The template is paused, so the message is not sent.
        Paused = "paused",
    }
}

impl Sent {
    /// Reads the answer. Only the message's id must be there: without it the message may have been taken, but cannot be
    /// followed, so the outcome counts as unknown.
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        #[derive(Default, Deserialize)]
        struct Answer {
            #[serde(default, deserialize_with = "lenient_list")]
            contacts: Vec<Contact>,
            #[serde(default, deserialize_with = "lenient_list")]
            messages: Vec<Accepted>,
        }
        #[derive(Default, Deserialize)]
        struct Contact {
            #[serde(default, deserialize_with = "crate::wire::optional")]
            wa_id: Option<WaId>,
            #[serde(default, deserialize_with = "crate::wire::optional")]
            user_id: Option<UserId>,
        }
        #[derive(Default, Deserialize)]
        struct Accepted {
            #[serde(default, deserialize_with = "crate::wire::optional")]
            id: Option<MessageId>,
            #[serde(default, deserialize_with = "crate::wire::optional")]
            group_id: Option<GroupId>,
            #[serde(default, deserialize_with = "crate::wire::optional_text")]
            message_status: Option<String>,
        }
        let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
        let contact = answer.contacts.into_iter().next().unwrap_or_default();
        let accepted = answer.messages.into_iter().next().unwrap_or_default();
        match accepted.id {
            Some(message_id) => Ok(Self {
                message_id,
                // For a group, Meta writes the group's id here.
                wa_id: contact.wa_id.filter(|_| accepted.group_id.is_none()),
                user_id: contact.user_id,
                group_id: accepted.group_id,
                status: accepted.message_status.as_deref().map(MessageStatus::from),
            }),
            None => Err(Error::new(ErrorKind::Decode("it holds no message id".into()))),
        }
    }
}

/// A list whose items may be of any shape; those that cannot be read count as empty.
fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned + Default,
{
    let items = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Array(items) => items,
        _ => Vec::new(),
    };
    Ok(items.into_iter().map(|item| serde_json::from_value(item).unwrap_or_default()).collect())
}

/// A received message about to be marked as read; `.await` does it.
#[derive(Clone, Debug)]
#[must_use = "nothing is marked until this is awaited"]
pub struct MarkRead {
    phone: BusinessPhone,
    message: MessageId,
    typing: bool,
    options: Options,
}

impl MarkRead {
    /// Also shows the customer that an answer is being typed: for 25 seconds at most, or until it is sent.
    pub fn typing(mut self) -> Self {
        self.typing = true;
        self
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when an id cannot be one.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.plan()?.request()
    }

    fn plan(&self) -> Result<Plan> {
        #[derive(Serialize)]
        struct Read<'a> {
            messaging_product: &'static str,
            status: &'static str,
            message_id: &'a MessageId,
            #[serde(skip_serializing_if = "Option::is_none")]
            typing_indicator: Option<Typing>,
        }
        #[derive(Serialize)]
        struct Typing {
            r#type: &'static str,
        }
        let mut out = Vec::new();
        check::id(Path::ROOT.field("message_id"), self.message.as_str(), &mut out);
        if !out.is_empty() {
            return Err(Error::invalid(out));
        }
        let body = Read {
            messaging_product: "whatsapp",
            status: "read",
            message_id: &self.message,
            typing_indicator: self.typing.then_some(Typing { r#type: "text" }),
        };
        let plan = post(&self.phone, "messages", "messages.mark_read", &body);
        plan.map(Plan::repeatable).map_err(Error::invalid)
    }
}

impl IntoFuture for MarkRead {
    type Output = Result<()>;
    type IntoFuture = CallFuture<()>;

    fn into_future(self) -> CallFuture<()> {
        Box::pin(
            async move { run(&self.phone.client, &self.plan()?, &self.options, MAX_JSON).await.map(drop) },
        )
    }
}
