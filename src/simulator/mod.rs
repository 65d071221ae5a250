//! Meta on your machine: the Graph API, signed webhooks and customers with phones, for tests and demonstrations.
//!
//! A [`Simulator`] is an HTTP server at 127.0.0.1 that answers as the Cloud API does, refuses what Meta documents as
//! wrong with Meta's codes, and posts webhooks signed with the app secret. A [`User`] is a customer: they write, tap
//! buttons, and show what is on their phone.
//!
//! ```
//! use whatsapp_business::simulator::Simulator;
//! # #[tokio::main]
//! # async fn main() -> whatsapp_business::Result<()> {
//! let simulator = Simulator::start().await?;
//! let ana = simulator.user("+1 415 555 0132").named("Ana");
//! ana.says("Are you open?").await?;
//!
//! // What your application does:
//! simulator.phone().send(ana.wa_id(), "Until six.").await?;
//!
//! ana.sees("Until six.").await?;
//! # Ok(()) }
//! ```
//!
//! # Your own application, in a test
//!
//! Start the application as you always do, with the simulator's address and secrets in the place of Meta's; subscribe its
//! webhook; let a customer act; look at their phone:
//!
//! ```
//! use whatsapp_business::simulator::Simulator;
//! # async fn start_my_application(_: &Simulator) -> String { String::new() }
//! # async fn test() -> whatsapp_business::Result<()> {
//! let meta = Simulator::start().await?;
//! // It gets meta.graph_url(), access_token(), phone_number_id(), app_secret() and verify_token().
//! let webhook = start_my_application(&meta).await;
//! meta.subscribe(webhook).await?;
//!
//! let ana = meta.user("+1 415 555 0132").named("Ana");
//! ana.says("Are you open on Monday?").await?;
//! ana.sees("We are, from nine to six.").await?;
//! # Ok(()) }
//! ```
//!
//! An application in another language, or one that you want to talk to yourself, gets a simulator that runs as a program. It
//! prints what to put into the environment, and waits for the webhook until the application is up:
//!
//! ```sh
//! cargo run --example simulator --features simulator -- --webhook http://127.0.0.1:8080/webhook
//! ```
//!
//! When a test fails, [`Simulator::journal`] has every request with its answer, and for a refused message all limits that it
//! breaks; [`Simulator::webhooks`] has what the application was told and what it answered.
//!
//! # The page
//!
//! Every simulator with a port shows itself at [`Simulator::page_url`]: the phones of all customers side by side, where a
//! person reads, taps and writes, and an inspector with requests, webhooks with their signatures, templates to approve, and
//! switches for what goes wrong. It needs no network and keeps no simulator alive. It answers to 127.0.0.1 and localhost only, and pages of
//! other sites cannot use it.
//!
//! Programs can do what the page does: `POST /simulator/act` takes JSON such as
//! `{"act": "say", "person": "14155550132", "text": "Hi"}` or `{"act": "tap", "person": "14155550132", "id": "yes"}`, where
//! `reply_to` names the message if an older one is meant; the file `examples/simulator/curl.sh` holds a conversation that way.
//! Templates are reviewed by hand after `{"act": "review", "by_hand": true}`: `approve_template`, `reject_template` with a
//! `reason`, and `pause_template` take the `id` of one.
//!
//! # What it does as Meta does
//!
//! | | |
//! |---|---|
//! | messages | `POST /{phone}/messages` (all types, read marks, typing), `POST /{phone}/marketing_messages` |
//! | media | `POST /{phone}/media`, `GET` and `DELETE /{media_id}`, the download; resumable uploads to the app |
//! | checks | every documented limit of every kind of message; templates against what was [approved](Simulator::approve_template) |
//! | statuses | `sent`, `delivered`, `read`, each after the time that [`Pace`] gives it; only `sent` for reactions |
//! | limits | with [`Limits::meta`]: 131056 and 130429 for what is too fast; 131048 and 131049 in the `failed` status of templates to too many people, and of too much marketing |
//! | window | a free-form message to a customer who has not written for 24 hours is accepted and then `failed` with 131047 |
//! | people | appear on first contact, with a number, a business-scoped id and, [if wanted](Builder::parent_user_ids), a parent one; they can be written to by each. A [`User`] writes, sends files, places, cards and orders, taps, reacts, edits, deletes, blocks, opts out, changes numbers or hides theirs behind a username |
//! | numbers | one to begin with; [more](Simulator::add_phone), each in a chat of its own with each person, in accounts with tokens of their own |
//! | memory | the newest of everything is remembered ([`Builder::keep`]), so that it can be sent to for days |
//! | groups | messages to a [group](Simulator::group) are accepted and `sent`, and go no further: its members have no phones yet |
//!
#![doc = include_str!("imitates.md")]
//!
//! # Time, and no network
//!
//! The platform's clock can be [put forward](Simulator::advance) and [shared](Simulator::clock). [`Simulator::offline`] opens
//! no port: its [transport](Simulator::transport) carries requests, and [`Simulator::deliver_to`] takes webhooks to a
//! function.
//!
//! # Webhooks
//!
//! After [`Simulator::subscribe`] each webhook holds one update and is posted in the order of what happened: ASCII JSON,
//! `X-Hub-Signature-256` over its bytes. Whatever is not answered with 200 within 10 seconds is posted again, after 50
//! ms, 100 ms, 200 ms … 5 s, and given up after seven days; later ones wait for it. Meta promises no order, posts
//! [several at once](Builder::webhooks_at_once) and several updates [in one](Builder::batching), which is for you to switch on.
//!
//! # Faults
//!
//! [`Simulator::fail_next`] refuses a request with any code, [`Simulator::lose_next_answer`] takes a message and hangs up
//! without an answer. [`Faults`] let requests and webhooks go wrong by chance, the same chance for the same
//! [seed](Builder::seed): [`Faults::storm`] brings everything at once. Tokens [expire](Simulator::expire_token), numbers are
//! in [maintenance](Simulator::maintenance), accounts are [throttled](Simulator::throttle) with 80007, and any status can be
//! [reported](Simulator::report) at any time.
//!
#![doc = include_str!("adding.md")]

mod builder;
mod cart;
mod checks;
mod clock;
mod cut;
mod faults;
mod gesture;
mod graph;
mod group;
mod journal;
mod json;
mod library;
mod limits;
mod model;
mod numbers;
mod page;
mod platform;
mod refusal;
mod review;
mod server;
mod sight;
mod socket;
mod template;
mod transport;
mod user;
mod webhooks;

pub use builder::{Builder, Pace};
pub use cart::Cart;
pub use faults::{Faults, Permission};
pub use gesture::Gesture;
pub use group::Group;
pub use journal::ReceivedRequest;
pub use limits::Limits;
pub use model::{ButtonKind, Phone, Report, Shown, ShownButton, ShownCard};
pub use review::{KeptTemplate, Review};
pub use sight::{Sight, Sought, Until};
pub use template::ApprovedTemplate;
pub use user::User;
pub use webhooks::PostedWebhook;

use self::{
    model::{Endpoint, Target},
    platform::Platform,
    server::Running,
    webhooks::{Callback, courier},
};
use crate::{
    client::{BusinessPhone, Client, Transport},
    error::{Error, ErrorKind, Result},
    id::{AccountId, AppId, MessageId, PhoneNumberId, UploadHandle},
    wire::quiet_debug,
};
use bytes::Bytes;
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::timeout;
use url::Url;

/// Longest wait of [`Simulator::idle`].
const PATIENCE: Duration = Duration::from_secs(30);

/// Meta's side, running at 127.0.0.1.
///
/// Clones are handles to the same simulator. It stops when the last handle is dropped, those in [`User`]s included.
#[derive(Clone)]
pub struct Simulator(Arc<Running>);

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("graph_url", &self.graph_url()).finish_non_exhaustive()
    }
}

/// A message that the Graph API accepted.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SentMessage {
    /// The id it was given.
    pub id: MessageId,
    /// The business number that sent it.
    pub from: PhoneNumberId,
    /// The customer's number (digits only), or the group's id.
    pub to: String,
    /// What it was posted to: `messages` or `marketing_messages`.
    pub endpoint: &'static str,
    /// The JSON of the request.
    pub body: Value,
}

quiet_debug!(SentMessage { id, from });

impl Simulator {
    /// Starts a simulator with one business number on a free port.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when no port can be had.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Starts a simulator that never opens a port: [`client`](Self::client), [`phone`](Self::phone) and
    /// [`transport`](Self::transport) reach it from within the process, and [`deliver_to`](Self::deliver_to) takes webhooks
    /// to a function.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] outside a tokio runtime.
    ///
    /// ```
    /// # use whatsapp_business::{Webhook, simulator::Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::offline()?;
    /// let webhook = Webhook::new(simulator.app_secret(), simulator.verify_token())?;
    /// simulator.deliver_to(move |body, signature| {
    ///     let is_genuine = webhook.read(&body, signature.as_str()).is_ok();
    ///     async move { if is_genuine { 200 } else { 401 } }
    /// });
    /// simulator.user("+1 415 555 0132").says("Are you open?").await?;
    /// simulator.idle().await?;
    /// assert_eq!(simulator.webhooks()[0].status, Some(200));
    /// # Ok(()) }
    /// ```
    pub fn offline() -> Result<Self> {
        Self::builder().offline()
    }

    /// Sets up a simulator with your own ids, secrets and pace.
    pub fn builder() -> Builder {
        Builder::new()
    }

    fn new(running: Running) -> Self {
        Self(Arc::new(running))
    }

    fn platform(&self) -> &Arc<Platform> {
        &self.0.platform
    }

    /// A client that talks to this simulator.
    #[must_use]
    pub fn client(&self) -> Client {
        self.0.client.clone()
    }

    /// The business phone number, ready to send.
    #[must_use]
    pub fn phone(&self) -> BusinessPhone {
        self.0.client.phone(self.phone_number_id())
    }

    /// What carries the requests of a client of your own into the simulator, without a socket.
    ///
    /// [Lost answers](Self::lose_next_answer) are [`ErrorKind::Interrupted`] here as well, and a simulator that has ended is
    /// [`ErrorKind::Connect`].
    ///
    /// ```
    /// # use whatsapp_business::{Client, simulator::Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::offline()?;
    /// let client = Client::builder(simulator.access_token())
    ///     .graph_url(simulator.graph_url())
    ///     .transport(simulator.transport())
    ///     .build()?;
    /// client.phone(simulator.phone_number_id()).send("+14155550132", "Hello").await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn transport(&self) -> impl Transport + Clone + use<> {
        self.0.transport.clone()
    }

    /// Where the Graph API is, without version and trailing slash: `http://127.0.0.1:PORT`. An
    /// [offline](Self::offline) simulator names a port at which nobody answers.
    #[must_use]
    pub fn graph_url(&self) -> &str {
        &self.platform().origin
    }

    /// The token that the Graph API accepts.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.platform().settings.access_token
    }

    /// The secret that webhooks are signed with.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        &self.platform().settings.app_secret
    }

    /// The token shown in the handshake of [`subscribe`](Self::subscribe).
    #[must_use]
    pub fn verify_token(&self) -> &str {
        &self.platform().settings.verify_token
    }

    /// Id of the business phone number.
    #[must_use]
    pub fn phone_number_id(&self) -> &PhoneNumberId {
        &self.platform().settings.phone_number_id
    }

    /// Id of the account that owns the number.
    #[must_use]
    pub fn account_id(&self) -> &AccountId {
        &self.platform().settings.account_id
    }

    /// Id of the Meta app.
    #[must_use]
    pub fn app_id(&self) -> &AppId {
        &self.platform().settings.app_id
    }

    /// The file that was uploaded to the app under this handle.
    #[must_use]
    pub fn uploaded(&self, handle: &UploadHandle) -> Option<Bytes> {
        self.platform().look(|model| model.uploads.file(handle.as_str()).cloned())
    }

    /// Sends all webhooks from now on to `callback_url`, which must first answer the handshake.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the address is none or the handshake was not answered with 200 and the challenge;
    /// [`ErrorKind::Connect`] when there was no answer at all. Nothing is subscribed then.
    pub async fn subscribe(&self, callback_url: impl AsRef<str>) -> Result<()> {
        let callback = Url::parse(callback_url.as_ref())
            .map_err(|e| Error::with_source(ErrorKind::Config("the callback is not an address".into()), e))?;
        let challenge = self.platform().change(|model, _| model.challenge());
        courier::shake_hands(&self.0.http, &callback, self.verify_token(), &challenge).await?;
        self.platform().change(|model, _| model.outbox.subscribe(Callback::Address(callback)));
        Ok(())
    }

    /// Hands all webhooks from now on to a function: the bytes, and the value of `X-Hub-Signature-256`. It gives the HTTP
    /// status that the application answers with; anything but 200 and they come again.
    ///
    /// ```
    /// # #[cfg(feature = "desk")] {
    /// # use whatsapp_business::{Desk, simulator::Simulator};
    /// fn connect(simulator: &Simulator, desk: Desk) {
    ///     simulator.deliver_to(move |body, signature| {
    ///         let desk = desk.clone();
    ///         async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
    ///     });
    /// }
    /// # }
    /// ```
    pub fn deliver_to<F, A>(&self, function: F)
    where
        F: Fn(Bytes, String) -> A + Send + Sync + 'static,
        A: Future<Output = u16> + Send + 'static,
    {
        let function = Arc::new(function);
        let callback = Callback::Function(Arc::new(move |body, signature| {
            let function = Arc::clone(&function);
            // Called within the future, so that a panic in it comes where that of a future is looked for.
            Box::pin(async move { function(body, signature).await })
        }));
        self.platform().change(|model, _| model.outbox.subscribe(callback));
    }

    /// The customer with this number, country code included, in the chat with the first business number. What is not a digit is
    /// dropped.
    #[must_use]
    pub fn user(&self, number: impl AsRef<str>) -> User {
        let phone = self.platform().look(|model| Arc::clone(model.first_phone()));
        User::new(self.clone(), phone, number.as_ref())
    }

    /// A new group that the business is in; any other group is unknown to it (131041).
    ///
    /// Meta refuses messages to a group of which nobody else is a member (131020); this one counts as having some.
    #[must_use]
    pub fn group(&self) -> Group {
        Group::new(self.platform().change(|model, _| model.open_group()))
    }

    /// The messages that were accepted, oldest first: the newest [`Builder::keep`] of them.
    #[must_use]
    pub fn sent(&self) -> Vec<SentMessage> {
        self.platform().look(|model| {
            let messages = model.sent().map(|message| SentMessage {
                id: message.id.clone(),
                from: message.from.id.clone(),
                to: match &message.to {
                    Target::Person(number) => number.as_str().to_owned(),
                    Target::Group(group) => group.as_str().to_owned(),
                },
                endpoint: match message.endpoint {
                    Endpoint::Messages => "messages",
                    Endpoint::MarketingMessages => "marketing_messages",
                },
                body: message.body.clone(),
            });
            messages.collect()
        })
    }

    /// The webhooks so far, oldest first: the newest [`Builder::keep`] of them.
    #[must_use]
    pub fn webhooks(&self) -> Vec<PostedWebhook> {
        self.platform().look(|model| model.outbox.all().collect())
    }

    /// Posts every webhook that was answered with 200 once more.
    ///
    /// Meta does so after an outage: what one of several apps did not take is posted to all of them again, for up to seven
    /// days.
    pub fn redeliver_webhooks(&self) {
        self.platform().change(|model, _| model.outbox.post_again());
    }

    /// The page of this simulator for a browser: phones of the customers, and all that Graph and the webhook were told.
    ///
    /// It can be opened whenever the simulator runs, be it in a test that waits at a breakpoint. Pages of other sites cannot
    /// use it.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("{}{}/", self.graph_url(), page::PREFIX)
    }

    /// How many requests reached the Graph API, refused ones included and downloads of media not.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.platform().look(|model| model.requests)
    }

    /// Waits until the platform is as `is_so` wants it; at most 5 seconds, or as [`within`](Until::within) says.
    ///
    /// It is asked after every change, so it should be quick.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`].
    ///
    /// ```
    /// # use whatsapp_business::simulator::Simulator;
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::start().await?;
    /// let phone = simulator.phone();
    /// tokio::spawn(async move { phone.send("+14155550132", "Hello").await });
    /// simulator.until(|simulator| simulator.sent().len() == 1).await?;
    /// # Ok(()) }
    /// ```
    pub fn until(&self, is_so: impl Fn(&Self) -> bool + Send + Sync + 'static) -> Until {
        Until::new(self.clone(), is_so)
    }

    /// Waits until all planned statuses have happened and all webhooks are answered with 200.
    ///
    /// With a [`Pace`] that reads late it waits for that as well.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] when that takes more than 30 seconds.
    pub async fn idle(&self) -> Result<()> {
        let idle = self.platform().until(model::Model::is_idle);
        timeout(PATIENCE, idle).await.map_err(|e| Error::with_source(ErrorKind::Timeout, e))
    }

    /// Stops the simulator: no more webhooks, no more answers.
    ///
    /// Handles that are left can still be asked what happened.
    pub async fn stop(&self) {
        self.0.stop().await;
    }
}
