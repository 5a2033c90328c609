//! PREMIS of an archive: by the content models of the standard, read back, and the same bytes for ever.

use std::fmt::Write;
use std::process::Command;

use chartrier::model::Limits;
use chartrier::package::accession::{
    Accession, StoredFile, StoredFormat, StoredObject, content_path, derived_id,
};
use chartrier::package::ocfl::Algorithm;
use chartrier::package::premis::{self, Entry, EntryEvent, OwnFile, Stated};
use chartrier::seda::profile::{self, Profile};
use uuid::Uuid;

const GRAMMAR: &str = include_str!("premis3.rng");

fn stored(name: &str, logical: &str, content: &str) -> StoredFile {
    StoredFile {
        name: name.into(),
        logical_path: logical.into(),
        content_path: content.into(),
        size_bytes: 3,
        sha512: Algorithm::Sha512.of(name.as_bytes()),
    }
}

fn accession(objects: usize) -> Accession {
    let archive_id = Uuid::from_u128(1);
    let object = |number: usize| {
        let name = format!("content/pièce <{number}> & \u{1}\u{e9}.pdf");
        StoredObject {
            object_id: derived_id(archive_id, "object", &format!("ID{number}")),
            seda_id: format!("ID{number}"),
            media_type: "application/pdf".into(),
            puid: number.is_multiple_of(2).then(|| "fmt/18".to_string()),
            format: number.is_multiple_of(2).then_some(0),
            format_basis: Some(if number.is_multiple_of(2) { "signature" } else { "none" }.into()),
            file: stored(&name, &format!("objects/content/{number}.pdf"), &content_path(number, &name)),
        }
    };
    Accession {
        form: Accession::FORM,
        tenant_id: Uuid::from_u128(2),
        archive_id,
        transfer_id: Uuid::from_u128(3),
        cote: "ville-2026-000001".into(),
        title: "Délibérations".into(),
        grant_date: "2026-01-01T10:00:00.000000Z".into(),
        seda_version: "2.1".into(),
        message_identifier: "VERSEMENT-1".into(),
        agreement_id: Uuid::from_u128(4),
        agreement: "ACTES".into(),
        transferring_agency: "SERVICE-1".into(),
        originating_agency: None,
        received_sha512: Algorithm::Sha512.of(b"package"),
        received_size_bytes: 1_000,
        unit_count: 2,
        manifest: stored("manifest.xml", "manifest.xml", "manifest.xml"),
        format_signatures: Some("109".into()),
        formats: vec![StoredFormat {
            puid: "fmt/18".into(),
            name: "Acrobat PDF 1.4".into(),
            version: "1.4".into(),
            mime: "application/pdf".into(),
        }],
        objects: (0..objects).map(object).collect(),
    }
}

fn entry() -> Entry {
    let event = |number, event_type: &str, note: Option<&str>| EntryEvent {
        identifier: Uuid::from_u128(number),
        event_type: event_type.into(),
        date_time: "2026-01-01T09:59:00.000000Z".into(),
        detail: "détail".into(),
        outcome: "success".into(),
        note: note.map(str::to_owned),
    };
    Entry {
        form: Entry::FORM,
        software_version: "0.1.0".into(),
        events: vec![event(10, "ingestion", None), event(11, "validation", Some("a note"))],
    }
}

fn ours() -> Vec<OwnFile> {
    let file = |logical_path, media_type| OwnFile {
        logical_path,
        media_type,
        size_bytes: 2,
        sha512: Algorithm::Sha512.of(b"{}"),
    };
    vec![file("metadata/accession.json", "application/json"), file("metadata/reply.xml", "application/xml")]
}

fn document(objects: usize) -> Vec<u8> {
    premis::write(Vec::new(), &accession(objects), &entry(), &ours()).unwrap()
}

/// What the grammar says against a document.
fn told(document: &[u8]) -> String {
    let profile = Profile::compile(GRAMMAR.as_bytes()).expect("a grammar");
    let found = profile::check(&profile, document, &Limits::default()).unwrap();
    found.iter().fold(String::new(), |mut all, finding| {
        writeln!(all, "{:?}", finding.message).unwrap();
        all
    })
}

/// The document is one of the standard's, for our engine and for libxml2.
pub fn is_valid(document: &[u8]) {
    assert_eq!(told(document), "");
    by_xmllint(document);
}

#[test]
fn the_document_has_the_content_models_of_the_standard() {
    let right = document(3);
    assert_eq!(told(&right), "");
    // The grammar does see what is out of place.
    let text = String::from_utf8(right).unwrap();
    for (was, is) in [
        ("<size>3</size>", ""),
        ("<eventType>validation</eventType>", ""),
        ("<messageDigestAlgorithm>SHA-512</messageDigestAlgorithm>", "<size>3</size>"),
        ("version=\"3.0\"", "version=\"2.0\""),
        ("<agentType>software</agentType>", "<agentKind>software</agentKind>"),
    ] {
        let wrong = text.replacen(was, is, 1);
        assert_ne!(wrong, text, "{was}");
        // A size may be left out: everything else may not.
        assert_eq!(told(wrong.as_bytes()).is_empty(), is.is_empty() && was.starts_with("<size>"), "{was}");
    }
    by_xmllint(text.as_bytes());
}

/// The same grammar applied by libxml2, where it is installed.
fn by_xmllint(document: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("premis.xml"), document).unwrap();
    std::fs::write(folder.path().join("premis3.rng"), GRAMMAR).unwrap();
    let run = Command::new("xmllint")
        .current_dir(folder.path())
        .args(["--nonet", "--noout", "--relaxng", "premis3.rng", "premis.xml"])
        .output();
    match run {
        Err(_) => println!("ignoré : xmllint n'est pas installé"),
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
    }
}

#[test]
fn every_stored_file_is_read_back_with_its_digest() {
    let accession = accession(5);
    let mut stated = Vec::new();
    let events = premis::read(document(5).as_slice(), &mut |one| stated.push(one)).unwrap();
    assert_eq!(events, 2);
    let received =
        std::iter::once(&accession.manifest).chain(accession.objects.iter().map(|object| &object.file));
    let mut expected: Vec<Stated> = received
        .map(|file| Stated {
            logical_path: file.logical_path.clone(),
            sha512: file.sha512.clone(),
            size_bytes: file.size_bytes,
        })
        .collect();
    expected.extend(ours().into_iter().map(|file| Stated {
        logical_path: file.logical_path.to_string(),
        sha512: file.sha512,
        size_bytes: file.size_bytes,
    }));
    assert_eq!(stated, expected);
}

#[test]
fn what_is_no_premis_document_is_told() {
    let cut = document(1);
    for (document, what) in [
        (&b""[..], "nothing"),
        (b"<premis version=\"3.0\"/>", "no namespace"),
        (b"<x xmlns=\"http://www.loc.gov/premis/v3\"/>", "another root"),
        (&cut[..cut.len() / 2], "cut short"),
        (b"{}", "no XML"),
    ] {
        let error = premis::read(document, &mut |_| {}).expect_err(what);
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{what}");
    }
}

/// What a form writes never changes: a sealed archive is stored with the same bytes by a later version.
#[test]
fn the_second_form_gives_these_bytes() {
    assert_eq!(Entry::FORM, 2);
    let digest = Algorithm::Sha512.of(&document(3));
    assert_eq!(
        &digest[..32],
        "db660f2de229c92562d54e49908ee518",
        "change the form's number, and keep the former"
    );
    // Of a record sealed before formats had names.
    let mut former = Accession { form: 2, format_signatures: None, formats: vec![], ..accession(3) };
    former.objects.iter_mut().for_each(|object| (object.format, object.format_basis) = (None, None));
    let digest = Algorithm::Sha512.of(&premis::write(Vec::new(), &former, &entry(), &ours()).unwrap());
    assert_eq!(&digest[..32], "dd4479636c7352b2bd1d900dfb4124c4", "what was sealed is stored as it was");
}

#[test]
fn a_format_is_said_by_its_name_its_version_and_its_key() {
    let text = String::from_utf8(document(2)).unwrap();
    for said in [
        "<formatName>Acrobat PDF 1.4</formatName>",
        "<formatVersion>1.4</formatVersion>",
        "<formatRegistryKey>fmt/18</formatRegistryKey>",
        "<formatNote>identified by signature</formatNote>",
    ] {
        assert_eq!(text.matches(said).count(), 1, "{said}");
    }
    // The second object is not known: its media type stands for a name.
    assert_eq!(text.matches("<formatName>application/pdf</formatName>").count(), 1);
}

#[test]
fn the_document_grows_by_about_a_kilobyte_an_object() {
    struct Counting(u64);
    impl std::io::Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let one = premis::write(Counting(0), &accession(1), &entry(), &ours()).unwrap().0;
    let many = premis::write(Counting(0), &accession(1_001), &entry(), &ours()).unwrap().0;
    let each = (many - one) / 1_000;
    assert!((900..1_800).contains(&each), "{each} bytes an object");
}
