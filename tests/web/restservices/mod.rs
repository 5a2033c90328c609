//! The As@lae door, driven as three independent clients drive it: a PHP bus, a Java connector, a C# generator.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use chartrier::ingest::queries;
use chartrier::model::Transfer;
use chartrier::proof::digest::sha256;

use super::{Answer, Door, get, post};
use crate::support::PASSWORD;
use crate::support::sip::Sip;

mod abuse;
mod chunks;
mod clients;
mod contract;
mod flows;
mod names;
mod replies;

pub(super) const DEPOSIT: &str = "/restservices/sedaMessages";
pub(super) const PIECES: &str = "/restservices/sedaAttachmentsChunkFiles";

/// Alphabets in which clients write their credentials.
#[derive(Clone, Copy)]
enum Alphabet {
    Standard,
    UrlSafe,
    UrlSafeUnpadded,
}

/// `Authorization` of a user and the clear password that it was given.
fn basic(user: &str, password: &str, alphabet: Alphabet) -> String {
    let joined = format!("{user}:{}", hex::encode(sha256(password.as_bytes())));
    let encoded = match alphabet {
        Alphabet::Standard => STANDARD.encode(joined),
        Alphabet::UrlSafe => URL_SAFE.encode(joined),
        Alphabet::UrlSafeUnpadded => URL_SAFE_NO_PAD.encode(joined),
    };
    format!("Basic {encoded}")
}

/// A part of a form: how its disposition goes on after `form-data`, its type, its bytes.
pub(super) struct Part<'a> {
    disposition: String,
    kind: Option<&'a str>,
    bytes: Vec<u8>,
}

pub(super) fn field<'a>(name: &str, value: &str) -> Part<'a> {
    Part { disposition: format!("; name=\"{name}\""), kind: None, bytes: value.as_bytes().to_vec() }
}

pub(super) fn file<'a>(name: &str, file_name: &str, kind: &'a str, bytes: &[u8]) -> Part<'a> {
    let disposition = format!("; name=\"{name}\"; filename=\"{file_name}\"");
    Part { disposition, kind: Some(kind), bytes: bytes.to_vec() }
}

/// A form's body and type.
pub(super) fn form(parts: &[Part<'_>]) -> (Vec<u8>, String) {
    let mut body = Vec::new();
    for part in parts {
        write!(body, "--limite-7b\r\nContent-Disposition: form-data{}\r\n", part.disposition).unwrap();
        if let Some(kind) = part.kind {
            write!(body, "Content-Type: {kind}\r\n").unwrap();
        }
        body.extend(b"\r\n");
        body.extend(&part.bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--limite-7b--\r\n");
    (body, "multipart/form-data; boundary=limite-7b".into())
}

impl Door {
    fn credentials(&self) -> String {
        basic(&self.tenant.client_id, PASSWORD, Alphabet::Standard)
    }

    async fn send_form(&self, path: &str, parts: &[Part<'_>]) -> Answer {
        self.send_form_as(&self.credentials(), path, parts).await
    }

    async fn send_form_as(&self, credentials: &str, path: &str, parts: &[Part<'_>]) -> Answer {
        let (body, kind) = form(parts);
        let ask = post(path, body).header("content-type", kind).header("authorization", credentials);
        self.send(ask).await
    }

    /// Deposits a transfer as one form.
    async fn send_pair(&self, sip: &Sip) -> Answer {
        let manifest = sip.manifest();
        let parts = [
            file("seda_message", "bordereau.xml", "application/octet-stream", manifest.as_bytes()),
            file("attachments", "archive.tar.gz", "application/octet-stream", &attachments_tar_gz(sip)),
        ];
        self.send_form(DEPOSIT, &parts).await
    }

    /// Asks for a message in the PHP bus's way.
    async fn ask_for(&self, message: &str, agency: &str, identifier: &str) -> Answer {
        let path = format!(
            "{DEPOSIT}/sequence:ArchiveTransfer/message:{message}/originOrganizationIdentification:{}/originMessageIdentifier:{}",
            urlencode(agency),
            urlencode(identifier)
        );
        self.send(get(&path).header("authorization", self.credentials())).await
    }

    async fn acknowledgement(&self, sip: &Sip) -> Answer {
        self.ask_for("Acknowledgement", &sip.transferring_agency, &sip.message_identifier).await
    }

    async fn reply(&self, sip: &Sip) -> Answer {
        self.ask_for("ArchiveTransferReply", &sip.transferring_agency, &sip.message_identifier).await
    }

    /// Every transfer of the member, oldest first.
    async fn transfers(&self) -> Vec<Transfer> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        let mut all = queries::transfers_page(&mut tx, &Default::default(), None, 200).await.unwrap();
        all.reverse();
        all
    }

    /// Lets the background work go to its end.
    async fn work(&self) {
        for transfer in self.transfers().await {
            self.ingest.advance(self.tenant.tenant, transfer.transfer_id).await.unwrap();
        }
    }
}

/// As PHP's `urlencode`.
fn urlencode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.') => out.push(b.into()),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

fn attachments_tar(sip: &Sip) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in &sip.files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

pub(super) fn attachments_tar_gz(sip: &Sip) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&attachments_tar(sip)).unwrap();
    gz.finish().unwrap()
}

fn attachments_zip(sip: &Sip) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in &sip.files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A session of pieces, as the PHP bus opens it.
struct Session {
    identifier: String,
    key: String,
}

impl Door {
    async fn open_session(&self, sip: &Sip) -> Session {
        let answer = self.open_session_answer(sip).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let said = answer.json();
        let text = |name: &str| said[name].as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
        text("date_du_depot");
        Session { identifier: text("chunk_session_identifier"), key: text("chunk_security_identifier") }
    }

    async fn open_session_answer(&self, sip: &Sip) -> Answer {
        let manifest = sip.manifest();
        let parts = [
            field("send_chunked_attachments", "true"),
            file("seda_message", "bordereau.xml", "application/octet-stream", manifest.as_bytes()),
        ];
        self.send_form(DEPOSIT, &parts).await
    }

    async fn send_piece(&self, session: &Session, (number, total): (usize, usize), bytes: &[u8]) -> Answer {
        self.send_piece_with(session, (number, total), bytes, &BTreeMap::new()).await
    }

    /// With other values for some fields; an empty one leaves the field out.
    async fn send_piece_with(
        &self,
        session: &Session,
        (number, total): (usize, usize),
        bytes: &[u8],
        others: &BTreeMap<&str, String>,
    ) -> Answer {
        let (number, total) = (number.to_string(), total.to_string());
        let fields = [
            ("session_identifier", session.identifier.as_str()),
            ("security_identifier", session.key.as_str()),
            ("number_of_files", "1"),
            ("file_index", "1"),
            ("file_name", "archive.tar.gz"),
            ("compression_algorithm", "TARGZ"),
            ("number_of_chunks", &total),
            ("chunk_index", &number),
        ];
        let value = |name: &str, usual: &str| others.get(name).cloned().unwrap_or_else(|| usual.to_owned());
        let mut parts: Vec<Part<'_>> = fields
            .iter()
            .map(|(name, usual)| (name, value(name, usual)))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| field(name, &value))
            .collect();
        parts.push(file("chunk_content", "archive_partaa", "application/octet-stream", bytes));
        self.send_form(PIECES, &parts).await
    }

    /// Sends an archive of attachments in pieces of this size; the last answer.
    async fn send_pieces(&self, session: &Session, archive: &[u8], piece: usize) -> Answer {
        let pieces: Vec<&[u8]> = archive.chunks(piece).collect();
        let mut last = None;
        for (at, bytes) in pieces.iter().enumerate() {
            let answer = self.send_piece(session, (at + 1, pieces.len()), bytes).await;
            assert_eq!(answer.status, 200, "{}: {answer:?}", at + 1);
            assert!(is_true_for_php(&answer), "{answer:?}");
            last = Some(answer);
        }
        last.unwrap()
    }
}

/// Whether PHP takes the decoded body for true.
fn is_true_for_php(answer: &Answer) -> bool {
    use serde_json::Value;
    match answer.json() {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.is_empty() && text != "0",
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(yes) => yes,
        Value::Null => false,
    }
}

/// A text answer of this door: its status and its sentence, which says its charset and is never empty.
fn told(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type").to_ascii_lowercase(), "text/plain; charset=utf-8", "{answer:?}");
    let text = answer.text();
    assert!(!text.is_empty() && !text.ends_with('\n'), "{text:?}");
    (answer.status, text)
}

/// The texts that an absolute path of local names gives, each step in the document's own default namespace, as clients'
/// XPath reads them.
fn texts(document: &str, path: &[&str]) -> Vec<String> {
    let parsed = roxmltree::Document::parse(document).unwrap();
    let root = parsed.root_element();
    let namespace = root.tag_name().namespace();
    assert_eq!(root.default_namespace(), namespace, "the namespace is the default one");
    let mut nodes = vec![root];
    for name in path {
        let is_named = |node: &roxmltree::Node<'_, '_>| {
            node.is_element() && node.tag_name().name() == *name && node.tag_name().namespace() == namespace
        };
        nodes = nodes.iter().flat_map(|node| node.children().filter(is_named).collect::<Vec<_>>()).collect();
    }
    nodes.iter().map(|node| node.text().unwrap_or_default().to_owned()).collect()
}
