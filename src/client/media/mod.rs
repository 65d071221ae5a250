//! Media: uploading files to send them, and fetching files that were received.

mod download;
mod upload;

pub use download::{Download, DownloadMedia, Saved};
pub use upload::UploadMedia;

use crate::{
    client::{
        BusinessPhone, Call, Client,
        call::{self, Options, Plan},
    },
    error::{Result, Violation},
    id::{MediaId, PhoneNumberId},
    message::Upload,
    wire::quiet_debug,
};
use http::Method;
use serde::Deserialize;

impl BusinessPhone {
    /// The media of this phone number.
    #[must_use]
    pub fn media(&self) -> Media {
        Media { client: self.client.clone(), phone: self.id.clone() }
    }
}

/// The media of a business phone number.
///
/// Files are sent and taken in parts, never held in memory as a whole. The time limit of such a transfer is for standing
/// still: as long as bytes move, it may take any time. A peer that sends a byte now and then can draw that out for years; who
/// needs an end puts `tokio::time::timeout` around the call.
///
/// ```no_run
/// # async fn f(phone: whatsapp_business::client::BusinessPhone) -> whatsapp_business::Result<()> {
/// use whatsapp_business::message::{Image, Upload};
/// let roof = phone.media().upload(Upload::path("roof.jpg")).await?;
/// phone.send("+14155552671", Image::new(&roof).caption("Roof survey")).await?;
/// let saved = phone.media().download(&roof).to_path("copy.jpg").await?;
/// println!("{} bytes", saved.size);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Media {
    client: Client,
    phone: PhoneNumberId,
}

impl Media {
    /// Most bytes that [`download`](Self::download) takes unless it is told otherwise: the largest file that can be sent.
    pub const MAX_DOWNLOAD: u64 = 100 * 1024 * 1024;

    /// Uploads a file. Its id can be sent for 30 days.
    ///
    /// To send a file once, put the [`Upload`] into the message instead: it is uploaded on the way.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the type is none that can be sent or the file is empty or too
    /// large, [`ErrorKind::Media`](crate::ErrorKind::Media) when it cannot be read: both before anything is sent.
    /// [`ErrorKind::Media`](crate::ErrorKind::Media) as well when its source gives more or fewer bytes than it promised:
    /// nothing is uploaded then.
    pub fn upload(&self, file: Upload) -> UploadMedia {
        UploadMedia { media: self.clone(), file, options: Options::default() }
    }

    /// Where a file can be fetched (for 5 minutes), its type, size and hash.
    pub fn info(&self, id: impl Into<MediaId>) -> Call<MediaInfo> {
        Call::new(&self.client, self.plan(Method::GET, &id.into(), "media.info"), call::json)
    }

    /// Deletes a file that was uploaded.
    pub fn delete(&self, id: impl Into<MediaId>) -> Call<()> {
        Call::new(&self.client, self.plan(Method::DELETE, &id.into(), "media.delete"), call::nothing)
    }

    /// Fetches a file into memory, or to where [`to_path`](DownloadMedia::to_path) and
    /// [`to_writer`](DownloadMedia::to_writer) say; asks for a new address when the first has expired, and checks the hash.
    ///
    /// # Errors
    /// [`ErrorKind::Media`](crate::ErrorKind::Media) when the address is not on Meta's media host (the token is not sent
    /// there), when the file is larger than [`max_bytes`](DownloadMedia::max_bytes) or when its bytes are not as many as, or
    /// do not have the hash that, Meta told.
    pub fn download(&self, id: impl Into<MediaId>) -> DownloadMedia {
        DownloadMedia::new(self.clone(), id.into())
    }

    fn plan(&self, method: Method, id: &MediaId, name: &'static str) -> Result<Plan, Vec<Violation>> {
        let plan = Plan::graph(&self.client, method, ("media_id", id.as_str()), None, name)?;
        Ok(plan.query("phone_number_id", self.phone.as_str()))
    }
}

/// What Meta knows of a file.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MediaInfo {
    /// Its id.
    pub id: MediaId,
    /// Where it can be fetched with the token, for 5 minutes.
    pub url: String,
    /// Its type.
    #[serde(default, deserialize_with = "crate::wire::optional_text")]
    pub mime_type: Option<String>,
    /// Its SHA-256, in hexadecimal digits or base64.
    #[serde(default, deserialize_with = "crate::wire::optional_text")]
    pub sha256: Option<String>,
    /// Its size in bytes.
    #[serde(default, deserialize_with = "crate::wire::optional_integer")]
    pub file_size: Option<i64>,
}

quiet_debug!(MediaInfo { id, mime_type, file_size });
