//! Two fixtures for each code of the catalogue: the smallest file that shows it, found for that and said with a remedy; and
//! one that nearly shows it, where it is not found.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chartrier::cli::check::{self, Verdict};
use chartrier::model::Limits;
use chartrier::model::findings::CATALOGUE;
use chartrier::seda::Options;
use chartrier::seda::relaxng::{self, Bundle, Profile};
use chartrier::seda::tolerance::Tolerance;
use chartrier::trust::Trust;

/// Codes that no file shows alone, why, and where they are shown.
const SHOWN_ELSEWHERE: &[(&str, &[&str])] = &[
    (
        "what the member's registers, agreements and clock say: tests/ingest",
        &[
            "header.convention_missing",
            "header.member_suspended",
            "header.member_closed",
            "header.service_level",
            "header.copy_not_reliable",
            "header.copy_simple",
            "header.agreement_missing",
            "header.agreement_unknown",
            "header.agreement_closed",
            "header.archival_agency_unknown",
            "header.archival_agency_not_in_agreement",
            "header.transferring_agency_unknown",
            "header.transferring_agency_not_in_agreement",
            "header.originating_agency_unknown",
            "header.originating_agency_not_in_agreement",
            "header.submission_agency_unknown",
            "header.date_future",
            "header.profile_missing",
            "header.profile_unknown",
            "header.profile_not_in_agreement",
            "profile.version",
            "message.duplicate",
            "message.refused_by_archivist",
            "quota.exceeded",
            "quota.soft",
            "quota.transfer_size",
            "quota.period",
            "rule.classified_refused",
            "rule.definitive",
            "rule.less_protective",
            "object.digest_not_admitted",
            "header.signature_missing",
            "header.signature_refused",
            "signature.missing",
            "signature.refused",
            "signature.unverified",
        ],
    ),
    ("what the agreement refuses of the formats found: tests/ingest/format_policy.rs", &["format.refused"]),
    (
        "what a virus scanner says, and what the agreement asks of it: tests/ingest/viruses.rs",
        &["virus.found", "virus.too_large", "virus.not_scanned", "virus.unavailable"],
    ),
    ("what signatures are worth, made by other programs: tests/ingest/signatures.rs", &["signature.failed"]),
    (
        "a profile that is no message, refused when it is compiled: tests/seda/relaxng, tests/membership/profiles.rs",
        &[
            "profile.unreadable",
            "profile.syntax",
            "profile.reference",
            "profile.datatype",
            "profile.restriction",
            "profile.too_complex",
        ],
    ),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seda").join(name)
}

#[test]
fn no_code_of_the_catalogue_lacks_what_shows_it_and_what_nearly_does() {
    let elsewhere = |code: &str| SHOWN_ELSEWHERE.iter().any(|(_, codes)| codes.contains(&code));
    let lacking: Vec<String> = CATALOGUE
        .iter()
        .map(|kind| kind.code)
        .filter(|code| !elsewhere(code))
        .flat_map(|code| [format!("refused/{code}"), format!("nearly/{code}")])
        .filter(|case| !folder(case).is_dir())
        .collect();
    assert!(lacking.is_empty(), "no fixture for {lacking:?}");
    let known = |code: &str| CATALOGUE.iter().any(|kind| kind.code == code);
    let listed = SHOWN_ELSEWHERE.iter().flat_map(|(_, codes)| codes.iter());
    let unknown: Vec<&&str> = listed.filter(|code| !known(code)).collect();
    assert!(unknown.is_empty(), "no code {unknown:?}");
}

#[test]
fn each_fixture_is_found_for_what_it_shows() {
    let mut wrong = Vec::new();
    for Case { code, verdict, .. } in cases("refused") {
        let codes = codes(&verdict);
        let errors = verdict.findings.iter().filter(|finding| finding.is_error()).count();
        match verdict.findings.iter().find(|finding| finding.kind.code == code) {
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

#[test]
fn what_nearly_shows_a_code_is_not_found_for_it() {
    let mut wrong = Vec::new();
    for Case { code, verdict, instead } in cases("nearly") {
        let codes = codes(&verdict);
        let is_as_expected = match &instead {
            Some(instead) => codes.contains(&instead.as_str()),
            None => verdict.is_accepted(),
        };
        if codes.contains(&code.as_str()) || !is_as_expected {
            let messages: Vec<&str> = verdict.findings.iter().map(|f| f.message.as_str()).collect();
            wrong.push(format!("{code}: {codes:?} {messages:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A fixture, checked.
struct Case {
    code: String,
    verdict: Verdict,
    /// The code it shows instead.
    instead: Option<String>,
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings.iter().map(|finding| finding.kind.code).collect()
}

fn cases(name: &str) -> Vec<Case> {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let entries = std::fs::read_dir(folder(name)).expect("fixtures").flatten();
    entries.map(|entry| case(&entry.path(), scratch.path())).collect()
}

/// The one file of a case, checked under the limits it lowers, with the tolerances and the profile it names.
fn case(folder: &Path, scratch: &Path) -> Case {
    let beside = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let limits = beside("limits.txt").map_or_else(Limits::default, |text| lowered(&text));
    let tolerances: Vec<Tolerance> = beside("tolerances.txt")
        .unwrap_or_default()
        .lines()
        .map(|name| Tolerance::named(name).expect("a tolerance"))
        .collect();
    let profile: Option<Profile> = beside("profile.rng").map(|rng| {
        relaxng::compile(rng.as_bytes(), &Bundle::new(), &relaxng::Limits::default()).expect("a profile")
    });
    let file =
        ["manifest.xml", "sip.zip"].map(|name| folder.join(name)).into_iter().find(|path| path.exists());
    let file = File::open(file.expect("a file")).expect("readable");
    let profile = profile.as_ref().map(|profile| &profile.grammar);
    let options = Options { profile, tolerances: &tolerances, any_message: false };
    Case {
        code: folder.file_name().expect("a name").to_string_lossy().into_owned(),
        verdict: check::check_with(file, scratch, &limits, options, &Trust::default()).expect("read"),
        instead: beside("instead.txt").map(|code| code.trim().to_owned()),
    }
}

fn lowered(text: &str) -> Limits {
    let mut limits = Limits::default();
    for line in text.lines() {
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
    limits
}
