//! The files of a draft: dropped, listed as they came, taken away; and whether they were born digital.
//!
//! Without script a form sends them whole, one after the other, in one request; with it each goes in pieces (`pieces`).

use std::io;

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use uuid::Uuid;

use super::{Step, Wrong, address, by, shell, steps, trail};
use crate::drafting::draft::FILES_MAX;
use crate::drafting::files::{Coming, NotTaken};
use crate::drafting::same::Same;
use crate::drafting::{By, Draft};
use crate::model::CopySaid;
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Link, Shell, answer, answer_to_correct, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, client, problems};

/// `GET /versements/brouillons/{id}`.
#[derive(Template)]
#[template(path = "drafting/files.html")]
pub struct FilesPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub here: String,
    pub flow: String,
    pub steps: Vec<Step>,
    pub size_max: String,
    pub count_max: usize,
    /// Its sending was cut: nothing changes any more.
    pub sending: bool,
    pub errors: Vec<Wrong>,
    /// Its files of the refused deposit are there no more.
    pub files_lost: bool,
    pub copy: &'static str,
    pub files: Vec<FileView>,
    pub total: String,
}

/// A file as people see it.
pub struct FileView {
    pub id: String,
    pub name: String,
    pub folder: String,
    pub size: String,
    /// « Document PDF »; `None` while it is not whole.
    pub format: Option<String>,
    pub icon: &'static str,
    /// The same bytes are elsewhere.
    pub same: Option<String>,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// A deposit taken up again whose files are kept no more.
    #[serde(default)]
    sans: bool,
}

/// `GET /versements/brouillons/{id}`.
pub async fn show(
    person: Depositor,
    id: web::Path<Uuid>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = page(&person, &state, *id, Vec::new()).await?;
    page.files_lost = said.sans;
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

async fn page(person: &Depositor, state: &State, id: Uuid, errors: Vec<Wrong>) -> Result<FilesPage, Problem> {
    let by = by(person);
    let draft = find(state, &by, id).await?;
    let same = state.drafting.same_bytes(&by, &draft).await?;
    let flows = state.drafting.flows(&by).await?;
    let flow = flows.iter().find(|flow| flow.agreement == draft.agreement);
    Ok(FilesPage {
        shell: shell(person, "Les fichiers du versement"),
        trail: trail(),
        csrf: person.csrf_token.clone(),
        here: address(id),
        flow: flow.map_or_else(String::new, |flow| flow.name.clone()),
        steps: steps(id, 0),
        size_max: words::size(state.settings.received_bytes_max),
        count_max: FILES_MAX,
        sending: !draft.is_open(),
        errors,
        files_lost: false,
        copy: draft.copy.unwrap_or(CopySaid::Original).word(),
        total: format!(
            "{}, {}",
            words::count(draft.files.len() as u64, "fichier", "fichiers"),
            words::size(draft.size_bytes())
        ),
        files: views(&draft, &same),
    })
}

fn views(draft: &Draft, same: &[(Uuid, Same)]) -> Vec<FileView> {
    let view = |file: &crate::drafting::DraftFile| FileView {
        id: file.file_id.to_string(),
        name: file.name.clone(),
        folder: file.folder.replace('/', " › "),
        size: match file.bytes_total {
            Some(total) if !file.is_whole() => {
                format!("{} sur {}", words::size(file.bytes_received), words::size(total))
            }
            _ => words::size(file.bytes_received),
        },
        format: file.is_whole().then(|| format(file.mime.as_deref(), file.format_name.as_deref())),
        icon: words::media_icon(file.mime.as_deref().unwrap_or_default()),
        same: same.iter().find(|(id, _)| *id == file.file_id).map(|(_, same)| told(same)),
    };
    draft.files.iter().map(view).collect()
}

/// A format in people's words.
pub(super) fn format(mime: Option<&str>, name: Option<&str>) -> String {
    match (words::media(mime.unwrap_or_default()), name) {
        ("Fichier", Some(name)) => name.to_owned(),
        (words, _) => words.to_owned(),
    }
}

/// Where the same bytes are, in words.
pub(super) fn told(same: &Same) -> String {
    match same {
        Same::Here(path) => format!("Le même fichier que « {path} »"),
        Same::Before(at) => format!("Déjà versé le {}", words::moment(*at).words),
    }
}
