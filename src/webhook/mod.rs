//! What Meta reports: webhooks are verified, then read into events.
//!
//! A [`Webhook`] knows the app's secret and the verify token. [`Webhook::challenge`] answers the `GET` by which Meta
//! checks the endpoint, [`Webhook::read`] turns the bytes of a `POST` into a [`Delivery`] of [`Event`]s.
//!
//! ```
//! use whatsapp_business::webhook::{Event, Webhook};
//! # fn main() -> whatsapp_business::Result<()> {
//! let webhook = Webhook::new("app-secret", "verify-token")?;
//! let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
//!     "messaging_product":"whatsapp","metadata":{"phone_number_id":"2"},
//!     "messages":[{"id":"wamid.A","from":"10000000001","timestamp":"1","type":"text","text":{"body":"Hello"}}]}}]}]}"#;
//! let signature = webhook.sign(body); // in production: the X-Hub-Signature-256 header
//!
//! for event in webhook.read(body, signature.as_str())? {
//!     match event {
//!         Event::Message(message) => assert_eq!(message.text(), Some("Hello")),
//!         Event::Status(status) => println!("{} is {}", status.id, status.status),
//!         other => println!("something else happened: {}", other.field()),
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! What happens to accounts, numbers, templates, Flows and partners comes as [`Event::Notice`]; see [`notice`].
//!
//! What Meta adds later does not get lost and harms nothing: a kind of message, a field or a status this version has
//! no type for becomes [`Inbound::Unknown`], [`Event::Unknown`] or [`StatusKind::Unknown`], and so does a single item
//! that cannot be read, be it null. Its siblings in the same delivery are read as ever.
//!
//! Nearly every member may be missing, empty or of another shape: then it is `None`, and the rest is read. Only what a
//! thing is named by, what happened, and when a message was sent have to be there. What is new is in the JSON of the
//! event ([`Event::raw`]) or of the person ([`Contact::raw`]), and what stands beside the items of a value comes as an
//! [`Event::Unknown`] with all of the value. Beside the values themselves, nothing is kept but what is known.
//!
//! Beside messages and statuses there are calls, groups, and, of a number that is used in the WhatsApp Business app as
//! well, what the business wrote there ([`Event::Echo`], [`Event::History`]). Each thing in a delivery is an event of its
//! own, whatever field it came under.
//!
//! Meta delivers at least once, in any order, for up to seven days, and its signature holds no time: use
//! [`Event::key`] to do each thing once.

mod alone;
mod app_state;
mod automatic;
mod call;
mod canonical;
mod challenge;
mod contact;
mod content;
mod context;
mod cursor;
mod delivery;
mod echo;
mod envelope;
mod error_report;
mod event;
mod group;
mod history;
mod items;
mod lenient;
mod message;
mod messages;
mod nesting;
pub mod notice;
mod payment;
mod plain;
mod preference;
mod pricing;
mod signature;
mod standby;
mod status;
mod summary;
mod user_action;
mod user_id;

pub use app_state::{AppContact, AppState, AppStateAction, AppStateKind};
pub use automatic::{AutomaticEvent, AutomaticEventName};
pub use call::{
    Call, CallDirection, CallEvent, CallFile, CallOutcome, CallSession, CallStatus, CallStatusKind, SdpType,
};
pub use contact::Contact;
pub use content::{
    Audio, Button, ButtonReply, CallPermission, CallPermissionAnswer, CallPermissionSource, ContactAddress,
    ContactCard, ContactEmail, ContactOrigin, ContactPhone, ContactUrl, Document, Edit, FormFile, FormKind,
    FormReply, Image, Inbound, ListReply, Location, Media, Order, OrderItem, PaymentMethod, Reaction, Revoke,
    Sticker, System, SystemKind, Text, UnknownContent, Unsupported, Video,
};
pub use context::{Context, Identity, Referral, ReferralMedia, ReferralSource, ReferredProduct};
pub use delivery::Delivery;
pub use echo::Echo;
pub use error_report::ErrorReport;
pub use event::{Event, UnknownEvent};
pub use group::{
    GroupChange, GroupCreate, GroupInitiator, GroupJoinRequest, GroupParticipant, GroupPicture,
    GroupSettings, GroupText, GroupUpdate, JoinApprovalMode, ParticipantsAdd, ParticipantsRemove,
};
pub use history::{History, HistoryMessage, HistoryStatus, HistoryThread};
pub use message::InboundMessage;
pub use payment::{PaidAmount, PaymentState, PaymentStatus, Refund, Transaction, TransactionState};
pub use preference::{Preference, PreferenceCategory, PreferenceValue};
pub use pricing::{Conversation, Pricing, PricingCategory, PricingKind, PricingModel};
pub use standby::{Standby, StandbyEcho};
pub use status::{Status, StatusKind};
pub use user_action::{ClickComponent, LinkClick, UserAction, UserActionKind};
pub use user_id::UserIdChange;

use crate::{
    error::{Error, ErrorKind, Result},
    secret::{AppSecret, VerifyToken},
};
use std::fmt;

/// Verifies webhooks and reads them.
///
/// There is no switch that turns verification off. Tests sign their bodies with [`sign`](Self::sign); tools that look
/// into stored bodies use [`Delivery::unverified`].
#[derive(Clone)]
pub struct Webhook {
    /// Never empty; the first one signs.
    keys: Vec<signature::Key>,
    verify_token: VerifyToken,
    accepts_unescaped: bool,
}

impl Webhook {
    /// Largest body that is read: the 3 MiB Meta may send, and some room.
    ///
    /// An HTTP server in front must let as much through (axum's own limit is lower).
    pub const MAX_BODY: usize = 3 * 1024 * 1024 + 64 * 1024;

    /// Most events that are read from one body; Meta announces batches of up to 1,000.
    pub const MAX_EVENTS: usize = 50_000;

    /// Deepest nesting of objects and lists in the JSON of an event that is read; real ones stay below 15.
    ///
    /// What is deeper is put aside as [`Event::Unknown`] with a reason: programs that show or store it later may not stand
    /// any depth. Its siblings are read.
    pub const MAX_DEPTH: usize = 64;

    /// A webhook of the app with this secret; `verify_token` is the one typed into the app dashboard.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when one of them is empty or has white space in it.
    pub fn new(app_secret: impl Into<String>, verify_token: impl Into<String>) -> Result<Self> {
        let verify_token = VerifyToken::new(verify_token)?;
        Ok(Self { keys: vec![AppSecret::new(app_secret)?.into()], verify_token, accepts_unescaped: false })
    }

    /// Accepts signatures by this secret too: the next one while secrets are rotated, or another app's.
    #[must_use]
    pub fn also_accept(mut self, app_secret: AppSecret) -> Self {
        self.keys.push(app_secret.into());
        self
    }

    /// Accepts bodies too in which a proxy has turned `\u00e4` into `ä` since Meta signed them; off unless set.
    ///
    /// Meta signs JSON whose non-ASCII characters are escaped, with lower-case digits, and sends it like that, so bytes
    /// that come as they were sent need no such help. Better than this is a proxy that leaves bodies alone.
    ///
    /// With this on, a body that does not verify as it came is tried in its escaped form. Nobody can put other words into
    /// it that way: both forms are the same JSON, and their events have the same [keys](Event::key). But more than one body
    /// then goes with one signature, so who has caught a delivery can send it again as other bytes; and a wrong signature
    /// costs two or three times as much to refuse.
    #[must_use]
    pub fn accept_unescaped(mut self, yes: bool) -> Self {
        self.accepts_unescaped = yes;
        self
    }

    /// Answers the `GET` by which Meta checks this endpoint: gives the text to send back with status 200.
    ///
    /// `query` is the query string as it came, with or without the question mark. Send the answer as `text/plain`.
    ///
    /// # Errors
    /// [`ErrorKind::Challenge`] when the request is not Meta's or not for us: answer 403.
    ///
    /// ```
    /// # fn main() -> whatsapp_business::Result<()> {
    /// let webhook = whatsapp_business::Webhook::new("app-secret", "verify-token")?;
    /// let answer = webhook.challenge("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-token")?;
    /// assert_eq!(answer, "1158201444");
    /// # Ok(()) }
    /// ```
    pub fn challenge(&self, query: &str) -> Result<String> {
        challenge::answer(query, &self.verify_token)
            .map_err(|problem| Error::new(ErrorKind::Challenge(problem)))
    }

    /// Checks that Meta signed exactly these bytes; `signature` is the `X-Hub-Signature-256` header.
    ///
    /// The bytes must be those that came over the network, with any content encoding still on: JSON that was parsed and
    /// written again does not verify. The header's value is `sha256=`, in lower case, and 64 hexadecimal digits of either
    /// case. Names of headers have no case: the HTTP server sees to that. Of two such headers pass none on.
    ///
    /// Gives the secret that signed it: 0 is that of [`new`](Self::new), the others are counted in the order in which
    /// they were [added](Self::also_accept).
    ///
    /// # Errors
    /// [`ErrorKind::Signature`]: answer 401.
    pub fn verify(&self, body: &[u8], signature: Option<&str>) -> Result<usize> {
        signature::verify(&self.keys, body, signature, self.accepts_unescaped)
            .map_err(|problem| Error::new(ErrorKind::Signature(problem)))
    }

    /// Verifies a delivery, then reads it; `signature` is the `X-Hub-Signature-256` header.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`] when Meta did not sign these bytes, [`ErrorKind::Envelope`] when they are not a
    /// webhook: too large, not JSON, or not an envelope of events.
    pub fn read<'s>(&self, body: &[u8], signature: impl Into<Option<&'s str>>) -> Result<Delivery> {
        // Before the signature, so that nobody can make us hash what we would not read.
        envelope::check_size(body)?;
        let signer = self.verify(body, signature.into())?;
        Ok(Delivery::unverified(body)?.signed_by_secret(signer))
    }

    /// Signs a body as Meta does, with the first secret: the value of the `X-Hub-Signature-256` header.
    ///
    /// For tests, and for relays that pass deliveries on.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        signature::sign(&self.keys, body)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("app_secrets", &self.keys.len()).finish_non_exhaustive()
    }
}
