//! Sends that are stopped because all of a tenant's or a number's would fail.
//!
//! A circuit breaker each: the first failure stops the sends, which stay queued; when its time has come one of them tries
//! again, and with its success they go on. Every process learns by a failure of its own.

use crate::{
    desk::{Tenant, watch},
    id::{PhoneNumberId, TenantId},
    time::Timestamp,
};
use serde::Serialize;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Sends that wait as all of them would fail, and one of them is tried now and then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stopped {
    /// Whose sends.
    pub tenant: TenantId,
    /// From which number; `None` for all of the tenant's.
    pub number: Option<PhoneNumberId>,
    /// Meta's code of the last refusal.
    pub code: Option<i64>,
    /// Since when.
    #[serde(with = "crate::time::millis")]
    pub since: Timestamp,
    /// When the next is tried; while one is being tried, when it is given up. It is past when none waits to be sent.
    #[serde(with = "crate::time::millis")]
    pub until: Timestamp,
}

/// What is stopped in this process.
#[derive(Default)]
pub(in crate::desk) struct Holds(Mutex<HashMap<Scope, Hold>>);

/// Whose sends would fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// The tenant's, from every number.
    Tenant,
    /// The number's.
    Number,
}

type Scope = (TenantId, Option<PhoneNumberId>);

impl Holds {
    /// When to look again at a send that is stopped for now; whether it may be tried is told by [`admit`](Self::admit).
    pub(super) fn stopped_until(
        &self,
        tenant: &Tenant,
        number: &PhoneNumberId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let holds = self.all();
        if holds.is_empty() {
            return None;
        }
        scopes(&tenant.id, number).iter().filter_map(|scope| holds.get(scope)?.look_again(now)).max()
    }

    /// Whether a send may be tried, right now; else when to look again.
    pub(super) fn admit(
        &self,
        tenant: &Tenant,
        number: &PhoneNumberId,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut holds = self.all();
        if holds.is_empty() {
            return Ok(());
        }
        let scopes = scopes(&tenant.id, number);
        // Who may not try the one is not the one who tries the other.
        if let Some(later) = scopes.iter().filter_map(|scope| holds.get(scope)?.look_again(now)).max() {
            return Err(later);
        }
        for scope in scopes {
            if let Some(hold) = holds.get_mut(&scope) {
                hold.probe(now);
            }
        }
        Ok(())
    }

    /// A send that was admitted did not come to be tried: another may try at once.
    pub(super) fn untried(&self, tenant: &Tenant, number: &PhoneNumberId, now: Timestamp) {
        let mut holds = self.all();
        for scope in scopes(&tenant.id, number) {
            if let Some(hold) = holds.get_mut(&scope).filter(|hold| hold.probing) {
                (hold.until, hold.probing) = (now, false);
            }
        }
    }

    /// A send failed as all others would, with a code; gives when to try again. Meta or its documentation asks for at least
    /// `wait`.
    pub(super) fn failed(
        &self,
        whose: Whose,
        tenant: &Tenant,
        number: &PhoneNumberId,
        code: Option<i64>,
        wait: Option<Duration>,
        now: Timestamp,
    ) -> Timestamp {
        let number = (whose == Whose::Number).then(|| number.clone());
        let mut holds = self.all();
        let hold = holds.entry((tenant.id.clone(), number.clone())).or_default();
        let is_new = hold.failures == 0;
        if is_new {
            hold.since = now;
            if let Some(number) = &number {
                tracing::warn!(tenant = %tenant.id, %number, code, "sends from the number are stopped for now");
            } else {
                tracing::error!(tenant = %tenant.id, code, "sends of the tenant are stopped: Meta refuses its token");
            }
        }
        hold.code = code;
        let until = hold.fail(wait, now);
        if is_new {
            tell(&holds);
        }
        until
    }

    /// A send was taken, or refused for what is wrong with it alone: nothing stands in the way of others.
    pub(super) fn succeeded(&self, tenant: &Tenant, number: &PhoneNumberId) {
        let mut holds = self.all();
        if holds.is_empty() {
            return;
        }
        for scope in scopes(&tenant.id, number) {
            if holds.remove(&scope).is_some() {
                tracing::info!(tenant = %tenant.id, "sends go on");
                tell(&holds);
                tenant.desk.0.alarm.ring();
            }
        }
    }

    /// All that is stopped, by tenant and number.
    pub(in crate::desk) fn list(&self) -> Vec<Stopped> {
        let stopped = |((tenant, number), hold): (&Scope, &Hold)| Stopped {
            tenant: tenant.clone(),
            number: number.clone(),
            code: hold.code,
            since: hold.since,
            until: hold.until,
        };
        let mut all: Vec<_> = self.all().iter().map(stopped).collect();
        all.sort_by(|a, b| (&a.tenant, &a.number).cmp(&(&b.tenant, &b.number)));
        all
    }

    /// Until when sends of a tenant are stopped, from every number or from one.
    pub(in crate::desk) fn stopped(&self, tenant: &TenantId) -> Option<Timestamp> {
        self.all().iter().filter(|((other, _), _)| other == tenant).map(|(_, hold)| hold.until).max()
    }

    /// Lets sends be tried at once.
    pub(in crate::desk) fn lift(&self, tenant: &TenantId) {
        let mut holds = self.all();
        holds.retain(|(other, _), _| other != tenant);
        tell(&holds);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Scope, Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(holds: &HashMap<Scope, Hold>) {
    watch::stopped(holds.keys().map(|(_, number)| number.is_some()));
}

fn scopes(tenant: &TenantId, number: &PhoneNumberId) -> [Scope; 2] {
    [(tenant.clone(), None), (tenant.clone(), Some(number.clone()))]
}

/// One circuit breaker that is open.
#[derive(Debug)]
struct Hold {
    since: Timestamp,
    code: Option<i64>,
    until: Timestamp,
    /// Whether one tries at this moment, and the others look again soon.
    probing: bool,
    failures: u32,
}

impl Default for Hold {
    fn default() -> Self {
        let past = Timestamp::from_millis(0);
        Self { since: past, code: None, until: past, probing: false, failures: 0 }
    }
}

impl Hold {
    /// How long the one that tries has before another does.
    const PROBE: Duration = Duration::from_secs(60);
    /// How soon those look again that wait for the one that tries.
    const SOON: Duration = Duration::from_secs(1);
    /// The first wait that nobody asked for, and the longest.
    const WAITS: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(120));

    fn look_again(&self, now: Timestamp) -> Option<Timestamp> {
        let soon = if self.probing { self.until.min(now + Self::SOON) } else { self.until };
        (now < self.until).then_some(soon)
    }

    /// One tries from now on.
    fn probe(&mut self, now: Timestamp) {
        (self.until, self.probing) = (now + Self::PROBE, true);
    }

    fn fail(&mut self, wait: Option<Duration>, now: Timestamp) -> Timestamp {
        // Others that were under way at the same time fail as well, and say nothing new.
        if self.failures == 0 || self.probing || now >= self.until {
            let (first, longest) = Self::WAITS;
            let own = first.saturating_mul(1 << self.failures.min(8)).min(longest);
            self.until = now + wait.unwrap_or(own);
            self.failures += 1;
            self.probing = false;
        }
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::Hold;
    use crate::time::Timestamp;
    use std::time::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    impl Hold {
        fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
            self.look_again(now).map_or(Ok(()), Err)?;
            self.probe(now);
            Ok(())
        }
    }

    #[test]
    fn one_failure_stops_all_and_then_one_at_a_time_tries_ever_more_rarely() {
        let mut hold = Hold::default();
        assert_eq!(hold.fail(None, at(100)), at(115));
        assert_eq!(hold.fail(None, at(101)), at(115), "one that was under way says nothing new");
        assert_eq!(hold.admit(at(114)), Err(at(115)));
        assert_eq!(hold.admit(at(115)), Ok(()));
        assert_eq!(hold.admit(at(115)), Err(at(116)), "the others wait for the one that tries");
        assert_eq!(hold.fail(None, at(116)), at(146));
        assert_eq!(hold.admit(at(116)), Err(at(146)));
        for _ in 0..50 {
            let until = hold.until;
            assert_eq!(hold.admit(until), Ok(()));
            hold.fail(None, until);
        }
        assert_eq!(hold.fail(None, hold.until).since(at(0)), hold.until.since(at(0)));
        let until = hold.until;
        assert_eq!(hold.admit(until), Ok(()));
        assert_eq!(hold.fail(None, until), until + Duration::from_secs(120));
    }

    #[test]
    fn one_that_tries_and_is_never_heard_of_again_keeps_nobody() {
        let mut hold = Hold::default();
        hold.fail(None, at(0));
        assert_eq!(hold.admit(at(15)), Ok(()));
        assert!(hold.admit(at(74)).is_err());
        assert_eq!(hold.admit(at(75)), Ok(()));
    }

    #[test]
    fn meta_is_asked_again_when_it_said() {
        let mut hold = Hold::default();
        assert_eq!(hold.fail(Some(Duration::from_secs(240)), at(0)), at(240));
    }
}
