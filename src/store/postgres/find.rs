//! Where the record at a key is.

use super::{
    rows::{self, Table},
    value::Value,
};
use crate::store::Key;

/// The table of a key, the condition that finds the record `t` in it, and what that condition names from `$2` on. `$1` is the
/// tenant.
pub(super) fn find(key: &Key) -> (&'static Table, &'static str, Vec<Value<'_>>) {
    let text = Value::text;
    match key {
        Key::Tenant => (&rows::TENANTS, "true", vec![]),
        Key::Contact(id) => (&rows::CONTACTS, "t.id = $2", vec![text(id.as_str())]),
        Key::ContactOf(identity) => (
            &rows::CONTACTS,
            "t.id = (SELECT contact_id FROM contact_identities WHERE tenant_id = $1 AND kind = $2 AND value = $3)",
            vec![text(identity.kind()), text(identity.value())],
        ),
        Key::Conversation(id) => (&rows::CONVERSATIONS, "t.id = $2", vec![text(id.as_str())]),
        Key::ActiveConversation(number, contact) => (
            &rows::CONVERSATIONS,
            "t.number_id = $2 AND t.contact_id = $3 AND t.state = 'active'",
            vec![text(number.as_str()), text(contact.as_str())],
        ),
        Key::Message(id) => (&rows::MESSAGES, "t.id = $2", vec![text(id.as_str())]),
        Key::MessageOf(wamid) => (&rows::MESSAGES, "t.wamid = $2", vec![text(wamid.as_str())]),
        Key::Progress(wamid) => (&rows::PROGRESS, "t.wamid = $2", vec![text(wamid.as_str())]),
        Key::Failure(wamid, at, code) => (
            &rows::FAILURES,
            "t.wamid = $2 AND t.at = $3 AND t.code = $4",
            vec![text(wamid.as_str()), Value::time(*at), Value::from(*code)],
        ),
        Key::DeadLetter(id) => (&rows::DEAD_LETTERS, "t.id = $2", vec![text(id.as_str())]),
        Key::IdentityConflict(id) => (&rows::IDENTITY_CONFLICTS, "t.id = $2", vec![text(id.as_str())]),
        Key::Consent(person, purpose) => (
            &rows::CONSENTS,
            "t.person = $2 AND t.purpose = $3",
            vec![Value::Bytes(Some(person.as_bytes())), text(purpose.as_str())],
        ),
        Key::Job(id) => (&rows::JOBS, "t.id = $2", vec![text(id.as_str())]),
    }
}
