//! `chartrier deposit` against a service: received, refused, tried, cut, begun again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chartrier::model::TransferState;

use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

fn package(folder: &Path, name: &str, sip: &Sip) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, sip.zip()).unwrap();
    path
}

fn command(address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.args(["deposit", "--url", address, "--client-id", "essai"]).args(arguments);
    command.env("CHARTRIER_CLIENT_SECRET", "secret-d-essai-assez-long");
    command
}

fn run(address: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(address, arguments).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

fn remembered(path: &Path) -> PathBuf {
    path.with_file_name(format!(".{}.chartrier-envoi", path.file_name().unwrap().to_string_lossy()))
}

#[test]
fn packages_are_sent_waited_for_refused_and_tried() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let address = format!("http://{}", service.address);
    let folder = tempfile::tempdir().unwrap();
    let right = package(folder.path(), "juste.zip", &Sip::with_files("CLIENT-1", 3));
    let mut sip = Sip::with_files("CLIENT-2", 3);
    sip.first_digest = Some("0".repeat(128));
    let wrong = package(folder.path(), "faux.zip", &sip);
    let (right, wrong) = (right.to_str().unwrap(), wrong.to_str().unwrap());

    let (code, said) = run(&address, &["--blank", right, wrong]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("serait accepté") && said.contains("serait refusé") && said.contains("object."),
        "{said}"
    );
    assert!(place.rows("select 1 from transfer").is_empty(), "a trial keeps nothing");

    let reply = folder.path().join("reponse.xml");
    let (code, said) = run(&address, &["--wait", "--out", reply.to_str().unwrap(), right]);
    assert_eq!(code, Some(0), "{said}");
    let cote = &place.rows("select cote from accession")[0];
    assert!(said.contains(&format!("pris en charge, cote {cote} (code 000,")), "{said}");
    assert!(std::fs::read_to_string(reply).unwrap().contains("ArchiveTransferReply"));
    assert!(!remembered(Path::new(right)).exists());

    let (code, said) = run(&address, &["--wait", "--json", wrong]);
    let told: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((code, told["answer"]["state"].as_str()), (Some(1), Some("refused")), "{said}");
    assert_eq!(
        (&told["answer"]["reply_code"], &told["answer"]["cote"]),
        (&"207".into(), &().into()),
        "{said}"
    );

    // The same again is the same transfer.
    let (code, said) = run(&address, &["--wait", right]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(place.rows("select 1 from transfer").len(), 2);

    for (arguments, sentence) in
        [(vec!["--wait", "absent.zip"], "absent.zip"), (vec![folder.path().to_str().unwrap()], "")]
    {
        assert_eq!(run(&address, &arguments).0, Some(2), "{sentence}");
    }
    let mut unknown = command(&address, &[right]);
    let output = unknown.env("CHARTRIER_CLIENT_SECRET", "autre").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("n'est pas reconnu") && !said.contains("autre"), "{said}");
    let (code, said) = run("http://127.0.0.1:9", &["--wait-seconds", "0", right]);
    assert!(code == Some(2) && said.contains("ne répond pas"), "{said}");
}

fn begun(address: &str, path: &Path) -> Child {
    let mut command = command(address, &["--wait", path.to_str().unwrap()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A package large enough to be met on its way.
fn large(folder: &Path, identifier: &str) -> PathBuf {
    let mut sip = Sip::with_files(identifier, 1);
    let mut state = 0x9e37_79b9_u64;
    let block = (0..1 << 20).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    sip.files[0].1.extend(block.collect::<Vec<u8>>().repeat(300));
    let path = folder.join("grand.tar");
    std::fs::write(&path, sip.tar()).unwrap();
    path
}

/// Waits until so many bytes of an upload are counted.
fn wait_for_bytes(place: &Place, bytes: u64) {
    for _ in 0..600 {
        let rows = place.platform("select bytes_received from technical.upload where transfer_id is null");
        if rows.iter().any(|received| received.parse::<u64>().unwrap() >= bytes) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing came");
}

#[test]
fn an_upload_goes_on_after_the_client_and_the_server_were_killed() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let address = format!("http://{}", service.address);
    let folder = tempfile::tempdir().unwrap();
    let path = large(folder.path(), "REPRIS");

    // The client is killed on the way: the next one goes on from what was counted.
    let mut first = begun(&address, &path);
    wait_for_bytes(&place, 32 << 20);
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(remembered(&path).exists());
    let counted = place.platform("select bytes_received from technical.upload");

    // Then the server, under the second client.
    let second = begun(&address, &path);
    let listen = service.address;
    drop(service);
    let service = Service::start_at(&place, listen, &[]);
    let output = second.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("pris en charge"), "{said}");
    assert!(!remembered(&path).exists());
    assert_eq!(
        place.platform("select 1 from technical.upload").len(),
        1,
        "one upload all along: {counted:?}"
    );
    let client = Client::new(service.address);
    let digest = hex::encode(chartrier::proof::digest::sha512(&std::fs::read(&path).unwrap()));
    let transfer = place.rows("select transfer_id from transfer").pop().unwrap();
    assert_eq!(client.transfer(&transfer).unwrap()["sha512"], digest.as_str());
    assert_eq!(
        client.wait_for(&transfer, &["taken_in_charge"]).unwrap(),
        TransferState::TakenInCharge.word()
    );
}

/// A service that gives tokens and opens uploads, and answers the rest with this status; the requests that it saw.
fn stubborn(location: &'static str, status: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0_u64);
            request.read_line(&mut line).unwrap();
            loop {
                let mut header = String::new();
                request.read_line(&mut header).unwrap();
                let lower = header.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if header.trim().is_empty() {
                    break;
                }
            }
            std::io::copy(&mut request.take(length), &mut std::io::sink()).unwrap();
            let (status, header, body) = match line.split(' ').next().unwrap() {
                "POST" if line.contains("/oauth2/token") => {
                    ("200 OK", String::new(), r#"{"access_token":"jeton"}"#)
                }
                "POST" => ("201 Created", format!("Location: {location}\r\n"), ""),
                "GET" if status.starts_with("400") => ("200 OK", "Upload-Offset: 0\r\n".to_owned(), ""),
                _ => (status, String::new(), ""),
            };
            kept.lock().unwrap().push(line.trim().to_owned());
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    (address, seen)
}

#[test]
fn a_service_that_always_says_no_is_not_asked_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(folder.path(), "juste.zip", &Sip::with_files("CLIENT-1", 3));
    for (location, status, wait, sentence, requests_max) in [
        ("/api/v1/uploads/1", "401 Unauthorized", "60", "(401)", 3),
        ("/api/v1/uploads/1", "400 Bad Request", "60", "(400)", 12),
        ("/api/v1/uploads/1", "404 Not Found", "1", "ne retrouve pas", 12),
        ("https://ailleurs.example/1", "404 Not Found", "60", "ailleurs que chez lui", 2),
    ] {
        let (address, seen) = stubborn(location, status);
        let (code, said) = run(&address, &["--wait-seconds", wait, path.to_str().unwrap()]);
        let seen = seen.lock().unwrap();
        assert!(code == Some(2) && said.contains(sentence), "{status}: {code:?} {said}");
        assert!(seen.len() <= requests_max, "{status}: {seen:?}");
        std::fs::remove_file(remembered(&path)).ok();
    }
}
