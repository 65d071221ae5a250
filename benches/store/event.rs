//! What the desk writes of one message from a customer.

use std::time::Duration;
use whatsapp_business::{
    store::{Change, Changes, Contact, Conversation, ConversationTime, Direction, Identity, StoredMessage},
    time::Timestamp,
};

pub(crate) const NUMBER: &str = "106540352242922";
const REMEMBERED: Duration = Duration::from_secs(8 * 86_400);
const BODY: &str = r#"{"from":"10000000001","from_user_id":"US.10000000000000001","id":"wamid.HBgLMTAwMDAwMDAwMDAVAgASGBQzQUJDREVGMDEyMzQ1Njc4","timestamp":"1700000000","text":{"body":"Hello, is the red one still there?\nI would come by at 10 \ud83d\ude42"},"type":"text"}"#;
pub(crate) const TEXT: &str = "Hello, is the red one still there?\nI would come by at 10 🙂";

/// One message from a customer.
pub(crate) struct Event {
    pub(crate) n: u64,
    pub(crate) at: Timestamp,
    pub(crate) keep_until: Timestamp,
    pub(crate) wamid: String,
    pub(crate) message: String,
    pub(crate) conversation: String,
    pub(crate) contact: String,
    pub(crate) phone: String,
    /// Whether the person was not known before.
    pub(crate) is_first: bool,
    pub(crate) body: &'static str,
}

impl Event {
    /// The `n`th event, of a person whose first one it may be.
    pub(crate) fn new(n: u64, person: u64, is_first: bool) -> Self {
        let at = time(n);
        Self {
            n,
            at,
            keep_until: at + REMEMBERED,
            wamid: wamid(n),
            message: id(n, "m"),
            conversation: conversation(person),
            contact: id(person, "p"),
            phone: format!("1{person:010}"),
            is_first,
            body: BODY,
        }
    }

    /// What happens once.
    pub(crate) fn mark(&self) -> String {
        format!("msg:{}", self.wamid)
    }

    /// Adds what the desk writes.
    pub(crate) fn add_to(&self, mut changes: Changes) -> Changes {
        let conversation = self.conversation.as_str();
        changes = changes.once(self.mark(), self.keep_until);
        if self.is_first {
            let mut contact =
                Contact::new(self.contact.as_str(), [Identity::Phone(self.phone.as_str().into())], self.at);
            contact.name = Some("Example Customer".to_owned());
            changes = changes.insert(contact).insert(Conversation::new(
                conversation,
                NUMBER,
                self.contact.as_str(),
                self.at,
            ));
        }
        let mut message = StoredMessage::new(
            self.message.as_str(),
            conversation,
            Direction::Inbound,
            self.at,
            "text",
            self.body,
        );
        message.wamid = Some(self.wamid.as_str().into());
        message.text = Some(TEXT.to_owned());
        changes
            .insert(message)
            .latest(conversation, ConversationTime::LastMessage, self.at)
            .latest(conversation, ConversationTime::LastInbound, self.at)
            .with(Change::Add { conversation: conversation.into(), unread: 1 })
    }

    pub(crate) fn changes(&self) -> Changes {
        self.add_to(Changes::at(self.at))
    }
}

/// The time of the `n`th event.
pub(crate) fn time(n: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + i64::try_from(n).unwrap())
}

/// The conversation of a person.
pub(crate) fn conversation(person: u64) -> String {
    id(person, "c")
}

/// An id that begins with a time, as those of the desk do.
pub(crate) fn id(n: u64, kind: &str) -> String {
    let (high, low) = (time(n).as_millis() >> 16, time(n).as_millis() & 0xffff);
    let random = mixed(n);
    format!("{high:08x}-{low:04x}-7{:03x}-8{:03x}-{kind}{:011x}", random >> 52, random & 0xfff, random >> 20)
}

/// Meta's id: what is common to the messages of a person, and then chance.
fn wamid(n: u64) -> String {
    format!("wamid.HBgLMTAwMDAwMDAwMDAVAgASGBQz{:016X}{:016X}AA==", mixed(n), mixed(!n))
}

/// A number that looks like chance and is another for every `n` (the finalizer of SplitMix64).
pub(crate) fn mixed(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
