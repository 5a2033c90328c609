//! `chartrier audit`: every copy of a member's archives read again, what is wrong told and journaled.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chartrier::model::{Agent, ArchiveId, Event, EventType, Outcome};
use chartrier::preservation::{ArchiveReport, Preservation, Totals};
use chartrier::storage::{Fault, Location, Storage};
use chrono::{DateTime, Duration, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::storage::{archive, backend, object, open_files};
use crate::support::{FreshTenant, fresh_tenant};

struct Stage {
    tenant: FreshTenant,
    folder: TempDir,
    preservation: Preservation,
    copies: Vec<Location>,
}

/// A member with three archives on two sites.
async fn stage() -> Stage {
    let tenant = fresh_tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&backend::settings(folder.path())).unwrap();
    let mut copies = Vec::new();
    for number in 1..=3 {
        copies = storage.tenant(tenant.tenant).deposit(archive(number), &object(), &mut open_files).unwrap().complete().unwrap();
        enter(&tenant, archive(number), &copies).await;
    }
    let preservation = Preservation::new(tenant.db.clone(), storage, tenant.clock.clone());
    tenant.clock.advance(Duration::hours(1));
    Stage { tenant, folder, preservation, copies }
}

/// Rows of an archive taken in charge, as short as the schema allows.
async fn enter(tenant: &FreshTenant, archive: ArchiveId, copies: &[Location]) {
    let now = tenant.clock.now();
    let transfer = Uuid::now_v7();
    let mut tx = tenant.db.write(tenant.tenant).await.unwrap();
    sqlx::query(
        "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at)
         values ($1, 'taken_in_charge', 'api', $2, 1, sha512($2::bytea), $3)",
    )
    .bind(transfer)
    .bind(archive.0.to_string())
    .bind(now)
    .execute(tx.conn())
    .await
    .unwrap();
    sqlx::query(
        "insert into archive (archive_id, transfer_id, cote, title, agreement_id, transferring_agency, size_bytes,
                              unit_count, object_count, taken_in_charge_at)
         select $1, $2, $1::text, 't', agreement_id, 'v', 1, 1, 1, $3 from agreement limit 1",
    )
    .bind(archive.0)
    .bind(transfer)
    .bind(now)
    .execute(tx.conn())
    .await
    .unwrap();
    for copy in copies {
        sqlx::query("insert into copy (archive_id, site, location, verified_at) values ($1, $2, $3, $4)")
            .bind(archive.0)
            .bind(&copy.site)
            .bind(&copy.path)
            .bind(now)
            .execute(tx.conn())
            .await
            .unwrap();
    }
    tx.record(Event {
        event_type: EventType::PriseEnCharge,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: format!("archive:{archive}"),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

impl Stage {
    async fn audit(&self) -> (Totals, Vec<ArchiveReport>) {
        let mut reports = Vec::new();
        let mut tell = |report: &ArchiveReport| reports.push(report.clone());
        let totals = self.preservation.audit(Agent::Operator, self.tenant.tenant, &mut tell).await.unwrap();
        (totals, reports)
    }

    /// Types and outcomes of the events since the archives were taken in charge.
    async fn journaled(&self) -> Vec<String> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar(
            "select event_type || ' ' || outcome || ' ' || object from event where seq > 4 order by seq",
        )
        .fetch_all(tx.conn())
        .await
        .unwrap()
    }

    async fn verified_at(&self, site: &str) -> DateTime<Utc> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar("select verified_at from copy where archive_id = $1 and site = $2")
            .bind(archive(3).0)
            .bind(site)
            .fetch_one(tx.conn())
            .await
            .unwrap()
    }
}

fn change_a_byte(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[3] ^= 1;
    fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn whole_copies_are_dated_and_journaled() {
    let stage = stage().await;
    let (totals, reports) = stage.audit().await;
    assert_eq!((totals.archives, totals.copies, totals.faulty), (3, 6, 0));
    assert!(totals.size_bytes > 6_000 && reports.iter().all(ArchiveReport::is_whole));
    assert_eq!(reports.iter().map(|report| report.archive).collect::<Vec<_>>(), [1, 2, 3].map(archive));
    assert_eq!(stage.journaled().await, [format!("CONTROLE_INTEGRITE OK member:{}", stage.tenant.code)]);
    assert_eq!(stage.verified_at("sud").await, stage.tenant.clock.now());
    stage.tenant.end().await;
}

#[tokio::test]
async fn a_changed_byte_is_an_incident_on_its_site_only() {
    let stage = stage().await;
    let copy = &stage.copies[1];
    change_a_byte(&stage.folder.path().join(&copy.site).join(&copy.path).join("v1/content/manifest.xml"));
    let (totals, reports) = stage.audit().await;
    assert_eq!((totals.archives, totals.faulty), (3, 1));
    assert_eq!(reports[2].copies[0].faults, []);
    let altered = Fault::Altered { path: "v1/content/manifest.xml".to_string() };
    assert_eq!((reports[2].copies[1].site.as_str(), &reports[2].copies[1].faults), ("sud", &vec![altered]));
    let expected = [
        format!("INCIDENT KO archive:{}", archive(3)),
        format!("CONTROLE_INTEGRITE KO member:{}", stage.tenant.code),
    ];
    assert_eq!(stage.journaled().await, expected);
    assert_eq!(stage.verified_at("nord").await, stage.tenant.clock.now());
    assert_eq!(stage.verified_at("sud").await, stage.tenant.clock.now() - Duration::hours(1));
    stage.tenant.end().await;
}

#[tokio::test]
async fn an_emptied_site_and_a_site_that_is_not_set_are_found() {
    let stage = stage().await;
    fs::remove_dir_all(stage.folder.path().join("nord").join(stage.tenant.tenant.to_string())).unwrap();
    let mut tx = stage.tenant.db.write(stage.tenant.tenant).await.unwrap();
    sqlx::query("update copy set site = 'est' where site = 'sud' and archive_id = $1")
        .bind(archive(1).0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Replication,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "test".to_string(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let (totals, reports) = stage.audit().await;
    assert_eq!((totals.archives, totals.faulty), (3, 3));
    assert!(reports.iter().all(|report| report.copies[0].faults == [Fault::ObjectMissing]));
    assert_eq!(reports[0].unknown_sites, ["est"]);
    stage.tenant.end().await;
}
