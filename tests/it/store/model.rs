//! Random programs run on SQLite and on the memory store, which must answer alike.

use proptest::{collection::vec, prelude::*};
use std::{sync::Arc, time::Duration};
use whatsapp_business::{
    store::{
        Change, Changes, Claim, Contact, Conversation, ConversationTime, Cursor, DeadLetter, DeliveryFailure,
        Expect, Fact, Identity, Job, JobKind, Key, Lease, LeaseToken, MemoryStore, Outcome, PageRequest,
        Query, Record, SendState, Sending, SqliteStore, Store, StoredMessage, Tenant,
    },
    time::Timestamp,
};

/// One step of a program. Numbers are small, so that programs meet themselves.
#[derive(Clone, Debug)]
enum Step {
    Apply(u8, i64, Vec<Change>),
    Get(u8, Key),
    List(u8, Query, bool, usize),
    Claim(i64, u64, usize),
    Extend(usize, i64),
    Finish(usize, Outcome, i64, Vec<Change>),
    Bind(u8, u8),
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

fn second() -> impl Strategy<Value = i64> {
    0..20_i64
}

fn name(prefix: &'static str) -> impl Strategy<Value = String> {
    (0..3_u8).prop_map(move |n| format!("{prefix}{n}"))
}

fn identity() -> impl Strategy<Value = Identity> {
    prop_oneof![
        name("1").prop_map(|phone| Identity::Phone(phone.into())),
        name("U").prop_map(|user| Identity::UserId(user.into()))
    ]
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        Just(Key::Tenant),
        name("p").prop_map(|id| Key::Contact(id.into())),
        identity().prop_map(Key::ContactOf),
        name("c").prop_map(|id| Key::Conversation(id.into())),
        (name("n"), name("p"))
            .prop_map(|(number, contact)| Key::ActiveConversation(number.into(), contact.into())),
        name("m").prop_map(|id| Key::Message(id.into())),
        name("w").prop_map(|id| Key::MessageOf(id.into())),
        name("w").prop_map(|id| Key::Progress(id.into())),
        (name("w"), second(), 0..3_i64).prop_map(|(id, time, code)| Key::Failure(id.into(), at(time), code)),
        name("l").prop_map(|id| Key::DeadLetter(id.into())),
        name("j").prop_map(|id| Key::Job(id.into())),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let state = prop_oneof![Just("active"), Just("closed"), Just("odd")];
    let conversation =
        (name("c"), name("n"), name("p"), state, second(), proptest::option::of(second()), 0..3_u64);
    let sending =
        (prop_oneof![Just(SendState::Queued), Just(SendState::Accepted)], 0..3_u32).prop_map(|(state, n)| {
            let mut sending = Sending::queued();
            sending.state = state;
            sending.attempts = n;
            sending.error = (n > 1).then(|| "again".to_owned());
            sending
        });
    let message = (
        name("m"),
        name("c"),
        second(),
        proptest::option::of(name("w")),
        proptest::option::of(sending),
        vec(any::<u8>(), 0..5),
    );
    prop_oneof![
        (0..2_u8, second()).prop_map(|(n, time)| Tenant::new(format!("t{n}"), "name", at(time)).into()),
        (name("p"), vec(identity(), 0..3), second()).prop_map(|(id, identities, time)| Contact::new(
            id,
            identities,
            at(time)
        )
        .into()),
        conversation.prop_map(|(id, number, contact, state, time, inbound, unread)| {
            let mut conversation = Conversation::new(id, number, contact, at(time));
            conversation.state = state.into();
            conversation.last_inbound_at = inbound.map(at);
            conversation.unread = unread;
            conversation.into()
        }),
        message.prop_map(|(id, conversation, time, wamid, sending, body)| {
            let mut message = StoredMessage::new(id, conversation, "inbound".into(), at(time), "text", body);
            message.text = wamid.clone();
            message.wamid = wamid.map(Into::into);
            message.sending = sending;
            message.into()
        }),
        (name("w"), second(), 0..3_i64).prop_map(|(id, time, code)| DeliveryFailure::new(
            id,
            at(time),
            code,
            "title"
        )
        .into()),
        (name("l"), second()).prop_map(|(id, time)| DeadLetter::new(id, at(time), "reason", "body").into()),
        name("j").prop_map(|id| job(id, "g0".into(), 0).into()),
    ]
}

fn job(id: String, group: String, due: i64) -> Job {
    Job::new(id, JobKind::Send, group, at(due)).payload("payload")
}

fn change() -> impl Strategy<Value = Change> {
    let expect = prop_oneof![3 => Just(Expect::Absent), 3 => (0..4_u64).prop_map(Expect::Version)];
    let lease = proptest::option::weighted(0.3, (name("token"), second()));
    let fact = (0..Fact::ALL.len()).prop_map(|n| Fact::ALL[n]);
    let time = prop_oneof![Just(ConversationTime::LastMessage), Just(ConversationTime::LastInbound)];
    prop_oneof![
        1 => (name("once"), second()).prop_map(|(key, until)| Change::Once { key: key.into(), keep_until: at(until) }),
        8 => (record(), expect).prop_map(|(record, expect)| Change::Put(Box::new(record), expect)),
        2 => (key(), 0..4_u64).prop_map(|(key, version)| Change::Delete(key, version)),
        2 => (name("w"), fact, second())
            .prop_map(|(id, fact, time)| Change::Earliest { message: id.into(), fact, at: at(time) }),
        2 => (name("c"), time, second())
            .prop_map(|(id, time, second)| Change::Latest { conversation: id.into(), time, at: at(second) }),
        2 => (name("c"), -3..4_i64).prop_map(|(id, unread)| Change::Add { conversation: id.into(), unread }),
        4 => (0..6_u8, name("g"), second(), lease).prop_map(|(id, group, due, lease)| {
            let lease = lease.map(|(token, until)| (LeaseToken::from(token), at(until)));
            Change::Enqueue(job(format!("j{id}"), group, due), lease)
        }),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    prop_oneof![
        Just(Query::Contacts),
        Just(Query::Conversations),
        name("c").prop_map(|id| Query::Messages(id.into())),
        name("w").prop_map(|id| Query::Failures(id.into())),
        Just(Query::DeadLetters),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![Just(Outcome::Done), second().prop_map(|due| Outcome::Again(at(due)))];
    prop_oneof![
        10 => (0..2_u8, second(), vec(change(), 0..4)).prop_map(|(t, now, changes)| Step::Apply(t, now, changes)),
        3 => (0..2_u8, key()).prop_map(|(tenant, key)| Step::Get(tenant, key)),
        2 => (0..2_u8, query(), any::<bool>(), 1..4_usize)
            .prop_map(|(tenant, query, oldest, limit)| Step::List(tenant, query, oldest, limit)),
        3 => (second(), 0..10_u64, 0..4_usize).prop_map(|(now, span, max)| Step::Claim(now, span, max)),
        1 => (any::<usize>(), second()).prop_map(|(lease, until)| Step::Extend(lease, until)),
        3 => (any::<usize>(), outcome, second(), vec(change(), 0..2))
            .prop_map(|(lease, outcome, now, changes)| Step::Finish(lease, outcome, now, changes)),
        1 => (0..2_u8, 0..2_u8).prop_map(|(number, tenant)| Step::Bind(number, tenant)),
    ]
}

fn batch(now: i64, changes: Vec<Change>) -> Changes {
    changes.into_iter().fold(Changes::at(at(now)), Changes::with)
}

/// Runs a program and writes down every answer.
async fn run(store: Arc<dyn Store>, program: Vec<Step>) -> Vec<String> {
    let tenant = |n: u8| store.tenant(&format!("t{n}").into());
    let mut leases: Vec<Lease> = Vec::new();
    let mut answers = Vec::new();
    for (n, step) in program.into_iter().enumerate() {
        answers.push(match step {
            Step::Apply(t, now, changes) => format!("{:?}", tenant(t).apply(batch(now, changes)).await),
            Step::Get(t, key) => shown(tenant(t).get(key).await.unwrap()),
            Step::List(t, query, oldest, limit) => {
                let first = if oldest { PageRequest::oldest(limit) } else { PageRequest::newest(limit) };
                let mut pages = Vec::new();
                let mut next: Option<Cursor> = None;
                loop {
                    let page = tenant(t).list(query.clone(), first.clone().after(next)).await.unwrap();
                    pages.push(page.items.into_iter().map(|record| shown(Some(record))).collect::<Vec<_>>());
                    next = page.next;
                    if next.is_none() {
                        break format!("{pages:?}");
                    }
                }
            }
            Step::Claim(now, span, max) => {
                let claim = Claim::new(at(now), Duration::from_secs(span), max, format!("claim {n}"));
                let claimed = store.claim(claim).await.unwrap();
                leases.extend(claimed.iter().cloned());
                format!("{claimed:?}")
            }
            Step::Extend(..) | Step::Finish(..) if leases.is_empty() => continue,
            Step::Extend(lease, until) => {
                format!("{:?}", store.extend(&leases[lease % leases.len()], at(until)).await)
            }
            Step::Finish(lease, outcome, now, changes) => {
                let lease = &leases[lease % leases.len()];
                format!("{:?}", store.finish(lease, outcome, batch(now, changes)).await)
            }
            Step::Bind(number, t) => {
                let number = format!("{number}").into();
                let bound = store.bind(&number, &"account".into(), &format!("t{t}").into()).await;
                format!("{bound:?} {:?}", store.route(&number).await)
            }
        });
    }
    answers
}

/// A record with everything in it; its `Debug` leaves out what is personal.
fn shown(record: Option<Record>) -> String {
    match record {
        Some(Record::Contact(c)) => format!("{c:?} {:?} {:?}", c.name, c.identities),
        Some(Record::Message(m)) => format!("{m:?} {:?} {:?} {:?}", m.text, m.reply_to, m.body),
        Some(Record::DeadLetter(l)) => format!("{l:?} {:?} {:?}", l.reason, l.body),
        Some(Record::Job(j)) => format!("{j:?} {:?} {:?}", j.group, j.payload),
        other => format!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_answers_as_the_memory_store_does(program in vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let sqlite = SqliteStore::open_blocking(directory.path().join("store.db")).unwrap();
        let expected = runtime.block_on(run(Arc::new(MemoryStore::new()), program.clone()));
        let answers = runtime.block_on(run(Arc::new(sqlite), program));
        prop_assert_eq!(answers, expected);
    }
}
