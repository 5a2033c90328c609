//! The few questions, about the whole and about each document.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{Step, Wrong, address, answered, by, id_of, name_of, shell, steps, trail};
use crate::drafting::draft::{Form, Question};
use crate::drafting::questions::Place;
use crate::drafting::review::{At, Review, Seen};
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Link, Shell, answer, answer_to_correct};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// Documents of a page: their answers fit one form.
pub const DOCUMENTS: usize = 40;

/// Documents that nobody arranges in folders.
const FEW: usize = 5;

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
    pub folders: Vec<GroupView>,
    pub documents: Vec<GroupView>,
    /// Folders that files lie in.
    pub known_folders: Vec<String>,
    pub page: usize,
    pub pages: usize,
    /// Among the answers some that an earlier deposit gave.
    pub as_before: bool,
    /// Where dates are moved on.
    pub move_address: String,
}

/// A folder or a document, with what is asked of it.
pub struct GroupView {
    pub id: String,
    pub name: String,
    pub about: String,
    pub fields: Vec<FieldView>,
}

/// A question with its answer so far.
pub struct FieldView {
    pub id: String,
    pub name: String,
    pub label: String,
    pub hint: String,
    /// `text`, `date`, `choice` or `radio`.
    pub form: &'static str,
    pub value: String,
    /// Value, words, whether it is chosen.
    pub choices: Vec<(String, String, bool)>,
    pub suggestions: Vec<String>,
    pub wrong: Option<String>,
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
    let whole = Place::Unit(String::new());
    let shown = files.iter().skip((turn - 1) * DOCUMENTS).take(DOCUMENTS);
    let is_first = turn == 1;
    let fields_of = |place: &Place| {
        let asked = review.asked.get(place).into_iter().flatten();
        asked.map(|question| field(review, place, question, with_errors)).collect::<Vec<_>>()
    };
    let mut known_folders: Vec<String> = files.iter().map(|file| file.folder.clone()).collect();
    known_folders.retain(|folder| !folder.is_empty());
    known_folders.sort_unstable();
    known_folders.dedup();
    // A few documents need none, unless somebody brought some.
    let has_folders = !known_folders.is_empty() || files.len() > FEW;
    let errors = if with_errors { answered::wrongs(review) } else { Vec::new() };
    DescribePage {
        shell: shell(person, "Quelques questions"),
        trail: trail(),
        csrf: person.csrf_token.clone(),
        here: format!("{}/questions", address(id)),
        flow: review.flow.clone(),
        steps: steps(id, 1),
        errors,
        whole: if is_first { fields_of(&whole) } else { Vec::new() },
        folders: if is_first { folders(review, with_errors) } else { Vec::new() },
        documents: shown
            .map(|file| {
                let place = Place::File(file.file_id);
                let mut fields = own(review, file, has_folders, with_errors);
                fields.extend(fields_of(&place));
                GroupView {
                    id: id_of(&place, "document"),
                    name: file.name.clone(),
                    about: about(file),
                    fields,
                }
            })
            .collect(),
        known_folders,
        page: turn,
        pages,
        move_address: format!("{}/dates", address(id)),
        as_before: review.draft.resumes.is_none() && !review.draft.whole().asked.is_empty() && is_first,
    }
}

fn about(file: &crate::drafting::DraftFile) -> String {
    let format = super::files::format(file.mime.as_deref(), file.format_name.as_deref());
    format!("{format}, {}", words::size(file.bytes_received))
}

/// What every document is asked: its title, what it is where that is told apart, its folder where there are some.
fn own(
    review: &Review,
    file: &crate::drafting::DraftFile,
    has_folders: bool,
    with_errors: bool,
) -> Vec<FieldView> {
    let place = Place::File(file.file_id);
    let mut fields = Vec::new();
    let view = |name: &str, label: &str, form, value: String| FieldView {
        id: id_of(&place, name),
        name: name_of(&place, name),
        label: label.into(),
        hint: String::new(),
        form,
        value,
        choices: Vec::new(),
        suggestions: Vec::new(),
        wrong: with_errors.then(|| wrong(review, &place, name)).flatten(),
    };
    let title = file.sheet.values.get("titre").cloned().unwrap_or_else(|| file.title());
    fields.push(view("titre", "Titre", "text", title));
    if !review.kinds.is_empty() {
        let chosen = review.kind_of.get(&file.file_id).cloned().unwrap_or_default();
        let mut field = view("@nature", "C’est", "choice", chosen.clone());
        field.choices =
            review.kinds.iter().map(|kind| (kind.clone(), kind.clone(), *kind == chosen)).collect();
        fields.push(field);
    }
    if has_folders {
        let mut field = view("@dossier", "Dossier", "text", file.folder.clone());
        field.suggestions = vec!["dossiers".into()];
        fields.push(field);
    }
    fields
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
        let fields = asked.iter().map(|question| field(review, place, question, with_errors)).collect();
        groups.push(GroupView { id: id_of(place, "dossier"), name, about: String::new(), fields });
    }
    groups
}

fn field(review: &Review, place: &Place, question: &Question, with_errors: bool) -> FieldView {
    let name = question.name();
    let said = match place {
        Place::Unit(path) => review.draft.answers.get(path).and_then(|sheet| sheet.values.get(name)),
        Place::File(id) => review.draft.file(*id).and_then(|file| file.sheet.values.get(name)),
    };
    let value = said.cloned().unwrap_or_default();
    let (form, choices) = match &question.form {
        Form::Text => ("text", Vec::new()),
        // What is no day cannot be shown in a field of days.
        Form::Date if value.is_empty() || value.len() == 10 => ("date", Vec::new()),
        Form::Date => ("text", Vec::new()),
        Form::Choice(choices) => {
            let form = if choices.len() <= 3 { "radio" } else { "choice" };
            let chosen = |known: &String| *known == value && said.is_some();
            (
                form,
                choices.iter().map(|(known, words)| (known.clone(), words.clone(), chosen(known))).collect(),
            )
        }
    };
    let suggestions = match (&question.form, place) {
        (Form::Text, Place::Unit(path)) if path.is_empty() => {
            review.suggestions.get(name).cloned().unwrap_or_default()
        }
        _ => Vec::new(),
    };
    FieldView {
        id: id_of(place, name),
        name: name_of(place, name),
        label: question.label.clone(),
        hint: question.hint.clone(),
        form,
        value,
        choices,
        suggestions,
        wrong: with_errors.then(|| wrong(review, place, name)).flatten(),
    }
}

/// Why a field's answer does not do.
fn wrong(review: &Review, place: &Place, name: &str) -> Option<String> {
    let of =
        |at: &At| matches!(at, At::Field(of, field) if of == place && answers_to(review, place, field, name));
    review.problems.iter().find(|problem| of(&problem.at)).map(|problem| problem.sentence.clone())
}

/// Whether a field is filled by the question known by this name.
pub(super) fn answers_to(review: &Review, place: &Place, field: &str, name: &str) -> bool {
    let asked = review.asked.get(place).into_iter().flatten();
    let question = asked.into_iter().find(|question| question.fields.iter().any(|one| one == field));
    question.map_or(field, |question| question.name()) == name
}
