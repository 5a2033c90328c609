//! Files put into folders without script: ticked, and a folder named.

use chartrier::model::Role;

use super::{ANSWERS, Session, by, draft_of, drafting, fill, pdf, transfer_at};
use crate::web::{Door, form};

async fn paths(door: &Door, draft: &str) -> Vec<String> {
    let by = by(door, door.tenant.person(Role::Depositor));
    let draft = drafting(door).draft(&by, draft_of(draft)).await.unwrap().unwrap();
    draft.files.iter().map(|file| file.path()).collect()
}

#[tokio::test]
async fn files_that_are_ticked_go_into_the_folder_that_is_named() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    let files = ["plan.pdf", "Annexes/plan.pdf", "pv.pdf"].map(|name| (name, pdf(name)));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    session.files(&format!("{draft}/fichiers"), &files).await;
    let page = session.get(&draft).await.text();
    assert!(
        page.contains("Ranger dans des dossiers") && page.contains("<option value=\"Annexes\">"),
        "{page}"
    );

    let path = format!("{draft}/rangement");
    let refused = session.form(&path, &[("dossier", "Annexes")]).await;
    assert!(refused.status == 422 && refused.text().contains("Cochez d’abord"), "{refused:?}");
    let answer = session.form(&path, &[("fichier", "1"), ("fichier", "3"), ("dossier", "Annexes")]).await;
    assert_eq!(answer.header("location"), format!("{draft}?ranger=true#liste"), "{answer:?}");
    assert_eq!(paths(&door, &draft).await, ["Annexes/plan (2).pdf", "Annexes/plan.pdf", "Annexes/pv.pdf"]);
    // As hostile as a machine's: what would escape is a folder like another, too deep is cut, and what is no file's is nothing.
    let deep = format!("../..//Séance\\{}", "é/".repeat(40));
    session.form(&path, &[("fichier", "3"), ("fichier", "99"), ("fichier", "x"), ("dossier", &deep)]).await;
    let placed = paths(&door, &draft).await.remove(2);
    assert!(placed.starts_with("Séance/é/") && placed.split('/').count() == 21, "{placed}");
    session.form(&path, &[("fichier", "3"), ("dossier", " ")]).await;
    assert_eq!(paths(&door, &draft).await[2], "pv.pdf", "without a name, out of its folder");

    session.form(&format!("{draft}/questions"), &ANSWERS).await;
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    assert_eq!(session.form(&path, &[("fichier", "1"), ("dossier", "x")]).await.status, 404, "it is sent");
    let transfer = transfer_at(&door, sent.header("location")).await;
    assert_eq!((transfer.state.word(), transfer.unit_count), ("taken_in_charge", Some(5)));
    door.end().await;
}

#[tokio::test]
async fn every_file_of_a_draft_is_arranged_at_once_and_a_path_too_long_to_be_found_is_none() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    fill(&door, &draft, 2_000).await;
    let ticked: String = (1..=2_000).map(|rank: u32| format!("fichier={rank}&")).collect();
    // Letters that no system makes shorter.
    let long: String = (0..4_000u32).map(|n| char::from(b'a' + (n * n % 23 % 26) as u8)).collect();
    let folders: Vec<&str> = (0..20).map(|at| &long[at * 190..(at + 1) * 190]).collect();
    let folder = folders.join("/");
    let path = format!("{draft}/rangement");
    let answer = session.send(form(&path, &format!("{ticked}dossier={folder}"))).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let placed = paths(&door, &draft).await;
    assert!(placed.iter().all(|path| path.starts_with(folders[0]) && path.len() < 1_300), "{}", placed[0]);
    assert_eq!(placed.iter().collect::<std::collections::HashSet<_>>().len(), 2_000);
    door.end().await;
}
