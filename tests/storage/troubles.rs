//! A bucket that answers badly, or not at all: what it does not take waits, and nothing half is taken for whole.

use std::time::{Duration, Instant};

use chartrier::storage::{Error, Fault};

use super::backend::{Backend, Buckets};
use super::suite::faults;
use super::{archive, object, open_files, tenant};
use crate::support::fault_table::note;
use crate::support::s3::Trouble;

/// What the fault table calls a trouble that passes, and one that lasts.
pub fn fault(trouble: Trouble, lasts: bool) -> String {
    let what = match trouble {
        Trouble::Status(status) => format!("S3 répond {status}"),
        Trouble::Silence => "S3 ne répond pas à temps".to_owned(),
        Trouble::Half => "S3 tronque ses réponses".to_owned(),
    };
    format!("{what}, {}", if lasts { "sans fin" } else { "deux fois" })
}

pub const PASSING: [Trouble; 3] = [Trouble::Status(500), Trouble::Status(503), Trouble::Half];
pub const LASTING: [Trouble; 4] =
    [Trouble::Status(500), Trouble::Status(503), Trouble::Status(403), Trouble::Silence];

/// Copies that are not whole.
fn wrong(storage: &chartrier::storage::Storage) -> usize {
    faults(storage).iter().filter(|(_, faults)| !faults.is_empty()).count()
}

type Mixed = Buckets<false>;

#[test]
fn what_passes_is_tried_again_and_nobody_hears_of_it() {
    for trouble in PASSING {
        let backend = Mixed::impatient();
        let storage = backend.storage();
        backend.s3.trouble("PUT", trouble, 2);
        backend.s3.trouble("GET", trouble, 2);
        let deposit = storage.tenant(tenant()).deposit(archive(1), &object(), &mut open_files).unwrap();
        assert!(deposit.waiting.is_empty(), "{trouble:?} {deposit:?}");
        assert_eq!(wrong(&storage), 0, "{trouble:?}");
        let said =
            format!("rien : {} copies faites, {} en attente", deposit.placed.len(), deposit.waiting.len());
        note(fault(trouble, false), wrong(&storage), said, "demandé de nouveau aussitôt");
    }
}

#[test]
fn a_bucket_that_takes_nothing_keeps_its_copy_waiting_and_no_other() {
    for trouble in LASTING {
        let backend = Mixed::impatient();
        let storage = backend.storage();
        let store = storage.tenant(tenant());
        store.deposit(archive(9), &object(), &mut open_files).unwrap().complete().unwrap();
        backend.s3.trouble("*", trouble, usize::MAX);
        let began = Instant::now();
        let deposit = store.deposit(archive(1), &object(), &mut open_files).unwrap();
        assert!(began.elapsed() < Duration::from_secs(60), "{trouble:?}");
        assert_eq!(deposit.placed.iter().map(|copy| copy.site.as_str()).collect::<Vec<_>>(), ["nord"]);
        assert!(deposit.waiting[0].site == "sud" && deposit.waiting[0].reason.is_transient(), "{deposit:?}");
        let [(_, nord), (_, sud)] = faults(&storage).try_into().unwrap();
        assert_eq!(nord, [], "{trouble:?}");
        assert!(matches!(sud[..], [Fault::Away { .. }]), "{sud:?}");
        assert!(storage.stand()[1].fault.is_some());
        backend.s3.heal();
        let again = store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
        assert_eq!(wrong(&storage), 0, "{trouble:?}");
        let said = format!("copie de {} en attente ; {}", deposit.waiting[0].site, sud[0]);
        note(fault(trouble, true), wrong(&storage), said, format!("{} copies au dépôt repris", again.len()));
    }
}

#[test]
fn an_answer_always_cut_short_is_never_taken_for_a_file() {
    let backend = Mixed::impatient();
    let storage = backend.storage();
    let store = storage.tenant(tenant());
    store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
    let only = store.on(&["sud"]).unwrap();
    backend.s3.trouble("GET", Trouble::Half, usize::MAX);
    let file = &object().files[1];
    let read = only.read_checked(archive(1), &file.stored_path(), &file.sha512);
    assert!(matches!(read, Err(Error::Damaged { .. } | Error::Io { .. })), "{read:?}");
    let deposit = store.deposit(archive(2), &object(), &mut open_files).unwrap();
    assert_eq!(deposit.waiting.len(), 1, "{deposit:?}");
    backend.s3.heal();
    let again = store.deposit(archive(2), &object(), &mut open_files).unwrap().complete().unwrap();
    assert_eq!((again.len(), wrong(&storage)), (2, 0));
    let said = format!("copie de {} en attente ; {}", deposit.waiting[0].site, read.unwrap_err());
    note(
        fault(Trouble::Half, true),
        wrong(&storage),
        said,
        format!("{} copies au dépôt repris", again.len()),
    );
}

#[test]
fn a_service_starts_while_a_bucket_it_knows_is_away() {
    let backend = Mixed::impatient();
    drop(backend.storage());
    backend.s3.trouble("*", Trouble::Status(503), usize::MAX);
    let storage = backend.storage();
    assert!(storage.warnings().iter().any(|warning| warning.contains("« sud » : hors d’atteinte")));
    let deposit = storage.tenant(tenant()).deposit(archive(1), &object(), &mut open_files).unwrap();
    assert_eq!((deposit.placed.len(), deposit.waiting.len()), (1, 1));
    backend.s3.heal();
    storage.tenant(tenant()).deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
}

#[test]
fn what_a_bucket_says_of_its_object_lock_is_told() {
    use chartrier::storage::Lock;
    let kept = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                <Mode>GOVERNANCE</Mode><Days>90</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    for (status, said, lock) in [
        (200, kept, Lock::Kept { mode: "GOVERNANCE".into(), days: 90 }),
        (404, "<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>", Lock::None),
        (501, "", Lock::None),
        (403, "", Lock::Unknown),
    ] {
        let backend = Mixed::impatient();
        backend.s3.locked(status, said);
        let standing = backend.storage().stand();
        assert_eq!((&standing[0].lock, &standing[1].lock), (&Lock::None, &lock), "{status}");
    }
}
