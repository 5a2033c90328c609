//! The archivist's whole decision by the keyboard alone: found on her desk, refused for a reason and in her words; another accepted.

use fantoccini::key::Key;

use super::drafting::{press, tab_to};
use super::{deposit, log_in, log_out, sip_file, story};
use crate::browser::driver::Browser;

async fn write(browser: &Browser, text: &str) {
    browser.client.active_element().await.unwrap().send_keys(text).await.unwrap();
}

#[test]
fn the_whole_decision_is_taken_by_the_keyboard_alone() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        for name in ["CLAVIER-1", "CLAVIER-2"] {
            deposit(&browser, &portal, &sip_file(&folder, name, "ACCORD-ARCHIVISTE")).await;
            browser.wait_for("Le service d’archives va se prononcer").await;
        }
        log_out(&browser).await;

        log_in(&browser, &portal, "archiviste").await;
        browser.wait_for("Votre décision est attendue").await;
        // The oldest comes first.
        tab_to(&browser, "section[aria-labelledby=attend] .rows a").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Ce versement attend votre décision").await;
        assert!(browser.text().await.contains("CLAVIER-1"));
        tab_to(&browser, ".button-danger").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Une chose est à corriger").await;
        tab_to(&browser, "a[href='#raison']").await;
        press(&browser, Key::Enter).await;
        tab_to(&browser, "input[name=raison]").await;
        press(&browser, Key::Space).await;
        tab_to(&browser, "#mots").await;
        write(&browser, "Il manque l’annexe.").await;
        tab_to(&browser, ".button-danger").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("n’a pas accepté ce versement").await;
        browser.wait_for("Il manque l’annexe.").await;

        browser.go(&portal).await;
        tab_to(&browser, "section[aria-labelledby=attend] .rows a").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Ce versement attend votre décision").await;
        tab_to(&browser, "details summary").await;
        press(&browser, Key::Enter).await;
        tab_to(&browser, "#remarque").await;
        write(&browser, "Merci de ce versement.").await;
        tab_to(&browser, "form[action$='/acceptation'] button").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Ces archives sont prises en charge").await;
        browser.wait_for("Merci de ce versement.").await;
        browser.close().await;
    };
    story(tell, true);
}
