//! The people of a member: invited by its administrator, given roles, back after eight months.

use chartrier::identity::LogIn;
use chartrier::model::Role;
use chrono::TimeDelta;

use super::{Door, form, get};

async fn roles_of(door: &Door, login: &str) -> Vec<String> {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    sqlx::query_scalar(
        "select a.role from assignment a join platform.person p using (person_id) where p.login = $1 order by 1",
    )
    .bind(login)
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

/// The link that a page tells, to be handed over.
fn link(page: &str) -> String {
    let rest = page.split("http://chartrier.test/mot-de-passe/").nth(1).unwrap_or_else(|| panic!("{page}"));
    rest.split('<').next().unwrap().to_owned()
}

async fn can_log_in(door: &Door, login: &str, password: &str) -> bool {
    let opened = door.identity.log_in(login, password, std::net::Ipv4Addr::LOCALHOST.into()).await.unwrap();
    matches!(opened, LogIn::Opened(_))
}

/// Follows a link and sets the password.
async fn choose(door: &Door, link: &str, password: &str) -> super::Answer {
    let page = door.send(get(&format!("/mot-de-passe/{link}"))).await;
    let visit = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let page = page.text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let body = format!("csrf={csrf}&mot_de_passe={}", password.replace(' ', "+"));
    door.send(form(&format!("/mot-de-passe/{link}"), &body).header("cookie", visit)).await
}

#[tokio::test]
async fn an_administrator_invites_somebody_who_chooses_their_password_once() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::MemberAdmin).await;
    let login = format!("camille@{}", door.tenant.code);
    let send = async |body: &str| {
        door.send(form("/personnes", &format!("csrf={csrf}&{body}")).cookie(&cookie)).await
    };
    for (body, said) in [
        ("nom=&identifiant=camille&role=reader", "Écrivez son nom"),
        ("nom=Camille&identifiant=a&role=reader", "Trois caractères au moins"),
        ("nom=Camille&identifiant=camille&courriel=rien&role=reader", "nom@domaine"),
        ("nom=Camille&identifiant=camille", "Choisissez un rôle"),
        ("nom=Camille&identifiant=camille&role=operator", "adressez-vous au pilote"),
        ("nom=Camille&identifiant=camille&role=pilot", "adressez-vous au pilote"),
        ("nom=Camille&identifiant=camille&role=control_authority", "adressez-vous au pilote"),
        ("nom=Camille&identifiant=camille&role=reader&accord=AUTRE", "n’existe plus"),
    ] {
        let refused = send(body).await;
        assert_eq!(refused.status, 422, "{body}");
        assert!(refused.text().contains(said), "{body}: {}", refused.text());
    }
    let agreement = &door.tenant.agreement;
    let made =
        send(&format!("nom=Camille+Essai&identifiant={login}&role=depositor&accord={agreement}")).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(made.text().contains("remettez vous-même ce lien"), "no relay: {}", made.text());
    let link = link(&made.text());
    assert_eq!(roles_of(&door, &login).await, ["depositor"]);
    assert_eq!(choose(&door, &link, "court").await.status, 422);
    assert!(choose(&door, &link, &login).await.text().contains("Trop facile"), "the login");
    let done = choose(&door, &link, "le chat dort sur la table").await;
    assert_eq!((done.status, done.header("location")), (303, "/connexion?fait=motdepasse"));
    assert!(can_log_in(&door, &login, "le chat dort sur la table").await);
    let gone = door.send(get(&format!("/mot-de-passe/{link}"))).await.text();
    assert!(gone.contains("Ce lien a déjà servi"), "{gone}");
    let again = send(&format!("nom=Camille&identifiant={login}&role=reader")).await;
    assert!(again.text().contains("Cet identifiant est pris"), "the address is not theirs: {}", again.text());
    door.end().await;
}

#[tokio::test]
async fn roles_are_given_and_taken_within_what_is_the_administrators() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::MemberAdmin).await;
    let send = async |role: Role, act: &str, body: &str| {
        let address = format!("/personnes/{}/{act}", door.tenant.person(role));
        door.send(form(&address, &format!("csrf={csrf}&{body}")).cookie(&cookie)).await
    };
    let (reader, _) = door.log_in(Role::Reader).await;
    assert_eq!(door.send(get("/versements").cookie(&reader)).await.status, 403);
    assert_eq!(send(Role::Reader, "roles", "role=archivist").await.status, 303);
    assert_eq!(
        door.send(get("/versements").cookie(&reader)).await.status,
        200,
        "at once, in the session that is open"
    );
    assert_eq!(send(Role::Reader, "retrait", "role=archivist").await.status, 303);
    assert_eq!(door.send(get("/versements").cookie(&reader)).await.status, 403);
    let apart = send(Role::ControlAuthority, "roles", "role=archivist").await;
    assert!(apart.text().contains("Nul n’est à la fois"), "{}", apart.text());
    let theirs = send(Role::ControlAuthority, "retrait", "role=control_authority").await;
    assert!(theirs.text().contains("adressez-vous au pilote"), "{}", theirs.text());
    let last = send(Role::MemberAdmin, "retrait", "role=member_admin").await;
    assert!(last.text().contains("dernier administrateur"), "{}", last.text());
    assert_eq!(send(Role::Reader, "retrait", "role=reader").await.header("location"), "/personnes");
    assert_ne!(door.send(get("/archives").cookie(&reader)).await.status, 200, "nothing is left to do here");
    // Whoever is strong elsewhere than in the administrator's hands is sent no link by them.
    let refused = send(Role::Pilot, "lien", "").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    // Somebody of nowhere.
    let nobody = door.send(get(&format!("/personnes/{}", uuid::Uuid::new_v4())).cookie(&cookie)).await;
    assert_eq!(nobody.status, 404);
    door.end().await;
}

#[tokio::test]
async fn a_forgotten_password_says_nothing_and_a_set_one_closes_every_session() {
    let door = Door::open().await;
    let (cookie, _) = door.log_in(Role::Depositor).await;
    for name in [door.tenant.login(Role::Depositor), "personne@nulle.part".to_owned()] {
        let page = door.send(get("/mot-de-passe")).await;
        let visit = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = page.text();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let body = format!("csrf={csrf}&identifiant={name}");
        let said = door.send(form("/mot-de-passe", &body).header("cookie", visit)).await;
        assert_eq!(said.status, 200);
        assert!(said.text().contains("Si un compte porte ce nom"), "{name}: {}", said.text());
    }
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let address = format!("/personnes/{}/lien", door.tenant.person(Role::Depositor));
    let first = link(&door.send(form(&address, &format!("csrf={csrf}")).cookie(&admin)).await.text());
    let second = link(&door.send(form(&address, &format!("csrf={csrf}")).cookie(&admin)).await.text());
    assert!(door.send(get(&format!("/mot-de-passe/{first}"))).await.text().contains("Ce lien a déjà servi"));
    assert_eq!(door.send(get("/").cookie(&cookie)).await.status, 200);
    assert_eq!(choose(&door, &second, "une phrase que je retiens").await.status, 303);
    assert_eq!(door.send(get("/").cookie(&cookie)).await.status, 401, "every session is over");
    let old = format!("/mot-de-passe/{second}");
    assert!(door.send(get(&old)).await.text().contains("Ce lien a déjà servi"));
    // A link too old.
    let third = link(&door.send(form(&address, &format!("csrf={csrf}")).cookie(&admin)).await.text());
    door.tenant.clock.advance(TimeDelta::days(2));
    assert!(door.send(get(&format!("/mot-de-passe/{third}"))).await.text().contains("n’est plus valable"));
    door.end().await;
}

#[tokio::test]
async fn an_access_that_is_asked_for_awaits_the_pilot_at_their_desk_and_by_a_letter() {
    let door = Door::open().await;
    let code = &door.tenant.code;
    let to = format!("pilote@{code}.example.fr");
    let mut tx = door.tenant.db.technical().await.unwrap();
    sqlx::query("update platform.person set email = $2 where person_id = $1")
        .bind(door.tenant.person(Role::Pilot).0)
        .bind(&to)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (operator, csrf) = door.log_in(Role::Operator).await;
    let body = format!("csrf={csrf}&collectivite={code}&demande=Lettre+12&motif=Fichier+illisible&heures=2");
    assert_eq!(door.send(form("/exploitation/acces", &body).cookie(&operator)).await.status, 303);
    let mut tx = door.tenant.db.technical().await.unwrap();
    let letters: Vec<String> = sqlx::query_scalar(
        "select letter::text from technical.letter where recipient = $1 and tenant_id = $2",
    )
    .bind(&to)
    .bind(door.tenant.tenant.as_uuid())
    .fetch_all(tx.conn())
    .await
    .unwrap();
    drop(tx);
    assert!(letters.len() == 1 && letters[0].contains("glass_asked"), "{letters:?}");
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    let address = format!("/pilotage/{code}/acces");
    let awaited = async || {
        let desk = door.send(get("/").cookie(&pilot)).await.text();
        desk.contains("Accès exceptionnels à décider") && desk.contains(&format!("<a href=\"{address}\">"))
    };
    assert!(awaited().await);
    let page = door.send(get(&address).cookie(&pilot)).await.text();
    let id = page.split("name=\"acces\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let done =
        door.send(form(&format!("{address}/fin"), &format!("csrf={csrf}&acces={id}")).cookie(&pilot)).await;
    assert_eq!(done.status, 303);
    assert!(!awaited().await, "it is decided");
    door.end().await;
}

#[tokio::test]
async fn an_operator_reads_a_members_archives_only_when_another_person_opens_them_and_for_a_while() {
    let door = Door::open().await;
    door.deposit(door.sip("SECRET").zip()).await;
    let (operator, csrf) = door.log_in(Role::Operator).await;
    assert_eq!(door.send(get("/archives").cookie(&operator)).await.status, 403);
    let code = &door.tenant.code;
    let ask = async |body: &str| {
        door.send(form("/exploitation/acces", &format!("csrf={csrf}&{body}")).cookie(&operator)).await
    };
    for (body, said) in [
        ("demande=Lettre+12&motif=x&heures=1".to_owned(), "Choisissez la collectivité"),
        (format!("collectivite={code}&motif=x&heures=1"), "référence de la demande écrite"),
        (format!("collectivite={code}&demande=Lettre+12&heures=1"), "Dites ce que vous devez faire"),
        (format!("collectivite={code}&demande=Lettre+12&motif=x&heures=5"), "De une à quatre heures"),
    ] {
        let refused = ask(&body).await;
        assert!(refused.status == 422 && refused.text().contains(said), "{body}: {}", refused.text());
    }
    let asked = ask(&format!("collectivite={code}&demande=Lettre+12&motif=Fichier+illisible&heures=2")).await;
    assert_eq!(asked.status, 303);
    assert_eq!(door.send(get("/archives").cookie(&operator)).await.status, 403, "asked is not opened");
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    let address = format!("/pilotage/{code}/acces");
    let page = door.send(get(&address).cookie(&pilot)).await.text();
    assert!(
        page.contains("Lettre 12") && page.contains("attend le pilote") && !page.contains("SECRET"),
        "{page}"
    );
    let id = page.split("name=\"acces\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let decide = async |act: &str| {
        door.send(form(&format!("{address}{act}"), &format!("csrf={csrf}&acces={id}")).cookie(&pilot)).await
    };
    assert_eq!(decide("").await.header("location"), format!("{address}?fait=ouvert"));
    let read = door.send(get("/archives").cookie(&operator)).await;
    assert!(read.status == 200 && read.text().contains("SECRET"));
    door.tenant.clock.advance(TimeDelta::minutes(121));
    assert_eq!(door.send(get("/archives").cookie(&operator)).await.status, 403, "it ends by itself");
    // Ended before its time, by the pilot.
    let (operator, csrf) = door.log_in(Role::Operator).await;
    let body = format!("csrf={csrf}&collectivite={code}&demande=Lettre+13&motif=Suite&heures=4");
    assert_eq!(door.send(form("/exploitation/acces", &body).cookie(&operator)).await.status, 303);
    let page = door.send(get(&address).cookie(&pilot)).await.text();
    let second = page.split("name=\"acces\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_ne!(second, id);
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    for (act, status) in [("", 200), ("/fin", 403)] {
        let body = format!("csrf={csrf}&acces={second}");
        assert_eq!(door.send(form(&format!("{address}{act}"), &body).cookie(&pilot)).await.status, 303);
        assert_eq!(door.send(get("/archives").cookie(&operator)).await.status, status, "{act}");
    }
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar(
        "select entry::jsonb -> 'detail' ->> 'action' from event where object like 'glass:%' order by seq",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    drop(tx);
    assert_eq!(told, ["acces demande", "acces ouvert", "acces demande", "acces ouvert", "acces ferme"]);
    door.end().await;
}
