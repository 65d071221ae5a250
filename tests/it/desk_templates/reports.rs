//! From Meta to us.

use super::{HOUR, Office, greeting, problem};
use std::time::Duration;
use whatsapp_business::{
    Desk, ErrorKind,
    desk::TemplateProblem,
    message::Upload,
    store::{Approval, PageRequest},
    template::{Category, Definition, HeaderFormat, TemplateStatus},
};

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

/// R14: what a sync does not find is missing, not deleted.
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

/// R14: webhooks and syncs are one log.
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

#[test]
fn the_example_walks_the_whole_way() {
    let run = std::process::Command::new(crate::programs::example("templates")).output().unwrap();
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
