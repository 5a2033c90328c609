//! The files of a draft sent by script, each in pieces: opened, added to from where it stands, gone on with after a cut.
//!
//! Answers are for the portal's own script. Never answers for a byte that is not on the disk.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{address, by, files, listed, same};
use crate::drafting::DraftFile;
use crate::drafting::files::{Coming, NotTaken};
use crate::web::callers::Depositor;
use crate::web::{Problem, State, client, problems};

/// A file about to come.
#[derive(Deserialize)]
pub struct Announced {
    chemin: String,
    taille: u64,
    modifie: Option<i64>,
}

/// `POST /versements/brouillons/{id}/envois`.
pub async fn open(
    person: Depositor,
    id: web::Path<Uuid>,
    form: Result<web::Form<Announced>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    files::find(&state, &by, *id).await?;
    let form = form.map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
    let coming = Coming { path: &form.chemin, size_bytes: Some(form.taille), modified_ms: form.modifie };
    match state.drafting.open_file(&by, *id, coming).await? {
        Ok(file) => told(&person, &state, *id, &file).await,
        Err(why) => Err(refused(&state, &form.chemin, why)),
    }
}

/// `GET /versements/brouillons/{id}/envois/{file}`.
pub async fn show(
    person: Depositor,
    ids: web::Path<(Uuid, Uuid)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    let draft = files::find(&state, &by, ids.0).await?;
    let file = draft.file(ids.1).cloned().ok_or_else(problems::not_found)?;
    told(&person, &state, ids.0, &file).await
}

/// `PATCH /versements/brouillons/{id}/envois/{file}`.
pub async fn append(
    person: Depositor,
    ids: web::Path<(Uuid, Uuid)>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    let draft = files::find(&state, &by, ids.0).await?;
    let name = draft.file(ids.1).map(|file| file.name.clone()).ok_or_else(problems::not_found)?;
    let at = request.headers().get("upload-offset").and_then(|value| value.to_str().ok());
    let at: u64 = at
        .and_then(|at| at.parse().ok())
        .ok_or_else(|| Problem::new(&problems::BAD_REQUEST).detail("Upload-Offset manque."))?;
    match state.drafting.add(&by, *ids, at, client::paced(body)).await? {
        Ok(file) => told(&person, &state, ids.0, &file).await,
        Err(why) => Err(refused(&state, &name, why)),
    }
}

/// Where a file stands.
async fn told(
    person: &Depositor,
    state: &State,
    draft: Uuid,
    file: &DraftFile,
) -> Result<HttpResponse, Problem> {
    let mut deja = None;
    if file.is_whole() {
        let draft = files::find(state, &by(person), draft).await?;
        let found = same::of(person, state, &draft, std::slice::from_ref(file)).await?;
        deja = found.first().map(|(_, same)| same.text());
    }
    let format = file.is_whole().then(|| listed::format(file.mime.as_deref(), file.format_name.as_deref()));
    Ok(HttpResponse::Ok().json(json!({
        "adresse": format!("{}/envois/{}", address(draft), file.file_id),
        "recu": file.bytes_received,
        "entier": file.is_whole(),
        "nom": file.name,
        "format": format,
        "deja": deja,
    })))
}

fn refused(state: &State, name: &str, why: NotTaken) -> Problem {
    let kind = match why {
        NotTaken::NotFound => return problems::not_found(),
        NotTaken::Closed => &problems::UPLOAD_CLOSED,
        NotTaken::TooLarge | NotTaken::NoRoom => &problems::TOO_LARGE,
        NotTaken::TooMany | NotTaken::Empty => &problems::BAD_REQUEST,
        NotTaken::Busy => &problems::UPLOAD_BUSY,
        NotTaken::Misplaced(_) => &problems::WRONG_OFFSET,
        NotTaken::Cut(_) => &problems::INTERRUPTED,
    };
    let problem = Problem::new(kind).detail(files::sentence(state, name, why));
    match why {
        NotTaken::Misplaced(at) | NotTaken::Cut(at) => {
            problem.header(header::HeaderName::from_static("upload-offset"), at.to_string())
        }
        _ => problem,
    }
}
