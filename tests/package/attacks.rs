//! Every hostile container of the generated corpus: refused for what it is, at once, in little memory.

use std::time::Instant;

use chartrier::cli::check;
use chartrier::model::Limits;

use crate::corpus_folder;

/// Codes that must be among the findings, by file.
const EXPECTED: &[(&str, &str)] = &[
    ("tar/chardev.tar", "container.special_file"),
    ("tar/fifo.tar", "container.special_file"),
    ("tar/hardlink-escape.tar", "container.link"),
    ("tar/size-lies-1TiB.tar", "container.truncated"),
    ("tar/slip-absolute.tar", "container.absolute"),
    ("tar/slip-dotdot.tar", "container.traversal"),
    ("tar/symlink-escape.tar", "container.link"),
    ("zip/case-collision.zip", "container.collision"),
    ("zip/central-size-lies.zip", "container.size"),
    ("zip/control-chars-name.zip", "container.name"),
    ("zip/crc-lies.zip", "container.headers"),
    ("zip/deep-path-500.zip", "container.name_length"),
    ("zip/duplicate-names.zip", "container.duplicate"),
    ("zip/empty-name.zip", "container.name_empty"),
    ("zip/empty.zip", "container.empty"),
    ("zip/encrypted-flag.zip", "container.encrypted"),
    ("zip/fifo-entry.zip", "container.special_file"),
    ("zip/file-and-dir-same-name.zip", "container.file_and_folder"),
    ("zip/local-central-name-differ.zip", "container.headers"),
    ("zip/long-name-300.zip", "container.name_length"),
    ("zip/nfc-nfd-collision.zip", "container.collision"),
    ("zip/overlap-4000x16MiB.zip", "container.overlap"),
    ("zip/prefixed-garbage.zip", "container.foreign_bytes"),
    ("zip/slip-absolute.zip", "container.absolute"),
    ("zip/slip-backslash.zip", "container.traversal"),
    ("zip/slip-dotdot.zip", "container.traversal"),
    ("zip/slip-drive.zip", "container.absolute"),
    ("zip/symlink-dir-then-write.zip", "container.link"),
    ("zip/symlink-etc-passwd.zip", "container.link"),
    ("zip/trailing-garbage.zip", "container.padding"),
    ("zip/truncated-data.zip", "container.truncated"),
    ("zip/truncated-eocd.zip", "container.truncated"),
    ("zip/zero-bytes.zip", "container.unreadable"),
    ("misc/bomb-64MiB.gz", "container.empty"),
];

#[test]
fn every_hostile_container_is_refused_for_what_it_is() {
    let Some(corpus) = corpus_folder() else { return };
    let folder = corpus.join("fixtures/attack-generated/files");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    for kind in ["zip", "tar", "misc"] {
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join(kind)).expect("the corpus").flatten().map(|e| e.path()).collect();
        files.sort();
        for path in files {
            let name = format!("{kind}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            let started = Instant::now();
            let verdict =
                check::check(std::fs::File::open(&path).expect("a file"), scratch.path(), &Limits::default());
            let verdict = verdict.unwrap_or_else(|error| panic!("{name}: {error}"));
            let codes: Vec<&str> = verdict.findings.iter().map(|finding| finding.kind.code).collect();
            println!("{name}: {:?} {:?}", started.elapsed(), &codes[..codes.len().min(4)]);
            assert!(!verdict.is_accepted(), "{name} was accepted");
            assert!(started.elapsed().as_millis() < 1000, "{name} took {:?}", started.elapsed());
            if let Some((_, code)) = EXPECTED.iter().find(|(file, _)| *file == name) {
                assert!(codes.contains(code), "{name}: {code} missing from {codes:?}");
            }
        }
    }
    assert_eq!(std::fs::read_dir(scratch.path()).expect("scratch").count(), 0, "something was left behind");
}
