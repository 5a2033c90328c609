//! The tables that a campaign takes: producers, and answers on paper; tried, then kept.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::campaign::{found, page};
use super::{by, id_of, place};
use crate::survey::NotDone;
use crate::survey::imports::{NotTaken, Taken};
use crate::survey::tables::BOUNDS;
use crate::web::callers::Pilot;
use crate::web::pages::shell::{Account, FieldError, answer, answer_to_correct, go_to};
use crate::web::pages::upload::{self, Upload};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// Fields of the files.
const PRODUCERS: &str = "producteurs";
const PAPERS: &str = "reponses";

/// `POST /pilotage/recensements/{id}/producteurs`.
pub async fn producers(
    person: Pilot,
    asked: web::Path<String>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut upload = upload::read(&request, body, &[PRODUCERS], BOUNDS.bytes_max).await?;
    let dry = upload.field("essai") == "oui";
    let taken = match file(&mut upload, PRODUCERS) {
        Ok(file) => match state.surveys.import_producers(by(&person), id, &file, dry).await? {
            Ok(taken) => Ok(taken),
            Err(why) => Err(refused(why)?),
        },
        Err(why) => Err((why, Vec::new())),
    };
    told(&person, &state, id, (PRODUCERS, dry), taken).await
}

/// `POST /pilotage/recensements/{id}/reponses`.
pub async fn papers(
    person: Pilot,
    asked: web::Path<String>,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&asked)?;
    let mut upload = upload::read(&request, body, &[PAPERS], BOUNDS.bytes_max).await?;
    let dry = upload.field("essai") == "oui";
    let taken = match file(&mut upload, PAPERS) {
        Ok(file) => match state.surveys.import_papers(by(&person), id, &file, dry).await? {
            Ok(taken) => Ok(taken),
            Err(why) => Err(refused(why)?),
        },
        Err(why) => Err((why, Vec::new())),
    };
    told(&person, &state, id, (PAPERS, dry), taken).await
}

fn file(upload: &mut Upload, field: &str) -> Result<Vec<u8>, String> {
    if upload.too_large {
        return Err(format!("Ce fichier est trop gros : {} au plus.", words::size(BOUNDS.bytes_max as u64)));
    }
    upload.take(field).map(|file| file.bytes).ok_or_else(|| "Choisissez le fichier du tableau.".to_owned())
}

/// A sentence, and each line that is wrong.
fn refused(why: NotTaken) -> Result<(String, Vec<String>), Problem> {
    match why {
        NotTaken::Campaign(NotDone::Unknown) => Err(problems::not_found()),
        NotTaken::Campaign(why) => Ok((words::sentence(&format!("{why}.")), Vec::new())),
        NotTaken::Lines(faults) => {
            let faults = faults.iter().map(|fault| words::sentence(fault)).collect();
            Ok(("Rien n’est importé : voyez les lignes à reprendre.".into(), faults))
        }
    }
}

async fn told(
    person: &Pilot,
    state: &State,
    id: Uuid,
    (field, dry): (&'static str, bool),
    taken: Result<Taken, (String, Vec<String>)>,
) -> Result<HttpResponse, Problem> {
    if let (Ok(taken), false) = (&taken, dry) {
        let Taken { added, changed, letters, .. } = taken;
        let said = format!("fait=importe&ajouts={added}&changes={changed}&lettres={letters}");
        return Ok(go_to(&format!("{}?{said}", place(id))));
    }
    let mut page = page(Account::of(person), &found(state, id).await?);
    match taken {
        Ok(taken) => {
            page.notice = Some(format!(
                "À blanc, rien n’est changé : {}, {}, {}. Importez le même fichier sans la case pour l’appliquer.",
                words::count(taken.added, "ligne nouvelle", "lignes nouvelles"),
                words::count(taken.changed, "ligne changée", "lignes changées"),
                words::count(taken.same, "ligne inchangée", "lignes inchangées")
            ));
            Ok(answer(&page))
        }
        Err((sentence, faults)) => {
            // The form of what is not taken any more is not there to be shown.
            let is_shown = if field == PAPERS { page.is_open } else { !page.is_final };
            let field = if is_shown { field } else { "etat" };
            page.errors = vec![FieldError { field, sentence }];
            page.to_correct(faults);
            Ok(answer_to_correct(&page))
        }
    }
}
