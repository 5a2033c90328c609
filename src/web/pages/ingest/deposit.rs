//! The deposit of a package made by a program: a form with one file, streamed to quarantine as it comes.
//!
//! Never holds the file in memory. The one thing to know: in the form, the proof of origin comes before the
//! file, and was looked at before this is called (`web::proof_of_origin`).

use std::io;

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::{StreamExt, TryStreamExt};

use super::list;
use crate::identity::PersonCaller;
use crate::ingest;
use crate::model::{Agent, Channel, CopySaid};
use crate::registry::convention_queries;
use crate::storage;
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, client, problems};

/// `GET /versements/paquet`.
#[derive(Template)]
#[template(path = "ingest/deposit.html")]
pub struct DepositPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub size_max: String,
    /// Why nothing would be accepted today.
    pub closed: Option<String>,
    pub errors: Vec<FieldError>,
}

const CHOOSE: &str = "Choisissez d’abord le fichier à déposer.";

/// `GET /versements/paquet`.
pub async fn form(person: Depositor, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let standing = convention_queries::standing(&mut state.db.read(person.tenant).await?).await?;
    let mut page = page(&person, &state, None);
    page.closed = standing.closed_on(state.clock.today()).as_ref().map(words::closed);
    Ok(answer(&page))
}

/// `POST /versements`.
pub async fn receive(
    person: Depositor,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let paced = client::paced(body).map_err(PayloadError::Io);
    let mut parts = Multipart::new(request.headers(), paced);
    let mut copy = None;
    while let Some(mut part) = parts.try_next().await.map_err(|_| Problem::new(&problems::INTERRUPTED))? {
        match part.name() {
            Some("fichier") => {
                return file(&person, &state, part, (copy, client::announced_bytes(&request))).await;
            }
            Some("copie") => copy = CopySaid::from_word(&word(&mut part).await?),
            _ => {}
        }
    }
    Ok(answer_to_correct(&page(&person, &state, Some(CHOOSE))))
}

/// A short field's text; what is longer is none of ours.
async fn word(part: &mut Field) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(|_| Problem::new(&problems::INTERRUPTED))? {
        if bytes.len() + chunk.len() > 64 {
            return Ok(String::new());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

async fn file(
    person: &Depositor,
    state: &State,
    part: Field,
    (copy, announced_bytes): (Option<CopySaid>, Option<u64>),
) -> Result<HttpResponse, Problem> {
    let name = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default().to_owned();
    if name.is_empty() {
        return Ok(answer_to_correct(&page(person, state, Some(CHOOSE))));
    }
    let from = ingest::Depositor {
        tenant: person.tenant,
        agent: Agent::Person(person.person_id, person.role()),
        channel: Channel::Portal,
        copy,
        announced_bytes,
    };
    let bytes = part.map(|chunk| {
        chunk.map_err(|error| io::Error::new(io::ErrorKind::ConnectionAborted, error.to_string()))
    });
    match state.ingest.receive(&from, &name, bytes).await {
        Ok(reception) if reception.already_known => {
            Ok(go_to(&format!("{}?deja=true", list::address(reception.transfer.transfer_id))))
        }
        Ok(reception) => Ok(go_to(&list::address(reception.transfer.transfer_id))),
        Err(ingest::Error::Storage(storage::Error::TooLarge { .. })) => {
            let sentence = "Ce fichier dépasse la taille admise. Répartissez le versement en plusieurs.";
            Ok(answer_to_correct(&page(person, state, Some(sentence))))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(person: &PersonCaller, state: &State, wrong: Option<&str>) -> DepositPage {
    let error = |sentence: &str| FieldError { field: "fichier", sentence: sentence.to_owned() };
    DepositPage {
        shell: Shell {
            title: "Déposer un dossier préparé".into(),
            account: Some(Account::of(person)),
            section: Section::Transfers,
            top: false,
        },
        trail: vec![
            Link::new("Versements", "/versements"),
            Link::new("Nouveau versement", "/versements/nouveau"),
        ],
        csrf: person.csrf_token.clone(),
        size_max: words::size(state.settings.received_bytes_max),
        closed: None,
        errors: wrong.map(error).into_iter().collect(),
    }
}
