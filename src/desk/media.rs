//! The files of received messages, fetched by jobs: no delivery waits for them, and none is fetched twice in vain.

use crate::{
    desk::{Blob, BlobReader, BlobStore, TRIES, Tenant, handler, new_id, tenant::not_found},
    error::{Error, ErrorKind, Result},
    id::PhoneNumberId,
    store::{
        self, Change, Changes, Conversation, Job, JobKind, Key, Lease, MediaState, Outcome, StoreError,
        StoredMedia, StoredMessageId, TenantStoreExt, ext::one,
    },
    time::Timestamp,
    webhook::InboundMessage,
};
use std::{io, sync::Arc, time::Duration};
use tokio::io::duplex;

/// The waits before another attempt; after them the file is given up.
const LADDER: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(24 * 3600),
];

/// How long Meta knows a received file by the id that its webhook told.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// How much of a file is in memory on its way.
const WINDOW: usize = 64 * 1024;

impl Tenant {
    /// What became of the file of a received message; none when it has no file, or came to a desk without a
    /// [`BlobStore`].
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn media(&self, message: impl Into<StoredMessageId>) -> Result<Option<StoredMedia>> {
        Ok(self.store.media(&message.into()).await?)
    }

    /// The file of a received message, as it comes.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when it is not (or not yet) stored, [`ErrorKind::Media`] when the [`BlobStore`] fails,
    /// [`ErrorKind::Config`] when the desk has none; [`ErrorKind::Store`].
    pub async fn open_media(&self, message: impl Into<StoredMessageId>) -> Result<BlobReader> {
        let media = self.store.media(&message.into()).await?;
        let location =
            media.filter(|media| media.state == MediaState::Stored).and_then(|media| media.location);
        let location = location.ok_or_else(|| not_found("stored file"))?;
        self.blobs()?.get(&location).await.map_err(failed)
    }

    /// Fetches once more the file of a message that had expired or could not be fetched.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when the message has no such file; [`ErrorKind::Store`].
    pub async fn fetch_media(&self, message: impl Into<StoredMessageId>) -> Result<()> {
        let id = message.into();
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.desk.now();
            let mut media = self.store.media(&id).await?.ok_or_else(|| not_found("file"))?;
            if matches!(media.state, MediaState::Pending | MediaState::Stored) {
                return Ok(());
            }
            (media.state, media.error) = (MediaState::Pending, None);
            let changes = Changes::at(now).update(media).with(Change::Enqueue(job(&id, now), None));
            match self.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(drop)?),
            }
        }
    }

    /// Adds to `changes` that the file of a message is to be fetched, if it has one and there is a place for it.
    pub(super) fn fetches(
        &self,
        message: &InboundMessage,
        id: &StoredMessageId,
        changes: Changes,
    ) -> Changes {
        let Some(file) = message.media().filter(|_| self.desk.0.settings.blobs.is_some()) else {
            return changes;
        };
        let now = changes.now();
        let mut media = StoredMedia::new(id, file.id, now);
        media.mime = file.mime_type.map(str::to_owned);
        media.sha256 = file.sha256.map(str::to_owned);
        changes.insert(media).with(Change::Enqueue(job(id, now), None))
    }

    fn blobs(&self) -> Result<Arc<dyn BlobStore>> {
        self.desk.0.settings.blobs.clone().ok_or_else(no_place)
    }
}

pub(super) fn no_place() -> Error {
    Error::new(ErrorKind::Config("the desk has no place for files: set DeskBuilder::blobs".to_owned()))
}

fn job(message: &StoredMessageId, due: Timestamp) -> Job {
    Job::new(new_id(), JobKind::FetchMedia, format!("media:{message}"), due).payload(message.as_str())
}

pub(super) fn failed(error: io::Error) -> Error {
    Error::with_source(ErrorKind::Media("the place for files failed".to_owned()), error)
}

/// Fetches the file that a job is for.
pub(super) async fn fetch(tenant: &Tenant, lease: &Lease) -> Result<()> {
    let Some(blobs) = tenant.desk.0.settings.blobs.clone() else {
        return handler::leave(tenant, lease).await;
    };
    let id = StoredMessageId::from(lease.job.payload.as_str());
    let now = tenant.desk.now();
    let Some((mut media, number)) = wanted(tenant, &id).await? else {
        return tenant.settle(lease, Outcome::Done, Changes::at(now)).await;
    };
    let attempt = lease.job.attempts;
    let is_spent = usize::try_from(attempt).is_ok_and(|attempt| attempt > LADDER.len() + 1);
    let result = if is_spent {
        // Whoever had it before never came back, such as with a place for files that takes the process along.
        Err(Error::new(ErrorKind::Media("no attempt came to its end".to_owned())))
    } else {
        transfer(tenant, &*blobs, &media, &number).await
    };
    let now = tenant.desk.now();
    let mut changes = Changes::at(now);
    let (state, outcome) = verdict(&result, attempt, media.at, now);
    media.state = state;
    media.error = result.as_ref().err().map(ToString::to_string);
    let location = match result {
        Ok(Kept { location, mime_type, sha256, size }) => {
            changes = changes.count(now, "media.bytes", size).count(now, "media.files", 1);
            (media.size, media.sha256) = (Some(size), Some(sha256));
            media.mime = media.mime.or(mime_type);
            media.location = Some(location.clone());
            Some(location)
        }
        Err(error) => {
            tracing::info!(message = %id, %error, state = %media.state, "a file was not fetched");
            None
        }
    };
    match tenant.finish(lease, outcome, changes.update(media)).await {
        Ok(_) => Ok(()),
        // Whoever has the job now goes on with it; but where the message is gone or about to go, nobody knows the file.
        Err(StoreError::LeaseLost) => {
            match location {
                Some(location)
                    if tenant.store.media(&id).await?.is_none_or(|media| {
                        matches!(media.state, MediaState::Failed | MediaState::Expired)
                    }) =>
                {
                    blobs.delete(&location).await.map_err(failed)
                }
                _ => Ok(()),
            }
        }
        // The person was erased while the file came.
        Err(StoreError::Conflict(_)) => {
            if let Some(location) = location {
                blobs.delete(&location).await.map_err(failed)?;
            }
            tenant.settle(lease, Outcome::Done, Changes::at(now)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The file that is still to be fetched, and the number that it came to.
async fn wanted(
    tenant: &Tenant,
    id: &StoredMessageId,
) -> store::Result<Option<(StoredMedia, PhoneNumberId)>> {
    let Some(media) = tenant.store.media(id).await?.filter(|media| media.state == MediaState::Pending) else {
        return Ok(None);
    };
    let Some(message) = tenant.store.message(id).await? else { return Ok(None) };
    let conversation =
        one::<Conversation, _>(&*tenant.store, Key::Conversation(message.conversation)).await?;
    Ok(conversation.map(|conversation| (media, conversation.number)))
}

/// A file that was kept.
struct Kept {
    location: String,
    mime_type: Option<String>,
    sha256: String,
    size: u64,
}

/// Passes the file on as it comes. Where it goes to learns of its end only when all of it is there and its hash is right;
/// else it is stopped.
async fn transfer(
    tenant: &Tenant,
    blobs: &dyn BlobStore,
    media: &StoredMedia,
    number: &PhoneNumberId,
) -> Result<Kept> {
    let client = tenant.desk.client(&tenant.id, number).await?;
    let mut blob = Blob::new(tenant.id.clone(), media.message.clone());
    blob.mime_type.clone_from(&media.mime);
    let (mut writer, mut reader) = duplex(WINDOW);
    let download = async {
        let saved = client.phone(number).media().download(&media.media).to_writer(&mut writer).await?;
        drop(writer);
        Ok(saved)
    };
    // With its end of the pipe: who stops reading before the end must not keep the download waiting.
    let put = async move { blobs.put(&blob, &mut reader).await.map_err(failed) };
    let (saved, location) = tokio::try_join!(download, put)?;
    Ok(Kept { location, mime_type: saved.mime_type, sha256: saved.sha256, size: saved.size })
}

/// What an attempt makes of a file, which came at a time, and of its job.
fn verdict<T>(result: &Result<T>, attempts: u32, came: Timestamp, now: Timestamp) -> (MediaState, Outcome) {
    let rung = usize::try_from(attempts.saturating_sub(1)).ok().and_then(|rung| LADDER.get(rung));
    match (result, rung) {
        (Ok(_), _) => (MediaState::Stored, Outcome::Done),
        (Err(error), _) if is_gone(error, now > came + KEPT) => (MediaState::Expired, Outcome::Done),
        (Err(error), Some(wait)) => {
            let wait = error.retry_after().unwrap_or_default().max(*wait);
            (MediaState::Pending, Outcome::Again(now + wait))
        }
        (Err(_), None) => (MediaState::Failed, Outcome::Done),
    }
}

/// Whether Meta has no such file any more. It says 100/33 also of what the token may not see (yet), so that this counts only
/// of a file that is `old`.
fn is_gone(error: &Error, old: bool) -> bool {
    match error.kind() {
        ErrorKind::Http(error) => error.status == 404,
        ErrorKind::Api(error) => {
            error.status == Some(404) || (old && (error.code, error.subcode) == (100, Some(33)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, LADDER, verdict};
    use crate::{
        error::{Error, ErrorKind},
        store::{MediaState, Outcome},
        time::Timestamp,
    };

    #[test]
    fn a_file_is_tried_for_more_than_a_day_and_then_given_up() {
        let now = Timestamp::from_seconds(0);
        let failed = || Err::<(), _>(Error::new(ErrorKind::Interrupted));
        for (attempts, wait) in (1..).zip(LADDER) {
            assert_eq!(
                verdict(&failed(), attempts, now, now),
                (MediaState::Pending, Outcome::Again(now + wait))
            );
        }
        assert_eq!(verdict(&failed(), 8, now, now), (MediaState::Failed, Outcome::Done));
        assert_eq!(verdict(&Ok(()), 8, now, now), (MediaState::Stored, Outcome::Done));
    }

    #[test]
    fn what_meta_has_no_more_has_expired_and_what_it_does_not_show_only_when_it_is_old() {
        let body = br#"{"error":{"code":100,"error_subcode":33,"message":"x","type":"y"}}"#;
        let came = Timestamp::from_seconds(0);
        let second = std::time::Duration::from_secs(1);
        let state = |status, body: &[u8], now| {
            verdict(&Err::<(), _>(Error::new(crate::error::read(status, None, body))), 1, came, now).0
        };
        assert_eq!(state(404, b"", came), MediaState::Expired);
        assert_eq!(state(400, body, came + KEPT), MediaState::Pending);
        assert_eq!(state(400, body, came + KEPT + second), MediaState::Expired);
    }
}
