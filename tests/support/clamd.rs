//! A real `clamd` with one signature of our own, which no other file of the world bears. Nothing is downloaded.
//!
//! The shared one takes streams of a mebibyte; it ends with the test binary, as PostgreSQL does.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chartrier::antivirus::{Address, Scanner, Settings};

/// What the signature recognizes, wherever it stands in a file.
pub const INFECTED: &[u8] = b"chartrier-essai-antiviral";
/// The name it gives: the suffix is the engine's, for signatures that are nobody's release.
pub const NAME: &str = "Chartrier.Essai.UNOFFICIAL";
/// `StreamMaxLength` and `MaxFileSize`.
pub const STREAM_BYTES: u64 = 1 << 20;
/// `MaxFiles`: past so many files inside one, the engine gives up.
pub const FILES_MAX: usize = 100;
/// What two parts have in common.
pub const OVERLAP_BYTES: usize = 64 << 10;

/// Waits for the end of its input, hence of who started it, then stops the engine and removes its folder.
const RUNNING: &str = "$0 --config-file=$1/clamd.conf >$1/log 2>&1 & pid=$!; cat >/dev/null; kill -KILL $pid; \
                       wait $pid 2>/dev/null; rm -f $1/clamd; [ -z \"$2\" ] || rm -rf $1";

/// A scanner's place: its socket has the same name whether the engine runs or not.
pub struct Clamd {
    folder: PathBuf,
    /// Its standard input is what keeps the engine running.
    running: Option<Child>,
}

/// The engine that tests share.
pub fn shared() -> &'static Clamd {
    static SHARED: OnceLock<Clamd> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut clamd = Clamd::stopped();
        clamd.run("and the folder");
        clamd
    })
}

impl Clamd {
    /// A place of one's own where no engine runs yet.
    pub fn stopped() -> Clamd {
        let folder = tempfile::Builder::new().prefix("chartrier-clamd-").tempdir().unwrap().keep();
        let path = folder.display();
        std::fs::create_dir(folder.join("signatures")).unwrap();
        let signature = format!("Chartrier.Essai:0:*:{}\n", hex::encode(INFECTED));
        std::fs::write(folder.join("signatures/essai.ndb"), signature).unwrap();
        let settings = format!(
            "Foreground yes\nLocalSocket {path}/clamd\nDatabaseDirectory {path}/signatures\nTemporaryDirectory {path}\n\
             StreamMaxLength {STREAM_BYTES}\nMaxFileSize {STREAM_BYTES}\nMaxFiles {FILES_MAX}\nAlertExceedsMax yes\nSelfCheck 86400\n"
        );
        std::fs::write(folder.join("clamd.conf"), settings).unwrap();
        Clamd { folder, running: None }
    }

    /// Starts the engine; it answers when this returns.
    pub fn start(&mut self) {
        self.run("");
    }

    fn run(&mut self, and_the_folder: &str) {
        let installed = ["/usr/sbin/clamd", "/usr/local/sbin/clamd", "/usr/bin/clamd"];
        let program = installed.into_iter().find(|program| Path::new(program).exists());
        let program = program.expect("clamd is not installed: scripts/install.sh test");
        let mut shell = Command::new("sh");
        shell.args(["-c", RUNNING, program]).arg(&self.folder).arg(and_the_folder);
        self.running = Some(shell.stdin(Stdio::piped()).process_group(0).spawn().unwrap());
        let began = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(30), "clamd does not answer: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills the engine; its socket is gone when this returns.
    pub fn stop(&mut self) {
        if let Some(mut shell) = self.running.take() {
            drop(shell.stdin.take());
            shell.wait().unwrap();
        }
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("clamd")
    }

    /// A scanner that knows the engine's limits.
    pub fn scanner(&self) -> Scanner {
        self.scanner_of(STREAM_BYTES)
    }

    /// A scanner told that the engine takes streams of this length.
    pub fn scanner_of(&self, stream_bytes_max: u64) -> Scanner {
        Scanner::new(Settings {
            address: Address::Unix(self.socket()),
            stream_bytes_max,
            parts_overlap_bytes: OVERLAP_BYTES,
            timeout: Duration::from_secs(60),
        })
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Reads one command and the stream after it, as an engine does; the command.
pub fn command(stream: &mut UnixStream) -> String {
    let mut exactly = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).map(|()| bytes)
    };
    let mut command = Vec::new();
    while let Ok(byte) = exactly(1) {
        if byte[0] == 0 {
            break;
        }
        command.push(byte[0]);
    }
    if command == b"zINSTREAM" {
        while let Ok(length) = exactly(4) {
            let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if length == 0 || exactly(length).is_err() {
                break;
            }
        }
    }
    String::from_utf8(command).unwrap()
}
