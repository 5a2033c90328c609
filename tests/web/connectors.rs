//! A connector at the portal: made with its settings and its secret, its last calls in words, checked without any call; the deposits
//! that an agreement expects.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use chartrier::identity::basic_password;
use chartrier::membership::calls::{CALLS_KEPT, Call, CallOutcome, What, calls_of, note_call};
use chartrier::model::{MachineId, Role};

use super::{Door, form, get};

/// The value of a field of the page.
fn value(page: &str, id: &str) -> String {
    let field = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("no {id}: {page}"));
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn column(door: &Door, column: &str, client_id: &str) -> Option<String> {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let sql = format!("select {column} from machine where client_id = $1");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(client_id).fetch_one(tx.conn()).await.unwrap()
}

fn opens(hash: &str, password: &str) -> bool {
    let hash = PasswordHash::new(hash).unwrap();
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[tokio::test]
async fn an_administrator_makes_a_connector_whose_secret_is_told_once_with_its_settings() {
    let door = Door::open().await;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let post = async |address: &str, body: &str| {
        door.send(form(address, &format!("csrf={csrf}&{body}")).cookie(&admin)).await
    };
    let new = door.send(get("/applications/nouveau").cookie(&admin)).await.text();
    assert!(new.contains("Pastell") && new.contains(&door.tenant.agreement), "{new}");
    let agreement = &door.tenant.agreement;
    for (body, told) in [
        (format!("nom=Bus&accord={agreement}"), "Dites par quoi"),
        (format!("nom=+&bus=pastell&accord={agreement}"), "Donnez-lui un nom"),
        ("nom=Bus&bus=pastell".to_owned(), "Choisissez un accord"),
        ("nom=Bus&bus=pastell&accord=D-UN-AUTRE".to_owned(), "Choisissez un accord"),
        (format!("nom=Bus&bus=fax&accord={agreement}"), "Dites par quoi"),
    ] {
        let refused = post("/applications", &body).await;
        assert!(refused.status == 422 && refused.text().contains(told), "{body}: {}", refused.text());
    }
    let made = post("/applications", &format!("nom=Pastell&bus=pastell&accord={agreement}")).await;
    assert_eq!(made.status, 200);
    let page = made.text();
    let (secret, print) = (value(&page, "regle-secret"), value(&page, "regle-empreinte"));
    assert_eq!(print, basic_password(&secret));
    assert!(value(&page, "regle-url").ends_with("/restservices"), "{page}");
    assert_eq!(value(&page, "regle-morceaux"), "2097152");
    assert_eq!(value(&page, "regle-0-accord-0"), *agreement);
    assert_eq!(value(&page, "regle-0-versant-0"), door.tenant.transferring_agency);
    let client_id = value(&page, "regle-login");
    assert!(client_id.starts_with(&format!("{}-pastell-", door.tenant.code)), "{client_id}");
    let basic = column(&door, "basic_hash", &client_id).await.unwrap();
    assert!(opens(&basic, &print) && !opens(&basic, &secret), "the hash of the print, not of the secret");
    assert!(door.identity.client_token(&client_id, &secret).await.unwrap().is_some());
    // Rotated: both serve, and the page tells the new one alone.
    let address =
        page.split("action=\"").find(|rest| rest.starts_with("/applications/") && rest.contains("/reglage"));
    let address = address.unwrap().split("/reglage").next().unwrap().to_owned();
    let again = door.send(get(&address).cookie(&admin)).await.text();
    assert!(!again.contains(&secret) && !again.contains(&print) && !again.contains("regle-secret"));
    let rotated = post(&format!("{address}/renouvellement"), "jours=7").await.text();
    assert_eq!(column(&door, "former_basic_hash", &client_id).await.unwrap(), basic);
    let now = column(&door, "basic_hash", &client_id).await.unwrap();
    assert!(opens(&now, &value(&rotated, "regle-empreinte")));
    // How it is answered, and what else it may be.
    assert_eq!(column(&door, "reply_form", &client_id).await.as_deref(), Some("asalae"));
    assert_eq!(post(&format!("{address}/reglage"), "bus=api&reponses=strict").await.status, 303);
    assert_eq!(column(&door, "reply_form", &client_id).await.as_deref(), Some("strict"));
    let native = door.send(get(&address).cookie(&admin)).await.text();
    assert!(value(&native, "regle-jetons").ends_with("/oauth2/token"), "{native}");
    assert_eq!(post(&format!("{address}/reglage"), "bus=fax").await.status, 422);
    // Nobody else does.
    let (archivist, token) = door.log_in(Role::Archivist).await;
    let denied = form("/applications", &format!("csrf={token}&nom=B&bus=api&accord={agreement}"));
    assert_eq!(door.send(denied.cookie(&archivist)).await.status, 403);
    door.end().await;
}

#[tokio::test]
async fn a_connector_is_checked_thing_by_thing_with_what_to_do() {
    let door = Door::open().await;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let address = format!("/applications/{}", door.tenant.machine);
    let verify = async || door.send(get(&format!("{address}/verification")).cookie(&admin)).await.text();
    let act = async |what: &str, body: &str| {
        door.send(form(&format!("{address}/{what}"), &format!("csrf={csrf}&{body}")).cookie(&admin)).await
    };
    // Its secret was made before the door was.
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::query("update machine set basic_hash = null").execute(tx.conn()).await.unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "machine:essai".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let page = verify().await;
    assert!(page.contains("Il ne peut pas verser") && page.contains("d’avant la porte"), "{page}");
    act("renouvellement", "jours=0").await;
    let page = verify().await;
    assert!(page.contains("Il peut verser"), "{page}");
    act("fermeture", "").await;
    let page = verify().await;
    assert!(page.contains("Le connecteur est en pause") && page.contains("Remettez-le en service"), "{page}");
    act("ouverture", "").await;
    act("accords", "").await;
    let page = verify().await;
    assert!(page.contains("Aucun accord ne lui est donné") && page.contains("ne peut pas verser"), "{page}");
    door.end().await;
}

#[tokio::test]
async fn the_last_hundred_calls_are_told_in_words_with_the_transfer_they_were_about() {
    let door = Door::open().await;
    let t = &door.tenant;
    let taken = door.deposit(door.sip("APPEL-1").zip()).await;
    let note =
        async |machine: MachineId, what: What, outcome: CallOutcome, about: Option<&str>, detail: &str| {
            let call = Call { tenant: t.tenant, machine, what, outcome, message_identifier: about, detail };
            note_call(&t.db, &t.clock, &call).await.unwrap();
        };
    let other = MachineId(uuid::Uuid::now_v7());
    note(other, What::Ping, CallOutcome::Ok, None, "autre").await;
    for n in 0..CALLS_KEPT + 20 {
        note(t.machine, What::Versions, CallOutcome::Ok, None, &n.to_string()).await;
    }
    note(t.machine, What::Reply, CallOutcome::Pending, Some("APPEL-1"), "").await;
    let hostile = format!("<script>\0\n{}", "é".repeat(400));
    note(t.machine, What::Deposit, CallOutcome::Unauthorized, Some(&hostile), &hostile).await;
    let mut tx = t.db.read(t.tenant).await.unwrap();
    let kept = calls_of(&mut tx, t.machine).await.unwrap();
    let others = calls_of(&mut tx, other).await.unwrap();
    drop(tx);
    assert_eq!((kept.len() as i64, others.len()), (CALLS_KEPT, 1), "those of one go, not of the other");
    assert_eq!(kept[2].detail, "119");
    assert_eq!(kept[0].detail.chars().count(), 255, "cut");
    assert_eq!(kept[1].transfer, Some(taken.transfer_id));
    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let page = door.send(get(&format!("/applications/{}", t.machine)).cookie(&admin)).await.text();
    for told in [
        "Demande de la réponse",
        "Pas encore prêt",
        "Mot de passe refusé",
        "Essai de la connexion (identifiants)",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.contains(&format!("href=\"/versements/{}\"", taken.transfer_id)), "{page}");
    assert!(!page.contains("<script>é"), "escaped");
    door.end().await;
}

#[tokio::test]
async fn what_an_agreement_expects_is_said_at_the_portal_and_shown_when_it_does_not_come() {
    let door = Door::open().await;
    let t = &door.tenant;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let mut tx = t.db.read(t.tenant).await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select agreement_id from agreement where identifier = $1")
        .bind(&t.agreement)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    drop(tx);
    let set = async |body: &str| {
        let body = format!("csrf={csrf}&{body}");
        door.send(form(&format!("/accords/{id}/calendrier"), &body).cookie(&admin)).await
    };
    for (body, told) in [
        ("periode=month&delai=500&depuis=2027-01-01", "de 0 à 366"),
        ("periode=month&delai=x&depuis=2027-01-01", "de 0 à 366"),
        ("periode=month&delai=5&depuis=1899-01-01", "de 2000 à 2100"),
        ("periode=month&delai=5&depuis=hier", "de 2000 à 2100"),
    ] {
        let refused = set(body).await;
        assert!(refused.status == 422 && refused.text().contains(told), "{body}: {}", refused.text());
    }
    assert_eq!(set("periode=month&delai=5&depuis=2027-01-01").await.status, 303);
    let page = door.send(get(&format!("/accords/{id}")).cookie(&admin)).await.text();
    assert!(page.contains("chaque mois, 5\u{a0}jours après au plus tard"), "{page}");
    let raised = chartrier::membership::expected::look(&t.db, &t.clock, t.tenant).await.unwrap();
    assert_eq!(raised, 1, "January; the end of February is still awaited");
    for place in ["/", "/applications"] {
        let page = door.send(get(place).cookie(&admin)).await.text();
        assert!(page.contains("Versements attendus, et pas reçus") && page.contains(&t.agreement), "{page}");
    }
    let (archivist, _) = door.log_in(Role::Archivist).await;
    assert!(
        !door.send(get("/").cookie(&archivist)).await.text().contains("Versements attendus, et pas reçus")
    );
    assert_eq!(set("periode=").await.status, 303);
    chartrier::membership::expected::look(&t.db, &t.clock, t.tenant).await.unwrap();
    assert!(!door.send(get("/").cookie(&admin)).await.text().contains("Versements attendus, et pas reçus"));
    door.end().await;
}
