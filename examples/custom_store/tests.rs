//! The store, held to the contract.

use crate::store::RedbStore;
use tempfile::TempDir;

async fn new_store() -> (RedbStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).await.unwrap();
    (store, directory)
}

whatsapp_business::store_conformance!(new_store);
