//! A byte flipped in, or the loss of, each file that a real archive is made of: found by the command, told in the
//! journal, mended from the other site to the byte.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::storage::backend::names;
use crate::support::fault_table::note;
use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    Flipped,
    Removed,
}

impl Harm {
    pub fn words(self) -> &'static str {
        match self {
            Harm::Flipped => "octet changé",
            Harm::Removed => "fichier supprimé",
        }
    }
}

/// Every file of a copy, as deposits of today make it; the table wants each of them.
pub const FILES: [&str; 14] = [
    "0=ocfl_object_1.1",
    "inventory.json",
    "inventory.json.sha512",
    "logs/confirmed",
    "v1/content/manifest.xml",
    "v1/content/metadata/accession.json",
    "v1/content/metadata/acknowledgement.xml",
    "v1/content/metadata/checks.json",
    "v1/content/metadata/premis.xml",
    "v1/content/metadata/reply.xml",
    "v1/content/metadata/transfer.json",
    "v1/content/objects/000001.pdf",
    "v1/inventory.json",
    "v1/inventory.json.sha512",
];

/// The faults of this file, each with its name in the table. A marker that is not there yet is no fault for a day: its
/// removal is `preservation::faults`'.
pub fn faults() -> impl Iterator<Item = (Harm, &'static str, String)> {
    let harms = [Harm::Flipped, Harm::Removed].into_iter();
    harms
        .flat_map(|harm| FILES.map(|file| (harm, file, format!("{} : {file}", harm.words()))))
        .filter(|(harm, file, _)| (*harm, *file) != (Harm::Removed, "logs/confirmed"))
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    fs::write(file, bytes).unwrap();
}

/// An archive for each fault, and nothing that runs.
fn with_archives(count: usize) -> (Place, Vec<String>) {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let mut locations = Vec::new();
    for number in 0..count {
        let transfer = client.deposit(&Sip::with_files(&format!("DEFAUT-{number}"), 1).zip()).unwrap();
        client.wait_for(&transfer, &["taken_in_charge"]).unwrap();
        let location = "select c.location from copy c join archive a using (archive_id)
                        where c.site = 'sud' and a.transfer_id";
        locations.extend(place.rows(&format!("{location} = '{transfer}'")));
    }
    let began = Instant::now();
    let marked = |location: &String| copy(&place, "sud", location).join("logs/confirmed").exists();
    while !locations.iter().all(marked) {
        assert!(began.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(20));
    }
    (place, locations)
}

fn copy(place: &Place, site: &str, location: &str) -> PathBuf {
    place.folder().join("data/sites").join(site).join(location)
}

/// Every file of a copy, with its bytes.
fn files(copy: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = names(copy).into_iter().filter(|name| !name.ends_with('/'));
    names.map(|name| (name.clone(), fs::read(copy.join(name)).unwrap())).collect()
}

#[test]
fn each_file_of_a_real_archive_harmed_is_found_told_and_mended_to_the_byte() {
    let faults: Vec<_> = faults().collect();
    let (place, locations) = with_archives(faults.len());
    let before: Vec<_> = locations.iter().map(|location| files(&copy(&place, "sud", location))).collect();
    let notes = |name: &&String| name.starts_with("logs/") && *name != "logs/confirmed";
    for files in &before {
        assert_eq!(
            files.keys().filter(|name| !notes(name)).collect::<Vec<_>>(),
            FILES.map(String::from).iter().collect::<Vec<_>>()
        );
    }
    for ((harm, file, _), location) in faults.iter().zip(&locations) {
        let file = copy(&place, "sud", location).join(file);
        match harm {
            Harm::Flipped => flip(&file),
            Harm::Removed => fs::remove_file(&file).unwrap(),
        }
    }
    assert_eq!(place.run(&["audit"], &[]).0, Some(1));
    let said_of = |location: &String| {
        let found = "select i.faults[1] from incident i join copy c using (archive_id) where c.site = 'sud' and i.site = 'sud'";
        place.rows(&format!("{found} and c.location = '{location}'"))
    };
    let said: Vec<_> = locations.iter().map(said_of).collect();
    assert!(said.iter().all(|said| said.len() == 1), "one incident each: {said:?}");
    assert_eq!(place.run(&["repair"], &[]).0, Some(0));
    assert_eq!(place.run(&["audit"], &[]).0, Some(0));
    let events = |location: &String| {
        let told = "select event_type || ' ' || e.outcome from event e join copy c on e.object = 'archive:' || c.archive_id
                    where c.site = 'sud' and event_type in ('INCIDENT', 'REPARATION')";
        place.rows(&format!("{told} and c.location = '{location}' order by e.seq"))
    };
    for (number, (harm, file, fault)) in faults.iter().enumerate() {
        let location = &locations[number];
        let (said, events) = (&said[number][0], events(location));
        // Of an inventory and a sidecar that disagree, nothing says which is wrong.
        let named = if *harm == Harm::Flipped { file.trim_end_matches(".sha512") } else { file };
        assert!(said.contains(named), "{fault}: {said}");
        let expected = match (harm, file) {
            (Harm::Removed, _) => "fichier absent",
            (_, file) if file.contains("inventory.json") => "inventaire incorrect",
            _ => "fichier altéré",
        };
        assert!(said.starts_with(expected), "{fault}: {said}");
        assert_eq!(events, ["INCIDENT KO", "REPARATION OK"], "{fault}");
        let after = files(&copy(&place, "sud", location));
        let changed: Vec<_> =
            before[number].iter().filter(|(name, bytes)| after.get(*name) != Some(bytes)).collect();
        assert!(changed.is_empty(), "{fault}: {changed:?}");
        let from =
            "select i.repaired_from from incident i join copy c using (archive_id) where c.site = 'sud'";
        let from = place.rows(&format!("{from} and c.location = '{location}'"));
        assert_eq!(from, ["nord"], "{fault}");
        note(
            fault,
            changed.len(),
            format!("{} ; {said}", events[0]),
            format!("{} depuis {}", events[1], from[0]),
        );
    }
}
