//! What a header can show besides text and files: a place on the map, or a product.

use crate::{
    check,
    error::{Path, Violation},
    wire,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A place on the map.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    #[serde(serialize_with = "as_text", deserialize_with = "coordinate")]
    pub(super) latitude: f64,
    #[serde(serialize_with = "as_text", deserialize_with = "coordinate")]
    pub(super) longitude: f64,
    #[serde(default, deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
}

impl Place {
    const LATITUDES: std::ops::RangeInclusive<f64> = -90.0..=90.0;
    const LONGITUDES: std::ops::RangeInclusive<f64> = -180.0..=180.0;

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, degrees, range) in
            [("latitude", self.latitude, Self::LATITUDES), ("longitude", self.longitude, Self::LONGITUDES)]
        {
            if !range.contains(&degrees) {
                let limit = format!("{} to {} degrees", range.start(), range.end());
                out.push(Violation::new(at.field(name), "is not on the globe", limit));
            }
        }
        for (name, text) in [("name", &self.name), ("address", &self.address)] {
            if let Some(text) = text {
                check::filled(at.field(name), text, out);
            }
        }
    }
}

/// Meta documents coordinates as text.
fn as_text<S: Serializer>(degrees: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(degrees)
}

fn coordinate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelling {
        Number(f64),
        Text(String),
    }
    match Spelling::deserialize(deserializer)? {
        Spelling::Number(degrees) => Ok(degrees),
        Spelling::Text(text) => text.trim().parse().map_err(|_| D::Error::custom("text is not a coordinate")),
    }
}

/// A product of a catalog.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Product {
    #[serde(deserialize_with = "wire::text")]
    pub(super) product_retailer_id: String,
    #[serde(deserialize_with = "wire::text")]
    pub(super) catalog_id: String,
}

impl Product {
    pub(super) fn new(catalog_id: impl Into<String>, product_retailer_id: impl Into<String>) -> Self {
        Self { product_retailer_id: product_retailer_id.into(), catalog_id: catalog_id.into() }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("product_retailer_id"), &self.product_retailer_id, out);
        check::id(at.field("catalog_id"), &self.catalog_id, out);
    }
}
