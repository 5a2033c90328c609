//! A deposit made by the form, as other stories need one: which agreement, which files, what title.

use std::path::Path;

use super::driver::Browser;

/// A PDF of this name, as a file to choose.
pub(super) fn pdf(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("%PDF-1.4\n% {name}\n%%EOF\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Begins a deposit under the agreement.
pub(super) async fn begin(browser: &Browser, portal: &str, agreement: &str) {
    browser.go(&format!("{portal}/versements/nouveau")).await;
    browser.wait_for("Que versez-vous ?").await;
    browser.click(&format!(".flow form:has(input[name=accord][value='{agreement}']) button")).await;
    browser.wait_for("Quels fichiers ?").await;
}

/// Adds the file to those that are there, of which there are so many then; goes on.
pub(super) async fn add(browser: &Browser, file: &str, then: usize, script: bool) {
    browser.fill("#fichiers", file).await;
    if !script {
        browser.click("#depot-fichiers button[type=submit]").await;
    }
    browser.wait_for(&format!("{then} fichier{}, ", if then == 1 { "" } else { "s" })).await;
    browser.click("#suite button[type=submit]").await;
}

/// Answers, reads again, sends.
pub(super) async fn answer_and_send(browser: &Browser, title: &str) {
    browser.fill("#versement-titre", title).await;
    for (css, day) in [("#versement-datededebut", "2026-09-01"), ("#versement-datedefin", "2026-09-30")] {
        // Whatever the browser's language.
        let field = serde_json::to_value(browser.find(css).await).unwrap();
        browser.client.execute("arguments[0].value = arguments[1]", vec![field, day.into()]).await.unwrap();
    }
    browser.click("#questions button[type=submit]").await;
    send(browser).await;
}

/// Reads again and sends, once everything is answered.
pub(super) async fn send(browser: &Browser) {
    browser.wait_for("Tout est en règle").await;
    browser.click("#envoi button").await;
    browser.wait_for("Accusé de réception").await;
}
