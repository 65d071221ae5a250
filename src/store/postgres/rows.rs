//! Rows as records, and records as rows.

use super::{error::corrupt, text, value::Value};
use crate::{
    id::TenantId,
    store::{
        Consent, Contact, Conversation, DeadLetter, DeliveryFailure, Identity, IdentityConflict, Job,
        PersonHash, Progress, Record, Result, Sending, StoreError, StoredMessage, Tenant,
    },
    time::Timestamp,
};
use tokio_postgres::{Row, types::FromSql};

/// Where records of one kind are kept and how a row of them is read.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// What a record is called in errors.
    pub(super) record: &'static str,
    /// How many columns, the first ones, are the key.
    pub(super) key: usize,
    pub(super) is_versioned: bool,
    /// What is read, in the order in which `read` expects it.
    pub(super) select: &'static str,
    pub(super) read: fn(&Row) -> Result<Record>,
}

pub(super) const TENANTS: Table = Table {
    name: "tenants",
    record: "tenant",
    key: 1,
    is_versioned: true,
    select: "tenant_id, name, created_at, version",
    read: |row| {
        let mut tenant = Tenant::new(text(row, 0)?, text(row, 1)?, time(row, 2)?);
        tenant.version = count(row, 3)?;
        Ok(tenant.into())
    },
};

/// The identities of a contact are in a table of their own.
pub(super) const CONTACTS: Table = Table {
    name: "contacts",
    record: "contact",
    key: 2,
    is_versioned: true,
    select: "id, name, created_at, version,
        ARRAY(SELECT kind FROM contact_identities WHERE tenant_id = t.tenant_id AND contact_id = t.id ORDER BY position),
        ARRAY(SELECT value FROM contact_identities WHERE tenant_id = t.tenant_id AND contact_id = t.id ORDER BY position)",
    read: |row| {
        let (kinds, values): (Vec<&str>, Vec<&str>) = (get(row, 4)?, get(row, 5)?);
        let identities = kinds.into_iter().zip(values).map(|(kind, value)| identity(kind, value));
        let mut contact = Contact::new(text(row, 0)?, [], time(row, 2)?);
        contact.identities = identities.collect::<Result<_>>()?;
        contact.name = optional_text(row, 1)?;
        contact.version = count(row, 3)?;
        Ok(contact.into())
    },
};

pub(super) const CONVERSATIONS: Table = Table {
    name: "conversations",
    record: "conversation",
    key: 2,
    is_versioned: true,
    select: "id, number_id, contact_id, state, opened_at, last_message_at, last_inbound_at, unread, version",
    read: |row| {
        let mut conversation = Conversation::new(text(row, 0)?, text(row, 1)?, text(row, 2)?, time(row, 4)?);
        conversation.state = text(row, 3)?.as_str().into();
        conversation.last_message_at = time(row, 5)?;
        conversation.last_inbound_at = optional_time(row, 6)?;
        conversation.unread = count(row, 7)?;
        conversation.version = count(row, 8)?;
        Ok(conversation.into())
    },
};

pub(super) const MESSAGES: Table = Table {
    name: "messages",
    record: "message",
    key: 2,
    is_versioned: true,
    select: "id, conversation_id, direction, wamid, at, kind, text, reply_to, body, version, send_state, \
        send_attempts, send_error_code, send_error",
    read: |row| {
        let body: Vec<u8> = get(row, 8)?;
        let (id, conversation) = (text(row, 0)?, text(row, 1)?);
        let mut message = StoredMessage::new(
            id,
            conversation,
            text(row, 2)?.as_str().into(),
            time(row, 4)?,
            text(row, 5)?,
            body,
        );
        message.wamid = optional_text(row, 3)?.map(Into::into);
        message.text = optional_text(row, 6)?;
        message.reply_to = optional_text(row, 7)?.map(Into::into);
        message.version = count(row, 9)?;
        if let Some(state) = optional_text(row, 10)? {
            let mut sending = Sending::queued();
            sending.state = state.as_str().into();
            sending.attempts = small(row, 11)?;
            sending.error_code = get(row, 12)?;
            sending.error = optional_text(row, 13)?;
            message.sending = Some(sending);
        }
        Ok(message.into())
    },
};

pub(super) const PROGRESS: Table = Table {
    name: "progress",
    record: "progress",
    key: 2,
    is_versioned: false,
    select: "wamid, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at",
    read: |row| {
        let mut progress = Progress::new(text(row, 0)?);
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
    record: "failure",
    key: 4,
    is_versioned: false,
    select: "wamid, at, code, title",
    read: |row| Ok(DeliveryFailure::new(text(row, 0)?, time(row, 1)?, get(row, 2)?, text(row, 3)?).into()),
};

pub(super) const DEAD_LETTERS: Table = Table {
    name: "dead_letters",
    record: "dead letter",
    key: 2,
    is_versioned: false,
    select: "id, at, reason, body",
    read: |row| {
        let body: Vec<u8> = get(row, 3)?;
        Ok(DeadLetter::new(text(row, 0)?, time(row, 1)?, text(row, 2)?, body).into())
    },
};

pub(super) const IDENTITY_CONFLICTS: Table = Table {
    name: "identity_conflicts",
    record: "identity conflict",
    key: 2,
    is_versioned: true,
    select: "id, kind, value, holder_id, claimant_id, at, resolved_at, version",
    read: |row| {
        let identity = identity(get(row, 1)?, get(row, 2)?)?;
        let mut conflict = IdentityConflict::new(identity, text(row, 3)?, text(row, 4)?, time(row, 5)?);
        conflict.id = text(row, 0)?.into();
        conflict.resolved_at = optional_time(row, 6)?;
        conflict.version = count(row, 7)?;
        Ok(conflict.into())
    },
};

pub(super) const CONSENTS: Table = Table {
    name: "consents",
    record: "consent",
    key: 3,
    is_versioned: true,
    select: "person, purpose, at, version",
    read: |row| {
        let person: &[u8] = get(row, 0)?;
        let person = <[u8; 32]>::try_from(person).map_err(|_| StoreError::Corrupt("consent"))?;
        let mut consent =
            Consent::withdrawn(PersonHash::from_bytes(person), text(row, 1)?.as_str().into(), time(row, 2)?);
        consent.version = count(row, 3)?;
        Ok(consent.into())
    },
};

pub(super) const JOBS: Table = Table {
    name: "jobs",
    record: "job",
    key: 2,
    is_versioned: false,
    select: "id, kind, group_name, due, attempts, payload",
    read: |row| job(row).map(Record::from),
};

/// A job from what [`JOBS`] selects.
pub(super) fn job(row: &Row) -> Result<Job> {
    let mut job = Job::new(text(row, 0)?, text(row, 1)?.as_str().into(), text(row, 2)?, time(row, 3)?);
    job.attempts = small(row, 4)?;
    job.payload = text(row, 5)?;
    Ok(job)
}

/// The row of a record that is put; none for those that cannot be.
pub(super) fn row<'a>(tenant: &'a TenantId, record: &'a Record, version: i64) -> Vec<Value<'a>> {
    let of = Value::text(tenant.as_str());
    let version = Value::from(version);
    match record {
        Record::Tenant(tenant) => {
            vec![of, Value::text(&tenant.name), Value::time(tenant.created_at), version]
        }
        Record::Contact(contact) => vec![
            of,
            Value::text(contact.id.as_str()),
            Value::optional_text(contact.name.as_deref()),
            Value::time(contact.created_at),
            version,
        ],
        Record::Conversation(conversation) => vec![
            of,
            Value::text(conversation.id.as_str()),
            Value::text(conversation.number.as_str()),
            Value::text(conversation.contact.as_str()),
            Value::text(conversation.state.as_str()),
            Value::time(conversation.opened_at),
            Value::time(conversation.last_message_at),
            Value::optional_time(conversation.last_inbound_at),
            Value::count(conversation.unread),
            version,
        ],
        Record::Message(message) => message_row(of, message, version),
        Record::Failure(failure) => vec![
            of,
            Value::text(failure.message.as_str()),
            Value::time(failure.at),
            Value::from(failure.code),
            Value::text(&failure.title),
        ],
        Record::DeadLetter(letter) => vec![
            of,
            Value::text(letter.id.as_str()),
            Value::time(letter.at),
            Value::text(&letter.reason),
            Value::Bytes(Some(&letter.body)),
        ],
        Record::IdentityConflict(conflict) => vec![
            of,
            Value::text(conflict.id.as_str()),
            Value::text(conflict.identity.kind()),
            Value::text(conflict.identity.value()),
            Value::text(conflict.holder.as_str()),
            Value::text(conflict.claimant.as_str()),
            Value::time(conflict.at),
            Value::optional_time(conflict.resolved_at),
            version,
        ],
        Record::Consent(consent) => vec![
            of,
            Value::Bytes(Some(consent.person.as_bytes())),
            Value::text(consent.purpose.as_str()),
            Value::time(consent.at),
            version,
        ],
        Record::Progress(_) | Record::Job(_) => Vec::new(),
    }
}

fn message_row<'a>(of: Value<'a>, message: &'a StoredMessage, version: Value<'a>) -> Vec<Value<'a>> {
    let sending = message.sending.as_ref();
    vec![
        of,
        Value::text(message.id.as_str()),
        Value::text(message.conversation.as_str()),
        Value::text(message.direction.as_str()),
        Value::optional_text(message.wamid.as_ref().map(|wamid| wamid.as_str())),
        Value::time(message.at),
        Value::text(&message.kind),
        Value::optional_text(message.text.as_deref()),
        Value::optional_text(message.reply_to.as_ref().map(|wamid| wamid.as_str())),
        Value::Bytes(Some(&message.body)),
        Value::optional_text(sending.map(|sending| sending.state.as_str())),
        Value::Int(sending.map(|sending| sending.attempts.into())),
        Value::Int(sending.and_then(|sending| sending.error_code)),
        Value::optional_text(sending.and_then(|sending| sending.error.as_deref())),
        version,
    ]
}

/// A column that is what it must be.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(corrupt)
}

pub(super) fn text(row: &Row, column: usize) -> Result<String> {
    get(row, column).map(text::decode)
}

fn optional_text(row: &Row, column: usize) -> Result<Option<String>> {
    Ok(get::<Option<&str>>(row, column)?.map(text::decode))
}

fn identity(kind: &str, value: &str) -> Result<Identity> {
    Identity::from_parts(kind, &text::decode(value)).ok_or(StoreError::Corrupt("identity"))
}

fn time(row: &Row, column: usize) -> Result<Timestamp> {
    get(row, column).map(Timestamp::from_millis)
}

fn optional_time(row: &Row, column: usize) -> Result<Option<Timestamp>> {
    Ok(get::<Option<i64>>(row, column)?.map(Timestamp::from_millis))
}

/// A number that is never negative.
fn count(row: &Row, column: usize) -> Result<u64> {
    u64::try_from(get::<i64>(row, column)?).map_err(|_| StoreError::Corrupt("row"))
}

fn small(row: &Row, column: usize) -> Result<u32> {
    u32::try_from(get::<i64>(row, column)?).map_err(|_| StoreError::Corrupt("row"))
}
