//! What no row names on the sites and in quarantine: told, kept for a while, removed with an event; and never what
//! something names.

use std::fs;
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Stage, settings};
use crate::storage::{archive, object, open_files};

impl Stage {
    /// An object on both sites that no row names.
    fn stray(&self, number: u128) {
        let store = self.storage.tenant(self.tenant);
        store.deposit(archive(number), &object(), &mut open_files).unwrap().complete().unwrap();
    }

    async fn findings(&self) -> Vec<String> {
        self.rows(
            "select event_type || ' ' || (entry::jsonb #>> '{detail,constat}') from event
             where object like 'archive:%' and event_type in ('INCIDENT', 'REPARATION') and entry::jsonb #>> '{detail,site}' = 'sud'
             order by seq",
        )
        .await
    }

    async fn orphans(&self) -> Vec<String> {
        self.platform("select site from platform.orphan order by site, archive_id").await
    }

    fn stands(&self, number: u128) -> bool {
        self.storage.tenant(self.tenant).technical_metadata(archive(number)).is_ok()
    }
}

#[tokio::test]
async fn an_object_that_nothing_names_is_told_and_removed_after_its_time() {
    let settings = chartrier::preservation::Settings { listing_days: 5, orphan_days: 20, ..settings() };
    let stage = Stage::new(3, settings, &["nord", "sud"]).await;
    stage.stray(50);
    stage.live(2).await;
    assert_eq!(stage.orphans().await, ["nord", "sud"]);
    assert_eq!(stage.findings().await, ["INCIDENT objet qu’aucune ligne ne nomme"]);
    let words: Vec<_> =
        stage.preservation.overview().await.unwrap().alerts.iter().map(|alert| alert.word()).collect();
    assert_eq!(words, ["orphans", "orphans"]);
    stage.live(12).await;
    assert!(stage.stands(50), "not yet");
    assert_eq!(stage.findings().await.len(), 1, "told once");
    stage.live(12).await;
    assert!(!stage.stands(50) && stage.orphans().await.is_empty());
    let told = ["INCIDENT objet qu’aucune ligne ne nomme", "REPARATION objet orphelin mis de côté"];
    assert_eq!(stage.findings().await, told);
    let aside = crate::storage::backend::names(&stage.site("nord").join(".aside"));
    assert!(aside.iter().any(|name| name.ends_with("manifest.xml")), "kept until the sweep: {aside:?}");
    assert!((1..=3).all(|number| stage.is_whole(archive(number))), "what has its rows is never touched");
    stage.end().await;
}

#[tokio::test]
async fn what_an_accession_or_a_transfer_names_is_no_orphan() {
    let settings = chartrier::preservation::Settings { listing_days: 1, orphan_days: 1, ..settings() };
    let stage = Stage::new(1, settings, &["nord", "sud"]).await;
    stage.stray(60);
    stage.stray(61);
    let [sealed, accepted] = [60, 61].map(|number| archive(number).0);
    stage
        .write(&format!(
            "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at, archive_id)
             values ('{sealed}', 'sealed', 'api', 'x', 1, sha512('a'), '2027-03-01', '{sealed}');
             insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at)
             values ('{accepted}', 'sealed', 'api', 'x', 1, sha512('b'), '2027-03-01');
             insert into accession (transfer_id, archive_id, cote, grant_date, reply, premis, record)
             values ('{accepted}', '{accepted}', 'C', '2027-03-01', '', '', '')"
        ))
        .await;
    stage.live(5).await;
    assert!(stage.orphans().await.is_empty() && stage.stands(60) && stage.stands(61));
    stage.end().await;
}

#[tokio::test]
async fn an_object_whose_rows_were_committed_once_stays_and_is_told_for_ever() {
    let settings = chartrier::preservation::Settings { listing_days: 1, orphan_days: 1, ..settings() };
    let stage = Stage::new(0, settings, &["nord", "sud"]).await;
    stage.stray(70);
    // As after the restoration of an older backup of the rows.
    stage.storage.tenant(stage.tenant).confirm(archive(70), b"{}").unwrap();
    stage.live(6).await;
    assert!(stage.stands(70));
    assert_eq!(stage.orphans().await, ["nord", "sud"]);
    stage.end().await;
}

#[tokio::test]
async fn an_orphan_that_gets_its_rows_is_none_any_more() {
    let settings = chartrier::preservation::Settings { listing_days: 1, ..settings() };
    let stage = Stage::new(0, settings, &["nord", "sud"]).await;
    stage.stray(80);
    stage.live(2).await;
    assert_eq!(stage.orphans().await.len(), 2);
    stage.take_in_charge(archive(80)).await;
    stage.live(2).await;
    assert!(stage.orphans().await.is_empty());
    assert_eq!(stage.findings().await.last().unwrap(), "REPARATION plus orphelin");
    stage.end().await;
}

#[tokio::test]
async fn what_a_repair_set_aside_is_removed_with_an_event() {
    let stage = Stage::with(1).await;
    fs::write(stage.copy(archive(1), "nord").join("v1/content/intrus.txt"), "x").unwrap();
    stage.audit().await;
    stage.work().await;
    assert_eq!(stage.preservation.sweep_sites().await.unwrap(), 0);
    stage.clock.advance(TimeDelta::days(29));
    assert_eq!(stage.preservation.sweep_sites().await.unwrap(), 0, "it is kept for thirty days");
    stage.clock.advance(TimeDelta::days(2));
    assert_eq!(stage.preservation.sweep_sites().await.unwrap(), 1);
    let told = stage
        .rows("select entry::jsonb #>> '{detail,constat}' from event where event_type = 'REPARATION'")
        .await;
    assert_eq!(told.last().unwrap(), "éléments mis de côté effacés");
    assert!(stage.is_whole(archive(1)));
    stage.end().await;
}

#[tokio::test]
async fn a_file_of_the_quarantine_that_no_transfer_names_goes_with_an_event() {
    let stage = Stage::with(0).await;
    let (orphan, kept) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let folder = stage.site("quarantine").join(stage.tenant.to_string());
    fs::create_dir_all(&folder).unwrap();
    for id in [orphan, kept] {
        fs::write(folder.join(id.to_string()), "x").unwrap();
        let old = std::time::SystemTime::now() - Duration::from_secs(3 * 86_400);
        fs::File::options().write(true).open(folder.join(id.to_string())).unwrap().set_modified(old).unwrap();
    }
    stage
        .write(&format!(
            "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at)
             values ('{kept}', 'received', 'api', 'x', 1, sha512('a'), '2027-03-01')"
        ))
        .await;
    assert_eq!(stage.sweep_quarantine().await, 1);
    assert!(!folder.join(orphan.to_string()).exists() && folder.join(kept.to_string()).exists());
    let told = stage.rows("select object from event where event_type = 'REJET'").await;
    assert_eq!(told, [format!("transfer:{orphan}")]);
    assert_eq!(stage.sweep_quarantine().await, 0);
    stage.clock.advance(TimeDelta::hours(1));
    stage.end().await;
}
