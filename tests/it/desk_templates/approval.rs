//! Versions, and who approves them.

use super::{ANA, Office, greeting, problem};
use whatsapp_business::{
    desk::TemplateProblem,
    simulator::Review,
    store::{Approval, PageRequest},
    template::{Category, Definition, TemplateStatus},
};

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

/// R14: our approval and Meta's are two.
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
