//! Uploading files, by themselves and on the way of the messages that hold them.

use crate::{
    client::{
        BusinessPhone,
        call::{self, CallFuture, MAX_JSON, Options, Plan, call_options, run},
        file::OpenFile,
        media::Media,
        transfer::{Meter, Outgoing},
        transport::Body,
    },
    error::{Error, Path, Result},
    id::MediaId,
    message::{MediaSource, Message, Upload},
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde::Deserialize;
use std::{future::IntoFuture, sync::Arc};

/// An upload about to begin; `.await` makes it and gives the id of the file.
#[derive(Clone, Debug)]
#[must_use = "nothing is uploaded until this is awaited"]
pub struct UploadMedia {
    pub(super) media: Media,
    pub(super) file: Upload,
    pub(super) options: Options,
}

impl UploadMedia {
    call_options!(
        "How long nothing may move, instead of the client's time limit; the whole may take any time."
    );
}

impl IntoFuture for UploadMedia {
    type Output = Result<MediaId>;
    type IntoFuture = CallFuture<MediaId>;

    fn into_future(mut self) -> CallFuture<MediaId> {
        Box::pin(async move {
            check(&self.file)?;
            let limit = self.options.timeout(&self.media.client);
            let file = OpenFile::open(&mut self.file, limit).await?;
            check(&self.file)?;
            self.media.send_file(file, &self.options).await
        })
    }
}

fn check(file: &Upload) -> Result<()> {
    let mut out = Vec::new();
    file.check(Path::ROOT.field("file"), None, &mut out);
    if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
}

impl BusinessPhone {
    /// Checks `message`, uploads the files it holds and puts their ids in their place. Nothing is uploaded before all is
    /// checked.
    pub(in crate::client) async fn upload_files(
        &self,
        message: &mut Message,
        options: &Options,
    ) -> Result<()> {
        message.validate()?;
        let (media, limit) = (self.media(), options.timeout(&self.client));
        let mut files = Vec::new();
        for source in message.media() {
            if let MediaSource::Upload(file) = source {
                files.push(OpenFile::open(file, limit).await.map_err(Error::not_sent)?);
            }
        }
        if files.is_empty() {
            return Ok(());
        }
        // What the files are is known by now.
        message.validate()?;
        let mut files = files.into_iter();
        for source in message.media() {
            if let MediaSource::Upload(_) = source
                && let Some(file) = files.next()
            {
                *source = media.send_file(file, options).await.map_err(Error::not_sent)?.into();
            }
        }
        Ok(())
    }
}

impl Media {
    async fn send_file(&self, file: OpenFile, options: &Options) -> Result<MediaId> {
        #[derive(Deserialize)]
        struct Uploaded {
            id: MediaId,
        }
        let id = ("phone_number_id", self.phone.as_str());
        let plan = Plan::graph(&self.client, Method::POST, id, Some("media"), "media.upload")
            .map_err(Error::invalid)?;
        let body = run(&self.client, &plan.file(Form::new(file)), options, MAX_JSON).await?;
        call::json::<Uploaded>(&body).map(|uploaded| uploaded.id)
    }
}

/// A file in a form, as browsers send it.
struct Form {
    boundary: String,
    before: Bytes,
    file: OpenFile,
    after: Bytes,
}

impl Form {
    fn new(file: OpenFile) -> Self {
        let boundary = format!("whatsapp-business-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let mime_type: String = file.mime_type.chars().filter(|c| !c.is_control()).collect();
        let member = |name: &str, value: &str| {
            format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let before = format!(
            "{}{}--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\ncontent-type: {mime_type}\r\n\r\n",
            member("messaging_product", "whatsapp"),
            member("type", &mime_type),
            quoted(&file.name),
        );
        let after = format!("\r\n--{boundary}--\r\n");
        Self { before: before.into(), after: after.into(), boundary, file }
    }
}

#[async_trait]
impl Outgoing for Form {
    async fn make(&self, _: u32, meter: &Arc<Meter>) -> Result<(HeaderMap, Body)> {
        let around = u64::try_from(self.before.len() + self.after.len()).unwrap_or(u64::MAX);
        let length = around.saturating_add(self.file.length);
        let content_type = format!("multipart/form-data; boundary={}", self.boundary);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, length.into());
        headers.extend(content_type.parse().ok().map(|value| (header::CONTENT_TYPE, value)));
        let body = self.file.body(self.before.clone(), 0, self.after.clone(), meter).await?;
        Ok((headers, body))
    }

    fn is_spent(&self) -> bool {
        self.file.is_spent()
    }
}

/// A file name as browsers write it into forms: quotes and line breaks percent-encoded.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
