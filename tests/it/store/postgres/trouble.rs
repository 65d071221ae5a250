//! Callers that go away, connections that break, others that are in the way.

use super::{
    NOW, conversation, insert_letter, letter, letters, new_store,
    server::{APP, Server},
    until,
};
use std::{
    task::{Context, Waker},
    time::Duration,
};
use whatsapp_business::store::{
    Applied, Change, Changes, Claim, Contact, ConversationTime, Identity, Job, JobKind, Key, Mark, Outcome,
    PageRequest, PostgresOptions, PostgresStore, Query, Store, StoreError, StoredMessage, TenantStoreExt,
};

/// Polls a future some times, with time for its work in between, and drops it.
async fn drop_after<T>(polls: usize, future: impl Future<Output = T>) {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if future.as_mut().poll(&mut context).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn callers_that_go_away_leave_nothing_half_done_and_nothing_open() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    for polls in 0..40 {
        let batch =
            (0..20).fold(Changes::at(NOW), |changes, m| changes.insert(letter(&format!("{polls}.{m}"), 100)));
        drop_after(polls, acme.apply(batch)).await;
        let job = Change::Enqueue(Job::new(format!("{polls}"), JobKind::Send, format!("{polls}"), NOW), None);
        let _ = acme.apply(Changes::at(NOW).with(job)).await.unwrap();
        drop_after(polls, acme.get(Key::Tenant)).await;
        drop_after(polls, acme.list(Query::DeadLetters, PageRequest::newest(9))).await;
        drop_after(polls, store.route(&"number".into())).await;
        drop_after(polls, store.bind(&"number".into(), &"account".into(), &"acme".into())).await;
        drop_after(polls, store.job_enqueued()).await;
        let claim = Claim::new(NOW, Duration::from_secs(1), 1, format!("dropped {polls}"));
        drop_after(polls, store.claim(claim)).await;
        let claim = Claim::new(NOW + Duration::from_secs(9), Duration::from_secs(1), 99, format!("{polls}"));
        for lease in store.claim(claim).await.unwrap() {
            drop_after(polls, store.extend(&lease, NOW)).await;
            let changes = insert_letter(&format!("done {}", lease.job.id.as_str()));
            drop_after(polls, store.finish(&lease, Outcome::Done, changes)).await;
        }
    }
    store.close().await;
    let admin = database.admin().await;
    let open = "SELECT count(*) = 0 FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert!(admin.query_one(open, &[]).await.unwrap().get::<_, bool>(0));
    let acme = database.store().await.tenant(&"acme".into());
    for polls in 0..40 {
        let found = letters(&*acme, (0..20).map(|m| format!("{polls}.{m}"))).await;
        assert!(found == 0 || found == 20, "{found} of 20");
        assert!(polls != 0 || found == 0);
        // The job is done if and only if its letter is there.
        let is_done = letters(&*acme, std::iter::once(format!("done {polls}"))).await == 1;
        let is_waiting = acme.get(Key::Job(format!("{polls}").into())).await.unwrap().is_some();
        assert_ne!(is_done, is_waiting, "job {polls}");
    }
}

#[tokio::test]
async fn a_transaction_that_another_is_in_the_way_of_is_made_again() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(Changes::at(NOW).insert(conversation("a")).insert(conversation("b"))).await.unwrap();
    let other = database.admin().await;
    let lock = |id: &str| format!("SELECT 1 FROM whatsapp.conversations WHERE id = '{id}' FOR UPDATE");
    other.batch_execute(&format!("BEGIN; {}", lock("b"))).await.unwrap();
    let touch = Changes::at(NOW).latest("a", ConversationTime::LastInbound, NOW).latest(
        "b",
        ConversationTime::LastInbound,
        NOW,
    );
    let touched = tokio::spawn(async move { acme.apply(touch).await });
    let waits = "SELECT count(*) > 0 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until(&database.admin().await, waits).await;
    // Now each waits for the other. Whichever PostgreSQL stops, the store goes on.
    let locked = other.batch_execute(&lock("a")).await;
    other.batch_execute(if locked.is_ok() { "COMMIT" } else { "ROLLBACK" }).await.unwrap();
    assert_eq!(touched.await.unwrap().unwrap(), Applied::Done);
    let acme = store.tenant(&"acme".into());
    assert_eq!(acme.conversation(&"a".into()).await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn a_statement_does_not_wait_for_ever() {
    let database = Server::shared().await.migrated().await;
    let options = PostgresOptions::new().statement_timeout(Duration::from_millis(200));
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("there")).await.unwrap();
    let other = database.admin().await;
    other.batch_execute("BEGIN; LOCK TABLE whatsapp.dead_letters IN ACCESS EXCLUSIVE MODE").await.unwrap();
    for _ in 0..2 {
        let result = acme.apply(insert_letter("l")).await;
        assert!(matches!(result, Err(StoreError::Unavailable { .. })), "{result:?}");
        let result = acme.get(Key::DeadLetter("there".into())).await;
        assert!(matches!(result, Err(StoreError::Unavailable { .. })), "{result:?}");
    }
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(acme.apply(insert_letter("l")).await.unwrap(), Applied::Done);
}

#[tokio::test]
async fn what_cannot_be_read_holds_up_no_other_reader_for_long() {
    let database = Server::shared().await.migrated().await;
    let timeout = Duration::from_secs(1);
    let options = PostgresOptions::new().statement_timeout(timeout).listen(false);
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("a")).await.unwrap();
    let many = |with: Key| {
        let others = (0..60).map(|n| Key::Message(format!("{n}").into()));
        let keys = others.chain([with]).map(|key| {
            let acme = acme.clone();
            tokio::spawn(async move { acme.get(key).await })
        });
        keys.collect::<Vec<_>>()
    };
    let other = database.admin().await;
    other.batch_execute("BEGIN; LOCK TABLE whatsapp.messages IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let answers = async {
        for answer in many(Key::DeadLetter("a".into())) {
            let _ = answer.await.unwrap();
        }
    };
    // Not one by one, each for as long as the lock is waited for.
    tokio::time::timeout(20 * timeout, answers).await.expect("they are told together");
    // Nor does PostgreSQL wait on for those who have gone.
    let waiting = format!(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND usename = '{APP}' AND wait_event_type = 'Lock'"
    );
    tokio::time::timeout(10 * timeout, until(&other, &waiting)).await.expect("nobody waits for a lock");
    other.batch_execute("COMMIT").await.unwrap();

    // What is wrong with one of them is no fault of the others.
    other.batch_execute(&format!("REVOKE SELECT ON whatsapp.dead_letters FROM {APP}")).await.unwrap();
    let mut answers = Vec::new();
    for answer in many(Key::DeadLetter("a".into())) {
        answers.push(answer.await.unwrap());
    }
    let last = answers.pop().unwrap();
    assert!(matches!(last, Err(StoreError::Unavailable { .. })), "{last:?}");
    assert!(answers.iter().all(|answer| matches!(answer, Ok(None))), "{answers:?}");
}

#[tokio::test]
async fn what_is_finished_while_its_job_cannot_be_settled_is_not_done() {
    let database = Server::shared().await.migrated().await;
    let options = PostgresOptions::new().statement_timeout(Duration::from_millis(200));
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let job = Job::new("j", JobKind::Send, "g", NOW);
    let _ = acme.apply(Changes::at(NOW).with(Change::Enqueue(job, None))).await.unwrap();
    let lease =
        store.claim(Claim::new(NOW, Duration::from_secs(9), 1, "token")).await.unwrap().pop().unwrap();
    let other = database.admin().await;
    other.batch_execute("BEGIN; SELECT FROM whatsapp.job_groups FOR UPDATE").await.unwrap();
    let result = store.finish(&lease, Outcome::Done, insert_letter("l")).await;
    assert!(matches!(result, Err(StoreError::Unavailable { .. })), "{result:?}");
    assert_eq!(acme.get(Key::DeadLetter("l".into())).await.unwrap(), None);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(store.finish(&lease, Outcome::Done, insert_letter("l")).await.unwrap(), Applied::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_when_connections_break() {
    let (store, database) = new_store().await;
    let admin = database.admin().await;
    let writers = (0..8).map(|writer| {
        let acme = store.tenant(&"acme".into());
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for n in 0..60 {
                let id = format!("{writer}.{n}");
                let changes = insert_letter(&id).once(id.as_str(), NOW + Duration::from_secs(9));
                // Whoever is in doubt repeats it; the mark makes that safe.
                while let Err(error) = acme.apply(changes.clone()).await {
                    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
                }
                acknowledged.push(id);
            }
            acknowledged
        })
    });
    let writers: Vec<_> = writers.collect();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.2";
        admin.batch_execute(kill).await.unwrap();
    }
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert_eq!(acknowledged.len(), 480);
    let acme = database.store().await.tenant(&"acme".into());
    assert_eq!(letters(&*acme, acknowledged.into_iter()).await, 480);
}

#[tokio::test]
async fn errors_do_not_repeat_what_was_written() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let secret = "14155550123";
    let message = |id: &str| {
        let mut message = StoredMessage::new(id, "c", "inbound".into(), NOW, "text", secret);
        message.wamid = Some(format!("wamid.{secret}").into());
        message
    };
    let contact = |id: &str| Contact::new(id, [Identity::Phone(secret.into())], NOW);
    let mut unnamed = message("b");
    unnamed.wamid = None;
    let _ =
        acme.apply(Changes::at(NOW).insert(message("a")).insert(contact("a")).insert(unnamed)).await.unwrap();
    let mut stolen = message("b");
    stolen.version = 1;
    // PostgreSQL makes short what repeats itself, also in an index; digests do not.
    let digest = |n: u32| format!("{:?}", Mark::of(&n.to_string()).as_bytes());
    let long = (0..200).fold(secret.to_owned(), |id, n| id + &digest(n));
    let long = StoredMessage::new(long, "c", "inbound".into(), NOW, "text", "");
    // A trigger stands for whatever else PostgreSQL may say.
    let trigger = "CREATE FUNCTION whatsapp.tell() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '%', convert_from(NEW.body, 'UTF8') USING DETAIL = NEW.body; END $$;
        CREATE TRIGGER tell BEFORE INSERT ON whatsapp.dead_letters
            FOR EACH ROW EXECUTE FUNCTION whatsapp.tell()";
    database.admin().await.batch_execute(trigger).await.unwrap();
    let told = whatsapp_business::store::DeadLetter::new("l", NOW, "", secret);
    for (changes, is_expected) in [
        (
            Changes::at(NOW).insert(message("c")),
            (|e| matches!(e, StoreError::NotUnique("message id"))) as fn(&_) -> _,
        ),
        (Changes::at(NOW).update(stolen), |e| matches!(e, StoreError::NotUnique("message id"))),
        (Changes::at(NOW).insert(contact("b")), |e| matches!(e, StoreError::NotUnique("identity"))),
        (Changes::at(NOW).insert(long), |e| matches!(e, StoreError::Refused(_))),
        (Changes::at(NOW).insert(told), |e| matches!(e, StoreError::Unavailable { .. })),
    ] {
        let error = acme.apply(changes).await.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert!(!format!("{error:?} {error} {source:?}").contains(secret), "{error:?}");
    }
}
