//! What happens to calls: they ring, are answered, end, and leave recordings.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/calling>

mod file;
pub(super) mod status;

pub use file::CallFile;
pub use status::{CallStatus, CallStatusKind};

use crate::{
    error::ApiError,
    id::{AccountId, CallId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{
        Contact, Event,
        contact::ids,
        items::Item,
        lenient::{self, Word},
    },
    wire::quiet_debug,
};
use file::InObject;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};

/// Something that happened to a call with one of our numbers (field `calls`).
///
/// A customer's call arrives as [`CallEvent::Connect`] with their [`session`](Self::session), and waits about half a
/// minute for an answer.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// Meta's id of the call.
    pub id: CallId,
    /// What happened.
    pub event: CallEvent,
    /// When that was.
    pub timestamp: Option<Timestamp>,
    /// Who called whom; not told with recordings and transcripts.
    pub direction: Option<CallDirection>,
    /// The caller's phone number: ours, or the customer's when Meta shares it.
    pub from: Option<WaId>,
    /// The id of the customer who calls, within the business portfolio.
    pub from_user_id: Option<UserId>,
    /// The id of the customer who calls, across portfolios that belong together.
    pub from_parent_user_id: Option<UserId>,
    /// The phone number that is called: ours, or the customer's when Meta shares it.
    pub to: Option<WaId>,
    /// The id of the customer who is called, within the business portfolio.
    pub to_user_id: Option<UserId>,
    /// The id of the customer who is called, across portfolios that belong together.
    pub to_parent_user_id: Option<UserId>,
    /// The other side's half of the connection; on `connect`.
    pub session: Option<CallSession>,
    /// How the call ended (`status` on the wire); on `terminate`.
    pub outcome: Option<CallOutcome>,
    /// When it was picked up (`start_time` on the wire), if it was; on `terminate`.
    pub started_at: Option<Timestamp>,
    /// When it ended (`end_time` on the wire), if it was picked up; on `terminate`.
    pub ended_at: Option<Timestamp>,
    /// How long it lasted, if it was picked up; on `terminate`.
    pub duration: Option<Duration>,
    /// What we gave along with the call (`biz_opaque_callback_data` on the wire). More than a word fits in there: see
    /// [`payload`](crate::payload).
    pub callback_data: Option<String>,
    /// What we put into the link by which the customer called (`biz_payload` in the link).
    pub deeplink_payload: Option<String>,
    /// What we put into the call button by which the customer called.
    pub cta_payload: Option<String>,
    /// The recording (`call_recording` on the wire).
    pub recording: Option<CallFile>,
    /// The transcript, a JSON file (`call_transcript` on the wire).
    pub transcript: Option<CallFile>,
    /// Why the call failed; also those that stand beside the call on the wire.
    pub errors: Vec<ApiError>,
    /// Our number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the customer, whoever called.
    pub contact: Option<Arc<Contact>>,
    raw: Box<str>,
}
quiet_debug!(Call { id, event, timestamp, direction, session, outcome, duration, phone_number_id, errors });

impl Call {
    /// Whether the call ended as a failure: nobody answered, or it could not be connected.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.outcome == Some(CallOutcome::Failed)
    }

    /// The call's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

open_enum! {
    /// What happened to a call.
    pub enum CallEvent {
        /// It is being connected: the customer calls, or the customer's side answers our offer.
        Connect = "connect",
        /// It ended.
        Terminate = "terminate",
        /// A call over SIP began.
        Created = "call_created",
        /// Its recording can be fetched.
        RecordingAvailable = "call_recording_available",
        /// Its transcript can be fetched.
        TranscriptionAvailable = "call_transcription_available",
    }
}

open_enum! {
    /// Who called whom.
    pub enum CallDirection {
        /// The customer called us.
        UserInitiated = "USER_INITIATED",
        /// We called the customer.
        BusinessInitiated = "BUSINESS_INITIATED",
    }
}

open_enum! {
    /// How a call ended.
    pub enum CallOutcome {
        /// It was picked up and ended.
        Completed = "COMPLETED",
        /// It was not picked up, or could not be connected.
        Failed = "FAILED",
    }
}

/// One side's half of a WebRTC connection.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CallSession {
    /// Whether this side offers or answers: a customer who calls offers.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub sdp_type: Option<SdpType>,
    /// The description of the session (RFC 8866). It holds network addresses.
    #[serde(deserialize_with = "lenient::text")]
    pub sdp: String,
}
quiet_debug!(CallSession { sdp_type });

open_enum! {
    /// Whether a session description offers or answers.
    pub enum SdpType {
        /// It offers.
        Offer = "offer",
        /// It answers an offer.
        Answer = "answer",
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::loose")]
    id: Option<CallId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    event: Option<CallEvent>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::loose")]
    direction: Option<CallDirection>,
    #[serde(default, deserialize_with = "lenient::loose")]
    from: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    from_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    from_parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    to: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    to_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    to_parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "session")]
    session: Option<CallSession>,
    #[serde(default, deserialize_with = "outcome")]
    status: Option<CallOutcome>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    start_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    end_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::number")]
    duration: Option<u64>,
    #[serde(default, deserialize_with = "lenient::loose")]
    biz_opaque_callback_data: Option<String>,
    #[serde(default, deserialize_with = "lenient::loose")]
    deeplink_payload: Option<String>,
    #[serde(default, deserialize_with = "lenient::loose")]
    cta_payload: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    call_recording: InObject,
    #[serde(default, deserialize_with = "lenient::or_default")]
    call_transcript: InObject,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
}

/// Reads one call.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    // Only the customer is among the contacts, so it does no harm to look for both sides.
    let caller = ids(wire.from_user_id.as_ref(), wire.from.as_ref(), wire.from_parent_user_id.as_ref());
    let called = ids(wire.to_user_id.as_ref(), wire.to.as_ref(), wire.to_parent_user_id.as_ref());
    let contact = shared.contacts.find(caller).or_else(|| shared.contacts.find(called));
    let call = Call {
        id: lenient::required(wire.id, "id")?,
        event: lenient::required(wire.event, "event")?,
        timestamp: wire.timestamp.or(shared.origin.time),
        direction: wire.direction,
        from: wire.from,
        from_user_id: wire.from_user_id,
        from_parent_user_id: wire.from_parent_user_id,
        to: wire.to,
        to_user_id: wire.to_user_id,
        to_parent_user_id: wire.to_parent_user_id,
        session: wire.session,
        outcome: wire.status,
        started_at: wire.start_time,
        ended_at: wire.end_time,
        duration: wire.duration.map(Duration::from_secs),
        callback_data: wire.biz_opaque_callback_data,
        deeplink_payload: wire.deeplink_payload,
        cta_payload: wire.cta_payload,
        recording: wire.call_recording.file(),
        transcript: wire.call_transcript.file(),
        errors: wire.errors,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw: item.raw.into(),
    };
    Ok(Event::Call(Box::new(call)))
}

/// A session without a description is worth nothing.
fn session<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CallSession>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(lenient::parse(raw).ok().filter(|session: &CallSession| !session.sdp.is_empty()))
}

/// One word, or a list of one: Meta's samples show it as a list.
fn outcome<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CallOutcome>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    let word = match lenient::parse::<Vec<Word<'_>>>(raw) {
        Ok(words) => words.into_iter().next(),
        Err(_) => lenient::parse(raw).ok(),
    };
    Ok(word.filter(|word| !word.0.is_empty()).map(|word| CallOutcome::from(&*word.0)))
}
