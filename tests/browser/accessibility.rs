//! Every page, in each of its states, as people with disabilities need it: judged by axe-core, and read at 320 pixels without
//! scrolling sideways (WCAG 2.1, 1.4.10, which is also a zoom of 400 % on a desk's screen).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chartrier::web::pages::specimens;
use serde_json::Value;

use super::driver::Browser;

/// The rules of WCAG 2.0 and 2.1, A and AA, and what axe-core holds for good practice beside them.
const RULES: &str = r#"["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]"#;

type Files = Arc<HashMap<String, (&'static str, Vec<u8>)>>;

/// Gives the pages and their files, until the program ends.
fn serve(files: Files) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let files = files.clone();
            std::thread::spawn(move || give(&stream, &files));
        }
    });
    address
}

fn give(mut stream: &TcpStream, files: &Files) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let asked = lines.next()?.ok()?;
    // Whoever asks is heard to the end before it is answered.
    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
    let path = asked.split(' ').nth(1)?.split('?').next()?;
    let nothing = ("text/plain", Vec::new());
    let (status, (kind, body)) = match files.get(path) {
        Some(file) => ("200 OK", file),
        None => ("404 Not Found", &nothing),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

fn pages() -> (SocketAddr, Vec<&'static str>) {
    let mut files = HashMap::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("static")).unwrap() {
        let path = file.unwrap().path();
        let kind = match path.extension().and_then(|extension| extension.to_str()) {
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let name = format!("/static/{}", path.file_name().unwrap().to_str().unwrap());
        files.insert(name, (kind, std::fs::read(path).unwrap()));
    }
    let mut names = Vec::new();
    for (name, page) in specimens::pages() {
        files.insert(format!("/{name}"), ("text/html; charset=utf-8", page.into_bytes()));
        names.push(name);
    }
    (serve(Arc::new(files)), names)
}

fn axe() -> String {
    let target: PathBuf = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().into();
    let script = target.join("axe-node/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(script).expect("`scripts/install.sh test` installs axe-core")
}

/// What axe-core finds wrong in the page that is shown: rule, place, and what it says.
async fn wrong(browser: &Browser, axe: &str) -> Vec<String> {
    browser.run(axe).await;
    let ask = format!(
        "const done = arguments[arguments.length - 1];
         axe.run(document, {{ runOnly: {{ type: 'tag', values: {RULES} }}, resultTypes: ['violations'] }})
            .then((found) => done(found.violations), (why) => done([{{ id: String(why), nodes: [] }}]));"
    );
    let found = browser.run_until_told(&ask).await;
    let found = found.as_array().expect("a list of violations");
    let told = |violation: &Value| {
        let places: Vec<_> =
            violation["nodes"].as_array().unwrap().iter().map(|node| node["target"].to_string()).collect();
        format!("{} ({}): {}", violation["id"], violation["help"], places.join(" "))
    };
    found.iter().map(told).collect()
}

async fn nothing_is_wrong(browser: Browser) {
    let (address, names) = pages();
    let axe = axe();
    let mut told = Vec::new();
    for name in &names {
        browser.go(&format!("http://{address}/{name}")).await;
        told.extend(wrong(&browser, &axe).await.into_iter().map(|what| format!("{name}: {what}")));
    }
    browser.close().await;
    assert!(names.len() > 50 && told.is_empty(), "{} pages\n{}", names.len(), told.join("\n"));
}

#[tokio::test]
async fn axe_finds_nothing_wrong_in_any_page_on_a_wide_screen() {
    nothing_is_wrong(Browser::open(1280, true).await).await;
}

#[tokio::test]
async fn axe_finds_nothing_wrong_in_any_page_on_a_telephone() {
    nothing_is_wrong(Browser::telephone(400).await).await;
}

#[tokio::test]
async fn axe_finds_what_is_wrong() {
    let (address, _) = pages();
    let browser = Browser::open(1280, true).await;
    browser.go(&format!("http://{address}/connexion")).await;
    browser.run("document.querySelector('label').remove()").await;
    let told = wrong(&browser, &axe()).await;
    assert!(told.iter().any(|what| what.starts_with("\"label\"")), "{told:?}");
    browser.close().await;
}

#[tokio::test]
async fn every_page_is_read_at_320_pixels_without_scrolling_sideways() {
    let (address, names) = pages();
    let browser = Browser::telephone(320).await;
    let mut told = Vec::new();
    for name in names {
        browser.go(&format!("http://{address}/{name}")).await;
        let width = browser.run("return document.scrollingElement.scrollWidth").await.as_u64().unwrap();
        if width > 320 {
            told.push(format!("{name}: {width}"));
        }
    }
    browser.close().await;
    assert!(told.is_empty(), "{told:#?}");
}
