//! What a unit's page says of what is closed, how to ask for it, and what the journal says was done.

use serde::Deserialize;

use super::{description, unit};
use crate::access::derogation::REASON_CHARS_MAX;
use crate::access::{Reader, Told, UnitView};
use crate::model::{Role, UnitId};
use crate::seda::opening::Opening;
use crate::web::callers::Searcher;
use crate::web::pages::readings;
use crate::web::pages::shell::FieldError;
use crate::web::pages::words::{self, Moment};
use crate::web::{Problem, State, Who};

/// What is closed, and how it may be asked for.
pub struct Closed {
    pub why: String,
    /// Where a control authority says why it reads.
    pub say_why: Option<String>,
    /// The form's address; `None`: nothing can be asked for.
    pub ask: Option<String>,
    pub csrf: String,
    /// What became of the request just made.
    pub notice: Option<&'static str>,
    pub errors: Vec<FieldError>,
    pub reason_chars_max: usize,
}

/// One entry of the journal.
pub struct ToldLine {
    pub at: Moment,
    pub what: String,
    pub who: String,
}

/// What became of a request for a derogation.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    Deposee,
    Deja,
    Motif,
    Ouverte,
    Trop,
}

/// Why the files of a unit do not open, and how to ask for a derogation.
pub async fn of(
    state: &State,
    person: &Searcher,
    reader: &Reader,
    view: &UnitView,
    asked: Option<Asked>,
) -> Result<Option<Closed>, Problem> {
    if state.access.opens(reader, &view.archive, view.opening) {
        return Ok(None);
    }
    let id = view.unit.line.unit_id;
    let waits = state.access.awaits_derogation(reader, person.person_id, id).await?;
    let is_to_say_why = reader.is_to_say_why(&view.archive);
    let may_ask = view.opening != Opening::Never && !waits && !is_to_say_why;
    let notice = match asked {
        _ if waits => {
            Some("Votre demande de dérogation est déposée : le service d’archives la voit, et vous répondra.")
        }
        Some(Asked::Trop) => {
            Some("Trop de vos demandes attendent déjà : attendez que le service d’archives les ait vues.")
        }
        _ => None,
    };
    let error = "Dites en quelques mots pourquoi vous avez besoin de ce document.";
    let wrong = FieldError { field: "motif", sentence: error.into() };
    Ok(Some(Closed {
        why: description::closed(reader, &view.archive, view.opening),
        say_why: is_to_say_why.then(|| readings::form_for(&view.archive.cote)),
        ask: may_ask.then(|| format!("{}/derogation", unit::address(id))),
        csrf: person.csrf_token.clone(),
        notice,
        errors: (asked == Some(Asked::Motif)).then_some(wrong).into_iter().collect(),
        reason_chars_max: REASON_CHARS_MAX,
    }))
}

/// What was done of a unit, for whoever reads the journal.
pub async fn told(
    state: &State,
    person: &Searcher,
    reader: &Reader,
    id: UnitId,
) -> Result<Vec<ToldLine>, Problem> {
    if !Who::TransferReader.admits(&person.roles) {
        return Ok(Vec::new());
    }
    Ok(state.access.told(reader, id).await?.iter().map(told_line).collect())
}

fn told_line(told: &Told) -> ToldLine {
    let what = words::event(&told.event_type, told.action.as_deref());
    let what = if told.is_right { what.to_owned() } else { format!("{what} (échec)") };
    let role = told.role.as_deref().and_then(Role::from_word);
    ToldLine {
        at: words::moment(told.at),
        what,
        who: role.map_or("le service", |role| role.label()).to_owned(),
    }
}
