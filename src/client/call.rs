//! A request that has not been sent yet, and the one way in which requests are sent.

use crate::{
    client::{
        Client, RetryPolicy,
        retry::Safety,
        transport::{Body, authorization},
    },
    error::{self, Error, ErrorKind, Path, Result, Violation},
};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use serde::de::DeserializeOwned;
use std::{
    fmt,
    future::IntoFuture,
    pin::Pin,
    time::{Duration, Instant},
};
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
    body: Bytes,
    safety: Safety,
    /// What the request is called in logs.
    name: &'static str,
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
        let mut url = client.graph().clone();
        let (called, id) = id;
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b))
            && id.bytes().any(|b| b != b'.');
        if !plain {
            let problem = "is empty or has characters no id has";
            return Err(vec![Violation::new(Path::ROOT.field(called), problem, "an id as Meta gave it")]);
        }
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push(client.version()).push(id).extend(edge);
        }
        let safety = if method == Method::POST { Safety::Once } else { Safety::Repeatable };
        Ok(Self { method, url, content_type: None, body: Bytes::new(), safety, name })
    }

    /// A request for the bytes at an address that Meta gave.
    pub(super) fn fetch(url: Url, name: &'static str) -> Self {
        let (content_type, body) = (None, Bytes::new());
        Self { method: Method::GET, url, content_type, body, safety: Safety::Repeatable, name }
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
        self.body = body.into();
        self
    }

    /// Doing it twice does no harm, although it is a POST.
    pub(super) fn repeatable(mut self) -> Self {
        self.safety = Safety::Repeatable;
        self
    }

    /// The request, without credentials.
    pub(super) fn request(&self) -> Result<http::Request<Bytes>> {
        let mut request = http::Request::builder().method(self.method.clone()).uri(self.url.as_str());
        if let Some(content_type) = &self.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        request.body(self.body.clone()).map_err(|error| {
            Error::with_source(ErrorKind::Config("the request could not be built".into()), error)
        })
    }

    fn with_credentials(&self, client: &Client) -> Result<http::Request<Body>> {
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
        request.headers_mut().insert(header::AUTHORIZATION, authorization(client.token())?);
        Ok(request)
    }
}

/// A successful answer.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Makes the request, again and again as the policy and its safety allow. An answer of more than `limit` bytes is an error.
pub(super) async fn run(client: &Client, plan: &Plan, options: &Options, limit: usize) -> Result<Answer> {
    let retry = options.retry.as_ref().unwrap_or(client.retry());
    let timeout = options.timeout.unwrap_or(client.timeout());
    let begun = Instant::now();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match tokio::time::timeout(timeout, once(client, plan, limit)).await {
            Ok(Ok(answer)) => {
                tracing::debug!(call = plan.name, attempts, "answered");
                return Ok(answer);
            }
            Ok(Err(error)) => error,
            Err(_) => Error::new(ErrorKind::Timeout),
        };
        match retry.next(&error, plan.safety, attempts, begun.elapsed(), fastrand::f64) {
            Some(wait) => {
                tracing::info!(call = plan.name, attempts, ?wait, %error, "trying again");
                tokio::time::sleep(wait).await;
            }
            None => {
                tracing::debug!(call = plan.name, attempts, %error, "failed");
                return Err(error);
            }
        }
    }
}

async fn once(client: &Client, plan: &Plan, limit: usize) -> Result<Answer> {
    let answer = client.transport().send(plan.with_credentials(client)?).await?;
    let (head, body) = answer.into_parts();
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let wait = error::wait(text("retry-after"), text("x-business-use-case-usage"));
    if !head.status.is_success() {
        // An error page that cannot be read to its end is still the error it began as.
        let body = body.bytes(MAX_ERROR).await.unwrap_or_default();
        return Err(Error::new(error::read(head.status.as_u16(), wait, &body)));
    }
    let body = body.bytes(limit).await?;
    // Partial success: some group calls answer 206 with an error inside.
    if head.status == StatusCode::PARTIAL_CONTENT
        && let kind @ ErrorKind::Api(_) = error::read(head.status.as_u16(), wait, &body)
    {
        return Err(Error::new(kind));
    }
    Ok(Answer { headers: head.headers, body })
}

/// Largest error answer that is read.
const MAX_ERROR: usize = 1024 * 1024;
/// Largest JSON answer that is read.
pub(super) const MAX_JSON: usize = 16 * 1024 * 1024;

/// The options that every call has, spelled the same on each.
macro_rules! call_options {
    () => {
        /// Overrides the client's retry policy.
        pub fn retry(mut self, policy: $crate::client::RetryPolicy) -> Self {
            self.options.retry = Some(policy);
            self
        }

        /// Overrides the client's time limit for one attempt; large files over slow lines need more.
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
            (self.read)(&answer.body)
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
