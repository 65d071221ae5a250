//! Conversations that fit a description.

use crate::{
    desk::Tenant,
    error::Result,
    store::{
        self, AgentId, ContactId, Conversation, ConversationId, ConversationState, Cursor, CustomerId, Key,
        LeadId, Page, PageRequest, Query, Record, TenantStoreExt,
    },
};
use std::collections::BTreeSet;

/// A description of conversations: each thing set narrows it.
///
/// ```
/// use whatsapp_business::{desk::Search, store::ConversationState};
/// let search = Search::new().state(ConversationState::Active).tag("vip").text("invoice");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    text: Option<String>,
    contact: Option<ContactId>,
    customer: Option<CustomerId>,
    lead: Option<LeadId>,
    tag: Option<String>,
    assignee: Option<AgentId>,
    unassigned: bool,
    state: Option<ConversationState>,
}

impl Search {
    /// Most records that one page is looked for among.
    pub const MAX_LOOKED_AT: usize = 500;

    /// Every conversation.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those with a message in which this stands, in upper or lower case.
    ///
    /// Messages are read for it one after the other, of all conversations, the newest first: what is not found at once may take
    /// many pages. Conversations come in the order of their messages then, and may come again on later pages.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into().to_lowercase());
        self
    }

    /// Those with a contact.
    #[must_use]
    pub fn contact(mut self, contact: impl Into<ContactId>) -> Self {
        self.contact = Some(contact.into());
        self
    }

    /// Those with a customer of the host.
    #[must_use]
    pub fn customer(mut self, customer: impl Into<CustomerId>) -> Self {
        self.customer = Some(customer.into());
        self
    }

    /// Those about a lead of the host.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<LeadId>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// Those with a word on them.
    #[must_use]
    pub fn tag(mut self, word: impl Into<String>) -> Self {
        self.tag = Some(word.into());
        self
    }

    /// Those of an agent.
    #[must_use]
    pub fn assignee(mut self, agent: impl Into<AgentId>) -> Self {
        self.assignee = Some(agent.into());
        self
    }

    /// Whether only those that are active and nobody has.
    #[must_use]
    pub fn unassigned(mut self, only: bool) -> Self {
        self.unassigned = only;
        self
    }

    /// Those in a state.
    #[must_use]
    pub fn state(mut self, state: ConversationState) -> Self {
        self.state = Some(state);
        self
    }

    /// The narrowest list of the store that holds all that fit.
    fn list(&self) -> Query {
        None.or_else(|| self.text.is_some().then_some(Query::AllMessages))
            .or_else(|| self.contact.clone().map(Query::ConversationsWith))
            .or_else(|| self.lead.clone().map(Query::ConversationsOfLead))
            .or_else(|| self.customer.clone().map(Query::ConversationsOfCustomer))
            .or_else(|| self.tag.clone().map(Query::Tagged))
            .or_else(|| self.unassigned.then_some(Query::Unassigned))
            .or_else(|| self.assignee.clone().map(Query::ConversationsOf))
            .or_else(|| self.state.clone().map(Query::ConversationsIn))
            .unwrap_or(Query::Conversations)
    }

    /// Whether a conversation fits, as far as it tells itself.
    fn fits(&self, conversation: &Conversation) -> bool {
        let is_free = conversation.assignee.is_none() && conversation.state == ConversationState::Active;
        self.contact.as_ref().is_none_or(|contact| *contact == conversation.contact)
            && (self.customer.is_none() || self.customer == conversation.customer)
            && (self.lead.is_none() || self.lead == conversation.lead)
            && (self.assignee.is_none() || self.assignee == conversation.assignee)
            && (!self.unassigned || is_free)
            && self.state.as_ref().is_none_or(|state| *state == conversation.state)
    }

    fn has_text(&self, text: Option<&str>) -> bool {
        self.text.as_ref().is_none_or(|wanted| text.is_some_and(|text| text.to_lowercase().contains(wanted)))
    }
}

impl Tenant {
    /// The conversations that fit a description, in the order of the list that is read for them: the narrowest there is.
    ///
    /// At most [`Search::MAX_LOOKED_AT`] records are read for a page, so one may hold fewer than asked for, or none, and still
    /// have a successor: go on while there is one. A page costs the store one list, and for each record of it at most a look at
    /// its conversation and one at the tag.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store), also for a cursor of another search.
    pub async fn search(&self, search: &Search, page: PageRequest) -> Result<Page<Conversation>> {
        let query = search.list();
        let wanted = page.limit;
        // One by one until the page is full would be many requests; what is read too much is read again for the next page.
        let request = PageRequest { limit: Search::MAX_LOOKED_AT.min(PageRequest::MAX_LIMIT), ..page };
        let records = self.store.list(query.clone(), request.clone()).await?;
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for record in records.items {
            let (at, id) = record.order(&query);
            if let Some(conversation) = self.candidate(search, record, &seen).await?
                && search.fits(&conversation)
                && self.has_tag(search, &conversation.id).await?
            {
                seen.insert(conversation.id.clone());
                found.push(conversation);
                if found.len() == wanted {
                    let next = Cursor::behind(&self.id, &query, &request, at, &id);
                    return Ok(Page::new(found, Some(next)));
                }
            }
        }
        Ok(Page::new(found, records.next))
    }

    /// The conversation that a record is, or belongs to.
    async fn candidate(
        &self,
        search: &Search,
        record: Record,
        seen: &BTreeSet<ConversationId>,
    ) -> store::Result<Option<Conversation>> {
        let id = match record {
            Record::Conversation(conversation) => return Ok(Some(conversation)),
            Record::Message(message) if search.has_text(message.text.as_deref()) => message.conversation,
            Record::Tag(tag) => tag.conversation,
            _ => return Ok(None),
        };
        if seen.contains(&id) { Ok(None) } else { self.store.conversation(&id).await }
    }

    async fn has_tag(&self, search: &Search, id: &ConversationId) -> store::Result<bool> {
        let Some(word) = &search.tag else { return Ok(true) };
        Ok(self.store.get(Key::Tag(id.clone(), word.clone())).await?.is_some())
    }
}
