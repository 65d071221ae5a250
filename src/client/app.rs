//! A Meta app, and the files that are uploaded to it.

use crate::{
    client::{
        Client,
        call::{self, CallFuture, MAX_JSON, Options, Plan, call_options, once, run},
        file::OpenFile,
        transfer::{Meter, Outgoing, Whole},
        transport::Body,
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    id::{AppId, UploadHandle},
    message::Upload,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, header};
use serde::Deserialize;
use std::{future::IntoFuture, sync::Arc};

/// A Meta app.
///
/// It takes the files that are no media of a phone number: the samples in the headers of templates, and profile pictures.
///
/// ```no_run
/// # async fn f(client: whatsapp_business::Client) -> whatsapp_business::Result<()> {
/// use whatsapp_business::{message::Upload, template::{Category, Definition, HeaderFormat}};
/// let sample = client.app("670843887433847").upload(Upload::path("roof.jpg")).await?;
/// let template = Definition::new("roof_survey", "en_US", Category::Utility)
///     .header_media(HeaderFormat::Image, sample.as_str())
///     .body("The survey of your roof is done.");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct App {
    client: Client,
    id: AppId,
}

/// Types from Meta's page of the [Resumable Upload API](https://developers.facebook.com/docs/graph-api/guides/upload).
impl App {
    /// The types of files that it takes.
    pub const TYPES: &[&str] = &["image/jpeg", "image/png", "video/mp4", "application/pdf"];

    pub(super) fn new(client: Client, id: AppId) -> Self {
        Self { client, id }
    }

    /// Uploads a file of one of [`Self::TYPES`] and gives its handle.
    ///
    /// When the connection breaks, Meta is asked how much it has, and the upload goes on from there, as often as the retry
    /// policy allows.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when the file is empty or of another type, [`ErrorKind::Media`] when it cannot be read: both
    /// before anything is sent. [`ErrorKind::Media`] as well when its source gives more or fewer bytes than it promised, or
    /// can be read only once and the connection broke.
    pub fn upload(&self, file: Upload) -> UploadToApp {
        UploadToApp { app: self.clone(), file, options: Options::default() }
    }
}

/// An upload about to begin; `.await` makes it and gives the handle of the file.
#[derive(Clone, Debug)]
#[must_use = "nothing is uploaded until this is awaited"]
pub struct UploadToApp {
    app: App,
    file: Upload,
    options: Options,
}

impl UploadToApp {
    call_options!(
        "How long nothing may move, instead of the client's time limit; the whole may take any time."
    );
}

impl IntoFuture for UploadToApp {
    type Output = Result<UploadHandle>;
    type IntoFuture = CallFuture<UploadHandle>;

    fn into_future(mut self) -> CallFuture<UploadHandle> {
        #[derive(Deserialize)]
        struct Begun {
            id: String,
        }
        #[derive(Deserialize)]
        struct Ended {
            h: UploadHandle,
        }
        Box::pin(async move {
            let (client, options) = (&self.app.client, &self.options);
            check(&self.file)?;
            let file = OpenFile::open(&mut self.file, options.timeout(client)).await?;
            check(&self.file)?;
            let begin = Plan::graph(
                client,
                Method::POST,
                ("app_id", self.app.id.as_str()),
                Some("uploads"),
                "app.upload",
            )
            .map_err(Error::invalid)?
            .query("file_name", &file.name)
            .query("file_length", &file.length.to_string())
            .query("file_type", &file.mime_type)
            // A session that nobody knows of costs nothing.
            .repeatable();
            let begun: Begun = call::json(&run(client, &begin, options, MAX_JSON).await?)?;
            let offset = session(client, Method::GET, &begun.id, "app.upload_offset")?;
            let send = session(client, Method::POST, &begun.id, "app.upload_file")?;
            let send = send.file(Rest { client: client.clone(), file, offset });
            call::json::<Ended>(&run(client, &send, options, MAX_JSON).await?).map(|ended| ended.h)
        })
    }
}

fn check(file: &Upload) -> Result<()> {
    let mut out = Vec::new();
    if file.length() == Some(0) {
        out.push(Violation::new(Path::ROOT.field("file_length"), "is an empty file", "at least 1 byte"));
    }
    if file.known_type().is_some_and(|known| !App::TYPES.contains(&&*known)) {
        let limit = App::TYPES.join(", ");
        out.push(Violation::new(
            Path::ROOT.field("file_type"),
            "is of another type",
            format!("one of {limit}"),
        ));
    }
    if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
}

/// A request about the upload session that Meta calls `id`, which holds the signature that must go with it.
fn session(client: &Client, method: Method, id: &str, name: &'static str) -> Result<Plan> {
    let (place, signature) = id.split_once('?').unwrap_or((id, ""));
    if !place.starts_with("upload:") || !place.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::new(ErrorKind::Decode("it holds no id of an upload".to_owned())));
    }
    let plan = Plan::below(client, method, [place], name);
    let members = url::form_urlencoded::parse(signature.as_bytes());
    let plan = members.fold(plan, |plan, (name, value)| plan.query(&name, &value));
    // Meta's page asks for this name of the token here, and here only.
    Ok(plan.scheme("OAuth"))
}

/// What Meta has not got yet of a file.
struct Rest {
    client: Client,
    file: OpenFile,
    /// Asks how much Meta has.
    offset: Plan,
}

impl Rest {
    async fn begun(&self, meter: &Arc<Meter>) -> Result<u64> {
        #[derive(Deserialize)]
        struct Session {
            #[serde(deserialize_with = "crate::wire::integer")]
            file_offset: i64,
        }
        let mut whole = Whole { limit: MAX_JSON, ..Whole::default() };
        once(&self.client, &self.offset, 1, meter, &mut whole).await?;
        let session: Session = call::json(&whole.body)?;
        u64::try_from(session.file_offset).ok().filter(|offset| *offset <= self.file.length).ok_or_else(
            || {
                Error::new(ErrorKind::Decode(
                    "the upload is said to have gone further than the file".to_owned(),
                ))
            },
        )
    }
}

#[async_trait]
impl Outgoing for Rest {
    async fn make(&self, attempt: u32, meter: &Arc<Meter>) -> Result<(HeaderMap, Body)> {
        let offset = if attempt == 1 { 0 } else { self.begun(meter).await? };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, self.file.length.saturating_sub(offset).into());
        headers.insert(HeaderName::from_static("file_offset"), offset.into());
        let body = self.file.body(Bytes::new(), offset, Bytes::new(), meter).await?;
        Ok((headers, body))
    }

    fn is_spent(&self) -> bool {
        self.file.is_spent()
    }
}
