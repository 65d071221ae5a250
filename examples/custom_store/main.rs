//! A store of your own: the contract of `whatsapp_business::store` kept by redb, an embedded database of ordered tables.
//!
//! Run it with `cargo run --example custom_store --all-features`, and see that it keeps the contract with
//! `cargo test --example custom_store --all-features`. `store` is where to begin reading.
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

mod store;
#[cfg(test)]
mod tests;

use std::error::Error;
use store::RedbStore;
use whatsapp_business::{Desk, Webhook, simulator::Simulator, store::PageRequest};

const ANA: &str = "+14155552671";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let meta = Simulator::start().await?;
    let store = RedbStore::open("custom_store.redb").await?;
    let desk = Desk::builder(store)
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

    for conversation in acme.conversations(PageRequest::newest(10)).await?.items {
        for entry in acme.history(&conversation.id, PageRequest::oldest(100)).await?.items {
            let text = entry.message.text.as_deref().unwrap_or_default();
            println!("{} {:<8} {text} ({:?})", entry.message.at, entry.message.direction, entry.headline());
        }
    }
    println!("Kept in custom_store.redb: run this again and the conversation goes on.");
    Ok(())
}

/// Serves the desk's webhook on a free port and gives its address.
async fn serve(desk: Desk) -> Result<String, Box<dyn Error>> {
    let app = axum::Router::new().nest("/webhook", whatsapp_business::axum::webhook(desk));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(format!("http://{address}/webhook"))
}
