//! Products of a catalog.

use super::{At, Result, list, may_be_bare};

pub(super) fn catalog(action: &At<'_>) -> Result {
    let Some(parameters) = may_be_bare(action, "catalog_message")? else { return Ok(()) };
    parameters.only(&["thumbnail_product_retailer_id"])?;
    parameters.optional("thumbnail_product_retailer_id", At::text).map(drop)
}

/// One product.
pub(super) fn one(action: &At<'_>) -> Result {
    action.only(&["catalog_id", "product_retailer_id"])?;
    action.need("catalog_id")?.id()?;
    action.need("product_retailer_id")?.text().map(drop)
}

pub(super) fn several(action: &At<'_>) -> Result {
    action.only(&["catalog_id", "sections"])?;
    action.need("catalog_id")?.id()?;
    sections(&action.need("sections")?)
}

/// Products in sections: ten sections and thirty products at most.
pub(in super::super) fn sections(all: &At<'_>) -> Result {
    let sections = all.elements_up_to(10)?;
    let mut count = 0;
    for section in &sections {
        section.only(&["title", "product_items"])?;
        list::title(section, sections.len())?;
        let products = section.need("product_items")?.elements()?;
        count += products.len();
        for product in products {
            product.only(&["product_retailer_id"])?;
            product.need("product_retailer_id")?.text()?;
        }
    }
    if count > 30 {
        return Err(all.value(&format!("have {count} products in total, at most 30 are allowed")));
    }
    Ok(())
}
