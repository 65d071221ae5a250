//! How fast may be sent: rules over what is known and a time, without a store or a clock of their own.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// By how much we stay below what is allowed, as messages do not take equally long on their way to Meta.
pub(super) const MARGIN: f64 = 0.9925;
/// What is left of a number's rate when Meta finds it too fast.
const SLOWER: f64 = 0.7;
/// Which part of its full rate a number regains each second.
const REGAIN: f64 = 0.02;
/// How far ahead slots may be taken: anything more is a clock that is wrong.
const AHEAD: Duration = Duration::from_secs(60);

/// The slots of a number that are taken, in any process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// Another one for each change.
    pub(super) revision: String,
    /// The first slot that nobody has, in microseconds of Unix time.
    next: i64,
    /// What the host set.
    #[serde(default)]
    pub(super) limit: Option<u32>,
    /// When Meta found it too fast, in milliseconds, and the rate from then on.
    #[serde(default)]
    slowed: Option<(i64, f64)>,
}

impl Ledger {
    /// One that nobody shares, of so many messages a second.
    pub(super) fn limited(limit: u32) -> Self {
        Self { limit: Some(limit), ..Self::default() }
    }

    /// Messages a second, where `usual` are allowed unless the host set another number.
    pub(super) fn rate(&self, usual: u32, now: Timestamp) -> f64 {
        let full = f64::from(self.limit.unwrap_or(usual).max(1));
        let Some((at, rate)) = self.slowed else { return full };
        let elapsed = now.since(Timestamp::from_millis(at)).as_secs_f64();
        full.min(rate + full * REGAIN * elapsed)
    }

    /// Takes the next `count` slots.
    pub(super) fn reserve(&mut self, usual: u32, count: u32, now: Timestamp) -> Block {
        let interval = Duration::from_secs_f64(1.0 / (self.rate(usual, now) * MARGIN));
        let (now, ahead) = (micros(now), whole(AHEAD));
        let start = if self.next > now.saturating_add(ahead) { now } else { self.next.max(now) };
        self.next = start.saturating_add(whole(interval * count));
        Block { next: start, end: self.next, count, left: count, interval }
    }

    /// Meta found the number too fast: it pauses for a moment, and goes on more slowly. Answers that come together are one
    /// finding.
    pub(super) fn slow(&mut self, usual: u32, now: Timestamp) {
        let last = self.slowed.map(|(at, _)| Timestamp::from_millis(at));
        if last.is_none_or(|last| now.since(last) >= Duration::from_secs(1)) {
            let rate = (self.rate(usual, now) * SLOWER).max(1.0);
            self.slowed = Some((now.as_millis(), rate));
        }
    }
}

/// Slots that this process has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Block {
    next: i64,
    /// From when on slots are those of others, unless they are taken as well.
    end: i64,
    /// How many there were, and how many are left.
    count: u32,
    left: u32,
    interval: Duration,
}

impl Block {
    /// After what time nobody goes on where they stopped.
    const REST: Duration = Duration::from_millis(100);
    /// How late the last slot may be used. With what [`Spacing`] lets be made up for, it is what [`MARGIN`] leaves of a second.
    const LATE: Duration = Duration::from_millis(2);

    /// Takes the next slot: how long it is until then. `None` when there is none, or all are past, or the clock went back since
    /// they were taken.
    fn take(&mut self, now: Timestamp) -> Option<Duration> {
        if self.left == 0 || self.is_past(now) || self.next > micros(now).saturating_add(whole(AHEAD)) {
            return None;
        }
        let wait = Duration::from_micros(u64::try_from(self.next.saturating_sub(micros(now))).unwrap_or(0));
        self.next = self.next.saturating_add(whole(self.interval));
        self.left -= 1;
        Some(wait)
    }

    /// Whether the time of all slots is past. Whoever is late within their own slots disturbs nobody; behind them come those of
    /// others.
    fn is_past(&self, now: Timestamp) -> bool {
        self.end.saturating_sub(whole(self.interval)).saturating_add(whole(Self::LATE)) < micros(now)
    }

    /// How many slots to take next, where so many were wanted the last time: twice as many as were used, and one after a rest.
    fn next_count(&self, last: u32, rate: f64, now: Timestamp) -> u32 {
        let is_rested = self.end.saturating_add(whole(Self::REST)) < micros(now);
        let used = if self.left == 0 { last } else { self.count - self.left };
        let wanted = if is_rested { 1 } else { used.saturating_mul(2) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        let most = (rate / 2.0) as u32;
        wanted.clamp(1, most.max(1))
    }
}

/// How a process goes through its slots, and asks for more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots {
    block: Block,
    /// How many it would have taken the last time.
    wanted: u32,
    /// How long the store takes to answer.
    asked: Duration,
    spacing: Spacing,
}

impl Slots {
    /// How often a message may be too late for slots before it goes out all the same: it is not to wait for ever.
    pub(super) const TRIES: u32 = 2;
    /// The longest that slots are taken ahead because the store is slow, and how fast it is taken for slow: one answer that was
    /// late says little of the next.
    const SLOW: Duration = Duration::from_millis(500);
    const SLOWER: Duration = Duration::from_millis(5);

    /// Takes the next slot: how long it is until then.
    pub(super) fn take(&mut self, now: Timestamp, instant: Instant) -> Option<Duration> {
        self.block.take(now).map(|wait| wait.max(self.spacing.wait(instant)))
    }

    /// How many slots to ask for, when so many messages wait: not many more, as those that are not used are lost to all; but who
    /// sends one after the other does not ask each time, and a slow store is not asked often.
    pub(super) fn count(&mut self, rate: f64, waiting: u32, now: Timestamp) -> u32 {
        self.wanted = self.block.next_count(self.wanted, rate, now);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        let meanwhile = (2.0 * rate * self.asked.as_secs_f64()) as u32;
        self.wanted.min(waiting.max(self.wanted / 8).max(meanwhile)).max(1)
    }

    /// Takes so many slots from the ledger, which are of use when the store will have answered; and tells whether nobody has taken
    /// any since the last time.
    pub(super) fn reserve(
        &self,
        ledger: &mut Ledger,
        usual: u32,
        count: u32,
        now: Timestamp,
    ) -> (Block, bool) {
        let is_alone = ledger.next == self.block.end;
        (ledger.reserve(usual, count, now + self.asked.saturating_sub(Block::LATE)), is_alone)
    }

    /// The same without any slots.
    pub(super) fn none(self) -> Self {
        Self { block: Block::default(), wanted: 0, ..self }
    }

    /// Goes on with other slots, which the store gave after so long; `None` when it gave none.
    pub(super) fn renew(&mut self, block: Block, asked: Option<Duration>) {
        self.block = block;
        if let Some(asked) = asked {
            self.asked = asked.min(2 * self.asked + Self::SLOWER).min(Self::SLOW);
        }
    }

    /// Whether the time of all slots is past.
    pub(super) fn is_past(&self, now: Timestamp) -> bool {
        self.block.is_past(now)
    }

    /// How long to keep away from the message before.
    pub(super) fn spacing(&self, instant: Instant) -> Duration {
        self.spacing.wait(instant)
    }

    /// Notes that a message goes out.
    pub(super) fn passed(&mut self, instant: Instant) {
        self.spacing.passed(instant, self.block.interval);
    }
}

/// Keeps messages apart that were held up together.
#[derive(Clone, Copy, Debug, Default)]
struct Spacing(Option<Instant>);

impl Spacing {
    /// How much may be made up for.
    const TOLERANCE: Duration = Duration::from_millis(4);

    fn wait(&self, now: Instant) -> Duration {
        self.0.map_or(Duration::ZERO, |next| next.saturating_duration_since(now + Self::TOLERANCE))
    }

    fn passed(&mut self, now: Instant, interval: Duration) {
        self.0 = Some(self.0.map_or(now, |next| next.max(now)) + interval);
    }
}

fn micros(time: Timestamp) -> i64 {
    time.as_millis().saturating_mul(1000)
}

fn whole(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Block, Ledger, MARGIN, Slots, Spacing};
    use crate::time::Timestamp;
    use proptest::prelude::*;
    use std::time::Duration;
    use tokio::time::Instant;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    /// Processes that share a number, of which each always has messages, and whose store takes so long to answer.
    struct Shared {
        rate: u32,
        store: Duration,
        begin: Instant,
        ledger: Ledger,
        processes: Vec<Process>,
    }

    struct Process {
        slots: Slots,
        time: Duration,
        /// Whether its timer is about to go off.
        sleeps: bool,
        lost: u32,
    }

    impl Shared {
        fn new(rate: u32, store: u64, processes: usize) -> Self {
            let process =
                || Process { slots: Slots::default(), time: Duration::ZERO, sleeps: false, lost: 0 };
            Self {
                rate,
                store: Duration::from_micros(store),
                begin: Instant::now(),
                ledger: Ledger::default(),
                processes: std::iter::repeat_with(process).take(processes).collect(),
            }
        }

        /// When the next message goes out, by a process whose timer then is so much too late: what a lane does.
        fn next(&mut self, late: u64) -> Duration {
            let (mut late, begin, rate) = (Duration::from_micros(late), self.begin, self.rate);
            let at = |time: Duration| NOW + Duration::from_millis(u64::try_from(time.as_millis()).unwrap());
            loop {
                let Process { slots, time, sleeps, lost } =
                    self.processes.iter_mut().min_by_key(|process| process.time).unwrap();
                let mut reserve = |slots: &mut Slots, time: &mut Duration| {
                    let count = slots.count(f64::from(rate), rate, at(*time));
                    let (block, is_alone) = slots.reserve(&mut self.ledger, rate, count, at(*time));
                    slots.renew(block, Some(self.store));
                    *time += self.store;
                    is_alone
                };
                let goes = if std::mem::take(sleeps) {
                    !slots.is_past(at(*time)) || *lost == Slots::TRIES || reserve(slots, time)
                } else {
                    let mut wait = slots.take(at(*time), begin + *time);
                    if wait.is_none() {
                        reserve(slots, time);
                        wait = slots.take(at(*time), begin + *time);
                    }
                    *sleeps = wait.is_some_and(|wait| wait >= Duration::from_millis(1));
                    if *sleeps {
                        *time += wait.unwrap() + std::mem::take(&mut late);
                        continue;
                    }
                    wait.is_some() || *lost == Slots::TRIES
                };
                *lost += 1;
                if goes {
                    *lost = 0;
                    slots.passed(begin + *time);
                    return *time;
                }
            }
        }
    }

    fn millis(n: u64) -> Timestamp {
        NOW + Duration::from_millis(n)
    }

    #[test]
    fn a_number_that_was_too_fast_goes_slower_once_and_regains_its_rate() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.rate(80, NOW), 80.0);
        for late in [0, 10, 900] {
            ledger.slow(80, millis(late));
            assert_eq!(ledger.rate(80, NOW), 56.0, "answers that come together are one finding");
        }
        assert!((ledger.rate(80, millis(5000)) - 64.0).abs() < 0.001);
        assert_eq!(ledger.rate(80, millis(60_000)), 80.0);
        ledger.limit = Some(1000);
        assert_eq!(ledger.rate(80, millis(60_000)), 1000.0);
    }

    #[test]
    fn slots_of_one_second_are_as_many_as_allowed() {
        for rate in [20_u32, 80, 1000] {
            let mut ledger = Ledger::default();
            let mut times = Vec::new();
            while times.len() < 3000 {
                let mut block = ledger.reserve(rate, 16, NOW);
                times.extend(std::iter::from_fn(|| block.take(NOW)));
                if times.last().is_some_and(|last| *last > Duration::from_secs(8)) {
                    break;
                }
            }
            let most = (0..times.len()).map(|i| {
                times[i..].iter().take_while(|time| **time < times[i] + Duration::from_secs(1)).count()
            });
            assert!(most.max() <= usize::try_from(rate).ok(), "{rate}");
            let per_second = (times.len() - 1) as f64 / times.last().unwrap().as_secs_f64();
            assert!((per_second / f64::from(rate) - MARGIN).abs() < 0.002, "{per_second} of {rate}");
        }
    }

    #[test]
    fn a_slot_whose_time_is_past_is_not_used() {
        let mut block = Ledger::default().reserve(80, 4, NOW);
        assert_eq!(block.take(NOW), Some(Duration::ZERO));
        // The last of the four is after 38 ms.
        assert_eq!(block.take(millis(39)), Some(Duration::ZERO));
        assert_eq!(block.take(millis(50)), None);
        assert_eq!(block.next_count(16, 80.0, millis(500)), 1);
        assert_eq!(block.next_count(16, 80.0, millis(60)), 4, "two were used");
        block.left = 0;
        assert_eq!(block.next_count(16, 80.0, millis(60)), 32);
        assert_eq!(block.next_count(32, 80.0, millis(60)), 40);
        assert_eq!(Block::default().next_count(0, 0.5, NOW), 1);
    }

    #[test]
    fn slots_are_taken_for_messages_that_wait() {
        let counts = |waiting| {
            let (mut slots, mut ledger) = (Slots::default(), Ledger::default());
            let count = |_| {
                let count = slots.count(80.0, waiting, NOW);
                slots.renew(slots.reserve(&mut ledger, 80, count, NOW).0, None);
                slots.block.left = 0;
                count
            };
            std::array::from_fn(count)
        };
        assert_eq!(counts(80), [1, 2, 4, 8, 16, 32, 40, 40], "half a second");
        assert_eq!(counts(17), [1, 2, 4, 8, 16, 17, 17, 17]);
        // Who sends one after the other does not ask each time.
        assert_eq!(counts(1), [1, 1, 1, 1, 2, 4, 5, 5]);
    }

    #[test]
    fn a_clock_that_is_wrong_by_minutes_stops_nobody() {
        let mut ledger = Ledger::default();
        let ahead = NOW + Duration::from_secs(600);
        let _ = ledger.reserve(80, 4, ahead);
        assert_eq!(ledger.reserve(80, 4, NOW).take(NOW), Some(Duration::ZERO));
    }

    #[test]
    fn slots_that_were_taken_before_the_clock_went_back_are_given_up() {
        let mut block = Ledger::default().reserve(80, 4, NOW + Duration::from_secs(600));
        assert_eq!(block.take(NOW), None);
        assert_eq!(block.take(NOW + Duration::from_secs(600)), Some(Duration::ZERO));
    }

    #[test]
    fn what_was_held_up_together_is_kept_apart() {
        let (mut spacing, now, interval) = (Spacing::default(), Instant::now(), Duration::from_millis(10));
        assert_eq!(spacing.wait(now), Duration::ZERO);
        spacing.passed(now, interval);
        assert_eq!(spacing.wait(now), Duration::from_millis(6));
        spacing.passed(now, interval);
        assert_eq!(spacing.wait(now), Duration::from_millis(16));
        assert_eq!(spacing.wait(now + Duration::from_secs(1)), Duration::ZERO);
    }

    proptest! {
        /// P9: however processes take their slots, in no second there are more than allowed.
        #[test]
        fn no_second_has_more_slots_than_allowed(
            rate in 1..2000_u32,
            takes in proptest::collection::vec((1..50_u32, 0..300_u64), 1..60),
        ) {
            let (mut ledger, mut now) = (Ledger::default(), NOW);
            let mut times = Vec::new();
            for (count, pause) in takes {
                now = now + Duration::from_millis(pause);
                // Whoever takes slots waits for them before taking more.
                if let Some(last) = times.last().filter(|last| **last > now.since(NOW) + Duration::from_secs(5)) {
                    now = NOW + *last;
                }
                let mut block = ledger.reserve(rate, count.min(rate), now);
                times.extend(std::iter::from_fn(|| block.take(now).map(|wait| now.since(NOW) + wait)));
            }
            for (i, begin) in times.iter().enumerate() {
                let within = times[i..].iter().take_while(|time| **time < *begin + Duration::from_secs(1)).count();
                prop_assert!(within <= rate as usize, "{} of {}", within, rate);
            }
        }

        /// P9: two processes that are now and then held up for a while do not meet in one second.
        #[test]
        fn whoever_is_late_leaves_the_slots_of_others_alone(
            rate in proptest::sample::select(vec![1_u32, 2, 5, 20, 80, 250, 1000]),
            store in 0..30_000_u64,
            held_up in proptest::collection::vec((0..1500_usize, 0..300_000_u64), 0..40),
            timers in proptest::collection::vec(0..1000_u64, 1500),
        ) {
            let (mut lane, mut late) = (Shared::new(rate, store, 2), timers);
            for (n, span) in held_up {
                late[n] = span;
            }
            let mut times = late.into_iter().map(|late| lane.next(late)).collect::<Vec<_>>();
            times.sort_unstable();
            for pair in times.windows(rate as usize + 1) {
                prop_assert!(pair[pair.len() - 1] - pair[0] >= Duration::from_secs(1), "{:?}", pair[0]);
            }
        }

        /// P9: a process that has a number for itself keeps its pace although timers are late.
        #[test]
        fn late_timers_cost_a_single_process_next_to_nothing(
            rate in proptest::sample::select(vec![1_u32, 2, 5, 20, 80]),
            timers in proptest::collection::vec(0..4000_u64, 400),
        ) {
            let mut lane = Shared::new(rate, 2000, 1);
            let last = timers.into_iter().map(|late| lane.next(late)).last().unwrap();
            prop_assert!(last.as_secs_f64() < 1.02 * 400.0 / f64::from(rate), "{last:?}");
        }
    }
}
