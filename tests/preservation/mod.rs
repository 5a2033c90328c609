//! Keeping archives whole: what is done to copies, what is said of it, how it is mended; the schedule, with a clock
//! that obeys.

mod audit;
mod away;
mod canaries;
#[cfg(feature = "failpoints")]
pub mod crash;
pub mod faults;
mod migration;
mod orphans;
mod rights;
mod schedule;
mod told;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::ingest::Ingest;
use chartrier::mail::Mail;
use chartrier::model::{Agent, ArchiveId, Event, EventType, Limits, Outcome, TenantId};
use chartrier::preservation::{Preservation, Scope, Settings, Totals};
use chartrier::pronom::Pronom;
use chartrier::recovery::Recovery;
use chartrier::storage::{self, Location, Storage};
use chartrier::worker::{Turns, Worker};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use crate::db::jobs::db_with;
use crate::storage::{archive, object, open_files};

/// A member with archives on sites of its own, in a database of the test's own: readings are planned over all
/// members.
pub struct Stage {
    pub db: Db,
    pub clock: Clock,
    pub tenant: TenantId,
    pub storage: Storage,
    pub preservation: Preservation,
    worker: Arc<Worker>,
    folder: TempDir,
}

/// As fast as the disks go, without canaries.
pub fn settings() -> Settings {
    Settings { bytes_per_second: 0, repair_bytes_per_second: 0, canaries: 0, ..Settings::default() }
}

impl Stage {
    /// So many archives, numbered from 1, on two sites.
    pub async fn with(archives: u128) -> Stage {
        Stage::new(archives, settings(), &["nord", "sud"]).await
    }

    pub async fn new(archives: u128, settings: Settings, sites: &[&str]) -> Stage {
        let clock = Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap());
        let name = format!("preservation_{}", Uuid::new_v4().simple());
        let db = db_with(&name, &clock, &["a"]).await;
        let folder = tempfile::tempdir().unwrap();
        let sites = sites.iter().map(|site| ((*site).to_owned(), folder.path().join(site)));
        let mut opened = storage::Settings::folders(sites, folder.path().join("quarantine"));
        opened.clock = clock.clone();
        let storage = Storage::open(&opened).unwrap();
        let preservation = Preservation::new(db.clone(), storage.clone(), clock.clone(), settings);
        let ingest = Ingest::new(db.clone(), storage.clone(), clock.clone(), Limits::default(), 30);
        let worker = Worker {
            db: db.clone(),
            pronom: Pronom::new(db.clone(), storage.clone(), clock.clone(), ingest.signatures().clone()),
            drafting: crate::support::drafting(&db, &storage, &clock, &ingest),
            ingest,
            preservation: preservation.clone(),
            recovery: Recovery::new(db.clone(), storage.clone(), clock.clone()),
            sealing: crate::support::sealing(&db, &storage, &clock, folder.path()),
            mail: Mail::new(
                db.clone(),
                clock.clone(),
                None,
                "http://chartrier.test",
                crate::support::at_rest(),
            )
            .unwrap(),
            access: chartrier::access::Access::new(db.clone(), storage.clone(), clock.clone()),
            clock: clock.clone(),
            turns: Turns::new(8),
            lease: Duration::from_secs(60),
            grace: Duration::from_secs(1),
        };
        let tenant = TenantId::of_member("a");
        let stage = Stage { db, clock, tenant, storage, preservation, worker: Arc::new(worker), folder };
        stage.enter_agreement().await;
        for number in 1..=archives {
            stage.take_in_charge(archive(number)).await;
        }
        stage.clock.advance(TimeDelta::hours(1));
        stage
    }

    /// An archive as a deposit leaves it.
    pub async fn take_in_charge(&self, archive: ArchiveId) {
        let store = self.storage.tenant(self.tenant);
        let copies = store.deposit(archive, &object(), &mut open_files).unwrap().complete().unwrap();
        let inventory = store.technical_metadata(archive).unwrap().inventory_sha512;
        self.enter(archive, &copies, &inventory).await;
    }

    async fn enter_agreement(&self) {
        self.write(
            "insert into party (party_id, identifier, name, archival)
             values ('00000000-0000-0000-0000-000000000001', 'SA', 'Archives', true);
             insert into agreement (agreement_id, identifier, name, state, archival_agency, acceptance, transfer_bytes_max)
             values (gen_random_uuid(), 'ACCORD', 'Accord', 'active', '00000000-0000-0000-0000-000000000001',
                     'automatic', 1000)",
        )
        .await;
    }

    /// Rows of an archive taken in charge, as short as the schema allows.
    async fn enter(&self, archive: ArchiveId, copies: &[Location], inventory: &[u8; 64]) {
        let (id, now, inventory) = (archive.0, self.clock.now(), hex::encode(inventory));
        let mut sql = format!(
            "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at)
             values ('{id}', 'taken_in_charge', 'api', 'x', 1, sha512('{id}'), '{now}');
             insert into archive (archive_id, transfer_id, cote, title, agreement_id, transferring_agency, size_bytes,
                                  unit_count, object_count, taken_in_charge_at, inventory_sha512)
             select '{id}', '{id}', 'COTE-{id}', 't', agreement_id, 'v', 1, 1, 1, '{now}', decode('{inventory}', 'hex')
             from agreement;"
        );
        for copy in copies {
            sql += &format!(
                "insert into copy (archive_id, site, location, verified_at) values ('{id}', '{}', '{}', '{now}');",
                copy.site, copy.path
            );
        }
        self.write(&sql).await;
    }

    /// Changes rows of the member behind the service's back.
    pub async fn write(&self, sql: &str) {
        let mut tx = self.db.write(self.tenant).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(tx.conn()).await.unwrap();
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: "test".into(),
            detail: Vec::new(),
        });
        tx.commit().await.unwrap();
    }

    /// A column of the member's rows, as text.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        let mut tx = self.db.read(self.tenant).await.unwrap();
        let sql = format!("select coalesce(x::text, '-') from ({sql}) as t (x)");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(tx.conn()).await.unwrap()
    }

    /// A column of the platform's rows, as text.
    pub async fn platform(&self, sql: &str) -> Vec<String> {
        let mut tx = self.db.technical().await.unwrap();
        let sql = format!("select coalesce(x::text, '-') from ({sql}) as t (x)");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(tx.conn()).await.unwrap()
    }

    /// Reads every copy now, as the command does.
    pub async fn audit(&self) -> Totals {
        let scope = Scope::default();
        self.preservation.audit(Agent::Operator, self.tenant, &scope, &mut |_| {}).await.unwrap()
    }

    /// One turn of the housekeeping, then every job due of the background.
    pub async fn turn(&self) {
        self.preservation.tend_canaries().await.unwrap();
        self.preservation.plan().await.unwrap();
        self.work().await;
    }

    /// Every job due of the background; how many.
    pub async fn work(&self) -> u32 {
        let (_told, mut stop) = watch::channel(false);
        let mut done = 0;
        while self.worker.step_in_background(&mut stop).await.unwrap() {
            done += 1;
            assert!(done < 1_000, "jobs without end");
        }
        done
    }

    /// Orphans of the quarantine that were removed.
    pub async fn sweep_quarantine(&self) -> usize {
        self.worker.ingest.sweep(self.tenant).await.unwrap()
    }

    /// A turn each hour, for so many days.
    pub async fn live(&self, days: i64) {
        for _ in 0..days * 24 {
            self.clock.advance(TimeDelta::hours(1));
            self.turn().await;
        }
    }

    /// Incidents and repairs of the journal, in order.
    pub async fn told(&self) -> Vec<String> {
        self.rows(
            "select event_type || ' ' || outcome || ' ' || object || ' ' || coalesce(entry::jsonb #>> '{detail,site}', '')
             from event where event_type in ('INCIDENT', 'REPARATION') order by seq",
        )
        .await
    }

    /// Open incidents: site and state.
    pub async fn open(&self) -> Vec<String> {
        self.rows(
            "select site || ' ' || state from incident where state <> 'repaired' order by archive_id, site",
        )
        .await
    }

    pub async fn verified_at(&self, archive: ArchiveId, site: &str) -> DateTime<Utc> {
        let mut tx = self.db.read(self.tenant).await.unwrap();
        sqlx::query_scalar("select verified_at from copy where archive_id = $1 and site = $2")
            .bind(archive.0)
            .bind(site)
            .fetch_one(tx.conn())
            .await
            .unwrap()
    }

    /// Folder of a site.
    pub fn site(&self, site: &str) -> PathBuf {
        self.folder.path().join(site)
    }

    /// Folder of a copy.
    pub fn copy(&self, archive: ArchiveId, site: &str) -> PathBuf {
        let reports = self.storage.tenant(self.tenant).on(&[site]).unwrap().check(archive).unwrap();
        self.site(site).join(&reports[0].path)
    }

    /// Whether every copy of an archive is whole, as the store says.
    pub fn is_whole(&self, archive: ArchiveId) -> bool {
        let reports = self.storage.tenant(self.tenant).check(archive).unwrap();
        reports.iter().all(|report| report.faults.is_empty())
    }

    /// Verifies the journal: what every test owes when it ends.
    pub async fn end(self) {
        let mut tx = self.db.read(self.tenant).await.unwrap();
        chartrier::evidence::verify_journal(&mut tx).await.unwrap();
        drop(tx);
        self.db.close().await;
    }
}
