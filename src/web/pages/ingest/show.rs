//! Reads what the page of a transfer shows, and gives its papers.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::decision::DecisionForm;
use super::transfer::{self, Again, Awaited, Seen, TransferPage};
use crate::access::Reader;
use crate::db::{TenantRead, jobs};
use crate::identity::PersonCaller;
use crate::ingest;
use crate::ingest::decision_queries::{find_decision, find_places};
use crate::ingest::queries::{self, MessageKind};
use crate::ingest::visibility;
use crate::model::{Transfer, TransferId, TransferState};
use crate::registry;
use crate::web::callers::TransferReader;
use crate::web::pages::access::unit;
use crate::web::pages::shell::{Account, FieldError, answer, answer_to_correct};
use crate::web::pages::{attestations, drafting};
use crate::web::{Problem, State, Who, problems};

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The bytes just sent were here already.
    #[serde(default)]
    deja: bool,
}

/// `GET /versements/{id}`.
pub async fn page(
    person: TransferReader,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = read(&person, &state, TransferId(*id), &[], Vec::new()).await?;
    page.notice =
        said.deja.then_some("Ce fichier avait déjà été déposé, octet pour octet : voici son versement.");
    Ok(answer(&page))
}

/// The page again, with what is to be corrected in the archivist's form.
pub async fn with_errors(
    person: &PersonCaller,
    state: &State,
    id: TransferId,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Problem> {
    Ok(answer_to_correct(&read(person, state, id, fields, errors).await?))
}

/// `GET /versements/{id}/accuse`.
pub async fn acknowledgement(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    paper(&person, &state, TransferId(*id), MessageKind::Acknowledgement, "accuse-de-reception").await
}

/// `GET /versements/{id}/reponse`.
pub async fn reply(
    person: TransferReader,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    paper(&person, &state, TransferId(*id), MessageKind::Reply, "reponse").await
}

async fn paper(
    person: &PersonCaller,
    state: &State,
    id: TransferId,
    kind: MessageKind,
    name: &str,
) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    find(&mut tx, person, id).await?;
    let body =
        queries::find_message(&mut tx, id, kind).await?.ok_or_else(|| Problem::new(&problems::NOT_READY))?;
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-{id}.xml\"")))
        .body(body))
}

/// The transfer, when this person follows it.
async fn find(tx: &mut TenantRead, person: &PersonCaller, id: TransferId) -> Result<Transfer, Problem> {
    queries::find_transfer(tx, id)
        .await?
        .filter(|transfer| visibility::follows(person, transfer))
        .ok_or_else(problems::not_found)
}

async fn read(
    person: &PersonCaller,
    state: &State,
    id: TransferId,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
) -> Result<TransferPage, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let transfer = find(&mut tx, person, id).await?;
    let sender = match &transfer.transferring_agency {
        Some(identifier) => Some(
            registry::queries::find_parties(&mut tx, std::slice::from_ref(identifier))
                .await?
                .pop()
                .map_or_else(|| identifier.clone(), |party| party.name),
        ),
        None => None,
    };
    let agreement = agreement(&mut tx, &transfer).await?;
    let profile = profile(&mut tx, &transfer).await?;
    let acknowledged = queries::find_message(&mut tx, id, MessageKind::Acknowledgement).await?.is_some();
    let attestations = attestations::card(&mut tx, person, id).await?;
    let signatures = queries::find_signatures(&mut tx, id).await?;
    let said = find_decision(&mut tx, id).await?;
    let places = find_places(&mut tx, id).await?;
    drop(tx);
    let waits_for = match transfer.state {
        TransferState::Received => {
            jobs::waits_for(&state.db, person.tenant, ingest::JOB_INGEST, id.0).await?
        }
        _ => None,
    };
    let archive = archive(person, state, &transfer).await?;
    let waits = transfer.state == TransferState::Examined && transfer.decided_at.is_none();
    let decides = waits && Who::Archivist.admits(&person.roles);
    let decision = decides.then(|| DecisionForm::filled(&person.csrf_token, fields, errors));
    let again = again(person, state, &transfer).await?;
    let seen = Seen {
        transfer: &transfer,
        archive,
        sender,
        agreement,
        profile,
        acknowledged,
        replied: transfer.state.is_closed(),
        attestations,
        signatures,
        awaited: match waits_for.as_deref() {
            Some(ingest::WAITS_FOR_SCANNER) => Some(Awaited::Scanner),
            Some(ingest::WAITS_FOR_ROOM) => Some(Awaited::Room),
            _ => None,
        },
        said,
        places,
        can_deposit: Who::Depositor.admits(&person.roles),
        again,
        decision,
    };
    Ok(transfer::page(Account::of(person), seen))
}

/// The agreement, by its name in the register, and the version it was judged under.
async fn agreement(tx: &mut TenantRead, transfer: &Transfer) -> Result<Option<String>, Problem> {
    let Some(identifier) = &transfer.agreement_identifier else { return Ok(None) };
    let named = registry::queries::find_agreement(tx, identifier).await?;
    let name = named.map_or_else(|| identifier.clone(), |agreement| agreement.name);
    Ok(Some(match registry::terms_queries::of_transfer(tx, transfer.transfer_id).await? {
        Some((version, _)) => format!("{name}, version {version}"),
        None => name,
    }))
}

/// What this transfer takes up again, what took it up, and the proof of the form by which its depositor does.
async fn again(person: &PersonCaller, state: &State, transfer: &Transfer) -> Result<Again, Problem> {
    let (by, id) = (drafting::by(person), transfer.transfer_id);
    let follows = match state.drafting.resumes(&by, id).await? {
        Some(refused) => {
            let refused = queries::find_transfer(&mut state.db.read(person.tenant).await?, refused).await?;
            refused.filter(|refused| visibility::follows(person, refused))
        }
        None => None,
    };
    if transfer.state != TransferState::Refused {
        return Ok(Again { follows, ..Again::default() });
    }
    let followed_by = state.drafting.resumed(&by, &[id]).await?.remove(&id);
    let may = Who::Depositor.admits(&person.roles) && state.drafting.may_resume(&by, id).await?;
    let resume = (may && followed_by.is_none()).then(|| person.csrf_token.clone());
    Ok(Again { follows, resume, followed_by })
}

/// The profile declared, by its name in the register, and the version it was checked against.
async fn profile(tx: &mut TenantRead, transfer: &Transfer) -> Result<Option<String>, Problem> {
    let Some(identifier) = &transfer.archival_profile else { return Ok(None) };
    let named = registry::profile_queries::find_profile_named(tx, identifier).await?;
    let name = named.map_or_else(|| identifier.clone(), |profile| profile.name);
    Ok(Some(match transfer.profile_version {
        Some(version) => format!("{name}, version {version}"),
        None => name,
    }))
}

/// The archive it became: its cote, the page of its first root, the number of its copies.
async fn archive(
    person: &PersonCaller,
    state: &State,
    transfer: &Transfer,
) -> Result<Option<(String, String, usize)>, Problem> {
    let (Some(id), TransferState::TakenInCharge, Some(reader)) =
        (transfer.archive_id, transfer.state, Reader::person(person))
    else {
        return Ok(None);
    };
    let Some(view) = state.access.archive(&reader, id).await? else { return Ok(None) };
    let address = view.root.map_or_else(|| "/archives".into(), unit::address);
    Ok(Some((view.archive.cote, address, view.copies.len())))
}
