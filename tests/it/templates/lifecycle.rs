//! A template from its definition to its end, over the client, at the simulator.

use super::definition;
use whatsapp_business::{
    message::Upload,
    simulator::{Review, Simulator},
    template::{Button, Category, Definition, HeaderFormat, TemplateStatus},
};

const ANA: &str = "+14155550132";

#[tokio::test]
async fn a_template_is_created_with_its_sample_sent_and_shown_as_previewed() {
    let simulator = Simulator::start().await.unwrap();
    let client = simulator.client();
    let templates = client.account(simulator.account_id()).templates();
    let survey = definition()
        .header_sample(HeaderFormat::Image)
        .footer("Sunny Solar")
        .button(Button::url("Track", "https://example.com/{{1}}").example("A-42"))
        .button(Button::quick_reply("Thanks"));
    let sample = Upload::bytes("roof.jpg", vec![0xff, 0xd8, 0xff, 0xe0]).mime_type("image/jpeg");
    let created =
        templates.create(survey).header_sample(&client.app(simulator.app_id()), sample).await.unwrap();
    simulator.idle().await.unwrap();

    let kept = templates.get(&created.id).await.unwrap();
    assert_eq!((&kept.status, kept.is_sendable()), (&Some(TemplateStatus::Approved), true));
    let link = whatsapp_business::message::MediaSource::link("https://example.com/roof.jpg");
    let fill = kept.definition.fill([("name", "Ana")]).header_media(link).url_button(0, "A-42");
    let message = fill.quick_reply(1, "thanks").build().unwrap();
    let preview = kept.definition.preview(&message);
    simulator.phone().send(ANA, message).await.unwrap();
    let seen = simulator.user(ANA).newest().unwrap();
    assert_eq!((seen.text, seen.footer), (preview.body, preview.footer));
    let labels: Vec<_> = seen.buttons.iter().map(|button| button.title.clone()).collect();
    assert_eq!(labels, preview.buttons.iter().map(|button| button.label.clone()).collect::<Vec<_>>());
    assert_eq!(seen.buttons[0].id, preview.buttons[0].target.clone().unwrap());

    let taken = templates.create(definition()).await.unwrap_err();
    assert_eq!(taken.api().unwrap().subcode, Some(2_388_024));
}

#[tokio::test]
async fn templates_are_edited_listed_put_away_and_deleted() {
    let simulator = Simulator::start().await.unwrap();
    let templates = simulator.client().account(simulator.account_id()).templates();
    simulator.review(Review::reject("PROMOTIONAL"));
    let id = templates.create(definition()).await.unwrap().id;
    simulator.idle().await.unwrap();
    let rejected = templates.get(&id).await.unwrap();
    assert_eq!(rejected.rejection.unwrap().as_str(), "PROMOTIONAL");

    simulator.review(Review::approve());
    let better = definition().body("Hello {{name}}, order on its way to you.");
    templates.edit(&id, &better).await.unwrap();
    simulator.idle().await.unwrap();
    let approved = templates.get(&id).await.unwrap();
    assert_eq!(approved.status, Some(TemplateStatus::Approved));
    let changed: Vec<_> =
        rejected.definition.diff(&approved.definition).into_iter().map(|d| d.path).collect();
    assert_eq!(changed, ["components[BODY].text"]);

    for n in 0..5 {
        let more =
            Definition::new(format!("greeting_{n}"), "en_US", Category::Utility).body("Welcome to the shop.");
        templates.create(more).await.unwrap();
    }
    simulator.idle().await.unwrap();
    let first = templates.list().limit(2).summary().await.unwrap();
    assert_eq!((first.items.len(), first.summary.as_ref().unwrap().total_count), (2, Some(6)));
    assert_eq!(templates.list().limit(2).stream().all().await.unwrap().len(), 6);
    assert_eq!(templates.list().limit(2).after(first.after.unwrap()).stream().all().await.unwrap().len(), 4);
    let found = templates.list().status(TemplateStatus::Approved).name("order").await.unwrap();
    assert_eq!(found.items[0].id.as_ref(), Some(&id));

    simulator.pause_template("order_update", "en_US").unwrap();
    assert!(templates.unpause(&id).await.unwrap().success);
    assert_eq!(templates.archive([&id]).await.unwrap().done, std::slice::from_ref(&id));
    assert_eq!(templates.get(&id).await.unwrap().status, Some(TemplateStatus::Archived));
    assert_eq!(templates.unarchive([&id]).await.unwrap().done, std::slice::from_ref(&id));

    templates.delete_one(&id, "order_update").await.unwrap();
    templates.delete("greeting_0").await.unwrap();
    let rest = templates.list().stream().all().await.unwrap();
    templates.delete_many(rest.iter().filter_map(|template| template.id.as_ref())).await.unwrap();
    assert!(templates.list().await.unwrap().items.is_empty());
}

#[tokio::test]
async fn one_time_codes_are_created_in_many_languages() {
    let simulator = Simulator::start().await.unwrap();
    let templates = simulator.client().account(simulator.account_id()).templates();
    let code = Definition::new("login_code", "", Category::Authentication)
        .security_recommendation(true)
        .button(Button::copy_one_time_code());
    let made = templates.upsert(code, ["en_US", "es"]).await.unwrap();
    simulator.idle().await.unwrap();
    let kept = templates.get(&made[1].id).await.unwrap();
    assert_eq!(kept.definition.language(), "es");
    let message = kept.definition.fill(["123456"]).build().unwrap();
    simulator.phone().send(ANA, message).await.unwrap();
}

/// Names in the order in which a list gives them.
async fn names(
    mut pages: whatsapp_business::client::Pages<whatsapp_business::template::Template>,
) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(template) = pages.next().await {
        names.push(template.unwrap().definition.name().to_owned());
    }
    names
}

#[tokio::test]
async fn what_changes_while_a_list_is_read_makes_no_template_come_twice_or_not_at_all() {
    let simulator = Simulator::offline().unwrap();
    let templates = simulator.client().account(simulator.account_id()).templates();
    let greeting = |n: u32| {
        Definition::new(format!("greeting_{n}"), "en_US", Category::Utility).body("Welcome to the shop.")
    };
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(templates.create(greeting(n)).await.unwrap().id);
    }
    let mut pages = templates.list().limit(2).stream();
    let newest = pages.next().await.unwrap().unwrap();
    assert_eq!(newest.definition.name(), "greeting_5");

    // One that was read, one that is to come, a new one, and one less behind.
    templates.edit(&ids[5], &greeting(5).footer("Sunny Solar")).await.unwrap();
    templates.edit(&ids[2], &greeting(2).footer("Sunny Solar")).await.unwrap();
    templates.create(greeting(6)).await.unwrap();
    templates.delete("greeting_0").await.unwrap();
    assert_eq!(names(pages).await, ["greeting_4", "greeting_3", "greeting_2", "greeting_1"]);
}

#[tokio::test]
async fn a_list_whose_cursor_is_gone_is_read_from_the_beginning() {
    let simulator = Simulator::offline().unwrap();
    let templates = simulator.client().account(simulator.account_id()).templates();
    for n in 0..3 {
        let greeting = Definition::new(format!("greeting_{n}"), "en_US", Category::Utility);
        templates.create(greeting.body("Welcome to the shop.")).await.unwrap();
    }
    let mut pages = templates.list().limit(1).stream();
    let read = pages.next().await.unwrap().unwrap();
    templates.delete(read.definition.name()).await.unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.api().unwrap().code, 131_059);
    assert_eq!(names(templates.list().limit(1).stream()).await, ["greeting_1", "greeting_0"]);
}
