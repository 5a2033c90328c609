//! The portal as people use it: the real program, a real browser.
//!
//! One thing to know: a test fails, with the command to run, when no browser is installed.

mod accessibility;
mod agreeing;
mod deciding;
mod depositing;
mod drafting;
mod driver;
mod joining;
mod program;
mod provider;
mod reading;
mod retaking;
mod screenshots;

use driver::Browser;
use program::Program;

use crate::support::service::Place;
use crate::support::sip::Sip;

/// Runs a story in a browser, then closes it whatever happened.
fn story<F: Future<Output = ()>>(tell: impl FnOnce(Browser, String, tempfile::TempDir) -> F, script: bool) {
    let place = Place::fresh();
    story_of(&Program::start(&place), tell, script);
}

/// The same of a program that runs.
fn story_of<F: Future<Output = ()>>(
    program: &Program,
    tell: impl FnOnce(Browser, String, tempfile::TempDir) -> F,
    script: bool,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let browser = Browser::open(1280, script).await;
        tell(browser, program.address(), tempfile::tempdir().unwrap()).await;
    });
}

/// A faultless transfer with a PDF and a text, as a file to choose.
fn sip_file(folder: &tempfile::TempDir, identifier: &str, agreement: &str) -> String {
    let mut sip = Sip::with_files(identifier, 1);
    sip.agreement = agreement.to_owned();
    sip.files.push(("content/note.txt".into(), "Délibération du conseil : adoptée.\n".into()));
    let path = folder.path().join(format!("{identifier}.zip"));
    std::fs::write(&path, sip.zip()).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn log_in(browser: &Browser, portal: &str, login: &str) {
    browser.go(&format!("{portal}/connexion")).await;
    browser.fill("#identifiant", login).await;
    browser.fill("#mot-de-passe", program::PASSWORD).await;
    browser.click("main button[type=submit]").await;
    browser.wait_for("Bonjour").await;
}

async fn log_out(browser: &Browser) {
    browser.click(".person button").await;
    browser.wait_for("Connexion").await;
}

/// Waits until the page of a transfer says this: by itself, or each time it is read again.
async fn told_of_it(browser: &Browser, words: &str, script: bool) {
    while !script && !browser.text().await.contains(words) {
        browser.follow("Actualiser cette page").await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    browser.wait_for(words).await;
}

async fn taken_in_charge(browser: &Browser, script: bool) {
    told_of_it(browser, "Ces archives sont prises en charge", script).await;
}

async fn deposit(browser: &Browser, portal: &str, file: &str) {
    browser.go(&format!("{portal}/versements/paquet")).await;
    browser.fill("#fichier", file).await;
    browser.click("#depot button[type=submit]").await;
    browser.wait_for("Ce versement").await;
}

#[test]
fn a_secretary_deposits_then_opens_what_was_taken_in_charge() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        browser.go(&portal).await;
        browser.wait_for("Connexion").await;
        browser.fill("#identifiant", "secretaire").await;
        browser.fill("#mot-de-passe", "un mot de passe inventé").await;
        browser.click("main button[type=submit]").await;
        browser.wait_for("Identifiant ou mot de passe inconnu").await;
        log_in(&browser, &portal, "secretaire").await;

        browser.follow("Déposer").await;
        browser.follow("J’ai déjà un dossier préparé par un logiciel").await;
        browser.wait_for("Et ensuite ?").await;
        deposit(&browser, &portal, &sip_file(&folder, "NAVIGATEUR-1", "ACCORD-TEST")).await;
        browser.wait_for("Accusé de réception").await;
        // Nobody reloads the page: it follows the transfer by itself.
        browser.wait_for("Ces archives sont prises en charge").await;
        browser.wait_for("Réponse").await;
        browser.wait_for("exemplaires sur des sites distincts").await;

        browser.click(".message a.button-quiet").await;
        browser.wait_for("Séance ordinaire du conseil").await;
        browser.follow("Pièce 0").await;
        browser.follow("piece-1.pdf").await;
        browser.wait_for("Aperçu").await;
        let shown = browser.find("object[type='application/pdf']").await;
        assert!(shown.attr("data").await.unwrap().unwrap().contains("/apercu"));

        browser.go(&format!("{portal}/archives?q=deliberations")).await;
        browser.follow("Délibérations du versement NAVIGATEUR-1").await;
        // A branch's files are one level below.
        browser.follow("Pièce 1").await;
        browser.follow("note.txt").await;
        browser.wait_for("Délibération du conseil : adoptée.").await;

        log_out(&browser).await;
        browser.go(&format!("{portal}/versements")).await;
        browser.wait_for("Se connecter").await;
        browser.close().await;
    };
    story(tell, true);
}

#[test]
fn an_archivist_refuses_in_words_that_the_secretary_reads() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        deposit(&browser, &portal, &sip_file(&folder, "NAVIGATEUR-2", "ACCORD-ARCHIVISTE")).await;
        browser.wait_for("Le service d’archives va se prononcer").await;
        log_out(&browser).await;

        log_in(&browser, &portal, "archiviste").await;
        browser.wait_for("Votre décision est attendue").await;
        browser.follow("Délibérations du versement NAVIGATEUR-2").await;
        browser.wait_for("Ce versement attend votre décision").await;
        browser.click("button.button-danger").await;
        browser.wait_for("Une chose est à corriger").await;
        browser.click("input[name=raison][value=to_complete]").await;
        browser.fill("#mots", "Il manque l’annexe budgétaire.").await;
        browser.click("button.button-danger").await;
        browser.wait_for("n’a pas accepté ce versement").await;
        log_out(&browser).await;

        log_in(&browser, &portal, "secretaire").await;
        browser.wait_for("À reprendre").await;
        browser.follow("Délibérations du versement NAVIGATEUR-2").await;
        browser.wait_for("À compléter").await;
        browser.wait_for("Il manque l’annexe budgétaire.").await;
        browser.wait_for("Déposer le versement corrigé").await;
        browser.close().await;
    };
    story(tell, true);
}

#[test]
fn a_deposit_needs_no_script() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        browser.go(&format!("{portal}/versements/paquet")).await;
        browser.wait_for("Choisissez le fichier du versement").await;
        deposit(&browser, &portal, &sip_file(&folder, "NAVIGATEUR-3", "ACCORD-TEST")).await;
        taken_in_charge(&browser, false).await;
        browser.go(&format!("{portal}/versements")).await;
        browser.wait_for("Pris en charge").await;
        browser.close().await;
    };
    story(tell, false);
}
