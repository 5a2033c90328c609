//! The integrity of archives at the portal: seen by those who answer for them, with nothing that closes an incident;
//! and what a consultation asks for.

use std::fs;

use chartrier::model::Role;
use sha2::{Digest, Sha512};

use super::{Door, get, send};
use crate::support::vault;

/// Opens an incident behind the service's back, on the site.
async fn incident(door: &Door, site: &str, state: &str) {
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::query(
        "insert into incident (incident_id, archive_id, site, state, occasion, faults, fault_count, opened_at)
         select gen_random_uuid(), archive_id, $1, $2, 'cycle', '{fichier absent : v1/content/<b>.pdf}', 1, $3
         from archive",
    )
    .bind(site)
    .bind(state)
    .bind(door.tenant.clock.now())
    .execute(tx.conn())
    .await
    .unwrap();
    tx.record(crate::db::jobs::event());
    tx.commit().await.unwrap();
}

async fn jobs(door: &Door) -> Vec<String> {
    let mut tx = door.tenant.db.technical().await.unwrap();
    sqlx::query_scalar(
        "select kind || ' ' || background from technical.job where tenant_id = $1::uuid and background order by kind",
    )
    .bind(door.tenant.tenant.to_string())
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

#[tokio::test]
async fn whoever_answers_for_the_archives_sees_what_is_wrong_and_cannot_make_it_go_away() {
    let door = Door::open().await;
    door.deposit(door.sip("INTEGRITE").zip()).await;
    for role in Role::ALL {
        let (cookie, _) = door.log_in(role).await;
        let answers = [Role::Archivist, Role::ControlAuthority, Role::MemberAdmin].contains(&role);
        let page = door.send(get("/integrite").cookie(&cookie)).await;
        assert_eq!(page.status, if answers { 200 } else { 403 }, "{role:?}");
        let desk = door.send(get("/").cookie(&cookie)).await.text();
        assert_eq!(desk.contains("href=\"/integrite\""), answers, "{role:?}");
        assert!(!desk.contains("Intégrité des archives"), "nothing is wrong yet");
    }
    incident(&door, "nord", "no_good_copy").await;
    incident(&door, "sud", "open").await;
    let (cookie, _) = door.log_in(Role::MemberAdmin).await;
    let text = door.send(get("/integrite").cookie(&cookie)).await.text();
    for shown in [
        "Aucune copie saine",
        "Réparation en cours",
        "copie du site nord",
        "Fichier absent",
        "&#60;b&#62;.pdf",
    ] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    let forms: Vec<&str> =
        text.split("<form").skip(1).filter(|form| !form.contains("/deconnexion")).collect();
    assert!(forms.is_empty(), "no act on an incident: {forms:?}");
    for role in [Role::Archivist, Role::ControlAuthority, Role::MemberAdmin] {
        let (cookie, _) = door.log_in(role).await;
        let desk = door.send(get("/").cookie(&cookie)).await.text();
        assert!(
            desk.contains("2\u{a0}copies d’archives sont fausses")
                && desk.contains("plus aucune copie saine"),
            "{desk}"
        );
    }
    let (cookie, _) = door.log_in(Role::Depositor).await;
    assert!(!door.send(get("/").cookie(&cookie)).await.text().contains("copies d’archives"));
    door.end().await;
}

#[tokio::test]
async fn an_archive_shows_when_each_copy_was_read_and_what_is_wrong_with_it() {
    let door = Door::open().await;
    door.deposit(door.sip("COPIES").zip()).await;
    incident(&door, "sud", "open").await;
    let units = door.json("/api/v1/units?root=true").await;
    let address = format!("/archives/unites/{}", units["items"][0]["unit_id"].as_str().unwrap());
    let (cookie, _) = door.log_in(Role::Reader).await;
    let text = door.send(get(&address).cookie(&cookie)).await.text();
    for shown in ["Copies conservées", "Site nord", "Site sud", "Relue sans défaut", "Réparation en cours"]
    {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_consultation_asks_for_a_reading_and_a_wrong_copy_for_one_at_once() {
    let door = Door::open().await;
    let sip = door.sip("DOUTE");
    let bytes = sip.files[0].1.clone();
    door.deposit(sip.zip()).await;
    let digest = Sha512::digest(&bytes).to_vec();
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let (object, path, location): (String, String, String) = sqlx::query_as(
        "select o.object_id::text, o.content_path, c.location from binary_object o join copy c using (archive_id)
         where o.sha512 = $1 and c.site = 'nord'",
    )
    .bind(digest)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    drop(tx);
    let address = format!("/api/v1/objects/{object}/content");
    assert_eq!(door.get(&address).await.status, 200);
    assert_eq!(jobs(&door).await, ["communicated true"]);
    let file = vault::site("nord").join(location).join(path);
    fs::remove_file(&file).unwrap();
    door.tenant.clock.advance(chrono::TimeDelta::hours(1));
    let answer = door.get(&address).await;
    assert_eq!((answer.status, &answer.body), (200, &bytes), "from the other site");
    assert_eq!(jobs(&door).await, ["communicated true", "doubted true"]);
    door.end().await;
}

#[tokio::test]
async fn the_operator_and_prometheus_learn_how_the_copies_are_kept() {
    let door = Door::open().await;
    door.deposit(door.sip("TEMOINS").zip()).await;
    let (cookie, _) = door.log_in(Role::Operator).await;
    let text = door.send(get("/exploitation").cookie(&cookie)).await.text();
    for shown in
        ["Relecture des copies", "Objets témoins", "Pas encore trouvés", "Aucun objet témoin n’est en place"]
    {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    let metrics = send(door.metrics_address, get("/metrics")).await.text();
    for expected in [
        "chartrier_copies{site=\"nord\",state=\"all\"}",
        "chartrier_sample_age_seconds{site=\"sud\"}",
        "chartrier_site_away{site=\"nord\"} 0",
        "chartrier_canary_damage{state=\"unfound\"}",
        "chartrier_canary_seconds{what=\"median\"}",
        "chartrier_alerts{kind=\"canaries_idle\"} 1",
        "chartrier_alerts{kind=\"seals_unstamped\"} 0",
        "chartrier_stamp_waiting_seconds 0",
        "chartrier_jobs{state=\"background\"}",
    ] {
        assert!(metrics.contains(expected), "{expected}\n{metrics}");
    }
    door.end().await;
}
