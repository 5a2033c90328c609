//! What an accepted transfer leaves: two whole copies, rows, events, replies.

use std::collections::BTreeSet;
use std::io::Read;

use chartrier::catalog::question::Understood;
use chartrier::ingest::queries::MessageKind;
use chartrier::model::TransferState;
use chartrier::package::ocfl;
use chartrier::package::transfer::TransferRecord;

use super::Desk;
use crate::support::vault;

#[tokio::test]
async fn a_faultless_transfer_is_taken_in_charge_on_both_sites() {
    let desk = Desk::open().await;
    let transfer = desk.deposit(desk.sip("COMPLET-1").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(transfer.message_identifier.as_deref(), Some("COMPLET-1"));
    assert_eq!((transfer.unit_count, transfer.object_count, transfer.attempt), (Some(4), Some(3), 1));

    let archive = transfer.archive_id.expect("an archive");
    let copies = vault::storage().tenant(desk.tenant.tenant).check(archive).unwrap();
    let sites: BTreeSet<_> = copies.iter().map(|copy| copy.site.as_str()).collect();
    assert_eq!(sites, BTreeSet::from(["nord", "sud"]));
    assert!(copies.iter().all(|copy| copy.faults.is_empty()), "{copies:?}");

    assert_eq!(desk.count("select count(*) from copy").await, 2);
    assert_eq!(desk.count("select count(*) from unit").await, 4);
    assert_eq!(desk.count("select count(*) from unit_link").await, 3);
    assert_eq!(desk.count("select count(*) from binary_object").await, 3);
    assert_eq!(desk.count("select count(*) from unit_object").await, 3);
    assert_eq!(desk.count("select archives_held from quota").await, 1);
    assert_eq!(desk.events(&format!("transfer:{}", transfer.transfer_id)).await, ["RECEPTION", "CONTROLE"]);
    assert_eq!(desk.events(&format!("archive:{archive}")).await, ["REPLICATION", "PRISE_EN_CHARGE"]);
    desk.end().await;
}

#[tokio::test]
async fn the_manifest_is_kept_as_received_beside_the_replies() {
    let desk = Desk::open().await;
    let sip = desk.sip("TEL-QUEL");
    let transfer = desk.deposit(sip.zip()).await;
    let store = vault::storage().tenant(desk.tenant.tenant);
    let read = |path: &str| {
        let mut text = String::new();
        store.read(transfer.archive_id.unwrap(), path).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!(read("v1/content/manifest.xml"), sip.manifest());
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert_eq!(read("v1/content/metadata/reply.xml"), reply);
    assert!(read("v1/content/metadata/premis.xml").contains("<eventType>accession</eventType>"));
    assert!(read("v1/content/metadata/accession.json").contains("TEL-QUEL"));
    let acknowledgement = desk.message(transfer.transfer_id, MessageKind::Acknowledgement).await.unwrap();
    assert_eq!(read("v1/content/metadata/acknowledgement.xml"), acknowledgement);
    let line = TransferRecord::from_json(&read("v1/content/metadata/transfer.json")).unwrap();
    assert_eq!((line.channel.as_str(), line.file_name.as_str(), line.attempt), ("api", "versement.zip", 1));
    assert_eq!(line.machine_id, Some(desk.tenant.machine.0));
    let nord = &store.check(transfer.archive_id.unwrap()).unwrap()[0];
    let object = vault::site("nord").join(&nord.path);
    let inventory =
        ocfl::Inventory::from_json(&std::fs::read(object.join("inventory.json")).unwrap()).unwrap();
    assert!(
        format!("{inventory:?}").contains("objects/content/piece-1.pdf"),
        "names stay in the logical state"
    );
    desk.end().await;
}

#[tokio::test]
async fn the_acknowledgement_is_there_at_once_and_the_reply_at_the_end() {
    let desk = Desk::open().await;
    let reception = desk.receive(desk.sip("REPONSES").zip()).await;
    let acknowledgement =
        desk.message(reception.transfer.transfer_id, MessageKind::Acknowledgement).await.unwrap();
    assert!(acknowledgement.contains("<MessageReceivedIdentifier>REPONSES</MessageReceivedIdentifier>"));
    assert_eq!(desk.message(reception.transfer.transfer_id, MessageKind::Reply).await, None);

    desk.ingest.advance(desk.tenant.tenant, reception.transfer.transfer_id).await.unwrap();
    let reply = desk.message(reception.transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("<ReplyCode>000</ReplyCode>"), "{reply}");
    assert!(reply.contains("<MessageRequestIdentifier>REPONSES</MessageRequestIdentifier>"), "{reply}");
    let cote = format!("{}-2027-000001", desk.tenant.code);
    let element =
        format!("<ArchivalAgencyArchiveUnitIdentifier>{cote}</ArchivalAgencyArchiveUnitIdentifier>");
    assert_eq!(reply.matches(&element).count(), 1, "{reply}");
    desk.end().await;
}

#[tokio::test]
async fn every_container_brings_the_same_archive() {
    let desk = Desk::open().await;
    type Packed = fn(&crate::support::sip::Sip) -> Vec<u8>;
    let forms: [(&str, Packed); 4] = [
        ("zip", crate::support::sip::Sip::zip),
        ("tar", crate::support::sip::Sip::tar),
        ("tar.gz", crate::support::sip::Sip::tar_gz),
        ("tar.bz2", crate::support::sip::Sip::tar_bz2),
    ];
    for (name, form) in forms {
        let transfer = desk.deposit(form(&desk.sip(&format!("FORME-{name}")))).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{name}: {:?}", transfer.findings);
    }
    assert_eq!(desk.count("select count(distinct sha512) from binary_object").await, 12);
    desk.end().await;
}

#[tokio::test]
async fn once_confirmed_the_copies_are_marked_and_the_quarantine_is_empty() {
    let desk = Desk::open().await;
    let transfer = desk.deposit(desk.sip("CONFIRME").zip()).await;
    let (tenant, id) = (desk.tenant.tenant, transfer.transfer_id);
    let store = vault::storage().tenant(tenant);
    for _ in 0..2 {
        desk.ingest.advance(tenant, id).await.unwrap();
        assert!(store.is_confirmed(transfer.archive_id.unwrap()).unwrap());
        assert!(vault::storage().quarantine().open(tenant, id).is_err());
    }
    assert!(store.check(transfer.archive_id.unwrap()).unwrap().iter().all(|copy| copy.faults.is_empty()));
    desk.end().await;
}

#[tokio::test]
async fn a_unit_is_found_by_french_words_whatever_their_accents() {
    let desk = Desk::open().await;
    desk.deposit(desk.sip("CHERCHE").zip()).await;
    for (question, expected) in
        [("déliberation", 1), ("DELIBERATIONS seance", 1), ("pièce", 3), ("absent", 0)]
    {
        let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
        let found: i64 = sqlx::query_scalar("select count(*) from search_units($1, null, null, 100)")
            .bind(serde_json::to_value(Understood::read(question)).unwrap())
            .fetch_one(tx.conn())
            .await
            .unwrap();
        assert_eq!(found, expected, "{question}");
    }
    desk.end().await;
}
