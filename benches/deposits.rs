//! Small deposits taken in charge per second: one manifest and three PDF, 200 KB in all, over the API, two
//! sites, durable (`fsync` and `synchronous_commit` on), eight clients at once.
//!
//! `make bench`, or `cargo bench --bench deposits -- [count]`. Prints the rate, what the program and
//! PostgreSQL spent of processor time, and the program's peak resident memory.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[path = "../tests/support/sip.rs"]
#[expect(dead_code, reason = "shared with the tests, which use the rest")]
mod sip;

const CLIENTS: usize = 8;
const SECRET: &str = "secret-du-banc";
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
transfer_bytes_max = 10000000000
state = "active"
[[machine]]
client_id = "banc"
name = "Banc"
agreements = ["ACCORD-TEST"]
secret = "secret-du-banc"
"#;

fn main() {
    let count = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000);
    let folder = tempfile::Builder::new().prefix("chartrier-banc").tempdir_in("/var/tmp").unwrap();
    open_to_all(folder.path());
    let tenants = folder.path().join("tenants/banc");
    std::fs::create_dir_all(&tenants).unwrap();
    std::fs::write(tenants.join("member.toml"), MEMBER).unwrap();
    let applied =
        program(folder.path()).args(["tenants", "apply"]).arg(folder.path().join("tenants")).status();
    assert!(applied.unwrap().success(), "the member is applied");

    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = Service(
        program(folder.path())
            .args(["serve", "--with-worker"])
            .env("CHARTRIER_LISTEN", address.to_string())
            .env("CHARTRIER_METRICS_LISTEN", "127.0.0.1:0")
            .env("CHARTRIER_LOG_LEVEL", "warn")
            .spawn()
            .unwrap(),
    );
    while std::net::TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let base = format!("http://{address}");
    let token = token(&base);
    let deposits: Vec<Vec<u8>> = (0..count).map(small_deposit).collect();
    deposit_all(&base, &token, &deposits[..count / 10]);
    let (before, began) = (cpu_seconds(service.0.id()), Instant::now());
    deposit_all(&base, &token, &deposits[count / 10..]);
    let (elapsed, measured) = (began.elapsed().as_secs_f64(), count - count / 10);
    let cpu = cpu_seconds(service.0.id()) - before;
    println!(
        "petits versements : {measured} pris en charge en {elapsed:.2} s, {:.1} par seconde",
        measured as f64 / elapsed
    );
    println!(
        "  octets par versement : {} ; clients : {CLIENTS} ; sites : 2 ; fsync et synchronous_commit actifs",
        deposits[0].len()
    );
    println!(
        "  processeur du service : {cpu:.2} s, soit {:.2} ms par versement",
        1_000.0 * cpu / measured as f64
    );
    println!("  mémoire résidente au plus : {} Kio", peak_kib(service.0.id()));
}

/// One manifest and three files of incompressible bytes, 200 KB in all.
fn small_deposit(number: usize) -> Vec<u8> {
    let mut sip = sip::Sip::with_files(&format!("BANC-{}-{number}", std::process::id()), 3);
    for (index, (_, bytes)) in sip.files.iter_mut().enumerate() {
        let mut state = (number * 3 + index + 1) as u64 | 1;
        bytes.extend((0..66_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        }));
    }
    sip.zip()
}

/// Deposits everything from `CLIENTS` clients, then waits until all of it is taken in charge.
fn deposit_all(base: &str, token: &str, deposits: &[Vec<u8>]) {
    let next = AtomicUsize::new(0);
    let places = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let agent = agent();
                while let Some(bytes) = deposits.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut answer = agent
                        .post(format!("{base}/api/v1/transfers"))
                        .header("Authorization", format!("Bearer {token}"))
                        .header("Content-Type", "application/zip")
                        .send(&bytes[..])
                        .unwrap();
                    assert_eq!(answer.status(), 202, "{:?}", answer.body_mut().read_to_string());
                    places.lock().unwrap().push(answer.headers()["location"].to_str().unwrap().to_owned());
                }
            });
        }
    });
    let agent = agent();
    for place in places.into_inner().unwrap() {
        wait(&agent, base, token, &place);
    }
}

fn wait(agent: &ureq::Agent, base: &str, token: &str, place: &str) {
    let url = if place.starts_with("http") { place.to_owned() } else { format!("{base}{place}") };
    loop {
        let mut answer = agent.get(&url).header("Authorization", format!("Bearer {token}")).call().unwrap();
        let transfer: serde_json::Value = answer.body_mut().read_json().unwrap();
        match transfer["state"].as_str() {
            Some("taken_in_charge") => return,
            Some("refused") => panic!("refused: {transfer}"),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn token(base: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("client_id", "banc"), ("client_secret", SECRET)];
    let mut answer = agent().post(format!("{base}/oauth2/token")).send_form(form).unwrap();
    let token: serde_json::Value = answer.body_mut().read_json().unwrap();
    token["access_token"].as_str().expect("a token").to_owned()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn program(folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.current_dir(folder).env("CHARTRIER_DATA", folder.join("data")).stdout(Stdio::null());
    command
}

struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
        let _ = std::io::stdout().flush();
    }
}

/// The database server runs as another user when the bench runs as root.
fn open_to_all(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Processor time of a process, user and system, in seconds (`/proc/pid/stat`, fields 14 and 15).
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn peak_kib(pid: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or("?").to_owned()
}
