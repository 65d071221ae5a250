//! Templates in the desk, against the simulator on its own clock: approval, submission, what Meta reports, what can be sent.

mod approval;
mod reports;
mod submission;

use async_trait::async_trait;
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, Error, ErrorKind, Result, Webhook,
    client::{Body, Transport},
    desk::{Revision, TemplateProblem, Templates, Tenant},
    simulator::Simulator,
    store::{AuditEntry, MemoryStore, PageRequest, StoredTemplate, StoredTemplateId},
    template::{Category, Definition},
};

const ANA: &str = "+14155550132";
const HOUR: Duration = Duration::from_secs(3600);

/// Desks of one store, whose tenant has the simulator's number, and whose webhooks come to the first.
struct Office {
    simulator: Simulator,
    store: MemoryStore,
    line: Line,
    desk: Desk,
    acme: Tenant,
}

impl Office {
    async fn open() -> Self {
        let simulator = Simulator::builder().window(false).offline().unwrap();
        let line = Line::new(simulator.transport());
        let store = MemoryStore::default();
        let desk = desk(&simulator, &line, store.clone());
        let webhooks = desk.clone();
        simulator.deliver_to(move |body, signature| {
            let desk = webhooks.clone();
            async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
        });
        let acme = desk.tenant("acme");
        acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
        Self { simulator, store, line, desk, acme }
    }

    fn templates(&self) -> Templates {
        self.acme.templates(self.simulator.account_id())
    }

    /// The same in another process.
    fn colleague(&self) -> Desk {
        desk(&self.simulator, &self.line, self.store.clone())
    }

    async fn approved(&self, definition: Definition) -> Revision {
        let templates = self.templates();
        let draft = templates.draft(definition, "bea").await.unwrap();
        let (id, number) = (&draft.template.id, draft.version.number);
        templates.request_approval(id, number, "bea").await.unwrap();
        templates.approve(id, number, "cem").await.unwrap()
    }

    /// A template that was approved by everybody.
    async fn live(&self) -> StoredTemplate {
        let approved = self.approved(greeting()).await;
        self.templates().submit(&approved.template.id, 1, "bea").await.unwrap();
        self.simulator.idle().await.unwrap();
        self.kept().await
    }

    async fn kept(&self) -> StoredTemplate {
        self.templates().find("greeting", "en_US").await.unwrap()
    }

    async fn history(&self, id: &StoredTemplateId) -> Vec<AuditEntry> {
        self.templates().history(id, PageRequest::oldest(500)).await.unwrap().items
    }

    /// How often Meta was asked to create a template.
    fn creations(&self) -> usize {
        let is_create = |path: &str| path.split('?').next().unwrap().ends_with("/message_templates");
        let journal = self.simulator.journal();
        journal.iter().filter(|request| request.method == "POST" && is_create(&request.path)).count()
    }
}

fn desk(simulator: &Simulator, line: &Line, store: MemoryStore) -> Desk {
    let client = Client::builder(simulator.access_token()).graph_url(simulator.graph_url());
    Desk::builder(store)
        .credentials(client.transport(line.clone()).build().unwrap())
        .webhook(Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap())
        .clock(simulator.clock())
        .build()
}

fn greeting() -> Definition {
    let body = "Hello {{name}}, your order {{order}} is on its way.";
    Definition::new("greeting", "en_US", Category::Utility)
        .body(body)
        .example("name", "Ana")
        .example("order", "A-42")
}

fn problem(error: &Error) -> &TemplateProblem {
    assert!(matches!(error.kind(), ErrorKind::NotAllowed(_)), "{error:?}");
    TemplateProblem::of(error).unwrap()
}

type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A line to the simulator on which something happens once.
#[derive(Clone)]
struct Line {
    inner: Arc<dyn Transport>,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

struct Trouble {
    method: &'static str,
    meanwhile: Meanwhile,
    loses_answer: bool,
}

impl Line {
    fn new(inner: impl Transport) -> Self {
        Self { inner: Arc::new(inner), trouble: Arc::default() }
    }

    /// What happens after the next request of this method was carried out and before its answer comes, if it does.
    fn after_next(
        &self,
        method: &'static str,
        loses_answer: bool,
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) {
        *self.trouble.lock().unwrap() =
            Some(Trouble { method, meanwhile: Box::pin(meanwhile), loses_answer });
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let method = request.method().clone();
        let answer = self.inner.send(request).await?;
        let trouble = self.trouble.lock().unwrap().take_if(|trouble| method == trouble.method);
        if let Some(trouble) = trouble {
            trouble.meanwhile.await;
            if trouble.loses_answer {
                return Err(Error::new(ErrorKind::Interrupted));
            }
        }
        Ok(answer)
    }
}
