//! What clients read in our answers: for each version, accepted and refused, each XPath matches exactly one node.

use super::{DEPOSIT, Door, attachments_zip, file, texts};
use crate::ingest::older::{PDF, v0_2, v1_0};

/// A manifest of each version by this tenant's parties, with the archive that goes with it.
fn manifests(door: &Door, version: &str, identifier: &str, right: bool) -> (String, Vec<u8>) {
    let t = &door.tenant;
    if !version.starts_with('2') {
        let of = if right { PDF } else { b"autre" };
        let made = if version == "0.2" { v0_2(identifier, of) } else { v1_0(identifier, of) };
        let manifest = made
            .replace("ACCORD-TEST", &t.agreement)
            .replace("ARCHIVES-TEST", &t.archival_agency)
            .replace("VERSANT-TEST", &t.transferring_agency)
            .replace("PRODUCTEUR-TEST", &t.originating_agency);
        let mut sip = door.sip(identifier);
        sip.files = vec![("acte.pdf".into(), PDF.to_vec())];
        return (manifest, attachments_zip(&sip));
    }
    let mut sip = door.sip(identifier);
    // Two roots: clients read one.
    sip.first_digest = (!right).then(|| "0".repeat(128));
    let second = "</ArchiveUnit>\n<ArchiveUnit id=\"AUTRE\"><Content><DescriptionLevel>File</DescriptionLevel><Title>Autre</Title></Content></ArchiveUnit>\n</DescriptiveMetadata>";
    let manifest = sip
        .manifest()
        .replace("</ArchiveUnit>\n</DescriptiveMetadata>", second)
        .replace("seda:v2.1", &format!("seda:v{version}"));
    let manifest = if version == "2.0" {
        let lists: String = [
            "ReplyCodeListVersion",
            "MessageDigestAlgorithmCodeListVersion",
            "MimeTypeCodeListVersion",
            "EncodingCodeListVersion",
            "FileFormatCodeListVersion",
            "CompressionAlgorithmCodeListVersion",
            "DataObjectVersionCodeListVersion",
            "StorageRuleCodeListVersion",
            "AppraisalRuleCodeListVersion",
            "AccessRuleCodeListVersion",
            "DisseminationRuleCodeListVersion",
            "ReuseRuleCodeListVersion",
            "ClassificationRuleCodeListVersion",
            "AuthorizationReasonCodeListVersion",
            "RelationshipCodeListVersion",
        ]
        .iter()
        .map(|name| format!("<{name}>1</{name}>"))
        .collect();
        let agency =
            format!("<OriginatingAgencyIdentifier>{}</OriginatingAgencyIdentifier>", t.originating_agency);
        manifest
            .replace("<CodeListVersions/>", &format!("<CodeListVersions>{lists}</CodeListVersions>"))
            .replace("<DataObjectVersion>BinaryMaster_1</DataObjectVersion>", "")
            .replace(&agency, "")
    } else {
        manifest
    };
    (manifest, attachments_zip(&sip))
}

async fn deposited(door: &Door, version: &str, right: bool) -> (String, String, String) {
    let identifier = format!("LECTURE-{version}-{right}");
    let (manifest, archive) = manifests(door, version, &identifier, right);
    let parts = [
        file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes()),
        file("attachments", "archive.zip", "application/zip", &archive),
    ];
    assert_eq!(door.send_form(DEPOSIT, &parts).await.status, 200, "{version}");
    door.work().await;
    let agency = door.tenant.transferring_agency.clone();
    let acknowledgement = door.ask_for("Acknowledgement", &agency, &identifier).await;
    let reply = door.ask_for("ArchiveTransferReply", &agency, &identifier).await;
    assert_eq!((acknowledgement.status, reply.status), (200, 200), "{version}: {reply:?}");
    (identifier, acknowledgement.text(), reply.text())
}

fn root(document: &str) -> String {
    roxmltree::Document::parse(document).unwrap().root_element().tag_name().name().to_owned()
}

fn one(document: &str, path: &[&str]) -> String {
    let found = texts(document, path);
    assert_eq!(found.len(), 1, "{path:?} in {document}");
    found[0].clone()
}

/// Where each version says what clients read (asalae-rest.md, 6): acknowledgement's root, transfer, own identifier; then
/// reply's own identifier and transfer.
struct Read {
    acknowledged: [&'static str; 3],
    accepted: [&'static str; 3],
    refused: [&'static str; 3],
    cote: &'static [&'static str],
}

fn read(version: &str) -> Read {
    match version {
        "0.2" => Read {
            acknowledged: ["ArchiveTransferReply", "TransferIdentifier", "TransferReplyIdentifier"],
            accepted: ["ArchiveTransferAcceptance", "TransferAcceptanceIdentifier", "TransferIdentifier"],
            refused: ["ArchiveTransferReply", "TransferReplyIdentifier", "TransferIdentifier"],
            cote: &["Archive", "ArchivalAgencyArchiveIdentifier"],
        },
        "1.0" => Read {
            acknowledged: ["Acknowledgement", "MessageReceivedIdentifier", "AcknowledgementIdentifier"],
            accepted: ["ArchiveTransferReply", "TransferReplyIdentifier", "TransferIdentifier"],
            refused: ["ArchiveTransferReply", "TransferReplyIdentifier", "TransferIdentifier"],
            cote: &["Archive", "ArchivalAgencyArchiveIdentifier"],
        },
        _ => Read {
            acknowledged: ["Acknowledgement", "MessageReceivedIdentifier", "MessageIdentifier"],
            // The other way round than the standard's.
            accepted: ["ArchiveTransferReply", "MessageRequestIdentifier", "MessageIdentifier"],
            refused: ["ArchiveTransferReply", "MessageRequestIdentifier", "MessageIdentifier"],
            cote: &[
                "DataObjectPackage",
                "DescriptiveMetadata",
                "ArchiveUnit",
                "Content",
                "ArchivalAgencyArchiveUnitIdentifier",
            ],
        },
    }
}

#[tokio::test]
async fn each_path_that_a_client_reads_matches_exactly_one_node_in_each_version() {
    let door = Door::open().await;
    for version in ["0.2", "1.0", "2.0", "2.1", "2.2", "2.3"] {
        let paths = read(version);
        for right in [true, false] {
            let (identifier, acknowledgement, reply) = deposited(&door, version, right).await;
            assert_eq!(root(&acknowledgement), paths.acknowledged[0], "{version}");
            assert_eq!(one(&acknowledgement, &[paths.acknowledged[1]]), identifier, "{version}");
            assert!(one(&acknowledgement, &[paths.acknowledged[2]]).contains("ACK"), "{acknowledgement}");
            one(&acknowledgement, &["Comment"]);
            let date = one(&acknowledgement, &["Date"]);
            chrono::DateTime::parse_from_str(&date, "%Y-%m-%dT%H:%M:%S%:z").expect("an offset in figures");

            let [name, own, transfer] = if right { paths.accepted } else { paths.refused };
            assert_eq!(root(&reply), name, "{version} {right}: {reply}");
            assert_eq!(one(&reply, &[transfer]), identifier, "{version}: {reply}");
            assert_ne!(one(&reply, &[own]), identifier, "{version}: {reply}");
            let comment = one(&reply, &["Comment"]);
            let code = one(&reply, &["ReplyCode"]);
            if right {
                assert_eq!(code, "000", "{version}: {comment}");
                assert!(one(&reply, paths.cote).starts_with(door.tenant.code.as_str()), "{version}: {reply}");
            } else {
                assert_eq!(code, "207", "{version}: {comment}");
                assert!(comment.contains("refusé") && comment.contains("object."), "{comment}");
                assert!(texts(&reply, paths.cote).is_empty(), "{version}: {reply}");
                assert!(
                    texts(&reply, &["Archive"]).is_empty()
                        && texts(&reply, &["DataObjectPackage"]).is_empty()
                );
            }
        }
    }
    door.end().await;
}

#[tokio::test]
async fn a_connector_set_to_strict_is_answered_as_the_standard_says() {
    let door = Door::open().await;
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::query("update machine set reply_form = 'strict'").execute(tx.conn()).await.unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "machine:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let (identifier, _, reply) = deposited(&door, "2.1", true).await;
    assert_eq!(one(&reply, &["MessageRequestIdentifier"]), identifier);
    assert_ne!(one(&reply, &["MessageIdentifier"]), identifier);
    door.end().await;
}

#[tokio::test]
async fn an_agreement_that_wants_codes_in_words_is_answered_in_figures_here() {
    let door = Door::open().await;
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set conditions = conditions || '{\"reply_codes\": \"words\"}'")
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "agreement:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    for (right, code) in [(true, "000"), (false, "207")] {
        let (_, _, reply) = deposited(&door, "2.2", right).await;
        assert_eq!(one(&reply, &["ReplyCode"]), code, "{reply}");
    }
    door.end().await;
}
