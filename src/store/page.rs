//! Lists a page at a time, by keyset cursors.

use crate::{
    id::TenantId,
    store::{Query, Record, StoreError, key::Order},
    time::Timestamp,
};
use std::fmt;

/// Which page of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: usize,
    pub(crate) order: Order,
}

impl PageRequest {
    /// Most records on one page.
    pub const MAX_LIMIT: usize = 500;

    /// The first page of at most `limit` records, newest first. A limit of 0 or over [`Self::MAX_LIMIT`] is brought into range.
    #[must_use]
    pub fn newest(limit: usize) -> Self {
        Self { after: None, limit: limit.clamp(1, Self::MAX_LIMIT), order: Order::NewestFirst }
    }

    /// The first page of at most `limit` records, oldest first.
    #[must_use]
    pub fn oldest(limit: usize) -> Self {
        Self { order: Order::OldestFirst, ..Self::newest(limit) }
    }

    /// Goes on after the page that gave `cursor`.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// Most records the page may hold.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether the oldest records come first.
    #[must_use]
    pub fn is_oldest_first(&self) -> bool {
        self.order == Order::OldestFirst
    }

    /// For stores: the place in the list to go on from (exclusive), checked to be of this very list.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`].
    pub fn position(
        &self,
        tenant: &TenantId,
        query: &Query,
    ) -> Result<Option<(Timestamp, String)>, StoreError> {
        self.after.as_ref().map(|cursor| cursor.position(tenant, query, self.order)).transpose()
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records, in the order asked for.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page of `items`.
    #[must_use]
    pub fn new(items: Vec<T>, next: Option<Cursor>) -> Self {
        Self { items, next }
    }

    /// The same page with each record changed.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl Page<Record> {
    /// For stores: the page that answers `request`, from the records behind its [position](PageRequest::position) in
    /// order. Give one more than the page may hold, if there is one: that tells that there is another page.
    #[must_use]
    pub fn cut(mut records: Vec<Record>, tenant: &TenantId, query: &Query, request: &PageRequest) -> Self {
        let more = records.len() > request.limit;
        records.truncate(request.limit);
        let next = records.last().filter(|_| more).map(|last| {
            let (at, id) = last.order(query);
            Cursor::behind(tenant, query, request, at, &id)
        });
        Self { items: records, next }
    }
}

/// A place in a list. Opaque: it is good for the list and tenant that gave it, and for nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(Box<str>);

impl Cursor {
    /// For stores: the place just behind the record with this time and id (see [`Record::order`](crate::store::Record::order)).
    #[must_use]
    pub fn behind(tenant: &TenantId, query: &Query, page: &PageRequest, at: Timestamp, id: &str) -> Self {
        let list = fingerprint(tenant, query, page.order);
        Self(format!("{list:016x}.{}.{id}", at.as_millis()).into())
    }

    /// Takes a cursor that was written out with [`as_str`](Self::as_str).
    #[must_use]
    pub fn from_text(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The cursor as text, to hand to a client and take back with [`from_text`](Self::from_text).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn position(
        &self,
        tenant: &TenantId,
        query: &Query,
        order: Order,
    ) -> Result<(Timestamp, String), StoreError> {
        let mut parts = self.0.splitn(3, '.');
        let list = parts.next().and_then(|list| u64::from_str_radix(list, 16).ok());
        let at = parts.next().and_then(|at| at.parse().ok());
        match (list, at, parts.next()) {
            (Some(list), Some(at), Some(id)) if list == fingerprint(tenant, query, order) => {
                Ok((Timestamp::from_millis(at), id.to_owned()))
            }
            _ => Err(StoreError::BadCursor),
        }
    }
}

/// Cursors may hold ids, so only their presence is shown.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(..)")
    }
}

/// FNV-1a over the list's name: stable between processes and versions, which the standard hasher is not.
///
/// It tells lists apart and protects nothing: a tenant's handle never reads another tenant's rows, whatever the cursor.
fn fingerprint(tenant: &TenantId, query: &Query, order: Order) -> u64 {
    let list = query.list();
    [tenant.as_str(), list.0, list.1.as_str(), if order == Order::NewestFirst { "n" } else { "o" }]
        .iter()
        // No text holds this byte, so no two lists run together to the same bytes.
        .flat_map(|part| part.bytes().chain([0xff]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
