//! How much Meta lets through.

use super::Simulator;
use crate::id::AccountId;
use std::time::Duration;

/// Which of Meta's limits are kept.
///
/// None is, unless set: a test sends at the speed of the machine, and would meet limits that its subject, at the speed of
/// people, never does. What is counted is counted on the platform's [clock](Simulator::now), so
/// [`advance`](Simulator::advance) gets past every limit.
///
/// ```
/// use std::time::Duration;
/// use whatsapp_business::simulator::{Limits, Simulator};
/// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
/// let simulator = Simulator::builder().limits(Limits::meta()).start().await?;
///
/// simulator.set_limits(Limits::none().messaging_limit(250));
/// simulator.advance(Duration::from_secs(24 * 60 * 60));
/// # Ok(()) }
/// ```
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "nothing is limited before it is passed to a simulator"]
pub struct Limits {
    pub(super) pair_rate: bool,
    pub(super) throughput: bool,
    pub(super) messaging_limit: Option<usize>,
    pub(super) marketing_per_person: Option<usize>,
}

impl Limits {
    /// Everything is let through.
    pub fn none() -> Self {
        Self::default()
    }

    /// What Meta does to a business that is verified: the pair rate, the throughput, a messaging limit of 2,000, and two
    /// marketing messages a day for each person. Meta keeps the last number to itself and changes it from person to person.
    pub fn meta() -> Self {
        Self::none().pair_rate(true).throughput(true).messaging_limit(2_000).marketing_per_person(2)
    }

    /// Whether one number may write to one person every 6 seconds only (131056).
    ///
    /// A burst of up to 45 messages within 6 seconds is let through, and the time of each has to pass before the next
    /// message: after 20 at once that is two minutes.
    pub fn pair_rate(mut self, on: bool) -> Self {
        self.pair_rate = on;
        self
    }

    /// Whether a number sends and receives only so many messages in any second (130429): as many as its
    /// [`Phone::throughput`](super::Phone::throughput) or [`Builder::throughput`](super::Builder::throughput) says.
    ///
    /// What customers write counts, and is never refused.
    pub fn throughput(mut self, on: bool) -> Self {
        self.throughput = on;
        self
    }

    /// To how many people all numbers of an account may send templates within 24 hours, outside their windows: 250, 2,000,
    /// 10,000 or 100,000 with Meta, and `None` for any number.
    ///
    /// What is too much is accepted and then `failed` with 131048. With Meta the limit is that of the business portfolio;
    /// here every account is one of its own.
    pub fn messaging_limit(mut self, people: impl Into<Option<usize>>) -> Self {
        self.messaging_limit = people.into();
        self
    }

    /// How many marketing templates a person gets within 24 hours, from all numbers together; `None` for any number.
    ///
    /// What is too much is accepted and then `failed` with 131049. There is no such limit in the European Economic Area, the
    /// United Kingdom, Japan and South Korea. Marketing to the United States, which Meta has stopped altogether, is a limit
    /// of 0.
    pub fn marketing_per_person(mut self, messages: impl Into<Option<usize>>) -> Self {
        self.marketing_per_person = messages.into();
        self
    }
}

impl Simulator {
    /// Which limits are kept from now on; all counts begin anew.
    pub fn set_limits(&self, limits: Limits) {
        self.platform().change(|model, _| model.quotas.set(limits));
    }

    /// Refuses requests about an account with 80007 for so long, as Meta does after too many within the hour; zero ends it.
    ///
    /// That is everything but messages and media, which are not counted there. The answers say in
    /// `X-Business-Use-Case-Usage` in how many minutes (`estimated_time_to_regain_access`) it is over, as
    /// [`Error::retry_after`](crate::Error::retry_after) does. `X-App-Usage` stays low: the app's own limit (4) is
    /// another one.
    pub fn throttle(&self, account: impl Into<AccountId>, long: Duration) {
        let account = account.into();
        self.platform().change(|model, now| model.throttle(account, now + long));
    }
}
