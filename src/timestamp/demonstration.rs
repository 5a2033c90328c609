//! A time-stamping authority that proves nothing, run beside the service by the `openssl` program to show how stamps work.
//!
//! Everything about it says so: its certificates' names, and whoever shows its stamps. Listens on this machine alone.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::Settings;
use crate::proof::token::Algorithm;

const REQUEST_BYTES_MAX: usize = 4 << 10;
const LINES_MAX: usize = 64;
const ROOT: &str = "root.pem";

const CONFIGURATION: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = ./serial\nsigner_cert = ./tsa.pem\ncerts = ./root.pem\n\
    signer_key = ./tsa.key\nsigner_digest = sha256\ndefault_policy = 1.3.6.1.4.1.99999.1\n\
    digests = sha256, sha512\naccuracy = secs:1\nclock_precision_digits = 3\nordering = yes\ntsa_name = yes\n\
    ess_cert_id_chain = no\n";
const EXTENSIONS: &str = "keyUsage = critical, digitalSignature\nextendedKeyUsage = critical, timeStamping\n\
    basicConstraints = CA:false\n";

/// The authority, which answers until dropped.
pub struct Demonstration {
    address: SocketAddr,
    folder: PathBuf,
    stopped: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
}

impl Demonstration {
    /// Makes the authority's keys in `folder` when they are not there, whose certificate lasts `days`, and answers on
    /// `address`.
    pub fn start(folder: &Path, address: SocketAddr, days: u32) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        if !folder.join(ROOT).is_file() {
            make(folder, days)?;
        }
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicU64::new(0));
        let (at, told, count) = (folder.to_path_buf(), stopped.clone(), answered.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever asked badly asks again.
                if stream.and_then(|stream| answer(stream, &at)).is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Ok(Self { address, folder: folder.to_path_buf(), stopped, answered })
    }

    /// The settings by which the service asks it.
    pub fn settings(&self) -> io::Result<Settings> {
        Ok(Settings {
            name: "demonstration".into(),
            url: format!("http://{}/", self.address),
            policy: None,
            user: None,
            algorithm: Algorithm::Sha256,
            roots: std::fs::read(self.folder.join(ROOT))?,
            is_asked: true,
            is_demonstration: true,
        })
    }

    /// How many tokens it has given since it started.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The thread waits for a connection: it gets its last one.
        TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).ok();
    }
}

fn make(folder: &Path, days: u32) -> io::Result<()> {
    std::fs::write(folder.join("tsa.conf"), CONFIGURATION)?;
    std::fs::write(folder.join("extensions"), EXTENSIONS)?;
    std::fs::write(folder.join("serial"), "01\n")?;
    let (key, days) = (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"], days.to_string());
    let root = ["-keyout", "root.key", "-out", "root.new", "-days", "3650", "-subj"];
    let subject = "/O=DEMONSTRATION SANS VALEUR/CN=Racine de demonstration, sans valeur";
    openssl(folder, &[&["req", "-x509"], &key[..], &root, &[subject]].concat())?;
    let request = ["-keyout", "tsa.key", "-out", "tsa.csr", "-subj"];
    let subject = "/O=DEMONSTRATION SANS VALEUR/CN=Horodatage de demonstration, sans valeur";
    openssl(folder, &[&["req"], &key[..], &request, &[subject]].concat())?;
    let sign = ["x509", "-req", "-in", "tsa.csr", "-CA", "root.new", "-CAkey", "root.key", "-CAcreateserial"];
    let out = ["-out", "tsa.pem", "-extfile", "extensions", "-days", &days];
    openssl(folder, &[&sign[..], &out].concat())?;
    // Last: where it stands, the rest does.
    std::fs::rename(folder.join("root.new"), folder.join(ROOT))
}

fn openssl(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let output = openssl.stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("openssl : {}", String::from_utf8_lossy(&output.stderr))))
}

/// One request, one response: enough of HTTP for the client of ours.
fn answer(mut stream: TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut length, mut line) = (0usize, String::new());
    for _ in 0..LINES_MAX {
        line.clear();
        reader.by_ref().take(8 << 10).read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut asked = vec![0; length.min(REQUEST_BYTES_MAX)];
    reader.read_exact(&mut asked)?;
    std::fs::write(folder.join("request.tsq"), &asked)?;
    let reply = ["ts", "-reply", "-config", "tsa.conf", "-queryfile", "request.tsq", "-out", "response.tsr"];
    openssl(folder, &reply)?;
    let response = std::fs::read(folder.join("response.tsr"))?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        response.len()
    )?;
    stream.write_all(&response)
}
