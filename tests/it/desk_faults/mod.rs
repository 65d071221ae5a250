//! A network and a Meta that fail, on real sockets: what becomes of a message that was recorded before it was posted.
//!
//! The letters in the names of tests are the invariants they hold: **A** nothing that was accepted is lost, **B** a message is
//! posted at most once unless it surely was not taken or its sender wants it, **C** every message comes to an end, **D**
//! tenants do not touch each other, **E** memory and time are bounded.
//!
//! All that can go wrong between a desk and Meta, and the tests of it: those here, those of the desk against the simulator
//! (`desk_send`) or another stand-in (`recovery`), and those of the client alone.
//!
//! | # | fault | here | elsewhere |
//! |---|---|---|---|
//! | F1 | no connection, name or TLS | `f1_bc_what_cannot_be_connected_to_is_tried_again_and_nothing_is_unknown` | `f1_bc_without_a_connection_a_message_waits_and_is_sent_once`, `f1_c_a_message_for_which_there_is_never_a_connection_is_rejected`, `a_refused_connection_is_tried_again_and_surely_sent_nothing` |
//! | F2 | the request is read, the connection closed | `f2_bc_a_connection_that_is_closed_after_the_request_leaves_the_message_to_its_status`, `f2_f3_bc_a_request_that_nobody_read_is_unknown_and_not_posted_again` | `f2_f6_b_an_answer_that_is_lost_or_unreadable_is_settled_by_the_status_and_nothing_is_sent_twice`, `a_lost_answer_is_unknown_and_the_message_is_on_the_wire_once` |
//! | F3 | the request is read, the connection reset | `f3_bc_a_connection_that_is_reset_after_the_request_leaves_the_message_to_its_status`, `f2_f3_bc_a_request_that_nobody_read_is_unknown_and_not_posted_again` | `a_lost_answer_is_unknown_and_the_message_is_on_the_wire_once` |
//! | F4 | the request is read, and nothing comes | `f4_f5_f7_bc_an_answer_that_stands_still_is_given_up_in_time_with_its_connection` | `a_slow_answer_is_unknown_and_the_message_is_on_the_wire_once` |
//! | F5 | a part of the answer, or none | `f5_bc_an_answer_that_breaks_off_anywhere_leaves_the_message_to_its_status`, `f5_bc_an_answer_in_another_language_leaves_the_message_to_its_status`, `f5_what_is_said_before_the_answer_does_not_hide_it` | `a_truncated_answer_ends_in_its_head_or_in_its_body` |
//! | F6 | a success that cannot be read | `f6_bc_an_answer_of_success_that_cannot_be_read_leaves_the_message_to_its_status`, `f6_ce_an_answer_of_success_that_does_not_end_is_not_read_to_its_end` | `f2_f6_b_an_answer_that_is_lost_or_unreadable_is_settled_by_the_status_and_nothing_is_sent_twice` |
//! | F7 | the answer comes too late | `f4_f5_f7_bc_an_answer_that_stands_still_is_given_up_in_time_with_its_connection` | `f7_b_who_wants_it_resent_gets_it_resent_once_the_time_is_over_and_not_before`, `f7_b_a_status_in_time_makes_a_resend_needless`, `an_answer_that_comes_after_its_lease_is_over_still_counts` |
//! | F8 | a kept connection is closed as it is used | `f8_bc_a_connection_that_is_closed_as_the_next_request_comes_posts_nothing_twice`, `f8_bc_a_connection_that_was_closed_while_nothing_was_said_costs_no_message`, `f8_bc_a_connection_that_ends_with_408_leaves_the_message_to_its_status` | |
//! | F9 | streams of HTTP/2 refused: there are none | `f9_b_no_http_2_is_spoken_or_offered`, `f9_bc_frames_of_http_2_leave_the_message_unknown_and_it_is_not_posted_again` | |
//! | F10 | redirects | `f10_b_a_redirect_is_not_followed_and_the_token_stays` | `redirects_are_not_followed`, `the_token_does_not_follow_an_address_or_a_redirect_over_the_network` |
//! | F11 | brakes on all | `f11_be_a_brake_on_all_is_tried_rarely_and_then_all_go_out_once` | `f11_e_a_number_that_is_slower_than_thought_is_found_out_with_few_refusals` |
//! | F12 | a brake on one person | `f12_c_a_brake_for_one_person_holds_up_nobody_else_and_keeps_the_order` | `f12_only_the_pair_that_is_too_fast_waits_four_times_as_long_each_time` |
//! | F13 | what Meta holds back | | `f13_b_what_meta_holds_back_is_never_sent_again_by_itself`, `f13_e_what_meta_holds_against_the_number_is_asked_once_and_not_by_every_message` |
//! | F14 | an outage | `f14_bc_what_an_outage_swallowed_is_not_posted_again_unless_its_sender_wants_it`, `f14_bc_what_found_no_connection_goes_out_once_soon_after_there_is_one` | `f14_bc_after_maintenance_everything_goes_out_once` |
//! | F15 | one tenant's token expired | `f15_de_each_worker_finds_once_that_a_token_expired_and_the_other_tenant_goes_on` | `f15_e_that_a_token_expired_is_said_once`, `f15_bd_an_expired_token_stops_one_tenant_and_a_new_one_lets_it_go_on`, `f15_e_what_is_wrong_with_one_message_keeps_no_others_from_going_on` |
//! | F16 | an answer that drips | `f16_ce_an_answer_that_drips_is_given_up_within_the_time_limit`, `f16_ce_the_host_sets_how_long_an_answer_may_drip` | `a_slow_answer_comes_after_two_seconds` |

mod network;
mod peer;
mod pool;
mod refusals;

use peer::{Act, Peer, Post};
use serde_json::json;
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpSocket;
use whatsapp_business::{
    Client, Desk, Result, Webhook,
    desk::{Credentials, DeskBuilder, Entry, Receipt, Tenant},
    id::{PhoneNumberId, TenantId},
    store::{MemoryStore, SendState, StoredMessageId},
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const ANA: &str = "+14155550132";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// How a message is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// By the call itself.
    InPlace,
    /// By a worker.
    Worker,
}

const WAYS: [Way; 2] = [Way::InPlace, Way::Worker];

/// A desk whose tenant sends to a peer, in a time that passes and can be moved on.
struct Office {
    peer: Peer,
    vault: Vault,
    later: Arc<AtomicU64>,
    store: MemoryStore,
    desk: Desk,
    acme: Tenant,
}

impl Office {
    async fn open(script: impl IntoIterator<Item = Act>) -> Self {
        Self::with(script, |desk| desk).await
    }

    async fn with(
        script: impl IntoIterator<Item = Act>,
        set: impl FnOnce(DeskBuilder) -> DeskBuilder,
    ) -> Self {
        let peer = Peer::start(script).await;
        let vault = Vault::default();
        vault.gives("acme", client(&peer.url));
        let (store, later) = (MemoryStore::default(), Arc::default());
        let desk = set(builder(&store, &vault, &later)).build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, ACCOUNT).await.unwrap();
        Self { peer, vault, later, store, desk, acme }
    }

    fn now(&self) -> Timestamp {
        Timestamp::now() + Duration::from_secs(self.later.load(Ordering::SeqCst))
    }

    /// The same desk in another process.
    fn colleague(&self, set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Desk {
        set(builder(&self.store, &self.vault, &self.later)).build()
    }

    /// Sends Ana a text, and works until there is nothing to do at once.
    async fn sends(&self, way: Way) -> Receipt {
        self.sends_to(ANA, way).await
    }

    async fn sends_to(&self, person: &str, way: Way) -> Receipt {
        match way {
            Way::InPlace => self.acme.send(NUMBER, person, "Hello").await.unwrap(),
            Way::Worker => {
                let receipt = self.acme.enqueue(NUMBER, person, "Hello").await.unwrap();
                assert_eq!(receipt.sending.state, SendState::Queued);
                self.works().await;
                receipt
            }
        }
    }

    /// Does all that is due.
    async fn works(&self) {
        while self.desk.step().await.unwrap() > 0 {}
    }

    /// Does what is due after this time.
    async fn works_after(&self, span: Duration) {
        self.later.fetch_add(span.as_secs(), Ordering::SeqCst);
        self.works().await;
    }

    /// Does what comes due within this time, hour by hour.
    async fn works_for(&self, span: Duration) {
        let mut left = span;
        while !left.is_zero() {
            let step = left.min(HOUR);
            self.works_after(step).await;
            left -= step;
        }
    }

    async fn entry(&self, id: &StoredMessageId) -> Entry {
        self.acme.message(id).await.unwrap()
    }

    async fn state(&self, id: &StoredMessageId) -> SendState {
        self.entry(id).await.message.sending.unwrap().state
    }

    /// Meta reports that the message of this request was delivered.
    async fn delivered(&self, post: &Post, wamid: &str) {
        let status = json!({"id": wamid, "status": "delivered", "recipient_id": "14155550132",
            "timestamp": Timestamp::now().as_seconds().to_string(), "biz_opaque_callback_data": post.attempt()});
        let metadata = json!({"display_phone_number": "15550100001", "phone_number_id": NUMBER});
        let value = json!({"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]});
        let change = json!({"field": "messages", "value": value});
        let body =
            json!({"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]});
        let body = serde_json::to_vec(&body).unwrap();
        let received = self.desk.receive(&body, Some(&webhook().sign(&body))).await.unwrap();
        assert_eq!(received.applied, 1);
    }
}

fn builder(store: &MemoryStore, vault: &Vault, later: &Arc<AtomicU64>) -> DeskBuilder {
    let later = Arc::clone(later);
    Desk::builder(store.clone())
        .window(false)
        .credentials(vault.clone())
        .webhook(webhook())
        .clock(move || Timestamp::now() + Duration::from_secs(later.load(Ordering::SeqCst)))
}

fn webhook() -> Webhook {
    Webhook::new("app-secret", "verify-token").unwrap()
}

fn client(url: &str) -> Client {
    Client::builder("token").graph_url(url).build().unwrap()
}

/// An address at which nobody listens, for as long as the socket is kept.
fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

/// The tenants' clients, which may be replaced.
#[derive(Clone, Debug, Default)]
struct Vault(Arc<Mutex<Vec<(TenantId, Client)>>>);

impl Vault {
    fn gives(&self, tenant: &str, client: Client) {
        let tenant = TenantId::from(tenant);
        let mut all = self.0.lock().unwrap();
        all.retain(|(other, _)| *other != tenant);
        all.push((tenant, client));
    }
}

#[async_trait::async_trait]
impl Credentials for Vault {
    async fn client(&self, tenant: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        let all = self.0.lock().unwrap();
        Ok(all.iter().find(|(id, _)| id == tenant).unwrap().1.clone())
    }
}

#[test]
fn every_test_that_the_table_of_faults_names_is_there() {
    fn read(folder: &Path, code: &mut String) {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                read(&path, code);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut code = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), &mut code);
    let rows: Vec<_> = include_str!("mod.rs").lines().filter(|line| line.starts_with("//! | F")).collect();
    assert_eq!(rows.len(), 16);
    for (n, row) in (1..).zip(rows) {
        assert!(row.starts_with(&format!("//! | F{n} |")), "{row}");
        for name in row.split('`').skip(1).step_by(2) {
            assert!(code.contains(&format!("\nasync fn {name}() {{")), "there is no test {name}");
        }
    }
}
