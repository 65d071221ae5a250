//! Changes of a conversation that come one after the other, as they do with every message: one statement makes them all.

use super::{connect::prepare, error::Failed};
use crate::{
    id::TenantId,
    store::{Change, ConversationId, ConversationTime, StoreError},
    time::Timestamp,
};
use rusqlite::{Connection, params};

/// What some changes do to a conversation together.
pub(super) struct Touch<'a> {
    conversation: &'a ConversationId,
    last_message: Option<Timestamp>,
    last_inbound: Option<Timestamp>,
    unread: Option<i64>,
    /// How many changes they are: each raises the version.
    count: i64,
}

impl<'a> Touch<'a> {
    /// The changes of `conversation` that `changes` begin with, and those that follow.
    pub(super) fn first_of(
        conversation: &'a ConversationId,
        mut changes: &'a [Change],
    ) -> (Self, &'a [Change]) {
        let mut touch = Self { conversation, last_message: None, last_inbound: None, unread: None, count: 0 };
        while let Some((change, rest)) = changes.split_first() {
            if !touch.add(change) {
                break;
            }
            touch.count += 1;
            changes = rest;
        }
        (touch, changes)
    }

    /// Takes a change in, if it can be made together with the others.
    fn add(&mut self, change: &Change) -> bool {
        match change {
            Change::Latest { conversation, time, at } if conversation == self.conversation => {
                let latest = match time {
                    ConversationTime::LastMessage => &mut self.last_message,
                    ConversationTime::LastInbound => &mut self.last_inbound,
                };
                *latest = (*latest).max(Some(*at));
                true
            }
            // Of two, the first may stop at zero, so that they are not their sum.
            Change::Add { conversation, unread } if conversation == self.conversation => {
                self.unread.is_none() && self.unread.replace(*unread).is_none()
            }
            _ => false,
        }
    }

    pub(super) fn make(&self, connection: &Connection, tenant: &TenantId) -> Result<(), Failed> {
        // SQLite would turn a sum that is too large into a floating-point number. Its `max` of NULL and a time is NULL.
        let sql = "UPDATE conversations SET version = version + ?3,
                last_message_at = max(last_message_at, coalesce(?4, last_message_at)),
                last_inbound_at = coalesce(max(last_inbound_at, ?5), last_inbound_at, ?5),
                unread = CASE WHEN ?6 > 0 AND unread > ?7 - ?6 THEN ?7 ELSE max(unread + ?6, 0) END
            WHERE tenant_id = ?1 AND id = ?2 AND (?8 OR state = 'active')";
        let found = prepare(connection, sql)?.execute(params![
            tenant.as_str(),
            self.conversation.as_str(),
            self.count,
            self.last_message.map(Timestamp::as_millis),
            self.last_inbound.map(Timestamp::as_millis),
            self.unread.unwrap_or(0),
            i64::MAX,
            self.unread.is_none(),
        ])?;
        if found == 0 { Err(StoreError::Conflict("conversation").into()) } else { Ok(()) }
    }
}
