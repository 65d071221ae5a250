//! Templates in the desk, against the simulator on its own clock: approval, submission, what Meta reports, what can be sent.

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
    message::Upload,
    simulator::{Review, Simulator},
    store::{Approval, AuditEntry, MemoryStore, PageRequest, StoredTemplate, StoredTemplateId},
    template::{Category, Definition, HeaderFormat, TemplateStatus},
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

#[tokio::test(start_paused = true)]
async fn a_template_goes_from_a_draft_to_a_message() {
    let office = Office::open().await;
    let templates = office.templates();
    let draft = templates.draft(greeting().body("Hello {{name}}"), "bea").await.unwrap();
    let id = &draft.template.id;
    assert!(!draft.findings().is_empty());
    let broken = templates.request_approval(id, 1, "bea").await.unwrap_err();
    assert!(!broken.violations().is_empty());

    let mended = templates.draft(greeting(), "bea").await.unwrap();
    assert_eq!((mended.version.number, mended.findings().len()), (2, 0));
    templates.request_approval(id, 2, "bea").await.unwrap();
    let waiting = templates.awaiting_approval(PageRequest::oldest(10)).await.unwrap().items;
    assert_eq!(waiting.iter().map(|waiting| waiting.version.number).collect::<Vec<_>>(), [2]);
    let rejected = templates.reject(id, 2, "cem", "too dry").await.unwrap();
    assert_eq!(rejected.version.reason.as_deref(), Some("too dry"));

    let warmer = greeting().body("Hello {{name}}, your order {{order}} is on its way to you.");
    assert_eq!(templates.draft(warmer.clone(), "dan").await.unwrap().version.number, 3);
    let paths: Vec<_> =
        templates.diff(id, 2, 3).await.unwrap().into_iter().map(|change| change.path).collect();
    assert_eq!(paths, ["components[BODY].text"]);
    templates.request_approval(id, 3, "dan").await.unwrap();
    let unapproved = templates.submit(id, 3, "bea").await.unwrap_err();
    let (found, wanted) = (Approval::Submitted, Approval::Approved);
    assert_eq!(problem(&unapproved), &TemplateProblem::Approval { found, wanted });
    templates.approve(id, 3, "cem").await.unwrap();
    assert!(templates.awaiting_approval(PageRequest::oldest(10)).await.unwrap().items.is_empty());

    let submitted = templates.submit(id, 3, "bea").await.unwrap();
    assert_eq!((submitted.status, submitted.at_meta), (Some(TemplateStatus::Pending), Some(3)));
    office.simulator.idle().await.unwrap();
    assert_eq!(office.kept().await.status, Some(TemplateStatus::Approved));

    let values = [("name", "Ana"), ("order", "A-42")];
    let message = templates.fill("greeting", "en_US", values).await.unwrap();
    office.acme.send(office.simulator.phone_number_id(), ANA, message).await.unwrap();
    office.simulator.user(ANA).sees("Hello Ana, your order A-42 is on its way to you.").await.unwrap();
    let misspelt =
        templates.fill("greeting", "en_US", [("nmae", "Ana"), ("order", "A-42")]).await.unwrap_err();
    assert_eq!(misspelt.violations().len(), 2);

    let versions = templates.versions(id, PageRequest::oldest(10)).await.unwrap().items;
    let approvals: Vec<_> = versions.iter().map(|one| one.version.approval.as_str()).collect();
    assert_eq!(approvals, ["draft", "rejected", "approved"]);
    let history = office.history(id).await;
    let told: Vec<_> = history.iter().map(|entry| format!("{} {}", entry.actor, entry.action)).collect();
    assert_eq!(
        told,
        [
            "bea template.drafted",
            "bea template.drafted",
            "bea template.approval_requested",
            "cem template.rejected",
            "dan template.drafted",
            "dan template.approval_requested",
            "cem template.approved",
            "bea template.submitted",
            "desk template.accepted",
            "meta template.reported",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_says_nothing_new_makes_no_version() {
    let office = Office::open().await;
    let templates = office.templates();
    let first = templates.draft(greeting(), "bea").await.unwrap();
    assert_eq!(templates.draft(greeting(), "bea").await.unwrap().version, first.version);
    assert_eq!(templates.draft(greeting(), "cem").await.unwrap().version.number, 2);
    let nameless = templates.draft(Definition::new("No name", "en", Category::Utility), "bea").await;
    assert_eq!(nameless.unwrap_err().violations()[0].path, "name");
}

#[tokio::test(start_paused = true)]
async fn of_drafts_at_once_each_makes_a_version() {
    let office = Office::open().await;
    let drafts = (0..8).map(|n| {
        let templates = office.templates();
        tokio::spawn(async move { templates.draft(greeting().footer(format!("{n}")), "bea").await.unwrap() })
    });
    let mut numbers = Vec::new();
    for draft in drafts.collect::<Vec<_>>() {
        numbers.push(draft.await.unwrap().version.number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    assert_eq!(office.kept().await.latest, 8);
}

#[tokio::test(start_paused = true)]
async fn of_two_who_decide_at_once_one_is_heard() {
    let office = Office::open().await;
    let draft = office.templates().draft(greeting(), "bea").await.unwrap();
    let id = draft.template.id;
    office.templates().request_approval(&id, 1, "bea").await.unwrap();
    let (ours, theirs) = (office.templates(), office.colleague().tenant("acme"));
    let theirs = theirs.templates(office.simulator.account_id());
    let (approved, rejected) =
        tokio::join!(ours.approve(&id, 1, "cem"), theirs.reject(&id, 1, "dan", "too dry"));
    assert_ne!(approved.is_ok(), rejected.is_ok());
    let loser = approved.err().or(rejected.err()).unwrap();
    let kept = office.templates().version(&id, 1).await.unwrap().version;
    let (found, wanted) = (kept.approval, Approval::Submitted);
    assert_eq!(problem(&loser), &TemplateProblem::Approval { found, wanted });
    assert_eq!(office.history(&id).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_approves_what_they_wrote_or_speaks_for_meta() {
    let office = Office::open().await;
    let templates = office.templates();
    let draft = templates.draft(greeting(), "bea").await.unwrap();
    let id = &draft.template.id;
    templates.request_approval(id, 1, "bea").await.unwrap();
    let own = templates.approve(id, 1, "bea").await.unwrap_err();
    assert_eq!(problem(&own), &TemplateProblem::OwnVersion);
    for nobody in ["meta", "desk", " "] {
        assert_eq!(templates.approve(id, 1, nobody).await.unwrap_err().violations()[0].path, "by");
        assert_eq!(templates.draft(greeting(), nobody).await.unwrap_err().violations()[0].path, "author");
    }
    let reasonless = templates.reject(id, 1, "cem", "").await.unwrap_err();
    assert_eq!(reasonless.violations()[0].path, "reason");
    assert_eq!(templates.version(id, 1).await.unwrap().version.approval, Approval::Submitted);
}

#[tokio::test(start_paused = true)]
async fn what_meta_tells_touches_no_approval() {
    let office = Office::open().await;
    let live = office.live().await;
    let draft = office.templates().draft(greeting().footer("Acme"), "bea").await.unwrap();
    office.simulator.decide_template("greeting", "en_US", Review::reject("PROMOTIONAL")).unwrap();
    office.simulator.idle().await.unwrap();
    let kept = office.kept().await;
    assert_eq!(
        (kept.status, kept.rejection.as_deref()),
        (Some(TemplateStatus::Rejected), Some("PROMOTIONAL"))
    );
    let approval =
        async |number| office.templates().version(&live.id, number).await.unwrap().version.approval;
    assert_eq!(approval(1).await, Approval::Approved);
    assert_eq!(approval(draft.version.number).await, Approval::Draft);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_comes_before_the_answer_stays() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let simulator = office.simulator.clone();
    office.line.after_next("POST", false, async move { simulator.idle().await.unwrap() });
    let submitted = office.templates().submit(&approved.template.id, 1, "bea").await.unwrap();
    assert_eq!(submitted.status, Some(TemplateStatus::Approved), "the answer says pending");
    assert_eq!((submitted.at_meta, submitted.last_error), (Some(1), None));
    assert_eq!(submitted.template, Some(office.simulator.templates()[0].id.clone()));
}

#[tokio::test(start_paused = true)]
async fn of_two_processes_that_submit_at_once_one_does() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let id = &approved.template.id;
    let theirs = office.colleague().tenant("acme").templates(office.simulator.account_id());
    let ours = office.templates();
    let (one, other) = tokio::join!(ours.submit(id, 1, "bea"), theirs.submit(id, 1, "bea"));
    assert_ne!(one.is_ok(), other.is_ok());
    let loser = one.err().or(other.err()).unwrap();
    assert!(matches!(
        problem(&loser),
        TemplateProblem::UnderWay | TemplateProblem::AtMeta | TemplateProblem::NotEditable(_)
    ));
    assert_eq!(office.creations(), 1);
    assert_eq!(office.simulator.templates().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_answer_the_template_is_looked_up_and_not_created_again() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let id = &approved.template.id;
    office.line.after_next("POST", true, async {});
    let waiting = office.templates().submit(id, 1, "bea").await.unwrap();
    assert_eq!((waiting.at_meta, waiting.last_success_at), (None, None));
    assert!(waiting.last_error.is_some() && waiting.last_attempt_at.is_some());
    let again = office.templates().submit(id, 1, "bea").await.unwrap_err();
    assert_eq!(problem(&again), &TemplateProblem::UnderWay);

    office.simulator.advance(Duration::from_secs(31));
    assert_eq!(office.colleague().step().await.unwrap(), 1);
    let settled = office.kept().await;
    assert_eq!((settled.at_meta, settled.last_error), (Some(1), None));
    assert_eq!(settled.status, Some(TemplateStatus::Approved));
    assert!(settled.last_success_at > settled.last_attempt_at);
    assert_eq!(office.creations(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_submission_whose_process_died_is_gone_on_with() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let id = approved.template.id;
    // Its answer never comes: as far as the others can see, the process is dead.
    office.line.after_next("POST", false, std::future::pending());
    let (templates, dead) = (office.templates(), id.clone());
    let dead = tokio::spawn(async move { templates.submit(&dead, 1, "bea").await });
    office.simulator.until(|simulator| simulator.templates().len() == 1).await.unwrap();
    assert_eq!(office.colleague().step().await.unwrap(), 0, "its lease is not over");
    office.simulator.advance(Duration::from_secs(91));
    assert_eq!(office.colleague().step().await.unwrap(), 1);
    assert_eq!((office.kept().await.at_meta, office.creations()), (Some(1), 1));
    dead.abort();
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_recorded_and_may_be_tried_again() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let id = &approved.template.id;
    office.simulator.fail_next(200);
    let refused = office.templates().submit(id, 1, "bea").await.unwrap_err();
    assert_eq!(refused.api().map(|api| api.code), Some(200));
    let kept = office.kept().await;
    assert!(kept.last_error.is_some() && kept.last_success_at.is_none());
    let taken = office.templates().submit(id, 1, "bea").await.unwrap();
    assert_eq!((taken.last_error, taken.at_meta), (None, Some(1)));
}

#[tokio::test(start_paused = true)]
async fn a_namesake_at_meta_is_not_taken_for_ours() {
    let office = Office::open().await;
    // No webhook tells of it.
    office.simulator.review(Review::by_hand());
    let theirs = office.simulator.client().account(office.simulator.account_id()).templates();
    theirs.create(greeting().footer("By hand")).await.unwrap();
    let approved = office.approved(greeting()).await;
    let refused = office.templates().submit(&approved.template.id, 1, "bea").await.unwrap_err();
    assert_eq!(refused.api().map(|api| api.subcode), Some(Some(2_388_024)));
    assert_eq!(office.kept().await.at_meta, None);
}

#[tokio::test(start_paused = true)]
async fn the_limits_of_edits_are_known_before_meta_is_asked() {
    let office = Office::open().await;
    let live = office.live().await;
    let edit = async |footer: &str| {
        let approved = office.approved(greeting().footer(footer)).await;
        office.templates().submit(&live.id, approved.version.number, "bea").await
    };
    office.simulator.review(Review::approve().after(HOUR));
    let began = office.simulator.now();
    let first = edit("one").await.unwrap();
    assert_eq!((first.at_meta, first.status), (Some(2), Some(TemplateStatus::Pending)));
    office.simulator.advance(HOUR);
    office.simulator.idle().await.unwrap();
    let asked = office.simulator.requests();
    let second = edit("two").await.unwrap_err();
    let TemplateProblem::EditLimit { until } = problem(&second) else { panic!("{second}") };
    assert!(*until >= began + HOUR * 24);
    assert_eq!(office.simulator.requests(), asked, "Meta was not asked");
    office.simulator.advance(until.since(office.simulator.now()));
    let third = edit("three").await.unwrap();
    assert_eq!((third.at_meta, third.edits.len()), (Some(4), 2));
}

#[tokio::test(start_paused = true)]
async fn another_category_is_for_rejected_templates_only() {
    let office = Office::open().await;
    let live = office.live().await;
    let marketing = |footer: &str| {
        let body = "Hello {{name}}, your order {{order}} is on its way.";
        Definition::new("greeting", "en_US", Category::Marketing)
            .body(body)
            .example("name", "Ana")
            .example("order", "A-42")
            .footer(footer)
    };
    let approved = office.approved(marketing("one")).await;
    let fixed = office.templates().submit(&live.id, approved.version.number, "bea").await.unwrap_err();
    assert_eq!(problem(&fixed), &TemplateProblem::CategoryFixed);
    office.simulator.decide_template("greeting", "en_US", Review::reject("INCORRECT_CATEGORY")).unwrap();
    office.simulator.idle().await.unwrap();
    let moved = office.templates().submit(&live.id, approved.version.number, "bea").await.unwrap();
    assert_eq!(moved.category.as_deref(), Some("MARKETING"));
}

#[tokio::test(start_paused = true)]
async fn an_edit_during_a_sync_is_not_undone() {
    let office = Office::open().await;
    let live = office.live().await;
    let approved = office.approved(greeting().footer("Acme")).await;
    office.simulator.advance(HOUR);
    let (templates, id, number) = (office.templates(), live.id.clone(), approved.version.number);
    office.line.after_next("GET", false, async move {
        // The list is on its way with how the template was, and meanwhile:
        templates.submit(&id, number, "bea").await.unwrap();
        templates.draft(greeting().footer("Acme Solar"), "bea").await.unwrap();
    });
    let synced = office.templates().sync().await.unwrap();
    assert_eq!((synced.seen, synced.adopted, synced.missing), (1, 0, 0));
    let kept = office.kept().await;
    assert_eq!((kept.at_meta, kept.latest), (Some(number), number + 1));

    office.simulator.advance(HOUR);
    office.templates().sync().await.unwrap();
    let kept = office.kept().await;
    assert_eq!(
        (kept.at_meta, kept.latest, kept.status),
        (Some(number), number + 1, Some(TemplateStatus::Approved))
    );
}

#[tokio::test(start_paused = true)]
async fn a_template_created_during_a_sync_is_not_missing() {
    let office = Office::open().await;
    let approved = office.approved(greeting()).await;
    let (templates, id) = (office.templates(), approved.template.id.clone());
    office.line.after_next("GET", false, async move { drop(templates.submit(&id, 1, "bea").await.unwrap()) });
    let synced = office.templates().sync().await.unwrap();
    assert_eq!((synced.seen, synced.missing), (0, 0));
    assert_eq!(office.kept().await.missing_since, None);
}

#[tokio::test(start_paused = true)]
async fn what_only_meta_has_is_adopted_from_all_pages_and_what_it_lost_is_missing() {
    let office = Office::open().await;
    let at_meta = office.simulator.client().account(office.simulator.account_id()).templates();
    for n in 0..120 {
        let name = format!("hello_{n}");
        office
            .simulator
            .approve_template(Definition::new(name, "en_US", Category::Utility).body("Hello there."));
    }
    let synced = office.templates().sync().await.unwrap();
    assert_eq!((synced.seen, synced.adopted, synced.changed, synced.missing), (120, 120, 0, 0));
    let kept = office.templates().find("hello_7", "en_US").await.unwrap();
    let adopted = office.templates().version(&kept.id, 1).await.unwrap().version;
    assert_eq!((adopted.author.as_str(), adopted.approval), ("meta", Approval::Approved));
    office.templates().fill("hello_7", "en_US", ()).await.unwrap();

    office.simulator.advance(HOUR);
    at_meta.delete("hello_7").await.unwrap();
    let synced = office.templates().sync().await.unwrap();
    assert_eq!((synced.seen, synced.adopted, synced.changed, synced.missing), (119, 0, 0, 1));
    let missing = office.templates().find("hello_7", "en_US").await.unwrap();
    let refused = office.templates().fill("hello_7", "en_US", ()).await.unwrap_err();
    let since = missing.missing_since.unwrap();
    assert_eq!(problem(&refused), &TemplateProblem::Missing { since });
    let actions: Vec<_> = office.history(&kept.id).await.into_iter().map(|entry| entry.action).collect();
    assert!(actions.contains(&"template.missing".to_owned()), "{actions:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_at_meta_becomes_a_version_of_metas() {
    let office = Office::open().await;
    let live = office.live().await;
    office.simulator.advance(HOUR * 25);
    let at_meta = office.simulator.client().account(office.simulator.account_id()).templates();
    at_meta.edit(live.template.clone().unwrap(), &greeting().footer("By hand")).await.unwrap();
    office.simulator.idle().await.unwrap();
    office.simulator.advance(Duration::from_secs(1));
    assert_eq!(office.desk.step().await.unwrap(), 1, "the webhook does not tell all: Meta is asked");
    let kept = office.kept().await;
    assert_eq!((kept.at_meta, kept.latest), (Some(2), 2));
    let version = office.templates().version(&live.id, 2).await.unwrap();
    assert_eq!((version.version.author.as_str(), version.version.approval), ("meta", Approval::Approved));
    assert_eq!(office.templates().diff(&live.id, 1, 2).await.unwrap()[0].path, "components[FOOTER]");
}

#[tokio::test(start_paused = true)]
async fn a_template_made_elsewhere_is_fetched_when_a_webhook_tells_of_it() {
    let office = Office::open().await;
    let at_meta = office.simulator.client().account(office.simulator.account_id()).templates();
    at_meta.create(greeting()).await.unwrap();
    office.simulator.idle().await.unwrap();
    assert_eq!(office.desk.step().await.unwrap(), 1);
    let kept = office.kept().await;
    assert_eq!((kept.at_meta, kept.status), (Some(1), Some(TemplateStatus::Approved)));
}

#[tokio::test(start_paused = true)]
async fn a_paused_template_is_not_sent_and_says_since_when() {
    let office = Office::open().await;
    office.live().await;
    office.simulator.advance(HOUR);
    office.simulator.pause_template("greeting", "en_US").unwrap();
    office.simulator.idle().await.unwrap();
    let requests = office.simulator.requests();
    let values = [("name", "Ana"), ("order", "A-42")];
    let refused = office.templates().fill("greeting", "en_US", values).await.unwrap_err();
    let TemplateProblem::NotSendable { status, since: Some(since), until: Some(until) } = problem(&refused)
    else {
        panic!("{refused}")
    };
    assert_eq!((status, until.since(*since)), (&TemplateStatus::Paused, HOUR * 3));
    // A look at Meta does not move the begin of the pause.
    office.simulator.advance(HOUR);
    office.templates().sync().await.unwrap();
    assert_eq!(office.kept().await.status_at, Some(*since));
    assert_eq!(office.simulator.requests(), requests + 1, "only the sync asked");
    office.simulator.advance(HOUR * 3);
    office.simulator.idle().await.unwrap();
    office.templates().fill("greeting", "en_US", values).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn webhooks_delivered_again_count_once() {
    let office = Office::open().await;
    let live = office.live().await;
    let before = office.history(&live.id).await.len();
    office.simulator.redeliver_webhooks();
    office.simulator.idle().await.unwrap();
    assert_eq!(office.history(&live.id).await.len(), before);
}

#[tokio::test(start_paused = true)]
async fn quality_and_category_are_kept_as_meta_reports_them() {
    let office = Office::open().await;
    let live = office.live().await;
    office.simulator.rate_template("greeting", "en_US", "YELLOW").unwrap();
    office.simulator.recategorise_template("greeting", "en_US", Category::Marketing, Duration::ZERO).unwrap();
    office.simulator.idle().await.unwrap();
    let kept = office.kept().await;
    assert_eq!((kept.quality.as_deref(), kept.category.as_deref()), (Some("YELLOW"), Some("MARKETING")));
    let metas = office.history(&live.id).await;
    assert_eq!(metas.iter().filter(|entry| entry.actor == "meta").count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_report_goes_to_the_tenants_of_its_account_and_else_to_the_dead_letters() {
    let office = Office::open().await;
    let live = office.live().await;
    let globex = office.desk.tenant("globex");
    let foreign = globex.templates(office.simulator.account_id());
    assert!(matches!(foreign.sync().await.unwrap_err().kind(), ErrorKind::NotFound(_)));
    let peek = foreign.version(&live.id, 1).await.unwrap_err();
    assert!(matches!(peek.kind(), ErrorKind::NotFound(_)));
    let other = office.acme.templates("another account");
    assert!(matches!(other.version(&live.id, 1).await.unwrap_err().kind(), ErrorKind::NotFound(_)));
    assert!(other.list(PageRequest::newest(9)).await.unwrap().items.is_empty());

    // The number moves to another account: the first has no tenant any more.
    office.acme.bind(office.simulator.phone_number_id(), "another account").await.unwrap();
    office.simulator.pause_template("greeting", "en_US").unwrap();
    office.simulator.idle().await.unwrap();
    let unrouted = office.desk.tenant(Desk::UNROUTED);
    assert_eq!(unrouted.dead_letters(PageRequest::newest(9)).await.unwrap().items.len(), 1);
    // And with numbers of two tenants both are told.
    office.acme.bind("1", office.simulator.account_id()).await.unwrap();
    globex.bind("2", office.simulator.account_id()).await.unwrap();
    office.simulator.rate_template("greeting", "en_US", "YELLOW").unwrap();
    office.simulator.idle().await.unwrap();
    assert_eq!(office.kept().await.quality.as_deref(), Some("YELLOW"));
    office.desk.step().await.unwrap();
    assert_eq!(foreign.find("greeting", "en_US").await.unwrap().at_meta, Some(1));
}

#[tokio::test(start_paused = true)]
async fn samples_are_uploaded_with_the_draft() {
    let office = Office::open().await;
    let jpeg = || Upload::bytes("roof.jpg", vec![0xff, 0xd8, 0xff, 0xe0]).mime_type("image/jpeg");
    let definition = Definition::new("roof", "en_US", Category::Utility)
        .header_sample(HeaderFormat::Image)
        .body("The survey of your roof is done.");
    let templates = office.templates();
    let draft =
        templates.draft(definition, "bea").header_sample(office.simulator.app_id(), jpeg()).await.unwrap();
    templates.request_approval(&draft.template.id, 1, "bea").await.unwrap();
    templates.approve(&draft.template.id, 1, "cem").await.unwrap();
    templates.submit(&draft.template.id, 1, "bea").await.unwrap();
    // Meta answers an address in place of the sample, which is no change.
    office.simulator.advance(HOUR);
    templates.sync().await.unwrap();
    assert_eq!(templates.find("roof", "en_US").await.unwrap().latest, 1);
    let headless = templates.draft(greeting(), "bea").header_sample(office.simulator.app_id(), jpeg()).await;
    assert_eq!(headless.unwrap_err().violations()[0].path, "header");
}

/// The example, which `cargo test` builds beside the tests.
#[test]
fn the_example_walks_the_whole_way() {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/templates");
    assert!(program.exists(), "build the examples first: cargo build --examples --all-features");
    let run = std::process::Command::new(program).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let output = String::from_utf8_lossy(&run.stdout);
    let mut rest = &*output;
    for said in [
        "warning at components[0].text: words of advertising",
        "not handed in: the value breaks documented limits",
        "version 2 with 0 findings",
        "| Hello Ana, your order A-42 is on its way.",
        "Bea approves it herself: the author of a version may not decide on it",
        "order_update version 2 by bea",
        "rejected: say where it is",
        "components[BODY].text: ",
        "approved by Cem",
        "Meta has version 3: PENDING",
        "Meta has version 3: APPROVED",
        "body.nmae: is given",
        "Ana reads: Hello Ana, your order A-42 left our house in Oakland.",
        "Meta has version 4: PENDING",
        "Meta has version 4: APPROVED",
        "once more on the same day: Meta takes no further edit of this template before ",
        "Meta has version 4: PAUSED",
        "not sent: Meta takes no message of a template that is PAUSED",
        "Meta has version 4: APPROVED",
        "sync: 0 seen, 1 missing",
        "not sent: the template is missing at Meta since ",
        "meta  template.missing",
    ] {
        let Some((_, after)) = rest.split_once(said) else {
            panic!("{said} is not in its place in {output}")
        };
        rest = after;
    }
}
