//! What a session of the app role can reach with nothing but SQL: the rows of the tenants that its transaction names.
//!
//! The tables are those that the database says are there, so that a new one is held to the same.

use super::{
    NOW, new_store,
    server::{APP, Database, OWNER, Server},
};
use deadpool_postgres::{Manager, Pool};
use std::{collections::BTreeMap, time::Duration};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, error::SqlState};
use whatsapp_business::store::{
    Agent, Applied, AuditEntry, Change, Changes, Claim, Consent, Contact, Conversation, DeadLetter,
    DeliveryFailure, Fact, Identity, IdentityConflict, Job, JobKind, Key, Outcome, PageRequest, PersonHash,
    PostgresOptions, PostgresStore, Purpose, Query, Store, StoreError, StoredMedia, StoredMessage,
    StoredTemplate, Subject, SubjectKind, Tag, TemplateVersion, Tenant,
};

const ACME: &str = "SET LOCAL whatsapp.tenants = '{acme}'";
const GLOBEX: &str = "SET LOCAL whatsapp.tenants = '{globex}'";
const WORKER: &str = "SET LOCAL whatsapp.worker = 'on'";
/// Settings that name nobody.
const UNNAMED: [&str; 4] = [
    "SET LOCAL whatsapp.tenants = ''",
    "SET LOCAL whatsapp.tenants = '{}'",
    "SET LOCAL whatsapp.worker = 'off'",
    "SET LOCAL whatsapp.worker = ''",
];

/// Writes one of everything for a tenant, under ids that are the same for all but the number.
async fn fill(store: &PostgresStore, tenant: &str) {
    let later = NOW + Duration::from_secs(60);
    let contact = Contact::new("contact", [Identity::Phone("1".into())], NOW);
    let mut message = StoredMessage::new("message", "conversation", "outbound".into(), NOW, "text", "{}");
    message.wamid = Some("wamid".into());
    let job = |id: &str| Job::new(id, JobKind::Send, id, NOW);
    let changes = Changes::at(NOW)
        .once("mark", later)
        .insert(Tenant::new(tenant, tenant, NOW))
        .insert(contact)
        .insert(Conversation::new("conversation", "number", "contact", NOW))
        .insert(message)
        .earliest("wamid", Fact::Sent, NOW)
        .insert(DeliveryFailure::new("wamid", NOW, 1, "title"))
        .insert(DeadLetter::new("letter", NOW, "reason", "{}"))
        .insert(IdentityConflict::new(Identity::Phone("1".into()), "contact", "other", NOW))
        .insert(Consent::withdrawn(PersonHash::from_bytes([1; 32]), Purpose::All, NOW))
        .insert(Agent::new("agent", "name", 1, NOW))
        .insert(Tag::new("conversation", "tag", NOW))
        .insert(StoredMedia::new("message", "media", NOW))
        .insert(StoredTemplate::new("template", "account", "name", "en", NOW))
        .insert(TemplateVersion::new("template", 1, "{}", "author", NOW))
        .insert(AuditEntry::new("entry", NOW, Subject::new(SubjectKind::Agent, "agent"), "desk", "added"))
        .count(NOW, "metric", 1)
        .with(Change::Enqueue(job("waiting"), None))
        .with(Change::Enqueue(job("leased"), Some(("token".into(), later))));
    assert_eq!(store.tenant(&tenant.into()).apply(changes).await.unwrap(), Applied::Done);
    store.bind(&format!("number of {tenant}").into(), &"account".into(), &tenant.into()).await.unwrap();
}

/// A database in which two tenants have one of everything.
async fn two_tenants() -> Database {
    let (store, database) = new_store().await;
    fill(&store, "acme").await;
    fill(&store, "globex").await;
    store.close().await;
    database
}

/// The tables with a tenant's data, each with the columns that can be written.
async fn tables(database: &Database) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns AS c
        WHERE table_schema = 'whatsapp' AND is_generated = 'NEVER' AND EXISTS (SELECT FROM information_schema.columns
            WHERE table_schema = 'whatsapp' AND table_name = c.table_name AND column_name = 'tenant_id')";
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in database.admin().await.query(sql, &[]).await.unwrap() {
        tables.entry(row.get(0)).or_default().push(row.get(1));
    }
    assert!(tables.len() >= 21, "{tables:?}");
    tables
}

/// The columns of each table that the app role may change.
async fn changes(database: &Database) -> BTreeMap<String, Vec<String>> {
    let admin = database.admin().await;
    let mut tables = tables(database).await;
    for (table, columns) in &mut tables {
        let sql = format!(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'whatsapp.{table}'::regclass AND attnum > 0
                AND has_column_privilege($1::text, attrelid, attnum, 'UPDATE') ORDER BY attnum"
        );
        *columns = texts(&admin, &sql).await;
    }
    tables
}

/// The texts that a query gives for the app role.
async fn texts(admin: &Client, sql: &str) -> Vec<String> {
    admin.query(sql, &[&APP]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Tries a statement in a transaction that is taken back: the first column of each row, and how many rows it was about.
async fn attempt(
    client: &Client,
    settings: &str,
    sql: &str,
) -> Result<(Vec<String>, u64), tokio_postgres::Error> {
    client.batch_execute(&format!("BEGIN; {settings}")).await.unwrap();
    let answers = client.simple_query(sql).await;
    client.batch_execute("ROLLBACK").await.unwrap();
    let (mut rows, mut count) = (Vec::new(), 0);
    for answer in answers? {
        match answer {
            SimpleQueryMessage::Row(row) => rows.push(row.get(0).unwrap_or_default().to_owned()),
            SimpleQueryMessage::CommandComplete(about) => count = about,
            _ => {}
        }
    }
    Ok((rows, count))
}

async fn assert_refused(client: &Client, settings: &str, sql: &str) {
    let error = attempt(client, settings, sql).await.expect_err(sql);
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error:?}");
}

/// Who owns the rows of a table that are seen.
async fn owners(client: &Client, settings: &str, table: &str) -> Vec<String> {
    let sql = format!("SELECT DISTINCT tenant_id FROM whatsapp.{table} ORDER BY 1");
    attempt(client, settings, &sql).await.expect(table).0
}

#[tokio::test]
async fn a_session_of_a_tenant_sees_no_row_of_another_in_any_table() {
    let database = two_tenants().await;
    let client = database.client(APP).await;
    for table in tables(&database).await.keys() {
        assert_eq!(owners(&client, ACME, table).await, ["acme"], "{table}");
        assert_eq!(owners(&client, GLOBEX, table).await, ["globex"], "{table}");
        // Also not as a worker.
        for both in [format!("{ACME}; {WORKER}"), format!("{WORKER}; {ACME}")] {
            assert_eq!(owners(&client, &both, table).await, ["acme"], "{table}");
        }
    }
}

#[tokio::test]
async fn a_session_of_a_tenant_writes_no_row_of_another_in_any_table() {
    let database = two_tenants().await;
    let client = database.client(APP).await;
    let admin = database.admin().await;
    let changes = changes(&database).await;
    for (table, columns) in tables(&database).await {
        let rows = format!("SELECT t::text FROM whatsapp.{table} AS t WHERE $1 <> '' ORDER BY 1");
        let before = texts(&admin, &rows).await;
        let others: Vec<_> = columns.iter().filter(|column| *column != "tenant_id").cloned().collect();
        let others = others.join(", ");
        let copy = |rest: &str| {
            format!(
                "INSERT INTO whatsapp.{table} (tenant_id, {others}) SELECT 'globex', {others} FROM whatsapp.{table} {rest}"
            )
        };
        for settings in [ACME.to_owned(), format!("{ACME}; {WORKER}")] {
            for refused in [
                copy(""),
                copy("ON CONFLICT DO NOTHING"),
                format!("UPDATE whatsapp.{table} SET tenant_id = 'globex'"),
                format!("TRUNCATE whatsapp.{table}"),
            ] {
                assert_refused(&client, &settings, &refused).await;
            }
            let column = &changes[&table][0];
            for unseen in [
                format!("UPDATE whatsapp.{table} SET {column} = {column} WHERE tenant_id <> 'acme'"),
                format!("DELETE FROM whatsapp.{table} WHERE tenant_id <> 'acme'"),
                format!("SELECT 1 FROM whatsapp.{table} WHERE tenant_id <> 'acme' FOR UPDATE"),
            ] {
                assert_eq!(attempt(&client, &settings, &unseen).await.expect(&unseen).1, 0, "{unseen}");
            }
        }
        // Nothing above was in vain: of its own rows a session may do all that.
        let own = format!("DELETE FROM whatsapp.{table} WHERE tenant_id = 'acme'");
        assert!(attempt(&client, ACME, &own).await.expect(&own).1 > 0, "{own}");
        // And what it does to all rows that it sees, for good, leaves the others as they were.
        client.batch_execute(&format!("BEGIN; {ACME}; DELETE FROM whatsapp.{table}; COMMIT")).await.unwrap();
        let mut left = texts(&admin, &rows).await;
        let mut expected: Vec<_> = before.into_iter().filter(|row| row.contains("globex")).collect();
        left.sort();
        expected.sort();
        assert!(!expected.is_empty(), "{table}");
        assert_eq!(left, expected, "{table}");
    }
}

#[tokio::test]
async fn a_session_that_names_no_tenant_sees_nothing_also_after_one_that_did() {
    let database = two_tenants().await;
    let client = database.client(APP).await;
    for table in tables(&database).await.keys() {
        let count = format!("SELECT count(*) FROM whatsapp.{table}");
        let seen = async || client.query_one(&count, &[]).await.unwrap().get::<_, i64>(0);
        // That is how a delivery finds its tenant.
        let unnamed = if table == "numbers" { 2 } else { 0 };
        assert_eq!(seen().await, unnamed, "{table}");
        for end in ["COMMIT", "ROLLBACK"] {
            client.batch_execute(&format!("BEGIN; {ACME}")).await.unwrap();
            assert!(seen().await > 0, "{table}");
            client.batch_execute(end).await.unwrap();
            assert_eq!(seen().await, unnamed, "{table} after {end}");
        }
        for settings in UNNAMED {
            let seen = attempt(&client, settings, &count).await.unwrap().0;
            let unnamed = if settings.contains("{}") { 0 } else { unnamed };
            assert_eq!(seen, [unnamed.to_string()], "{table}: {settings}");
        }
    }
}

#[tokio::test]
async fn a_worker_sees_the_jobs_of_all_and_can_do_no_more_than_lease_them() {
    let database = two_tenants().await;
    let client = database.client(APP).await;
    let changes = changes(&database).await;
    assert_eq!(changes["jobs"], ["due", "attempts", "lease_token", "lease_until"]);
    assert_eq!(changes["job_groups"], ["head", "due", "busy_until", "leases"]);
    for (table, columns) in tables(&database).await {
        let leases = table == "jobs" || table == "job_groups";
        let seen = if leases || table == "numbers" { vec!["acme", "globex"] } else { vec![] };
        assert_eq!(owners(&client, WORKER, &table).await, seen, "{table}");
        let delete = format!("DELETE FROM whatsapp.{table}");
        assert_eq!(attempt(&client, WORKER, &delete).await.unwrap().1, 0, "{table}");
        for column in &columns {
            let update = format!("UPDATE whatsapp.{table} SET {column} = {column}");
            if changes[&table].contains(column) {
                assert_eq!(attempt(&client, WORKER, &update).await.unwrap().1 > 0, leases, "{update}");
            } else {
                assert_refused(&client, WORKER, &update).await;
            }
        }
        if !seen.is_empty() {
            let columns = columns.join(", ");
            let copy =
                format!("INSERT INTO whatsapp.{table} ({columns}) SELECT {columns} FROM whatsapp.{table}");
            assert_refused(&client, WORKER, &copy).await;
        }
    }
}

#[tokio::test]
async fn the_app_role_cannot_open_the_tables_for_itself() {
    let database = two_tenants().await;
    let client = database.client(APP).await;
    for sql in [
        "ALTER TABLE whatsapp.messages DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE whatsapp.messages NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY all_of_it ON whatsapp.messages USING (true)",
        "DROP POLICY of_tenants ON whatsapp.messages",
        "CREATE OR REPLACE FUNCTION whatsapp.allowed_tenants() RETURNS text[] LANGUAGE sql AS $$ SELECT '{acme,globex}'::text[] $$",
        "CREATE TABLE whatsapp.copies ()",
        "CREATE TRIGGER tell AFTER INSERT ON whatsapp.messages EXECUTE FUNCTION whatsapp.jobs_added()",
        "INSERT INTO whatsapp.migrations (version, checksum) VALUES (99, '')",
        &format!("SET ROLE {OWNER}"),
        &format!("ALTER ROLE {APP} BYPASSRLS"),
        // Says that it would have to hide rows, instead of showing them.
        "SET LOCAL row_security = off; SELECT 1 FROM whatsapp.messages",
    ] {
        assert_refused(&client, ACME, sql).await;
    }
    let admin = database.admin().await;
    let owned = "SELECT classid::regclass || ' ' || objid FROM pg_shdepend, pg_database
        WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1::text) AND deptype = 'o'
            AND datname = current_database() AND dbid IN (0, pg_database.oid)";
    assert_eq!(texts(&admin, owned).await, [""; 0], "what it owns");
    let might = "SELECT rolname::text FROM pg_roles WHERE rolname = $1::text
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)";
    assert_eq!(texts(&admin, might).await, [""; 0], "a role that may do more");
    let member = "SELECT roleid::regrole::text FROM pg_auth_members, pg_roles
        WHERE member = pg_roles.oid AND rolname = $1::text";
    assert_eq!(texts(&admin, member).await, [""; 0], "whose rights it has");
    let rights = "SELECT relname || ' ' || privilege FROM pg_class,
            unnest('{TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS privilege
        WHERE relnamespace = 'whatsapp'::regnamespace AND relkind = 'r' AND has_table_privilege($1::text, oid, privilege)";
    assert_eq!(texts(&admin, rights).await, [""; 0], "rights that row-level security does not hold for");
}

/// R19: row-level security is forced on every table.
#[tokio::test]
async fn every_table_is_guarded_and_every_key_begins_with_its_tenant() {
    let database = two_tenants().await;
    let admin = database.admin().await;
    let of_schema = "relnamespace = 'whatsapp'::regnamespace AND $1 <> ''";
    let open = format!(
        "SELECT relname::text FROM pg_class
        WHERE {of_schema} AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
    );
    // What was done to the tables is nobody's data.
    assert_eq!(texts(&admin, &open).await, ["migrations"]);
    let keys = format!(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE {of_schema} AND indisunique AND attname <> 'tenant_id' ORDER BY 1"
    );
    // A number has one owner over all tenants, and is looked up to find it.
    assert_eq!(texts(&admin, &keys).await, ["whatsapp.migrations_pkey", "whatsapp.numbers_pkey"]);
    let changed = "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint JOIN pg_attribute
            ON attrelid = conrelid AND (attnum = ANY (conkey) OR attname = 'tenant_id')
        WHERE contype = 'p' AND connamespace = 'whatsapp'::regnamespace
            AND has_column_privilege($1::text, attrelid, attnum, 'UPDATE')";
    assert_eq!(texts(&admin, changed).await, [""; 0], "tables whose rows can be given to another tenant");
    let nullable = "SELECT table_name::text FROM information_schema.columns
        WHERE table_schema = 'whatsapp' AND column_name = 'tenant_id' AND is_nullable = 'YES' AND $1 <> ''";
    assert_eq!(texts(&admin, nullable).await, [""; 0], "rows that may be nobody's");
}

/// What would let a session past the policy of its tenants. Each that is added needs a test of what it gives away.
#[tokio::test]
async fn the_ways_around_the_policy_of_tenants_are_few_and_known() {
    let database = two_tenants().await;
    let admin = database.admin().await;
    let policies = "SELECT tablename || ' ' || cmd FROM pg_policies
        WHERE schemaname = 'whatsapp' AND policyname <> 'of_tenants' AND $1 <> '' ORDER BY 1";
    let known = ["job_groups SELECT", "job_groups UPDATE", "jobs SELECT", "jobs UPDATE", "numbers SELECT"];
    assert_eq!(texts(&admin, policies).await, known);
    let of_tenants = "SELECT tablename::text FROM pg_policies
        WHERE schemaname = 'whatsapp' AND policyname = 'of_tenants' AND permissive = 'PERMISSIVE' AND cmd = 'ALL'
            AND qual = with_check AND qual LIKE '%allowed_tenants()%' AND qual LIKE '%tenant_id%' AND $1 <> '' ORDER BY 1";
    let tables: Vec<_> = tables(&database).await.into_keys().collect();
    assert_eq!(texts(&admin, of_tenants).await, tables);
    let definers = "SELECT proname::text FROM pg_proc
        WHERE pronamespace = 'whatsapp'::regnamespace AND prosecdef AND $1 <> ''";
    assert_eq!(texts(&admin, definers).await, [""; 0], "functions with the rights of their owner");
    let views = "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'whatsapp'::regnamespace AND relkind IN ('v', 'm', 'f') AND $1 <> ''";
    assert_eq!(texts(&admin, views).await, [""; 0], "views, which see with the rights of their owner");
}

/// R19: the tenant is set for a transaction, and gone with it.
#[tokio::test]
async fn a_connection_of_the_pool_remembers_no_tenant() {
    let database = Server::shared().await.migrated().await;
    let config: Config = database.url(APP).parse().unwrap();
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(1).build().unwrap();
    let store = PostgresStore::with_pool(pool.clone(), &PostgresOptions::new()).await.unwrap();
    let remembered = async |what: &str| {
        let client = pool.get().await.unwrap();
        let sql = "SELECT pg_backend_pid(), coalesce(current_setting('whatsapp.tenants', true), '')
                || coalesce(current_setting('whatsapp.worker', true), ''),
            (SELECT count(*) FROM whatsapp.dead_letters) + (SELECT count(*) FROM whatsapp.jobs)";
        let row = client.query_one(sql, &[]).await.unwrap();
        assert_eq!((row.get(1), row.get(2)), ("", 0_i64), "after {what}");
        row.get::<_, i32>(0)
    };
    let connection = remembered("nothing").await;
    for name in ["acme", "globex"] {
        fill(&store, name).await;
        let tenant = store.tenant(&name.into());
        assert_eq!(remembered("an apply").await, connection);
        let letter = DeadLetter::new("letter", NOW, "", "");
        let refused = tenant.apply(Changes::at(NOW).insert(letter.clone())).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(remembered("a conflict").await, connection);
        let repeated = Changes::at(NOW).once("mark", NOW).insert(letter);
        assert_eq!(tenant.apply(repeated).await.unwrap(), Applied::Duplicate);
        assert_eq!(remembered("a duplicate").await, connection);
        assert!(tenant.get(Key::DeadLetter("letter".into())).await.unwrap().is_some());
        assert_eq!(remembered("a get").await, connection);
        assert_eq!(tenant.list(Query::DeadLetters, PageRequest::newest(9)).await.unwrap().items.len(), 1);
        assert_eq!(remembered("a list").await, connection);
        assert!(store.route(&format!("number of {name}").into()).await.unwrap().is_some());
        assert_eq!(remembered("a route").await, connection);
        let lease = store.claim(Claim::new(NOW, Duration::from_secs(9), 9, name)).await.unwrap().remove(0);
        assert_eq!(remembered("a claim").await, connection);
        store.extend(&lease, NOW).await.unwrap();
        let _ = store.finish(&lease, Outcome::Done, Changes::at(NOW)).await.unwrap();
        assert_eq!(remembered("a finish").await, connection);
        let lost = store.finish(&lease, Outcome::Done, Changes::at(NOW)).await;
        assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
        assert_eq!(remembered("a lease that is lost").await, connection);
    }
}
