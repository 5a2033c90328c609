//! Stamps renewed before their certificates end: over all that they were, once, without asking for nothing again and again.

use chartrier::evidence::token_queries::{self, KeptToken};
use chartrier::proof::sealed::Trusted;
use chartrier::proof::token::{Algorithm, certificates, read, request, token_of, verify};
use chartrier::sealing::{Alert, Authorities, Sealing, stamped_bytes};
use chartrier::timestamp::demonstration::Demonstration;
use chartrier::timestamp::{Authority as Asked, Settings};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::stamps::{ANYWHERE, body, platform, start, tokens, with};
use super::{A, Stage, tenant};
use crate::proof::authority::{Authority, Certificate};

fn roots_of(authority: &Demonstration) -> Vec<openssl::x509::X509> {
    certificates(&authority.settings().unwrap().roots).unwrap()
}

#[tokio::test]
async fn a_stamp_is_renewed_before_its_certificate_ends_over_all_that_it_was() {
    let stage = Stage::new("stamps_renewed").await;
    // Certificates last by the world's time: so does this test.
    stage.clock.advance(Utc::now() - stage.clock.now());
    let (short, long) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ends_soon = start(short.path(), ANYWHERE.parse().unwrap(), 20);
    let sealing = with(&stage, &[&ends_soon], 30);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    let first = &tokens(&stage, 1).await[0];
    // The same authority has nothing better to give: it is asked once, and not again by a service that starts again.
    assert_eq!(ends_soon.answered(), 2, "the stamp, and its renewal in the same turn");
    for _ in 0..20 {
        assert_eq!(with(&stage, &[&ends_soon], 30).stamp_what_waits().await.unwrap(), 0);
        stage.clock.advance(TimeDelta::minutes(5));
    }
    assert_eq!(ends_soon.answered(), 2);
    let standing = sealing.standing().await.unwrap();
    let renewal = standing.stamping.unwrap().renewal.unwrap();
    assert_eq!(renewal.ends, first.certificate_ends);
    assert!(renewal.reason.contains("ne finit pas plus tard"), "{}", renewal.reason);
    assert!(standing.alerts.is_empty(), "it has ten days left: {:?}", standing.alerts);
    for _ in 0..6 {
        stage.clock.advance(TimeDelta::days(1));
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    }
    assert_eq!(ends_soon.answered(), 8, "once a day");
    let standing = sealing.standing().await.unwrap();
    let alert = |alert: &Alert| matches!(alert, Alert::NotRenewed { ends, .. } if *ends == renewal.ends);
    assert!(standing.alerts.iter().any(alert), "{:?}", standing.alerts);
    // A second authority has something better: it is asked, though the first is there.
    let lasts = start(long.path(), ANYWHERE.parse().unwrap(), 3_650);
    let both = with(&stage, &[&ends_soon, &lasts], 30);
    stage.clock.advance(TimeDelta::days(1));
    assert_eq!(both.stamp_what_waits().await.unwrap(), 1);
    assert_eq!(both.stamp_what_waits().await.unwrap(), 0);
    assert_eq!((ends_soon.answered(), lasts.answered()), (9, 1));
    let kept = tokens(&stage, 1).await;
    assert_eq!(kept.iter().map(|token| token.ordinal).collect::<Vec<_>>(), [1, 2]);
    let body = body(&stage, 1).await;
    verify(&kept[0].token, &stamped_bytes(&body, &[]), &roots_of(&ends_soon)).unwrap();
    let renewed = stamped_bytes(&body, &[kept[0].token.clone()]);
    verify(&kept[1].token, &renewed, &roots_of(&lasts)).unwrap();
    verify(&kept[1].token, &stamped_bytes(&body, &[]), &roots_of(&lasts))
        .expect_err("the first token is under it");
    let standing = both.standing().await.unwrap();
    assert_eq!((standing.stamping.unwrap().renewal, standing.alerts), (None, Vec::new()));
}

/// A token of an authority that has ceased, whose certificate is over.
fn of_that_time(gone: &Authority, bytes: &[u8], time: &str) -> Vec<u8> {
    let fresh = Authority::new(Certificate::Good);
    let answer = fresh.answer(&request(bytes, Algorithm::Sha256, 7, None).unwrap());
    gone.says_again(&token_of(&answer).unwrap(), Some(time), "-cades")
}

/// A seal of 2024, stamped by an authority that has ceased, and what stamps today.
pub struct Over {
    pub sealing: Sealing,
    pub gone: Authority,
    pub today: Demonstration,
    pub text: String,
    pub token: Vec<u8>,
    _folder: TempDir,
}

/// Seals in June 2024, stamps with a certificate that ended with that year, and comes back to today, when another authority
/// is asked.
pub async fn stamped_in_2024(stage: &Stage) -> Over {
    stage.clock.advance("2024-06-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap() - stage.clock.now());
    stage.happen(5).await;
    stage.sealing.seal_what_is_due().await.unwrap();
    let text = body(stage, 1).await;
    let gone = Authority::new(Certificate::Between("20230101000000Z", "20250101000000Z"));
    let token = of_that_time(&gone, text.as_bytes(), "20240601120500");
    let stamp = read(&token).unwrap();
    let kept = KeptToken {
        number: 1,
        ordinal: 1,
        authority: "ancienne".into(),
        is_demonstration: false,
        algorithm: "sha256".into(),
        token: token.clone(),
        stamped_at: stamp.at,
        signer: stamp.authority,
        certificate_ends: stamp.certificate_ends,
    };
    let mut tx = stage.db.technical().await.unwrap();
    assert!(token_queries::insert_token(&mut tx, platform(), &kept).await.unwrap());
    tx.commit().await.unwrap();
    stage.clock.advance(Utc::now() - stage.clock.now());
    let folder = tempfile::tempdir().unwrap();
    let today = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let former = Settings {
        name: "ancienne".into(),
        url: "http://127.0.0.1:9/".into(),
        roots: gone.root(),
        is_asked: false,
        ..today.settings().unwrap()
    };
    let all = [former, today.settings().unwrap()].map(|settings| Asked::new(settings).unwrap()).to_vec();
    let authorities = Authorities { all, renew_days: 30, ..Authorities::default() };
    let sealing = stage.sealing.clone().with_authorities(authorities);
    Over { sealing, gone, today, text, token, _folder: folder }
}

#[tokio::test]
async fn a_stamp_whose_certificate_is_over_holds_and_the_one_that_renews_it_covers_it() {
    let stage = Stage::new("stamps_over").await;
    let Over { sealing, gone, today, text, token, _folder } = stamped_in_2024(&stage).await;
    let stamp = read(&token).unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    assert_eq!(tokens(&stage, 1).await.len(), 2);
    // Who holds a proof sees both, though the first certificate is over.
    let proof = sealing.prove(tenant(), 3).await.unwrap().unwrap();
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let entry = chartrier::evidence::journal_page(&mut tx, 2, 1).await.unwrap()[0].hash.clone();
    let entry: [u8; 32] = entry.try_into().unwrap();
    let shown = proof.verify(&entry, 3, A, &sealing.trusted().unwrap()).unwrap();
    assert_eq!(shown.stamps.len(), 2);
    assert_eq!(shown.stamps[0].at, stamp.at);
    assert!(shown.stamps[0].certificate_ends < Utc::now() && shown.stamps[1].certificate_ends > Utc::now());
    // The new authority's root alone does not make the old stamp good: what was true in 2024, the old root says.
    let keys = sealing.trusted().unwrap().keys;
    let roots = today.settings().unwrap().roots;
    proof.verify(&entry, 3, A, &Trusted { keys, roots }).expect_err("the first stamp's root is not held");
    assert!(gone.openssl_accepts_at(&token, text.as_bytes(), Some(stamp.at.timestamp())));
    let renewed = &tokens(&stage, 1).await[1].token;
    let renewed = verify(renewed, &stamped_bytes(&text, &[token]), &roots_of(&today)).unwrap();
    assert!(renewed.at > stamp.certificate_ends);
}
