//! The real program, serving the portal in a process of its own.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::service::{Client, Place};

/// Everyone's password in a place.
pub const PASSWORD: &str = "mot-de-passe-d-essai";

/// Stopped with the test.
pub struct Program {
    child: Child,
    listen: SocketAddr,
    log: std::path::PathBuf,
}

impl Program {
    /// Serves `place` on a free port; returns once it answers.
    pub fn start(place: &Place) -> Program {
        Program::start_under(place, &[])
    }

    /// The same with these settings.
    pub fn start_under(place: &Place, settings: &[(&str, String)]) -> Program {
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Program::start_with(place, listen, settings)
    }

    /// Serves `place` there, with these settings.
    pub fn start_with(place: &Place, listen: SocketAddr, settings: &[(&str, String)]) -> Program {
        let metrics = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = std::fs::File::create(place.folder().join("service.log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_chartrier"))
            .args(["serve", "--with-worker"])
            .envs(place.variables())
            .env("CHARTRIER_LISTEN", listen.to_string())
            .env("CHARTRIER_METRICS_LISTEN", metrics.to_string())
            .env("CHARTRIER_PUBLIC_URL", format!("http://{listen}"))
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .current_dir(place.folder())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let program = Program { child, listen, log: place.folder().join("service.log") };
        let end = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(listen).is_err() {
            assert!(Instant::now() < end, "the program does not answer: {}", place.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        program
    }

    /// A machine of the member, at its door.
    pub fn machine(&self) -> Client {
        Client::new(self.listen)
    }

    /// The portal's address.
    pub fn address(&self) -> String {
        format!("http://{}", self.listen)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}
