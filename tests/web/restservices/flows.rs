//! What travels: each sample of the corpus sent through the door, with its files where the corpus has them and files made for the
//! test where it has not, and the code it is answered with.
//!
//! Twice: as it is, when made files cannot have the digests it declares; and with those digests put right.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use chartrier::db::TenantTx;
use chartrier::model::{Agent, Event, EventType, Outcome, TransferState};
use chartrier::proof::digest::sha256;
use roxmltree::{Document, Node};
use uuid::Uuid;

use super::{DEPOSIT, Door, file};
use crate::corpus_folder;
use crate::support::{FreshTenant, profile};

/// A sample, its profile where a pair exists, and the two codes.
struct Sample {
    manifest: &'static str,
    profile: Option<&'static str>,
    /// As it is, and why.
    as_it_is: &'static str,
    put_right: &'static str,
}

const fn sample(
    manifest: &'static str,
    profile: Option<&'static str>,
    as_it_is: &'static str,
    put_right: &'static str,
) -> Sample {
    Sample { manifest, profile, as_it_is, put_right }
}

const ACTES: Option<&str> = Some("Profil_ACTES_AP_v3_schema-3.0.5.rng");

const SAMPLES: &[Sample] = &[
    // Its profile is not in the corpus: 203 as long as it declares it.
    sample("actes/actes_seda02_bordereau_cg86_vienne_generated.xml", None, "203", "000"),
    // Its makers blanked the dates of the message; one of its units ends before it begins.
    sample("actes/actes_seda10_bordereau_pastell.xml", ACTES, "101", "101"),
    sample("actes/actes_seda21_bordereau_pastell.xml", None, "207", "000"),
    sample("actes/fakeseda_seda_bordereau.xml", ACTES, "207", "000"),
    sample("actes/vrac_seda10_bordereau_pastell.xml", None, "207", "000"),
    // It does not follow the profile it declares.
    sample(
        "helios/helios_seda02_bordereau_morbihan.xml",
        Some("DEP56_PROFIL_PES_0001_20170529_v10_schema.rng"),
        "203",
        "203",
    ),
    sample("helios/helios_seda02_bordereau_morbihan.xml", None, "203", "000"),
    sample("helios/helios_seda02_bordereau_standard_generated.xml", None, "203", "000"),
    sample(
        "helios/helios_seda10_bordereau_pastell.xml",
        Some("Profil_PES_AP_v3-3.0.4_schema.rng"),
        "101",
        "000",
    ),
    sample(
        "marches/dossier_marche_seda10_bordereau.xml",
        Some("PROFIL_DOSSIERS_MARCHES_LS_schema.rng"),
        "101",
        "000",
    ),
    // It names no agreement.
    sample("replies/bordereau.xml", None, "207", "300"),
];

/// Local name of a node.
fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn text_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.descendants().find(|child| is(child, name)).and_then(|child| child.text())
}

/// Texts of the identifiers of every party of this name.
fn parties(document: &Document<'_>, name: &str) -> Vec<String> {
    let mut found: Vec<String> = document
        .descendants()
        .filter(|node| is(node, name))
        .filter_map(|node| text_of(node, "Identification").or_else(|| text_of(node, "Identifier")))
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect();
    let more = document.descendants().filter(|node| is(node, &format!("{name}Identifier")));
    found.extend(more.filter_map(|node| node.text()).map(str::to_owned));
    found.sort();
    found.dedup();
    found
}

/// The parties of a sample, by identifier and part.
type Parties = BTreeMap<(String, &'static str), Uuid>;

/// Whom the sample names become the tenant's.
async fn settled_parties(tx: &mut TenantTx, document: &Document<'_>) -> Parties {
    let mut ids = Parties::new();
    for (name, part) in [
        ("ArchivalAgency", "archival"),
        ("TransferringAgency", "transferring"),
        ("OriginatingAgency", "originating"),
    ] {
        for identifier in parties(document, name) {
            let known = ids.iter().find(|((known, _), _)| *known == identifier).map(|(_, id)| *id);
            let id = known.unwrap_or_else(Uuid::now_v7);
            let statement = format!(
                "insert into party (party_id, identifier, name, archival, transferring, originating)
                 values ($1, $2, $2, $3 = 'archival', $3 = 'transferring', $3 = 'originating')
                 on conflict (tenant_id, identifier) do update set {part} = true"
            );
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(id)
                .bind(&identifier)
                .bind(part)
                .execute(tx.conn())
                .await
                .unwrap();
            ids.insert((identifier, part), id);
        }
    }
    ids
}

/// Whom the sample names, and the agreement it comes under, become the tenant's.
async fn settled(door: &Door, document: &Document<'_>, rng: Option<&Path>) {
    let tenant = &door.tenant;
    let agreement = text_of(document.root(), "ArchivalAgreement").map(str::trim).unwrap_or_default();
    let declared = text_of(document.root(), "ArchivalProfile").map(|text| text.trim().to_owned());
    let mut tx = tenant.db.write(tenant.tenant).await.unwrap();
    let ids = settled_parties(&mut tx, document).await;
    if !agreement.is_empty() {
        let id = Uuid::now_v7();
        let archival = ids.iter().find(|((_, part), _)| *part == "archival").map(|(_, id)| *id);
        sqlx::query(
            "insert into agreement (agreement_id, identifier, name, state, archival_agency, acceptance, transfer_bytes_max)
             values ($1, $2, $2, 'active', $3, 'automatic', 1024 ^ 3)",
        )
        .bind(id)
        .bind(agreement)
        .bind(archival)
        .execute(tx.conn())
        .await
        .unwrap();
        for ((_, part), party) in ids.iter().filter(|((_, part), _)| *part != "archival") {
            sqlx::query("insert into agreement_party (agreement_id, party_id, part) values ($1, $2, $3)")
                .bind(id)
                .bind(party)
                .bind(part)
                .execute(tx.conn())
                .await
                .unwrap();
        }
        sqlx::query("insert into machine_agreement (machine_id, agreement_id) values ($1, $2)")
            .bind(tenant.machine.0)
            .bind(id)
            .execute(tx.conn())
            .await
            .unwrap();
    }
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "agreement:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    if let (Some(rng), Some(declared)) = (rng, declared) {
        let id = profile::imported(tenant, &declared, fs::read(rng).unwrap()).await;
        profile::bound(tenant, id, true, false).await;
    }
}

/// The files a sample names, each from the corpus when it is there, else made.
fn files(folder: &Path, document: &Document<'_>) -> Vec<(String, Vec<u8>)> {
    let named = document.descendants().filter_map(|node| match node.tag_name().name() {
        "Attachment" => node.attribute("filename").map(str::to_owned),
        "Uri" if node.is_element() => node.text().map(str::to_owned),
        _ => None,
    });
    let mut names: Vec<String> = named.collect();
    names.sort();
    names.dedup();
    let packed = zipped(folder);
    let bytes = |name: &String| {
        let last = name.rsplit('/').next().unwrap();
        let there = ["actes", "helios"].iter().find_map(|flow| {
            let path = folder.join(flow).join(last);
            fs::read(path)
                .ok()
                .or_else(|| fs::read(folder.join(flow).join(last.replace(".xml", "_sample.xml"))).ok())
        });
        packed.get(last).cloned().or(there).unwrap_or_else(|| made(name))
    };
    names.iter().map(|name| (name.clone(), bytes(name))).collect()
}

/// Those of the Morbihan's archive, by their last part.
fn zipped(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(
        fs::File::open(folder.join("helios/helios_seda02_morbihan_attachments.zip")).unwrap(),
    )
    .unwrap();
    let mut found = BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        found.insert(entry.name().unwrap().rsplit('/').next().unwrap().to_owned(), bytes);
    }
    found
}

fn made(name: &str) -> Vec<u8> {
    match name.rsplit('.').next() {
        Some("pdf") => format!("%PDF-1.4\n% {name}\n%%EOF\n").into_bytes(),
        Some("xml") => {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document>{}</document>\n", name.len())
                .into_bytes()
        }
        _ => name.as_bytes().to_vec(),
    }
}

/// The text of an element becomes this one.
fn change(changes: &mut Vec<(std::ops::Range<usize>, String)>, node: Option<Node<'_, '_>>, value: String) {
    let inner = node.and_then(|node| node.first_child());
    changes.extend(inner.map(|inner| (inner.range(), value)));
}

/// The sample with the dates and identifiers that its makers blanked, and the digests and sizes of the files that travel with it.
fn put_right(text: &str, files: &[(String, Vec<u8>)], tenant: &FreshTenant, has_profile: bool) -> String {
    let document = Document::parse(text).unwrap();
    let bytes = |name: &str| files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes);
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        let child = |name: &str| node.children().find(|child| is(child, name));
        match node.tag_name().name() {
            "Date" if node.text() == Some("NOT TESTABLE") => {
                change(&mut changes, Some(node), "2026-11-24T10:00:00".into());
            }
            "TransferIdentifier" if node.text() == Some("NOT TESTABLE") => {
                change(&mut changes, Some(node), "REMIS-1".into());
            }
            "ArchivalProfile" if !has_profile => changes.push((node.range(), String::new())),
            "Identification" if !node.has_children() => {
                let blank = node.parent().map(|party| party.tag_name().name().to_owned()).unwrap_or_default();
                let party = match blank.as_str() {
                    "ArchivalAgency" => &tenant.archival_agency,
                    "TransferringAgency" => &tenant.transferring_agency,
                    _ => &tenant.originating_agency,
                };
                changes.push(filled(text, node, party));
            }
            "ArchivalAgreement" if !node.has_children() => {
                changes.push(filled(text, node, &tenant.agreement));
            }
            "Document" => {
                let name = child("Attachment").and_then(|attachment| attachment.attribute("filename"));
                let size = name.and_then(bytes).map(|bytes| bytes.len().to_string());
                change(&mut changes, child("Size").filter(|_| size.is_some()), size.unwrap_or_default());
                let digest = name.and_then(bytes).map(|bytes| hex::encode(sha256(bytes)));
                change(
                    &mut changes,
                    child("Integrity").filter(|_| digest.is_some()),
                    digest.unwrap_or_default(),
                );
            }
            "Integrity" => {
                let name = child("UnitIdentifier").and_then(|name| name.text());
                let digest = name.and_then(bytes).map(|bytes| hex::encode(sha256(bytes)));
                change(
                    &mut changes,
                    child("Contains").filter(|_| digest.is_some()),
                    digest.unwrap_or_default(),
                );
            }
            "BinaryDataObject" => {
                let found = child("Uri").and_then(|uri| uri.text()).and_then(bytes);
                let Some(found) = found else { continue };
                change(&mut changes, child("MessageDigest"), hex::encode(sha256(found)));
                change(&mut changes, child("Size"), found.len().to_string());
            }
            _ => {}
        }
    }
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    changes.into_iter().for_each(|(range, value)| text.replace_range(range, &value));
    text
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Sends a sample by a tenant that knows whom it names; its code, and what it says.
async fn answered(folder: &Path, sample: &Sample, right: bool) -> (String, String) {
    let door = Door::with(|settings| settings.received_bytes_max = 64 << 20).await;
    let text = fs::read_to_string(folder.join(sample.manifest)).unwrap();
    let parsed = Document::parse(&text).unwrap();
    let files = files(folder, &parsed);
    let rng = sample.profile.map(|name| folder.join("profiles").join(name));
    settled(&door, &parsed, rng.as_deref()).await;
    let manifest = if right { put_right(&text, &files, &door.tenant, rng.is_some()) } else { text.clone() };
    if right {
        settled_under_own(&door, &parsed).await;
    }
    let sent = Document::parse(&manifest).unwrap();
    let identifier =
        text_of(sent.root(), "TransferIdentifier").or_else(|| text_of(sent.root(), "MessageIdentifier"));
    let identifier = identifier.unwrap().to_owned();
    // Blanked by its makers in one of them: then nobody is named.
    let agency = parties(&sent, "TransferringAgency").pop().unwrap_or_default();
    let parts = [
        file("seda_message", "bordereau.xml", "application/octet-stream", manifest.as_bytes()),
        file("attachments", "archive.zip", "application/octet-stream", &packed(&files)),
    ];
    let answer = door.send_form(DEPOSIT, &parts).await;
    assert_eq!(answer.status, 200, "{}: {}", sample.manifest, answer.text());
    door.work().await;
    let transfer = door.transfers().await.pop().unwrap();
    let reply = door.ask_for("ArchiveTransferReply", &agency, &identifier).await;
    assert_eq!(reply.status, 200, "{}: {}", sample.manifest, reply.text());
    let code = super::texts(&reply.text(), &["ReplyCode"]).remove(0);
    let said = super::texts(&reply.text(), &["Comment"]).remove(0);
    assert_eq!(transfer.state == TransferState::TakenInCharge, code == "000");
    door.end().await;
    (code, said)
}

/// The sample's parties take part in the tenant's own agreement too.
async fn settled_under_own(door: &Door, document: &Document<'_>) {
    let tenant = &door.tenant;
    let mut tx = tenant.db.write(tenant.tenant).await.unwrap();
    for (name, part) in [("TransferringAgency", "transferring"), ("OriginatingAgency", "originating")] {
        for identifier in parties(document, name) {
            sqlx::query(
                "insert into agreement_party (agreement_id, party_id, part)
                 select a.agreement_id, p.party_id, $3 from agreement a, party p
                 where a.identifier = $1 and p.identifier = $2 on conflict do nothing",
            )
            .bind(&tenant.agreement)
            .bind(&identifier)
            .bind(part)
            .execute(tx.conn())
            .await
            .unwrap();
        }
    }
    let archival = parties(document, "ArchivalAgency");
    if let Some(archival) = archival.first() {
        sqlx::query(
            "update agreement set archival_agency = (select party_id from party where identifier = $2)
             where identifier = $1",
        )
        .bind(&tenant.agreement)
        .bind(archival)
        .execute(tx.conn())
        .await
        .unwrap();
    }
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "agreement:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

/// An empty element, with this text.
fn filled(text: &str, node: Node<'_, '_>, value: &str) -> (std::ops::Range<usize>, String) {
    let written = &text[node.range()];
    let opening = written.trim_end_matches("/>").split("></").next().unwrap();
    let name = written[1..].split([' ', '/', '>']).next().unwrap();
    (node.range(), format!("{opening}>{value}</{name}>"))
}

#[tokio::test]
async fn each_sample_of_the_corpus_is_answered_with_its_code() {
    let Some(corpus) = corpus_folder() else { return };
    let folder = corpus.join("flows");
    let mut wrong = Vec::new();
    for sample in SAMPLES {
        for (right, expected) in [(false, sample.as_it_is), (true, sample.put_right)] {
            let (code, said) = answered(&folder, sample, right).await;
            if code != expected {
                wrong.push(format!(
                    "{} (put right: {right}): {code}, not {expected}: {said}",
                    sample.manifest
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn several_thousand_files_in_many_folders_are_one_transfer() {
    let door = Door::with(|settings| settings.received_bytes_max = 64 << 20).await;
    let mut sip = door.sip("MILLIERS");
    sip.files = (0..4_000)
        .map(|n| (format!("lot {}/dossier {}/pièce {n}.pdf", n / 400, n / 40), made(&format!("{n}.pdf"))))
        .collect();
    let session = door.open_session(&sip).await;
    door.send_pieces(&session, &super::attachments_tar_gz(&sip), 64 << 10).await;
    door.work().await;
    let transfer = door.transfers().await.pop().unwrap();
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings.first());
    assert_eq!(transfer.object_count, Some(4_000));
    door.end().await;
}
