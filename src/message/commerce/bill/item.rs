//! What is sold in an order.

use super::{Amount, Market, Terms};
use crate::{
    check,
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Some of one thing in an [`Order`](super::Order).
///
/// ```
/// use whatsapp_business::message::{Amount, OrderItem};
/// let tea = OrderItem::new("Assam tea, 250 g", Amount::minor(1_000), 2)
///     .sale_amount(Amount::minor(900))
///     .image("https://example.com/tea.jpg");
/// ```
///
/// ```json
/// {"name": "Assam tea, 250 g", "image": {"link": "https://example.com/tea.jpg"},
///  "amount": {"value": 1000, "offset": 100}, "sale_amount": {"value": 900, "offset": 100}, "quantity": 2}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderItem {
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    retailer_id: Option<String>,
    #[serde(deserialize_with = "crate::wire::text")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<ItemImage>,
    amount: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sale_amount: Option<Amount>,
    #[serde(deserialize_with = "crate::wire::integer")]
    quantity: i64,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    country_of_origin: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    importer_name: Option<String>,
    // A table of Meta's spells it without the second d, its examples with it.
    #[serde(default, alias = "importer_adress", skip_serializing_if = "Option::is_none")]
    importer_address: Option<ImporterAddress>,
}

quiet_debug!(OrderItem { retailer_id, quantity });

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemImage {
    link: String,
}

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl OrderItem {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 60;
    /// Longest name of a country, in characters.
    pub const MAX_COUNTRY: usize = 100;
    /// Longest name of an importer, in characters.
    pub const MAX_IMPORTER: usize = 200;
    /// Most pieces of one thing in a template with a "Buy now" button, whose bill has shipping addresses.
    pub const MAX_CHECKOUT_QUANTITY: i64 = 100;

    /// `quantity` pieces of what is called `name` (at most [`Self::MAX_NAME`] characters), at `amount` each.
    #[must_use]
    pub fn new(name: impl Into<String>, amount: Amount, quantity: i64) -> Self {
        Self {
            retailer_id: None,
            name: name.into(),
            image: None,
            amount,
            sale_amount: None,
            quantity,
            country_of_origin: None,
            importer_name: None,
            importer_address: None,
        }
    }

    /// The product's id in the seller's catalog; required in Brazil.
    #[must_use]
    pub fn retailer_id(mut self, id: impl Into<String>) -> Self {
        self.retailer_id = Some(id.into());
        self
    }

    /// A picture at a public address: JPEG or PNG, 8-bit. For things that are in no catalog only: in India without a
    /// retailer id beside it. Meta says so of Brazil, too, where it requires the id; both are taken there.
    #[must_use]
    pub fn image(mut self, link: impl Into<String>) -> Self {
        self.image = Some(ItemImage { link: link.into() });
        self
    }

    /// The price of a piece that is really asked, less than the usual one.
    #[must_use]
    pub fn sale_amount(mut self, amount: Amount) -> Self {
        self.sale_amount = Some(amount);
        self
    }

    /// Where it comes from; at most [`Self::MAX_COUNTRY`] characters. India asks for it, and for the importer, of orders
    /// without a catalog; since one of Meta's pages calls it optional, it is not insisted on here.
    #[must_use]
    pub fn country_of_origin(mut self, country: impl Into<String>) -> Self {
        self.country_of_origin = Some(country.into());
        self
    }

    /// Who imports it; the name has at most [`Self::MAX_IMPORTER`] characters.
    #[must_use]
    pub fn importer(mut self, name: impl Into<String>, address: ImporterAddress) -> Self {
        self.importer_name = Some(name.into());
        self.importer_address = Some(address);
        self
    }

    pub(super) fn has_image(&self) -> bool {
        self.image.is_some()
    }

    /// What all pieces cost, in the smallest unit.
    pub(super) fn cost(&self) -> i128 {
        self.sale_amount.unwrap_or(self.amount).wide().saturating_mul(self.quantity.into())
    }

    /// `in_catalog` says that the order names a catalog.
    pub(super) fn check(&self, at: Path<'_>, terms: Terms, in_catalog: bool, out: &mut Vec<Violation>) {
        if self.retailer_id.is_some() || terms.market == Market::Brazil {
            check::filled(at.field("retailer_id"), self.retailer_id.as_deref().unwrap_or_default(), out);
        }
        check::text(at.field("name"), &self.name, Self::MAX_NAME, out);
        if let Some(image) = &self.image {
            check::link(at.field("image").field("link"), &image.link, out);
            // In Brazil an item must have an id, so that one with an image cannot do without.
            let by_id = self.retailer_id.is_some() && terms.market != Market::Brazil;
            if in_catalog || by_id {
                let problem = "stands beside the id of a product or a catalog";
                out.push(Violation::new(at.field("image"), problem, "an image or ids, not both"));
            }
        }
        self.amount.check(at.field("amount"), out);
        if let Some(sale) = self.sale_amount {
            sale.check(at.field("sale_amount"), out);
            if sale.value() >= self.amount.value() {
                out.push(Violation::new(at.field("sale_amount"), "is no reduction", "less than amount"));
            }
        }
        if self.quantity < 1 {
            out.push(Violation::new(at.field("quantity"), "is less than one", "1 or more"));
        } else if terms.checkout && self.quantity > Self::MAX_CHECKOUT_QUANTITY {
            let limit = format!("at most {} with shipping addresses", Self::MAX_CHECKOUT_QUANTITY);
            out.push(Violation::new(at.field("quantity"), "is too many", limit));
        }
        let country = self.country_of_origin.as_deref();
        check::optional_text(at.field("country_of_origin"), country, Self::MAX_COUNTRY, out);
        let importer = self.importer_name.as_deref();
        check::optional_text(at.field("importer_name"), importer, Self::MAX_IMPORTER, out);
        if let Some(address) = &self.importer_address {
            address.check(at.field("importer_address"), out);
        }
    }
}

/// Where an importer in India is to be found.
///
/// ```json
/// {"address_line1": "12 Harbour Road", "city": "Mumbai", "zone_code": "MH", "postal_code": "400001", "country_code": "IN"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImporterAddress {
    address_line1: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    address_line2: Option<String>,
    city: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    zone_code: Option<String>,
    #[serde(deserialize_with = "crate::wire::text")]
    postal_code: String,
    country_code: String,
}

quiet_debug!(ImporterAddress {});

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg).
impl ImporterAddress {
    /// Longest line, in characters.
    pub const MAX_LINE: usize = 100;
    /// Longest name of a city, in characters.
    pub const MAX_CITY: usize = 120;
    /// Length of a postal code, in digits.
    pub const POSTAL_CODE: usize = 6;

    /// An address in India: a line of at most [`Self::MAX_LINE`] characters, the city (at most [`Self::MAX_CITY`]), and
    /// the postal code.
    #[must_use]
    pub fn new(line: impl Into<String>, city: impl Into<String>, postal_code: impl Into<String>) -> Self {
        Self {
            address_line1: line.into(),
            address_line2: None,
            city: city.into(),
            zone_code: None,
            postal_code: postal_code.into(),
            country_code: "IN".to_owned(),
        }
    }

    /// A second line, such as a landmark; at most [`Self::MAX_LINE`] characters.
    #[must_use]
    pub fn line2(mut self, line: impl Into<String>) -> Self {
        self.address_line2 = Some(line.into());
        self
    }

    /// The two letters of the state, such as `DL` for Delhi.
    #[must_use]
    pub fn zone_code(mut self, code: impl Into<String>) -> Self {
        self.zone_code = Some(code.into());
        self
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::text(at.field("address_line1"), &self.address_line1, Self::MAX_LINE, out);
        check::optional_text(at.field("address_line2"), self.address_line2.as_deref(), Self::MAX_LINE, out);
        check::text(at.field("city"), &self.city, Self::MAX_CITY, out);
        if let Some(code) = &self.zone_code
            && (code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            out.push(Violation::new(at.field("zone_code"), "is not the code of a state", "2 letters"));
        }
        check::digits(at.field("postal_code"), &self.postal_code, Self::POSTAL_CODE, out);
        check::exactly(at.field("country_code"), &self.country_code, "IN", out);
    }
}
