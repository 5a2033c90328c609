//! One file: what it is, and as much of it as can be shown safely.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::preview::{self, Preview};
use super::{description, unit};
use crate::access::{ObjectView, Reader};
use crate::catalog::Object;
use crate::model::ObjectId;
use crate::web::callers::{ContentReader, Searcher};
use crate::web::content::{self, Disposition};
use crate::web::pages::shell::{Account, Fact, Link, Section, Shell, answer};
use crate::web::pages::{readings, words};
use crate::web::{Problem, State, problems};

/// `GET /archives/objets/{id}`.
#[derive(Template)]
#[template(path = "access/object.html")]
pub struct ObjectPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    /// `None`: its bytes do not open for this person.
    pub download: Option<String>,
    pub size: String,
    pub preview: Preview,
    pub facts: Vec<Fact>,
    pub digest: String,
    /// By what reading of the control authority it is read.
    pub reading: Option<String>,
}

/// The page of a file.
pub fn address(id: ObjectId) -> String {
    format!("/archives/objets/{id}")
}

/// The bytes of a file, to download.
pub fn download_address(id: ObjectId) -> String {
    format!("/archives/objets/{id}/contenu")
}

/// The bytes of a file, to show in its page.
pub fn shown_address(id: ObjectId) -> String {
    format!("/archives/objets/{id}/apercu")
}

/// `GET /archives/objets/{id}`.
pub async fn show(
    person: Searcher,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let id = ObjectId(*id);
    let view = state.access.object(&reader, id).await?.ok_or_else(problems::not_found)?;
    let preview = preview::of(&reader, &view, &state).await?;
    let trail = trail(&reader, &view, &state).await?;
    Ok(answer(&ObjectPage {
        shell: Shell {
            title: view.object.file_name.clone(),
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: false,
        },
        trail,
        download: state.access.opens(&reader, &view.archive, view.opening).then(|| download_address(id)),
        size: words::size(view.object.size_bytes),
        preview,
        facts: facts(&view),
        digest: hex::encode(&view.object.sha512),
        reading: readings::notice(&person, &reader, &view.archive),
    }))
}

/// The way down to the file, by the first unit that it describes.
async fn trail(reader: &Reader, view: &ObjectView, state: &State) -> Result<Vec<Link>, Problem> {
    let Some(first) = view.units.first() else { return Ok(unit::trail(&[])) };
    let above = state.access.unit(reader, first.unit_id).await?.map(|above| above.ancestors);
    let mut units = above.unwrap_or_default();
    units.push(first.clone());
    Ok(unit::trail(&units))
}

/// `GET /archives/objets/{id}/contenu`.
pub async fn download(
    person: ContentReader,
    request: HttpRequest,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    content::answer(&state.access, &reader, ObjectId(*id), &request, Disposition::Download).await
}

/// `GET /archives/objets/{id}/apercu`.
pub async fn shown(
    person: ContentReader,
    request: HttpRequest,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    content::answer(&state.access, &reader, ObjectId(*id), &request, Disposition::Show).await
}

fn facts(view: &ObjectView) -> Vec<Fact> {
    let bytes = words::count(view.object.size_bytes, "octet", "octets");
    let size = if view.object.size_bytes < 1_000 {
        bytes
    } else {
        format!("{} ({bytes})", words::size(view.object.size_bytes))
    };
    let mut facts =
        vec![Fact::new("Nature", words::media(&view.object.media_type)), Fact::new("Taille", size)];
    facts.extend(view.object.usage.as_deref().map(|usage| Fact::new("Exemplaire", words::usage(usage))));
    facts.extend(format(&view.object));
    facts.push(description::opening(view.opening));
    facts.push(Fact::new("Cote de l’archive", &view.archive.cote));
    facts.push(Fact::new("Prise en charge", words::moment(view.archive.taken_in_charge_at).words));
    facts
}

/// The format as PRONOM names it; nothing for a file that nobody looked at.
fn format(object: &Object) -> Option<Fact> {
    let basis = object.format_basis.as_deref()?;
    Some(match &object.format {
        Some(format) => {
            let by = words::format_basis(basis);
            Fact::new("Format", format!("{} — {}, {by}", format.title(), format.puid))
        }
        None => Fact::new("Format", "Non reconnu"),
    })
}
