//! The process killed at each fail point, with and without a power cut, then started again.
//!
//! Another process of this binary plays a deposit and notes what it was told is done; what was told must
//! still be true after the crash, and the work taken up again must end as if nothing had happened.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};

use bytes::Bytes;
use chartrier::model::TransferId;
use chartrier::storage::{FAIL_POINTS, Fault, Storage};
use futures_util::stream;
use nix::sys::signal::{Signal, raise};
use tempfile::TempDir;
use uuid::Uuid;

use super::backend::{names, settings};
use super::{archive, object, open_files, tenant};
use crate::support::power_loss;

const RECEIVED: &[u8] = b"the bytes of a transfer";

fn transfer() -> TransferId {
    TransferId(Uuid::from_u128(9))
}

/// In memory where there is such a place: what the syncs do is known from the log, not from the disk.
fn fresh_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Not a test by itself: what the other process does, in the folder it is given.
#[test]
fn the_process_that_dies() {
    let Some(folder) = std::env::var_os("CHARTRIER_TEST_FOLDER") else { return };
    let folder = Path::new(&folder);
    if let Ok(point) = std::env::var("CHARTRIER_FAIL_KILL") {
        fail::cfg_callback(point, || raise(Signal::SIGKILL).unwrap()).unwrap();
    }
    let told = folder.join("told");
    let mut told = fs::File::options().create(true).append(true).open(told).unwrap();
    let mut tell = |what: &str| writeln!(told, "{what}").unwrap();
    let mut settings = settings(&folder.join("data"));
    if std::env::var_os("CHARTRIER_TEST_UNGROUPED").is_some() {
        settings.grouped_bytes_max = 0;
    }
    let storage = Storage::open(&settings).unwrap();
    let store = storage.tenant(tenant());
    if !fs::read_to_string(folder.join("told")).unwrap_or_default().contains("confirmed") {
        if storage.quarantine().open(tenant(), transfer()).is_err() {
            storage.quarantine().remove(tenant(), transfer()).unwrap();
            let bytes = stream::iter([Ok(Bytes::from_static(RECEIVED))]);
            let reception = storage.quarantine().receive(tenant(), transfer(), bytes, 1_000);
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(reception).unwrap();
        }
        tell("received");
        store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
        tell("written");
        store.confirm(archive(1), b"journal 7\n").unwrap();
    }
    tell("confirmed");
    storage.quarantine().remove(tenant(), transfer()).unwrap();
    tell("removed");
}

/// How bytes are made to last: by one sync of the file system for several archives, or file by file.
#[derive(Clone, Copy, Debug)]
enum Syncs {
    Grouped,
    Each,
}

fn run(folder: &Path, syncs: Syncs, kill_at: Option<&str>) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["storage::crash::the_process_that_dies", "--exact", "--test-threads=1"]);
    command.env("CHARTRIER_TEST_FOLDER", folder).env("CHARTRIER_SYNC_LOG", folder.join("log"));
    command.env_remove("CHARTRIER_FAIL_KILL").env_remove("CHARTRIER_TEST_UNGROUPED");
    if let Syncs::Each = syncs {
        command.env("CHARTRIER_TEST_UNGROUPED", "1");
    }
    command.envs(kill_at.map(|point| ("CHARTRIER_FAIL_KILL", point)));
    let output = command.output().unwrap();
    if output.status.code().is_some_and(|code| code != 0) {
        panic!("{}", String::from_utf8_lossy(&output.stdout));
    }
    output.status
}

/// What must hold at any moment, given what was told.
fn check(folder: &Path) {
    let told = fs::read_to_string(folder.join("told")).unwrap_or_default();
    let storage = Storage::open(&settings(&folder.join("data"))).unwrap();
    let mut waiting = Vec::new();
    match storage.quarantine().open(tenant(), transfer()) {
        Ok(mut file) => {
            file.bytes().read_to_end(&mut waiting).unwrap();
            assert_eq!(waiting, RECEIVED, "a transfer is whole or is not");
        }
        Err(_) => assert!(!told.contains("received") || told.contains("confirmed"), "a transfer was lost"),
    }
    let store = storage.tenant(tenant());
    for copy in store.check(archive(1)).unwrap() {
        let absent = copy.faults == [Fault::ObjectMissing] && !told.contains("written");
        assert!(absent || copy.faults.is_empty(), "{} after {told:?}: {:?}", copy.site, copy.faults);
    }
    assert!(store.is_confirmed(archive(1)).unwrap() || !told.contains("confirmed"), "a marker was lost");
}

#[test]
fn killed_anywhere_nothing_told_is_lost_and_the_end_is_the_same() {
    for syncs in [Syncs::Grouped, Syncs::Each] {
        let whole = fresh_folder();
        fs::create_dir(whole.path().join("data")).unwrap();
        assert!(run(whole.path(), syncs, None).success());
        check(whole.path());
        let expected = names(&whole.path().join("data"));
        for point in FAIL_POINTS {
            for power_cut in [false, true] {
                let folder = fresh_folder();
                let folder = folder.path();
                fs::create_dir(folder.join("data")).unwrap();
                let status = run(folder, syncs, Some(point));
                assert_eq!(status.signal(), Some(Signal::SIGKILL as i32), "{point} was not reached");
                if power_cut {
                    power_loss::cut(&folder.join("log"), &folder.join("data")).unwrap();
                }
                check(folder);
                assert!(run(folder, syncs, None).success());
                check(folder);
                assert_eq!(
                    names(&folder.join("data")),
                    expected,
                    "{point} {syncs:?}, power cut: {power_cut}"
                );
            }
        }
    }
}

#[test]
fn a_deposit_that_ended_survives_a_power_cut_whole() {
    for syncs in [Syncs::Grouped, Syncs::Each] {
        let folder = fresh_folder();
        fs::create_dir(folder.path().join("data")).unwrap();
        assert!(run(folder.path(), syncs, None).success());
        let before = stored(folder.path());
        power_loss::cut(&folder.path().join("log"), &folder.path().join("data")).unwrap();
        check(folder.path());
        assert_eq!(stored(folder.path()), before, "{syncs:?}");
    }
}

/// A sync left out of the log is one that the code forgot: the power cut must show it, whichever it is.
#[test]
fn a_forgotten_sync_would_be_seen() {
    let folder = fresh_folder();
    fs::create_dir(folder.path().join("data")).unwrap();
    assert!(run(folder.path(), Syncs::Each, None).success());
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let whole = stored(folder.path());
    let of_sites = |line: &&str| line.contains("/nord") || line.contains("/sud");
    let empty_file = |line: &&str| line.contains("000002");
    // Without its number: every sync of one path.
    let path = |line: &'_ str| line.rsplit_once(',').map(|(path, _)| path.to_string());
    let synced = log.lines().filter(|line| line.starts_with("[\"synced\"")).filter(of_sites);
    let syncs: BTreeSet<String> = synced.filter_map(path).collect();
    assert!(syncs.len() > 30, "{}", syncs.len());
    for forgotten in syncs.iter().filter(|line| !empty_file(&line.as_str())) {
        let kept: Vec<&str> = log.lines().filter(|line| path(line).as_ref() != Some(forgotten)).collect();
        let left = after_power_cut(folder.path(), &kept.join("\n"));
        assert!(left != whole, "nothing was lost without {forgotten}");
    }
}

#[test]
fn a_forgotten_sync_of_the_file_system_would_be_seen() {
    let folder = fresh_folder();
    fs::create_dir(folder.path().join("data")).unwrap();
    assert!(run(folder.path(), Syncs::Grouped, None).success());
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let whole = stored(folder.path());
    assert_eq!(after_power_cut(folder.path(), &log), whole);
    let forgotten: Vec<&str> = log.lines().filter(|line| !line.starts_with("[\"synced all\"")).collect();
    assert_ne!(forgotten.len(), log.lines().count(), "a sync of the file system was asked for");
    assert!(after_power_cut(folder.path(), &forgotten.join("\n")) != whole, "nothing was lost");
}

/// What a power cut leaves of a copy of the folder, by this log.
fn after_power_cut(folder: &Path, log: &str) -> Vec<(String, u64)> {
    let copy = fresh_folder();
    let copied = Command::new("cp").arg("-a").arg(folder.join("data")).arg(copy.path()).status();
    assert!(copied.unwrap().success());
    let log = log.replace(folder.to_str().unwrap(), copy.path().to_str().unwrap());
    power_loss::lose_power(&log, &copy.path().join("data"));
    stored(copy.path())
}

/// Names and sizes of what must last: everything but staging and scratch.
fn stored(folder: &Path) -> Vec<(String, u64)> {
    let data = folder.join("data");
    let sized = |name: String| {
        let metadata = fs::metadata(data.join(&name)).unwrap();
        let size_bytes = if metadata.is_file() { metadata.len() } else { 0 };
        (name, size_bytes)
    };
    names(&data).into_iter().filter(|name| !name.contains("/.")).map(sized).collect()
}
