//! The years of the bill, and the form that prepares one: tables tried, then kept.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Bill, as_prepared, form, place, shell, trail};
use crate::billing::measures::of_year;
use crate::billing::{closing, queries};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::{Problem, State};

/// `GET /pilotage/couts`.
#[derive(Template)]
#[template(path = "bill/years.html")]
pub struct YearsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub years: Vec<Link>,
    /// What was typed, by field.
    pub typed: Vec<(String, String)>,
    /// What is wrong in the tables, line by line.
    pub faults: Vec<String>,
    pub errors: Vec<FieldError>,
    /// What a try would give.
    pub tried: Option<Bill>,
}

impl YearsPage {
    /// The page says so from its title on.
    pub fn to_correct(&mut self, faults: Vec<String>) {
        self.faults = faults;
        self.shell.title = "Coûts, à reprendre".into();
    }

    fn typed(&self, field: &str) -> &str {
        self.typed.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// Something of what may be left out was given.
    fn has_more(&self) -> bool {
        ["exemptes", "bareme", "travail", "population", "debiteurs"]
            .iter()
            .any(|field| !self.typed(field).is_empty())
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// `GET /pilotage/couts`.
pub async fn show(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let known = queries::years(&mut state.db.technical().await?).await?;
    Ok(answer(&page(Account::of(&person), &known)))
}

/// The page of these years.
pub fn page(account: Account, known: &[i32]) -> YearsPage {
    let link = |year: &i32| Link::new(format!("Exercice {year}"), place(*year));
    YearsPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Coûts".into()),
        trail: trail()[..1].to_vec(),
        years: known.iter().map(link).collect(),
        typed: vec![("coefficients".into(), "departement 20, epci 50".into())],
        faults: Vec::new(),
        errors: Vec::new(),
        tried: None,
    }
}

/// `POST /pilotage/couts`: the items of a year, tried or kept.
pub async fn prepare(
    person: Pilot,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let known = queries::years(&mut state.db.technical().await?).await?;
    let mut page = page(Account::of(&person), &known);
    page.typed = fields.to_vec();
    let year = match form::read(&fields, person.person_id, &state.clock) {
        Ok(year) => year,
        Err((errors, faults)) => {
            page.errors = errors;
            page.to_correct(faults);
            return Ok(answer_to_correct(&page));
        }
    };
    if first(&fields, "suite") == "garder" {
        closing::prepare(&state.db, &year).await?;
        return Ok(go_to(&format!("{}?fait=prepare", place(year.year))));
    }
    let members = of_year(&state.db, &year).await?;
    page.tried = Some(as_prepared(&year, &members));
    Ok(answer(&page))
}
