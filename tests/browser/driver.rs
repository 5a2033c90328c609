//! A headless Chromium, driven by ChromeDriver on a free port, closed with the test.
//!
//! Never skips: a test that needs a browser and finds none fails with the command that installs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with one window.
pub struct Browser {
    pub client: Client,
    driver: Child,
    /// Where it puts what it downloads.
    downloads: tempfile::TempDir,
}

impl Browser {
    /// Opens a window of this width, where pages may run scripts or not.
    pub async fn open(width: u32, script: bool) -> Browser {
        let downloads = tempfile::tempdir().unwrap();
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=fr", format!("--window-size={width},1000")],
            "prefs": {
                "profile.managed_default_content_settings.javascript": if script { 1 } else { 2 },
                "download.default_directory": downloads.path(),
            },
        });
        Browser::with(options, downloads).await
    }

    /// Opens the screen of a telephone: this wide whatever windows may be.
    pub async fn telephone(width: u32) -> Browser {
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=fr"],
            "mobileEmulation": { "deviceMetrics": { "width": width, "height": 800, "pixelRatio": 1.0, "touch": false } },
        });
        Browser::with(options, tempfile::tempdir().unwrap()).await
    }

    async fn with(options: Value, downloads: tempfile::TempDir) -> Browser {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            // Its own words are French too, where `chromium-l10n` is installed: on Linux the option above does not say so.
            .env("LANGUAGE", "fr")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is not on this machine: `scripts/install.sh test` installs it");
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                line.rsplit_once("started successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        let capabilities = Map::from_iter([("goog:chromeOptions".to_owned(), options)]);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Browser { client, driver, downloads }
    }

    /// Goes to an address.
    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// The element, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css} ({error}) in:\n{}", self.text().await),
        }
    }

    /// Fills a field.
    pub async fn fill(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Clicks on the element.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    /// Clicks on the link with these words.
    pub async fn follow(&self, words: &str) {
        let link = self.client.wait().at_most(PATIENCE).for_element(Locator::LinkText(words)).await;
        match link {
            Ok(link) => link.click().await.unwrap(),
            Err(error) => panic!("no link « {words} » ({error}) in:\n{}", self.text().await),
        }
    }

    /// The words that the page shows.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// The file whose name ends like this, once it is downloaded whole.
    pub async fn downloaded(&self, ending: &str) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        loop {
            // While it comes it has another name.
            let listed = std::fs::read_dir(self.downloads.path()).unwrap();
            let there: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
            if let Some(path) = there.iter().find(|path| path.to_string_lossy().ends_with(ending)) {
                return std::fs::read(path).unwrap();
            }
            assert!(Instant::now() < end, "no « {ending} » is downloaded; there: {there:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The page does not show these words, nor are they anywhere in what it is made of, once the one before, which a click may have
    /// left there for an instant, is gone.
    pub async fn lacks(&self, words: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let (shown, source) = (self.text().await, self.client.source().await.unwrap());
            if !shown.contains(words) && !source.contains(words) {
                return;
            }
            assert!(Instant::now() < end, "« {words} » is shown in:\n{shown}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the element says this, and nothing else.
    pub async fn says(&self, css: &str, words: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let said = self.find(css).await.text().await;
            if said.as_ref().is_ok_and(|said| said == words) {
                return;
            }
            assert!(Instant::now() < end, "{css} says {said:?}, and not « {words} »");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the page shows these words.
    pub async fn wait_for(&self, words: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.text().await.contains(words) {
            assert!(Instant::now() < end, "« {words} » is not shown in:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What a script answers.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// What a script gives to its last argument, which it calls when it is done.
    pub async fn run_until_told(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.unwrap()
    }

    /// The window is this large from now on.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.unwrap();
    }

    /// What the window shows, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Forgets every cookie, of every address.
    pub async fn forget(&self) {
        // The provider and the portal are one host for cookies: ports do not count.
        self.client.delete_all_cookies().await.unwrap();
    }

    /// Closes the window and the driver.
    pub async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
