//! What every kind of site must do. A new kind joins by one line at the end.

use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};

use chartrier::storage::{Error, Fault, Location, NewFile, NewObject, Storage};
use sha2::{Digest, Sha512};

use super::backend::{Backend, Buckets, Folders};
use super::damage::*;
use super::verbs::*;
use super::versions::*;
use super::{FILES, archive, object, open_files, tenant};

pub fn written(storage: &Storage) -> Vec<Location> {
    storage.tenant(tenant()).deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap()
}

/// The faults of each copy, by site.
pub fn faults(storage: &Storage) -> Vec<(String, Vec<Fault>)> {
    let reports = storage.tenant(tenant()).check(archive(1)).unwrap();
    reports.into_iter().map(|report| (report.site, report.faults)).collect()
}

pub fn only_on(site: &str, fault: Fault) -> Vec<(String, Vec<Fault>)> {
    let expected = |name: &str| if name == site { vec![fault.clone()] } else { vec![] };
    ["nord", "sud"].map(|name| (name.to_string(), expected(name))).to_vec()
}

fn an_archive_is_written_on_every_site_and_read_back<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    assert_eq!(copies.iter().map(|copy| copy.site.as_str()).collect::<Vec<_>>(), ["nord", "sud"]);
    let store = storage.tenant(tenant());
    for report in store.check(archive(1)).unwrap() {
        assert_eq!(report.faults, [], "{}", report.site);
        assert!(report.size_bytes > 0 && report.inventory_sha512.is_some());
    }
    for (file, (_, _, bytes)) in object().files.iter().zip(FILES) {
        let mut content = store.read(archive(1), &file.stored_path()).unwrap();
        let mut read = Vec::new();
        content.read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), content.len()), (bytes, bytes.len() as u64), "{}", file.logical_path);
        if !content.is_empty() {
            content.seek(SeekFrom::Start(5)).unwrap();
            read.clear();
            content.read_to_end(&mut read).unwrap();
            assert_eq!(read, &bytes[5..]);
        }
    }
    for copy in &copies {
        let inventory = String::from_utf8(backend.read(copy, "inventory.json")).unwrap();
        assert!(inventory.contains("content/D\u{e9}lib\u{e9}ration n\u{b0} 12.pdf"), "{inventory}");
    }
    assert_eq!(backend.names("nord"), backend.names("sud"));
}

fn writing_again_reads_nothing_and_changes_nothing<B: Backend>() {
    let backend = B::fresh();
    let copies = written(&backend.storage());
    let before = backend.names("nord");
    let again = backend.storage().tenant(tenant());
    let mut never = |_: &NewFile| -> std::io::Result<Box<dyn Read>> { panic!("nothing is missing") };
    assert_eq!(again.deposit(archive(1), &object(), &mut never).unwrap().complete().unwrap(), copies);
    assert_eq!(backend.names("nord"), before);
}

fn other_bytes_never_take_the_place_of_an_archive<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    written(&storage);
    backend.empty("nord");
    let mut other = object();
    other.message = "other".to_string();
    let refused = storage.tenant(tenant()).deposit(archive(1), &other, &mut open_files);
    assert!(matches!(refused, Err(Error::Occupied { .. })), "{refused:?}");
    assert_eq!(faults(&storage), only_on("nord", Fault::ObjectMissing));
}

fn a_source_that_is_not_what_was_promised_leaves_nothing<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    for wrong in [&b"<ArchiveTransfer>"[..], b"<ArchiveTransfer/> ", b"<ArchiveTransfes/>", b""] {
        let mut open = |file: &NewFile| -> std::io::Result<Box<dyn Read>> {
            if file.content_path == "manifest.xml" { Ok(Box::new(wrong)) } else { open_files(file) }
        };
        let refused = storage.tenant(tenant()).deposit(archive(1), &object(), &mut open);
        assert!(
            matches!(&refused, Err(error @ Error::Mismatch { .. }) if !error.is_transient()),
            "{refused:?}"
        );
    }
    let mut broken =
        |_: &NewFile| -> std::io::Result<Box<dyn Read>> { Err(std::io::ErrorKind::BrokenPipe.into()) };
    let failed = storage.tenant(tenant()).deposit(archive(1), &object(), &mut broken);
    assert!(matches!(&failed, Err(error @ Error::Source { .. }) if error.is_transient()), "{failed:?}");
    assert!(
        !backend.names("nord").iter().any(|name| name.contains("inventory") || name.contains("manifest"))
    );
    assert_eq!(faults(&storage), ["nord", "sud"].map(|site| (site.to_string(), vec![Fault::ObjectMissing])));
}

fn unsafe_names_are_refused<B: Backend>() {
    let backend = B::fresh();
    let store = backend.storage().tenant(tenant());
    for (logical, content) in [
        ("a", "../a"),
        ("a", "/a"),
        ("a", ""),
        ("../a", "a"),
        ("", "a"),
        ("a/./b", "a"),
        ("a", "inventory.json/é"),
    ] {
        let mut object = object();
        object.files[0].logical_path = logical.to_string();
        object.files[0].content_path = content.to_string();
        let refused = store.deposit(archive(1), &object, &mut open_files);
        assert!(matches!(refused, Err(Error::Object(_))), "{logical} {content} {refused:?}");
    }
    let mut twice = object();
    twice.files[0].content_path = twice.files[1].content_path.clone();
    assert!(matches!(store.deposit(archive(1), &twice, &mut open_files), Err(Error::Object(_))));
    written(&backend.storage());
    for path in
        ["../x", "v1/inventory.json", "v1/content/../inventory.json", "/etc/passwd", "objects/000001.pdf"]
    {
        assert!(matches!(store.read(archive(1), path), Err(Error::Object(_))), "{path}");
    }
    assert!(matches!(store.read(archive(1), "v1/content/none"), Err(Error::Absent(_))));
}

fn one_tenant_does_not_reach_another_s_archive<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    written(&storage);
    let other = storage.tenant(chartrier::model::TenantId::of_member("commune-b"));
    assert!(matches!(other.read(archive(1), "v1/content/manifest.xml"), Err(Error::Absent(_))));
    assert_eq!(other.check(archive(1)).unwrap()[0].faults, [Fault::ObjectMissing]);
    assert!(matches!(other.confirm(archive(1), b"x"), Err(Error::Absent(_))));
}

fn a_marker_is_set_once_and_can_be_repeated<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let copies = written(&storage);
    let store = storage.tenant(tenant());
    assert!(!store.is_confirmed(archive(1)).unwrap());
    for _ in 0..2 {
        store.confirm(archive(1), b"journal 7\n").unwrap();
        assert!(store.is_confirmed(archive(1)).unwrap());
    }
    assert!(matches!(store.confirm(archive(1), b"other"), Err(Error::Occupied { .. })));
    assert_eq!(backend.read(&copies[1], "logs/confirmed"), b"journal 7\n");
    assert!(faults(&storage).iter().all(|(_, faults)| faults.is_empty()));
    backend.remove(&copies[1], "logs/confirmed");
    assert!(!store.is_confirmed(archive(1)).unwrap());
}

fn two_writers_of_one_archive_at_once_make_one<B: Backend>() {
    let backend = B::fresh();
    let storage = backend.storage();
    let opened = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut open = |file: &NewFile| {
                    opened.fetch_add(1, Ordering::Relaxed);
                    open_files(file)
                };
                storage
                    .tenant(tenant())
                    .deposit(archive(1), &object(), &mut open)
                    .unwrap()
                    .complete()
                    .unwrap();
            });
        }
    });
    assert_eq!(opened.load(Ordering::Relaxed), FILES.len());
    assert!(faults(&storage).iter().all(|(_, faults)| faults.is_empty()));
}

fn a_large_file_is_stored_and_read_past_the_cache<B: Backend>() {
    let backend = B::fresh();
    let store = backend.storage().tenant(tenant());
    let size_bytes = (65 << 20) + 12_345;
    let source = || std::io::repeat(7).take(size_bytes);
    let digest = Sha512::digest(vec![7; size_bytes as usize]);
    let mut object = object();
    object.files.truncate(1);
    object.files[0].size_bytes = size_bytes;
    object.files[0].sha512 = digest.into();
    let mut open = |_: &NewFile| -> std::io::Result<Box<dyn Read>> { Ok(Box::new(source())) };
    store.deposit(archive(1), &object, &mut open).unwrap().complete().unwrap();
    for report in store.check(archive(1)).unwrap() {
        assert!(report.faults.is_empty() && report.size_bytes > size_bytes, "{report:?}");
    }
}

/// More than is left unsynced, in many files: the first ones are read again while the last ones are written.
fn many_files_are_read_again_while_more_are_written<B: Backend>() {
    const COUNT: u64 = 40;
    let size_bytes: u64 = 5 << 20;
    let content = |number: u64| std::io::repeat(number as u8).take(size_bytes);
    let file = |number: u64| NewFile {
        logical_path: format!("{number}"),
        content_path: format!("objects/{number:06}"),
        size_bytes,
        sha512: Sha512::digest(vec![number as u8; size_bytes as usize]).into(),
    };
    let object = NewObject { files: (0..COUNT).map(file).collect(), ..object() };
    let number_of = |file: &NewFile| file.logical_path.parse::<u64>().unwrap();
    let backend = B::fresh();
    let store = backend.storage().tenant(tenant());
    // One that is not what was promised, read again long before the end; then the last of all.
    for wrong in [3, COUNT - 1] {
        let mut open = |file: &NewFile| -> std::io::Result<Box<dyn Read>> {
            let number = number_of(file);
            Ok(Box::new(content(if number == wrong { number + 100 } else { number })))
        };
        let failure = store.deposit(archive(1), &object, &mut open).expect_err("a wrong source");
        assert!(
            matches!(&failure, Error::Mismatch { content_path } if *content_path == format!("objects/{wrong:06}")),
            "{failure:?}"
        );
        assert!(store.technical_metadata(archive(1)).is_err(), "nothing is named");
    }
    let mut open =
        |file: &NewFile| -> std::io::Result<Box<dyn Read>> { Ok(Box::new(content(number_of(file)))) };
    store.deposit(archive(1), &object, &mut open).unwrap().complete().unwrap();
    for report in store.check(archive(1)).unwrap() {
        assert!(report.faults.is_empty() && report.size_bytes > COUNT * size_bytes, "{report:?}");
    }
}

macro_rules! tests {
    ($backend:ty; $($sentence:ident),* $(,)?) => {$(
        #[test]
        fn $sentence() {
            super::$sentence::<$backend>();
        }
    )*};
}

macro_rules! suite {
    ($kind:ident: $backend:ty) => {
        mod $kind {
            use super::*;

            tests! {
                $backend;
                an_archive_is_written_on_every_site_and_read_back,
                writing_again_reads_nothing_and_changes_nothing,
                a_copy_that_is_missing_is_made_again,
                other_bytes_never_take_the_place_of_an_archive,
                a_source_that_is_not_what_was_promised_leaves_nothing,
                unsafe_names_are_refused,
                one_tenant_does_not_reach_another_s_archive,
                a_marker_is_set_once_and_can_be_repeated,
                a_changed_byte_is_found_wherever_it_is,
                a_removed_or_added_file_is_found,
                a_reading_is_heard_chunk_by_chunk_and_ends_when_told,
                a_copy_rewritten_whole_and_coherent_disagrees_with_the_other,
                content_is_served_while_one_site_is_empty,
                two_writers_of_one_archive_at_once_make_one,
                a_large_file_is_stored_and_read_past_the_cache,
                many_files_are_read_again_while_more_are_written,
                a_wrong_copy_is_made_right_from_a_good_one,
                an_emptied_site_is_filled_from_the_other,
                a_copy_is_never_mended_from_a_wrong_one,
                archives_are_listed_and_counted_each_once,
                the_vault_tells_what_it_holds_and_what_was_done,
                a_file_is_served_by_a_site_whose_bytes_are_right,
                small_files_are_kept_beside_the_archives,
                a_bad_copy_in_place_is_set_aside_and_made_again,
                a_later_version_leaves_the_first_as_it_was,
                a_version_half_made_is_gone_on_with,
                a_version_that_does_not_follow_is_refused,
            }
        }
    };
}

suite!(folders: Folders);
suite!(buckets: Buckets<true>);

/// Each kind has had the whole suite: here is what they do together.
mod a_folder_and_a_bucket {
    use super::*;

    tests! {
        Buckets<false>;
        an_archive_is_written_on_every_site_and_read_back,
        a_copy_that_is_missing_is_made_again,
        a_marker_is_set_once_and_can_be_repeated,
        an_emptied_site_is_filled_from_the_other,
        archives_are_listed_and_counted_each_once,
        a_version_half_made_is_gone_on_with,
    }
}
