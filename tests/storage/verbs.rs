//! The part of the suite that repairs, lists, remembers and destroys.

use std::io::Read;
use std::time::Duration;

use chartrier::storage::{Authority, Error, Fault, Mended, NewFile};
use sha2::{Digest, Sha512};

use super::backend::Backend;
use super::suite::{faults, only_on, written};
use super::{FILES, archive, object, open_files, tenant};

fn all_whole(storage: &chartrier::storage::Storage) -> bool {
    faults(storage).iter().all(|(_, faults)| faults.is_empty())
}

pub fn a_wrong_copy_is_made_right_from_a_good_one<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    store.confirm(archive(1), b"journal 7\n").unwrap();
    assert_eq!(store.mend(archive(1), "nord", "sud", None).unwrap(), Mended::default());
    let stored: Vec<String> = object().files.iter().map(NewFile::stored_path).collect();
    let described = [
        "inventory.json",
        "inventory.json.sha512",
        "v1/inventory.json",
        "v1/inventory.json.sha512",
        "0=ocfl_object_1.1",
    ];
    let paths = stored.iter().map(String::as_str).filter(|path| !path.ends_with("000002")).chain(described);
    for path in paths {
        let good = backend.read(&copies[0], path);
        let mut bad = good.clone();
        bad[3] ^= 1;
        backend.put(&copies[0], path, &bad);
        assert!(!all_whole(&storage), "{path}");
        let mended = store.mend(archive(1), "nord", "sud", None).unwrap();
        assert!(mended.files >= 1 && mended.set_aside.is_empty(), "{path} {mended:?}");
        assert_eq!(backend.read(&copies[0], path), good);
        backend.remove(&copies[0], path);
        store.mend(archive(1), "nord", "sud", None).unwrap();
        assert_eq!(backend.read(&copies[0], path), good);
        assert!(all_whole(&storage), "{path}");
    }
    backend.put(&copies[0], "v1/content/objects/extra", b"more");
    let mended = store.mend(archive(1), "nord", "sud", None).unwrap();
    assert_eq!(mended.set_aside, ["v1/content/objects/extra"]);
    assert!(all_whole(&storage));
    let aside = backend
        .names("nord")
        .into_iter()
        .filter(|name| name.starts_with(".aside/") && name.ends_with("/extra"));
    assert_eq!(aside.count(), 1, "what was too much is kept until the sweep");
}

pub fn an_emptied_site_is_filled_from_the_other<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    store.confirm(archive(1), b"journal 7\n").unwrap();
    backend.empty("sud");
    assert_eq!(faults(&storage), only_on("sud", Fault::ObjectMissing));
    let began = std::time::Instant::now();
    let mended = store.mend(archive(1), "sud", "nord", Some(200)).unwrap();
    // Inventories and sidecars, the declaration, the commit marker.
    assert_eq!(mended.files as usize, FILES.len() + 6);
    assert!(began.elapsed() > Duration::from_millis(150), "no faster than asked");
    assert!(all_whole(&storage) && store.is_confirmed(archive(1)).unwrap());
    assert_eq!(backend.read(&copies[1], "logs/confirmed"), b"journal 7\n");
    let journal = store.journal(archive(1)).unwrap();
    let done: Vec<&str> = journal.iter().map(|operation| operation.operation.as_str()).collect();
    assert!(done.contains(&"depot") && done.contains(&"reparation"), "{journal:?}");
}

pub fn a_copy_is_never_mended_from_a_wrong_one<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    for path in ["v1/content/manifest.xml", "inventory.json", "v1/inventory.json"] {
        let good = backend.read(&copies[1], path);
        let mut bad = good.clone();
        bad[9] ^= 1;
        backend.put(&copies[1], path, &bad);
        backend.empty("nord");
        let refused = store.mend(archive(1), "nord", "sud", None);
        assert!(matches!(&refused, Err(Error::Damaged { site, .. }) if site == "sud"), "{path} {refused:?}");
        assert_eq!(faults(&storage)[0].1, [Fault::ObjectMissing], "{path}: no half copy is named");
        backend.put(&copies[1], path, &good);
        store.mend(archive(1), "nord", "sud", None).unwrap();
    }
}

pub fn archives_are_listed_and_counted_each_once<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let store = storage.tenant(tenant());
    assert_eq!(store.count().unwrap(), 0);
    for number in 1..=7 {
        store.deposit(archive(number), &object(), &mut open_files).unwrap().complete().unwrap();
    }
    let only = store.on(&["sud"]).unwrap();
    only.destroy(archive(7), &Authority::of("essai").unwrap()).unwrap();
    let mut listed: Vec<_> = store.list().unwrap().map(Result::unwrap).collect();
    listed.sort();
    assert_eq!(listed, (1..=7).map(archive).collect::<Vec<_>>());
    assert_eq!((store.count().unwrap(), only.count().unwrap()), (7, 6));
    assert_eq!(storage.tenants_on("sud").unwrap(), [tenant()]);
    let other = storage.tenant(chartrier::model::TenantId::of_member("commune-b"));
    assert_eq!(other.count().unwrap(), 0);
}

pub fn the_vault_tells_what_it_holds_and_what_was_done<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    let known = store.technical_metadata(archive(1)).unwrap();
    let inventory: [u8; 64] = Sha512::digest(backend.read(&copies[0], "inventory.json")).into();
    assert_eq!((known.inventory_sha512, known.files, known.head.as_str()), (inventory, 4, "v1"));
    assert_eq!((known.sites, known.marker), (vec!["nord".to_string(), "sud".to_string()], None));
    assert_eq!(known.depositor, format!("urn:uuid:{}", tenant()));
    assert!(matches!(store.technical_metadata(archive(2)), Err(Error::Absent(_))));
    assert_eq!(store.journal(archive(2)).unwrap(), []);
    store.destroy(archive(1), &Authority::of("bordereau ELIM-2026-3").unwrap()).unwrap();
    store.destroy(archive(1), &Authority::of("bordereau ELIM-2026-3").unwrap()).unwrap();
    assert_eq!(faults(&storage), ["nord", "sud"].map(|site| (site.to_string(), vec![Fault::ObjectMissing])));
    assert_eq!(store.count().unwrap(), 0);
    let journal = store.journal(archive(1)).unwrap();
    assert!(journal.iter().all(|operation| operation.operation == "destruction"), "{journal:?}");
    assert!(journal[0].detail.contains("ELIM-2026-3") && journal[0].detail.contains(&hex::encode(inventory)));
    assert!(Authority::of("  ").is_none());
}

pub fn a_file_is_served_by_a_site_whose_bytes_are_right<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    let file = &object().files[1];
    let read = || {
        let (mut content, wrong) = store.read_checked(archive(1), &file.stored_path(), &file.sha512).unwrap();
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, FILES[1].2);
        wrong
    };
    assert_eq!(read(), Vec::<String>::new());
    backend.put(&copies[0], &file.stored_path(), b"%PDF-1.7 oNe");
    assert_eq!(read(), ["nord"]);
    backend.remove(&copies[0], &file.stored_path());
    assert_eq!(read(), ["nord"]);
    backend.put(&copies[1], &file.stored_path(), b"%PDF-1.7 onE");
    let refused = store.read_checked(archive(1), &file.stored_path(), &file.sha512);
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
}

pub fn small_files_are_kept_beside_the_archives<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let store = storage.tenant(tenant());
    assert!(store.kept("journal.jsonl").unwrap().is_none() && store.kept_names().unwrap().is_empty());
    for text in [&b"one"[..], b"one and two", b""] {
        assert!(store.keep("journal.jsonl", text).unwrap().is_empty());
        assert_eq!(store.kept("journal.jsonl").unwrap().as_deref(), Some(text));
        assert_eq!(store.on(&["sud"]).unwrap().kept("journal.jsonl").unwrap().as_deref(), Some(text));
    }
    assert_eq!(store.kept_names().unwrap(), ["journal.jsonl"]);
    store.keep("log/seals/1.json", b"{}").unwrap();
    assert_eq!(store.kept("log/seals/1.json").unwrap().as_deref(), Some(&b"{}"[..]));
    for name in ["", "../x", "/a", "a//b", "a/", "a/.b", "a/../b", ".hidden", "é"] {
        assert!(matches!(store.keep(name, b""), Err(Error::Object(_))), "{name}");
    }
    let other = storage.tenant(chartrier::model::TenantId::of_member("commune-b"));
    assert!(other.kept("journal.jsonl").unwrap().is_none());
}

pub fn a_bad_copy_in_place_is_set_aside_and_made_again<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    backend.put(&copies[0], "v1/content/manifest.xml", b"<ArchiveTransfes/>");
    written(&storage);
    assert!(all_whole(&storage));
    let aside = |name: &String| name.starts_with(".aside/") && name.ends_with("v1/content/manifest.xml");
    assert_eq!(backend.names("nord").iter().filter(|name| aside(name)).count(), 1);
    assert!(storage.sweep(Duration::from_secs(3_600)).unwrap().is_empty(), "it is not old yet");
    let swept = storage.sweep(Duration::ZERO).unwrap();
    assert_eq!((swept.len(), swept[0].set_aside.len()), (1, 1), "{swept:?}");
    assert_eq!(backend.names("nord").iter().filter(|name| aside(name)).count(), 0);
    assert!(all_whole(&storage), "nothing of the archive was swept");
}
