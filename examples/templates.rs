//! The way of a template through the desk, against the simulator: written, approved by two people, reviewed by Meta, sent,
//! edited, paused and deleted.
#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::time::Duration;
use whatsapp_business::{
    Desk, Result, Webhook,
    desk::{Revision, Templates},
    simulator::{Review, Simulator},
    store::{MemoryStore, PageRequest},
    template::{Button, Category, Definition},
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const ANA: &str = "+14155550132";

#[tokio::main]
async fn main() -> Result<()> {
    let simulator = Simulator::start().await?;
    // Nothing is approved before somebody at Meta has looked at it.
    simulator.review(Review::by_hand());
    let desk = Desk::builder(MemoryStore::default())
        .credentials(simulator.client())
        .webhook(Webhook::new(simulator.app_secret(), simulator.verify_token())?)
        .clock(simulator.clock())
        .build();
    let webhooks = desk.clone();
    simulator.deliver_to(move |body, signature| {
        let desk = webhooks.clone();
        async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
    });
    let acme = desk.tenant("acme");
    acme.register("Acme Solar").await?;
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await?;
    let templates = acme.templates(simulator.account_id());

    println!("Bea writes");
    let advertising = Definition::new("order_update", "en_US", Category::Utility)
        .body("Hello {{name}}, your order {{order}} is on its way. Take a discount on the next!")
        .example("name", "Ana");
    let draft = templates.draft(advertising, "bea").await?;
    for finding in draft.findings() {
        println!("  {} at {}: {}; {}", finding.severity, finding.path, finding.reason, finding.remedy);
    }
    let id = &draft.template.id;
    if let Err(refused) = templates.request_approval(id, 1, "bea").await {
        println!("  not handed in: {refused}");
    }

    println!("Bea mends it");
    let draft = templates.draft(order_update("is on its way."), "bea").await?;
    println!("  version {} with {} findings", draft.version.number, draft.findings().len());
    show(&draft);
    templates.request_approval(id, 2, "bea").await?;
    if let Err(refused) = templates.approve(id, 2, "bea").await {
        println!("  Bea approves it herself: {refused}");
    }

    println!("Cem looks at what waits for approval");
    for waiting in templates.awaiting_approval(PageRequest::oldest(10)).await?.items {
        println!(
            "  {} version {} by {}",
            waiting.template.name, waiting.version.number, waiting.version.author
        );
    }
    templates.reject(id, 2, "cem", "say where it is").await?;
    println!("  rejected: say where it is");

    println!("Bea edits it");
    let draft = templates.draft(order_update("left our house in Oakland."), "bea").await?;
    for change in templates.diff(id, 2, 3).await? {
        println!("  {}: {} -> {}", change.path, text(change.before), text(change.after));
    }
    templates.request_approval(id, draft.version.number, "bea").await?;
    templates.approve(id, 3, "cem").await?;
    println!("  approved by Cem");

    println!("It is submitted to Meta");
    templates.submit(id, 3, "bea").await?;
    stands(&templates).await?;
    simulator.decide_template("order_update", "en_US", Review::approve())?;
    simulator.idle().await?;
    stands(&templates).await?;

    println!("It is sent");
    if let Err(refused) = templates.fill("order_update", "en_US", [("nmae", "Ana")]).await {
        println!("  with wrong parameters: {refused}");
    }
    let message = templates
        .sendable("order_update", "en_US")
        .await?
        .fill([("name", "Ana"), ("order", "A-42")])
        .url_button(0, "A-42")
        .build()?;
    acme.send(simulator.phone_number_id(), ANA, message).await?;
    simulator.idle().await?;
    if let Some(shown) = simulator.user(ANA).newest() {
        println!("  Ana reads: {}", shown.text.unwrap_or_default());
    }

    println!("A day later it is edited at Meta");
    simulator.advance(24 * HOUR);
    templates.draft(order_update("left our house in Oakland today."), "bea").await?;
    templates.request_approval(id, 4, "bea").await?;
    templates.approve(id, 4, "cem").await?;
    templates.submit(id, 4, "bea").await?;
    stands(&templates).await?;
    simulator.decide_template("order_update", "en_US", Review::approve())?;
    simulator.idle().await?;
    stands(&templates).await?;
    templates.draft(order_update("left our house in Oakland this morning."), "bea").await?;
    templates.request_approval(id, 5, "bea").await?;
    templates.approve(id, 5, "cem").await?;
    if let Err(refused) = templates.submit(id, 5, "bea").await {
        println!("  once more on the same day: {refused}");
    }

    println!("Customers dislike it");
    simulator.advance(HOUR);
    simulator.pause_template("order_update", "en_US")?;
    simulator.idle().await?;
    stands(&templates).await?;
    if let Err(refused) = templates.sendable("order_update", "en_US").await {
        println!("  not sent: {refused}");
    }
    let at_meta = simulator.client().account(simulator.account_id()).templates();
    if let Some(meta) = templates.find("order_update", "en_US").await?.template {
        at_meta.unpause(meta).await?;
    }
    simulator.idle().await?;
    stands(&templates).await?;

    println!("Somebody deletes it at Meta while our webhook is down");
    simulator.deliver_to(|_, _| async { 200 });
    simulator.advance(HOUR);
    at_meta.delete("order_update").await?;
    let synced = templates.sync().await?;
    println!("  sync: {} seen, {} missing", synced.seen, synced.missing);
    if let Err(refused) = templates.sendable("order_update", "en_US").await {
        println!("  not sent: {refused}");
    }

    println!("All that happened");
    for entry in templates.history(id, PageRequest::oldest(100)).await?.items {
        println!("  {:<5} {}", entry.actor, entry.action);
    }
    Ok(())
}

fn order_update(news: &str) -> Definition {
    Definition::new("order_update", "en_US", Category::Utility)
        .body(format!("Hello {{{{name}}}}, your order {{{{order}}}} {news}"))
        .example("name", "Ana")
        .example("order", "A-42")
        .button(Button::url("Track it", "https://example.com/orders/{{1}}").example("A-42"))
}

/// How it will look.
fn show(draft: &Revision) {
    for line in draft.definition.preview(None).to_string().lines() {
        println!("  | {line}");
    }
}

/// How it stands at Meta.
async fn stands(templates: &Templates) -> Result<()> {
    let kept = templates.find("order_update", "en_US").await?;
    let status = kept.status.as_ref().map_or("unknown", |status| status.as_str());
    println!("  Meta has version {}: {status}", kept.at_meta.unwrap_or_default());
    Ok(())
}

fn text(value: Option<serde_json::Value>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
