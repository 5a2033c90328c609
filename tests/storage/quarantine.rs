//! Reception into quarantine: whole and durable, or nothing.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use chartrier::model::TransferId;
use chartrier::storage::{Error, Storage};
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha512};
use tempfile::TempDir;
use uuid::Uuid;

use super::backend::{names, settings};
use super::tenant;

fn opened() -> (TempDir, Storage) {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&settings(folder.path())).unwrap();
    (folder, storage)
}

fn transfer() -> TransferId {
    TransferId(Uuid::from_u128(7))
}

/// Files that stand in quarantine, whoever's they are; its own memory apart.
fn files(folder: &Path) -> Vec<String> {
    names(&folder.join("quarantine"))
        .into_iter()
        .filter(|name| !name.ends_with('/') && !name.starts_with('.'))
        .collect()
}

#[tokio::test]
async fn what_is_received_is_kept_with_its_digest() {
    let (folder, storage) = opened();
    let quarantine = storage.quarantine();
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| n as u8).collect();
    let pieces: Vec<_> = bytes.chunks(70_001).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let received =
        quarantine.receive(tenant(), transfer(), stream::iter(pieces), bytes.len() as u64).await.unwrap();
    assert_eq!(received.size_bytes, bytes.len() as u64);
    assert_eq!(received.sha512[..], Sha512::digest(&bytes)[..]);
    let mut file = quarantine.open(tenant(), transfer()).unwrap();
    assert_eq!(file.file.metadata().unwrap().mode() & 0o777, 0o600);
    let mut read = Vec::new();
    file.bytes().read_to_end(&mut read).unwrap();
    assert!(read == bytes);
    assert!(quarantine.older_than(tenant(), Duration::ZERO).unwrap().contains(&transfer()));
    assert!(quarantine.older_than(tenant(), Duration::from_secs(3600)).unwrap().is_empty());
    let again = quarantine.receive(tenant(), transfer(), stream::iter([Ok(Bytes::new())]), 1).await;
    assert!(matches!(again, Err(Error::Occupied { .. })), "{again:?}");
    for _ in 0..2 {
        quarantine.remove(tenant(), transfer()).unwrap();
        assert_eq!(files(folder.path()), [""; 0]);
    }
    assert!(matches!(quarantine.open(tenant(), transfer()), Err(Error::Absent(_))));
}

#[tokio::test]
async fn what_is_locked_up_is_never_opened_again_and_is_removed_like_the_rest() {
    let (folder, storage) = opened();
    let quarantine = storage.quarantine();
    let bytes = stream::iter([Ok(Bytes::from_static(b"virus"))]);
    quarantine.receive(tenant(), transfer(), bytes, 100).await.unwrap();
    for _ in 0..2 {
        quarantine.lock_up(tenant(), transfer()).unwrap();
        assert!(matches!(quarantine.open(tenant(), transfer()), Err(Error::Absent(_))));
        assert_eq!(files(folder.path()).len(), 1, "kept");
        assert!(quarantine.older_than(tenant(), Duration::ZERO).unwrap().contains(&transfer()));
    }
    quarantine.remove(tenant(), transfer()).unwrap();
    assert_eq!(files(folder.path()), [""; 0]);
    quarantine.lock_up(tenant(), transfer()).unwrap();
}

#[tokio::test]
async fn too_many_bytes_or_a_broken_stream_leave_nothing() {
    let (folder, storage) = opened();
    let piece = || Ok(Bytes::from(vec![1; 900_000]));
    let endless = stream::repeat_with(piece);
    let refused = storage.quarantine().receive(tenant(), transfer(), endless, 5_000_000).await;
    assert!(matches!(refused, Err(Error::TooLarge { bytes_max: 5_000_000 })), "{refused:?}");
    assert_eq!(files(folder.path()), [""; 0]);
    let broken = stream::iter([piece(), piece(), Err(std::io::ErrorKind::ConnectionReset.into())]);
    let refused = storage.quarantine().receive(tenant(), transfer(), broken, 5_000_000).await;
    assert!(matches!(refused, Err(Error::Interrupted(_))), "{refused:?}");
    assert_eq!(files(folder.path()), [""; 0]);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    let (folder, storage) = opened();
    let stream = stream::iter([Ok(Bytes::from(vec![1; 2_000_000]))]).chain(stream::pending());
    let reception = storage.quarantine().receive(tenant(), transfer(), stream, 5_000_000);
    let timeout = tokio::time::timeout(Duration::from_millis(300), reception).await;
    assert!(timeout.is_err());
    assert_eq!(files(folder.path()), [""; 0]);
}
