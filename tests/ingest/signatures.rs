//! Electronic signatures on what is received: found among the files, told to the archivist, kept with the archive.

use std::io::{Cursor, Read, Write};

use chartrier::ingest::{Ingest, queries};
use chartrier::model::signature::{Form, Reason};
use chartrier::model::{Indication, Limits, Signatures, Transfer, TransferState};
use chartrier::trust::Trust;

use super::{Desk, codes};
use crate::support::sip::Sip;
use crate::support::{fresh_tenant, vault};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures");

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap()
}

/// A desk whose service believes those of this folder.
async fn desk(anchors: Option<&std::path::Path>) -> Desk {
    let tenant = fresh_tenant().await;
    let ingest =
        Ingest::new(tenant.db.clone(), vault::storage(), tenant.clock.clone(), Limits::default(), 30);
    Desk { ingest: ingest.with_trust(Trust::new(anchors.map(Into::into))), tenant }
}

fn believed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(format!("{FOLDER}/root.pem"), folder.path().join("racine.pem")).unwrap();
    folder
}

fn sip(desk: &Desk, identifier: &str, files: &[(&str, Vec<u8>)]) -> Sip {
    let files = files.iter().map(|(name, bytes)| (format!("content/{name}"), bytes.clone())).collect();
    Sip { files, ..desk.sip(identifier) }
}

async fn found(desk: &Desk, transfer: &Transfer) -> Option<Signatures> {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    queries::find_signatures(&mut tx, transfer.transfer_id).await.unwrap()
}

fn kept(desk: &Desk, transfer: &Transfer, path: &str) -> Option<String> {
    let store = vault::storage().tenant(desk.tenant.tenant);
    let mut text = String::new();
    let path = format!("v1/content/{path}");
    store.read(transfer.archive_id.unwrap(), &path).ok()?.read_to_string(&mut text).unwrap();
    Some(text)
}

#[tokio::test]
async fn what_is_signed_is_told_and_the_report_is_kept_with_the_archive() {
    let anchors = believed();
    let desk = desk(Some(anchors.path())).await;
    let sip = sip(
        &desk,
        "SIGNE",
        &[
            ("pes.xml", fixture("xades-enveloped.xml")),
            ("arrete.pdf", fixture("pades.pdf")),
            ("acte.txt", fixture("acte.txt")),
            ("acte.txt.p7s", fixture("cades-detached.p7s")),
            ("annexe.xml", fixture("xades-detached.xml")),
        ],
    );
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert!(!codes(&transfer).iter().any(|code| code.starts_with("signature.")), "{:?}", transfer.findings);
    let signatures = found(&desk, &transfer).await.expect("signatures");
    assert_eq!((signatures.passed, signatures.indeterminate, signatures.failed), (4, 0, 0), "{signatures:?}");
    assert_eq!((signatures.anchors, signatures.unread), (1, 0));
    let by = |file: &str| signatures.told.iter().find(|one| one.file.ends_with(file)).unwrap();
    assert_eq!(
        (by("pes.xml").form, by("arrete.pdf").form, by("p7s").form),
        (Form::XAdES, Form::PAdES, Form::CAdES)
    );
    assert_eq!(by("p7s").signs, ["content/acte.txt"]);
    assert_eq!(by("annexe.xml").signs, ["content/acte.txt"]);
    assert_eq!(by("pes.xml").role.as_deref(), Some("Maire"));

    let report = kept(&desk, &transfer, "metadata/signatures.json").expect("the report");
    let kept_report: Signatures = serde_json::from_str(&report).unwrap();
    assert_eq!(kept_report.count(), 4);
    assert!(report.contains("TOTAL-PASSED") && report.contains("Camille DUPONT"), "{report}");
    let premis = kept(&desk, &transfer, "metadata/premis.xml").unwrap();
    assert!(premis.contains("<eventType>digital signature validation</eventType>"), "{premis}");
    assert!(premis.contains("4 signatures: 4 valid, 0 indeterminate, 0 not valid"), "{premis}");
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let entries: Vec<String> =
        sqlx::query_scalar("select entry from event where object = $1 and entry like '%signatures%'")
            .bind(format!("transfer:{}", transfer.transfer_id))
            .fetch_all(tx.conn())
            .await
            .unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert!(entries[0].contains("\"valides\":\"4\"") && !entries[0].contains("DUPONT"), "{entries:?}");
    drop(tx);
    desk.end().await;
}

#[tokio::test]
async fn an_altered_an_expired_and_an_unknown_signature_are_classed_and_none_refuses() {
    let anchors = believed();
    let desk = desk(Some(anchors.path())).await;
    let mut altered = fixture("pades.pdf");
    let at = altered.windows(11).position(|near| near == b"circulation").unwrap();
    altered[at] = b'C';
    let sip = sip(
        &desk,
        "CLASSES",
        &[
            ("altere.pdf", altered),
            ("expire.xml", fixture("xades-past.xml")),
            ("inconnu.pdf", fixture("pades-stranger.pdf")),
            ("orpheline.p7s", fixture("cades-detached.p7s")),
        ],
    );
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(codes(&transfer).iter().filter(|code| **code == "signature.failed").count(), 1);
    let said =
        &transfer.findings.iter().find(|finding| finding.kind.code == "signature.failed").unwrap().message;
    assert_eq!(
        said,
        "la signature PAdES de Camille DUPONT du fichier « content/altere.pdf » n'est pas valide : ce qui est signé a changé depuis"
    );
    let signatures = found(&desk, &transfer).await.unwrap();
    let classed = |file: &str| {
        let one = signatures.told.iter().find(|one| one.file.ends_with(file)).unwrap();
        (one.indication, one.reason)
    };
    assert_eq!(classed("altere.pdf"), (Indication::Failed, Some(Reason::HashFailure)));
    assert_eq!(classed("expire.xml"), (Indication::Indeterminate, Some(Reason::OutOfBoundsNoPoe)));
    assert_eq!(classed("inconnu.pdf"), (Indication::Indeterminate, Some(Reason::NoCertificateChainFound)));
    assert_eq!(classed("orpheline.p7s"), (Indication::Indeterminate, Some(Reason::SignedDataNotFound)));
    let premis = kept(&desk, &transfer, "metadata/premis.xml").unwrap();
    assert!(premis.contains("0 valid, 3 indeterminate, 1 not valid"), "{premis}");
    desk.end().await;
}

#[tokio::test]
async fn without_anybody_believed_nothing_is_valid_and_without_signatures_nothing_is_said() {
    let desk = desk(None).await;
    let signed = sip(&desk, "CONFIANCE", &[("arrete.pdf", fixture("pades.pdf"))]);
    let transfer = desk.deposit(signed.zip()).await;
    let signatures = found(&desk, &transfer).await.unwrap();
    assert_eq!((signatures.anchors, signatures.indeterminate), (0, 1));
    assert_eq!(signatures.told[0].reason, Some(Reason::NoCertificateChainFound));

    let plain = desk.deposit(desk.sip("SANS").zip()).await;
    assert_eq!(plain.state, TransferState::TakenInCharge);
    assert_eq!(found(&desk, &plain).await, None);
    assert_eq!(kept(&desk, &plain, "metadata/signatures.json"), None);
    assert!(!kept(&desk, &plain, "metadata/premis.xml").unwrap().contains("digital signature"));
    desk.end().await;
}

#[tokio::test]
async fn a_folder_of_those_believed_that_cannot_be_read_makes_the_transfer_wait() {
    let anchors = believed();
    let gone = anchors.path().join("ailleurs");
    let desk = desk(Some(&gone)).await;
    let bytes = sip(&desk, "ATTENTE", &[("arrete.pdf", fixture("pades.pdf"))]).zip();
    let waits = desk.receive(bytes.clone()).await.transfer.transfer_id;
    let failed = desk.ingest.advance(desk.tenant.tenant, waits).await.unwrap_err();
    assert!(failed.is_transient(), "{failed}");
    // What bears no signature does not wait.
    assert_eq!(desk.deposit(desk.sip("PASSE").zip()).await.state, TransferState::TakenInCharge);
    std::fs::rename(anchors.path().join("racine.pem"), {
        std::fs::create_dir(&gone).unwrap();
        gone.join("racine.pem")
    })
    .unwrap();
    let transfer = desk.deposit(bytes).await;
    assert_eq!(found(&desk, &transfer).await.unwrap().passed, 1);
    desk.end().await;
}

/// The transfer with this in its header's place for a signature, out of the message's own namespace.
fn with_signature(sip: &Sip, signature: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(signature).unwrap();
    let (_, signature) = text.split_once("?>").unwrap();
    let end = "</MessageIdentifier>";
    let manifest = sip.manifest().replacen(
        end,
        &format!("{end}<Signature><s:s xmlns:s=\"urn:s\" xmlns=\"\">{signature}</s:s></Signature>"),
        1,
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("manifest.xml".to_owned(), manifest.into_bytes())].iter().chain(&sip.files) {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn the_message_s_own_signature_is_checked_as_the_others_are() {
    let anchors = believed();
    let desk = desk(Some(anchors.path())).await;
    let own = fixture("xmldsig-enveloping.xml");
    let transfer = desk.deposit(with_signature(&desk.sip("BORDEREAU"), &own)).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert!(!codes(&transfer).contains(&"header.signature_unverified"), "{:?}", transfer.findings);
    let signatures = found(&desk, &transfer).await.unwrap();
    assert_eq!((signatures.passed, signatures.told[0].file.as_str()), (1, "manifest.xml"), "{signatures:?}");

    let text = String::from_utf8(own).unwrap().replacen("1250.00", "9250.00", 1);
    let transfer = desk.deposit(with_signature(&desk.sip("BORDEREAU-2"), text.as_bytes())).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert!(codes(&transfer).contains(&"signature.failed"), "{:?}", transfer.findings);

    // What is no signature that we read is said as before.
    let transfer = desk.deposit(with_signature(&desk.sip("BORDEREAU-3"), b"<?xml?><s xmlns='urn:s'/>")).await;
    assert!(codes(&transfer).contains(&"header.signature_unverified"), "{:?}", transfer.findings);
    assert_eq!(found(&desk, &transfer).await, None);
    desk.end().await;
}
