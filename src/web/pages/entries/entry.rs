//! One entry: where it stands and how it came there, its flows, what was planned and what came, its people and their trainings.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{PLACE, day, shell, trail, when};
use crate::onboarding::entries::{self, Seen};
use crate::onboarding::flows::{self, Beside, Flow};
use crate::onboarding::stage::{Stage, reached};
use crate::onboarding::{ContactPart, Step};
use crate::web::callers::Pilot;
use crate::web::pages::pilot::kind;
use crate::web::pages::shell::{Account, Fact, FieldError, Link, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/entrees/{id}`.
#[derive(Template)]
#[template(path = "entries/entry.html")]
pub struct EntryPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub address: String,
    pub name: String,
    pub stage: &'static str,
    pub facts: Vec<Fact>,
    pub steps: Vec<StepLine>,
    /// The number of the step that may be withdrawn.
    pub last: Option<u32>,
    pub stages: Vec<(&'static str, &'static str)>,
    /// The service has a member of this SIREN.
    pub is_member: bool,
    pub flows: Vec<FlowLine>,
    pub planned: Vec<PlannedLine>,
    pub contacts: Vec<ContactLine>,
    pub parts: Vec<(&'static str, &'static str)>,
    pub trainings: Vec<TrainingLine>,
    /// What was typed, by field.
    pub typed: Vec<(String, String)>,
    pub errors: Vec<FieldError>,
}

/// A step.
pub struct StepLine {
    pub stage: &'static str,
    pub when: String,
    pub note: String,
    pub entered: String,
    pub is_withdrawn: bool,
}

/// A flow of the member.
pub struct FlowLine {
    pub name: String,
    pub agreement: String,
    pub state: &'static str,
    pub machines: String,
    pub profiles: String,
    pub first: String,
    pub deposits: String,
    pub missed: Option<String>,
}

/// What was planned, and what came.
pub struct PlannedLine {
    pub month: String,
    pub agreement: String,
    pub planned: u32,
    pub came: String,
    pub is_short: bool,
}

/// A person.
pub struct ContactLine {
    pub id: Uuid,
    pub part: &'static str,
    pub name: String,
    pub reach: String,
}

/// A training.
pub struct TrainingLine {
    pub held: String,
    pub subject: String,
    pub people: String,
}

impl EntryPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    fn typed(&self, field: &str) -> &str {
        self.typed.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }
}

/// `GET /pilotage/entrees/{id}`.
pub async fn show(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&found(&person, &state, id_of(&asked)?).await?))
}

pub(super) fn id_of(asked: &str) -> Result<Uuid, Problem> {
    asked.parse().map_err(|_| problems::not_found())
}

pub(super) async fn found(person: &Pilot, state: &State, id: Uuid) -> Result<EntryPage, Problem> {
    let seen = entries::see(&state.db, id).await?.ok_or_else(problems::not_found)?;
    let flows = flows::look(&state.db, &seen.entry.siren, &seen.planned).await?;
    Ok(page(Account::of(person), &seen, flows.as_ref(), state.clock.today()))
}

/// The page of an entry; `flows`: those of the member that it became.
pub fn page(
    account: Account,
    seen: &Seen,
    flows: Option<&(Vec<Flow>, Vec<Beside>)>,
    today: NaiveDate,
) -> EntryPage {
    let (entry, (stage, since)) = (&seen.entry, reached(&seen.steps, today));
    let address = format!("{PLACE}/{}", entry.id);
    let mut facts = vec![Fact::new("Collectivité", kind(&entry.kind)), Fact::new("SIREN", &entry.siren)];
    if entry.population > 0 {
        facts.push(Fact::new("Population", words::number(entry.population.into())));
    }
    facts.extend(since.map(|since| Fact::new("Depuis", when(since))));
    let contact = |of: &crate::onboarding::Contact| ContactLine {
        id: of.id,
        part: of.part.label(),
        name: of.name.clone(),
        reach: [of.email.as_str(), &of.telephone]
            .into_iter()
            .filter(|of| !of.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
    };
    let training = |of: &crate::onboarding::Training| TrainingLine {
        held: day(of.held_on),
        subject: of.subject.clone(),
        people: of.people.clone(),
    };
    EntryPage {
        csrf: account.csrf.clone(),
        shell: shell(account, format!("Entrée, {}", entry.name)),
        trail: trail(),
        name: entry.name.clone(),
        stage: stage.label(),
        facts,
        steps: seen.steps.iter().rev().map(step).collect(),
        last: seen.steps.iter().rfind(|step| !step.is_withdrawn).map(|step| step.seq),
        stages: Stage::ALL[1..].iter().map(|stage| (stage.word(), stage.label())).collect(),
        is_member: flows.is_some(),
        flows: flows.map(|(flows, _)| flows.iter().map(flow).collect()).unwrap_or_default(),
        planned: planned(seen, flows.map(|(_, beside)| beside.as_slice()), today),
        contacts: seen.contacts.iter().map(contact).collect(),
        parts: ContactPart::ALL.into_iter().map(|part| (part.word(), part.label())).collect(),
        trainings: seen.trainings.iter().map(training).collect(),
        typed: Vec::new(),
        errors: Vec::new(),
        address,
    }
}

fn step(of: &Step) -> StepLine {
    StepLine {
        stage: of.stage.label(),
        when: when(of.when),
        note: of.note.clone(),
        entered: words::moment(of.entered_at).short,
        is_withdrawn: of.is_withdrawn,
    }
}

fn flow(of: &Flow) -> FlowLine {
    let some = |count: u64, one: &str, several: &str| match count {
        0 => "aucun".to_owned(),
        count => words::count(count, one, several),
    };
    FlowLine {
        name: of.name.clone(),
        agreement: of.agreement.clone(),
        state: if of.is_open { "ouvert" } else { "fermé" },
        machines: some(of.machines, "connecteur", "connecteurs"),
        profiles: some(of.profiles, "profil", "profils"),
        first: of.first_on.map_or_else(|| "aucun encore".to_owned(), day),
        deposits: some(of.deposits, "versement", "versements"),
        missed: (of.missed > 0)
            .then(|| words::count(of.missed, "période sans versement", "périodes sans versement")),
    }
}

fn planned(seen: &Seen, beside: Option<&[Beside]>, today: NaiveDate) -> Vec<PlannedLine> {
    let line = |(at, of): (usize, &crate::onboarding::Planned)| {
        let came = beside.and_then(|beside| beside.get(at)).map(|beside| beside.came);
        let is_over = of.month + chrono::Months::new(1) <= today;
        PlannedLine {
            month: words::lexical_date(&of.month.format("%Y-%m").to_string()),
            agreement: of.agreement.clone(),
            planned: of.deposits,
            came: came.map_or_else(|| "—".to_owned(), |came| came.to_string()),
            is_short: is_over && came.unwrap_or_default() < u64::from(of.deposits),
        }
    };
    seen.planned.iter().enumerate().map(line).collect()
}
