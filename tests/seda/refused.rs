//! One fixture for each code of the catalogue: the smallest file that shows it, found for that and said with a remedy.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chartrier::cli::check;
use chartrier::model::Limits;
use chartrier::model::findings::CATALOGUE;

/// Codes that no file shows alone: they depend on what the member's registers hold, and are shown in `tests/ingest`.
const DECIDED_BY_REGISTERS: &[&str] = &[
    "header.a",
    "header.t",
    "header.o",
    "header.profile",
    "profile.",
    "message.duplicate",
    "message.refused",
    "quota.",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seda/refused")
}

#[test]
fn no_code_of_the_catalogue_lacks_a_fixture() {
    let lacking: Vec<&str> = CATALOGUE
        .iter()
        .map(|kind| kind.code)
        .filter(|code| !DECIDED_BY_REGISTERS.iter().any(|prefix| code.starts_with(prefix)))
        .filter(|code| !folder().join(code).is_dir())
        .collect();
    assert!(lacking.is_empty(), "no fixture for {lacking:?}");
}

#[test]
fn each_fixture_is_found_for_what_it_shows() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut wrong = Vec::new();
    for case in std::fs::read_dir(folder()).expect("fixtures").flatten() {
        let code = case.file_name().to_string_lossy().into_owned();
        let (path, limits) = case_of(&case.path());
        let verdict = check::check(File::open(path).expect("a file"), scratch.path(), &limits).expect("read");
        let codes: Vec<&str> = verdict.findings.iter().map(|finding| finding.kind.code).collect();
        let errors = verdict.findings.iter().filter(|finding| finding.is_error()).count();
        let found = verdict.findings.iter().find(|finding| finding.kind.code == code);
        match found {
            None => wrong.push(format!("{code}: {codes:?}")),
            Some(finding) if finding.is_error() == verdict.is_accepted() => {
                wrong.push(format!("{code}: verdict, {codes:?}"));
            }
            // One defect each: a few drag another along, none drags many.
            Some(_) if errors > 3 => wrong.push(format!("{code}: too many, {codes:?}")),
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The one file of a case, and the limits it lowers.
fn case_of(folder: &Path) -> (PathBuf, Limits) {
    let mut limits = Limits::default();
    let mut file = None;
    for entry in std::fs::read_dir(folder).expect("a case").flatten() {
        if entry.file_name() != "limits.txt" {
            file = Some(entry.path());
            continue;
        }
        for line in std::fs::read_to_string(entry.path()).expect("limits").lines() {
            let (name, value) = line.split_once(' ').expect("a name and a value");
            let value: u64 = value.parse().expect("a number");
            let count = usize::try_from(value).expect("a small number");
            match name {
                "entries_max" => limits.entries_max = value,
                "expanded_bytes_max" => limits.expanded_bytes_max = value,
                "ratio_free_bytes" => limits.ratio_free_bytes = value,
                "expansion_ratio_max" => limits.expansion_ratio_max = value,
                "manifest_bytes_max" => limits.manifest_bytes_max = value,
                "xml_elements_max" => limits.xml_elements_max = count,
                "xml_depth_max" => limits.xml_depth_max = count,
                "xml_attributes_max" => limits.xml_attributes_max = count,
                "xml_names_max" => limits.xml_names_max = count,
                "xml_text_bytes_max" => limits.xml_text_bytes_max = count,
                "units_max" => limits.units_max = count,
                "objects_max" => limits.objects_max = count,
                "findings_max" => limits.findings_max = count,
                "examination_seconds_max" => limits.examination_max = Duration::from_secs(value),
                _ => panic!("unknown limit {name}"),
            }
        }
    }
    (file.expect("a file"), limits)
}
