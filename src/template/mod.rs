//! What Meta approves: templates as a business submits them.
//!
//! A [`Definition`] is the body of a request to create a template. It is made by a constructor and methods for the
//! common parts, or read from JSON. Making one never fails; [`Definition::validate`] finds all broken limits at once.
//! What is *sent* later is a [`message::Template`](crate::message::Template), which fills an approved template in.
//!
//! | part | made by |
//! |---|---|
//! | header | [`Definition::header_text`], [`header_media`](Definition::header_media), [`header_location`](Definition::header_location), [`header_product`](Definition::header_product) |
//! | body | [`Definition::body`] |
//! | footer | [`Definition::footer`] |
//! | buttons | [`Definition::button`] |
//! | one-time code | [`Definition::security_recommendation`], [`code_expiration_minutes`](Definition::code_expiration_minutes), a button of [`Button::one_tap`] and its like |
//! | cards, offer | [`Carousel`], [`LimitedTimeOffer`], added by [`Definition::component`] |
//! | template of Meta's library | [`Definition::from_library`] |
//! | any other | read from JSON, added by [`Definition::component`] |
//!
//! From the same value comes all that is done with a template later: [`Definition::parameters`] tells what a send fills in,
//! [`fill`](Definition::fill) fills it in, [`check`](Definition::check) holds a send against it,
//! [`preview`](Definition::preview) shows it, [`findings`](Definition::findings) tells what Meta may dislike, and
//! [`diff`](Definition::diff) what changed. What Meta keeps is a [`Template`], which has its definition.
//!
//! Reading is lenient and loses nothing: `header` and `HEADER` are the same and written as Meta answers them, in upper
//! case; a member that is null counts as absent; members, components and buttons this version does not know are kept
//! and written back, in an order that may differ.
//!
//! # Where Meta's pages contradict each other
//!
//! The looser rule is checked, so that nothing is refused that Meta may take:
//!
//! - a coupon code may have 20 characters (its own page) although the page on limited-time offers says 15;
//! - examples of a body may be one list or a list of lists; they are written as a list of lists;
//! - names of placeholders may have digits besides the lower-case letters and `_` that are documented;
//! - placeholders may be repeated, and numbers may come in any order as long as none is left out;
//! - phone numbers of buttons are counted, not parsed.

mod body;
mod button;
mod buttons;
mod carousel;
mod category;
mod check;
mod component;
mod definition;
mod diff;
mod example;
mod fill;
mod finding;
mod fit;
mod footer;
mod header;
mod kept;
mod language;
mod members;
mod offer;
mod one_time_code;
mod options;
mod parameters;
mod placeholder;
mod preview;
mod scope;
mod special_buttons;
#[cfg(test)]
mod tests;

pub use crate::category::Category;
pub use body::Body;
pub use button::{Button, ButtonKind};
pub use buttons::Buttons;
pub use carousel::{Card, Carousel};
pub use category::ParameterFormat;
pub use component::{Component, ComponentKind, Raw};
pub use definition::Definition;
pub use diff::Difference;
pub use fill::Fill;
pub use finding::{Finding, Rule, Severity};
pub use footer::Footer;
pub use header::{Header, HeaderFormat};
pub use kept::{Template, TemplateQuality, TemplateStatus};
pub use language::Language;
pub use offer::LimitedTimeOffer;
pub use one_time_code::SupportedApp;
pub use options::{CreativeFeature, LibraryButton, SubCategory};
pub use parameters::{Parameters, Slot, SlotKind};
pub use preview::{Preview, PreviewButton, PreviewHeader};
pub use special_buttons::FlowIcon;
