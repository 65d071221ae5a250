//! The one way to change a store.

use crate::{
    id::{MessageId, TenantId},
    store::{ConversationId, Identity, Job, Key, LeaseToken, Mark, Record, StoreError},
    time::Timestamp,
};
use std::collections::BTreeSet;

/// A batch of changes that are made together or not at all.
///
/// ```
/// use whatsapp_business::{store::{Change, Changes, Expect, Tenant}, time::Timestamp};
/// let now = Timestamp::now();
/// let changes = Changes::at(now)
///     .once("msg:wamid.A", now + std::time::Duration::from_secs(8 * 86_400))
///     .insert(Tenant::new("acme", "Acme Solar", now));
/// assert_eq!(changes.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Changes {
    now: Timestamp,
    list: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// Marks `key` as seen until `keep_until`. If it is marked already (and that mark's time is after the batch's now),
    /// the whole batch is a no-op and [`Applied::Duplicate`] comes back.
    ///
    /// All marks of a batch are looked at before any other change, wherever they stand in it: a batch that is repeated
    /// is a duplicate, not a conflict with what it wrote itself. The same key twice in one batch counts once, for the longer
    /// of its times.
    ///
    /// A mark that is over is good for nothing, and stores forget it some time later: a few with each batch that makes new
    /// ones, so that no batch waits for many.
    Once {
        /// What must happen once: the mark of a text such as `msg:wamid.…`.
        key: Mark,
        /// When the mark may be forgotten.
        keep_until: Timestamp,
    },
    /// Writes a record whole, if the one that is there is as expected. The version of what is written is set by the
    /// store: 1 for a new record, else one more than was expected.
    ///
    /// The expectation is looked at before uniqueness. Whether other records that it names exist is not looked at.
    ///
    /// Some records cannot be put, and the batch is [refused](StoreError::Refused): jobs, progress and usage, which have
    /// changes of their own; a failure, a dead letter, a tag or an entry of the audit trail over an older one; the record of another tenant; a contact that
    /// has an identity twice; a conversation with more than `i64::MAX` unread messages or a file with more bytes than that.
    Put(Box<Record>, Expect),
    /// Removes the record at a key, if it is in the version expected, and nothing else: what refers to it stays. What
    /// was unique about it is free again. A job that is removed while it is leased is lost to its holder.
    Delete(Key, u64),
    /// Notes that a fact about a sent message was true at a time; the earliest time told is kept. The message need not be
    /// known yet.
    Earliest {
        /// Meta's id of the message.
        message: MessageId,
        /// What was true.
        fact: Fact,
        /// When.
        at: Timestamp,
    },
    /// Moves a time of a conversation forward, never back, and raises the conversation's version even if the time stays.
    Latest {
        /// Which conversation; it is a [conflict](StoreError::Conflict) if there is none.
        conversation: ConversationId,
        /// Which of its times.
        time: ConversationTime,
        /// To when.
        at: Timestamp,
    },
    /// Adds to an active conversation's count of unread messages (negative to take away; it stops at zero and at
    /// `i64::MAX`), and raises the conversation's version even if the count stays.
    ///
    /// What comes with it, such as the message itself, is in a conversation that somebody looks at: one that was closed
    /// meanwhile is a conflict.
    Add {
        /// Which conversation; it is a [conflict](StoreError::Conflict) if there is none, or it is not active.
        conversation: ConversationId,
        /// How many; zero where the conversation only has to be active.
        unread: i64,
    },
    /// Adds to what a tenant used of something on a day; the count stops at [`Usage::MAX_COUNT`](crate::store::Usage::MAX_COUNT).
    Count {
        /// The day: any moment of it, in UTC.
        at: Timestamp,
        /// What is counted.
        metric: String,
        /// How much more.
        by: u64,
    },
    /// Adds a job at the end of its group; it is a [conflict](StoreError::Conflict) if there is a job with this id.
    ///
    /// With a lease, it begins its life leased under that token until that time and claimed once more, so that whoever
    /// enqueued it can do it at once. It does not wait then for jobs of its group that are there already; they wait for it.
    Enqueue(Job, Option<(LeaseToken, Timestamp)>),
}

/// What a [`Change::Put`] expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect {
    /// No record with this key.
    Absent,
    /// The record in this version.
    Version(u64),
}

/// What can be known of a sent message's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fact {
    /// Meta took it.
    Accepted,
    /// It left Meta.
    Sent,
    /// It reached the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
    /// The customer listened to it.
    Played,
    /// It did not get through.
    Failed,
}

impl Fact {
    /// Every fact, in the order they happen.
    pub const ALL: &'static [Self] =
        &[Self::Accepted, Self::Sent, Self::Delivered, Self::Read, Self::Played, Self::Failed];
}

/// The times of a conversation that only move forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConversationTime {
    /// The last message either way.
    LastMessage,
    /// The last message from the customer, by Meta's clock: the 24-hour window is counted from it.
    LastInbound,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a duplicate batch changed nothing"]
#[non_exhaustive]
pub enum Applied {
    /// All changes were made.
    Done,
    /// A [`Change::Once`] had been seen before: no change was made.
    Duplicate,
}

impl Changes {
    /// Most changes in a batch.
    pub const MAX_LEN: usize = 512;
    /// Most bytes in a batch, as counted by [`bytes`](Self::bytes): room for one webhook of the largest size.
    pub const MAX_BYTES: usize = 4 * 1024 * 1024;

    /// No changes yet, at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now, list: Vec::new() }
    }

    /// Adds a change.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.list.push(change);
        self
    }

    /// Adds [`Change::Once`].
    #[must_use]
    pub fn once(self, key: impl Into<Mark>, keep_until: Timestamp) -> Self {
        self.with(Change::Once { key: key.into(), keep_until })
    }

    /// Adds a [`Change::Put`] of a new record.
    #[must_use]
    pub fn insert(self, record: impl Into<Record>) -> Self {
        self.with(Change::Put(Box::new(record.into()), Expect::Absent))
    }

    /// Adds a [`Change::Put`] over the version that `record` was read in.
    #[must_use]
    pub fn update(self, record: impl Into<Record>) -> Self {
        let record = record.into();
        let version = record.version();
        self.with(Change::Put(Box::new(record), Expect::Version(version)))
    }

    /// Adds [`Change::Earliest`].
    #[must_use]
    pub fn earliest(self, message: impl Into<MessageId>, fact: Fact, at: Timestamp) -> Self {
        self.with(Change::Earliest { message: message.into(), fact, at })
    }

    /// Adds [`Change::Latest`].
    #[must_use]
    pub fn latest(
        self,
        conversation: impl Into<ConversationId>,
        time: ConversationTime,
        at: Timestamp,
    ) -> Self {
        self.with(Change::Latest { conversation: conversation.into(), time, at })
    }

    /// Adds [`Change::Count`].
    #[must_use]
    pub fn count(self, at: Timestamp, metric: impl Into<String>, by: u64) -> Self {
        self.with(Change::Count { at, metric: metric.into(), by })
    }

    /// The time at which the batch is made.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The changes, in order.
    #[must_use]
    pub fn list(&self) -> &[Change] {
        &self.list
    }

    /// The changes, in order, for a store that takes them apart.
    #[must_use]
    pub fn into_list(self) -> Vec<Change> {
        self.list
    }

    /// How many changes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The size of what the changes hold: the bytes of their bodies, texts and payloads.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.list
            .iter()
            .map(|change| match change {
                Change::Put(record, _) => record.bytes(),
                Change::Enqueue(job, _) => job.payload.len() + job.group.len(),
                Change::Count { metric, .. } => metric.len(),
                _ => 0,
            })
            .sum()
    }

    /// For stores: whether there is a new job among them that can be claimed, so that those who wait for
    /// [one](crate::store::Store::job_enqueued) are to be told.
    #[must_use]
    pub fn enqueues(&self) -> bool {
        self.list.iter().any(|change| matches!(change, Change::Enqueue(_, None)))
    }

    /// For stores: all that can be said against a batch of `tenant` without looking at what is kept. To be asked first.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`]; [`StoreError::Refused`] for a record that cannot be put (see [`Change::Put`]).
    pub fn check(&self, tenant: &TenantId) -> Result<(), StoreError> {
        self.check_size()?;
        self.list.iter().try_for_each(|change| match change {
            Change::Put(record, expect) => check_put(record, *expect, tenant),
            _ => Ok(()),
        })
    }

    fn check_size(&self) -> Result<(), StoreError> {
        let (len, bytes) = (self.len(), self.bytes());
        if len > Self::MAX_LEN {
            return Err(StoreError::TooLarge {
                what: "a number of changes",
                actual: len,
                limit: Self::MAX_LEN,
            });
        }
        if bytes > Self::MAX_BYTES {
            return Err(StoreError::TooLarge {
                what: "a size in bytes",
                actual: bytes,
                limit: Self::MAX_BYTES,
            });
        }
        Ok(())
    }
}

/// Whether a store may be asked to write `record`.
fn check_put(record: &Record, expect: Expect, tenant: &TenantId) -> Result<(), StoreError> {
    let refused = match record {
        Record::Job(_) => "a job that is put, not enqueued",
        Record::Progress(_) => "a progress that is put, not noted",
        Record::Usage(_) => "a usage that is put, not counted",
        Record::Failure(_) | Record::DeadLetter(_) | Record::Tag(_) | Record::Audit(_)
            if expect != Expect::Absent =>
        {
            "a rewrite of what is never rewritten"
        }
        Record::Tenant(other) if other.id != *tenant => "the record of another tenant",
        Record::Contact(contact) if repeats(&contact.identities) => "a contact that has an identity twice",
        Record::Conversation(conversation) if i64::try_from(conversation.unread).is_err() => {
            "a conversation with too many unread messages"
        }
        Record::Media(media) if media.size.is_some_and(|size| i64::try_from(size).is_err()) => {
            "a file with too many bytes"
        }
        _ => return Ok(()),
    };
    Err(StoreError::Refused(refused))
}

fn repeats(identities: &[Identity]) -> bool {
    let mut seen = BTreeSet::new();
    !identities.iter().all(|identity| seen.insert(identity))
}
