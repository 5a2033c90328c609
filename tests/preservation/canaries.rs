//! Canaries: made, damaged, found by the ordinary readings, mended, measured; and what is seen when nothing reads.

use std::path::Path;

use chartrier::model::TenantId;
use chartrier::preservation::{Alert, Settings};
use chrono::TimeDelta;

use super::{Stage, settings};
use crate::sealing::verified::verify;

fn with_canaries() -> Settings {
    Settings { canaries: 4, canary_days: 3, canary_found_days: 40, ..settings() }
}

impl Stage {
    async fn alert_words(&self) -> Vec<&'static str> {
        self.preservation.overview().await.unwrap().alerts.iter().map(Alert::word).collect()
    }
}

fn objects(root: &Path) -> usize {
    let names = crate::storage::backend::names(root);
    names.iter().filter(|name| name.ends_with("0=ocfl_object_1.1")).count()
}

#[tokio::test]
async fn damage_is_found_by_the_schedule_mended_and_measured_for_ever() {
    let stage = Stage::new(2, with_canaries(), &["nord", "sud"]).await;
    stage.turn().await;
    let roots =
        ["nord", "sud"].map(|site| stage.site(site).join(TenantId::of_member("_temoins").to_string()));
    let standing: usize = roots.iter().map(|root| objects(root)).sum();
    assert_eq!(standing, 8, "four on each of two sites, a byte of one of which was changed at once");
    stage.live(40).await;
    let overview = stage.preservation.overview().await.unwrap();
    let canaries = &overview.canaries;
    assert!(canaries.found >= 8, "one each three days: {canaries:?}");
    let longest = canaries.longest_seconds.unwrap();
    assert!(longest < 40 * 86_400 && canaries.median_seconds.unwrap() <= longest, "{canaries:?}");
    println!(
        "found {} times, median {} s, longest {longest} s",
        canaries.found,
        canaries.median_seconds.unwrap()
    );
    assert!(overview.alerts.is_empty(), "{:?}", overview.alerts);
    let manners = stage.platform("select distinct manner from platform.canary_damage order by 1").await;
    assert_eq!(manners, ["altered", "removed", "replaced"]);
    let sites = stage.platform("select distinct site from platform.canary_damage order by 1").await;
    assert_eq!(sites, ["nord", "sud"]);
    let measured = stage
        .platform(
            "select count(*) from platform.canary_damage where mended_at >= found_at and found_at >= done_at",
        )
        .await;
    assert!(measured[0].parse::<u64>().unwrap() >= 8, "{measured:?}");
    assert!(stage.told().await.is_empty(), "nothing of it in a member's journal");
    stage.end().await;
}

#[tokio::test]
async fn a_check_that_stopped_is_seen_the_same_day_though_nothing_runs() {
    let stage = Stage::new(1, with_canaries(), &["nord", "sud"]).await;
    stage.turn().await;
    stage.clock.advance(TimeDelta::hours(25));
    assert!(stage.alert_words().await.is_empty());
    // No turn, no job: only somebody who looks.
    stage.clock.advance(TimeDelta::hours(2));
    assert_eq!(stage.alert_words().await, ["sample_late", "sample_late"]);
    stage.clock.advance(TimeDelta::days(4));
    assert_eq!(stage.alert_words().await, ["sample_late", "sample_late", "canaries_idle"]);
    stage.end().await;
}

#[tokio::test]
async fn a_service_that_never_read_anything_is_seen_too() {
    let stage = Stage::with(1).await;
    let alerts = stage.preservation.overview().await.unwrap().alerts;
    // The member was made in the past of this clock.
    assert!(!alerts.is_empty() && alerts.iter().all(|alert| alert.word() == "sample_late"), "{alerts:?}");
    stage.end().await;
}

#[tokio::test]
async fn readings_that_see_nothing_leave_canaries_unfound_and_that_is_said() {
    let stage = Stage::new(1, with_canaries(), &["nord", "sud"]).await;
    stage.turn().await;
    // Damage done, and a schedule that passes the copy over each day.
    let blind =
        "update platform.site_check set sampled_at = now_of_test, ended_at = now_of_test, day = day + 1";
    for _ in 0..45 {
        stage.clock.advance(TimeDelta::days(1));
        stage.preservation.tend_canaries().await.unwrap();
        let sql = blind.replace("now_of_test", &format!("'{}'", stage.clock.now()));
        let mut tx = stage.db.technical().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let words = stage.alert_words().await;
    assert!(words.contains(&"canary_unfound") && !words.contains(&"sample_late"), "{words:?}");
    stage.end().await;
}

#[tokio::test]
async fn a_crash_between_asking_and_doing_damages_the_canary_asked_for() {
    let stage = Stage::new(0, with_canaries(), &["nord", "sud"]).await;
    stage.preservation.tend_canaries().await.unwrap();
    let undo = "update platform.canary_damage set done_at = null";
    let mut tx = stage.db.technical().await.unwrap();
    sqlx::raw_sql(undo).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    stage.preservation.tend_canaries().await.unwrap();
    let done = stage.platform("select count(*) from platform.canary_damage where done_at is not null").await;
    assert_eq!(done, ["1"], "the same one, done again");
    stage.live(30).await;
    let found =
        stage.platform("select count(*) from platform.canary_damage where found_at is not null").await;
    assert_ne!(found, ["0"], "and twice done is not undone");
    stage.end().await;
}

#[tokio::test]
async fn a_site_that_comes_anew_gets_its_canaries() {
    let stage = Stage::new(0, with_canaries(), &["nord", "sud", "est"]).await;
    stage.preservation.tend_canaries().await.unwrap();
    let root = stage.site("est").join(TenantId::of_member("_temoins").to_string());
    let mut tx = stage.db.write(TenantId::of_member("_temoins")).await.unwrap();
    sqlx::raw_sql("delete from copy where site = 'est'").execute(tx.conn()).await.unwrap();
    tx.record(crate::db::jobs::event());
    tx.commit().await.unwrap();
    std::fs::remove_dir_all(&root).unwrap();
    stage.preservation.tend_canaries().await.unwrap();
    assert_eq!(objects(&root), 4);
    stage.end().await;
}

#[test]
fn nothing_but_a_canary_is_ever_harmed() {
    let folder = tempfile::tempdir().unwrap();
    let storage =
        chartrier::storage::Storage::open(&crate::storage::backend::settings(folder.path())).unwrap();
    let store = storage.tenant(crate::storage::tenant());
    let archive = crate::storage::archive(1);
    store
        .deposit(archive, &crate::storage::object(), &mut crate::storage::open_files)
        .unwrap()
        .complete()
        .unwrap();
    let refused = store.harm_a_canary_on_purpose(archive, "v1/content/manifest.xml", (0, 0));
    assert!(matches!(refused, Err(chartrier::storage::Error::Object(_))), "{refused:?}");
    assert!(store.check(archive).unwrap().iter().all(|report| report.faults.is_empty()));
}

#[tokio::test]
async fn whoever_verifies_a_site_is_told_that_canaries_are_passed_over_and_may_read_them_alone() {
    let stage = Stage::new(0, with_canaries(), &["nord", "sud"]).await;
    stage.turn().await;
    let canaries = TenantId::of_canaries().to_string();
    let (_, words) = verify(&stage.site("nord"), &[], None);
    assert!(words.contains("objets témoins, abîmés exprès"), "{words}");
    assert!(!words.contains(&format!("{canaries}/")), "{words}");
    let (_, words) = verify(&stage.site("nord").join(&canaries), &[], None);
    assert!(words.contains("4 objet(s)"), "{words}");
    stage.end().await;
}
