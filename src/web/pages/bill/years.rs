//! The years of the bill, and the form that prepares one: tables tried, then kept.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Bill, as_prepared, place, shell, trail};
use crate::billing::measures::of_year;
use crate::billing::{Year, closing, import, queries};
use crate::model::MEMBER_KINDS;
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
    pub year: String,
    pub coefficients: String,
    pub table: String,
    pub credits: String,
    pub caps: String,
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
        year: String::new(),
        coefficients: "departement 20, epci 50".into(),
        table: String::new(),
        credits: String::new(),
        caps: String::new(),
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
    page.year = first(&fields, "annee");
    page.coefficients = first(&fields, "coefficients");
    page.table = first(&fields, "tableau");
    page.credits = first(&fields, "credits");
    page.caps = first(&fields, "bornes");
    let mut wrong = |field: &'static str, sentence: &str| {
        page.errors.push(FieldError { field, sentence: sentence.into() });
    };
    let year = page.year.trim().parse().ok().filter(|year| (2000..=9998).contains(year));
    if year.is_none() {
        wrong("annee", "Donnez l’année, en quatre chiffres.");
    }
    let coefficients = coefficients(&page.coefficients);
    if coefficients.is_none() {
        wrong(
            "coefficients",
            "Écrivez une sorte de collectivité puis un pour cent : « departement 20, epci 50 ».",
        );
    }
    let items = import::items(&page.table);
    if items.is_err() {
        wrong("tableau", "Le tableau n’est pas juste : voyez ce qui est à reprendre.");
    }
    let credits = import::credits(&page.credits);
    if credits.is_err() {
        wrong("credits", "Les crédits ne sont pas justes : voyez ce qui est à reprendre.");
    }
    let caps = import::caps(&page.caps);
    if caps.is_err() {
        wrong("bornes", "Les bornes ne sont pas justes : voyez ce qui est à reprendre.");
    }
    let (year, coefficients, items, credits, caps) = match (year, coefficients, items, credits, caps) {
        (Some(year), Some(coefficients), Ok(items), Ok(credits), Ok(caps)) => {
            (year, coefficients, items, credits, caps)
        }
        (_, _, items, credits, caps) => {
            page.to_correct(faults(items.err(), credits.err(), caps.err()));
            return Ok(answer_to_correct(&page));
        }
    };
    let (prepared_by, prepared_at) = (person.person_id, state.clock.now());
    let year = Year { year, coefficients, prepared_by, prepared_at, items, credits, caps };
    if first(&fields, "suite") == "garder" {
        closing::prepare(&state.db, &year).await?;
        return Ok(go_to(&format!("{}?fait=prepare", place(year.year))));
    }
    let members = of_year(&state.db, &year).await?;
    page.tried = Some(as_prepared(&year, &members));
    Ok(answer(&page))
}

/// What is wrong in each table, its name before all but the first's.
fn faults(
    items: Option<Vec<String>>,
    credits: Option<Vec<String>>,
    caps: Option<Vec<String>>,
) -> Vec<String> {
    let of = |name: &'static str, faults: Option<Vec<String>>| {
        faults.unwrap_or_default().into_iter().map(move |fault| format!("{name}, {fault}"))
    };
    items.unwrap_or_default().into_iter().chain(of("crédits", credits)).chain(of("bornes", caps)).collect()
}

/// `departement 20, epci 50`.
fn coefficients(text: &str) -> Option<BTreeMap<String, u64>> {
    let one = |pair: &str| {
        let (kind, percent) = pair.trim().split_once(' ')?;
        let percent =
            percent.trim().trim_end_matches('%').trim().parse().ok().filter(|percent| *percent <= 1_000)?;
        MEMBER_KINDS.contains(&kind).then(|| (kind.to_owned(), percent))
    };
    text.split(',').filter(|pair| !pair.trim().is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::coefficients;

    #[test]
    fn coefficients_are_of_kinds_that_there_are() {
        assert_eq!(coefficients(" departement 20, epci 50 % ").unwrap().len(), 2);
        assert_eq!(coefficients("").unwrap().len(), 0);
        for wrong in ["villes 20", "epci", "epci vingt", "epci 2000"] {
            assert!(coefficients(wrong).is_none(), "{wrong}");
        }
    }
}
