//! The reference.

use std::future::{Ready, ready};
use whatsapp_business::store::MemoryStore;

fn new_store() -> Ready<(MemoryStore, ())> {
    ready((MemoryStore::new(), ()))
}

whatsapp_business::store_conformance!(new_store);
