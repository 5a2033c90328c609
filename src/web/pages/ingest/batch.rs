//! Decisions on several transfers of the session's member at once: each in a transaction of its own, each told.
//!
//! Never decides of more than a hundred. What one comes to changes nothing of the others: a failure of ours is told on its line, and
//! the next is tried.

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::decision::{self, DecisionForm};
use super::list;
use super::waiting::{self, WaitingLine};
use crate::ingest::archivist::Undecided;
use crate::ingest::awaiting::{Awaiting, Served};
use crate::ingest::queries;
use crate::model::{Refusal, Role, TransferId};
use crate::web::callers::Archivist;
use crate::web::pages::fields::{Fields, all, first};
use crate::web::pages::shell::{Account, Badge, FieldError, Section, Shell, answer, answer_to_correct};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// Transfers decided of at once.
pub const BATCH_MAX: usize = 100;

/// `GET /decisions`.
#[derive(Template)]
#[template(path = "ingest/decisions.html")]
pub struct DecisionsPage {
    pub shell: Shell,
    /// « 12 versements ».
    pub total: String,
    pub contents: String,
    pub lines: Vec<Chosen>,
    /// Said when not all of them are shown.
    pub more: Option<String>,
    pub decision: DecisionForm,
    /// What the act just done came to, one by one.
    pub results: Vec<Told>,
}

/// A transfer that may be chosen.
pub struct Chosen {
    pub of: WaitingLine,
    pub is_chosen: bool,
    /// The person deposited it: somebody else decides.
    pub is_own: bool,
}

/// What became of one.
pub struct Told {
    pub address: String,
    pub title: String,
    pub state: Badge,
    pub words: &'static str,
}

/// What is done with the selection.
enum Act {
    Accept(String),
    Refuse(Refusal),
}

/// `GET /decisions`.
pub async fn show(person: Archivist, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&read(&person, &state, &[], Vec::new(), Vec::new()).await?))
}

/// `POST /decisions`.
pub async fn decide(
    person: Archivist,
    form: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (ids, act) = match asked(&form) {
        Ok(asked) => asked,
        Err(error) => {
            return Ok(answer_to_correct(&read(&person, &state, &form, vec![error], Vec::new()).await?));
        }
    };
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        results.extend(one(&person, &state, id, &act).await?);
    }
    Ok(answer(&read(&person, &state, &[], Vec::new(), results).await?))
}

/// The transfers that a form names, each once, and what to do with them.
fn asked(fields: &[(String, String)]) -> Result<(Vec<TransferId>, Act), FieldError> {
    let wrong = |field, sentence: &str| FieldError { field, sentence: sentence.into() };
    let mut ids: Vec<TransferId> = Vec::new();
    for written in all(fields, "versement") {
        let id = Uuid::parse_str(&written).map(TransferId);
        let id = id.map_err(|_| wrong("selection", "Choisissez des versements de cette page."))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > BATCH_MAX {
            return Err(wrong(
                "selection",
                "Cent versements au plus à la fois : faites-le en plusieurs fois.",
            ));
        }
    }
    if ids.is_empty() {
        return Err(wrong("selection", "Choisissez au moins un versement."));
    }
    match first(fields, "acte").as_str() {
        "accepter" => Ok((ids, Act::Accept(first(fields, "remarque")))),
        "refuser" => Ok((ids, Act::Refuse(decision::refusal(fields)?))),
        _ => Err(wrong("selection", "Acceptez la sélection, ou refusez-la.")),
    }
}

/// Decides of one. One that the person does not reach is told nothing about, as if it did not exist.
async fn one(person: &Archivist, state: &State, id: TransferId, act: &Act) -> Result<Option<Told>, Problem> {
    let by = decision::decider(person);
    let done = match act {
        Act::Accept(remark) => state.ingest.approve_with(person.tenant, by, id, remark).await,
        Act::Refuse(refusal) => state.ingest.decline(person.tenant, by, id, refusal).await,
    };
    let (state_of, words) = match (&done, act) {
        (Ok(Ok(())), Act::Accept(_)) => (ACCEPTED, "Les copies sont en cours d’écriture."),
        (Ok(Ok(())), Act::Refuse(_)) => (REFUSED, "Le service versant reçoit vos raisons."),
        (Ok(Err(Undecided::NotFound)), _) => return Ok(None),
        (Ok(Err(Undecided::NotWaiting)), _) => (LEFT, "Quelqu’un en a déjà décidé."),
        (Ok(Err(Undecided::OwnDeposit)), _) => (LEFT, decision::OWN_DEPOSIT),
        (Err(error), _) => {
            tracing::error!(tenant.id = %person.tenant, transfer.id = %id, %error, "one of a batch was not decided");
            (LEFT, "Le service n’a pas pu l’enregistrer : réessayez dans un instant.")
        }
    };
    let mut tx = state.db.read(person.tenant).await?;
    let transfer = queries::find_transfer(&mut tx, id).await?;
    let title = transfer.map_or_else(|| id.to_string(), |transfer| list::name(&transfer));
    Ok(Some(Told { address: list::address(id), title, state: state_of, words }))
}

const ACCEPTED: Badge = Badge { label: "Accepté", tone: "kept", icon: "check" };
const REFUSED: Badge = Badge { label: "Refusé", tone: "refused", icon: "cross" };
const LEFT: Badge = Badge { label: "Inchangé", tone: "waiting", icon: "alert" };

async fn read(
    person: &Archivist,
    state: &State,
    fields: &[(String, String)],
    errors: Vec<FieldError>,
    results: Vec<Told>,
) -> Result<DecisionsPage, Problem> {
    let served = Served { tenant: person.tenant, scope: person.scope(&[Role::Archivist]) };
    let found = state.ingest.awaiting(&[served], BATCH_MAX as u32).await?;
    let found = found.into_iter().next().unwrap_or_default();
    let form = DecisionForm::filled(&person.csrf_token, fields, errors);
    let chosen = all(fields, "versement");
    let line = |waiting: &crate::ingest::awaiting::Waiting| Chosen {
        of: waiting::line(waiting, state.clock.now()),
        is_chosen: chosen.contains(&waiting.transfer_id.to_string()),
        is_own: waiting.depositor == Some(person.person_id),
    };
    let lines = found.first.iter().map(line).collect();
    Ok(page(Account::of(person), &found, lines, form, results))
}

/// The page.
pub fn page(
    account: Account,
    found: &Awaiting,
    lines: Vec<Chosen>,
    decision: DecisionForm,
    results: Vec<Told>,
) -> DecisionsPage {
    let more = found.count.saturating_sub(lines.len() as u64);
    DecisionsPage {
        shell: Shell {
            title: "Décisions".into(),
            account: Some(account),
            section: Section::Transfers,
            top: false,
        },
        total: words::count(found.count, "versement attend", "versements attendent"),
        contents: format!(
            "{}, {}",
            words::count(found.files, "fichier", "fichiers"),
            words::size(found.bytes)
        ),
        lines,
        more: (more > 0).then(|| {
            format!(
                "Et {} : ils viendront quand ceux-ci seront décidés.",
                words::count(more, "autre", "autres")
            )
        }),
        decision,
        results,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: impl ToString) -> (String, String) {
        (name.to_owned(), value.to_string())
    }

    #[test]
    fn a_batch_is_bounded_and_each_transfer_is_named_once() {
        let id = |n: u128| field("versement", Uuid::from_u128(n));
        let lacks = |fields: &[(String, String)]| asked(fields).err().unwrap().field;
        assert_eq!(lacks(&[field("acte", "accepter")]), "selection");
        assert_eq!(lacks(&[id(1), field("acte", "autre")]), "selection");
        assert_eq!(lacks(&[field("versement", "x"), field("acte", "accepter")]), "selection");
        assert_eq!(lacks(&[id(1), field("acte", "refuser")]), "raison");
        let (ids, _) = asked(&[id(1), id(2), id(1), field("acte", "accepter")]).ok().unwrap();
        assert_eq!(ids.len(), 2);
        let many: Vec<_> = (0..=BATCH_MAX as u128).map(id).chain([field("acte", "accepter")]).collect();
        assert_eq!(lacks(&many), "selection");
    }
}
