//! The agreements at the portal: read in words, suspended and opened by the administrator; the version a deposit came under.

use chartrier::model::{Role, TransferState};

use super::{Door, form, get};

#[tokio::test]
async fn the_administrator_suspends_an_agreement_and_a_deposit_shows_the_version_it_came_under() {
    let door = Door::open().await;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let list = door.send(get("/accords").cookie(&admin)).await.text();
    assert!(list.contains(&door.tenant.agreement) && list.contains("Un archiviste se prononce"), "{list}");
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select agreement_id from agreement where identifier = $1")
        .bind(&door.tenant.agreement)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    drop(tx);
    let address = format!("/accords/{id}");
    let act = async |what: &str| {
        let done =
            door.send(form(&format!("{address}/{what}"), &format!("csrf={csrf}")).cookie(&admin)).await;
        (done.status, done.header("location").to_owned())
    };
    assert_eq!(act("suspension").await, (303, format!("{address}?fait=suspendu")));
    let refused = door.deposit(door.sip("FERME").zip()).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(refused.findings[0].kind.code, "header.agreement_closed");
    assert_eq!(act("reouverture").await, (303, format!("{address}?fait=ouvert")));
    let taken = door.deposit(door.sip("OUVERT").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    let page = door.send(get(&address).cookie(&admin)).await.text();
    assert!(page.contains("archives intermédiaires") && page.contains(&door.tenant.client_id), "{page}");
    assert_eq!(
        page.matches("<th scope=\"row\" class=\"number\">").count(),
        2,
        "suspended, then open: {page}"
    );
    let shown = door.send(get(&format!("/versements/{}", taken.transfer_id)).cookie(&admin)).await.text();
    assert!(shown.contains(", version 2"), "{shown}");
    // Read by the archivist, kept by nobody else.
    let (archivist, token) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&address).cookie(&archivist)).await;
    assert!(page.status == 200 && !page.text().contains("/suspension"));
    let denied = form(&format!("{address}/suspension"), &format!("csrf={token}")).cookie(&archivist);
    assert_eq!(door.send(denied).await.status, 403);
    door.end().await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, step after step")]
async fn an_administrator_prepares_an_agreement_and_the_archivist_validates_it() {
    let door = Door::open().await;
    let t = &door.tenant;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let prepare =
        async |body: &str| door.send(form("/accords", &format!("csrf={csrf}&{body}")).cookie(&admin)).await;
    let parties = format!(
        "archives={}&versant={}&producteur={}",
        t.archival_agency, t.transferring_agency, t.originating_agency
    );
    for (body, said) in [
        (format!("nom=&identifiant=NOUVEAU&taille=10&{parties}"), "Donnez-lui un nom"),
        (format!("nom=N&identifiant=NOUVEL+ACCORD&taille=10&{parties}"), "sans espace"),
        (format!("nom=N&identifiant={}&taille=10&{parties}", t.agreement), "déjà en vigueur"),
        ("nom=N&identifiant=NOUVEAU&taille=10".to_owned(), "Choisissez le service d’archives"),
        (
            format!("nom=N&identifiant=NOUVEAU&taille=10&archives={}", t.archival_agency),
            "service versant au moins",
        ),
        (format!("nom=N&identifiant=NOUVEAU&taille=0&{parties}"), "nombre de mégaoctets"),
        (
            format!("nom=N&identifiant=NOUVEAU&taille=10&{parties}&debut=2027-05-01&fin=2027-04-01"),
            "La fin vient après",
        ),
        (format!("nom=N&identifiant=NOUVEAU&taille=10&{parties}&typologie=rien"), "règle du tableau"),
        (format!("nom=N&identifiant=NOUVEAU&taille=10&{parties}&profil-exige=oui"), "choisissez-en un"),
    ] {
        let refused = prepare(&body).await;
        assert!(refused.status == 422 && refused.text().contains(said), "{body}: {}", refused.text());
    }
    let made =
        prepare(&format!("nom=Nouveau&identifiant=NOUVEAU&taille=10&acceptation=automatique&{parties}"))
            .await;
    assert_eq!(made.status, 303, "{}", made.text());
    let address = made.header("location").split('?').next().unwrap().to_owned();
    let mut sip = door.sip("TROP-TOT");
    sip.agreement = "NOUVEAU".into();
    // The tenant's machine is assigned to it by its administrator.
    let machine = format!("/applications/{}", t.machine);
    let assigned = format!("csrf={csrf}&accord=NOUVEAU&accord={}", t.agreement);
    assert_eq!(door.send(form(&format!("{machine}/accords"), &assigned).cookie(&admin)).await.status, 303);
    let early = door.deposit(sip.zip()).await;
    assert_eq!(early.findings[0].kind.code, "header.agreement_closed", "nothing comes under a draft");
    let act = async |cookie: &str, csrf: &str, act: &str| {
        door.send(form(&format!("{address}/{act}"), &format!("csrf={csrf}")).cookie(cookie)).await
    };
    assert_eq!(act(&admin, &csrf, "validation").await.status, 403, "not by the administrator");
    act(&admin, &csrf, "reouverture").await;
    let (archivist, arc) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&address).cookie(&archivist)).await.text();
    assert!(page.contains("En préparation") && page.contains("Valider l’accord"), "{page}");
    assert_eq!(
        act(&archivist, &arc, "validation").await.header("location"),
        format!("{address}?fait=valide")
    );
    let late = door.deposit(sip.zip()).await;
    assert_eq!(late.state, TransferState::TakenInCharge, "{:?}", late.findings);
    let again = prepare(&format!("nom=Nouveau&identifiant=NOUVEAU&taille=99&{parties}")).await;
    assert!(again.text().contains("déjà en vigueur"), "what is open is not prepared again");
    // Whoever is both prepares, and does not validate their own.
    let mut tx = t.db.write(t.tenant).await.unwrap();
    sqlx::query("insert into assignment (person_id, role) values ($1, 'member_admin')")
        .bind(t.person(Role::Archivist).0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "assignment".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let body = format!("csrf={arc}&nom=Mien&identifiant=MIEN&taille=10&{parties}");
    let mine = door.send(form("/accords", &body).cookie(&archivist)).await;
    let mine = mine.header("location").split('?').next().unwrap().to_owned();
    let own = door.send(form(&format!("{mine}/validation"), &format!("csrf={arc}")).cookie(&archivist)).await;
    assert_eq!(own.header("location"), format!("{mine}?fait=sien"));
    door.end().await;
}
