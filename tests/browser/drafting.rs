//! The first deposit by a secretary who knows no standard: with script, without, and by the keyboard alone.

use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use super::driver::Browser;
use super::{log_in, story};

/// Three PDF as she has them.
fn files(folder: &tempfile::TempDir) -> Vec<String> {
    let names = ["convocation.pdf", "délibération 12.pdf", "procès-verbal.pdf"];
    let write = |name: &&str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("%PDF-1.4\n% {name}\n%%EOF\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    names.iter().map(write).collect()
}

/// Fills a field of days, whatever the browser's language.
async fn fill_date(browser: &Browser, css: &str, day: &str) {
    let field = browser.find(css).await;
    let arguments = vec![serde_json::to_value(&field).unwrap(), day.into()];
    browser.client.execute("arguments[0].value = arguments[1]", arguments).await.unwrap();
}

async fn questions(browser: &Browser, title: &str) {
    browser.wait_for("Titre du versement").await;
    browser.fill("#versement-titre", title).await;
    fill_date(browser, "#versement-datededebut", "2026-09-01").await;
    fill_date(browser, "#versement-datedefin", "2026-09-30").await;
    browser.click("#questions button[type=submit]").await;
}

#[test]
fn a_secretary_drops_three_files_answers_and_has_her_acknowledgement() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        browser.go(&format!("{portal}/versements/nouveau")).await;
        browser.wait_for("Que versez-vous ?").await;
        browser.click(".flow button").await;
        browser.wait_for("Glissez ici vos fichiers").await;
        browser.fill("#fichiers", &files(&folder).join("\n")).await;
        // Each goes by itself, and is named as it comes; nobody reloads the page.
        browser.wait_for("3 fichiers, ").await;
        browser.wait_for("Document PDF").await;
        browser.click("#suite button[type=submit]").await;
        questions(&browser, "Conseil municipal, séance de septembre").await;
        browser.wait_for("Voici ce que l’archiviste verra").await;
        browser.wait_for("Tout est en règle").await;
        browser.wait_for("délibération 12").await;
        browser.click("#envoi button").await;
        browser.wait_for("Accusé de réception").await;
        browser.wait_for("Ces archives sont prises en charge").await;

        // The second takes three clicks once the files are chosen.
        browser.go(&format!("{portal}/versements/nouveau")).await;
        browser.wait_for("Verser comme la dernière fois").await;
        browser.click(".flow button").await;
        browser.wait_for("Glissez ici vos fichiers").await;
        let next = folder.path().join("octobre.pdf");
        std::fs::write(&next, "%PDF-1.4\n% octobre\n%%EOF\n").unwrap();
        browser.fill("#fichiers", next.to_str().unwrap()).await;
        browser.wait_for("1 fichier, ").await;
        browser.click("#suite button[type=submit]").await;
        browser.wait_for("Vérifiez les dates").await;
        browser.click("#envoi button").await;
        browser.wait_for("Ces archives sont prises en charge").await;
        browser.close().await;
    };
    story(tell, true);
}

#[test]
fn the_same_deposit_needs_no_script() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        browser.go(&format!("{portal}/versements/nouveau")).await;
        browser.click(".flow button").await;
        browser.wait_for("Choisissez les fichiers").await;
        browser.fill("#fichiers", &files(&folder).join("\n")).await;
        browser.click("#depot-fichiers button[type=submit]").await;
        browser.wait_for("3 fichiers, ").await;
        browser.click("#liste li:nth-child(3) button").await;
        browser.wait_for("2 fichiers, ").await;
        // Two files are put into a folder, then one of them into another below it.
        browser.click("#ranger summary").await;
        browser.click("#liste li:nth-child(1) .ticked").await;
        browser.click("#liste li:nth-child(2) .ticked").await;
        browser.fill("#rangement-dossier", "Séance").await;
        browser.click("#rangement button").await;
        browser.find("#liste .rows-head").await;
        browser.click("#liste li:nth-child(2) .ticked").await;
        browser.fill("#rangement-dossier", "Séance/Annexes").await;
        browser.click("#rangement button").await;
        browser.wait_for("Séance › Annexes").await;
        browser.click("#suite button[type=submit]").await;
        // What is not answered is told, and the draft keeps what was.
        browser.wait_for("Titre du versement").await;
        browser.fill("#versement-titre", "Sans script").await;
        browser.click("#questions button[type=submit]").await;
        browser.wait_for("choses sont à corriger").await;
        fill_date(&browser, "#versement-datededebut", "2026-09-01").await;
        fill_date(&browser, "#versement-datedefin", "2026-09-30").await;
        // What may wait needs no script either.
        browser.click("details.more summary").await;
        browser.fill("#versement-description", "Deux pièces de la séance").await;
        browser.click("#questions button[type=submit]").await;
        browser.wait_for("Tout est en règle").await;
        browser.wait_for("Annexes").await;
        browser.wait_for("Deux pièces de la séance").await;
        browser.click("#envoi button").await;
        browser.wait_for("Accusé de réception").await;
        while !browser.text().await.contains("Ces archives sont prises en charge") {
            browser.follow("Actualiser cette page").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        browser.close().await;
    };
    story(tell, false);
}

/// Goes on with the Tab key until what has the focus is this, never touching a mouse.
pub(super) async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..80 {
        let active = browser.client.active_element().await.unwrap();
        let is_it = "return arguments[0].matches(arguments[1])";
        let arguments = vec![serde_json::to_value(&active).unwrap(), css.into()];
        if browser.client.execute(is_it, arguments).await.unwrap() == true {
            return;
        }
        press(browser, Key::Tab).await;
    }
    panic!("the Tab key never comes to {css}");
}

pub(super) async fn press(browser: &Browser, key: Key) {
    strike(browser, char::from(key)).await;
}

/// A key of the keyboard, down and up, wherever the focus is.
async fn strike(browser: &Browser, value: char) {
    let keys = KeyActions::new("clavier".into());
    let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
    browser.client.perform_actions(keys).await.unwrap();
}

#[test]
fn the_whole_deposit_is_done_by_the_keyboard_alone() {
    let tell = async |browser: Browser, portal: String, folder: tempfile::TempDir| {
        log_in(&browser, &portal, "secretaire").await;
        browser.go(&format!("{portal}/versements/nouveau")).await;
        browser.wait_for("Que versez-vous ?").await;
        tab_to(&browser, ".flow button").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Glissez ici vos fichiers").await;
        // The chooser of files is the system's own; the field that opens it is reached.
        tab_to(&browser, "#fichiers").await;
        browser.client.active_element().await.unwrap().send_keys(&files(&folder).join("\n")).await.unwrap();
        browser.wait_for("3 fichiers, ").await;
        tab_to(&browser, "#suite button").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Titre du versement").await;
        tab_to(&browser, "#versement-titre").await;
        browser.client.active_element().await.unwrap().send_keys("Au clavier").await.unwrap();
        // Enter says it is done: what is lacking is told, and the focus stands there.
        press(&browser, Key::Enter).await;
        browser.wait_for("choses sont à corriger").await;
        let active = browser.client.active_element().await.unwrap();
        assert_eq!(active.attr("id").await.unwrap().as_deref(), Some("erreurs"));
        tab_to(&browser, "a[href='#versement-datededebut']").await;
        press(&browser, Key::Enter).await;
        // Days that are days whether the browser's language has the month first or last.
        for (css, day) in [("#versement-datededebut", "04052026"), ("#versement-datedefin", "05062026")] {
            tab_to(&browser, css).await;
            for figure in day.chars() {
                strike(&browser, figure).await;
            }
        }
        tab_to(&browser, "#questions button[type=submit]").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Tout est en règle").await;
        tab_to(&browser, "#envoi button").await;
        press(&browser, Key::Enter).await;
        browser.wait_for("Ces archives sont prises en charge").await;
        browser.close().await;
    };
    story(tell, true);
}
