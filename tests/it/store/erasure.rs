//! What an erasure leaves on the disk.

use rusqlite::Connection;
use std::time::Duration;
use whatsapp_business::{
    store::{
        Changes, Consent, Contact, Conversation, ConversationTime, DeadLetter, DeliveryFailure, Direction,
        Fact, Identity, IdentityConflict, PersonHash, PersonSalt, Purpose, SqliteStore, Store, StoredMessage,
        TenantStoreExt,
    },
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

/// Adds all that is kept of a message that was sent.
fn sent(changes: Changes, id: &str, phone: &str, n: usize) -> Changes {
    let wamid = format!("wamid.{phone}.{n}");
    // Bodies of all sizes: within a page, and on pages of their own.
    let body = format!("{{\"to\":\"{phone}\",\"text\":\"{}\"}}", phone.repeat(n * n % 2000));
    let mut message = StoredMessage::new(format!("{id}.{n}"), id, Direction::Outbound, NOW, "text", body);
    message.wamid = Some(wamid.as_str().into());
    message.text = Some(format!("Call {phone}"));
    changes
        .once(format!("msg:{wamid}"), NOW + Duration::from_secs(99))
        .insert(message)
        .earliest(wamid.as_str(), Fact::Sent, NOW)
        .insert(DeliveryFailure::new(wamid, NOW, 1, "no"))
        .latest(id, ConversationTime::LastMessage, NOW)
}

#[tokio::test]
async fn the_file_does_not_hold_who_was_erased() {
    const PHONE: &str = "5511987650123";
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    let acme = store.tenant(&"acme".into());
    for (id, phone) in [("ana", PHONE), ("bia", "14155552671")] {
        let identity = Identity::Phone(phone.into());
        let salt = PersonSalt::new("salt").unwrap();
        let consent =
            Consent::withdrawn(PersonHash::of(&salt, &"acme".into(), &identity), Purpose::Marketing, NOW);
        let changes = Changes::at(NOW)
            .insert(Contact::new(id, [identity.clone()], NOW))
            .insert(Conversation::new(id, "number", id, NOW))
            .insert(IdentityConflict::new(identity, id, "other", NOW))
            .insert(DeadLetter::new(id, NOW, "odd", format!("{{\"from\":\"{phone}\"}}")))
            .insert(consent);
        let _ = acme.apply(changes).await.unwrap();
    }
    for tens in 0..30 {
        for (id, phone) in [("ana", PHONE), ("bia", "14155552671")] {
            let ten =
                (tens * 10..tens * 10 + 10).fold(Changes::at(NOW), |batch, n| sent(batch, id, phone, n));
            let _ = acme.apply(ten).await.unwrap();
        }
    }
    let path = directory.path().join("store.db");
    let holds = |phone: &str| {
        // What is in the log goes into the file, and the log is emptied.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let connection = Connection::open(&path).unwrap();
        let is_busy: bool = connection.query_row(checkpoint, [], |row| row.get(0)).unwrap();
        assert!(!is_busy);
        let log = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
        assert!(log.is_empty(), "the log holds {} bytes", log.len());
        let file = std::fs::read(&path).unwrap();
        file.windows(phone.len()).filter(|window| *window == phone.as_bytes()).count()
    };
    assert!(holds(PHONE) > 300);
    let kept = holds("14155552671");
    let erased = acme.erase(&"ana".into(), NOW).await.unwrap();
    assert_eq!((erased.messages, erased.dead_letters, erased.conflicts), (300, 1, 1));
    assert_eq!(holds(PHONE), 0);
    assert_eq!(holds("14155552671"), kept);
}
