//! Assembles the parts and runs them until told to stop. The only place that knows them all.

use std::net::SocketAddr;
use std::process::ExitCode;

use futures_util::future;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

use crate::access::Access;
use crate::antivirus::Scanner;
use crate::at_rest::AtRest;
use crate::attestation::Attestations;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::cluster::Archive;
use crate::db::{self, Cluster, Db};
use crate::drafting::Drafting;
use crate::identity::{Identity, Provider};
use crate::ingest::Ingest;
use crate::keys::{self, Keys};
use crate::mail::{self, Mail};
use crate::membership::accounts::Accounts;
use crate::preservation::Preservation;
use crate::pronom::Pronom;
use crate::recovery::Recovery;
use crate::sealing::{Authorities, Sealing, Witnessing};
use crate::storage::{self, Storage};
use crate::survey::Surveys;
use crate::timestamp::{self, Authority};
use crate::trust::Trust;
use crate::web;
use crate::witness::{self, Witness};
use crate::worker::{self, Turns, Worker};

/// The parts, assembled, before anything runs.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub storage: Storage,
    pub identity: Identity,
    pub ingest: Ingest,
    pub drafting: Drafting,
    pub preservation: Preservation,
    pub keys: Keys,
    pub authorities: Vec<Authority>,
    pub witnesses: Vec<Witness>,
    pub mail: Mail,
    pub provider: Option<Provider>,
    /// Our own PostgreSQL, when the settings name no other.
    cluster: Option<Cluster>,
}

/// Why the program does not start; a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("base de données : {0}")]
    Cluster(#[from] db::cluster::Error),
    #[error("{0}")]
    Db(#[from] db::Error),
    #[error("réglage database.url : {0}")]
    Address(#[from] db::WrongAddress),
    #[error("stockage : {0}")]
    Storage(#[from] storage::Error),
    #[error("horodatage : {0}")]
    Timestamp(#[from] timestamp::Error),
    #[error("témoins : {0}")]
    Witness(#[from] witness::Error),
    #[error("clés : {0}")]
    Keys(#[from] keys::Error),
    #[error("adresse d'écoute : {0}")]
    Listen(#[from] std::io::Error),
    #[error("{0}")]
    Mail(#[from] mail::WrongSettings),
    #[error("fournisseur d'identité : {0}")]
    Provider(#[from] reqwest::Error),
    #[error("réglage log.level : {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
}

impl App {
    /// Starts or reaches the database, brings the schema of our own up to date, opens the sites.
    pub async fn open(config: Config, clock: Clock) -> Result<App, Error> {
        let (settings, cluster) = database(&config).await?;
        if cluster.is_some() {
            db::migrate(&settings).await?;
        }
        let db = Db::connect(&settings, clock.clone()).await?;
        if cluster.as_ref().is_some_and(Cluster::is_alone) {
            db::jobs::release_all_since_no_other_worker_lives(&db).await?;
        }
        let storage = Storage::open(&storage::Settings {
            sites: config.sites.clone(),
            quarantine: config.data.join("quarantine"),
            grouped_bytes_max: config.storage_grouped_bytes,
            free_bytes_min: config.storage_free_bytes_min,
            slow_after: storage::SLOW_AFTER,
            clock: clock.clone(),
        })?;
        for warning in storage.warnings() {
            tracing::warn!("{warning}");
        }
        let limits = config.limits.clone();
        let ingest =
            Ingest::new(db.clone(), storage.clone(), clock.clone(), limits, config.quarantine_refused_days)
                .with_waiting_max(config.storage_waiting_max)
                .with_room_days(config.quota_machine_wait_days)
                .with_scanner(config.antivirus.clone().map(Scanner::new))
                .with_trust(Trust::new(config.signature_anchors.clone()));
        let (limits, signatures) = (config.limits.clone(), ingest.signatures().clone());
        let drafting = Drafting::new(db.clone(), storage.clone(), clock.clone(), limits, signatures);
        let identity = Identity::new(db.clone(), clock.clone(), at_rest(keys(&config)));
        let preservation =
            Preservation::new(db.clone(), storage.clone(), clock.clone(), config.integrity.clone());
        let keys = keys(&config);
        let authorities = config.timestamp.iter().cloned().map(Authority::new).collect::<Result<_, _>>()?;
        let witnesses = config.witnesses.iter().cloned().map(Witness::new).collect::<Result<_, _>>()?;
        let provider = config.provider.clone().map(Provider::new).transpose()?;
        let mail = Mail::new(
            db.clone(),
            clock.clone(),
            config.mail.as_ref(),
            &config.public_url,
            at_rest(keys.clone()),
        )?;
        Ok(App {
            config,
            clock,
            db,
            storage,
            identity,
            ingest,
            drafting,
            preservation,
            keys,
            authorities,
            witnesses,
            mail,
            provider,
            cluster,
        })
    }

    /// The operations on signatures of formats.
    pub fn pronom(&self) -> Pronom {
        let signatures = self.ingest.signatures().clone();
        Pronom::new(self.db.clone(), self.storage.clone(), self.clock.clone(), signatures)
    }

    /// The operations on seals.
    pub fn sealing(&self) -> Sealing {
        let sealing =
            Sealing::new(self.db.clone(), self.storage.clone(), self.keys.clone(), self.clock.clone());
        let (renew_days, clock_tolerance) = (self.config.renew_days, self.config.clock_tolerance);
        let sealing = sealing.with_witnessing(Witnessing {
            keys: witness_keys(&self.config),
            logs: self.config.witnessed.clone(),
            witnesses: self.witnesses.clone(),
        });
        sealing.with_authorities(Authorities { all: self.authorities.clone(), renew_days, clock_tolerance })
    }

    /// Runs the web door, the background door, or both, until [`Running::stop`].
    pub fn start(self, web: bool, work: bool) -> Result<Running, Error> {
        let (stop, stopped) = watch::channel(false);
        let state = self.state();
        // The doors first: an address already taken is said before any job is claimed.
        let metrics = web::serve_metrics(state.clone(), stopped.clone())?;
        let mut tasks = vec![metrics.task];
        let mut address = None;
        if web {
            let served = web::serve(state, stopped.clone())?;
            address = Some(served.address);
            tasks.push(served.task);
        }
        if work {
            // Made at the first start: what cannot be sealed must be known now.
            self.keys.in_use(self.clock.now())?;
            if self.keys.has_own_passphrase() {
                tracing::warn!(
                    "la phrase secrète des clés est gardée à côté d'elles : réglez keys.passphrase_file"
                );
            }
            let worker = Worker {
                db: self.db.clone(),
                ingest: self.ingest.clone(),
                drafting: self.drafting.clone(),
                pronom: self.pronom(),
                preservation: self.preservation.clone(),
                recovery: Recovery::new(self.db.clone(), self.storage.clone(), self.clock.clone()),
                sealing: self.sealing(),
                mail: self.mail.clone(),
                access: Access::new(self.db.clone(), self.storage.clone(), self.clock.clone()),
                clock: self.clock.clone(),
                turns: Turns::new(self.config.share.jobs),
                lease: self.config.worker_lease,
                grace: worker::GRACE,
            };
            tasks.push(tokio::spawn(worker.run(self.config.worker_jobs, stopped)));
        }
        Ok(Running { address, metrics_address: metrics.address, app: self, stop, tasks })
    }

    fn state(&self) -> web::State {
        let db = self.db.with_statements_of_at_most(self.config.share.statement_max);
        web::State {
            db: db.clone(),
            storage: self.storage.clone(),
            identity: self.identity.clone(),
            ingest: self.ingest.clone(),
            drafting: self.drafting.clone(),
            pronom: self.pronom(),
            preservation: self.preservation.clone(),
            attestations: Attestations::new(db.clone(), self.storage.clone(), &self.config.public_url),
            sealing: self.sealing(),
            provider: self.provider.clone(),
            accounts: Accounts::new(
                self.db.clone(),
                self.clock.clone(),
                at_rest(self.keys.clone()),
                self.config.mail.is_some(),
            ),
            surveys: Surveys::new(
                db.clone(),
                self.clock.clone(),
                at_rest(self.keys.clone()),
                self.config.mail.is_some(),
            ),
            asked: web::pages::verify::Asked::default(),
            shares: web::shares::Shares::new(self.config.share.web),
            access: Access::new(db, self.storage.clone(), self.clock.clone()),
            clock: self.clock.clone(),
            settings: web::Settings {
                listen: self.config.listen,
                metrics_listen: self.config.metrics_listen,
                public_url: self.config.public_url.clone(),
                trusted_proxy: self.config.trusted_proxy,
                second_factor: self.config.second_factor,
                is_demonstration: self.config.is_demonstration,
                tls: self.config.tls.clone(),
                received_bytes_max: self.config.limits.received_bytes_max,
                shares: self.config.share.web,
            },
        }
    }

    /// Closes the connections and stops our own database.
    pub async fn close(self) -> Result<(), Error> {
        self.db.close().await;
        if let Some(cluster) = self.cluster {
            tokio::task::spawn_blocking(move || cluster.stop()).await.map_err(std::io::Error::other)??;
        }
        Ok(())
    }
}

/// The database of the settings, started when it is ours.
pub async fn database(config: &Config) -> Result<(db::Settings, Option<Cluster>), Error> {
    if let Some(url) = &config.database_url {
        return Ok((shared(db::Settings::new(url, config.database_connections)?, config), None));
    }
    let cluster = Cluster::start(&config.data, archive(config).as_ref()).await?;
    let settings = shared(db::Settings::new(&cluster.address(), config.database_connections)?, config);
    Ok((settings, Some(cluster)))
}

/// With what one member may hold of the connections.
fn shared(mut settings: db::Settings, config: &Config) -> db::Settings {
    settings.of_one_tenant = config.share.connections;
    settings.turn_max = config.share.connection_wait;
    settings
}

/// Where the settings have the database's backups kept.
pub fn archive(config: &Config) -> Option<Archive> {
    config
        .backup
        .as_ref()
        .map(|backup| Archive { folder: backup.folder.clone(), wal_seconds: backup.wal_seconds })
}

/// The service, running.
pub struct Running {
    /// Of the portal and API, when the web door runs.
    pub address: Option<SocketAddr>,
    pub metrics_address: SocketAddr,
    pub app: App,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Lets what runs finish, or gives it back, then stops everything that was started, database included.
    pub async fn stop(self) -> Result<(), Error> {
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the service died");
            }
        }
        self.app.close().await
    }

    /// Serves until the supervisor or Ctrl-C asks for the end, or until a part ends unasked: then the answer is 2,
    /// and a supervisor starts everything again.
    pub async fn until_told(mut self) -> Result<ExitCode, Error> {
        let code = tokio::select! {
            told = told_to_stop() => {
                told?;
                tracing::info!("arrêt demandé");
                ExitCode::SUCCESS
            }
            _ = future::select_all(&mut self.tasks) => {
                tracing::error!("une partie du service s'est arrêtée d'elle-même");
                // A task that has ended cannot be waited for again.
                self.tasks.retain(|task| !task.is_finished());
                ExitCode::from(2)
            }
            status = lost(&mut self.app.cluster) => {
                tracing::error!(%status, "la base PostgreSQL s'est arrêtée");
                ExitCode::from(2)
            }
        };
        self.stop().await?;
        Ok(code)
    }
}

/// Ends when the server that is ours does.
async fn lost(cluster: &mut Option<Cluster>) -> String {
    match cluster {
        Some(cluster) => cluster.lost().await,
        None => future::pending().await,
    }
}

/// Ends at SIGTERM or SIGINT.
pub async fn told_to_stop() -> Result<(), std::io::Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Sends the logs to standard error, as text or JSON. Called once.
pub fn start_logs(config: &Config) -> Result<(), Error> {
    let filter = EnvFilter::try_new(&config.log_level)?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if config.log_json { logs.json().try_init() } else { logs.with_target(false).try_init() };
    Ok(())
}

/// Kills this process where `CHARTRIER_FAIL_KILL` names a fail point: what a crash does there, a test sees.
#[cfg(feature = "failpoints")]
#[expect(clippy::disallowed_methods, reason = "a test's variable, not a setting")]
pub fn kill_where_the_test_says() {
    if let Ok(point) = std::env::var("CHARTRIER_FAIL_KILL") {
        let kill = || {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::this(), nix::sys::signal::Signal::SIGKILL);
        };
        fail::cfg_callback(point, kill).expect("a fail point takes a callback");
    }
}

/// The service's signing keys.
pub fn keys(config: &Config) -> Keys {
    Keys::new(&config.data.join("keys"), config.keys_passphrase_file.as_deref(), &config.evidence_name)
}

/// What secrets are kept encrypted with, made with the keys at the first need.
pub fn at_rest(keys: Keys) -> AtRest {
    AtRest::new(move || keys.at_rest().map_err(|error| error.to_string()))
}

/// The keys by which the service cosigns the heads of others: apart from those that sign its own.
fn witness_keys(config: &Config) -> Keys {
    let folder = config.data.join("keys/temoin");
    let name = format!("{}/temoin", config.evidence_name);
    Keys::new(&folder, config.keys_passphrase_file.as_deref(), &name)
}
