//! A simulator without a socket.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use whatsapp_business::{
    Client, ErrorKind, Webhook,
    client::RetryPolicy,
    message::{Image, Upload},
    simulator::Simulator,
    webhook::Event,
};

#[tokio::test]
async fn everything_works_without_a_port() {
    let simulator = Simulator::offline().unwrap();
    let ana = super::ana(&simulator).await;
    let phone = simulator.phone();

    phone.send(ana.wa_id(), "Hello").await.unwrap();
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 100_000]].concat();
    let id = phone.media().upload(Upload::bytes("roof.png", png.clone())).await.unwrap();
    phone.send(ana.wa_id(), Image::new(&id)).await.unwrap();
    let fetched = phone.media().download(&id).await.unwrap();

    assert_eq!(fetched.bytes, png);
    assert_eq!(ana.messages().len(), 3);
    assert_eq!(simulator.sent().len(), 2);
    assert!(reqwest::get(simulator.graph_url()).await.is_err());
}

#[tokio::test]
async fn webhooks_go_to_a_function_signed_and_again_until_it_answers_200() {
    let simulator = Simulator::offline().unwrap();
    let webhook = Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::new(AtomicUsize::new(0));
    simulator.deliver_to({
        let heard = Arc::clone(&heard);
        move |body, signature| {
            let (heard, webhook, call) =
                (Arc::clone(&heard), webhook.clone(), calls.fetch_add(1, Ordering::SeqCst));
            assert_ne!(call, 1, "the application breaks before it waits for anything");
            async move {
                match call {
                    0 => return 503,
                    2 => panic!("the application breaks"),
                    _ => {}
                }
                let delivery = webhook.read(&body, signature.as_str()).unwrap();
                for event in delivery.events() {
                    let Event::Message(message) = event else { panic!("{event:?}") };
                    heard.lock().unwrap().push(message.from.clone());
                }
                200
            }
        }
    });
    let ana = super::ana(&simulator).await;
    simulator.idle().await.unwrap();
    assert_eq!(*heard.lock().unwrap(), [Some(ana.wa_id().clone())]);
    let posted = simulator.webhooks();
    assert_eq!((posted[0].attempts, posted[0].status), (4, Some(200)));
}

#[tokio::test]
async fn a_lost_answer_is_an_interruption_and_the_message_was_sent() {
    let simulator = Simulator::offline().unwrap();
    let ana = super::ana(&simulator).await;
    simulator.lose_next_answer();
    let error = simulator.phone().send(ana.wa_id(), "once").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error:?}");
    assert!(error.outcome_unknown());
    assert_eq!(simulator.sent().len(), 1);
    simulator.phone().send(ana.wa_id(), "answered again").await.unwrap();
}

#[tokio::test]
async fn a_client_of_ones_own_gets_in_through_the_transport_and_needs_the_token() {
    // The transport serves a simulator with a port as well.
    let simulator = Simulator::start().await.unwrap();
    let client = |token: &str| {
        let client = Client::builder(token).graph_url(simulator.graph_url());
        client.transport(simulator.transport()).retry(RetryPolicy::never()).build().unwrap()
    };
    let ana = super::ana(&simulator).await;
    let phone = client(simulator.access_token()).phone(simulator.phone_number_id());
    phone.send(ana.wa_id(), "Hello").await.unwrap();
    let stranger = client("another-token").phone(simulator.phone_number_id());
    let error = stranger.send(ana.wa_id(), "Hello").await.unwrap_err();
    assert_eq!(error.api().unwrap().code, 190);

    simulator.stop().await;
    let error = phone.send(ana.wa_id(), "Hello?").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error:?}");
}

#[tokio::test]
async fn the_transport_of_a_dropped_simulator_connects_to_nothing() {
    let simulator = Simulator::offline().unwrap();
    let phone = simulator.phone();
    drop(simulator);
    let error = phone.send("+14155550132", "Hello?").retry(RetryPolicy::never()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error:?}");
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    let error = Simulator::offline().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_read_bit_by_bit_arrives_whole() {
    let simulator = Simulator::offline().unwrap();
    let upload = Upload::reader("notes.txt", 200_000, &[b'x'; 200_000][..]);
    let id = simulator.phone().media().upload(upload).await.unwrap();
    let info = simulator.phone().media().info(&id).await.unwrap();
    assert_eq!(info.file_size, Some(200_000));
}
