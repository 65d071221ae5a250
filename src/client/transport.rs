//! How a request reaches Meta.

use crate::{
    client::origin::Origins,
    error::{Error, ErrorKind, Result},
    secret::AccessToken,
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderValue, uri::Scheme};
use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

/// Sends one request and gives one answer, whatever its status. Limits, retries and credentials live above it.
///
/// Implement it to put a proxy, a recorder or a test in the place of the network.
///
/// ```
/// use whatsapp_business::{Client, Result, client::{Body, Transport}};
///
/// #[derive(Debug)]
/// struct Canned;
///
/// #[async_trait::async_trait]
/// impl Transport for Canned {
///     async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
///         assert_eq!(request.method(), "POST");
///         Ok(http::Response::new(r#"{"messages": [{"id": "wamid.A"}]}"#.into()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let client = Client::builder("token").transport(Canned).build()?;
/// let sent = client.phone("106540352242922").send("+14155552671", "Hello").await?;
/// assert_eq!(sent.message_id.as_str(), "wamid.A");
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request`.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`] only when it is certain that nothing was sent; [`ErrorKind::Interrupted`] when the
    /// connection broke later. An error status is not an error here.
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>>;
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// The body of a request or an answer: bytes at once, or in chunks as they come.
pub struct Body(Inner);

enum Inner {
    Whole(Bytes),
    Chunks(Chunks),
}

impl Body {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self(Inner::Whole(Bytes::new()))
    }

    /// A body that comes in chunks.
    pub fn stream(chunks: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self(Inner::Chunks(Box::pin(chunks)))
    }

    /// All of it; at most `limit` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when there are more, and what the stream fails with.
    pub async fn bytes(self, limit: usize) -> Result<Bytes> {
        let too_large = || Error::new(ErrorKind::Decode(format!("it is larger than {limit} bytes")));
        let mut body = match self.0 {
            Inner::Whole(bytes) if bytes.len() > limit => return Err(too_large()),
            Inner::Whole(bytes) => return Ok(bytes),
            Inner::Chunks(_) => self,
        };
        let mut all = BytesMut::new();
        while let Some(chunk) = body.chunk().await? {
            if all.len() + chunk.len() > limit {
                return Err(too_large());
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The next part of it, or `None` at its end.
    ///
    /// # Errors
    /// What the stream fails with.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        match &mut self.0 {
            Inner::Whole(bytes) if bytes.is_empty() => Ok(None),
            Inner::Whole(bytes) => Ok(Some(std::mem::take(bytes))),
            Inner::Chunks(chunks) => poll_fn(|context| chunks.as_mut().poll_next(context)).await.transpose(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Inner::Whole(bytes.into()))
    }
}

/// For servers and layers that speak `http_body`.
impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>>>> {
        let next = match &mut self.0 {
            Inner::Whole(bytes) if bytes.is_empty() => None,
            Inner::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Inner::Chunks(chunks) => ready!(chunks.as_mut().poll_next(context)),
        };
        Poll::Ready(next.map(|chunk| chunk.map(http_body::Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Inner::Whole(bytes) if bytes.is_empty())
    }
}

/// Shows the size only.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Whole(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Chunks(_) => f.write_str("Body(chunks)"),
        }
    }
}

/// The `Authorization` header of `token`, marked so that nothing on the way prints it.
pub(super) fn authorization(scheme: &str, token: &AccessToken) -> Result<HeaderValue> {
    match HeaderValue::try_from(format!("{scheme} {}", token.reveal())) {
        Ok(mut value) => {
            value.set_sensitive(true);
            Ok(value)
        }
        Err(_) => {
            Err(Error::new(ErrorKind::Config("access token has characters a header cannot hold".into())))
        }
    }
}

/// The network, through reqwest: a pool of HTTP/1.1 connections, no redirects, no retries of its own.
#[derive(Clone, Debug)]
pub(super) struct Network {
    tls: reqwest::Client,
    /// For servers on this machine, over plain HTTP: past the proxies of the environment, which would see the token.
    plain: Option<reqwest::Client>,
}

impl Network {
    /// Longest wait for a connection. Within it nothing was sent, so the failure may be retried.
    const CONNECT: Duration = Duration::from_secs(10);
    /// Idle connections are dropped well before common load balancers do (60 seconds), so that few sends meet a
    /// connection that is just being closed.
    const IDLE: Duration = Duration::from_secs(20);

    pub(super) fn new(origins: &Origins) -> Result<Self> {
        let plain =
            origins.any_plain().then(|| Self::client(reqwest::ClientBuilder::no_proxy)).transpose()?;
        let tls = match &plain {
            Some(plain) if origins.graph().scheme() == "http" => plain.clone(),
            _ => {
                tls_is_there()?;
                Self::client(|builder| builder)?
            }
        };
        Ok(Self { tls, plain })
    }

    fn client(
        with: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client> {
        // reqwest would panic, whether the client will speak TLS or not.
        #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let what =
                "no cryptography is installed: call CryptoProvider::install_default before making a client";
            return Err(Error::new(ErrorKind::Config(what.to_owned())));
        }
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .connect_timeout(Self::CONNECT)
            .pool_idle_timeout(Self::IDLE)
            .tcp_nodelay(true)
            .user_agent(concat!("whatsapp-business/", env!("CARGO_PKG_VERSION")));
        with(builder).build().map_err(|error| {
            Error::with_source(
                ErrorKind::Config("the HTTP client could not be set up".into()),
                error.without_url(),
            )
        })
    }
}

/// Whether https can work: without this, the first request would fail in a way that says nothing.
fn tls_is_there() -> Result<()> {
    if cfg!(not(any(feature = "rustls", feature = "rustls-no-provider"))) {
        let what = "this build has no TLS: enable the feature rustls, or give the builder a transport";
        return Err(Error::new(ErrorKind::Config(what.to_owned())));
    }
    Ok(())
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let client = match &self.plain {
            Some(plain) if request.uri().scheme() == Some(&Scheme::HTTP) => plain,
            _ => &self.tls,
        };
        let request = reqwest::Request::try_from(request.map(|body| match body.0 {
            Inner::Whole(bytes) => reqwest::Body::from(bytes),
            Inner::Chunks(chunks) => reqwest::Body::wrap_stream(chunks),
        }))
        .map_err(failure)?;
        let answer = http::Response::from(client.execute(request).await.map_err(failure)?);
        Ok(answer.map(|body| Body::stream(Answer(body))))
    }
}

/// What reqwest's error says of the message: only a failure to connect proves that nothing was sent.
fn failure(error: reqwest::Error) -> Error {
    let kind = match () {
        () if error.is_builder() => ErrorKind::Config("the request could not be built".into()),
        () if error.is_connect() => ErrorKind::Connect,
        () if error.is_timeout() => ErrorKind::Timeout,
        () => ErrorKind::Interrupted,
    };
    Error::with_source(kind, error.without_url())
}

/// The body of an answer as it comes off the network.
struct Answer(reqwest::Body);

impl Stream for Answer {
    type Item = Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        use http_body::Body as _;
        loop {
            match ready!(Pin::new(&mut self.0).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => {
                    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Interrupted };
                    return Poll::Ready(Some(Err(Error::with_source(kind, error.without_url()))));
                }
                // A frame that is not data holds trailers, which nobody needs.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use super::{Body, Network, Transport};
    use crate::{client::origin::Origins, error::ErrorKind};
    use std::{env, net::TcpListener, process::Command};

    /// Proxies come from the environment, so this is run once more with one in it.
    #[tokio::test]
    async fn a_token_for_this_machine_goes_past_the_proxies_of_the_environment() {
        const WHOM: &str = "WHATSAPP_BUSINESS_TEST_SERVER";
        if let Ok(server) = env::var(WHOM) {
            let network =
                Network::new(&Origins::new(Origins::GRAPH, std::slice::from_ref(&server)).unwrap()).unwrap();
            let request = http::Request::get(server).body(Body::empty()).unwrap();
            let error = network.send(request).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
            return;
        }
        let (server, proxy) =
            (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let mut again = Command::new(env::current_exe().unwrap());
        let name =
            "client::transport::tests::a_token_for_this_machine_goes_past_the_proxies_of_the_environment";
        again.args(["--exact", name]).env(WHOM, address(&server)).env("http_proxy", address(&proxy));
        again.env_remove("no_proxy").env_remove("NO_PROXY").env_remove("REQUEST_METHOD");
        let asked = std::thread::spawn(move || drop(server.accept().unwrap()));
        proxy.set_nonblocking(true).unwrap();
        let mut again = again.spawn().unwrap();
        loop {
            if let Ok((asked, _)) = proxy.accept() {
                drop(asked);
                again.wait().unwrap();
                panic!("the proxy was asked");
            }
            if let Some(status) = again.try_wait().unwrap() {
                assert!(status.success());
                break;
            }
            std::thread::yield_now();
        }
        asked.join().unwrap();
    }
}

#[cfg(all(test, feature = "rustls-no-provider", not(feature = "rustls")))]
mod tests {
    use super::{Network, Origins};

    #[test]
    fn missing_cryptography_is_an_error_for_this_machine_as_well() {
        let error = Network::new(&Origins::new("http://localhost:1", &[]).unwrap()).unwrap_err();
        assert!(error.to_string().contains("cryptography"), "{error}");
    }
}
