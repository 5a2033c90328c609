//! What a closing gives out: its shares and its calls of funds as tables, all of it as a file.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::billing::queries;
use crate::billing::snapshot::Snapshot;
use crate::db;
use crate::web::callers::Pilot;
use crate::web::pages::csv;
use crate::web::{Problem, State, problems};

/// A closing by its year and number: `2027-1`.
async fn kept(state: &State, asked: &str) -> Result<(i32, u32, String), Problem> {
    let parts = asked.split_once('-').map(|(year, version)| (year.parse(), version.parse()));
    let Some((Ok(year), Ok(version))) = parts else { return Err(problems::not_found()) };
    let kept = queries::snapshot(&mut state.db.technical().await?, year, version).await?;
    Ok((year, version, kept.ok_or_else(problems::not_found)?))
}

/// `GET /pilotage/couts/{year}-{version}/repartition.csv`: every share, from which anybody finds the bill again.
pub async fn table(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    Ok(csv::answer(&format!("repartition-{year}-{version}"), &read(&kept)?.summary()))
}

/// What a closing kept.
pub(super) fn read(kept: &str) -> Result<Snapshot, Problem> {
    Ok(serde_json::from_str(kept).map_err(|error| db::Error::row("bill_closing", error))?)
}

/// `GET /pilotage/couts/{year}-{version}/appels.csv`: what is to be called for.
pub async fn calls(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    Ok(csv::answer(&format!("appels-{year}-{version}"), &read(&kept)?.calls()))
}

/// `GET /pilotage/couts/{year}-{version}/exercice.json`: what was closed, for `chartrier costs share`.
pub async fn file(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    let name = format!("attachment; filename=\"exercice-{year}-{version}.json\"");
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(kept))
}
