//! Our replies against the official schemas, by a validator that is not ours.

use std::path::Path;
use std::process::Command;

use chartrier::model::{Finding, SedaVersion, findings};
use chartrier::seda::write::{Acknowledgement, ReplyUnit, TransferReply, acknowledgement, transfer_reply};
use chrono::{DateTime, Utc};

use crate::corpus_folder;

const VERSIONS: [SedaVersion; 4] =
    [SedaVersion::V2_0, SedaVersion::V2_1, SedaVersion::V2_2, SedaVersion::V2_3];

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

fn reply_of(version: SedaVersion, units: &[ReplyUnit], found: &[Finding]) -> String {
    transfer_reply(&TransferReply {
        version,
        date: noon(),
        message_identifier: "ATR-1",
        message_request_identifier: "ACTES-2026-1",
        archival_agreement: Some("ACCORD"),
        reply_code: if units.is_empty() { "207" } else { "000" },
        grant_date: (!units.is_empty()).then(noon),
        archival_agency: "ARCHIVES",
        transferring_agency: "VERSANT",
        findings: found,
        units,
    })
}

fn units() -> Vec<ReplyUnit> {
    let unit = |id: &str, cote: &str| ReplyUnit {
        id: id.into(),
        system_id: format!("system-{id}"),
        archival_agency_archive_unit_identifier: cote.into(),
    };
    vec![unit("AU1", "2026/12"), unit("AU2", "2026/12/2")]
}

#[test]
fn replies_are_valid_against_the_official_schemas() {
    let Some(corpus) = corpus_folder() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("ignoré : xmllint n'est pas installé");
        return;
    }
    let corpus = corpus.canonicalize().expect("the corpus");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hostile = "octet \u{1}, « & », <b>, ]]>";
    let refused = [
        Finding::new(&findings::OBJECT_DIGEST, hostile).at_line(12).in_path("a<b>.pdf"),
        Finding::new(&findings::UNIT_NO_TITLE, "l'unité U1 n'a pas d'intitulé"),
    ];
    for version in VERSIONS {
        for (name, text) in [
            ("acknowledgement", acknowledgement_of(version)),
            ("acceptance", reply_of(version, &units(), &refused[1..])),
            ("refusal", reply_of(version, &[], &refused)),
        ] {
            let path = folder.path().join(format!("{name}-{}.xml", version.number()));
            std::fs::write(&path, &text).expect("written");
            validate(&corpus, version, &path, &text);
        }
    }
}

fn validate(corpus: &Path, version: SedaVersion, path: &Path, text: &str) {
    let number = version.number();
    let schema = corpus.join(format!("seda-xsd/{number}/seda-{number}-main.xsd"));
    let output = Command::new("xmllint")
        .env("XML_CATALOG_FILES", corpus.join("seda-xsd/catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg(path)
        .output()
        .expect("xmllint runs");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_acceptance_shows_one_root_with_its_reference() {
    let text = reply_of(SedaVersion::V2_1, &units(), &[]);
    assert!(
        text.contains("<ArchiveTransferReply xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">"),
        "{text}"
    );
    assert!(text.contains("<ReplyCode>000</ReplyCode>"), "{text}");
    let roots = text.lines().filter(|line| line.starts_with("      <ArchiveUnit ")).count();
    assert_eq!(roots, 1, "{text}");
}
