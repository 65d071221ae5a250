//! Removing everything that is kept of a person.
//!
//! The contact goes last: while it is there, whoever repeats an erasure that was interrupted finds the rest. Every removal
//! names the version that was read, so what changes meanwhile is looked at again. For that, what is added must change what
//! it is added to, as the desk does: a message moves the times of its conversation, and a new conversation raises the
//! version of its contact.

use crate::{
    store::{
        Contact, ContactId, Conversation, ConversationId, DeadLetter, Identity, Key, PageRequest, Query,
        Result, StoredMessage, Subject, SubjectKind, TenantStore,
        export::conflicts,
        ext::{many, one},
        sweep::{Host, PAGE, Removed, Sweep},
    },
    time::Timestamp,
};

/// How many dead letters are read at once: their bodies may be large.
const LETTERS: usize = 20;

/// What an erasure removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// Whether the contact was there, or another that was merged into it.
    pub contact: bool,
    /// Conversations with the person.
    pub conversations: usize,
    /// Messages of these conversations.
    pub messages: usize,
    /// Progress of these messages.
    pub progress: usize,
    /// Reasons why these messages failed.
    pub failures: usize,
    /// Signs that the person may be another contact, too.
    pub conflicts: usize,
    /// Dead letters that name an identity of the person.
    pub dead_letters: usize,
    /// Tags of these conversations.
    pub tags: usize,
    /// What was kept of the files of these messages. The files themselves go by the `erase` of the desk's `Tenant` only.
    pub media: usize,
    /// Entries of the audit trail about the person and these conversations, notes among them.
    pub audit: usize,
}

impl From<Removed> for Erased {
    fn from(removed: Removed) -> Self {
        let Removed {
            contacts,
            conversations,
            messages,
            progress,
            failures,
            conflicts,
            dead_letters,
            tags,
            media,
            audit,
        } = removed;
        let contact = contacts > 0;
        Self {
            contact,
            conversations,
            messages,
            progress,
            failures,
            conflicts,
            dead_letters,
            tags,
            media,
            audit,
        }
    }
}

pub(crate) async fn erase<S: TenantStore + ?Sized>(
    store: &S,
    host: Option<&dyn Host>,
    contact: &ContactId,
    now: Timestamp,
) -> Result<Erased> {
    let mut sweep = Sweep::new(store, host, now);
    while let Err(error) = pass(&mut sweep, contact).await {
        if !sweep.goes_on(&error) {
            return Err(error);
        }
    }
    Ok(sweep.removed().into())
}

/// Removes all there is, of those as well who were merged into the person. It ends with a conflict when something changed
/// meanwhile.
async fn pass<S: TenantStore + ?Sized>(sweep: &mut Sweep<'_, S>, id: &ContactId) -> Result<()> {
    // In the version from before the list was read: a contact that another is merged into changes.
    let mut all = vec![(id.clone(), one::<Contact, _>(sweep.store(), Key::Contact(id.clone())).await?)];
    let mut read = 0;
    while let Some((into, _)) = all.get(read).cloned() {
        read += 1;
        let mut request = PageRequest::oldest(PAGE);
        loop {
            let page = many::<Contact, _>(sweep.store(), Query::MergedInto(into.clone()), request).await?;
            let merged = page.items.into_iter().filter(|contact| contact.id != *id);
            all.extend(merged.map(|contact| (contact.id.clone(), Some(contact))));
            match page.next {
                Some(next) => request = PageRequest::oldest(PAGE).after(next),
                None => break,
            }
        }
    }
    // The last of a chain first: while the others are there, it is found.
    for (id, contact) in all.into_iter().rev() {
        person(sweep, &id, contact).await?;
    }
    Ok(())
}

async fn person<S: TenantStore + ?Sized>(
    sweep: &mut Sweep<'_, S>,
    id: &ContactId,
    contact: Option<Contact>,
) -> Result<()> {
    conversations(sweep, id).await?;
    signs(sweep, id).await?;
    if let Some(contact) = contact {
        dead_letters(sweep, &contact.identities).await?;
        list(sweep, Query::AuditOf(Subject::new(SubjectKind::Contact, id.as_str()))).await?;
        sweep.remove(&contact.into()).await?;
    }
    sweep.flush().await
}

async fn conversations<S: TenantStore + ?Sized>(sweep: &mut Sweep<'_, S>, contact: &ContactId) -> Result<()> {
    loop {
        let query = Query::ConversationsWith(contact.clone());
        let page = many::<Conversation, _>(sweep.store(), query, PageRequest::oldest(PAGE)).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        for conversation in page.items {
            messages(sweep, &conversation.id).await?;
            list(sweep, Query::TagsOf(conversation.id.clone())).await?;
            let subject = Subject::new(SubjectKind::Conversation, conversation.id.as_str());
            list(sweep, Query::AuditOf(subject)).await?;
            // In the version from before its messages were read: one that came since then has raised it.
            sweep.remove(&conversation.into()).await?;
        }
        sweep.flush().await?;
    }
}

async fn messages<S: TenantStore + ?Sized>(
    sweep: &mut Sweep<'_, S>,
    conversation: &ConversationId,
) -> Result<()> {
    loop {
        let query = Query::Messages(conversation.clone());
        let page = many::<StoredMessage, _>(sweep.store(), query, PageRequest::oldest(PAGE)).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        for message in &page.items {
            sweep.remove_message(message).await?;
        }
        sweep.flush().await?;
        // A status may have come while its message was still there.
        for message in &page.items {
            sweep.remove_traces(message).await?;
        }
        sweep.flush().await?;
    }
}

/// Removes all records of a list.
async fn list<S: TenantStore + ?Sized>(sweep: &mut Sweep<'_, S>, query: Query) -> Result<()> {
    let mut request = PageRequest::oldest(PAGE);
    loop {
        let page = sweep.store().list(query.clone(), request.clone()).await?;
        for record in &page.items {
            sweep.remove(record).await?;
        }
        match page.next {
            Some(next) => request = request.after(next),
            None => return Ok(()),
        }
    }
}

/// Removes the signs that the contact may be another, too.
async fn signs<S: TenantStore + ?Sized>(sweep: &mut Sweep<'_, S>, contact: &ContactId) -> Result<()> {
    let mut request = PageRequest::oldest(PAGE);
    loop {
        let page = conflicts(sweep.store(), contact, request.clone()).await?;
        for conflict in page.items {
            sweep.remove(&conflict.into()).await?;
        }
        match page.next {
            Some(next) => request = request.after(next),
            None => return Ok(()),
        }
    }
}

async fn dead_letters<S: TenantStore + ?Sized>(
    sweep: &mut Sweep<'_, S>,
    identities: &[Identity],
) -> Result<()> {
    let mut request = PageRequest::oldest(LETTERS);
    loop {
        let page = many::<DeadLetter, _>(sweep.store(), Query::DeadLetters, request.clone()).await?;
        for letter in page.items {
            if identities.iter().any(|identity| names(&letter.body, identity.value())) {
                sweep.remove(&letter.into()).await?;
            }
        }
        match page.next {
            Some(next) => request = request.after(next),
            None => return Ok(()),
        }
    }
}

/// Whether `body` holds an identity, and not as a part of a longer number.
fn names(body: &[u8], identity: &str) -> bool {
    let identity = identity.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| body.get(at)).is_some_and(u8::is_ascii_digit);
    !identity.is_empty()
        && body.windows(identity.len()).enumerate().any(|(at, found)| {
            found == identity && !is_digit(at.checked_sub(1)) && !is_digit(Some(at + identity.len()))
        })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_body_names_an_identity_as_a_whole_only() {
        let names = |body: &str, identity| names(body.as_bytes(), identity);
        for body in ["14155552671", r#"{"from":"14155552671"}"#, "+14155552671.", "1414155552671 14155552671"]
        {
            assert!(names(body, "14155552671"), "{body}");
        }
        for body in ["", "1415555267", "141555526711", "914155552671", "1415 5552671"] {
            assert!(!names(body, "14155552671"), "{body}");
        }
        assert!(names("US.12", "US.12") && !names("US.123", "US.12"));
        assert!(!names("anything", ""));
    }
}
