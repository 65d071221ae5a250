//! The help desk of a CRM: two installers of solar panels, each with a number, agents and customers of its own, on one desk.
//!
//! Run it with `cargo run --example crm --all-features`; no account, no network. `office.rs` is what a host sets up, this file
//! what happens then, `show.rs` how it is read.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

mod arguments;
mod office;
mod show;

use arguments::Arguments;
use office::{ACME, HELIO, Office};
use std::{error::Error, process::ExitCode, sync::Arc, time::Duration};
use tokio::io::AsyncReadExt;
use whatsapp_business::{
    ErrorKind,
    desk::{Receipt, Search, Tenant},
    message::{Buttons, Content, Template},
    store::{
        Conversation, ConversationState, PageRequest, PostgresOptions, PostgresStore, SqliteStore, Store,
    },
};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const ANA: &str = "+14155550132";
const BEN: &str = "+14155550133";
const DISPLAY: &[u8] = include_bytes!("../quickstart/panels.png");

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
    match run(arguments).await {
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

async fn run(arguments: Arguments) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.store.unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let store: Arc<dyn Store> = match arguments.postgres {
        Some(url) => {
            let options = PostgresOptions::new();
            PostgresStore::migrate(&url, &options).await?;
            Arc::new(PostgresStore::open(&url, &options).await?)
        }
        None => Arc::new(SqliteStore::open(folder.join("desk.db")).await?),
    };
    let office = Office::open(store, &folder.join("files")).await?;
    if office.is_new().await? {
        story(&office).await?;
    } else {
        show::chapter("This is what an earlier run left");
    }
    show::desk(&office.acme, &ACME, office.meta.now()).await?;
    show::desk(&office.helio, &HELIO, office.meta.now()).await?;
    office.close().await
}

async fn story(office: &Office) -> Result<()> {
    customers_write(office).await?;
    agents_answer(office).await?;
    meta_has_trouble(office).await?;
    a_file_comes(office).await?;
    who_waited_gets_an_agent(office).await?;
    a_customer_wants_no_advertising(office).await?;
    the_window_closes(office).await?;
    a_customer_comes_back(office).await?;
    tenants_are_apart(office).await
}

async fn customers_write(office: &Office) -> Result<()> {
    show::chapter(
        "Customers write; at Acme, Bea knows about roofs and Cem about batteries, and he takes one at a time",
    );
    let ana = office.meta.user(ANA).named("Ana");
    let ben = office.meta.user(BEN).named("Ben");
    ana.says("My battery shows error 12").await?;
    office.later().await?;
    ben.says("Can I add a battery to my panels?").await?;
    ana.in_chat_with(HELIO.number).says("A tile of my roof is broken").await?;
    office.later().await?;
    show::inbox(&office.acme, &ACME).await?;
    show::inbox(&office.helio, &HELIO).await
}

async fn agents_answer(office: &Office) -> Result<()> {
    show::chapter("Agents answer: Cem asks with buttons, and Ana taps one");
    let ask = Buttons::new("Shall we come on Tuesday at 10:00?")
        .button("keep", "Yes")
        .button("move", "Another day");
    let asked = answer(&office.acme, &held_by(&office.acme, "cem").await?, ask).await?;
    let told =
        answer(&office.helio, &held_by(&office.helio, "dee").await?, "We bring a ladder tomorrow").await?;
    office.later().await?;
    show::message(&office.helio, &told.id).await?;
    let ana = office.meta.user(ANA);
    ana.reads();
    ana.taps("keep").await?;
    office.later().await?;
    show::message(&office.acme, &asked.id).await?;
    show::inbox(&office.acme, &ACME).await
}

async fn meta_has_trouble(office: &Office) -> Result<()> {
    let (meta, acme) = (&office.meta, &office.acme);
    let ana = held_by(acme, "cem").await?;

    show::chapter("Meta is too busy for a message, and a worker tries it again");
    meta.fail_next(131_056); // too many messages to one customer
    let refused = answer(acme, &ana, "Cem brings a new module").await?;
    office.later().await?;
    show::message(acme, &refused.id).await?;

    show::chapter(
        "Meta takes a message and its answer is lost: it is not sent again, as its status webhook tells",
    );
    meta.lose_next_answer();
    let lost = answer(acme, &ana, "It takes an hour").await?;
    office.later().await?;
    show::message(acme, &lost.id).await?;
    let shown = meta.user(ANA).messages();
    let times = shown.iter().filter(|shown| shown.text.as_deref() == Some("It takes an hour")).count();
    println!("  times that it is on Ana's phone: {times}");
    Ok(())
}

async fn a_file_comes(office: &Office) -> Result<()> {
    show::chapter("Ana sends a picture, which a worker fetches into the host's place for files");
    let acme = &office.acme;
    let picture = office.meta.user(ANA).sends_image(DISPLAY, "image/png");
    picture.caption("The display, with the error").await?;
    office.later().await?;
    let ana = held_by(acme, "cem").await?;
    if let Some(entry) = acme.history(&ana.id, PageRequest::newest(1)).await?.items.first()
        && let Some(file) = acme.media(&entry.message.id).await?
    {
        println!("  {} of {} bytes: {}", file.mime.unwrap_or_default(), file.size.unwrap_or(0), file.state);
        let mut bytes = Vec::new();
        acme.open_media(&entry.message.id).await?.read_to_end(&mut bytes).await?;
        println!("  read back as it was sent: {}", bytes == DISPLAY);
    }
    Ok(())
}

async fn who_waited_gets_an_agent(office: &Office) -> Result<()> {
    show::chapter("Cem closes the conversation with Ana and has room for Ben, who waited");
    let acme = &office.acme;
    let ana = held_by(acme, "cem").await?;
    acme.mark_read(&ana.id).await?;
    acme.close(&ana.id, "cem").await?;
    office.later().await?;
    show::inbox(acme, &ACME).await?;
    let told = answer(acme, &held_by(acme, "cem").await?, "You can: I send you an offer").await?;
    office.later().await?;
    show::message(acme, &told.id).await
}

async fn a_customer_wants_no_advertising(office: &Office) -> Result<()> {
    show::chapter("Ben says STOP, and gets no marketing any more");
    office.meta.user(BEN).says("STOP").await?;
    office.later().await?;
    let offer = Template::new("battery_offer", "en_US");
    if let Err(refused) = office.acme.send(ACME.number, BEN, offer).await {
        println!("  the battery offer is not sent: {refused}");
    }
    Ok(())
}

async fn the_window_closes(office: &Office) -> Result<()> {
    show::chapter("A day and an hour later, only templates reach Ben");
    let acme = &office.acme;
    office.meta.advance(Duration::from_secs(25 * 60 * 60));
    let ben = held_by(acme, "cem").await?;
    if let Err(refused) = answer(acme, &ben, "Are you at home on Friday?").await {
        println!("  not sent: {refused}");
        if let ErrorKind::WindowClosed(closed) = refused.kind() {
            for (name, language) in closed.templates() {
                println!("  could be sent: {name} ({language})");
            }
        }
    }
    let templates = acme.templates(ACME.account);
    let visit = templates.fill("visit", "en_US", [("name", "Ben"), ("day", "Friday")]).await?;
    let told = answer(acme, &ben, visit).await?;
    office.later().await?;
    show::message(acme, &told.id).await?;
    acme.close(&ben.id, "cem").await?;
    Ok(())
}

async fn a_customer_comes_back(office: &Office) -> Result<()> {
    show::chapter("Ana writes again: her conversation is opened again, and Cem has it as before");
    office.meta.user(ANA).says("The new module hums. Is that normal?").await?;
    office.later().await?;
    show::inbox(&office.acme, &ACME).await
}

async fn tenants_are_apart(office: &Office) -> Result<()> {
    show::chapter("Helio asks for a conversation of Acme by its id");
    let ana = held_by(&office.acme, "cem").await?;
    match office.helio.conversation(&ana.id).await {
        Ok(_) => println!("  and gets it"),
        Err(refused) => println!("  {refused}"),
    }
    Ok(())
}

/// The conversation that an agent has.
async fn held_by(tenant: &Tenant, agent: &str) -> Result<Conversation> {
    let search = Search::new().assignee(agent).state(ConversationState::Active);
    let found = tenant.search(&search, PageRequest::newest(1)).await?.items;
    Ok(found.into_iter().next().ok_or("the agent has no conversation")?)
}

/// Sends an answer in a conversation, of which all was read then.
async fn answer(
    tenant: &Tenant,
    conversation: &Conversation,
    content: impl Into<Content>,
) -> whatsapp_business::Result<Receipt> {
    let content = content.into();
    let text = content.text().unwrap_or_default();
    tenant.mark_read(&conversation.id).await?;
    let customer = tenant.recipient(&conversation.id).await?;
    let receipt = tenant.send(&conversation.number, customer, content).await?;
    println!("  \"{text}\": {}", show::state(&receipt.sending));
    Ok(receipt)
}
