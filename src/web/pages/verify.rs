//! `/verify`: whether an attestation is genuine, for whoever holds it, without an account; `/confiance`: the keys and
//! certificates with which anyone checks without us.
//!
//! Gives away nothing but the answer: of an unknown number and of another member's, the same is said. Who asks too often
//! waits.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::shell::{FieldError, Section, Shell, answer, answer_to_correct};
use super::words;
use crate::attestation::Look;
use crate::proof::sealed::Shown;
use crate::web::{Problem, State, client};

/// Questions from one address in [`WINDOW`].
const QUESTIONS_MAX: u32 = 30;
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Addresses remembered; past them, all are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// Since when each address asked, and how often.
type Counts = HashMap<IpAddr, (DateTime<Utc>, u32)>;

/// How often each address asked lately.
#[derive(Clone, Default)]
pub struct Asked {
    asked: Arc<Mutex<Counts>>,
}

impl Asked {
    /// Counts a question; whether it may be answered.
    fn may(&self, from: IpAddr, now: DateTime<Utc>) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= ADDRESSES_MAX {
            asked.clear();
        }
        let (since, count) = asked.entry(from).or_insert((now, 0));
        if now - *since > WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= QUESTIONS_MAX
    }
}

/// `GET /verify`.
#[derive(Template)]
#[template(path = "verify.html")]
pub struct VerifyPage {
    pub shell: Shell,
    pub number: String,
    pub digest: String,
    pub errors: Vec<FieldError>,
    pub verdict: Option<Verdict>,
}

impl VerifyPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// The answer.
pub struct Verdict {
    /// `kept`, `refused` or `waiting`: how it looks.
    pub tone: &'static str,
    pub icon: &'static str,
    pub headline: String,
    pub explanation: String,
    pub checked: Vec<String>,
    pub unchecked: Vec<String>,
}

/// What is asked.
#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    numero: String,
    #[serde(default)]
    empreinte: String,
}

/// `GET /verify`.
pub async fn show(
    request: HttpRequest,
    question: web::Query<Question>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (number, digest) = (question.numero.trim().to_uppercase(), digits(&question.empreinte));
    // Codes of members are written as they are: only the letters of ours are in capitals.
    let number = if question.numero.trim().is_empty() { number } else { question.numero.trim().to_owned() };
    let page = |errors, verdict| VerifyPage {
        shell: outside("Vérifier une attestation"),
        number: number.clone(),
        digest: digest.clone(),
        errors,
        verdict,
    };
    if digest.is_empty() {
        // The code on the paper leads here with the number alone.
        return Ok(answer(&page(Vec::new(), None)));
    }
    let wrong = |field, sentence: &str| {
        Ok(answer_to_correct(&page(vec![FieldError { field, sentence: sentence.to_owned() }], None)))
    };
    if number.is_empty() {
        return wrong("numero", "Écrivez le numéro de l’attestation, tel qu’il y est imprimé.");
    }
    if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return wrong(
            "empreinte",
            "L’empreinte a 64 caractères, chiffres et lettres de a à f : recopiez-la en entier.",
        );
    }
    if !state.asked.may(client::address(&request), state.clock.now()) {
        return wrong("numero", "Trop de demandes depuis ce poste : attendez une minute.");
    }
    let look = state.attestations.look(&number, &digest, &state.sealing.trusted()?).await?;
    Ok(answer(&page(Vec::new(), Some(verdict(look)))))
}

/// Spaces and dashes help to copy; case does not count.
fn digits(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != ':');
    let text: String = kept.take(200).collect::<String>().to_lowercase();
    text.strip_prefix("sha256").unwrap_or(&text).to_owned()
}

/// The answer, in words.
pub fn verdict(look: Look) -> Verdict {
    match look {
        Look::Unknown => Verdict {
            tone: "waiting",
            icon: "alert",
            headline: "Attestation inconnue".into(),
            explanation: "Ce service n’a pas délivré d’attestation de ce numéro. Vérifiez-le, chiffre par chiffre.".into(),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Look::Altered => Verdict {
            tone: "refused",
            icon: "alert",
            headline: "Attestation altérée".into(),
            explanation: "Une attestation de ce numéro existe, mais son empreinte est une autre : ce que vous tenez n’est pas \
                          ce que le service a déclaré, ou l’empreinte a été mal recopiée."
                .into(),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Look::Genuine { title, issued_at, proof } => genuine(title, issued_at, proof),
    }
}

fn genuine(title: &str, issued_at: DateTime<Utc>, proof: Option<Result<Shown, String>>) -> Verdict {
    let mut checked = vec![
        "le numéro et l’empreinte sont ceux du registre".to_owned(),
        "le journal de la collectivité déclare cette empreinte".to_owned(),
    ];
    let mut unchecked =
        vec!["que le document que vous tenez dit bien ce que dit l’attestation : comparez-les".to_owned()];
    let explanation = format!("{title} délivrée le {}.", words::moment(issued_at).words);
    match proof {
        Some(Ok(shown)) => {
            checked.push(format!(
                "le journal a été scellé à {} entrées, et la signature du sceau est bonne",
                shown.size
            ));
            for stamp in shown.stamps.iter().chain(&shown.log_stamps) {
                checked.push(format!(
                    "le sceau a été horodaté le {} par {}",
                    words::moment(stamp.at).words,
                    stamp.authority
                ));
            }
            unchecked.extend(shown.unchecked);
        }
        Some(Err(reason)) => {
            return Verdict {
                tone: "refused",
                icon: "alert",
                headline: "Preuve en défaut".into(),
                explanation: format!(
                    "L’attestation est au registre, mais sa preuve ne se vérifie plus ({reason}). Signalez-le au service d’archives."
                ),
                checked,
                unchecked,
            };
        }
        None => {
            unchecked
                .push("le scellement du journal : il vient une fois par jour, revenez demain".to_owned());
        }
    }
    Verdict {
        tone: "kept",
        icon: "check",
        headline: "Attestation authentique".into(),
        explanation,
        checked,
        unchecked,
    }
}

pub(super) fn outside(title: &str) -> Shell {
    Shell { title: title.to_owned(), account: None, section: Section::None, top: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_a_minute_and_nobody_else_does() {
        let asked = Asked::default();
        let now = "2027-03-01T08:00:00Z".parse().unwrap();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert!((0..QUESTIONS_MAX).all(|_| asked.may(one, now)));
        assert!(!asked.may(one, now) && asked.may(other, now));
        assert!(asked.may(one, now + TimeDelta::seconds(61)));
    }

    #[test]
    fn an_empreinte_is_read_as_it_is_copied() {
        assert_eq!(digits(" SHA256: AB cd-ef\n"), "abcdef");
    }
}
