//! A webhook in plain hyper, for servers that are not axum's: every delivery goes to a file before it is acknowledged.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Body, Incoming},
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible, env, error::Error, io, path::PathBuf, process::ExitCode, sync::Arc, time::Duration,
};
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
    net::TcpListener,
    sync::Mutex,
    time::timeout,
};
use whatsapp_business::{
    ErrorKind, Webhook,
    webhook::{Delivery, Event},
};

const HELP: &str = "\
Receives webhooks of the WhatsApp Business Platform and appends them to a file.

Usage: hyper_webhook PORT FILE

Environment:
  WHATSAPP_APP_SECRET            by which Meta signs (required)
  WHATSAPP_WEBHOOK_VERIFY_TOKEN  as typed into the app dashboard (required)

What happened is printed in a line each, without names, numbers and texts: those are in FILE.";

/// How long a sender may take over its headers, and again over the body.
const PATIENCE: Duration = Duration::from_secs(10);

struct App {
    webhook: Webhook,
    file: Mutex<File>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some((port, path)) = arguments() else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    match serve(port, path).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Option<(u16, PathBuf)> {
    let mut arguments = env::args_os().skip(1);
    let (port, path) = (arguments.next()?.to_str()?.parse().ok()?, arguments.next()?.into());
    arguments.next().is_none().then_some((port, path))
}

async fn serve(port: u16, path: PathBuf) -> Result<(), Box<dyn Error>> {
    let setting =
        |name: &str| env::var(name).map_err(|_| format!("the environment variable {name} is not set"));
    let webhook = Webhook::new(setting("WHATSAPP_APP_SECRET")?, setting("WHATSAPP_WEBHOOK_VERIFY_TOKEN")?)?;
    let file = OpenOptions::new().create(true).append(true).open(path).await?;
    let app = Arc::new(App { webhook, file: Mutex::new(file) });
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let app = Arc::clone(&app);
                async move { Ok::<_, Infallible>(answer(app, request).await) }
            });
            let server = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(socket), service);
            if let Err(error) = server.await {
                eprintln!("a connection broke: {error}");
            }
        });
    }
}

async fn answer(app: Arc<App>, request: Request<Incoming>) -> Response<String> {
    match *request.method() {
        Method::GET => challenge(&app.webhook, request.uri().query().unwrap_or_default()),
        Method::POST => status(receive(app, request).await),
        _ => status(StatusCode::METHOD_NOT_ALLOWED),
    }
}

fn status(status: StatusCode) -> Response<String> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// Says to Meta that this endpoint is ours.
fn challenge(webhook: &Webhook, query: &str) -> Response<String> {
    match webhook.challenge(query) {
        Ok(challenge) => {
            let mut response = Response::new(challenge);
            // It comes from outside: it must not be taken for a page.
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        }
        Err(error) => {
            eprintln!("refused: {error}");
            status(StatusCode::FORBIDDEN)
        }
    }
}

async fn receive(app: Arc<App>, request: Request<Incoming>) -> StatusCode {
    let (head, body) = request.into_parts();
    // Meta signs the bytes that it sends, and does not compress them.
    if head.headers.contains_key(CONTENT_ENCODING) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE;
    }
    if body.size_hint().lower() > Webhook::MAX_BODY as u64 {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    // With a limit and a time, or strangers could fill the memory.
    let body = match timeout(PATIENCE, Limited::new(body, Webhook::MAX_BODY).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return StatusCode::PAYLOAD_TOO_LARGE,
        Ok(Err(_)) => return StatusCode::BAD_REQUEST,
        Err(_) => return StatusCode::REQUEST_TIMEOUT,
    };
    let delivery = match app.webhook.read(&body, signature(&head.headers)) {
        Ok(delivery) => delivery,
        Err(error) => {
            eprintln!("refused: {error}");
            return match error.kind() {
                ErrorKind::Signature(_) => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
        }
    };
    // In a task of its own: hyper drops what is going on here when Meta hangs up.
    match tokio::spawn(async move { keep(&app, &delivery).await }).await {
        // Only now: what was acknowledged does not come again.
        Ok(Ok(())) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The only signature there is. Hyper finds headers in any letter case; of two, none counts.
fn signature(headers: &HeaderMap) -> Option<&str> {
    let mut signatures = headers.get_all("x-hub-signature-256").iter();
    match (signatures.next(), signatures.next()) {
        (Some(signature), None) => signature.to_str().ok(),
        _ => None,
    }
}

/// Appends the events to the file. Meta may deliver them twice: `jq -s 'unique_by(.key)'`, where each counts once.
async fn keep(app: &App, delivery: &Delivery) -> io::Result<()> {
    let mut lines = String::new();
    for event in delivery.events() {
        let key = serde_json::Value::from(event.key());
        lines.push_str(&format!("{{\"key\":{key},\"event\":{}}}\n", event.raw()));
    }
    let mut file = app.file.lock().await;
    file.write_all(lines.as_bytes()).await?;
    file.flush().await?;
    file.sync_data().await?;
    for event in delivery.events() {
        match event {
            Event::Message(message) => println!("a message of type {}", message.kind()),
            Event::Status(status) => println!("a message of ours is {}", status.status),
            other => println!("something of the field {}", other.field()),
        }
    }
    Ok(())
}
