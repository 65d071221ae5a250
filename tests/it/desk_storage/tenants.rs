//! Three tenants on one store, none of whom notices the others.

use super::{ACCOUNT, NOW, Post, builder, message, status, webhook};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};
use whatsapp_business::{
    Client, Desk, Result,
    client::{Body, RetryPolicy, Transport},
    desk::{Incoming, Search, Strategy as Routing, Tenant},
    store::{Agent, Cursor, MemoryStore, PageRequest, PersonSalt, Presence, Purpose, Record},
    time::Timestamp,
    webhook::Event,
};

const TENANTS: [(&str, &str); 3] = [("acme", "1001"), ("globex", "1002"), ("initech", "1003")];
const PEOPLE: [&str; 3] = ["14155550001", "14155550002", "5511987654321"];
const AGENTS: [&str; 2] = ["bo", "cy"];
const PURPOSES: [Purpose; 2] = [Purpose::Marketing, Purpose::All];

/// What a tenant does. Ids that it names may be its own or those of another, which it guessed.
#[derive(Clone, Copy, Debug)]
enum Do {
    /// A person writes to it; the same person with the same message id may write to others.
    Hear(usize, usize),
    /// A person writes to two tenants in one delivery.
    HearBoth(usize, usize),
    /// Meta tells of a message that was sent, with the tracking data of whose it is, or of another's.
    Told(usize),
    Send(usize, usize),
    Enqueue(usize, usize),
    Retry,
    Cancel,
    Read,
    Close,
    Archive,
    Reopen,
    Tag(bool),
    Note,
    Context,
    Customer,
    Seen,
    Assign(usize),
    Unassign,
    Hire(usize),
    Presence(usize, bool),
    Dismiss(usize),
    Consent(usize, usize, bool),
    Contact,
    Merge,
    Unmerge,
    Erase,
    /// Meta reports what no rule is for.
    Unknown(usize),
    Replay,
    Drop,
    /// It goes on with a list from a cursor.
    Page(usize),
    Find,
    /// It claims a number.
    Bind(usize),
    Rename,
    Work,
}

/// Who does it, and whose ids it names: the how-manieth of theirs.
type Op = (usize, Do, usize, usize);

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let person = 0..PEOPLE.len();
    let (few, agent) = (0..4_usize, 0..AGENTS.len());
    let what = prop_oneof![
        6 => (person.clone(), 0..40_usize).prop_map(|(person, id)| Do::Hear(person, id)),
        2 => (person.clone(), 0..40_usize).prop_map(|(person, id)| Do::HearBoth(person, id)),
        3 => few.clone().prop_map(Do::Told),
        3 => (person.clone(), few.clone()).prop_map(|(person, key)| Do::Send(person, key)),
        2 => (person.clone(), few.clone()).prop_map(|(person, key)| Do::Enqueue(person, key)),
        10 => prop_oneof![
            Just(Do::Retry), Just(Do::Cancel), Just(Do::Read), Just(Do::Close), Just(Do::Archive), Just(Do::Reopen),
            Just(Do::Note), Just(Do::Context), Just(Do::Customer), Just(Do::Seen), Just(Do::Unassign),
            any::<bool>().prop_map(Do::Tag), agent.clone().prop_map(Do::Assign),
        ],
        6 => prop_oneof![
            Just(Do::Contact), Just(Do::Merge), Just(Do::Unmerge), Just(Do::Erase), Just(Do::Replay), Just(Do::Drop),
            Just(Do::Find), few.clone().prop_map(Do::Page), few.prop_map(Do::Unknown),
        ],
        3 => prop_oneof![
            agent.clone().prop_map(Do::Hire), (agent.clone(), any::<bool>()).prop_map(|(a, on)| Do::Presence(a, on)),
            agent.prop_map(Do::Dismiss), (0..TENANTS.len()).prop_map(Do::Bind), Just(Do::Rename),
        ],
        2 => (person, 0..PURPOSES.len(), any::<bool>()).prop_map(|(person, of, give)| Do::Consent(person, of, give)),
        4 => Just(Do::Work),
    ];
    // Half of the ids are of whoever names them.
    let whose = prop_oneof![1 => Just(None), 1 => (0..TENANTS.len()).prop_map(Some)];
    let op = (0..TENANTS.len(), what, whose, 0..6_usize)
        .prop_map(|(who, what, whose, n)| (who, what, whose.unwrap_or(who), n));
    proptest::collection::vec(op, 1..60)
}

/// Ids that a tenant has seen, by kind.
type Ids = BTreeMap<&'static str, Vec<String>>;

/// An id that is named.
#[derive(Clone, Debug)]
enum Named {
    Own(usize),
    Guessed(String),
}

/// What was sent from each number: our id of the attempt, and Meta's of the message.
#[derive(Clone, Debug, Default)]
struct Meta(Arc<Mutex<BTreeMap<String, Vec<Post>>>>);

#[async_trait::async_trait]
impl Transport for Meta {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let number = request.uri().path().rsplit('/').nth(1).unwrap().to_owned();
        let body: Value = serde_json::from_slice(&request.into_body().bytes(100_000).await?).unwrap();
        let mut posts = self.0.lock().unwrap();
        let posts = posts.entry(number).or_default();
        let to = body["to"].as_str().unwrap();
        // Those of two tenants are the same.
        let wamid = format!("wamid.OUT.{to}.{}", posts.iter().filter(|post| post.wamid.contains(to)).count());
        let attempt = body["biz_opaque_callback_data"].as_str().unwrap().to_owned();
        posts.push(Post { attempt, wamid: wamid.clone() });
        Ok(http::Response::new(json!({"messages": [{"id": wamid}]}).to_string().into()))
    }
}

struct World {
    desk: Desk,
    tenants: Vec<Tenant>,
    meta: Meta,
    clock: Arc<AtomicI64>,
    ids: Vec<Ids>,
    /// What was handed on to whom.
    handled: Arc<Mutex<Vec<(String, String)>>>,
}

impl World {
    async fn new() -> Self {
        let (meta, clock) = (Meta::default(), Arc::new(AtomicI64::new(NOW)));
        let client = Client::builder("token").transport(meta.clone()).retry(RetryPolicy::never()).build();
        let handled: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let (now, list) = (Arc::clone(&clock), Arc::clone(&handled));
        let desk = builder(MemoryStore::default(), &super::Meta::default(), &Arc::default())
            .credentials(client.unwrap())
            .person_salt(PersonSalt::new("salt").unwrap())
            .routing(Routing::custom(|snapshot| snapshot.agents.first().map(|agent| agent.id.clone())))
            .on_event(move |incoming: Incoming| {
                if let Event::Message(message) = &incoming.event {
                    let text = message.text().unwrap_or_default().to_owned();
                    list.lock().unwrap().push((incoming.tenant.id().as_str().to_owned(), text));
                }
                async { Ok(()) }
            })
            .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
            .build();
        let mut tenants = Vec::new();
        for (name, number) in TENANTS {
            let tenant = desk.tenant(name);
            tenant.bind(number, ACCOUNT).await.unwrap();
            tenants.push(tenant);
        }
        Self { desk, tenants, meta, clock, ids: vec![Ids::default(); 3], handled }
    }

    /// The id that is named, if there is one of that kind.
    fn id(&self, who: usize, kind: &str, named: &BTreeMap<&str, Named>) -> String {
        match named.get(kind) {
            Some(Named::Guessed(id)) => id.clone(),
            Some(Named::Own(n)) => {
                let own = self.ids[who].get(kind).map_or(&[][..], |ids| &ids[..]);
                own.get(n % own.len().max(1)).cloned().unwrap_or_default()
            }
            None => String::new(),
        }
    }

    /// Names ids of every kind as `who` would name the n-th of `whose`.
    fn names(&self, who: usize, whose: usize, n: usize) -> BTreeMap<&'static str, Named> {
        let name = |(kind, ids): (&&'static str, &Vec<String>)| {
            let id = ids.get(n % ids.len().max(1)).cloned().unwrap_or_default();
            (*kind, if who == whose { Named::Own(n) } else { Named::Guessed(id) })
        };
        self.ids[whose].iter().map(name).collect()
    }

    async fn receives(&self, changes: &[(usize, Value)]) -> Result<String> {
        let entry = |(whose, value): &(usize, Value)| {
            let mut value = value.clone();
            value["messaging_product"] = json!("whatsapp");
            value["metadata"] = json!({"display_phone_number": "1", "phone_number_id": TENANTS[*whose].1});
            json!({"id": ACCOUNT, "time": NOW, "changes": [{"field": "messages", "value": value}]})
        };
        let entries: Vec<_> = changes.iter().map(entry).collect();
        let body = json!({"object": "whatsapp_business_account", "entry": entries}).to_string();
        let received = self.desk.receive(body.as_bytes(), Some(&webhook().sign(body.as_bytes()))).await?;
        // What is in it for others is none of the tenant's business.
        Ok(if changes.len() == 1 { format!("{received:?}") } else { String::new() })
    }

    async fn works(&self) {
        while self.desk.step().await.unwrap() > 0 {}
    }

    /// Does it, and says what came of it. `alone` is whether the others are not there.
    async fn does(&self, who: usize, what: Do, named: &BTreeMap<&str, Named>, alone: bool) -> Result<String> {
        let tenant = &self.tenants[who];
        let (name, number) = TENANTS[who];
        let id = |kind: &str| self.id(who, kind, named);
        let (conversation, contact, sent) = (id("conversation"), id("contact"), id("message"));
        let (conversation, contact, sent) = (&conversation.into(), &contact.into(), &sent.into());
        let says = |whose: usize, person: usize, n: usize| {
            let text = format!("{} {n}", TENANTS[whose].0);
            json!({"messages": [message(PEOPLE[person], &format!("wamid.IN{n}"), &text)]})
        };
        let done = |()| String::new();
        match what {
            Do::Hear(person, n) => self.receives(&[(who, says(who, person, n))]).await,
            Do::HearBoth(person, n) => {
                let other = (who + 1) % TENANTS.len();
                let both = [(who, says(who, person, n)), (other, says(other, person, n))];
                self.receives(if alone { &both[..1] } else { &both }).await.map(|_| String::new())
            }
            Do::Told(n) => {
                let mut told = status(&id("wamid"), ["sent", "read"][n % 2], 5, None);
                told["biz_opaque_callback_data"] = id("attempt").into();
                self.receives(&[(who, json!({"statuses": [told]}))]).await
            }
            Do::Send(person, key) => {
                let to = format!("+{}", PEOPLE[person]);
                let call = tenant.send(number, to, format!("{name} says {key}"));
                call.idempotency_key(format!("key {key}"))
                    .await
                    .map(|receipt| format!("{:?}", receipt.sending.state))
            }
            Do::Enqueue(person, key) => {
                let to = format!("+{}", PEOPLE[person]);
                let call = tenant.enqueue(number, to, format!("{name} says {key}"));
                call.idempotency_key(format!("key {key}"))
                    .await
                    .map(|receipt| format!("{:?}", receipt.sending.state))
            }
            Do::Retry => tenant.retry(sent).await.map(|receipt| format!("{:?}", receipt.sending.state)),
            Do::Cancel => tenant.cancel(sent).await.map(|receipt| format!("{:?}", receipt.sending.state)),
            Do::Read => {
                let entry =
                    tenant.message(sent).await.map(|entry| json!(Record::from(entry.message)).to_string());
                let history = tenant.history(conversation, PageRequest::newest(3)).await?;
                let texts: Vec<_> = history.items.into_iter().map(|entry| entry.message.text).collect();
                Ok(format!("{entry:?} {texts:?}"))
            }
            Do::Close => tenant.close(conversation, "ann").await.map(|_| String::new()),
            Do::Archive => tenant.archive(conversation, "ann").await.map(|_| String::new()),
            Do::Reopen => tenant.reopen(conversation, "ann").await.map(|_| String::new()),
            Do::Tag(true) => tenant.tag(conversation, "vip", "ann").await.map(done),
            Do::Tag(false) => tenant.untag(conversation, "vip", "ann").await.map(done),
            Do::Note => tenant.note(conversation, &format!("{name} notes"), "ann").await.map(done),
            Do::Context => tenant.set_context(conversation, "order", Some(name), "ann").await.map(done),
            Do::Customer => tenant.link_customer(conversation, Some("c-1".into()), "ann").await.map(done),
            Do::Seen => tenant.mark_read(conversation).await.map(done),
            Do::Assign(agent) => tenant.assign(conversation, &AGENTS[agent].into(), "ann").await.map(done),
            Do::Unassign => tenant.unassign(conversation, "ann").await.map(done),
            Do::Hire(agent) => {
                let agent = Agent::new(AGENTS[agent], format!("{name}'s"), 99, Timestamp::from_seconds(NOW));
                tenant.agents().add(agent, "ann").await.map(done)
            }
            Do::Presence(agent, is_there) => {
                let presence = if is_there { Presence::Online } else { Presence::Offline };
                tenant.agents().set_presence(&AGENTS[agent].into(), presence, "ann").await.map(done)
            }
            Do::Dismiss(agent) => tenant.agents().remove(&AGENTS[agent].into(), "ann").await.map(done),
            Do::Consent(person, purpose, true) => tenant
                .consent()
                .give(format!("+{}", PEOPLE[person]), PURPOSES[purpose].clone(), "ann")
                .await
                .map(done),
            Do::Consent(person, purpose, false) => {
                let person = format!("+{}", PEOPLE[person]);
                tenant.consent().withdraw(person, PURPOSES[purpose].clone(), "ann").await.map(done)
            }
            Do::Contact => {
                let window = tenant.window(number, contact).await;
                let found = tenant.contact(contact).await.map(|found| json!(Record::from(found)).to_string());
                Ok(format!("{window:?} {found:?}"))
            }
            Do::Merge => {
                let own = World::id(self, who, "contact", &[("contact", Named::Own(1))].into()).into();
                tenant.merge(contact, &own, "ann").await.map(done)
            }
            Do::Unmerge => tenant.unmerge(contact, "ann").await.map(done),
            Do::Erase => tenant.erase(contact, "admin").await.map(|erased| format!("{erased:?}")),
            Do::Unknown(n) => {
                let text = format!("{name} dances {n}");
                self.receives(&[(who, json!({"statuses": [status(&text, "danced", 5, None)]}))]).await
            }
            Do::Replay => tenant.replay(id("letter")).await.map(|received| format!("{received:?}")),
            Do::Drop => tenant.drop_letter(id("letter"), "ann").await.map(done),
            Do::Page(n) => {
                let page = PageRequest::newest(1 + n).after(Cursor::from_text(id("cursor")));
                let conversations = tenant.conversations(page.clone()).await.map(|page| page.items.len());
                let audit = tenant.audit(page).await.map(|page| page.items.len());
                Ok(format!("{conversations:?} {audit:?}"))
            }
            Do::Find => {
                let found = tenant.search(&Search::new().customer("c-1"), PageRequest::oldest(50)).await?;
                let texts = tenant.search(&Search::new().text("says"), PageRequest::oldest(50)).await?;
                let contact =
                    tenant.search(&Search::new().contact(contact.clone()), PageRequest::oldest(50)).await?;
                Ok(format!("{} {} {}", found.items.len(), texts.items.len(), contact.items.len()))
            }
            // It is whose it is, whether they are there or not.
            Do::Bind(whose) => tenant.bind(TENANTS[whose].1, ACCOUNT).await.map(done),
            Do::Rename => tenant.register(format!("{name} renamed")).await.map(done),
            Do::Work => {
                self.works().await;
                Ok(String::new())
            }
        }
    }

    /// All that a tenant sees, as text; and the ids that are in it.
    async fn view(&mut self, who: usize) -> String {
        let tenant = self.tenants[who].clone();
        let (mut view, mut ids, all) = (String::new(), Ids::default(), || PageRequest::oldest(500));
        let mut add = |record: Record| writeln!(view, "{}", json!(record)).unwrap();
        let mut note = |kind, id: &str| ids.entry(kind).or_default().push(id.to_owned());
        for conversation in tenant.conversations(all()).await.unwrap().items {
            note("conversation", conversation.id.as_str());
            note("contact", conversation.contact.as_str());
            add(tenant.contact(&conversation.contact).await.unwrap().into());
            for entry in tenant.history(&conversation.id, all()).await.unwrap().items {
                note("message", entry.message.id.as_str());
                add(entry.message.into());
                entry.progress.into_iter().for_each(|progress| add(progress.into()));
            }
            for tag in tenant.tags(&conversation.id, all()).await.unwrap().items {
                add(tag.into());
            }
            add(conversation.into());
        }
        for agent in tenant.agents().list(all()).await.unwrap().items {
            add(agent.into());
        }
        for entry in tenant.audit(all()).await.unwrap().items {
            add(entry.into());
        }
        for letter in tenant.dead_letters(all()).await.unwrap().items {
            note("letter", letter.id.as_str());
            add(letter.into());
        }
        for conflict in tenant.identity_conflicts(all()).await.unwrap().items {
            add(conflict.into());
        }
        let ever = (Timestamp::from_seconds(NOW), Timestamp::from_seconds(NOW + 90_000));
        for usage in tenant.usage(ever.0, ever.1).await.unwrap() {
            add(usage.into());
        }
        for person in PEOPLE {
            for purpose in PURPOSES {
                let consent = tenant.consent().of(format!("+{person}"), purpose).await.unwrap();
                consent.into_iter().for_each(|consent| add(consent.into()));
            }
        }
        if let Some(cursor) = tenant.conversations(PageRequest::newest(1)).await.unwrap().next {
            note("cursor", cursor.as_str());
        }
        if let Some(cursor) = tenant.audit(PageRequest::newest(1)).await.unwrap().next {
            note("cursor", cursor.as_str());
        }
        let posts = self.meta.0.lock().unwrap().get(TENANTS[who].1).cloned().unwrap_or_default();
        for post in &posts {
            note("attempt", &post.attempt);
            note("wamid", &post.wamid);
        }
        self.ids[who] = ids;
        // People are looked after at the same time, in any order.
        let mut handled = self.handled.lock().unwrap().clone();
        handled.sort();
        for (_, text) in handled.iter().filter(|(tenant, _)| tenant == TENANTS[who].0) {
            writeln!(view, "handled {text}").unwrap();
        }
        view
    }
}

/// The text with each id as its number: those of two worlds differ.
fn plain(text: &str) -> String {
    let (mut numbers, mut plain) = (BTreeMap::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, word) = rest.split_at(at);
        let end = word.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(word.len());
        plain.push_str(before);
        if end == 32 {
            let next = numbers.len();
            write!(plain, "#{}", numbers.entry(&word[..end]).or_insert(next)).unwrap();
        } else {
            plain.push_str(&word[..end]);
        }
        rest = &word[end..];
    }
    plain + rest
}

/// Something that a tenant did: who and what, the ids as it named them, and what it saw then.
type Seen = (usize, Do, BTreeMap<&'static str, Named>, String);

/// Lets all of them do what they do in one world, and gives what each saw.
async fn together(ops: &[Op]) -> Vec<Seen> {
    let mut world = World::new().await;
    let mut seen = Vec::new();
    for (who, what, whose, n) in ops.iter().copied() {
        world.clock.fetch_add(7, Ordering::SeqCst);
        let named = world.names(who, whose, n);
        let outcome = world.does(who, what, &named, false).await.map_err(|error| error.to_string());
        let view = plain(&format!("{outcome:?}\n{}", world.view(who).await));
        seen.push((who, what, named, view));
    }
    seen
}

/// Lets one of them do the same in a world of its own, and compares.
async fn alone(me: usize, ops: &[Seen]) -> std::result::Result<(), TestCaseError> {
    let mut world = World::new().await;
    for (n, (who, what, named, expected)) in ops.iter().enumerate() {
        world.clock.fetch_add(7, Ordering::SeqCst);
        match what {
            // Another's delivery that holds something for this one, too.
            Do::HearBoth(person, n) if (who + 1) % TENANTS.len() == me => {
                world.does(me, Do::Hear(*person, *n), &BTreeMap::new(), true).await.unwrap();
            }
            // Workers work for all.
            Do::Work if *who != me => world.works().await,
            _ if *who != me => {}
            what => {
                let outcome = world.does(me, *what, named, true).await.map_err(|error| error.to_string());
                let view = plain(&format!("{outcome:?}\n{}", world.view(me).await));
                let difference = expected.lines().zip(view.lines()).find(|(with, without)| with != without);
                prop_assert_eq!(difference, None, "{} noticed others at {} ({:?})", TENANTS[me].0, n, what);
                prop_assert_eq!(view.lines().count(), expected.lines().count());
            }
        }
    }
    Ok(())
}

/// P11 of the guarantees, **D**, R10, R19: whatever three tenants do on one store, with ids and cursors of each other and keys,
/// people and message ids that are the same, each sees what it would see if it were alone.
#[test]
fn d_no_tenant_notices_that_there_are_others() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let lives = TestRunner::new(config).run(&ops(), |ops| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let seen = together(&ops).await;
            for me in 0..TENANTS.len() {
                alone(me, &seen).await?;
            }
            Ok(())
        })
    });
    lives.unwrap();
}
