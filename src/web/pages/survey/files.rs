//! What a campaign gives out as tables: its figures, its answers; no note.

use actix_web::{HttpResponse, web};

use super::id_of;
use crate::survey::campaign_queries::campaign;
use crate::survey::exports::{analysis_table, answers_table, figures};
use crate::web::callers::Pilot;
use crate::web::pages::csv;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/recensements/{id}/analyse.csv`.
pub async fn analysis(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut tx = state.db.technical().await?;
    let campaign = campaign(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let figures = figures(&mut tx, id).await?;
    Ok(csv::answer("recensement-analyse", &analysis_table(&campaign, &figures)))
}

/// `GET /pilotage/recensements/{id}/reponses.csv`.
pub async fn answers(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut tx = state.db.technical().await?;
    campaign(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    Ok(csv::answer("recensement-reponses", &answers_table(&mut tx, id).await?))
}
