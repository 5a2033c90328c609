//! The pieces of a year: attached and taken off by the pilot, read by every member once a closing names them.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::files::{self, Named};
use super::{place, year};
use crate::billing::vouchers::{self, BYTES_MAX, Brought, Content};
use crate::web::callers::{Pilot, UsageReader};
use crate::web::content;
use crate::web::pages::fields::{Fields, first};
use crate::web::pages::shell::{FieldError, answer_to_correct, go_to};
use crate::web::pages::{upload, words};
use crate::web::{Problem, State, problems};

/// The field of the form that brings the file.
const FILE: &str = "fichier";

/// `POST /pilotage/couts/{year}/pieces`.
pub async fn attach(
    person: Pilot,
    asked: web::Path<String>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let of: i32 = asked.parse().map_err(|_| problems::not_found())?;
    let mut brought = upload::read(&request, body, &[FILE], BYTES_MAX).await?;
    let file = brought.take(FILE);
    let item = brought.field("poste");
    let sentence = match (&file, brought.too_large) {
        (_, true) => {
            format!("Ce fichier est trop gros : une pièce fait au plus {}.", words::size(BYTES_MAX as u64))
        }
        (None, _) => "Choisissez le fichier de la pièce.".into(),
        (Some(file), _) => {
            let piece = Brought { year: of, item, file_name: &file.file_name, bytes: &file.bytes };
            match vouchers::attach(&state.db, &state.clock, person.person_id, &piece).await? {
                Ok(()) => return Ok(go_to(&format!("{}?fait=joint#pieces", place(of)))),
                Err(why) => words::sentence(&format!("{why}.")),
            }
        }
    };
    let mut page = year::found(&person, &state, &asked).await?;
    page.errors = vec![FieldError { field: FILE, sentence }];
    Ok(answer_to_correct(&page))
}

/// `POST /pilotage/couts/{year}/pieces/retrait`.
pub async fn withdraw(
    _: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let of: i32 = asked.parse().map_err(|_| problems::not_found())?;
    let sha512 = digest(&first(&fields, "sha512"))?;
    let item = first(&fields, "poste");
    if !vouchers::withdraw(&state.db, &state.clock, (of, &item), &sha512).await? {
        return Err(problems::not_found());
    }
    Ok(go_to(&format!("{}?fait=retire#pieces", place(of))))
}

/// `GET /pilotage/couts/{year}/pieces/{piece}`.
pub async fn show(
    _: Pilot,
    asked: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (of, piece) = asked.into_inner();
    let of = of.parse().map_err(|_| problems::not_found())?;
    given(&state, of, &piece).await
}

/// `GET /facture/exercices/{year}-{version}/pieces/{piece}`: one that this closing names.
pub async fn named(
    _: UsageReader,
    asked: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (closing, piece) = asked.into_inner();
    let Named { kept, .. } = files::kept(&state, &closing).await?;
    let kept = files::read(&kept)?;
    let mut pieces = kept.items.iter().flat_map(|item| &item.vouchers);
    if !pieces.any(|known| known.sha512 == piece) {
        return Err(problems::not_found());
    }
    given(&state, kept.year, &piece).await
}

async fn given(state: &State, year: i32, piece: &str) -> Result<HttpResponse, Problem> {
    let found = vouchers::content(&state.db, year, &digest(piece)?).await?;
    let Content { file_name, media_type, content } = found.ok_or_else(problems::not_found)?;
    let name = content::content_disposition("attachment", &file_name);
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(content))
}

fn digest(hexadecimal: &str) -> Result<Vec<u8>, Problem> {
    hex::decode(hexadecimal).map_err(|_| problems::not_found())
}
