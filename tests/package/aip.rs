//! An archive read from its object alone: its records agree with its files, or what does not is named.

use chartrier::package::accession::{Accession, StoredFile, StoredObject};
use chartrier::package::aip::{self, Aip};
use chartrier::package::checks::Checks;
use chartrier::package::ocfl::validate::{Options, Severity, validate_object};
use chartrier::package::ocfl::{self, Algorithm};
use chartrier::package::premis::{self, Entry, EntryEvent, OwnFile};
use uuid::Uuid;

use super::memory::Memory;

const REPLY: &str = "<ArchiveTransferReply/>";

/// An archive of two objects, as the service writes it.
struct Archive {
    accession: Accession,
    checks: Option<String>,
    premis: Option<Vec<u8>>,
    /// Logical path, content path and bytes of what was received.
    received: Vec<(String, String, Vec<u8>)>,
    id: Uuid,
}

fn stored(logical: &str, content: &str, bytes: &[u8]) -> StoredFile {
    StoredFile {
        name: logical.to_string(),
        logical_path: logical.to_string(),
        content_path: content.to_string(),
        size_bytes: bytes.len() as u64,
        sha512: Algorithm::Sha512.of(bytes),
    }
}

fn archive() -> Archive {
    let id = Uuid::from_u128(7);
    let received = vec![
        ("manifest.xml".to_string(), "manifest.xml".to_string(), b"<m/>".to_vec()),
        ("objects/a.pdf".to_string(), "objects/000001.pdf".to_string(), b"a".to_vec()),
        ("objects/b.pdf".to_string(), "objects/000002.pdf".to_string(), b"b".to_vec()),
    ];
    let file = |index: usize| stored(&received[index].0, &received[index].1, &received[index].2);
    let object = |index: usize| StoredObject {
        object_id: Uuid::from_u128(100 + index as u128),
        seda_id: format!("ID{index}"),
        media_type: "application/pdf".to_string(),
        puid: None,
        format: None,
        format_basis: None,
        file: file(index),
    };
    let accession = Accession {
        form: Accession::FORM,
        tenant_id: Uuid::from_u128(1),
        archive_id: id,
        transfer_id: Uuid::from_u128(2),
        cote: "ville-2026-000007".to_string(),
        title: "t".to_string(),
        grant_date: "2026-01-01T00:00:00Z".to_string(),
        seda_version: "2.1".to_string(),
        message_identifier: "m".to_string(),
        agreement_id: Uuid::from_u128(3),
        agreement: "a".to_string(),
        transferring_agency: "v".to_string(),
        originating_agency: None,
        received_sha512: Algorithm::Sha512.of(b"package"),
        received_size_bytes: 9,
        unit_count: 1,
        manifest: file(0),
        format_signatures: None,
        formats: vec![],
        objects: vec![object(1), object(2)],
    };
    let checks = Checks {
        form: Checks::FORM,
        checked_at: "2026-01-01T00:00:00Z".to_string(),
        software: "chartrier 0".to_string(),
        seda_version: "2.1".to_string(),
        tolerances: Vec::new(),
        profile: None,
        format_signatures: None,
        units: 1,
        objects: 2,
        size_bytes: 6,
        families: Checks::families(["container"], &[]),
        findings: Vec::new(),
    };
    let premis = premis_of(&accession);
    Archive { accession, checks: Some(checks.to_json()), premis: Some(premis), received, id }
}

fn premis_of(accession: &Accession) -> Vec<u8> {
    let event = EntryEvent {
        identifier: Uuid::from_u128(9),
        event_type: "accession".to_string(),
        date_time: "2026-01-01T00:00:00Z".to_string(),
        detail: "d".to_string(),
        outcome: "success".to_string(),
        note: None,
    };
    let entry = Entry { form: Entry::FORM, software_version: "0".to_string(), events: vec![event] };
    let reply = OwnFile {
        logical_path: "metadata/reply.xml",
        media_type: "application/xml",
        size_bytes: REPLY.len() as u64,
        sha512: Algorithm::Sha512.of(REPLY.as_bytes()),
    };
    premis::write(Vec::new(), accession, &entry, &[reply]).unwrap()
}

impl Archive {
    /// Written as an OCFL object that is right, whatever the records say; then read.
    fn read(self) -> Aip {
        let mut files = self.received;
        let mut put = |path: &str, bytes: Vec<u8>| files.push((path.to_string(), path.to_string(), bytes));
        put("metadata/accession.json", self.accession.to_json().into_bytes());
        put("metadata/reply.xml", REPLY.as_bytes().to_vec());
        if let Some(checks) = self.checks {
            put("metadata/checks.json", checks.into_bytes());
        }
        if let Some(premis) = self.premis {
            put("metadata/premis.xml", premis);
        }
        let digests: Vec<[u8; 64]> = files
            .iter()
            .map(|(.., bytes)| {
                let mut digest = [0; 64];
                hex::decode_to_slice(Algorithm::Sha512.of(bytes), &mut digest).unwrap();
                digest
            })
            .collect();
        let named = files.iter().zip(&digests).map(|((logical_path, content_path, _), sha512)| ocfl::File {
            logical_path,
            content_path,
            sha512,
        });
        let user = ocfl::User { name: "n".to_string(), address: Some("urn:x:u".to_string()) };
        let id = ocfl::object_id(self.id);
        let inventory =
            ocfl::Inventory::first_version(id.clone(), chrono::DateTime::UNIX_EPOCH, "m", user, named);
        let (json, mut tree) = (inventory.to_json(), Memory::default());
        for folder in ["", "v1/"] {
            tree.put(&format!("{folder}inventory.json"), &json);
            tree.put(&format!("{folder}inventory.json.sha512"), ocfl::sidecar(json.as_bytes()));
        }
        tree.put(ocfl::OBJECT_DECLARATION.0, ocfl::OBJECT_DECLARATION.1);
        tree.put("logs/confirmed", "{}");
        files.iter().for_each(|(_, path, bytes)| tree.put(&format!("v1/content/{path}"), bytes));
        let validated = validate_object(&tree, "", &Options::default());
        assert_eq!(validated.report.findings.list(), []);
        aip::read(&tree, "", &id, &validated.held.unwrap()).unwrap().expect("an archive of ours")
    }
}

fn said(archive: Archive) -> Vec<(&'static str, String)> {
    archive.read().remarks.into_iter().map(|remark| (remark.code, remark.path)).collect()
}

#[test]
fn a_right_archive_has_no_remark() {
    let aip = archive().read();
    assert_eq!(aip.remarks, []);
    assert_eq!(aip.cote.as_deref(), Some("ville-2026-000007"));
}

#[test]
fn records_that_do_not_agree_with_the_files_are_named() {
    let mut other = archive();
    other.id = Uuid::from_u128(8);
    assert_eq!(said(other), [("archive.identifier", "metadata/accession.json".to_string())]);

    let mut manifest = archive();
    manifest.accession.manifest.sha512 = Algorithm::Sha512.of(b"another");
    assert_eq!(said(manifest), [("archive.manifest", "manifest.xml".to_string())]);

    let mut lost = archive();
    lost.received.pop();
    assert_eq!(
        said(lost),
        [("archive.object", "objects/b.pdf".to_string()), ("archive.premis", "objects/b.pdf".to_string())]
    );

    let mut undescribed = archive();
    let mut fewer = undescribed.accession.clone();
    fewer.objects.clear();
    undescribed.premis = Some(premis_of(&fewer));
    assert_eq!(said(undescribed), [("archive.premis", "metadata/premis.xml".to_string())]);

    let mut foreign = archive();
    foreign.premis = Some(b"<premis/>".to_vec());
    assert_eq!(said(foreign), [("archive.premis", "metadata/premis.xml".to_string())]);

    let mut unknown = archive();
    unknown.checks = unknown.checks.map(|text| text.replacen("\"form\": 1", "\"form\": 7", 1));
    assert_eq!(said(unknown), [("archive.checks", "metadata/checks.json".to_string())]);
}

/// The first form had no report, and PREMIS described the package alone.
#[test]
fn an_archive_of_the_first_form_is_read_as_it_is() {
    let mut first = archive();
    first.accession.form = 1;
    first.checks = None;
    let package = r#"<?xml version="1.0"?><premis xmlns="http://www.loc.gov/premis/v3" version="3.0">
        <object><objectCharacteristics><size>9</size></objectCharacteristics></object><event/></premis>"#;
    first.premis = Some(package.as_bytes().to_vec());
    assert_eq!(first.read().remarks, []);
}

#[test]
fn an_archive_without_its_marker_is_a_warning_and_a_foreign_object_is_none_of_ours() {
    let tree = Memory::default();
    assert!(validate_object(&tree, "", &Options::default()).held.is_none());
    // An object that neither holds our records nor bears a name like ours.
    let a = Algorithm::Sha512.of(b"a");
    let inventory = serde_json::json!({
        "id": "ark:/1/2", "type": "https://ocfl.io/1.1/spec/#inventory", "digestAlgorithm": "sha512", "head": "v1",
        "manifest": {&a: ["v1/content/a"]},
        "versions": {"v1": {"created": "2026-01-01T00:00:00Z", "state": {&a: ["a"]}}}});
    for (id, is_ours) in [("ark:/1/2", false), ("urn:uuid:00000000-0000-0000-0000-000000000001", true)] {
        let mut inventory = inventory.clone();
        inventory["id"] = id.into();
        let text = inventory.to_string();
        let mut tree = Memory::default();
        tree.put("inventory.json", &text);
        tree.put("inventory.json.sha512", ocfl::sidecar(text.as_bytes()));
        tree.put(ocfl::OBJECT_DECLARATION.0, ocfl::OBJECT_DECLARATION.1);
        tree.put("v1/content/a", "a");
        let held = validate_object(&tree, "", &Options::default()).held.unwrap();
        let read = aip::read(&tree, "", id, &held).unwrap();
        assert_eq!(read.is_some(), is_ours, "{id}");
        if let Some(aip) = read {
            let warned = aip.remarks.iter().filter(|remark| remark.severity == Severity::Warning);
            assert_eq!(warned.map(|remark| remark.code).collect::<Vec<_>>(), ["archive.not_confirmed"]);
            assert_eq!(aip.remarks.len(), 5, "{:?}", aip.remarks);
        }
    }
}
