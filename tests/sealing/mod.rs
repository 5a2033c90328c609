//! Seals: made each day whatever happens, published where anyone may check them, refused when the journal is not what was
//! sealed.

mod exported;
mod late;
pub mod renewed;
pub mod stamps;
mod stamps_kept;
pub mod tampering;
pub mod verified;

use std::convert::Infallible;

use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::evidence::seal_queries as queries;
use chartrier::evidence::tree::Rows;
use chartrier::model::{Agent, TenantId};
use chartrier::proof::checkpoint::Checkpoint;
use chartrier::proof::digest::sha256;
use chartrier::proof::merkle::{self, NodeId};
use chartrier::proof::note::Note;
use chartrier::proof::seal::{Record, Walk};
use chartrier::proof::tiles::{self, Tile};
use chartrier::sealing::Sealing;
use chartrier::storage::{self, Storage, TenantStore};
use chrono::TimeDelta;
use tempfile::TempDir;

use crate::db::jobs::{db_with, event};
use crate::support;

/// Two members, two sites, a clock that obeys.
pub struct Stage {
    pub name: &'static str,
    pub db: Db,
    pub clock: Clock,
    pub storage: Storage,
    pub sealing: Sealing,
    pub folder: TempDir,
}

pub const A: &str = "a";

pub fn tenant() -> TenantId {
    TenantId::of_member(A)
}

impl Stage {
    pub async fn new(name: &'static str) -> Self {
        let clock = Clock::standing_at("2027-03-01T03:00:00Z".parse().unwrap());
        let db = db_with(name, &clock, &[A, "b"]).await;
        let folder = tempfile::tempdir().unwrap();
        let sites = ["nord", "sud"].map(|site| (site.to_string(), folder.path().join(site)));
        let mut settings = storage::Settings::folders(sites, folder.path().join("quarantine"));
        settings.clock = clock.clone();
        let storage = Storage::open(&settings).unwrap();
        let sealing = support::sealing(&db, &storage, &clock, folder.path());
        Self { name, db, clock, storage, sealing, folder }
    }

    /// Entries in the member's journal.
    pub async fn happen(&self, count: usize) {
        for _ in 0..count {
            let mut tx = self.db.write(tenant()).await.unwrap();
            tx.record(event());
            tx.commit().await.unwrap();
        }
    }

    pub fn store(&self, site: &str) -> TenantStore {
        self.storage.tenant(tenant()).on(&[site]).unwrap()
    }

    pub async fn seals(&self) -> Vec<(Record, Note)> {
        let mut tx = self.db.read(tenant()).await.unwrap();
        let seals = queries::seals_after(&mut tx, 0, 10_000).await.unwrap();
        let read =
            seals.iter().map(|seal| (Record::parse(&seal.record).unwrap(), Note::parse(&seal.note).unwrap()));
        read.collect()
    }
}

fn kept(store: &TenantStore, name: &str) -> Vec<u8> {
    store.kept(name).unwrap().unwrap_or_else(|| panic!("{name} is not published"))
}

/// What a stranger makes of the files of one site: the head, once every hash of the tree was found under it.
fn checked_from_files(store: &TenantStore) -> Checkpoint {
    let head = Note::parse(std::str::from_utf8(&kept(store, "log/checkpoint")).unwrap()).unwrap();
    let head = Checkpoint::parse(head.text()).unwrap();
    for tile in tiles::new_tiles(0, head.size).filter(|tile| tile.level == 0) {
        let hashes = tiles::read(&kept(store, &format!("log/{}", tile.path())), tile.width).unwrap();
        let entries = tiles::read_bundle(&kept(store, &format!("log/{}", tile.entries_path())), tile.width);
        let leaves: Vec<_> = entries.unwrap().iter().map(|entry| merkle::leaf(entry)).collect();
        assert_eq!(hashes, leaves);
    }
    let nodes = |id: NodeId| -> Result<_, Infallible> {
        let tile = Tile::of(id, head.size);
        let hashes = tiles::read(&kept(store, &format!("log/{}", tile.path())), tile.width).unwrap();
        Ok(tile.hash(id, &hashes).unwrap())
    };
    assert_eq!(merkle::root(head.size, nodes), Ok(head.root));
    head
}

#[tokio::test]
async fn each_day_is_sealed_though_nothing_happened_and_published_on_every_site() {
    let stage = Stage::new("sealing_days").await;
    for day in 0..40 {
        if day % 9 == 0 {
            stage.happen(150).await;
        }
        stage.sealing.seal_what_is_due().await.unwrap();
        // Due once a day.
        stage.clock.advance(TimeDelta::hours(5));
        stage.sealing.seal_what_is_due().await.unwrap();
        stage.clock.advance(TimeDelta::hours(19));
    }
    let seals = stage.seals().await;
    assert_eq!(seals.len(), 40);
    let verifier = &stage.sealing.keys().known().unwrap()[0].verifier;
    let mut walk = Walk::default();
    for (record, note) in &seals {
        walk.step(record).unwrap();
        assert_eq!(note.text(), record.checkpoint().body());
        assert!(note.signed_by(verifier).is_some());
    }
    // The first day's seal, the 1st of March, is bound by the one of the 1st of April.
    assert_eq!(seals[31].0.month, Some(seals[0].0.hash()));
    let last = &seals[39].0;
    for site in ["nord", "sud"] {
        let head = checked_from_files(&stage.store(site));
        assert_eq!((head.size, head.root), (last.size, last.root));
        let record = kept(&stage.store(site), "log/seals/000007.json");
        assert_eq!(String::from_utf8(record).unwrap(), seals[6].0.text());
    }
    assert!(last.size > 512, "several tiles");
    let standing = stage.sealing.standing().await.unwrap();
    assert_eq!(standing.logs.len(), 3);
    for log in standing.logs {
        let state = log.state.unwrap();
        assert_eq!((state.number, state.trouble), (40, None));
        assert!(log.copies.iter().all(|(_, number, _)| *number == 40) && log.copies.len() == 2);
    }
}

#[tokio::test]
async fn an_entry_is_proved_under_its_seal_and_under_the_platforms() {
    let stage = Stage::new("sealing_proofs").await;
    stage.happen(300).await;
    let members = [(tenant(), A.to_string()), (TenantId::of_member("b"), "b".to_string())];
    for outcome in stage.sealing.seal_now(&members, Agent::Operator).await {
        outcome.1.unwrap();
    }
    stage.clock.advance(TimeDelta::days(1));
    stage.happen(300).await;
    for outcome in stage.sealing.seal_now(&members, Agent::Operator).await {
        outcome.1.unwrap();
    }
    let seals = stage.seals().await;
    let (first, second) = (&seals[0].0, &seals[1].0);
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let entries = chartrier::evidence::journal_page(&mut tx, 0, 1_000).await.unwrap();
    let mut rows = Rows::Member(&mut tx);
    for index in [0u64, 255, 256, 300, second.size - 1] {
        let proof = rows.inclusion(index, second.size).await.unwrap().unwrap();
        let leaf = merkle::leaf(&entries[index as usize].hash);
        assert!(merkle::is_included(&leaf, index, second.size, &proof, &second.root));
    }
    let proof = rows.consistency(first.size, second.size).await.unwrap().unwrap();
    assert!(merkle::is_consistent(first.size, &first.root, second.size, &second.root, &proof));
    // The member's head is a leaf of the platform's log.
    let mut tx = stage.db.technical().await.unwrap();
    let platform = queries::last_platform_seal(&mut tx).await.unwrap().unwrap();
    let platform = Record::parse(&platform.record).unwrap();
    assert_eq!((platform.number, platform.size), (2, 4));
    assert_eq!(platform.log, "archives.example.fr/plateforme");
    let position = queries::position(&mut tx, tenant(), 2).await.unwrap().unwrap().cast_unsigned();
    let proof = Rows::Platform(&mut tx).inclusion(position, platform.size).await.unwrap().unwrap();
    let leaf = merkle::leaf(&sha256(seals[1].1.text().as_bytes()));
    assert!(merkle::is_included(&leaf, position, platform.size, &proof, &platform.root));
}

#[tokio::test]
async fn a_site_that_was_away_catches_up_and_keeps_nobody_waiting() {
    let stage = Stage::new("sealing_away").await;
    stage.happen(10).await;
    let (sud, aside) = (stage.folder.path().join("sud"), stage.folder.path().join("aside"));
    std::fs::rename(&sud, &aside).unwrap();
    for _ in 0..3 {
        stage.sealing.seal_what_is_due().await.expect_err("one site is away");
        stage.clock.advance(TimeDelta::days(1));
    }
    assert_eq!(stage.seals().await.len(), 3);
    assert_eq!(checked_from_files(&stage.store("nord")).size, stage.seals().await[2].0.size);
    std::fs::remove_dir_all(&sud).ok();
    std::fs::rename(&aside, &sud).unwrap();
    stage.sealing.seal_what_is_due().await.unwrap();
    let last = stage.seals().await.pop().unwrap().0;
    assert_eq!(last.number, 4);
    assert_eq!(checked_from_files(&stage.store("sud")).root, last.root);
}

#[tokio::test]
async fn of_two_that_seal_at_once_one_does() {
    let stage = Stage::new("sealing_race").await;
    stage.happen(5).await;
    let (one, two) = tokio::join!(
        stage.sealing.seal(tenant(), A, Agent::Service),
        stage.sealing.seal(tenant(), A, Agent::Service)
    );
    // One after the other, or one refused by the rows: never two of one number.
    assert!(one.is_ok() || two.is_ok());
    let seals = stage.seals().await;
    let numbers: Vec<u64> = seals.iter().map(|(record, _)| record.number).collect();
    assert_eq!(numbers, (1..=seals.len() as u64).collect::<Vec<_>>());
    let mut walk = Walk::default();
    seals.iter().for_each(|(record, _)| walk.step(record).unwrap());
}
