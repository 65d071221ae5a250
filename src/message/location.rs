//! Location messages.

use crate::{
    check,
    error::{Path, Violation},
    message::Kind,
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Serialize, Serializer};

/// A place on the map.
///
/// ```
/// use whatsapp_business::message::{Content, Location};
/// let shop = Location::new(37.44221496582, -122.16165924072).name("Lucky Shrub").address("1 Garden Way, Menlo Park");
/// assert!(Content::from(shop).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "location", "location": {"latitude": "37.44221496582", "longitude": "-122.16165924072",
///   "name": "Lucky Shrub", "address": "1 Garden Way, Menlo Park"}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    #[serde(deserialize_with = "wire::decimal", serialize_with = "as_text")]
    latitude: f64,
    #[serde(deserialize_with = "wire::decimal", serialize_with = "as_text")]
    longitude: f64,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

quiet_debug!(Location {});

/// Members from [Meta: location messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages),
/// which names no longest name or address; the limits of the coordinates are those of the globe.
impl Location {
    /// Furthest latitude from the equator, in degrees.
    pub const MAX_LATITUDE: f64 = 90.0;
    /// Furthest longitude from Greenwich, in degrees.
    pub const MAX_LONGITUDE: f64 = 180.0;

    /// The place at these degrees; south and west are negative.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude, name: None, address: None }
    }

    /// What the place is called.
    #[must_use]
    pub fn name(mut self, text: impl Into<String>) -> Self {
        self.name = Some(text.into());
        self
    }

    /// Its address, as a person writes it.
    #[must_use]
    pub fn address(mut self, text: impl Into<String>) -> Self {
        self.address = Some(text.into());
        self
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// What the place is called.
    #[must_use]
    pub fn name_text(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its address.
    #[must_use]
    pub fn address_text(&self) -> Option<&str> {
        self.address.as_deref()
    }
}

impl Kind for Location {
    const TYPE: &'static str = "location";

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, degrees, max) in [
            ("latitude", self.latitude, Self::MAX_LATITUDE),
            ("longitude", self.longitude, Self::MAX_LONGITUDE),
        ] {
            if !(-max..=max).contains(&degrees) {
                out.push(Violation::new(
                    at.field(name),
                    "is not on the globe",
                    format!("-{max} to {max} degrees"),
                ));
            }
        }
        check::optional_filled(at.field("name"), self.name_text(), out);
        check::optional_filled(at.field("address"), self.address_text(), out);
    }

    fn words(&self) -> Option<String> {
        let words: Vec<_> = [self.name_text(), self.address_text()].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Meta types the coordinates of a send as text.
fn as_text<S: Serializer>(degrees: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(degrees)
}
