//! Accounts that have asked Graph too much.

use super::Model;
use crate::{
    id::{AccountId, MediaId},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::time::Duration;

/// An account that has to wait.
pub(crate) struct Throttled {
    account: AccountId,
    left: Duration,
}

impl Throttled {
    /// What `X-Business-Use-Case-Usage` says of it: percents, and minutes.
    pub(crate) fn usage(&self) -> Value {
        let minutes = self.left.as_millis().div_ceil(60_000);
        json!({ self.account.as_str(): [{
            "type": "whatsapp_business_management",
            "call_count": 100,
            "total_cputime": 1,
            "total_time": 1,
            "estimated_time_to_regain_access": u64::try_from(minutes).unwrap_or(u64::MAX),
        }] })
    }
}

impl Model {
    /// Lets an account wait until `until`.
    pub(crate) fn throttle(&mut self, account: AccountId, until: Timestamp) {
        self.trouble.throttled.insert(account, until);
    }

    /// The account that this object belongs to, if it has to wait. What is asked of media is not counted.
    pub(crate) fn throttled(&self, object: &str, now: Timestamp) -> Option<Throttled> {
        if self.trouble.throttled.is_empty() || self.media(&MediaId::from(object)).is_some() {
            return None;
        }
        let account = self.owner(object)?;
        let left = self.trouble.throttled.get(&account)?.since(now);
        (!left.is_zero()).then_some(Throttled { account, left })
    }
}
