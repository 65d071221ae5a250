//! What went to one person lately, whichever process sent it.
//!
//! A process counts what it sends itself. Others may have sent to the same person, or it did so before it was started anew; the
//! messages of the conversation tell. They are read only for a message that came shortly after another: of the many that a
//! campaign sends to people who were left in peace, none is.
//!
//! Two cases are left to Meta, which refuses a message that is one too many (131056), so that it is tried again: two that are sent
//! in place at the same moment by two processes, and one that was recorded when nothing had been said for long, but goes out
//! together with others that had waited since before that.

use crate::{
    desk::{
        Tenant,
        contact::Thread,
        send::{order::Order, pair::Pair},
    },
    store::{self, ConversationId, PageRequest, TenantStoreExt},
    time::Timestamp,
};

/// How many messages are read at first: as many as a burst has, and some from the person.
const NEWEST: usize = 60;

/// Whether a message that is recorded now follows others so closely that they may count against it.
pub(super) fn follows(thread: &Thread, now: Timestamp) -> bool {
    !thread.is_new() && thread.conversation.last_message_at > now - Pair::SPAN
}

/// What is owed to the person of a conversation for messages before that of `order`.
pub(super) async fn pair(
    tenant: &Tenant,
    order: &Order,
    conversation: &ConversationId,
) -> store::Result<Pair> {
    if !order.follows {
        return Ok(Pair::default());
    }
    let now = tenant.desk.now();
    let is_recent = |at: &Timestamp| *at > now - Pair::SPAN && *at <= now;
    let (mut page, mut looked_at, mut times) = (PageRequest::newest(NEWEST), 0, Vec::new());
    loop {
        let found = tenant.store.messages(conversation, page).await?;
        looked_at += found.items.len();
        let mut reaches_back = false;
        for sending in found.items.into_iter().filter_map(|message| message.sending) {
            match sending.attempted_at.filter(is_recent) {
                Some(at) => times.push(at),
                // Those that wait, or were stopped, stand before those that went out, in any number.
                None => reaches_back |= sending.attempted_at.is_some(),
            }
        }
        page = match found.next {
            Some(next) if !reaches_back && looked_at < PageRequest::MAX_LIMIT => {
                PageRequest::newest(looked_at * 4).after(next)
            }
            _ => break,
        };
    }
    times.sort_unstable();
    Ok(Pair::after(times))
}
