//! Amounts of money.

use super::{super::at::At, Result};

/// The value of an amount in hundredths; `more` are members beside value and offset.
pub(super) fn amount(at: &At<'_>, more: &[&str]) -> Result<u64> {
    let known: Vec<&str> = ["value", "offset"].iter().chain(more).copied().collect();
    at.only(&known)?;
    let value = at.need("value")?.integer_in(0..=u64::MAX)?;
    at.need("offset")?.integer_in(100..=100)?;
    Ok(value)
}

/// An amount with words of its own, such as a tax.
pub(super) fn described(at: &At<'_>, more: &[&str]) -> Result<u64> {
    let known: Vec<&str> = ["description"].iter().chain(more).copied().collect();
    let value = amount(at, &known)?;
    known.iter().try_for_each(|name| at.optional(name, |words| words.text_up_to(60)).map(drop))?;
    Ok(value)
}
