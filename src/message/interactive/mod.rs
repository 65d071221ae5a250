//! Messages that can be answered by tapping, and the parts they share.

mod address;
mod address_request;
mod buttons;
mod call_button;
mod call_permission_request;
mod carousel;
mod contact_info_request;
mod flow;
mod frame;
mod header;
mod link_button;
mod list;
mod location_request;

pub use address::Address;
use address::Fields;
pub use address_request::AddressRequest;
pub use buttons::{Buttons, ReplyButton};
pub use call_button::CallButton;
pub use call_permission_request::CallPermissionRequest;
pub use carousel::{MediaCard, MediaCarousel};
pub use contact_info_request::ContactInfoRequest;
pub use flow::Flow;
pub(super) use frame::{Frame, Named, Parts};
use frame::{NoParameters, Wrapped};
pub use header::Header;
use link_button::Link;
pub use link_button::LinkButton;
pub use list::{List, Row, Section};
pub use location_request::LocationRequest;
