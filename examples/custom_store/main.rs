//! A store of your own: the contract of `whatsapp_business::store` kept by redb, an embedded database of ordered tables.
//!
//! Run it with `cargo run --example custom_store --all-features`, and see that it keeps the contract with
//! `cargo test --example custom_store --all-features`. `store` is where to begin reading.
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

mod store;
#[cfg(test)]
mod tests;

use std::{error::Error, path::Path};
use store::RedbStore;
use whatsapp_business::{Desk, Webhook, simulator::Simulator, store::PageRequest};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const ANA: &str = "+14155552671";

#[tokio::main]
async fn main() -> Result<()> {
    for line in talk(Path::new("custom_store.redb")).await? {
        println!("{line}");
    }
    println!("Kept in custom_store.redb: run this again and the conversation goes on.");
    Ok(())
}

/// A message in, a message out, over a store in the file at `path`. Gives what the store then knows of the conversation.
async fn talk(path: &Path) -> Result<Vec<String>> {
    let meta = Simulator::start().await?;
    let desk = Desk::builder(RedbStore::open(path).await?)
        .credentials(meta.client())
        .webhook(Webhook::new(meta.app_secret(), meta.verify_token())?)
        .build();
    let acme = desk.tenant("acme");
    acme.register("Acme Solar").await?;
    acme.bind(meta.phone_number_id(), meta.account_id()).await?;
    meta.subscribe(serve(desk).await?).await?;

    meta.user(ANA).named("Ana").says("Hi! When do my panels arrive?").await?;
    meta.idle().await?;
    acme.send(meta.phone_number_id(), ANA, "Hello Ana, they arrive on Monday.").await?;
    meta.idle().await?;

    let mut lines = Vec::new();
    for conversation in acme.conversations(PageRequest::newest(10)).await?.items {
        for entry in acme.history(&conversation.id, PageRequest::oldest(100)).await?.items {
            let (message, headline) = (&entry.message, entry.headline());
            let text = message.text.as_deref().unwrap_or_default();
            lines.push(format!("{}  {:<8}  {text} ({headline:?})", message.at, message.direction.as_str()));
        }
    }
    Ok(lines)
}

/// Serves the desk's webhook on a free port and gives its address.
async fn serve(desk: Desk) -> Result<String> {
    let app = axum::Router::new().nest("/webhook", whatsapp_business::axum::webhook(desk));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(format!("http://{address}/webhook"))
}
