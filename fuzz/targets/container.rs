//! Any bytes as a container: opened, every entry read to its end or to the bound.
#![no_main]

use std::fs::File;
use std::io::{Read, Seek, Write};

use chartrier_fuzz::model::Limits;
use chartrier_fuzz::package::Package;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = std::env::temp_dir();
    let Ok(mut file) = tempfile::tempfile() else { return };
    if file.write_all(bytes).and_then(|()| file.rewind()).is_err() {
        return;
    }
    let limits = Limits {
        expanded_bytes_max: 8 << 20,
        ratio_free_bytes: 1 << 20,
        entries_max: 1_000,
        ..Limits::default()
    };
    read_all(file, &folder, &limits);
});

fn read_all(file: File, folder: &std::path::Path, limits: &Limits) {
    let Ok((mut package, found)) = Package::open(file, folder, limits) else { return };
    // A container with errors may still be read, to say all that is wrong; promises are made for the others.
    let is_refused = found.iter().any(|finding| finding.is_error());
    let entries = package.entries().len();
    assert!(is_refused || entries as u64 <= limits.entries_max);
    package.settle_names(|_| true);
    let mut buffer = vec![0; 1 << 16];
    for at in 0..entries {
        let declared = package.entries()[at].clone();
        let is_safe = !declared.name.starts_with('/') && declared.name.split('/').all(|part| part != "..");
        assert!(is_refused || is_safe);
        let Ok(mut content) = package.read(at) else { continue };
        let mut total = 0u64;
        while let Ok(read) = content.read(&mut buffer) {
            if read == 0 {
                break;
            }
            total += read as u64;
            assert!(is_refused || total <= limits.expanded_bytes_max, "more is read than the bound lets through");
        }
    }
}
