//! What committees decided: decision, owner, due day, state.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{day, shell, trail};
use crate::onboarding::committees::{self, Committee, Decision, State as Standing};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::form::Form;
use crate::web::pages::shell::{Account, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::{Problem, State, problems};

const PLACE: &str = "/pilotage/comites";

/// `GET /pilotage/comites`.
#[derive(Template)]
#[template(path = "entries/committees.html")]
pub struct CommitteesPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub decisions: Vec<DecisionLine>,
    pub held: String,
    pub decision: String,
    pub owner: String,
    pub due: String,
    pub errors: Vec<FieldError>,
}

/// A decision.
pub struct DecisionLine {
    pub address: String,
    pub committee: &'static str,
    pub held: String,
    pub decision: String,
    pub owner: String,
    pub due: String,
    pub state: &'static str,
    pub is_late: bool,
    /// Word, label, whether it stands so.
    pub states: Vec<(&'static str, &'static str, bool)>,
}

impl CommitteesPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

pub(super) fn decision_line(of: &Decision, today: NaiveDate) -> DecisionLine {
    DecisionLine {
        address: format!("{PLACE}/{}", of.id),
        committee: of.committee.word(),
        held: day(of.held_on),
        decision: of.decision.clone(),
        owner: of.owner.clone(),
        due: of.due_on.map(day).unwrap_or_default(),
        state: of.state.label(),
        is_late: of.is_late(today),
        states: Standing::ALL
            .into_iter()
            .map(|state| (state.word(), state.label(), state == of.state))
            .collect(),
    }
}

/// `GET /pilotage/comites`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(answer(&found(&person, &state).await?))
}

async fn found(person: &Pilot, state: &State) -> Result<CommitteesPage, Problem> {
    let decisions = committees::decisions(&mut state.db.technical().await?).await?;
    Ok(page(Account::of(person), &decisions, state.clock.today()))
}

/// The page of these decisions.
pub fn page(account: Account, decisions: &[Decision], today: NaiveDate) -> CommitteesPage {
    CommitteesPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Comités".into()),
        trail: trail(),
        decisions: decisions.iter().map(|decision| decision_line(decision, today)).collect(),
        held: today.to_string(),
        decision: String::new(),
        owner: String::new(),
        due: String::new(),
        errors: Vec::new(),
    }
}

/// `POST /pilotage/comites`: a decision more.
pub async fn receive(
    person: Pilot,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    match read(&fields, state.clock.fresh_id()) {
        Ok(decision) => {
            committees::keep(&state.db, &state.clock, person.person_id, &decision).await?;
            Ok(go_to(PLACE))
        }
        Err(errors) => {
            let mut page = found(&person, &state).await?;
            page.held = first(&fields, "tenu");
            page.decision = first(&fields, "decision");
            page.owner = first(&fields, "porteur");
            page.due = first(&fields, "echeance");
            page.errors = errors;
            Ok(answer_to_correct(&page))
        }
    }
}

fn read(fields: &[(String, String)], id: Uuid) -> Result<Decision, Vec<FieldError>> {
    let mut form = Form::of(fields);
    let committee = form.read("comite", Committee::from_word, "Choisissez un comité.");
    let held_on = form.read("tenu", |text| text.parse().ok(), "Donnez le jour du comité.");
    let decision = form.text("decision", true);
    let owner = form.text("porteur", true);
    let due = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let due_on = form.read("echeance", due, "Donnez un jour, ou rien.");
    match (committee, held_on, due_on) {
        (Some(committee), Some(held_on), Some(due_on)) if form.errors.is_empty() => {
            Ok(Decision { id, committee, held_on, decision, owner, due_on, state: Standing::ToDo })
        }
        _ => Err(form.errors),
    }
}

/// `POST /pilotage/comites/{id}`: where a decision stands.
pub async fn stand(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id: Uuid = asked.parse().map_err(|_| problems::not_found())?;
    let standing = Standing::from_word(&first(&fields, "etat")).ok_or_else(problems::not_found)?;
    if !committees::stand(&state.db, &state.clock, person.person_id, (id, standing)).await? {
        return Err(problems::not_found());
    }
    Ok(go_to(PLACE))
}
