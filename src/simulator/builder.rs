//! What a simulator is made with.

use super::{Faults, Limits, Phone, Simulator, server};
use crate::{
    AppSecret,
    error::{Error, ErrorKind, Result},
    id::{AccountId, AppId, PhoneNumberId},
};
use std::time::Duration;

/// Sets up a [`Simulator`]; made by [`Simulator::builder`].
#[derive(Clone)]
#[must_use = "nothing runs before start"]
pub struct Builder {
    port: u16,
    app_secret: String,
    verify_token: String,
    access_token: String,
    phone_number_id: PhoneNumberId,
    account_id: AccountId,
    app_id: AppId,
    display_phone_number: String,
    pace: Pace,
    window: bool,
    parent_user_ids: bool,
    media_url_lifetime: Duration,
    keep: usize,
    posting: Posting,
    faults: Faults,
    limits: Limits,
    throughput: usize,
    seed: Option<u64>,
}

crate::wire::quiet_debug!(Builder {
    port,
    phone_number_id,
    account_id,
    app_id,
    pace,
    window,
    parent_user_ids,
    media_url_lifetime,
    keep,
    posting,
    faults,
    limits,
    throughput,
    seed
});

impl Builder {
    /// How many messages a simulator remembers unless told otherwise.
    pub const KEEP: usize = 10_000;

    pub(super) fn new() -> Self {
        Self {
            port: 0,
            app_secret: "simulated-app-secret".into(),
            verify_token: "simulated-verify-token".into(),
            access_token: "simulated-access-token".into(),
            phone_number_id: "106540352242922".into(),
            account_id: "102290129340398".into(),
            app_id: "670843887433847".into(),
            display_phone_number: "15550100001".into(),
            pace: Pace::instant(),
            window: true,
            parent_user_ids: false,
            media_url_lifetime: Duration::from_secs(5 * 60),
            keep: Self::KEEP,
            posting: Posting::default(),
            faults: Faults::none(),
            limits: Limits::none(),
            throughput: Phone::THROUGHPUT,
            seed: None,
        }
    }

    /// The port to listen on, at 127.0.0.1; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The app secret that webhooks are signed with.
    pub fn app_secret(mut self, secret: impl Into<String>) -> Self {
        self.app_secret = secret.into();
        self
    }

    /// The token that [`Simulator::subscribe`] shows to the webhook.
    pub fn verify_token(mut self, token: impl Into<String>) -> Self {
        self.verify_token = token.into();
        self
    }

    /// The one token that the Graph API accepts.
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.access_token = token.into();
        self
    }

    /// Id of the business phone number.
    pub fn phone_number_id(mut self, id: impl Into<PhoneNumberId>) -> Self {
        self.phone_number_id = id.into();
        self
    }

    /// Id of the WhatsApp Business Account that owns the number.
    pub fn account_id(mut self, id: impl Into<AccountId>) -> Self {
        self.account_id = id.into();
        self
    }

    /// Id of the Meta app, which takes the sample files of templates.
    pub fn app_id(mut self, id: impl Into<AppId>) -> Self {
        self.app_id = id.into();
        self
    }

    /// The business phone number itself, with its country code; what is not a digit is dropped.
    pub fn display_phone_number(mut self, number: impl Into<String>) -> Self {
        self.display_phone_number = number.into();
        self
    }

    /// How long messages take; [`Pace::instant`] unless set.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Whether free-form messages need a customer who wrote within the last 24 hours; they do unless switched off.
    ///
    /// As with Meta, a message outside the window is accepted with 200 and then reported as `failed` with code 131047.
    pub fn window(mut self, on: bool) -> Self {
        self.window = on;
        self
    }

    /// Whether the business portfolio shares ids with others, so that customers have a parent BSUID (`CC.ENT.…`) as well;
    /// they have none unless switched on.
    pub fn parent_user_ids(mut self, on: bool) -> Self {
        self.parent_user_ids = on;
        self
    }

    /// How long the address of a media object can be used; five minutes unless set, as with Meta.
    pub fn media_url_lifetime(mut self, lifetime: Duration) -> Self {
        self.media_url_lifetime = lifetime;
        self
    }

    /// How much is remembered: the newest `keep` of the accepted messages, of the messages on all phones together, and of the
    /// webhooks; [`KEEP`](Self::KEEP) of each unless set.
    ///
    /// So a simulator can be sent to for as long as one likes. What is forgotten cannot be read, reacted to or answered any
    /// more. A message with a status still to come and a webhook that waits are not forgotten; people and files never are.
    pub fn keep(mut self, keep: usize) -> Self {
        self.keep = keep;
        self
    }

    /// Lets up to `updates` messages and statuses come in one webhook, which waits so `long` for more of them; each comes alone
    /// unless set.
    ///
    /// Meta sends up to 1,000 at once. They are grouped by account, number and kind.
    pub fn batching(mut self, updates: usize, long: Duration) -> Self {
        (self.posting.batch, self.posting.linger) = (updates.max(1), long);
        self
    }

    /// How many webhooks are under way at once; 1 unless set: each waits until the one before it was answered with 200.
    ///
    /// Meta posts several at once, so that they overtake each other, and one that is not taken keeps nobody waiting.
    pub fn webhooks_at_once(mut self, number: usize) -> Self {
        self.posting.at_once = number.max(1);
        self
    }

    /// How long after a failure a webhook is posted again: `first` after the first one, twice as long after each more, up to
    /// `longest`. 50 milliseconds and 5 seconds unless set.
    ///
    /// Meta tries again at once and then ever more rarely, for seven days; its waits are not documented.
    pub fn redelivery(mut self, first: Duration, longest: Duration) -> Self {
        (self.posting.first_wait, self.posting.longest_wait) = (first, longest);
        self
    }

    /// What goes wrong by chance; nothing unless set. See [`Simulator::set_faults`].
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Which of Meta's limits are kept; none unless set. See [`Simulator::set_limits`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many messages the first number sends and receives in a second; see [`Phone::throughput`].
    pub fn throughput(mut self, messages: usize) -> Self {
        self.throughput = messages;
        self
    }

    /// Makes ids and [faults](Self::faults) repeat from run to run. Two simulators with the same seed hand out the same ids.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when a secret is empty, the phone number has no digits or the port is taken.
    pub async fn start(self) -> Result<Simulator> {
        let (port, rng) = (self.port, self.rng());
        server::start(port, self.settings()?, rng).await
    }

    /// Starts without listening anywhere; see [`Simulator::offline`].
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when a secret is empty, the phone number has no digits or there is no tokio runtime.
    pub fn offline(self) -> Result<Simulator> {
        let rng = self.rng();
        server::offline(self.settings()?, rng)
    }

    fn rng(&self) -> fastrand::Rng {
        self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)
    }

    pub(super) fn settings(self) -> Result<Settings> {
        let number: String = self.display_phone_number.chars().filter(char::is_ascii_digit).collect();
        if number.is_empty() {
            return Err(Error::new(ErrorKind::Config("the display phone number has no digits".into())));
        }
        for (secret, what) in [(&self.access_token, "access token"), (&self.verify_token, "verify token")] {
            if secret.is_empty() {
                return Err(Error::new(ErrorKind::Config(format!("the simulator's {what} is empty"))));
            }
        }
        Ok(Settings {
            signing_key: AppSecret::new(self.app_secret.as_str())?,
            app_secret: self.app_secret,
            verify_token: self.verify_token,
            access_token: self.access_token,
            phone_number_id: self.phone_number_id,
            account_id: self.account_id,
            app_id: self.app_id,
            number,
            pace: self.pace,
            window: self.window,
            parent_user_ids: self.parent_user_ids,
            media_url_lifetime: self.media_url_lifetime,
            keep: self.keep,
            posting: self.posting,
            faults: self.faults,
            limits: self.limits,
            throughput: self.throughput,
        })
    }
}

/// What does not change while a simulator runs.
pub(super) struct Settings {
    pub(super) app_secret: String,
    pub(super) signing_key: AppSecret,
    pub(super) verify_token: String,
    pub(super) access_token: String,
    pub(super) phone_number_id: PhoneNumberId,
    pub(super) account_id: AccountId,
    pub(super) app_id: AppId,
    /// The business number, digits only.
    pub(super) number: String,
    pub(super) pace: Pace,
    pub(super) window: bool,
    pub(super) parent_user_ids: bool,
    pub(super) media_url_lifetime: Duration,
    /// How many of each kind are remembered.
    pub(super) keep: usize,
    pub(super) posting: Posting,
    pub(super) faults: Faults,
    pub(super) limits: Limits,
    pub(super) throughput: usize,
}

impl Settings {
    /// The business number that every simulator has.
    pub(super) fn phone(&self) -> Phone {
        Phone::new(&self.phone_number_id, &self.account_id, &self.number)
            .access_token(&self.access_token)
            .throughput(self.throughput)
    }
}

/// How webhooks are posted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    /// Most updates in one.
    pub(super) batch: usize,
    pub(super) linger: Duration,
    pub(super) at_once: usize,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Posting {
    /// How long to wait after so many attempts.
    pub(super) fn wait(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait)
    }
}

impl Default for Posting {
    fn default() -> Self {
        Self {
            batch: 1,
            linger: Duration::ZERO,
            at_once: 1,
            first_wait: Duration::from_millis(50),
            longest_wait: Duration::from_secs(5),
        }
    }
}

/// How long a message takes to each of its statuses, counted from its acceptance.
///
/// No status comes before the one it follows from: a message that is `delivered` late is `read` late as well.
///
/// ```
/// use std::time::Duration;
/// use whatsapp_business::simulator::Pace;
/// let slow_reader = Pace::human().read(Duration::from_secs(60));
/// let nobody_looks = Pace::instant().never_read();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub(super) sent: Duration,
    pub(super) delivered: Duration,
    pub(super) read: Option<Duration>,
    pub(super) by_hand: bool,
}

impl Pace {
    /// Everything at once: sent, delivered and read before the next line of a test.
    #[must_use]
    pub fn instant() -> Self {
        Self { sent: Duration::ZERO, delivered: Duration::ZERO, read: Some(Duration::ZERO), by_hand: false }
    }

    /// As a person at a phone: sent after 0.3 s, delivered after 1 s, read after 2.5 s.
    #[must_use]
    pub fn human() -> Self {
        let millis = Duration::from_millis;
        Self { sent: millis(300), delivered: millis(1_000), read: Some(millis(2_500)), by_hand: false }
    }

    /// Nothing by itself: every status is [reported](super::Simulator::report) by the test, and a message is on the phone
    /// once it was reported as delivered.
    #[must_use]
    pub fn by_hand() -> Self {
        Self { by_hand: true, ..Self::instant() }
    }

    /// When a message is `sent`.
    #[must_use]
    pub fn sent(mut self, after: Duration) -> Self {
        self.sent = after;
        self
    }

    /// When a message is `delivered`: it is on the phone from then on.
    #[must_use]
    pub fn delivered(mut self, after: Duration) -> Self {
        self.delivered = after;
        self
    }

    /// When a message is `read` by itself.
    #[must_use]
    pub fn read(mut self, after: Duration) -> Self {
        self.read = Some(after);
        self
    }

    /// Messages are read only when [`User::reads`](super::User::reads) says so.
    #[must_use]
    pub fn never_read(mut self) -> Self {
        self.read = None;
        self
    }
}

impl Pace {
    /// The same without any wait.
    pub(super) fn at_once(self) -> Self {
        Self { read: self.read.map(|_| Duration::ZERO), by_hand: self.by_hand, ..Self::instant() }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::instant()
    }
}
