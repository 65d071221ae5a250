//! What fills the header of a template.

use super::{
    Template,
    component::Component,
    parameter::Parameters,
    value::{Document, ParameterKind},
};
use crate::{
    id::CatalogId,
    message::{Location, MediaSource, commerce::CatalogProduct},
};

/// Headers: a template has one at most, of the kind that Meta approved.
///
/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Template {
    /// Longest text header, in characters, which its value cannot exceed.
    pub const MAX_HEADER: usize = 60;

    /// Fills the placeholder of a text header.
    #[must_use]
    pub fn header(self, parameters: impl Into<Parameters>) -> Self {
        self.with(Component::new("header", parameters.into()))
    }

    /// The image of an image header.
    #[must_use]
    pub fn header_image(self, source: impl Into<MediaSource>) -> Self {
        self.with(Component::of("header", ParameterKind::Image { image: source.into() }))
    }

    /// The video of a video header.
    #[must_use]
    pub fn header_video(self, source: impl Into<MediaSource>) -> Self {
        self.with(Component::of("header", ParameterKind::Video { video: source.into() }))
    }

    /// The document of a document header, and the file name that it is shown under, which may be left out.
    ///
    /// ```
    /// use whatsapp_business::message::{MediaSource, Template};
    /// let bill = Template::new("bill", "en").header_document("55", "Bill.pdf");
    /// let terms = Template::new("terms", "en").header_document(MediaSource::link("https://example.com/terms.pdf"), None);
    /// ```
    #[must_use]
    pub fn header_document<'a>(
        self,
        source: impl Into<MediaSource>,
        filename: impl Into<Option<&'a str>>,
    ) -> Self {
        let document = Document { source: source.into(), filename: filename.into().map(str::to_owned) };
        self.with(Component::of("header", ParameterKind::Document { document }))
    }

    /// The GIF of a GIF header: an MP4 file of at most 3.5 MB. The Marketing Messages API alone takes it.
    #[must_use]
    pub fn header_gif(self, source: impl Into<MediaSource>) -> Self {
        self.with(Component::of("header", ParameterKind::Gif { gif: source.into() }))
    }

    /// The place of a location header. Meta's examples give it a name and an address.
    ///
    /// ```
    /// use whatsapp_business::message::{Content, Location, Template};
    /// let shop = Location::new(37.44, -122.16).name("Lucky Shrub").address("1 Garden Way, Menlo Park");
    /// assert!(Content::from(Template::new("visit_us", "en").header_location(shop)).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "header", "parameters": [{"type": "location", "location": {"latitude": "37.44", "longitude": "-122.16",
    ///   "name": "Lucky Shrub", "address": "1 Garden Way, Menlo Park"}}]}
    /// ```
    #[must_use]
    pub fn header_location(self, location: Location) -> Self {
        self.with(Component::of("header", ParameterKind::Location { location }))
    }

    /// The product of a product header: the one that the seller calls `retailer_id` in this catalog.
    #[must_use]
    pub fn header_product(self, catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        let product = CatalogProduct::new(catalog, retailer_id);
        self.with(Component::of("header", ParameterKind::Product { product }))
    }
}
