//! Our replies against the official schemas, by a validator that is not ours; and what clients read in them.

use std::path::Path;
use std::process::Command;

use chartrier::model::{Finding, SedaVersion, findings};
use chartrier::seda::language;
use chartrier::seda::write::{Acknowledgement, ReplyUnit, TransferReply, acknowledgement, transfer_reply};
use chrono::{DateTime, Utc};

use crate::corpus_folder;

/// What XML forbids, what it escapes, what it reads otherwise.
const HOSTILE: &str = "octet \u{1}, « & », <b>, ]]>, \"d'or\"\r\n\t\u{ffff}";

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().expect("a date")
}

fn acknowledgement_of(version: SedaVersion) -> String {
    acknowledgement(&Acknowledgement {
        version,
        date: noon(),
        message_identifier: "ACK-1",
        message_received_identifier: "ACTES & <2026>",
        sender: "ARCHIVES",
        receiver: "VERSANT",
    })
}

fn reply_of(version: SedaVersion, reply_code: &str, units: &[ReplyUnit], found: &[Finding]) -> String {
    transfer_reply(&TransferReply {
        remark: (reply_code == "000").then_some(HOSTILE),
        version,
        date: noon(),
        message_identifier: "ATR-1",
        message_request_identifier: "ACTES-2026-1",
        archival_agreement: Some("ACCORD"),
        archival_profile: Some("PROFIL"),
        reply_code,
        grant_date: (reply_code == "000").then(noon),
        archival_agency: "ARCHIVES",
        transferring_agency: "VERSANT",
        findings: found,
        units,
    })
}

fn unit(id: &str, cote: &str, level: Option<&str>) -> ReplyUnit {
    ReplyUnit {
        id: id.into(),
        system_id: format!("system-{id}"),
        archival_agency_archive_unit_identifier: cote.into(),
        title: Some(HOSTILE.into()),
        description_level: level.map(str::to_owned),
        description_languages: vec!["fr".into()],
        languages: vec!["fr".into(), "bre".into(), "fra".into()],
        access_rule: Some(("AR048".into(), "2026-01-01".into())),
    }
}

fn units() -> Vec<ReplyUnit> {
    vec![unit("AU1", "2026/12", Some("RecordGrp")), unit("AU2", "2026/12/2", Some("OtherLevel"))]
}

/// A unit of which the transfer says nothing, or nothing that the closed lists hold.
fn bare() -> Vec<ReplyUnit> {
    let named = |language: &str| vec![language.to_owned(), String::new()];
    let id = |id: &str| ReplyUnit {
        id: id.into(),
        system_id: "system".into(),
        archival_agency_archive_unit_identifier: "2026/13".into(),
        ..ReplyUnit::default()
    };
    vec![
        ReplyUnit {
            description_languages: named("français"),
            languages: named("FR"),
            access_rule: Some(("ACC-00001".into(), "hier".into())),
            ..id("AU1")
        },
        id("AU2"),
    ]
}

/// Every language with two codes, told by either.
fn polyglot() -> Vec<ReplyUnit> {
    let mut unit = unit("AU1", "2026/14", Some("Item"));
    unit.description_languages = language::pairs().map(|(two, _)| two.to_owned()).collect();
    unit.languages = language::pairs().map(|(_, three)| three.to_owned()).collect();
    vec![unit]
}

fn refused() -> [Finding; 2] {
    [
        Finding::new(&findings::OBJECT_DIGEST, HOSTILE).at_line(12).in_path("a<b>.pdf"),
        Finding::new(&findings::UNIT_NO_TITLE, "l'unité U1 n'a pas d'intitulé"),
    ]
}

/// Every reply of a version: name, text.
fn replies(version: SedaVersion) -> Vec<(String, String)> {
    let refused = refused();
    let mut all = vec![
        ("acknowledgement".into(), acknowledgement_of(version)),
        ("acceptance".into(), reply_of(version, "000", &units(), &refused[1..])),
        ("acceptance-bare".into(), reply_of(version, "000", &bare(), &[])),
        ("acceptance-polyglot".into(), reply_of(version, "000", &polyglot(), &[])),
    ];
    for code in ["101", "207", "211", "300", "312", "404"] {
        all.push((format!("refusal-{code}"), reply_of(version, code, &[], &refused)));
    }
    for kind in findings::CATALOGUE.iter().filter(|kind| kind.severity == chartrier::model::Severity::Error) {
        let found = [Finding::new(kind, "motif")];
        all.push((format!("refusal-{}", kind.code), reply_of(version, kind.reply_code, &[], &found)));
    }
    all
}

#[test]
fn replies_are_valid_against_the_official_schemas() {
    let Some(corpus) = corpus_folder() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("ignoré : xmllint n'est pas installé");
        return;
    }
    let corpus = corpus.canonicalize().expect("the corpus");
    for version in SedaVersion::ALL {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in replies(version) {
            std::fs::write(folder.path().join(format!("{name}.xml")), &text).expect("written");
        }
        validate(&corpus, version, folder.path());
    }
}

/// Every document of the folder at once: the schemas of 1.0 take longer to read than all of them.
fn validate(corpus: &Path, version: SedaVersion, folder: &Path) {
    let number = version.number();
    let schema = match version {
        SedaVersion::V0_2 => "seda_v0-2.xsd".to_owned(),
        SedaVersion::V1_0 => "seda_v1-0.xsd".to_owned(),
        _ => format!("seda-{number}-main.xsd"),
    };
    let documents = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path());
    let output = Command::new("xmllint")
        .env("XML_CATALOG_FILES", corpus.join("seda-xsd/catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(corpus.join(format!("seda-xsd/{number}/{schema}")))
        .args(documents)
        .output()
        .expect("xmllint runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let faults: Vec<&str> = told.lines().filter(|line| !line.ends_with(" validates")).collect();
    assert!(output.status.success(), "{number}: {faults:#?}");
}

#[test]
fn an_acceptance_shows_one_root_with_its_reference() {
    let text = reply_of(SedaVersion::V2_1, "000", &units(), &[]);
    assert!(
        text.contains("<ArchiveTransferReply xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">"),
        "{text}"
    );
    assert!(text.contains("<ReplyCode>000</ReplyCode>"), "{text}");
    let roots = text.lines().filter(|line| line.starts_with("      <ArchiveUnit ")).count();
    assert_eq!(roots, 1, "{text}");
}

/// What clients look for: the root with its default namespace, elements right under it, one archive at most.
#[test]
fn clients_of_the_older_versions_find_what_they_read() {
    let (v1, v02) = (SedaVersion::V1_0, SedaVersion::V0_2);
    let cote = "<ArchivalAgencyArchiveIdentifier>2026/12</ArchivalAgencyArchiveIdentifier>";
    let ours = |name: &str| format!("<{name}>ATR-1</{name}>");
    let transfer = "<TransferIdentifier>ACTES-2026-1</TransferIdentifier>";
    let code = |code: &str| format!("<ReplyCode listVersionID=\"edition 2009\">{code}</ReplyCode>");
    let (accepted, archives) = (|version| reply_of(version, "000", &units(), &[]), "<Archive>");
    let refused = |version| reply_of(version, "207", &[], &refused());
    for (version, text, root, shown) in [
        (
            v02,
            acknowledgement_of(v02),
            "ArchiveTransferReply",
            vec!["<TransferReplyIdentifier>ACK-1</TransferReplyIdentifier>".into(), code("000")],
        ),
        (
            v02,
            accepted(v02),
            "ArchiveTransferAcceptance",
            vec![ours("TransferAcceptanceIdentifier"), transfer.into(), code("000"), cote.into()],
        ),
        (
            v02,
            refused(v02),
            "ArchiveTransferReply",
            vec![ours("TransferReplyIdentifier"), transfer.into(), code("207")],
        ),
        (
            v1,
            acknowledgement_of(v1),
            "Acknowledgement",
            vec!["<MessageReceivedIdentifier>ACTES &amp; &lt;2026&gt;</MessageReceivedIdentifier>".into()],
        ),
        (
            v1,
            accepted(v1),
            "ArchiveTransferReply",
            vec![ours("TransferReplyIdentifier"), transfer.into(), code("000"), cote.into()],
        ),
        (
            v1,
            refused(v1),
            "ArchiveTransferReply",
            vec![ours("TransferReplyIdentifier"), transfer.into(), code("207")],
        ),
    ] {
        assert!(text.contains(&format!("<{root} xmlns=\"{}\">", version.namespace())), "{text}");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for shown in shown {
            assert_eq!(lines.iter().filter(|line| **line == shown).count(), 1, "{shown} in {text}");
        }
        let expected = usize::from(text.contains(cote));
        assert_eq!(text.matches(archives).count(), expected, "{text}");
    }
}

#[test]
fn the_older_versions_repeat_what_their_lists_hold() {
    let text = reply_of(SedaVersion::V1_0, "000", &units(), &[]);
    assert!(text.contains("<DescriptionLevel listVersionID=\"edition 2009\">recordgrp<"), "{text}");
    assert!(text.contains("<Code listVersionID=\"edition 2009\">AR048<"), "{text}");
    let languages: Vec<&str> = text.lines().filter(|line| line.contains("<Language ")).collect();
    assert_eq!(languages.len(), 2, "{languages:?}");
    let text = reply_of(SedaVersion::V0_2, "000", &bare(), &[]);
    assert!(text.contains("<DescriptionLanguage listVersionID=\"edition 2009\">fr<"), "{text}");
    assert!(text.contains("<DescriptionLevel listVersionID=\"edition 2009\">file<"), "{text}");
    assert!(text.contains("<Name>2026/13</Name>"), "{text}");
}
