//! Notices of templates.

use super::{at, kind, notice};
use whatsapp_business::{
    template::Category,
    webhook::notice::{
        NoticeKind, QualityScore, TemplateEvent, TemplatePause, TemplateRejection, TemplateStatusUpdate,
    },
};

fn template(name: &str) -> TemplateStatusUpdate {
    kind!(TemplateStatusUpdate, name)
}

#[test]
fn a_template_is_approved_rejected_paused_or_disabled() {
    let approved = template("template_status_update");
    assert_eq!(approved.event, TemplateEvent::Approved);
    assert_eq!(approved.id.as_str(), "1689556908129832");
    assert_eq!(approved.name.as_deref(), Some("order_update"));
    assert_eq!(approved.language.as_deref(), Some("en-US"));
    assert_eq!((approved.category, approved.reason), (Some(Category::Utility), None));

    let rejected = template("template_status_rejected");
    assert_eq!(
        (rejected.event, rejected.reason),
        (TemplateEvent::Rejected, Some(TemplateRejection::InvalidFormat))
    );
    let advice = rejected.advice.unwrap();
    assert_eq!(advice.reason.as_deref(), Some("Two placeholders stand beside each other."));
    assert_eq!(advice.recommendation.as_deref(), Some("Put words between them."));

    let paused = template("template_status_paused");
    assert_eq!((paused.event, paused.reason), (TemplateEvent::Paused, None));
    let details = paused.details.unwrap();
    assert_eq!(details.title, Some(TemplatePause::First));
    assert!(details.description.unwrap().starts_with("Too many customers"));

    let disabled = template("template_status_disabled");
    assert_eq!(
        (disabled.event, disabled.reason),
        (TemplateEvent::Disabled, Some(TemplateRejection::AbusiveContent))
    );
    assert_eq!(disabled.disable_date.as_deref(), Some("2026-11-30"));
}

#[test]
fn a_template_is_liked_or_not() {
    let quality = kind!(TemplateQualityUpdate, "template_quality_update");
    assert_eq!((quality.previous, quality.new), (Some(QualityScore::Green), QualityScore::Yellow));
    assert_eq!((quality.id.as_str(), quality.name.as_deref()), ("1689556908129832", Some("order_update")));
    assert_eq!(quality.language.as_deref(), Some("en-US"));
    assert_eq!(QualityScore::from("UNKNOWN"), QualityScore::NotRated);
}

#[test]
fn a_template_reads_otherwise() {
    let update = kind!(TemplateComponentsUpdate, "template_components_update");
    assert_eq!((update.id.as_str(), update.name.as_deref()), ("1689556908129832", Some("order_update")));
    assert_eq!(update.header.as_deref(), Some("Your order"));
    assert_eq!(update.body.as_deref(), Some("Hello {{1}}, your order {{2}} has left us."));
    assert_eq!(update.footer.as_deref(), Some("Answer STOP to hear no more"));
    let [link, call] = &update.buttons[..] else { panic!("{:?}", update.buttons) };
    assert_eq!((link.kind.as_deref(), link.text.as_deref()), (Some("URL"), Some("Track it")));
    assert_eq!(
        (link.url.as_deref(), link.phone_number.as_deref()),
        (Some("https://example.com/track/{{1}}"), None)
    );
    assert_eq!(
        (call.kind.as_deref(), call.phone_number.as_deref()),
        (Some("PHONE_NUMBER"), Some("+14155550123"))
    );
}

#[test]
fn a_template_moves_to_another_category_after_it_was_announced() {
    let announced = kind!(TemplateCategoryUpdate, "template_category_announced");
    assert_eq!((announced.category, announced.announced), (Category::Utility, Some(Category::Marketing)));
    assert_eq!((announced.previous, announced.moves_at), (None, at(1_700_086_400)));
    let moved = kind!(TemplateCategoryUpdate, "template_category_moved");
    assert_eq!((moved.category, moved.previous), (Category::Marketing, Some(Category::Utility)));
    assert_eq!((moved.announced, moved.moves_at), (None, None));
    let wrong = kind!(WrongCategory, "template_wrong_category");
    assert_eq!((wrong.claimed, wrong.correct), (Some(Category::Utility), Category::Marketing));
    assert_eq!((wrong.id.as_str(), wrong.name.as_deref()), ("1689556908129833", Some("auto_generated_1")));
}
