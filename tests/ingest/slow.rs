//! A site that answers nothing and is not away: nothing more is asked of it, its members' deposits wait, others'
//! do not, and all goes on by itself when it moves again.

use std::time::{Duration, Instant};

use chartrier::ingest::Error;
use chartrier::ingest::queries::MessageKind;
use chartrier::model::TransferState;
use chartrier::storage::{About, Place, Settings, SiteSettings, Storage};

use super::replication::{desk, sites};
use crate::support::fault_table::note;
use crate::support::s3::{S3, Trouble};

pub const SLOW: &str = "site lent";

/// How long a site may make no progress, here.
const SLOW_AFTER: Duration = Duration::from_millis(200);
/// What nothing asked of the slow site may cost: far less than its clients' patience (30 s).
const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_slow_site_keeps_its_members_waiting_and_no_others_until_it_moves() {
    // The server has a runtime of its own, which neither starts nor ends in another.
    let s3 = S3::start();
    tokio::runtime::Runtime::new().unwrap().block_on(a_site_slows_down_and_moves_again(&s3));
}

async fn a_site_slows_down_and_moves_again(s3: &S3) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = sites(&folder, &[("nord", ""), ("est", "")]);
    settings.sites.push(SiteSettings {
        name: "sud".into(),
        place: Place::Bucket(s3.bucket("sud")),
        about: About::default(),
    });
    assert_eq!(settings.slow_after, Duration::from_secs(30), "what a service has");
    let storage = Storage::open(&Settings { slow_after: SLOW_AFTER, ..settings }).unwrap();
    let (hurt, unhurt) = (desk(&storage).await, desk(&storage).await);
    hurt.kept_on(&["nord", "sud"]).await;
    unhurt.kept_on(&["nord", "est"]).await;

    // Two deposits are on their way when the site stops answering.
    s3.trouble("*", Trouble::Silence, usize::MAX);
    let mut held = Vec::new();
    for number in 0..2 {
        let id = hurt.receive(hurt.sip(&format!("RETENU-{number}")).zip()).await.transfer.transfer_id;
        let (ingest, tenant) = (hurt.ingest.clone(), hurt.tenant.tenant);
        held.push((id, tokio::spawn(async move { ingest.advance(tenant, id).await })));
    }
    let third = hurt.receive(hurt.sip("LENT").zip()).await.transfer.transfer_id;
    while hurt.count("select count(*) from transfer where state = 'sealed'").await < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(3 * SLOW_AFTER).await;

    // The next is not held: it waits, and says for whom and why.
    let began = Instant::now();
    let told = hurt.ingest.advance(hurt.tenant.tenant, third).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let Err(Error::AwaitingReplication { sites, reasons }) = &told else { panic!("{told:?}") };
    assert_eq!((sites.as_slice(), reasons.contains("too slow")), (["sud".to_string()].as_slice(), true));
    assert_eq!(hurt.transfer(third).await.state, TransferState::AwaitingReplication);
    assert!(hurt.message(third, MessageKind::Reply).await.is_none(), "no attestation before every copy");
    assert!(hurt.events(&format!("transfer:{third}")).await.contains(&"REPLICATION".to_string()));
    assert!(held.iter().all(|(_, task)| !task.is_finished()), "the site still holds them");

    // Who keeps nothing there is not hurt.
    let began = Instant::now();
    assert_eq!(unhurt.deposit(unhurt.sip("AILLEURS").zip()).await.state, TransferState::TakenInCharge);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert_eq!(unhurt.copies().await, ["est", "nord"]);

    // It moves: those that were held end, and the one that waits is taken up.
    s3.heal();
    for (id, task) in held {
        task.await.unwrap().unwrap();
        assert_eq!(hurt.transfer(id).await.state, TransferState::TakenInCharge);
    }
    hurt.ingest.advance(hurt.tenant.tenant, third).await.unwrap();
    assert_eq!(hurt.transfer(third).await.state, TransferState::TakenInCharge);
    assert_eq!(hurt.copies().await, ["nord", "nord", "nord", "sud", "sud", "sud"]);
    let lost = 3 - hurt.count("select count(*) from transfer where state = 'taken_in_charge'").await;
    note(SLOW, lost as usize, format!("REPLICATION KO ; {reasons}"), "3 prises en charge, le site reparti");
    hurt.end().await;
    unhurt.end().await;
}
