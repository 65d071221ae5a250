//! Chromium without a window, with a driver and a profile of its own.

use crate::session::{Element, Session, TAB};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Longest wait for anything the page shows. It is only waited for when the test fails or the machine is busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Browser {
    pub(super) page: Session,
    driver: Driver,
    _profile: TempDir,
}

/// The driver with the browser it starts; both end with it, whatever becomes of the test.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let Some(id) = self.0.id() else { return };
        // They are a process group of their own.
        let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{id}")]).status();
    }
}

impl Browser {
    /// A browser of this size that looks at `url`.
    pub(super) async fn at(url: &str, width: u32, height: u32) -> Self {
        let (driver, address) = start_driver().await;
        let profile = tempfile::tempdir().unwrap();
        let profile_is = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ];
        let page = Session::open(&address, &[&arguments[..], &[&profile_is]].concat()).await;
        let browser = Self { page, driver, _profile: profile };
        browser.resize(width, height).await;
        browser.page.go_to(url).await;
        browser
    }

    /// Closes the browser in good order.
    pub(super) async fn close(self) {
        self.page.close().await;
        drop(self.driver);
    }

    /// No window is as narrow as a phone: the page is told another width.
    pub(super) async fn resize(&self, width: u32, height: u32) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.page.chromium("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(super) async fn prefers(&self, scheme: &str) {
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.page.chromium("Emulation.setEmulatedMedia", media).await;
    }

    /// The first element that fits, as soon as there is one.
    pub(super) async fn sees(&self, css: &str) -> Element {
        self.until(css, async || self.page.find(css).await.ok()?.into_iter().next()).await
    }

    /// The first element that fits and has this text, as soon as there is one.
    pub(super) async fn sees_text(&self, css: &str, text: &str) -> Element {
        let with_text = async || {
            for element in self.page.find(css).await.ok()? {
                if element.text().await.is_ok_and(|shown| shown.contains(text)) {
                    return Some(element);
                }
            }
            None
        };
        self.until(&format!("{text:?} in {css}"), with_text).await
    }

    /// Presses one key after the other, wherever the focus is.
    pub(super) async fn types(&self, keys: &str) {
        self.page.types(keys).await;
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

    /// Clicks by script what is seen only while the mouse is over it.
    pub(super) async fn presses(&self, css: &str) {
        self.sees(css).await;
        let click = format!("(document.querySelector({}).click(), true)", json!(css));
        self.tells(&click).await;
    }

    /// The result of a script: an expression.
    pub(super) async fn tells(&self, expression: &str) -> Value {
        self.page.run(&format!("return {expression}")).await.unwrap()
    }

    /// Until the expression is true.
    pub(super) async fn finds_true(&self, expression: &str) {
        self.until(expression, async || (self.tells(expression).await == true).then_some(())).await;
    }

    /// Keeps a picture of the page beside the built tests.
    pub(super) async fn shoots(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = STANDARD.decode(self.page.picture().await).unwrap();
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
            // The driver is asked again only after the page had time to draw.
            let _ = self.page.draws().await;
        }
    }
}

/// Starts the driver on a port that it finds free, and reads which.
async fn start_driver() -> (Driver, String) {
    let child = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("install chromium and chromedriver: tests/all.sh --install");
    let mut driver = Driver(child);
    let mut lines = BufReader::new(driver.0.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let address = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            // What it prints later is read, so that it is never stopped by a full pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (driver, address);
        }
    }
    panic!("chromedriver did not start: tests/all.sh --install installs it with chromium");
}
