//! `GET /api/v1/units…`: descriptions of what was taken in charge under the machine's agreements.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::unit_json::{ObjectJson, UnitDetailJson, UnitJson};
use super::{Page, address, limit, place};
use crate::access::Reader;
use crate::catalog::search::{Place, Question};
use crate::model::{ArchiveId, ObjectId, UnitId};
use crate::web::callers::Machine;
use crate::web::cursor::{self, UnitPlace};
use crate::web::problem::Problem;
use crate::web::{State, problems};

/// Characters of a question.
const QUESTION_CHARS_MAX: usize = 500;

/// What a list of units is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    q: Option<String>,
    archive: Option<Uuid>,
    root: Option<bool>,
    after: Option<String>,
    limit: Option<u32>,
}

/// What the list below a unit is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Below {
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /api/v1/units`.
pub async fn list(
    machine: Machine,
    asked: web::Query<Search>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let text = asked.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > QUESTION_CHARS_MAX || text.contains('\0')) {
        return Err(Problem::new(&problems::BAD_REQUEST).detail("q est trop long ou mal écrit."));
    }
    let question = Question {
        text: text.map(str::to_owned),
        archive: asked.archive.map(ArchiveId),
        roots_only: asked.root.unwrap_or(false),
        ..Question::default()
    };
    let after = place::<UnitPlace>(asked.after.as_deref())?.map(Place::from);
    if let Some(after) = after
        && question.text.is_some() != matches!(after, Place::Found { .. })
    {
        return Err(Problem::new(&problems::BAD_REQUEST).detail("after n’est pas une suite de cette liste."));
    }
    let page = state.access.search(&Reader::machine(&machine), &question, after, most).await?;
    let next = page.next.map(|next| {
        address(
            "/api/v1/units",
            &[
                ("q", question.text.clone()),
                ("archive", asked.archive.map(|id| id.to_string())),
                ("root", asked.root.map(|root| root.to_string())),
                ("limit", asked.limit.map(|limit| limit.to_string())),
                ("after", Some(cursor::write(&UnitPlace::from(next)))),
            ],
        )
    });
    Ok(Page { items: page.units.iter().map(UnitJson::from).collect(), next }.answer())
}

/// `GET /api/v1/units/{id}`.
pub async fn show(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let view = state.access.unit(&Reader::machine(&machine), UnitId(*id)).await?;
    let view = view.ok_or_else(problems::not_found)?;
    Ok(HttpResponse::Ok().json(UnitDetailJson::from(&view)))
}

/// `GET /api/v1/units/{id}/children`.
pub async fn children(
    machine: Machine,
    id: web::Path<Uuid>,
    asked: web::Query<Below>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let after = place::<u32>(asked.after.as_deref())?;
    let found = state.access.children(&Reader::machine(&machine), UnitId(*id), after, most + 1).await?;
    let mut units = found.ok_or_else(problems::not_found)?;
    let more = units.len() > most as usize;
    units.truncate(most as usize);
    let next = units.last().filter(|_| more).map(|last| {
        let limit = asked.limit.map(|limit| limit.to_string());
        let after = Some(cursor::write(&last.ordinal));
        address(&format!("/api/v1/units/{id}/children"), &[("limit", limit), ("after", after)])
    });
    Ok(Page { items: units.iter().map(UnitJson::from).collect(), next }.answer())
}

/// `GET /api/v1/units/{id}/objects`.
pub async fn objects(
    machine: Machine,
    id: web::Path<Uuid>,
    asked: web::Query<Below>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let after = place::<(String, Uuid)>(asked.after.as_deref())?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), ObjectId(*id)));
    let found = state.access.objects(&Reader::machine(&machine), UnitId(*id), after, most + 1).await?;
    let mut objects = found.ok_or_else(problems::not_found)?;
    let more = objects.len() > most as usize;
    objects.truncate(most as usize);
    let next = objects.last().filter(|_| more).map(|last| {
        let limit = asked.limit.map(|limit| limit.to_string());
        let after = Some(cursor::write(&(&last.file_name, last.object_id.0)));
        address(&format!("/api/v1/units/{id}/objects"), &[("limit", limit), ("after", after)])
    });
    Ok(Page { items: objects.iter().map(ObjectJson::from).collect(), next }.answer())
}
