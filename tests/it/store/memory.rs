//! The reference, behind the pointer by which hosts share a store.

use std::{
    future::{Ready, ready},
    sync::Arc,
};
use whatsapp_business::store::{MemoryStore, Store};

fn new_store() -> Ready<(Arc<dyn Store>, ())> {
    ready((Arc::new(MemoryStore::new()), ()))
}

whatsapp_business::store_conformance!(new_store);
