//! The power cut at random instants, under load: eight hands deposit at once, and what the log of a run says is
//! cut at lines that a seed chooses. `CHARTRIER_CUTS=1000 CHARTRIER_SEED=7 cargo test … storage::instants` says
//! how many and which; a failure names the seed, the run's folder and the line, and is replayed from them with
//! `CHARTRIER_RUN=<folder>`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use chartrier::model::TransferId;
use chartrier::storage::{Fault, NewFile, Settings, Storage};
use futures_util::stream;
use sha2::{Digest, Sha512};
use uuid::Uuid;

use super::backend::settings;
use super::{archive, object_of, tenant};
use crate::support::replay::Run;

/// Archives of a run, hands at work, cuts in one run.
const ARCHIVES: u64 = 32;
const HANDS: usize = 8;
const CUTS_A_RUN: usize = 50;

/// A generator whose whole state is its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Files of an archive: some small, some that are written in several times.
fn files(seed: u64, number: u64) -> Vec<(String, String, Vec<u8>)> {
    let mut random = Random(seed ^ (number << 32));
    let count = 1 + random.next() % 4;
    let mut file = |index: u64| {
        // The largest are written by a hand for each site, the others by one.
        let size = match random.next() % 36 {
            0 => 1_200_000,
            1..=3 => 300_000,
            _ => random.next() % 5_000,
        };
        let bytes = (0..size).map(|_| random.next() as u8).collect();
        (format!("n° {index}"), format!("objects/{index:06}"), bytes)
    };
    (0..count).map(&mut file).collect()
}

fn open(folder: &Path, seed: u64) -> Storage {
    // One run in three syncs file by file.
    let grouped_bytes_max = if seed.is_multiple_of(3) { 0 } else { 100_000 };
    Storage::open(&Settings { grouped_bytes_max, ..settings(folder) }).unwrap()
}

fn deposit(storage: &Storage, seed: u64, number: u64) {
    let files = files(seed, number);
    let mut source = |file: &NewFile| -> std::io::Result<Box<dyn std::io::Read>> {
        let found = files.iter().find(|(_, path, _)| *path == file.content_path);
        Ok(Box::new(std::io::Cursor::new(found.unwrap().2.clone())))
    };
    let deposit = storage.tenant(tenant()).deposit(archive(number.into()), &object_of(&files), &mut source);
    deposit.unwrap().complete().unwrap();
}

/// Not a test by itself: what the other process does.
#[test]
fn the_process_under_load() {
    let Some(folder) = std::env::var_os("CHARTRIER_TEST_LOAD").map(PathBuf::from) else { return };
    let seed: u64 = std::env::var("CHARTRIER_SEED").unwrap().parse().unwrap();
    let storage = open(&folder.join("data"), seed);
    let log = fs::File::options().append(true).open(folder.join("log")).unwrap();
    let tell = |what: &str, number: u64| {
        let line = serde_json::json!(["told", format!("{what} {number}"), ""]);
        (&log).write_all(format!("{line}\n").as_bytes()).unwrap();
    };
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > ARCHIVES {
                        return;
                    }
                    let transfer = TransferId(Uuid::from_u128(number.into()));
                    let bytes = stream::iter([Ok(Bytes::from(received(seed, number)))]);
                    let reception = storage.quarantine().receive(tenant(), transfer, bytes, 8 << 20);
                    runtime.block_on(reception).unwrap();
                    tell("received", number);
                    deposit(&storage, seed, number);
                    tell("deposited", number);
                    storage.tenant(tenant()).confirm(archive(number.into()), b"journal\n").unwrap();
                    tell("confirmed", number);
                    tell("removing", number);
                    storage.quarantine().remove(tenant(), transfer).unwrap();
                }
            });
        }
    });
}

fn received(seed: u64, number: u64) -> Vec<u8> {
    files(seed, number).into_iter().flat_map(|(_, _, bytes)| bytes).collect()
}

/// A run under load, in a folder that stays.
fn run(folder: &Path, seed: u64) {
    fs::create_dir(folder.join("data")).unwrap();
    fs::create_dir(folder.join("graves")).unwrap();
    fs::write(folder.join("log"), "").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["storage::instants::the_process_under_load", "--exact", "--test-threads=1"]);
    command.env("CHARTRIER_TEST_LOAD", folder).env("CHARTRIER_SYNC_LOG", folder.join("log"));
    command.env("CHARTRIER_GRAVEYARD", folder.join("graves")).env("CHARTRIER_SEED", seed.to_string());
    command.env_remove("CHARTRIER_FAIL_KILL");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What must hold after a cut at a line; the first thing that does not.
fn wrong_after(run: &Run, seed: u64, line: usize) -> Option<String> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    run.make(line, folder.path());
    let told: BTreeSet<&str> = run.told(line).collect();
    let has = |what: &str, number: u64| told.contains(format!("{what} {number}").as_str());
    let storage = open(folder.path(), seed);
    let store = storage.tenant(tenant());
    for number in 1..=ARCHIVES {
        let place = folder
            .path()
            .join("quarantine")
            .join(tenant().to_string())
            .join(Uuid::from_u128(number.into()).to_string());
        match fs::read(place) {
            Ok(bytes) if Sha512::digest(&bytes) == Sha512::digest(received(seed, number)) => {}
            Ok(_) => return Some(format!("transfer {number} is there and not whole")),
            Err(_) if has("received", number) && !has("removing", number) => {
                return Some(format!("transfer {number} is lost"));
            }
            Err(_) => {}
        }
        for copy in store.check(archive(number.into())).unwrap() {
            let absent = copy.faults == [Fault::ObjectMissing] && !has("deposited", number);
            if !(absent || copy.faults.is_empty()) {
                return Some(format!("archive {number} on {}: {:?}", copy.site, copy.faults));
            }
        }
        if has("confirmed", number) && !store.is_confirmed(archive(number.into())).unwrap() {
            return Some(format!("the marker of {number} is lost"));
        }
    }
    // Starting again is enough.
    for number in 1..=ARCHIVES {
        deposit(&storage, seed, number);
        if store.check(archive(number.into())).unwrap().iter().any(|copy| !copy.faults.is_empty()) {
            return Some(format!("archive {number} did not end whole"));
        }
    }
    None
}

#[test]
fn a_power_cut_at_any_instant_loses_nothing_told_and_leaves_nothing_half() {
    let setting = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    if std::env::var_os("CHARTRIER_TEST_LOAD").is_some() {
        return;
    }
    let (cuts, seed) = (setting("CHARTRIER_CUTS", 30) as usize, setting("CHARTRIER_SEED", 1));
    let mut done = 0;
    for number in 0.. {
        if done >= cuts {
            break;
        }
        let seed = seed.wrapping_add(number);
        let fresh = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let folder = std::env::var_os("CHARTRIER_RUN").map_or(fresh.path().to_path_buf(), PathBuf::from);
        if !folder.join("log").exists() {
            run(&folder, seed);
        }
        let log = fs::read_to_string(folder.join("log")).unwrap();
        let read = Run::read(&log, &folder.join("data"), &folder.join("graves"));
        let mut random = Random(seed);
        for _ in 0..CUTS_A_RUN.min(cuts - done) {
            let line = (random.next() % (read.len() as u64 + 1)) as usize;
            if let Some(wrong) = wrong_after(&read, seed, line) {
                let folder = fresh.keep();
                panic!("seed {seed}, line {line} of {}: {wrong}", folder.display());
            }
            done += 1;
        }
    }
    println!("{done} power cuts, nothing told was lost, nothing half was taken for whole");
}

#[test]
fn a_sync_that_is_forgotten_is_seen_at_some_instant() {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    run(folder.path(), 2);
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let kept = |line: &&str| !line.contains("\"synced all\"");
    let forgotten = log.lines().filter(kept).collect::<Vec<_>>().join("\n");
    let read = Run::read(&forgotten, &folder.path().join("data"), &folder.path().join("graves"));
    assert!(wrong_after(&read, 2, read.len()).is_some());
}
