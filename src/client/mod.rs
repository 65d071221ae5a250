//! The client: requests to the Graph API.
//!
//! A [`Client`] holds a token, a pool of connections and a retry policy, and is cheap to clone. From it come handles:
//! [`BusinessPhone`] for what one business phone number does, [`Account`] for its templates, [`App`] for the files of a Meta app. A call on a handle is a value; its options are methods and
//! `.await` makes it.
//!
//! ```no_run
//! # async fn f() -> whatsapp_business::Result<()> {
//! use whatsapp_business::Client;
//! let client = Client::new(std::env::var("WHATSAPP_ACCESS_TOKEN").unwrap_or_default())?;
//! let phone = client.phone("106540352242922");
//! let sent = phone.send("+14155552671", "Your panels ship on Monday").await?;
//! println!("accepted as {}", sent.message_id);
//! # Ok(()) }
//! ```

mod account;
mod app;
mod call;
mod file;
mod marketing;
mod media;
mod messages;
mod origin;
mod page;
mod retry;
mod templates;
mod transfer;
mod transport;

pub use account::Account;
pub use app::{App, UploadToApp};
pub use call::{Call, CallFuture};
pub use marketing::{ProductPolicy, SendMarketing};
pub use media::{Download, DownloadMedia, Media, MediaInfo, Saved, UploadMedia};
pub use messages::{MarkRead, MessageStatus, SendMessage, Sent};
pub use page::{Page, Pages, Summary};
pub use retry::RetryPolicy;
pub use templates::{
    Archived, CodePreview, CodePreviewButton, Comparison, CreateTemplate, Created, FailedTemplate,
    LibraryTemplate, ListLibrary, ListTemplates, Metric, Migrated, PreviewCodes, Templates, Unpaused,
    Upserted,
};
pub use transport::{Body, Transport};

use crate::{
    error::{Error, ErrorKind, Result},
    id::{AccountId, AppId, PhoneNumberId},
    secret::{AccessToken, AppSecret},
};
use origin::Origins;
use std::{fmt, sync::Arc, time::Duration};
use transport::Network;
use url::Url;

/// A client of the Graph API; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    token: AccessToken,
    proof: Option<String>,
    origins: Origins,
    version: String,
    retry: RetryPolicy,
    timeout: Duration,
    transport: Arc<dyn Transport>,
}

impl Client {
    /// The version of the Graph API that calls are made to unless the builder says otherwise.
    pub const DEFAULT_VERSION: &str = "v26.0";
    /// The time one attempt of a call may take, and a transfer of media stand still, unless the builder or the call says
    /// otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// A client that speaks for `token`, to Meta's own address.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the token is empty or has characters that no token has.
    pub fn new(token: impl Into<String>) -> Result<Self> {
        Self::builder(token).build()
    }

    /// A client to be set up.
    pub fn builder(token: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            token: AccessToken::new(token),
            app_secret: None,
            graph_url: Origins::GRAPH.to_owned(),
            media_origins: Vec::new(),
            version: Self::DEFAULT_VERSION.to_owned(),
            retry: RetryPolicy::default(),
            timeout: Self::DEFAULT_TIMEOUT,
            transport: None,
        }
    }

    /// The business phone number with this id: what sends messages.
    #[must_use]
    pub fn phone(&self, id: impl Into<PhoneNumberId>) -> BusinessPhone {
        BusinessPhone { client: self.clone(), id: id.into() }
    }

    /// The WhatsApp Business Account with this id: what owns templates.
    #[must_use]
    pub fn account(&self, id: impl Into<AccountId>) -> Account {
        Account { client: self.clone(), id: id.into() }
    }

    /// The Meta app with this id: what takes the sample files of templates.
    #[must_use]
    pub fn app(&self, id: impl Into<AppId>) -> App {
        App::new(self.clone(), id.into())
    }

    fn token(&self) -> &AccessToken {
        &self.0.token
    }

    fn proof(&self) -> Option<&str> {
        self.0.proof.as_deref()
    }

    fn graph(&self) -> &Url {
        self.0.origins.graph()
    }

    fn api(&self) -> &Url {
        self.0.origins.api()
    }

    fn trusts(&self, url: &Url) -> bool {
        self.0.origins.trusts(url)
    }

    fn version(&self) -> &str {
        &self.0.version
    }

    fn retry(&self) -> &RetryPolicy {
        &self.0.retry
    }

    fn timeout(&self) -> Duration {
        self.0.timeout
    }

    fn transport(&self) -> &dyn Transport {
        &*self.0.transport
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.0.origins.graph().as_str();
        f.debug_struct("Client")
            .field("graph_url", &graph)
            .field("version", &self.0.version)
            .finish_non_exhaustive()
    }
}

/// Sets up a [`Client`].
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    token: Result<AccessToken>,
    app_secret: Option<AppSecret>,
    graph_url: String,
    media_origins: Vec<String>,
    version: String,
    retry: RetryPolicy,
    timeout: Duration,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    /// Proves with each call that the app's secret is known (`appsecret_proof`); needed when the app requires it.
    pub fn app_secret(mut self, secret: AppSecret) -> Self {
        self.app_secret = Some(secret);
        self
    }

    /// The origin of the Graph API, for a proxy or a simulator: https, or http on this machine.
    pub fn graph_url(mut self, url: impl Into<String>) -> Self {
        self.graph_url = url.into();
        self
    }

    /// One more origin that media may be fetched from with the token, beside Meta's media host.
    pub fn media_origin(mut self, url: impl Into<String>) -> Self {
        self.media_origins.push(url.into());
        self
    }

    /// The version of the Graph API, such as `v26.0`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// When calls are tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The time that one attempt of a call may take; of a transfer of media, the time for which nothing may move.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// What carries requests, instead of the network.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the token, the address or the version cannot be one, or TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        let token = self.token?;
        let number = self.version.strip_prefix('v').and_then(|version| version.split_once('.'));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !number.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
            return Err(Error::new(ErrorKind::Config("the Graph API version is not like v26.0".into())));
        }
        let origins = Origins::new(&self.graph_url, &self.media_origins)?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Network::new(&origins)?),
        };
        Ok(Client(Arc::new(Inner {
            proof: self.app_secret.map(|secret| secret.proof(&token)),
            token,
            origins,
            version: self.version,
            retry: self.retry,
            timeout: self.timeout,
            transport,
        })))
    }
}

/// Addresses are not checked yet, and may hold a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A business phone number: the sender of messages.
#[derive(Clone, Debug)]
pub struct BusinessPhone {
    client: Client,
    id: PhoneNumberId,
}

impl BusinessPhone {
    /// Its id at Meta.
    #[must_use]
    pub fn id(&self) -> &PhoneNumberId {
        &self.id
    }
}
