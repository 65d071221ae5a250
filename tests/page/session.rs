//! What these tests need of the WebDriver protocol: <https://www.w3.org/TR/webdriver2/>.

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The member that holds the id of an element, as the standard sets it.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys without a character, as the standard spells them.
pub(super) const TAB: &str = "\u{e004}";
pub(super) const ENTER: &str = "\u{e007}";
pub(super) const ESCAPE: &str = "\u{e00c}";
pub(super) const RIGHT: &str = "\u{e014}";

/// An open browser.
#[derive(Clone)]
pub(super) struct Session {
    client: Client,
    url: String,
}

pub(super) struct Element {
    session: Session,
    path: String,
}

/// The error that the driver reports, such as `stale element reference`.
pub(super) type Result<T> = std::result::Result<T, String>;

impl Session {
    pub(super) async fn open(driver: &str, arguments: &[&str]) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        let session = Self { client, url: format!("{driver}/session") };
        let options = json!({"goog:chromeOptions": {"args": arguments}});
        let opened = session.post("", json!({"capabilities": {"alwaysMatch": options}})).await.unwrap();
        let id = opened["sessionId"].as_str().unwrap();
        Self { url: format!("{}/{id}", session.url), ..session }
    }

    pub(super) async fn close(self) {
        self.ask(Method::DELETE, "", None).await.unwrap();
    }

    pub(super) async fn go_to(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await.unwrap();
    }

    /// The elements that fit, in the order of the page.
    pub(super) async fn find(&self, css: &str) -> Result<Vec<Element>> {
        let found = self.post("/elements", json!({"using": "css selector", "value": css})).await?;
        let element = |found: &Value| {
            let path = format!("/element/{}", found[ELEMENT].as_str().unwrap());
            Element { session: self.clone(), path }
        };
        Ok(found.as_array().unwrap().iter().map(element).collect())
    }

    /// Presses and releases one key after the other, wherever the focus is.
    pub(super) async fn types(&self, keys: &str) {
        let press =
            |key: char| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})];
        let presses: Vec<_> = keys.chars().flat_map(press).collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": presses});
        self.post("/actions", json!({"actions": [keyboard]})).await.unwrap();
    }

    pub(super) async fn run(&self, script: &str) -> Result<Value> {
        self.post("/execute/sync", json!({"script": script, "args": []})).await
    }

    /// Until the page draws next.
    pub(super) async fn draws(&self) -> Result<Value> {
        let script = "requestAnimationFrame(arguments[0])";
        self.post("/execute/async", json!({"script": script, "args": []})).await
    }

    /// What only Chromium has: <https://chromedevtools.github.io/devtools-protocol/>.
    pub(super) async fn chromium(&self, command: &str, parameters: Value) {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await.unwrap();
    }

    /// A picture of the page: PNG in base64.
    pub(super) async fn picture(&self) -> String {
        self.ask(Method::GET, "/screenshot", None).await.unwrap().as_str().unwrap().to_owned()
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].take();
        match value.get("error").and_then(Value::as_str) {
            Some(error) => Err(format!("{error}: {}", value["message"])),
            None => Ok(value),
        }
    }
}

impl Element {
    pub(super) async fn text(&self) -> Result<String> {
        let text = self.session.ask(Method::GET, &format!("{}/text", self.path), None).await?;
        Ok(text.as_str().unwrap().to_owned())
    }

    pub(super) async fn click(&self) {
        self.session.post(&format!("{}/click", self.path), json!({})).await.unwrap();
    }

    pub(super) async fn fill(&self, text: &str) {
        self.session.post(&format!("{}/value", self.path), json!({ "text": text })).await.unwrap();
    }
}
