//! The register of entries: on a page, as a table, for whoever may, of the member alone.

use chartrier::model::Role;

use super::{Door, get};
use crate::support::sip::Sip;

#[tokio::test]
async fn what_was_taken_in_charge_is_in_the_register_in_its_order() {
    let door = Door::open().await;
    let (archivist, _) = door.log_in(Role::Archivist).await;
    let empty = door.send(get("/registre").cookie(&archivist)).await.text();
    assert!(empty.contains("Aucune archive n’a été prise en charge"), "{empty}");
    let mut cotes = Vec::new();
    for (name, title) in [("UN", "Budget ; primitif"), ("DEUX", "=SOMME(A1)")] {
        let transfer = door.deposit(Sip { title: title.into(), ..door.sip(name) }.zip()).await;
        let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
        let cote: String = sqlx::query_scalar("select cote from archive where transfer_id = $1")
            .bind(transfer.transfer_id.0)
            .fetch_one(tx.conn())
            .await
            .unwrap();
        cotes.push(cote);
    }
    // A refused one enters no register.
    let refused = Sip { first_digest: Some("0".repeat(128)), title: "Refusé".into(), ..door.sip("TROIS") };
    door.deposit(refused.zip()).await;

    let page = door.send(get("/registre").cookie(&archivist)).await.text();
    let places: Vec<_> =
        cotes.iter().map(|cote| page.find(cote.as_str()).expect("in the register")).collect();
    assert!(places[0] < places[1] && !page.contains("Refusé"), "{page}");
    assert!(page.replace('\u{a0}', " ").contains("2 entrées, 6 fichiers"), "{page}");
    assert!(door.send(get("/archives").cookie(&archivist)).await.text().contains("href=\"/registre\""));

    let year = cotes[0].split('-').rev().nth(1).unwrap().to_owned();
    let table = door.send(get(&format!("/registre.csv?annee={year}")).cookie(&archivist)).await;
    assert!(table.header("content-type").starts_with("text/csv"));
    assert!(table.header("content-disposition").contains(&format!("registre-des-entrees-{year}.csv")));
    let text = table.text();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "headings, two entries, an end: {text}");
    assert!(lines[0].starts_with("\u{feff}Cote;Prise en charge;Intitulé;"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{};", cotes[0])) && lines[1].contains(";\"Budget ; primitif\";"));
    assert!(lines[2].contains(";\"'=SOMME(A1)\";") && lines[2].ends_with("DEUX"), "{}", lines[2]);
    let other = door.send(get("/registre.csv?annee=1999").cookie(&archivist)).await.text();
    assert_eq!(other.split("\r\n").count(), 2, "{other}");
    assert_eq!(door.send(get("/registre?annee=99999").cookie(&archivist)).await.status, 404);
    door.end().await;
}

#[tokio::test]
async fn the_register_opens_to_those_who_answer_for_the_member_s_archives() {
    let door = Door::open().await;
    for (role, status) in [
        (Role::MemberAdmin, 200),
        (Role::Depositor, 403),
        (Role::Producer, 403),
        (Role::Reader, 403),
        (Role::Operator, 403),
    ] {
        let (cookie, _) = door.log_in(role).await;
        for address in ["/registre", "/registre.csv"] {
            assert_eq!(door.send(get(address).cookie(&cookie)).await.status, status, "{role:?} {address}");
        }
        let archives = door.send(get("/archives").cookie(&cookie)).await.text();
        assert_eq!(archives.contains("href=\"/registre\""), status == 200, "{role:?}");
    }
    door.end().await;
}
