//! Webhooks over HTTP, as axum routes: those of a desk, or of a function of yours.
//!
//! Both answer alike, with no text but the challenge:
//!
//! | answer | when |
//! |---|---|
//! | 200 | the delivery is kept, as the desk or your function says |
//! | 400 | the body is no webhook |
//! | 401 | the signature is missing, malformed or not Meta's |
//! | 403 | the request to set up the webhook is not for this endpoint |
//! | 405 | it is neither `GET` nor `POST` |
//! | 408 | the body did not arrive within ten seconds |
//! | 413 | the body is larger than [`Webhook::MAX_BODY`] |
//! | 415 | the body has a content encoding: Meta sends none, and the signature is over the bytes as they came |
//! | 503 | the delivery cannot be kept now, or bodies of 64 MiB are being received already; Meta delivers again |
//!
//! The routes read bodies themselves: axum's limit of 2 MB, lower than what Meta may send, does not hold for them. A layer
//! that changes bodies or limits their size must not be put around them; one that limits time may, at no less than ten
//! seconds. How long a client may take to send its headers is set where the server is built.

mod body;

#[cfg(feature = "desk")]
use crate::desk::Desk;
use crate::{
    error::{Error, ErrorKind, Result},
    webhook::{Delivery, Webhook},
};
use ::axum::{
    Router,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use body::Room;
use std::sync::Arc;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");

/// The webhook of `desk`: `GET` sets it up, `POST` receives deliveries. Nest it where the app's dashboard points to.
///
/// It answers 200 once the delivery is in the store, 503 when the store cannot keep it now, and 500 when the desk has no
/// [`webhook`](crate::desk::DeskBuilder::webhook); for the others see the [module](self).
///
/// ```no_run
/// # async fn f(desk: whatsapp_business::Desk) -> std::io::Result<()> {
/// let app = axum::Router::new().nest("/whatsapp", whatsapp_business::axum::webhook(desk));
/// axum::serve(tokio::net::TcpListener::bind("0.0.0.0:8080").await?, app).await
/// # }
/// ```
#[cfg(feature = "desk")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub fn webhook(desk: Desk) -> Router {
    routes(desk)
}

/// A webhook without a desk: `GET` sets it up, `POST` hands each delivery to `handle`.
///
/// `handle` gets what is verified and read. It returns `Ok` when the delivery is kept for good (a commit, not a channel or
/// a task that may be lost), and only then 200 is answered. On `Err` the answer is 503 and Meta delivers again; the error
/// itself is dropped, so log it before. Meta also delivers twice what was answered with 200: [`Event::key`] tells.
///
/// `handle` runs in a task of its own, and so to its end, also when Meta hangs up. Be quick: Meta wants most answers within
/// a quarter of a second.
///
/// [`Event::key`]: crate::webhook::Event::key
///
/// ```no_run
/// use whatsapp_business::{Webhook, webhook::Delivery};
/// # async fn keep(_: Delivery) -> std::io::Result<()> { Ok(()) }
///
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let webhook = Webhook::new("app-secret", "verify-token")?;
/// let routes = whatsapp_business::axum::handler(webhook, |delivery| async {
///     keep(delivery).await.inspect_err(|error| eprintln!("not kept: {error}"))
/// });
/// let app = axum::Router::new().nest("/whatsapp", routes);
/// axum::serve(tokio::net::TcpListener::bind("0.0.0.0:8080").await?, app).await?;
/// # Ok(()) }
/// ```
pub fn handler<H, F, E>(webhook: Webhook, handle: H) -> Router
where
    H: Fn(Delivery) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    routes(Handler { webhook, handle: Arc::new(handle) })
}

/// What the routes lead to.
trait Endpoint: Clone + Send + Sync + 'static {
    fn challenge(&self, query: &str) -> Result<String>;

    /// Verifies, reads and keeps a delivery; else gives the status to answer.
    fn receive(
        &self,
        body: &[u8],
        signature: Option<&str>,
    ) -> impl Future<Output = Result<(), StatusCode>> + Send;
}

#[cfg(feature = "desk")]
impl Endpoint for Desk {
    fn challenge(&self, query: &str) -> Result<String> {
        Self::challenge(self, query)
    }

    async fn receive(&self, body: &[u8], signature: Option<&str>) -> Result<(), StatusCode> {
        Self::receive(self, body, signature).await.map(drop).map_err(|error| refuse(&error))
    }
}

struct Handler<H> {
    webhook: Webhook,
    handle: Arc<H>,
}

impl<H> Clone for Handler<H> {
    fn clone(&self) -> Self {
        Self { webhook: self.webhook.clone(), handle: Arc::clone(&self.handle) }
    }
}

impl<H, F, E> Endpoint for Handler<H>
where
    H: Fn(Delivery) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    fn challenge(&self, query: &str) -> Result<String> {
        self.webhook.challenge(query)
    }

    async fn receive(&self, body: &[u8], signature: Option<&str>) -> Result<(), StatusCode> {
        let delivery = self.webhook.read(body, signature).map_err(|error| refuse(&error))?;
        // Dropped with the connection, it would end in the middle of what it does.
        let outcome = match tokio::spawn((self.handle)(delivery)).await {
            Ok(outcome) => outcome.is_ok(),
            // As a panic of any other handler: what the host has put around its routes gets to see it.
            Err(failure) => failure.try_into_panic().is_ok_and(|panic| std::panic::resume_unwind(panic)),
        };
        if outcome {
            return Ok(());
        }
        tracing::warn!("a delivery was not kept; Meta will deliver it again");
        Err(StatusCode::SERVICE_UNAVAILABLE)
    }
}

#[derive(Clone)]
struct Routes<E> {
    endpoint: E,
    room: Room,
}

fn routes<E: Endpoint>(endpoint: E) -> Router {
    let routes = Routes { endpoint, room: Room::new() };
    Router::new().route("/", get(challenge::<E>).post(receive::<E>)).with_state(routes)
}

async fn challenge<E: Endpoint>(State(routes): State<Routes<E>>, RawQuery(query): RawQuery) -> Response {
    // The challenge comes from outside: it must not be taken for a page.
    let nosniff = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    match routes.endpoint.challenge(query.as_deref().unwrap_or_default()) {
        Ok(challenge) => ([nosniff], challenge).into_response(),
        Err(error) => refuse(&error).into_response(),
    }
}

async fn receive<E: Endpoint>(State(routes): State<Routes<E>>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let body = match routes.room.read(&head.headers, body).await {
        Ok(body) => body,
        Err(status) => {
            tracing::warn!(status = status.as_u16(), "did not read a request to the webhook");
            return status;
        }
    };
    let received = routes.endpoint.receive(body.bytes(), signature(&head.headers)).await;
    received.map_or_else(|status| status, |()| StatusCode::OK)
}

/// The only signature there is; bytes that are no text, or two headers, are none that could be right.
fn signature(headers: &HeaderMap) -> Option<&str> {
    let mut signatures = headers.get_all(SIGNATURE).iter();
    match (signatures.next(), signatures.next()) {
        (None, _) => None,
        (Some(value), None) => Some(value.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(""),
    }
}

/// The status of an error. The text stays here: who is refused learns no more than that.
fn refuse(error: &Error) -> StatusCode {
    let status = match error.kind() {
        ErrorKind::Signature(_) => StatusCode::UNAUTHORIZED,
        ErrorKind::Challenge(_) => StatusCode::FORBIDDEN,
        ErrorKind::Envelope(_) => StatusCode::BAD_REQUEST,
        ErrorKind::Store { .. } | ErrorKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    tracing::warn!(%error, status = status.as_u16(), "refused a request to the webhook");
    status
}
