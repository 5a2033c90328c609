//! A site that goes away while transfers come, and comes back.

use std::time::{Duration, Instant};

use chartrier::ingest::Ingest;
use chartrier::model::{Limits, TransferState};
use chartrier::storage::{Settings, Storage};

use super::Desk;
use crate::support::fresh_tenant;
use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

#[test]
fn a_transfer_waits_for_a_site_that_is_away_and_ends_by_itself() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let (sud, away) = (place.folder().join("data/sites/sud"), place.folder().join("data/sites/away"));
    // Copies of the journals are kept at the start, then each minute: the disk does not go under the first of them.
    let began = Instant::now();
    while !sud.join(".kept").exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "no journal was kept");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_secs(1));
    std::fs::rename(&sud, &away).unwrap();
    // The folder on which a disk was mounted.
    std::fs::create_dir(&sud).unwrap();

    let transfer = client.deposit(&Sip::with_files("SITE-ABSENT", 3).zip()).unwrap();
    client.wait_for(&transfer, &["awaiting_replication"]).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let told = client.transfer(&transfer).unwrap();
    assert_eq!(told["state"], "awaiting_replication", "accepted, and not yet ours: {told}");
    // Something begun before the disk went may have looked for its staging; nothing is named there.
    let names = std::fs::read_dir(&sud).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = names.filter(|name| name != ".staging").collect();
    assert!(names.is_empty(), "{names:?}");

    std::fs::remove_dir_all(&sud).unwrap();
    std::fs::rename(&away, &sud).unwrap();
    client.wait_for(&transfer, &["taken_in_charge"]).unwrap();
    place.check_end("SITE-ABSENT", TransferState::TakenInCharge, &client, &transfer).unwrap();
}

#[tokio::test]
async fn copies_that_cannot_be_confirmed_yet_are_confirmed_later() {
    let folder = tempfile::tempdir().unwrap();
    let site = |name: &str| (name.to_owned(), folder.path().join(name));
    let sites = vec![site("nord"), site("sud")];
    let storage = Storage::open(&Settings::folders(sites, folder.path().join("quarantine"))).unwrap();
    let tenant = fresh_tenant().await;
    let ingest = Ingest::new(tenant.db.clone(), storage.clone(), tenant.clock.clone(), Limits::default(), 30);
    let desk = Desk { tenant, ingest };
    let transfer = desk.deposit(desk.sip("CONFIRMATION").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge);
    let (sud, away) = (folder.path().join("sud"), folder.path().join("away"));
    std::fs::rename(&sud, &away).unwrap();
    std::fs::create_dir(&sud).unwrap();
    let told = desk.ingest.advance(desk.tenant.tenant, transfer.transfer_id).await;
    assert!(told.as_ref().is_err_and(chartrier::ingest::Error::is_transient), "{told:?}");
    std::fs::remove_dir(&sud).unwrap();
    std::fs::rename(&away, &sud).unwrap();
    desk.ingest.advance(desk.tenant.tenant, transfer.transfer_id).await.unwrap();
    assert!(storage.tenant(desk.tenant.tenant).is_confirmed(transfer.archive_id.unwrap()).unwrap());
    desk.end().await;
}
