//! Whose rows a transaction is about.

use super::{text, value::Param};
use crate::id::TenantId;
use std::collections::BTreeSet;

/// Says whose rows are meant, by what [`allowed`] gives.
pub(super) const ALLOW: &str = "SELECT allow_tenants($1)";

/// Some tenants, once each.
pub(super) fn allowed<'a>(tenants: impl IntoIterator<Item = &'a TenantId>) -> Param<'a> {
    let tenants: BTreeSet<&str> = tenants.into_iter().map(TenantId::as_str).collect();
    Param::Texts(tenants.into_iter().map(|tenant| Some(text::encode(tenant))).collect())
}
