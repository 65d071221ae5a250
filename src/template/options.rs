//! What a definition says beside its components.

use crate::{
    open::open_enum,
    template::{Button, Category, Component, Definition, Header, HeaderFormat},
};
use serde_json::{Map, Value, json};

open_enum! {
    /// What of its category a template is (`sub_category` on the wire).
    pub enum SubCategory {
        /// Nothing special.
        Custom = "CUSTOM",
        /// It has a bill.
        OrderDetails = "ORDER_DETAILS",
        /// It tells the state of an order.
        OrderStatus = "ORDER_STATUS",
        /// It tells the state of an order, with pictures.
        RichOrderStatus = "RICH_ORDER_STATUS",
    }
}

open_enum! {
    /// What Meta may do to the pictures and words of a marketing template to make it do better.
    pub enum CreativeFeature {
        /// Sets brightness and contrast.
        ImageBrightnessAndContrast = "image_brightness_and_contrast",
        /// Touches images up.
        ImageTouchups = "image_touchups",
        /// Puts text on images.
        AddTextOverlay = "add_text_overlay",
        /// Makes images move.
        ImageAnimation = "image_animation",
        /// Makes backgrounds.
        ImageBackground = "image_background_gen",
        /// Adds a tag with the offer.
        AutoPromotionTag = "auto_promotion_tag",
        /// Takes a headline out of the text.
        HeadlineFromText = "text_extraction_for_headline",
        /// Takes what a tap opens out of the text.
        TapTargetFromText = "text_extraction_for_tap_target",
        /// Shows products beside the message.
        ProductExtensions = "product_extensions",
        /// Sets the text in bold, in lists.
        TextFormatting = "text_formatting_optimization",
    }
}

/// What a template says beside its components.
impl Definition {
    /// The product of a catalog above the body, which each send names.
    #[must_use]
    pub fn header_product(self) -> Self {
        self.replace(Component::Header(Header { format: Some(HeaderFormat::Product), ..Header::default() }))
    }

    /// Media above the body, of which the sample is uploaded when the template is created; see
    /// [`header_media`](Self::header_media) for one that is uploaded already.
    #[must_use]
    pub fn header_sample(self, format: HeaderFormat) -> Self {
        self.replace(Component::Header(Header { format: Some(format), ..Header::default() }))
    }

    /// Asks for the permission to call.
    #[must_use]
    pub fn call_permission_request(self) -> Self {
        self.component(Component::read(json!({"type": "CALL_PERMISSION_REQUEST"})))
    }

    /// What of its category it is.
    #[must_use]
    pub fn sub_category(self, kind: impl Into<SubCategory>) -> Self {
        self.with("sub_category", kind.into().as_str())
    }

    /// Whether Meta leaves the addresses of buttons as they are, so that it learns of no taps
    /// (`cta_url_link_tracking_opted_out` on the wire).
    #[must_use]
    pub fn link_tracking_opt_out(self, out: bool) -> Self {
        self.with("cta_url_link_tracking_opted_out", out)
    }

    /// Whether Meta may do this to the pictures and words (`degrees_of_freedom_spec` on the wire).
    #[must_use]
    pub fn creative_feature(mut self, feature: impl Into<CreativeFeature>, allowed: bool) -> Self {
        let status = if allowed { "OPT_IN" } else { "OPT_OUT" };
        let spec = json!({"enroll_status": status});
        insert(
            &mut self.extra,
            &["degrees_of_freedom_spec", "creative_features_spec"],
            feature.into().as_str(),
            spec,
        );
        self
    }

    /// A template made from Meta's library, which has its words: `library` is its name there. It is often approved at once.
    ///
    /// ```
    /// use whatsapp_business::template::{Definition, LibraryButton};
    /// let definition = Definition::from_library("my_delivery_update", "en_US", "delivery_update_1")
    ///     .library_input("add_contact_number", true)
    ///     .library_button(LibraryButton::url("https://example.com/{{1}}", "https://example.com/demo"));
    /// assert!(definition.validate().is_ok());
    /// ```
    #[must_use]
    pub fn from_library(
        name: impl Into<String>,
        language: impl Into<String>,
        library: impl Into<String>,
    ) -> Self {
        Self::new(name, language, Category::Utility).with("library_template_name", library.into())
    }

    /// The same in another category: that of a library template is the library's.
    #[must_use]
    pub fn categorised(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// A choice that the body of a library template leaves (`library_template_body_inputs` on the wire).
    #[must_use]
    pub fn library_input(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        insert(&mut self.extra, &["library_template_body_inputs"], &name.into(), value.into());
        self
    }

    /// What the next button of a library template does (`library_template_button_inputs` on the wire).
    #[must_use]
    pub fn library_button(mut self, button: LibraryButton) -> Self {
        let inputs = self.extra.entry("library_template_button_inputs").or_insert_with(|| json!([]));
        if let Value::Array(inputs) = inputs {
            inputs.push(button.0);
        }
        self
    }

    /// Puts the handle of a sample into the header, or into that of a card; false where there is no header of media.
    #[cfg(feature = "client")]
    pub(crate) fn set_sample(&mut self, card: Option<usize>, handle: &str) -> bool {
        let components = match card {
            None => Some(&mut self.components),
            Some(index) => {
                let carousel = self.components.iter_mut().find_map(|component| match component {
                    Component::Carousel(carousel) => Some(carousel),
                    _ => None,
                });
                carousel.and_then(|carousel| carousel.cards.get_mut(index)).map(|card| &mut card.components)
            }
        };
        let header = components.and_then(|components| {
            components.iter_mut().find_map(|component| match component {
                Component::Header(header) => Some(header),
                _ => None,
            })
        });
        let media = header.filter(|header| header.format.as_ref().is_some_and(HeaderFormat::is_media));
        media.map(|header| header.example.handles = vec![handle.to_owned()]).is_some()
    }

    /// The same in these languages at once, as Meta takes authentication templates.
    #[cfg(feature = "client")]
    pub(crate) fn in_languages(mut self, languages: Vec<String>) -> Self {
        self.language.clear();
        self.with("languages", languages)
    }

    /// What of it may be changed.
    #[cfg(feature = "client")]
    pub(crate) fn for_edit(mut self) -> Self {
        self.name.clear();
        self.language.clear();
        self.category = None;
        self
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }
}

/// What a button of a library template does.
#[derive(Clone, PartialEq)]
pub struct LibraryButton(Value);

crate::wire::quiet_debug!(LibraryButton {});

impl LibraryButton {
    /// Opens an address; of one that ends in `{{1}}`, `example` is a whole one.
    #[must_use]
    pub fn url(url: impl Into<String>, example: impl Into<String>) -> Self {
        let url = json!({"base_url": url.into(), "url_suffix_example": example.into()});
        Self(json!({"type": "URL", "url": url}))
    }

    /// Calls a phone number.
    #[must_use]
    pub fn phone_number(number: impl Into<String>) -> Self {
        Self(json!({"type": "PHONE_NUMBER", "phone_number": number.into()}))
    }

    /// Takes over a one-time code as `button` does, which is one of [`Button::copy_one_time_code`], [`Button::one_tap`] and
    /// [`Button::zero_tap`] of an authentication template. Its text is the library's.
    #[must_use]
    pub fn one_time_code(button: &Button) -> Self {
        let mut input = json!({"type": "OTP"});
        if let Value::Object(members) = &mut input {
            members.extend(button.members.clone());
            members.remove("text");
        }
        Self(input)
    }
}

/// Puts a member into the object at this path, which is made where there is none.
fn insert(members: &mut Map<String, Value>, path: &[&str], name: &str, value: Value) {
    match path.split_first() {
        None => drop(members.insert(name.to_owned(), value)),
        Some((first, rest)) => {
            let inner = members.entry(*first).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            if let Value::Object(inner) = inner {
                insert(inner, rest, name, value);
            }
        }
    }
}
