//! A send that the host is about to make.

use crate::{
    client::CallFuture,
    desk::{
        Tenant, detached,
        send::{
            Priority, Receipt,
            attempt::{attempt, seat},
            order::{WhenUnknown, keyed_id},
            record::{Draft, Recorded, admit, upload},
        },
        worker::held,
    },
    error::{Error, ErrorKind, Result},
    id::{MessageId, PhoneNumberId},
    message::Message,
    store::{SendState, StoredMessage, TenantStoreExt},
    time::Timestamp,
};
use std::{future::IntoFuture, time::Duration};

/// A tracked send about to be made; `.await` records and makes it.
///
/// Dropping the future after it was polled does not stop the send: what was begun is brought to its end.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct SendCall(Wish);

/// A tracked send that workers will make; `.await` records it.
///
/// Dropping the future after it was polled does not stop that.
#[derive(Clone, Debug)]
#[must_use = "nothing is enqueued until this is awaited"]
pub struct EnqueueCall {
    wish: Wish,
    priority: Priority,
    not_before: Option<Timestamp>,
}

/// What the host said so far.
#[derive(Clone, Debug)]
struct Wish {
    tenant: Tenant,
    number: PhoneNumberId,
    message: Message,
    key: Option<Key>,
    when_unknown: WhenUnknown,
    not_after: Option<Timestamp>,
}

/// A key of the host's, which may name whatever it likes: not shown.
#[derive(Clone)]
struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The options that both calls have.
macro_rules! options {
    (|$call:ident| $wish:expr) => {
        /// Quotes a message of the conversation.
        pub fn reply_to(self, id: impl Into<MessageId>) -> Self {
            let mut $call = self;
            $wish.message = $wish.message.reply_to(id);
            $call
        }

        /// Makes a repeated call harmless: what was recorded under this key of the tenant before is not sent again, and its
        /// receipt as it is now comes back, whatever this call holds.
        ///
        /// For as long as the first message is kept. Two calls at the same moment, in two processes, make one message. Of the
        /// key only a digest is kept.
        ///
        /// ```
        /// # async fn f(acme: whatsapp_business::desk::Tenant) -> whatsapp_business::Result<()> {
        /// let first = acme.send("106540352242922", "+14155552671", "It ships today").idempotency_key("order-7").await?;
        /// let again = acme.send("106540352242922", "+14155552671", "It ships today").idempotency_key("order-7").await?;
        /// assert_eq!(first.id, again.id);
        /// # Ok(()) }
        /// ```
        pub fn idempotency_key(self, key: impl Into<String>) -> Self {
            let mut $call = self;
            $wish.key = Some(Key(key.into()));
            $call
        }

        /// Not any more from this time on, such as a code that is good for some minutes: what waits until then is
        /// [cancelled](SendState::Cancelled), and says why. An attempt that was begun before is brought to its end; one whose
        /// outcome is still unknown then is [given up](SendState::GivenUp), whatever else was wanted.
        ///
        /// A message that waits behind others to the same person is seen to be late when its turn comes.
        /// [`Tenant::retry`] sends it all the same.
        pub fn not_after(self, time: impl Into<Timestamp>) -> Self {
            let mut $call = self;
            $wish.not_after = Some(time.into());
            $call
        }

        /// Sends it once more when the outcome is still unknown after this time: the person may get it twice, but not three
        /// times. When the outcome of the second one stays unknown, too, nothing more is done.
        ///
        /// Unless this or another policy is chosen, a message whose answer was lost is never sent again by itself, so it
        /// reaches the person at most once. A status webhook can settle it at any time; ten minutes leave it enough.
        pub fn resend_after(self, wait: Duration) -> Self {
            let mut $call = self;
            $wish.when_unknown = WhenUnknown::resend_after(wait);
            $call
        }

        /// Calls it [given up](SendState::GivenUp) when the outcome is still unknown after this time. A status that comes
        /// later still settles it.
        pub fn give_up_after(self, wait: Duration) -> Self {
            let mut $call = self;
            $wish.when_unknown = WhenUnknown::give_up_after(wait);
            $call
        }

        /// Asks the desk's [`Arbiter`](crate::desk::Arbiter) when the outcome is still unknown after this time.
        pub fn ask_after(self, wait: Duration) -> Self {
            let mut $call = self;
            $wish.when_unknown = WhenUnknown::ask_after(wait);
            $call
        }
    };
}

impl SendCall {
    pub(in crate::desk) fn new(tenant: Tenant, number: PhoneNumberId, message: Message) -> Self {
        Self(Wish::new(tenant, number, message))
    }

    options!(|call| call.0);
}

impl EnqueueCall {
    pub(in crate::desk) fn new(tenant: Tenant, number: PhoneNumberId, message: Message) -> Self {
        Self { wish: Wish::new(tenant, number, message), priority: Priority::Normal, not_before: None }
    }

    options!(|call| call.wish);

    /// Which of the messages that wait goes first; those to one person keep their order.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Not before this time. Until then it holds up no other message, and it takes its place behind those to the same person
    /// when the time has come. What is [sent in place](Tenant::send) to the person meanwhile is left to a worker.
    pub fn not_before(mut self, time: impl Into<Timestamp>) -> Self {
        self.not_before = Some(time.into());
        self
    }
}

impl IntoFuture for SendCall {
    type Output = Result<Receipt>;
    type IntoFuture = CallFuture<Receipt>;

    fn into_future(self) -> CallFuture<Receipt> {
        let Self(mut wish) = self;
        Box::pin(detached(async move {
            let mut draft = match wish.prepare().await? {
                Prepared::Known(receipt) => return Ok(receipt),
                Prepared::New(draft) => draft,
            };
            let (tenant, number) = (&wish.tenant, &wish.number);
            // Where it would have to wait for long, a worker makes it.
            let seat = seat(tenant, number, draft.order.priority).ok();
            let near = match &seat {
                Some(seat) => seat.near().await,
                None => Vec::new(),
            };
            draft.in_place = seat.is_some();
            let (stored, lease) = match draft.record(tenant, number, &wish.message).await? {
                Recorded::Leased(stored, lease) => (stored, lease),
                Recorded::Queued(stored) | Recorded::Known(stored) => return Ok(stored.into()),
            };
            if let Some(seat) = &seat {
                held(&tenant.desk, &lease, seat.pass(tenant)).await;
            }
            drop(near);
            drop(seat);
            match held(&tenant.desk, &lease, attempt(tenant, number, &stored, lease.clone())).await {
                // Meta may have it: an error would invite the caller to send it once more.
                Err(error) => Ok(unrecorded(stored, &error)),
                receipt => receipt,
            }
        }))
    }
}

impl IntoFuture for EnqueueCall {
    type Output = Result<Receipt>;
    type IntoFuture = CallFuture<Receipt>;

    fn into_future(self) -> CallFuture<Receipt> {
        let Self { mut wish, priority, not_before } = self;
        Box::pin(detached(async move {
            let mut draft = match wish.prepare().await? {
                Prepared::Known(receipt) => return Ok(receipt),
                Prepared::New(draft) => draft,
            };
            (draft.order.priority, draft.not_before) = (priority, not_before);
            match draft.record(&wish.tenant, &wish.number, &wish.message).await? {
                Recorded::Leased(stored, _) | Recorded::Queued(stored) | Recorded::Known(stored) => {
                    Ok(stored.into())
                }
            }
        }))
    }
}

enum Prepared {
    New(Draft),
    /// There is one under this key.
    Known(Receipt),
}

impl Wish {
    fn new(tenant: Tenant, number: PhoneNumberId, message: Message) -> Self {
        Self { tenant, number, message, key: None, when_unknown: WhenUnknown::Wait, not_after: None }
    }

    /// Checks all that can be checked before anything is written.
    async fn prepare(&mut self) -> Result<Prepared> {
        let Self { tenant, number, message, key, when_unknown, not_after } = self;
        message.validate()?;
        if matches!(when_unknown, WhenUnknown::AskAfter(_)) && tenant.desk.0.settings.arbiter.is_none() {
            let problem = "the desk has nobody to ask: set DeskBuilder::arbiter";
            return Err(Error::new(ErrorKind::Config(problem.to_owned())));
        }
        let identities = admit(tenant, number, message).await?;
        let id = key.as_ref().map(|key| keyed_id(&tenant.id, &key.0));
        if let Some(id) = &id
            && let Some(known) = tenant.store.message(id).await?
        {
            return Ok(Prepared::Known(known.into()));
        }
        upload(tenant, number, message).await?;
        let mut draft = Draft::new(id, identities);
        (draft.order.when_unknown, draft.order.not_after) = (*when_unknown, *not_after);
        Ok(Prepared::New(draft))
    }
}

/// The receipt of an attempt of which the store does not know the outcome; its status webhook will tell.
fn unrecorded(mut stored: StoredMessage, error: &Error) -> Receipt {
    tracing::error!(message = %stored.id, %error, "the outcome of a send could not be recorded");
    if let Some(sending) = &mut stored.sending {
        sending.state = SendState::OutcomeUnknown;
        sending.error = Some(format!("the outcome could not be recorded: {error}"));
    }
    stored.into()
}
