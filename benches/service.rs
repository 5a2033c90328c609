//! The service under measure: a member, a program of its own with its database, deposits over the API, and what
//! it all cost. Shared by the benches.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const SECRET: &str = "secret-du-banc";
/// One member has the service for itself: what it may do at most is what is measured.
const ALONE: [(&str, &str); 6] = [
    ("CHARTRIER_SHARE_REQUESTS_PER_SECOND", "100000"),
    ("CHARTRIER_SHARE_REQUESTS_BURST", "100000"),
    ("CHARTRIER_SHARE_UPLOADS_PER_SECOND", "100000"),
    ("CHARTRIER_SHARE_UPLOADS_BURST", "100000"),
    ("CHARTRIER_SHARE_JOBS", "255"),
    ("CHARTRIER_SHARE_CONNECTIONS", "1000"),
];
const MEMBER: &str = r#"
code = "banc"
name = "Banc d'essai"
kind = "commune"
siren = "219600004"
department = "96"
[quota]
bytes = 1099511627776
[[party]]
identifier = "ARCHIVES-TEST"
name = "Archives"
parts = ["archival"]
[[party]]
identifier = "VERSANT-TEST"
name = "Versant"
parts = ["transferring"]
[[party]]
identifier = "PRODUCTEUR-TEST"
name = "Producteur"
parts = ["originating"]
[[agreement]]
identifier = "ACCORD-TEST"
name = "Banc"
acceptance = "automatic"
archival_agency = "ARCHIVES-TEST"
transferring = ["VERSANT-TEST"]
originating = ["PRODUCTEUR-TEST"]
transfer_bytes_max = 1000000000000
state = "active"
[[machine]]
client_id = "banc"
name = "Banc"
agreements = ["ACCORD-TEST"]
secret = "secret-du-banc"
"#;

/// A running service with its folder; both gone with the value.
pub struct Bench {
    service: Child,
    pub folder: TempDir,
    pub base: String,
    token: String,
    /// From its start to its being ready.
    pub ready_seconds: f64,
}

/// What the service had spent at some moment.
#[derive(Clone, Copy)]
pub struct Spent {
    at: Instant,
    cpu_seconds: f64,
}

/// What it spent between two moments.
pub struct Cost {
    pub wall_seconds: f64,
    pub cpu_seconds: f64,
}

impl Bench {
    /// Starts a service on a fresh folder of `/var/tmp`, with these settings (`CHARTRIER_…`) besides.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
        open_to_all(folder.path());
        let tenants = folder.path().join("tenants/banc");
        std::fs::create_dir_all(&tenants).unwrap();
        let member = format!("{MEMBER}{}", include_str!("../tests/fixtures/convention.toml"));
        std::fs::write(tenants.join("member.toml"), member).unwrap();
        let applied = program(folder.path())
            .args(["tenants", "apply"])
            .arg(folder.path().join("tenants"))
            .envs(settings.iter().copied())
            .status();
        assert!(applied.unwrap().success(), "the member is applied");
        Self::serve(folder, settings)
    }

    /// Starts the service on what is in a folder, for one member without neighbours.
    pub fn serve(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        let settings: Vec<(&str, &str)> = ALONE.iter().chain(settings).copied().collect();
        Self::serve_as(folder, &settings, ("banc", SECRET))
    }

    /// Starts the service on what is in a folder, for this machine among others.
    pub fn serve_as(folder: TempDir, settings: &[(&str, &str)], machine: (&str, &str)) -> Self {
        let began = Instant::now();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let service = program(folder.path())
            .args(["serve", "--with-worker"])
            .env("CHARTRIER_LISTEN", address.to_string())
            .env("CHARTRIER_METRICS_LISTEN", "127.0.0.1:0")
            .env("CHARTRIER_LOG_LEVEL", "error")
            .envs(settings.iter().copied())
            .spawn()
            .unwrap();
        let base = format!("http://{address}");
        let ready =
            || agent().get(format!("{base}/health/ready")).call().is_ok_and(|answer| answer.status() == 200);
        while std::net::TcpStream::connect(address).is_err() || !ready() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let ready_seconds = began.elapsed().as_secs_f64();
        let token = token(&base, machine);
        Self { service, folder, base, token, ready_seconds }
    }

    /// Stops the service; the folder stays.
    pub fn stop(mut self) -> TempDir {
        stop(&mut self.service);
        let fresh = tempfile::tempdir().unwrap();
        std::mem::replace(&mut self.folder, fresh)
    }

    /// Kills the service where it stands; the folder stays.
    pub fn kill(mut self) -> TempDir {
        self.service.kill().unwrap();
        self.service.wait().unwrap();
        let fresh = tempfile::tempdir().unwrap();
        std::mem::replace(&mut self.folder, fresh)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The program on this folder, for another command.
    pub fn program(&self) -> Command {
        program(self.folder.path())
    }

    pub fn spent(&self) -> Spent {
        Spent { at: Instant::now(), cpu_seconds: cpu_seconds(self.service.id()) }
    }

    pub fn since(&self, before: Spent) -> Cost {
        Cost {
            wall_seconds: before.at.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds(self.service.id()) - before.cpu_seconds,
        }
    }

    /// Processor time of the database's processes so far, in seconds.
    pub fn database_cpu_seconds(&self) -> f64 {
        let of_ours = |pid: &u32| {
            std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(self.data()))
        };
        let names = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = names.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        pids.filter(of_ours).map(cpu_seconds).sum()
    }

    /// The service's peak resident memory, in KiB, since it began or since [`Bench::forget_peak`].
    pub fn peak_kib(&self) -> u64 {
        peak_kib(self.service.id())
    }

    pub fn forget_peak(&self) {
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.service.id()), "5");
    }

    /// Deposits bytes; the address of the transfer.
    pub fn deposit(&self, agent: &ureq::Agent, bytes: &[u8]) -> String {
        self.deposited(self.request(agent).send(bytes).unwrap())
    }

    /// Deposits a file.
    pub fn deposit_file(&self, path: &Path) -> String {
        let agent = agent();
        self.deposited(self.request(&agent).send(File::open(path).unwrap()).unwrap())
    }

    fn request(&self, agent: &ureq::Agent) -> ureq::RequestBuilder<ureq::typestate::WithBody> {
        agent
            .post(format!("{}/api/v1/transfers", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/zip")
    }

    fn deposited(&self, mut answer: ureq::http::Response<ureq::Body>) -> String {
        assert_eq!(answer.status(), 202, "{:?}", answer.body_mut().read_to_string());
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        if place.starts_with("http") { place } else { format!("{}{place}", self.base) }
    }

    /// Waits until a transfer is taken in charge.
    pub fn wait(&self, agent: &ureq::Agent, url: &str, pause: Duration) {
        loop {
            let mut answer =
                agent.get(url).header("Authorization", format!("Bearer {}", self.token)).call().unwrap();
            let transfer: serde_json::Value = answer.body_mut().read_json().unwrap();
            match transfer["state"].as_str() {
                Some("taken_in_charge") => return,
                Some("refused") => panic!("refused: {transfer}"),
                _ => std::thread::sleep(pause),
            }
        }
    }

    /// Deposits everything from so many clients, and waits until all of it is taken in charge; for each deposit,
    /// the seconds from its first byte to its taking in charge, when `each` asks for it.
    pub fn deposit_all(&self, deposits: &[Vec<u8>], clients: usize, each: bool) -> Vec<f64> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| {
                    let agent = agent();
                    while let Some(bytes) = deposits.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let began = Instant::now();
                        let url = self.deposit(&agent, bytes);
                        if each {
                            self.wait(&agent, &url, Duration::from_millis(2));
                        }
                        done.lock().unwrap().push((url, began.elapsed().as_secs_f64()));
                    }
                });
            }
        });
        let (agent, done) = (agent(), done.into_inner().unwrap());
        for (url, _) in done.iter().filter(|_| !each) {
            self.wait(&agent, url, Duration::from_millis(20));
        }
        done.into_iter().map(|(_, seconds)| seconds).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        stop(&mut self.service);
        let _ = std::io::stdout().flush();
    }
}

fn stop(service: &mut Child) {
    // Its number may be another's by now.
    if service.try_wait().is_ok_and(|ended| ended.is_some()) {
        return;
    }
    let _ = Command::new("kill").arg(service.id().to_string()).status();
    let _ = service.wait();
}

/// A share of some values, from 0 to 1.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

pub fn token(base: &str, (id, secret): (&str, &str)) -> String {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let mut answer = agent().post(format!("{base}/oauth2/token")).send_form(form).unwrap();
    let token: serde_json::Value = answer.body_mut().read_json().unwrap();
    token["access_token"].as_str().expect("a token").to_owned()
}

pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.current_dir(folder).env("CHARTRIER_DATA", folder.join("data")).stdout(Stdio::null());
    command
}

/// A process's peak resident memory so far, in KiB; 0 once it is gone.
pub fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// The database server runs as another user when the bench runs as root.
pub fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Processor time of a process, user and system, in seconds (`/proc/pid/stat`, fields 14 and 15).
pub fn cpu_seconds(pid: u32) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// Runs a reference with nothing else; wall and processor seconds of it and of what it started.
pub fn reference(command: &mut Command) -> Cost {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let children = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6
    };
    let (before, began) = (children(), Instant::now());
    assert!(command.stdout(Stdio::null()).status().unwrap().success(), "{command:?}");
    Cost { wall_seconds: began.elapsed().as_secs_f64(), cpu_seconds: children() - before }
}
