//! What is in the database, read by somebody who sees all tenants.

use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

/// A message with the conversation that it is in.
pub(super) struct Message {
    pub(super) tenant: String,
    pub(super) id: String,
    pub(super) conversation: String,
    pub(super) number: String,
    /// The person's phone number.
    pub(super) person: String,
    pub(super) is_inbound: bool,
    pub(super) wamid: Option<String>,
    pub(super) text: String,
    pub(super) state: Option<String>,
    pub(super) attempts: u32,
    /// Whether it is known since when Meta has it.
    pub(super) is_dated: bool,
}

pub(super) struct Conversation {
    pub(super) tenant: String,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) contact: String,
    pub(super) state: String,
    pub(super) is_assigned: bool,
    pub(super) unread: i64,
    /// How often the audit trail says that it was given to an agent.
    pub(super) assignments: i64,
}

pub(super) struct Records {
    pub(super) messages: Vec<Message>,
    pub(super) conversations: Vec<Conversation>,
    /// Tenant and Meta's id of what is known to be sent and delivered.
    pub(super) arrived: BTreeSet<(String, String)>,
    /// By tenant and metric, over all days.
    pub(super) usage: BTreeMap<(String, String), i64>,
    /// How many conversations the agents of each tenant have, by their own count.
    pub(super) load: BTreeMap<String, i64>,
    /// Of all tenants.
    pub(super) dead_letters: i64,
    pub(super) identity_conflicts: i64,
}

const MESSAGES: &str =
    "SELECT m.tenant_id, m.id, m.conversation_id, c.number_id, i.value, m.direction = 'inbound',
        m.wamid, coalesce(m.text, ''), m.send_state, coalesce(m.send_attempts, 0),
        p.accepted_at IS NOT NULL
    FROM whatsapp.messages AS m
        JOIN whatsapp.conversations AS c ON (c.tenant_id, c.id) = (m.tenant_id, m.conversation_id)
        JOIN whatsapp.contact_identities AS i
            ON (i.tenant_id, i.contact_id, i.kind) = (c.tenant_id, c.contact_id, 'phone')
        LEFT JOIN whatsapp.progress AS p ON (p.tenant_id, p.wamid) = (m.tenant_id, m.wamid)";

const CONVERSATIONS: &str =
    "SELECT c.tenant_id, c.id, c.number_id, c.contact_id, c.state, c.assignee_id IS NOT NULL, c.unread,
        (SELECT count(*) FROM whatsapp.audit AS a WHERE (a.tenant_id, a.subject_kind, a.subject_id, a.action)
            = (c.tenant_id, 'conversation', c.id, 'conversation.assigned'))
    FROM whatsapp.conversations AS c";

const ARRIVED: &str = "SELECT tenant_id, wamid FROM whatsapp.progress
    WHERE sent_at IS NOT NULL AND delivered_at IS NOT NULL";

const USAGE: &str =
    "SELECT tenant_id, metric, sum(count)::bigint FROM whatsapp.usage GROUP BY tenant_id, metric";

pub(super) async fn read(admin: &Client) -> Records {
    let messages = admin.query(MESSAGES, &[]).await.unwrap().into_iter().map(|row| Message {
        tenant: row.get(0),
        id: row.get(1),
        conversation: row.get(2),
        number: row.get(3),
        person: row.get(4),
        is_inbound: row.get(5),
        wamid: row.get(6),
        text: row.get(7),
        state: row.get(8),
        attempts: u32::try_from(row.get::<_, i64>(9)).unwrap(),
        is_dated: row.get(10),
    });
    let conversations = admin.query(CONVERSATIONS, &[]).await.unwrap().into_iter().map(|row| Conversation {
        tenant: row.get(0),
        id: row.get(1),
        number: row.get(2),
        contact: row.get(3),
        state: row.get(4),
        is_assigned: row.get(5),
        unread: row.get(6),
        assignments: row.get(7),
    });
    let arrived = admin.query(ARRIVED, &[]).await.unwrap();
    let arrived = arrived.into_iter().map(|row| (row.get(0), row.get(1)));
    let usage = admin.query(USAGE, &[]).await.unwrap();
    let usage = usage.into_iter().map(|row| ((row.get(0), row.get(1)), row.get(2)));
    let load = "SELECT tenant_id, sum(load)::bigint FROM whatsapp.agents GROUP BY tenant_id";
    let load = admin.query(load, &[]).await.unwrap().into_iter().map(|row| (row.get(0), row.get(1)));
    let count = async |table: &str| -> i64 {
        admin.query_one(&format!("SELECT count(*) FROM whatsapp.{table}"), &[]).await.unwrap().get(0)
    };
    Records {
        messages: messages.collect(),
        conversations: conversations.collect(),
        arrived: arrived.collect(),
        usage: usage.collect(),
        load: load.collect(),
        dead_letters: count("dead_letters").await,
        identity_conflicts: count("identity_conflicts").await,
    }
}
