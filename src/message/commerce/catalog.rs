//! A whole catalog.

use super::Named;
use crate::{
    check,
    error::{Path, Violation},
    message::{
        Kind,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// The catalog that is connected to the account, with a button to look through it (`interactive` of type
/// `catalog_message` on the wire).
///
/// ```
/// use whatsapp_business::message::{Catalog, Content};
/// let shop = Catalog::new("All our teas").thumbnail("tea-250").footer("Free shipping above 50");
/// assert!(Content::from(shop).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "catalog_message",
///   "body": {"text": "All our teas"}, "footer": {"text": "Free shipping above 50"},
///   "action": {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "tea-250"}}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Parameters>>", try_from = "Frame<Named<Parameters>>")]
pub struct Catalog {
    parts: Parts,
    thumbnail: Option<String>,
}

quiet_debug!(Catalog { thumbnail });

/// Limits from [Meta: share products](https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products).
impl Catalog {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;

    /// The catalog, with what is said of it: at most [`Self::MAX_BODY`] characters.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), thumbnail: None }
    }

    /// The product whose picture stands above the body, by what the seller calls it in the catalog
    /// (`thumbnail_product_retailer_id` on the wire). Without it, that is the first one of the catalog.
    #[must_use]
    pub fn thumbnail(mut self, retailer_id: impl Into<String>) -> Self {
        self.thumbnail = Some(retailer_id.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// What is said of it.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }
}

impl Kind for Catalog {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("catalog_message");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        if let Some(id) = &self.thumbnail {
            let parameters = at.field("action");
            let parameters = parameters.field("parameters");
            check::filled(parameters.field("thumbnail_product_retailer_id"), id, out);
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

/// The name of the action.
const ACTION: &str = "catalog_message";

/// The parameters of the action on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    thumbnail_product_retailer_id: Option<String>,
}

impl From<Catalog> for Frame<Named<Parameters>> {
    fn from(catalog: Catalog) -> Self {
        let id = catalog.thumbnail;
        let parameters = id.map(|id| Parameters { thumbnail_product_retailer_id: Some(id) });
        Self::new::<Catalog>(catalog.parts, Named::new(ACTION, parameters))
    }
}

impl TryFrom<Frame<Named<Parameters>>> for Catalog {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Parameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        let thumbnail = action.open(ACTION)?.and_then(|parameters| parameters.thumbnail_product_retailer_id);
        Ok(Self { parts: parts.without_header()?, thumbnail })
    }
}
