//! How bugs change what is written.

use super::{Bug, FaultyTenant, cut, split, update};
use crate::{
    store::{
        Applied, Change, Changes, ConversationState, ConversationTime, Expect, Key, PageRequest, Record,
        Result, StoreError, StoredTemplate, TenantStoreExt, Usage, ext::one,
    },
    time::Timestamp,
};

impl FaultyTenant {
    /// The changes as the bug has them.
    pub(super) async fn bend(&self, changes: Changes) -> Result<Changes> {
        let now = changes.now();
        let mut list =
            if self.store.bug == Bug::LimitNotChecked { cut(changes) } else { changes }.into_list();
        if self.store.bug == Bug::LastChangeDropped && list.len() > 1 {
            list.pop();
        }
        let mut bent = Changes::at(now);
        for (n, mut change) in list.into_iter().enumerate() {
            match (self.store.bug, &mut change) {
                (Bug::TemplateNamesOfOneLanguage, Change::Put(record, Expect::Absent)) => {
                    if let Record::Template(StoredTemplate { account, name, .. }) = &**record {
                        let templates =
                            self.sound.templates(PageRequest::newest(PageRequest::MAX_LIMIT)).await?;
                        if templates.items.iter().any(|kept| kept.account == *account && kept.name == *name) {
                            return Err(StoreError::NotUnique("template"));
                        }
                    }
                }
                (Bug::TagsAndEntriesRewritten, Change::Put(record, expect @ Expect::Version(_)))
                    if matches!(**record, Record::Tag(_) | Record::Audit(_)) =>
                {
                    bent = bent.with(Change::Delete(record.key(), 1));
                    *expect = Expect::Absent;
                }
                (Bug::VersionOfNewRecordsNotChecked, Change::Put(record, expect @ Expect::Version(_)))
                    if matches!(**record, Record::Agent(_) | Record::Template(_)) =>
                {
                    *expect = Expect::Version(self.version(&record.key()).await?.unwrap_or_default());
                }
                (Bug::UsageOfAnotherDay, Change::Count { at, .. }) => *at = Timestamp::from_millis(0),
                (Bug::UsageStopsTooEarly, Change::Count { at, metric, by }) => {
                    let known = self.used(*at, metric).await?;
                    if known.checked_add(*by).is_none_or(|count| count > Usage::MAX_COUNT) {
                        *by = 0;
                    }
                }
                (Bug::UsageReadThenWritten, Change::Count { at, metric, by }) => {
                    let read = self.used(*at, metric).await?;
                    tokio::task::yield_now().await;
                    let written = self.used(*at, metric).await?;
                    *by = read.saturating_add(*by).saturating_sub(written);
                }
                (Bug::MarkNotKept, Change::Once { .. }) => continue,
                (Bug::MarkSeenOnlyAtTheHead, Change::Once { .. }) if n > 0 => continue,
                (Bug::MarkKeptForEver, Change::Once { keep_until, .. }) => {
                    *keep_until = Timestamp::from_millis(i64::MAX);
                }
                (Bug::VersionNotChecked, Change::Put(record, expect @ Expect::Version(_))) => {
                    *expect = Expect::Version(self.version(&record.key()).await?.unwrap_or_default());
                }
                (Bug::PresenceNotChecked, Change::Put(record, expect @ Expect::Absent)) => {
                    if let Some(version) = self.version(&record.key()).await? {
                        *expect = Expect::Version(version);
                    }
                }
                (Bug::DeleteOfAnyVersion, Change::Delete(key, version)) => {
                    *version = self.version(key).await?.unwrap_or_default();
                }
                (Bug::LatestMovesBack, Change::Latest { conversation, time, at }) => {
                    if let Some(mut conversation) = self.sound.conversation(conversation).await? {
                        match time {
                            ConversationTime::LastMessage => conversation.last_message_at = *at,
                            ConversationTime::LastInbound => conversation.last_inbound_at = Some(*at),
                        }
                        change = update(conversation);
                    }
                }
                (Bug::AddStopsAboveZero, Change::Add { conversation, unread }) => {
                    let there = self.sound.conversation(conversation).await?.map_or(0, |there| there.unread);
                    if there.checked_add_signed(*unread).is_none() {
                        *unread = 0;
                    }
                }
                (Bug::AddReadThenWritten, Change::Add { conversation, unread }) => {
                    if let Some(read) = self.sound.conversation(conversation).await? {
                        tokio::task::yield_now().await;
                        let mut written =
                            self.sound.conversation(conversation).await?.unwrap_or(read.clone());
                        written.unread =
                            read.unread.saturating_add_signed(*unread).min(i64::MAX.unsigned_abs());
                        change = update(written);
                    }
                }
                (Bug::AddToWhatIsOver, Change::Add { conversation, .. }) => {
                    if let Some(over) = self.sound.conversation(conversation).await?
                        && over.state != ConversationState::Active
                    {
                        change = update(over);
                    }
                }
                (Bug::FirstWordOfAFactKept, Change::Earliest { message, fact, .. }) => {
                    let known = self.sound.progress(message).await?;
                    if known.is_some_and(|known| known.when(*fact).is_some()) {
                        continue;
                    }
                }
                (
                    Bug::BodyCut | Bug::NulLost | Bug::MillisecondsLost | Bug::ContextLost | Bug::EditsLost,
                    Change::Put(record, _),
                ) => self.harm(record),
                (Bug::GroupIgnored, Change::Enqueue(job, _)) => job.group = job.id.to_string(),
                (Bug::LeaseOfEnqueueIgnored, Change::Enqueue(_, lease)) => *lease = None,
                _ => {}
            }
            bent = bent.with(change);
        }
        Ok(bent)
    }

    fn harm(&self, record: &mut Record) {
        match (self.store.bug, record) {
            (Bug::BodyCut, Record::Message(message)) => message.body.truncate(1 << 20),
            (Bug::NulLost, Record::Message(message)) => {
                message.text = message.text.take().map(|text| text.replace('\0', ""));
            }
            (Bug::ContextLost, Record::Conversation(conversation)) => conversation.context.clear(),
            (Bug::EditsLost, Record::Template(template)) => template.edits.clear(),
            (Bug::MillisecondsLost, Record::Contact(contact)) => {
                contact.created_at = Timestamp::from_seconds(contact.created_at.as_seconds());
            }
            _ => {}
        }
    }

    /// The count of a metric on the day of a time.
    pub(super) async fn used(&self, at: Timestamp, metric: &str) -> Result<u64> {
        let used: Option<Usage> = one(&*self.sound, Key::Usage(at.day(), metric.to_owned())).await?;
        Ok(used.map_or(0, |used| used.count))
    }

    /// Whether nobody has the names of any of the new templates yet.
    pub(super) async fn are_names_free(&self, changes: &Changes) -> Result<bool> {
        for change in changes.list() {
            if let Change::Put(record, Expect::Absent) = change
                && let Record::Template(StoredTemplate { account, name, language, .. }) = &**record
                && let key = Key::TemplateOf(account.clone(), name.clone(), language.clone())
                && self.sound.get(key).await?.is_some()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) async fn version(&self, key: &Key) -> Result<Option<u64>> {
        Ok(self.sound.get(key.clone()).await?.map(|record| record.version()))
    }

    pub(super) async fn read_marks_then_set(&self, changes: Changes) -> Result<Applied> {
        let (marks, rest) = split(changes, |change| matches!(change, Change::Once { .. }));
        let marks: Vec<_> = marks
            .into_list()
            .into_iter()
            .filter_map(|change| match change {
                Change::Once { key, .. } => Some((self.id.clone(), key)),
                _ => None,
            })
            .collect();
        if marks.iter().any(|mark| self.store.seen().marks.contains(mark)) {
            return Ok(Applied::Duplicate);
        }
        tokio::task::yield_now().await;
        let applied = self.sound.apply(rest).await?;
        self.store.seen().marks.extend(marks);
        Ok(applied)
    }
}
