//! Media: uploading files to send them, and fetching files that were received.

use crate::{
    client::{
        BusinessPhone, Call, Client,
        call::{self, CallFuture, MAX_JSON, Options, Plan, call_options, run},
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    id::{MediaId, PhoneNumberId},
    secret::hex,
    wire::quiet_debug,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{fmt, future::IntoFuture};
use url::Url;

impl BusinessPhone {
    /// The media of this phone number.
    #[must_use]
    pub fn media(&self) -> Media {
        Media { client: self.client.clone(), phone: self.id.clone() }
    }
}

/// The media of a business phone number.
///
/// ```no_run
/// # async fn f(phone: whatsapp_business::client::BusinessPhone, jpeg: Vec<u8>) -> whatsapp_business::Result<()> {
/// use whatsapp_business::{client::Upload, message::Image};
/// let roof = phone.media().upload(Upload::bytes("roof.jpg", "image/jpeg", jpeg)).await?;
/// phone.send("+14155552671", Image::new(&roof).caption("Roof survey")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Media {
    client: Client,
    phone: PhoneNumberId,
}

impl Media {
    /// Most bytes that [`download`](Self::download) takes: the largest file that can be sent.
    pub const MAX_DOWNLOAD: usize = 100 * 1024 * 1024;

    /// Uploads a file. Its id can be sent for 30 days.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when the type is none that can be sent or the file is too large, before anything is sent.
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

    /// Fetches a file, asks for a new address when the first has expired, and checks its hash.
    ///
    /// # Errors
    /// [`ErrorKind::Media`] when the address is not on Meta's media host (the token is not sent there), when the file is
    /// larger than [`Self::MAX_DOWNLOAD`] or when its bytes do not have the hash that Meta told.
    pub fn download(&self, id: impl Into<MediaId>) -> DownloadMedia {
        DownloadMedia { media: self.clone(), id: id.into(), options: Options::default() }
    }

    async fn fetch(&self, info: MediaInfo, options: &Options) -> Result<Download> {
        const TOO_LARGE: &str = "the media is larger than 100 MB";
        let refused = |what: &str| Error::new(ErrorKind::Media(what.to_owned()));
        let url = Url::parse(&info.url).map_err(|_| refused("the address of the media is not a URL"))?;
        if !self.client.trusts(&url) {
            return Err(refused("the address of the media is not on Meta's media host; it was not fetched"));
        }
        if info
            .file_size
            .is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > Self::MAX_DOWNLOAD))
        {
            return Err(refused(TOO_LARGE));
        }
        let plan = Plan::fetch(url, "media.download");
        let answer = run(&self.client, &plan, options, Self::MAX_DOWNLOAD).await;
        let answer = answer.map_err(|error| match error.kind() {
            // The size that Meta told was missing or wrong.
            ErrorKind::Decode(_) => refused(TOO_LARGE),
            _ => error,
        })?;
        let digest = Sha256::digest(&answer.body);
        if info
            .sha256
            .as_ref()
            .is_some_and(|told| !told.eq_ignore_ascii_case(&hex(&digest)) && *told != STANDARD.encode(digest))
        {
            return Err(refused("the bytes of the media do not have the hash that Meta told"));
        }
        let told = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mime_type = info.mime_type.or_else(|| told.map(str::to_owned));
        Ok(Download { bytes: answer.body, mime_type, sha256: hex(&digest) })
    }

    fn plan(&self, method: Method, id: &MediaId, name: &'static str) -> Result<Plan, Vec<Violation>> {
        let plan = Plan::graph(&self.client, method, ("media_id", id.as_str()), None, name)?;
        Ok(plan.query("phone_number_id", self.phone.as_str()))
    }
}

/// A file about to be uploaded.
#[derive(Clone)]
pub struct Upload {
    name: String,
    mime_type: String,
    bytes: Bytes,
}

impl Upload {
    /// The types that can be sent and their largest sizes in bytes ([Meta: media](https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media)).
    pub const TYPES: &[(&str, usize)] = &[
        ("audio/aac", 16 * MB),
        ("audio/amr", 16 * MB),
        ("audio/mpeg", 16 * MB),
        ("audio/mp4", 16 * MB),
        ("audio/ogg", 16 * MB),
        ("text/plain", 100 * MB),
        ("application/pdf", 100 * MB),
        ("application/msword", 100 * MB),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * MB),
        ("application/vnd.ms-excel", 100 * MB),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB),
        ("application/vnd.ms-powerpoint", 100 * MB),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * MB),
        ("image/jpeg", 5 * MB),
        ("image/png", 5 * MB),
        ("image/webp", 500 * 1024),
        ("video/mp4", 16 * MB),
        ("video/3gpp", 16 * MB),
    ];

    /// A file from memory, of one of [`Self::TYPES`].
    #[must_use]
    pub fn bytes(name: impl Into<String>, mime_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.into(), mime_type: mime_type.into(), bytes: bytes.into() }
    }

    fn check(&self) -> Result<()> {
        // Parameters such as `; codecs=opus` are not part of the type.
        let mime_type = self.mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let violation = match Self::TYPES.iter().find(|(known, _)| *known == mime_type) {
            None => Violation::new(Path::ROOT.field("type"), "cannot be sent", "one of Upload::TYPES"),
            Some(_) if self.bytes.is_empty() => {
                Violation::new(Path::ROOT.field("file"), "is empty", "at least 1 byte")
            }
            Some((_, max)) if self.bytes.len() > *max => {
                let problem = format!("has {} bytes", self.bytes.len());
                Violation::new(
                    Path::ROOT.field("file"),
                    problem,
                    format!("at most {max} bytes for {mime_type}"),
                )
            }
            Some(_) => return Ok(()),
        };
        Err(Error::invalid(vec![violation]))
    }

    /// The file as a form: content type and body.
    fn form(&self) -> (String, Bytes) {
        let boundary = format!("whatsapp-business-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let mime_type: String = self.mime_type.chars().filter(|c| !c.is_control()).collect();
        let mut body = Vec::with_capacity(self.bytes.len() + 512);
        for (name, value) in [("messaging_product", "whatsapp"), ("type", mime_type.as_str())] {
            let part =
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\ncontent-type: {mime_type}\r\n\r\n",
            quoted(&self.name)
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(&self.bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }
}

/// A file name as browsers write it into forms: quotes and line breaks percent-encoded.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

const MB: usize = 1024 * 1024;

/// Shows neither name nor content.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes)", self.mime_type, self.bytes.len())
    }
}

/// An upload about to begin; `.await` makes it and gives the id of the file.
#[derive(Clone, Debug)]
#[must_use = "nothing is uploaded until this is awaited"]
pub struct UploadMedia {
    media: Media,
    file: Upload,
    options: Options,
}

impl UploadMedia {
    call_options!();
}

impl IntoFuture for UploadMedia {
    type Output = Result<MediaId>;
    type IntoFuture = CallFuture<MediaId>;

    fn into_future(self) -> CallFuture<MediaId> {
        #[derive(Deserialize)]
        struct Uploaded {
            id: MediaId,
        }
        Box::pin(async move {
            self.file.check()?;
            let client = &self.media.client;
            let id = ("phone_number_id", self.media.phone.as_str());
            let plan = Plan::graph(client, Method::POST, id, Some("media"), "media.upload")
                .map_err(Error::invalid)?;
            let (content_type, body) = self.file.form();
            // A file uploaded twice is a file too many, not a message twice.
            let plan = plan.body(content_type, body).repeatable();
            let answer = run(client, &plan, &self.options, MAX_JSON).await?;
            call::json::<Uploaded>(&answer.body).map(|uploaded| uploaded.id)
        })
    }
}

/// A download about to begin; `.await` makes it.
#[derive(Clone, Debug)]
#[must_use = "nothing is fetched until this is awaited"]
pub struct DownloadMedia {
    media: Media,
    id: MediaId,
    options: Options,
}

impl DownloadMedia {
    call_options!();

    async fn once(&self) -> Result<Download> {
        let info = self.media.info(&self.id).with(self.options.clone()).await?;
        self.media.fetch(info, &self.options).await
    }
}

impl IntoFuture for DownloadMedia {
    type Output = Result<Download>;
    type IntoFuture = CallFuture<Download>;

    fn into_future(self) -> CallFuture<Download> {
        Box::pin(async move {
            match self.once().await {
                // The address has expired.
                Err(error) if matches!(error.kind(), ErrorKind::Http(http) if http.status == 404) => {
                    self.once().await
                }
                other => other,
            }
        })
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

/// A file that was fetched, with its hash checked.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// The file.
    pub bytes: Bytes,
    /// Its type, as Meta told it.
    pub mime_type: Option<String>,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

quiet_debug!(Download { mime_type, sha256 });
