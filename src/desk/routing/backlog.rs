//! The jobs that give out what nobody has: to who writes, as they write; to all who wait, when an agent has room.

use crate::{
    desk::{
        TRIES, Tenant,
        audit::DESK,
        handler, new_id,
        routing::{Previous, Snapshot, Strategy, assign::given, strategy::available},
    },
    error::Result,
    store::{
        Agent, AgentId, Change, Changes, Conversation, ConversationId, Job, JobKind, Lease, Outcome,
        PageRequest, Query, StoreError, TenantStoreExt, ext::many,
    },
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

/// How long a directory may take to tell who owns something: a job that waits longer keeps all others of its tenant waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Jobs of a tenant run one after the other, so that who came later does not get ahead.
const GROUP: &str = "route";

/// How many waiting conversations are read at once.
const AT_ONCE: usize = 100;

/// What a job begins with that is about one conversation, whose id follows. Any other is about all that wait.
const ONE: &str = "one ";

/// Adds to `changes` the job that finds an agent for a conversation whose customer waits for one.
pub(in crate::desk) fn route(tenant: &Tenant, conversation: &Conversation, changes: Changes) -> Changes {
    if conversation.waiting_since.is_none() {
        return changes;
    }
    enqueue(tenant, &format!("{ONE}{}", conversation.id), changes)
}

/// Adds to `changes` the job that gives out what waits.
pub(super) fn drain(tenant: &Tenant, changes: Changes) -> Changes {
    enqueue(tenant, "all", changes)
}

fn enqueue(tenant: &Tenant, payload: &str, changes: Changes) -> Changes {
    if tenant.desk.0.settings.rules.strategy.is_none() {
        return changes;
    }
    let job = Job::new(new_id(), JobKind::Route, GROUP, changes.now()).payload(payload);
    changes.with(Change::Enqueue(job, None))
}

/// Does such a job.
pub(in crate::desk) async fn work(tenant: &Tenant, lease: Lease) -> Result<()> {
    let Some(strategy) = tenant.desk.0.settings.rules.strategy.clone() else {
        // Another process has one.
        return handler::leave(tenant, &lease).await;
    };
    match lease.job.payload.strip_prefix(ONE) {
        Some(id) => {
            let mut asks = true;
            place(tenant, &strategy, &ConversationId::from(id), &mut asks).await?;
            if !asks {
                // Else who waits behind it would wait for the directory again, one after the other.
                give_out(tenant, &strategy, &mut asks).await?;
            }
        }
        None => give_out(tenant, &strategy, &mut true).await?,
    }
    tenant.settle(&lease, Outcome::Done, Changes::at(tenant.desk.now())).await
}

/// Gives out what waits, longest first, until nobody has room. It is one job to the end of the list: who comes meanwhile is
/// routed behind it.
async fn give_out(tenant: &Tenant, strategy: &Strategy, asks: &mut bool) -> Result<()> {
    let mut page = PageRequest::oldest(AT_ONCE);
    loop {
        let waiting = many::<Conversation, _>(&*tenant.store, Query::Waiting, page.clone()).await?;
        for conversation in waiting.items {
            if place(tenant, strategy, &conversation.id, asks).await? == Placed::NobodyHasRoom {
                return Ok(());
            }
        }
        match waiting.next {
            Some(next) => page = page.after(next),
            None => return Ok(()),
        }
    }
}

#[derive(PartialEq)]
enum Placed {
    /// Somebody has it, or it needs nobody.
    Done,
    /// The strategy picks nobody among those who have room.
    NobodyFits,
    NobodyHasRoom,
}

/// Gives a conversation to whom the strategy picks, if its customer waits for somebody. The directory is asked while it `asks`,
/// which it does not any more when it hung.
async fn place(tenant: &Tenant, strategy: &Strategy, id: &ConversationId, asks: &mut bool) -> Result<Placed> {
    let mut tries = 0;
    loop {
        tries += 1;
        let Some(conversation) = tenant.store.conversation(id).await? else { return Ok(Placed::Done) };
        if conversation.waiting_since.is_none() {
            return Ok(Placed::Done);
        }
        let agents = available(everybody(tenant).await?);
        if agents.is_empty() {
            return Ok(Placed::NobodyHasRoom);
        }
        let snapshot = Snapshot {
            tenant: &tenant.id,
            owner: owner(tenant, &conversation, asks).await,
            previous: previous(tenant, &conversation).await?,
            conversation: &conversation,
            agents: &agents,
            now: tenant.desk.now(),
        };
        let Some(agent) = picked(strategy, &snapshot) else { return Ok(Placed::NobodyFits) };
        let changes = Changes::at(snapshot.now);
        let changes = given(tenant, conversation.clone(), Some(agent), DESK, changes).await?;
        match tenant.store.apply(changes).await {
            Ok(_) => return Ok(Placed::Done),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whom the strategy picks. One that panics picks nobody: the job must come to its end, as all others wait behind it.
fn picked(strategy: &Strategy, snapshot: &Snapshot<'_>) -> Option<Agent> {
    let Ok(pick) = catch_unwind(AssertUnwindSafe(|| strategy.pick(snapshot))) else {
        tracing::error!(conversation = %snapshot.conversation.id, "the strategy panicked, so it picks nobody");
        return None;
    };
    snapshot.agent(&pick?).cloned()
}

async fn everybody(tenant: &Tenant) -> Result<Vec<Agent>> {
    let (mut all, mut page) = (Vec::new(), PageRequest::oldest(PageRequest::MAX_LIMIT));
    loop {
        let found = tenant.store.agents(page.clone()).await?;
        all.extend(found.items);
        match found.next {
            Some(next) => page = page.after(next),
            None => return Ok(all),
        }
    }
}

/// Who owns the lead, else the customer. A directory that fails or hangs must not keep everybody waiting: it is nobody then.
async fn owner(tenant: &Tenant, conversation: &Conversation, asks: &mut bool) -> Option<AgentId> {
    let directory = || (Arc::clone(&tenant.desk.0.settings.rules.directory), tenant.id.clone());
    if let Some(lead) = conversation.lead.clone() {
        let (directory, tenant) = directory();
        let owner = told(async move { directory.owner_of_lead(&tenant, &lead).await }, asks).await;
        if owner.is_some() {
            return owner;
        }
    }
    let customer = conversation.customer.clone()?;
    let (directory, tenant) = directory();
    told(async move { directory.owner_of_customer(&tenant, &customer).await }, asks).await
}

/// What a directory answers within [`PATIENCE`].
async fn told(
    answer: impl Future<Output = Result<Option<AgentId>>> + Send + 'static,
    asks: &mut bool,
) -> Option<AgentId> {
    if !*asks {
        return None;
    }
    // In a task of its own: a panic there is a failure like any other.
    let mut answer = tokio::spawn(answer);
    match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(Ok(Ok(owner))) => return owner,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "the directory did not tell who owns a customer or lead");
        }
        Ok(Err(_)) => tracing::error!("the directory panicked when asked who owns a customer or lead"),
        Err(_) => {
            answer.abort();
            *asks = false;
            tracing::warn!("the directory took too long to tell who owns a customer or lead");
        }
    }
    None
}

/// Who had the last conversation with the contact that anybody had.
async fn previous(tenant: &Tenant, conversation: &Conversation) -> Result<Option<Previous>> {
    let page = PageRequest::newest(20);
    let all = tenant.store.conversations_with(&conversation.contact, page).await?.items;
    let had = all.into_iter().filter(|other| other.id != conversation.id);
    let had = had.filter_map(|other| Some(Previous { agent: other.assignee?, at: other.last_message_at }));
    Ok(had.max_by_key(|previous| previous.at))
}
