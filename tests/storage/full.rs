//! A disk that is full, a folder that may not be written, a site that ends nothing: each keeps its own copy
//! waiting and no other.

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use chartrier::storage::{Error, Fault, Storage};

use super::backend::settings;
use super::{archive, object, object_of, open_files, tenant};
use crate::support::fault_table::note;

pub const FULL: &str = "disque plein";
pub const UNWRITABLE: &str = "droit d’écrire perdu sur un site";
pub const UNREADABLE: &str = "droit de lire perdu sur un fichier";
pub const CLOSED: &str = "droit d’entrer perdu sur un site";
pub const REPLACED: &str = "autre disque à la place du site";

/// A small disk of its own on a folder, taken away with the value; `None` where this process may mount nothing.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(folder: &'a Path, size: &str) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|mount| mount.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn of_bytes(count: usize) -> Vec<(String, String, Vec<u8>)> {
    vec![("a".to_string(), "objects/000001".to_string(), vec![7; count])]
}

#[test]
fn a_full_disk_keeps_its_copy_waiting_and_takes_it_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let sud = folder.path().join("sud");
    let Some(_disk) = SmallDisk::mount(&sud, "2m") else {
        eprintln!("skipped: no disk can be mounted here");
        return;
    };
    let storage = Storage::open(&settings(folder.path())).unwrap();
    let store = storage.tenant(tenant());
    assert!(store.reserve(1 << 20).is_ok());
    assert!(store.reserve(8 << 20).is_err_and(|error| error.is_full()), "room is looked at before");
    let files = of_bytes(3 << 20);
    let mut source = |_: &chartrier::storage::NewFile| -> std::io::Result<Box<dyn Read>> {
        Ok(Box::new(std::io::repeat(7).take(3 << 20)))
    };
    let deposit = store.deposit(archive(1), &object_of(&files), &mut source).unwrap();
    assert_eq!((deposit.placed.len(), deposit.placed[0].site.as_str()), (1, "nord"));
    assert!(deposit.waiting[0].site == "sud" && deposit.waiting[0].reason.is_full(), "{deposit:?}");
    let reports = store.check(archive(1)).unwrap();
    assert_eq!((&reports[0].faults[..], &reports[1].faults[..]), (&[][..], &[Fault::ObjectMissing][..]));
    // Smaller ones still go in: nothing of the failed attempt takes room.
    store.deposit(archive(2), &object(), &mut open_files).unwrap().complete().unwrap();
    let grown = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&sud).status().unwrap();
    assert!(grown.success());
    store.deposit(archive(1), &object_of(&files), &mut source).unwrap().complete().unwrap();
    assert_eq!(wrong(&store, 1..=2), 0);
    note(
        FULL,
        wrong(&store, 1..=2),
        &deposit.waiting[0].reason,
        "2 copies au dépôt repris, le disque agrandi",
    );
}

/// Copies that are not whole, of these archives.
fn wrong(store: &chartrier::storage::TenantStore, archives: std::ops::RangeInclusive<u128>) -> usize {
    let reports = archives.flat_map(|number| store.check(archive(number)).unwrap());
    reports.filter(|copy| !copy.faults.is_empty()).count()
}

/// Not a test by itself: what somebody without rights does, in the folder it is given.
#[test]
fn the_process_without_rights() {
    let Some(folder) = std::env::var_os("CHARTRIER_TEST_RIGHTS").map(std::path::PathBuf::from) else {
        return;
    };
    let storage = Storage::open(&settings(&folder)).unwrap();
    let store = storage.tenant(tenant());
    store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
    let sud = folder.join("sud");
    let everything = |mode| {
        Command::new("chmod").arg("-R").arg(mode).arg(&sud).status().unwrap();
    };
    everything("a-w");
    let deposit = store.deposit(archive(2), &object(), &mut open_files).unwrap();
    assert!(deposit.placed.len() == 1 && deposit.waiting[0].site == "sud", "{deposit:?}");
    assert!(storage.stand()[1].fault.is_some() && storage.stand()[0].fault.is_none());
    assert!(store.check(archive(1)).unwrap().iter().all(|copy| copy.faults.is_empty()), "reading goes on");
    everything("u+w");
    // A file that may not be read is a fault of the copy, told as it is.
    let copy = store.check(archive(1)).unwrap().remove(1).path;
    let file = sud.join(copy).join("v1/content/manifest.xml");
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let faults = &store.check(archive(1)).unwrap()[1].faults;
    assert!(
        matches!(&faults[..], [Fault::Unreadable { path, .. }] if path == "v1/content/manifest.xml"),
        "{faults:?}"
    );
    let unreadable = faults[0].to_string();
    let mended = store.mend(archive(1), "sud", "nord", None).unwrap();
    fs::set_permissions(&sud, Permissions::from_mode(0o000)).unwrap();
    let reports = store.check(archive(1)).unwrap();
    assert!(reports[1].is_away() && reports[0].faults.is_empty(), "{reports:?}");
    let refused = store.deposit(archive(3), &object(), &mut open_files).unwrap();
    assert!(matches!(&refused.waiting[0].reason, error if error.is_transient()), "{refused:?}");
    fs::set_permissions(&sud, Permissions::from_mode(0o755)).unwrap();
    for number in 1..=3 {
        store.deposit(archive(number), &object(), &mut open_files).unwrap().complete().unwrap();
    }
    let lost = wrong(&store, 1..=3);
    assert_eq!(lost, 0);
    note(UNWRITABLE, lost, &deposit.waiting[0].reason, "2 copies au dépôt repris, le droit rendu");
    note(UNREADABLE, lost, unreadable, format!("{} fichier récrit depuis nord", mended.files));
    note(CLOSED, lost, &reports[1].faults[0], "2 copies au dépôt repris, le droit rendu");
}

#[test]
fn rights_that_are_lost_lose_nothing() {
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["storage::full::the_process_without_rights", "--exact", "--nocapture"]);
    command.env("CHARTRIER_TEST_RIGHTS", folder.path()).env("TMPDIR", folder.path());
    if nix::unistd::geteuid().is_root() {
        let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        // The binary may stand where nobody may go.
        let copy = folder.path().join("binary");
        fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
        fs::set_permissions(&copy, Permissions::from_mode(0o755)).unwrap();
        let mut theirs = Command::new(copy);
        theirs.args(["storage::full::the_process_without_rights", "--exact", "--nocapture"]);
        theirs.env("CHARTRIER_TEST_RIGHTS", folder.path()).env("TMPDIR", folder.path()).current_dir("/");
        theirs.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw());
        command = theirs;
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
fn a_site_in_whose_place_stands_something_else_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&settings(folder.path())).unwrap();
    let store = storage.tenant(tenant());
    let number = fs::read(folder.path().join("sud/chartrier-site")).unwrap();
    fs::write(folder.path().join("sud/chartrier-site"), "another").unwrap_or_else(|_| {
        let mark = folder.path().join("sud/chartrier-site");
        fs::set_permissions(&mark, Permissions::from_mode(0o644)).unwrap();
        fs::write(mark, "another").unwrap();
    });
    let deposit = store.deposit(archive(1), &object(), &mut open_files).unwrap();
    assert!(matches!(&deposit.waiting[0].reason, Error::Away { site } if site == "sud"), "{deposit:?}");
    let report = store.check(archive(1)).unwrap().remove(1);
    assert!(report.is_away());
    let standings = storage.stand();
    assert!(standings[0].room.is_some() && standings[1].room.is_none(), "the room is another disk's");
    fs::write(folder.path().join("sud/chartrier-site"), number).unwrap();
    let again = store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
    assert_eq!((again.len(), wrong(&store, 1..=1)), (2, 0));
    note(
        REPLACED,
        wrong(&store, 1..=1),
        &report.faults[0],
        format!("{} copies, le disque revenu", again.len()),
    );
}
