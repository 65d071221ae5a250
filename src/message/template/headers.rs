//! What fills the header of a template.

use super::{
    Template,
    component::Component,
    parameter::Parameters,
    place::{Place, Product},
    value::{Document, Kind},
};
use crate::message::MediaSource;

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
        self.with(Component::of("header", Kind::Image { image: source.into() }))
    }

    /// The video of a video header.
    #[must_use]
    pub fn header_video(self, source: impl Into<MediaSource>) -> Self {
        self.with(Component::of("header", Kind::Video { video: source.into() }))
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
        self.with(Component::of("header", Kind::Document { document }))
    }

    /// The GIF of a GIF header: an MP4 file of at most 3.5 MB. The Marketing Messages API alone takes it.
    #[must_use]
    pub fn header_gif(self, source: impl Into<MediaSource>) -> Self {
        self.with(Component::of("header", Kind::Gif { gif: source.into() }))
    }

    /// The place of a location header: its coordinates in degrees, its name and its address.
    #[must_use]
    pub fn header_location(
        self,
        latitude: f64,
        longitude: f64,
        name: impl Into<String>,
        address: impl Into<String>,
    ) -> Self {
        let location = Place { latitude, longitude, name: Some(name.into()), address: Some(address.into()) };
        self.with(Component::of("header", Kind::Location { location }))
    }

    /// The product of a product header, by its catalog and its id in there.
    #[must_use]
    pub fn header_product(
        self,
        catalog_id: impl Into<String>,
        product_retailer_id: impl Into<String>,
    ) -> Self {
        let product = Product::new(catalog_id, product_retailer_id);
        self.with(Component::of("header", Kind::Product { product }))
    }
}
