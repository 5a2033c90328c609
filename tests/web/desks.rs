//! The desks: what each role sees on the home page, decisions on several transfers, another member's transfer opened by a form.

use chartrier::ingest::queries::find_transfer;
use chartrier::model::{Agent, Event, EventType, Outcome, PersonId, Role, Transfer, TransferState};

use super::{Door, form, get};
use crate::ingest::Desk;

/// Gives a person a role in a member.
async fn give(desk: &Desk, person: PersonId, role: Role) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("insert into assignment (person_id, role) values ($1, $2)")
        .bind(person.0)
        .bind(role.word())
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "assignment".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

async fn waiting(door: &Door, identifier: &str) -> Transfer {
    let mut sip = door.sip(identifier);
    sip.agreement = door.tenant.agreement_with_archivist.clone();
    let waiting = door.deposit(sip.zip()).await;
    assert_eq!(waiting.state, TransferState::Examined, "{:?}", waiting.findings);
    waiting
}

async fn waiting_at(desk: &Desk, identifier: &str) -> Transfer {
    desk.deposit(desk.under(identifier, &desk.tenant.agreement_with_archivist).zip()).await
}

/// The member chosen, of the two that the person now serves.
async fn log_in(door: &Door, role: Role) -> (String, String) {
    let (cookie, csrf) = door.log_in(role).await;
    assert!(door.identity.choose_member(&cookie, &door.tenant.code).await.unwrap());
    (cookie, csrf)
}

#[tokio::test]
async fn an_archivist_sees_what_awaits_in_every_member_and_opens_it_by_a_form() {
    let (door, other, foreign) = (Door::open().await, Desk::open().await, Desk::open().await);
    give(&other, door.tenant.person(Role::Archivist), Role::Archivist).await;
    let _here = waiting(&door, "ICI").await;
    let there = waiting_at(&other, "AILLEURS").await;
    waiting_at(&foreign, "PERSONNE").await;
    let (cookie, csrf) = log_in(&door, Role::Archivist).await;
    let page = door.send(get("/").cookie(&cookie)).await.text();
    for said in ["versement ICI", "versement AILLEURS", "dans 2 collectivités", "3\u{a0}PDF"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("PERSONNE"), "a member where she has no role");

    // The page alone changes nothing: the session still acts for its own member.
    let address = format!("/versements/{}", there.transfer_id);
    assert_eq!(door.send(get(&address).cookie(&cookie)).await.status, 404);
    let switch = |code: &str, back: &str| format!("csrf={csrf}&collectivite={code}&retour={back}");
    let refused = form("/connexion/collectivite", &switch(&foreign.tenant.code, &address)).cookie(&cookie);
    assert_eq!(door.send(refused).await.header("location"), "/connexion/collectivite");
    let outside = form("/connexion/collectivite", &switch(&door.tenant.code, "//ailleurs.example"));
    assert_eq!(door.send(outside.cookie(&cookie)).await.header("location"), "/");
    let opened = form("/connexion/collectivite", &switch(&other.tenant.code, &address)).cookie(&cookie);
    assert_eq!(door.send(opened).await.header("location"), address);
    let page = door.send(get(&address).cookie(&cookie)).await.text();
    assert!(page.contains("Votre décision") && page.contains("AILLEURS"), "{page}");
    foreign.end().await;
    other.end().await;
    door.end().await;
}

#[tokio::test]
async fn another_member_s_titles_wait_for_the_second_factor() {
    let (door, other) = (Door::with(|settings| settings.second_factor = true).await, Desk::open().await);
    give(&other, door.tenant.person(Role::Reader), Role::Archivist).await;
    waiting_at(&other, "SECRET").await;
    let (cookie, _) = log_in(&door, Role::Reader).await;
    let page = door.send(get("/").cookie(&cookie)).await.text();
    assert!(page.contains("Montrez votre second facteur") && !page.contains("SECRET"), "{page}");
    other.end().await;
    door.end().await;
}

#[tokio::test]
async fn a_selection_is_decided_one_by_one_and_each_is_told() {
    let door = Door::open().await;
    let (one, two, three) =
        (waiting(&door, "UN").await, waiting(&door, "DEUX").await, waiting(&door, "TROIS").await);
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let post = |body: String| door.send(form("/decisions", &format!("csrf={csrf}&{body}")).cookie(&cookie));
    let chosen = |of: &[&Transfer]| {
        of.iter().map(|one| format!("versement={}", one.transfer_id)).collect::<Vec<_>>().join("&")
    };
    let nothing = post("acte=accepter".into()).await;
    assert_eq!(nothing.status, 422);
    let without = post(format!("{}&acte=refuser", chosen(&[&one]))).await;
    assert_eq!(without.status, 422);
    assert!(without.text().contains("Choisissez au moins une raison du refus."));
    assert_eq!(state(&door, &one).await, TransferState::Examined);

    let unknown = "versement=00000000-0000-0000-0000-000000000001";
    let done = post(format!("{}&{unknown}&acte=accepter&remarque=Bien", chosen(&[&one, &two]))).await;
    let page = done.text();
    assert_eq!(done.status, 200, "{page}");
    assert_eq!(page.matches("Les copies sont en cours d’écriture.").count(), 2, "{page}");
    assert!(!page.contains("00000000-0000-0000-0000-000000000001"), "what does not exist is not told about");
    let again = post(format!("{}&acte=refuser&raison=other&mots=Non", chosen(&[&two, &three]))).await.text();
    assert!(again.contains("Quelqu’un en a déjà décidé.") && again.contains("reçoit vos raisons"), "{again}");
    assert_eq!(state(&door, &three).await, TransferState::Refused);
    door.ingest.advance(door.tenant.tenant, one.transfer_id).await.unwrap();
    assert_eq!(state(&door, &one).await, TransferState::TakenInCharge);
    door.end().await;
}

async fn state(door: &Door, of: &Transfer) -> TransferState {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    find_transfer(&mut tx, of.transfer_id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn what_the_archivist_says_is_read_plainly_and_by_programs() {
    let door = Door::open().await;
    let waiting = waiting(&door, "MOTIVE").await;
    let address = format!("/versements/{}", waiting.transfer_id);
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let refuse =
        |body: &str| form(&format!("{address}/refus"), &format!("csrf={csrf}&{body}")).cookie(&cookie);
    let lacking = door.send(refuse("mots=Rien")).await;
    assert_eq!(lacking.status, 422);
    assert!(lacking.text().contains(">Rien</textarea>"), "what was typed comes back");
    let words = door.send(refuse("raison=other")).await.text();
    assert!(words.contains("Avec « autre », dites pourquoi vous refusez."), "{words}");
    let done = door.send(refuse("raison=to_complete&raison=unreadable&mots=Page+3+%3Cvide%3E")).await;
    assert_eq!((done.status, done.header("location")), (303, address.as_str()));
    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let page = door.send(get(&address).cookie(&admin)).await.text();
    for said in [
        "Le service d’archives n’a pas accepté ce versement",
        "À compléter",
        "Documents illisibles",
        "Page 3 &#60;vide&#62;",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("to_complete"), "codes are for programs");
    let json = door.json(&format!("/api/v1/transfers/{}", waiting.transfer_id)).await;
    assert_eq!(json["decision"]["reasons"][0]["code"], "to_complete", "{json}");
    assert_eq!(json["decision"]["words"], "Page 3 <vide>");
    door.end().await;
}

#[tokio::test]
async fn the_pilot_and_the_operator_see_no_title_and_each_has_their_desk() {
    let door = Door::open().await;
    waiting(&door, "INTITULE").await;
    door.preservation.measure_room().await.unwrap();
    for (role, said) in [
        (Role::Pilot, "Pilotage du service"),
        (Role::Operator, "Sites et copies"),
        (Role::MemberAdmin, "Versements attendus"),
        (Role::ControlAuthority, "Votre ressort"),
    ] {
        let (cookie, _) = door.log_in(role).await;
        let page = door.send(get("/").cookie(&cookie)).await.text();
        assert!(page.contains(said), "{role:?}: {page}");
        // Those who follow the member's transfers; of its documents the control authority opens none without a reason.
        let follows = matches!(role, Role::MemberAdmin | Role::ControlAuthority);
        assert_eq!(page.contains("INTITULE"), follows, "{role:?}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_person_chooses_how_they_are_told_and_reads_the_field_s_words() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::MemberAdmin).await;
    let body = format!("csrf={csrf}&quota=digest&missed=none&decided=autre&incident=none");
    let done = door.send(form("/compte/courriels", &body).cookie(&cookie)).await;
    assert_eq!((done.status, done.header("location")), (303, "/compte?fait=courriels"));
    let page = door.send(get("/compte?fait=courriels").cookie(&cookie)).await.text();
    assert!(page.contains("Votre choix est gardé"), "{page}");
    assert!(
        page.contains("<option value=\"digest\" selected>")
            && page.contains("<option value=\"none\" selected>")
    );
    let help = door.send(get("/aide")).await;
    assert!(help.status == 200 && help.text().contains("id=\"refus-motive\""));
    door.end().await;
}

/// What the desk of this role says that happened.
async fn happened(door: &Door, role: Role) -> String {
    let (cookie, _) = door.log_in(role).await;
    let page = door.send(get("/").cookie(&cookie)).await.text();
    let rest = page.split("<h2 id=\"passe\">").nth(1).unwrap_or_default();
    rest.split("</section>").next().unwrap().to_owned()
}

#[tokio::test]
async fn each_is_told_what_happened_lately_that_concerns_them_and_nothing_else() {
    let door = Door::open().await;
    door.deposit(door.sip("PASSE-MACHINE").zip()).await;
    let refused = waiting(&door, "PASSE-REFUSE").await;
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    let refusal = format!("csrf={csrf}&raison=to_complete");
    let act = form(&format!("/versements/{}/refus", refused.transfer_id), &refusal).cookie(&cookie);
    assert_eq!(door.send(act).await.status, 303);
    let (control, token) = door.log_in(Role::ControlAuthority).await;
    super::readings::open(&door, &control, &token).await;

    let archivist = happened(&door, Role::Archivist).await;
    for said in
        ["Versement refusé", "PASSE-REFUSE", "Versement pris en charge", "Lecture ouverte par le contrôle"]
    {
        assert!(archivist.contains(said), "{said}: {archivist}");
    }
    assert!(archivist.contains(&format!("/versements/{}", refused.transfer_id)), "{archivist}");
    let administrator = happened(&door, Role::MemberAdmin).await;
    assert!(administrator.contains("PASSE-MACHINE") && administrator.contains("Lecture ouverte"));
    let control = happened(&door, Role::ControlAuthority).await;
    assert!(control.contains("Vous avez ouvert une lecture") && !control.contains("PASSE-"), "{control}");
    // What others deposited does not concern her.
    let depositor = happened(&door, Role::Depositor).await;
    assert!(depositor.contains("Rien encore qui vous concerne"), "{depositor}");
    for role in [Role::Pilot, Role::Operator] {
        let told = happened(&door, role).await;
        assert!(!told.contains("PASSE-") && !told.contains("Versement pris en charge"), "{role:?}: {told}");
    }
    assert_eq!(happened(&door, Role::Reader).await, "", "no desk of theirs tells anything");
    door.end().await;
}

#[tokio::test]
async fn a_depositor_is_told_what_became_of_what_she_sent_and_an_archivist_what_she_reaches() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::Depositor).await;
    let (body, kind) =
        super::multipart(&[("csrf", &csrf)], Some(("versement.zip", &door.sip("A-ELLE").zip())));
    let sent = super::post("/versements", body).header("content-type", kind).cookie(&cookie);
    let sent = door.send(sent).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let id = sent.header("location").rsplit('/').next().unwrap().parse().unwrap();
    door.ingest.advance(door.tenant.tenant, chartrier::model::TransferId(id)).await.unwrap();
    door.deposit(door.sip("A-LA-MACHINE").zip()).await;
    let depositor = happened(&door, Role::Depositor).await;
    for said in ["Versement reçu", "Versement pris en charge", "A-ELLE"] {
        assert!(depositor.contains(said), "{said}: {depositor}");
    }
    assert!(!depositor.contains("A-LA-MACHINE"), "{depositor}");
    assert!(happened(&door, Role::Archivist).await.contains("A-LA-MACHINE"));
    super::scoped::change(
        &door,
        &format!(
            "update assignment set agreements = array['{}'] where role = 'archivist'",
            door.tenant.agreement_with_archivist
        ),
    )
    .await;
    let narrow = happened(&door, Role::Archivist).await;
    assert!(
        !narrow.contains("A-ELLE") && !narrow.contains("A-LA-MACHINE"),
        "not what she does not reach: {narrow}"
    );
    door.end().await;
}
