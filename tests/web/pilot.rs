//! The pilot: every member seen, no title; deposits suspended and resumed, reading never.

use chartrier::model::{Role, TransferState};

use super::{Door, form, get};

#[tokio::test]
async fn the_pilot_suspends_deposits_with_a_reason_and_reading_goes_on() {
    let door = Door::open().await;
    let taken = door.deposit(door.sip("AVANT").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    let page = door.send(get("/pilotage").cookie(&pilot)).await.text();
    let address = format!("/pilotage/{}", door.tenant.code);
    assert!(page.contains(&address) && page.contains("CONVENTION-TEST"), "{page}");
    assert!(!page.contains("Délibérations du versement"), "no title");
    let send = async |body: &str| {
        door.send(form(&format!("{address}/suspension"), &format!("csrf={csrf}&{body}")).cookie(&pilot)).await
    };
    let wrong = send("depuis=2027-03-01&motif=").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Dites pourquoi"), "{}", wrong.text());
    let past = send("depuis=2027-02-28&motif=Impay%C3%A9").await;
    assert!(past.status == 422 && past.text().contains("Ce jour est passé"), "{}", past.text());
    let done = send("depuis=2027-03-01&motif=Convention+%C3%A0+renouveler.").await;
    assert_eq!((done.status, done.header("location")), (303, format!("{address}?fait=suspendu").as_str()));

    let refused = door.deposit(door.sip("PENDANT").zip()).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(refused.findings[0].kind.code, "header.member_suspended");
    assert_eq!(refused.findings[0].kind.reply_code, "312");
    assert!(refused.findings[0].message.ends_with("Convention à renouveler."), "{:?}", refused.findings);
    let (depositor, _) = door.log_in(Role::Depositor).await;
    let page = door.send(get("/versements/nouveau").cookie(&depositor)).await.text();
    assert!(page.contains("suspendus depuis le 1") && page.contains("(Convention à renouveler)"), "{page}");
    let (archivist, _) = door.log_in(Role::Archivist).await;
    assert!(door.send(get("/archives").cookie(&archivist)).await.text().contains("AVANT"), "reading goes on");
    let count = "select count(*) from technical.letter where topic like 'suspended:%'";
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let letters: i64 = sqlx::query_scalar(count).fetch_one(tx.conn()).await.unwrap();
    drop(tx);
    assert_eq!(letters, 0, "nobody of this tenant has an address");

    let done = door.send(form(&format!("{address}/reprise"), &format!("csrf={csrf}")).cookie(&pilot)).await;
    assert_eq!(done.status, 303);
    let again = door.deposit(door.sip("PENDANT").zip()).await;
    assert_eq!(again.state, TransferState::TakenInCharge, "the same bytes: {:?}", again.findings);
    assert_eq!(door.send(get("/pilotage/inconnue").cookie(&pilot)).await.status, 404);
    let nobody = format!("csrf={csrf}&depuis=2027-03-01&motif=x");
    let unknown = door.send(form("/pilotage/inconnue/suspension", &nobody).cookie(&pilot)).await;
    assert_eq!(unknown.status, 404);
    door.end().await;
}
