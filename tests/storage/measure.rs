//! Figures, by hand: `cargo test --test main storage::measure -- --ignored --nocapture`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::backend::settings;
use super::{archive, object_of, tenant};
use chartrier::storage::{NewFile, Storage};

/// One manifest and three files, 200 KB in all.
fn deposit(number: u8) -> Vec<(String, String, Vec<u8>)> {
    [
        ("manifest.xml", 8_000),
        ("objects/000001.pdf", 64_000),
        ("objects/000002.pdf", 64_000),
        ("objects/000003.pdf", 64_000),
    ]
    .map(|(name, size_bytes)| (name.to_string(), name.to_string(), vec![number; size_bytes]))
    .to_vec()
}

#[test]
#[ignore = "a measure"]
fn small_objects_a_second() {
    let folder = tempfile::tempdir_in(std::env::var("CHARTRIER_MEASURE").unwrap_or(".".to_string())).unwrap();
    let storage = Storage::open(&settings(folder.path())).unwrap();
    for writers in [1u64, 8] {
        let next = AtomicU64::new(0);
        let objects = 64 * (1 + writers);
        for (what, act) in [("written", 0), ("verified", 1), ("confirmed", 2)] {
            next.store(0, Ordering::Relaxed);
            let start = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..writers {
                    scope.spawn(|| {
                        let store = storage.tenant(tenant());
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if number >= objects {
                                break;
                            }
                            let archive = archive(u128::from(writers * 1_000_000 + number));
                            match act {
                                0 => {
                                    let files = deposit(number as u8);
                                    let mut open =
                                        |file: &NewFile| -> std::io::Result<Box<dyn std::io::Read>> {
                                            let found =
                                                files.iter().find(|(_, path, _)| *path == file.content_path);
                                            Ok(Box::new(std::io::Cursor::new(found.unwrap().2.clone())))
                                        };
                                    store
                                        .deposit(archive, &object_of(&files), &mut open)
                                        .unwrap()
                                        .complete()
                                        .unwrap();
                                }
                                1 => assert!(
                                    store.check(archive).unwrap().iter().all(|copy| copy.faults.is_empty())
                                ),
                                _ => store.confirm(archive, b"x").unwrap(),
                            }
                        }
                    });
                }
            });
            println!("{writers} writers, {what}: {:.0}/s", objects as f64 / start.elapsed().as_secs_f64());
        }
    }
}

/// A storage root per site for public validators: the folder named by `CHARTRIER_MEASURE`, left in place.
#[test]
#[ignore = "made to be looked at with other tools"]
fn a_storage_root_for_public_validators() {
    let folder = std::env::var("CHARTRIER_MEASURE").expect("a folder");
    let storage = Storage::open(&settings(folder.as_ref())).unwrap();
    for number in 0..200 {
        let mut object = super::object();
        object.message = format!("Prise en charge {number}");
        storage
            .tenant(tenant())
            .deposit(archive(number), &object, &mut super::open_files)
            .unwrap()
            .complete()
            .unwrap();
        storage.tenant(tenant()).confirm(archive(number), b"{}\n").unwrap();
    }
}

#[test]
#[ignore = "a measure"]
fn a_large_object_a_second() {
    let folder = tempfile::tempdir_in(std::env::var("CHARTRIER_MEASURE").unwrap_or(".".to_string())).unwrap();
    let store = Storage::open(&settings(folder.path())).unwrap().tenant(tenant());
    let bytes: Vec<u8> =
        (0..512u32 << 18).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let file = ("large".to_string(), "large".to_string(), bytes);
    let object = object_of(std::slice::from_ref(&file));
    let bytes: &'static [u8] = file.2.leak();
    let megabytes = bytes.len() as f64 / 1e6;
    let start = Instant::now();
    let mut open = |_: &NewFile| -> std::io::Result<Box<dyn std::io::Read>> { Ok(Box::new(bytes)) };
    let copies = store.deposit(archive(1), &object, &mut open).unwrap().complete().unwrap();
    println!("two copies written: {:.0} MB/s of source", megabytes / start.elapsed().as_secs_f64());
    let start = Instant::now();
    assert!(store.check(archive(1)).unwrap().iter().all(|copy| copy.faults.is_empty()));
    println!("two copies verified: {:.0} MB/s read", 2.0 * megabytes / start.elapsed().as_secs_f64());
    let path = folder.path().join(&copies[0].site).join(&copies[0].path).join("v1/content/large");
    let start = Instant::now();
    assert!(
        std::process::Command::new("sha512sum")
            .arg(path)
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap()
            .success()
    );
    println!("sha512sum of one copy: {:.0} MB/s", megabytes / start.elapsed().as_secs_f64());
}
