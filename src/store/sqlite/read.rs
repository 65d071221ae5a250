//! Reading records.

use super::{
    connect::prepare,
    error::Failed,
    rows::{self, Table},
};
use crate::{
    id::TenantId,
    store::{Identity, Key, PageRequest, Query, Record, StoreError},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension as _, params_from_iter, types::Value};

/// Where the record at a key is: its table, the condition that finds it, and what that condition names from `?2` on.
pub(super) fn find(key: &Key) -> (Table, &'static str, Vec<Value>) {
    let text = |text: &str| Value::from(text.to_owned());
    match key {
        Key::Tenant => (rows::TENANTS, "true", vec![]),
        Key::Contact(id) => (rows::CONTACTS, "id = ?2", vec![text(id.as_str())]),
        Key::ContactOf(identity) => (
            rows::CONTACTS,
            "id = (SELECT contact_id FROM contact_identities WHERE tenant_id = ?1 AND kind = ?2 AND value = ?3)",
            vec![text(identity.kind()), text(identity.value())],
        ),
        Key::Conversation(id) => (rows::CONVERSATIONS, "id = ?2", vec![text(id.as_str())]),
        Key::ActiveConversation(number, contact) => (
            rows::CONVERSATIONS,
            "number_id = ?2 AND contact_id = ?3 AND state = 'active'",
            vec![text(number.as_str()), text(contact.as_str())],
        ),
        Key::Message(id) => (rows::MESSAGES, "id = ?2", vec![text(id.as_str())]),
        Key::MessageOf(wamid) => (rows::MESSAGES, "wamid = ?2", vec![text(wamid.as_str())]),
        Key::Progress(wamid) => (rows::PROGRESS, "wamid = ?2", vec![text(wamid.as_str())]),
        Key::Failure(wamid, at, code) => (
            rows::FAILURES,
            "wamid = ?2 AND at = ?3 AND code = ?4",
            vec![text(wamid.as_str()), at.as_millis().into(), (*code).into()],
        ),
        Key::DeadLetter(id) => (rows::DEAD_LETTERS, "id = ?2", vec![text(id.as_str())]),
        Key::IdentityConflict(id) => (rows::IDENTITY_CONFLICTS, "id = ?2", vec![text(id.as_str())]),
        Key::Consent(person, purpose) => (
            rows::CONSENTS,
            "person = ?2 AND purpose = ?3",
            vec![Value::Blob(person.as_bytes().to_vec()), text(purpose.as_str())],
        ),
        Key::Job(id) => (rows::JOBS, "id = ?2", vec![text(id.as_str())]),
    }
}

/// The record at `key`.
pub(super) fn get(connection: &Connection, tenant: &TenantId, key: &Key) -> Result<Option<Record>, Failed> {
    let (table, condition, values) = find(key);
    let Table { name, columns, read } = table;
    let sql = format!("SELECT {columns} FROM {name} WHERE tenant_id = ?1 AND {condition}");
    let values = std::iter::once(Value::from(tenant.to_string())).chain(values);
    let mut record = prepare(connection, &sql)?.query_row(params_from_iter(values), read).optional()?;
    if let Some(record) = &mut record {
        add_identities(connection, tenant, record)?;
    }
    Ok(record)
}

/// The records of a list behind a place, one more than the page may hold.
pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    query: &Query,
    page: &PageRequest,
    after: Option<&(Timestamp, String)>,
) -> Result<Vec<Record>, Failed> {
    let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX).saturating_add(1);
    let mut values = vec![Value::from(tenant.to_string()), query.list().1.into(), limit.into()];
    let (sql, read) = list_sql(query, page, after.is_some());
    if let Some((at, id)) = after {
        values.extend([at.as_millis().into(), id.clone().into()]);
    }
    let mut statement = prepare(connection, &sql)?;
    let rows = statement.query_map(params_from_iter(values), read)?;
    let mut records = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for record in &mut records {
        add_identities(connection, tenant, record)?;
    }
    Ok(records)
}

type Read = fn(&rusqlite::Row<'_>) -> rusqlite::Result<Record>;

/// Tenant `?1`, what narrows the list `?2`, limit `?3`, and the place to go on from `?4` and `?5`.
pub(super) fn list_sql(query: &Query, page: &PageRequest, goes_on: bool) -> (String, Read) {
    // A list that nothing narrows is told so by an empty text.
    let (table, narrow, at, id) = match query {
        Query::Contacts => (rows::CONTACTS, "?2 = ''", "created_at", "id"),
        Query::Conversations => (rows::CONVERSATIONS, "?2 = ''", "opened_at", "id"),
        Query::ConversationsWith(_) => (rows::CONVERSATIONS, "contact_id = ?2", "opened_at", "id"),
        Query::AllMessages => (rows::MESSAGES, "?2 = ''", "at", "id"),
        Query::Messages(_) => (rows::MESSAGES, "conversation_id = ?2", "at", "id"),
        Query::Failures(_) => (rows::FAILURES, "wamid = ?2", "at", "CAST(code AS TEXT)"),
        Query::DeadLetters => (rows::DEAD_LETTERS, "?2 = ''", "at", "id"),
        Query::IdentityConflicts => (rows::IDENTITY_CONFLICTS, "?2 = ''", "at", "id"),
        Query::Consents => (rows::CONSENTS, "?2 = ''", "at", "id"),
    };
    let (order, behind) = if page.is_oldest_first() { ("ASC", ">") } else { ("DESC", "<") };
    let place = if goes_on { format!("AND ({at}, {id}) {behind} (?4, ?5)") } else { String::new() };
    let Table { name, columns, read } = table;
    let sql = format!(
        "SELECT {columns} FROM {name} WHERE tenant_id = ?1 AND {narrow} {place} ORDER BY {at} {order}, {id} {order} LIMIT ?3"
    );
    (sql, read)
}

/// Reads the identities of a contact.
fn add_identities(connection: &Connection, tenant: &TenantId, record: &mut Record) -> Result<(), Failed> {
    let Record::Contact(contact) = record else { return Ok(()) };
    let sql = "SELECT kind, value FROM contact_identities WHERE tenant_id = ?1 AND contact_id = ?2 ORDER BY position";
    let mut statement = prepare(connection, sql)?;
    let mut rows = statement.query([tenant.as_str(), contact.id.as_str()])?;
    while let Some(row) = rows.next()? {
        let (kind, value): (String, String) = (row.get(0)?, row.get(1)?);
        let identity = Identity::from_parts(&kind, &value).ok_or(StoreError::Corrupt("identity"))?;
        contact.identities.push(identity);
    }
    Ok(())
}
