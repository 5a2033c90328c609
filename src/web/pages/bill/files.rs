//! What a closing gives out: its shares as a table and as a workbook, its calls of funds, all of it as a file.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::billing::snapshot::Snapshot;
use crate::billing::{queries, workbook};
use crate::db;
use crate::web::callers::Pilot;
use crate::web::pages::csv;
use crate::web::{Problem, State, problems};

/// A closing that was asked for.
pub(super) struct Named {
    year: i32,
    version: u32,
    pub kept: String,
}

/// A closing by its year and number: `2027-1`.
pub(super) async fn kept(state: &State, asked: &str) -> Result<Named, Problem> {
    let parts = asked.split_once('-').map(|(year, version)| (year.parse(), version.parse()));
    let Some((Ok(year), Ok(version))) = parts else { return Err(problems::not_found()) };
    let kept = queries::snapshot(&mut state.db.technical().await?, year, version).await?;
    Ok(Named { year, version, kept: kept.ok_or_else(problems::not_found)? })
}

/// What a closing kept.
pub(super) fn read(kept: &str) -> Result<Snapshot, Problem> {
    Ok(serde_json::from_str(kept).map_err(|error| db::Error::row("bill_closing", error))?)
}

/// Every share, from which anybody finds the bill again.
pub(super) async fn shares(state: &State, asked: &str) -> Result<HttpResponse, Problem> {
    let Named { year, version, kept } = kept(state, asked).await?;
    Ok(csv::answer(&format!("repartition-{year}-{version}"), &read(&kept)?.summary()))
}

/// Every share as a formula; the first sheet on this member, if it is one's.
pub async fn book(state: &State, asked: &str, member: Option<String>) -> Result<HttpResponse, Problem> {
    let Named { year, version, kept } = kept(state, asked).await?;
    let kept = read(&kept)?;
    let name = match &member {
        Some(code) => format!("etat-{year}-{code}-{version}"),
        None => format!("repartition-{year}-{version}"),
    };
    let written = web::block(move || workbook::xlsx(&kept, member.as_deref())).await;
    let wrong = |error: &dyn std::fmt::Display| db::Error::row("bill_closing", error.to_string());
    let written = written.map_err(|error| wrong(&error))?.map_err(|error| wrong(&error))?;
    Ok(HttpResponse::Ok()
        .content_type(workbook::MEDIA_TYPE)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")))
        .body(written))
}

/// `GET /pilotage/couts/{year}-{version}/repartition.csv`.
pub async fn table(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    shares(&state, &asked).await
}

/// `GET /pilotage/couts/{year}-{version}/repartition.xlsx`.
pub async fn workbook_of(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    book(&state, &asked, None).await
}

/// `GET /pilotage/couts/{year}-{version}/appels.csv`: what is to be called for.
pub async fn calls(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Named { year, version, kept } = kept(&state, &asked).await?;
    Ok(csv::answer(&format!("appels-{year}-{version}"), &read(&kept)?.calls()))
}

/// `GET /pilotage/couts/{year}-{version}/exercice.json`: what was closed, for `chartrier costs share`.
pub async fn file(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Named { year, version, kept } = kept(&state, &asked).await?;
    let name = format!("attachment; filename=\"exercice-{year}-{version}.json\"");
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(kept))
}
