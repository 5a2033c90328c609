//! 0.2 and 1.0 transfers through the whole path, answered in their version.

use std::io::{Cursor, Write};

use chartrier::ingest::queries::MessageKind;
use chartrier::model::TransferState;
use sha2::{Digest, Sha256};

use super::Desk;

pub const PDF: &[u8] = b"%PDF-1.4\n% une piece\n%%EOF\n";

fn digest(of: &[u8]) -> String {
    hex::encode(Sha256::digest(of))
}

fn agency(name: &str, identifier: &str) -> String {
    format!("<{name}><Identification>{identifier}</Identification></{name}>")
}

/// A 0.2 transfer of one file, whose digest is that of `of`.
pub fn v0_2(identifier: &str, of: &[u8]) -> String {
    let edition = "listVersionID=\"edition 2009\"";
    format!(
        "<ArchiveTransfer xmlns=\"fr:gouv:ae:archive:draft:standard_echange_v0.2\"><Date>2026-11-24T10:00:00Z</Date>\
         <TransferIdentifier>{identifier}</TransferIdentifier>{}{}<Integrity><Contains algorithme=\
         \"http://www.w3.org/2001/04/xmlenc#sha256\">{}</Contains><UnitIdentifier>acte.pdf</UnitIdentifier></Integrity>\
         <Contains><ArchivalAgreement>ACCORD-TEST</ArchivalAgreement><DescriptionLanguage {edition}>fr\
         </DescriptionLanguage><DescriptionLevel {edition}>file</DescriptionLevel><Name>Acte</Name><ContentDescription>\
         <Language {edition}>fr</Language>{}</ContentDescription><AccessRestriction><Code {edition}>AR038</Code>\
         <StartDate>2026-01-01</StartDate></AccessRestriction><Document><Attachment filename=\"acte.pdf\"/><Type \
         {edition}>CDO</Type></Document></Contains></ArchiveTransfer>",
        agency("TransferringAgency", "VERSANT-TEST"),
        agency("ArchivalAgency", "ARCHIVES-TEST"),
        digest(of),
        agency("OriginatingAgency", "PRODUCTEUR-TEST"),
    )
}

/// A 1.0 transfer of one file, whose digest is that of `of`.
pub fn v1_0(identifier: &str, of: &[u8]) -> String {
    format!(
        "<ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v1.0\"><Date>2026-11-24T10:00:00Z</Date>\
         <TransferIdentifier>{identifier}</TransferIdentifier>{}{}<Archive><ArchivalAgreement>ACCORD-TEST\
         </ArchivalAgreement><DescriptionLanguage>fra</DescriptionLanguage><Name>Acte</Name><ContentDescription>\
         <DescriptionLevel>file</DescriptionLevel><Language>fra</Language>{}</ContentDescription><AccessRestrictionRule>\
         <Code>AR048</Code><StartDate>2026-01-01</StartDate></AccessRestrictionRule><Document><Attachment \
         filename=\"acte.pdf\"/><Integrity algorithme=\"http://www.w3.org/2001/04/xmlenc#sha256\">{}</Integrity>\
         <Type>CDO</Type></Document></Archive></ArchiveTransfer>",
        agency("ArchivalAgency", "ARCHIVES-TEST"),
        agency("TransferringAgency", "VERSANT-TEST"),
        agency("OriginatingAgency", "PRODUCTEUR-TEST"),
        digest(of),
    )
}

/// Between the desk's parties. The file lies in a folder that the manifest does not name, as some senders have it.
fn zipped(desk: &Desk, manifest: &str) -> Vec<u8> {
    zipped_with(desk, manifest, &[("envoi/acte.pdf", PDF)])
}

/// The same with these files.
pub(super) fn zipped_with(desk: &Desk, manifest: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let t = &desk.tenant;
    let manifest = manifest
        .replace("ACCORD-TEST", &t.agreement)
        .replace("ARCHIVES-TEST", &t.archival_agency)
        .replace("VERSANT-TEST", &t.transferring_agency)
        .replace("PRODUCTEUR-TEST", &t.originating_agency);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("bordereau.xml", manifest.as_bytes())].iter().chain(files) {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_transfer_in_0_2_or_1_0_is_taken_in_charge_and_answered_in_its_version() {
    let desk = Desk::open().await;
    for (version, manifest, acknowledged, accepted) in [
        ("0.2", v0_2("ANCIEN-1", PDF), "<ArchiveTransferReply ", "<ArchiveTransferAcceptance "),
        ("1.0", v1_0("ANCIEN-2", PDF), "<Acknowledgement ", "<ArchiveTransferReply "),
    ] {
        let transfer = desk.deposit(zipped(&desk, &manifest)).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
        assert_eq!(transfer.seda_version.as_deref(), Some(version));
        assert_eq!((transfer.unit_count, transfer.object_count), (Some(1), Some(1)));
        let acknowledgement = desk
            .message(transfer.transfer_id, MessageKind::Acknowledgement)
            .await
            .expect("an acknowledgement");
        assert!(acknowledgement.contains(acknowledged), "{acknowledgement}");
        let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.expect("a reply");
        assert!(reply.contains(accepted) && reply.contains(">000</ReplyCode>"), "{reply}");
        assert_eq!(reply.matches("<ArchivalAgencyArchiveIdentifier>").count(), 1, "{reply}");
        assert!(reply.contains("<Name>Acte</Name>"), "{reply}");
    }
    desk.end().await;
}

#[tokio::test]
async fn a_transfer_in_0_2_or_1_0_is_refused_in_its_version_with_the_code_of_the_anomaly() {
    let desk = Desk::open().await;
    for (manifest, namespace) in [
        (v0_2("ANCIEN-1", b"autre"), "fr:gouv:ae:archive:draft:standard_echange_v0.2"),
        (v1_0("ANCIEN-2", b"autre"), "fr:gouv:culture:archivesdefrance:seda:v1.0"),
    ] {
        let transfer = desk.deposit(zipped(&desk, &manifest)).await;
        assert_eq!(transfer.state, TransferState::Refused);
        let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.expect("a reply");
        assert!(reply.contains(&format!("<ArchiveTransferReply xmlns=\"{namespace}\">")), "{reply}");
        assert!(reply.contains(">207</ReplyCode>") && !reply.contains("<Archive>"), "{reply}");
    }
    desk.end().await;
}
