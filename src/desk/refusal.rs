//! What Meta's refusals tell of the people for whom the messages were.

use crate::{
    desk::{TRIES, Tenant, consent, watch, window},
    error::Error,
    store::{self, Changes, StoreError, StoredMessage},
    time::Timestamp,
    webhook::Status,
};

/// Meta's code for a customer who last wrote more than 24 hours ago.
const WINDOW_CLOSED: i64 = 131_047;

/// Meta's code for a customer who wants no marketing.
const OPTED_OUT: i64 = 131_050;

/// Whether a code tells something of the person.
pub(super) fn tells(code: i64) -> bool {
    matches!(code, WINDOW_CLOSED | OPTED_OUT)
}

/// Whether a status says that its message was outside the window.
pub(super) fn closes_window(status: &Status) -> bool {
    status.errors.iter().any(|error| error.code == WINDOW_CLOSED)
}

/// Adds to `changes` what the refusal of `message`, sent at `sent_at`, tells.
pub(super) async fn told(
    tenant: &Tenant,
    code: i64,
    message: &StoredMessage,
    sent_at: Timestamp,
    changes: Changes,
) -> store::Result<Changes> {
    match code {
        WINDOW_CLOSED => window::corrected(tenant, message, sent_at, changes).await,
        OPTED_OUT => consent::withdrawn(tenant, message, sent_at, changes).await,
        _ => Ok(changes),
    }
}

/// Keeps what the answer to an attempt tells, when it is such a refusal.
///
/// Best effort: the next attempt would be told the same.
pub(super) async fn answered(tenant: &Tenant, refusal: &Error, message: &StoredMessage) {
    let Some(code) = refusal.api().map(|api| api.code).filter(|code| tells(*code)) else { return };
    if code == WINDOW_CLOSED {
        watch::window_closed("answer");
    }
    for _ in 0..TRIES {
        let now = tenant.desk.now();
        let kept = match told(tenant, code, message, now, Changes::at(now)).await {
            Ok(changes) => tenant.store.apply(changes).await.map(|_| ()),
            Err(error) => Err(error),
        };
        match kept {
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return tracing::warn!(%error, "what a refusal tells of a person was not kept"),
            Ok(()) => return,
        }
    }
}
