//! Places that are refused before anything starts, in words for the operator.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use chartrier::model::TenantId;
use chartrier::storage::{Settings, Storage};

/// The sentence with which two sites and a quarantine are refused; `None` when they are taken.
fn refusal(base: &Path, nord: &str, sud: &str, quarantine: &str) -> Option<String> {
    let sites = [("nord", nord), ("sud", sud)].map(|(name, folder)| (name.to_string(), base.join(folder)));
    let settings = Settings::folders(sites, base.join(quarantine));
    Storage::open(&settings).err().map(|error| error.to_string())
}

#[test]
fn places_that_are_not_apart_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path();
    fs::create_dir(base.join("real")).unwrap();
    symlink(base.join("real"), base.join("link")).unwrap();
    fs::write(base.join("file"), "x").unwrap();
    for (nord, sud, quarantine, words) in [
        ("a", "a", "q", "sont le même dossier"),
        ("a", "b/../a", "q", "sont le même dossier"),
        ("real", "link", "q", "sont le même dossier"),
        ("a", "a/b", "q", "sont l’un dans l’autre"),
        ("link/b", "real", "q", "sont l’un dans l’autre"),
        ("a", "b", "b/q", "sont l’un dans l’autre"),
        ("a", "q/b", "q", "sont l’un dans l’autre"),
        ("", "b", "q", "sont l’un dans l’autre"),
        ("a", "b", "a", "sont le même dossier"),
        ("file", "b", "q", "n’est pas utilisable en écriture"),
        ("a", "file/b", "q", "n’est pas utilisable en écriture"),
        ("a", "/proc/nowhere", "q", "n’est pas utilisable en écriture"),
    ] {
        let refused =
            refusal(base, nord, sud, quarantine).unwrap_or_else(|| panic!("{nord} {sud} {quarantine}"));
        assert!(refused.contains(words), "{nord} {sud} {quarantine}: {refused}");
    }
    assert_eq!(refusal(base, "ab", "a", "q"), None, "a common beginning of a name is no nesting");
}

#[test]
fn one_site_or_two_of_one_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let site = |name: &str, path: &str| (name.to_string(), folder.path().join(path));
    for (sites, words) in [
        (vec![site("nord", "a")], "deux sites de conservation au moins"),
        (vec![site("nord", "a"), site("nord", "b")], "portent le nom « nord »"),
    ] {
        let settings = Settings::folders(sites, folder.path().join("q"));
        assert!(Storage::open(&settings).unwrap_err().to_string().contains(words));
    }
}

#[test]
fn two_sites_on_one_disk_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&super::backend::settings(folder.path())).unwrap();
    assert!(storage.warnings()[0].contains("« nord » et « sud » sont sur le même disque"));
}

#[test]
fn a_folder_that_is_not_the_site_any_more_takes_nothing() {
    use chartrier::model::ArchiveId;
    use chartrier::storage::{Deposit, Error, NewFile, NewObject};
    let folder = tempfile::tempdir().unwrap();
    let settings = super::backend::settings(folder.path());
    let storage = Storage::open(&settings).unwrap();
    let (nord, away) = (folder.path().join("nord"), folder.path().join("away"));
    // What an unmounted disk leaves: the folder it was mounted on.
    fs::rename(&nord, &away).unwrap();
    fs::create_dir(&nord).unwrap();
    let store = storage.tenant(TenantId::of_member("essai"));
    let object =
        NewObject { created: "2027-03-01T08:00:00Z".parse().unwrap(), message: String::new(), files: vec![] };
    let mut none =
        |_: &NewFile| -> std::io::Result<Box<dyn std::io::Read>> { Err(std::io::ErrorKind::NotFound.into()) };
    let archive = ArchiveId(uuid::Uuid::from_u128(1));
    for refused in [
        store.deposit(archive, &object, &mut none).and_then(Deposit::complete).err(),
        store.confirm(archive, b"x").err(),
    ] {
        assert!(
            matches!(&refused, Some(error @ Error::Away { site }) if site == "nord" && error.is_transient()),
            "{refused:?}"
        );
    }
    assert_eq!(fs::read_dir(&nord).unwrap().count(), 0, "nothing was written there");
    assert!(storage.stand()[0].fault.as_ref().is_some_and(|fault| fault.contains("nord")));
    // A start finds it away: it is said, and the others serve.
    let started = Storage::open(&settings).unwrap();
    assert!(started.warnings().iter().any(|warning| warning.contains("Son disque est-il monté ?")));
    assert!(matches!(
        started.tenant(TenantId::of_member("essai")).confirm(archive, b"x"),
        Err(Error::Away { .. })
    ));

    fs::remove_dir_all(&nord).unwrap();
    fs::rename(&away, &nord).unwrap();
    Storage::open(&settings).unwrap();
    assert!(storage.stand()[0].fault.is_none());
}

#[test]
fn what_was_kept_while_a_disk_went_is_not_counted_as_kept_there() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&super::backend::settings(folder.path())).unwrap();
    let tenant = TenantId::of_member("essai");
    let store = storage.tenant(tenant);
    let (nord, away) = (folder.path().join("nord"), folder.path().join("away"));
    let (mut taken, mut refused) = (0, 0);
    for round in 0..300_u32 {
        let name = format!("journal-{round}");
        let failed = std::thread::scope(|scope| {
            let keeping = scope.spawn(|| store.keep(&name, b"x").unwrap());
            let went = Instant::now();
            while went.elapsed() < Duration::from_micros(u64::from(round % 100) * 10) {
                std::hint::spin_loop();
            }
            fs::rename(&nord, &away).unwrap();
            fs::create_dir_all(&nord).unwrap();
            keeping.join().unwrap()
        });
        fs::remove_dir_all(&nord).unwrap();
        fs::rename(&away, &nord).unwrap();
        let there = nord.join(".kept").join(tenant.to_string()).join(&name).is_file();
        assert!(there || !failed.is_empty(), "{name} is said to be kept, and is not");
        *(if failed.is_empty() { &mut taken } else { &mut refused }) += 1;
    }
    assert!(refused > 0, "{taken} kept, {refused} refused");
}
