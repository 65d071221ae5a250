//! A WhatsApp Business Account.

use crate::{
    client::{Client, templates::Templates},
    id::AccountId,
};

/// A WhatsApp Business Account, which owns phone numbers and templates.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) client: Client,
    pub(super) id: AccountId,
}

impl Account {
    /// Its id at Meta.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// Its templates.
    #[must_use]
    pub fn templates(&self) -> Templates {
        Templates::new(self.clone())
    }
}
