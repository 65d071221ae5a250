//! The store, held to the contract, and what the contract cannot see: a machine that loses power.

use crate::store::RedbStore;
use redb::{Builder, StorageBackend};
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use whatsapp_business::{
    store::{Applied, Changes, DeadLetter, Key, Store, TenantStore},
    time::Timestamp,
};

async fn new_store() -> (RedbStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).await.unwrap();
    (store, directory)
}

whatsapp_business::store_conformance!(new_store);

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

/// A batch of two records and a mark.
fn batch(n: usize) -> Changes {
    let letter = |part: &str| DeadLetter::new(format!("{n}{part}"), NOW, "", vec![b'x'; 3000]);
    let changes = Changes::at(NOW).once(format!("{n}"), NOW + Duration::from_secs(9));
    changes.insert(letter("a")).insert(letter("b"))
}

/// How many of the records of a batch are there.
async fn parts(tenant: &dyn TenantStore, n: usize) -> usize {
    let mut found = 0;
    for part in ["a", "b"] {
        let key = Key::DeadLetter(format!("{n}{part}").into());
        found += usize::from(tenant.get(key).await.unwrap().is_some());
    }
    found
}

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let (store, directory) = new_store().await;
    store.bind(&"1".into(), &"account".into(), &"acme".into()).await.unwrap();
    assert_eq!(store.tenant(&"acme".into()).apply(batch(0)).await.unwrap(), Applied::Done);
    drop(store);
    let store = RedbStore::open(directory.path().join("store.redb")).await.unwrap();
    assert_eq!(store.route(&"1".into()).await.unwrap().unwrap().tenant.as_str(), "acme");
    let acme = store.tenant(&"acme".into());
    assert_eq!((parts(&*acme, 0).await, acme.apply(batch(0)).await.unwrap()), (2, Applied::Duplicate));
}

#[tokio::test]
async fn marks_that_are_long_over_are_forgotten_by_and_by() {
    for (seconds, kept) in [(3600, 100..=100), (3601, 0..=50)] {
        let (store, _directory) = new_store().await;
        let acme = store.tenant(&"acme".into());
        let marks = |name: &str, now| {
            (0..100).fold(Changes::at(now), |batch, n| batch.once(format!("{name} {n}"), now))
        };
        assert_eq!(acme.apply(marks("old", NOW)).await.unwrap(), Applied::Done);
        let later = NOW + Duration::from_secs(seconds);
        assert_eq!(acme.apply(marks("new", later)).await.unwrap(), Applied::Done);
        // Whoever asks with an early clock is told of the marks that are still there.
        let mut found = 0;
        for n in 0..100 {
            let early = Changes::at(NOW - Duration::from_secs(1)).once(format!("old {n}"), NOW);
            found += usize::from(acme.apply(early).await.unwrap() == Applied::Duplicate);
        }
        assert!(kept.contains(&found), "{found} after {seconds} seconds");
    }
}

#[test]
fn the_program_keeps_a_conversation_and_goes_on_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    for lines in [2, 4] {
        // Its end closes the file, which the program serves from until then.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let said = runtime.block_on(crate::talk(&path)).unwrap();
        assert_eq!(said.len(), lines);
        assert!(said[lines - 2].ends_with("Hi! When do my panels arrive? (Received)"), "{said:?}");
        assert!(said[lines - 1].ends_with("Hello Ana, they arrive on Monday. (Read)"), "{said:?}");
    }
}

/// What a disk was told to do.
#[derive(Clone, Debug)]
enum Order {
    SetLen(usize),
    Write(usize, Vec<u8>),
    Sync,
}

/// A disk that remembers what it was told, so that the power can be cut at any point of it.
#[derive(Clone, Debug, Default)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    orders: Arc<Mutex<Vec<Order>>>,
}

impl Disk {
    fn obey(&self, order: Order) {
        let mut bytes = self.bytes.lock().unwrap();
        match &order {
            Order::SetLen(len) => bytes.resize(*len, 0),
            Order::Write(offset, data) => bytes[*offset..offset + data.len()].copy_from_slice(data),
            Order::Sync => {}
        }
        self.orders.lock().unwrap().push(order);
    }

    fn orders(&self) -> Vec<Order> {
        self.orders.lock().unwrap().clone()
    }

    /// The disk after some orders.
    fn after(orders: &[Order]) -> Self {
        let disk = Self::default();
        orders.iter().for_each(|order| disk.obey(order.clone()));
        disk
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let offset = usize::try_from(offset).unwrap();
        Ok(self.bytes.lock().unwrap()[offset..offset + len].to_vec())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.obey(Order::SetLen(usize::try_from(len).unwrap()));
        Ok(())
    }

    fn sync_data(&self, eventual: bool) -> io::Result<()> {
        // One that may take effect later is none when the power is cut now.
        if !eventual {
            self.obey(Order::Sync);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.obey(Order::Write(usize::try_from(offset).unwrap(), data.to_vec()));
        Ok(())
    }
}

fn open(disk: Disk) -> RedbStore {
    RedbStore::over(Builder::new().create_with_backend(disk).unwrap()).unwrap()
}

#[tokio::test]
async fn acknowledged_batches_survive_a_loss_of_power_at_any_point_and_none_is_torn() {
    const BATCHES: usize = 2;
    let disk = Disk::default();
    let store = open(disk.clone());
    let acme = store.tenant(&"acme".into());
    let begun = disk.orders().len();
    let mut acknowledged = Vec::new();
    for n in 0..BATCHES {
        assert_eq!(acme.apply(batch(n)).await.unwrap(), Applied::Done);
        acknowledged.push(disk.orders().len());
    }
    let orders = disk.orders();
    let end = acknowledged[BATCHES - 1];
    let mut looked_at = None;
    for cut in begun..=end {
        let safe = acknowledged.iter().filter(|acknowledged| **acknowledged <= cut).count();
        // All that was told is there, and half of what was being told.
        let mut torn = orders[..cut].to_vec();
        if let Some(Order::Write(offset, data)) = orders.get(cut) {
            torn.push(Order::Write(*offset, data[..data.len() / 2].to_vec()));
        }
        assert_kept(&torn, safe, BATCHES).await;
        // All that was not synced is lost.
        let last = orders[..cut].iter().rposition(|order| matches!(order, Order::Sync)).unwrap();
        if looked_at != Some((last, safe)) {
            assert_kept(&orders[..=last], safe, BATCHES).await;
            looked_at = Some((last, safe));
        }
    }
}

/// Asserts that a disk after `orders` holds the first `safe` batches, and the others whole or not at all.
async fn assert_kept(orders: &[Order], safe: usize, batches: usize) {
    let store = open(Disk::after(orders));
    let acme = store.tenant(&"acme".into());
    for n in 0..batches {
        let found = parts(&*acme, n).await;
        assert!(found == 2 || n >= safe && found == 0, "{found} of 2 of batch {n} after {}", orders.len());
        let applied = acme.apply(batch(n)).await.unwrap();
        assert_eq!(applied == Applied::Duplicate, found == 2, "batch {n} after {}", orders.len());
    }
}
