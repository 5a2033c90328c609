//! The retention schedule at the portal: read, imported, validated by another person.

use chartrier::model::Role;
use chartrier::seda::retention::HEADER;

use super::{Door, form, get, multipart, post};

#[tokio::test]
async fn the_archivist_imports_and_the_control_authority_validates() {
    let door = Door::open().await;
    let (archivist, csrf) = door.log_in(Role::Archivist).await;
    let page = door.send(get("/tableau").cookie(&archivist)).await.text();
    assert!(page.contains("Délibérations (registre)") && page.contains("base commune"), "{page}");
    assert!(!page.contains("/tableau/validation"), "an archivist does not validate");
    let file = |line: &str| format!("{}\n{line}\n", HEADER.join(";")).into_bytes();
    let send = async |fields: &[(&str, &str)], bytes: &[u8]| {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let (body, kind) = multipart(&all, Some(("tableau.csv", bytes)));
        door.send(post("/tableau", body).cookie(&archivist).header("content-type", kind)).await
    };
    let laxer = file("FACTURES;Factures;P5Y;cloture_exercice;D;;Usage;;;valide");
    let dry = send(&[("essai", "oui")], &laxer).await;
    assert_eq!(dry.status, 200);
    assert!(dry.text().replace('\u{a0}', " ").contains("1 règle nouvelle"), "{}", dry.text());
    let done = send(&[], &laxer).await;
    assert_eq!((done.status, done.header("location")), (303, "/tableau?fait=importe"));
    let wrong = send(&[], &file("FACTURES;Factures;cinq ans;cloture_exercice;D;;;;;valide")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Ligne 2") && wrong.text().contains("P10Y"), "{}", wrong.text());

    let (control, csrf) = door.log_in(Role::ControlAuthority).await;
    let page = door.send(get("/tableau").cookie(&control)).await.text();
    assert!(page.contains("/tableau/validation") && page.contains("attente"), "{page}");
    let awaited = async || {
        let desk = door.send(get("/").cookie(&control)).await.text();
        desk.contains("Règles à valider")
            && desk.replace('\u{a0}', " ").contains("1 règle de son tableau de gestion")
    };
    assert!(awaited().await, "it awaits them at their desk");
    let body = format!("csrf={csrf}&code=FACTURES");
    let done = door.send(form("/tableau/validation", &body).cookie(&control)).await;
    assert_eq!((done.status, done.header("location")), (303, "/tableau?fait=valide"));
    assert!(!awaited().await);
    let page = door.send(get("/tableau").cookie(&control)).await.text();
    assert!(!page.contains("id=\"attente\"") && page.contains("5\u{a0}ans"), "{page}");
    door.end().await;
}
