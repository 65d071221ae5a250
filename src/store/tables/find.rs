//! Where the record at a key is, and the records of a list.

use super::{Table, Value};
use crate::store::{Key, PageRequest, Query};

/// The table of a key, the condition that finds the record `t` in it, and what that condition names from `$2` on. `$1` is the
/// tenant.
pub(in crate::store) fn find(key: &Key) -> (Table, &'static str, Vec<Value<'_>>) {
    let text = Value::text;
    match key {
        Key::Tenant => (Table::Tenants, "true", vec![]),
        Key::Contact(id) => (Table::Contacts, "t.id = $2", vec![text(id.as_str())]),
        Key::ContactOf(identity) => (
            Table::Contacts,
            "t.id = (SELECT contact_id FROM contact_identities WHERE tenant_id = $1 AND kind = $2 AND value = $3)",
            vec![text(identity.kind()), text(identity.value())],
        ),
        Key::Conversation(id) => (Table::Conversations, "t.id = $2", vec![text(id.as_str())]),
        Key::ActiveConversation(number, contact) => (
            Table::Conversations,
            "t.number_id = $2 AND t.contact_id = $3 AND t.state = 'active'",
            vec![text(number.as_str()), text(contact.as_str())],
        ),
        Key::Tag(conversation, name) => (
            Table::Tags,
            "t.conversation_id = $2 AND t.name = $3",
            vec![text(conversation.as_str()), text(name)],
        ),
        Key::Message(id) => (Table::Messages, "t.id = $2", vec![text(id.as_str())]),
        Key::MessageOf(wamid) => (Table::Messages, "t.wamid = $2", vec![text(wamid.as_str())]),
        Key::Media(message) => (Table::Media, "t.message_id = $2", vec![text(message.as_str())]),
        Key::Progress(wamid) => (Table::Progress, "t.wamid = $2", vec![text(wamid.as_str())]),
        Key::Failure(wamid, at, code) => (
            Table::Failures,
            "t.wamid = $2 AND t.at = $3 AND t.code = $4",
            vec![text(wamid.as_str()), Value::time(*at), (*code).into()],
        ),
        Key::DeadLetter(id) => (Table::DeadLetters, "t.id = $2", vec![text(id.as_str())]),
        Key::IdentityConflict(id) => (Table::IdentityConflicts, "t.id = $2", vec![text(id.as_str())]),
        Key::Consent(person, purpose) => (
            Table::Consents,
            "t.person = $2 AND t.purpose = $3",
            vec![Value::Bytes(Some(person.as_bytes())), text(purpose.as_str())],
        ),
        Key::Agent(id) => (Table::Agents, "t.id = $2", vec![text(id.as_str())]),
        Key::Template(id) => (Table::Templates, "t.id = $2", vec![text(id.as_str())]),
        Key::TemplateOf(account, name, language) => (
            Table::Templates,
            "t.account_id = $2 AND t.name = $3 AND t.language = $4",
            vec![text(account.as_str()), text(name), text(language)],
        ),
        Key::TemplateVersion(template, number) => (
            Table::TemplateVersions,
            "t.template_id = $2 AND t.number = $3",
            vec![text(template.as_str()), i64::from(*number).into()],
        ),
        Key::Audit(id) => (Table::Audit, "t.id = $2", vec![text(id.as_str())]),
        Key::Usage(day, metric) => {
            (Table::Usage, "t.day = $2 AND t.metric = $3", vec![Value::time(*day), text(metric)])
        }
        Key::Job(id) => (Table::Jobs, "t.id = $2", vec![text(id.as_str())]),
    }
}

/// The records of a list.
pub(in crate::store) struct List<'a> {
    pub(in crate::store) table: Table,
    /// What narrows the list, which names `values` from `$3` on.
    narrow: &'static str,
    pub(in crate::store) values: Vec<Value<'a>>,
    /// The columns by which it is ordered.
    order: (&'static str, &'static str),
}

/// Which records `query` asks for.
pub(in crate::store) fn list(query: &Query) -> List<'_> {
    const AT: (&str, &str) = ("at", "id");
    const OPENED: (&str, &str) = ("opened_at", "id");
    const CREATED: (&str, &str) = ("created_at", "id");
    let text = Value::text;
    let all = |table, order| List { table, narrow: "", values: vec![], order };
    let some = |table, narrow, value, order| List { table, narrow, values: vec![value], order };
    match query {
        Query::Contacts => all(Table::Contacts, CREATED),
        Query::MergedInto(contact) => {
            some(Table::Contacts, "AND t.merged_into = $3", text(contact.as_str()), CREATED)
        }
        Query::Conversations => all(Table::Conversations, OPENED),
        Query::ConversationsWith(contact) => {
            some(Table::Conversations, "AND t.contact_id = $3", text(contact.as_str()), OPENED)
        }
        Query::ConversationsIn(state) => {
            some(Table::Conversations, "AND t.state = $3", text(state.as_str()), OPENED)
        }
        Query::ConversationsOf(agent) => {
            some(Table::Conversations, "AND t.assignee_id = $3", text(agent.as_str()), OPENED)
        }
        Query::Unassigned => List {
            narrow: "AND t.state = 'active' AND t.assignee_id IS NULL",
            ..all(Table::Conversations, OPENED)
        },
        Query::Waiting => List {
            narrow: "AND t.waiting_since IS NOT NULL",
            ..all(Table::Conversations, ("waiting_since", "id"))
        },
        Query::ConversationsOfCustomer(customer) => {
            some(Table::Conversations, "AND t.customer_id = $3", text(customer.as_str()), OPENED)
        }
        Query::ConversationsOfLead(lead) => {
            some(Table::Conversations, "AND t.lead_id = $3", text(lead.as_str()), OPENED)
        }
        Query::Tagged(name) => some(Table::Tags, "AND t.name = $3", text(name), AT),
        Query::TagsOf(conversation) => {
            some(Table::Tags, "AND t.conversation_id = $3", text(conversation.as_str()), AT)
        }
        Query::Messages(conversation) => {
            some(Table::Messages, "AND t.conversation_id = $3", text(conversation.as_str()), AT)
        }
        Query::AllMessages => all(Table::Messages, AT),
        Query::Failures(wamid) => some(Table::Failures, "AND t.wamid = $3", text(wamid.as_str()), AT),
        Query::DeadLetters => all(Table::DeadLetters, AT),
        Query::IdentityConflicts => all(Table::IdentityConflicts, AT),
        Query::Consents => all(Table::Consents, AT),
        Query::Agents => all(Table::Agents, CREATED),
        Query::Templates => all(Table::Templates, CREATED),
        Query::TemplateVersions(template) => {
            some(Table::TemplateVersions, "AND t.template_id = $3", text(template.as_str()), AT)
        }
        Query::VersionsIn(approval) => {
            some(Table::TemplateVersions, "AND t.approval = $3", text(approval.as_str()), AT)
        }
        Query::Audit => all(Table::Audit, AT),
        Query::AuditOf(subject) => List {
            narrow: "AND t.subject_kind = $3 AND t.subject_id = $4",
            values: vec![text(subject.kind.as_str()), text(&subject.id)],
            ..all(Table::Audit, AT)
        },
        Query::Usage => all(Table::Usage, ("day", "metric")),
    }
}

impl List<'_> {
    /// Selects a page: tenant `$1`, limit `$2`, what narrows the list, and then the place to go on from if there is one.
    pub(in crate::store) fn sql(&self, select: &str, page: &PageRequest, goes_on: bool) -> String {
        let (name, narrow, (at, id)) = (self.table.name(), self.narrow, self.order);
        let (order, behind) = if page.is_oldest_first() { ("ASC", ">") } else { ("DESC", "<") };
        let n = self.values.len() + 3;
        let place =
            if goes_on { format!("AND (t.{at}, t.{id}) {behind} (${n}, ${})", n + 1) } else { String::new() };
        format!(
            "SELECT {select} FROM {name} AS t WHERE t.tenant_id = $1 {narrow} {place} ORDER BY t.{at} {order}, t.{id} {order} LIMIT $2"
        )
    }
}
