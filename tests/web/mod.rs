//! The HTTP door, asked over a real connection as browsers and machines do.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use chartrier::access::Access;
use chartrier::antivirus::Scanner;
use chartrier::attestation::Attestations;
use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::drafting::Drafting;
use chartrier::identity::{Identity, LogIn};
use chartrier::ingest::Ingest;
use chartrier::membership::accounts::Accounts;
use chartrier::model::{Limits, ReplyForm, Role, Transfer, TransferId};
use chartrier::preservation::{self, Preservation};
use chartrier::pronom::Pronom;
use chartrier::sealing::Sealing;
use chartrier::storage::Storage;
use chartrier::survey::Surveys;
use chartrier::web::{self, Served, Settings, State};
use serde_json::Value;
use tokio::sync::watch;
use ureq::http::{HeaderMap, Method, Request};

use crate::support::sip::Sip;
use crate::support::{self, FreshTenant, PASSWORD, as_written, fresh_tenant, fresh_tenant_alone, vault};

mod account;
mod agreements;
mod annual;
mod attempts;
mod attestations;
mod awaiting;
mod bill;
mod checks;
mod connectors;
mod consultation;
mod coverage;
mod delivered;
mod deposit;
mod deposited;
mod derogations;
mod descriptions;
mod desks;
mod dossier;
mod drafting;
mod entries;
mod factor;
mod formats;
mod found;
mod frame;
mod integrity;
mod mirrors;
mod numbering;
mod openapi;
mod operations;
mod operator;
mod outside;
mod people;
mod pilot;
mod profiles;
mod proved;
mod readings;
mod register;
mod registers;
mod restservices;
mod schedule;
mod scoped;
mod shares;
mod simulations;
mod stocktaking;
mod survey;
mod tokens;
mod upload_ends;
mod uploads;
mod usage;
mod viruses;
mod vouchers;
mod witnesses;

/// A tenant with its door open.
struct Door {
    tenant: FreshTenant,
    ingest: Ingest,
    pronom: Pronom,
    preservation: Preservation,
    identity: Identity,
    address: SocketAddr,
    metrics_address: SocketAddr,
    served: Served,
    stop: watch::Sender<bool>,
}

/// What a door opens on.
struct Parts<'a> {
    db: &'a Db,
    storage: &'a Storage,
    clock: &'a Clock,
    sealing: Sealing,
}

impl Parts<'_> {
    fn state(self, settings: Settings, scanner: Option<Scanner>) -> State {
        let (db, storage, clock) = (self.db.clone(), self.storage.clone(), self.clock.clone());
        let limits = Limits { received_bytes_max: settings.received_bytes_max, ..Limits::default() };
        let ingest = Ingest::new(db.clone(), storage.clone(), clock.clone(), limits.clone(), 30);
        let ingest = ingest.with_scanner(scanner);
        let signatures = ingest.signatures().clone();
        let drafting = Drafting::new(db.clone(), storage.clone(), clock.clone(), limits, signatures.clone());
        let checked = preservation::Settings::default();
        State {
            attestations: Attestations::new(db.clone(), storage.clone(), &settings.public_url),
            sealing: self.sealing,
            provider: None,
            accounts: Accounts::new(db.clone(), clock.clone(), support::at_rest(), false),
            surveys: Surveys::new(db.clone(), clock.clone(), support::at_rest(), false),
            asked: web::pages::verify::Asked::default(),
            identity: Identity::new(db.clone(), clock.clone(), support::at_rest()),
            shares: web::shares::Shares::new(settings.shares),
            ingest,
            drafting,
            pronom: Pronom::new(db.clone(), storage.clone(), clock.clone(), signatures),
            access: Access::new(db.clone(), storage.clone(), clock.clone()),
            preservation: Preservation::new(db.clone(), storage.clone(), clock.clone(), checked),
            db,
            storage,
            clock,
            settings,
        }
    }
}

/// More than any test asks, but those that look at what is refused.
fn plenty() -> web::shares::Settings {
    let share = web::shares::Share { per_second: 1_000, burst: 10_000, at_once: 100 };
    web::shares::Settings { requests: share, uploads: share }
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A request in the making.
struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Door {
    async fn open() -> Door {
        Door::with(|_| {}).await
    }

    /// With other settings.
    async fn with(change: impl FnOnce(&mut Settings)) -> Door {
        Door::made(change, None).await
    }

    async fn made(change: impl FnOnce(&mut Settings), scanner: Option<Scanner>) -> Door {
        Door::of(fresh_tenant().await, change, scanner)
    }

    /// On a database of its own: [`fresh_tenant_alone`] says for whom.
    async fn alone(database: &str) -> Door {
        Door::of(fresh_tenant_alone(database).await, |_| {}, None)
    }

    fn of(tenant: FreshTenant, change: impl FnOnce(&mut Settings), scanner: Option<Scanner>) -> Door {
        let mut settings = Settings {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            metrics_listen: (Ipv4Addr::LOCALHOST, 0).into(),
            public_url: "http://chartrier.test".into(),
            trusted_proxy: None,
            second_factor: false,
            is_demonstration: false,
            tls: None,
            received_bytes_max: 1 << 20,
            shares: plenty(),
        };
        change(&mut settings);
        let keys = std::env::temp_dir().join(format!("chartrier-keys-{}", tenant.code));
        let sealing = support::sealing(&tenant.db, &vault::storage(), &tenant.clock, &keys);
        let parts = Parts { db: &tenant.db, storage: &vault::storage(), clock: &tenant.clock, sealing };
        let state = parts.state(settings, scanner);
        let (ingest, identity) = (state.ingest.clone(), state.identity.clone());
        let (pronom, preservation) = (state.pronom.clone(), state.preservation.clone());
        let (stop, stopped) = watch::channel(false);
        let metrics = web::serve_metrics(state.clone(), stopped.clone()).unwrap();
        let served = web::serve(state, stopped).unwrap();
        let (address, metrics_address) = (served.address, metrics.address);
        Door { tenant, ingest, pronom, preservation, identity, address, metrics_address, served, stop }
    }

    /// Sends, as it is.
    async fn send(&self, ask: Ask) -> Answer {
        send(self.address, ask).await
    }

    /// Asks as the tenant's machine.
    async fn get(&self, path: &str) -> Answer {
        let token = self.token().await;
        self.send(get(path).bearer(&token)).await
    }

    /// A page of the API, which must answer 200.
    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// A token of the tenant's machine.
    async fn token(&self) -> String {
        self.identity.client_token(&self.tenant.client_id, PASSWORD).await.unwrap().expect("a token").token
    }

    /// A second machine of the member, under the same agreement: what it is called, and its secret.
    async fn another_machine(&self) -> (String, String) {
        use chartrier::membership::connectors::{self, Bus, New};
        let t = &self.tenant;
        let keeper = chartrier::membership::machines::Keeper::Operator(t.tenant);
        let agreements = vec![t.agreement.clone()];
        let new = New { name: "Une autre".into(), bus: Bus::Api, agreements, replies: ReplyForm::Asalae };
        let made = connectors::create(&t.db, &t.clock, keeper, new).await.unwrap().unwrap();
        let id = made.machine.0.simple().to_string();
        (format!("{}-{}-{}", t.code, Bus::Api.word(), &id[id.len() - 8..]), made.secret)
    }

    /// The session cookie and form token of the person who holds this role.
    async fn log_in(&self, role: Role) -> (String, String) {
        let address = Ipv4Addr::LOCALHOST.into();
        // Another test whose clock is days ahead may sweep a session away between the two lines.
        for _ in 0..3 {
            let opened = self.identity.log_in(&self.tenant.login(role), PASSWORD, address).await.unwrap();
            let LogIn::Opened(cookie) = opened else { panic!("{opened:?}") };
            if let Some(session) = self.identity.session(&cookie).await.unwrap() {
                return (cookie, session.csrf_token);
            }
        }
        panic!("a session that was just opened is not known");
    }

    /// A faultless transfer between this tenant's parties.
    fn sip(&self, identifier: &str) -> Sip {
        let t = &self.tenant;
        Sip::with_files(identifier, 3).between(
            &t.agreement,
            &t.archival_agency,
            &t.transferring_agency,
            &t.originating_agency,
        )
    }

    /// Deposits through the API; the answer.
    async fn post(&self, bytes: Vec<u8>) -> Answer {
        let token = self.token().await;
        let ask = post("/api/v1/transfers", bytes).bearer(&token).header("content-type", "application/zip");
        self.send(ask).await
    }

    /// Deposits through the API and lets the background work go to its end.
    async fn deposit(&self, bytes: Vec<u8>) -> Transfer {
        let answer = self.post(bytes).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let id = TransferId(answer.json()["transfer_id"].as_str().unwrap().parse().unwrap());
        self.ingest.advance(self.tenant.tenant, id).await.unwrap();
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        chartrier::ingest::queries::find_transfer(&mut tx, id).await.unwrap().expect("it was received")
    }

    /// How many consultations the journal holds.
    async fn consultations(&self) -> i64 {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar("select count(*) from event where event_type = 'CONSULTATION'")
            .fetch_one(tx.conn())
            .await
            .unwrap()
    }

    async fn end(self) {
        self.stop.send(true).unwrap();
        self.served.task.await.unwrap();
        self.tenant.end().await;
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn text(&self) -> String {
        as_written(&String::from_utf8_lossy(&self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The last part of the problem's type.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        kind.strip_prefix("urn:chartrier:problem:").expect("ours").to_owned()
    }
}

impl Ask {
    fn header(mut self, name: &'static str, value: impl Into<String>) -> Ask {
        self.headers.push((name, value.into()));
        self
    }

    fn bearer(self, token: &str) -> Ask {
        self.header("authorization", format!("Bearer {token}"))
    }

    fn cookie(self, value: &str) -> Ask {
        self.header("cookie", format!("chartrier={value}"))
    }
}

fn ask(method: Method, path: &str) -> Ask {
    Ask { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
}

fn get(path: &str) -> Ask {
    ask(Method::GET, path)
}

fn post(path: &str, body: impl Into<Vec<u8>>) -> Ask {
    Ask { body: body.into(), ..ask(Method::POST, path) }
}

/// A form as browsers write them.
fn form(path: &str, body: &str) -> Ask {
    post(path, body).header("content-type", "application/x-www-form-urlencoded")
}

/// An upload as browsers write it, its fields first; the body and its type.
fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> (Vec<u8>, String) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--limite\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").bytes());
        body.extend(format!("{value}\r\n").bytes());
    }
    if let Some((name, bytes)) = file {
        let head =
            format!("--limite\r\ncontent-disposition: form-data; name=\"fichier\"; filename=\"{name}\"\r\n");
        body.extend(head.bytes());
        body.extend(b"content-type: application/octet-stream\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--limite--\r\n");
    (body, "multipart/form-data; boundary=limite".into())
}

async fn send(address: SocketAddr, ask: Ask) -> Answer {
    let call = move || {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        let mut request =
            Request::builder().method(ask.method.clone()).uri(format!("http://{address}{}", ask.path));
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let sent = match ask.method {
            Method::GET | Method::HEAD => agent.run(request.body(()).unwrap()),
            _ => agent.run(request.body(ask.body).unwrap()),
        };
        let mut answer = sent.unwrap();
        let body =
            if ask.method == Method::HEAD { Vec::new() } else { answer.body_mut().read_to_vec().unwrap() };
        Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body }
    };
    tokio::task::spawn_blocking(call).await.unwrap()
}
