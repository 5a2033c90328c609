//! `GET /api/v1/objects/{id}` and its content.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use uuid::Uuid;

use super::unit_json::{ArchiveJson, ObjectJson, UnitJson};
use crate::access::Reader;
use crate::model::ObjectId;
use crate::web::callers::Machine;
use crate::web::content::{self, Disposition};
use crate::web::problem::Problem;
use crate::web::{State, problems};

#[derive(Serialize)]
struct ObjectDetailJson<'a> {
    #[serde(flatten)]
    object: ObjectJson<'a>,
    archive: ArchiveJson<'a>,
    units: Vec<UnitJson<'a>>,
}

/// `GET /api/v1/objects/{id}`.
pub async fn show(
    machine: Machine,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let view = state.access.object(&Reader::machine(&machine), ObjectId(*id)).await?;
    let view = view.ok_or_else(problems::not_found)?;
    Ok(HttpResponse::Ok().json(ObjectDetailJson {
        object: ObjectJson::from(&view.object),
        archive: ArchiveJson::from(&view.archive),
        units: view.units.iter().map(UnitJson::from).collect(),
    }))
}

/// `GET /api/v1/objects/{id}/content`.
pub async fn content(
    machine: Machine,
    id: web::Path<Uuid>,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    content::answer(&state.access, &Reader::machine(&machine), ObjectId(*id), &request, Disposition::Download)
        .await
}
