//! The few questions, about the whole and about each document: those that only the depositor can answer first, what may wait under them.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::fields::{FieldView, about, field, own};
use super::{Step, Wrong, address, answered, by, id_of, shell, steps, trail};
use crate::drafting::DraftFile;
use crate::drafting::questions::Place;
use crate::drafting::review::{Review, Seen};
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Link, Shell, answer, answer_to_correct};
use crate::web::{Problem, State, problems};

/// Documents of a page: their answers fit one form.
pub const DOCUMENTS: usize = 40;

/// `GET /versements/brouillons/{id}/questions`.
#[derive(Template)]
#[template(path = "drafting/describe.html")]
pub struct DescribePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub here: String,
    pub flow: String,
    pub steps: Vec<Step>,
    pub errors: Vec<Wrong>,
    /// On the first page.
    pub whole: Vec<FieldView>,
    /// What may wait: nobody need answer it, or it is answered as it always was.
    pub more: Vec<FieldView>,
    pub folders: Vec<GroupView>,
    pub documents: Vec<GroupView>,
    pub page: usize,
    pub pages: usize,
    /// Among the answers some that an earlier deposit gave.
    pub as_before: bool,
    /// Where dates are moved on.
    pub move_address: String,
}

impl DescribePage {
    /// Whether something that may wait is answered already.
    fn has_answers(&self) -> bool {
        self.more.iter().any(|field| !field.value.is_empty())
    }
}

/// A folder or a document, with what is asked of it.
pub struct GroupView {
    pub id: String,
    pub name: String,
    pub about: String,
    pub fields: Vec<FieldView>,
}

/// Which documents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    page: Option<usize>,
}

/// `GET /versements/brouillons/{id}/questions`.
pub async fn show(
    person: Depositor,
    id: web::Path<Uuid>,
    turn: web::Query<Turn>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let review = read(&person, &state, *id).await?;
    Ok(answer(&page(&person, &review, turn.page.unwrap_or(1), false)))
}

/// The page again, with all that is to be put right.
pub(super) async fn again(
    person: &Depositor,
    state: &State,
    id: Uuid,
    turn: usize,
) -> Result<HttpResponse, Problem> {
    let review = read(person, state, id).await?;
    Ok(answer_to_correct(&page(person, &review, turn, true)))
}

/// The person's own draft, read, while what it comes under is open.
pub(super) async fn read(person: &Depositor, state: &State, id: Uuid) -> Result<Box<Review>, Problem> {
    match state.drafting.review(&by(person), id).await? {
        Seen::Open(review) if review.draft.transfer_id.is_none() => Ok(review),
        Seen::Closed(draft) if draft.transfer_id.is_none() => Err(problems::not_found()
            .detail("Ce genre de versement est fermé, ou ne vous est plus ouvert : voyez avec votre service d’archives.")),
        _ => Err(problems::not_found()),
    }
}

fn page(person: &Depositor, review: &Review, turn: usize, with_errors: bool) -> DescribePage {
    let id = review.draft.draft_id;
    let files = &review.draft.files;
    let pages = files.len().div_ceil(DOCUMENTS).max(1);
    let turn = turn.clamp(1, pages);
    let is_first = turn == 1;
    let (more, whole) = if is_first {
        let fields = fields_of(review, &Place::Unit(String::new()), with_errors);
        fields.into_iter().partition(|field| field.can_wait)
    } else {
        (Vec::new(), Vec::new())
    };
    let shown = files.iter().skip((turn - 1) * DOCUMENTS).take(DOCUMENTS);
    DescribePage {
        shell: shell(person, "Quelques questions"),
        trail: trail(),
        csrf: person.csrf_token.clone(),
        here: format!("{}/questions", address(id)),
        flow: review.flow.clone(),
        steps: steps(id, 1),
        errors: if with_errors { answered::wrongs(review) } else { Vec::new() },
        whole,
        more,
        folders: if is_first { folders(review, with_errors) } else { Vec::new() },
        documents: shown.map(|file| document(review, file, with_errors)).collect(),
        page: turn,
        pages,
        move_address: format!("{}/dates", address(id)),
        as_before: review.draft.resumes.is_none() && !review.draft.whole().asked.is_empty() && is_first,
    }
}

fn fields_of(review: &Review, place: &Place, with_errors: bool) -> Vec<FieldView> {
    let asked = review.asked.get(place).into_iter().flatten();
    asked.map(|question| field(review, place, question, with_errors)).collect()
}

fn document(review: &Review, file: &DraftFile, with_errors: bool) -> GroupView {
    let place = Place::File(file.file_id);
    let mut fields = own(review, file, with_errors);
    fields.extend(fields_of(review, &place, with_errors));
    GroupView { id: id_of(&place, "document"), name: file.name.clone(), about: about(file), fields }
}

/// The folders of which something is asked.
fn folders(review: &Review, with_errors: bool) -> Vec<GroupView> {
    let mut groups = Vec::new();
    for (place, asked) in &review.asked {
        let Place::Unit(path) = place else { continue };
        if path.is_empty() || asked.is_empty() {
            continue;
        }
        let name = path.trim_start_matches('\\').replace(['/', '\\'], " › ");
        let fields = fields_of(review, place, with_errors);
        groups.push(GroupView { id: id_of(place, "dossier"), name, about: String::new(), fields });
    }
    groups
}
