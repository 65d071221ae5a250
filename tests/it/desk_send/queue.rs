//! What is enqueued: in order, by priority, at its time, once.

use super::{ANA, Office, builder, workers::SlowVault};
use std::time::Duration;
use whatsapp_business::{
    desk::{Headline, Priority},
    id::MessageId,
    simulator::{Pace, Report, Simulator},
    store::{PageRequest, SendState},
};

const BEN: &str = "+14155550133";

impl Office {
    fn enqueues(&self, to: &str, text: &str) -> whatsapp_business::desk::EnqueueCall {
        self.acme.enqueue(self.simulator.phone_number_id(), to, text)
    }

    async fn messages(&self) -> usize {
        let mut count = 0;
        for conversation in self.acme.conversations(PageRequest::newest(10)).await.unwrap().items {
            count += self.acme.history(&conversation.id, PageRequest::newest(100)).await.unwrap().items.len();
        }
        count
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_enqueued_is_sent_by_a_worker_and_its_statuses_are_told() {
    let office = Office::open().await;
    let receipt = office.enqueues(ANA, "Hello").await.unwrap();
    assert_eq!((receipt.sending.state, receipt.wamid), (SendState::Queued, None));
    assert!(office.taken().is_empty());
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    office.simulator.idle().await.unwrap();
    assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Read);
}

#[tokio::test(start_paused = true)]
async fn messages_to_one_person_go_out_in_order_and_those_to_others_do_not_wait() {
    let office = Office::open().await;
    let texts: Vec<_> = (0..8).map(|n| format!("{n}")).collect();
    for text in &texts {
        office.enqueues(ANA, text).await.unwrap();
    }
    // The first one is refused for four seconds; the rest to Ana waits, Ben does not.
    office.simulator.fail_next(131_056);
    office.works_until(|simulator| simulator.requests() == 1).await;
    office.enqueues(BEN, "Hi Ben").await.unwrap();
    office.works_until(|simulator| simulator.sent().len() == 9).await;
    let taken = office.taken();
    assert_eq!(taken[0], "Hi Ben");
    assert_eq!(taken[1..], texts);
}

#[tokio::test(start_paused = true)]
async fn a_send_in_place_does_not_overtake_what_waits() {
    let office = Office::open().await;
    office.enqueues(ANA, "first").await.unwrap();
    let second = office.sends("second").await;
    assert_eq!(second.sending.state, SendState::Queued);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.taken(), ["first", "second"]);
    assert_eq!(office.sends("third").await.sending.state, SendState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_send_in_place_does_not_overtake_what_waits_however_much_the_person_wrote_since() {
    let office = Office::open().await;
    office.enqueues(ANA, "first").await.unwrap();
    for n in 0..60 {
        office.ana().says(format!("{n}")).await.unwrap();
    }
    office.simulator.idle().await.unwrap();
    assert_eq!(office.messages().await, 61);
    assert_eq!(office.sends("second").await.sending.state, SendState::Queued);
}

#[tokio::test(start_paused = true)]
async fn a_send_in_place_does_not_overtake_what_is_under_way() {
    let office = Office::open().await;
    let vault = SlowVault(office.simulator.client());
    let slow = builder(&office.simulator, office.store.clone()).credentials(vault).build();
    let first = office.enqueues(ANA, "first").await.unwrap();
    let worker = tokio::spawn(async move { slow.step().await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(office.state(&first.id).await, SendState::Submitting);
    assert_eq!(office.sends("second").await.sending.state, SendState::Queued);
    assert_eq!(worker.await.unwrap().unwrap(), 1);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.taken(), ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn a_send_in_place_does_not_overtake_what_waits_in_a_conversation_that_was_closed() {
    for writes in [false, true] {
        let office = Office::open().await;
        let first = office.enqueues(ANA, "first").await.unwrap();
        office.acme.close(&first.conversation, "bo").await.unwrap();
        if writes {
            office.ana().says("Hi").await.unwrap();
            office.simulator.idle().await.unwrap();
        }
        let second = office.sends("second").await;
        assert_ne!(second.conversation, first.conversation);
        assert_eq!(second.sending.state, SendState::Queued);
        office.works_until(|simulator| simulator.sent().len() == 2).await;
        assert_eq!(office.taken(), ["first", "second"]);
        office.acme.close(&second.conversation, "bo").await.unwrap();
        assert_eq!(office.sends("third").await.sending.state, SendState::Accepted, "nothing waits");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_urgent_goes_before_what_is_not() {
    let office = Office::with(Simulator::builder(), |desk| desk.concurrency(1)).await;
    for (n, priority) in [(0, Priority::Low), (1, Priority::Normal), (2, Priority::High)] {
        office.enqueues(&format!("+1415555014{n}"), &format!("{n}")).priority(priority).await.unwrap();
    }
    office.works_until(|simulator| simulator.sent().len() == 3).await;
    assert_eq!(office.taken(), ["2", "1", "0"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_for_later_keeps_nobody_waiting_and_goes_out_at_its_time() {
    let office = Office::open().await;
    let tomorrow = office.simulator.now() + Duration::from_secs(86_400);
    office.enqueues(ANA, "later").not_before(tomorrow).await.unwrap();
    office.enqueues(ANA, "now").await.unwrap();
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert!(office.simulator.now() < tomorrow);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.taken(), ["now", "later"]);
    assert!((0..1000).contains(&office.simulator.now().since(tomorrow).as_millis()));
}

#[tokio::test(start_paused = true)]
async fn b_a_key_makes_a_repeated_call_give_the_first_receipt() {
    let office = Office::open().await;
    let number = office.simulator.phone_number_id();
    let first = office.acme.send(number, ANA, "Hello").idempotency_key("order-7").await.unwrap();
    let again = office.acme.send(number, ANA, "Hello!").idempotency_key("order-7").await.unwrap();
    assert_eq!(first, again);
    let queued = office.enqueues(ANA, "Hello?").idempotency_key("order-7").await.unwrap();
    assert_eq!(first, queued);
    assert_eq!((office.taken().len(), office.messages().await), (1, 1));
    office.acme.send(number, ANA, "Hello").idempotency_key("order-8").await.unwrap();
    assert_eq!(office.taken().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn b_a_key_holds_when_two_processes_call_at_once() {
    let office = Office::open().await;
    let colleague = office.colleague().tenant("acme");
    let calls = (0..20).map(|n| {
        let tenant = if n % 2 == 0 { office.acme.clone() } else { colleague.clone() };
        let number = office.simulator.phone_number_id().clone();
        tokio::spawn(async move {
            tenant.enqueue(number, ANA, "Hello").idempotency_key("order-7").await.unwrap().id
        })
    });
    let mut ids = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), office.messages().await), (1, 1));
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn d_a_key_of_one_tenant_is_nothing_to_another() {
    let office = Office::open().await;
    let globex = office.desk.tenant("globex");
    globex.bind("999", "1").await.unwrap();
    let ours = office.enqueues(ANA, "Hello").idempotency_key("order-7").await.unwrap();
    let theirs = globex.enqueue("999", ANA, "Hello").idempotency_key("order-7").await.unwrap();
    assert_ne!(ours.id, theirs.id);
}

#[tokio::test(start_paused = true)]
async fn what_is_cancelled_in_time_is_not_sent_and_what_is_retried_is() {
    let office = Office::open().await;
    let first = office.enqueues(ANA, "first").await.unwrap();
    let second = office.enqueues(ANA, "second").await.unwrap();
    assert_eq!(office.acme.cancel(&first.id).await.unwrap().sending.state, SendState::Cancelled);
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert_eq!(office.taken(), ["second"]);
    assert_eq!(office.entry(&first.id).await.headline(), Headline::Cancelled);
    assert_eq!(office.acme.cancel(&second.id).await.unwrap().sending.state, SendState::Accepted, "too late");
    assert_eq!(office.acme.retry(&first.id).await.unwrap().sending.state, SendState::Queued);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.taken(), ["second", "first"]);
    assert_eq!(
        office.acme.retry(&first.id).await.unwrap().sending.state,
        SendState::Accepted,
        "it is on its way"
    );
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_failed_after_meta_took_it_is_retried_as_a_new_one() {
    let office = Office::open().await;
    let first = office.sends("Hello").await;
    office.simulator.idle().await.unwrap();
    office.simulator.report(first.wamid.as_ref().unwrap(), Report::Failed(131_026)).unwrap();
    office.simulator.idle().await.unwrap();
    let second = office.acme.retry(&first.id).await.unwrap();
    assert_ne!(first.id, second.id);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.taken(), ["Hello", "Hello"]);
    assert_eq!(office.entry(&first.id).await.message.wamid, first.wamid);
}

#[tokio::test(start_paused = true)]
async fn b_a_message_that_failed_is_sent_once_more_however_many_people_ask_for_it() {
    let office = Office::open().await;
    let colleague = office.colleague().tenant("acme");
    let fails = async |wamid: &Option<MessageId>| {
        office.simulator.idle().await.unwrap();
        office.simulator.report(wamid.as_ref().unwrap(), Report::Failed(131_026)).unwrap();
        office.simulator.idle().await.unwrap();
    };
    let first = office.sends("Hello").await;
    fails(&first.wamid).await;
    let (one, other) = tokio::join!(office.acme.retry(&first.id), colleague.retry(&first.id));
    let (second, other) = (one.unwrap(), other.unwrap());
    assert_eq!(second.id, other.id);
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    let again = office.acme.retry(&first.id).await.unwrap();
    assert_eq!((&again.id, &again.sending.state), (&second.id, &SendState::Accepted), "it is on its way");
    assert_eq!((office.messages().await, office.desk.step().await.unwrap()), (2, 0));
    // What failed as well is retried by its own id.
    fails(&again.wamid).await;
    assert_eq!(office.acme.retry(&first.id).await.unwrap().id, second.id);
    assert_ne!(office.acme.retry(&second.id).await.unwrap().id, second.id);
    office.works_until(|simulator| simulator.sent().len() == 3).await;
    assert_eq!(office.messages().await, 3);
}

#[tokio::test]
async fn what_was_received_can_be_neither_stopped_nor_retried() {
    let office = Office::open().await;
    office.ana().says("Hi").await.unwrap();
    office.simulator.idle().await.unwrap();
    let conversation = office.acme.conversations(PageRequest::newest(1)).await.unwrap().items.remove(0);
    let id = office
        .acme
        .history(&conversation.id, PageRequest::newest(1))
        .await
        .unwrap()
        .items
        .remove(0)
        .message
        .id;
    assert!(office.acme.cancel(&id).await.is_err() && office.acme.retry(&id).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn c_what_waits_until_it_is_too_late_is_cancelled_then_and_not_sent() {
    let office = Office::open().await;
    let now = office.simulator.clock();
    office.simulator.expire_token();
    let first = office.sends("first").await;
    let late = office.enqueues(BEN, "late").not_after(now() + Duration::from_secs(10)).await.unwrap();
    let good =
        office.enqueues("+14155550134", "good").not_after(now() + Duration::from_secs(60)).await.unwrap();
    office.desk.run(tokio::time::sleep(Duration::from_secs(9))).await.unwrap();
    assert_eq!(office.state(&late.id).await, SendState::Queued);
    office.desk.run(tokio::time::sleep(Duration::from_secs(2))).await.unwrap();
    let sending = office.entry(&late.id).await.message.sending.unwrap();
    assert_eq!((sending.state, sending.attempts), (SendState::Cancelled, 0), "also while sends are stopped");
    assert_eq!(sending.error.as_deref(), Some("it was too late to send it"));
    office.simulator.renew_token(office.simulator.access_token());
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(
        (office.state(&first.id).await, office.state(&good.id).await),
        (SendState::Accepted, SendState::Accepted)
    );
    office.acme.retry(&late.id).await.unwrap();
    office.works_until(|simulator| simulator.sent().len() == 3).await;
    assert_eq!(office.taken().last().map(String::as_str), Some("late"), "somebody wants it all the same");
}

#[tokio::test(start_paused = true)]
async fn c_what_is_too_late_from_the_beginning_is_recorded_and_not_sent() {
    let office = Office::open().await;
    let (now, number) = (office.simulator.clock()(), office.simulator.phone_number_id());
    let in_place = office.acme.send(number, ANA, "in place").not_after(now).await.unwrap();
    let enqueued = office.enqueues(ANA, "enqueued").not_after(now).await.unwrap();
    office.desk.run(tokio::time::sleep(Duration::from_secs(1))).await.unwrap();
    for receipt in [in_place, enqueued] {
        assert_eq!(office.state(&receipt.id).await, SendState::Cancelled);
    }
    assert_eq!(office.simulator.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn b_what_may_have_been_sent_is_given_up_and_not_cancelled_when_it_is_too_late() {
    let office = Office::with(Simulator::builder().pace(Pace::by_hand()), |desk| desk).await;
    office.simulator.lose_next_answer();
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let receipt = office
        .enqueues(ANA, "Hello")
        .resend_after(minutes(10))
        .not_after(office.simulator.clock()() + minutes(5))
        .await
        .unwrap();
    office.desk.run(tokio::time::sleep(minutes(20))).await.unwrap();
    assert_eq!(office.state(&receipt.id).await, SendState::GivenUp);
    assert_eq!(office.simulator.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn b_what_waits_to_be_resent_until_it_is_too_late_is_given_up_and_not_cancelled() {
    let office = Office::with(Simulator::builder().pace(Pace::by_hand()), |desk| desk).await;
    office.simulator.lose_next_answer();
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let receipt = office
        .enqueues(ANA, "Hello")
        .resend_after(minutes(10))
        .not_after(office.simulator.clock()() + minutes(30))
        .await
        .unwrap();
    office.desk.run(tokio::time::sleep(minutes(5))).await.unwrap();
    // From now on Meta refuses the token, so that what is resent waits.
    office.simulator.expire_token();
    office.desk.run(tokio::time::sleep(minutes(60))).await.unwrap();
    assert_eq!(office.state(&receipt.id).await, SendState::GivenUp);
}
