//! The récolement, as whoever reads the register asks for it: what the member holds at the end of a day, on paper.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::register::READING;
use crate::annual::stocktaking::Stocktaking;
use crate::catalog::stocktaking_queries as queries;
use crate::clock;
use crate::db;
use crate::model::Scope;
use crate::web::callers::RegisterReader;
use crate::web::{Problem, State, problems};

/// The day asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    au: Option<String>,
}

/// `GET /registre/recolement.pdf`: today's, unless another day is asked for.
pub async fn print(
    person: RegisterReader,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let today = state.clock.today();
    let day: NaiveDate = match asked.au.as_deref() {
        None | Some("") => today,
        Some(day) => day.parse().map_err(|_| problems::not_found())?,
    };
    // No day is to come: nobody knows what it will hold.
    let next = Some(day).filter(|day| *day <= today).and_then(|day| day.checked_add_days(Days::new(1)));
    let until = clock::midnight(next.ok_or_else(problems::not_found)?);
    // Figures alone: a control authority has those of its ressort without a reason.
    let scope = Scope::of(&person.holdings, READING);
    let mut tx = state.db.read(person.tenant).await?;
    let (name, siren) = queries::member(&mut tx).await?.ok_or_else(problems::not_found)?;
    let taken = Stocktaking {
        name,
        siren,
        day,
        is_whole: scope.ways().is_none(),
        held: queries::held(&mut tx, &scope, until).await?,
        sites: queries::on_sites(&mut tx, &scope, until).await?,
    };
    drop(tx);
    let pdf = taken.pdf(state.clock.now()).map_err(|error| db::Error::row("archive", error))?;
    let name = format!("attachment; filename=\"recolement-{day}.pdf\"");
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(pdf))
}
