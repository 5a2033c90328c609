//! Heads stamped by an authority beside us: one a day whatever the members, taken by `openssl ts`, waited for when the
//! authority is away, renewed before its certificate ends.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use chartrier::evidence::seal_queries;
use chartrier::evidence::token_queries::{self, KeptToken};
use chartrier::model::TenantId;
use chartrier::proof::note::Note;
use chartrier::proof::token::{certificates, verify};
use chartrier::sealing::{Authorities, Sealing, stamped_bytes};
use chartrier::timestamp::Authority;
use chartrier::timestamp::demonstration::Demonstration;
use chrono::TimeDelta;

use super::Stage;

const ANYWHERE: &str = "127.0.0.1:0";

fn platform() -> TenantId {
    TenantId::of_member(TenantId::CANARIES)
}

fn start(folder: &Path, address: SocketAddr, days: u32) -> Demonstration {
    Demonstration::start(folder, address, days).unwrap()
}

fn with(stage: &Stage, authorities: &[&Demonstration], renew_days: u32) -> Sealing {
    let all = authorities.iter().map(|one| Authority::new(one.settings().unwrap()).unwrap()).collect();
    stage.sealing.clone().with_authorities(Authorities { all, renew_days })
}

async fn tokens(stage: &Stage, number: i64) -> Vec<KeptToken> {
    token_queries::tokens_of(&mut stage.db.technical().await.unwrap(), platform(), number).await.unwrap()
}

async fn body(stage: &Stage, number: i64) -> String {
    let mut tx = stage.db.technical().await.unwrap();
    let seal = seal_queries::platform_seals_after(&mut tx, number - 1, 1).await.unwrap().pop().unwrap();
    Note::parse(&seal.note).unwrap().text().to_string()
}

fn openssl_accepts(folder: &Path, root: &[u8], token: &[u8], bytes: &[u8]) -> bool {
    for (name, content) in [("root.check", root), ("token.check", token), ("data.check", bytes)] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    let mut openssl = Command::new("openssl");
    openssl.args([
        "ts",
        "-verify",
        "-data",
        "data.check",
        "-in",
        "token.check",
        "-token_in",
        "-CAfile",
        "root.check",
    ]);
    openssl.current_dir(folder).output().unwrap().status.success()
}

#[tokio::test]
async fn each_days_head_gets_one_stamp_whatever_the_members_and_openssl_takes_it() {
    let stage = Stage::new("stamps_days").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&authority], 0);
    for _ in 0..10 {
        stage.happen(2).await;
        sealing.seal_what_is_due().await.unwrap();
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
        stage.clock.advance(TimeDelta::days(1));
    }
    let root = authority.settings().unwrap().roots;
    for number in 1..=10 {
        let kept = tokens(&stage, number).await;
        assert_eq!(kept.len(), 1, "one a day for two members: 365 a year, for 300 as for two");
        assert!(kept[0].is_demonstration && kept[0].signer.contains("sans valeur"));
        let body = body(&stage, number).await;
        verify(&kept[0].token, body.as_bytes(), &certificates(&root).unwrap()).unwrap();
        assert!(openssl_accepts(folder.path(), &root, &kept[0].token, body.as_bytes()));
        assert!(!openssl_accepts(folder.path(), &root, &kept[0].token, b"autre"));
        for site in ["nord", "sud"] {
            let store = stage.storage.tenant(platform()).on(&[site]).unwrap();
            let published = store.kept(&format!("log/seals/{number:06}.1.tsr")).unwrap();
            assert_eq!(published.as_deref(), Some(&kept[0].token[..]), "{site}");
        }
    }
    let standing = sealing.standing().await.unwrap().stamping.unwrap();
    assert_eq!((standing.waiting_since, standing.reason), (None, None));
}

#[tokio::test]
async fn an_authority_away_three_days_keeps_nothing_else_waiting_and_stamps_all_when_it_is_back() {
    let stage = Stage::new("stamps_away").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let (address, sealing) = (authority.address(), with(&stage, &[&authority], 0));
    sealing.seal_what_is_due().await.unwrap();
    sealing.stamp_what_waits().await.unwrap();
    drop(authority);
    let first_away = stage.clock.now() + TimeDelta::days(1);
    for day in 1..=3 {
        stage.clock.advance(TimeDelta::days(1));
        stage.happen(1).await;
        sealing.seal_what_is_due().await.unwrap();
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
        let standing = sealing.standing().await.unwrap().stamping.unwrap();
        assert_eq!(standing.waiting_since, Some(first_away));
        assert!(standing.reason.unwrap().contains("demonstration"));
        assert_eq!(stage.seals().await.len(), day + 1, "sealed all the same");
    }
    let waits = stage.clock.now() - first_away;
    assert!(waits > chartrier::sealing::WAITING_MAX, "an alert by now");
    let _back = start(folder.path(), address, 3_650);
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 3);
    for number in 1..=4 {
        assert_eq!(tokens(&stage, number).await.len(), 1);
    }
    let standing = sealing.standing().await.unwrap().stamping.unwrap();
    assert_eq!((standing.waiting_since, standing.reason), (None, None));
}

#[tokio::test]
async fn the_next_authority_is_asked_when_the_first_does_not_answer() {
    let stage = Stage::new("stamps_second").await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = start(one.path(), ANYWHERE.parse().unwrap(), 3_650);
    let second = start(two.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&first, &second], 0);
    drop(first);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    let roots = certificates(&second.settings().unwrap().roots).unwrap();
    verify(&tokens(&stage, 1).await[0].token, body(&stage, 1).await.as_bytes(), &roots).unwrap();
}

#[tokio::test]
async fn a_stamp_is_renewed_before_its_certificate_ends_over_all_that_it_was() {
    let stage = Stage::new("stamps_renewed").await;
    // Certificates last by the world's time: so does this test.
    stage.clock.advance(chrono::Utc::now() - stage.clock.now());
    let (short, long) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ends_soon = start(short.path(), ANYWHERE.parse().unwrap(), 20);
    let sealing = with(&stage, &[&ends_soon], 30);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    // The same authority has nothing better to give: its stamp is not asked for again and again.
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    let lasts = start(long.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&lasts], 30);
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    let kept = tokens(&stage, 1).await;
    assert_eq!(kept.iter().map(|token| token.ordinal).collect::<Vec<_>>(), [1, 2]);
    let body = body(&stage, 1).await;
    let roots = |authority: &Demonstration| certificates(&authority.settings().unwrap().roots).unwrap();
    verify(&kept[0].token, &stamped_bytes(&body, &[]), &roots(&ends_soon)).unwrap();
    let renewed = stamped_bytes(&body, &[kept[0].token.clone()]);
    verify(&kept[1].token, &renewed, &roots(&lasts)).unwrap();
    verify(&kept[1].token, &stamped_bytes(&body, &[]), &roots(&lasts))
        .expect_err("the first token is under it");
}
