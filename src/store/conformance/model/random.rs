//! Programs at random.

use super::list::List;
use super::program::{Batch, Holder, NAMES, Of, Place, Step, Thing, Version, Write};
use crate::store::{ConversationTime, Fact};
use fastrand::Rng;

/// A program of so many steps, always the same one of a seed. It ends with a look at everything.
pub(super) fn program(seed: u64, steps: usize) -> Vec<Step> {
    let mut random = Random(Rng::with_seed(seed));
    let looks = (0..TENANTS).map(|tenant| Step::Look { tenant });
    (0..steps).map(|_| random.step()).chain(looks).collect()
}

const TENANTS: u8 = 3;

struct Random(Rng);

impl Random {
    fn name(&mut self) -> u8 {
        self.0.u8(..NAMES)
    }

    /// Most is done in one tenant, so that its programs meet themselves.
    fn tenant(&mut self) -> u8 {
        if self.chance(3) { self.0.u8(..TENANTS) } else { 0 }
    }

    fn one_of_two(&mut self) -> u8 {
        self.0.u8(..2)
    }

    fn time(&mut self) -> i64 {
        self.0.i64(-2..18)
    }

    /// True once in so many times.
    fn chance(&mut self, times: u32) -> bool {
        self.0.u32(..times) == 0
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.0.bool() { Some(make(self)) } else { None }
    }

    fn step(&mut self) -> Step {
        match self.0.u8(..25) {
            0..=9 => Step::Apply { tenant: self.tenant(), batch: self.batch(4) },
            10 | 11 => Step::Page {
                tenant: self.tenant(),
                list: self.list(),
                oldest: self.0.bool(),
                limit: self.0.usize(1..3),
            },
            12 | 13 => {
                let elsewhere = if self.chance(2) { Some((self.tenant(), self.list())) } else { None };
                Step::GoOn { back: self.0.usize(..3), elsewhere }
            }
            14 => Step::Look { tenant: self.tenant() },
            15..=17 => Step::Claim { now: self.time(), span: self.0.u64(..10), max: self.0.usize(..4) },
            18 | 19 => Step::Extend { lease: self.holder(), until: self.time() },
            20..=22 => {
                let again = self.maybe(Self::time);
                let mut batch = self.batch(2);
                // Now and then the changes remove a job, which may be the one that is finished, and add another.
                if self.chance(5) {
                    let key = Place::Of(Thing::Job { id: self.name() });
                    batch.changes.push(Write::Delete { key, version: Version::Read });
                    batch.changes.push(self.enqueue());
                }
                Step::Finish { lease: self.holder(), again, batch }
            }
            23 => Step::Backlog { now: self.time() },
            _ => Step::Bind { number: self.name(), account: self.name(), tenant: self.tenant() },
        }
    }

    fn holder(&mut self) -> Holder {
        let forged = if self.chance(10) { Some(self.0.u8(..TENANTS)) } else { None };
        Holder { back: self.0.usize(..4), forged }
    }

    fn batch(&mut self, most: usize) -> Batch {
        let changes = self.0.usize(..=most);
        Batch { now: self.time(), changes: (0..changes).map(|_| self.write()).collect() }
    }

    fn write(&mut self) -> Write {
        match self.0.u8(..26) {
            0 | 1 => Write::Once { key: self.0.u8(..2), until: self.time() },
            2..=10 => {
                let expect = match self.0.u8(..8) {
                    0..=3 => Version::Absent,
                    4 | 5 => Version::Read,
                    _ => Version::Number(self.0.u64(..4)),
                };
                Write::Put { record: self.thing(), expect }
            }
            11 | 12 => {
                let version = if self.chance(3) { Version::Number(self.0.u64(..4)) } else { Version::Read };
                Write::Delete { key: self.place(), version }
            }
            13..=15 => {
                let fact = self.0.choice(Fact::ALL).copied().unwrap_or(Fact::Sent);
                Write::Earliest { wamid: self.name(), fact, at: self.time() }
            }
            16 | 17 => {
                let which = [ConversationTime::LastMessage, ConversationTime::LastInbound];
                let time = which[self.0.usize(..2)];
                Write::Latest { conversation: self.0.u8(..3), time, at: self.time() }
            }
            18 | 19 => Write::Add { conversation: self.0.u8(..3), unread: self.0.i64(-3..4) },
            20 | 21 => {
                let by = if self.chance(4) { u64::MAX } else { self.0.u64(..3) };
                Write::Count { at: self.time(), metric: self.0.u8(..2), by }
            }
            _ => self.enqueue(),
        }
    }

    fn enqueue(&mut self) -> Write {
        let lease = if self.chance(4) { Some(self.time()) } else { None };
        Write::Enqueue { job: self.name(), group: self.0.u8(..2), due: self.time(), lease }
    }

    fn thing(&mut self) -> Thing {
        match self.0.u8(..45) {
            0 => Thing::Tenant { id: self.0.u8(..TENANTS), name: self.name(), at: self.time() },
            1..=5 => {
                let identities = (0..self.0.u8(..3)).map(|_| self.name()).collect();
                Thing::Contact { id: self.name(), identities, name: self.maybe(Self::name), at: self.time() }
            }
            6..=13 => Thing::Conversation {
                id: self.0.u8(..3),
                number: self.0.u8(..2),
                contact: self.0.u8(..2),
                state: self.0.u8(..3),
                at: self.time(),
                inbound: self.maybe(Self::time),
                unread: self.0.u64(..3),
                of: Of {
                    agent: self.maybe(Self::one_of_two),
                    customer: self.maybe(Self::one_of_two),
                    lead: self.maybe(Self::one_of_two),
                },
            },
            14..=21 => Thing::Message {
                id: self.name(),
                conversation: self.0.u8(..2),
                wamid: self.maybe(Self::name),
                text: self.maybe(Self::name),
                sending: self.maybe(Self::name),
                at: self.time(),
            },
            22 | 23 => Thing::Failure { wamid: self.name(), at: self.0.i64(0..2), code: self.0.i64(-1..2) },
            24 | 25 => Thing::DeadLetter { id: self.name(), at: self.time(), body: self.name() },
            26 => Thing::IdentityConflict {
                identity: self.0.u8(..2),
                holder: self.0.u8(..2),
                claimant: self.0.u8(..2),
                at: self.time(),
                resolved: self.maybe(Self::time),
            },
            27 => Thing::Consent {
                person: self.0.u8(..2),
                purpose: self.0.u8(..2),
                given: self.0.bool(),
                at: self.time(),
            },
            28 => Thing::Progress { wamid: self.name() },
            30 | 31 => Thing::Tag { conversation: self.0.u8(..2), name: self.0.u8(..2), at: self.time() },
            32 => Thing::Media {
                message: self.name(),
                state: self.0.u8(..2),
                size: self.maybe(|random| random.0.u64(..3)),
                at: self.time(),
            },
            33..=35 => Thing::Agent {
                id: self.0.u8(..2),
                word: self.maybe(Self::name),
                load: self.0.u32(..3),
                assigned: self.maybe(Self::time),
                at: self.time(),
            },
            36..=40 => Thing::Template {
                id: self.0.u8(..3),
                account: 0,
                name: self.0.u8(..2),
                language: self.0.u8(..2),
                status: self.maybe(Self::name),
                edit: self.maybe(Self::time),
                at: self.time(),
            },
            41 => Thing::TemplateVersion {
                template: self.0.u8(..2),
                number: self.0.u32(..3),
                approval: self.0.u8(..2),
                decided: self.maybe(Self::time),
                at: self.time(),
            },
            42 | 43 => Thing::Audit { id: self.name(), subject: self.0.u8(..3), at: self.time() },
            44 => Thing::Usage { at: self.time(), metric: self.0.u8(..2) },
            _ => Thing::Job { id: self.name() },
        }
    }

    fn place(&mut self) -> Place {
        match self.0.u8(..9) {
            8 => Place::TemplateOf { account: 0, name: self.0.u8(..2), language: self.0.u8(..2) },
            0 => Place::ContactOf { identity: self.name() },
            1 => Place::ActiveConversation { number: self.0.u8(..2), contact: self.0.u8(..2) },
            2 => Place::MessageOf { wamid: self.name() },
            3 | 4 => Place::Of(Thing::Job { id: self.name() }),
            _ => Place::Of(self.thing()),
        }
    }

    fn list(&mut self) -> List {
        // In these there is more than one page.
        let long =
            [List::Contacts, List::Conversations, List::Messages(0), List::AllMessages, List::Templates];
        let lists = if self.0.bool() { long.to_vec() } else { List::all() };
        self.0.choice(lists).unwrap_or(List::Contacts)
    }
}
