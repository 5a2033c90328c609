//! A bus as those of today: a session, pieces of 2 MiB, one connection a request; what fails is sent again whole, later.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::generated;
use crate::small::sip::Sip;

const PIECE: usize = 2 << 20;
const BOUNDARY: &str = "limite-de-morceaux";

pub struct Bus<'a> {
    base: &'a RwLock<String>,
    count: usize,
    /// Of one deposit's files.
    bytes: usize,
    next: AtomicUsize,
    sent: AtomicUsize,
    again: AtomicUsize,
    pieces: Mutex<Vec<f64>>,
    credentials: String,
}

impl<'a> Bus<'a> {
    pub fn new(base: &'a RwLock<String>, count: usize, bytes: usize) -> Self {
        let shown = hex::encode(Sha256::digest(generated::password(0)));
        let credentials = format!("Basic {}", STANDARD.encode(format!("{}:{shown}", generated::code(0))));
        let (next, sent, again) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        Self { base, count, bytes, next, sent, again, pieces: Mutex::default(), credentials }
    }

    /// Deposits sent so far.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Seconds of each piece, and how many deposits were sent again.
    pub fn measured(&self) -> (Vec<f64>, usize) {
        (self.pieces.lock().unwrap().clone(), self.again.load(Ordering::Relaxed))
    }

    /// One connection's work, until all are sent.
    pub fn send_all(&self) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.count {
                return;
            }
            let (manifest, archive) = deposit(number, self.bytes);
            while self.send(&manifest, &archive).is_none() {
                self.again.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(500));
            }
            self.sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn send(&self, manifest: &str, archive: &[u8]) -> Option<()> {
        let mut body = field("send_chunked_attachments", "true");
        file(&mut body, "seda_message", "bordereau.xml", manifest.as_bytes());
        let said: serde_json::Value = serde_json::from_str(&self.post("sedaMessages", body)?).unwrap();
        let pieces: Vec<&[u8]> = archive.chunks(PIECE).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let mut body = field("session_identifier", said["chunk_session_identifier"].as_str().unwrap());
            body.extend(field("security_identifier", said["chunk_security_identifier"].as_str().unwrap()));
            for (name, value) in [
                ("number_of_files", "1".to_owned()),
                ("file_index", "1".to_owned()),
                ("file_name", "archive.tar.gz".to_owned()),
                ("compression_algorithm", "TARGZ".to_owned()),
                ("number_of_chunks", pieces.len().to_string()),
                ("chunk_index", (at + 1).to_string()),
            ] {
                body.extend(field(name, &value));
            }
            file(&mut body, "chunk_content", "archive_partaa", piece);
            let began = Instant::now();
            self.post("sedaAttachmentsChunkFiles", body)?;
            self.pieces.lock().unwrap().push(began.elapsed().as_secs_f64());
        }
        Some(())
    }

    /// The body of a 200; anything else is a failure for a bus.
    fn post(&self, address: &str, mut body: Vec<u8>) -> Option<String> {
        write!(body, "--{BOUNDARY}--\r\n").unwrap();
        let base = self.base.read().unwrap().clone();
        let request = agent().post(format!("{base}/restservices/{address}"));
        let request = request.header("Authorization", &self.credentials);
        let request = request.header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let mut answer = request.send(&body).ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        (answer.status() == 200).then_some(text)
    }

    /// Polls until each deposit has its positive reply.
    pub fn wait_for_replies(&self) {
        for number in 0..self.count {
            let path = format!(
                "sedaMessages/sequence:ArchiveTransfer/message:ArchiveTransferReply/originOrganizationIdentification:VERSANT-TEST/originMessageIdentifier:{}",
                identifier(number)
            );
            loop {
                let base = self.base.read().unwrap().clone();
                let request = agent().get(format!("{base}/restservices/{path}"));
                let Ok(mut answer) = request.header("Authorization", &self.credentials).call() else {
                    continue;
                };
                let text = answer.body_mut().read_to_string().unwrap();
                if answer.status() == 200 {
                    assert!(text.contains("<ReplyCode>000</ReplyCode>"), "{text}");
                    break;
                }
                assert_eq!(text, "Transfert en cours de traitement");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0);
    config.timeout_global(Some(Duration::from_secs(60))).build().into()
}

fn identifier(number: usize) -> String {
    format!("NUIT-{number}")
}

/// The deposit of this number: three files of bytes that do not compress.
pub fn sip(number: usize, bytes_of_all: usize) -> Sip {
    let mut sip = Sip::with_files(&identifier(number), 3);
    for (index, (_, bytes)) in sip.files.iter_mut().enumerate() {
        let mut state = (number * 3 + index + 1) as u64 | 1;
        while bytes.len() < bytes_of_all / 3 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend(state.to_le_bytes());
        }
    }
    sip
}

/// Its manifest, and its archive.
fn deposit(number: usize, bytes_of_all: usize) -> (String, Vec<u8>) {
    let sip = sip(number, bytes_of_all);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let mut tar = tar::Builder::new(&mut gz);
    for (name, bytes) in &sip.files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.finish().unwrap();
    drop(tar);
    (sip.manifest(), gz.finish().unwrap())
}

fn field(name: &str, value: &str) -> Vec<u8> {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}

fn file(body: &mut Vec<u8>, name: &str, file_name: &str, bytes: &[u8]) {
    write!(
        body,
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .unwrap();
    body.extend(bytes);
    body.extend(b"\r\n");
}
