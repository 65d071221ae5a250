//! Files on their way to an app, and those that arrived.

use bytes::{Bytes, BytesMut};
use std::collections::BTreeMap;

/// A file that arrives in one part or more.
struct Session {
    signature: String,
    length: u64,
    bytes: BytesMut,
    /// Counts the requests that brought parts of it: only the last of them may.
    turn: u64,
}

/// All sessions by their id, and all files by their handle.
#[derive(Default)]
pub(crate) struct Uploads {
    sessions: BTreeMap<String, Session>,
    files: BTreeMap<String, Bytes>,
}

impl Uploads {
    /// A session for a file of `length` bytes: its id, with the signature that must come with it.
    pub(crate) fn begin(&mut self, rng: &mut fastrand::Rng, length: u64) -> String {
        let (id, signature) = (format!("upload:{}", token(rng, 40)), token(rng, 16));
        let whole = format!("{id}?sig={signature}");
        self.sessions.insert(id, Session { signature, length, bytes: BytesMut::new(), turn: 0 });
        whole
    }

    /// How many bytes of the session's file are here, and how many there should be.
    pub(crate) fn state(&self, id: &str, signature: &str) -> Option<(u64, u64)> {
        let session = self.sessions.get(id).filter(|session| session.signature == signature)?;
        Some((u64::try_from(session.bytes.len()).unwrap_or(u64::MAX), session.length))
    }

    /// A request that goes on from `offset`, if so much is here: its turn.
    pub(crate) fn go_on(&mut self, id: &str, offset: u64) -> Option<u64> {
        let session = self.sessions.get_mut(id)?;
        let offset = usize::try_from(offset).ok().filter(|offset| *offset <= session.bytes.len())?;
        session.bytes.truncate(offset);
        session.turn += 1;
        Some(session.turn)
    }

    /// Adds what came with the request whose turn it is; whether it still is.
    pub(crate) fn append(&mut self, id: &str, turn: u64, part: &[u8]) -> bool {
        match self.sessions.get_mut(id).filter(|session| session.turn == turn) {
            Some(session) => {
                session.bytes.extend_from_slice(part);
                true
            }
            None => false,
        }
    }

    /// Ends a session whose file is complete; the file's handle.
    pub(crate) fn end(&mut self, rng: &mut fastrand::Rng, id: &str) -> Option<String> {
        let session = self.sessions.get(id)?;
        // Kept, so that an answer that was lost can be asked for again.
        let bytes = Bytes::copy_from_slice(&session.bytes);
        let handle = format!("4::aW1h{}:ARZ{}", token(rng, 24), token(rng, 24));
        self.files.insert(handle.clone(), bytes);
        Some(handle)
    }

    pub(crate) fn file(&self, handle: &str) -> Option<&Bytes> {
        self.files.get(handle)
    }
}

fn token(rng: &mut fastrand::Rng, length: usize) -> String {
    std::iter::repeat_with(|| rng.alphanumeric()).take(length).collect()
}
