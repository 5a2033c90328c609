//! The signature file that comes with the tests: all of it understood, and our own table in agreement with it.

use std::collections::HashMap;

use chartrier::formats::Signatures;

use super::{installed, read};

#[test]
fn every_signature_that_serves_a_format_is_understood() {
    let Some(files) = installed() else { return };
    let signatures = read(&files);
    assert_eq!(signatures.version(), "109, conteneurs 25");
    assert!(signatures.formats().len() > 2_200);
    let others: Vec<_> =
        signatures.left_out().iter().filter(|(_, why)| !why.contains("d'aucun format")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn our_own_table_says_what_pronom_says() {
    let Some(files) = installed() else { return };
    let pronom = read(&files);
    let known: HashMap<&str, _> = pronom.formats().map(|format| (format.puid.as_str(), format)).collect();
    // Given after version 109.
    let later = ["fmt/1910", "fmt/1911", "fmt/1912", "fmt/1753", "fmt/1754", "fmt/1755", "fmt/1756"];
    let ours = Signatures::built_in();
    let mut compared = 0;
    for format in ours.formats().filter(|format| !later.contains(&format.puid.as_str())) {
        let theirs = known.get(format.puid.as_str()).unwrap_or_else(|| panic!("{} is no PUID", format.puid));
        let mime = format.mime.as_str();
        assert!(
            theirs.mime.is_empty() || theirs.mime.contains(mime),
            "{}: {mime}, {}",
            format.puid,
            theirs.mime
        );
        let is_shared = format.extensions.iter().any(|one| theirs.extensions.contains(one));
        assert!(is_shared, "{}: {:?}, {:?}", format.puid, format.extensions, theirs.extensions);
        let number = |version: &str| version.chars().find(char::is_ascii_digit);
        assert_eq!(number(&format.version), number(&theirs.version), "{}", format.puid);
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}
