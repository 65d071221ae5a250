//! Connections that cannot be made, break off or stand still.

use super::{
    ANA, DAY, HOUR, NUMBER, Office, WAYS, Way, client,
    peer::{Act, End, Peer, answer, taken, taken_body},
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};
use whatsapp_business::{
    Client,
    desk::Headline,
    store::{SendState, StoredMessageId},
};

/// The bytes of all answers of success that end in different ways: by a length, by a last chunk, with the connection.
fn answers() -> [Vec<u8>; 3] {
    let body = taken_body("wamid.A");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let open_end = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}");
    [taken("wamid.A"), chunked.into_bytes(), open_end.into_bytes()]
}

/// What holds after `act`, of which nobody can tell whether Meta took the message: it is posted once and stays unknown, the
/// next one goes out on another connection, and the first status that carries the attempt's id settles it.
async fn is_unknown_until_a_status_tells(act: Act) {
    for way in WAYS {
        let mut case = format!("{way:?} {act:?}");
        case.truncate(200);
        let office = Office::open([act.clone()]).await;
        let receipt = office.sends(way).await;
        assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown, "{case}");
        settles(&office, &receipt.id, &case).await;
    }
}

/// The second half of it, for the first message of an office.
async fn settles(office: &Office, id: &StoredMessageId, case: &str) {
    office.works_for(2 * DAY).await;
    assert_eq!((office.state(id).await, office.peer.count()), (SendState::OutcomeUnknown, 1), "{case}");
    let next = office.acme.send(NUMBER, ANA, "Next").await.unwrap();
    assert_eq!(next.sending.state, SendState::Accepted, "{case}");
    assert_eq!((office.peer.count(), office.peer.connections()), (2, 2), "{case}");
    office.delivered(&office.peer.posts()[0], "wamid.A").await;
    let entry = office.entry(id).await;
    assert_eq!(entry.headline(), Headline::Delivered, "{case}");
    assert_eq!(entry.message.sending.unwrap().state, SendState::Accepted, "{case}");
    assert_eq!(entry.message.wamid.unwrap().as_str(), "wamid.A", "{case}");
    office.works_for(2 * DAY).await;
    assert_eq!(office.peer.count(), 2, "{case}");
}

/// F1, B C: a connection that is refused, a name that is none, and TLS that comes to nothing leave the message queued, and it
/// is posted once when there is a connection.
#[tokio::test]
async fn f1_bc_what_cannot_be_connected_to_is_tried_again_and_nothing_is_unknown() {
    let (_held, refused) = super::nobody();
    let mut unreachable = vec![refused];
    let ends = (0..20).map(|n| Act::Refuse([End::Close, End::Reset][n % 2]));
    let no_tls = Peer::start(ends).await;
    let speaks_plain_text = speaks(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    if cfg!(feature = "rustls") {
        // A label of a name has 63 characters at most, so nobody is asked for it.
        unreachable.push(format!("https://{}.invalid", "a".repeat(64)));
        unreachable.push(no_tls.url.replace("http:", "https:"));
        unreachable.push(speaks_plain_text);
    }
    for url in unreachable {
        for way in WAYS {
            let office = Office::open([]).await;
            office.vault.gives("acme", client(&url));
            let receipt = office.sends(way).await;
            for attempts in 1..=2 {
                let sending = office.entry(&receipt.id).await.message.sending.unwrap();
                let made = (sending.state, sending.attempts);
                assert_eq!(made, (SendState::Queued, attempts), "{url} {way:?}: {:?}", sending.error);
                office.works_for(Duration::from_secs(100)).await;
            }
            office.vault.gives("acme", client(&office.peer.url));
            office.works_for(HOUR).await;
            assert_eq!(office.state(&receipt.id).await, SendState::Accepted, "{url} {way:?}");
            office.works_for(2 * DAY).await;
            assert_eq!(office.peer.count(), 1, "{url} {way:?}");
        }
    }
}

/// The address, over TLS, of a server that says this to everybody.
async fn speaks(words: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut hello = [0; 4096];
            if socket.read(&mut hello).await.is_ok() {
                socket.write_all(words).await.unwrap_or_default();
            }
        }
    });
    url
}

/// F2, B C: the request is read, and the connection closed.
#[tokio::test]
async fn f2_bc_a_connection_that_is_closed_after_the_request_leaves_the_message_to_its_status() {
    is_unknown_until_a_status_tells(Act::Last(Vec::new(), End::Close)).await;
}

/// F3, B C: the request is read, and the connection reset.
#[tokio::test]
async fn f3_bc_a_connection_that_is_reset_after_the_request_leaves_the_message_to_its_status() {
    is_unknown_until_a_status_tells(Act::Last(Vec::new(), End::Reset)).await;
}

/// F4, F5, F7, B C: the request is read, and nothing comes, or a part of the answer, or all of it but the last byte. When
/// the time is over the connection is left.
#[tokio::test]
async fn f4_f5_f7_bc_an_answer_that_stands_still_is_given_up_in_time_with_its_connection() {
    let whole = taken("wamid.A");
    for length in [0, 12, 40, whole.len() - 1] {
        for way in WAYS {
            let case = format!("{length} {way:?}");
            let office = Office::open([Act::Last(whole[..length].to_vec(), End::Stall)]).await;
            let message = give_up(&office, way, Client::DEFAULT_TIMEOUT).await;
            settles(&office, &message, &case).await;
        }
    }
}

/// Sends a message, and lets time fly from when it is read until it is given up, which has to be as soon as `limit` is over.
async fn give_up(office: &Office, way: Way, limit: Duration) -> StoredMessageId {
    let began = Instant::now();
    let fly = async {
        office.peer.has_read(1).await;
        tokio::time::pause();
    };
    let (receipt, ()) = tokio::join!(office.sends(way), fly);
    let waited = began.elapsed();
    tokio::time::resume();
    assert!((limit..limit + Duration::from_secs(5)).contains(&waited), "{way:?}: {waited:?}");
    assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown, "{way:?}");
    // The other side need not wait for us any longer.
    office.peer.was_left(1).await;
    receipt.id
}

/// F5, B C: wherever the answer breaks off, and however its end is told.
#[tokio::test]
async fn f5_bc_an_answer_that_breaks_off_anywhere_leaves_the_message_to_its_status() {
    for whole in answers() {
        for end in [End::Close, End::Reset] {
            let script = (0..whole.len()).map(|length| Act::Last(whole[..length].to_vec(), end));
            let office = Office::with(script, |desk| desk.throughput(1_000_000)).await;
            let mut messages = Vec::new();
            for length in 0..whole.len() {
                let way = WAYS[length % 2];
                let receipt = office.sends_to(&format!("+1415555{length:04}"), way).await;
                let case = format!("{length} of {:?} {end:?}", String::from_utf8_lossy(&whole));
                assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown, "{case}");
                messages.push(receipt.id);
            }
            office.works_for(DAY).await;
            assert_eq!(office.peer.count(), whole.len());
            for (n, post) in office.peer.posts().iter().enumerate() {
                assert_eq!(post.attempt(), format!("{}.1", messages[n]));
                office.delivered(post, &format!("wamid.{n}")).await;
                assert_eq!(office.entry(&messages[n]).await.headline(), Headline::Delivered);
            }
        }
    }
}

/// F5, B C: what comes is no answer at all.
#[tokio::test]
async fn f5_bc_an_answer_in_another_language_leaves_the_message_to_its_status() {
    for words in ["\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 2OO OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n"] {
        is_unknown_until_a_status_tells(Act::Last(words.into(), End::Close)).await;
    }
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(1 << 20));
    is_unknown_until_a_status_tells(Act::Last(endless.into(), End::Close)).await;
}

/// F5: an answer that came whole counts, also when more was said before it.
#[tokio::test]
async fn f5_what_is_said_before_the_answer_does_not_hide_it() {
    for before in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n"] {
        let office = Office::open([Act::Say([before.as_bytes(), &taken("wamid.A")].concat())]).await;
        let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
        assert_eq!(receipt.wamid.unwrap().as_str(), "wamid.A");
        is_unknown_until_a_status_tells(Act::Last(before.into(), End::Close)).await;
    }
}

/// F6, B C: the answer is one of success and cannot be read.
#[tokio::test]
async fn f6_bc_an_answer_of_success_that_cannot_be_read_leaves_the_message_to_its_status() {
    for body in ["", "<html>", "{}", r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#, "null", "\0"] {
        is_unknown_until_a_status_tells(Act::Last(answer("200 OK", "", body), End::Close)).await;
    }
    is_unknown_until_a_status_tells(Act::Last(b"HTTP/1.1 204 No Content\r\n\r\n".into(), End::Close)).await;
    let error = r#"{"error":{"message":"in part","type":"x","code":131000}}"#;
    is_unknown_until_a_status_tells(Act::Last(answer("206 Partial Content", "", error), End::Close)).await;
}

/// F6, C E: the answer is one of success, and larger than anything that Meta says.
#[tokio::test]
async fn f6_ce_an_answer_of_success_that_does_not_end_is_not_read_to_its_end() {
    let endless = answer("200 OK", "", &" ".repeat(17 << 20));
    for way in WAYS {
        let office = Office::open([Act::Last(endless.clone(), End::Stall)]).await;
        let receipt = office.sends(way).await;
        office.peer.was_left(1).await;
        let sending = office.entry(&receipt.id).await.message.sending.unwrap();
        assert_eq!(sending.state, SendState::OutcomeUnknown, "{way:?}");
        assert!(sending.error.unwrap().contains("larger than"), "{way:?}");
        settles(&office, &receipt.id, &format!("{way:?}")).await;
    }
}

/// F2, F3, B C: the connection ends before the request is read. Nobody can tell that from here, so it is not posted again.
#[tokio::test]
async fn f2_f3_bc_a_request_that_nobody_read_is_unknown_and_not_posted_again() {
    for end in [End::Close, End::Reset] {
        for way in WAYS {
            let office = Office::open([Act::Refuse(end)]).await;
            let receipt = office.sends(way).await;
            office.works_for(2 * DAY).await;
            let state = office.state(&receipt.id).await;
            assert_eq!((state, office.peer.count()), (SendState::OutcomeUnknown, 0), "{end:?} {way:?}");
        }
    }
}

/// F16, C E: a byte a second.
#[tokio::test]
async fn f16_ce_an_answer_that_drips_is_given_up_within_the_time_limit() {
    for way in WAYS {
        let office = Office::open([Act::Drip(taken("wamid.A"), Duration::from_secs(1))]).await;
        let message = give_up(&office, way, Client::DEFAULT_TIMEOUT).await;
        settles(&office, &message, &format!("{way:?}")).await;
    }
}

/// F16, C E: the limit is the host's to set.
#[tokio::test]
async fn f16_ce_the_host_sets_how_long_an_answer_may_drip() {
    let office = Office::open([Act::Drip(taken("wamid.A"), Duration::from_secs(1))]).await;
    let limit = Duration::from_secs(20);
    let hasty = Client::builder("token").graph_url(&office.peer.url).timeout(limit).build().unwrap();
    office.vault.gives("acme", hasty);
    give_up(&office, Way::InPlace, limit).await;
}
