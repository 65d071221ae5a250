//! A simulator in which nothing but a message itself can be wrong.

use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use whatsapp_business::{
    message::Upload,
    simulator::{ApprovedTemplate, Pace, Simulator},
};

/// A customer who wrote, so that the window is open.
pub(super) const ANA: &str = "+14155550132";

pub(super) struct Lab {
    runtime: Runtime,
    simulator: Simulator,
    http: reqwest::Client,
    url: String,
    pub(super) known: Known,
}

/// Ids of what exists.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Ana's.
    pub(super) user_id: String,
    /// Of a group that the business is in.
    pub(super) group: String,
    /// What Ana wrote.
    pub(super) heard: String,
    pub(super) image: String,
    pub(super) video: String,
    pub(super) sound: String,
    pub(super) document: String,
    pub(super) sticker: String,
}

impl Lab {
    pub(super) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (simulator, known) = runtime.block_on(async {
            // Nothing happens to what was sent: a test of thousands of messages is about their acceptance.
            let never = Duration::from_secs(1 << 30);
            let pace = Pace::instant().sent(never).delivered(never).never_read();
            let simulator = Simulator::builder().seed(7).pace(pace).start().await.unwrap();
            let ana = simulator.user(ANA);
            let media = simulator.phone().media();
            let upload = async |mime: &str| {
                media
                    .upload(Upload::bytes("file", vec![1]).mime_type(mime))
                    .await
                    .unwrap()
                    .as_str()
                    .to_owned()
            };
            let known = Known {
                user_id: ana.user_id().as_str().to_owned(),
                group: simulator.group().id().as_str().to_owned(),
                heard: ana.says("Hello").await.unwrap().as_str().to_owned(),
                image: upload("image/png").await,
                video: upload("video/mp4").await,
                sound: upload("audio/ogg").await,
                document: upload("application/pdf").await,
                sticker: upload("image/webp").await,
            };
            (simulator, known)
        });
        let url = format!("{}/v26.0/{}/messages", simulator.graph_url(), simulator.phone_number_id());
        Self { runtime, simulator, http: reqwest::Client::new(), url, known }
    }

    pub(super) fn approve(&self, template: impl Into<ApprovedTemplate>) {
        self.simulator.approve_template(template);
    }

    /// Sends a body without the client; an error is the simulator's answer.
    pub(super) fn send(&self, body: &str) -> Result<(), String> {
        self.runtime.block_on(async {
            let request = self.http.post(&self.url).bearer_auth(self.simulator.access_token());
            let answer = request.body(body.to_owned()).send().await.unwrap();
            if answer.status().is_success() { Ok(()) } else { Err(answer.text().await.unwrap()) }
        })
    }
}
