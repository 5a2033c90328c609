//! A year of the bill: what each bears, its closings, the closing by another person.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Bill, as_closed, as_prepared, files, place, shell, trail};
use crate::billing::measures::{Weighed, of_year};
use crate::billing::snapshot::Snapshot;
use crate::billing::{Closing, Year, closing, queries};
use crate::web::callers::Pilot;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{Account, FieldError, Link, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/couts/{year}`.
#[derive(Template)]
#[template(path = "bill/year.html")]
pub struct YearPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub address: String,
    pub title: String,
    /// Of when the shares are.
    pub standing: String,
    pub bill: Bill,
    pub closings: Vec<ClosingLine>,
    pub reason: String,
    pub errors: Vec<FieldError>,
}

impl YearPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// A closing.
pub struct ClosingLine {
    pub title: String,
    pub stands: bool,
    pub reason: String,
    pub sha512: String,
    pub table: String,
    pub workbook: String,
    pub calls: String,
    pub file: String,
}

/// What the shares of a page are of.
pub enum Shared {
    /// What was closed, to which nothing was changed since.
    Closed(Box<Snapshot>),
    /// What the members are and did until now.
    Prepared(Vec<Weighed>),
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Prepare,
    Clos,
    Joint,
    Retire,
}

/// `GET /pilotage/couts/{year}`.
pub async fn show(
    person: Pilot,
    asked: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = found(&person, &state, &asked).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Prepare => "L’exercice est préparé. Une autre personne le clora, une fois l’année finie.",
        Done::Clos => "L’exercice est clos ; chaque collectivité a son état liquidatif.",
        Done::Joint => "La pièce est jointe à son poste ; la prochaine clôture la nomme.",
        Done::Retire => "La pièce est retirée ; les clôtures déjà faites la gardent.",
    });
    Ok(answer(&page))
}

pub(super) async fn found(person: &Pilot, state: &State, asked: &str) -> Result<YearPage, Problem> {
    let mut tx = state.db.technical().await?;
    let year = match asked.parse() {
        Ok(year) => queries::year(&mut tx, year).await?,
        Err(_) => None,
    };
    let year = year.ok_or_else(problems::not_found)?;
    let closings = queries::closings(&mut tx, year.year).await?;
    let kept = match year.standing(&closings) {
        Some(last) => queries::snapshot(&mut tx, year.year, last.version).await?,
        None => None,
    };
    drop(tx);
    let shared = match kept {
        Some(kept) => Shared::Closed(Box::new(files::read(&kept)?)),
        None => Shared::Prepared(of_year(&state.db, &year).await?),
    };
    Ok(page(Account::of(person), &year, &shared, &closings))
}

/// The page of a year.
pub fn page(account: Account, year: &Year, shared: &Shared, closings: &[Closing]) -> YearPage {
    let (bill, standing) = match shared {
        Shared::Closed(kept) => {
            (as_closed(year, kept), format!("Ce que la clôture {} a réparti.", kept.version))
        }
        Shared::Prepared(members) => {
            (as_prepared(year, members), "Ce que l’exercice donnerait aujourd’hui.".to_owned())
        }
    };
    let line = |(at, closing): (usize, &Closing)| ClosingLine {
        title: format!("Clôture {}, le {}", closing.version, words::moment(closing.closed_at).words),
        stands: at == 0,
        reason: closing.reason.clone(),
        sha512: hex::encode(&closing.sha512),
        table: format!("{}-{}/repartition.csv", place(year.year), closing.version),
        workbook: format!("{}-{}/repartition.xlsx", place(year.year), closing.version),
        calls: format!("{}-{}/appels.csv", place(year.year), closing.version),
        file: format!("{}-{}/exercice.json", place(year.year), closing.version),
    };
    YearPage {
        csrf: account.csrf.clone(),
        shell: shell(account, format!("Exercice {}", year.year)),
        trail: trail(),
        notice: None,
        address: place(year.year),
        title: format!("Exercice {}", year.year),
        standing,
        bill,
        closings: closings.iter().enumerate().map(line).collect(),
        reason: String::new(),
        errors: Vec::new(),
    }
}

/// `POST /pilotage/couts/{year}/cloture`.
pub async fn close(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let year = asked.parse().map_err(|_| problems::not_found())?;
    let reason = first(&fields, "motif");
    match closing::close(&state.db, &state.clock, year, person.person_id, &reason).await? {
        Ok(_) => Ok(go_to(&format!("{}?fait=clos", place(year)))),
        Err(why) => {
            let mut page = found(&person, &state, &asked).await?;
            page.reason = reason;
            page.errors = vec![FieldError { field: "motif", sentence: words::sentence(&format!("{why}.")) }];
            Ok(answer_to_correct(&page))
        }
    }
}
