//! Deposits in several requests by tus 1.0: the protocol's rules one by one, cuts at random, a public client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chartrier::model::{TransferId, TransferState};
use chartrier::proof::digest::sha512;
use chrono::TimeDelta;
use ureq::http::Method;

use super::{Answer, Ask, Door, ask, post};

const UPLOADS: &str = "/api/v1/uploads";
const PIECE: &str = "application/offset+octet-stream";

/// A machine that speaks tus.
struct Client<'a> {
    door: &'a Door,
    token: String,
}

impl<'a> Client<'a> {
    async fn of(door: &'a Door) -> Client<'a> {
        Client { door, token: door.token().await }
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        ask(method, path).bearer(&self.token).header("tus-resumable", "1.0.0")
    }

    async fn open(&self, length: usize) -> String {
        let answer = self.door.send(self.creation().header("upload-length", length.to_string())).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(answer.header("upload-expires").ends_with("GMT"), "{answer:?}");
        answer.header("location").to_owned()
    }

    fn creation(&self) -> Ask {
        let name = STANDARD.encode("délib.zip");
        self.ask(Method::POST, UPLOADS)
            .header("upload-metadata", format!("filename {name},copy b3JpZ2luYWw="))
    }

    fn piece(&self, place: &str, at: usize, bytes: &[u8]) -> Ask {
        let ask = self.ask(Method::PATCH, place).header("upload-offset", at.to_string());
        Ask { body: bytes.to_vec(), ..ask.header("content-type", PIECE) }
    }

    async fn send(&self, place: &str, at: usize, bytes: &[u8]) -> Answer {
        self.door.send(self.piece(place, at, bytes)).await
    }

    async fn offset(&self, place: &str) -> usize {
        let answer = self.door.send(self.ask(Method::HEAD, place)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
        answer.header("upload-offset").parse().unwrap()
    }
}

#[tokio::test]
async fn a_package_in_pieces_is_the_transfer_it_would_have_been_whole() {
    let door = Door::open().await;
    let client = Client::of(&door).await;
    let zip = door.sip("TUS-1").zip();
    let place = client.open(zip.len()).await;
    let (first, rest) = zip.split_at(zip.len() / 3);
    let answer = client.send(&place, 0, first).await;
    assert_eq!((answer.status, answer.header("tus-resumable")), (204, "1.0.0"), "{answer:?}");
    assert_eq!(answer.header("upload-offset"), first.len().to_string());
    assert_eq!(client.offset(&place).await, first.len());
    let last = client.send(&place, first.len(), rest).await;
    assert_eq!(last.status, 204, "{last:?}");
    let transfer = last.header("chartrier-transfer").to_owned();
    let head = door.send(client.ask(Method::HEAD, &place)).await;
    assert_eq!(
        (head.header("chartrier-transfer"), head.header("upload-length")),
        (transfer.as_str(), zip.len().to_string().as_str())
    );
    let said = format!("filename {},copy b3JpZ2luYWw=", STANDARD.encode("délib.zip"));
    assert_eq!(head.header("upload-metadata"), said);
    let told = door.json(&transfer).await;
    assert_eq!(
        (&told["file_name"], &told["sha512"]),
        (&"délib.zip".into(), &hex::encode(sha512(&zip)).into())
    );
    let again = door.deposit(zip).await;
    assert!(transfer.ends_with(&again.transfer_id.to_string()), "the same bytes are the same transfer");
    assert_eq!(again.state, TransferState::TakenInCharge);
    door.end().await;
}

#[tokio::test]
async fn the_rules_of_the_protocol_hold_one_by_one() {
    let door = Door::open().await;
    let client = Client::of(&door).await;
    let options = door.send(ask(Method::OPTIONS, UPLOADS)).await;
    assert_eq!(
        (options.status, options.header("tus-version"), options.header("tus-max-size")),
        (204, "1.0.0", "1048576")
    );
    assert!(options.header("tus-extension").contains("creation-with-upload"), "{options:?}");
    assert!(options.header("tus-checksum-algorithm").contains("sha1"));

    // Another version, or none.
    for version in ["0.2.2", ""] {
        let ask = post(UPLOADS, "")
            .bearer(&client.token)
            .header("tus-resumable", version)
            .header("upload-length", "5");
        let answer = door.send(ask).await;
        assert_eq!((answer.status, answer.header("tus-version")), (412, "1.0.0"), "{answer:?}");
    }
    // Lengths.
    for (name, value, status) in [
        ("upload-length", "0", 400),
        ("upload-length", "-1", 400),
        ("upload-length", "abc", 400),
        ("upload-length", "99999999999999999999", 400),
        ("upload-length", "1048577", 413),
        ("upload-defer-length", "2", 400),
        ("x-nothing", "1", 400),
    ] {
        let answer = door.send(client.creation().header(name, value)).await;
        assert_eq!(answer.status, status, "{name}: {value}: {answer:?}");
    }
    for metadata in ["filename !!!", "copy Zm9v"] {
        let ask = client
            .ask(Method::POST, UPLOADS)
            .header("upload-length", "5")
            .header("upload-metadata", metadata);
        assert_eq!(door.send(ask).await.status, 400, "{metadata}");
    }
    // Offsets, types, too much.
    let place = client.open(10).await;
    let wrong = client.send(&place, 3, b"abc").await;
    assert_eq!(
        (wrong.status, wrong.problem().as_str(), wrong.header("upload-offset")),
        (409, "wrong-offset", "0")
    );
    let mut ask = client.piece(&place, 0, b"abc");
    ask.headers.retain(|(name, _)| *name != "content-type");
    assert_eq!(door.send(ask.header("content-type", "application/zip")).await.status, 415);
    assert_eq!(client.send(&place, 0, b"plus de dix octets").await.status, 413);
    assert_eq!(client.offset(&place).await, 0, "nothing of it counts");
    // Termination.
    assert_eq!(door.send(client.ask(Method::DELETE, &place)).await.status, 204);
    assert_eq!(door.send(client.ask(Method::HEAD, &place)).await.status, 404);
    door.end().await;
}

#[tokio::test]
async fn a_checksum_is_of_the_whole_request() {
    let door = Door::open().await;
    let client = Client::of(&door).await;
    let place = client.open(10).await;
    let sum = |text: &str| client.piece(&place, 0, b"hello").header("upload-checksum", text);
    assert_eq!(door.send(sum("sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).await.status, 460);
    assert_eq!(door.send(sum("crc32 AAAA")).await.status, 400);
    assert_eq!(client.offset(&place).await, 0);
    assert_eq!(door.send(sum("sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=")).await.status, 204);
    for (algorithm, digest) in [
        ("md5", "XUFAKrxLKna5cZ2REBfFkg=="),
        ("sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
        (
            "sha512",
            "m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==",
        ),
    ] {
        let place = client.open(5).await;
        let sum = |digest: &str| {
            client.piece(&place, 0, b"hello").header("upload-checksum", format!("{algorithm} {digest}"))
        };
        let wrong = format!("AAAA{}", &digest[4..]);
        assert_eq!(door.send(sum(&wrong)).await.status, 460, "{algorithm}");
        assert_eq!(door.send(sum(digest)).await.status, 204, "{algorithm}");
    }
    door.end().await;
}

#[tokio::test]
async fn an_upload_is_of_the_machine_that_opened_it_alone() {
    let (door, other) = (Door::open().await, Door::open().await);
    let client = Client::of(&door).await;
    let place = client.open(10).await;
    assert_eq!(client.send(&place, 0, b"hello").await.status, 204);
    // Another machine's of the same member, and another member's.
    let (client_id, secret) = door.another_machine().await;
    let token = door.identity.client_token(&client_id, &secret).await.unwrap().expect("a token").token;
    let neighbour = Client { door: &door, token };
    for method in [Method::HEAD, Method::DELETE] {
        let asked = door.send(neighbour.ask(method, &place)).await;
        assert_eq!(asked.status, 404, "{asked:?}");
    }
    assert_eq!(neighbour.send(&place, 5, b"autre").await.status, 404);
    let theirs = Client::of(&other).await;
    let unknown = format!("{UPLOADS}/{}", uuid::Uuid::now_v7());
    for method in [Method::HEAD, Method::DELETE] {
        assert_eq!(other.send(theirs.ask(method.clone(), &place)).await.status, 404, "{method}");
        assert_eq!(door.send(client.ask(method, &unknown)).await.status, 404);
    }
    assert_eq!(theirs.send(&place, 5, b"autre").await.status, 404);
    assert_eq!(client.offset(&place).await, 5, "nothing was moved");
    door.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_length_may_come_later_and_bytes_with_the_creation() {
    let door = Door::open().await;
    let client = Client::of(&door).await;
    let zip = door.sip("TUS-2").zip();
    let ask = client.creation().header("upload-defer-length", "1").header("content-type", PIECE);
    let opened = door.send(Ask { body: zip[..100].to_vec(), ..ask }).await;
    assert_eq!((opened.status, opened.header("upload-offset")), (201, "100"), "{opened:?}");
    let place = opened.header("location").to_owned();
    let head = door.send(client.ask(Method::HEAD, &place)).await;
    assert_eq!((head.header("upload-defer-length"), head.header("upload-length")), ("1", ""));
    let last = client.piece(&place, 100, &zip[100..]).header("upload-length", zip.len().to_string());
    let last = door.send(last).await;
    assert!(last.status == 204 && !last.header("chartrier-transfer").is_empty(), "{last:?}");
    let closed = door.send(client.ask(Method::DELETE, &place)).await;
    assert_eq!((closed.status, closed.problem().as_str()), (409, "upload-closed"));

    // Whole with the creation.
    let zip = door.sip("TUS-3").zip();
    let ask = client.creation().header("upload-length", zip.len().to_string()).header("content-type", PIECE);
    let whole = door.send(Ask { body: zip, ..ask }).await;
    assert!(whole.status == 201 && !whole.header("chartrier-transfer").is_empty(), "{whole:?}");
    door.end().await;
}

#[tokio::test]
async fn an_upload_left_alone_expires() {
    let door = Door::open().await;
    let place = Client::of(&door).await.open(10).await;
    assert_eq!(Client::of(&door).await.send(&place, 0, b"abc").await.status, 204);
    // No token is asked for at that hour: it would sweep away those of the tests beside this one.
    door.tenant.clock.advance(TimeDelta::hours(25));
    let id = TransferId(place.rsplit('/').next().unwrap().parse().unwrap());
    assert!(door.ingest.upload(door.tenant.tenant, id).await.unwrap().is_none());
    assert_eq!(door.ingest.expire_uploads(door.tenant.tenant).await.unwrap(), 1);
    door.end().await;
}

/// Announces everything that is left, sends so much of it and hangs up.
fn cut(door: &Door, token: &str, place: &str, at: usize, rest: &[u8], sent: usize) {
    let mut stream = TcpStream::connect(door.address).unwrap();
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\nContent-Type: {PIECE}\r\n\
         Upload-Offset: {at}\r\nContent-Length: {}\r\n\r\n",
        rest.len()
    );
    // The service may hang up first.
    stream.write_all(head.as_bytes()).ok();
    stream.write_all(&rest[..sent]).ok();
    stream.shutdown(std::net::Shutdown::Write).ok();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.read_to_end(&mut Vec::new()).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_cuts_at_random_change_nothing_of_the_content() {
    let door = Door::with(|settings| settings.received_bytes_max = 64 << 20).await;
    let client = Client::of(&door).await;
    let mut sip = door.sip("COUPURES");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    sip.files[0].1.extend((0..3_000_000).map(|_| next(256) as u8));
    let zip = sip.zip();
    let place = client.open(zip.len()).await;
    let (mut cuts, mut gained) = (0, 0);
    while cuts < 100 {
        let at = client.offset(&place).await;
        let rest = &zip[at..];
        cut(&door, &client.token, &place, at, rest, next((zip.len() / 80).min(rest.len())));
        cuts += 1;
        let now = client.offset(&place).await;
        assert!(now >= at && now < zip.len());
        gained += usize::from(now > at);
    }
    assert!(gained > 50, "what came before a cut counts: {gained}");
    let last = loop {
        let at = client.offset(&place).await;
        let answer = client.send(&place, at, &zip[at..]).await;
        // The last cut request may be ending still.
        if ![409, 423].contains(&answer.status) {
            break answer;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let told = door.json(last.header("chartrier-transfer")).await;
    assert_eq!(told["sha512"], hex::encode(sha512(&zip)).as_str());
    door.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_at_once_on_one_upload_never_mix_their_bytes() {
    let door = Door::open().await;
    let client = Client::of(&door).await;
    let packages: Vec<Vec<u8>> = (0..6_u8).map(|n| vec![n; 700_000]).collect();
    let place = client.open(700_000).await;
    let sent = packages.iter().map(|package| client.send(&place, 0, package));
    let answers = futures_util::future::join_all(sent).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    let taken: Vec<usize> = (0..6).filter(|n| statuses[*n] == 204).collect();
    assert_eq!(taken.len(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [204, 409, 423].contains(status)), "{statuses:?}");
    let transfer = answers[taken[0]].header("chartrier-transfer").to_owned();
    let expected = hex::encode(sha512(&packages[taken[0]]));
    assert_eq!(
        door.json(&transfer).await["sha512"],
        expected.as_str(),
        "what was answered for is what is kept"
    );
    door.end().await;
}

/// Uploads a file, stops once on the way, and goes on.
const SCRIPT: &str = "
const fs = require('fs'); const tus = require('tus-js-client');
const [endpoint, token, path] = process.argv.slice(2);
const size = fs.statSync(path).size; let stopped = false;
const upload = new tus.Upload(fs.createReadStream(path), {
  endpoint, uploadSize: size, chunkSize: 200000, headers: { Authorization: 'Bearer ' + token }, metadata: { filename: 'paquet.zip' },
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onChunkComplete: (chunk, sent) => {
    if (stopped || sent >= size) return;
    stopped = true;
    upload.abort().then(() => {
      const again = new tus.Upload(fs.createReadStream(path), { endpoint, uploadUrl: upload.url, uploadSize: size, chunkSize: 200000,
        headers: { Authorization: 'Bearer ' + token }, onError: (error) => { console.error(String(error)); process.exit(1); },
        onSuccess: () => { console.log(again.url); } });
      again.start();
    });
  },
  onSuccess: () => { console.log(upload.url); },
});
upload.start();
";

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_uploads_with_an_interruption() {
    let modules = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("tus-node/node_modules");
    if !modules.join("tus-js-client/package.json").is_file() {
        println!("ignoré : tus-js-client n'est pas installé");
        return;
    }
    let door = Door::open().await;
    let mut sip = door.sip("PUBLIC");
    sip.files[0].1.extend((0..700_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    let folder = tempfile::tempdir().unwrap();
    let (script, package) = (folder.path().join("envoi.cjs"), folder.path().join("paquet.zip"));
    std::fs::write(&script, SCRIPT).unwrap();
    std::fs::write(&package, sip.zip()).unwrap();
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules).arg(script).arg(format!("http://{}{UPLOADS}", door.address));
    node.arg(door.token().await).arg(package);
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let url = String::from_utf8(output.stdout).unwrap();
    let place = url.trim().split_once(UPLOADS).map(|(_, id)| format!("{UPLOADS}{id}")).unwrap();
    let client = Client::of(&door).await;
    let transfer = door.send(client.ask(Method::HEAD, &place)).await.header("chartrier-transfer").to_owned();
    assert!(!transfer.is_empty());
    let taken = door.deposit(sip.zip()).await;
    assert!(transfer.ends_with(&taken.transfer_id.to_string()));
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    door.end().await;
}
