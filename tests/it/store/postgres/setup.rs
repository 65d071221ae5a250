//! Making the tables, and who may open the store.

use super::{
    NOW, insert_letter, new_store,
    server::{APP, Database, OWNER, Server},
};
use whatsapp_business::store::{
    Applied, Change, Changes, Job, JobKind, PostgresOptions, PostgresStore, Store, StoreError,
};

/// The role of a server that may do everything.
const SUPERUSER: &str = "postgres";

async fn open(database: &Database, role: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(&database.url(role), &PostgresOptions::new()).await
}

async fn migrate(database: &Database, options: &PostgresOptions) -> Result<(), StoreError> {
    PostgresStore::migrate(&database.url(OWNER), options).await
}

#[tokio::test]
async fn tables_are_made_once_and_what_is_in_them_stays() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert_letter("l")).await.unwrap();
    migrate(&database, &PostgresOptions::new().app_role(APP)).await.unwrap();
    migrate(&database, &PostgresOptions::new()).await.unwrap();
    assert!(matches!(acme.apply(insert_letter("l")).await, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn many_may_make_the_tables_at_once() {
    let database = Server::shared().await.empty().await;
    let options = PostgresOptions::new().app_role(APP);
    let made = (0..8).map(|_| {
        let (url, options) = (database.url(OWNER), options.clone());
        tokio::spawn(async move { PostgresStore::migrate(&url, &options).await })
    });
    for made in made.collect::<Vec<_>>() {
        made.await.unwrap().unwrap();
    }
    open(&database, APP).await.unwrap();
}

#[tokio::test]
async fn one_role_may_own_the_tables_and_open_the_store() {
    let database = Server::shared().await.empty().await;
    migrate(&database, &PostgresOptions::new()).await.unwrap();
    let store = open(&database, OWNER).await.unwrap();
    assert_eq!(store.tenant(&"acme".into()).apply(insert_letter("l")).await.unwrap(), Applied::Done);
    // Also of the owner, row-level security asks whose rows it wants.
    let owner = database.client(OWNER).await;
    assert!(owner.query("SELECT 1 FROM whatsapp.dead_letters", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_schemas_are_two_stores() {
    let database = Server::shared().await.empty().await;
    let mut stores = Vec::new();
    for schema in ["first", "Second \"one\"; --"] {
        let options = PostgresOptions::new().schema(schema).app_role(APP);
        migrate(&database, &options).await.unwrap();
        stores.push(PostgresStore::open(&database.url(APP), &options).await.unwrap());
    }
    for store in &stores {
        let changes = insert_letter("l").with(Change::Enqueue(Job::new("j", JobKind::Send, "g", NOW), None));
        assert_eq!(store.tenant(&"acme".into()).apply(changes).await.unwrap(), Applied::Done);
    }
    for schema in ["", "a name that is so long that PostgreSQL would cut off the end of it, sadly"] {
        let options = PostgresOptions::new().schema(schema);
        assert!(matches!(migrate(&database, &options).await, Err(StoreError::Refused(_))), "{schema}");
    }
}

#[tokio::test]
async fn a_store_without_tables_says_what_to_do() {
    let database = Server::shared().await.empty().await;
    let opened = open(&database, APP).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
    assert!(opened.unwrap_err().to_string().contains("migrate"));
    let opened = PostgresStore::open("postgres://nobody@localhost:1/none", &PostgresOptions::new()).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_store, database) = new_store().await;
    let newer =
        "INSERT INTO whatsapp.migrations (version, checksum) SELECT n, '' FROM generate_series(3, 1000) AS n";
    database.admin().await.batch_execute(newer).await.unwrap();
    for result in [migrate(&database, &PostgresOptions::new()).await, open(&database, APP).await.map(drop)] {
        assert!(matches!(result, Err(StoreError::SchemaTooNew { found: 1000, known: 2 })), "{result:?}");
    }
}

#[tokio::test]
async fn tables_that_were_made_otherwise_are_refused() {
    let (_store, database) = new_store().await;
    database.admin().await.batch_execute("UPDATE whatsapp.migrations SET checksum = '\\x00'").await.unwrap();
    for result in [migrate(&database, &PostgresOptions::new()).await, open(&database, APP).await.map(drop)] {
        assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    }
}

#[tokio::test]
async fn roles_that_see_through_row_level_security_are_refused() {
    let (_store, database) = new_store().await;
    let opened = open(&database, SUPERUSER).await;
    assert!(matches!(opened, Err(StoreError::Refused(_))), "{opened:?}");
    let admin = database.admin().await;
    let role = format!("{}_sees_all", database.name());
    admin.batch_execute(&format!("CREATE ROLE {role} LOGIN BYPASSRLS; GRANT {APP} TO {role}")).await.unwrap();
    let opened = open(&database, &role).await;
    admin.batch_execute(&format!("DROP ROLE {role}")).await.unwrap();
    assert!(matches!(opened, Err(StoreError::Refused(_))), "{opened:?}");
}

#[tokio::test]
async fn tables_without_row_level_security_are_refused() {
    let (_store, database) = new_store().await;
    for off in ["DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"] {
        database.admin().await.batch_execute(&format!("ALTER TABLE whatsapp.messages {off}")).await.unwrap();
        let opened = open(&database, APP).await;
        assert!(matches!(opened, Err(StoreError::Refused(_))), "{off}: {opened:?}");
    }
}

#[cfg(not(feature = "postgres-rustls"))]
#[tokio::test]
async fn a_url_that_demands_tls_is_told_which_feature_has_it() {
    for mode in ["require", "verify-full"] {
        let url = format!("postgres://app@localhost:1/db?sslmode={mode}");
        let migrated = PostgresStore::migrate(&url, &PostgresOptions::new()).await.unwrap_err();
        let opened = PostgresStore::open(&url, &PostgresOptions::new()).await.unwrap_err();
        for error in [migrated, opened] {
            assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
            assert!(error.to_string().contains("postgres-rustls"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_session_sees_and_writes_the_rows_of_the_tenants_it_names() {
    let (store, database) = new_store().await;
    for tenant in ["acme", "globex"] {
        let job = Change::Enqueue(Job::new("j", JobKind::Send, "g", NOW), None);
        let changes = Changes::at(NOW).once("key", NOW).insert(super::letter("l", 1)).with(job);
        let _ = store.tenant(&tenant.into()).apply(changes).await.unwrap();
        store.bind(&format!("number of {tenant}").into(), &"account".into(), &tenant.into()).await.unwrap();
    }
    let client = database.client(APP).await;
    let count = async |settings: &str, table: &str| {
        let sql = format!("BEGIN; {settings}; SELECT count(*) FROM whatsapp.{table}; ROLLBACK");
        let answers = client.simple_query(&sql).await.unwrap();
        let count = answers.iter().filter_map(|answer| match answer {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get("count").map(str::to_owned),
            _ => None,
        });
        count.last().unwrap()
    };
    let acme = "SET LOCAL whatsapp.tenants = '{acme}'";
    let worker = "SET LOCAL whatsapp.worker = 'on'";
    for table in ["dead_letters", "once_marks", "jobs", "job_groups", "numbers"] {
        assert_eq!(count(acme, table).await, "1", "{table}");
        assert_eq!(count("SET LOCAL whatsapp.tenants = '{acme,globex}'", table).await, "2", "{table}");
        // Whoever has named a tenant is no worker.
        assert_eq!(count(&format!("{acme}; {worker}"), table).await, "1", "{table}");
        let unnamed = if table == "numbers" { "2" } else { "0" };
        assert_eq!(count("SET LOCAL whatsapp.tenants = ''", table).await, unnamed, "{table}");
        let worked = if table.starts_with("job") || table == "numbers" { "2" } else { "0" };
        assert_eq!(count(worker, table).await, worked, "{table}");
    }
    for write in [
        "INSERT INTO whatsapp.dead_letters VALUES ('globex', 'forged', 0, '', '')",
        "UPDATE whatsapp.dead_letters SET tenant_id = 'globex'",
    ] {
        let written = client.batch_execute(&format!("BEGIN; {acme}; {write}")).await;
        assert!(written.is_err(), "{write}");
        client.batch_execute("ROLLBACK").await.unwrap();
    }
}
