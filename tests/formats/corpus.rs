//! The corpus's skeletons, each named after the PUID it is to be given, with the corpus's own PRONOM file.

use std::path::{Path, PathBuf};

use chartrier::formats::{Identification, Signatures, Sniffed};

use super::read;
use crate::corpus_folder;

/// Skeletons that no tool can name rightly, and why.
const NOT_NAMED: [(&str, &str); 3] = [
    ("fmt-1915-signature-id-2265.mso", "has 01 0F where its signature wants 01 F0"),
    ("fmt-61-signature-id-78.xls", "is of a signature that PRONOM has withdrawn"),
    ("x-fmt-39-signature-id-546.dbq", "is of a signature that PRONOM gives to dBASE"),
];

fn skeletons(folder: &Path) -> Vec<(String, PathBuf)> {
    let kinds =
        ["containers", "fmt", "x-fmt"].map(|kind| folder.join("fixtures/pronom-skeletons").join(kind));
    let files =
        kinds.iter().flat_map(|kind| std::fs::read_dir(kind).unwrap()).map(|entry| entry.unwrap().path());
    let named = files.filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        let (kind, rest) = name
            .strip_prefix("x-fmt-")
            .map_or(("fmt", name.strip_prefix("fmt-")), |rest| ("x-fmt", Some(rest)));
        let number: String = rest?.chars().take_while(char::is_ascii_digit).collect();
        Some((format!("{kind}/{number}"), path))
    });
    named.collect()
}

fn streamed(signatures: &Signatures, bytes: &[u8], name: &str) -> Identification {
    let mut sniffer = signatures.sniffer();
    bytes.chunks(1_000).for_each(|chunk| sniffer.feed(chunk));
    match sniffer.conclude(name).unwrap() {
        Sniffed::Known(found) => found,
        Sniffed::Container(pending) => pending.open(&mut std::io::Cursor::new(bytes)).unwrap(),
    }
}

#[test]
fn skeletons_are_given_the_puid_of_their_name() {
    let Some(folder) = corpus_folder() else { return };
    let pronom = folder.join("pronom");
    let files =
        (pronom.join("DROID_SignatureFile_V122.xml"), pronom.join("container-signature-20260119.xml"));
    let signatures = read(&files);
    assert_eq!(signatures.left_out(), [], "all of PRONOM 122 is understood");
    let skeletons = skeletons(&folder);
    assert!(skeletons.len() > 1_400, "{}", skeletons.len());
    let mut wrong = Vec::new();
    for (puid, path) in skeletons {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let found = signatures.identify(&mut std::io::Cursor::new(&bytes), name).unwrap();
        let streamed = streamed(&signatures, &bytes, name);
        assert_eq!(streamed.puid(), found.puid(), "{name} read as a stream");
        if found.puid() != Some(&puid) {
            wrong.push(name.to_owned());
        }
    }
    wrong.sort();
    assert_eq!(wrong, NOT_NAMED.map(|(name, _)| name));
}
