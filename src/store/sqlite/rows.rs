//! Rows as records.

use crate::{
    store::{
        Consent, Contact, Conversation, DeadLetter, DeliveryFailure, Identity, IdentityConflict, Job,
        PersonHash, Progress, Record, Sending, StoredMessage, Tenant,
    },
    time::Timestamp,
};
use rusqlite::{Error, Result, Row, types::Type};

/// Where records of one kind are kept and how a row of them is read.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns, in the order in which `read` expects them.
    pub(super) columns: &'static str,
    pub(super) read: fn(&Row<'_>) -> Result<Record>,
}

pub(super) const TENANTS: Table = Table {
    name: "tenants",
    columns: "tenant_id, name, created_at, version",
    read: |row| {
        let mut tenant = Tenant::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?, time(row, 2)?);
        tenant.version = count(row, 3)?;
        Ok(tenant.into())
    },
};

/// The identities of a contact are in a table of their own and are added later.
pub(super) const CONTACTS: Table = Table {
    name: "contacts",
    columns: "id, name, created_at, version",
    read: |row| {
        let mut contact = Contact::new(row.get::<_, String>(0)?, [], time(row, 2)?);
        contact.name = row.get(1)?;
        contact.version = count(row, 3)?;
        Ok(contact.into())
    },
};

pub(super) const CONVERSATIONS: Table = Table {
    name: "conversations",
    columns: "id, number_id, contact_id, state, opened_at, last_message_at, last_inbound_at, unread, version",
    read: |row| {
        let (id, number, contact): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let mut conversation = Conversation::new(id, number, contact, time(row, 4)?);
        conversation.state = row.get_ref(3)?.as_str()?.into();
        conversation.last_message_at = time(row, 5)?;
        conversation.last_inbound_at = optional_time(row, 6)?;
        conversation.unread = count(row, 7)?;
        conversation.version = count(row, 8)?;
        Ok(conversation.into())
    },
};

pub(super) const MESSAGES: Table = Table {
    name: "messages",
    columns: "id, conversation_id, direction, wamid, at, kind, text, reply_to, body, version, \
        send_state, send_attempts, send_error_code, send_error",
    read: |row| {
        let (id, conversation): (String, String) = (row.get(0)?, row.get(1)?);
        let (kind, body): (String, Vec<u8>) = (row.get(5)?, row.get(8)?);
        let direction = row.get_ref(2)?.as_str()?.into();
        let mut message = StoredMessage::new(id, conversation, direction, time(row, 4)?, kind, body);
        message.wamid = row.get::<_, Option<String>>(3)?.map(Into::into);
        message.text = row.get(6)?;
        message.reply_to = row.get::<_, Option<String>>(7)?.map(Into::into);
        message.version = count(row, 9)?;
        if let Some(state) = row.get_ref(10)?.as_str_or_null()? {
            let mut sending = Sending::queued();
            sending.state = state.into();
            sending.attempts = row.get(11)?;
            sending.error_code = row.get(12)?;
            sending.error = row.get(13)?;
            message.sending = Some(sending);
        }
        Ok(message.into())
    },
};

pub(super) const PROGRESS: Table = Table {
    name: "progress",
    columns: "wamid, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at",
    read: |row| {
        let mut progress = Progress::new(row.get::<_, String>(0)?);
        progress.accepted_at = optional_time(row, 1)?;
        progress.sent_at = optional_time(row, 2)?;
        progress.delivered_at = optional_time(row, 3)?;
        progress.read_at = optional_time(row, 4)?;
        progress.played_at = optional_time(row, 5)?;
        progress.failed_at = optional_time(row, 6)?;
        Ok(progress.into())
    },
};

pub(super) const FAILURES: Table = Table {
    name: "failures",
    columns: "wamid, at, code, title",
    read: |row| {
        let (wamid, title): (String, String) = (row.get(0)?, row.get(3)?);
        Ok(DeliveryFailure::new(wamid, time(row, 1)?, row.get(2)?, title).into())
    },
};

pub(super) const DEAD_LETTERS: Table = Table {
    name: "dead_letters",
    columns: "id, at, reason, body",
    read: |row| {
        let (id, reason, body): (String, String, Vec<u8>) = (row.get(0)?, row.get(2)?, row.get(3)?);
        Ok(DeadLetter::new(id, time(row, 1)?, reason, body).into())
    },
};

pub(super) const IDENTITY_CONFLICTS: Table = Table {
    name: "identity_conflicts",
    columns: "id, kind, value, holder_id, claimant_id, at, resolved_at, version",
    read: |row| {
        let identity = Identity::from_parts(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?)
            .ok_or_else(|| Error::InvalidColumnType(1, "kind".to_owned(), Type::Text))?;
        let (holder, claimant): (String, String) = (row.get(3)?, row.get(4)?);
        let mut conflict = IdentityConflict::new(identity, holder, claimant, time(row, 5)?);
        conflict.id = id(row, 0)?;
        conflict.resolved_at = optional_time(row, 6)?;
        conflict.version = count(row, 7)?;
        Ok(conflict.into())
    },
};

pub(super) const CONSENTS: Table = Table {
    name: "consents",
    columns: "person, purpose, at, version",
    read: |row| {
        let person = PersonHash::from_bytes(row.get(0)?);
        let mut consent = Consent::withdrawn(person, row.get_ref(1)?.as_str()?.into(), time(row, 2)?);
        consent.version = count(row, 3)?;
        Ok(consent.into())
    },
};

pub(super) const JOBS: Table = Table {
    name: "jobs",
    columns: "id, kind, group_name, due, attempts, payload",
    read: |row| job(row).map(Record::from),
};

/// A job from the columns of [`JOBS`].
pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    let (id, group): (String, String) = (row.get(0)?, row.get(2)?);
    let mut job = Job::new(id, row.get_ref(1)?.as_str()?.into(), group, time(row, 3)?);
    job.attempts = row.get(4)?;
    job.payload = row.get(5)?;
    Ok(job)
}

/// An id, or anything else that is made of text.
pub(super) fn id<T: From<String>>(row: &Row<'_>, column: usize) -> Result<T> {
    row.get::<_, String>(column).map(T::from)
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

fn optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// A number that is never negative.
fn count(row: &Row<'_>, column: usize) -> Result<u64> {
    let count: i64 = row.get(column)?;
    u64::try_from(count).map_err(|_| Error::IntegralValueOutOfRange(column, count))
}
