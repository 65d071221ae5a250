//! A first look: an application sends, its customer answers, and the conversation is kept, all on this machine.
//!
//! Run it with `cargo run --example quickstart --all-features`; no account, no network.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

mod arguments;
mod show;

use arguments::Arguments;
use std::{error::Error, path::Path, process::ExitCode};
use whatsapp_business::{
    Desk, Webhook,
    desk::{Receipt, Tenant},
    message::{Buttons, Image, Template, Upload},
    simulator::{ApprovedTemplate, Pace, Simulator},
    store::{PageRequest, SendState, SqliteStore},
};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const ANA: &str = "+14155552671";
const PANELS: &[u8] = include_bytes!("panels.png");

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    // Meta's side: a simulator with one business number and one approved template.
    let pace = if arguments.fast { Pace::instant() } else { Pace::human() };
    let meta = Simulator::builder().pace(pace).start().await?;
    meta.approve_template(
        ApprovedTemplate::new("delivery_day", "en_US", "Hello {{name}}, your {{goods}} arrive on Monday.")
            .quick_reply("Stop updates"),
    );

    // Our side: a desk that keeps everything in one SQLite file, and a webhook for Meta to post to.
    let desk = Desk::builder(SqliteStore::open(&arguments.file).await?)
        .credentials(meta.client())
        .webhook(Webhook::new(meta.app_secret(), meta.verify_token())?)
        .build();
    let acme = desk.tenant("acme");
    acme.register("Acme Solar").await?;
    acme.bind(meta.phone_number_id(), meta.account_id()).await?;
    let resumed = desk.step().await?;
    if resumed > 0 {
        println!("looked after {resumed} sends that an earlier run did not finish");
    }
    meta.subscribe(serve(desk).await?).await?;

    talk(&meta, &acme).await?;
    meta.idle().await?;
    report(&acme, &arguments.file).await
}

/// Serves the desk's webhook on a free port and gives its address.
async fn serve(desk: Desk) -> Result<String> {
    let app = axum::Router::new().nest("/webhook", whatsapp_business::axum::webhook(desk));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(format!("http://{address}/webhook"))
}

/// What is said: a customer writes, the application sends four kinds of message, the customer taps and writes again.
async fn talk(meta: &Simulator, acme: &Tenant) -> Result<()> {
    let ana = meta.user(ANA).named("Ana");
    let number = meta.phone_number_id();
    ana.says("Hi! When do my panels arrive?").await?;
    meta.idle().await?;

    told("a text", &acme.send(number, ANA, "Hello Ana, let me look.").await?);
    let day = Template::new("delivery_day", "en_US").body([("name", "Ana"), ("goods", "panels")]);
    told("a template", &acme.send(number, ANA, day).await?);
    let ask = Buttons::new("Is Monday at 10:00 good?").button("keep", "Yes").button("move", "Another day");
    told("reply buttons", &acme.send(number, ANA, ask.footer("Acme Solar")).await?);
    let panels = Image::upload(Upload::bytes("panels.png", PANELS));
    told("an image", &acme.send(number, ANA, panels.caption("Your panels, ready to go")).await?);
    meta.idle().await?;

    ana.taps("keep").await?;
    ana.says("Wonderful, see you then!").await?;
    Ok(())
}

fn told(what: &str, receipt: &Receipt) {
    let state = match receipt.sending.state {
        SendState::Accepted => "Meta accepted it",
        SendState::OutcomeUnknown => "its answer was lost; a webhook will tell",
        SendState::Queued => "it waits for another try",
        _ => "Meta refused it",
    };
    println!("sent {what}: {state}");
}

async fn report(acme: &Tenant, file: &Path) -> Result<()> {
    let mut conversations = acme.conversations(PageRequest::newest(10)).await?.items;
    conversations.reverse();
    for conversation in conversations {
        let contact = acme.contact(&conversation.contact).await?;
        let name = contact.name.as_deref().unwrap_or("a customer");
        let number = contact.identities.first().map_or("", |identity| identity.value());
        println!("\nConversation of Acme Solar with {name} (+{number}), times in UTC\n");
        let mut page = PageRequest::oldest(100);
        loop {
            let history = acme.history(&conversation.id, page).await?;
            for entry in &history.items {
                println!("{}", show::line(entry, name));
            }
            let Some(next) = history.next else { break };
            page = PageRequest::oldest(100).after(next);
        }
    }
    let aside = acme.dead_letters(PageRequest::newest(100)).await?.items.len();
    if aside > 0 {
        println!("\n{aside} events were put aside: see Tenant::dead_letters");
    }
    println!("\nKept in {}", std::path::absolute(file)?.display());
    println!("Run this again and the conversation goes on; delete the file to begin anew.");
    Ok(())
}
