//! A request that has not been sent yet, and the one way in which requests are sent.

use crate::{
    client::{
        Client, RetryPolicy,
        retry::Safety,
        transfer::{Incoming, Meter, Outgoing, Whole, refusal},
        transport::{Body, authorization},
    },
    error::{Error, ErrorKind, Path, Result, Violation},
};
use bytes::Bytes;
use http::{Method, header};
use serde::de::DeserializeOwned;
use std::{fmt, future::IntoFuture, panic::resume_unwind, pin::Pin, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

/// The future of a call.
pub type CallFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'static>>;

/// A request about to be made; `.await` makes it.
///
/// Nothing happens before that. A call can be cloned, kept, and looked at with [`request`](Self::request).
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    client: Client,
    plan: Result<Plan, Vec<Violation>>,
    options: Options,
    read: fn(&[u8]) -> Result<T>,
}

/// What every call may set for itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) retry: Option<RetryPolicy>,
    pub(super) timeout: Option<Duration>,
}

/// A request but for its credentials.
#[derive(Clone)]
pub(super) struct Plan {
    method: Method,
    url: Url,
    content_type: Option<String>,
    payload: Payload,
    safety: Safety,
    scheme: &'static str,
    /// Whether a file goes up or down: then the time limit is for standing still.
    is_transfer: bool,
    /// What the request is called in logs.
    name: &'static str,
}

#[derive(Clone)]
enum Payload {
    Bytes(Bytes),
    Outgoing(Arc<dyn Outgoing>),
}

impl Plan {
    /// A request to the Graph API about the object that `id` gives, by what that id is called and the id itself; `edge` is
    /// what of the object is meant.
    pub(super) fn graph(
        client: &Client,
        method: Method,
        id: (&'static str, &str),
        edge: Option<&'static str>,
        name: &'static str,
    ) -> Result<Self, Vec<Violation>> {
        let (called, id) = id;
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b))
            && id.bytes().any(|b| b != b'.');
        if !plain {
            let problem = "is empty or has characters no id has";
            return Err(vec![Violation::new(Path::ROOT.field(called), problem, "an id as Meta gave it")]);
        }
        Ok(Self::below(client, method, std::iter::once(id).chain(edge), name))
    }

    /// A request to the Graph API at a path of these parts, whatever characters they have.
    pub(super) fn below<'a>(
        client: &Client,
        method: Method,
        path: impl IntoIterator<Item = &'a str>,
        name: &'static str,
    ) -> Self {
        let mut url = client.graph().clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push(client.version());
        }
        Self::on(url, method, path, name)
    }

    /// A request at a path of these parts on the host beside the Graph API, which knows no versions.
    pub(super) fn unversioned<'a>(
        client: &Client,
        method: Method,
        path: impl IntoIterator<Item = &'a str>,
        name: &'static str,
    ) -> Self {
        Self::on(client.api().clone(), method, path, name)
    }

    fn on<'a>(
        mut url: Url,
        method: Method,
        path: impl IntoIterator<Item = &'a str>,
        name: &'static str,
    ) -> Self {
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        let safety = if method == Method::POST { Safety::Once } else { Safety::Repeatable };
        Self { safety, ..Self::new(method, url, name) }
    }

    /// A request for the bytes at an address that Meta gave.
    pub(super) fn fetch(url: Url, name: &'static str) -> Self {
        Self { is_transfer: true, ..Self::new(Method::GET, url, name) }
    }

    fn new(method: Method, url: Url, name: &'static str) -> Self {
        let payload = Payload::Bytes(Bytes::new());
        let (safety, scheme) = (Safety::Repeatable, "Bearer");
        Self { method, url, content_type: None, payload, safety, scheme, is_transfer: false, name }
    }

    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    pub(super) fn json(self, body: &impl serde::Serialize) -> Result<Self, Vec<Violation>> {
        match serde_json::to_vec(body) {
            Ok(json) => Ok(self.body("application/json", json)),
            Err(_) => Err(vec![Violation::new(Path::ROOT, "cannot be written as JSON", "JSON")]),
        }
    }

    pub(super) fn body(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.content_type = Some(content_type.into());
        self.payload = Payload::Bytes(body.into());
        self
    }

    /// With a body that is too large for memory. Sending a file twice leaves a file too many, which does no harm.
    pub(super) fn file(mut self, file: impl Outgoing + 'static) -> Self {
        self.payload = Payload::Outgoing(Arc::new(file));
        self.is_transfer = true;
        self.repeatable()
    }

    /// With the token under another name than `Bearer`.
    pub(super) fn scheme(mut self, scheme: &'static str) -> Self {
        self.scheme = scheme;
        self
    }

    /// Doing it twice does no harm, although it is a POST.
    pub(super) fn repeatable(mut self) -> Self {
        self.safety = Safety::Repeatable;
        self
    }

    /// The request, without credentials and without a body that is made only when it is sent.
    pub(super) fn request(&self) -> Result<http::Request<Bytes>> {
        let mut request = http::Request::builder().method(self.method.clone()).uri(self.url.as_str());
        if let Some(content_type) = &self.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let body = match &self.payload {
            Payload::Bytes(bytes) => bytes.clone(),
            Payload::Outgoing(_) => Bytes::new(),
        };
        request.body(body).map_err(|error| {
            Error::with_source(ErrorKind::Config("the request could not be built".into()), error)
        })
    }

    async fn with_credentials(
        &self,
        client: &Client,
        attempt: u32,
        meter: &Arc<Meter>,
    ) -> Result<http::Request<Body>> {
        let mut plan = self.clone();
        if let Some(proof) = client.proof() {
            plan = plan.query("appsecret_proof", proof);
        }
        let mut request = plan.request()?.map(Body::from);
        if !client.trusts(&plan.url) {
            return Err(Error::new(ErrorKind::Config(
                "the address is not one that may be given the token".into(),
            )));
        }
        if let Payload::Outgoing(file) = &self.payload {
            let (headers, body) = file.make(attempt, meter).await?;
            request.headers_mut().extend(headers);
            *request.body_mut() = body;
        }
        request.headers_mut().insert(header::AUTHORIZATION, authorization(self.scheme, client.token())?);
        Ok(request)
    }

    fn is_spent(&self) -> bool {
        matches!(&self.payload, Payload::Outgoing(file) if file.is_spent())
    }
}

/// What it is called only: its address and body may name a person.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Makes the request, again and again as the policy and its safety allow, and gives the answer. One of more than `limit`
/// bytes is an error.
pub(super) async fn run(client: &Client, plan: &Plan, options: &Options, limit: usize) -> Result<Bytes> {
    let mut whole = Whole { limit, ..Whole::default() };
    transfer(client, plan, options, &mut whole).await?;
    Ok(whole.body)
}

/// As [`run`], with `incoming` to take the answer.
pub(super) async fn transfer(
    client: &Client,
    plan: &Plan,
    options: &Options,
    incoming: &mut dyn Incoming,
) -> Result<()> {
    let retry = options.retry.as_ref().unwrap_or(client.retry());
    let limit = options.timeout(client);
    let mut begun = Instant::now();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let meter = Arc::new(Meter::new());
        let attempt = once(client, plan, attempts, &meter, incoming);
        let result = if plan.is_transfer {
            meter.watch(limit, attempt).await
        } else {
            timeout(limit, attempt).await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout)))
        };
        if let Some(panic) = meter.panic() {
            resume_unwind(panic);
        }
        let error = match (meter.failure(), result) {
            (None, Ok(())) => {
                tracing::debug!(call = plan.name, attempts, "answered");
                return Ok(());
            }
            (Some(error), _) | (None, Err(error)) => error,
        };
        // What moved was worth its time.
        begun = meter.last().unwrap_or(begun);
        match retry.next(&error, plan.safety, attempts, begun.elapsed(), fastrand::f64) {
            Some(_) if plan.is_spent() || incoming.is_spent() => {
                tracing::debug!(call = plan.name, attempts, %error, "failed and cannot begin anew");
                return Err(Error::with_source(ErrorKind::Media(ONCE.to_owned()), error));
            }
            Some(wait) => {
                tracing::info!(call = plan.name, attempts, ?wait, %error, "trying again");
                sleep(wait).await;
            }
            None => {
                tracing::debug!(call = plan.name, attempts, %error, "failed");
                return Err(error);
            }
        }
    }
}

/// Why a transfer was not tried again.
const ONCE: &str =
    "the transfer broke off and was not tried again: a stream can be read or written only once";

/// Makes one attempt.
pub(super) async fn once(
    client: &Client,
    plan: &Plan,
    attempt: u32,
    meter: &Arc<Meter>,
    incoming: &mut dyn Incoming,
) -> Result<()> {
    let request = plan.with_credentials(client, attempt, meter).await?;
    let (head, body) = client.transport().send(request).await?.into_parts();
    if head.status.is_success() {
        return incoming.take(&head, body, meter).await;
    }
    // An error page that cannot be read to its end is still the error it began as.
    let body = body.bytes(MAX_ERROR).await.unwrap_or_default();
    Err(Error::new(refusal(&head, &body)))
}

/// Largest error answer that is read.
const MAX_ERROR: usize = 1024 * 1024;
/// Largest JSON answer that is read.
pub(super) const MAX_JSON: usize = 16 * 1024 * 1024;

impl Options {
    /// How long an attempt may take, or a transfer stand still.
    pub(super) fn timeout(&self, client: &Client) -> Duration {
        self.timeout.unwrap_or(client.timeout())
    }
}

/// The options that every call has, spelled the same on each.
macro_rules! call_options {
    () => {
        call_options!("Overrides the client's time limit for one attempt.");
    };
    ($timeout:literal) => {
        /// Overrides the client's retry policy.
        pub fn retry(mut self, policy: $crate::client::RetryPolicy) -> Self {
            self.options.retry = Some(policy);
            self
        }

        #[doc = $timeout]
        pub fn timeout(mut self, limit: std::time::Duration) -> Self {
            self.options.timeout = Some(limit);
            self
        }
    };
}
pub(super) use call_options;

impl<T> Call<T> {
    pub(super) fn new(
        client: &Client,
        plan: Result<Plan, Vec<Violation>>,
        read: fn(&[u8]) -> Result<T>,
    ) -> Self {
        Self { client: client.clone(), plan, options: Options::default(), read }
    }

    pub(super) fn with(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when an id cannot be one.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.plan.as_ref().map_err(|violations| Error::invalid(violations.clone()))?.request()
    }
}

impl<T: 'static> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = CallFuture<T>;

    fn into_future(self) -> CallFuture<T> {
        Box::pin(async move {
            let plan = self.plan.map_err(Error::invalid)?;
            let answer = run(&self.client, &plan, &self.options, MAX_JSON).await?;
            (self.read)(&answer)
        })
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        let (client, plan) = (self.client.clone(), self.plan.clone());
        Self { client, plan, options: self.options.clone(), read: self.read }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.plan.as_ref().map(|plan| plan.name);
        f.debug_struct("Call").field("name", &name).field("options", &self.options).finish_non_exhaustive()
    }
}

/// Reads an answer's JSON.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        // serde quotes values, which may be a person's; the place is enough to find the cause.
        Error::new(ErrorKind::Decode(format!(
            "unexpected JSON at line {}, column {}",
            error.line(),
            error.column()
        )))
    })
}

/// Reads an answer of which only the success counts.
pub(super) fn nothing(_: &[u8]) -> Result<()> {
    Ok(())
}
