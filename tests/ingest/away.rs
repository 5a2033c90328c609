//! A site that goes away while transfers come, and comes back.

use std::time::Duration;

use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

#[test]
fn a_transfer_waits_for_a_site_that_is_away_and_ends_by_itself() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let (sud, away) = (place.folder().join("data/sites/sud"), place.folder().join("data/sites/away"));
    std::fs::rename(&sud, &away).unwrap();
    // The folder on which a disk was mounted.
    std::fs::create_dir(&sud).unwrap();

    let transfer = client.deposit(&Sip::with_files("SITE-ABSENT", 3).zip()).unwrap();
    client.wait_for(&transfer, &["sealed"]).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let told = client.transfer(&transfer).unwrap();
    assert_eq!(told["state"], "sealed", "accepted, and not yet ours: {told}");
    assert_eq!(std::fs::read_dir(&sud).unwrap().count(), 0);

    std::fs::remove_dir(&sud).unwrap();
    std::fs::rename(&away, &sud).unwrap();
    client.wait_for(&transfer, &["taken_in_charge"]).unwrap();
    place
        .check_end("SITE-ABSENT", chartrier::model::TransferState::TakenInCharge, &client, &transfer)
        .unwrap();
}
