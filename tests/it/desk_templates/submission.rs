//! From us to Meta.

use super::{HOUR, Office, greeting, problem};
use std::time::Duration;
use whatsapp_business::{
    desk::TemplateProblem,
    simulator::Review,
    template::{Category, Definition, TemplateStatus},
};

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
async fn an_edit_that_never_reached_meta_is_not_taken_for_done() {
    let office = Office::open().await;
    let live = office.live().await;
    office.simulator.decide_template("greeting", "en_US", Review::reject("INCORRECT_CATEGORY")).unwrap();
    office.simulator.idle().await.unwrap();
    // The same words: all that differs is what Meta is not compared by.
    let body = "Hello {{name}}, your order {{order}} is on its way.";
    let moved = Definition::new("greeting", "en_US", Category::Marketing).body(body);
    let approved = office.approved(moved.example("name", "Ana").example("order", "A-42")).await;
    office.simulator.fail_next(80_007);
    let waiting = office.templates().submit(&live.id, approved.version.number, "bea").await.unwrap();
    assert!(waiting.last_error.is_some());

    let posts = || office.simulator.journal().iter().filter(|request| request.method == "POST").count();
    let before = posts();
    office.simulator.advance(HOUR);
    assert_eq!(office.colleague().step().await.unwrap(), 1);
    assert_eq!(posts(), before + 1, "one edit reached Meta");
    let settled = office.kept().await;
    assert_eq!((settled.at_meta, settled.last_error), (Some(approved.version.number), None));
    assert_eq!(settled.category.as_deref(), Some("MARKETING"));
}
