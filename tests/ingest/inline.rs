//! Contents written in the message itself, kept and opened as joined files are.

use std::io::Read;

use chartrier::cli::check;
use chartrier::model::{Limits, TransferState};
use chartrier::package::ocfl;
use chartrier::seda::profile::{self, Profile};

use super::{Desk, codes, older};
use crate::support::sip::{Sip, attachment};
use crate::support::vault;

fn inline(desk: &Desk, identifier: &str) -> Sip {
    Sip { inline: true, ..desk.sip(identifier) }
}

/// Bytes of each object of the archive on each site, in the order of the manifest.
fn stored(desk: &Desk, transfer: &chartrier::model::Transfer, paths: &[&str]) -> Vec<Vec<u8>> {
    let store = vault::storage().tenant(desk.tenant.tenant);
    let archive = transfer.archive_id.unwrap();
    let mut bytes: Vec<Vec<u8>> = Vec::new();
    for copy in store.check(archive).unwrap() {
        assert!(copy.faults.is_empty(), "{:?}", copy.faults);
        let object = vault::site(&copy.site).join(&copy.path);
        bytes.extend(paths.iter().map(|path| std::fs::read(object.join("v1/content").join(path)).unwrap()));
    }
    bytes
}

#[tokio::test]
async fn contents_written_in_the_message_are_stored_on_every_site_as_files_are() {
    let desk = Desk::open().await;
    let mut sip = inline(&desk, "DANS-LE-BORDEREAU");
    // Longer than what is held of a text, and cut by many pieces.
    sip.files[1].1 = (0..5_u32 << 20).map(|n| (n % 251) as u8).collect();
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(codes(&transfer), ["format.unidentified", "object.inline"]);
    let expected: Vec<Vec<u8>> = sip.files.iter().chain(&sip.files).map(|(_, bytes)| bytes.clone()).collect();
    let paths = ["objects/000001.pdf", "objects/000002.pdf", "objects/000003.pdf"];
    assert!(stored(&desk, &transfer, &paths) == expected, "the bytes differ");
    assert_eq!(
        desk.count("select count(*) from binary_object where file_name like 'piece-%.pdf'").await,
        3,
        "under their names"
    );
    assert_eq!(desk.count("select count(*) from unit_object").await, 3);

    let store = vault::storage().tenant(desk.tenant.tenant);
    let copy = &store.check(transfer.archive_id.unwrap()).unwrap()[0];
    let object = vault::site(&copy.site).join(&copy.path);
    let inventory = std::fs::read(object.join("inventory.json")).unwrap();
    let inventory = ocfl::Inventory::from_json(&inventory).unwrap();
    assert!(format!("{inventory:?}").contains("attachments/000001.pdf"), "{inventory:?}");
    desk.end().await;
}

#[tokio::test]
async fn beside_joined_files_and_under_the_name_of_one_each_keeps_its_bytes() {
    let desk = Desk::open().await;
    let sip = desk.sip("MELANGE");
    let (name, bytes) = &sip.files[0];
    let manifest = sip.manifest().replace(
        &format!("<Uri>{name}</Uri>"),
        // Named as the manifest is: each is told by where it is, not by its name.
        &attachment("manifest.xml", bytes),
    );
    let files: Vec<(&str, &[u8])> =
        sip.files[1..].iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let transfer = desk.deposit(older::zipped_with(&desk, &manifest, &files)).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let paths = ["objects/000001.pdf", "objects/000002.pdf", "objects/000003.pdf", "manifest.xml"];
    let mut expected: Vec<Vec<u8>> = sip.files.iter().map(|(_, bytes)| bytes.clone()).collect();
    expected.push(manifest.into_bytes());
    assert_eq!(stored(&desk, &transfer, &paths)[..4], expected);
    desk.end().await;
}

#[tokio::test]
async fn a_content_of_an_older_message_is_stored_as_a_file_is() {
    let desk = Desk::open().await;
    for (identifier, manifest) in
        [("1.0", older::v1_0("ANCIEN-1", older::PDF)), ("0.2", older::v0_2("ANCIEN-2", older::PDF))]
    {
        let content = attachment("acte.pdf", older::PDF);
        let manifest = manifest.replace("<Attachment filename=\"acte.pdf\"/>", &content);
        let transfer = desk.deposit(older::zipped_with(&desk, &manifest, &[])).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{identifier}: {:?}", transfer.findings);
        assert_eq!(
            codes(&transfer),
            ["object.inline", "rule.no_appraisal"],
            "{identifier}: its digest is known and right"
        );
        assert_eq!(stored(&desk, &transfer, &["objects/000001.pdf"]), [older::PDF, older::PDF]);
    }
    for manifest in [older::v1_0("ANCIEN-3", b"autre"), older::v0_2("ANCIEN-4", b"autre")] {
        let content = attachment("acte.pdf", older::PDF);
        let manifest = manifest.replace("<Attachment filename=\"acte.pdf\"/>", &content);
        let transfer = desk.deposit(older::zipped_with(&desk, &manifest, &[])).await;
        assert_eq!(codes(&transfer), ["object.digest", "object.inline", "rule.no_appraisal"]);
    }
    desk.end().await;
}

#[tokio::test]
async fn a_wrong_digest_and_what_is_no_base64_are_refused() {
    let desk = Desk::open().await;
    let wrong = Sip { first_digest: Some("0".repeat(128)), ..inline(&desk, "FAUX") };
    let transfer = desk.deposit(wrong.zip()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["object.digest", "object.inline"]);
    let message = &transfer.findings.iter().find(|finding| finding.is_error()).unwrap().message;
    assert!(message.starts_with("le contenu de l'objet BDO0 a pour SHA-512"), "{message}");

    let garbled = inline(&desk, "ILLISIBLE").manifest().replacen("piece-1.pdf\">\n", "piece-1.pdf\">\n*", 1);
    let transfer = desk.deposit(older::zipped_with(&desk, &garbled, &[])).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert!(codes(&transfer).contains(&"schema.invalid_value"), "{:?}", transfer.findings);
    desk.end().await;
}

#[test]
fn a_message_checked_alone_has_its_contents_checked() {
    let scratch = tempfile::tempdir().unwrap();
    let check = |sip: &Sip| {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, sip.manifest().as_bytes()).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let verdict = check::check(file, scratch.path(), &Limits::default()).unwrap();
        let mut codes: Vec<&str> = verdict.findings.iter().map(|finding| finding.kind.code).collect();
        codes.dedup();
        codes.join(" ")
    };
    let mut sip = Sip { inline: true, ..Sip::with_files("SEUL", 2) };
    assert_eq!(check(&sip), "object.inline");
    sip.first_digest = Some("0".repeat(128));
    assert_eq!(check(&sip), "object.inline object.digest");
}

#[tokio::test]
async fn a_stored_content_reads_back() {
    let desk = Desk::open().await;
    let sip = inline(&desk, "RELU");
    let transfer = desk.deposit(sip.tar_gz()).await;
    let store = vault::storage().tenant(desk.tenant.tenant);
    let mut bytes = Vec::new();
    let path = "v1/content/objects/000002.pdf";
    store.read(transfer.archive_id.unwrap(), path).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, sip.files[1].1);
    desk.end().await;
}

#[test]
fn a_profile_that_says_nothing_of_contents_takes_one_of_any_length() {
    let mut sip = Sip { inline: true, ..Sip::with_files("PROFIL", 1) };
    sip.files[0].1 = vec![7; 2 << 20];
    let grammar = crate::support::profile::grammar("2.1", &sip.title);
    let profile = Profile::compile(&grammar).unwrap();
    let found = profile::check(&profile, sip.manifest().as_bytes(), &Limits::default()).unwrap();
    assert!(found.is_empty(), "{found:?}");
}
