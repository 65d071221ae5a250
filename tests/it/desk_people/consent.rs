//! What people want to be sent is kept, whoever tells it, and looked at before each attempt.

use super::{ACCOUNT, ANA, DAY, NUMBER, Office};
use serde_json::json;
use whatsapp_business::{
    ErrorKind,
    id::UserId,
    message::Template,
    store::{
        ConsentSource, ConsentState, PageRequest, PersonSalt, Purpose, SendState, StoredTemplate,
        TenantStoreExt,
    },
    template::TemplateStatus,
};
use wiremock::{Mock, ResponseTemplate, matchers::method};

const TO_ANA: &str = "+14155552671";

/// An office that keeps consents, with an offer (marketing) and a receipt (utility) among its templates.
async fn open() -> Office {
    let salt = PersonSalt::new("6d0f6cb5f8a44f0d9c4e1a3f0b7d2e91").unwrap();
    let office = Office::open(|desk| desk.person_salt(salt)).await;
    for (name, category) in [("offer", "MARKETING"), ("receipt", "UTILITY")] {
        let mut template = StoredTemplate::new(name, ACCOUNT, name, "en_US", office.now());
        template.category = Some(category.to_owned());
        template.status = Some(TemplateStatus::Approved);
        office.keep(template).await;
    }
    office
}

impl Office {
    /// Whether a template gets through to Ana.
    async fn reaches(&self, template: &str) -> bool {
        match self.acme.send(NUMBER, TO_ANA, Template::new(template, "en_US")).await {
            Ok(receipt) => receipt.sending.state == SendState::Accepted,
            Err(refusal) => {
                assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)), "{refusal}");
                false
            }
        }
    }

    async fn marketing(&self) -> (ConsentState, ConsentSource) {
        let consent = self.acme.consent().of(TO_ANA, Purpose::Marketing).await.unwrap().unwrap();
        (consent.state, consent.source)
    }
}

#[tokio::test]
async fn who_wants_no_marketing_gets_none_but_all_else() {
    let office = open().await;
    assert!(office.reaches("offer").await);
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    assert!(!office.reaches("offer").await);
    assert!(office.reaches("receipt").await);
    assert!(!office.reaches("unknown_category").await);
    office.pass(1);
    office.acme.consent().give(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    assert!(office.reaches("offer").await);
    let ana = office.contact(ANA).await.id;
    assert_eq!(office.actions(&ana).await, ["consent.withdrawn", "consent.given"]);
}

#[tokio::test]
async fn who_wants_no_marketing_is_offered_none_in_the_place_of_a_message() {
    let office = open().await;
    let offered = async || {
        let refusal = office.acme.send(NUMBER, TO_ANA, "Hello").await.unwrap_err();
        let ErrorKind::WindowClosed(closed) = refusal.kind() else { panic!("{refusal}") };
        closed.templates().iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let mut both = offered().await;
    both.sort();
    assert_eq!(both, ["offer", "receipt"]);
    // Nobody wrote to her yet: she is known by the number alone.
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    assert_eq!(offered().await, ["receipt"]);
}

#[tokio::test]
async fn who_wants_nothing_is_only_answered() {
    let office = open().await;
    office.hears(ANA, "Hi").await;
    office.pass(1);
    office.acme.consent().withdraw(TO_ANA, Purpose::All, "bo").await.unwrap();
    assert!(!office.reaches("receipt").await);
    assert!(office.acme.send(NUMBER, TO_ANA, "Hello").await.is_err());
    office.pass(1);
    office.hears(ANA, "Where is my order?").await;
    office.acme.send(NUMBER, TO_ANA, "On its way").await.unwrap();
    assert!(!office.reaches("receipt").await);
}

#[tokio::test]
async fn who_wants_nothing_is_answered_after_a_close_too() {
    let office = open().await;
    office.acme.consent().withdraw(TO_ANA, Purpose::All, "bo").await.unwrap();
    office.pass(1);
    let asked = office.hears(ANA, "Where is my order?").await;
    office.acme.close(&asked.id, "bo").await.unwrap();
    let receipt = office.acme.send(NUMBER, TO_ANA, "On its way").await.unwrap();
    assert_ne!(receipt.conversation, asked.id);
    assert!(!office.reaches("receipt").await);
}

#[tokio::test]
async fn a_word_that_is_the_whole_message_is_a_word_of_consent() {
    let office = open().await;
    office.hears(ANA, "please stop by").await;
    assert!(office.acme.consent().of(TO_ANA, Purpose::Marketing).await.unwrap().is_none());
    office.hears(ANA, "Stop!").await;
    assert_eq!(office.marketing().await, (ConsentState::Withdrawn, ConsentSource::Keyword));
    assert!(!office.reaches("offer").await);
    office.pass(1);
    office.hears(ANA, "START").await;
    assert_eq!(office.marketing().await, (ConsentState::Given, ConsentSource::Keyword));
}

#[tokio::test]
async fn a_choice_in_whatsapp_counts_and_an_older_one_does_not_undo_it() {
    let office = open().await;
    let chooses = |value: &str, seconds: i64| {
        let at = office.now().as_seconds() + seconds;
        json!({"user_preferences": [{"wa_id": ANA, "user_id": "US.1", "detail": "User requested it",
            "category": "marketing_messages", "value": value, "timestamp": at}]})
    };
    assert_eq!(office.receives("user_preferences", chooses("stop", 0)).await.applied, 1);
    assert_eq!(office.marketing().await, (ConsentState::Withdrawn, ConsentSource::Preference));
    // It is known by each of her names.
    assert!(office.acme.consent().of("US.1", Purpose::Marketing).await.unwrap().is_some());
    assert_eq!(office.receives("user_preferences", chooses("resume", -60)).await.applied, 1);
    assert_eq!(office.marketing().await.0, ConsentState::Withdrawn);
    assert_eq!(office.receives("user_preferences", chooses("resume", 60)).await.applied, 1);
    assert_eq!(office.marketing().await.0, ConsentState::Given);
}

#[tokio::test]
async fn a_withdrawal_holds_for_every_name_of_a_person() {
    let office = open().await;
    let mut message = office.text(ANA, "Hi");
    message["from_user_id"] = json!("US.1");
    office.receives("messages", json!({"messages": [message]})).await;
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    let consents = office.records.consents(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(consents.len(), 2);
    let offer = Template::new("offer", "en_US");
    assert!(office.acme.send(NUMBER, UserId::from("US.1"), offer).await.is_err());
}

#[tokio::test]
async fn a_withdrawal_goes_with_the_person_to_another_number() {
    let office = open().await;
    office.hears(ANA, "Hi").await;
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    let mut told = office.text(ANA, "");
    told["type"] = json!("system");
    told["system"] = json!({"type": "user_changed_number", "body": "User changed", "wa_id": "14155559999"});
    assert_eq!(office.receives("messages", json!({"messages": [told]})).await.applied, 1);
    let offer = Template::new("offer", "en_US");
    assert!(office.acme.send(NUMBER, "+14155559999", offer).await.is_err());

    let change = json!({"user_id_update": [{"wa_id": "14155558888", "timestamp": "1700000000",
        "user_id": {"previous": "US.1", "current": "US.2"}}]});
    // Of somebody who never wrote no more is known than what they want.
    let (before, after) = (UserId::from("US.1"), UserId::from("US.2"));
    office.acme.consent().withdraw(before, Purpose::Marketing, "bo").await.unwrap();
    assert_eq!(office.receives("user_id_update", change).await.applied, 1);
    let word = office.acme.consent().of(after, Purpose::Marketing).await.unwrap();
    assert_eq!(word.map(|word| word.state), Some(ConsentState::Withdrawn));
}

#[tokio::test]
async fn a_newer_word_of_another_name_is_kept_when_a_person_takes_it() {
    let office = open().await;
    office.hears(ANA, "Hi").await;
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    office.pass(1);
    office.acme.consent().give("+14155559999", Purpose::Marketing, "bo").await.unwrap();
    let mut told = office.text(ANA, "");
    told["type"] = json!("system");
    told["system"] = json!({"type": "user_changed_number", "body": "User changed", "wa_id": "14155559999"});
    assert_eq!(office.receives("messages", json!({"messages": [told]})).await.applied, 1);
    let word = office.acme.consent().of("+14155559999", Purpose::Marketing).await.unwrap();
    assert_eq!(word.map(|word| word.state), Some(ConsentState::Given));
}

#[tokio::test]
async fn a_refusal_in_the_answer_is_a_withdrawal_too() {
    let office = open().await;
    office.meta.reset().await;
    let refused = json!({"error": {"code": 131_050, "message": "stopped", "type": "OAuthException"}});
    let refused = ResponseTemplate::new(400).set_body_json(refused);
    Mock::given(method("POST")).respond_with(refused).mount(&office.meta).await;
    assert!(!office.reaches("offer").await);
    assert_eq!(office.marketing().await, (ConsentState::Withdrawn, ConsentSource::Refusal));
}

#[tokio::test]
async fn metas_refusal_is_a_withdrawal() {
    let office = open().await;
    let offer = Template::new("offer", "en_US");
    let receipt = office.acme.send(NUMBER, TO_ANA, offer).await.unwrap();
    office.fails(receipt.wamid.unwrap().as_str(), 131_050).await;
    assert_eq!(office.marketing().await, (ConsentState::Withdrawn, ConsentSource::Refusal));
    assert!(!office.reaches("offer").await);
}

#[tokio::test]
async fn a_late_refusal_does_not_undo_what_was_said_since() {
    let office = open().await;
    let receipt = office.acme.send(NUMBER, TO_ANA, Template::new("offer", "en_US")).await.unwrap();
    office.pass(10);
    office.acme.consent().give(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    office.pass(10);
    office.fails(receipt.wamid.unwrap().as_str(), 131_050).await;
    assert_eq!(office.marketing().await, (ConsentState::Given, ConsentSource::Host));
}

#[tokio::test]
async fn a_message_that_waits_is_not_sent_to_who_withdrew_meanwhile() {
    let office = open().await;
    office.meta.reset().await;
    let busy = json!({"error": {"code": 130_429, "message": "slow down", "type": "OAuthException"}});
    let busy = ResponseTemplate::new(429).set_body_json(busy);
    Mock::given(method("POST")).respond_with(busy).mount(&office.meta).await;
    let receipt = office.acme.send(NUMBER, TO_ANA, Template::new("offer", "en_US")).await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Queued);
    office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap();
    office.pass(DAY);
    office.works().await;
    let sending = office.acme.message(&receipt.id).await.unwrap().message.sending.unwrap();
    assert_eq!((sending.state, office.posts().await), (SendState::Rejected, 1));
}

#[tokio::test]
async fn a_withdrawal_outlives_the_erasure_of_the_person() {
    let office = open().await;
    office.hears(ANA, "STOP").await;
    let ana = office.contact(ANA).await.id;
    office.records.erase(&ana, office.now()).await.unwrap();
    assert!(!office.reaches("offer").await);
    assert_eq!(office.records.consents(PageRequest::newest(9)).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn without_a_salt_nothing_is_kept_and_the_caller_is_told() {
    let office = Office::open(|desk| desk).await;
    let refusal = office.acme.consent().withdraw(TO_ANA, Purpose::Marketing, "bo").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::Config(_)));
    office.hears(ANA, "STOP").await;
    let choice = json!({"user_preferences": [{"wa_id": ANA, "user_id": "US.1", "category": "marketing_messages",
        "value": "stop", "timestamp": 1_700_000_000}]});
    assert_eq!(office.receives("user_preferences", choice).await.dead_letters, 1);
    assert!(office.records.consents(PageRequest::newest(9)).await.unwrap().items.is_empty());
}
