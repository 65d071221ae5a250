//! Many callers, many stores on one database, and nothing left behind on a connection.

use super::{
    NOW, conversation, insert_letter, letter, letters, new_store,
    server::{APP, Database, Server},
};
use deadpool_postgres::{Manager, Pool};
use std::{sync::Arc, time::Duration};
use tokio_postgres::{Config, NoTls};
use whatsapp_business::store::{
    Applied, Change, Changes, Claim, DeadLetter, Fact, Identity, Job, JobKind, Key, Outcome, PageRequest,
    PostgresOptions, PostgresStore, Query, Store, TenantStore, TenantStoreExt,
};

/// Many are asked for in one round trip: by several keys, of several tenants, some of which are not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_want_at_once_comes_to_whoever_wanted_it() {
    let (store, _database) = new_store().await;
    let tenants = ["acme", "globex"].map(|tenant| store.tenant(&tenant.into()));
    for (size, tenant) in (1..).zip(&tenants) {
        let letters = (0..40).map(|n| letter(&format!("l{n}"), size * 100 + n));
        let changes = letters.fold(Changes::at(NOW), Changes::insert).insert(conversation("c"));
        assert_eq!(tenant.apply(changes).await.unwrap(), Applied::Done);
    }
    let calls: Vec<_> = (0..400)
        .map(|n| {
            let (tenant, size) = (tenants[n % 2].clone(), (n % 2 + 1) * 100 + n / 2 % 50);
            tokio::spawn(async move {
                let found = tenant.get(Key::DeadLetter(format!("l{}", n / 2 % 50).into())).await.unwrap();
                let expected = (n / 2 % 50 < 40).then_some(size);
                assert_eq!(found.map(|found| DeadLetter::try_from(found).unwrap().body.len()), expected);
                let found = tenant.conversation(&"c".into()).await.unwrap().unwrap();
                let key = Key::ActiveConversation(found.number.clone(), found.contact.clone());
                assert_eq!(tenant.get(key).await.unwrap(), Some(found.into()));
                assert_eq!(tenant.get(Key::Conversation(format!("c{n}").into())).await.unwrap(), None);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_threads_and_stores_with_the_same_event_one_applies_it() {
    let (first, database) = new_store().await;
    let stores = [first, database.store().await];
    let tenants = stores.map(|store| store.tenant(&"acme".into()));
    let _ = tenants[0].apply(Changes::at(NOW).insert(conversation("c"))).await.unwrap();
    let tasks = (0..1000).map(|n| {
        let acme = tenants[n % 2].clone();
        let event = format!("msg:{}", n / 100);
        let add = Change::Add { conversation: "c".into(), unread: 1 };
        let changes = Changes::at(NOW).once(event, NOW + Duration::from_secs(9)).with(add);
        tokio::spawn(async move { acme.apply(changes).await.unwrap() })
    });
    let mut done = 0;
    for task in tasks.collect::<Vec<_>>() {
        done += usize::from(task.await.unwrap() == Applied::Done);
    }
    assert_eq!(done, 10);
    let conversation = tenants[0].conversation(&"c".into()).await.unwrap().unwrap();
    assert_eq!((conversation.unread, conversation.version), (10, 11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_that_fails_fails_alone() {
    let (store, _database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("taken")).await.unwrap();
    // All wait at once, so that they come into the same transactions.
    let tasks = (0..300).map(|n| {
        let tenant = store.tenant(&["acme", "globex"][n % 2].into());
        let changes = insert_letter(&format!("{n}")).once(format!("once {n}"), NOW + Duration::from_secs(9));
        let changes = if n % 30 == 0 { changes.insert(letter("taken", 1)) } else { changes };
        tokio::spawn(async move { (n, tenant.apply(changes.clone()).await, tenant.apply(changes).await) })
    });
    for task in tasks.collect::<Vec<_>>() {
        let (n, first, second) = task.await.unwrap();
        let tenant = store.tenant(&["acme", "globex"][n % 2].into());
        let kept = tenant.get(Key::DeadLetter(format!("{n}").into())).await.unwrap().is_some();
        assert_eq!((first.is_err(), kept), (n % 30 == 0, n % 30 != 0), "{n}: {first:?}");
        // What failed left no mark; what was made is a duplicate.
        assert_eq!(second.is_err(), first.is_err(), "{n}: {second:?}");
        assert!(second.is_err() || second.as_ref().is_ok_and(|second| *second == Applied::Duplicate));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn jobs_of_a_group_go_one_by_one_whoever_enqueues_and_claims() {
    let (first, database) = new_store().await;
    let stores = [first, database.store().await];
    let groups = 5;
    let workers = (0..8).map(|worker: usize| {
        let store = stores[worker % 2].clone();
        tokio::spawn(async move {
            let acme = store.tenant(&"acme".into());
            let mut done = Vec::new();
            for n in 0..40 {
                let (id, group) = (format!("{worker}.{n}"), format!("{}", n % groups));
                let job = Job::new(id, JobKind::Send, group, NOW);
                let _ = acme.apply(Changes::at(NOW).with(Change::Enqueue(job, None))).await.unwrap();
                let claim = Claim::new(NOW, Duration::from_secs(60), 3, format!("{worker} {n}"));
                for lease in store.claim(claim).await.unwrap() {
                    // A second job of the group at the same time would find this record there.
                    let busy = || letter(&format!("busy {}", lease.job.group), 1);
                    let _ = acme.apply(Changes::at(NOW).insert(busy())).await.unwrap();
                    let free = Changes::at(NOW).with(Change::Delete(Key::DeadLetter(busy().id), 1));
                    let _ = store.finish(&lease, Outcome::Done, free).await.unwrap();
                    done.push(lease.job.id);
                }
            }
            done
        })
    });
    let mut done = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        done.extend(worker.await.unwrap());
    }
    loop {
        let claim = Claim::new(NOW, Duration::from_secs(60), 100, format!("rest {}", done.len()));
        let leases = stores[0].claim(claim).await.unwrap();
        if leases.is_empty() {
            break;
        }
        for lease in leases {
            let _ = stores[1].finish(&lease, Outcome::Done, Changes::at(NOW)).await.unwrap();
            done.push(lease.job.id);
        }
    }
    done.sort();
    done.dedup();
    assert_eq!(done.len(), 8 * 40);
    let left = "SELECT (SELECT count(*) FROM whatsapp.jobs) + (SELECT count(*) FROM whatsapp.job_groups) = 0";
    assert!(database.admin().await.query_one(left, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_job_that_another_process_enqueued_wakes() {
    let (worker, database) = new_store().await;
    // A store rings once when it begins to listen. What comes after that comes from the other.
    worker.job_enqueued().await.unwrap();
    let host = database.store().await;
    let enqueued = worker.job_enqueued();
    let job = Change::Enqueue(Job::new("j", JobKind::Send, "g", NOW), None);
    let _ = host.tenant(&"acme".into()).apply(Changes::at(NOW).with(job)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), enqueued).await.expect("the worker is told").unwrap();
}

/// Everything that a store does, once.
async fn everything(store: &PostgresStore) {
    let acme = store.tenant(&"acme".into());
    store.bind(&"number".into(), &"account".into(), &"acme".into()).await.unwrap();
    store.route(&"number".into()).await.unwrap();
    let job = Change::Enqueue(Job::new("j", JobKind::Send, "g", NOW), None);
    let changes = insert_letter("l")
        .once("key", NOW + Duration::from_secs(9))
        .insert(conversation("c"))
        .earliest("wamid.1", Fact::Sent, NOW)
        .with(job);
    let _ = acme.apply(changes.clone()).await.unwrap();
    assert_eq!(acme.apply(changes).await.unwrap(), Applied::Duplicate);
    assert!(acme.apply(insert_letter("l")).await.is_err());
    acme.get(Key::Job("j".into())).await.unwrap();
    acme.list(Query::DeadLetters, PageRequest::newest(9)).await.unwrap();
    let leases = store.claim(Claim::new(NOW, Duration::from_secs(9), 1, "token")).await.unwrap();
    store.extend(&leases[0], NOW).await.unwrap();
    let _ = store.finish(&leases[0], Outcome::Done, Changes::at(NOW)).await.unwrap();
}

#[tokio::test]
async fn nothing_is_left_on_a_connection() {
    let database = Server::shared().await.migrated().await;
    let config: Config = database.url(APP).parse().unwrap();
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(1).build().unwrap();
    // Those of the language are there from its first use on.
    let settings =
        "SELECT array_agg(name || setting ORDER BY name) FROM pg_settings WHERE name NOT LIKE 'plpgsql.%'";
    let before: Vec<String> = pool.get().await.unwrap().query_typed_one(settings, &[]).await.unwrap().get(0);
    let options = PostgresOptions::new().prepare(false);
    let store = PostgresStore::with_pool(pool.clone(), &options).await.unwrap();
    everything(&store).await;
    let client = pool.get().await.unwrap();
    let after: Vec<String> = client.query_typed_one(settings, &[]).await.unwrap().get(0);
    assert_eq!(after, before);
    let state = "SELECT (SELECT count(*) FROM pg_prepared_statements) = 0
            AND coalesce(current_setting('whatsapp.tenants', true), '') = ''
            AND coalesce(current_setting('whatsapp.worker', true), '') = ''
            AND (SELECT count(*) FROM pg_listening_channels()) = 0
            AND (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') = 0";
    assert!(client.query_typed_one(state, &[]).await.unwrap().get::<_, bool>(0));
}

/// A store with a single connection, which the test may use in between.
async fn on_one_connection() -> (PostgresStore, Pool, Database) {
    let database = Server::shared().await.migrated().await;
    let config: Config = database.url(APP).parse().unwrap();
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(1).build().unwrap();
    let store = PostgresStore::with_pool(pool.clone(), &PostgresOptions::new()).await.unwrap();
    (store, pool, database)
}

#[tokio::test]
async fn a_statement_that_another_left_under_the_name_of_ours_is_not_taken_for_it() {
    let (store, pool, _database) = on_one_connection().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("a")).await.unwrap();
    // As behind a proxy that hands connections around: another statement of ours, with the same parameters, that does nothing.
    let left = "DO $$ DECLARE s record; BEGIN
        FOR s IN SELECT * FROM pg_prepared_statements LOOP
            EXECUTE format('DEALLOCATE %I', s.name);
            EXECUTE format('PREPARE %I (%s) AS %s', s.name, array_to_string(s.parameter_types, ','),
                regexp_replace(regexp_replace(s.statement, '= -?[0-9]+ ', '= 7 '), 'THEN .*', 'THEN true END'));
        END LOOP;
    END $$";
    let client = pool.get().await.unwrap();
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%insert_dead_letters%'";
    assert_eq!(client.query_typed_one(prepared, &[]).await.unwrap().get::<_, i64>(0), 1);
    client.batch_execute(left).await.unwrap();
    drop(client);
    for id in ["b", "c"] {
        assert_eq!(acme.apply(insert_letter(id)).await.unwrap(), Applied::Done);
    }
    assert_eq!(letters(&*acme, ["a", "b", "c"].into_iter().map(str::to_owned)).await, 3);
}

#[tokio::test]
async fn what_is_read_comes_from_no_statement_that_another_left() {
    let (store, pool, _database) = on_one_connection().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("a")).await.unwrap();
    let is_found = async || acme.get(Key::DeadLetter("a".into())).await.unwrap().is_some();
    assert!(is_found().await);
    // Another statement of ours with the same parameters, that finds nothing.
    let left = r"DO $$ DECLARE s record; BEGIN
        FOR s IN SELECT * FROM pg_prepared_statements WHERE statement LIKE '%find_dead_letters%' LOOP
            EXECUTE format('DEALLOCATE %I', s.name);
            EXECUTE format('PREPARE %I (%s) AS %s', s.name, array_to_string(s.parameter_types, ','),
                regexp_replace(s.statement, ', -?[0-9]+\)$', ', 7) AND place < 0'));
        END LOOP;
        ASSERT FOUND;
    END $$";
    pool.get().await.unwrap().batch_execute(left).await.unwrap();
    assert!(is_found().await);
    pool.get().await.unwrap().batch_execute("DEALLOCATE ALL").await.unwrap();
    assert!(is_found().await);
}

#[tokio::test]
async fn what_is_found_by_a_key_is_found_by_its_index_however_small_the_table_was_at_first() {
    let database = Server::shared().await.migrated().await;
    let options = PostgresOptions::new().connections(1).listen(false);
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let keys = [
        Key::Contact("c".into()),
        Key::ContactOf(Identity::Phone("14155552671".into())),
        Key::Conversation("c".into()),
        Key::ActiveConversation("number".into(), "c".into()),
        Key::Message("m".into()),
        Key::MessageOf("wamid.1".into()),
        Key::Tag("c".into(), "name".into()),
        Key::TemplateVersion("t".into(), 1),
        Key::Audit("a".into()),
    ];
    for key in keys {
        assert!(acme.get(key).await.unwrap().is_none());
    }
    // In an empty table, another index that holds the key as well costs the same: in a large one all of a tenant's rows.
    let used = [
        "audit_pkey",
        "contact_identities_pkey",
        "contacts_pkey",
        "conversations_active",
        "conversations_pkey",
        "messages_by_wamid",
        "messages_pkey",
        "tags_pkey",
        "template_versions_pkey",
    ];
    let sql = format!(
        "SELECT coalesce(array_agg(indexrelname::text ORDER BY indexrelname) = '{{{}}}', false) FROM pg_stat_user_indexes
        WHERE schemaname = 'whatsapp' AND idx_scan > 0 AND indexrelname <> 'migrations_pkey'",
        used.join(",")
    );
    super::until(&database.admin().await, &sql).await;
}

#[tokio::test]
async fn marks_that_are_long_over_are_forgotten_while_new_ones_are_made() {
    let (store, database) = new_store().await;
    let (acme, globex) = (store.tenant(&"acme".into()), store.tenant(&"globex".into()));
    let old = (0..9).fold(Changes::at(NOW), |changes, n| changes.once(format!("old {n}"), NOW));
    let _ = acme.apply(old.clone()).await.unwrap();
    let _ = globex.apply(old).await.unwrap();
    for n in 0..9 {
        let now = NOW + Duration::from_secs(3600 + n);
        let _ = acme.apply(Changes::at(now).once(format!("new {n}"), now)).await.unwrap();
    }
    let admin = database.admin().await;
    let over =
        "SELECT count(*) = 9 AND min(keep_until) > $NOW FROM whatsapp.once_marks WHERE tenant_id = 'acme'";
    super::until(&admin, &over.replace("$NOW", &NOW.as_millis().to_string())).await;
    // What another tenant does is no reason.
    super::until(&admin, "SELECT count(*) = 9 FROM whatsapp.once_marks WHERE tenant_id = 'globex'").await;
}

#[tokio::test]
async fn a_pool_of_one_connection_is_enough_for_many_callers() {
    let database = Server::shared().await.migrated().await;
    let options = PostgresOptions::new().connections(1);
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let acme: Arc<dyn TenantStore> = store.tenant(&"acme".into());
    let tasks = (0..100).map(|n| {
        let acme = acme.clone();
        tokio::spawn(async move { acme.apply(insert_letter(&format!("{n}"))).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().unwrap(), Applied::Done);
    }
    assert_eq!(letters(&*acme, (0..100).map(|n| format!("{n}"))).await, 100);
}

#[tokio::test]
async fn a_closed_store_finishes_what_it_took_and_takes_no_more() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let acme = acme.clone();
            tokio::spawn(async move { acme.apply(insert_letter(&format!("{n}"))).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let waiting = store.job_enqueued();
    store.close().await;
    assert!(waiting.await.is_err());
    for task in tasks {
        let _ = task.await.unwrap().unwrap();
    }
    assert!(acme.apply(insert_letter("late")).await.is_err());
    assert!(store.route(&"1".into()).await.is_err());
    store.close().await;
    let acme = database.store().await.tenant(&"acme".into());
    assert_eq!(letters(&*acme, (0..50).map(|n| format!("{n}"))).await, 50);
}
