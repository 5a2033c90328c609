//! Places that are refused before anything starts, in words for the operator.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use chartrier::storage::{Settings, Storage};

/// The sentence with which two sites and a quarantine are refused; `None` when they are taken.
fn refusal(base: &Path, nord: &str, sud: &str, quarantine: &str) -> Option<String> {
    let sites = [("nord", nord), ("sud", sud)].map(|(name, folder)| (name.to_string(), base.join(folder)));
    let settings = Settings { sites: sites.to_vec(), quarantine: base.join(quarantine) };
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
        let settings = Settings { sites, quarantine: folder.path().join("q") };
        assert!(Storage::open(&settings).unwrap_err().to_string().contains(words));
    }
}

#[test]
fn two_sites_on_one_disk_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&super::backend::settings(folder.path())).unwrap();
    assert!(storage.warnings()[0].contains("« nord » et « sud » sont sur le même disque"));
}
