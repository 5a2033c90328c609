//! What anyone may read without an account: the logs, file by file, and how they are checked with public tools.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use chartrier::sealing::Sealing;
use chartrier::web::{self, Served, Settings};
use tokio::sync::watch;

use super::{Answer, Parts, get, plenty, send};
use crate::sealing::Stage;
use crate::sealing::renewed::stamped_in_2024;

/// A door on a stage, which knows its own address.
pub struct Open {
    pub address: SocketAddr,
    served: Served,
    stop: watch::Sender<bool>,
}

impl Open {
    pub fn on(stage: &Stage, sealing: Sealing) -> Open {
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings = Settings {
            listen,
            metrics_listen: ([127, 0, 0, 1], 0).into(),
            public_url: format!("http://{listen}"),
            trusted_proxy: None,
            second_factor: false,
            is_demonstration: false,
            tls: None,
            received_bytes_max: 1 << 20,
            shares: plenty(),
        };
        let parts = Parts { db: &stage.db, storage: &stage.storage, clock: &stage.clock, sealing };
        let (stop, stopped) = watch::channel(false);
        let served = web::serve(parts.state(settings, None), stopped).unwrap();
        Open { address: served.address, served, stop }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.address, get(path)).await
    }

    pub async fn end(self) {
        self.stop.send(true).unwrap();
        self.served.task.await.unwrap();
    }
}

pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// Texts of the page's `<pre>` that have this attribute, each with its value, as a reader copies them.
fn shown(page: &str, attribute: &str) -> Vec<(String, String)> {
    let mark = format!("<pre class=\"digest\" {attribute}=\"");
    let parts = page.split(&mark).skip(1).map(|part| {
        let (value, rest) = part.split_once("\">").unwrap();
        let (text, _) = rest.split_once("</pre>").unwrap();
        let mut text = text.to_owned();
        for (entity, sign) in
            [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        {
            text = text.replace(entity, sign);
        }
        (value.to_owned(), text)
    });
    parts.collect()
}

fn sh(commands: &str, folder: &Path) -> (bool, String) {
    let output = Command::new("sh").args(["-eu", "-c", commands]).current_dir(folder).output().unwrap();
    let words = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), words.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_page_verify_a_seal_and_its_stamps_old_and_new() {
    let stage = Stage::new("web_recipe").await;
    let over = stamped_in_2024(&stage).await;
    let sealing = over.sealing.clone();
    let open = Open::on(&stage, sealing.clone());
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    let page = open.get("/confiance").await.text();
    let reader = tempfile::tempdir().unwrap();
    let files = shown(&page, "data-file");
    assert_eq!(files.len(), 3, "a key, the roots of two authorities: {page}");
    for (name, text) in &files {
        std::fs::write(reader.path().join(name), text).unwrap();
    }
    let recipes = shown(&page, "data-commands");
    let kinds: Vec<&str> = recipes.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["signature", "jeton", "jeton"]);
    for (kind, commands) in &recipes {
        let (done, words) = sh(commands, reader.path());
        println!("{commands}\n{words}");
        let verified =
            if kind == "signature" { "Signature Verified Successfully" } else { "Verification: OK" };
        assert!(done && words.contains(verified), "{commands}\n{words}");
    }
    // Without the date, the first stamp does not verify: its certificate is over.
    let (before, _) = recipes[1].1.split_once(" -attime").unwrap();
    assert!(!sh(before, reader.path()).0);
    // A byte more, and nothing does.
    let text = reader.path().join("000001.texte");
    let mut bytes = std::fs::read(&text).unwrap();
    bytes.push(b'\n');
    std::fs::write(&text, bytes).unwrap();
    for (_, commands) in &recipes {
        let kept: Vec<&str> = commands
            .lines()
            .filter(|line| !line.starts_with("curl") && !line.starts_with("sed '/^$/"))
            .collect();
        assert!(!sh(&kept.join("\n"), reader.path()).0, "{kept:?}");
    }
    open.end().await;
}

/// What is asked as it is written: no client mends the address.
fn raw(address: SocketAddr, target: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text);
    text.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("{target}: {text}"))
}

/// What is asked of a log of two seals and is not there, or goes elsewhere.
const NOT_THERE: &[&str] = &[
    "/log",
    "/log/",
    "/log/a",
    "/log/a/",
    "/log/inconnue/checkpoint",
    "/log/A/checkpoint",
    "/log/a/tile/0/001",
    "/log/a/tile/0/000.p/9999",
    "/log/a/tile/00/000",
    "/log/a/tile/0/0",
    "/log/a/tile/entries/000.p/0",
    "/log/a/tile/1/000",
    "/log/a/tile/64/000",
    "/log/a/tile/-1/000",
    "/log/a/seals/1.note",
    "/log/a/seals/000003.note",
    "/log/a/seals/000000.note",
    "/log/a/seals/0000001.note",
    "/log/a/seals/000001.1.tsr",
    "/log/plateforme/seals/000001.3.tsr",
    "/log/plateforme/seals/000001.01.tsr",
    "/log/plateforme/seals/000001.70000.tsr",
    "/log/plateforme/seals/99999999999999999999.note",
    "/log/a/../b/checkpoint",
    "/log/a/%2e%2e/b/checkpoint",
    "/log/../config.toml",
    "/log/a/..%2f..%2fchartrier.toml",
    "/log/%2e%2e/%2e%2e/etc/passwd",
    "/log//etc/passwd",
    "/log/a//checkpoint",
    "/log/a/checkpoint/",
    "/log/a/checkpoint%00",
    "/log/a/tile/0/000%00",
    "/log/a/seals/..%2fcheckpoint",
    "/log/a/journal-000000000.jsonl",
    "/log/a/seals/%30%30%30%30%30%33.note",
    "/log/a\\checkpoint",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_file_by_file_by_anyone_and_nothing_else_is() {
    let stage = Stage::new("web_log").await;
    let over = stamped_in_2024(&stage).await;
    let sealing = over.sealing.clone();
    let open = Open::on(&stage, sealing.clone());
    stage.happen(300).await;
    sealing.seal_what_is_due().await.unwrap();
    sealing.stamp_what_waits().await.unwrap();
    let size = stage.seals().await.last().unwrap().0.size;
    let (text, bytes, json) = ("text/plain; charset=utf-8", "application/octet-stream", "application/json");
    let partial = format!("a/tile/0/001.p/{}", size - 256);
    for (path, kind, name) in [
        ("a/checkpoint", text, "log/checkpoint"),
        ("a/tile/0/000", bytes, "log/tile/0/000"),
        (&partial, bytes, ""),
        ("a/tile/1/000.p/1", bytes, "log/tile/1/000.p/1"),
        ("a/tile/entries/000", bytes, "log/tile/entries/000"),
        ("a/seals/000001.json", json, "log/seals/000001.json"),
        ("a/seals/000002.note", text, "log/seals/000002.note"),
        ("plateforme/checkpoint", text, ""),
        ("plateforme/seals/000001.note", text, ""),
        ("plateforme/seals/000001.1.tsr", bytes, ""),
        ("plateforme/seals/000001.2.tsr", bytes, ""),
    ] {
        let answer = open.get(&format!("/log/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(header(&answer, "content-type"), kind, "{path}");
        let for_ever = header(&answer, "cache-control").contains("immutable");
        assert_eq!(for_ever, !path.ends_with("checkpoint"), "{path}");
        assert_eq!(header(&answer, "set-cookie"), "");
        if !name.is_empty() {
            let published = stage.store("nord").kept(name).unwrap();
            assert_eq!(published.as_deref(), Some(&answer.body[..]), "{path}: what the sites have");
        }
    }
    for &path in NOT_THERE {
        let status = raw(open.address, path);
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
    open.end().await;
}
