//! The state an order is in.

use super::{super::at::At, Result, reference};

/// Brazil's references are the longer ones, and nothing here tells the country.
const LONGEST_REFERENCE: usize = 60;

/// One state has two spellings on Meta's page.
const STATES: [&str; 7] =
    ["pending", "processing", "partially-shipped", "partially_shipped", "shipped", "completed", "canceled"];

/// Checks the parameters of an `order_status` message. India wants the order, Brazil takes either part.
pub(in super::super) fn status(parameters: &At<'_>) -> Result {
    parameters.only(&["reference_id", "order", "payment"])?;
    reference(parameters, LONGEST_REFERENCE)?;
    if parameters.get("payment").is_none() {
        parameters.need("order")?;
    }
    parameters.optional("order", order)?;
    parameters.optional("payment", payment).map(drop)
}

fn order(order: &At<'_>) -> Result {
    order.only(&["status", "description"])?;
    order.need("status")?.one_of(&STATES)?;
    order.optional("description", |words| words.text_up_to(120)).map(drop)
}

fn payment(payment: &At<'_>) -> Result {
    payment.only(&["status", "timestamp"])?;
    payment.need("status")?.one_of(&["pending", "captured", "failed"])?;
    payment.optional("timestamp", |time| time.integer_in(0..=u64::MAX)).map(drop)
}
