//! Delivery of webhooks: what the outbox says is next, and word of what came of it.

use super::{outbox::Parcel, signing};
use crate::{
    error::{Error, ErrorKind, Result},
    simulator::platform::Platform,
};
use bytes::Bytes;
use reqwest::{
    Client,
    header::{CONTENT_TYPE, USER_AGENT},
    redirect,
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;
use url::Url;

/// How long the application may take to answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// A client that does what it is told once: no redirects, no repetitions, no proxy of the environment.
pub(crate) fn client() -> Result<Client> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .timeout(TIMEOUT)
        .build()
        .map_err(|e| {
            Error::with_source(ErrorKind::Config("the simulator's HTTP client could not be made".into()), e)
        })
}

/// Posts what waits in the outbox, for as long as it is polled.
pub(crate) async fn deliver(platform: Arc<Platform>, client: Client) {
    let mut changes = platform.mail();
    let mut under_way = JoinSet::new();
    loop {
        changes.mark_unchanged();
        while platform.look(|model| model.outbox.has_next()) {
            let Some(parcel) = platform.change(|model, _| model.outbox.take()) else { break };
            under_way.spawn(bring(Arc::clone(&platform), client.clone(), parcel));
        }
        while under_way.try_join_next().is_some() {}
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Posts one webhook once, and notes what came of it.
async fn bring(platform: Arc<Platform>, client: Client, parcel: Parcel) {
    let bytes = Bytes::from(signing::bytes(&parcel.body));
    let signature = signing::signature(&platform.settings.signing_key, &bytes);
    let status = parcel.callback.post(&client, bytes, &signature).await;
    platform.change(|model, now| {
        let once_more = model.trouble.once_more();
        model.outbox.note(parcel.number, status, once_more, now);
    });
}

/// Posts once; the HTTP status of the answer if there was one.
pub(super) async fn post(client: &Client, callback: &Url, bytes: Bytes, signature: &str) -> Option<u16> {
    let request = client
        .post(callback.clone())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "facebookexternalua")
        .header("X-Hub-Signature-256", signature)
        .body(bytes);
    Some(request.send().await.ok()?.status().as_u16())
}

/// Asks the application at `callback` whether it knows our verify token.
pub(crate) async fn shake_hands(client: &Client, callback: &Url, token: &str, challenge: &str) -> Result<()> {
    let mut address = callback.clone();
    address
        .query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", challenge)
        .append_pair("hub.verify_token", token);
    // The error of the client would show the address, and the verify token with it.
    let unreachable = |error: reqwest::Error| Error::with_source(ErrorKind::Connect, error.without_url());
    let answer = client.get(address).send().await.map_err(unreachable)?;
    let status = answer.status();
    let echoed = answer.bytes().await.map_err(unreachable)?;
    if status != reqwest::StatusCode::OK {
        let problem = format!("the webhook refused the handshake with HTTP {}", status.as_u16());
        return Err(Error::new(ErrorKind::Config(problem)));
    }
    if *echoed != *challenge.as_bytes() {
        return Err(Error::new(ErrorKind::Config("the webhook did not answer with the challenge".into())));
    }
    Ok(())
}
