//! Where ordered goods go, and who gets the money. India only.

use super::{super::at::At, Result};

/// The members of an address to ship to: the longest text of each, and whether it can be left out.
const SHIPPING: [(&str, usize, bool); 11] = [
    ("name", 256, false),
    ("phone_number", 12, false),
    ("address", 512, false),
    ("city", 100, false),
    ("state", 100, false),
    ("in_pin_code", 6, false),
    ("landmark_area", 128, true),
    ("house_number", 8, true),
    ("floor_number", 10, true),
    ("tower_number", 8, true),
    ("building_name", 128, true),
];

pub(super) fn beneficiaries(all: &At<'_>) -> Result {
    for person in all.elements()? {
        let known = ["name", "address_line1", "address_line2", "city", "state", "country", "postal_code"];
        person.only(&known)?;
        person.need("name")?.text_up_to(200)?;
        person.need("address_line1")?.text_up_to(100)?;
        person.optional("address_line2", |line| line.text_up_to(100))?;
        person.need("city")?.text()?;
        person.need("state")?.text()?;
        person.need("country")?.one_of(&["India"])?;
        postal_code(&person.need("postal_code")?)?;
    }
    Ok(())
}

/// Where physical goods are shipped to: not known yet, if there are no addresses. Digital goods are not shipped.
pub(super) fn info(parameters: &At<'_>, kind: &str) -> Result {
    if kind == "digital-goods" {
        return parameters.without("shipping_info");
    }
    let info = parameters.need("shipping_info")?;
    info.only(&["country", "addresses"])?;
    info.need("country")?.one_of(&["IN"])?;
    for address in info.need("addresses")?.list()? {
        address.only(&SHIPPING.map(|(name, ..)| name))?;
        for (name, most, is_optional) in SHIPPING {
            if !is_optional {
                address.need(name)?;
            }
            address.optional(name, |text| text.text_up_to(most))?;
        }
    }
    Ok(())
}

pub(super) fn postal_code(code: &At<'_>) -> Result {
    code.digits(6)
}
