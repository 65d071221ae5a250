//! How our Flows are doing.

use super::member;
use crate::{id::FlowId, open::open_enum, wire::quiet_debug};
use serde::Deserialize;

/// A Flow changed, or it or its endpoint is in trouble (`flows` on the wire).
///
/// The event says which of the other members are there.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FlowUpdate {
    /// What happened.
    #[serde(deserialize_with = "member::needed")]
    pub event: FlowEvent,
    /// The Flow.
    #[serde(default, deserialize_with = "member::text")]
    pub flow_id: Option<FlowId>,
    /// What happened, in Meta's words.
    #[serde(default, deserialize_with = "member::text")]
    pub message: Option<String>,
    /// What to look out for, in Meta's words.
    #[serde(default, deserialize_with = "member::text")]
    pub warning: Option<String>,
    /// How it stood before; nothing when it is new.
    #[serde(default, deserialize_with = "member::text")]
    pub old_status: Option<FlowStatus>,
    /// How it stands now.
    #[serde(default, deserialize_with = "member::text")]
    pub new_status: Option<FlowStatus>,
    /// Whether the alert begins or ends.
    #[serde(default, deserialize_with = "member::text")]
    pub alert_state: Option<FlowAlertState>,
    /// What is alerted of: percent of errors or availability, milliseconds of latency.
    #[serde(default, deserialize_with = "member::decimal")]
    pub threshold: Option<f64>,
    /// Percent of requests or of screens that failed.
    #[serde(default, deserialize_with = "member::decimal")]
    pub error_rate: Option<f64>,
    /// What failed.
    #[serde(default, deserialize_with = "member::objects")]
    pub errors: Vec<FlowError>,
    /// Milliseconds that half of the answers took at most (`p50_latency` on the wire).
    #[serde(rename = "p50_latency", default, deserialize_with = "member::decimal")]
    pub latency_p50: Option<f64>,
    /// Milliseconds that nine of ten answers took at most (`p90_latency` on the wire).
    #[serde(rename = "p90_latency", default, deserialize_with = "member::decimal")]
    pub latency_p90: Option<f64>,
    /// How many requests that was.
    #[serde(default, deserialize_with = "member::integer")]
    pub requests_count: Option<i64>,
    /// Percent of the time that the endpoint answered.
    #[serde(default, deserialize_with = "member::decimal")]
    pub availability: Option<f64>,
}
quiet_debug!(FlowUpdate { event, flow_id, old_status, new_status, alert_state, threshold, errors });

open_enum! {
    /// What happened to a Flow.
    pub enum FlowEvent {
        /// It stands otherwise now.
        StatusChange = "FLOW_STATUS_CHANGE",
        /// Too much fails on the customers' phones.
        ClientErrorRate = "CLIENT_ERROR_RATE",
        /// Too many requests to the endpoint fail.
        EndpointErrorRate = "ENDPOINT_ERROR_RATE",
        /// The endpoint is slow.
        EndpointLatency = "ENDPOINT_LATENCY",
        /// The endpoint cannot be reached.
        EndpointAvailability = "ENDPOINT_AVAILABILITY",
        /// Its version of Flow JSON will not be accepted much longer.
        VersionExpiryWarning = "FLOW_VERSION_EXPIRY_WARNING",
    }
}

open_enum! {
    /// How a Flow stands.
    pub enum FlowStatus {
        /// It is being written, and can be tried.
        Draft = "DRAFT",
        /// It can be sent.
        Published = "PUBLISHED",
        /// It was taken back.
        Deprecated = "DEPRECATED",
        /// Meta lets nobody send or open it.
        Blocked = "BLOCKED",
        /// Meta lets only a few be sent.
        Throttled = "THROTTLED",
    }
}

open_enum! {
    /// Whether an alert begins or ends.
    pub enum FlowAlertState {
        /// It begins.
        Activated = "ACTIVATED",
        /// It ends.
        Deactivated = "DEACTIVATED",
    }
}

/// A kind of error in a Flow, and how often it came.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FlowError {
    /// Which error, such as `TIMEOUT` or `timeout_error`: Meta spells them in several ways (`error_type` on the wire).
    #[serde(rename = "error_type", default, deserialize_with = "member::text")]
    pub kind: Option<String>,
    /// How often, in percent (`error_rate` on the wire).
    #[serde(rename = "error_rate", default, deserialize_with = "member::decimal")]
    pub rate: Option<f64>,
    /// How often (`error_count` on the wire).
    #[serde(rename = "error_count", default, deserialize_with = "member::integer")]
    pub count: Option<i64>,
}
