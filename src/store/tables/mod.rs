//! The tables of stores in SQL: which column keeps which field of a record, and where the record at a key is.
//!
//! The databases have the same tables with the same columns, so what is said here holds for all of them. How values go in and
//! out is their own affair.

mod column;
mod find;

pub(super) use column::{Columns, Row, Value};
pub(super) use find::{find, list};

use crate::{
    id::TenantId,
    store::{
        Agent, AuditEntry, Consent, Contact, Conversation, DeadLetter, DeliveryFailure, IdentityConflict,
        Job, Progress, Record, Result, StoredMedia, StoredMessage, StoredTemplate, Tag, TemplateVersion,
        Tenant, Usage,
    },
};

/// Defines the tables: each with its name, the record it is of, what that is called in errors, how many columns are its key
/// beside the tenant, and the columns behind that of the tenant: the key first, the version last if there is one.
///
/// Fields behind a semicolon are not among the columns; a function says where they come from.
macro_rules! tables {
    ($($table:ident = $name:literal: $record:ident($type:ident), $what:literal, key of $key:literal {
        $($field:ident: $($column:literal)+),+ $(; $apart:ident = $source:path)?
    })+) => {
        /// A table. In this order they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Table {
            $($table),+
        }

        impl Table {
            #[cfg(feature = "sqlite")]
            pub(super) const ALL: &'static [Self] = &[$(Self::$table),+];

            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$table => $name),+
                }
            }

            /// What a record of it is called in errors.
            pub(super) fn record(self) -> &'static str {
                match self {
                    $(Self::$table => $what),+
                }
            }

            /// How many columns are its key beside the tenant.
            pub(super) fn key(self) -> usize {
                match self {
                    $(Self::$table => $key),+
                }
            }

            /// The columns, but for that of the tenant.
            pub(super) fn columns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$table => &[$($($column),+),+]),+
                }
            }

            /// What [`read`](Self::read) expects: the columns, and the tenant.
            pub(super) fn select(self) -> &'static str {
                match self {
                    $(Self::$table => concat!($($($column, ", ",)+)+ "tenant_id")),+
                }
            }

            /// The table of a record.
            pub(super) fn of(record: &Record) -> Self {
                match record {
                    $(Record::$record(_) => Self::$table),+
                }
            }

            /// The record in a row.
            pub(super) fn read<'r>(self, row: &mut impl Row<'r>) -> Result<Record> {
                match self {
                    $(Self::$table => $type::read(row).map(Record::$record)),+
                }
            }
        }

        /// What the columns of a record are to hold.
        fn write<'a>(record: &'a Record, row: &mut Vec<Value<'a>>) {
            match record {
                $(Record::$record(record) => record.write(row)),+
            }
        }

        $(impl Columns for $type {
            fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
                $(self.$field.write(row);)+
            }

            fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
                // Fields are read in the order in which they stand here.
                Ok(Self { $($field: Columns::read(row)?,)+ $($apart: $source(row)?)? })
            }
        })+
    };
}

tables! {
    Tenants = "tenants": Tenant(Tenant), "tenant", key of 0 {
        name: "name", created_at: "created_at", version: "version"; id = TenantId::read
    }
    Contacts = "contacts": Contact(Contact), "contact", key of 1 {
        id: "id", name: "name", merged_into: "merged_into", created_at: "created_at", version: "version";
        identities = in_a_table_of_their_own
    }
    Conversations = "conversations": Conversation(Conversation), "conversation", key of 1 {
        id: "id",
        number: "number_id",
        contact: "contact_id",
        state: "state",
        opened_at: "opened_at",
        last_message_at: "last_message_at",
        last_inbound_at: "last_inbound_at",
        unread: "unread",
        closed_at: "closed_at",
        assignee: "assignee_id",
        assigned_at: "assigned_at",
        waiting_since: "waiting_since",
        customer: "customer_id",
        lead: "lead_id",
        context: "context",
        version: "version"
    }
    Tags = "tags": Tag(Tag), "tag", key of 2 {
        conversation: "conversation_id", name: "name", at: "at"
    }
    Messages = "messages": Message(StoredMessage), "message", key of 1 {
        id: "id",
        conversation: "conversation_id",
        direction: "direction",
        wamid: "wamid",
        at: "at",
        kind: "kind",
        text: "text",
        reply_to: "reply_to",
        body: "body",
        sending: "send_state" "send_attempts" "send_error_code" "send_error" "send_attempted_at",
        version: "version"
    }
    Media = "media": Media(StoredMedia), "media", key of 1 {
        message: "message_id",
        media: "media_id",
        state: "state",
        mime: "mime",
        sha256: "sha256",
        size: "size",
        location: "location",
        error: "error",
        at: "at",
        version: "version"
    }
    Progress = "progress": Progress(Progress), "progress", key of 1 {
        message: "wamid",
        accepted_at: "accepted_at",
        sent_at: "sent_at",
        delivered_at: "delivered_at",
        read_at: "read_at",
        played_at: "played_at",
        failed_at: "failed_at"
    }
    Failures = "failures": Failure(DeliveryFailure), "failure", key of 3 {
        message: "wamid", at: "at", code: "code", title: "title"
    }
    DeadLetters = "dead_letters": DeadLetter(DeadLetter), "dead letter", key of 1 {
        id: "id", at: "at", reason: "reason", body: "body"
    }
    IdentityConflicts = "identity_conflicts": IdentityConflict(IdentityConflict), "identity conflict", key of 1 {
        id: "id",
        identity: "kind" "value",
        holder: "holder_id",
        claimant: "claimant_id",
        at: "at",
        resolved_at: "resolved_at",
        version: "version"
    }
    Consents = "consents": Consent(Consent), "consent", key of 2 {
        person: "person", purpose: "purpose", state: "state", source: "source", at: "at", version: "version"
    }
    Agents = "agents": Agent(Agent), "agent", key of 1 {
        id: "id",
        name: "name",
        skills: "skills",
        languages: "languages",
        capacity: "capacity",
        load: "load",
        presence: "presence",
        assigned_at: "assigned_at",
        created_at: "created_at",
        version: "version"
    }
    Templates = "templates": Template(StoredTemplate), "template", key of 1 {
        id: "id",
        account: "account_id",
        name: "name",
        language: "language",
        latest: "latest",
        at_meta: "at_meta",
        template: "template_id",
        status: "status",
        status_at: "status_at",
        status_told_at: "status_told_at",
        rejection: "rejection",
        category: "category",
        category_told_at: "category_told_at",
        quality: "quality",
        quality_told_at: "quality_told_at",
        missing_since: "missing_since",
        last_attempt_at: "last_attempt_at",
        last_success_at: "last_success_at",
        last_error: "last_error",
        edits: "edits",
        created_at: "created_at",
        version: "version"
    }
    TemplateVersions = "template_versions": TemplateVersion(TemplateVersion), "template version", key of 2 {
        template: "template_id",
        number: "number",
        definition: "definition",
        author: "author",
        at: "at",
        approval: "approval",
        decided_by: "decided_by",
        decided_at: "decided_at",
        reason: "reason",
        version: "version"
    }
    Audit = "audit": Audit(AuditEntry), "audit entry", key of 1 {
        id: "id", at: "at", subject: "subject_kind" "subject_id", actor: "actor", action: "action", detail: "detail"
    }
    Usage = "usage": Usage(Usage), "usage", key of 2 {
        day: "day", metric: "metric", count: "count"
    }
    Jobs = "jobs": Job(Job), "job", key of 1 {
        id: "id", kind: "kind", group: "group_name", due: "due", attempts: "attempts", payload: "payload"
    }
}

impl Table {
    pub(super) fn is_versioned(self) -> bool {
        self.columns().last() == Some(&"version")
    }

    /// The columns of the key, the tenant's first.
    #[cfg(feature = "sqlite")]
    pub(super) fn key_columns(self) -> impl Iterator<Item = &'static str> {
        std::iter::once("tenant_id").chain(self.columns().iter().copied().take(self.key()))
    }
}

/// The row of a record that is to be kept in a version: the tenant and then the columns of its table.
pub(super) fn row<'a>(tenant: &'a TenantId, record: &'a Record, version: i64) -> Vec<Value<'a>> {
    let table = Table::of(record);
    let mut row = Vec::with_capacity(table.columns().len() + 1);
    row.push(Value::text(tenant.as_str()));
    write(record, &mut row);
    if table.is_versioned()
        && let Some(last) = row.last_mut()
    {
        *last = version.into();
    }
    row
}

/// The identities of a contact, which whoever reads it adds.
fn in_a_table_of_their_own<'r, T: Default>(_: &mut impl Row<'r>) -> Result<T> {
    Ok(T::default())
}
