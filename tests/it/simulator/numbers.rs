//! Several business numbers, in several accounts.

use whatsapp_business::{
    Client, ErrorKind,
    client::BusinessPhone,
    message::{Reaction, Upload},
    simulator::{Phone, Simulator},
};

/// A second number of the same account and a third one of another account with a token of its own.
fn three() -> (Simulator, BusinessPhone, BusinessPhone) {
    let simulator = Simulator::offline().unwrap();
    let branch = Phone::new("200", simulator.account_id(), "+1 555 010 0002");
    let branch = simulator.add_phone(branch).unwrap();
    let shop = Phone::new("300", "30", "+1 555 010 0003").access_token("token-of-the-shop");
    let shop = simulator.add_phone(shop).unwrap();
    (simulator, branch, shop)
}

#[tokio::test]
async fn every_chat_has_its_own_window_ids_and_metadata() {
    let (simulator, branch, shop) = three();
    let ana = simulator.user(super::ANA).named("Ana");
    let (at_branch, at_shop) = (ana.in_chat_with(branch.id()), ana.in_chat_with(shop.id()));
    at_shop.says("Hello, shop").await.unwrap();
    let heard = &simulator.webhooks()[0].body["entry"][0];
    assert_eq!(heard["id"], "30");
    let metadata = &heard["changes"][0]["value"]["metadata"];
    assert_eq!(
        (&metadata["phone_number_id"], &metadata["display_phone_number"]),
        (&"300".into(), &"15550100003".into())
    );
    assert_eq!(heard["changes"][0]["value"]["contacts"][0]["profile"]["name"], "Ana");

    // One account is one portfolio: the same id in it, another one elsewhere.
    assert_eq!(at_branch.user_id(), ana.user_id());
    assert_ne!(at_shop.user_id(), ana.user_id());

    for (phone, user, arrives) in
        [(simulator.phone(), &ana, false), (branch, &at_branch, false), (shop, &at_shop, true)]
    {
        phone.send(ana.wa_id(), "Hello").await.unwrap();
        assert_eq!(user.newest().is_some(), arrives);
        let status = &simulator.webhooks().pop().unwrap().body["entry"][0]["changes"][0]["value"];
        assert_eq!(status["statuses"][0]["status"], if arrives { "read" } else { "failed" });
        assert_eq!(status["metadata"]["phone_number_id"], phone.id().as_str());
    }
    let from: Vec<_> = simulator.sent().into_iter().map(|sent| sent.from.as_str().to_owned()).collect();
    assert_eq!(from, [simulator.phone_number_id().as_str(), "200", "300"]);
    let users: Vec<_> = simulator.users().iter().map(|user| user.messages().len()).collect();
    assert_eq!(users, [0, 0, 2]);
}

#[tokio::test]
async fn a_token_speaks_for_its_own_accounts_only() {
    let (simulator, branch, shop) = three();
    let id = shop.media().upload(Upload::bytes("notes.txt", "notes")).await.unwrap();
    let client = |token: &str| {
        let client = Client::builder(token).graph_url(simulator.graph_url());
        client.transport(simulator.transport()).build().unwrap()
    };
    let (ours, theirs) = (client(simulator.access_token()), client("token-of-the-shop"));
    assert!(ours.phone(branch.id()).send(super::ANA, "Hello").await.is_ok());
    assert!(theirs.phone(shop.id()).send(super::ANA, "Hello").await.is_ok());
    assert_eq!(theirs.phone(shop.id()).media().download(&id).await.unwrap().bytes, "notes");
    for (client, phone) in
        [(&ours, shop.id()), (&theirs, branch.id()), (&theirs, simulator.phone_number_id())]
    {
        let error = client.phone(phone).send(super::ANA, "Hello").await.unwrap_err();
        let api = error.api().unwrap();
        assert_eq!((api.status, api.code, api.subcode), (Some(400), 100, Some(33)), "{error:?}");
    }
    let error = ours.phone(branch.id()).media().info(&id).await.unwrap_err();
    assert_eq!(error.api().unwrap().subcode, Some(33), "{error:?}");
    assert_eq!(simulator.sent().len(), 2);
}

#[tokio::test]
async fn a_message_of_another_number_cannot_be_marked_as_read() {
    let (simulator, branch, _) = three();
    let id = simulator.user(super::ANA).says("Hi").await.unwrap();
    assert_eq!(branch.mark_read(&id).await.unwrap_err().api().unwrap().code, 131_009);
    simulator.phone().mark_read(&id).await.unwrap();
}

#[tokio::test]
async fn a_bsuid_is_good_within_its_account_only() {
    let (simulator, branch, shop) = three();
    let ana = super::ana(&simulator).await;
    assert!(branch.send(ana.user_id(), "Hello").await.is_ok());
    assert_eq!(shop.send(ana.user_id(), "Hello").await.unwrap_err().api().unwrap().code, 131_009);
}

#[tokio::test]
async fn a_reaction_goes_no_further_than_its_conversation() {
    let (simulator, branch, shop) = three();
    let ana = super::ana(&simulator).await;
    let bo = simulator.user("+49 151 5550123");
    let theirs = bo.says("Hello").await.unwrap();
    let ours = simulator.phone().send(bo.wa_id(), "Good morning").await.unwrap().message_id;
    // Another person, another number of the account, and another account.
    for (phone, to) in [(simulator.phone(), &ana), (branch, &bo), (shop, &bo)] {
        for id in [&theirs, &ours] {
            let error = phone.send(to.wa_id(), Reaction::new(id, "👍")).await.unwrap_err();
            assert_eq!(error.api().unwrap().code, 131_009, "{error:?}");
        }
    }
    let reactions = || bo.messages().into_iter().map(|shown| shown.reaction).collect::<Vec<_>>();
    assert_eq!(reactions(), [None, None]);
    for id in [&theirs, &ours] {
        simulator.phone().send(bo.wa_id(), Reaction::new(id, "👍")).await.unwrap();
    }
    assert_eq!(reactions(), [Some("👍".to_owned()), Some("👍".to_owned())]);
}

#[tokio::test]
async fn a_number_that_cannot_be_is_not_added() {
    let (simulator, ..) = three();
    for phone in [
        Phone::new("200", "1", "+1 555 010 0009"),
        Phone::new(simulator.phone_number_id(), "1", "+1 555 010 0009"),
        Phone::new("400", "1", "unknown"),
        Phone::new("400", "1", "+1 555 010 0009").access_token("no\ntoken"),
    ] {
        let error = simulator.add_phone(phone).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
    }
    let ids: Vec<_> = simulator.phones().iter().map(|phone| phone.id().as_str().to_owned()).collect();
    assert_eq!(ids, [simulator.phone_number_id().as_str(), "200", "300"]);
}
