//! `chartrier audit`: copies read again, what is wrong told and journaled.

use std::fs;

use chartrier::model::{Agent, ArchiveId};
use chartrier::preservation::{ArchiveReport, Scope, Totals};
use chartrier::storage::Fault;
use chrono::TimeDelta;

use super::Stage;
use crate::storage::archive;

impl Stage {
    async fn audit_of(&self, site: Option<&str>, archive: Option<ArchiveId>) -> (Totals, Vec<ArchiveReport>) {
        let mut reports = Vec::new();
        let mut tell = |report: &ArchiveReport| reports.push(report.clone());
        let scope = Scope { site: site.map(str::to_owned), archive };
        let totals = self.preservation.audit(Agent::Operator, self.tenant, &scope, &mut tell).await.unwrap();
        (totals, reports)
    }

    async fn checks(&self) -> Vec<String> {
        self.rows(
            "select outcome || ' ' || object || ' ' || (entry::jsonb #>> '{detail,copies}') from event
             where event_type = 'CONTROLE_INTEGRITE' order by seq",
        )
        .await
    }
}

#[tokio::test]
async fn whole_copies_are_dated_and_journaled() {
    let stage = Stage::with(3).await;
    let (totals, reports) = stage.audit_of(None, None).await;
    assert_eq!((totals.archives, totals.copies, totals.faulty, totals.unread), (3, 6, 0, 0));
    assert!(totals.size_bytes > 6_000 && reports.iter().all(ArchiveReport::is_whole));
    assert_eq!(reports.iter().map(|report| report.archive).collect::<Vec<_>>(), [1, 2, 3].map(archive));
    assert_eq!(stage.checks().await, ["OK member:a 6"]);
    assert_eq!(stage.verified_at(archive(2), "sud").await, stage.clock.now());
    stage.end().await;
}

#[tokio::test]
async fn a_wrong_copy_is_an_incident_on_its_site_only() {
    let stage = Stage::with(3).await;
    fs::remove_file(stage.copy(archive(3), "sud").join("v1/content/manifest.xml")).unwrap();
    let (totals, reports) = stage.audit_of(None, None).await;
    assert_eq!((totals.archives, totals.faulty), (3, 1));
    assert!(reports[2].copies[0].is_right());
    let missing = Fault::Missing { path: "v1/content/manifest.xml".into() };
    assert_eq!((reports[2].copies[1].site.as_str(), reports[2].copies[1].faults()), ("sud", &[missing][..]));
    assert_eq!(stage.told().await, [format!("INCIDENT KO archive:{} sud", archive(3))]);
    assert_eq!(stage.checks().await, ["KO member:a 6"]);
    assert_eq!(stage.verified_at(archive(3), "nord").await, stage.clock.now());
    assert_eq!(stage.verified_at(archive(3), "sud").await, stage.clock.now() - TimeDelta::hours(1));
    stage.end().await;
}

#[tokio::test]
async fn one_site_or_one_archive_may_be_read_alone() {
    let stage = Stage::with(3).await;
    let (totals, reports) = stage.audit_of(Some("sud"), None).await;
    assert_eq!((totals.archives, totals.copies, totals.unread), (3, 3, 0));
    assert!(reports.iter().all(|report| report.copies.len() == 1 && report.copies[0].site == "sud"));
    let (totals, reports) = stage.audit_of(None, Some(archive(2))).await;
    assert_eq!((totals.archives, totals.copies, reports[0].archive), (1, 2, archive(2)));
    let (totals, _) = stage.audit_of(Some("nord"), Some(archive(2))).await;
    assert_eq!((totals.archives, totals.copies), (1, 1));
    assert_eq!(stage.audit_of(Some("ouest"), None).await.0, Totals::default());
    let found =
        stage.preservation.archive_of_cote(stage.tenant, &format!("COTE-{}", archive(2))).await.unwrap();
    assert_eq!(found, Some(archive(2)));
    stage.end().await;
}
