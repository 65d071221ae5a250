//! Making a batch. Whoever has it made takes it back when it fails.

use super::{
    connect::prepare,
    error::{Failed, is_not_unique},
    jobs, read,
    touch::Touch,
};
use crate::{
    id::TenantId,
    store::{
        Applied, Change, Changes, Contact, Conversation, DeadLetter, DeliveryFailure, Expect, Fact,
        IdentityConflict, Key, Mark, OptOut, Record, StoreError, StoredMessage, Tenant,
    },
    time::Timestamp,
};
use rusqlite::{Connection, Params, params, params_from_iter, types::Value};
use std::time::Duration;

/// How long a mark is kept when it is over, for callers whose clock is behind.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

/// A batch that is being made.
struct Batch<'a> {
    connection: &'a Connection,
    tenant: &'a TenantId,
}

/// Makes all of `changes`. Whoever calls takes everything back if it fails.
pub(super) fn apply(
    connection: &Connection,
    tenant: &TenantId,
    changes: &Changes,
) -> Result<Applied, Failed> {
    changes.check(tenant)?;
    let batch = Batch { connection, tenant };
    let once = |change: &Change| match change {
        Change::Once { key, keep_until } => Some((*key, *keep_until)),
        _ => None,
    };
    let marks: Vec<(Mark, Timestamp)> = changes.list().iter().filter_map(once).collect();
    match marks.as_slice() {
        // As nearly always: setting it tells whether it was there.
        [(key, until)] => {
            if !batch.mark(*key, *until, changes.now())? {
                return Ok(Applied::Duplicate);
            }
        }
        marks => {
            for (key, _) in marks {
                if batch.is_marked(*key, changes.now())? {
                    return Ok(Applied::Duplicate);
                }
            }
            for (key, until) in marks {
                batch.mark(*key, *until, Timestamp::from_millis(i64::MAX))?;
            }
        }
    }
    let mut rest = changes.list();
    while let Some(change) = rest.first() {
        rest = batch.make(change, rest)?;
    }
    if !marks.is_empty() {
        batch.forget_marks(changes.now())?;
    }
    Ok(Applied::Done)
}

impl Batch<'_> {
    /// Makes `first`, which `changes` begin with, and gives those that are still to be made.
    fn make<'c>(&self, first: &'c Change, changes: &'c [Change]) -> Result<&'c [Change], Failed> {
        let tenant = self.tenant.as_str();
        match first {
            // Set before all else.
            Change::Once { .. } => {}
            Change::Put(record, expect) => self.put(record, *expect)?,
            Change::Delete(key, version) => self.delete(key, *version)?,
            Change::Earliest { message, fact, at } => {
                self.execute(earliest(*fact), params![tenant, message.as_str(), at.as_millis()])?;
            }
            Change::Latest { conversation, .. } | Change::Add { conversation, .. } => {
                let (touch, rest) = Touch::first_of(conversation, changes);
                touch.make(self.connection, self.tenant)?;
                return Ok(rest);
            }
            Change::Enqueue(job, lease) => jobs::enqueue(self.connection, self.tenant, job, lease.as_ref())?,
        }
        Ok(changes.get(1..).unwrap_or_default())
    }

    fn put(&self, record: &Record, expect: Expect) -> Result<(), Failed> {
        // A new record is written as if it had been in version 0.
        let expected = match expect {
            Expect::Absent => 0,
            Expect::Version(version) => {
                i64::try_from(version).map_err(|_| StoreError::Conflict(record.name()))?
            }
        };
        match (record, expect) {
            (Record::Tenant(tenant), _) => self.put_tenant(tenant, expect, expected),
            (Record::Contact(contact), _) => self.put_contact(contact, expect, expected),
            (Record::Conversation(conversation), _) => self.put_conversation(conversation, expect, expected),
            (Record::Message(message), _) => self.put_message(message, expect, expected),
            (Record::IdentityConflict(conflict), _) => self.put_conflict(conflict, expect, expected),
            (Record::OptOut(opt_out), _) => self.put_opt_out(opt_out, expect, expected),
            (Record::Failure(failure), Expect::Absent) => self.insert_failure(failure),
            (Record::DeadLetter(letter), Expect::Absent) => self.insert_dead_letter(letter),
            (Record::Failure(_) | Record::DeadLetter(_) | Record::Progress(_) | Record::Job(_), _) => {
                Err(StoreError::Refused("a record that cannot be put").into())
            }
        }
    }

    fn put_tenant(&self, tenant: &Tenant, expect: Expect, expected: i64) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO tenants (tenant_id, name, created_at, version) VALUES (?1, ?2, ?3, ?4 + 1)
                ON CONFLICT (tenant_id) DO NOTHING"
            }
            Expect::Version(_) => {
                "UPDATE tenants SET name = ?2, created_at = ?3, version = ?4 + 1 WHERE tenant_id = ?1 AND version = ?4"
            }
        };
        let params = params![self.tenant.as_str(), tenant.name, tenant.created_at.as_millis(), expected];
        found(self.execute(sql, params)?, "tenant")
    }

    fn put_contact(&self, contact: &Contact, expect: Expect, expected: i64) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO contacts (tenant_id, id, name, created_at, version) VALUES (?1, ?2, ?3, ?4, ?5 + 1)
                ON CONFLICT (tenant_id, id) DO NOTHING"
            }
            Expect::Version(_) => {
                "UPDATE contacts SET name = ?3, created_at = ?4, version = ?5 + 1
                WHERE tenant_id = ?1 AND id = ?2 AND version = ?5"
            }
        };
        let (tenant, id) = (self.tenant.as_str(), contact.id.as_str());
        found(
            self.execute(sql, params![tenant, id, contact.name, contact.created_at.as_millis(), expected])?,
            "contact",
        )?;
        if expect != Expect::Absent {
            self.execute(
                "DELETE FROM contact_identities WHERE tenant_id = ?1 AND contact_id = ?2",
                [tenant, id],
            )?;
        }
        let sql = "INSERT INTO contact_identities (tenant_id, kind, value, contact_id, position)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, kind, value) DO NOTHING";
        for (position, identity) in (0_i64..).zip(&contact.identities) {
            if self.execute(sql, params![tenant, identity.kind(), identity.value(), id, position])? == 0 {
                return Err(StoreError::NotUnique("identity").into());
            }
        }
        Ok(())
    }

    fn put_conversation(
        &self,
        conversation: &Conversation,
        expect: Expect,
        expected: i64,
    ) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO conversations (tenant_id, id, number_id, contact_id, state, opened_at, last_message_at,
                    last_inbound_at, unread, version)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 + 1)"
            }
            Expect::Version(_) => {
                "UPDATE conversations SET number_id = ?3, contact_id = ?4, state = ?5, opened_at = ?6,
                    last_message_at = ?7, last_inbound_at = ?8, unread = ?9, version = ?10 + 1
                WHERE tenant_id = ?1 AND id = ?2 AND version = ?10"
            }
        };
        let written = self.execute(
            sql,
            params![
                self.tenant.as_str(),
                conversation.id.as_str(),
                conversation.number.as_str(),
                conversation.contact.as_str(),
                conversation.state.as_str(),
                conversation.opened_at.as_millis(),
                conversation.last_message_at.as_millis(),
                conversation.last_inbound_at.map(Timestamp::as_millis),
                i64::try_from(conversation.unread).unwrap_or(i64::MAX),
                expected,
            ],
        );
        self.written(written, &Key::Conversation(conversation.id.clone()), expect, "active conversation")
    }

    fn put_message(&self, message: &StoredMessage, expect: Expect, expected: i64) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO messages (tenant_id, id, conversation_id, direction, wamid, at, kind, text, reply_to, body,
                    send_state, send_attempts, send_error_code, send_error, version)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 + 1)"
            }
            Expect::Version(_) => {
                "UPDATE messages SET conversation_id = ?3, direction = ?4, wamid = ?5, at = ?6, kind = ?7, text = ?8,
                    reply_to = ?9, body = ?10, send_state = ?11, send_attempts = ?12, send_error_code = ?13,
                    send_error = ?14, version = ?15 + 1
                WHERE tenant_id = ?1 AND id = ?2 AND version = ?15"
            }
        };
        let sending = message.sending.as_ref();
        let written = self.execute(
            sql,
            params![
                self.tenant.as_str(),
                message.id.as_str(),
                message.conversation.as_str(),
                message.direction.as_str(),
                message.wamid.as_ref().map(|wamid| wamid.as_str()),
                message.at.as_millis(),
                message.kind,
                message.text,
                message.reply_to.as_ref().map(|wamid| wamid.as_str()),
                message.body,
                sending.map(|sending| sending.state.as_str()),
                sending.map(|sending| sending.attempts),
                sending.and_then(|sending| sending.error_code),
                sending.and_then(|sending| sending.error.as_deref()),
                expected,
            ],
        );
        self.written(written, &Key::Message(message.id.clone()), expect, "message id")
    }

    fn insert_failure(&self, failure: &DeliveryFailure) -> Result<(), Failed> {
        let sql = "INSERT INTO failures (tenant_id, wamid, at, code, title) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (tenant_id, wamid, at, code) DO NOTHING";
        let (tenant, wamid) = (self.tenant.as_str(), failure.message.as_str());
        found(
            self.execute(sql, params![tenant, wamid, failure.at.as_millis(), failure.code, failure.title])?,
            "failure",
        )
    }

    fn insert_dead_letter(&self, letter: &DeadLetter) -> Result<(), Failed> {
        let sql = "INSERT INTO dead_letters (tenant_id, id, at, reason, body) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (tenant_id, id) DO NOTHING";
        let (tenant, id) = (self.tenant.as_str(), letter.id.as_str());
        found(
            self.execute(sql, params![tenant, id, letter.at.as_millis(), letter.reason, letter.body])?,
            "dead letter",
        )
    }

    fn put_conflict(&self, conflict: &IdentityConflict, expect: Expect, expected: i64) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO identity_conflicts (tenant_id, id, kind, value, holder_id, claimant_id, at, resolved_at,
                    version)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 + 1) ON CONFLICT (tenant_id, id) DO NOTHING"
            }
            Expect::Version(_) => {
                "UPDATE identity_conflicts SET kind = ?3, value = ?4, holder_id = ?5, claimant_id = ?6, at = ?7,
                    resolved_at = ?8, version = ?9 + 1
                WHERE tenant_id = ?1 AND id = ?2 AND version = ?9"
            }
        };
        let params = params![
            self.tenant.as_str(),
            conflict.id.as_str(),
            conflict.identity.kind(),
            conflict.identity.value(),
            conflict.holder.as_str(),
            conflict.claimant.as_str(),
            conflict.at.as_millis(),
            conflict.resolved_at.map(Timestamp::as_millis),
            expected,
        ];
        found(self.execute(sql, params)?, "identity conflict")
    }

    fn put_opt_out(&self, opt_out: &OptOut, expect: Expect, expected: i64) -> Result<(), Failed> {
        let sql = match expect {
            Expect::Absent => {
                "INSERT INTO opt_outs (tenant_id, person, purpose, at, version) VALUES (?1, ?2, ?3, ?4, ?5 + 1)
                ON CONFLICT (tenant_id, person, purpose) DO NOTHING"
            }
            Expect::Version(_) => {
                "UPDATE opt_outs SET at = ?4, version = ?5 + 1
                WHERE tenant_id = ?1 AND person = ?2 AND purpose = ?3 AND version = ?5"
            }
        };
        let (person, purpose) = (opt_out.person.as_bytes(), opt_out.purpose.as_str());
        let params = params![self.tenant.as_str(), person, purpose, opt_out.at.as_millis(), expected];
        found(self.execute(sql, params)?, "opt-out")
    }

    fn delete(&self, key: &Key, version: u64) -> Result<(), Failed> {
        let conflict = StoreError::Conflict(key.name());
        let version = i64::try_from(version).map_err(|_| conflict.clone())?;
        let (table, condition, mut values) = read::find(key);
        values.insert(0, Value::from(self.tenant.to_string()));
        let name = table.name;
        let mut sql = format!("DELETE FROM {name} WHERE tenant_id = ?1 AND {condition}");
        if table.columns.contains("version") {
            values.push(version.into());
            sql += &format!(" AND version = ?{}", values.len());
        } else if version != 1 {
            return Err(conflict.into());
        }
        match key {
            Key::Job(id) => jobs::delete(self.connection, self.tenant, id),
            _ => found(self.execute(&sql, params_from_iter(values))?, key.name()),
        }
    }

    /// Sets a mark unless there is one that is good for longer than until `over`; gives whether it did.
    fn mark(&self, key: Mark, until: Timestamp, over: Timestamp) -> Result<bool, Failed> {
        let sql = "INSERT INTO once_marks (tenant_id, key, keep_until) VALUES (?1, ?2, ?3)
            ON CONFLICT (tenant_id, key) DO UPDATE SET keep_until = max(keep_until, ?3) WHERE keep_until <= ?4";
        let (until, over) = (until.as_millis(), over.as_millis());
        Ok(self.execute(sql, params![self.tenant.as_str(), key.as_bytes(), until, over])? > 0)
    }

    fn is_marked(&self, key: Mark, now: Timestamp) -> Result<bool, Failed> {
        let sql = "SELECT 1 FROM once_marks WHERE tenant_id = ?1 AND key = ?2 AND keep_until > ?3";
        let params = params![self.tenant.as_str(), key.as_bytes(), now.as_millis()];
        Ok(prepare(self.connection, sql)?.exists(params)?)
    }

    /// Forgets a few of the marks that are long over: more than one batch makes on average, so that they do not pile up.
    fn forget_marks(&self, now: Timestamp) -> Result<(), Failed> {
        // Two statements, as one would make a table of its own for what is nearly always nothing.
        let sql =
            "SELECT key FROM once_marks WHERE tenant_id = ?1 AND keep_until < ?2 ORDER BY keep_until LIMIT 4";
        let mut statement = prepare(self.connection, sql)?;
        let over = params![self.tenant.as_str(), (now - FORGET_AFTER).as_millis()];
        let keys = statement.query_map(over, |row| row.get::<_, Value>(0))?;
        for key in keys.collect::<rusqlite::Result<Vec<_>>>()? {
            self.execute(
                "DELETE FROM once_marks WHERE tenant_id = ?1 AND key = ?2",
                params![self.tenant.as_str(), key],
            )?;
        }
        Ok(())
    }

    /// What it means that so many rows were written, or none because of a uniqueness rule: the record at `key` is not as
    /// expected, or else another has `what` already.
    fn written(
        &self,
        written: rusqlite::Result<usize>,
        key: &Key,
        expect: Expect,
        what: &'static str,
    ) -> Result<(), Failed> {
        match written {
            Err(error) if is_not_unique(&error) => {
                let is_there =
                    expect == Expect::Absent && read::get(self.connection, self.tenant, key)?.is_some();
                found(usize::from(!is_there), key.name())?;
                Err(StoreError::NotUnique(what).into())
            }
            written => found(written?, key.name()),
        }
    }

    /// Executes a statement and gives how many rows it wrote.
    fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        prepare(self.connection, sql)?.execute(params)
    }
}

/// A conflict over a record if no row was written.
fn found(written: usize, name: &'static str) -> Result<(), Failed> {
    if written == 0 { Err(StoreError::Conflict(name).into()) } else { Ok(()) }
}

/// Keeps the earlier of two times of a fact: tenant `?1`, message `?2`, time `?3`.
fn earliest(fact: Fact) -> &'static str {
    macro_rules! earliest {
        ($column:literal) => {
            concat!(
                "INSERT INTO progress (tenant_id, wamid, ",
                $column,
                ") VALUES (?1, ?2, ?3)
                ON CONFLICT (tenant_id, wamid) DO UPDATE SET ",
                $column,
                " = min(coalesce(",
                $column,
                ", ?3), ?3)"
            )
        };
    }
    match fact {
        Fact::Accepted => earliest!("accepted_at"),
        Fact::Sent => earliest!("sent_at"),
        Fact::Delivered => earliest!("delivered_at"),
        Fact::Read => earliest!("read_at"),
        Fact::Played => earliest!("played_at"),
        Fact::Failed => earliest!("failed_at"),
    }
}
