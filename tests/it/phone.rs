//! The rules for numbers that may be spelled in two ways: answer what Meta gave, keep what was typed, guess nothing, and
//! take nobody for somebody else.

use serde_json::json;
use std::collections::HashMap;
use whatsapp_business::{Message, Recipient, Webhook, phone::match_keys, webhook::Event};

/// Old and new spellings of Brazil, Mexico and Argentina, as Meta gives them.
const WA_IDS: [&str; 6] =
    ["553187654321", "5531987654321", "5215512345678", "525512345678", "5491123456789", "541123456789"];

/// P1: what Meta gave is the address to answer.
#[test]
fn a_wa_id_is_answered_as_it_came() {
    let webhook = Webhook::new("app-secret", "verify-token").unwrap();
    for wa_id in WA_IDS {
        let message = json!({"from": wa_id, "id": "wamid.A", "timestamp": "1700000000", "type": "text", "text": {"body": "Oi"}});
        let value = json!({"metadata": {"phone_number_id": "106540352242922"}, "messages": [message]});
        let change = json!({"field": "messages", "value": value});
        let body =
            json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]});
        let body = body.to_string();
        let delivery = webhook.read(body.as_bytes(), webhook.sign(body.as_bytes()).as_str()).unwrap();
        let Some(Event::Message(message)) = delivery.events().first() else { panic!("{delivery:?}") };

        let answer = Message::new(message.from.as_ref().unwrap(), "Olá");
        answer.validate().unwrap();
        let answer = serde_json::to_value(&answer).unwrap();
        assert_eq!(answer["to"], format!("+{wa_id}"));
        assert!(answer.get("recipient").is_none());
    }
}

/// The contacts of a book, by their `wa_id`, that a number may belong to.
fn candidates<'a>(book: &'a HashMap<&str, &str>, number: &str) -> Vec<&'a str> {
    match_keys(number).iter().filter_map(|key| book.get(key).copied()).collect()
}

/// P3: another spelling is for looking up.
#[test]
fn a_contact_is_found_by_the_other_spelling_of_the_number() {
    let book = HashMap::from([("553187654321", "Ana"), ("5215512345678", "Bo"), ("541123456789", "Cleo")]);
    assert_eq!(candidates(&book, "+55 31 98765-4321"), ["Ana"]);
    assert_eq!(candidates(&book, "525512345678"), ["Bo"]);
    assert_eq!(candidates(&book, "5491123456789"), ["Cleo"]);
    assert!(candidates(&book, "+55 31 98765-4322").is_empty());
}

#[test]
fn two_contacts_who_match_stay_two_and_the_one_with_the_very_number_comes_first() {
    let book = HashMap::from([("541123456789", "a landline"), ("5491123456789", "a mobile phone")]);
    assert_eq!(candidates(&book, "5491123456789"), ["a mobile phone", "a landline"]);
    assert_eq!(candidates(&book, "+54 11 2345-6789"), ["a landline"]);
}

/// P5: without its country a number is nobody's.
#[test]
fn no_country_is_guessed() {
    for national in ["(11) 91234-5678", "11 91234 5678", "011 91234-5678"] {
        assert!(match_keys(national).is_empty(), "{national}");
        assert_eq!(Recipient::from(national), Recipient::Phone(national.to_owned()));
        #[cfg(feature = "phonenumber")]
        assert!(whatsapp_business::phone::PhoneNumber::parse(national, None).is_err(), "{national}");
    }
}

/// P2: what was typed stays, beside what was learned.
#[cfg(feature = "desk")]
#[tokio::test]
async fn the_number_as_typed_is_written_to_and_the_one_meta_answers_with_is_kept_beside_it() {
    use whatsapp_business::{
        Client, Desk,
        store::{Identity, MemoryStore, PageRequest},
    };
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

    let meta = MockServer::start().await;
    let answer = json!({
        "contacts": [{"input": "+5531987654321", "wa_id": "553187654321"}], "messages": [{"id": "wamid.A"}],
    });
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&meta)
        .await;
    let client = Client::builder("token").graph_url(meta.uri()).build().unwrap();
    let acme = Desk::builder(MemoryStore::default()).window(false).credentials(client).build().tenant("acme");
    acme.register("Acme Solar").await.unwrap();
    acme.bind("106540352242922", "102290129340398").await.unwrap();

    for _ in 0..2 {
        acme.send("106540352242922", "+5531987654321", "Olá").await.unwrap();
    }
    for request in meta.received_requests().await.unwrap() {
        assert_eq!(request.body_json::<serde_json::Value>().unwrap()["to"], "+5531987654321");
    }
    let conversations = acme.conversations(PageRequest::newest(10)).await.unwrap().items;
    assert_eq!(conversations.len(), 1);
    let contact = acme.contact(&conversations[0].contact).await.unwrap();
    assert_eq!(
        contact.identities,
        ["5531987654321", "553187654321"].map(|number| Identity::Phone(number.into()))
    );
}
