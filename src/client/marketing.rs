//! Sending templates over the Marketing Messages API.

use crate::{
    client::{
        BusinessPhone,
        call::{CallFuture, MAX_JSON, Options, Plan, call_options, run},
        messages::{Sent, post, refuse_files},
    },
    error::{Error, Path, Result, Violation},
    message::{Message, Template},
    open::open_enum,
    recipient::Recipient,
};
use bytes::Bytes;
use serde::Serialize;
use std::future::IntoFuture;

impl BusinessPhone {
    /// Sends a marketing template over the Marketing Messages API, whose delivery Meta optimises and measures
    /// (`marketing_messages` in place of `messages`).
    ///
    /// It takes templates of the category marketing, for a person: a group is refused before anything is sent. Meta does not
    /// optimise what goes to a user id only. A new template, or one that rested for a week, needs ten minutes before it can
    /// be sent so.
    ///
    /// Retries follow the rule of [`send`](Self::send): it never goes out twice.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with every broken limit, before anything is sent;
    /// [`ErrorKind::Api`](crate::ErrorKind::Api) when Meta refuses.
    ///
    /// ```no_run
    /// # async fn f(phone: whatsapp_business::client::BusinessPhone) -> whatsapp_business::Result<()> {
    /// use whatsapp_business::{client::ProductPolicy, message::Template};
    /// let offer = Template::new("spring_offer", "en_US").body([("name", "Ana")]);
    /// let sent = phone.send_marketing("+14155552671", offer).product_policy(ProductPolicy::Strict).await?;
    /// # Ok(()) }
    /// ```
    pub fn send_marketing(&self, to: impl Into<Recipient>, template: Template) -> SendMarketing {
        SendMarketing {
            phone: self.clone(),
            message: Message::new(to, template),
            product_policy: None,
            share_activity: None,
            options: Options::default(),
        }
    }
}

open_enum! {
    /// What becomes of a marketing message that the Marketing Messages API does not take.
    pub enum ProductPolicy {
        /// It goes out as an ordinary message; Meta does so unless told otherwise.
        CloudApiFallback = "CLOUD_API_FALLBACK",
        /// It is refused.
        Strict = "STRICT",
    }
}

/// A marketing message about to be sent; `.await` sends it.
///
/// It quotes no other message: WhatsApp shows no quote beside a template.
#[derive(Clone, Debug)]
#[must_use = "a message is sent when it is awaited"]
pub struct SendMarketing {
    phone: BusinessPhone,
    message: Message,
    product_policy: Option<ProductPolicy>,
    share_activity: Option<bool>,
    options: Options,
}

/// Members from [Meta: sending marketing messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/send-marketing-messages).
impl SendMarketing {
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

    /// What becomes of the message if the Marketing Messages API does not take it (`product_policy` on the wire).
    pub fn product_policy(mut self, policy: ProductPolicy) -> Self {
        self.product_policy = Some(policy);
        self
    }

    /// Whether Meta learns what the customer does with this message, in place of the account's setting
    /// (`message_activity_sharing` on the wire).
    pub fn share_activity(mut self, on: bool) -> Self {
        self.share_activity = Some(on);
        self
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with every broken limit, or when the message holds a file that is
    /// not uploaded yet.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.check()?;
        refuse_files(&self.message)?;
        self.plan()?.request()
    }

    fn plan(&self) -> Result<Plan> {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(flatten)]
            message: &'a Message,
            #[serde(skip_serializing_if = "Option::is_none")]
            product_policy: Option<&'a ProductPolicy>,
            #[serde(skip_serializing_if = "Option::is_none")]
            message_activity_sharing: Option<bool>,
        }
        let body = Body {
            message: &self.message,
            product_policy: self.product_policy.as_ref(),
            message_activity_sharing: self.share_activity,
        };
        post(&self.phone, "marketing_messages", "marketing_messages.send", &body).map_err(Error::invalid)
    }

    fn check(&self) -> Result<()> {
        let mut out = match self.message.validate() {
            Ok(()) => Vec::new(),
            Err(error) => error.violations().to_vec(),
        };
        if matches!(self.message.to(), Recipient::Group(_)) {
            let limit = "a phone number or a user id";
            out.push(Violation::new(Path::ROOT.field("recipient_type"), "is a group", limit));
        }
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }
}

impl IntoFuture for SendMarketing {
    type Output = Result<Sent>;
    type IntoFuture = CallFuture<Sent>;

    fn into_future(mut self) -> CallFuture<Sent> {
        Box::pin(async move {
            self.check()?;
            self.phone.upload_files(&mut self.message, &self.options).await?;
            let answer = run(&self.phone.client, &self.plan()?, &self.options, MAX_JSON).await?;
            Sent::read(&answer)
        })
    }
}
