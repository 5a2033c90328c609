//! When copies are read: the first day at once, each day at its hour, all of them within the cycle, and what was
//! not done is done later.

use std::collections::BTreeSet;

use chartrier::preservation::Settings;
use chrono::{TimeDelta, Timelike};

use super::{Stage, settings};
use crate::storage::archive;

const READ_TODAY: &str = "select archive_id from copy where site = 'nord' and verified_at = now_of_test";

impl Stage {
    async fn read_since(&self, site: &str, hours: i64) -> usize {
        let since = self.clock.now() - TimeDelta::hours(hours);
        self.rows(&format!("select archive_id from copy where site = '{site}' and verified_at > '{since}'"))
            .await
            .len()
    }
}

#[tokio::test]
async fn the_first_day_begins_at_once_and_draws_its_share() {
    let settings = Settings { sample_per_million: 100_000, ..settings() };
    let stage = Stage::new(21, settings, &["nord", "sud"]).await;
    stage.turn().await;
    // 10 % of 21, rounded up, and what the cycle adds on this day: none or one.
    for site in ["nord", "sud"] {
        let read = stage.read_since(site, 1).await;
        assert!((3..=4).contains(&read), "{read} on {site}");
    }
    let told = stage
        .rows(
            "select entry::jsonb #>> '{detail,occasion}' from event where event_type = 'CONTROLE_INTEGRITE'",
        )
        .await;
    assert!(told.contains(&"échantillon du jour".into()), "{told:?}");
    let over = stage.platform("select count(*) from platform.site_check where ended_at = sampled_at").await;
    assert_eq!(over, ["2"], "both sites are done");
    assert_eq!(stage.work().await, 0);
    stage.end().await;
}

#[tokio::test]
async fn each_day_has_its_sample_at_the_hour_of_the_member_and_site() {
    let stage = Stage::with(30).await;
    stage.turn().await;
    let mut hours: Vec<BTreeSet<u32>> = vec![BTreeSet::new(), BTreeSet::new()];
    for _ in 0..4 * 24 {
        stage.clock.advance(TimeDelta::hours(1));
        stage.turn().await;
        for (site, hours) in ["nord", "sud"].iter().zip(&mut hours) {
            if stage.read_since(site, 1).await > 0 {
                hours.insert(stage.clock.now().hour());
            }
        }
    }
    assert!(hours.iter().all(|hours| hours.len() == 1), "always the same: {hours:?}");
    assert_ne!(hours[0], hours[1], "and not that of the other site");
    let samples = stage
        .rows(
            "select count(*) from event where event_type = 'CONTROLE_INTEGRITE'
             and entry::jsonb #>> '{detail,occasion}' = 'échantillon du jour'",
        )
        .await;
    let samples: usize = samples[0].parse().unwrap();
    assert!((8..=10).contains(&samples), "one a day and site, today's perhaps not yet: {samples}");
    stage.end().await;
}

#[tokio::test]
async fn every_copy_is_read_within_the_cycle_and_the_last_readings_are_spread() {
    let settings = Settings { cycle_months: 1, sample_per_million: 1, ..settings() };
    let stage = Stage::new(60, settings, &["nord", "sud"]).await;
    let began = stage.clock.now();
    for _ in 0..31 {
        stage.clock.advance(TimeDelta::days(1));
        stage.turn().await;
        let busy = stage.read_since("nord", 23).await;
        assert!((1..=4).contains(&busy), "two of the cycle and one drawn a day, not {busy}");
    }
    let never = stage.rows(&format!("select archive_id from copy where verified_at <= '{began}'")).await;
    assert!(never.is_empty(), "{} copies were not read in a month", never.len());
    stage.end().await;
}

#[tokio::test]
async fn what_a_stopped_service_did_not_read_is_read_when_it_starts_again() {
    let settings = Settings { cycle_months: 1, ..settings() };
    let stage = Stage::new(20, settings, &["nord", "sud"]).await;
    stage.turn().await;
    stage.clock.advance(TimeDelta::days(40));
    stage.turn().await;
    assert_eq!(stage.read_since("nord", 1).await, 20, "all of them were late");
    stage.end().await;
}

#[tokio::test]
async fn a_day_cut_in_its_middle_goes_on_from_where_it_was() {
    let settings = Settings { sample_per_million: 1_000_000, ..settings() };
    let stage = Stage::new(120, settings, &["nord", "sud"]).await;
    stage.preservation.plan().await.unwrap();
    // A page was read, and then the service died: what is left is what comes after.
    let half = archive(60).0;
    let sql = format!(
        "update platform.site_check set sample_below = 9223372036854775807, sample_after = '{half}' where site = 'nord'
         returning site"
    );
    let mut tx = stage.db.technical().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    stage.work().await;
    let today = format!("'{}' order by archive_id", stage.clock.now());
    let read = stage.rows(&READ_TODAY.replace("now_of_test", &today)).await;
    let before: Vec<String> = (1..=60).map(|number| archive(number).to_string()).collect();
    let again = read.iter().filter(|id| before.contains(id)).count();
    assert_eq!(read.len() - again, 60, "everything after");
    assert!(again <= 1, "and what the cycle asks of this day: {again}");
    assert_eq!(stage.read_since("sud", 1).await, 120);
    stage.end().await;
}

#[tokio::test]
async fn a_turn_repeated_in_several_processes_asks_for_nothing_twice() {
    let stage = Stage::with(3).await;
    for _ in 0..3 {
        stage.preservation.plan().await.unwrap();
    }
    // On each site, what it holds is listed too.
    assert_eq!(stage.platform("select count(*) from technical.job where background").await, ["4"]);
    assert_eq!(stage.work().await, 4);
    stage.preservation.plan().await.unwrap();
    assert_eq!(stage.work().await, 0, "today is done");
    stage.end().await;
}

#[tokio::test]
async fn an_agreement_that_promises_so_has_its_copies_read_within_its_days() {
    let settings = Settings { sample_per_million: 1, ..settings() };
    let stage = Stage::new(40, settings, &["nord", "sud"]).await;
    for _ in 0..12 {
        stage.clock.advance(TimeDelta::days(1));
        stage.turn().await;
    }
    let late = stage.read_since("nord", 12 * 24 + 1).await;
    assert!(late < 20, "the yearly cycle alone does not read them: {late} of 40");
    stage.write(r#"update agreement set conditions = '{"reading_days": 10}'"#).await;
    for _ in 0..12 {
        stage.clock.advance(TimeDelta::days(1));
        stage.turn().await;
    }
    for site in ["nord", "sud"] {
        assert_eq!(stage.read_since(site, 12 * 24 + 1).await, 40, "{site}");
    }
    stage.end().await;
}
