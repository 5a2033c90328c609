//! The way in: steps guarded by what is there, the member's own deposits among it; people, trainings, plans; what committees decided.

use chartrier::model::{Role, TransferState};

use super::{Answer, Door, form, get};
use crate::support::members;

/// A SIREN of nobody else's.
fn siren_of(name: &str) -> String {
    let number = name.bytes().fold(7, |sum, byte| (sum * 131 + usize::from(byte)) % 9_999_999);
    members::siren(number)
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A pilot, before forms.
struct Pilot<'a> {
    door: &'a Door,
    cookie: String,
    csrf: String,
}

impl Pilot<'_> {
    async fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = fields.iter().map(|(name, value)| format!("&{name}={}", encoded(value)));
        let body = format!("csrf={}{}", self.csrf, fields.collect::<String>());
        self.door.send(form(address, &body).cookie(&self.cookie)).await
    }

    async fn page(&self, address: &str) -> String {
        self.door.send(get(address).cookie(&self.cookie)).await.text().replace('\u{a0}', " ")
    }
}

/// The door, its member's SIREN its own; the entry's address.
async fn entered(pilot: &Pilot<'_>) -> String {
    let siren = siren_of(&pilot.door.tenant.code);
    pilot.door.tenant.set("member", &format!("siren = '{siren}'")).await;
    let fields = [
        ("nom", "Commune <d’essai>"),
        ("siren", siren.as_str()),
        ("sorte", "commune"),
        ("population", "683"),
    ];
    let kept = pilot.send("/pilotage/entrees", &fields).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let again = pilot.send("/pilotage/entrees", &fields).await;
    assert!(again.status == 422 && again.text().contains("Ce SIREN a déjà son entrée"), "{}", again.text());
    kept.header("location").to_owned()
}

#[tokio::test]
async fn a_member_comes_in_step_by_step_and_produces_once_a_deposit_was_accepted() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::Pilot).await;
    let pilot = Pilot { door: &door, cookie, csrf };
    let wrong =
        pilot.send("/pilotage/entrees", &[("nom", ""), ("siren", "123456789"), ("sorte", "ville")]).await;
    assert_eq!(wrong.status, 422);
    for said in ["Remplissez ce champ", "les neuf chiffres du SIREN", "Choisissez une sorte"] {
        assert!(wrong.text().contains(said), "{said}: {}", wrong.text());
    }
    let address = entered(&pilot).await;
    let steps = format!("{address}/etapes");
    let step = async |stage: &str, when: &str| pilot.send(&steps, &[("etape", stage), ("date", when)]).await;
    let refused = async |stage: &str, when: &str, said: &str| {
        let answer = step(stage, when).await;
        assert!(answer.status == 422 && answer.text().contains(said), "{said}: {}", answer.text());
    };

    refused("INSTALLE", "05/2019", "Pas d’installation avant la convention signée.").await;
    refused("CONVENTION_SIGNEE", "mars", "Donnez un jour (25/03/2019) ou un mois (05/2019).").await;
    for (stage, when) in [("CONVENTION_SIGNEE", "25/03/2019"), ("INSTALLE", "05/2019"), ("FORME", "05/2019")]
    {
        assert_eq!(step(stage, when).await.status, 303, "{stage}");
    }
    let page = pilot.page(&address).await;
    for said in ["<p class=\"lead\">Formé</p>", "25 mars 2019", "mai 2019", "Commune &#60;d’essai&#62;"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    refused("EN_PRODUCTION", "01/03/2027", "Pas de production sans un versement d’essai accepté.").await;
    refused("VERSEMENTS_PLANIFIES", "01/03/2027", "Aucun versement n’est prévu").await;
    let plan = [("accord", "ACCORD-INCONNU"), ("mois", "02/2027"), ("nombre", "2")];
    assert_eq!(pilot.send(&format!("{address}/versements"), &plan).await.status, 303);
    assert_eq!(step("VERSEMENTS_PLANIFIES", "02/2027").await.status, 303);

    let taken = door.deposit(door.sip("ESSAI").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    assert_eq!(step("EN_PRODUCTION", "01/03/2027").await.status, 303);
    let page = pilot.page(&address).await;
    for said in ["En production", "1 versement", "1er mars 2027", "Il en manque"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Délibérations du versement"), "no title");
    refused("SORTI", "01/03/2027", "sort par la réversibilité").await;

    // Entered by mistake: withdrawn, and seen to have been.
    let back = async |seq: &str| pilot.send(&format!("{steps}/retrait"), &[("numero", seq)]).await;
    assert_eq!(back("1").await.status, 303, "not the last: nothing");
    assert_eq!(back("5").await.status, 303);
    let page = pilot.page(&address).await;
    assert!(
        page.contains("<s>En production</s>") && page.contains("<p class=\"lead\">Versements planifiés</p>"),
        "{page}"
    );
    let steering = pilot.page("/pilotage/entrees").await;
    assert!(steering.contains(&address) && steering.contains("Passer en production"), "{steering}");
    door.end().await;
}

#[tokio::test]
async fn people_trainings_and_decisions_are_kept_and_told() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::Pilot).await;
    let pilot = Pilot { door: &door, cookie, csrf };
    let address = entered(&pilot).await;
    let person =
        [("role", "dpo"), ("personne", "Camille Roux"), ("courriel", "c.roux@essai.fr"), ("telephone", "")];
    let people = format!("{address}/interlocuteurs");
    assert_eq!(pilot.send(&people, &person).await.status, 303);
    let wrong =
        pilot.send(&people, &[("role", "dpo"), ("personne", "Dominique Vial"), ("courriel", "d.vial")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("value=\"Dominique Vial\""), "{}", wrong.text());
    let training = [("tenue", "2027-02-11"), ("sujet", "Verser et suivre"), ("participants", "trois agents")];
    assert_eq!(pilot.send(&format!("{address}/formations"), &training).await.status, 303);
    let page = pilot.page(&address).await;
    for said in [
        "Camille Roux",
        "Délégué à la protection des données",
        "11 février 2027 : Verser et suivre (trois agents)",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let (_, rest) = page.split_once("name=\"interlocuteur\" value=\"").unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    assert_eq!(pilot.send(&format!("{people}/retrait"), &[("interlocuteur", id)]).await.status, 303);
    assert!(!pilot.page(&address).await.contains("Camille Roux"));

    let decided = format!("Ouvrir les flux de {}", door.tenant.code);
    let decision = [
        ("comite", "COPIL"),
        ("tenu", "2027-01-20"),
        ("decision", decided.as_str()),
        ("porteur", "Direction générale"),
        ("echeance", "2027-02-15"),
    ];
    assert_eq!(pilot.send("/pilotage/comites", &decision).await.status, 303);
    let without = pilot.send("/pilotage/comites", &decision[..2]).await;
    assert!(without.status == 422 && without.text().contains("Remplissez ce champ"), "{}", without.text());
    let steering = pilot.page("/pilotage/entrees").await;
    assert!(steering.contains(&decided) && steering.contains("En retard"), "{steering}");
    let page = pilot.page("/pilotage/comites").await;
    let (before, _) = page.split_once(&format!("Nouvel état de : {decided}")).unwrap();
    let (_, place) = before.rsplit_once("action=\"").unwrap();
    let (place, _) = place.split_once('"').unwrap();
    assert_eq!(pilot.send(place, &[("etat", "fait")]).await.status, 303);
    assert_eq!(pilot.send(place, &[("etat", "presque")]).await.status, 404);
    assert!(!pilot.page("/pilotage/entrees").await.contains(&decided), "done");

    for nothing in ["/pilotage/entrees/x", "/pilotage/entrees/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(door.send(get(nothing).cookie(&pilot.cookie)).await.status, 404, "{nothing}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_year_admits_so_many_and_no_more() {
    let door = Door::open().await;
    let (cookie, csrf) = door.log_in(Role::Pilot).await;
    let pilot = Pilot { door: &door, cookie, csrf };
    // A year of no other test's.
    let fixed =
        pilot.send("/pilotage/entrees", &[("suite", "capacite"), ("annee", "2011"), ("capacite", "1")]).await;
    assert_eq!(fixed.status, 303);
    let wrong =
        pilot.send("/pilotage/entrees", &[("suite", "capacite"), ("annee", "11"), ("capacite", "-1")]).await;
    assert!(
        wrong.status == 422 && wrong.text().contains("Donnez un nombre d’installations"),
        "{}",
        wrong.text()
    );
    let mut answers = Vec::new();
    for name in ["un", "deux"] {
        let siren = siren_of(&format!("{name} {}", door.tenant.code));
        let fields = [("nom", name), ("siren", siren.as_str()), ("sorte", "commune")];
        let entry = pilot.send("/pilotage/entrees", &fields).await.header("location").to_owned();
        let steps = format!("{entry}/etapes");
        let signed = pilot.send(&steps, &[("etape", "CONVENTION_SIGNEE"), ("date", "03/2011")]).await;
        assert_eq!(signed.status, 303);
        answers.push(pilot.send(&steps, &[("etape", "INSTALLE"), ("date", "05/2011")]).await);
    }
    assert_eq!(answers[0].status, 303);
    assert!(
        answers[1].text().contains("Les installations que l’année admet (1) sont toutes faites."),
        "{}",
        answers[1].text()
    );
    assert!(pilot.page("/pilotage/entrees").await.contains("complète"));
    door.end().await;
}
