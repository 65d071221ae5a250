//! What customers do on their phones, as the simulator tells it.

use whatsapp_business::{
    Desk, ErrorKind, Webhook,
    desk::Tenant,
    message::Template,
    simulator::{ApprovedTemplate, Simulator},
    store::{ConsentState, MemoryStore, PageRequest, PersonSalt, Purpose},
};

/// A tenant with the simulator's number, whose webhooks come to its desk.
async fn open(simulator: &Simulator) -> Tenant {
    let desk = Desk::builder(MemoryStore::new())
        .credentials(simulator.client())
        .webhook(Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap())
        .clock(simulator.clock())
        .person_salt(PersonSalt::new("6d0f6cb5f8a44f0d9c4e1a3f0b7d2e91").unwrap())
        .build();
    let acme = desk.tenant("acme");
    simulator.deliver_to(move |body, signature| {
        let desk = desk.clone();
        async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
    });
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
    acme
}

#[tokio::test]
async fn who_stops_marketing_on_their_phone_gets_none_until_they_resume() {
    let simulator = Simulator::builder().offline().unwrap();
    simulator.approve_template(ApprovedTemplate::new("offer", "en_US", "Now cheaper."));
    let acme = open(&simulator).await;
    let ana = simulator.user("+14155550132");
    let offer = || acme.send(simulator.phone_number_id(), "+14155550132", Template::new("offer", "en_US"));
    offer().await.unwrap();
    ana.opts_out();
    simulator.idle().await.unwrap();
    let consent = acme.consent().of("+14155550132", Purpose::Marketing).await.unwrap().unwrap();
    assert_eq!(consent.state, ConsentState::Withdrawn);
    assert!(matches!(offer().await.unwrap_err().kind(), ErrorKind::NotAllowed(_)));
    ana.opts_in();
    simulator.idle().await.unwrap();
    offer().await.unwrap();
}

#[tokio::test]
async fn who_changes_their_number_keeps_their_conversation() {
    let simulator = Simulator::builder().offline().unwrap();
    let acme = open(&simulator).await;
    let ana = simulator.user("+14155550132");
    ana.says("Hi").await.unwrap();
    simulator.idle().await.unwrap();
    let ana = ana.changes_number("+14155550199");
    simulator.idle().await.unwrap();
    ana.says("It is me").await.unwrap();
    simulator.idle().await.unwrap();
    let all = acme.conversations(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(all.len(), 1);
    acme.send(simulator.phone_number_id(), "+14155550199", "Hello again").await.unwrap();
    simulator.idle().await.unwrap();
    ana.sees("Hello again").await.unwrap();
    assert!(acme.identity_conflicts(PageRequest::newest(9)).await.unwrap().items.is_empty());
}
