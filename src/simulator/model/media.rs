//! Files that are kept for a while.

use super::ids;
use crate::{
    id::{MediaId, PhoneNumberId},
    secret::hex,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One media object.
#[derive(Clone)]
pub(crate) struct MediaObject {
    pub(crate) bytes: Bytes,
    pub(crate) mime: String,
    digest: [u8; 32],
    /// The business number that uploaded it or was sent it.
    pub(super) owner: Option<PhoneNumberId>,
}

impl MediaObject {
    pub(crate) fn new(bytes: Bytes, mime: String) -> Self {
        let digest = Sha256::digest(&bytes).into();
        Self { bytes, mime, digest, owner: None }
    }

    pub(crate) fn of(self, phone: &PhoneNumberId) -> Self {
        Self { owner: Some(phone.clone()), ..self }
    }

    pub(crate) fn is_of(&self, phone: &PhoneNumberId) -> bool {
        self.owner.as_ref() == Some(phone)
    }

    /// The checksum as `GET /{media_id}` spells it.
    pub(crate) fn sha256_hex(&self) -> String {
        hex(&self.digest)
    }

    /// The checksum as webhooks spell it.
    pub(crate) fn sha256_base64(&self) -> String {
        STANDARD.encode(self.digest)
    }
}

/// All media objects, of either side.
#[derive(Default)]
pub(crate) struct Shelf(BTreeMap<MediaId, MediaObject>);

impl Shelf {
    pub(crate) fn put(&mut self, rng: &mut fastrand::Rng, object: MediaObject) -> MediaId {
        let id = ids::media_id(rng);
        self.0.insert(id.clone(), object);
        id
    }

    pub(crate) fn get(&self, id: &MediaId) -> Option<&MediaObject> {
        self.0.get(id)
    }

    pub(crate) fn remove(&mut self, id: &MediaId) {
        self.0.remove(id);
    }
}
