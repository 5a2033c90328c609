//! The starter library: each model compiles, takes its example, refuses what breaks it; members' files name it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apply, plan};
use chartrier::cli::check;
use chartrier::membership::Error;
use chartrier::membership::export::export;
use chartrier::membership::library::{Model, find, models};
use chartrier::model::{Fate, Finding, Limits, SedaVersion, TenantId};
use chartrier::registry::profile_queries::{find_profile_named, find_rng};
use chartrier::seda::profile::{self, Profile};
use chartrier::seda::retention::base;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

/// The rule of the base schedule that stands first in each model.
const RULES: [(&str, Option<&str>); 7] = [
    ("actes", Some("DELIBERATIONS")),
    ("pes", Some("PES")),
    ("marches", Some("MARCHES-EXECUTION")),
    ("agents", Some("AGENTS")),
    ("seance", Some("SEANCES")),
    ("bulletin", None),
    ("permis", Some("PERMIS-CONSTRUIRE")),
];

fn example(model: &Model) -> String {
    String::from_utf8(model.example.clone()).expect("UTF-8")
}

fn found(model: &Model, manifest: &str) -> Vec<Finding> {
    let profile = Profile::compile(&model.rng().bytes).expect("it compiles");
    profile::check(&profile, manifest.as_bytes(), &Limits::default()).expect("in memory")
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(|found| format!("\n{} {:?} {}", found.kind.code, found.path, found.message)).collect()
}

fn at(finding: &Finding) -> &str {
    finding.path.as_deref().unwrap_or_default()
}

/// What libxml2 says of a manifest; `None` where it is not installed.
fn arbiter(model: &Model, manifest: &Path) -> Option<bool> {
    let grammar = file(model, "profil.rng");
    let run = Command::new("xmllint").arg("--noout").arg("--relaxng").arg(grammar).arg(manifest).output();
    run.ok().map(|output| output.status.success())
}

fn file(model: &Model, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles").join(model.name).join(name)
}

/// `chartrier check --profile`: its exit code, what it writes.
fn checked(model: &Model, manifest: PathBuf) -> (u8, String) {
    let profile = Some(file(model, "profil.rng"));
    let arguments =
        check::Arguments { files: vec![manifest], json: false, profile, tolerances: Vec::new(), trust: None };
    let mut out = Vec::new();
    let code = check::report(&arguments, &mut out, false);
    (code, String::from_utf8(out).expect("UTF-8"))
}

/// The manifest without the innermost unit of this type of document.
fn without(manifest: &str, kind: &str) -> String {
    let kind = manifest.find(&format!("<DocumentType>{kind}</DocumentType>")).expect(kind);
    let start = manifest[..kind].rfind("<ArchiveUnit ").expect("a unit");
    let (mut depth, mut end) = (0, start);
    loop {
        let rest = &manifest[end..];
        let next = |tag: &str| rest.find(tag).unwrap_or(usize::MAX);
        let (opens, closes) = (next("<ArchiveUnit "), next("</ArchiveUnit>"));
        let opened = opens < closes;
        depth += if opened { 1 } else { -1 };
        end += if opened { opens + "<ArchiveUnit ".len() } else { closes + "</ArchiveUnit>".len() };
        if depth == 0 {
            return format!("{}{}", &manifest[..start], &manifest[end..]);
        }
    }
}

#[test]
fn each_model_compiles_and_takes_its_example() {
    for model in models() {
        let profile = Profile::compile(&model.rng().bytes).unwrap_or_else(|found| panic!("{}", told(&found)));
        assert_eq!(profile.seda_version(), Some(SedaVersion::V2_1), "{}", model.name);
        let findings = found(model, &example(model));
        assert!(findings.is_empty(), "{}: {}", model.name, told(&findings));
        let (code, said) = checked(model, file(model, "exemple.xml"));
        assert!(code == 0 && !said.contains("avertissement"), "{said}");
        assert_ne!(arbiter(model, &file(model, "exemple.xml")), Some(false), "{}", model.name);
    }
}

#[test]
fn what_all_models_have_is_the_same_in_each() {
    let common = |model: &Model| {
        let grammar = String::from_utf8(model.rng().bytes).expect("UTF-8");
        grammar.split_once("Commun à tous les modèles").expect("the mark").1.to_owned()
    };
    let first = common(&models()[0]);
    for model in models() {
        assert_eq!(common(model), first, "{}", model.name);
    }
}

#[test]
fn no_model_lets_through_less_than_the_schedule_asks() {
    for (model, code) in RULES {
        let model = find(model).expect(model);
        let manifest = example(model);
        let (least, fate) = match code {
            Some(code) => {
                let rule = base().iter().find(|rule| rule.code == code).expect(code);
                (rule.utility.word().to_owned(), rule.fate)
            }
            // No rule speaks of bulletins: kept.
            None => ("P1Y".to_owned(), Fate::Keep),
        };
        // To be sorted travels as to be kept: SEDA has no word for it.
        let (action, other) = if fate == Fate::Destroy { ("Destroy", "Keep") } else { ("Keep", "Destroy") };
        let asked = format!("<AppraisalRule><Rule>{least}</Rule>");
        let years: u32 = least.trim_matches(['P', 'Y']).parse().expect("years");
        let shorter = asked.replace(&least, &format!("P{}M", years * 12 - 1));
        let longer = asked.replace(&least, &format!("P{}Y", years + 1));
        let findings = found(model, &manifest.replacen(&asked, &longer, 1));
        assert!(findings.is_empty(), "{}: {}", model.name, told(&findings));
        refused(
            model,
            &manifest.replacen(&asked, &shorter, 1),
            "profile.invalid_value",
            "ArchiveUnit/Management/AppraisalRule/Rule",
        );
        let fated = manifest.replacen(&format!("<FinalAction>{action}"), &format!("<FinalAction>{other}"), 1);
        refused(model, &fated, "profile.invalid_value", "Management/AppraisalRule/FinalAction");
    }
}

/// Refused at this place by us, by `chartrier check`, and by libxml2 where it is installed.
fn refused(model: &Model, manifest: &str, code: &str, place: &str) {
    assert_ne!(manifest, example(model), "{}: nothing was changed for {place}", model.name);
    let findings = found(model, manifest);
    let is_there = |finding: &&Finding| finding.kind.code == code && at(finding).ends_with(place);
    assert!(
        findings.iter().any(|finding| is_there(&finding)),
        "{}: {code} {place}{}",
        model.name,
        told(&findings)
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("manifest.xml");
    std::fs::write(&path, manifest).expect("written");
    assert_ne!(arbiter(model, &path), Some(true), "{}: {place}", model.name);
    let (exit, said) = checked(model, path);
    assert!(exit == 1 && said.contains(code), "{said}");
}

const VALUE: &str = "profile.invalid_value";
const MISSING: &str = "profile.missing_element";

/// A text of the example, what it is changed to, the finding and the end of its path.
const CHANGES: [(&str, &str, &str, &str, &str); 39] = [
    (
        "actes",
        "<DocumentType>Délibération<",
        "<DocumentType>Acte individuel<",
        VALUE,
        "ArchiveUnit/Content/DocumentType",
    ),
    ("actes", "_041-DE</", "_041-CC</", VALUE, "Content/TransferringAgencyArchiveUnitIdentifier"),
    ("actes", "<Rule>AR038", "<Rule>AR039", VALUE, "Management/AccessRule/Rule"),
    ("actes", "<KeywordReference>7.10</KeywordReference>", "", MISSING, "Content/Keyword/KeywordType"),
    ("actes", "application/pdf", "application/msword", VALUE, "FormatIdentification/MimeType"),
    ("actes", "<FormatId>fmt/101", "<FormatId>fmt/412", VALUE, "FormatIdentification/FormatId"),
    (
        "actes",
        "<LegalStatus>Public Archive</LegalStatus>",
        "",
        MISSING,
        "ManagementMetadata/OriginatingAgencyIdentifier",
    ),
    ("actes", "<ArchivalProfile>ACTES</ArchivalProfile>", "", MISSING, "ManagementMetadata/LegalStatus"),
    (
        "actes",
        "<ArchivalAgreement>ACCORD-ACTES</ArchivalAgreement>",
        "",
        MISSING,
        "ArchiveTransfer/CodeListVersions",
    ),
    ("pes", "<StartDate>2026-12-31", "<StartDate>2026-09-15", VALUE, "Management/AppraisalRule/StartDate"),
    ("pes", "PES dépense", "PES recette", VALUE, "ArchiveUnit/Content/DocumentType"),
    ("pes", "<Coverage><Temporal>2026</Temporal></Coverage>", "", MISSING, "Content/OriginatingAgency"),
    ("pes", "<Temporal>2026", "<Temporal>l'an passé", VALUE, "Coverage/Temporal"),
    ("pes", "<MimeType>application/xml", "<MimeType>application/zip", VALUE, "FormatIdentification/MimeType"),
    ("marches", "<Rule>P5Y", "<Rule>P4Y", VALUE, "ArchiveUnit/ArchiveUnit/Management/AppraisalRule/Rule"),
    ("marches", "<PreventInheritance>true</PreventInheritance>", "", MISSING, "AppraisalRule/FinalAction"),
    ("marches", "96010203400019", "9601", VALUE, "Content/Keyword/KeywordReference"),
    ("marches", "<Rule>AR039", "<Rule>AR048", VALUE, "Management/AccessRule/Rule"),
    ("marches", "Marché de travaux<", "Marché<", VALUE, "Content/DocumentType"),
    ("marches", "<EndDate>2026-06-26</EndDate>", "", MISSING, "ArchiveUnit/Content"),
    ("agents", "<Rule>AR048", "<Rule>AR038", VALUE, "Management/AccessRule/Rule"),
    ("agents", "<Rule>AR061", "<Rule>AR048", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("agents", "<Rule>P1Y<", "<Rule>P2Y<", VALUE, "ArchiveUnit/ArchiveUnit/Management/AppraisalRule/Rule"),
    ("agents", "<KeywordType>persname", "<KeywordType>subject", VALUE, "Content/Keyword/KeywordType"),
    (
        "agents",
        "<OriginatingAgencyArchiveUnitIdentifier>AG-004417</OriginatingAgencyArchiveUnitIdentifier>",
        "",
        MISSING,
        "Content/DocumentType",
    ),
    ("seance", "<TransactedDate>2026-09-22</TransactedDate>", "", MISSING, "ArchiveUnit/Content/StartDate"),
    (
        "seance",
        "<DocumentType>Rapport<",
        "<DocumentType>Brouillon<",
        VALUE,
        "ArchiveUnit/ArchiveUnit/Content/DocumentType",
    ),
    (
        "seance",
        "<DocumentType>Conseil municipal<",
        "<DocumentType>Réunion<",
        VALUE,
        "ArchiveUnit/Content/DocumentType",
    ),
    ("seance", "<Rule>AR038", "<Rule>AR048", VALUE, "Management/AccessRule/Rule"),
    ("seance", "<Rule>AR048", "<Rule>AR038", VALUE, "ArchiveUnit/ArchiveUnit/Management/AccessRule/Rule"),
    ("bulletin", "application/pdf", "image/jpeg", VALUE, "FormatIdentification/MimeType"),
    ("bulletin", "<CreatedDate>2026-01-12</CreatedDate>", "", MISSING, "ArchiveUnit/ArchiveUnit/Content"),
    ("bulletin", ">2999-0412<", ">2999<", VALUE, "Content/TransferringAgencyArchiveUnitIdentifier"),
    ("bulletin", "<Rule>AR038", "<Rule>AR048", VALUE, "Management/AccessRule/Rule"),
    (
        "permis",
        "PC 096 017 24 00012</Tr",
        "Les Lavandières</Tr",
        VALUE,
        "Content/TransferringAgencyArchiveUnitIdentifier",
    ),
    (
        "permis",
        "<Spatial>4 chemin des Lavandières, section B n° 212</Spatial>",
        "",
        MISSING,
        "Content/Coverage",
    ),
    ("permis", "<Rule>AR038", "<Rule>AR062", VALUE, "Management/AccessRule/Rule"),
    ("permis", "<KeywordType>persname", "<KeywordType>function", VALUE, "Content/Keyword/KeywordType"),
    ("permis", "image/jpeg", "image/vnd.dwg", VALUE, "FormatIdentification/MimeType"),
];

/// The units that no transfer may lack, and where it is seen.
const UNITS: [(&str, &str, &str, &str); 12] = [
    ("actes", "Acte", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("actes", "Accusé de réception", MISSING, "DescriptiveMetadata/ArchiveUnit"),
    ("pes", "PES aller", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("pes", "PES acquit", MISSING, "DescriptiveMetadata/ArchiveUnit"),
    ("marches", "Attribution", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("marches", "Exécution", MISSING, "DescriptiveMetadata/ArchiveUnit"),
    ("agents", "Carrière", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("seance", "Convocation", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("seance", "Procès-verbal", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("permis", "Demande", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("permis", "Arrêté", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
    ("marches", "Consultation", VALUE, "ArchiveUnit/ArchiveUnit/Content/DocumentType"),
];

#[test]
fn what_breaks_a_model_is_refused_where_it_does() {
    for (name, before, after, code, place) in CHANGES {
        let model = find(name).expect(name);
        refused(model, &example(model).replacen(before, after, 1), code, place);
    }
    for (name, kind, code, place) in UNITS {
        let model = find(name).expect(name);
        refused(model, &without(&example(model), kind), code, place);
    }
}

#[test]
fn what_may_be_left_out_may() {
    for (name, kind) in [
        ("actes", "Annexe"),
        ("actes", "Signature"),
        ("marches", "Offres non retenues"),
        ("agents", "Santé"),
        ("seance", "Rapport"),
        ("permis", "Avis"),
    ] {
        let model = find(name).expect(name);
        let findings = found(model, &without(&example(model), kind));
        assert!(findings.is_empty(), "{name} {kind}: {}", told(&findings));
    }
}

#[test]
fn each_model_is_told_to_a_person_within_reason() {
    for model in models() {
        let lines = Profile::compile(&model.rng().bytes).expect("it compiles").explain();
        assert!((100..450).contains(&lines.len()), "{}: {} lines", model.name, lines.len());
        let is_whole =
            |line: &profile::ExplainedLine| line.name != "…" && !line.name.contains("n'est pas montrée");
        assert!(lines.iter().all(is_whole), "{}", model.name);
        let mut units = lines.iter().filter(|line| line.name == "ArchiveUnit");
        assert!(units.all(|line| line.documentation.is_some()), "{}: a unit is not explained", model.name);
    }
}

#[test]
fn a_model_is_written_out_once_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("permis");
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_chartrier"))
            .arg("profiles")
            .args(arguments)
            .output()
            .expect("it runs")
    };
    let listed = String::from_utf8(run(&["library"]).stdout).expect("UTF-8");
    assert!(models().iter().all(|model| listed.contains(&model.title)), "{listed}");
    let path = out.to_str().expect("UTF-8");
    assert_eq!(run(&["export", "permis", path]).status.code(), Some(0));
    let model = find("permis").expect("a model");
    for name in ["profil.rng", "notice.txt", "exemple.xml"] {
        let written = std::fs::read(out.join(name)).expect("written");
        assert_eq!(written, std::fs::read(file(model, name)).expect("ours"), "{name}");
    }
    let again = run(&["export", "permis", path]);
    assert!(again.status.code() == Some(2) && String::from_utf8_lossy(&again.stderr).contains("existe déjà"));
    assert_eq!(run(&["export", "inconnu", path]).status.code(), Some(2));
}

const PROFILE: &str = "\n[[profile]]\nidentifier = \"ACTES\"\nname = \"Actes\"\nlibrary = \"actes\"\n";

fn member() -> String {
    let bound = "originating = [\"SV\"]\nprofiles = [\"ACTES\"]\nprofile_imposed = true";
    format!("{}{PROFILE}", MEMBER.replace("originating = [\"SV\"]", bound))
}

#[tokio::test]
async fn a_members_file_takes_a_profile_from_the_library() {
    let db = own("membership_library").await;
    let files = folder(&[("bourg", &member())]);
    let made = apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    assert!(made.contains(&"bourg : profil créé : ACTES, Actes (SEDA 2.1)".to_owned()), "{made:?}");
    assert_eq!(plan(&db, &vault::storage(), files.path(), &clock()).await.unwrap(), Vec::<String>::new());

    let model = find("actes").unwrap();
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let profile = find_profile_named(&mut tx, "ACTES").await.unwrap().unwrap();
    assert_eq!((profile.in_force.file_name.as_str(), &profile.notice), ("actes.rng", &model.notice));
    assert_eq!(profile.agreements, ["ACTES"]);
    let kept = find_rng(&mut tx, profile.profile_id, 1).await.unwrap();
    assert_eq!(kept, Some(model.rng().bytes));
    drop(tx);

    // Given back as a file of its own, notice included: the same profile.
    let given = tempfile::tempdir().unwrap();
    export(&db, &given.path().join("rendu"), None).await.unwrap();
    let said = plan(&db, &vault::storage(), &given.path().join("rendu"), &clock()).await.unwrap();
    assert_eq!(said, Vec::<String>::new());
}

#[tokio::test]
async fn a_profile_comes_from_one_place_that_exists() {
    let db = own("membership_library_refused").await;
    let line = "library = \"actes\"";
    for (text, expected) in [
        (member().replace(line, "library = \"acte\""), "aucun modèle « acte » ; il y a actes, pes"),
        (member().replace(line, "library = \"actes\"\nfile = \"a.rng\""), "pas des deux"),
        (member().replace(line, ""), "il manque la clé file, ou la clé library"),
        (
            member().replace(line, &format!("{line}\nnotice = \"{}\"", "a".repeat(2_001))),
            "2000 signes au plus",
        ),
    ] {
        let error =
            apply(&db, &vault::storage(), folder(&[("bourg", &text)]).path(), &clock()).await.unwrap_err();
        let Error::Files(faults) = &error else { panic!("{error}") };
        assert!(error.to_string().contains(expected), "{expected}\n{error}");
        assert!(faults.iter().all(|fault| fault.line > 0), "{error}");
    }
}
