//! The fault table: what is done to a copy, what is said, how it is mended.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chartrier::preservation::{Alert, Settings};
use chrono::TimeDelta;

use super::{Stage, settings};
use crate::storage::archive;
use crate::support::fault_table::note;

fn change_a_byte(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[3] ^= 1;
    fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    fs::write(file, bytes).unwrap();
}

pub const ADDED: &str = "fichier ajouté";
pub const GONE: &str = "copie entière supprimée";
pub const EMPTIED: &str = "site vidé";
pub const BOTH: &str = "les deux copies d’un fichier abîmées";
pub const FORGED: &str = "copie récrite, cohérente en elle-même";
pub const MARKER: &str = "fichier supprimé : logs/confirmed";
pub const MARKERS: &str = "fichier supprimé sur tous les sites : logs/confirmed";

/// Harm done to a copy's folder.
type Harm = fn(&Path);

const HARMS: [(&str, Harm, &str); 10] = [
    (
        "a byte of the manifest flipped",
        |copy| change_a_byte(&copy.join("v1/content/manifest.xml")),
        "fichier altéré",
    ),
    (
        "a byte of a file flipped",
        |copy| change_a_byte(&copy.join("v1/content/objects/000001.pdf")),
        "fichier altéré",
    ),
    (
        "a byte of the declaration flipped",
        |copy| change_a_byte(&copy.join("0=ocfl_object_1.1")),
        "fichier altéré",
    ),
    (
        "a file removed",
        |copy| fs::remove_file(copy.join("v1/content/objects/000003.pdf")).unwrap(),
        "fichier absent",
    ),
    (ADDED, |copy| fs::write(copy.join("v1/content/intrus.txt"), "x").unwrap(), "fichier inattendu"),
    ("the inventory damaged", |copy| change_a_byte(&copy.join("inventory.json")), "inventaire incorrect"),
    (
        "the version's inventory damaged",
        |copy| change_a_byte(&copy.join("v1/inventory.json")),
        "inventaire incorrect",
    ),
    (
        "the sidecar damaged",
        |copy| change_a_byte(&copy.join("inventory.json.sha512")),
        "inventaire incorrect",
    ),
    ("the inventory removed", |copy| fs::remove_file(copy.join("inventory.json")).unwrap(), "fichier absent"),
    (GONE, |copy| fs::remove_dir_all(copy).unwrap(), "copie absente"),
];

impl Stage {
    /// The first fault of each incident, in words.
    async fn first_faults(&self) -> Vec<String> {
        self.rows("select faults[1] from incident order by opened_at, archive_id").await
    }
}

#[tokio::test]
async fn each_harm_is_found_by_the_schedule_said_and_mended() {
    let stage = Stage::with(HARMS.len() as u128).await;
    for (number, (_, harm, _)) in (1..).zip(HARMS) {
        harm(&stage.copy(archive(number), "sud"));
    }
    // The whole site is read the same day: so many faults are a disk's.
    stage.live(60).await;
    println!("{:36} {:24} mended", "harm", "said");
    let said = stage.rows("select faults[1] from incident order by archive_id").await;
    assert_eq!(said.len(), HARMS.len(), "{said:?}");
    for (number, (name, _, expected)) in (1..).zip(HARMS) {
        let said = &said[number as usize - 1];
        assert!(said.starts_with(expected), "{name}: {said}");
        assert!(stage.is_whole(archive(number)), "{name}");
        println!("{name:36} {expected:24} from nord");
    }
    assert!(stage.open().await.is_empty());
    let told = stage.told().await;
    let whole = (1..=HARMS.len() as u128).filter(|number| stage.is_whole(archive(*number))).count();
    for number in 1..=HARMS.len() as u128 {
        let of_archive: Vec<&String> =
            told.iter().filter(|told| told.contains(&archive(number).to_string())).collect();
        let expected = [
            format!("INCIDENT KO archive:{} sud", archive(number)),
            format!("REPARATION OK archive:{} sud", archive(number)),
        ];
        assert_eq!(of_archive, expected.iter().collect::<Vec<_>>());
    }
    let sources = stage.rows("select distinct repaired_from from incident").await;
    assert_eq!(sources, ["nord"]);
    for (name, said) in [(ADDED, &said[4]), (GONE, &said[9])] {
        note(
            name,
            HARMS.len() - whole,
            format!("INCIDENT KO ; {said}"),
            format!("REPARATION OK depuis {}", sources[0]),
        );
    }
    stage.end().await;
}

#[tokio::test]
async fn what_should_not_be_there_is_set_aside_and_not_deleted() {
    let stage = Stage::with(1).await;
    fs::write(stage.copy(archive(1), "nord").join("v1/content/intrus.txt"), "preuve").unwrap();
    stage.audit().await;
    stage.work().await;
    assert!(stage.is_whole(archive(1)));
    let aside = crate::storage::backend::names(&stage.site("nord").join(".aside"));
    assert!(aside.iter().any(|name| name.ends_with("intrus.txt")), "{aside:?}");
    stage.end().await;
}

#[tokio::test]
async fn an_emptied_storage_root_is_filled_again_the_same_day() {
    let settings = Settings { sample_per_million: 100_000, ..settings() };
    let stage = Stage::new(40, settings, &["nord", "sud"]).await;
    fs::remove_dir_all(stage.site("nord").join(stage.tenant.to_string())).unwrap();
    stage.turn().await;
    stage.work().await;
    assert!(stage.open().await.is_empty());
    assert!((1..=40).all(|number| stage.is_whole(archive(number))));
    let told = stage.told().await;
    assert_eq!(told.len(), 80, "an incident and a repair each");
    let lost = (1..=40).filter(|number| !stage.is_whole(archive(*number))).count();
    note(
        EMPTIED,
        lost,
        stage.first_faults().await[0].as_str(),
        format!("{} réparations le jour même", told.len() / 2),
    );
    stage.end().await;
}

#[tokio::test]
async fn one_wrong_copy_is_one_incident_however_often_it_is_read() {
    let stage = Stage::with(2).await;
    change_a_byte(&stage.copy(archive(1), "sud").join("v1/content/manifest.xml"));
    for _ in 0..3 {
        assert_eq!(stage.audit().await.faulty, 1);
    }
    assert_eq!(stage.told().await, [format!("INCIDENT KO archive:{} sud", archive(1))]);
    assert_eq!(stage.open().await, ["sud open"]);
    stage.work().await;
    assert_eq!(stage.audit().await.faulty, 0);
    stage.end().await;
}

#[tokio::test]
async fn a_copy_put_right_by_hand_closes_its_incident_and_says_so() {
    let stage = Stage::with(1).await;
    let file = stage.copy(archive(1), "sud").join("v1/content/manifest.xml");
    change_a_byte(&file);
    stage.audit().await;
    change_a_byte(&file);
    stage.audit().await;
    assert!(stage.open().await.is_empty());
    let why = "select entry::jsonb #>> '{detail,constat}' from event where event_type = 'REPARATION'";
    assert_eq!(stage.rows(why).await, ["relue sans défaut"]);
    stage.end().await;
}

#[tokio::test]
async fn wrong_everywhere_stays_open_until_somebody_brings_a_good_copy() {
    let stage = Stage::with(2).await;
    stage.turn().await;
    let [nord, sud] =
        ["nord", "sud"].map(|site| stage.copy(archive(1), site).join("v1/content/manifest.xml"));
    change_a_byte(&nord);
    fs::remove_file(&sud).unwrap();
    stage.audit().await;
    stage.work().await;
    assert_eq!(stage.open().await, ["nord no_good_copy", "sud no_good_copy"]);
    let said = "select entry::jsonb #>> '{detail,constat}' from event
                where event_type = 'INCIDENT' and entry::jsonb #> '{detail,constat}' is not null";
    let hopeless_said = stage.rows(said).await;
    assert_eq!(hopeless_said[0], "aucune copie saine");
    let overview = stage.preservation.overview().await.unwrap();
    let hopeless =
        overview.alerts.iter().filter(|alert| matches!(alert, Alert::NoGoodCopy { copies: 1, .. }));
    assert_eq!(hopeless.count(), 2, "{:?}", overview.alerts);
    let standing = stage.preservation.member_standing(stage.tenant).await.unwrap();
    assert!(standing.open_count == 2 && standing.open.iter().all(|incident| incident.no_good_copy));

    // It is looked at again each day, not each hour, and says so.
    let tried = stage.told().await.len();
    stage.clock.advance(TimeDelta::hours(5));
    stage.turn().await;
    assert_eq!(stage.told().await.len(), tried);
    stage.live(1).await;
    assert_eq!(stage.open().await.len(), 2);
    assert!(stage.told().await.len() > tried);

    change_a_byte(&nord);
    stage.live(1).await;
    assert!(stage.open().await.is_empty() && stage.is_whole(archive(1)));
    let from = "select site || ' ' || coalesce(repaired_from, 'relue') from incident order by site";
    assert_eq!(stage.rows(from).await, ["nord relue", "sud nord"]);
    let lost = usize::from(!stage.is_whole(archive(1)));
    note(
        BOTH,
        lost,
        format!("{} ; {}", hopeless_said[0], "incident ouvert"),
        "une bonne copie rapportée : nord relue, sud depuis nord",
    );
    stage.end().await;
}

#[tokio::test]
async fn of_two_copies_whole_in_themselves_the_one_taken_in_charge_is_right() {
    let stage = Stage::with(1).await;
    let copy = stage.copy(archive(1), "nord");
    let inventory = fs::read_to_string(copy.join("inventory.json")).unwrap();
    let forged = inventory.replace("Prise en charge", "Prise en chargf");
    let sidecar =
        format!("{} inventory.json\n", hex::encode(<sha2::Sha512 as sha2::Digest>::digest(&forged)));
    for folder in ["", "v1"] {
        for (name, text) in [("inventory.json", &forged), ("inventory.json.sha512", &sidecar)] {
            let file = copy.join(folder).join(name);
            fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    // Alone on its site, it would pass for whole.
    stage.live(3).await;
    assert_eq!(stage.first_faults().await, ["les sites n’ont pas le même inventaire"]);
    assert!(stage.open().await.is_empty() && stage.is_whole(archive(1)));
    assert_eq!(fs::read_to_string(copy.join("inventory.json")).unwrap(), inventory);
    let from = stage.rows("select repaired_from from incident").await;
    assert_eq!(from, ["sud"]);
    note(
        FORGED,
        usize::from(!stage.is_whole(archive(1))),
        &stage.first_faults().await[0],
        format!("depuis {}", from[0]),
    );
    stage.end().await;
}

#[tokio::test]
async fn one_archive_that_cannot_be_opened_keeps_no_other_from_being_read() {
    let stage = Stage::with(3).await;
    // A file where the folder of the object belongs, as a damaged file system may have it.
    let copy = stage.copy(archive(2), "sud");
    fs::remove_dir_all(&copy).unwrap();
    fs::write(&copy, "x").unwrap();
    assert_eq!(stage.audit().await.faulty, 1);
    assert!(stage.verified_at(archive(3), "sud").await == stage.clock.now());
    let absences = stage.platform("select count(*) from platform.site_absence").await;
    assert_eq!(absences, ["0"]);
    assert_eq!(stage.open().await, ["sud open"]);
    stage.end().await;
}

#[tokio::test]
async fn a_commit_marker_that_is_lost_is_found_and_written_again() {
    let stage = Stage::with(2).await;
    stage.write("update transfer set closed_at = received_at").await;
    let mut markers = Vec::new();
    for number in 1..=2 {
        let id = archive(number).0;
        let at = stage
            .rows(&format!(
                "select to_json(closed_at) #>> '{}' from transfer where transfer_id = '{id}'",
                "{}"
            ))
            .await;
        let committed_at = at[0].parse::<chrono::DateTime<chrono::Utc>>().unwrap().to_rfc3339();
        let marker = chartrier::package::accession::Confirmation { transfer_id: id, committed_at }.to_json();
        stage.storage.tenant(stage.tenant).confirm(archive(number), marker.as_bytes()).unwrap();
        markers.push(marker);
    }
    let marker = |number: u128, site: &str| stage.copy(archive(number), site).join("logs/confirmed");
    fs::remove_file(marker(1, "sud")).unwrap();
    fs::remove_file(marker(2, "nord")).unwrap();
    fs::remove_file(marker(2, "sud")).unwrap();
    assert_eq!(stage.audit().await.faulty, 0, "it may not be there yet");
    stage.clock.advance(TimeDelta::days(2));
    assert_eq!(stage.audit().await.faulty, 2);
    let said = stage.first_faults().await;
    assert_eq!(said, ["fichier absent : logs/confirmed"; 3]);
    stage.work().await;
    assert!(stage.open().await.is_empty());
    for (number, expected) in (1..).zip(&markers) {
        for site in ["nord", "sud"] {
            assert_eq!(&fs::read_to_string(marker(number, site)).unwrap(), expected);
        }
    }
    let from = "select site || ' depuis ' || repaired_from from incident order by archive_id, site";
    let from = stage.rows(from).await;
    // Once one site has it again, the other takes it from there.
    assert_eq!(from, ["sud depuis nord", "nord depuis le catalogue", "sud depuis nord"]);
    let lost = (1..=2).filter(|number| !stage.is_whole(archive(*number))).count();
    note(MARKER, lost, &said[0], &from[0]);
    note(MARKERS, lost, &said[1], from[1..].join(", "));
    stage.end().await;
}
