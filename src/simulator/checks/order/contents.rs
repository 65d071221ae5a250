//! What is ordered, and what it costs.

use super::{
    Around, At, Market, Place, Result,
    amount::{amount, described},
    shipping::postal_code,
};
use std::time::Duration;

/// How far ahead the end of an order has to be.
const NOTICE: Duration = Duration::from_secs(300);

/// Most items, when they bring pictures of their own.
const MOST_PICTURED: usize = 10;

/// Checks an order, and tells what it costs in all.
pub(super) fn order(order: &At<'_>, market: Market, place: Place, around: Around<'_>) -> Result<u64> {
    order.only(&[
        "status",
        "type",
        "catalog_id",
        "expiration",
        "items",
        "subtotal",
        "tax",
        "shipping",
        "discount",
    ])?;
    order.need("status")?.one_of(&["pending"])?;
    if let Some(kind) = order.get("type") {
        kind.one_of(&["quick_pay"])?;
        if market == Market::Brazil {
            return Err(kind.value("is for India only"));
        }
    }
    let catalog = order.optional("catalog_id", At::id)?;
    order.optional("expiration", |end| expiration(end, market, around))?;
    let subtotal = order.need("subtotal")?;
    let goods = amount(&subtotal, &[])?;
    if u128::from(goods) != items(&order.need("items")?, market, place, catalog.is_some())? {
        return Err(subtotal.value("is not the sum of the items"));
    }
    let tax = described(&order.need("tax")?, &[])?;
    let shipping = order.optional("shipping", |cost| described(cost, &[]))?.unwrap_or(0);
    let discount = order.optional("discount", |off| described(off, &["discount_program_name"]))?.unwrap_or(0);
    let total = goods.checked_add(tax).and_then(|sum| sum.checked_add(shipping));
    total
        .and_then(|sum| sum.checked_sub(discount))
        .ok_or_else(|| order.value("has amounts whose sum is below zero or too large"))
}

fn expiration(end: &At<'_>, market: Market, around: Around<'_>) -> Result {
    end.only(&["timestamp", "description"])?;
    let timestamp = end.need("timestamp")?;
    let seconds = timestamp.text()?.parse::<u64>();
    let soonest = (around.now + NOTICE).as_seconds();
    if !seconds.is_ok_and(|seconds| i128::from(seconds) >= i128::from(soonest)) {
        return Err(timestamp.value("must be the seconds of a time at least 300 seconds ahead"));
    }
    if market == Market::Brazil {
        end.need("description")?;
    }
    end.optional("description", |words| words.text_up_to(120)).map(drop)
}

/// Checks the items, and tells what they cost together.
fn items(all: &At<'_>, market: Market, place: Place, has_catalog: bool) -> Result<u128> {
    let items = all.elements()?;
    if place == Place::Checkout && items.len() > 1 {
        return Err(all.value("has several elements, a checkout sells one"));
    }
    let (mut sum, mut is_pictured) = (0_u128, false);
    for item in &items {
        let (cost, has_picture) = check_item(item, market, place)?;
        sum = sum.saturating_add(cost);
        is_pictured |= has_picture;
    }
    if is_pictured && items.len() > MOST_PICTURED {
        return Err(all.value(&format!(
            "has {} elements, at most {MOST_PICTURED} are allowed with pictures",
            items.len()
        )));
    }
    if is_pictured && has_catalog {
        return Err(all.value("have pictures although the order has a catalog_id"));
    }
    Ok(sum)
}

/// Checks an item, and tells its cost and whether it has a picture.
fn check_item(item: &At<'_>, market: Market, place: Place) -> Result<(u128, bool)> {
    item.only(&[
        "retailer_id",
        "name",
        "image",
        "amount",
        "sale_amount",
        "quantity",
        "country_of_origin",
        "importer_name",
        "importer_address",
    ])?;
    let product = item.optional("retailer_id", At::text)?;
    if market == Market::Brazil {
        item.need("retailer_id")?;
    }
    item.need("name")?.text_up_to(60)?;
    let picture = item.optional("image", |image| {
        image.only(&["link"])?;
        image.need("link")?.web_address()
    })?;
    // In Brazil an item has to have an id, with a picture or without.
    if picture.is_some() && product.is_some() && market == Market::India {
        return Err(item.value("has both image and retailer_id"));
    }
    item.optional("country_of_origin", |country| country.text_up_to(100))?;
    item.optional("importer_name", |name| name.text_up_to(200))?;
    item.optional("importer_address", importer)?;

    let most = if place == Place::Checkout { 100 } else { u64::MAX };
    let quantity = item.need("quantity")?.integer_in(1..=most)?;
    let price = amount(&item.need("amount")?, &[])?;
    let sale = item.optional("sale_amount", |sale| {
        let value = amount(sale, &[])?;
        if value < price { Ok(value) } else { Err(sale.value("is not less than amount")) }
    })?;
    Ok((u128::from(sale.unwrap_or(price)) * u128::from(quantity), picture.is_some()))
}

fn importer(address: &At<'_>) -> Result {
    let known = ["address_line1", "address_line2", "city", "zone_code", "postal_code", "country_code"];
    address.only(&known)?;
    address.optional("address_line1", |line| line.text_up_to(100))?;
    address.optional("address_line2", |line| line.text_up_to(100))?;
    address.optional("city", |city| city.text_up_to(120))?;
    address.optional("zone_code", |zone| {
        let is_code = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
        if is_code(zone.text()?) { Ok(()) } else { Err(zone.value("must be two letters")) }
    })?;
    address.optional("postal_code", postal_code)?;
    address.optional("country_code", |country| country.one_of(&["IN"])).map(drop)
}
