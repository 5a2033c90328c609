//! How uploads end when the service stops in the middle, or two requests end one at once: nothing answered for is lost.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chartrier::model::TransferId;
use chartrier::proof::digest::sha256;
use chartrier::storage::Hold;
use serde_json::Value;

use super::{Door, ask};
use crate::support::service::{Place, Service};
use crate::support::sip::Sip;
use crate::support::vault;

const SECRET: &str = "secret-d-essai-assez-long";

/// A machine that speaks tus to a service which may die under it.
struct Machine {
    base: String,
    agent: ureq::Agent,
    token: String,
}

impl Machine {
    fn of(address: SocketAddr) -> Machine {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.timeout_global(Some(Duration::from_secs(30))).build().into();
        let base = format!("http://{address}");
        let form = [("grant_type", "client_credentials"), ("client_id", "essai"), ("client_secret", SECRET)];
        let mut answer = agent.post(format!("{base}/oauth2/token")).send_form(form).unwrap();
        let token: Value = answer.body_mut().read_json().unwrap();
        Machine { base, agent, token: token["access_token"].as_str().unwrap().to_owned() }
    }

    /// Status, offset and transfer; none when the service died.
    fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Option<(u16, String, String)> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Tus-Resumable", "1.0.0");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = self.agent.run(request.body(body.to_vec()).unwrap()).ok()?;
        let header =
            |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let place = if method == "POST" { header("location") } else { header("upload-offset") };
        Some((answer.status().as_u16(), place, header("chartrier-transfer")))
    }

    fn open(&self, length: usize) -> String {
        self.call("POST", "/api/v1/uploads", &[("Upload-Length", length.to_string())], b"").unwrap().1
    }

    fn send(&self, place: &str, at: usize, bytes: &[u8]) -> Option<(u16, String, String)> {
        let headers = [
            ("Upload-Offset", at.to_string()),
            ("Content-Type", "application/offset+octet-stream".to_owned()),
        ];
        self.call("PATCH", place, &headers, bytes)
    }

    fn get(&self, place: &str) -> (u16, String, String) {
        self.call("GET", place, &[], b"").unwrap()
    }
}

/// Waits until this many transfers are in this state.
fn wait_for(place: &Place, state: &str) {
    let began = Instant::now();
    let found = || place.rows("select state from transfer");
    while found() != [state] {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}\n{}", found(), place.log());
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_service_killed_while_an_upload_becomes_a_transfer_says_so_when_it_is_back() {
    for (point, wait) in [
        ("receive-before-commit", false),
        ("receive-after-commit", false),
        ("receive-after-commit", true),
        ("upload-before-close", false),
        ("upload-before-close", true),
        ("storage-piece-named", false),
    ] {
        let place = Place::fresh();
        let bytes = Sip::with_files(point, 3).zip();
        let mut service = Service::start(&place, &[("CHARTRIER_FAIL_KILL", point)]);
        let machine = Machine::of(service.address);
        let upload = machine.open(bytes.len());
        assert_eq!(machine.send(&upload, 0, &bytes), None, "{point}: it dies before it answers");
        assert!(service.has_died_within(Duration::from_secs(10)), "{point}");
        drop(service);

        let service = Service::start(&place, &[]);
        let machine = Machine::of(service.address);
        if wait {
            // Its bytes have left the quarantine: the archive has them.
            wait_for(&place, "taken_in_charge");
        }
        let began = Instant::now();
        let transfer = loop {
            let (status, offset, transfer) = machine.get(&upload);
            assert_eq!((status, offset), (200, bytes.len().to_string()), "{point}");
            // What the service does on its own may be closing it at this very moment.
            if !transfer.is_empty() {
                break transfer;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{point}, {wait}");
            std::thread::sleep(Duration::from_millis(30));
        };
        assert_eq!(machine.call("DELETE", &upload, &[], b"").unwrap().0, 409, "{point}: it is a transfer");
        wait_for(&place, "taken_in_charge");
        assert_eq!(machine.get(&upload).2, transfer, "{point}");
    }
}

#[test]
fn an_upload_that_was_whole_becomes_its_transfer_though_nobody_asks() {
    let place = Place::fresh();
    let bytes = Sip::with_files("ENTIER", 3).zip();
    let service = Service::start(&place, &[("CHARTRIER_FAIL_KILL", "upload-after-count")]);
    let machine = Machine::of(service.address);
    let upload = machine.open(bytes.len());
    assert_eq!(machine.send(&upload, 0, &bytes), None);
    drop(service);
    assert!(place.rows("select 1 from transfer").is_empty());
    let _service = Service::start(&place, &[]);
    wait_for(&place, "taken_in_charge");
}

#[test]
fn a_piece_that_was_not_counted_is_sent_again() {
    let place = Place::fresh();
    let bytes = Sip::with_files("PAS-COMPTE", 3).zip();
    let service = Service::start(&place, &[("CHARTRIER_FAIL_KILL", "upload-before-count")]);
    let machine = Machine::of(service.address);
    let upload = machine.open(bytes.len());
    assert_eq!(machine.send(&upload, 0, &bytes[..500]), None);
    drop(service);
    let service = Service::start(&place, &[]);
    let machine = Machine::of(service.address);
    assert_eq!(machine.get(&upload).1, "0");
    // Other bytes, fewer: what the disk has past the count is none of theirs.
    assert_eq!(machine.send(&upload, 0, &bytes[..100]).unwrap().1, "100");
    assert_eq!(machine.send(&upload, 100, &bytes[100..]).unwrap().0, 204);
    wait_for(&place, "taken_in_charge");
}

#[test]
fn the_last_piece_of_a_bus_may_come_again_after_a_kill() {
    let place = Place::fresh();
    let sip = Sip::with_files("BUS", 3);
    let service = Service::start(&place, &[("CHARTRIER_FAIL_KILL", "upload-before-close")]);
    let shown = hex::encode(sha256(SECRET.as_bytes()));
    let credentials = format!("Basic {}", STANDARD.encode(format!("essai:{shown}")));
    let post = |address: SocketAddr, path: &str, parts: &[super::restservices::Part<'_>]| {
        let (body, kind) = super::restservices::form(parts);
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("http://{address}{path}")).header("Authorization", &credentials);
        let mut answer = request.header("Content-Type", kind).send(&body).ok()?;
        Some((answer.status().as_u16(), answer.body_mut().read_to_string().unwrap()))
    };
    use super::restservices::{DEPOSIT, PIECES, attachments_tar_gz, field, file};
    let manifest = sip.manifest();
    let message = file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes());
    let (_, said) =
        post(service.address, DEPOSIT, &[field("send_chunked_attachments", "true"), message]).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    let archive = attachments_tar_gz(&sip);
    let last = [
        field("session_identifier", said["chunk_session_identifier"].as_str().unwrap()),
        field("security_identifier", said["chunk_security_identifier"].as_str().unwrap()),
        field("number_of_chunks", "1"),
        field("chunk_index", "1"),
        file("chunk_content", "archive_partaa", "application/octet-stream", &archive),
    ];
    assert_eq!(post(service.address, PIECES, &last), None);
    drop(service);
    let service = Service::start(&place, &[]);
    wait_for(&place, "taken_in_charge");
    assert_eq!(post(service.address, PIECES, &last).unwrap().0, 200);
    assert_eq!(place.rows("select 1 from transfer").len(), 1);
}

#[tokio::test]
async fn an_upload_that_another_request_holds_is_neither_closed_nor_given_up() {
    let door = Door::open().await;
    let token = door.token().await;
    let tus = |method: &str, path: &str| {
        ask(method.parse().unwrap(), path).bearer(&token).header("tus-resumable", "1.0.0")
    };
    let opened = door.send(tus("POST", "/api/v1/uploads").header("upload-length", "10")).await;
    let place = opened.header("location").to_owned();
    let piece = |at: &str, bytes: &[u8]| {
        let mut ask = tus("PATCH", &place)
            .header("upload-offset", at)
            .header("content-type", "application/offset+octet-stream");
        ask.body = bytes.to_vec();
        door.send(ask)
    };
    assert_eq!(piece("0", b"hello").await.status, 204);
    let id = TransferId(place.rsplit('/').next().unwrap().parse().unwrap());
    let storage = vault::storage();
    let Hold::Held(held) = storage.quarantine().hold(door.tenant.tenant, id, false).await.unwrap() else {
        panic!("nobody else has it")
    };
    assert_eq!(door.send(tus("DELETE", &place)).await.status, 423);
    assert_eq!(piece("5", b"world").await.status, 423);
    let head = door.send(tus("HEAD", &place)).await;
    assert_eq!((head.status, head.header("upload-offset")), (200, "5"));
    drop(held);
    assert_eq!(piece("5", b"world").await.status, 204);
    assert_eq!(door.send(tus("DELETE", &place)).await.status, 409, "it is a transfer");
    door.end().await;
}

#[tokio::test]
async fn a_length_told_later_is_no_less_than_what_came_and_a_name_is_a_plain_one() {
    let door = Door::open().await;
    let token = door.token().await;
    let tus = |method: &str, path: &str| {
        ask(method.parse().unwrap(), path).bearer(&token).header("tus-resumable", "1.0.0")
    };
    let name = STANDARD.encode("a\0/../b.zip");
    let open = tus("POST", "/api/v1/uploads").header("upload-defer-length", "1");
    let opened = door.send(open.header("upload-metadata", format!("filename {name}"))).await;
    assert_eq!(opened.status, 201, "{opened:?}");
    let place = opened.header("location").to_owned();
    let piece = |at: &str, length: &str, bytes: &[u8]| {
        let ask = tus("PATCH", &place).header("upload-offset", at).header("upload-length", length);
        let mut ask = ask.header("content-type", "application/offset+octet-stream");
        ask.body = bytes.to_vec();
        door.send(ask)
    };
    assert_eq!(piece("0", "0", b"").await.status, 400);
    assert_eq!(piece("0", "9", b"hello").await.status, 204);
    assert_eq!(piece("5", "8", b"x").await.status, 400, "another was said");
    let told = door.json(&place).await;
    assert_eq!((&told["file_name"], &told["bytes_total"]), (&"b.zip".into(), &9.into()), "{told}");
    let badly = tus("PATCH", &place)
        .header("upload-offset", "5")
        .header("content-type", "application/offset+octet-stream");
    assert_eq!(door.send(badly.header("upload-checksum", "sha1 é")).await.status, 400);
    door.end().await;
}
