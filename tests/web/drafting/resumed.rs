//! A refused deposit taken up again; a sending that was cut.

use chartrier::drafting::Sending;
use chartrier::ingest::Depositor;
use chartrier::model::{Agent, Channel, Role, TransferState};

use super::{ANSWERS, Session, by, deposited, draft_of, drafting, pdf, transfer_at};
use crate::web::Door;

#[tokio::test]
async fn a_refused_deposit_is_taken_up_again_with_its_answers_and_its_files() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("Séance/a.pdf", &pdf("a")), ("b.pdf", &pdf("b"))]).await;
    door.tenant.promise("bytes_max = 10").await;
    let page = session.files(&format!("{draft}/fichiers"), &[("c.pdf", &pdf("c"))]).await;
    assert!(page.status == 422 && page.text().contains("prise par les versements commencés"), "{page:?}");
    session.form(&format!("{draft}/questions"), &ANSWERS).await;
    // The trial says so before anything is sent; sent all the same, it is refused.
    let page = session.get(&format!("{draft}/relire")).await.text();
    assert!(
        page.contains("Ce qui empêcherait la prise en charge") && !page.contains("id=\"envoi\""),
        "{page}"
    );
    let first = session.form(&format!("{draft}/envoi"), &[]).await.header("location").to_owned();
    assert_eq!(transfer_at(&door, &first).await.state, TransferState::Refused);
    let page = session.get(&first).await.text();
    assert!(page.contains("Reprendre ce versement"), "{page}");

    door.tenant.promise("bytes_max = 1000000").await;
    let resumed = session.form(&format!("{first}/reprise"), &[]).await;
    let again = resumed.header("location").to_owned();
    assert_eq!(resumed.status, 303, "{resumed:?}");
    // Asked twice, it is one draft.
    assert_eq!(session.form(&format!("{first}/reprise"), &[]).await.header("location"), again);
    let page = session.get(&again).await.text();
    assert!(page.contains("a.pdf") && page.contains("b.pdf") && page.contains("Séance"), "{page}");
    let page = session.get(&format!("{again}/relire")).await.text();
    assert!(page.contains("Délibérations de septembre") && page.contains("Tout est en règle"), "{page}");
    let second = session.form(&format!("{again}/envoi"), &[]).await.header("location").to_owned();
    let taken = transfer_at(&door, &second).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    let refused = transfer_at(&door, &first).await;
    assert_ne!(refused.message_identifier, taken.message_identifier, "a new identifier");
    assert!(session.get(&first).await.text().contains(&second), "the link is recorded");
    // Whoever decides, or reads it later, sees what it takes up.
    let archivist = Session::of(&door, Role::Archivist).await;
    let page = archivist.get(&second).await.text();
    assert!(page.contains("Ce versement en reprend un autre") && page.contains(&first), "{page}");
    assert!(!archivist.get(&first).await.text().contains("en reprend un autre"), "it took up nothing");
    // Nobody takes up what was taken in charge.
    assert_eq!(session.form(&format!("{second}/reprise"), &[]).await.status, 404);
    door.end().await;
}

#[tokio::test]
async fn files_that_are_kept_no_more_are_asked_again() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    door.tenant.promise("bytes_max = 10").await;
    let first = deposited(&session, &[("a.pdf", &pdf("a"))]).await;
    let refused = transfer_at(&door, &first).await;
    crate::support::vault::storage().quarantine().remove(door.tenant.tenant, refused.transfer_id).unwrap();
    let resumed = session.form(&format!("{first}/reprise"), &[]).await;
    let again = resumed.header("location").to_owned();
    assert!(again.ends_with("?sans=true"), "{again}");
    let page = session.get(&again).await.text();
    assert!(page.contains("ajoutez-les de nouveau") && !page.contains("a.pdf"), "{page}");
    // A colleague's refused deposit is not theirs to take up.
    let archivist = Session::of(&door, Role::Archivist).await;
    assert_eq!(archivist.form(&format!("{first}/reprise"), &[]).await.status, 403);
    door.end().await;
}

#[tokio::test]
async fn a_sending_that_was_cut_ends_in_one_transfer_wherever_it_was_cut() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let (drafting, by) = (drafting(&door), by(&door, door.tenant.person(Role::Depositor)));
    for (name, received) in [("avant", false), ("après", true)] {
        let draft = session.begin(&[]).await;
        session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf(name))]).await;
        session.form(&format!("{draft}/questions"), &ANSWERS).await;
        let Sending::Ready(ready) = drafting.send(&by, draft_of(&draft)).await.unwrap() else {
            panic!("{name}")
        };
        let mut before = None;
        if received {
            let from = Depositor {
                tenant: by.tenant,
                agent: Agent::Person(by.person, Role::Depositor),
                channel: Channel::Portal,
                copy: ready.copy,
                announced_bytes: None,
            };
            let reception =
                door.ingest.receive(&from, &ready.file_name, ready.package.stream()).await.unwrap();
            before = Some(reception.transfer.transfer_id);
        }
        // The service stopped here. Nothing changes any more; the clock has gone on.
        door.tenant.clock.advance(chrono::TimeDelta::hours(3));
        assert!(session.get(&draft).await.text().contains("L’envoi s’est interrompu"));
        assert_eq!(session.form(&format!("{draft}/questions"), &ANSWERS).await.status, 404);
        assert_eq!(session.form(&format!("{draft}/abandon"), &[]).await.status, 404);
        let page = session.files(&format!("{draft}/fichiers"), &[("b.pdf", &pdf("b"))]).await;
        assert!(page.status == 422, "{page:?}");
        assert!(session.get(&format!("{draft}/relire")).await.text().contains("envoyez de nouveau"));
        let sent = session.form(&format!("{draft}/envoi"), &[]).await;
        let transfer = transfer_at(&door, sent.header("location")).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
        assert!(
            before.is_none_or(|before| before == transfer.transfer_id),
            "the same bytes, the same transfer"
        );
    }
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from transfer").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(count, 2);
    drop(tx);
    door.end().await;
}
