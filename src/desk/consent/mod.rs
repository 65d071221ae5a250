//! What people want to be sent: kept for each identity of a person, and looked at just before each attempt.

mod check;
mod keywords;
mod learn;

pub(super) use check::{check, may_be_marketing, wants_no_marketing};
pub use keywords::Keywords;
pub(super) use learn::{heard, preferred, withdrawn};

use crate::{
    desk::{TRIES, Tenant, audit::entry, send::identities},
    error::{Error, ErrorKind, Result},
    recipient::Recipient,
    store::{
        self, Changes, Consent, ConsentSource, ConsentState, Contact, Identity, Key, PersonHash, PersonSalt,
        Purpose, StoreError, Subject, SubjectKind, TenantStoreExt, ext::one,
    },
    time::Timestamp,
};
use serde_json::json;

impl Tenant {
    /// What people want to be sent.
    #[must_use]
    pub fn consent(&self) -> Ledger {
        Ledger { tenant: self.clone() }
    }
}

/// The ledger of what people want to be sent: their last words, with the audit trail as its history.
///
/// It outlives the erasure of a person, so it knows them by hashes, which need a
/// [salt](crate::desk::DeskBuilder::person_salt).
///
/// - Consent to [`Marketing`](Purpose::Marketing) that was withdrawn keeps templates of the category MARKETING from a person,
///   and those whose category the desk does not know.
/// - Consent to [`All`](Purpose::All) that was withdrawn keeps everything from them, but for answers to what they wrote
///   after that.
///
/// Besides the host, people say it by a [word](Keywords), by WhatsApp's own switch, and through Meta's refusal (131050).
#[derive(Clone, Debug)]
pub struct Ledger {
    tenant: Tenant,
}

impl Ledger {
    /// Notes that a person wants to be sent messages of a purpose.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when the desk has no salt, [`ErrorKind::Invalid`] when nobody is meant, [`ErrorKind::Store`].
    pub async fn give(&self, person: impl Into<Recipient>, purpose: Purpose, actor: &str) -> Result<()> {
        self.note(&person.into(), purpose, ConsentState::Given, actor).await
    }

    /// Notes that a person does not want to be sent messages of a purpose, or not any more.
    ///
    /// # Errors
    /// Those of [`give`](Self::give).
    pub async fn withdraw(&self, person: impl Into<Recipient>, purpose: Purpose, actor: &str) -> Result<()> {
        self.note(&person.into(), purpose, ConsentState::Withdrawn, actor).await
    }

    /// A person's last word on messages of a purpose.
    ///
    /// # Errors
    /// Those of [`give`](Self::give).
    pub async fn of(&self, person: impl Into<Recipient>, purpose: Purpose) -> Result<Option<Consent>> {
        let salt = self.salt()?;
        let (identities, _) = everything(&self.tenant, identities(&person.into())?).await?;
        Ok(last_word(&self.tenant, salt, &identities, &purpose).await?)
    }

    fn salt(&self) -> Result<&PersonSalt> {
        self.tenant.desk.0.settings.rules.salt.as_ref().ok_or_else(|| {
            let missing = "the desk has no salt to keep consents with: set DeskBuilder::person_salt";
            Error::new(ErrorKind::Config(missing.to_owned()))
        })
    }

    async fn note(
        &self,
        person: &Recipient,
        purpose: Purpose,
        state: ConsentState,
        actor: &str,
    ) -> Result<()> {
        self.salt()?;
        let identities = identities(person)?;
        let word = Word { purpose, state, source: ConsentSource::Host };
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.tenant.desk.now();
            let changes = noted(&self.tenant, &identities, &word, now, actor, Changes::at(now)).await?;
            match self.tenant.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }
}

/// What somebody said.
struct Word {
    purpose: Purpose,
    state: ConsentState,
    source: ConsentSource,
}

/// Adds to `changes` what a person said, for each identity of theirs. What was said later stays.
async fn noted(
    tenant: &Tenant,
    identities: &[Identity],
    word: &Word,
    at: Timestamp,
    actor: &str,
    mut changes: Changes,
) -> store::Result<Changes> {
    let Some(salt) = &tenant.desk.0.settings.rules.salt else {
        tracing::error!("what a person wants to be sent was not kept: set DeskBuilder::person_salt");
        return Ok(changes);
    };
    let (identities, contact) = everything(tenant, identities.to_vec()).await?;
    let mut first = None;
    for identity in identities {
        let person = PersonHash::of(salt, &tenant.id, &identity);
        let known = tenant.store.consent(&person, &word.purpose).await?;
        if known.as_ref().is_some_and(|known| known.at > at || (known.at == at && known.state == word.state))
        {
            continue;
        }
        let mut consent = Consent::given(person, word.purpose.clone(), at);
        consent.state = word.state.clone();
        consent.source = word.source.clone();
        consent.version = known.as_ref().map_or(0, |known| known.version);
        changes = if known.is_some() { changes.update(consent) } else { changes.insert(consent) };
        first.get_or_insert(person);
    }
    let Some(person) = first else { return Ok(changes) };
    // Of people who are no contact the trail knows no more than the ledger does.
    let subject = match &contact {
        Some(contact) => Subject::from(&contact.id),
        None => Subject::new(SubjectKind::Contact, person.to_hex()),
    };
    let detail = json!({ "purpose": word.purpose, "source": word.source });
    let action = format!("consent.{}", word.state);
    let now = changes.now();
    Ok(changes.insert(entry(subject, actor, &action, &detail, now)))
}

/// Adds to `changes` what a person said under the names `before`, for each of the names `after` that are new to them.
///
/// What was said later under a new name stays.
pub(super) async fn carried(
    tenant: &Tenant,
    before: &[Identity],
    after: &[Identity],
    mut changes: Changes,
) -> store::Result<Changes> {
    let Some(salt) = &tenant.desk.0.settings.rules.salt else { return Ok(changes) };
    for purpose in [Purpose::Marketing, Purpose::All] {
        let Some(last) = last_word(tenant, salt, before, &purpose).await? else { continue };
        for identity in after.iter().filter(|identity| !before.contains(identity)) {
            let person = PersonHash::of(salt, &tenant.id, identity);
            let known = tenant.store.consent(&person, &purpose).await?;
            if known.as_ref().is_some_and(|known| known.at >= last.at) {
                continue;
            }
            let version = known.as_ref().map_or(0, |known| known.version);
            let consent = Consent { person, version, ..last.clone() };
            changes = if known.is_some() { changes.update(consent) } else { changes.insert(consent) };
        }
    }
    Ok(changes)
}

/// All that a person is known by who is known by one of `identities`, and who that is.
async fn everything(
    tenant: &Tenant,
    mut identities: Vec<Identity>,
) -> store::Result<(Vec<Identity>, Option<Contact>)> {
    for identity in identities.clone() {
        if let Some(contact) = one::<Contact, _>(&*tenant.store, Key::ContactOf(identity)).await? {
            let more = contact.identities.iter().filter(|known| !identities.contains(known));
            let more: Vec<_> = more.cloned().collect();
            identities.extend(more);
            return Ok((identities, Some(contact)));
        }
    }
    Ok((identities, None))
}

/// What was said last for any of `identities`.
async fn last_word(
    tenant: &Tenant,
    salt: &PersonSalt,
    identities: &[Identity],
    purpose: &Purpose,
) -> store::Result<Option<Consent>> {
    let mut last: Option<Consent> = None;
    for identity in identities {
        let person = PersonHash::of(salt, &tenant.id, identity);
        let said = tenant.store.consent(&person, purpose).await?;
        if let Some(said) = said
            && last.as_ref().is_none_or(|last| last.at < said.at)
        {
            last = Some(said);
        }
    }
    Ok(last)
}
