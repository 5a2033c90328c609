//! A site joins a member's set, another leaves it: filled, read, switched, read again, emptied; cut anywhere and
//! taken up again.

use std::fs;

use chartrier::model::Agent;
use chartrier::preservation::Refusal;
use chrono::TimeDelta;

use super::{Stage, settings};
use crate::storage::archive;

impl Stage {
    /// Two sites serve the member, a third is in the settings.
    async fn with_a_third_site(archives: u128) -> Stage {
        let stage = Stage::new(archives, settings(), &["nord", "sud", "ouest"]).await;
        stage.write("update member set sites = '{nord,sud}'; delete from copy where site = 'ouest'").await;
        let root = stage.site("ouest").join(stage.tenant.to_string());
        if root.exists() {
            fs::remove_dir_all(root).unwrap();
        }
        stage
    }

    async fn add(&self, site: &str) -> Result<(), Refusal> {
        self.preservation.add_site(Agent::Operator, self.tenant, site).await.unwrap()
    }

    async fn retire(&self, site: &str) -> Result<(), Refusal> {
        self.preservation.retire_site(Agent::Operator, self.tenant, site).await.unwrap()
    }

    async fn sites(&self) -> Vec<String> {
        self.rows("select array_to_string(sites, ' ') from member").await
    }

    async fn copies_by_site(&self) -> Vec<String> {
        self.rows("select site || ' ' || count(*) from copy group by site order by site").await
    }

    async fn steps(&self) -> Vec<String> {
        self.rows(
            "select (entry::jsonb #>> '{detail,etape}') || ' ' || count(*) from event
             where event_type = 'MIGRATION_SUPPORT' group by entry::jsonb #>> '{detail,etape}' order by min(seq)",
        )
        .await
    }

    fn objects_on(&self, site: &str) -> usize {
        let names = crate::storage::backend::names(&self.site(site));
        names.iter().filter(|name| name.ends_with("0=ocfl_object_1.1")).count()
    }
}

#[tokio::test]
async fn a_site_that_joins_is_filled_and_every_copy_read_again() {
    let stage = Stage::with_a_third_site(45).await;
    assert_eq!(stage.add("ouest").await, Ok(()));
    assert_eq!(stage.sites().await, ["nord sud ouest"], "deposits use it from now on");
    assert_eq!(stage.add("ouest").await, Err(Refusal::UnderWay));
    stage.work().await;
    assert_eq!(stage.copies_by_site().await, ["nord 45", "ouest 45", "sud 45"]);
    assert!((1..=45).all(|number| stage.is_whole(archive(number))));
    assert_eq!(stage.steps().await, ["ajout demandé 1", "copie 45", "site rempli 1"]);
    let overview = stage.preservation.overview().await.unwrap();
    assert!(overview.migrations.is_empty(), "{:?}", overview.migrations);
    assert_eq!(stage.add("ouest").await, Err(Refusal::Filled));
    stage.end().await;
}

#[tokio::test]
async fn a_site_that_leaves_is_emptied_once_two_copies_were_read_elsewhere() {
    let stage = Stage::new(25, settings(), &["nord", "sud", "ouest"]).await;
    assert_eq!(stage.retire("sud").await, Ok(()));
    stage.work().await;
    assert_eq!(stage.sites().await, ["nord ouest"]);
    assert_eq!(stage.copies_by_site().await, ["nord 25", "ouest 25"]);
    assert_eq!(stage.objects_on("sud"), 0);
    let steps = ["retrait demandé 1", "bascule 1", "copie détruite 25", "site vidé 1"];
    assert_eq!(stage.steps().await, steps);
    let read = stage.verified_at(archive(7), "nord").await;
    assert_eq!(read, stage.clock.now(), "read again before the destruction");
    // Nobody looks for what went away.
    stage.live(2).await;
    assert!(stage.told().await.is_empty() && stage.open().await.is_empty());
    stage.end().await;
}

#[tokio::test]
async fn nothing_is_destroyed_before_two_good_copies_stand_elsewhere() {
    let stage = Stage::new(5, settings(), &["nord", "sud", "ouest"]).await;
    // Wrong on one of the two others: mended from the site that leaves, and only then destroyed there.
    fs::remove_file(stage.copy(archive(3), "ouest").join("v1/content/manifest.xml")).unwrap();
    // Wrong on both others, and on the leaving site too: there is no good copy.
    for site in ["nord", "sud", "ouest"] {
        fs::remove_file(stage.copy(archive(4), site).join("v1/content/manifest.xml")).unwrap();
    }
    assert_eq!(stage.retire("sud").await, Ok(()));
    stage.work().await;
    assert_eq!(stage.objects_on("sud"), 5, "nothing has changed yet");
    let overview = stage.preservation.overview().await.unwrap();
    let stopped = overview.migrations[0].last_error.as_ref().expect("it says why it waits");
    assert!(stopped.contains("moins de deux copies saines"), "{stopped}");
    stage.clock.advance(TimeDelta::hours(1));
    stage.turn().await;
    assert!(stage.is_whole(archive(3)), "mended meanwhile");
    assert_eq!((stage.sites().await, stage.objects_on("sud")), (vec!["-".to_owned()], 5));

    // Somebody brings the missing file back on two sites.
    for site in ["nord", "ouest"] {
        let from = stage.copy(archive(1), site).join("v1/content/manifest.xml");
        fs::copy(from, stage.copy(archive(4), site).join("v1/content/manifest.xml")).unwrap();
    }
    stage.live(2).await;
    assert_eq!(stage.copies_by_site().await, ["nord 5", "ouest 5"]);
    assert_eq!(stage.objects_on("sud"), 0);
    assert!((1..=5).all(|number| {
        let store = stage.storage.tenant(stage.tenant).on(&["nord", "ouest"]).unwrap();
        store.check(archive(number)).unwrap().iter().all(|report| report.faults.is_empty())
    }));
    assert!(stage.open().await.is_empty());
    stage.end().await;
}

#[tokio::test]
async fn what_would_leave_fewer_than_two_sites_is_refused() {
    let stage = Stage::with_a_third_site(2).await;
    assert!(matches!(stage.retire("sud").await, Err(Refusal::Set(_))));
    assert_eq!(stage.retire("ouest").await, Err(Refusal::NotThere));
    assert!(matches!(stage.add("est").await, Err(Refusal::Set(_))), "the settings do not know it");
    stage.write("update member set sites = '{nord,sud,ouest}'").await;
    assert_eq!(stage.retire("sud").await, Err(Refusal::Unfilled), "the third site is empty");
    assert!(stage.steps().await.is_empty(), "what is refused leaves nothing");
    stage.end().await;
}

#[tokio::test]
async fn a_migration_waits_for_a_site_that_is_away_and_for_deposits_on_their_way() {
    let stage = Stage::with_a_third_site(3).await;
    stage.write(
        "insert into transfer (transfer_id, state, channel, file_name, size_bytes, digest, received_at, decided_at)
         values ('00000000-0000-0000-0000-0000000000ff', 'sealed', 'api', 'x', 1, sha512('x'), '2027-03-01', '2027-03-01')",
    )
    .await;
    fs::rename(stage.site("ouest"), stage.site("away")).unwrap();
    fs::create_dir(stage.site("ouest")).unwrap();
    assert_eq!(stage.add("ouest").await, Ok(()));
    stage.work().await;
    assert_eq!(stage.copies_by_site().await, ["nord 3", "sud 3"]);
    assert!(stage.preservation.overview().await.unwrap().migrations[0].last_error.is_some());
    fs::remove_dir(stage.site("ouest")).unwrap();
    fs::rename(stage.site("away"), stage.site("ouest")).unwrap();
    stage.clock.advance(TimeDelta::hours(1));
    stage.turn().await;
    assert_eq!(stage.copies_by_site().await, ["nord 3", "ouest 3", "sud 3"]);
    assert_eq!(
        stage.rows("select state from media_migration").await,
        ["copying"],
        "a deposit may still lack its copy"
    );
    stage.write("update transfer set state = 'taken_in_charge' where state = 'sealed'").await;
    stage.clock.advance(TimeDelta::hours(1));
    stage.turn().await;
    assert_eq!(stage.rows("select state from media_migration").await, ["done"]);
    stage.end().await;
}

#[tokio::test]
async fn a_migration_cut_between_bytes_and_rows_goes_on() {
    let stage = Stage::with_a_third_site(6).await;
    assert_eq!(stage.add("ouest").await, Ok(()));
    stage.work().await;
    // The copies are there and their rows were not committed.
    stage
        .write(
            "delete from copy where site = 'ouest';
         update media_migration set state = 'copying', ended_at = null, archives = 0, size_bytes = 0",
        )
        .await;
    stage.turn().await;
    assert_eq!(stage.copies_by_site().await, ["nord 6", "ouest 6", "sud 6"]);

    assert_eq!(stage.retire("nord").await, Ok(()));
    stage.work().await;
    // The bytes are gone and the rows were not committed.
    let copies = "insert into copy (archive_id, site, location, verified_at)
                  select archive_id, 'nord', location, verified_at from copy where site = 'sud'";
    stage
        .write(&format!(
            "{copies}; update media_migration set state = 'destroying', ended_at = null where site = 'nord'"
        ))
        .await;
    stage.turn().await;
    assert_eq!(stage.copies_by_site().await, ["ouest 6", "sud 6"]);
    assert!(stage.told().await.is_empty(), "no incident for what was destroyed on purpose");
    assert_eq!(stage.rows("select distinct state from media_migration").await, ["done"]);
    stage.end().await;
}

#[tokio::test]
async fn what_a_waiting_deposit_left_on_the_leaving_site_goes_too() {
    let stage = Stage::new(2, settings(), &["nord", "sud", "ouest"]).await;
    // As a deposit leaves it that had its copy there, waited for another site, and ended with the new set.
    stage.write("delete from copy where site = 'sud'").await;
    assert_eq!(stage.retire("sud").await, Ok(()));
    stage.work().await;
    assert_eq!(stage.rows("select state from media_migration").await, ["done"]);
    assert_eq!(stage.objects_on("sud"), 0);
    assert_eq!((stage.objects_on("nord"), stage.objects_on("ouest")), (2, 2));
    stage.end().await;
}

#[tokio::test]
async fn archives_without_a_copy_on_a_new_site_are_told_until_they_have_one() {
    let stage = Stage::with_a_third_site(3).await;
    stage.write("update member set sites = null").await;
    stage.turn().await;
    let alerts = stage.preservation.overview().await.unwrap().alerts;
    let words: Vec<_> = alerts.iter().map(|alert| alert.word()).collect();
    assert_eq!(words, ["unfilled"], "the settings name a third site, and older archives are not there");
    assert_eq!(stage.add("ouest").await, Ok(()));
    stage.live(2).await;
    assert!(stage.preservation.overview().await.unwrap().alerts.is_empty());
    assert_eq!(stage.copies_by_site().await, ["nord 3", "ouest 3", "sud 3"]);
    stage.end().await;
}
