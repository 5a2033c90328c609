//! Formats named with PRONOM's own files: those that `make test` installs (version 109), and the corpus's when it is there.

use std::fs::File;
use std::path::{Path, PathBuf};

use chartrier::formats::Signatures;

mod command;
mod corpus;
mod installed;

/// The signature file and the container signature file that `scripts/install.sh` puts beside what is built, or where
/// `CHARTRIER_PRONOM` says; says so when a test is skipped for want of them.
fn installed() -> Option<(PathBuf, PathBuf)> {
    let folder = std::env::var_os("CHARTRIER_PRONOM").map_or_else(|| "target/pronom".into(), PathBuf::from);
    let files = (folder.join("signatures.xml"), folder.join("containers.xml"));
    if files.0.is_file() && files.1.is_file() {
        return Some(files);
    }
    println!("ignoré : pas de signatures PRONOM dans {} (scripts/install.sh test)", folder.display());
    None
}

fn read((signatures, containers): &(PathBuf, PathBuf)) -> Signatures {
    let open = |path: &Path| File::open(path).unwrap();
    Signatures::from_droid(open(signatures), Some(open(containers))).unwrap()
}
