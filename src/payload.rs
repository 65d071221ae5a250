//! Own data in the texts that come back: ids of buttons and rows, payloads, tracking data.
//!
//! Meta gives such a text back as it was, with the answer or the status, and looks at nothing but its length. A small
//! struct says more than a word, and needs no table to look the word up in.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use whatsapp_business::{message::Buttons, payload};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Booking {
//!     table: u32,
//!     keep: bool,
//! }
//!
//! # fn main() -> whatsapp_business::Result<()> {
//! let keep = payload::encode(&Booking { table: 4, keep: true }, Buttons::MAX_ID)?;
//! assert_eq!(keep, r#"{"table":4,"keep":true}"#);
//! let ask = Buttons::new("Keep Tuesday 10:00?").button(&keep, "Keep").button("other", "Another day");
//! # let answer = serde_json::json!({"id": "wamid.A", "timestamp": "1", "type": "interactive", "interactive": {
//! #     "type": "button_reply", "button_reply": {"id": keep, "title": "Keep"}}});
//! # let body = serde_json::json!({"field": "messages", "value": {"messages": [answer]}}).to_string();
//! # let delivery = whatsapp_business::webhook::Delivery::unverified(body.as_bytes())?;
//! # let [whatsapp_business::webhook::Event::Message(message)] = delivery.events() else { unreachable!() };
//!
//! // Later, in the webhook:
//! if let Some(id) = message.reply_id() {
//!     let booking: Booking = payload::decode(id)?;
//!     assert_eq!(booking, Booking { table: 4, keep: true });
//! }
//! # Ok(()) }
//! ```
//!
//! The same goes for tracking data, which comes back with every status of a message:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use whatsapp_business::{Message, payload};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Sent {
//!     campaign: String,
//!     step: u8,
//! }
//!
//! # fn main() -> whatsapp_business::Result<()> {
//! let sent = Sent { campaign: "spring".into(), step: 2 };
//! let data = payload::encode(&sent, Message::MAX_CALLBACK_DATA)?;
//! let message = Message::new("+14155550123", "Hello").callback_data(&data);
//! # let status = serde_json::json!({"id": "wamid.A", "timestamp": "1", "status": "read", "biz_opaque_callback_data": data});
//! # let body = serde_json::json!({"field": "messages", "value": {"statuses": [status]}}).to_string();
//! # let delivery = whatsapp_business::webhook::Delivery::unverified(body.as_bytes())?;
//! # let [whatsapp_business::webhook::Event::Status(status)] = delivery.events() else { unreachable!() };
//!
//! // Later, in the webhook:
//! if let Some(data) = &status.callback_data {
//!     assert_eq!(payload::decode::<Sent>(data)?, sent);
//! }
//! # Ok(()) }
//! ```
//!
//! | the text | its limit | comes back as |
//! |---|---|---|
//! | id of a button | [`Buttons::MAX_ID`](crate::message::Buttons::MAX_ID) | [`reply_id`](crate::webhook::InboundMessage::reply_id) |
//! | id of a row | [`Row::MAX_ID`](crate::message::Row::MAX_ID) | [`reply_id`](crate::webhook::InboundMessage::reply_id) |
//! | payload of a template's button | [`Template::MAX_PAYLOAD`](crate::message::Template::MAX_PAYLOAD) | [`reply_id`](crate::webhook::InboundMessage::reply_id) |
//! | tracking data | [`Message::MAX_CALLBACK_DATA`](crate::message::Message::MAX_CALLBACK_DATA) | [`callback_data`](crate::webhook::Status::callback_data) |
//!
//! The customer's device holds these texts, so they are neither secret nor proof of anything: look up what is theirs by
//! who they are. The desk uses the tracking data of its sends itself.

use crate::{
    error::{Error, ErrorKind, Path, Result, Violation},
    wire,
};
use serde::{Serialize, de::DeserializeOwned};

/// Writes `value` as compact JSON of at most `max` characters.
///
/// Short names of members leave more room. Numbers that are not finite are written as null, and do not come back.
///
/// # Errors
/// [`ErrorKind::Invalid`] when it is longer, or cannot be written as JSON, as a map whose keys are no texts.
pub fn encode(value: &impl Serialize, max: usize) -> Result<String> {
    let problem = match serde_json::to_string(value) {
        Ok(payload) => match payload.chars().count() {
            length if length <= max => return Ok(payload),
            length => format!("has {length} characters"),
        },
        Err(_) => "cannot be written as JSON".to_owned(),
    };
    let limit = format!("JSON of at most {max} characters");
    Err(Error::invalid(vec![Violation::new(Path::ROOT.field("payload"), problem, limit)]))
}

/// Reads back what [`encode`] wrote.
///
/// Expect others: an earlier version of the program wrote what is answered today.
///
/// # Errors
/// [`ErrorKind::Payload`] when it is something else. The error quotes nothing of it.
pub fn decode<T: DeserializeOwned>(payload: &str) -> Result<T> {
    serde_json::from_str(payload).map_err(|error| Error::new(ErrorKind::Payload(wire::reason(&error))))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::ErrorKind;
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Step {
        Start,
        Pay { cents: i64, note: Option<String> },
        Pair(u8, char),
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Job {
        id: u64,
        text: String,
        steps: Vec<Step>,
        names: BTreeMap<String, bool>,
    }

    fn job() -> impl Strategy<Value = Job> {
        let note = prop::option::of(".*");
        let step = prop::strategy::Union::new([
            any::<bool>().prop_map(|_| Step::Start).boxed(),
            (any::<i64>(), note).prop_map(|(cents, note)| Step::Pay { cents, note }).boxed(),
            (any::<u8>(), any::<char>()).prop_map(|(a, b)| Step::Pair(a, b)).boxed(),
        ]);
        let names = prop::collection::btree_map(".*", any::<bool>(), 0..3);
        (any::<u64>(), ".*", prop::collection::vec(step, 0..4), names)
            .prop_map(|(id, text, steps, names)| Job { id, text, steps, names })
    }

    proptest! {
        #[test]
        fn what_fits_comes_back_and_what_does_not_is_refused(job in job(), max in 0..400usize) {
            let length = serde_json::to_string(&job).unwrap().chars().count();
            match encode(&job, max) {
                Ok(payload) => {
                    prop_assert!(payload.chars().count() <= max);
                    // As it travels: a text within other JSON.
                    let travelled: String =
                        serde_json::from_str(&serde_json::to_string(&payload).unwrap()).unwrap();
                    prop_assert_eq!(decode::<Job>(&travelled).unwrap(), job);
                }
                Err(error) => {
                    prop_assert!(length > max);
                    prop_assert_eq!(&error.violations()[0].problem, &format!("has {length} characters"));
                }
            }
        }

        #[test]
        fn any_text_is_decoded_or_refused(text: String) {
            let _ = decode::<Job>(&text);
        }
    }

    #[test]
    fn the_limit_counts_characters_and_is_itself_allowed() {
        assert_eq!(encode(&"éé", 4).unwrap(), r#""éé""#);
        let error = encode(&"ééé", 4).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the value breaks documented limits; nothing was sent: payload: has 5 characters (JSON of at most 4 characters)"
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let keys_of_two = BTreeMap::from([((1, 2), 3)]);
        let error = encode(&keys_of_two, 100).unwrap_err();
        assert_eq!(error.violations()[0].problem, "cannot be written as JSON");
    }

    #[test]
    fn another_shape_is_told_without_a_word_of_it() {
        for other in ["private", "", r#""private""#, r#"{"id":"private"}"#, r#"{"id":1}"#] {
            let error = decode::<Job>(other).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Payload(_)), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("private"), "{error:?}");
            assert!(!error.outcome_unknown() && !error.is_retryable());
        }
        assert!(decode::<Job>(r#"{"id":1}"#).unwrap_err().to_string().contains("missing field `text`"));
    }
}
