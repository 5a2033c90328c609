//! The part of the suite about later versions of an archive.

use std::io::Read;

use chartrier::storage::{Error, NewFile, NewVersion, Storage};
use sha2::{Digest, Sha512};

use super::backend::Backend;
use super::suite::{faults, written};
use super::{FILES, archive, tenant};

const CONVERTED: &[u8] = b"%PDF/A one";

fn file(logical_path: &str, content_path: &str, bytes: &[u8]) -> NewFile {
    NewFile {
        logical_path: logical_path.to_string(),
        content_path: content_path.to_string(),
        size_bytes: bytes.len() as u64,
        sha512: Sha512::digest(bytes).into(),
    }
}

fn conversion() -> NewVersion {
    NewVersion {
        number: 2,
        created: "2027-05-01T08:00:00Z".parse().unwrap(),
        message: "Conversion".to_string(),
        put: vec![
            file("content/Délibération n° 12.pdfa", "objects/000004.pdf", CONVERTED),
            file("copie", "never", FILES[1].2),
        ],
        removed: vec![],
    }
}

fn open(file: &NewFile) -> std::io::Result<Box<dyn Read>> {
    assert_eq!(file.content_path, "objects/000004.pdf", "what the archive has is not stored again");
    Ok(Box::new(CONVERTED))
}

fn all_whole(storage: &Storage) -> bool {
    faults(storage).iter().all(|(_, faults)| faults.is_empty())
}

pub fn a_later_version_leaves_the_first_as_it_was<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    let first = backend.read(&copies[0], "v1/inventory.json");
    for _ in 0..2 {
        let placed = store.deposit_version(archive(1), &conversion(), &mut open).unwrap().complete().unwrap();
        assert_eq!(placed, copies);
        assert!(all_whole(&storage));
        assert_eq!(store.technical_metadata(archive(1)).unwrap().head, "v2");
    }
    assert_eq!(backend.read(&copies[0], "v1/inventory.json"), first);
    assert_eq!(backend.read(&copies[1], "v2/inventory.json"), backend.read(&copies[0], "inventory.json"));
    let mut bytes = Vec::new();
    store.read(archive(1), "v2/content/objects/000004.pdf").unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, CONVERTED);
    assert!(store.read(archive(1), "v1/content/objects/000001.pdf").is_ok());
    let done: Vec<String> =
        store.journal(archive(1)).unwrap().into_iter().map(|done| done.operation).collect();
    assert_eq!(done, ["depot", "version"]);
    // The same deposit again, as after a crash, finds its archive gone on.
    written(&storage);
    assert!(all_whole(&storage));

    let third = NewVersion { number: 3, put: vec![], removed: vec!["copie".to_string()], ..conversion() };
    store.deposit_version(archive(1), &third, &mut open).unwrap().complete().unwrap();
    assert!(all_whole(&storage));
    assert_eq!(store.technical_metadata(archive(1)).unwrap().head, "v3");
}

pub fn a_version_half_made_is_gone_on_with<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    let root = backend.read(&copies[0], "inventory.json");
    let sidecar = backend.read(&copies[0], "inventory.json.sha512");
    store
        .on(&["nord"])
        .unwrap()
        .deposit_version(archive(1), &conversion(), &mut open)
        .unwrap()
        .complete()
        .unwrap();
    assert!(!all_whole(&storage), "sites disagree until both have it");
    // A crash between the version and the object's inventory.
    backend.put(&copies[0], "inventory.json", &root);
    backend.put(&copies[0], "inventory.json.sha512", &sidecar);
    store.deposit_version(archive(1), &conversion(), &mut open).unwrap().complete().unwrap();
    assert!(all_whole(&storage));
    backend.empty("nord");
    store.mend(archive(1), "nord", "sud", None).unwrap();
    assert!(all_whole(&storage), "a repair brings every version");
}

pub fn a_version_that_does_not_follow_is_refused<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    written(&storage);
    let store = storage.tenant(tenant());
    let refused = |version: NewVersion| {
        let mut never = |_: &NewFile| -> std::io::Result<Box<dyn Read>> { panic!("nothing is read") };
        store.deposit_version(archive(1), &version, &mut never)
    };
    let ahead = refused(NewVersion { number: 3, ..conversion() });
    assert!(matches!(ahead, Err(Error::Absent(_))), "{ahead:?}");
    let nothing = refused(NewVersion { put: vec![], ..conversion() });
    assert!(matches!(nothing, Err(Error::Object(_))), "{nothing:?}");
    let unknown = refused(NewVersion { removed: vec!["x".to_string()], ..conversion() });
    assert!(matches!(unknown, Err(Error::Object(_))), "{unknown:?}");
    store.deposit_version(archive(1), &conversion(), &mut open).unwrap().complete().unwrap();
    let other = refused(NewVersion { message: "autre".to_string(), ..conversion() });
    assert!(matches!(other, Err(Error::Occupied { .. })), "{other:?}");
    assert!(all_whole(&storage));
}
