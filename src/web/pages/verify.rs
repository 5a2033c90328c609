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
use super::upload;
use super::verdict::{Verdict, dropped_verdict, verdict};
use crate::proof::attestation::FILE_BYTES_MAX;
use crate::web::proof_of_origin::Visitor;
use crate::web::{Problem, State, callers, client};

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
    pub csrf: String,
    pub number: String,
    pub digest: String,
    pub errors: Vec<FieldError>,
    pub verdict: Option<Verdict>,
}

impl VerifyPage {
    /// The page, with nothing asked yet; the form that brings a file bears its proof of origin.
    async fn open(request: &HttpRequest, visitor: Visitor) -> Result<Self, Problem> {
        let session = callers::session_of(request).await?;
        Ok(Self {
            shell: outside("Vérifier une attestation"),
            csrf: session.map_or(visitor.csrf_token, |session| session.csrf_token),
            number: String::new(),
            digest: String::new(),
            errors: Vec::new(),
            verdict: None,
        })
    }

    /// The same, which says what to correct.
    fn corrected(mut self, field: &'static str, sentence: &str) -> HttpResponse {
        self.errors.push(FieldError { field, sentence: sentence.to_owned() });
        answer_to_correct(&self)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
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
    visitor: Visitor,
    question: web::Query<Question>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = VerifyPage::open(&request, visitor).await?;
    page.number = question.numero.trim().to_owned();
    page.digest = digits(&question.empreinte);
    if page.digest.is_empty() {
        // The code on the paper leads here with the number alone.
        return Ok(answer(&page));
    }
    if page.number.is_empty() {
        return Ok(page.corrected("numero", "Écrivez le numéro de l’attestation, tel qu’il y est imprimé."));
    }
    if page.digest.len() != 64 || !page.digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let sentence = "L’empreinte a 64 caractères, chiffres et lettres de a à f : recopiez-la en entier.";
        return Ok(page.corrected("empreinte", sentence));
    }
    if !state.asked.may(client::address(&request), state.clock.now()) {
        return Ok(page.corrected("numero", TOO_OFTEN));
    }
    let look = state.attestations.look(&page.number, &page.digest, &state.sealing.trusted()?).await?;
    page.verdict = Some(verdict(look));
    Ok(answer(&page))
}

const TOO_OFTEN: &str = "Trop de demandes depuis ce poste : attendez une minute.";
/// Field of the file.
const FILE: &str = "fichier";

/// `POST /verify`: an attestation's file, or its page.
pub async fn examine(
    request: HttpRequest,
    visitor: Visitor,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = VerifyPage::open(&request, visitor).await?;
    if !state.asked.may(client::address(&request), state.clock.now()) {
        return Ok(page.corrected(FILE, TOO_OFTEN));
    }
    let mut upload = upload::read(&request, body, &[FILE], FILE_BYTES_MAX).await?;
    if upload.too_large {
        return Ok(page.corrected(FILE, "Ce fichier est trop gros pour être une attestation."));
    }
    let Some(file) = upload.take(FILE) else {
        return Ok(page.corrected(FILE, "Choisissez le fichier de l’attestation : JSON, ou PDF."));
    };
    let dropped = state.attestations.look_at(&file.bytes, &state.sealing.trusted()?).await?;
    page.verdict = Some(dropped_verdict(dropped));
    Ok(answer(&page))
}

/// Spaces and dashes help to copy; case does not count.
fn digits(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != ':');
    let text: String = kept.take(200).collect::<String>().to_lowercase();
    text.strip_prefix("sha256").unwrap_or(&text).to_owned()
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
