//! Chromium without a window, with a profile of its own.

use chromiumoxide::{
    Browser as Chromium, BrowserConfig, Handler, Page,
    cdp::browser_protocol::{
        emulation::{MediaFeature, SetDeviceMetricsOverrideParams},
        input::InsertTextParams,
    },
    layout::Point,
    page::ScreenshotParams,
};
use futures_core::Stream;
use serde_json::{Value, json};
use std::{
    future::poll_fn,
    path::PathBuf,
    pin::Pin,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Longest wait for anything the page shows. It is only waited for when the test fails or the machine is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keys without a character, as [`Browser::types`] takes them.
pub(super) const TAB: &str = "\t";
pub(super) const ENTER: &str = "\r";
pub(super) const ESCAPE: &str = "\u{1b}";
pub(super) const RIGHT: &str = "→";

pub(super) struct Browser {
    page: Page,
    /// Killed when it is dropped, whatever becomes of the test.
    chromium: Chromium,
    _profile: TempDir,
}

/// An element of the page: looked up anew whenever something is done to it, as pages redraw.
pub(super) struct Element<'a> {
    browser: &'a Browser,
    /// The expression that gives it.
    it: String,
}

impl Browser {
    /// A browser of this size that looks at `url`.
    pub(super) async fn at(url: &str, width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let config = BrowserConfig::builder()
            .new_headless_mode()
            // Root cannot have one, and the pages are our own.
            .no_sandbox()
            .arg("disable-gpu")
            .user_data_dir(profile.path())
            .viewport(None)
            .launch_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .build()
            .expect("install chromium: tests/all.sh --install");
        let (chromium, handler) = Chromium::launch(config).await.unwrap();
        tokio::spawn(listen(handler));
        let page = chromium.new_page("about:blank").await.unwrap();
        let browser = Self { page, chromium, _profile: profile };
        browser.resize(width, height).await;
        browser.page.goto(url).await.unwrap();
        browser
    }

    /// Closes the browser in good order.
    pub(super) async fn close(mut self) {
        self.chromium.close().await.unwrap();
        self.chromium.wait().await.unwrap();
    }

    /// No window is as narrow as a phone: the page is told another width.
    pub(super) async fn resize(&self, width: u32, height: u32) {
        let metrics = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 500);
        self.page.execute(metrics).await.unwrap();
    }

    pub(super) async fn prefers(&self, scheme: &str) {
        let feature = MediaFeature::new("prefers-color-scheme", scheme);
        self.page.emulate_media_features(vec![feature]).await.unwrap();
    }

    /// The first element that fits, as soon as there is one.
    pub(super) async fn sees(&self, css: &str) -> Element<'_> {
        self.finds(format!("document.querySelector({})", json!(css))).await
    }

    /// The first element that fits, can be seen and has this text, as soon as there is one.
    pub(super) async fn sees_text(&self, css: &str, text: &str) -> Element<'_> {
        let (css, text) = (json!(css), json!(text));
        let has_it = format!("(it) => it.checkVisibility() && it.innerText.includes({text})");
        self.finds(format!("[...document.querySelectorAll({css})].find({has_it})")).await
    }

    async fn finds(&self, it: String) -> Element<'_> {
        self.finds_true(&format!("Boolean({it})")).await;
        Element { browser: self, it }
    }

    /// Clicks by script what is seen only while the mouse is over it.
    pub(super) async fn presses(&self, css: &str) {
        let it = self.sees(css).await.it;
        self.tells(&format!("{it}.click()")).await;
    }

    /// Presses one key after the other, wherever the focus is.
    pub(super) async fn types(&self, keys: &str) {
        let keyboard = self.page.find_element("body").await.unwrap();
        for key in keys.chars().map(String::from) {
            let name = match key.as_str() {
                TAB => "Tab",
                ENTER => "Enter",
                ESCAPE => "Escape",
                RIGHT => "ArrowRight",
                character => character,
            };
            keyboard.press_key(name).await.unwrap();
        }
    }

    /// Presses the Tab key until the focus is there.
    pub(super) async fn tabs_to(&self, css: &str) {
        let is_there = format!("document.activeElement.matches({})", json!(css));
        for _ in 0..40 {
            self.types(TAB).await;
            if self.tells(&is_there).await == true {
                return;
            }
        }
        self.shoots("failed").await;
        panic!("the Tab key never came to {css}");
    }

    /// The result of a script: an expression, or what it promises.
    pub(super) async fn tells(&self, expression: &str) -> Value {
        let result = self.page.evaluate_expression(expression).await.unwrap();
        result.value().cloned().unwrap_or_default()
    }

    /// Until the expression is true.
    pub(super) async fn finds_true(&self, expression: &str) {
        self.until(expression, async || (self.tells(expression).await == true).then_some(())).await;
    }

    /// Keeps a picture of the page beside the built tests.
    pub(super) async fn shoots(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.page.screenshot(ScreenshotParams::default()).await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if began.elapsed() > PATIENCE {
                self.shoots("failed").await;
                panic!(
                    "the page did not show {what}; it shows {}",
                    self.tells("document.body.innerText").await
                );
            }
            // It is asked again only after it had time to draw.
            self.tells("new Promise(requestAnimationFrame)").await;
        }
    }
}

impl Element<'_> {
    pub(super) async fn text(&self) -> String {
        self.browser.tells(&format!("{}.innerText", self.it)).await.as_str().unwrap().to_owned()
    }

    /// Clicks its middle with the mouse, as soon as it holds still there with nothing above it.
    pub(super) async fn click(&self) {
        let place = format!(
            "(async () => {{
                const place = () => {{
                    const it = {};
                    it?.scrollIntoView({{ block: 'center', inline: 'center', behavior: 'instant' }});
                    const {{ x, y, width, height }} = it?.getBoundingClientRect() ?? {{}};
                    const middle = {{ x: x + width / 2, y: y + height / 2 }};
                    return it && it.contains(document.elementFromPoint(middle.x, middle.y)) ? middle : null;
                }};
                const before = place();
                await new Promise(requestAnimationFrame);
                const after = place();
                return before && JSON.stringify(before) === JSON.stringify(after) ? after : null;
            }})()",
            self.it
        );
        let middle = async || {
            let middle = self.browser.tells(&place).await;
            Some(Point::new(middle["x"].as_f64()?, middle["y"].as_f64()?))
        };
        let middle = self.browser.until(&format!("{} in reach", self.it), middle).await;
        self.browser.page.click(middle).await.unwrap();
    }

    /// Writes `text` behind what is in the field.
    pub(super) async fn fill(&self, text: &str) {
        let it = &self.it;
        self.browser.tells(&format!("({it}.focus(), {it}.selectionStart = {it}.value.length)")).await;
        self.browser.page.execute(InsertTextParams::new(text)).await.unwrap();
    }
}

/// Passes on what the browser says, until it ends.
async fn listen(mut handler: Handler) {
    while poll_fn(|context| Pin::new(&mut handler).poll_next(context)).await.is_some() {}
}
