//! What a URL that demands TLS is told by a build that has none.

use super::options::PostgresOptions;
use crate::store::{Result, StoreError};
pub(super) use tokio_postgres::NoTls as Tls;
use tokio_postgres::{Config, config::SslMode};

/// What a URL asks for.
pub(super) fn of(config: &mut Config, _: &PostgresOptions) -> Result<Tls> {
    if config.get_ssl_mode() == SslMode::Require {
        return Err(StoreError::Unavailable {
            what: "the URL demands TLS: enable the feature postgres-rustls, or give PostgresStore::with_pool connections that have it",
            source: None,
        });
    }
    Ok(Tls)
}
