//! A place where the real program runs in a process of its own: a database, two sites, one member, and a
//! client that speaks to it as a machine does.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chartrier::clock::Clock;
use chartrier::db::{self, Db, Settings};
use chartrier::ingest::Ingest;
use chartrier::ingest::archivist::Decider;
use chartrier::model::{Limits, TenantId, TransferId, TransferState};
use chartrier::storage::{self, Storage};
use chartrier::{evidence, ingest, membership};
use serde_json::Value;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::database;

/// The member of every place, with the parties that `Sip` names.
const MEMBER: &str = r#"
code = "essai"
name = "Commune d'essai"
kind = "commune"
siren = "219600004"
department = "96"
[quota]
bytes = 100000000000
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
name = "Automatique"
acceptance = "automatic"
archival_agency = "ARCHIVES-TEST"
transferring = ["VERSANT-TEST"]
originating = ["PRODUCTEUR-TEST"]
transfer_bytes_max = 100000000000
state = "active"
[[agreement]]
identifier = "ACCORD-ARCHIVISTE"
name = "Avec archiviste"
acceptance = "archivist"
archival_agency = "ARCHIVES-TEST"
transferring = ["VERSANT-TEST"]
originating = ["PRODUCTEUR-TEST"]
transfer_bytes_max = 100000000000
state = "active"
# The names that a transfer of the corpus bears.
[[party]]
identifier = "Identifier4"
name = "Archives d'ailleurs"
parts = ["archival"]
[[party]]
identifier = "Identifier5"
name = "Versant d'ailleurs"
parts = ["transferring"]
[[party]]
identifier = "FRAN_NP_009913"
name = "Producteur d'ailleurs"
parts = ["originating"]
[[agreement]]
identifier = "ArchivalAgreement0"
name = "D'ailleurs"
acceptance = "automatic"
archival_agency = "Identifier4"
transferring = ["Identifier5"]
originating = ["FRAN_NP_009913"]
transfer_bytes_max = 100000000000
state = "active"
[[person]]
login = "secretaire"
name = "Anne Secrétaire"
roles = ["depositor", "producer"]
password = "mot-de-passe-d-essai"
[[person]]
login = "archiviste"
name = "Paul Archiviste"
roles = ["archivist"]
password = "mot-de-passe-d-essai"
[[machine]]
client_id = "essai"
name = "Machine d'essai"
agreements = ["ACCORD-TEST", "ACCORD-ARCHIVISTE", "ArchivalAgreement0"]
secret = "secret-d-essai-assez-long"
"#;

/// Its convention.
pub const CONVENTION: &str = include_str!("../fixtures/convention.toml");

/// A migrated database with the member, copied for each place.
const TEMPLATE: &str = "place_template";

/// Where one service runs; its folder goes with it.
pub struct Place {
    folder: tempfile::TempDir,
    address: String,
    runtime: Runtime,
    db: Db,
    storage: Storage,
    ingest: Ingest,
    tenant: TenantId,
}

impl Place {
    /// A place where nothing has been deposited.
    pub fn fresh() -> Place {
        let runtime = Runtime::new().unwrap();
        let template = template();
        let name = format!("place_{}", Uuid::new_v4().simple());
        let address = template.replace(&format!("/{TEMPLATE}?"), &format!("/{name}?"));
        runtime.block_on(superuser(&format!(
            "create database {name} template {TEMPLATE} owner chartrier_owner"
        )));
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let db = runtime.block_on(Db::connect(&Settings::new(&address, 4).unwrap(), clock.clone())).unwrap();
        let sites =
            ["nord", "sud"].map(|site| (site.to_owned(), folder.path().join("data/sites").join(site)));
        let settings = storage::Settings::folders(sites, folder.path().join("data/quarantine"));
        let storage = Storage::open(&settings).unwrap();
        let ingest = Ingest::new(db.clone(), storage.clone(), clock, Limits::default(), 0);
        Place { folder, address, runtime, db, storage, ingest, tenant: TenantId::of_member("essai") }
    }

    /// The folder of everything the service keeps on disk.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the environment of the service must say.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("CHARTRIER_DATA", self.folder().join("data")),
            ("CHARTRIER_DATABASE_URL", self.address.clone().into()),
            ("CHARTRIER_INTEGRITY_CANARIES", "0".into()),
            ("CHARTRIER_PEOPLE_SECOND_FACTOR", "offered".into()),
            ("CHARTRIER_QUARANTINE_REFUSED_DAYS", "0".into()),
            ("CHARTRIER_WORKER_LEASE_SECONDS", "1".into()),
        ]
    }

    /// Where somebody is written to.
    pub fn give_address(&self, login: &str, email: &str) {
        self.runtime.block_on(async {
            let mut tx = self.db.write(self.tenant).await.unwrap();
            let statement = "update platform.person set email = $2 where login = $1";
            let done = sqlx::query(statement).bind(login).bind(email).execute(tx.conn()).await.unwrap();
            assert_eq!(done.rows_affected(), 1);
            tx.record(chartrier::model::Event {
                event_type: chartrier::model::EventType::Parametrage,
                outcome: chartrier::model::Outcome::Ok,
                agent: chartrier::model::Agent::Operator,
                object: format!("login:{login}"),
                detail: Vec::new(),
            });
            tx.commit().await.unwrap();
        });
    }

    /// Applies the members' files as the operator does: the member's own with more written in it, and another member's beside
    /// it when there is one, its code then its file. What the command said.
    pub fn apply(&self, more: &str, other: Option<(&str, &str)>) -> String {
        let folder = self.folder().join("tenants");
        let own = format!("{MEMBER}{CONVENTION}{more}");
        for (code, text) in std::iter::once(("essai", own.as_str())).chain(other) {
            std::fs::create_dir_all(folder.join(code)).unwrap();
            std::fs::write(folder.join(code).join("member.toml"), text).unwrap();
        }
        let (code, said) = self.run(&["tenants", "apply", folder.to_str().unwrap()], &[]);
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// A column of the member's rows, as text.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let sql = format!("select coalesce(x::text, '-') from ({sql}) as t (x)");
        self.runtime.block_on(async {
            let mut tx = self.db.read(self.tenant).await.unwrap();
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(tx.conn()).await.unwrap()
        })
    }

    /// A column of the platform's rows, as text.
    pub fn platform(&self, sql: &str) -> Vec<String> {
        let sql = format!("select coalesce(x::text, '-') from ({sql}) as t (x)");
        self.runtime.block_on(async {
            let mut tx = self.db.technical().await.unwrap();
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(tx.conn()).await.unwrap()
        })
    }

    /// Runs a command of the program; its exit code (none: it was killed) and what it said.
    pub fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
        command.args(arguments).envs(self.variables()).envs(variables.iter().copied());
        let output = command.current_dir(self.folder()).output().expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// What the service has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("service.log")).unwrap_or_default()
    }

    /// An archivist, who did not deposit it, accepts the transfer.
    pub fn approve(&self, transfer: &str) {
        let id = TransferId(transfer.parse().unwrap());
        let by = chartrier::model::PersonId(Uuid::new_v4());
        self.runtime
            .block_on(self.ingest.approve(self.tenant, Decider::of_all(by), id))
            .unwrap()
            .expect("it was waiting");
    }

    /// What must hold once everything is over: one live transfer, one archive whole on every site and marked,
    /// nothing left in quarantine, a reply, a journal that verifies, no job left.
    pub fn check_end(
        &self,
        message_identifier: &str,
        expected: TransferState,
        client: &Client,
        transfer: &str,
    ) -> Result<(), String> {
        let id = TransferId(transfer.parse().map_err(|_| "no identifier")?);
        client.text(&format!("/api/v1/transfers/{transfer}/reply"))?;
        self.no_job_left()?;
        self.runtime.block_on(async {
            let mut tx = self.db.read(self.tenant).await.map_err(said)?;
            let all = ingest::queries::transfers_page(&mut tx, &Default::default(), None, 100)
                .await
                .map_err(said)?;
            let alive = all.iter().filter(|t| t.state != TransferState::Refused).count();
            let wanted = usize::from(expected == TransferState::TakenInCharge);
            if alive != wanted || all.len() != 1 {
                return Err(format!("{} transfers, {alive} alive", all.len()));
            }
            let found = &all[0];
            if found.transfer_id != id || found.message_identifier.as_deref() != Some(message_identifier) {
                return Err("another transfer".into());
            }
            evidence::verify_journal(&mut tx).await.map_err(said)?;
            if let Some(archive) = found.archive_id {
                let store = self.storage.tenant(self.tenant);
                for copy in store.check(archive).map_err(said)? {
                    if !copy.faults.is_empty() {
                        return Err(format!("copy on {}: {}", copy.site, copy.faults[0]));
                    }
                }
                if !store.is_confirmed(archive).map_err(said)? {
                    return Err("no commit marker".into());
                }
            }
            Ok(())
        })?;
        // A deposit cut between its file and its row leaves a file that no row names: the sweeper's.
        let kept = self.storage.quarantine().older_than(self.tenant, Duration::ZERO).map_err(said)?;
        if kept.contains(&id) { Err("the transfer's bytes are still in quarantine".into()) } else { Ok(()) }
    }

    /// The member's journal holds, and says this of what its entries are about: event type and text, in order.
    pub fn journal_of(&self, object_like: &str) -> Vec<(String, String)> {
        self.runtime.block_on(async {
            let mut tx = self.db.read(self.tenant).await.unwrap();
            evidence::verify_journal(&mut tx).await.unwrap();
            sqlx::query_as("select event_type, entry from event where object like $1 order by seq")
                .bind(object_like)
                .fetch_all(tx.conn())
                .await
                .unwrap()
        })
    }

    /// What no draft names goes, as it does once it is a day old.
    pub fn sweep_drafts(&self) {
        let drafting = super::drafting(&self.db, &self.storage, &Clock::system(), &self.ingest);
        self.runtime.block_on(drafting.sweep_older_than(self.tenant, Duration::ZERO)).unwrap();
    }

    /// Files of any kind that wait in quarantine, those of drafts included; what is known of the sites is none.
    pub fn in_quarantine(&self) -> Vec<PathBuf> {
        let (mut folders, mut found) = (vec![self.folder().join("data/quarantine")], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true if path.ends_with(".sites") => {}
                    true => folders.push(path),
                    // What the service writes and removes again, to see whether it may write.
                    false
                        if path
                            .file_name()
                            .is_some_and(|name| name.to_string_lossy().starts_with(".essai-")) => {}
                    false => found.push(path),
                }
            }
        }
        found
    }

    fn no_job_left(&self) -> Result<(), String> {
        let began = Instant::now();
        loop {
            let counts =
                self.runtime.block_on(db::jobs::counts(&self.db, Clock::system().now())).map_err(said)?;
            if counts.set_aside > 0 {
                return Err("a job was set aside".into());
            }
            if counts.due + counts.later + counts.running == 0 {
                return Ok(());
            }
            if began.elapsed() > Duration::from_secs(20) {
                return Err(format!("jobs left: {counts:?}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.runtime.block_on(self.db.close());
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The template's address; made once.
fn template() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| std::thread::spawn(make_template).join().expect("a template database"))
}

fn make_template() -> String {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let address = database::own_database(TEMPLATE).await;
        let settings = Settings::new(&address, 2).unwrap();
        db::migrate(&settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("essai")).unwrap();
        std::fs::write(folder.path().join("essai/member.toml"), format!("{MEMBER}{CONVENTION}")).unwrap();
        let clock = Clock::system();
        let db = Db::connect(&settings, clock.clone()).await.unwrap();
        membership::apply(&db, &super::vault::storage(), folder.path(), &clock, membership::Taking::Files)
            .await
            .unwrap();
        db.close().await;
        address
    })
}

async fn superuser(statement: &str) {
    let mut connection = database::connect_as("chartrier_superuser", "postgres").await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
}

/// A machine of the member.
pub struct Client {
    base: String,
    token: String,
    agent: ureq::Agent,
}

impl Client {
    /// Logs in with the client's credentials.
    pub fn new(address: SocketAddr) -> Client {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let base = format!("http://{address}");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "essai"),
            ("client_secret", "secret-d-essai-assez-long"),
        ];
        let mut answer = agent.post(format!("{base}/oauth2/token")).send_form(form).unwrap();
        let token: Value = answer.body_mut().read_json().unwrap();
        let token = token["access_token"].as_str().expect("a token").to_owned();
        Client { base, token, agent }
    }

    /// Deposits; the transfer's identifier, or why there is none (the service died meanwhile).
    pub fn deposit(&self, bytes: &[u8]) -> Result<String, String> {
        let answer = self
            .agent
            .post(format!("{}/api/v1/transfers", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/zip")
            .send(bytes);
        let mut answer = answer.map_err(said)?;
        if answer.status() != 202 && answer.status() != 200 {
            return Err(answer.body_mut().read_to_string().unwrap_or_default());
        }
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        Ok(place.rsplit('/').next().unwrap().to_owned())
    }

    /// The transfer as the API tells it.
    pub fn transfer(&self, id: &str) -> Result<Value, String> {
        serde_json::from_str(&self.text(&format!("/api/v1/transfers/{id}"))?).map_err(said)
    }

    /// The body of a page, when it answers 200.
    pub fn text(&self, path: &str) -> Result<String, String> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut answer =
            request.header("Authorization", format!("Bearer {}", self.token)).call().map_err(said)?;
        let text = answer.body_mut().read_to_string().map_err(said)?;
        if answer.status() == 200 { Ok(text) } else { Err(format!("{path} : {} {text}", answer.status())) }
    }

    /// Waits until the transfer is in one of these states; which one.
    pub fn wait_for(&self, id: &str, states: &[&str]) -> Result<String, String> {
        let began = Instant::now();
        loop {
            let transfer = self.transfer(id)?;
            let state = transfer["state"].as_str().unwrap_or_default().to_owned();
            if states.contains(&state.as_str()) {
                return Ok(state);
            }
            if began.elapsed() > Duration::from_secs(90) {
                return Err(format!("still {state} after 90 s"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The real program, in a process of its own.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
}

impl Service {
    /// Starts `serve --with-worker`, with these variables beside the place's own; answers when it returns.
    pub fn start(place: &Place, variables: &[(&str, &str)]) -> Service {
        Self::start_at(place, free_address(), variables)
    }

    /// The same at an address that is free.
    pub fn start_at(place: &Place, address: SocketAddr, variables: &[(&str, &str)]) -> Service {
        let metrics = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
        command.args(["serve", "--with-worker"]).envs(place.variables()).envs(variables.iter().copied());
        command
            .env("CHARTRIER_LISTEN", address.to_string())
            .env("CHARTRIER_METRICS_LISTEN", metrics.to_string());
        command.current_dir(place.folder()).stdout(Stdio::null());
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(place.folder().join("service.log"));
        let child = command.stderr(log.unwrap()).spawn().expect("the program starts");
        let service = Service { child, address };
        let began = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the service does not answer: {}",
                place.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        service
    }

    /// Whether the process ends by itself within this time.
    pub fn has_died_within(&mut self, most: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < most {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Peak resident memory so far, in KiB.
    pub fn peak_kib(&self) -> u64 {
        self.status_kib("VmHWM")
    }

    /// The same without the pages of files, which are the program's own text: large, when nothing of it is optimised.
    pub fn own_peak_kib(&self) -> u64 {
        self.status_kib("VmHWM").saturating_sub(self.status_kib("RssFile"))
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).expect("Linux says it");
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody takes before the service does: below the ports that the system gives by itself, each given once.
fn free_address() -> SocketAddr {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let place = std::process::id() * 97 + GIVEN.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], 10_000 + (place % 20_000) as u16));
        if std::net::TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
