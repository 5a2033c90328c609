//! What the archivist decides of an examined transfer: the two forms of its page.
//!
//! Never judges a reason: `crate::model::Refusal` does. A form that lacks something comes back as it was filled.

use actix_web::{HttpResponse, web};
use uuid::Uuid;

use super::{list, show};
use crate::ingest::archivist::{Decider, Undecided};
use crate::model::{Refusal, RefusalReason, Role, TransferId, Unmotivated};
use crate::web::callers::Archivist;
use crate::web::pages::fields::{Fields, all, first};
use crate::web::pages::shell::{FieldError, go_to};
use crate::web::{Problem, State, problems};

/// The archivist's two forms, as they are filled.
#[derive(Default)]
pub struct DecisionForm {
    pub csrf: String,
    pub remark: String,
    pub reasons: Vec<ReasonChoice>,
    pub words: String,
    pub errors: Vec<FieldError>,
}

/// A reason of the list.
pub struct ReasonChoice {
    pub code: &'static str,
    /// « À compléter ».
    pub label: String,
    pub is_chosen: bool,
}

impl DecisionForm {
    /// Both forms, as these fields fill them.
    pub fn filled(csrf: &str, fields: &[(String, String)], errors: Vec<FieldError>) -> Self {
        let chosen = reasons_of(fields);
        Self {
            csrf: csrf.to_owned(),
            remark: first(fields, "remarque"),
            reasons: choices(&chosen),
            words: first(fields, "mots"),
            errors,
        }
    }

    /// Whether a field is to be corrected.
    pub fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// The list of reasons, as a form shows it.
pub fn choices(chosen: &[RefusalReason]) -> Vec<ReasonChoice> {
    let one = |reason: RefusalReason| ReasonChoice {
        code: reason.word(),
        label: capital(reason.label()),
        is_chosen: chosen.contains(&reason),
    };
    RefusalReason::ALL.into_iter().map(one).collect()
}

/// The words with their first letter as a capital.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The reasons that a form brings; what is no reason is not one of them.
fn reasons_of(fields: &[(String, String)]) -> Vec<RefusalReason> {
    all(fields, "raison").iter().filter_map(|word| RefusalReason::from_word(word)).collect()
}

/// The refusal that a form brings, or what it lacks.
pub fn refusal(fields: &[(String, String)]) -> Result<Refusal, FieldError> {
    Refusal::new(&reasons_of(fields), &first(fields, "mots")).map_err(|lacking| match lacking {
        Unmotivated::ReasonMissing => {
            FieldError { field: "raison", sentence: "Choisissez au moins une raison du refus.".into() }
        }
        Unmotivated::WordsMissing => {
            FieldError { field: "mots", sentence: "Avec « autre », dites pourquoi vous refusez.".into() }
        }
    })
}

/// `POST /versements/{id}/acceptation`.
pub async fn accept(
    person: Archivist,
    id: web::Path<Uuid>,
    form: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, remark) = (TransferId(*id), first(&form, "remarque"));
    match state.ingest.approve_with(person.tenant, decider(&person), id, &remark).await? {
        Ok(()) => Ok(go_to(&list::address(id))),
        Err(undecided) => undecided_page(&person, &state, id, undecided, &form).await,
    }
}

/// `POST /versements/{id}/refus`.
pub async fn refuse(
    person: Archivist,
    id: web::Path<Uuid>,
    form: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = TransferId(*id);
    let refusal = match refusal(&form) {
        Ok(refusal) => refusal,
        Err(error) => return show::with_errors(&person, &state, id, &form, vec![error]).await,
    };
    match state.ingest.decline(person.tenant, decider(&person), id, &refusal).await? {
        Ok(()) => Ok(go_to(&list::address(id))),
        Err(undecided) => undecided_page(&person, &state, id, undecided, &form).await,
    }
}

/// The archivist, as far as they are.
pub fn decider(person: &Archivist) -> Decider {
    Decider { person: person.person_id, scope: person.scope(&[Role::Archivist]) }
}

/// Why nothing was decided, when the depositor decides.
pub const OWN_DEPOSIT: &str = "Vous avez déposé ce versement : un autre archiviste doit en décider.";

async fn undecided_page(
    person: &Archivist,
    state: &State,
    id: TransferId,
    undecided: Undecided,
    fields: &[(String, String)],
) -> Result<HttpResponse, Problem> {
    match undecided {
        Undecided::NotFound => Err(problems::not_found()),
        // Somebody was quicker: the page says what they decided.
        Undecided::NotWaiting => Ok(go_to(&list::address(id))),
        Undecided::OwnDeposit => {
            let error = FieldError { field: "decision", sentence: OWN_DEPOSIT.into() };
            show::with_errors(person, state, id, fields, vec![error]).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_it_lacks_and_unknown_reasons_are_none() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let lacks = |fields: &[(String, String)]| refusal(fields).err().unwrap().field;
        assert_eq!(lacks(&[field("raison", "n-importe-quoi")]), "raison");
        assert_eq!(lacks(&[field("raison", "other")]), "mots");
        let filled =
            [field("raison", "to_complete"), field("raison", "unreadable"), field("mots", "Page 3.")];
        assert_eq!(refusal(&filled).ok().unwrap().codes(), "to_complete unreadable");
        let form = DecisionForm::filled("jeton", &filled, Vec::new());
        assert_eq!(form.reasons.iter().filter(|reason| reason.is_chosen).count(), 2);
        assert_eq!(form.reasons[0].label, "À compléter");
    }
}
