//! Delivery of webhooks: one after the other, each again and again until it is answered with 200.

use super::signing;
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
use url::Url;

/// How long the application may take to answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// The wait before the first repetition; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

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
    loop {
        changes.mark_unchanged();
        match platform.look(|model| model.outbox.next()) {
            Some(parcel) => {
                let bytes = Bytes::from(signing::bytes(&parcel.body));
                let signature = signing::signature(&platform.settings.signing_key, &bytes);
                let mut wait = FIRST_WAIT;
                loop {
                    let status = parcel.callback.post(&client, bytes.clone(), &signature).await;
                    if platform.change(|model, _| model.outbox.note(parcel.number, status)) {
                        break;
                    }
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
            None => {
                if changes.changed().await.is_err() {
                    return;
                }
            }
        }
    }
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
