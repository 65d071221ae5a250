//! How the messages of a span fared: how many got through, how long they took, and why others did not.

use crate::{
    desk::{Entry, Headline, Tenant},
    error::Result,
    id::PhoneNumberId,
    store::{ConversationId, Cursor, Direction, PageRequest, Query, StoredMessage, TenantStoreExt},
    time::Timestamp,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// Which sent messages are looked at.
#[derive(Clone, Debug)]
pub struct Deliveries {
    from: Timestamp,
    to: Timestamp,
    number: Option<PhoneNumberId>,
    template: Option<String>,
    most: usize,
}

impl Deliveries {
    /// Most messages of a history that are read for one report, unless [`most`](Self::most) says otherwise.
    pub const MOST: usize = 10_000;

    /// Those that were sent from `from` on and before `to`.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to, number: None, template: None, most: Self::MOST }
    }

    /// Only those sent from this number of ours.
    #[must_use]
    pub fn number(mut self, number: impl Into<PhoneNumberId>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// Only those sent with this template, by its name.
    #[must_use]
    pub fn template(mut self, name: impl Into<String>) -> Self {
        self.template = Some(name.into());
        self
    }

    /// Most messages to read, of both directions and whatever they are, instead of [`Self::MOST`].
    #[must_use]
    pub fn most(mut self, messages: usize) -> Self {
        self.most = messages.max(1);
        self
    }
}

/// How messages fared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryReport {
    /// Messages that were to be sent.
    pub messages: usize,
    /// Those that reached a device, read ones among them.
    pub delivered: usize,
    /// Those that were seen.
    pub read: usize,
    /// Those that Meta or our own checks refused, or that did not get through.
    pub failed: usize,
    /// How often each of Meta's codes was the reason. A message may have failed for more than one.
    pub failures: BTreeMap<i64, usize>,
    /// How long it took until they reached a device.
    pub to_deliver: Option<Spread>,
    /// How long it took until they were seen.
    pub to_read: Option<Spread>,
    /// When there were more messages than may be read at once: the time up to which they are counted. Ask again from there;
    /// what was sent in that very millisecond may be counted twice then.
    pub until: Option<Timestamp>,
}

/// How a time is spread over messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spread {
    /// Half of them took no longer.
    pub median: Duration,
    /// 95 of 100 took no longer.
    pub p95: Duration,
    /// None took longer.
    pub longest: Duration,
}

impl Spread {
    /// The spread of times, if there are any.
    fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { median: at(50)?, p95: at(95)?, longest: at(100)? })
    }
}

impl Tenant {
    /// How the messages fared that were sent in a span.
    ///
    /// It reads the history of all conversations, a page at a time, and each message's progress: for people who look, not
    /// for every request.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    ///
    /// ```
    /// # use whatsapp_business::{desk::{Deliveries, Tenant}, time::Timestamp};
    /// # async fn report(acme: &Tenant, monday: Timestamp, sunday: Timestamp) -> whatsapp_business::Result<()> {
    /// let report = acme.deliveries(&Deliveries::between(monday, sunday).template("order_update")).await?;
    /// println!("{} of {} were read", report.read, report.messages);
    /// # Ok(()) }
    /// ```
    pub async fn deliveries(&self, which: &Deliveries) -> Result<DeliveryReport> {
        let first = PageRequest::oldest(which.most.min(PageRequest::MAX_LIMIT));
        let before = Cursor::behind(&self.id, &Query::AllMessages, &first, which.from, "");
        let mut request = first.after(before);
        let (mut tally, mut numbers, mut read) = (Tally::default(), HashMap::new(), 0);
        loop {
            let page = self.store.all_messages(request.clone()).await?;
            for message in page.items {
                if message.at >= which.to {
                    return Ok(tally.report(None));
                }
                if read >= which.most {
                    return Ok(tally.report(Some(message.at)));
                }
                read += 1;
                if self.is_wanted(which, &message, &mut numbers).await? {
                    tally.add(&self.entry(message).await?);
                }
            }
            match page.next {
                Some(next) => request = request.after(next),
                None => return Ok(tally.report(None)),
            }
        }
    }

    async fn is_wanted(
        &self,
        which: &Deliveries,
        message: &StoredMessage,
        numbers: &mut HashMap<ConversationId, Option<PhoneNumberId>>,
    ) -> Result<bool> {
        if message.direction != Direction::Outbound
            || which.template.as_deref().is_some_and(|name| template(message).as_deref() != Some(name))
        {
            return Ok(false);
        }
        let Some(wanted) = &which.number else { return Ok(true) };
        if let Some(number) = numbers.get(&message.conversation) {
            return Ok(number.as_ref() == Some(wanted));
        }
        let conversation = self.store.conversation(&message.conversation).await?;
        let number = conversation.map(|conversation| conversation.number);
        let is_wanted = number.as_ref() == Some(wanted);
        numbers.insert(message.conversation.clone(), number);
        Ok(is_wanted)
    }
}

/// The name of the template that a message was made of.
fn template(message: &StoredMessage) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        template: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let body = serde_json::from_slice::<Body>(&message.body).ok()?;
    Some(body.template.name)
}

#[derive(Default)]
struct Tally {
    report: DeliveryReport,
    to_deliver: Vec<Duration>,
    to_read: Vec<Duration>,
}

impl Tally {
    fn add(&mut self, entry: &Entry) {
        let report = &mut self.report;
        report.messages += 1;
        match entry.headline() {
            Headline::Read | Headline::Played => {
                report.delivered += 1;
                report.read += 1;
            }
            Headline::Delivered => report.delivered += 1,
            Headline::Failed | Headline::Rejected => report.failed += 1,
            _ => {}
        }
        let refused = entry.message.sending.as_ref().and_then(|sending| sending.error_code);
        for code in entry.failures.iter().map(|failure| failure.code).chain(refused) {
            *report.failures.entry(code).or_default() += 1;
        }
        let metrics = entry.metrics();
        self.to_deliver.extend(metrics.to_deliver);
        self.to_read.extend(metrics.to_read);
    }

    fn report(self, until: Option<Timestamp>) -> DeliveryReport {
        let (to_deliver, to_read) = (Spread::of(self.to_deliver), Spread::of(self.to_read));
        DeliveryReport { to_deliver, to_read, until, ..self.report }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;
    use std::time::Duration;

    #[test]
    fn a_spread_tells_what_most_did_not_exceed() {
        let seconds = Duration::from_secs;
        assert_eq!(Spread::of(Vec::new()), None);
        let one = Spread::of(vec![seconds(7)]).unwrap();
        assert_eq!((one.median, one.p95, one.longest), (seconds(7), seconds(7), seconds(7)));
        let hundred = Spread::of((1..=100).rev().map(seconds).collect()).unwrap();
        assert_eq!((hundred.median, hundred.p95, hundred.longest), (seconds(50), seconds(95), seconds(100)));
    }
}
