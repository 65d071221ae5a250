//! What a tenant used, for invoices: counted in the transaction of what is counted.

use crate::{
    desk::Tenant,
    error::Result,
    id::{UserId, WaId},
    store::{Changes, Cursor, PageRequest, Query, TenantStoreExt, Usage},
    time::Timestamp,
    webhook::{Pricing, PricingKind, Status, StatusKind},
};
use std::time::Duration;

/// How long it is remembered that a message was counted: the last status with its price may come weeks after the first.
const COUNTED: Duration = Duration::from_secs(40 * 24 * 60 * 60);

/// The metric of events that were put aside.
pub(super) const DEAD_LETTERS: &str = "dead_letters";

impl Tenant {
    /// What was used on the days (of UTC) from that of `from` until that of `to`, both included; oldest first, and within
    /// a day by metric. What was not used at all is left out.
    ///
    /// | metric | counts |
    /// |---|---|
    /// | `received` | messages that customers wrote |
    /// | `sent.<category>` | messages that were sent and arrived, by Meta's category: `sent.marketing`, `sent.service` … |
    /// | `billable.<category>` | those of them that Meta bills: it bills nothing that did not arrive |
    /// | `conversations.opened` | conversations that began |
    /// | `media.files`, `media.bytes` | files of customers that were stored |
    /// | `dead_letters` | events that were put aside |
    ///
    /// Each message counts once, and in a group once for each member, however often Meta reports it: on the day, by our
    /// clock, on which it first told the category of what arrived.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn usage(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Usage>> {
        let first = PageRequest::oldest(PageRequest::MAX_LIMIT);
        // No metric comes before the empty one, so this is just before the first of the day.
        let before = Cursor::behind(&self.id, &Query::Usage, &first, from.day(), "");
        let mut request = first.after(before);
        let mut all = Vec::new();
        loop {
            let page = self.store.usage(request.clone()).await?;
            let count = page.items.len();
            let wanted = page.items.into_iter().take_while(|usage| usage.day <= to);
            let before = all.len();
            all.extend(wanted);
            match page.next {
                Some(next) if all.len() - before == count => request = request.after(next),
                _ => return Ok(all),
            }
        }
    }
}

/// Adds to `changes` what a status tells of the price of its message, with the mark that has it count once. Not to be added
/// when that mark was seen.
pub(super) fn priced(status: &Status, changes: Changes) -> Changes {
    // The price comes with `sent` already, but is due only when the message arrives.
    if !matches!(status.status, StatusKind::Delivered | StatusKind::Read | StatusKind::Played) {
        return changes;
    }
    let Some(pricing) = &status.pricing else { return changes };
    let Some(category) = &pricing.category else { return changes };
    let now = changes.now();
    let user = status.participant_user_id.as_ref().map(UserId::as_str);
    let phone = status.participant_id.as_ref().map(WaId::as_str);
    let parent = status.participant_parent_user_id.as_ref().map(UserId::as_str);
    let mark = match user.or(phone).or(parent) {
        Some(member) => format!("priced:{}:{member}", status.id),
        None => format!("priced:{}", status.id),
    };
    let changes = changes.once(mark, now + COUNTED).count(now, format!("sent.{category}"), 1);
    if is_billed(pricing) { changes.count(now, format!("billable.{category}"), 1) } else { changes }
}

/// Whether Meta bills a message. Where both are told, the kind is right.
fn is_billed(pricing: &Pricing) -> bool {
    match &pricing.kind {
        Some(kind) => *kind == PricingKind::Regular,
        None => pricing.billable == Some(true),
    }
}
