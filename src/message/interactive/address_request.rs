//! Requests for a postal address.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Address, Header, Kind, MediaSource,
        interactive::{Fields, Frame, Named, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A request for a postal address, with a form to fill in (`interactive` of type `address_message` on the wire).
///
/// Meta offers it to businesses and people in India. The address comes back in a webhook as an `interactive` message
/// of type `nfm_reply` with the name `address_message`: its `response_json` holds the fields under `values`, and
/// `saved_address_id` where a saved address was chosen.
///
/// ```
/// use whatsapp_business::message::{Address, AddressRequest, Content};
/// let ask = AddressRequest::new("Where shall we deliver?", "IN")
///     .saved_address("home", Address::new().name("Ana").address("Palm Road 7").in_pin_code("400063"));
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "address_message",
///   "body": {"text": "Where shall we deliver?"},
///   "action": {"name": "address_message", "parameters": {"country": "IN", "saved_addresses": [
///     {"id": "home", "value": {"name": "Ana", "address": "Palm Road 7", "in_pin_code": "400063"}}]}}}}
/// ```
///
/// An address that turns out to be wrong is asked for again, with what was filled in and what is wrong about it:
///
/// ```
/// use whatsapp_business::message::{Address, AddressRequest, Content};
/// let ask = AddressRequest::new("Please look again", "IN")
///     .prefill(Address::new().name("Ana").address("Palm Road 7").in_pin_code("000000"))
///     .validation_error("in_pin_code", "We do not know this PIN code.");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Parameters>>", try_from = "Frame<Named<Parameters>>")]
pub struct AddressRequest {
    parts: Parts,
    parameters: Parameters,
}

quiet_debug!(AddressRequest { parts, parameters });

/// The parameters of the action, as they are on the wire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_addresses: Option<Vec<SavedAddress>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_errors: Option<Fields>,
}

quiet_debug!(Parameters { country });

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedAddress {
    #[serde(deserialize_with = "crate::wire::text")]
    id: String,
    value: Address,
}

/// Limits from [Meta: address messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/address-messages).
/// It states none for the body: that of interactive messages in general holds.
impl AddressRequest {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;

    const ACTION: &'static str = "address_message";

    /// The request, and the country whose form is to be filled in, as two capital letters; `IN` is what Meta documents.
    #[must_use]
    pub fn new(body: impl Into<String>, country: impl Into<String>) -> Self {
        let parameters = Parameters {
            country: country.into(),
            values: None,
            saved_addresses: None,
            validation_errors: None,
        };
        Self { parts: Parts::new(body), parameters }
    }

    /// What stands above the body: text, or media. Meta's page has a header and does not say what it may be.
    #[must_use]
    pub fn header(mut self, header: impl Into<Header>) -> Self {
        self.parts.header = Some(header.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// What the form holds when it is opened (`values` on the wire).
    #[must_use]
    pub fn prefill(mut self, address: Address) -> Self {
        self.parameters.values = Some(address);
        self
    }

    /// Adds an address that can be chosen instead of filling in the form. Its `id` comes back when it is; ids must
    /// differ from each other.
    #[must_use]
    pub fn saved_address(mut self, id: impl Into<String>, address: Address) -> Self {
        let saved = SavedAddress { id: id.into(), value: address };
        self.parameters.saved_addresses.get_or_insert_default().push(saved);
        self
    }

    /// Says what is wrong about a field, by its name on the wire; the form cannot be sent before it is changed.
    #[must_use]
    pub fn validation_error(mut self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        self.parameters.validation_errors.get_or_insert_default().set(field, problem);
        self
    }

    /// The request.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }
}

impl Kind for AddressRequest {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("address_message");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        let at = action.field("parameters");
        let Parameters { country, values, saved_addresses, validation_errors } = &self.parameters;
        if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
            out.push(Violation::new(
                at.field("country"),
                "is not a country code",
                "two capital letters, such as IN",
            ));
        }
        if let Some(address) = values {
            address.check(at.field("values"), out);
        }
        let list = at.field("saved_addresses");
        let saved = saved_addresses.as_deref().unwrap_or_default();
        for (index, saved) in saved.iter().enumerate() {
            let item = list.index(index);
            check::filled(item.field("id"), &saved.id, out);
            saved.value.check(item.field("value"), out);
        }
        let id_at = |index| list.index(index).field("id").to_string();
        check::unique(id_at, saved.iter().map(|saved| saved.id.as_str()), out);
        let errors = at.field("validation_errors");
        for (field, problem) in validation_errors.iter().flat_map(Fields::iter) {
            check::filled(errors.field(field), problem, out);
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

impl From<AddressRequest> for Frame<Named<Parameters>> {
    fn from(request: AddressRequest) -> Self {
        Self::new::<AddressRequest>(request.parts, Named::new(AddressRequest::ACTION, request.parameters))
    }
}

impl TryFrom<Frame<Named<Parameters>>> for AddressRequest {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Parameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts, parameters: action.parameters(Self::ACTION)? })
    }
}
