//! Dead letters: events that could not be applied, or that the host's handler could not handle.

use crate::{
    desk::{
        Desk, Received, Tenant, audit, detached, handler, interaction, new_id,
        receive::{REMEMBERED, account_of},
        tenant::not_found,
        usage,
    },
    error::{Error, ErrorKind, Result},
    store::{
        Change, Changes, DeadLetter, DeadLetterId, Key, Page, PageRequest, StoreError, Subject, SubjectKind,
        TenantStoreExt, ext::one,
    },
    webhook::{Delivery, Event},
};
use serde_json::json;

/// How many letters are read at once: their bodies may be large.
const PAGE: usize = 20;

impl Tenant {
    /// The events that could not be applied or handled, with the reason of each.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn dead_letters(&self, page: PageRequest) -> Result<Page<DeadLetter>> {
        Ok(self.store.dead_letters(page).await?)
    }

    /// Tries a dead letter again: applies its event, or calls the handler with it once more. The letter goes in the same
    /// transaction.
    ///
    /// It counts as one of `applied`, `duplicates` or `dead_letters`: with the last it stays, as what stood against it still
    /// does.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such letter, or its business phone number belongs to another tenant now;
    /// [`ErrorKind::Store`].
    pub async fn replay(&self, id: impl Into<DeadLetterId>) -> Result<Received> {
        let (tenant, id) = (self.clone(), id.into());
        detached(async move {
            let letter: Option<DeadLetter> = one(&*tenant.store, Key::DeadLetter(id)).await?;
            let letter = letter.ok_or_else(|| not_found("dead letter"))?;
            let now = tenant.desk.now();
            let call = handler::job_of(&letter, now).or_else(|| interaction::job_of(&letter, now));
            if let Some(job) = call {
                let changes = Changes::at(now).with(Change::Enqueue(job, None));
                return match tenant.store.apply(changes.with(removed(&letter))).await {
                    Ok(_) => Ok(Received { applied: 1, ..Received::default() }),
                    // Somebody else replayed it just now.
                    Err(StoreError::Conflict(_)) => Ok(Received { duplicates: 1, ..Received::default() }),
                    Err(error) => Err(error.into()),
                };
            }
            let event = read(&letter)?;
            if !tenant.owns(&event).await? {
                return Err(not_found("business phone number of this tenant"));
            }
            tenant.take(&event, Some(&letter)).await
        })
        .await
    }

    /// Removes a dead letter that nobody will need. `actor` is who says so, for the audit trail.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Store`].
    pub async fn drop_letter(&self, id: impl Into<DeadLetterId>, actor: impl Into<String>) -> Result<()> {
        let id = id.into();
        let now = self.desk.now();
        let subject = Subject::new(SubjectKind::Tenant, self.id.as_str());
        let detail = json!({"letter": id});
        let entry = audit::entry(subject, &actor.into(), "dead_letter.dropped", &detail, now);
        let changes = Changes::at(now).with(Change::Delete(Key::DeadLetter(id), 1)).insert(entry);
        match self.store.apply(changes).await {
            Err(StoreError::Conflict(_)) => Err(not_found("dead letter")),
            other => Ok(other.map(drop)?),
        }
    }

    /// Applies what came for this tenant's business phone numbers, and for the accounts they belong to, before they were
    /// [bound](Tenant::bind) to it.
    ///
    /// What is about an account as a whole is applied for every tenant that has a number of it, and counts for each.
    ///
    /// # Errors
    /// [`ErrorKind::Store`]; what was applied until then counts once, and the rest is applied by another call.
    pub async fn replay_unrouted(&self) -> Result<Received> {
        let tenant = self.clone();
        detached(async move {
            let nobody = tenant.desk.tenant(Desk::UNROUTED);
            let mut received = Received::default();
            let mut request = PageRequest::oldest(PAGE);
            loop {
                let page = nobody.store.dead_letters(request.clone()).await?;
                for letter in &page.items {
                    let Ok(event) = read(letter) else { continue };
                    let Some(more) = tenant.take_unrouted(&event).await? else { continue };
                    received.add(more);
                    // What nobody has after all stays where it is.
                    if more.unrouted == 0 {
                        nobody.remove(letter).await?;
                    }
                }
                match page.next {
                    Some(next) => request = request.after(next),
                    None => return Ok(received),
                }
            }
        })
        .await
    }

    /// Applies an event that was for nobody, if it is for this tenant now.
    async fn take_unrouted(&self, event: &Event) -> Result<Option<Received>> {
        if event.phone_number_id().is_some() {
            return Ok(if self.owns(event).await? { Some(self.take(event, None).await?) } else { None });
        }
        let Some(account) = account_of(event) else { return Ok(None) };
        let numbers = self.desk.store().numbers_of(account).await?;
        if numbers.iter().any(|(_, tenant)| *tenant == self.id) {
            Ok(Some(self.desk.keep_for_all(account, event).await?))
        } else {
            Ok(None)
        }
    }

    /// Whether an event among the tenant's own letters is still for it, as far as it names a number.
    async fn owns(&self, event: &Event) -> Result<bool> {
        let Some(number) = event.phone_number_id() else { return Ok(self.id.as_str() != Desk::UNROUTED) };
        let owner = self.desk.store().route(number).await?;
        Ok(owner.is_some_and(|owner| owner.tenant == self.id))
    }

    /// Removes a letter that somebody else may have removed.
    pub(super) async fn remove(&self, letter: &DeadLetter) -> Result<()> {
        match self.store.apply(Changes::at(self.desk.now()).with(removed(letter))).await {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps an event that could not be applied, once.
    pub(super) async fn put_aside(&self, event: &Event, reason: &str) -> Result<()> {
        let now = self.desk.now();
        let letter = DeadLetter::new(new_id(), now, reason, event.to_body());
        let changes = Changes::at(now)
            .once(format!("dead:{}", event.key()), now + REMEMBERED)
            .insert(letter)
            .count(now, usage::DEAD_LETTERS, 1);
        let _ = self.store.apply(changes).await?;
        Ok(())
    }
}

/// The removal of a letter, which is never rewritten and so in its first version.
pub(super) fn removed(letter: &DeadLetter) -> Change {
    Change::Delete(Key::DeadLetter(letter.id.clone()), 1)
}

/// The event in a letter.
fn read(letter: &DeadLetter) -> Result<Event> {
    let mut events = Delivery::unverified(&letter.body)?.into_events().into_iter();
    match (events.next(), events.next()) {
        (Some(event), None) => Ok(event),
        _ => Err(Error::new(ErrorKind::Envelope("it does not hold one event".to_owned()))),
    }
}
