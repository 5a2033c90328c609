//! Attestations from end to end: issued with the act, read back and verified as their holder would, asked for, refused.

use std::fs;
use std::path::PathBuf;

use chartrier::model::{ArchiveId, Role, Transfer};
use chartrier::proof::attestation::{Declared, Kind, read};
use serde_json::Value;
use sha2::{Digest, Sha512};

use super::{Door, form, get, post};
use crate::support::vault;

/// What the API lists, kinds first.
async fn listed(door: &Door, transfer: &Transfer) -> Vec<Value> {
    let address = format!("/api/v1/transfers/{}/attestations", transfer.transfer_id);
    door.json(&address).await["items"].as_array().unwrap().clone()
}

fn kinds(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|line| line["kind"].as_str().unwrap()).collect()
}

/// The file of an attestation, verified by itself.
async fn declared(door: &Door, line: &Value) -> Declared {
    let answer = door.get(line["links"]["self"].as_str().unwrap()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let declared = read(&answer.body).unwrap_or_else(|fault| panic!("{fault}: {}", answer.text()));
    assert_eq!(line["sha256"], hex::encode(declared.sha256));
    assert_eq!(line["number"], declared.statement.number);
    declared
}

/// Folder of the archive's copy on a site.
pub async fn copy(door: &Door, archive: ArchiveId, site: &str) -> PathBuf {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let location: String =
        sqlx::query_scalar("select location from copy where archive_id = $1 and site = $2")
            .bind(archive.0)
            .bind(site)
            .fetch_one(tx.conn())
            .await
            .unwrap();
    vault::site(site).join(location)
}

async fn ask(door: &Door, transfer: &Transfer) -> Value {
    let address = format!("/api/v1/transfers/{}/attestations", transfer.transfer_id);
    let token = door.token().await;
    let answer = door.send(post(&address, "").bearer(&token)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_deposit_is_attested_at_its_reception_and_when_it_is_taken_in_charge() {
    let door = Door::open().await;
    let sip = door.sip("ATTESTE");
    let (first, bytes) = (sip.files[0].clone(), sip.zip());
    let answer = door.post(bytes.clone()).await.json();
    let id = answer["transfer_id"].as_str().unwrap().to_owned();
    let at_once = door.json(&format!("/api/v1/transfers/{id}/attestations")).await;
    assert_eq!(kinds(at_once["items"].as_array().unwrap()), ["reception"]);

    let transfer = door.deposit(bytes.clone()).await;
    let listed = listed(&door, &transfer).await;
    assert_eq!(
        kinds(&listed),
        ["reception", "prise_en_charge"],
        "the same bytes again are not received twice"
    );
    let reception = declared(&door, &listed[0]).await.statement;
    assert_eq!(reception.number, format!("{}-ACC-2027-000001", door.tenant.code));
    assert_eq!(reception.transfer.sha512, hex::encode(Sha512::digest(&bytes)));
    assert!(reception.archive.is_none() && reception.copies.is_empty());

    let taken = declared(&door, &listed[1]).await;
    assert!(taken.proof.is_none(), "no seal covers it yet");
    let (entry, statement) = (taken.entry, taken.statement);
    assert_eq!(statement.number, format!("{}-ATT-2027-000001", door.tenant.code));
    assert_eq!(statement.transfer.message_identifier.as_deref(), Some("ATTESTE"));
    let archive = statement.archive.unwrap();
    assert_eq!(Some(archive.id.clone()), transfer.archive_id.map(|id| id.to_string()));
    assert_eq!((archive.file_count, archive.agreement), (4, door.tenant.agreement.clone()));
    let sites: Vec<_> = statement.copies.iter().map(|copy| (copy.site.as_str(), copy.intact)).collect();
    assert_eq!(sites, [("nord", true), ("sud", true)]);
    let digest = hex::encode(Sha512::digest(&first.1));
    assert!(statement.files.iter().any(|file| file.sha512 == digest), "{:?}", statement.files);
    let inventory =
        fs::read(copy(&door, transfer.archive_id.unwrap(), "sud").await.join("inventory.json")).unwrap();
    assert_eq!(archive.inventory_sha512, Some(hex::encode(Sha512::digest(&inventory))));
    assert!(statement.controls.iter().any(|control| control.name == "schema" && control.outcome == "pass"));

    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let journal: (i64, Vec<u8>) = sqlx::query_as("select seq, hash from event where entry = $1")
        .bind(&entry)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    assert_eq!(journal, (taken.seq, taken.entry_hash.to_vec()), "the entry is in the journal");
    drop(tx);
    let page = door.get(listed[1]["links"]["pdf"].as_str().unwrap()).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/pdf"));
    assert!(page.body.starts_with(b"%PDF-1.7"));
    assert!(page.header("content-disposition").contains("-ATT-2027-000001.pdf"));
    println!("attestation: PDF {} bytes", page.body.len());
    door.end().await;
}

#[tokio::test]
async fn a_refused_deposit_has_its_reception_alone() {
    let door = Door::open().await;
    let refused = door.deposit(b"PK\x03\x04 nothing that opens".to_vec()).await;
    assert_eq!(refused.state.word(), "refused");
    assert_eq!(kinds(&listed(&door, &refused).await), ["reception"]);
    door.end().await;
}

#[tokio::test]
async fn integrity_is_attested_as_it_was_read() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("INTEGRE").zip()).await;
    let archive = transfer.archive_id.unwrap();
    assert_eq!(ask(&door, &transfer).await["ended_at"], Value::Null);
    assert_eq!(ask(&door, &transfer).await["ended_at"], Value::Null, "one demand at a time");
    for _ in 0..2 {
        // A worker that died at the end would do it again.
        door.preservation.attest_integrity(door.tenant.tenant, archive).await.unwrap();
    }
    let found = listed(&door, &transfer).await;
    assert_eq!(kinds(&found), ["reception", "prise_en_charge", "integrite"]);
    let statement = declared(&door, &found[2]).await.statement;
    assert_eq!(statement.kind, Kind::Integrite);
    let initial = statement.archive.unwrap().inventory_sha512;
    assert!(initial.is_some());
    for copy in &statement.copies {
        assert!(copy.intact && copy.faults.is_empty() && copy.size_bytes > Some(0));
        assert_eq!(copy.inventory_sha512, initial, "recomputed, and the same");
    }

    let manifest = copy(&door, archive, "sud").await.join("v1/content/manifest.xml");
    let mut bytes = fs::read(&manifest).unwrap();
    bytes[10] ^= 1;
    fs::remove_file(&manifest).unwrap();
    fs::write(&manifest, bytes).unwrap();
    ask(&door, &transfer).await;
    door.preservation.attest_integrity(door.tenant.tenant, archive).await.unwrap();
    let found = listed(&door, &transfer).await;
    let statement = declared(&door, &found[3]).await.statement;
    let intact: Vec<_> = statement.copies.iter().map(|copy| (copy.site.as_str(), copy.intact)).collect();
    assert_eq!(intact, [("nord", true), ("sud", false)]);
    assert_eq!(statement.copies[1].faults, ["fichier altéré : v1/content/manifest.xml"]);
    door.end().await;
}

#[tokio::test]
async fn nothing_is_attested_when_a_copy_is_missing_and_the_portal_says_why() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("MANQUE").zip()).await;
    let archive = transfer.archive_id.unwrap();
    let folder = copy(&door, archive, "sud").await;
    fs::rename(&folder, folder.with_extension("ailleurs")).unwrap();
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let address = format!("/archives/{archive}/attestation");
    let asked = door.send(form(&address, &format!("csrf={csrf}")).cookie(&cookie)).await;
    assert_eq!(
        (asked.status, asked.header("location")),
        (303, format!("/versements/{}#attestations", transfer.transfer_id).as_str())
    );
    let here = format!("/versements/{}", transfer.transfer_id);
    let page = door.send(get(&here).cookie(&cookie)).await.text();
    assert!(page.contains("en cours de relecture"), "{page}");
    door.preservation.attest_integrity(door.tenant.tenant, archive).await.unwrap();
    assert_eq!(kinds(&listed(&door, &transfer).await), ["reception", "prise_en_charge"]);
    let page = door.send(get(&here).cookie(&cookie)).await.text();
    for shown in [
        "non délivrée. La copie du site sud manque.",
        "Attestation de prise en charge (PDF)",
        "preuve (JSON)",
        "En attente de scellement",
        "Demander une attestation d’intégrité",
    ] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let events: Vec<(String, String)> = sqlx::query_as(
        "select outcome, entry::json #>> '{detail,etape}' from event
         where event_type = 'ATTESTATION' and object = $1 order by seq",
    )
    .bind(format!("archive:{archive}"))
    .fetch_all(tx.conn())
    .await
    .unwrap();
    let expected = [("OK", "demande"), ("KO", "non délivrée")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(events, expected);
    drop(tx);
    fs::rename(folder.with_extension("ailleurs"), &folder).unwrap();
    door.end().await;
}

#[tokio::test]
async fn whoever_does_not_follow_the_transfer_finds_no_attestation() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("AUTRUI").zip()).await;
    let id = listed(&door, &transfer).await[1]["attestation_id"].as_str().unwrap().to_owned();
    let archive = transfer.archive_id.unwrap();
    let units = door.json("/api/v1/units?root=true").await;
    let unit = format!("/archives/unites/{}", units["items"][0]["unit_id"].as_str().unwrap());
    for (role, status, shown) in [
        (Role::Archivist, 200, true),
        (Role::MemberAdmin, 200, true),
        // The machine deposited it, not they.
        (Role::Depositor, 404, false),
        (Role::Reader, 403, false),
    ] {
        let (cookie, csrf) = door.log_in(role).await;
        for address in [format!("/attestations/{id}/pdf"), format!("/attestations/{id}/json")] {
            assert_eq!(door.send(get(&address).cookie(&cookie)).await.status, status, "{role:?} {address}");
        }
        let page = door.send(get(&unit).cookie(&cookie)).await;
        assert_eq!(page.text().contains("Attestation de prise en charge"), shown, "{role:?}");
        if !shown {
            let asked = format!("/archives/{archive}/attestation");
            let answer = door.send(form(&asked, &format!("csrf={csrf}")).cookie(&cookie)).await;
            assert_eq!(answer.status, status, "{role:?}");
        }
    }
    door.end().await;
}
