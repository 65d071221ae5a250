//! Making the tables and bringing them up to date, and whether a store may be opened on them.

use super::{
    error::unavailable,
    options::{PostgresOptions, quoted},
};
use crate::store::{Result, StoreError};
use deadpool_postgres::Object;
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Client, Error, Row, types::Type};

/// What was ever changed about the tables, oldest first.
const MIGRATIONS: &[&str] = &[include_str!("001_initial.sql"), include_str!("002_functions.sql")];

/// Makes what was not made of the migrations, in one transaction, and gives the app role its rights.
///
/// Of two that do so at once, one waits for the other.
pub(super) async fn migrate(mut object: Object, options: &PostgresOptions) -> Result<()> {
    let schema = options.quoted_schema()?;
    options.app_role.as_deref().map(quoted).transpose()?;
    let failed = |error: Error| unavailable("the tables could not be made", &error);
    let transaction = object.transaction().await.map_err(failed)?;
    // One at a time for all schemas of a database: it happens seldom enough.
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('whatsapp-business migrations', 0))";
    let begin = format!(
        "{lock}; CREATE SCHEMA IF NOT EXISTS {schema}; SET LOCAL search_path = {schema}, pg_temp;
        CREATE TABLE IF NOT EXISTS migrations (
            version bigint NOT NULL PRIMARY KEY, checksum bytea NOT NULL, made_at timestamptz NOT NULL DEFAULT now());
        COMMENT ON TABLE migrations IS 'What was done to the tables of this schema, and the SHA-256 of how.'"
    );
    // Whoever may not make a schema may use one that is there.
    let exists = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(&options.schema, Type::TEXT)];
    let is_there = !transaction.query_typed(exists, &params).await.map_err(failed)?.is_empty();
    let begin =
        if is_there { begin.replace(&format!("CREATE SCHEMA IF NOT EXISTS {schema};"), "") } else { begin };
    transaction.batch_execute(&begin).await.map_err(failed)?;
    let made = made(&transaction.query_typed(MADE, &[]).await.map_err(failed)?)?;
    for (version, migration) in (1_i64..).zip(MIGRATIONS).skip(made) {
        transaction.batch_execute(migration).await.map_err(failed)?;
        let insert = "INSERT INTO migrations (version, checksum) VALUES ($1, $2)";
        let checksum = checksum(migration).to_vec();
        let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
            [(&version, Type::INT8), (&checksum, Type::BYTEA)];
        transaction.query_typed(insert, &params).await.map_err(failed)?;
    }
    if let Some(role) = &options.app_role {
        let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(role, Type::TEXT)];
        transaction.query_typed("SELECT grant_rights($1)", &params).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

const MADE: &str = "SELECT version, checksum FROM migrations ORDER BY version";

/// How many migrations were made, when they are those of this version.
fn made(rows: &[Row]) -> Result<usize> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let corrupt = |_| StoreError::Corrupt("list of migrations");
    for (n, row) in rows.iter().enumerate() {
        let version: i64 = row.try_get(0).map_err(corrupt)?;
        let Some(migration) = MIGRATIONS.get(n) else {
            let found = rows.last().and_then(|row| row.try_get(0).ok()).unwrap_or(version);
            return Err(StoreError::SchemaTooNew { found, known });
        };
        let found: &[u8] = row.try_get(1).map_err(corrupt)?;
        if i64::try_from(n + 1) != Ok(version) || found != checksum(migration) {
            return Err(StoreError::Corrupt("list of migrations"));
        }
    }
    Ok(rows.len())
}

fn checksum(migration: &str) -> [u8; 32] {
    Sha256::digest(migration).into()
}

/// Looks whether the tables are those that this version knows, and whether row-level security holds for this role.
pub(super) async fn check(client: &Client, options: &PostgresOptions) -> Result<()> {
    let failed = |error: Error| unavailable("the tables could not be looked at", &error);
    let schema = options.quoted_schema()?;
    let sql = "
        SELECT rolsuper OR rolbypassrls,
            to_regclass($1) IS NOT NULL,
            EXISTS (SELECT FROM pg_class
                WHERE relnamespace = to_regnamespace($2) AND relkind = 'r' AND relname <> 'migrations'
                    AND NOT (relrowsecurity AND relforcerowsecurity AND row_security_active(oid)))
        FROM pg_roles WHERE rolname = current_user";
    let migrations = format!("{schema}.migrations");
    let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&migrations, Type::TEXT), (&schema, Type::TEXT)];
    let row = client.query_typed_one(sql, &params).await.map_err(failed)?;
    let flag = |column| row.try_get::<_, bool>(column).map_err(failed);
    if flag(0)? {
        return Err(StoreError::Refused("a role that row-level security does not hold for"));
    }
    let migrate_first = "its tables are not there or not up to date: PostgresStore::migrate makes them";
    if !flag(1)? {
        return Err(StoreError::Unavailable { what: migrate_first, source: None });
    }
    if flag(2)? {
        return Err(StoreError::Refused("a schema in which row-level security is off for a table"));
    }
    let sql = MADE.replace("migrations", &migrations);
    if made(&client.query_typed(&sql, &[]).await.map_err(failed)?)? < MIGRATIONS.len() {
        return Err(StoreError::Unavailable { what: migrate_first, source: None });
    }
    Ok(())
}
