//! Nothing that identifies a person or opens a door is in a log, an error or a `Debug`, whatever happens.
//!
//! The only test of its process: beside others, a line of theirs could come first and be registered as one nobody
//! listens to.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has to fail, in its helpers too"
)]

use ::axum::Router;
use serde_json::{Value, json};
use std::{
    fmt::{Debug, Display, Write},
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;
use whatsapp_business::{
    AccessToken, AppSecret, Client, Desk, Error, Message, Recipient, VerifyToken, Webhook,
    client::{BusinessPhone, RetryPolicy},
    desk::Tenant,
    message::{Buttons, Content, Image, Template, Text, Upload},
    simulator::{ApprovedTemplate, Simulator, User},
    store::{Change, Changes, Claim, Key, MemoryStore, PageRequest, Query, Store},
    time::Timestamp,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

const TOKEN: &str = "EAAGcanaryTokenQ7";
const APP_SECRET: &str = "canary-app-secret";
const VERIFY_TOKEN: &str = "canary-verify-token";
const NUMBER: &str = "14155550199";
const NAME: &str = "Canaria Bird";
const BODY: &str = "canary sings";
const CAPTION: &str = "canary on a perch";
const BUTTON: &str = "canary button";
const FILE_NAME: &str = "canary.jpg";
const FOLDER: &str = "canary-cage";
const CALLBACK: &str = "canary-order-77";
const WAMID: &str = "wamid.HBgLMTQxNTU1NTAxOTkVAgARGBI3N0EyQUJDREVG";
const MEDIA_URL: &str = "https://evil.example/canary-media?mid=5";

/// What must be seen nowhere. Ids and addresses that are made on the way are added to it.
const CANARIES: &[&str] = &[
    TOKEN,
    APP_SECRET,
    VERIFY_TOKEN,
    NUMBER,
    "5550199",
    NAME,
    BODY,
    CAPTION,
    BUTTON,
    FILE_NAME,
    FOLDER,
    CALLBACK,
    WAMID,
    MEDIA_URL,
];

/// Everything a person who reads logs and debugs could have seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl io::Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Seen {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Seen {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn debug(&self, value: impl Debug) {
        self.line(format_args!("{value:?} {value:#?}"));
    }

    fn error(&self, error: &Error) {
        self.debug(error);
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = source {
            self.line(format_args!("{error} {error:?}"));
            source = error.source();
        }
    }

    fn result(&self, result: Result<impl Debug, Error>) {
        match result {
            Ok(value) => self.debug(value),
            Err(error) => self.error(&error),
        }
    }

    fn line(&self, line: impl Display) {
        let mut text = String::new();
        writeln!(text, "{line}").unwrap();
        self.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }

    /// Fails with the line that shows a canary.
    fn assert_nothing_of(&self, canaries: impl IntoIterator<Item = String>) {
        let text = self.text();
        for canary in canaries {
            let line = text.lines().find(|line| line.contains(&canary));
            assert_eq!(line, None, "{canary} was shown");
        }
    }
}

/// All of the crate over one simulator that is full of canaries.
struct Aviary {
    seen: Seen,
    simulator: Simulator,
    store: MemoryStore,
    desk: Desk,
    address: String,
    acme: Tenant,
    webhook: Webhook,
    ana: User,
}

impl Aviary {
    async fn open(seen: Seen) -> Self {
        let builder =
            Simulator::builder().access_token(TOKEN).app_secret(APP_SECRET).verify_token(VERIFY_TOKEN);
        seen.debug(&builder);
        let simulator = builder.start().await.unwrap();
        let webhook = Webhook::new(APP_SECRET, VERIFY_TOKEN).unwrap();
        let client = Client::builder(TOKEN).graph_url(simulator.graph_url()).retry(RetryPolicy::never());
        let store = MemoryStore::new();
        let builder = Desk::builder(store.clone())
            .window(false)
            .credentials(client.build().unwrap())
            .webhook(webhook.clone());
        seen.debug(&builder);
        let desk = builder.build();
        let acme = desk.tenant("acme");
        acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let app: Router = whatsapp_business::axum::webhook(desk.clone());
        tokio::spawn(async move { ::axum::serve(listener, app).await.unwrap() });
        simulator.subscribe(&address).await.unwrap();
        let ana = simulator.user(format!("+{NUMBER}")).named(NAME);
        Self { seen, simulator, store, desk, address, acme, webhook, ana }
    }

    fn phone(&self) -> BusinessPhone {
        self.simulator.phone()
    }

    /// The customer writes, taps and sends a picture; it comes in over HTTP.
    async fn customer(&self) {
        let gesture = self.ana.says(BODY);
        self.seen.debug(&gesture);
        let first = gesture.await.unwrap();
        let picture = self.ana.sends_image(&b"jpeg"[..], "image/jpeg").caption(CAPTION).reply_to(&first);
        picture.await.unwrap();
        let ask = Buttons::new(BODY).button("yes", BUTTON);
        self.phone().send(self.ana.wa_id(), ask).await.unwrap();
        self.ana.taps("yes").await.unwrap();
        self.seen.error(&self.ana.taps("no such").await.unwrap_err());
        self.phone().mark_read(first).typing().await.unwrap();
        self.simulator.idle().await.unwrap();
    }

    /// The client, through success and failure.
    async fn client(&self) {
        let (phone, seen) = (self.phone(), &self.seen);
        self.simulator.approve_template(ApprovedTemplate::new("canaries", "en_US", "Dear {{1}}"));
        let contents: [Content; 4] = [
            Text::new(BODY).into(),
            Image::link("https://example.com/canary.jpg").caption(CAPTION).into(),
            Buttons::new(BODY).button("yes", BUTTON).footer(CAPTION).into(),
            Template::new("canaries", "en_US").body([NAME]).into(),
        ];
        for content in contents {
            let call = phone.send(self.ana.wa_id(), content).callback_data(CALLBACK);
            seen.debug(&call);
            seen.debug(call.await.unwrap());
        }
        for code in [100, 190, 131_047, 131_056] {
            self.simulator.fail_next(code);
            let call = phone.send(self.ana.wa_id(), BODY).retry(RetryPolicy::never());
            seen.error(&call.await.unwrap_err());
        }
        self.simulator.fail_next(130_429);
        phone.send(self.ana.wa_id(), BODY).retry(quick()).await.unwrap();
        self.simulator.lose_next_answer();
        seen.error(&phone.send(self.ana.wa_id(), BODY).await.unwrap_err());

        let wrong =
            Client::builder(format!("{TOKEN}x")).graph_url(self.simulator.graph_url()).build().unwrap();
        seen.error(&wrong.phone(phone.id()).send(self.ana.wa_id(), BODY).await.unwrap_err());
        seen.error(&Client::new(format!("{TOKEN} {NAME}")).unwrap_err());
        seen.error(&Client::builder(TOKEN).graph_url(MEDIA_URL).build().unwrap_err());
        seen.debug(Client::builder(TOKEN).app_secret(AppSecret::new(APP_SECRET).unwrap()));
        let nobody = Client::builder(TOKEN)
            .graph_url("http://127.0.0.1:1")
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        seen.error(&nobody.phone("1").send(self.ana.wa_id(), BODY).await.unwrap_err());
    }

    /// Messages that break limits: errors name the place, not what stands there.
    async fn broken(&self) {
        let bad: [Content; 5] = [
            Text::new(BODY.repeat(1000)).into(),
            Image::link(format!("canary {CAPTION}")).caption(CAPTION.repeat(500)).into(),
            Image::new(format!("{CALLBACK} {MEDIA_URL}")).into(),
            Buttons::new(BODY).button(BUTTON.repeat(50), BUTTON.repeat(50)).button("", BUTTON).into(),
            Template::new(format!("{NAME} {BUTTON}"), "en_US").body([format!("{BODY}\n\t    {NAME}")]).into(),
        ];
        for content in bad {
            let call = self.phone().send(format!("+{NUMBER}"), content).callback_data(CALLBACK.repeat(200));
            self.seen.error(&call.await.unwrap_err());
        }
        for to in [format!("+{NUMBER}{NUMBER}"), format!("{NAME} {NUMBER}"), format!("({NUMBER}")] {
            let to = Recipient::from(to);
            self.seen.debug(&to);
            self.seen.result(self.phone().send(to, BODY).await);
        }
    }

    /// Files up and down; gives what the addresses of the file have in common, and a handle.
    async fn media(&self) -> Vec<String> {
        let (media, seen) = (self.phone().media(), &self.seen);
        let upload = media.upload(Upload::bytes(FILE_NAME, BODY).mime_type("image/jpeg"));
        seen.debug(&upload);
        let id = upload.await.unwrap();
        let info = media.info(&id).await.unwrap();
        seen.debug(&info);
        seen.debug(media.download(&id).await.unwrap());
        let url = info.url.split_once('?').unwrap().0.to_owned();

        let folder = tempfile::Builder::new().prefix(FOLDER).tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        seen.debug(media.download(&id).to_path(&path).await.unwrap());
        seen.debug(media.download(&id));
        for to in [folder.path().to_owned(), path.join("x"), folder.path().join("none").join(FILE_NAME)] {
            seen.error(&media.download(&id).to_path(to).await.unwrap_err());
        }
        media.delete(&id).await.unwrap();
        seen.error(&media.download(&id).await.unwrap_err());
        seen.error(&media.download(&id).to_path(&path).await.unwrap_err());

        // What it holds is text.
        let sources = [
            Upload::path(&path).mime_type("image/jpeg"),
            Upload::path(&path),
            Upload::path(&path).mime_type("image/canary"),
            Upload::path(path.join("x")),
            Upload::path(folder.path()),
            Upload::bytes(FILE_NAME, BODY).mime_type("image/canary"),
            Upload::reader(FILE_NAME, 5, BODY.as_bytes()).mime_type("image/jpeg"),
            Upload::stream(FILE_NAME, 5, Failing).mime_type("image/jpeg"),
        ];
        for file in sources {
            seen.debug(&file);
            let image = Image::upload(file.clone()).caption(CAPTION);
            seen.debug((
                &image,
                media.upload(file.clone()),
                self.simulator.client().app("1").upload(file.clone()),
            ));
            seen.result(media.upload(file).await);
            let call = self.phone().send(self.ana.wa_id(), image.clone()).callback_data(CALLBACK);
            seen.debug(&call);
            seen.error(&call.request().unwrap_err());
            seen.result(call.await);
            seen.result(self.acme.send(self.simulator.phone_number_id(), self.ana.wa_id(), image).await);
        }
        let app = self.simulator.client().app(self.simulator.app_id());
        let sample = app.upload(Upload::path(&path).mime_type("image/jpeg")).await.unwrap();
        seen.debug((&app, &sample));
        seen.error(&app.upload(Upload::path(&path)).await.unwrap_err());
        vec![url, sample.as_str().to_owned()]
    }

    /// Errors of Meta and of others that repeat what was sent, and media that is elsewhere; gives the proof of the app
    /// secret that went with each request.
    async fn echoes(&self) -> String {
        let mut proof = String::new();
        let echo = format!("{NUMBER} said to {TOKEN} about {WAMID}");
        let data = json!({"details": echo, "messaging_product": "whatsapp"});
        let error = json!({"message": echo, "type": echo, "code": 100, "fbtrace_id": "T", "error_data": data,
            "error_user_title": echo, "error_user_msg": echo});
        let elsewhere = json!({"id": "5", "url": MEDIA_URL, "mime_type": "image/jpeg", "sha256": "00"});
        let id = json!({"messages": [{"id": WAMID}], "contacts": [{"input": NUMBER, "wa_id": NUMBER}]});
        for answer in [
            ResponseTemplate::new(400).set_body_json(json!({ "error": error })),
            ResponseTemplate::new(502).set_body_string(format!("<html>{echo} {BODY}</html>")),
            ResponseTemplate::new(200).set_body_string(format!("{{\"{echo} {BODY}\": {NAME}")),
            ResponseTemplate::new(302).insert_header("location", MEDIA_URL),
            ResponseTemplate::new(200).set_body_json(elsewhere),
            ResponseTemplate::new(200).set_body_json(id),
        ] {
            let server = MockServer::start().await;
            Mock::given(method("GET")).respond_with(answer.clone()).mount(&server).await;
            Mock::given(method("POST")).respond_with(answer).mount(&server).await;
            let client = Client::builder(TOKEN).graph_url(server.uri()).retry(RetryPolicy::never());
            let phone = client.app_secret(AppSecret::new(APP_SECRET).unwrap()).build().unwrap().phone("1");
            self.seen.result(phone.send(self.ana.wa_id(), BODY).await);
            self.seen.error(&phone.media().download("5").await.unwrap_err());
            let asked = server.received_requests().await.unwrap();
            let proved = asked[0].url.query_pairs().find(|pair| pair.0 == "appsecret_proof");
            proof = proved.unwrap().1.into_owned();
        }
        proof
    }

    /// The desk, through success and failure, and all that it keeps.
    async fn desk(&self) {
        let (acme, number, seen) = (&self.acme, self.simulator.phone_number_id(), &self.seen);
        let call = acme.send(number, self.ana.wa_id(), BODY).reply_to(WAMID);
        seen.debug(&call);
        for fault in [None, Some(131_026), Some(130_429)] {
            fault.into_iter().for_each(|code| self.simulator.fail_next(code));
            seen.debug(call.clone().await.unwrap());
        }
        self.simulator.lose_next_answer();
        seen.debug(
            acme.send(number, self.ana.wa_id(), Image::link(MEDIA_URL).caption(CAPTION)).await.unwrap(),
        );
        seen.debug(self.desk.step().await.unwrap());
        seen.error(&acme.send(number, self.ana.wa_id(), BODY.repeat(1000)).await.unwrap_err());
        seen.error(&acme.send("999", self.ana.wa_id(), BODY).await.unwrap_err());
        self.simulator.idle().await.unwrap();

        let all = || PageRequest::oldest(100);
        let conversations = acme.conversations(all()).await.unwrap();
        seen.debug(&conversations);
        for thread in conversations.items {
            seen.debug(acme.contact(&thread.contact).await.unwrap());
            let history = acme.history(&thread.id, PageRequest::oldest(2)).await.unwrap();
            seen.debug(&history);
            seen.debug(acme.history(&thread.id, all()).await.unwrap());
            for entry in history.items {
                seen.debug(
                    Changes::at(Timestamp::now())
                        .once(format!("msg:{WAMID}"), Timestamp::now())
                        .update(entry.message),
                );
            }
        }
    }

    /// Deliveries that are wrong, odd or not Meta's.
    async fn odd_deliveries(&self) {
        let number = self.simulator.phone_number_id().as_str();
        let message = |more: Value| {
            let mut message = json!({"from": NUMBER, "id": WAMID, "timestamp": "1700000000"});
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"contacts": [{"profile": {"name": NAME}, "wa_id": NUMBER}], "messages": [message]})
        };
        let failed = json!({"id": WAMID, "status": "failed", "timestamp": "1700000000", "recipient_id": NUMBER,
            "biz_opaque_callback_data": CALLBACK, "errors": [{"code": 131_026, "title": format!("no {NUMBER}"),
            "message": format!("{NUMBER} {TOKEN}"), "error_data": {"details": WAMID}}]});
        let values = [
            message(json!({"type": "text", "text": {"body": BODY}})),
            message(json!({"type": "text", "text": BODY})),
            message(json!({"type": "hologram", "hologram": {"body": BODY}})),
            message(json!({"type": "image", "image": {"caption": CAPTION, "url": MEDIA_URL}})),
            message(json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply":
                {"id": BUTTON, "title": BUTTON}}})),
            message(json!({"timestamp": BODY, "type": "text"})),
            json!({"statuses": [failed.clone()]}),
            json!({"statuses": [{"id": [WAMID], "status": BODY}]}),
            json!({"messages": BODY, "contacts": NAME}),
        ];
        for phone_number_id in [number, "999"] {
            for value in &values {
                let mut value = value.clone();
                value["metadata"] =
                    json!({"phone_number_id": phone_number_id, "display_phone_number": NUMBER});
                let entry = json!({"id": "1", "changes": [{"field": "messages", "value": value}]});
                let body = json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string();
                let signature = self.webhook.sign(body.as_bytes());
                let delivery = self.webhook.read(body.as_bytes(), &*signature).unwrap();
                self.seen.debug(&delivery);
                self.seen.debug(delivery.into_events());
                self.seen.debug(self.desk.receive(body.as_bytes(), Some(&signature)).await.unwrap());
                let forged = self.desk.receive(body.as_bytes(), Some(&format!("sha256={NUMBER}"))).await;
                self.seen.error(&forged.unwrap_err());
            }
        }
        for tenant in ["acme", Desk::UNROUTED] {
            let letters = self.desk.tenant(tenant).dead_letters(PageRequest::oldest(100)).await.unwrap();
            assert!(!letters.items.is_empty());
            for letter in &letters.items {
                self.seen.line(&letter.reason);
            }
            self.seen.debug(letters);
        }
        let failures = Query::Failures(WAMID.into());
        let failures =
            self.store.tenant(self.acme.id()).list(failures, PageRequest::oldest(10)).await.unwrap();
        assert!(!failures.items.is_empty());
        self.seen.debug(failures);
        for body in [BODY.to_owned(), format!("{{\"entry\": \"{BODY}\"}}"), format!("[\"{NUMBER}\"]")] {
            let signature = self.webhook.sign(body.as_bytes());
            self.seen.error(&self.desk.receive(body.as_bytes(), Some(&signature)).await.unwrap_err());
        }
        for query in [
            format!("hub.mode={BODY}&hub.verify_token={VERIFY_TOKEN}&hub.challenge={NAME}"),
            format!("hub.mode=subscribe&hub.verify_token={TOKEN}&hub.challenge=1"),
            format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge={NAME}"),
        ] {
            self.seen.error(&self.desk.challenge(&query).unwrap_err());
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let asked = http.get(format!("{}?{query}", self.address)).send().await.unwrap();
            let forged = http.post(&self.address).header("x-hub-signature-256", CALLBACK).body(query).send();
            assert_eq!((asked.status().as_u16(), forged.await.unwrap().status().as_u16()), (403, 401));
        }
    }

    /// Values that a host holds in its hands.
    async fn values(&self) {
        let seen = &self.seen;
        seen.debug((AccessToken::new(TOKEN), AppSecret::new(APP_SECRET), VerifyToken::new(VERIFY_TOKEN)));
        seen.debug((&self.simulator, self.simulator.client(), self.phone(), self.phone().media(), &self.ana));
        seen.debug((&self.desk, &self.acme, &self.webhook, self.ana.wa_id(), self.ana.user_id()));
        seen.debug((self.simulator.sent(), self.simulator.webhooks(), self.ana.messages()));
        let message = Message::new(self.ana.wa_id(), BODY).callback_data(CALLBACK).reply_to(WAMID);
        seen.debug((&message, message.content(), message.to()));
        seen.debug((Key::MessageOf(WAMID.into()), Query::Failures(WAMID.into())));
        seen.debug(Change::Once { key: WAMID.into(), keep_until: Timestamp::now() });
        let store = MemoryStore::new();
        seen.debug(store.claim(Claim::new(Timestamp::now(), Duration::ZERO, 1, "t")).await.unwrap());
    }
}

/// A file that cannot be read, and says why.
struct Failing;

impl futures_core::Stream for Failing {
    type Item = io::Result<bytes::Bytes>;
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Err(io::Error::other(format!("{FOLDER}/{FILE_NAME}: {BODY}")))))
    }
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().first_wait(Duration::from_millis(1))
}

#[tokio::test]
async fn no_secret_and_nothing_of_a_person_is_shown() {
    let seen = Seen::default();
    let logs = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(seen.clone());
    // What is written with the crate `log` counts as well.
    tracing_log::LogTracer::init().unwrap();
    tracing::subscriber::set_global_default(logs.finish()).unwrap();
    let aviary = Aviary::open(seen.clone()).await;
    aviary.customer().await;
    aviary.client().await;
    aviary.broken().await;
    let mut made = aviary.media().await;
    made.push(aviary.echoes().await);
    aviary.desk().await;
    aviary.odd_deliveries().await;
    aviary.values().await;

    let text = seen.text();
    for said in [
        "answered",
        "trying again",
        "kept a delivery",
        "refused a request",
        "MessageId(..",
        "reqwest",
        "131026",
    ] {
        assert!(text.contains(said), "the test does not see what it should: {said}");
    }
    let ids = aviary.ana.messages().into_iter().map(|message| message.id.to_string());
    seen.assert_nothing_of(CANARIES.iter().map(|canary| (*canary).to_owned()).chain(ids).chain(made));
}
