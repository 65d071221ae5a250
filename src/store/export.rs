//! Everything that is kept of a person, to hand out.

use crate::store::{
    ContactId, ConversationId, IdentityConflict, Key, Page, PageRequest, Query, Record, Result, Subject,
    SubjectKind, TenantStore,
    ext::many,
    sweep::{PAGE, traces},
};
use std::fmt;

/// Everything that is kept of a person; made by [`TenantStoreExt::export`](crate::store::TenantStoreExt::export).
pub struct Export<'a, S: ?Sized> {
    store: &'a S,
    contact: ContactId,
    /// What is still to be read, the next one last.
    parts: Vec<(Part, PageRequest)>,
}

#[derive(Clone)]
enum Part {
    Contact,
    Merged(ContactId),
    Conversations,
    Messages(ConversationId),
    Tags(ConversationId),
    Audit(Subject),
    Conflicts(ContactId),
}

impl<'a, S: TenantStore + ?Sized> Export<'a, S> {
    pub(super) fn new(store: &'a S, contact: &ContactId) -> Self {
        let about = Subject::new(SubjectKind::Contact, contact.as_str());
        let (merged, conflicts) = (Part::Merged(contact.clone()), Part::Conflicts(contact.clone()));
        let parts = [merged, conflicts, Part::Audit(about), Part::Conversations, Part::Contact];
        let parts = parts.into_iter().map(|part| (part, PageRequest::oldest(PAGE))).collect();
        Self { store, contact: contact.clone(), parts }
    }

    /// The next records, at most a hundred of their kind; `None` after the last. Each message is followed by its progress
    /// and its failures, or by what became of its file. A [`Record`] can be written with serde, such as to JSON.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](crate::store::StoreError::Unavailable),
    /// [`StoreError::Corrupt`](crate::store::StoreError::Corrupt). The same records can be asked for again then.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>> {
        while let Some((part, request)) = self.parts.last().cloned() {
            let page = self.read(&part, request.clone()).await?;
            // Not before it was read: a call that fails or is dropped skips nothing.
            self.parts.pop();
            if let Some(next) = page.next {
                self.parts.push((part, request.after(next)));
            }
            for record in page.items.iter().rev() {
                if let Record::Contact(merged) = record
                    && merged.id != self.contact
                {
                    let first = PageRequest::oldest(PAGE);
                    self.parts.push((Part::Merged(merged.id.clone()), first.clone()));
                    self.parts.push((Part::Conflicts(merged.id.clone()), first.clone()));
                    let about = Subject::new(SubjectKind::Contact, merged.id.as_str());
                    self.parts.push((Part::Audit(about), first));
                }
                if let Record::Conversation(conversation) = record {
                    let (id, first) = (&conversation.id, PageRequest::oldest(PAGE));
                    let about = Subject::new(SubjectKind::Conversation, id.as_str());
                    self.parts.push((Part::Audit(about), first.clone()));
                    self.parts.push((Part::Tags(id.clone()), first.clone()));
                    self.parts.push((Part::Messages(id.clone()), first));
                }
            }
            if !page.items.is_empty() {
                return Ok(Some(page.items));
            }
        }
        Ok(None)
    }

    async fn read(&self, part: &Part, request: PageRequest) -> Result<Page<Record>> {
        match part {
            Part::Contact => {
                let contact = self.store.get(Key::Contact(self.contact.clone())).await?;
                Ok(Page::new(contact.into_iter().collect(), None))
            }
            Part::Merged(into) => self.store.list(Query::MergedInto(into.clone()), request).await,
            Part::Conversations => {
                self.store.list(Query::ConversationsWith(self.contact.clone()), request).await
            }
            Part::Messages(conversation) => {
                let page = many(self.store, Query::Messages(conversation.clone()), request).await?;
                let mut records = Vec::with_capacity(page.items.len());
                for message in page.items {
                    let traces = traces(self.store, &message).await?;
                    records.push(Record::Message(message));
                    records.extend(traces);
                }
                Ok(Page::new(records, page.next))
            }
            Part::Tags(conversation) => self.store.list(Query::TagsOf(conversation.clone()), request).await,
            Part::Audit(subject) => self.store.list(Query::AuditOf(subject.clone()), request).await,
            Part::Conflicts(of) => Ok(conflicts(self.store, of, request).await?.map(Record::from)),
        }
    }
}

/// Whose data it is, is not shown.
impl<S: ?Sized> fmt::Debug for Export<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").finish_non_exhaustive()
    }
}

/// Those on a page of conflicts that name a contact.
pub(super) async fn conflicts<S: TenantStore + ?Sized>(
    store: &S,
    contact: &ContactId,
    request: PageRequest,
) -> Result<Page<IdentityConflict>> {
    let mut page: Page<IdentityConflict> = many(store, Query::IdentityConflicts, request).await?;
    page.items.retain(|conflict| conflict.holder == *contact || conflict.claimant == *contact);
    Ok(page)
}
