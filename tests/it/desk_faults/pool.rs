//! Connections that are kept for the next request: what the pool makes of one that ends meanwhile, and of HTTP/2.

use super::{
    DAY, NUMBER, Office, WAYS,
    peer::{Act, End, answer},
};
use std::collections::HashMap;
use whatsapp_business::{desk::Headline, store::SendState};

/// How many races there are, unless `WHATSAPP_BUSINESS_TEST_RACES` says otherwise.
const RACES: u32 = 2_000;

/// F8, B C: the peer closes a connection while it waits for a request, and the client has the time to learn of it.
#[tokio::test]
async fn f8_bc_a_connection_that_was_closed_while_nothing_was_said_costs_no_message() {
    let office = Office::with(vec![Act::Idle(0); 500], |desk| desk.throughput(1_000_000)).await;
    for n in 0..500 {
        let receipt = office.sends_to(&format!("+1415555{n:04}"), WAYS[n % 2]).await;
        assert_eq!(office.state(&receipt.id).await, SendState::Accepted, "{n}");
        office.peer.has_closed(n + 1).await;
    }
    assert_eq!((office.peer.count(), office.peer.connections()), (500, 500));
}

/// F8, B C: the peer closes a connection just when the next request comes, which it may have read and carried out.
///
/// Each request comes to another moment of the closing: before, while and after. What is known of it is only ever too little.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f8_bc_a_connection_that_is_closed_as_the_next_request_comes_posts_nothing_twice() {
    let races = std::env::var("WHATSAPP_BUSINESS_TEST_RACES").map_or(RACES, |races| races.parse().unwrap());
    let script = (0..races).map(|n| Act::Idle(n * 7919 % 1000));
    let office = Office::with(script, |desk| desk.throughput(1_000_000)).await;
    let mut states = HashMap::new();
    for n in 0..races {
        let to = format!("+1415{:07}", 5_000_000 + n);
        let receipt = office.acme.send(NUMBER, to, "Hello").await.unwrap();
        states.insert(format!("{}.1", receipt.id), (receipt.id, receipt.sending.state));
    }
    office.works_for(DAY).await;
    let posts = office.peer.posts();
    let mut posted = HashMap::new();
    for (n, post) in posts.iter().enumerate() {
        assert_eq!(posted.insert(post.attempt().to_owned(), n), None, "it was posted twice");
        // No other attempt was made, so none has another id.
        assert!(states.contains_key(post.attempt()));
    }
    for (attempt, (id, state)) in &states {
        match posted.get(attempt) {
            Some(n) => {
                assert!(matches!(state, SendState::Accepted | SendState::OutcomeUnknown), "{state}");
                office.delivered(&posts[*n], &format!("wamid.{}", n + 1)).await;
                assert_eq!(office.entry(id).await.headline(), Headline::Delivered);
            }
            None => assert_eq!(*state, SendState::OutcomeUnknown),
        }
    }
    assert_eq!(office.peer.count(), posts.len());
}

/// F8, B C: the peer says that it waited too long for a request, just when the next one comes. Others say the same when
/// they waited too long for an answer.
#[tokio::test]
async fn f8_bc_a_connection_that_ends_with_408_leaves_the_message_to_its_status() {
    for head in ["", "connection: close\r\n"] {
        for way in WAYS {
            let office =
                Office::open([Act::Take, Act::Last(answer("408 Timeout", head, ""), End::Close)]).await;
            let (_, receipt) = (office.sends(way).await, office.sends(way).await);
            office.works_for(2 * DAY).await;
            let state = office.state(&receipt.id).await;
            assert_eq!((state, office.peer.count()), (SendState::OutcomeUnknown, 2), "{way:?}");
            office.delivered(&office.peer.posts()[1], "wamid.B").await;
            assert_eq!(office.state(&receipt.id).await, SendState::Accepted, "{way:?}");
        }
    }
}

/// F9: over HTTP/1.1 there are no streams that could be refused. No other language is spoken, nor offered over TLS.
#[tokio::test]
async fn f9_b_no_http_2_is_spoken_or_offered() {
    let office = Office::open([]).await;
    for way in WAYS {
        office.sends(way).await;
    }
    assert!(office.peer.posts().iter().all(|post| post.head.lines().next().unwrap().ends_with(" HTTP/1.1")));
    #[cfg(feature = "rustls")]
    {
        use tokio::io::AsyncReadExt;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        office.vault.gives("acme", super::client(&format!("https://{}", listener.local_addr().unwrap())));
        let listens = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut hello = vec![0; 5];
            socket.read_exact(&mut hello).await.unwrap();
            hello.resize(usize::from(u16::from_be_bytes([hello[3], hello[4]])), 0);
            socket.read_exact(&mut hello).await.unwrap();
            hello
        };
        let (_, hello) = tokio::join!(office.sends(WAYS[0]), listens);
        // The extension by its number, its length, that of its list and that of the one thing in it.
        let offer = b"\x00\x10\x00\x0b\x00\x09\x08http/1.1";
        assert!(hello.windows(offer.len()).any(|part| part == offer));
    }
}

/// F9, B C: a peer that speaks HTTP/2 unasked: settings, and a GOAWAY of stream 0, with which a client of HTTP/2 may try again.
#[tokio::test]
async fn f9_bc_frames_of_http_2_leave_the_message_unknown_and_it_is_not_posted_again() {
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    let go_away = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for way in WAYS {
        let office = Office::open([Act::Last([&settings[..], go_away].concat(), End::Close)]).await;
        let receipt = office.sends(way).await;
        office.works_for(2 * DAY).await;
        let state = office.state(&receipt.id).await;
        assert_eq!((state, office.peer.count()), (SendState::OutcomeUnknown, 1), "{way:?}");
        office.delivered(&office.peer.posts()[0], "wamid.A").await;
        assert_eq!(office.state(&receipt.id).await, SendState::Accepted, "{way:?}");
    }
}
