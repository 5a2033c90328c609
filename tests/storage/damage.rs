//! The part of the suite that does harm: what is changed, removed, added or emptied is found.

use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

use chartrier::storage::{Fault, NewFile};
use sha2::{Digest, Sha512};

use super::backend::Backend;
use super::suite::{faults, only_on, written};
use super::{FILES, archive, object, tenant};

pub fn a_changed_byte_is_found_wherever_it_is<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    for path in ["v1/content/manifest.xml", "v1/content/objects/000003.pdf", "0=ocfl_object_1.1"] {
        let good = backend.read(&copies[0], path);
        let mut bad = good.clone();
        bad[7] ^= 1;
        backend.put(&copies[0], path, &bad);
        assert_eq!(faults(&storage), only_on("nord", Fault::Altered { path: path.to_string() }));
        backend.put(&copies[0], path, &good);
    }
    for path in ["inventory.json", "inventory.json.sha512", "v1/inventory.json", "v1/inventory.json.sha512"] {
        let good = backend.read(&copies[1], path);
        for position in [0, good.len() / 2, good.len() - 5] {
            let mut bad = good.clone();
            bad[position] ^= 1;
            backend.put(&copies[1], path, &bad);
            let [(_, nord), (_, sud)] = faults(&storage).try_into().unwrap();
            assert_eq!(nord, [], "{path}");
            assert!(
                !sud.is_empty() && sud.iter().all(|f| matches!(f, Fault::Inventory { .. })),
                "{path} {sud:?}"
            );
        }
        backend.put(&copies[1], path, &good);
    }
    assert!(faults(&storage).iter().all(|(_, faults)| faults.is_empty()));
}

pub fn a_removed_or_added_file_is_found<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let all: Vec<String> =
        ["0=ocfl_object_1.1", "inventory.json", "inventory.json.sha512", "v1/inventory.json"]
            .into_iter()
            .map(str::to_string)
            .chain(object().files.iter().map(NewFile::stored_path))
            .collect();
    for path in &all {
        let good = backend.read(&copies[1], path);
        backend.remove(&copies[1], path);
        let found = faults(&storage);
        assert_eq!(found, only_on("sud", Fault::Missing { path: path.clone() }));
        backend.put(&copies[1], path, &good);
    }
    for path in ["v1/content/objects/extra", "extra.txt", "v1/extra"] {
        backend.put(&copies[0], path, b"x");
        assert_eq!(faults(&storage), only_on("nord", Fault::Unexpected { path: path.to_string() }));
        backend.remove(&copies[0], path);
    }
}

pub fn a_copy_rewritten_whole_and_coherent_disagrees_with_the_other<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let inventory = String::from_utf8(backend.read(&copies[0], "inventory.json")).unwrap();
    let forged = inventory.replace("Prise en charge", "Prise en chargf");
    let sidecar = format!("{} inventory.json\n", hex::encode(Sha512::digest(&forged)));
    for folder in ["", "v1/"] {
        backend.put(&copies[0], &format!("{folder}inventory.json"), forged.as_bytes());
        backend.put(&copies[0], &format!("{folder}inventory.json.sha512"), sidecar.as_bytes());
    }
    assert!(faults(&storage).iter().all(|(_, faults)| *faults == [Fault::Disagreement]));
}

pub fn a_copy_that_is_missing_is_made_again<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let names = backend.names("sud");
    backend.empty("sud");
    assert_eq!(faults(&storage), only_on("sud", Fault::ObjectMissing));
    assert_eq!(written(&storage), copies);
    assert_eq!(backend.names("sud"), names);
    assert!(faults(&storage).iter().all(|(_, faults)| faults.is_empty()));
}

pub fn content_is_served_while_one_site_is_empty<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    written(&storage);
    backend.empty("nord");
    let mut bytes = Vec::new();
    storage
        .tenant(tenant())
        .read(archive(1), "v1/content/manifest.xml")
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, FILES[0].2);
}

pub fn a_reading_is_heard_chunk_by_chunk_and_ends_when_told<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    written(&storage);
    let store = storage.tenant(tenant());
    let heard = AtomicU64::new(0);
    let listen = |size_bytes| {
        heard.fetch_add(size_bytes, Ordering::Relaxed);
        Ok(())
    };
    let reports = store.check_heard(archive(1), &listen).unwrap();
    let read: u64 = reports.iter().map(|report| report.size_bytes).sum();
    assert_eq!((heard.into_inner(), reports.len()), (read, 2));
    assert!(read > 0 && reports.iter().all(|report| report.faults.is_empty()), "{reports:?}");
    let over = |_| Err(std::io::Error::other("over"));
    let reports = store.check_heard(archive(1), &over).unwrap();
    assert!(reports.iter().all(|report| report.size_bytes <= read / 2 && !report.faults.is_empty()));
    assert!(faults(&storage).iter().all(|(_, faults)| faults.is_empty()), "the copies are as they were");
}
