//! A site that is away: one alert of the site, no incident, and its readings done when it is back.

use chartrier::model::Agent;
use chartrier::preservation::{Alert, Scope};
use chrono::TimeDelta;

use super::Stage;
use crate::storage::archive;

impl Stage {
    fn take_away(&self, site: &str) {
        std::fs::rename(self.site(site), self.site("away")).unwrap();
        // The folder on which a disk was mounted.
        std::fs::create_dir(self.site(site)).unwrap();
    }

    fn bring_back(&self, site: &str) {
        std::fs::remove_dir(self.site(site)).unwrap();
        std::fs::rename(self.site("away"), self.site(site)).unwrap();
    }

    async fn alerts(&self) -> Vec<&'static str> {
        self.preservation.overview().await.unwrap().alerts.iter().map(Alert::word).collect()
    }
}

#[tokio::test]
async fn a_site_away_is_one_alert_and_no_incident() {
    let stage = Stage::with(5).await;
    stage.turn().await;
    stage.take_away("sud");
    stage.live(2).await;
    assert!(stage.open().await.is_empty() && stage.told().await.is_empty());
    let absences = "select site from platform.site_absence";
    assert_eq!(stage.platform(absences).await, ["sud"], "one row, however many looks");
    assert_eq!(stage.alerts().await, ["site_away"]);
    assert!(stage.verified_at(archive(1), "sud").await < stage.clock.now() - TimeDelta::days(1));
    let aside =
        stage.platform("select count(*) from technical.job where state = 'set_aside' or attempts > 1").await;
    assert_eq!(aside, ["0"], "no job fails for it");

    stage.bring_back("sud");
    stage.live(1).await;
    assert!(stage.alerts().await.is_empty());
    let ended = format!("{absences} where ended_at is not null");
    assert_eq!(stage.platform(&ended).await, ["sud"], "that it was away is remembered");
    stage.end().await;
}

#[tokio::test]
async fn an_audit_tells_a_site_away_from_a_wrong_copy() {
    let stage = Stage::with(2).await;
    stage.take_away("nord");
    let mut whole = 0;
    let mut tell = |report: &chartrier::preservation::ArchiveReport| {
        assert!(report.copies[0].away().is_some() && report.copies[1].is_right());
        whole += 1;
    };
    let totals =
        stage.preservation.audit(Agent::Operator, stage.tenant, &Scope::default(), &mut tell).await.unwrap();
    assert_eq!((whole, totals.archives, totals.copies, totals.faulty, totals.unread), (2, 2, 2, 0, 2));
    assert!(stage.open().await.is_empty());
    stage.bring_back("nord");
    stage.end().await;
}

#[tokio::test]
async fn a_wrong_copy_waits_for_the_site_of_the_good_one() {
    let stage = Stage::with(1).await;
    std::fs::remove_file(stage.copy(archive(1), "nord").join("v1/content/manifest.xml")).unwrap();
    stage.take_away("sud");
    stage.audit().await;
    stage.work().await;
    assert_eq!(stage.open().await, ["nord open"], "nobody knows yet whether it is hopeless");
    assert_eq!(stage.told().await.len(), 1, "waiting is not told again and again");
    stage.bring_back("sud");
    stage.clock.advance(TimeDelta::hours(1));
    stage.turn().await;
    assert!(stage.open().await.is_empty() && stage.is_whole(archive(1)));
    stage.end().await;
}

#[tokio::test]
async fn copies_on_a_site_that_the_settings_do_not_know_are_said_to_be_unread() {
    let stage = Stage::with(2).await;
    stage
        .write(&format!("update copy set site = 'est' where site = 'sud' and archive_id = '{}'", archive(1)))
        .await;
    let mut tell = |report: &chartrier::preservation::ArchiveReport| {
        assert_eq!(report.unknown_sites.len(), usize::from(report.archive == archive(1)));
    };
    let totals =
        stage.preservation.audit(Agent::Operator, stage.tenant, &Scope::default(), &mut tell).await.unwrap();
    assert_eq!((totals.faulty, totals.unread), (0, 1));
    stage.turn().await;
    assert_eq!(stage.alerts().await, ["unknown_site", "unfilled"], "and sud lacks that copy");
    stage.write("update copy set site = 'sud' where site = 'est'").await;
    stage.live(2).await;
    assert!(stage.alerts().await.is_empty());
    stage.end().await;
}
