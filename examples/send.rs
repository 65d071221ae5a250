//! Sends a real message with the settings of the environment, and, if asked, waits for its statuses.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, RawQuery},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use lexopt::{Arg, Parser, ValueExt};
use std::{env, error::Error, process::ExitCode, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use whatsapp_business::{
    AppSecret, Client, Webhook,
    message::{Content, Template},
    webhook::{Event, Status, StatusKind},
};

const HELP: &str = "\
Sends a message over the WhatsApp Business Platform.

Usage: send TO TEXT              a text; the customer must have written within 24 hours
       send TO --template NAME [--language CODE] [VALUE…]
                                 an approved template; the values fill {{1}}, {{2}} …
Options:
  --listen PORT   serve the webhook on this port and print the message's statuses until it is read
  --help          this text

TO is a phone number with + and country code, or a business-scoped user id.

Environment:
  WHATSAPP_ACCESS_TOKEN          token of a system user (required)
  WHATSAPP_PHONE_NUMBER_ID       id of the sending number (required)
  WHATSAPP_BUSINESS_ACCOUNT_ID   with --listen: events of other accounts are left out
  WHATSAPP_APP_SECRET            proves the app to Meta; needed for --listen
  WHATSAPP_WEBHOOK_VERIFY_TOKEN  needed for --listen
  WHATSAPP_GRAPH_URL             another address of the Graph API, such as a simulator's

Exit status: 0 sent (with --listen: delivered), 1 not sent or failed, 2 wrong arguments or environment.";

struct Arguments {
    to: String,
    content: Content,
    listen: Option<u16>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let set_up = match arguments() {
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(arguments)) => settings(&arguments).map(|settings| (arguments, settings)),
        Err(problem) => Err(problem.into()),
    };
    let (arguments, settings) = match set_up {
        Ok(set_up) => set_up,
        Err(problem) => {
            eprintln!("error: {problem}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    match send(arguments, settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn send(arguments: Arguments, settings: Settings) -> Result<(), Box<dyn Error>> {
    // Listen first: a status may be here before the answer is.
    let statuses = match (arguments.listen, settings.webhook) {
        (Some(port), Some(webhook)) => Some(listen(port, webhook, settings.account_id).await?),
        _ => None,
    };
    let sent = settings.client.phone(settings.phone_number_id).send(arguments.to, arguments.content).await?;
    println!("accepted as {}", sent.message_id);
    let Some(mut statuses) = statuses else { return Ok(()) };
    println!("waiting for its statuses (Ctrl-C ends that)");
    while let Some(status) = statuses.recv().await {
        if status.id == sent.message_id {
            println!("{} at {}", status.status, status.timestamp);
            match status.status {
                StatusKind::Read | StatusKind::Played => break,
                StatusKind::Failed => {
                    let reasons: Vec<_> = status.errors.iter().map(ToString::to_string).collect();
                    return Err(format!("it was not delivered: {}", reasons.join("; ")).into());
                }
                _ => {}
            }
        }
    }
    Ok(())
}

struct Settings {
    client: Client,
    phone_number_id: String,
    account_id: Option<String>,
    webhook: Option<Webhook>,
}

fn settings(arguments: &Arguments) -> Result<Settings, Box<dyn Error>> {
    let optional = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let required = |name: &str| optional(name).ok_or(format!("the environment variable {name} is not set"));
    let mut client = Client::builder(required("WHATSAPP_ACCESS_TOKEN")?).timeout(Duration::from_secs(20));
    if let Some(secret) = optional("WHATSAPP_APP_SECRET") {
        client = client.app_secret(AppSecret::new(secret)?);
    }
    if let Some(url) = optional("WHATSAPP_GRAPH_URL") {
        client = client.graph_url(url);
    }
    let webhook = match arguments.listen {
        Some(_) => {
            Some(Webhook::new(required("WHATSAPP_APP_SECRET")?, required("WHATSAPP_WEBHOOK_VERIFY_TOKEN")?)?)
        }
        None => None,
    };
    Ok(Settings {
        client: client.build()?,
        phone_number_id: required("WHATSAPP_PHONE_NUMBER_ID")?,
        account_id: optional("WHATSAPP_BUSINESS_ACCOUNT_ID"),
        webhook,
    })
}

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    let (mut words, mut template, mut language, mut listen) =
        (Vec::<String>::new(), None, "en_US".to_owned(), None);
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("template") => template = Some(parser.value()?.string()?),
            Arg::Long("language") => language = parser.value()?.string()?,
            Arg::Long("listen") => listen = Some(parser.value()?.parse()?),
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let to = words.next().ok_or("TO is missing")?;
    let rest: Vec<_> = words.collect();
    let content = match (template, rest.as_slice()) {
        (Some(name), []) => Template::new(name, language).into(),
        (Some(name), _) => Template::new(name, language).body(rest).into(),
        (None, [text]) => text.as_str().into(),
        (None, []) => return Err("TEXT is missing".into()),
        (None, _) => return Err("TEXT is more than one argument; put it in quotes".into()),
    };
    Ok(Some(Arguments { to, content, listen }))
}

/// Serves the webhook at `/` on `port` and gives the statuses that come in.
async fn listen(
    port: u16,
    webhook: Webhook,
    account_id: Option<String>,
) -> Result<mpsc::UnboundedReceiver<Status>, Box<dyn Error>> {
    let webhook = Arc::new(webhook);
    let (heard, statuses) = mpsc::unbounded_channel();
    let challenger = Arc::clone(&webhook);
    let challenge = async move |RawQuery(query): RawQuery| {
        challenger.challenge(&query.unwrap_or_default()).map_err(|_| StatusCode::FORBIDDEN)
    };
    let receive = async move |headers: HeaderMap, body: Bytes| {
        let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
        let Ok(delivery) = webhook.read(&body, signature) else { return StatusCode::UNAUTHORIZED };
        for event in delivery.into_events() {
            let ours =
                event.account_id().is_none_or(|id| account_id.as_ref().is_none_or(|own| own == id.as_str()));
            if let Event::Status(status) = event
                && ours
                && heard.send(status).is_err()
            {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
        }
        StatusCode::OK
    };
    let app = Router::new()
        .route("/", get(challenge).post(receive))
        .layer(DefaultBodyLimit::max(Webhook::MAX_BODY));
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", port)).await?;
    println!("webhook: http://{}/", listener.local_addr()?);
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(statuses)
}
