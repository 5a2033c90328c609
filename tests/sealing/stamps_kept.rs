//! Stamps outlive the database: taken back from the sites, asked for once, never written over.

use chartrier::model::{Agent, TenantId};
use chartrier::sealing::{Alert, token_name};
use chrono::{TimeDelta, Utc};

use super::stamps::{ANYWHERE, platform, start, tokens, with};
use super::tampering::tamper;
use super::{A, Stage, tenant};

/// What a database made anew knows of seals and stamps.
const FORGOTTEN: &str =
    "delete from seal; delete from log_tile; delete from platform.seal; delete from platform.seal_leaf;
     delete from platform.log_tile; delete from platform.seal_state; delete from platform.token;
     delete from platform.renewal_request; delete from platform.seal_copy;";

/// The stamps of a seal as a site has them.
fn published(stage: &Stage, site: &str, number: u64) -> Vec<Vec<u8>> {
    let store = stage.storage.tenant(platform()).on(&[site]).unwrap();
    (1..).map_while(|ordinal| store.kept(&token_name(number, ordinal)).unwrap()).collect()
}

async fn seal_all(stage: &Stage) {
    for code in [A, "b"] {
        let tenant = TenantId::of_member(code);
        stage.sealing.seal(tenant, code, Agent::Service).await.unwrap();
        stage.sealing.publish(tenant, code).await.unwrap();
    }
    stage.sealing.seal_platform().await.unwrap();
    stage.sealing.publish_platform().await.unwrap();
}

#[tokio::test]
async fn a_database_that_forgot_its_stamps_takes_them_back_from_the_sites_and_asks_for_none_of_them() {
    let stage = Stage::new("stamps_forgotten").await;
    stage.clock.advance(Utc::now() - stage.clock.now());
    let (short, long) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ends_soon = start(short.path(), ANYWHERE.parse().unwrap(), 20);
    let lasts = start(long.path(), ANYWHERE.parse().unwrap(), 3_650);
    for day in 0..60 {
        seal_all(&stage).await;
        if day == 30 {
            with(&stage, &[&ends_soon], 0).stamp_what_waits().await.unwrap();
        }
        stage.clock.advance(TimeDelta::minutes(1));
    }
    assert!(with(&stage, &[&lasts], 30).stamp_what_waits().await.unwrap() == 29 + 31);
    let mut before = Vec::new();
    for number in 1..=60 {
        before.push(tokens(&stage, number).await);
    }
    assert!(before[..31].iter().all(|tokens| tokens.len() == 2), "stamped and renewed");
    assert!(before[31..].iter().all(|tokens| tokens.len() == 1));
    let files: Vec<_> = (1..=60).map(|number| published(&stage, "nord", number)).collect();
    tamper(&stage, FORGOTTEN).await;
    seal_all(&stage).await;
    // Without the authority that gave them, nobody is asked in its stead: that is said.
    let answered = lasts.answered();
    let amnesic = with(&stage, &[&lasts], 30);
    amnesic.stamp_what_waits().await.unwrap();
    assert_eq!(lasts.answered() - answered, 1, "for the seal of today");
    assert!(tokens(&stage, 1).await.is_empty());
    let reason = amnesic.standing().await.unwrap().stamping.unwrap().reason.unwrap();
    assert!(reason.contains("000031.1.tsr") && reason.contains("ask = false"), "{reason}");
    // With it, all are there again at one turn.
    let asked = (ends_soon.answered(), lasts.answered());
    with(&stage, &[&ends_soon, &lasts], 30).stamp_what_waits().await.unwrap();
    assert_eq!((ends_soon.answered(), lasts.answered()), asked);
    for number in 1..=60 {
        let (now, then) = (tokens(&stage, number).await, &before[number as usize - 1]);
        assert_eq!(now.len(), then.len(), "{number}");
        for (now, then) in now.iter().zip(then) {
            assert_eq!(
                (&now.token, now.ordinal, now.stamped_at),
                (&then.token, then.ordinal, then.stamped_at)
            );
            assert_eq!((&now.signer, now.certificate_ends), (&then.signer, then.certificate_ends));
            assert_eq!((&now.algorithm, now.is_demonstration), (&then.algorithm, then.is_demonstration));
        }
    }
    assert_eq!(tokens(&stage, 61).await.len(), 1);
    for site in ["nord", "sud"] {
        let now: Vec<_> = (1..=60).map(|number| published(&stage, site, number)).collect();
        assert!(now == files, "{site}: no file changed");
    }
}

#[tokio::test]
async fn what_stands_under_a_stamps_name_is_never_written_over() {
    let stage = Stage::new("stamps_over_others").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&authority], 0);
    let nord = stage.storage.tenant(platform()).on(&["nord"]).unwrap();
    assert!(nord.keep(&token_name(1, 1), b"autre chose").unwrap().is_empty());
    for _ in 0..2 {
        sealing.seal_what_is_due().await.unwrap();
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
        stage.clock.advance(TimeDelta::days(1));
    }
    assert_eq!(published(&stage, "nord", 1), [b"autre chose"]);
    for (site, number) in [("sud", 1), ("nord", 2), ("sud", 2)] {
        assert_eq!(published(&stage, site, number), [tokens(&stage, number as i64).await[0].token.clone()]);
    }
    let contradicted = [Alert::Contradicted { site: "nord".into(), tokens: 1, first: 1 }];
    assert_eq!(sealing.standing().await.unwrap().alerts, contradicted);
    // Once somebody has looked and taken it away, the stamp takes its place.
    let kept = stage.folder.path().join("nord/.kept").join(platform().to_string()).join(token_name(1, 1));
    std::fs::remove_file(kept).unwrap();
    sealing.stamp_what_waits().await.unwrap();
    assert_eq!(published(&stage, "nord", 1), published(&stage, "sud", 1));
    assert!(sealing.standing().await.unwrap().alerts.is_empty());
}

#[tokio::test]
async fn a_seal_that_a_crash_kept_from_the_head_is_not_signed_a_second_time() {
    let stage = Stage::new("seals_beyond_head").await;
    stage.happen(10).await;
    stage.sealing.seal_what_is_due().await.unwrap();
    let head = stage.store("nord").kept("log/checkpoint").unwrap().unwrap();
    stage.clock.advance(TimeDelta::days(1));
    stage.happen(10).await;
    stage.sealing.seal_what_is_due().await.unwrap();
    let before = stage.seals().await;
    // As a process that died before the head, on both sites, would have left them.
    for site in ["nord", "sud"] {
        assert!(stage.store(site).keep("log/checkpoint", &head).unwrap().is_empty());
    }
    tamper(&stage, "delete from seal where number = 2; delete from log_tile;").await;
    let sealed = stage.sealing.seal(tenant(), A, Agent::Service).await.unwrap();
    assert_eq!(sealed.number, 3);
    assert_eq!(stage.seals().await[..2], before[..]);
    let note = stage.store("sud").kept("log/seals/000002.note").unwrap().unwrap();
    assert_eq!(String::from_utf8(note).unwrap(), before[1].1.to_string());
}
