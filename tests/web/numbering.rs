//! The page of the numbers: read by those who answer for the member, changed by its archivist.

use chartrier::model::Role;

use super::{Door, form, get};

#[tokio::test]
async fn an_archivist_changes_a_pattern_and_sees_the_next_number() {
    let door = Door::open().await;
    let code = door.tenant.code.clone();
    let (archivist, csrf) = door.log_in(Role::Archivist).await;
    let page = door.send(get("/numerotation").cookie(&archivist)).await.text();
    assert!(page.contains(&format!("{code}-2027-000001")), "{page}");
    assert!(page.contains(&format!("{code}-BOR-2027-000001")), "{page}");
    let send = async |body: &str| {
        door.send(form("/numerotation", &format!("csrf={csrf}&{body}")).cookie(&archivist)).await
    };
    let wrong = send("genre=cote&modele=%7Bnumber%7D").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Cotes : Il manque {year}."), "{}", wrong.text());
    assert!(wrong.text().contains("value=\"{number}\""), "what was written stays: {}", wrong.text());
    assert_eq!(send("genre=autre&modele=%7Bnumber%7D").await.status, 404);
    let done = send("genre=cote&modele=%7Byear%7D%2F%7Bnumber%3A4%7D").await;
    assert_eq!((done.status, done.header("location")), (303, "/numerotation?fait=change"));
    let page = door.send(get("/numerotation?fait=change").cookie(&archivist)).await.text();
    assert!(page.contains(">2027/0001<") && page.contains("Le modèle est changé"), "{page}");
    let same = send("genre=cote&modele=%7Byear%7D%2F%7Bnumber%3A4%7D").await;
    assert_eq!((same.status, same.header("location")), (303, "/numerotation"));

    let (control, _) = door.log_in(Role::ControlAuthority).await;
    let page = door.send(get("/numerotation").cookie(&control)).await.text();
    assert!(
        page.contains("{year}/{number:4}")
            && !page.contains("<button class=\"button-quiet\" type=\"submit\">Changer")
    );
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar("select entry from event where object = 'numbering:cote'")
        .fetch_all(tx.conn())
        .await
        .unwrap();
    drop(tx);
    assert!(told.len() == 1 && told[0].contains("{year}/{number:4}"), "{told:?}");
    door.end().await;
}

#[tokio::test]
async fn a_number_of_any_pattern_is_found_by_whoever_holds_it() {
    let door = Door::open().await;
    let (archivist, csrf) = door.log_in(Role::Archivist).await;
    for setting in [
        "genre=accuse&modele=%7Bcode%7D.recu.%7Byear%7D.%7Bnumber%7D",
        "genre=attestation&modele=%7Bcode%7D_A-1-2_%7Bnumber%7D-%7Byear%7D",
    ] {
        let done =
            door.send(form("/numerotation", &format!("csrf={csrf}&{setting}")).cookie(&archivist)).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    let transfer = door.deposit(door.sip("TROUVE").zip()).await.transfer_id.to_string();
    let attestations = door.json(&format!("/api/v1/transfers/{transfer}/attestations")).await;
    let numbers: Vec<&str> =
        attestations["items"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
    let code = &door.tenant.code;
    assert_eq!(numbers, [format!("{code}.recu.2027.1"), format!("{code}_A-1-2_1-2027")]);
    for one in attestations["items"].as_array().unwrap() {
        let (number, id) = (one["number"].as_str().unwrap(), one["attestation_id"].as_str().unwrap());
        let file = door.send(get(&format!("/api/v1/attestations/{id}")).bearer(&door.token().await)).await;
        let file: serde_json::Value = serde_json::from_slice(&file.body).unwrap();
        let sha256 = chartrier::proof::digest::sha256(
            chartrier::proof::canonical::text(&file["statement"]).unwrap().as_bytes(),
        );
        let asked = format!("/verify?numero={number}&sha256={}", hex::encode(sha256));
        let page = door.send(get(&asked)).await.text();
        assert!(page.contains(number) && !page.contains("inconnu"), "{page}");
    }
    door.end().await;
}
