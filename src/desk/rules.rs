//! What a host sets up about conversations, people and who answers them.

use crate::{
    desk::{
        DeskBuilder,
        consent::Keywords,
        routing::{Directory, Nobody, Strategy},
    },
    id::TenantId,
    store::PersonSalt,
};
use std::{sync::Arc, time::Duration};

pub(super) struct Rules {
    pub(super) policy: Arc<dyn Fn(&TenantId) -> Policy + Send + Sync>,
    pub(super) window: bool,
    pub(super) salt: Option<PersonSalt>,
    pub(super) keywords: Keywords,
    pub(super) strategy: Option<Strategy>,
    pub(super) directory: Arc<dyn Directory>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            policy: Arc::new(|_| Policy::default()),
            window: true,
            salt: None,
            keywords: Keywords::default(),
            strategy: None,
            directory: Arc::new(Nobody),
        }
    }
}

/// When a tenant's conversations end, and what a message after their end does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub(super) reopen_within: Option<Duration>,
    pub(super) close_after: Option<Duration>,
}

impl Policy {
    /// Conversations end when somebody closes them, and a message after that opens another.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A message within `span` of the closing reopens the conversation that was closed last, instead of opening another.
    #[must_use]
    pub fn reopen_within(mut self, span: Duration) -> Self {
        self.reopen_within = Some(span);
        self
    }

    /// A conversation is closed by itself when no message went either way for `span`.
    ///
    /// It holds for conversations that open after it was set.
    #[must_use]
    pub fn close_after(mut self, span: Duration) -> Self {
        self.close_after = Some(span);
        self
    }
}

impl DeskBuilder {
    /// When conversations end, by tenant. `policy` is asked each time, so what it says may change.
    ///
    /// ```
    /// # use whatsapp_business::{Desk, desk::Policy, store::MemoryStore};
    /// # use std::time::Duration;
    /// let desk = Desk::builder(MemoryStore::default())
    ///     .policy(|_tenant| Policy::new().close_after(Duration::from_secs(48 * 3600)))
    ///     .build();
    /// ```
    pub fn policy(mut self, policy: impl Fn(&TenantId) -> Policy + Send + Sync + 'static) -> Self {
        self.0.rules.policy = Arc::new(policy);
        self
    }

    /// Whether free-form messages are refused outside the 24-hour window, instead of being sent for Meta to refuse. They are
    /// unless set to `false`, which suits a host whose webhooks do not come to this desk.
    pub fn window(mut self, enforced: bool) -> Self {
        self.0.rules.window = enforced;
        self
    }

    /// What people are hashed under in the ledger of consents. Without it no consent can be kept or looked at: what people
    /// want is logged as an error and lost, and Meta alone keeps marketing from those who do not want it.
    pub fn person_salt(mut self, salt: PersonSalt) -> Self {
        self.0.rules.salt = Some(salt);
        self
    }

    /// The words by which people withdraw and give their consent to marketing. Those of [`Keywords::default`] unless set.
    pub fn keywords(mut self, keywords: Keywords) -> Self {
        self.0.rules.keywords = keywords;
        self
    }

    /// Who gets the conversations that nobody has. Without it they wait for [`Tenant::assign`](crate::desk::Tenant::assign).
    ///
    /// A conversation that nobody has is routed with each message from the customer, when its context or links change, and
    /// when an agent has room; then those who wait longest come first. [`Desk::run`](crate::desk::Desk::run) does it. A strategy
    /// that panics picks nobody.
    ///
    /// Every desk over one store needs it, those that only receive as well: what comes to a desk without it is not routed until
    /// an agent has room.
    pub fn routing(mut self, strategy: Strategy) -> Self {
        self.0.rules.strategy = Some(strategy);
        self
    }

    /// Who owns customers and leads, for [`Strategy::owner`]. Nobody unless set.
    pub fn directory(mut self, directory: impl Directory) -> Self {
        self.0.rules.directory = Arc::new(directory);
        self
    }
}
