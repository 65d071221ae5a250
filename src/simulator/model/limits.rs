//! What was sent and received lately, and whether more may be.

use super::{Phone, Target};
use crate::{
    id::{AccountId, PhoneNumberId, WaId},
    simulator::{limits::Limits, refusal::Refusal},
    time::Timestamp,
};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where there is no limit of marketing messages: the calling codes of the European Economic Area, the United Kingdom, Japan
/// and South Korea.
const SPARED: [&str; 33] = [
    "30", "31", "32", "33", "34", "351", "352", "353", "354", "356", "357", "358", "359", "36", "370", "371",
    "372", "385", "386", "39", "40", "420", "421", "423", "43", "44", "45", "46", "47", "48", "49", "81",
    "82",
];

/// The counts behind the [`Limits`]. What is not limited is not counted.
pub(crate) struct Quotas {
    limits: Limits,
    numbers: HashMap<PhoneNumberId, Recent>,
    pairs: HashMap<(PhoneNumberId, WaId), Pair>,
    reached: HashMap<AccountId, Reached>,
    marketing: HashMap<WaId, Recent>,
}

impl Quotas {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            numbers: HashMap::new(),
            pairs: HashMap::new(),
            reached: HashMap::new(),
            marketing: HashMap::new(),
        }
    }

    pub(crate) fn set(&mut self, limits: Limits) {
        *self = Self::new(limits);
    }

    /// Counts a message that a number sends, unless it is one too many.
    pub(super) fn send(&mut self, from: &Phone, to: &Target, now: Timestamp) -> Result<(), Refusal> {
        if self.limits.throughput {
            let recent = self.numbers.entry(from.id.clone()).or_default();
            if recent.count(SECOND, now) >= from.throughput {
                return Err(Refusal::new(130_429, "Cloud API message throughput has been reached."));
            }
        }
        if let (true, Target::Person(person)) = (self.limits.pair_rate, to)
            && !self.pairs.entry((from.id.clone(), person.clone())).or_default().admit(now)
        {
            let details = "Too many messages were sent to this person from this number in a short time.";
            return Err(Refusal::new(131_056, details));
        }
        self.note(from, now);
        Ok(())
    }

    /// Counts a message that a number sends or receives.
    pub(super) fn note(&mut self, phone: &Phone, now: Timestamp) {
        if self.limits.throughput {
            let recent = self.numbers.entry(phone.id.clone()).or_default();
            recent.forget(SECOND, now);
            recent.0.push_back(now);
        }
    }

    /// Counts a person to whom the business turns of itself, unless they are one too many.
    pub(super) fn reach(&mut self, account: &AccountId, person: &WaId, now: Timestamp) -> bool {
        let Some(limit) = self.limits.messaging_limit else { return true };
        self.reached.entry(account.clone()).or_default().admit(person, limit, now)
    }

    /// Counts a marketing message to a person, unless it is one too many.
    pub(super) fn market(&mut self, person: &WaId, now: Timestamp) -> bool {
        let is_spared = SPARED.iter().any(|code| person.as_str().starts_with(code));
        let Some(limit) = self.limits.marketing_per_person.filter(|_| !is_spared) else { return true };
        let recent = self.marketing.entry(person.clone()).or_default();
        let is_allowed = recent.count(DAY, now) < limit;
        if is_allowed {
            recent.0.push_back(now);
        }
        is_allowed
    }
}

/// When something happened lately, oldest first.
#[derive(Default)]
struct Recent(VecDeque<Timestamp>);

impl Recent {
    /// How often it happened within the last `span`.
    fn count(&mut self, span: Duration, now: Timestamp) -> usize {
        self.forget(span, now);
        self.0.len()
    }

    fn forget(&mut self, span: Duration, now: Timestamp) {
        while self.0.front().is_some_and(|oldest| now >= *oldest + span) {
            self.0.pop_front();
        }
    }
}

/// What one number sends to one person.
#[derive(Default)]
struct Pair {
    /// When the burst began that is not paid off yet, and how many messages are in it.
    burst: Option<(Timestamp, u32)>,
}

impl Pair {
    /// What each message costs, and how long a burst may take.
    const PACE: Duration = Duration::from_secs(6);
    /// Most messages in a burst.
    const BURST: u32 = 45;

    /// Counts a message, unless it has to wait.
    fn admit(&mut self, now: Timestamp) -> bool {
        let burst = match self.burst {
            Some((began, messages)) if now < began + messages * Self::PACE => {
                if now >= began + Self::PACE || messages >= Self::BURST {
                    return false;
                }
                (began, messages + 1)
            }
            _ => (now, 1),
        };
        self.burst = Some(burst);
        true
    }
}

/// To whom an account turned of itself within a day.
#[derive(Default)]
struct Reached {
    last: HashMap<WaId, Timestamp>,
    /// Every time, oldest first.
    times: VecDeque<(Timestamp, WaId)>,
}

impl Reached {
    fn admit(&mut self, person: &WaId, limit: usize, now: Timestamp) -> bool {
        while let Some((time, earlier)) = self.times.front().filter(|(time, _)| now >= *time + DAY) {
            // A later message to them counts on.
            if self.last.get(earlier) == Some(time) {
                self.last.remove(earlier);
            }
            self.times.pop_front();
        }
        if !self.last.contains_key(person) && self.last.len() >= limit {
            return false;
        }
        self.last.insert(person.clone(), now);
        self.times.push_back((now, person.clone()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Pair, Quotas, Reached};
    use crate::{
        id::WaId,
        simulator::{Limits, Phone, model::Target},
        time::Timestamp,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 + seconds)
    }

    /// At which of these times, in milliseconds, a message is taken.
    fn taken(millis: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut pair = Pair::default();
        let begun = at(0).as_millis();
        millis.into_iter().filter(|time| pair.admit(Timestamp::from_millis(begun + time))).collect()
    }

    #[test]
    fn a_person_may_be_written_to_every_six_seconds() {
        assert_eq!(taken([0, 6_000, 12_000, 18_000]), [0, 6_000, 12_000, 18_000]);
    }

    #[test]
    fn what_is_sent_within_six_seconds_is_borrowed_from_the_time_to_come() {
        // The third one comes after the burst, and before the second one is paid off.
        assert_eq!(taken([0, 5_999, 6_000, 11_999, 12_000]), [0, 5_999, 12_000]);
        // Twenty at once are two minutes.
        let twenty = std::iter::repeat_n(0, 20);
        assert_eq!(taken(twenty.chain([119_999, 120_000]))[19..], [0, 120_000]);
    }

    #[test]
    fn a_burst_has_45_messages() {
        let messages = taken(std::iter::repeat_n(0, 60).chain([269_999, 270_000]));
        assert_eq!((messages.len(), messages[44], messages[45]), (46, 0, 270_000));
    }

    #[test]
    fn a_number_sends_and_receives_so_many_messages_in_any_second() {
        let mut quotas = Quotas::new(Limits::none().throughput(true));
        let phone = Phone::new("1", "2", "15550100001").throughput(3);
        let mut send = |millis| {
            let now = Timestamp::from_millis(millis);
            quotas.send(&phone, &Target::Person("1".into()), now).map_err(|refusal| refusal.code())
        };
        assert_eq!([send(0), send(400), send(900)], [Ok(()); 3]);
        assert_eq!(
            [send(999), send(1_000), send(1_001), send(1_400)],
            [Err(130_429), Ok(()), Err(130_429), Ok(())]
        );
        for _ in 0..3 {
            quotas.note(&phone, at(9));
        }
        assert!(quotas.send(&phone, &Target::Person("1".into()), at(9)).is_err());
        assert!(quotas.send(&phone, &Target::Person("1".into()), at(10)).is_ok());
    }

    #[test]
    fn a_person_counts_for_a_day_after_the_last_message_to_them() {
        let mut reached = Reached::default();
        let mut admit = |person, seconds| reached.admit(&WaId::from(person), 2, at(seconds));
        assert_eq!(
            [admit("a", 0), admit("b", 10), admit("a", 20), admit("c", 30)],
            [true, true, true, false]
        );
        // The first message to `a` is a day old, and the second is not.
        assert_eq!(
            [admit("c", 86_405), admit("c", 86_410), admit("d", 86_419), admit("d", 86_420)],
            [false, true, false, true]
        );
    }

    #[test]
    fn marketing_is_limited_where_meta_limits_it() {
        let mut quotas = Quotas::new(Limits::none().marketing_per_person(1));
        let mut market = |person, seconds| quotas.market(&WaId::from(person), at(seconds));
        assert_eq!([market("14155550132", 0), market("14155550132", 86_399)], [true, false]);
        assert!(market("14155550132", 86_400));
        assert_eq!([market("4915155550132", 0), market("4915155550132", 0)], [true, true]);
    }
}
