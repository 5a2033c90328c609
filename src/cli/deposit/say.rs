//! What became of a package, in words or in JSON.

use std::path::Path;

use serde_json::{Value, json};

use super::super::check::printable;
use super::Outcome;

/// Findings shown of one package.
const SHOWN_MAX: usize = 50;

/// Whether the answer is no.
pub(super) fn is_refused(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Transfer(told) => told["state"] == "refused",
        Outcome::Trial(told) => told["verdict"] == "refuse",
    }
}

/// Says it.
pub(super) fn outcome(path: &Path, outcome: &Outcome, as_json: bool) {
    let file = path.display().to_string();
    if as_json {
        let (Outcome::Transfer(told) | Outcome::Trial(told)) = outcome;
        println!("{}", json!({ "file": file, "answer": told }));
        return;
    }
    let (sentence, told) = match outcome {
        Outcome::Transfer(told) => (transfer(told), told),
        Outcome::Trial(told) => (trial(told), told),
    };
    println!("{} : {sentence}", printable(&file));
    for finding in told["findings"].as_array().into_iter().flatten().take(SHOWN_MAX) {
        println!("  {}", line(finding));
    }
}

fn transfer(told: &Value) -> String {
    let text = |name: &str| printable(told[name].as_str().unwrap_or("—"));
    let id = text("transfer_id");
    match told["state"].as_str() {
        Some("taken_in_charge") => format!(
            "pris en charge, cote {} (code {}, versement {id}, archive {})",
            text("cote"),
            text("reply_code"),
            text("archive_id")
        ),
        Some("refused") => format!("refusé (code {}, versement {id})", text("reply_code")),
        Some("examined") => format!("reçu, un archiviste décide (versement {id})"),
        _ => format!("reçu (versement {id})"),
    }
}

fn trial(told: &Value) -> String {
    let verdict = match told["verdict"].as_str() {
        Some("accept") => "serait accepté",
        Some("wait") => "attendrait de la place dans le quota de la collectivité",
        Some("await") => "serait examiné par un archiviste",
        _ => "serait refusé",
    };
    format!("essai : {verdict} ; rien n'est gardé")
}

/// A finding in a line, with what to do.
fn line(finding: &Value) -> String {
    let text = |name: &str| printable(finding[name].as_str().unwrap_or_default());
    let place = finding["line"].as_u64().map(|line| format!(" (ligne {line})")).unwrap_or_default();
    let gravity = if finding["severity"] == "error" { "erreur" } else { "remarque" };
    format!("{gravity} {} : {}{place}. {}", text("code"), text("message"), text("remedy"))
}
