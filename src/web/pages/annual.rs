//! The annual report of the convention, as the pilot reads and prints it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Datelike;

use super::csv;
use super::shell::{Account, Link, Section as Place, Shell, answer, go_to};
use crate::annual::told::{self, Section, UNKNOWN, sections};
use crate::annual::{Facts, of_year, paper};
use crate::db;
use crate::web::callers::Pilot;
use crate::web::{Problem, State, problems};

/// Years that a report may be of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9997;

/// `GET /pilotage/rapports/{year}`.
#[derive(Template)]
#[template(path = "annual/report.html")]
pub struct ReportPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub address: String,
    pub year: i32,
    pub is_over: bool,
    pub before: Link,
    pub sections: Vec<Section>,
    pub unknown: &'static [(&'static str, &'static str)],
}

fn address(year: i32) -> String {
    format!("/pilotage/rapports/{year}")
}

/// `GET /pilotage/rapports`: the last year that is over.
pub async fn last(_: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    Ok(go_to(&address(state.clock.today().year() - 1)))
}

fn asked_year(asked: &str) -> Result<i32, Problem> {
    asked.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(problems::not_found)
}

/// `GET /pilotage/rapports/{year}`.
pub async fn show(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let facts = of_year(&state.db, asked_year(&asked)?).await?;
    Ok(answer(&page(Account::of(&person), &facts, state.clock.today().year())))
}

/// The page of a year.
pub fn page(account: Account, facts: &Facts, this_year: i32) -> ReportPage {
    let year = facts.year;
    ReportPage {
        shell: Shell {
            title: format!("Rapport annuel {year}"),
            account: Some(account),
            section: Place::Pilot,
            top: false,
        },
        trail: vec![Link::new("Pilotage", "/pilotage")],
        address: address(year),
        year,
        is_over: year < this_year,
        before: Link::new(format!("Rapport {}", year - 1), address(year - 1)),
        sections: sections(facts),
        unknown: &UNKNOWN,
    }
}

/// `GET /pilotage/rapports/{year}.pdf`.
pub async fn print(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let facts = of_year(&state.db, asked_year(&asked)?).await?;
    let (year, now) = (facts.year, state.clock.now());
    let wrong = |error: &dyn std::fmt::Display| db::Error::row("annual_report", error.to_string());
    let written = web::block(move || paper::pdf(&facts, now)).await.map_err(|error| wrong(&error))?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"rapport-{year}.pdf\"")))
        .body(written.map_err(|error| wrong(&error))?))
}

/// `GET /pilotage/rapports/{year}.csv`: a line a member.
pub async fn statistics(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let facts = of_year(&state.db, asked_year(&asked)?).await?;
    Ok(csv::answer(&format!("statistiques-{}", facts.year), &told::statistics(&facts)))
}
