//! Answers that are no success: redirects, brakes, outages, expired tokens.

use super::{
    ACCOUNT, ANA, DAY, HOUR, NUMBER, Office, WAYS, client,
    peer::{Act, End, Peer, answer, refused},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::watch;
use whatsapp_business::{
    Desk,
    desk::{DeskBuilder, Headline},
    store::SendState,
    time::Timestamp,
};

const MINUTE: Duration = Duration::from_secs(60);
const OTHER: &str = "200";

/// People whom nothing was sent yet.
fn people(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("+1415555{n:04}"))
}

/// F10, B: a redirect is not followed, to the same server or another, and the token goes nowhere.
#[tokio::test]
async fn f10_b_a_redirect_is_not_followed_and_the_token_stays() {
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        for same in [true, false] {
            for way in WAYS {
                let case = format!("{status} {same} {way:?}");
                let (office, elsewhere) = (Office::open([]).await, Peer::start([]).await);
                let target = if same { &office.peer.url } else { &elsewhere.url };
                let location = format!("location: {target}/v26.0/{NUMBER}/messages\r\n");
                office.peer.does([Act::Last(answer(status, &location, ""), End::Close)]);
                let receipt = office.sends(way).await;
                office.works_for(2 * DAY).await;
                assert_eq!(office.state(&receipt.id).await, SendState::Rejected, "{case}");
                assert_eq!((office.peer.count(), elsewhere.connections()), (1, 0), "{case}");
                assert!(office.peer.posts()[0].head.contains("authorization: Bearer token\r\n"));
                // Should somebody have followed it, Meta tells.
                office.delivered(&office.peer.posts()[0], "wamid.A").await;
                assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Delivered, "{case}");
            }
        }
    }
}

/// F11, B E: for a minute the one answer to all is 429, by Meta or by what stands before it, with a time and without.
#[tokio::test]
async fn f11_be_a_brake_on_all_is_tried_rarely_and_then_all_go_out_once() {
    let (status, time) = ("429 Too Many Requests", "retry-after: 30\r\n");
    for brake in [
        refused(status, time, 130_429),
        refused(status, "", 130_429),
        answer(status, time, "slow down"),
        answer(status, "", "slow down"),
    ] {
        let case = String::from_utf8_lossy(&brake).into_owned();
        let office = Office::open(vec![Act::Say(brake); 1000]).await;
        let mut messages = Vec::new();
        for person in people(100) {
            messages.push(office.acme.enqueue(NUMBER, person, "Hello").await.unwrap().id);
        }
        let began = office.now();
        for _ in 0..60 {
            office.works_after(Duration::from_secs(1)).await;
        }
        // Those that a worker had in hand at first, and then one at a time: when Meta said, else once a second at most.
        let (refused, seconds) =
            (office.peer.count(), usize::try_from(office.now().since(began).as_secs()).unwrap());
        let most = if case.contains("retry-after") { seconds / 30 } else { seconds };
        assert!(
            (1..=Desk::STEP + 1 + most).contains(&refused),
            "{refused} were refused in {seconds} seconds: {case}"
        );
        office.peer.does([]);
        for _ in 0..120 {
            office.works_after(Duration::from_secs(1)).await;
        }
        for id in &messages {
            assert_eq!(office.state(id).await, SendState::Accepted, "{case}");
        }
        assert_eq!(office.peer.count(), refused + 100, "{case}");
    }
}

/// F12, C: Meta finds that one person is written to too fast.
#[tokio::test]
async fn f12_c_a_brake_for_one_person_holds_up_nobody_else_and_keeps_the_order() {
    for way in WAYS {
        let brake = Act::Say(refused("400 Bad Request", "", 131_056));
        let office = Office::open([brake.clone()]).await;
        let ana = office.sends(way).await;
        let second = office.acme.enqueue(NUMBER, ANA, "Second").await.unwrap();
        let ben = office.sends_to("+14155550133", way).await;
        assert_eq!(office.state(&ben.id).await, SendState::Accepted);
        assert_eq!(office.state(&ana.id).await, SendState::Queued);
        office.works_for(HOUR).await;
        for id in [&ana.id, &second.id] {
            assert_eq!(office.state(id).await, SendState::Accepted);
        }
        let attempts: Vec<_> = office.peer.posts().iter().map(|post| post.attempt().to_owned()).collect();
        let expected = [(&ana.id, 1), (&ben.id, 1), (&ana.id, 2), (&second.id, 1)];
        assert_eq!(attempts, expected.map(|(id, attempt)| format!("{id}.{attempt}")), "{way:?}");
    }
}

/// F14, B C: for half a minute all answers are those of a gateway that does not reach Meta, or says so.
#[tokio::test]
async fn f14_bc_what_an_outage_swallowed_is_not_posted_again_unless_its_sender_wants_it() {
    let statuses = ["500 Internal Server Error", "502 Bad Gateway", "503 Unavailable", "504 Gateway Timeout"];
    let outage = (0..30).map(|n| Act::Say(answer(statuses[n % 4], "", "<html>")));
    let office = Office::open(outage).await;
    let mut swallowed = Vec::new();
    for (n, person) in people(30).enumerate() {
        let wish = office.acme.enqueue(NUMBER, person, "Hello");
        let wish = if n % 3 == 0 { wish.resend_after(10 * MINUTE) } else { wish };
        let receipt = wish.await.unwrap();
        office.works_after(Duration::from_secs(1)).await;
        assert_eq!(office.state(&receipt.id).await, SendState::OutcomeUnknown, "{n}");
        swallowed.push(receipt.id);
    }
    assert_eq!(office.peer.count(), 30);
    // It is over, and nothing stands in the way of the next.
    for way in WAYS {
        let next = office.sends(way).await;
        assert_eq!(office.state(&next.id).await, SendState::Accepted);
    }
    let posts = office.peer.posts();
    for (n, post) in posts.iter().enumerate().take(30).filter(|(n, _)| n % 2 == 0) {
        office.delivered(post, &format!("wamid.told.{n}")).await;
    }
    office.works_for(2 * DAY).await;
    for (n, id) in swallowed.iter().enumerate() {
        let (is_told, is_wanted) = (n % 2 == 0, n % 3 == 0);
        let expected = if is_told || is_wanted { SendState::Accepted } else { SendState::OutcomeUnknown };
        assert_eq!(office.state(id).await, expected, "{n}");
    }
    let again: Vec<_> = office.peer.posts()[32..].iter().map(|post| post.attempt().to_owned()).collect();
    let wanted = [3, 9, 15, 21, 27].map(|n: usize| format!("{}.2", swallowed[n]));
    assert_eq!(again, wanted);
}

/// F14, B C: for half a minute there is no connection.
#[tokio::test]
async fn f14_bc_what_found_no_connection_goes_out_once_soon_after_there_is_one() {
    let office = Office::open([]).await;
    let (_held, url) = super::nobody();
    office.vault.gives("acme", client(&url));
    let mut messages = Vec::new();
    for person in people(30) {
        messages.push(office.acme.enqueue(NUMBER, person, "Hello").await.unwrap().id);
        office.works_after(Duration::from_secs(1)).await;
    }
    office.vault.gives("acme", client(&office.peer.url));
    let next = office.sends(WAYS[0]).await;
    assert_eq!(office.state(&next.id).await, SendState::Accepted);
    for _ in 0..10 {
        office.works_after(Duration::from_secs(10)).await;
    }
    for id in &messages {
        assert_eq!(office.state(id).await, SendState::Accepted);
    }
    assert_eq!(office.peer.count(), 31);
}

/// F15, D E: the token of one of two tenants expired, and two processes work for both, with one message at a time in hand.
#[tokio::test]
async fn f15_de_each_worker_finds_once_that_a_token_expired_and_the_other_tenant_goes_on() {
    // It stands still, so that no pause is over before the test says so, and is ahead of all that is enqueued.
    let still = Timestamp::now() + MINUTE;
    let one_hand = |desk: DeskBuilder| desk.concurrency(1).throughput(1_000_000);
    let expired = Act::Say(refused("401 Unauthorized", "", 190));
    let office = Office::with(vec![expired; 1000], one_hand).await;
    let healthy = Peer::start([]).await;
    office.vault.gives("globex", client(&healthy.url));
    office.desk.tenant("globex").bind(OTHER, ACCOUNT).await.unwrap();
    let later = Arc::clone(&office.later);
    let clock = move || still + Duration::from_secs(later.load(Ordering::SeqCst));
    let workers = [0, 1].map(|_| office.colleague(|desk| one_hand(desk).clock(clock.clone())));
    let (acme, globex) = (office.desk.tenant("acme"), office.desk.tenant("globex"));
    let mut waiting = Vec::new();
    for person in people(50) {
        waiting.push(acme.enqueue(NUMBER, &*person, "Hello").await.unwrap().id);
        globex.enqueue(OTHER, &*person, "Hello").await.unwrap();
    }
    both(&workers, healthy.has_read(50)).await;
    let calls = office.peer.count();
    assert!((1..=2).contains(&calls), "{calls} failed calls of two workers");
    assert_eq!(healthy.count(), 50);
    let stopped = |tenant| workers.iter().filter_map(move |desk| desk.tenant(tenant).sends_stopped_until());
    assert_eq!((stopped("acme").count(), stopped("globex").count()), (calls, 0));
    for id in &waiting {
        let sending = office.entry(id).await.message.sending.unwrap();
        assert_eq!((sending.state, sending.attempts), (SendState::Queued, 0));
    }
    office.peer.does([]);
    office.later.fetch_add(3600, Ordering::SeqCst);
    both(&workers, office.peer.has_read(calls + 50)).await;
    for id in &waiting {
        assert_eq!(office.state(id).await, SendState::Accepted);
    }
    assert_eq!((office.peer.count(), healthy.count()), (calls + 50, 50));
}

/// Lets both work until something is so.
async fn both([one, other]: &[Desk; 2], until: impl Future<Output = ()>) {
    let (stop, _) = watch::channel(());
    let stopped = |mut stop: watch::Receiver<()>| async move { stop.changed().await.unwrap_or_default() };
    let (one, other) = (one.run(stopped(stop.subscribe())), other.run(stopped(stop.subscribe())));
    let watches = async move {
        until.await;
        drop(stop);
    };
    let (one, other, ()) = tokio::join!(one, other, watches);
    one.and(other).unwrap();
}
