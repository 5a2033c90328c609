//! The files of a draft: dropped, taken away; and whether they were born digital.
//!
//! Without script a form sends them whole, one after the other, in one request; with it each goes in pieces (`pieces`).

use std::io;

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use uuid::Uuid;

use super::listed::page;
use super::{Wrong, address, by};
use crate::drafting::draft::FILES_MAX;
use crate::drafting::files::{Coming, NotTaken};
use crate::drafting::{By, Draft};
use crate::model::CopySaid;
use crate::web::callers::Depositor;
use crate::web::pages::shell::{answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, client, problems};

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// A deposit taken up again whose files are kept no more.
    #[serde(default)]
    sans: bool,
    /// Files are being put into folders.
    #[serde(default)]
    ranger: bool,
}

/// `GET /versements/brouillons/{id}`.
pub async fn show(
    person: Depositor,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = page(&person, &state, *id, Vec::new()).await?;
    (page.files_lost, page.arranging) = (said.sans, said.ranger);
    Ok(answer(&page))
}

/// `POST /versements/brouillons/{id}/fichiers`.
pub async fn receive(
    person: Depositor,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    find(&state, &by, *id).await?;
    let paced = client::paced(body).map_err(PayloadError::Io);
    let mut parts = Multipart::new(request.headers(), paced);
    let mut errors = Vec::new();
    let mut came = 0;
    while let Some(part) = parts.try_next().await.map_err(|_| Problem::new(&problems::INTERRUPTED))? {
        let name = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default().to_owned();
        if part.name() != Some("fichiers") || name.is_empty() {
            continue;
        }
        match take(&state, &by, *id, &name, part).await? {
            Ok(()) => came += 1,
            Err(why) => errors.push(wrong(&sentence(&state, &name, why))),
        }
    }
    if errors.is_empty() && came == 0 {
        errors.push(wrong("Choisissez d’abord des fichiers."));
    }
    if errors.is_empty() {
        return Ok(go_to(&address(*id)));
    }
    Ok(answer_to_correct(&page(&person, &state, *id, errors).await?))
}

/// What the form that goes on says.
#[derive(Deserialize)]
pub struct CopyForm {
    #[serde(default)]
    copie: String,
}

/// `POST /versements/brouillons/{id}/suite`.
pub async fn go_on(
    person: Depositor,
    id: web::Path<Uuid>,
    form: web::Form<CopyForm>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = by(&person);
    let draft = find(&state, &by, *id).await?;
    state.drafting.answer(&by, *id, &[], CopySaid::from_word(&form.copie)).await?;
    if draft.files.is_empty() {
        let errors = vec![wrong("Ajoutez au moins un fichier.")];
        return Ok(answer_to_correct(&page(&person, &state, *id, errors).await?));
    }
    Ok(go_to(&super::answered::next(&state, &by, *id).await?))
}

/// `POST /versements/brouillons/{id}/fichiers/{file}/retrait`.
pub async fn remove(
    person: Depositor,
    ids: web::Path<(Uuid, Uuid)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, file) = *ids;
    if !state.drafting.remove_file(&by(&person), id, file).await? {
        return Err(problems::not_found());
    }
    Ok(go_to(&address(id)))
}

/// `POST /versements/brouillons/{id}/abandon`.
pub async fn forget(
    person: Depositor,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if !state.drafting.forget(&by(&person), *id).await? {
        return Err(problems::not_found());
    }
    Ok(go_to("/versements/nouveau"))
}

/// The person's own draft, not sent yet.
pub(super) async fn find(state: &State, by: &By, id: Uuid) -> Result<Draft, Problem> {
    let draft = state.drafting.draft(by, id).await?;
    draft.filter(|draft| draft.transfer_id.is_none()).ok_or_else(problems::not_found)
}

/// Takes one file of the form; nothing is left of one that is cut.
async fn take(
    state: &State,
    by: &By,
    id: Uuid,
    name: &str,
    part: Field,
) -> Result<Result<(), NotTaken>, Problem> {
    let coming = Coming { path: name, size_bytes: None, modified_ms: None };
    let file = match state.drafting.open_file(by, id, coming).await? {
        Ok(file) => file,
        Err(why) => return Ok(Err(why)),
    };
    let bytes = part.map(|chunk| {
        chunk.map_err(|error| io::Error::new(io::ErrorKind::ConnectionAborted, error.to_string()))
    });
    let added = state.drafting.add(by, (id, file.file_id), 0, bytes).await;
    match added {
        Ok(Ok(_)) => Ok(Ok(())),
        Ok(Err(NotTaken::Empty)) => Ok(Err(NotTaken::Empty)),
        Ok(Err(why)) => {
            state.drafting.remove_file(by, id, file.file_id).await?;
            match why {
                NotTaken::Cut(_) => Err(Problem::new(&problems::INTERRUPTED)),
                why => Ok(Err(why)),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn wrong(sentence: &str) -> Wrong {
    Wrong { field: "fichiers".into(), sentence: sentence.to_owned() }
}

/// Why a file is not taken, for whoever sent it.
pub(super) fn sentence(state: &State, name: &str, why: NotTaken) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match why {
        NotTaken::TooMany => {
            format!("Un versement a {FILES_MAX} fichiers au plus : répartissez-les en plusieurs.")
        }
        NotTaken::TooLarge => format!(
            "« {name} » ne tient pas : un versement pèse {} au plus. Répartissez les fichiers en plusieurs versements.",
            words::size(state.settings.received_bytes_max)
        ),
        NotTaken::NoRoom => format!(
            "« {name} » ne tient pas : la place promise à votre collectivité est prise par les versements commencés. \
             Envoyez-les, ou abandonnez-en."
        ),
        NotTaken::Empty => format!("« {name} » est vide : remplacez-le."),
        NotTaken::Closed => "Ce versement est en train d’être envoyé : il ne change plus.".to_owned(),
        NotTaken::NotFound => format!("« {name} » n’est plus attendu : envoyez-le de nouveau."),
        NotTaken::Misplaced(_) | NotTaken::Busy | NotTaken::Cut(_) => {
            format!("L’envoi de « {name} » s’est interrompu : envoyez-le de nouveau.")
        }
    }
}
