//! A real browser without a screen, driven through chromedriver.
//!
//! Everything is polled: a page that swaps a block while it is looked at makes an element stale, and the look is
//! simply repeated. [`Browser::window_says`] reads what a script left in the window, which a reload would have wiped.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, ChromeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver, WebElement};
use tokio::runtime::{Builder, Runtime};

use crate::process::{Process, command};
use crate::say;
use crate::wait::{holds, wait_until};

/// A chromedriver that browsers are opened with.
#[derive(Debug)]
pub struct Driver {
    address: String,
    runtime: Runtime,
    _process: Process,
    /// Profiles of the browsers. Dropped last.
    folder: TempDir,
}

/// One browser with a profile of its own, as one person has it.
#[derive(Debug)]
pub struct Browser<'d> {
    driver: &'d Driver,
    session: Option<WebDriver>,
}

/// Set where a browser must be there: tests fail then instead of being passed over.
const REQUIRED: &str = "SVOD_REQUIRE_BROWSER";
/// Names a folder for pictures of the pages.
const PICTURES: &str = "SVOD_SCREENSHOTS";

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// On the screen that pages are drawn for.
    Usual,
    /// On the same screen, by somebody who prefers dark ones.
    Dark,
    /// In a narrow window.
    Narrow,
    /// On a large screen.
    Wide,
    /// As the printer gets it.
    Paper,
}

/// Keys as the protocol of drivers writes them.
const CONTROL: char = '\u{e009}';
const RELEASE: char = '\u{e000}';
/// The key that ends a cell.
pub const ENTER: &str = "\u{e007}";

/// What the pages are drawn for.
const WIDTH: u32 = 1440;
const HEIGHT: u32 = 900;

/// Without sandbox, because tests may run as root; without anything that calls home or speaks UDP.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--accept-lang=ru",
];

impl Driver {
    /// Starts chromedriver, or says why the tests are passed over.
    pub fn start() -> Option<Self> {
        let Some(program) = find("chromedriver") else {
            let is_required = env::var(REQUIRED).is_ok_and(|it| it == "1");
            assert!(!is_required, "{REQUIRED}=1, and there is no chromedriver in the search path");
            say("browser tests passed over: there is no chromedriver in the search path");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut start = command(&program, folder.path());
        start.arg("--port=0");
        let mut process = Process::start("chromedriver", start);
        let port: u16 = process.wait_out("its port", |line| {
            line.strip_suffix('.')?.rsplit_once("successfully on port ")?.1.parse().ok()
        });
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        Some(Self { address: format!("http://127.0.0.1:{port}"), runtime, _process: process, folder })
    }

    /// Opens a browser.
    pub fn browser(&self) -> Browser<'_> {
        let profile = tempfile::tempdir_in(self.folder.path()).expect("a folder can be made").keep();
        let capabilities = capabilities(&profile).expect("capabilities are JSON");
        let session = self.runtime.block_on(WebDriver::new(&self.address, capabilities));
        let session = session.unwrap_or_else(|error| panic!("no browser opens: {error}"));
        let browser = Browser { driver: self, session: Some(session) };
        browser.look_as(Look::Usual);
        browser
    }
}

fn capabilities(profile: &Path) -> WebDriverResult<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in FLAGS {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}

/// A program of the search path.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).map(|it| it.join(&name)).find(|it| it.is_file())
}

impl Browser<'_> {
    /// Goes to an address.
    pub fn open(&self, address: &str) {
        self.run(self.session().goto(address)).unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Goes to a path of the site that is open.
    pub fn visit(&self, path: &str) {
        let here = self.run(self.session().current_url()).expect("a page is open");
        self.open(here.join(path).expect("a path").as_str());
    }

    /// The path of the page that is open.
    pub fn path(&self) -> String {
        self.run(self.session().current_url()).expect("a page is open").path().to_owned()
    }

    /// The texts of all elements that a selector finds.
    pub fn texts(&self, css: &str) -> Vec<String> {
        wait_until(&format!("{css} can be read"), || self.look(css).map_err(|error| error.to_string()))
    }

    fn look(&self, css: &str) -> WebDriverResult<Vec<String>> {
        self.run(async {
            let mut texts = Vec::new();
            for element in self.session().find_all(By::Css(css)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        })
    }

    /// Waits until the elements that a selector finds are as `wanted` says.
    pub fn wait(&self, css: &str, what: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        wait_until(&format!("{css}: {what}"), || {
            let texts = self.look(css).map_err(|error| error.to_string())?;
            holds(wanted(&texts), || format!("{texts:?} on {}", self.path()))?;
            Ok(texts)
        })
    }

    /// Waits until an element is there.
    pub fn wait_for(&self, css: &str) {
        self.wait(css, "is there", |texts| !texts.is_empty());
    }

    /// Presses the first element that a selector finds.
    pub fn click(&self, css: &str) {
        self.act(css, "be pressed", |element| async move { element.click().await });
    }

    /// Types into an element; a text box may come into being by it.
    pub fn type_in(&self, css: &str, text: &str) {
        self.act(css, "be typed into", |element| async move { element.send_keys(text).await });
    }

    /// Types in place of everything that stands in a text box. The box is never empty and never left, which would
    /// save it.
    pub fn type_anew(&self, css: &str, text: &str) {
        let select_all = format!("{CONTROL}a{RELEASE}");
        self.type_in(css, &format!("{select_all}{text}"));
    }

    fn act<F: Future<Output = WebDriverResult<()>>>(
        &self,
        css: &str,
        what: &str,
        action: impl Fn(WebElement) -> F,
    ) {
        wait_until(&format!("{css} can {what}"), || {
            let acted = self.run(async { action(self.session().find(By::Css(css)).await?).await });
            acted.map_err(|error| error.to_string())
        });
    }

    /// The value of an attribute of the first element that a selector finds.
    pub fn attribute(&self, css: &str, name: &str) -> String {
        wait_until(&format!("{css} has {name}"), || {
            let value = self.run(async { self.session().find(By::Css(css)).await?.attr(name).await });
            value.map_err(|error| error.to_string())?.ok_or_else(|| "nothing".to_owned())
        })
    }

    /// Leaves a note in the window.
    pub fn tell_window(&self, note: &str) {
        self.execute("window.note = arguments[0]", note);
    }

    /// The note, if the page is still the one it was left in.
    pub fn window_says(&self) -> Option<String> {
        self.execute("return window.note || null", "").as_str().map(str::to_owned)
    }

    fn execute(&self, script: &str, argument: &str) -> Value {
        let ret = self.run(self.session().execute(script, vec![json!(argument)]));
        ret.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// What the browser complains of since it was asked last: script errors, refused resources, broken policies.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.run(self.session().browser_log()).expect("the browser keeps a log");
        entries.into_iter().filter(|it| it.level != "INFO").map(|it| it.message).collect()
    }

    /// Changes how the page is looked at.
    pub fn look_as(&self, look: Look) {
        let width = match look {
            Look::Narrow => 800,
            Look::Wide => 1920,
            Look::Usual | Look::Dark | Look::Paper => WIDTH,
        };
        let media = if look == Look::Paper { "print" } else { "" };
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let emulated = json!({ "media": media, "features": features });
        self.run(self.session().cdp().send_raw("Emulation.setEmulatedMedia", emulated))
            .unwrap_or_else(|error| panic!("{look:?}: {error}"));
        // The page itself, not the window around it, is to be so large.
        let lost = self.execute("return window.outerHeight - window.innerHeight", "").as_u64();
        let height = HEIGHT + u32::try_from(lost.unwrap_or_default()).expect("a frame is small");
        self.run(self.session().set_window_rect(0, 0, width, height)).expect("a window can be sized");
    }

    /// Keeps pictures of the page in every look, if pictures are kept.
    pub fn pictures(&self, name: &str) {
        if env::var_os(PICTURES).is_none() {
            return;
        }
        for look in [Look::Dark, Look::Narrow, Look::Wide, Look::Paper, Look::Usual] {
            self.look_as(look);
            self.picture(&format!("{name}-{}", format!("{look:?}").to_lowercase()));
        }
    }

    /// Keeps a picture of the page where `SVOD_SCREENSHOTS` says; without it nothing is kept.
    pub fn picture(&self, name: &str) {
        let Some(folder) = env::var_os(PICTURES).map(PathBuf::from) else { return };
        fs::create_dir_all(&folder).expect("the folder for pictures can be made");
        let path = folder.join(format!("{name}.png"));
        self.run(self.session().screenshot(&path)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    fn session(&self) -> &WebDriver {
        self.session.as_ref().expect("the session lives as long as the browser")
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.driver.runtime.block_on(future)
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        // Ends the browser; chromedriver alone would leave it behind. Nothing more can be done if it fails.
        drop(self.session.take().map(|it| self.driver.runtime.block_on(it.quit())));
    }
}
