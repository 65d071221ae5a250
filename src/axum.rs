//! The desk over HTTP, as axum routes.

use crate::{
    desk::Desk,
    error::{Error, ErrorKind},
    webhook::Webhook,
};
use ::axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");

/// The webhook of `desk`: `GET` sets it up, `POST` receives deliveries. Nest it where the app's dashboard points to.
///
/// | answer | when |
/// |---|---|
/// | 200 | the delivery is kept in the store |
/// | 400 | the body is no webhook |
/// | 401 | the signature is missing, malformed or not Meta's |
/// | 403 | the request to set up the webhook is not for this endpoint |
/// | 413 | the body is larger than [`Webhook::MAX_BODY`]; axum's own limit of 2 MB would refuse what Meta may send |
/// | 503 | the store cannot keep it now; Meta delivers again |
///
/// ```no_run
/// # async fn f(desk: whatsapp_business::Desk) -> std::io::Result<()> {
/// let app = axum::Router::new().nest("/whatsapp", whatsapp_business::axum::webhook(desk));
/// axum::serve(tokio::net::TcpListener::bind("0.0.0.0:8080").await?, app).await
/// # }
/// ```
pub fn webhook(desk: Desk) -> Router {
    Router::new()
        .route("/", get(challenge).post(receive))
        .layer(DefaultBodyLimit::max(Webhook::MAX_BODY))
        .with_state(desk)
}

async fn challenge(State(desk): State<Desk>, RawQuery(query): RawQuery) -> Response {
    // The challenge comes from outside: it must not be taken for a page.
    let nosniff = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    match desk.challenge(query.as_deref().unwrap_or_default()) {
        Ok(challenge) => ([nosniff], challenge).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn receive(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let mut signatures = headers.get_all(SIGNATURE).iter();
    let signature = match (signatures.next(), signatures.next()) {
        (None, _) => None,
        // Bytes that are no text, or two headers, are no signature.
        (Some(value), None) => Some(value.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(""),
    };
    match desk.receive(&body, signature).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(error) => refuse(&error),
    }
}

/// The status of an error. The text stays here: who is refused learns no more than that.
fn refuse(error: &Error) -> Response {
    let status = match error.kind() {
        ErrorKind::Signature(_) => StatusCode::UNAUTHORIZED,
        ErrorKind::Challenge(_) => StatusCode::FORBIDDEN,
        ErrorKind::Envelope(_) => StatusCode::BAD_REQUEST,
        ErrorKind::Store { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    tracing::warn!(%error, status = status.as_u16(), "refused a request to the webhook");
    status.into_response()
}
