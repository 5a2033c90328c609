//! Names inside the archive of attachments: exact path, else common root stripped, else unique basename; odd names.

use chartrier::model::TransferState;

use super::{DEPOSIT, Door, Sip, attachments_zip, file};

async fn sent(door: &Door, declared: &Sip, packed: &Sip) -> (TransferState, Vec<&'static str>) {
    let manifest = declared.manifest();
    let parts = [
        file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes()),
        file("attachments", "pieces.zip", "application/zip", &attachments_zip(packed)),
    ];
    assert_eq!(door.send_form(DEPOSIT, &parts).await.status, 200);
    door.work().await;
    let transfer = door.transfers().await.pop().unwrap();
    (transfer.state, transfer.findings.iter().map(|finding| finding.kind.code).collect())
}

fn renamed(sip: &Sip, name: impl Fn(&str) -> String) -> Sip {
    let mut sip = sip.clone();
    sip.files.iter_mut().for_each(|(known, _)| *known = name(known));
    sip
}

#[tokio::test]
async fn files_are_found_by_their_path_then_below_a_common_root_then_by_their_last_part() {
    let door = Door::open().await;
    let exact = door.sip("NOMS-1");
    let root = door.sip("NOMS-2");
    let base = door.sip("NOMS-3");
    let last = |name: &str| name.rsplit('/').next().unwrap().to_owned();
    let cases = [
        (exact.clone(), exact),
        (root.clone(), renamed(&root, |name| format!("mandat-et-ar-1/{name}"))),
        (renamed(&base, |name| format!("a/b/{}", last(name))), renamed(&base, last)),
    ];
    for (n, (declared, packed)) in cases.iter().enumerate() {
        door.tenant.clock.advance(chrono::TimeDelta::seconds(1));
        let (state, codes) = sent(&door, declared, packed).await;
        assert_eq!(state, TransferState::TakenInCharge, "{n}: {codes:?}");
    }
    door.end().await;
}

#[tokio::test]
async fn odd_names_of_real_archives_are_taken_and_a_manifest_inside_is_a_file_like_another() {
    let door = Door::open().await;
    let names = [
        "1. Pr--paration/Document1 & annexe_MP_001.pdf",
        "-piece.pdf",
        ".cachee.pdf",
        "bordereau.xml",
        "été/nov\u{301}.pdf",
        &format!(
            "{}/profond.pdf",
            ["dossier assez long pour que le chemin depasse 255 caracteres"; 12].join("/")
        ),
    ];
    let mut sip = door.sip("BIZARRES");
    sip.files =
        names.iter().map(|name| ((*name).to_owned(), format!("%PDF-1.4\n{name}").into_bytes())).collect();
    let mut declared = sip.clone();
    declared.files[0].0 = sip.files[0].0.replace('&', "&amp;");
    let (state, codes) = sent(&door, &declared, &sip).await;
    assert_eq!(state, TransferState::TakenInCharge, "{codes:?}");
    door.end().await;
}

#[tokio::test]
async fn a_transfer_whose_files_are_in_its_message_needs_no_archive() {
    let door = Door::open().await;
    let mut sip = door.sip("SANS-ARCHIVE");
    sip.inline = true;
    let manifest = sip.manifest();
    let parts = [file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes())];
    assert_eq!(door.send_form(DEPOSIT, &parts).await.status, 200);
    door.work().await;
    let transfer = door.transfers().await.pop().unwrap();
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let missing = door.sip("SANS-RIEN");
    let manifest = missing.manifest();
    let parts = [file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes())];
    assert_eq!(door.send_form(DEPOSIT, &parts).await.status, 200);
    door.work().await;
    let reply = door.reply(&missing).await.text();
    assert_eq!(super::texts(&reply, &["ReplyCode"]), ["211"], "{reply}");
    door.end().await;
}
