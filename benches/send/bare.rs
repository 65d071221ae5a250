//! Sending without a store: as many loops as messages may be under way.

use crate::{
    NUMBER, TEXT,
    meta::Meta,
    turn::{Turn, Watch, Way},
};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// By our client.
pub(crate) struct Client;

/// By the HTTP library that it is made of.
pub(crate) struct Reqwest;

#[async_trait]
impl Way for Client {
    fn name(&self) -> &'static str {
        "client"
    }

    async fn send(&self, meta: Meta, messages: usize, at_once: usize) -> Turn {
        let client = whatsapp_business::Client::builder("token").graph_url(meta.url()).build().unwrap();
        let phone = client.phone(NUMBER);
        let post = move |n| {
            let call = phone.send(recipient(n), TEXT);
            async move { drop(call.await.unwrap()) }
        };
        each(messages, at_once, post).await
    }
}

#[async_trait]
impl Way for Reqwest {
    fn name(&self) -> &'static str {
        "bare reqwest"
    }

    async fn send(&self, meta: Meta, messages: usize, at_once: usize) -> Turn {
        let post = Post::to(&meta);
        let post = move |n| {
            let post = post.clone();
            async move { drop(post.send(&body(n)).await) }
        };
        each(messages, at_once, post).await
    }
}

/// Posts as one would write it at first.
#[derive(Clone)]
pub(crate) struct Post {
    http: reqwest::Client,
    url: String,
}

impl Post {
    pub(crate) fn to(meta: &Meta) -> Self {
        Self { http: reqwest::Client::new(), url: format!("{}/v26.0/{NUMBER}/messages", meta.url()) }
    }

    /// Gives Meta's id of the message.
    pub(crate) async fn send(&self, body: &Value) -> String {
        let answer = self.http.post(&self.url).bearer_auth("token").json(body).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn recipient(n: usize) -> String {
    format!("+1415{n:07}")
}

pub(crate) fn body(n: usize) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": recipient(n), "type": "text",
        "text": {"body": TEXT}})
}

/// Posts each message from one of so many loops.
async fn each<P, F>(messages: usize, at_once: usize, post: P) -> Turn
where
    P: Fn(usize) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let watch = Watch::start(|| Duration::ZERO);
    let next = Arc::new(AtomicUsize::new(0));
    let mut loops = JoinSet::new();
    for _ in 0..at_once {
        let (post, next) = (post.clone(), Arc::clone(&next));
        loops.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= messages {
                    return;
                }
                post(n).await;
            }
        });
    }
    let _ = loops.join_all().await;
    watch.stop(messages)
}
