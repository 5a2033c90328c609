//! A member added: followed by the pilot from the first interest, applied from its file by the operator, brought to life by its own
//! administrator, and seen at work.

use super::depositing::{add, answer_and_send, begin, pdf};
use super::driver::Browser;
use super::program::{self, Program};
use super::{log_in, log_out, story_of, taken_in_charge};
use crate::support::members;
use crate::support::service::{CONVENTION, Place};

/// Who leads the shared service.
const PILOT: &str = r#"
[[person]]
login = "pilote"
name = "Luc Pilote"
roles = ["pilot"]
password = "mot-de-passe-d-essai"
"#;

const NEW_PASSWORD: &str = "la pluie tombe sur le lavoir";

/// The new member's file, as the operator writes it: nobody knows its administrator's password yet.
fn file(siren: &str) -> String {
    format!(
        r#"
code = "valserac"
name = "Commune de Valsérac"
kind = "commune"
siren = "{siren}"
department = "96"
population = {{ inhabitants = 412, year = 2024 }}
[quota]
bytes = 1000000000
{CONVENTION}
[[party]]
identifier = "ARCHIVES-VALSERAC"
name = "Archives départementales"
parts = ["archival"]
[[party]]
identifier = "MAIRIE-VALSERAC"
name = "Mairie de Valsérac"
parts = ["transferring", "originating"]
[[agreement]]
identifier = "VALSERAC-ACTES"
name = "Actes de la commune"
acceptance = "automatic"
archival_agency = "ARCHIVES-VALSERAC"
transferring = ["MAIRIE-VALSERAC"]
originating = ["MAIRIE-VALSERAC"]
transfer_bytes_max = 100000000
state = "active"
[[person]]
login = "maire.valserac"
name = "Claire Valsérac"
roles = ["member_admin"]
"#
    )
}

/// The pilot enters a step made today, or in this month.
async fn step(browser: &Browser, stage: &str, when: &str) {
    browser.click(&format!("#etape option[value='{stage}']")).await;
    browser.fill("#date", when).await;
    browser.click("form[action$='/etapes'] button").await;
}

/// The pilot follows the way in until the service has no member of that SIREN yet. The entry's address.
async fn entered(browser: &Browser, portal: &str, siren: &str) -> String {
    log_in(browser, portal, "pilote").await;
    browser.follow("Toutes les entrées").await;
    browser.fill("#nom", "Commune de Valsérac").await;
    browser.fill("#siren", siren).await;
    browser.click("#sorte option[value='commune']").await;
    browser.fill("#population", "412").await;
    browser.click("button[value=entree]").await;
    browser.wait_for("Le service n’a pas encore de collectivité de ce SIREN").await;
    step(browser, "INSTALLE", "05/2026").await;
    browser.wait_for("Pas d’installation avant la convention signée.").await;
    let kept = browser.find("#date").await.prop("value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("05/2026"));
    browser.find("#date").await.clear().await.unwrap();
    step(browser, "CONVENTION_SIGNEE", "04/05/2026").await;
    browser.wait_for("4 mai 2026").await;
    let address = browser.client.current_url().await.unwrap();
    log_out(browser).await;
    address.as_ref().split('/').take(6).collect::<Vec<_>>().join("/").replace("/etapes", "")
}

/// The password that the command tells once.
fn told_once(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("maire.valserac")).unwrap_or_else(|| panic!("{said}"));
    let password = line.split_whitespace().last().unwrap();
    password.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// The administrator comes in for the first time and invites who will deposit; the link to hand over.
async fn invites(browser: &Browser, portal: &str, password: &str) -> String {
    browser.go(&format!("{portal}/connexion")).await;
    browser.fill("#identifiant", "maire.valserac").await;
    browser.fill("#mot-de-passe", password).await;
    browser.click("main button[type=submit]").await;
    browser.wait_for("Votre collectivité").await;
    browser.wait_for("Commune de Valsérac").await;
    browser.lacks("Commune d’essai").await;
    browser.follow("Personnes").await;
    browser.follow("Inviter une personne").await;
    browser.fill("#nom", "Lucie Aubier").await;
    browser.fill("#identifiant", "lucie.aubier").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("Choisissez un rôle").await;
    browser.click("input[name=role][value=depositor]").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("remettez vous-même ce lien à Lucie Aubier").await;
    let link = browser.find("code.key").await.text().await.unwrap();
    log_out(browser).await;
    link
}

/// Who was invited chooses her password, and deposits.
async fn deposits(browser: &Browser, portal: &str, link: &str, folder: &std::path::Path, script: bool) {
    browser.go(link).await;
    browser.wait_for("Lucie Aubier, votre identifiant est lucie.aubier").await;
    browser.fill("#mot-de-passe", "court").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("Une chose est à corriger").await;
    browser.fill("#mot-de-passe", NEW_PASSWORD).await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("Connexion").await;
    browser.fill("#identifiant", "lucie.aubier").await;
    browser.fill("#mot-de-passe", NEW_PASSWORD).await;
    browser.click("main button[type=submit]").await;
    browser.wait_for("Bonjour").await;
    begin(browser, portal, "VALSERAC-ACTES").await;
    add(browser, &pdf(folder, "délibération 1.pdf"), 1, script).await;
    answer_and_send(browser, "Premier conseil de Valsérac").await;
    taken_in_charge(browser, script).await;
    log_out(browser).await;
    browser.go(link).await;
    browser.wait_for("Ce lien a déjà servi").await;
}

/// The pilot sees the member at work, without a title of what it holds.
async fn seen_at_work(browser: &Browser, portal: &str, entry: &str) {
    log_in(browser, portal, "pilote").await;
    browser.go(entry).await;
    browser.wait_for("Actes de la commune").await;
    browser.wait_for("1 versement").await;
    for stage in ["INSTALLE", "FORME"] {
        step(browser, stage, "06/2026").await;
        browser.wait_for("juin 2026").await;
    }
    browser.wait_for("Formé").await;
    // Its deposit of trial was accepted today: no production before.
    step(browser, "EN_PRODUCTION", "05/07/2026").await;
    browser.wait_for("Pas de production avant un versement d’essai accepté").await;
    browser.find("#date").await.clear().await.unwrap();
    let today = chrono::Utc::now().with_timezone(&chrono_tz::Europe::Paris).format("%d/%m/%Y");
    step(browser, "EN_PRODUCTION", &today.to_string()).await;
    browser.says("main .lead", "En production").await;
    browser.lacks("Une chose est à corriger").await;
    browser.lacks("Premier conseil").await;
    browser.follow("Pilotage").await;
    browser.follow("Commune de Valsérac").await;
    browser.wait_for("En bref").await;
    browser.lacks("Premier conseil").await;
}

fn told(script: bool) {
    let (place, siren) = (Place::fresh(), members::siren(4_321));
    place.apply(PILOT, None);
    let program = Program::start(&place);
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        let entry = entered(&browser, &portal, &siren).await;
        let password = told_once(&place.apply(PILOT, Some(("valserac", &file(&siren)))));
        assert_ne!(password, program::PASSWORD);
        let link = invites(&browser, &portal, &password).await;
        deposits(&browser, &portal, &link, folder.path(), script).await;
        seen_at_work(&browser, &portal, &entry).await;
        browser.close().await;
    };
    story_of(&program, tell, script);
}

#[test]
fn a_member_is_added_and_the_pilot_sees_it_at_work() {
    told(true);
}

#[test]
fn a_member_is_added_without_script() {
    told(false);
}
