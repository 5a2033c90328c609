//! Files that come in pieces: gone on with after a cut, counted as they are on the disk, told with their format.

use std::time::Duration;

use chartrier::model::Role;
use ureq::http::Method;

use super::{ANSWERS, Session, drafting, pdf, transfer_at};
use crate::web::{Answer, Ask, Door, ask, form};

pub(super) fn piece(address: &str, at: u64, bytes: &[u8]) -> Ask {
    let mut piece = ask(Method::PATCH, address).header("upload-offset", at.to_string());
    piece.body = bytes.to_vec();
    piece.header("content-type", "application/offset+octet-stream")
}

async fn open(session: &Session<'_>, draft: &str, path: &str, size: usize) -> Answer {
    let path: String = path.bytes().map(|byte| format!("%{byte:02X}")).collect();
    session.send(form(&format!("{draft}/envois"), &format!("chemin={path}&taille={size}"))).await
}

#[tokio::test]
async fn a_file_that_was_cut_goes_on_from_where_it_stands() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    let bytes = pdf(&"x".repeat(5_000));
    let opened = open(&session, &draft, "Séance/plan.pdf", bytes.len()).await;
    assert_eq!((opened.status, &opened.json()["recu"]), (200, &0.into()), "{opened:?}");
    let address = opened.json()["adresse"].as_str().unwrap().to_owned();
    let first = session.send(piece(&address, 0, &bytes[..2_000])).await;
    assert_eq!((&first.json()["recu"], &first.json()["entier"]), (&2_000.into(), &false.into()));

    // Opened again, it says where it stands; a piece elsewhere is refused, and says so too.
    let again = open(&session, &draft, "Séance/plan.pdf", bytes.len()).await;
    assert_eq!((&again.json()["adresse"], &again.json()["recu"]), (&address.as_str().into(), &2_000.into()));
    let misplaced = session.send(piece(&address, 0, &bytes)).await;
    assert_eq!((misplaced.status, misplaced.header("upload-offset")), (409, "2000"));
    assert!(session.get(&draft).await.text().contains("n’est pas arrivé en entier"));
    let reading = session.form(&format!("{draft}/questions"), &ANSWERS).await;
    assert_eq!(reading.header("location"), format!("{draft}/relire"));
    assert_eq!(session.form(&format!("{draft}/envoi"), &[]).await.status, 422, "it is not whole");

    // Another version of a file begun is another file: nothing of the former is kept.
    let form_of = |version: &str| format!("chemin=note.txt&taille=10&modifie={version}");
    let path = format!("{draft}/envois");
    let old = session.send(form(&path, &form_of("1"))).await.json();
    let old = old["adresse"].as_str().unwrap().to_owned();
    assert_eq!(session.send(piece(&old, 0, b"12345")).await.json()["recu"], 5);
    assert_eq!(session.send(form(&path, &form_of("1"))).await.json()["recu"], 5);
    let new = session.send(form(&path, &form_of("2"))).await.json();
    assert_eq!((&new["recu"], &new["nom"]), (&0.into(), &"note.txt".into()));
    assert_eq!(session.send(piece(&old, 5, b"67890")).await.status, 404);
    let retired = new["adresse"].as_str().unwrap().replace("/envois/", "/fichiers/");
    assert_eq!(session.form(&format!("{retired}/retrait"), &[]).await.status, 303);

    // More than was announced is not taken, and nothing of it counts.
    let longer = [&bytes[2_000..], b"trop"].concat();
    let refused = session.send(piece(&address, 2_000, &longer)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (413, "too-large"));
    let last = session.send(piece(&address, 2_000, &bytes[2_000..])).await.json();
    assert_eq!((&last["entier"], &last["format"]), (&true.into(), &"Document PDF".into()), "{last:#}");
    // The same bytes elsewhere are told as they come.
    let copy = open(&session, &draft, "copie.pdf", bytes.len()).await.json();
    let copied = session.send(piece(copy["adresse"].as_str().unwrap(), 0, &bytes)).await.json();
    assert_eq!(copied["deja"], "Le même fichier que « Séance/plan.pdf »");
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    let transfer = transfer_at(&door, sent.header("location")).await;
    assert_eq!((transfer.state.word(), transfer.object_count), ("taken_in_charge", Some(2)));
    door.end().await;
}

#[tokio::test]
async fn what_is_empty_or_too_much_is_refused_before_it_comes() {
    let door = Door::with(|settings| settings.received_bytes_max = 10_000).await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    let empty = open(&session, &draft, "vide.pdf", 0).await;
    assert_eq!(
        (empty.status, empty.json()["detail"].as_str()),
        (400, Some("« vide.pdf » est vide : remplacez-le."))
    );
    assert_eq!(open(&session, &draft, "a.pdf", 10_001).await.status, 413);
    assert_eq!(open(&session, &draft, "a.pdf", 9_000).await.status, 200);
    assert_eq!(open(&session, &draft, "b.pdf", 2_000).await.status, 413, "what is to come counts");
    let answer =
        session.files(&format!("{draft}/fichiers"), &[("c.pdf", &[b'x'; 2_000]), ("vide.txt", b"")]).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("« c.pdf » ne tient pas") && page.contains("« vide.txt » est vide"), "{page}");
    door.end().await;
}

#[tokio::test]
async fn what_no_draft_names_is_swept_and_what_one_names_stays() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf("a")), ("b.pdf", &pdf("b"))]).await;
    let drafting = drafting(&door);
    let tenant = door.tenant.tenant;
    assert_eq!(drafting.sweep_older_than(tenant, Duration::ZERO).await.unwrap(), (0, 0));
    let mut tx = door.tenant.db.technical().await.unwrap();
    sqlx::query("delete from technical.deposit_draft_file where tenant_id = $1 and name = 'b.pdf'")
        .bind(tenant.to_string().parse::<uuid::Uuid>().unwrap())
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(drafting.sweep_older_than(tenant, Duration::ZERO).await.unwrap(), (0, 1));
    assert!(session.get(&draft).await.text().contains("a.pdf"));
    // Nobody used it for a month: it goes, and its files with it.
    door.tenant.clock.advance(chrono::TimeDelta::days(31));
    assert_eq!(drafting.sweep_older_than(tenant, Duration::ZERO).await.unwrap(), (1, 1));
    door.end().await;
}

#[tokio::test]
async fn whoever_gives_the_same_folder_again_sends_only_what_is_lacking() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    let bytes = pdf("a");
    let given = async |version: &str| {
        let body = format!("chemin=Dossier/a.pdf&taille={}{version}", bytes.len());
        session.send(form(&format!("{draft}/envois"), &body)).await.json()
    };
    let first = given("&modifie=7").await;
    session.send(piece(first["adresse"].as_str().unwrap(), 0, &bytes)).await;
    let again = given("&modifie=7").await;
    assert_eq!((&again["adresse"], &again["entier"]), (&first["adresse"], &true.into()), "it is there");
    // What may be another file is one.
    for version in ["&modifie=8", ""] {
        let other = given(version).await;
        assert_eq!((&other["recu"], &other["entier"]), (&0.into(), &false.into()), "{version}");
        assert_ne!(other["adresse"], first["adresse"]);
    }
    door.end().await;
}
