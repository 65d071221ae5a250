//! The two tenants on one desk, the people who work there, and Meta.

use crate::Result;
use async_trait::async_trait;
use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};
use whatsapp_business::{
    Client, Desk, Error, ErrorKind, Webhook,
    desk::{Credentials, FileBlobs, HandlerError, Incoming, Policy, Strategy, Tenant},
    id::{PhoneNumberId, TenantId},
    simulator::{ApprovedTemplate, Pace, Phone, Simulator},
    store::{Agent, PageRequest, PersonSalt, Presence, Store},
    webhook::Event,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long anything of this story may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A tenant of the CRM, and what it has at Meta.
pub(crate) struct Installer {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) number: &'static str,
    pub(crate) account: &'static str,
    token: &'static str,
}

pub(crate) const ACME: Installer = Installer {
    id: "acme",
    name: "Acme Solar",
    number: "106540352242922",
    account: "102290129340398",
    token: "token-of-acme",
};
pub(crate) const HELIO: Installer = Installer {
    id: "helio",
    name: "Helio Roofs",
    number: "106540352242923",
    account: "102290129340399",
    token: "token-of-helio",
};

pub(crate) struct Office {
    pub(crate) meta: Simulator,
    pub(crate) desk: Desk,
    pub(crate) acme: Tenant,
    pub(crate) helio: Tenant,
    worker: JoinHandle<whatsapp_business::Result<()>>,
    stop: oneshot::Sender<()>,
}

impl Office {
    /// Opens the office over a store, with the files of customers in a folder.
    pub(crate) async fn open(store: Arc<dyn Store>, files: &Path) -> Result<Self> {
        let meta = meta().await?;
        let desk = Desk::builder(store)
            .credentials(Tokens::of(&meta)?)
            .webhook(Webhook::new(meta.app_secret(), meta.verify_token())?)
            .blobs(FileBlobs::new(files))
            .person_salt(PersonSalt::new("a secret of the host, under which consents are kept")?)
            .policy(|_tenant| Policy::new().reopen_within(7 * DAY))
            .routing(Strategy::sticky(7 * DAY).or(Strategy::skill("topic")))
            .on_event(sort)
            .clock(meta.clock()) // for the story: a day of it passes in no time
            .build();

        // Webhooks come in by a route, and workers do what follows from them, until the host stops.
        meta.subscribe(serve(desk.clone()).await?).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let working = desk.clone();
        let worker =
            tokio::spawn(async move { working.run(async { stopped.await.unwrap_or_default() }).await });

        let (acme, helio) = (desk.tenant(ACME.id), desk.tenant(HELIO.id));
        let office = Self { meta, desk, acme, helio, worker, stop };
        if office.is_new().await? {
            office.furnish().await?;
        }
        Ok(office)
    }

    /// Whether no earlier run left anything in the store.
    pub(crate) async fn is_new(&self) -> Result<bool> {
        Ok(self.acme.conversations(PageRequest::newest(1)).await?.items.is_empty())
    }

    async fn furnish(&self) -> Result<()> {
        for (tenant, installer) in [(&self.acme, ACME), (&self.helio, HELIO)] {
            tenant.register(installer.name).await?;
            tenant.bind(installer.number, installer.account).await?;
            tenant.templates(installer.account).sync().await?;
        }
        for (tenant, id, name, skill, capacity) in [
            (&self.acme, "bea", "Bea", "roof", 3),
            (&self.acme, "cem", "Cem", "battery", 1),
            (&self.helio, "dee", "Dee", "roof", 2),
        ] {
            let mut agent = Agent::new(id, name, capacity, self.meta.now());
            agent.skills = vec![skill.to_owned()];
            agent.presence = Presence::Online;
            tenant.agents().add(agent, "the boss").await?;
        }
        Ok(())
    }

    /// Two minutes later: all that came due is done, and what followed from it, by our workers and at Meta.
    pub(crate) async fn later(&self) -> Result<()> {
        for _ in 0..2 {
            self.works_off().await?;
            self.meta.advance(Duration::from_secs(60));
            self.meta.until(is_heard).within(PATIENCE).await?;
        }
        self.works_off().await
    }

    /// Waits until the workers have nothing to do. A host has no need to; a story has to be told in its order.
    async fn works_off(&self) -> Result<()> {
        let works_off = async {
            loop {
                let health = self.desk.health().await;
                if health.store && health.due + health.in_hand == 0 {
                    return;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        Ok(timeout(PATIENCE, works_off).await?)
    }

    /// Lets the workers bring to its end what they have in hand.
    pub(crate) async fn close(self) -> Result<()> {
        drop(self.stop);
        Ok(self.worker.await??)
    }
}

/// Whether all that Meta had to tell so far was kept.
fn is_heard(meta: &Simulator) -> bool {
    meta.webhooks().iter().all(|webhook| webhook.status == Some(200))
}

/// Meta, with a number of each tenant, and the templates that it approved for Acme.
async fn meta() -> Result<Simulator> {
    // So slow that nothing becomes of a message before the story says that it is later.
    let seconds = Duration::from_secs;
    let pace = Pace::instant().sent(seconds(20)).delivered(seconds(40)).never_read();
    let acme = Simulator::builder().phone_number_id(ACME.number).account_id(ACME.account);
    let meta = acme.access_token(ACME.token).pace(pace).start().await?;
    meta.add_phone(Phone::new(HELIO.number, HELIO.account, "+1 555 010 0002").access_token(HELIO.token))?;
    let visit = ApprovedTemplate::new("visit", "en_US", "Hello {{name}}, our technician comes on {{day}}.");
    meta.approve_template(visit.quick_reply("Another day"));
    let offer = ApprovedTemplate::new("battery_offer", "en_US", "10 % off all batteries until Friday.");
    meta.approve_template(offer.category("MARKETING"));
    Ok(meta)
}

/// Serves the desk's webhook on a free port and gives its address.
async fn serve(desk: Desk) -> Result<String> {
    let app = axum::Router::new().nest("/webhook", whatsapp_business::axum::webhook(desk));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(format!("http://{address}/webhook"))
}

/// What a customer writes about, told by an assistant: by it an agent is found who knows about it.
async fn sort(incoming: Incoming) -> Result<(), HandlerError> {
    if let (Event::Message(message), Some(conversation)) = (&incoming.event, &incoming.conversation) {
        let text = message.text().unwrap_or_default().to_lowercase();
        if let Some(topic) = ["battery", "roof"].into_iter().find(|topic| text.contains(topic)) {
            incoming.tenant.set_context(conversation, "topic", Some(topic), "the assistant").await?;
        }
    }
    Ok(())
}

/// The token of each tenant. They are the host's to keep: the store never sees them.
#[derive(Debug)]
struct Tokens(HashMap<TenantId, Client>);

impl Tokens {
    fn of(meta: &Simulator) -> Result<Self> {
        let client = |installer: Installer| -> Result<_> {
            let client = Client::builder(installer.token).graph_url(meta.graph_url()).build()?;
            Ok((TenantId::from(installer.id), client))
        };
        Ok(Self([ACME, HELIO].map(client).into_iter().collect::<Result<_>>()?))
    }
}

#[async_trait]
impl Credentials for Tokens {
    async fn client(&self, tenant: &TenantId, _: &PhoneNumberId) -> whatsapp_business::Result<Client> {
        let client = self.0.get(tenant).cloned();
        client.ok_or_else(|| Error::new(ErrorKind::Config("the tenant has no token".to_owned())))
    }
}
