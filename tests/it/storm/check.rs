//! What must be true after a storm, with the simulator as the one who knows.

use super::{
    harm::Harmed,
    post::Post,
    records::{Message, Records},
    traffic::{Ledger, Line, Policy},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
};
use whatsapp_business::{id::MessageId, simulator::Simulator};

/// How many messages a worker may be about to send when it is stopped.
const IN_HAND: usize = 100;

/// What was counted.
#[derive(Default)]
pub(super) struct Findings(Vec<(&'static str, usize)>);

impl Findings {
    pub(super) fn add(&mut self, what: &'static str, count: usize) {
        self.0.push((what, count));
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(what, count)| writeln!(f, "{count:>9} {what}"))
    }
}

/// A POST that Meta took.
struct Taken {
    wamid: String,
    number: String,
    person: String,
    message: String,
    attempt: u32,
    text: String,
}

/// All that is known of a storm.
struct Storm<'a> {
    lines: &'a [Line],
    ledger: &'a Ledger,
    records: &'a Records,
    /// In the order in which Meta took them.
    taken: Vec<Taken>,
    /// The places of each message's POSTs among them.
    posts: HashMap<String, Vec<usize>>,
    /// What is stored of each message that was sent.
    sent: HashMap<&'a str, &'a Message>,
    /// The messages of customers in the order in which the handler was called with them first.
    handled: Vec<&'a str>,
    calls: usize,
    /// The message of a customer, and the one that answers it, in the order in which they were first acknowledged.
    answers: Vec<(&'a str, &'a str)>,
}

/// Checks everything.
///
/// # Panics
/// When something is not as it should be.
pub(super) fn all(
    simulator: &Simulator,
    lines: &[Line],
    ledger: &Ledger,
    post: &Post,
    records: &Records,
    diary: &str,
    harmed: &Harmed,
) -> Findings {
    let storm = Storm::new(simulator, lines, ledger, records, diary);
    let mut findings = Findings::default();
    storm.received(&mut findings);
    storm.kept(&mut findings);
    storm.settled(&mut findings);
    storm.counted();
    storm.assigned(&mut findings);
    storm.handled(post, &mut findings);
    storm.ordered(harmed.pauses, &mut findings);
    findings.add("webhooks posted", post.posts());
    findings.add("of them not taken", post.refused.load(std::sync::atomic::Ordering::SeqCst));
    findings.add("requests to Meta", simulator.requests());
    findings.add("workers killed", harmed.kills);
    findings.add("workers that stood still", harmed.pauses);
    findings
}

impl<'a> Storm<'a> {
    fn new(
        simulator: &Simulator,
        lines: &'a [Line],
        ledger: &'a Ledger,
        records: &'a Records,
        diary: &'a str,
    ) -> Self {
        let taken = simulator.sent().into_iter().map(|sent| {
            let attempt = sent.body["biz_opaque_callback_data"].as_str().unwrap();
            let (message, attempt) = attempt.rsplit_once('.').unwrap();
            Taken {
                wamid: sent.id.as_str().to_owned(),
                number: sent.from.as_str().to_owned(),
                person: sent.to,
                message: message.to_owned(),
                attempt: attempt.parse().unwrap(),
                text: sent.body["text"]["body"].as_str().unwrap().to_owned(),
            }
        });
        let taken: Vec<_> = taken.collect();
        let mut posts: HashMap<_, Vec<_>> = HashMap::new();
        for (place, post) in taken.iter().enumerate() {
            posts.entry(post.message.clone()).or_default().push(place);
        }
        let sent = records.messages.iter().filter(|message| !message.is_inbound);
        let sent = sent.map(|message| (message.id.as_str(), message)).collect();
        let (mut handled, mut calls, mut answers) = (Vec::new(), 0, Vec::new());
        let (mut begun, mut answered) = (HashSet::new(), HashMap::new());
        for line in diary.lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["begins", wamid] => {
                    calls += 1;
                    if begun.insert(wamid) {
                        handled.push(wamid);
                    }
                }
                ["answered", wamid, id] => match answered.insert(wamid, id) {
                    None => answers.push((wamid, id)),
                    Some(before) => assert_eq!(before, id, "a message has two answers"),
                },
                _ => panic!("the diary has a line that is none: {line}"),
            }
        }
        Self { lines, ledger, records, taken, posts, sent, handled, calls, answers }
    }

    fn tenant_of(&self, number: &str) -> &str {
        let line = self.lines.iter().find(|line| line.number.as_str() == number);
        line.expect("a number of a tenant").tenant.as_str()
    }

    /// What customers said is there, once, and where it belongs; nothing else is.
    fn received(&self, findings: &mut Findings) {
        let inbound = self.records.messages.iter().filter(|message| message.is_inbound);
        let mut there = HashMap::new();
        for message in inbound {
            let wamid = message.wamid.as_deref().expect("Meta's id");
            assert!(there.insert(wamid, message).is_none(), "a message is kept twice");
        }
        for said in &self.ledger.said {
            let line = &self.lines[said.line];
            let kept = there.remove(said.wamid.as_str()).expect("what was said is kept");
            let place = (kept.tenant.as_str(), kept.number.as_str(), &kept.person);
            assert_eq!(place, (line.tenant.as_str(), line.number.as_str(), &said.person));
        }
        assert_eq!(there.len(), 0, "messages are kept that nobody said");
        assert_eq!((self.records.dead_letters, self.records.identity_conflicts), (0, 0));
        findings.add("messages of customers, each kept once", self.ledger.said.len());
    }

    /// What was acknowledged is there, and nothing else is; no tenant has what is another's.
    fn kept(&self, findings: &mut Findings) {
        let mut known: HashSet<&str> = HashSet::new();
        for enqueued in &self.ledger.enqueued {
            assert!(known.insert(enqueued.id.as_str()), "two messages have one id");
            let line = &self.lines[enqueued.line];
            let kept = self.sent.get(enqueued.id.as_str()).expect("what was enqueued is kept");
            let place = (kept.tenant.as_str(), kept.number.as_str(), &kept.person);
            assert_eq!(place, (line.tenant.as_str(), line.number.as_str(), &enqueued.person));
        }
        let authors: HashMap<_, _> =
            self.ledger.said.iter().map(|said| (said.wamid.as_str(), said)).collect();
        for (wamid, id) in &self.answers {
            assert!(known.insert(id), "two messages have one answer");
            let (said, kept) = (authors[wamid], self.sent.get(id).expect("an answer is kept"));
            let line = &self.lines[said.line];
            let place = (kept.tenant.as_str(), kept.number.as_str(), &kept.person);
            assert_eq!(place, (line.tenant.as_str(), line.number.as_str(), &said.person));
        }
        assert_eq!(known.len(), self.sent.len(), "messages are kept that nobody sent");
        for message in &self.records.messages {
            assert_eq!(self.tenant_of(&message.number), message.tenant);
            assert!(message.text.starts_with(&format!("{} ", message.tenant)), "another's words");
        }
        for post in &self.taken {
            let kept = self.sent.get(post.message.as_str()).expect("what was sent is kept");
            assert_eq!((&kept.number, &kept.person), (&post.number, &post.person));
            assert_eq!(kept.text, post.text);
        }
        findings.add("messages enqueued by the host", self.ledger.enqueued.len());
        findings.add("answers sent by the workers, one for each message of a customer", self.answers.len());
    }

    /// Every send came to its end, and what the end is agrees with Meta; nothing went out twice that should not.
    fn settled(&self, findings: &mut Findings) {
        let policies: HashMap<_, _> =
            self.ledger.enqueued.iter().map(|enqueued| (enqueued.id.as_str(), enqueued.policy)).collect();
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut again, mut twice) = (0, 0);
        for (id, message) in &self.sent {
            let policy = policies.get(id).copied().unwrap_or(Policy::Wait);
            let state = message.state.as_deref().expect("a state");
            let posts = self.posts.get(*id).map_or(&[][..], Vec::as_slice);
            let posts: Vec<_> = posts.iter().map(|place| &self.taken[*place]).collect();
            let about = (state, policy, message.attempts, posts.len());
            match state {
                "accepted" => {
                    let wamid = message.wamid.as_ref().expect("Meta's id");
                    assert!(message.is_dated && posts.iter().any(|post| post.wamid == *wamid), "{about:?}");
                }
                "unknown" | "given_up" | "rejected" => {
                    assert_eq!((posts.len(), &message.wamid), (0, &None), "Meta took it: {about:?}");
                    let fits = match state {
                        "unknown" => policy != Policy::GiveUp,
                        "given_up" => policy != Policy::Wait,
                        _ => true,
                    };
                    assert!(fits, "{about:?}");
                }
                _ => panic!("a send is stuck: {about:?}"),
            }
            let attempts: BTreeSet<_> = posts.iter().map(|post| post.attempt).collect();
            assert_eq!(attempts.len(), posts.len(), "an attempt was made twice: {about:?}");
            assert!(attempts.last().is_none_or(|last| *last <= message.attempts), "{about:?}");
            let most = 1 + usize::from(policy == Policy::Resend);
            assert!(posts.len() <= most, "sent too often: {about:?}");
            *states.entry(state).or_default() += 1;
            again += usize::from(message.attempts > 1);
            twice += usize::from(posts.len() > 1);
        }
        for post in &self.taken {
            let tenant = self.tenant_of(&post.number);
            let arrived = (tenant.to_owned(), post.wamid.clone());
            assert!(self.records.arrived.contains(&arrived), "a status is lost");
        }
        let count = |state| states.get(state).copied().unwrap_or_default();
        findings.add("of these sends were accepted by Meta", count("accepted"));
        findings.add("were of unknown outcome for good, and Meta never had them", count("unknown"));
        findings.add("were given up as their senders wished, and Meta never had them", count("given_up"));
        findings.add("were rejected", count("rejected"));
        findings.add("took more than one attempt", again);
        findings.add("went out more than once, of unknown outcome and to be sent again then", twice);
    }

    /// What was used is what Meta saw.
    fn counted(&self) {
        let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut count = |tenant: &str, metric: &str| {
            *expected.entry((tenant.to_owned(), metric.to_owned())).or_default() += 1;
        };
        for said in &self.ledger.said {
            count(self.lines[said.line].tenant.as_str(), "received");
        }
        for post in &self.taken {
            let tenant = self.tenant_of(&post.number);
            count(tenant, "sent.service");
            count(tenant, "billable.service");
        }
        for conversation in &self.records.conversations {
            count(&conversation.tenant, "conversations.opened");
        }
        assert_eq!(self.records.usage, expected);
    }

    /// There is one conversation of each customer with each number, and each was given to an agent once.
    fn assigned(&self, findings: &mut Findings) {
        let said = self.ledger.said.iter().map(|said| (said.line, &said.person));
        let pairs: BTreeSet<_> = said.collect();
        let (mut threads, mut load) = (BTreeSet::new(), BTreeMap::new());
        let mut unread: HashMap<&str, i64> = HashMap::new();
        for message in self.records.messages.iter().filter(|message| message.is_inbound) {
            *unread.entry(&message.conversation).or_default() += 1;
        }
        for conversation in &self.records.conversations {
            assert_eq!(conversation.state, "active");
            let thread = (&conversation.tenant, &conversation.number, &conversation.contact);
            assert!(threads.insert(thread), "a customer has two conversations with a number");
            assert_eq!((conversation.is_assigned, conversation.assignments), (true, 1));
            assert_eq!(unread.get(&*conversation.id), Some(&conversation.unread));
            *load.entry(conversation.tenant.clone()).or_insert(0) += 1;
        }
        assert_eq!(threads.len(), pairs.len());
        assert_eq!(load, self.records.load);
        findings.add("conversations, each assigned once", threads.len());
    }

    /// The handler was called with each message of a customer, in the order in which they came.
    fn handled(&self, post: &Post, findings: &mut Findings) {
        let said: HashSet<_> = self.ledger.said.iter().map(|said| said.wamid.as_str()).collect();
        assert_eq!(self.handled.iter().copied().collect::<HashSet<_>>(), said);
        let arrivals = post.arrivals();
        let arrival = |wamid: &str| arrivals[&MessageId::from(wamid)];
        for calls in self.by_pair(&self.handled, |wamid| wamid).values() {
            for (place, later) in calls.iter().enumerate() {
                let taken = arrival(later).taken.expect("it was answered with 200");
                // What was taken before another was posted at all was applied before it.
                let overtaken = calls[..place].iter().find(|earlier| arrival(earlier).posted >= taken);
                assert_eq!(overtaken, None, "a handler was called out of order");
            }
        }
        findings.add("calls of the handler with messages", self.calls);
    }

    /// What goes to one customer from one number goes in the order in which it was enqueued; so do answers.
    ///
    /// But those that are sent again when their outcome stays unknown line up behind the others, and so do those that a worker
    /// had in hand when it stood still for longer than its lease.
    fn ordered(&self, pauses: usize, findings: &mut Findings) {
        let place = |id: &str| self.posts.get(id).map(|posts| posts[0]);
        let (mut checked, mut late) = (0, Vec::new());
        let mut check = |ids: &mut dyn Iterator<Item = &str>| {
            let taken: Vec<_> = ids.filter_map(|id| Some((place(id)?, self.sent[id].attempts))).collect();
            checked += taken.len();
            if !taken.is_sorted_by_key(|(place, _)| *place) {
                late.push(taken);
            }
        };
        let mut enqueued: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for message in &self.ledger.enqueued {
            let went_behind = message.policy == Policy::Resend && self.sent[message.id.as_str()].attempts > 1;
            if !went_behind {
                enqueued.entry((message.line, &message.person)).or_default().push(message.id.as_str());
            }
        }
        for ids in enqueued.values() {
            check(&mut ids.iter().copied());
        }
        for answers in self.by_pair(&self.answers, |(wamid, _)| wamid).values() {
            check(&mut answers.iter().map(|(_, id)| *id));
        }
        let most = pauses * IN_HAND;
        assert!(
            late.len() <= most,
            "messages overtook others to the same person (place, attempts): {late:?}"
        );
        findings.add("messages checked for the order in which Meta took them", checked);
        findings.add("persons who got some late, from a worker that had stood still", late.len());
    }

    /// Things about messages of customers, by number and customer.
    fn by_pair<T: Copy>(
        &self,
        things: &[T],
        wamid: impl Fn(T) -> &'a str,
    ) -> BTreeMap<(usize, &'a String), Vec<T>> {
        let said = self.ledger.said.iter();
        let pairs: HashMap<_, _> =
            said.map(|said| (said.wamid.as_str(), (said.line, &said.person))).collect();
        let mut by_pair: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for thing in things {
            by_pair.entry(pairs[wamid(*thing)]).or_default().push(*thing);
        }
        by_pair
    }
}
