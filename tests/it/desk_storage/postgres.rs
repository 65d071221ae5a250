//! A PostgreSQL that breaks connections, dies, is in the way, and answers nobody.

use super::{ANA, NUMBER, Office, duplicates, is_to_be_repeated, proxy::Proxy, says, traffic::Traffic};
use crate::store::postgres::server::{APP, Control, Database, Death, Server};
use deadpool_postgres::{Manager, Pool, Runtime};
use std::time::Duration;
use tokio_postgres::NoTls;
use whatsapp_business::store::{PostgresOptions, PostgresStore, SendState};

/// A store that gives up soon.
async fn impatient(database: &Database) -> PostgresStore {
    let options = PostgresOptions::new().statement_timeout(Duration::from_millis(300));
    PostgresStore::open(&database.url(APP), &options).await.unwrap()
}

/// Asserts that neither a delivery nor a send is acknowledged, and that no message is posted.
async fn fails_closed(office: &Office) {
    let (body, signature) = (said(), super::webhook().sign(&said()));
    let key = "order-7";
    let send = office.acme.send(NUMBER, format!("+{ANA}"), "said once").idempotency_key(key);
    let (received, sent) = tokio::join!(office.desk.receive(&body, Some(&signature)), send.into_future());
    assert!(is_to_be_repeated(&received), "{received:?}");
    assert!(is_to_be_repeated(&sent), "{sent:?}");
    assert_eq!(office.meta.posts().len(), 0);
}

/// Asserts that what failed has no trace, and goes well when it is repeated.
async fn recovers(office: &Office) {
    let received = office.receives(&said()).await.unwrap();
    assert_eq!((received.applied, received.duplicates), (1, 0));
    let send = office.acme.send(NUMBER, format!("+{ANA}"), "said once").idempotency_key("order-7");
    assert_eq!(send.await.unwrap().sending.state, SendState::Accepted);
    assert_eq!((office.meta.posts().len(), office.history().await.len()), (1, 2));
}

fn said() -> Vec<u8> {
    says(ANA, "wamid.1", "said")
}

/// F21, **A B C**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f21_abc_connections_that_break_at_random_lose_nothing_and_send_nothing_twice() {
    let database = Server::shared().await.migrated().await;
    let mut traffic = Traffic::begin([database.store().await, database.store().await]).await;
    let admin = database.admin().await;
    for _ in 0..30 {
        traffic.goes_on(10).await;
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5";
        admin.batch_execute(kill).await.unwrap();
    }
    traffic.goes_on(10).await;
    traffic.ends_well().await;
}

/// F21, **A B C**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f21_abc_a_server_that_dies_and_comes_back_loses_nothing_and_sends_nothing_twice() {
    if std::env::var_os("DATABASE_URL").is_some() {
        // That server is not ours to kill.
        return;
    }
    let server = Server::start("fsync=on\nsynchronous_commit=on\nfull_page_writes=on");
    let database = server.migrated_alone().await;
    let control = Control::of(&database).await;
    let mut traffic = Traffic::begin([database.store().await, database.store().await]).await;
    for death in [Death::Immediate, Death::Killed, Death::Immediate] {
        traffic.goes_on(40).await;
        control.kill(death);
        control.start();
    }
    traffic.goes_on(40).await;
    traffic.ends_well().await;
}

/// F21, **A B C**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f21_abc_commits_of_which_no_answer_comes_are_made_once() {
    let database = Server::shared().await.migrated().await;
    // All that is said is written with this word, and nothing that is only read is asked for by it.
    let proxy = Proxy::to(&database, b"said ", 4).await;
    let options = PostgresOptions::new();
    let first = PostgresStore::open(proxy.url(), &options).await.unwrap();
    let second = PostgresStore::open(proxy.url(), &options).await.unwrap();
    let mut traffic = Traffic::begin([first, second]).await;
    while proxy.lost() < 40 {
        traffic.goes_on(10).await;
    }
    proxy.calm();
    traffic.ends_well().await;
}

/// F22, **A E**.
#[tokio::test]
async fn f22_ae_a_lock_that_another_session_holds_is_not_waited_for_for_ever() {
    for table in ["messages", "contacts", "numbers"] {
        let database = Server::shared().await.migrated().await;
        let office = Office::over(impatient(&database).await).await;
        let other = database.admin().await;
        let lock = format!("BEGIN; LOCK TABLE whatsapp.{table} IN ACCESS EXCLUSIVE MODE");
        other.batch_execute(&lock).await.unwrap();
        fails_closed(&office).await;
        other.batch_execute("ROLLBACK").await.unwrap();
        recovers(&office).await;
    }
}

/// F22, **A E**.
#[tokio::test]
async fn f22_ae_without_a_free_connection_nothing_is_acknowledged_and_nothing_hangs() {
    let database = Server::shared().await.migrated().await;
    let mut config = database.config().clone();
    let manager = Manager::new(config.user(APP).clone(), NoTls);
    let soon = Some(Duration::from_millis(200));
    let pool = Pool::builder(manager).max_size(2).runtime(Runtime::Tokio1).wait_timeout(soon);
    let pool = pool.build().unwrap();
    let store = PostgresStore::with_pool(pool.clone(), &PostgresOptions::new()).await.unwrap();
    let office = Office::over(store).await;
    let held = (pool.get().await.unwrap(), pool.get().await.unwrap());
    fails_closed(&office).await;
    drop(held);
    recovers(&office).await;
}

/// F22, **A B E**.
#[tokio::test]
async fn f22_abe_what_others_are_in_the_way_of_is_made_again_and_told_only_if_that_never_ends() {
    for code in ["40001", "40P01"] {
        let database = Server::shared().await.migrated().await;
        let office = Office::over(database.store().await).await;
        let admin = database.admin().await;
        // The first three messages that are written are taken back by PostgreSQL, as if others had been in their way.
        let trouble = format!(
            "CREATE SEQUENCE whatsapp.trouble;
            CREATE FUNCTION whatsapp.trouble() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('whatsapp.trouble') <= 3 THEN RAISE EXCEPTION 'trouble' USING ERRCODE = '{code}'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER trouble BEFORE INSERT ON whatsapp.messages
                FOR EACH ROW EXECUTE FUNCTION whatsapp.trouble()"
        );
        admin.batch_execute(&trouble).await.unwrap();
        recovers(&office).await;
        let met = admin.query_one("SELECT last_value FROM whatsapp.trouble", &[]).await.unwrap();
        assert!(met.get::<_, i64>(0) > 3, "nothing was in the way");

        let office = {
            let database = Server::shared().await.migrated().await;
            let endless = trouble.replace("<= 3", "> 0");
            database.admin().await.batch_execute(&endless).await.unwrap();
            let office = Office::over(database.store().await).await;
            fails_closed(&office).await;
            let calm = "DROP TRIGGER trouble ON whatsapp.messages";
            database.admin().await.batch_execute(calm).await.unwrap();
            office
        };
        recovers(&office).await;
    }
}

/// F17, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_a_delivery_that_comes_a_thousand_times_at_once_counts_once_and_is_handed_on_once() {
    let database = Server::shared().await.migrated().await;
    duplicates::thousand(database.store().await).await;
}

/// F20, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_who_hangs_up_at_any_point_loses_nothing_and_leaves_nothing_open() {
    let database = Server::shared().await.migrated().await;
    duplicates::hang_up(database.store().await).await;
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let open = database.admin().await.query_one(open, &[]).await.unwrap();
    assert_eq!(open.get::<_, i64>(0), 0);
}

/// F24, **A**: PostgreSQL keeps no NUL in a text and no half of a surrogate pair.
#[tokio::test]
async fn f24_a_a_poisonous_message_among_five_hundred_is_put_aside_alone() {
    let database = Server::shared().await.migrated().await;
    duplicates::poison(database.store().await).await;
}

/// F27, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_a_what_is_delivered_once_more_in_any_order_has_each_effect_once() {
    let database = Server::shared().await.migrated().await;
    duplicates::week(database.store().await, 3_000).await;
}
