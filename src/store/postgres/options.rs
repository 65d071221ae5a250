//! How a store in PostgreSQL is set up.

use crate::store::StoreError;
use std::time::Duration;

/// Where the tables are and how they are used. What both sides must agree on, give to
/// [`migrate`](crate::store::PostgresStore::migrate) and to [`open`](crate::store::PostgresStore::open).
///
/// ```
/// use whatsapp_business::store::PostgresOptions;
/// let options = PostgresOptions::new().schema("messaging").app_role("crm");
/// ```
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    pub(super) schema: String,
    pub(super) app_role: Option<String>,
    pub(super) connections: usize,
    pub(super) writers: usize,
    pub(super) statement_timeout: Duration,
    pub(super) listen: bool,
    pub(super) prepare: bool,
    #[cfg(feature = "postgres-rustls")]
    pub(super) root_certificates: Vec<u8>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PostgresOptions {
    /// Tables in the schema `whatsapp`, at most 10 connections, one of which writes, and 30 seconds for a statement.
    #[must_use]
    pub fn new() -> Self {
        Self {
            schema: "whatsapp".to_owned(),
            app_role: None,
            connections: 10,
            writers: 1,
            statement_timeout: Duration::from_secs(30),
            listen: true,
            prepare: true,
            #[cfg(feature = "postgres-rustls")]
            root_certificates: Vec::new(),
        }
    }

    /// The schema of the tables. It is made if there is none.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// The role that the store is opened under, if it is not the one that owns the tables. It is given what it needs and may
    /// change no table.
    #[must_use]
    pub fn app_role(mut self, role: impl Into<String>) -> Self {
        self.app_role = Some(role.into());
        self
    }

    /// Most connections that a store opens by itself. One more listens for jobs.
    #[must_use]
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most.max(1);
        self
    }

    /// How many connections write. One makes the largest transactions, and a small one costs nearly what a large one does. Two
    /// keep a disk busy: while one waits for it, the other fills its transaction, which pays where hundreds of callers write at
    /// once and there are processors to spare. What is about one conversation is always written by the same one;
    /// what is counted for a tenant makes its transactions wait for each other, so more than one pays for several tenants only.
    #[must_use]
    pub fn writers(mut self, count: usize) -> Self {
        self.writers = count.max(1);
        self
    }

    /// How long a statement may take, also while it waits for another; of a write that is a single statement, and of what
    /// finds records by their keys, how long it waits for each lock.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Whether a connection of its own listens for jobs that other processes enqueue. Not through a proxy that gives each
    /// transaction another connection: there is nothing to be heard. Workers look from time to time anyway.
    #[must_use]
    pub fn listen(mut self, listen: bool) -> Self {
        self.listen = listen;
        self
    }

    /// Whether connections keep the statements that write and that find records by their keys, so that PostgreSQL need not read
    /// them each time. Not through a proxy that gives each transaction another connection: there each would fail first and then
    /// be made the slow way.
    #[must_use]
    pub fn prepare(mut self, prepare: bool) -> Self {
        self.prepare = prepare;
        self
    }

    /// Certificates in PEM format that are trusted beside those of the platform, such as those that a provider of databases signs
    /// its servers with.
    #[cfg(feature = "postgres-rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres-rustls")))]
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates = pem.into();
        self
    }

    /// The schema as it is written in a statement.
    pub(super) fn quoted_schema(&self) -> Result<String, StoreError> {
        quoted(&self.schema)
    }
}

/// A name as it is written in a statement.
pub(super) fn quoted(name: &str) -> Result<String, StoreError> {
    // PostgreSQL cuts longer names off, so that two could be the same.
    if name.is_empty() || name.len() > 63 || name.contains('\0') {
        return Err(StoreError::Refused("a name of a schema or role that is empty or longer than 63 bytes"));
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}
