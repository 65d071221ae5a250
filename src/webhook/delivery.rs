//! What one POST holds.

use crate::{
    error::Result,
    webhook::{Event, envelope},
};

/// What Meta delivered in one POST: any number of events, in order.
///
/// Events come in the order of the body, except that within one change messages come before statuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    events: Vec<Event>,
    signed_by: Option<usize>,
}

impl Delivery {
    /// Reads a body **without checking who sent it**: for tools that look into stored bodies.
    ///
    /// What comes from the network goes through [`Webhook::read`](crate::webhook::Webhook::read).
    ///
    /// # Errors
    /// [`ErrorKind::Envelope`](crate::ErrorKind::Envelope) when it is not a webhook: too large, not JSON, or not an
    /// envelope of events.
    pub fn unverified(body: &[u8]) -> Result<Self> {
        Ok(Self { events: envelope::read(body)?, signed_by: None })
    }

    pub(super) fn signed_by_secret(self, place: usize) -> Self {
        Self { signed_by: Some(place), ..self }
    }

    /// Which app's secret signed it, as [`Webhook::verify`](crate::webhook::Webhook::verify) counts them; none of a
    /// delivery that is unverified.
    ///
    /// An endpoint for several apps can hold an event to this: one app's secret is no reason to believe what is said of
    /// the accounts of another.
    #[must_use]
    pub fn signed_by(&self) -> Option<usize> {
        self.signed_by
    }

    /// The events, in order.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Takes the events out.
    #[must_use]
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// The number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing was delivered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

impl IntoIterator for Delivery {
    type Item = Event;
    type IntoIter = std::vec::IntoIter<Event>;
    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}

impl<'a> IntoIterator for &'a Delivery {
    type Item = &'a Event;
    type IntoIter = std::slice::Iter<'a, Event>;
    fn into_iter(self) -> Self::IntoIter {
        self.events.iter()
    }
}
