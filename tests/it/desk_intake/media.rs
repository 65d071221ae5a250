//! The files of customers: fetched by jobs, checked, kept, erased.

use super::{NOW, Office};
use async_trait::async_trait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::io::{AsyncRead, AsyncReadExt};
use whatsapp_business::{
    Client, ErrorKind, Result,
    client::{Body, RetryPolicy, Transport},
    desk::{Blob, BlobReader, BlobStore, FileBlobs},
    store::{Changes, MediaState, PageRequest, Store, StoredMessageId, TenantStoreExt},
    time::Timestamp,
};

const ANA: &str = "14155552671";
const BYTES: &[u8] = b"\x89PNG\r\n\x1a\n not much of a picture";
/// More than is on its way at a time.
static MUCH: [u8; 200_000] = [1; 200_000];

/// What Meta does about the file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meta {
    Gives,
    GivesMuch,
    GivesAnother,
    Fails,
    HasNoMore,
    SendsElsewhere,
}

/// A stand-in for Meta with one file.
#[derive(Clone, Debug)]
struct Shelf(Arc<Mutex<(Meta, Vec<String>)>>);

#[async_trait]
impl Transport for Shelf {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let mut shelf = self.0.lock().unwrap();
        let host = request.uri().host().unwrap_or_default().to_owned();
        shelf.1.push(host.clone());
        let (status, body) = match (shelf.0, host.starts_with("graph")) {
            (Meta::Fails, _) => (500, Vec::new()),
            (Meta::HasNoMore, true) => (400, gone().to_string().into_bytes()),
            (Meta::SendsElsewhere, true) => (200, info("https://evil.example/x", BYTES)),
            (Meta::GivesMuch, true) => (200, info("https://lookaside.fbsbx.com/x", &MUCH)),
            (Meta::GivesMuch, false) => (200, MUCH.to_vec()),
            (_, true) => (200, info("https://lookaside.fbsbx.com/x", BYTES)),
            (Meta::GivesAnother, false) => (200, BYTES.iter().rev().copied().collect()),
            (_, false) => (200, BYTES.to_vec()),
        };
        Ok(http::Response::builder().status(status).body(bytes::Bytes::from(body).into()).unwrap())
    }
}

impl Shelf {
    fn client(&self) -> Client {
        Client::builder("token").transport(self.clone()).retry(RetryPolicy::never()).build().unwrap()
    }
}

fn info(url: &str, bytes: &[u8]) -> Vec<u8> {
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let info =
        json!({"id": "7", "url": url, "mime_type": "image/png", "sha256": sha256, "file_size": bytes.len()});
    info.to_string().into_bytes()
}

fn gone() -> Value {
    json!({"error": {"code": 100, "error_subcode": 33, "message": "gone", "type": "GraphMethodException"}})
}

struct Files {
    office: Office,
    shelf: Shelf,
    folder: tempfile::TempDir,
}

impl Files {
    async fn open() -> Self {
        let shelf = Shelf(Arc::new(Mutex::new((Meta::Gives, Vec::new()))));
        let (client, folder) = (shelf.client(), tempfile::tempdir().unwrap());
        let blobs = FileBlobs::new(folder.path());
        let office = Office::with(|desk| desk.credentials(client).blobs(blobs)).await;
        Self { office, shelf, folder }
    }

    fn client(&self) -> Client {
        self.shelf.client()
    }

    fn meta(&self, does: Meta) {
        self.shelf.0.lock().unwrap().0 = does;
    }

    fn hosts(&self) -> Vec<String> {
        self.shelf.0.lock().unwrap().1.clone()
    }

    /// A picture comes; gives its message.
    async fn picture(&self) -> StoredMessageId {
        comes(&self.office, "wamid.1").await;
        self.office.history().await[0].message.id.clone()
    }

    async fn state(&self, message: &StoredMessageId) -> MediaState {
        self.office.acme.media(message.clone()).await.unwrap().unwrap().state
    }

    async fn works(&self) {
        while self.office.desk.step().await.unwrap() > 0 {}
    }

    fn kept(&self) -> Vec<PathBuf> {
        fn files(folder: &Path) -> Vec<PathBuf> {
            let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
        }
        files(self.folder.path())
    }
}

/// A picture comes.
async fn comes(office: &Office, id: &str) {
    let value = json!({"messages": [{"from": ANA, "id": id, "timestamp": NOW.to_string(),
        "type": "image", "image": {"id": "7", "mime_type": "image/png"}}]});
    assert_eq!(office.hears("messages", value).await.applied, 1);
}

/// R2, R13: nothing is fetched while a delivery is received; the message is there meanwhile.
#[tokio::test]
async fn a_file_is_pending_then_stored_and_counts() {
    let files = Files::open().await;
    let message = files.picture().await;
    assert_eq!((files.state(&message).await, files.hosts().len()), (MediaState::Pending, 0));
    assert!(files.office.acme.open_media(message.clone()).await.is_err());
    files.works().await;
    let media = files.office.acme.media(message.clone()).await.unwrap().unwrap();
    assert_eq!((media.state, media.size), (MediaState::Stored, Some(BYTES.len() as u64)));
    let mut bytes = Vec::new();
    files.office.acme.open_media(message).await.unwrap().read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, BYTES);
    let usage = files.office.acme.usage(media.at, media.at).await.unwrap();
    let bytes = usage.iter().find(|usage| usage.metric == "media.bytes").unwrap();
    assert_eq!(bytes.count, BYTES.len() as u64);
}

/// R13: a job fetches it, until it is there.
#[tokio::test]
async fn a_file_that_meta_cannot_give_now_is_fetched_later() {
    let files = Files::open().await;
    files.meta(Meta::Fails);
    let message = files.picture().await;
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Pending);
    files.meta(Meta::Gives);
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Pending, "not before its time");
    files.office.later(60);
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Stored);
}

/// R13, F26, **A**: the hash is looked at.
#[tokio::test]
async fn bytes_with_another_hash_are_not_kept_and_fetched_again() {
    let files = Files::open().await;
    files.meta(Meta::GivesAnother);
    let message = files.picture().await;
    files.works().await;
    assert_eq!((files.state(&message).await, files.kept()), (MediaState::Pending, Vec::new()));
    files.meta(Meta::Gives);
    files.office.later(60);
    files.works().await;
    assert_eq!((files.state(&message).await, files.kept().len()), (MediaState::Stored, 1));
}

/// F26, **A**: it is elsewhere, and the token stays here.
#[tokio::test]
async fn an_address_that_is_not_metas_is_not_asked_and_the_file_fails_in_the_end() {
    let files = Files::open().await;
    files.meta(Meta::SendsElsewhere);
    let message = files.picture().await;
    for _ in 0..8 {
        files.works().await;
        files.office.later(2 * 86_400);
    }
    assert_eq!(files.state(&message).await, MediaState::Failed);
    assert!(files.hosts().iter().all(|host| host == "graph.facebook.com"), "{:?}", files.hosts());
}

/// F26, **A**: it is gone.
#[tokio::test]
async fn a_file_that_meta_has_no_more_has_expired_and_can_be_asked_for_again() {
    let files = Files::open().await;
    files.meta(Meta::HasNoMore);
    let message = files.picture().await;
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Pending, "the token may be at fault");
    files.office.later(8 * 86_400);
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Expired);
    files.meta(Meta::Gives);
    files.office.acme.fetch_media(message.clone()).await.unwrap();
    files.works().await;
    assert_eq!(files.state(&message).await, MediaState::Stored);
}

#[tokio::test]
async fn an_erased_person_leaves_no_file() {
    let files = Files::open().await;
    files.picture().await;
    files.works().await;
    assert_eq!(files.kept().len(), 1);
    let acme = &files.office.acme;
    let contact = acme.conversations(PageRequest::newest(1)).await.unwrap().items[0].contact.clone();
    let erased = acme.erase(&contact, "ann").await.unwrap();
    assert_eq!((erased.media, erased.messages, files.kept()), (1, 1, Vec::new()));
}

#[tokio::test]
async fn a_person_erased_before_the_file_came_leaves_none_either() {
    let files = Files::open().await;
    files.picture().await;
    let acme = &files.office.acme;
    let contact = acme.conversations(PageRequest::newest(1)).await.unwrap().items[0].contact.clone();
    acme.erase(&contact, "ann").await.unwrap();
    files.works().await;
    assert_eq!((files.kept(), files.hosts().len()), (Vec::new(), 0));
}

#[tokio::test]
async fn what_is_old_is_forgotten_with_its_files() {
    let files = Files::open().await;
    let acme = &files.office.acme;
    // So late that their places in the history are told by Meta's seconds alone: two stand at each moment.
    files.office.later(60);
    for n in 0..6 {
        let value = json!({"messages": [{"from": ANA, "id": format!("wamid.{n}"), "type": "image",
            "timestamp": (NOW + n / 2).to_string(), "image": {"id": "7", "mime_type": "image/png"}}]});
        assert_eq!(files.office.hears("messages", value).await.applied, 1);
    }
    files.works().await;
    assert_eq!(files.kept().len(), 6);
    for (time, max, left) in [(NOW, 9, 6), (NOW + 2, 0, 6), (NOW + 2, 1, 5), (NOW + 2, 9, 2)] {
        acme.forget_before(Timestamp::from_seconds(time), max).await.unwrap();
        let kept = (files.kept().len(), files.office.history().await.len());
        assert_eq!(kept, (left, left), "before {time}, at most {max}");
    }
}

/// A place for files which fails to remove one of them, and may get another picture while it removes the second.
#[derive(Debug)]
struct Stuck {
    inner: FileBlobs,
    /// Which call fails.
    fails: usize,
    meanwhile: Option<Arc<Office>>,
    calls: AtomicUsize,
}

#[async_trait]
impl BlobStore for Stuck {
    async fn put(&self, blob: &Blob, bytes: &mut (dyn AsyncRead + Send + Unpin)) -> io::Result<String> {
        self.inner.put(blob, bytes).await
    }

    async fn get(&self, location: &str) -> io::Result<BlobReader> {
        self.inner.get(location).await
    }

    async fn delete(&self, location: &str) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call == self.fails {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if call == 1
            && let Some(office) = &self.meanwhile
        {
            comes(office, "wamid.2").await;
            assert_eq!(office.desk.step().await.unwrap(), 1);
        }
        self.inner.delete(location).await
    }
}

/// A place for files that does not behave.
#[derive(Debug)]
enum Rude {
    Panics,
    /// It says that it has a file of which it has read nothing.
    Hasty,
}

#[async_trait]
impl BlobStore for Rude {
    async fn put(&self, _: &Blob, _: &mut (dyn AsyncRead + Send + Unpin)) -> io::Result<String> {
        match self {
            Self::Panics => panic!("the place for files is gone"),
            Self::Hasty => Ok("there".to_owned()),
        }
    }

    async fn get(&self, _: &str) -> io::Result<BlobReader> {
        Err(io::ErrorKind::NotFound.into())
    }

    async fn delete(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_file_of_which_no_attempt_comes_to_its_end_fails_in_the_end() {
    let files = Files::open().await;
    let message = files.picture().await;
    let client = files.client();
    let desk = files.office.colleague(|desk| desk.credentials(client).blobs(Rude::Panics));
    for _ in 0..20 {
        let _ = desk.step().await;
        files.office.later(3600);
    }
    assert_eq!(files.state(&message).await, MediaState::Failed);
    assert!(files.hosts().len() < 20, "{:?}", files.hosts());
}

#[tokio::test(start_paused = true)]
async fn a_place_that_reads_no_file_to_its_end_holds_up_nobody() {
    let files = Files::open().await;
    files.meta(Meta::GivesMuch);
    let message = files.picture().await;
    let client = files.client();
    let desk = files.office.colleague(|desk| desk.credentials(client).blobs(Rude::Hasty));
    // By a clock that runs when nothing else does.
    let second = std::time::Duration::from_secs(1);
    assert_eq!(tokio::time::timeout(second, desk.step()).await.expect("it waits for nobody").unwrap(), 1);
    assert_eq!(files.state(&message).await, MediaState::Pending);
}

#[tokio::test]
async fn no_message_stays_whose_file_is_gone_when_that_of_another_cannot_be_removed() {
    let files = Files::open().await;
    for wamid in ["wamid.1", "wamid.2", "wamid.3"] {
        comes(&files.office, wamid).await;
    }
    files.works().await;
    files.office.later(60);
    let inner = FileBlobs::new(files.folder.path());
    let stuck = Stuck { inner, fails: 1, meanwhile: None, calls: AtomicUsize::new(0) };
    let acme = files.office.colleague(|desk| desk.blobs(stuck)).tenant("acme");
    let year = Timestamp::from_seconds(NOW + 50);
    let failure = acme.forget_before(year, 9).await.unwrap_err();
    assert!(matches!(failure.kind(), ErrorKind::Media(_)), "{failure}");
    assert_eq!((files.kept().len(), files.office.history().await.len()), (2, 2));
    // Nor without a place for files at all.
    let without = files.office.colleague(|desk| desk).tenant("acme");
    let failure = without.forget_before(year, 9).await.unwrap_err();
    assert!(matches!(failure.kind(), ErrorKind::Config(_)), "{failure}");
    assert_eq!(files.office.history().await.len(), 2);
    acme.forget_before(year, 9).await.unwrap();
    assert_eq!((files.kept().len(), files.office.history().await.len()), (0, 0));
}

/// The first call fails with the place for files, the second brings it to its end.
#[tokio::test]
async fn a_picture_that_comes_while_a_person_is_erased_leaves_no_file() {
    let files = Files::open().await;
    files.picture().await;
    files.works().await;
    let Files { office, shelf, folder } = files;
    let office = Arc::new(office);
    let inner = FileBlobs::new(folder.path());
    let busy = Stuck { inner, fails: 0, meanwhile: Some(Arc::clone(&office)), calls: AtomicUsize::new(0) };
    let acme = office.colleague(|desk| desk.blobs(busy)).tenant("acme");
    let contact = acme.conversations(PageRequest::newest(1)).await.unwrap().items[0].contact.clone();
    let failure = acme.erase(&contact, "ann").await.unwrap_err();
    assert!(matches!(failure.kind(), ErrorKind::Media(_)), "{failure}");
    assert_eq!(office.history().await.len(), 1, "a message stays as long as its file");
    let erased = acme.erase(&contact, "ann").await.unwrap();
    assert_eq!((erased.messages, erased.media, erased.contact), (2, 2, true));
    let files = Files { office: Office::open().await, shelf, folder };
    assert_eq!(files.kept(), Vec::<PathBuf>::new());
}

/// A place for files which, once it has one, lets the person be erased, or just begin to be, and the job go to somebody
/// else.
#[derive(Debug)]
struct Late {
    inner: FileBlobs,
    office: Arc<Office>,
    is_erased: bool,
}

#[async_trait]
impl BlobStore for Late {
    async fn put(&self, blob: &Blob, bytes: &mut (dyn AsyncRead + Send + Unpin)) -> io::Result<String> {
        let location = self.inner.put(blob, bytes).await?;
        let acme = self.office.store.tenant(&"acme".into());
        let contact =
            self.office.acme.conversations(PageRequest::newest(1)).await.unwrap().items[0].contact.clone();
        let now = Timestamp::from_seconds(NOW);
        if self.is_erased {
            acme.erase(&contact, now).await.unwrap();
        } else {
            let mut media = acme.media(&blob.message).await.unwrap().unwrap();
            media.state = MediaState::Failed;
            let _ = acme.apply(Changes::at(now).update(media)).await.unwrap();
        }
        self.office.later(3600);
        assert_eq!(self.office.desk.step().await.unwrap(), 1);
        Ok(location)
    }

    async fn get(&self, location: &str) -> io::Result<BlobReader> {
        self.inner.get(location).await
    }

    async fn delete(&self, location: &str) -> io::Result<()> {
        self.inner.delete(location).await
    }
}

#[tokio::test]
async fn a_file_that_came_after_its_job_was_lost_and_the_person_erased_is_removed() {
    for is_erased in [true, false] {
        let files = Files::open().await;
        files.picture().await;
        let Files { office, shelf, folder } = files;
        let office = Arc::new(office);
        let client = Client::builder("token").transport(shelf.clone()).build().unwrap();
        let late = Late { inner: FileBlobs::new(folder.path()), office: Arc::clone(&office), is_erased };
        let slow = office.colleague(|desk| desk.credentials(client).blobs(late));
        assert_eq!(slow.step().await.unwrap(), 1);
        assert!(!shelf.0.lock().unwrap().1.is_empty(), "it was fetched");
        let files = Files { office: Office::open().await, shelf, folder };
        assert_eq!(files.kept(), Vec::<PathBuf>::new(), "erased: {is_erased}");
    }
}

#[tokio::test]
async fn without_a_place_for_files_nothing_is_fetched() {
    let office = Office::open().await;
    let value = json!({"messages": [{"from": ANA, "id": "wamid.1", "timestamp": NOW.to_string(),
        "type": "image", "image": {"id": "7"}}]});
    office.hears("messages", value).await;
    let message = office.history().await[0].message.id.clone();
    assert_eq!((office.acme.media(message).await.unwrap(), office.desk.step().await.unwrap()), (None, 0));
}
