//! A deposit refused because something lacks, taken up again with its answers and its files, completed, and accepted.

use super::depositing::{add, answer_and_send, begin, pdf, send};
use super::driver::Browser;
use super::program::Program;
use super::{log_in, log_out, story_of, taken_in_charge, told_of_it};
use crate::support::service::Place;

const TITLE: &str = "Budget primitif, séance de septembre";

/// The archivist refuses what waits for her, in these words.
async fn refuse(browser: &Browser, portal: &str, words: &str) {
    log_in(browser, portal, "archiviste").await;
    browser.follow(TITLE).await;
    browser.wait_for("Ce versement attend votre décision").await;
    browser.click("input[name=raison][value=to_complete]").await;
    browser.fill("#mots", words).await;
    browser.click("button.button-danger").await;
    browser.wait_for("n’a pas accepté ce versement").await;
    log_out(browser).await;
}

async fn retaken(browser: Browser, portal: String, folder: tempfile::TempDir, script: bool) {
    log_in(&browser, &portal, "secretaire").await;
    begin(&browser, &portal, "ACCORD-ARCHIVISTE").await;
    add(&browser, &pdf(folder.path(), "délibération 12.pdf"), 1, script).await;
    answer_and_send(&browser, TITLE).await;
    told_of_it(&browser, "Le service d’archives va se prononcer", script).await;
    log_out(&browser).await;
    refuse(&browser, &portal, "Il manque l’annexe budgétaire.").await;

    // What was refused waits for her, with why; what she had answered and added is there.
    log_in(&browser, &portal, "secretaire").await;
    browser.wait_for("À reprendre").await;
    browser.follow(TITLE).await;
    browser.wait_for("À compléter").await;
    browser.wait_for("Il manque l’annexe budgétaire.").await;
    let first = browser.client.current_url().await.unwrap();
    browser.click("#reprendre form button").await;
    browser.wait_for("délibération 12.pdf").await;
    add(&browser, &pdf(folder.path(), "annexe budgétaire.pdf"), 2, script).await;
    // Everything is answered already: there is only to read it again.
    browser.wait_for("Voici ce que l’archiviste verra").await;
    browser.wait_for(TITLE).await;
    send(&browser).await;
    told_of_it(&browser, "Le service d’archives va se prononcer", script).await;
    let second = browser.client.current_url().await.unwrap();
    log_out(&browser).await;

    // The archivist sees what was completed, and accepts it.
    log_in(&browser, &portal, "archiviste").await;
    browser.follow(TITLE).await;
    browser.wait_for("Ce versement attend votre décision").await;
    browser.wait_for("annexe budgétaire").await;
    browser.click("form[action$='/acceptation'] button").await;
    taken_in_charge(&browser, script).await;
    log_out(&browser).await;

    // Nothing is left to take up; the refused one leads to the one that followed it.
    log_in(&browser, &portal, "secretaire").await;
    browser.lacks("À reprendre").await;
    browser.go(first.as_str()).await;
    browser.wait_for("Il manque l’annexe budgétaire.").await;
    browser.lacks("Reprendre ce versement").await;
    browser.follow("Le versement qui l’a repris").await;
    browser.wait_for("Ces archives sont prises en charge").await;
    assert_eq!(browser.client.current_url().await.unwrap(), second);
    browser.close().await;
}

/// The story in a place that keeps what was refused, as services do.
fn told(script: bool) {
    let place = Place::fresh();
    let program = Program::start_under(&place, &[("CHARTRIER_QUARANTINE_REFUSED_DAYS", "30".to_owned())]);
    story_of(&program, |browser, portal, folder| retaken(browser, portal, folder, script), script);
}

#[test]
fn a_deposit_refused_to_be_completed_is_taken_up_again_and_accepted() {
    told(true);
}

#[test]
fn a_refused_deposit_is_taken_up_again_without_script() {
    told(false);
}
