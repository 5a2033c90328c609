//! An agreement prepared by the member's administrator, validated by its archivist, and used at once by whoever deposits.

use super::depositing::{add, answer_and_send, begin, pdf};
use super::driver::Browser;
use super::program::Program;
use super::{log_in, log_out, story_of, taken_in_charge};
use crate::support::service::Place;

/// Who administers the member, and nothing else.
const ADMINISTRATOR: &str = r#"
[[person]]
login = "administratrice"
name = "Jeanne Administratrice"
roles = ["member_admin"]
password = "mot-de-passe-d-essai"
"#;

const NAME: &str = "Délibérations du centre communal d’action sociale";

/// She says who deposits what; what she forgot is told, and what she wrote is still there.
async fn prepare(browser: &Browser) {
    browser.follow("Accords de versement").await;
    browser.follow("Préparer un accord").await;
    browser.wait_for("Vous dites qui versera quoi").await;
    browser.fill("#identifiant", "CCAS-2027").await;
    browser.click("#archives option[value='ARCHIVES-TEST']").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("Donnez-lui un nom").await;
    browser.wait_for("Choisissez un service versant au moins").await;
    let kept = browser.find("#identifiant").await.prop("value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("CCAS-2027"));
    browser.fill("#nom", NAME).await;
    browser.click("input[name=versant][value='VERSANT-TEST']").await;
    browser.click("input[name=producteur][value='PRODUCTEUR-TEST']").await;
    browser.click("input[name=acceptation][value=automatique]").await;
    browser.click("main form button[type=submit]").await;
    browser.wait_for("En préparation").await;
}

async fn agreed(browser: Browser, portal: String, folder: tempfile::TempDir, script: bool) {
    log_in(&browser, &portal, "administratrice").await;
    prepare(&browser).await;
    // Who prepares does not validate.
    browser.lacks("Valider l’accord").await;
    browser.go(&portal).await;
    browser.wait_for("Attendent la validation de l’archiviste").await;
    browser.wait_for(NAME).await;
    log_out(&browser).await;

    // Nothing comes under what is being prepared.
    log_in(&browser, &portal, "secretaire").await;
    browser.go(&format!("{portal}/versements/nouveau")).await;
    browser.wait_for("Que versez-vous ?").await;
    browser.lacks(NAME).await;
    log_out(&browser).await;

    log_in(&browser, &portal, "archiviste").await;
    browser.follow("Profils").await;
    browser.follow("Accords de versement").await;
    browser.follow(NAME).await;
    browser.wait_for("Prise en charge automatique").await;
    browser.click("form[action$='/validation'] button").await;
    browser.lacks("Valider l’accord").await;
    log_out(&browser).await;

    // From now on, and whoever deposits has nothing to ask of anybody.
    log_in(&browser, &portal, "secretaire").await;
    begin(&browser, &portal, "CCAS-2027").await;
    add(&browser, &pdf(folder.path(), "secours d’urgence.pdf"), 1, script).await;
    answer_and_send(&browser, "Séance du conseil d’administration").await;
    taken_in_charge(&browser, script).await;
    browser.wait_for(NAME).await;
    browser.close().await;
}

fn told(script: bool) {
    let place = Place::fresh();
    place.apply(ADMINISTRATOR, None);
    let program = Program::start(&place);
    story_of(&program, |browser, portal, folder| agreed(browser, portal, folder, script), script);
}

#[test]
fn an_agreement_is_prepared_validated_and_used_at_once() {
    told(true);
}

#[test]
fn an_agreement_needs_no_script() {
    told(false);
}
