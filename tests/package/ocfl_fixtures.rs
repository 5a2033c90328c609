//! The public OCFL fixtures, in place: each object gets the codes of its name.
//!
//! Where the name leaves a choice, the table of what else is said gives the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chartrier::cli::verify::Folder;
use chartrier::package::ocfl::validate::{Options, Severity, validate_object};

/// Codes that are said of a fixture beyond those of its name: spec, fixture, codes, and what it also breaks.
const SAID_TOO: [(&str, &str, &[&str], &str); 10] = [
    ("1.0", "E001_invalid_version_format", &["E046"], "the key « 1 » of its versions is no version's name"),
    ("1.1", "E001_invalid_version_format", &["E104"], "the same, which 1.1 has a code for"),
    ("", "E003_E063_empty", &["E001"], "the file that keeps the folder in Git"),
    ("", "E011_E013_invalid_padded_head_version", &["E014", "E023"], "v08 says v1/ where the folder is v01/"),
    (
        "",
        "E019_inconsistent_content_dir",
        &["E015"],
        "the current manifest names a file of the former folder",
    ),
    ("", "E040_head_not_most_recent", &["E064"], "the inventory of v2 is not the object's"),
    ("", "E049_E050_E054_bad_version_block_values", &["E094"], "the message is no text"),
    ("", "E096_manifest_duplicate_digests", &["E101"], "both digests have the same file"),
    ("", "E100_E099_fixity_invalid_content_paths", &["E023", "E092"], "the manifest names content/content/"),
    ("", "E100_E099_manifest_invalid_content_paths", &["E023"], "files that only wrong paths name"),
];

#[test]
fn every_public_fixture_gets_its_verdict() {
    let Some(corpus) = crate::corpus_folder() else { return };
    let fixtures = corpus.join("fixtures/OCFL-fixtures");
    let mut wrong = Vec::new();
    let mut count = 0;
    for spec in ["1.0", "1.1"] {
        for (kind, severity) in [
            ("good-objects", None),
            ("warn-objects", Some(Severity::Warning)),
            ("bad-objects", Some(Severity::Error)),
        ] {
            for object in folders(&fixtures.join(spec).join(kind)) {
                count += 1;
                wrong.extend(verdict(&object, spec, severity));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{} of {count}", wrong.len());
    assert_eq!(count, 156);
}

/// What is wrong with the verdict on one fixture.
fn verdict(object: &Path, spec: &str, severity: Option<Severity>) -> Option<String> {
    let name = object.file_name().unwrap().to_str().unwrap();
    let validated = validate_object(&Folder::new(object), "", &Options::default());
    let report = &validated.report;
    let at = |severity| codes(report.findings.list(), severity);
    let named: BTreeSet<&str> = if severity.is_some() {
        name.split('_').take_while(|part| is_code(part)).collect()
    } else {
        BTreeSet::new()
    };
    let (errors, warnings) = (at(Severity::Error), at(Severity::Warning));
    let said = match severity {
        Some(Severity::Error) => errors.clone(),
        // An object that only deserves warnings, or nothing, has no error.
        _ => errors.union(&warnings).copied().collect(),
    };
    let too: BTreeSet<&str> = SAID_TOO
        .iter()
        .filter(|(of, fixture, ..)| *fixture == name && (of.is_empty() || *of == spec))
        .flat_map(|(_, _, codes, _)| *codes)
        .copied()
        .collect();
    let expected: BTreeSet<&str> = named.union(&too).copied().collect();
    let is_right = said == expected
        && report.findings.is_valid() == (severity != Some(Severity::Error))
        && at(Severity::Unjudged).is_empty()
        && at(Severity::Note).is_empty();
    (!is_right).then(|| format!("{spec} {name}: {said:?}"))
}

fn codes(
    findings: &[chartrier::package::ocfl::validate::Finding],
    severity: Severity,
) -> BTreeSet<&'static str> {
    findings.iter().filter(|finding| finding.severity() == severity).map(|finding| finding.code).collect()
}

fn is_code(part: &str) -> bool {
    part.len() == 4 && part.starts_with(['E', 'W']) && part[1..].bytes().all(|byte| byte.is_ascii_digit())
}

fn folders(above: &Path) -> Vec<std::path::PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(above).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}
