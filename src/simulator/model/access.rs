//! The numbers of the business, and which token sees what.

use super::{Model, Phone};
use crate::{
    id::{AccountId, MediaId, PhoneNumberId, TemplateId},
    simulator::refusal::Refusal,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// All business numbers.
pub(super) struct Phones {
    first: Arc<Phone>,
    more: Vec<Arc<Phone>>,
    by_id: HashMap<PhoneNumberId, Arc<Phone>>,
    /// The accounts that each token speaks for.
    tokens: HashMap<String, BTreeSet<AccountId>>,
}

impl Phones {
    pub(super) fn new(first: Phone) -> Self {
        let first = Arc::new(first);
        let mut phones = Self {
            first: Arc::clone(&first),
            more: Vec::new(),
            by_id: HashMap::new(),
            tokens: HashMap::new(),
        };
        phones.enter(first);
        phones
    }

    fn enter(&mut self, phone: Arc<Phone>) {
        self.tokens.entry(phone.access_token.clone()).or_default().insert(phone.account_id.clone());
        self.by_id.insert(phone.id.clone(), phone);
    }
}

impl Model {
    pub(crate) fn first_phone(&self) -> &Arc<Phone> {
        &self.phones.first
    }

    /// The business numbers, oldest first.
    pub(crate) fn phones(&self) -> impl Iterator<Item = &Arc<Phone>> {
        std::iter::once(&self.phones.first).chain(&self.phones.more)
    }

    pub(crate) fn phone(&self, id: &PhoneNumberId) -> Option<&Arc<Phone>> {
        self.phones.by_id.get(id)
    }

    /// Takes one more business number, if its id is new.
    pub(crate) fn add_phone(&mut self, phone: Phone) -> bool {
        let is_new = self.phone(&phone.id).is_none();
        if is_new {
            let phone = Arc::new(phone);
            self.phones.more.push(Arc::clone(&phone));
            self.phones.enter(phone);
        }
        is_new
    }

    /// The accounts that a token speaks for. The one that the simulator began with may have been renewed.
    pub(crate) fn accounts_of(&self, token: &str) -> Result<&BTreeSet<AccountId>, Refusal> {
        let meant = self.trouble.token.meant(token, &self.phones.first.access_token)?;
        self.phones.tokens.get(meant).ok_or_else(|| {
            let is_one = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.|".contains(&byte));
            let problem =
                if is_one { "The access token could not be decrypted" } else { "Malformed access token" };
            Refusal::new(190, problem)
        })
    }

    /// Refuses an object of an account that the token does not speak for, as if it were not there. What belongs to no account
    /// is for everyone.
    pub(crate) fn admit(&self, token: &str, object: &str) -> Result<(), Refusal> {
        let accounts = self.accounts_of(token)?;
        match self.owner(object) {
            Some(owner) if !accounts.contains(&owner) => Err(Refusal::no_such_object()),
            _ => Ok(()),
        }
    }

    /// The account that a number, an account, a media object or a template belongs to.
    pub(super) fn owner(&self, object: &str) -> Option<AccountId> {
        let phone = self.phone(&PhoneNumberId::from(object));
        if let Some(phone) =
            phone.or_else(|| self.phone(self.media.get(&MediaId::from(object))?.owner.as_ref()?))
        {
            return Some(phone.account_id.clone());
        }
        if let Some(template) = self.templates().get(&TemplateId::from(object)) {
            return Some(template.account.clone());
        }
        let account = AccountId::from(object);
        self.phones.tokens.values().any(|accounts| accounts.contains(&account)).then_some(account)
    }
}
