//! A question as a field of the form, with its answer so far, what earlier deposits answered, and why an answer does not do.

use super::{id_of, listed, name_of};
use crate::drafting::DraftFile;
use crate::drafting::draft::{Form, Question};
use crate::drafting::questions::Place;
use crate::drafting::review::{At, Review};
use crate::web::pages::words;

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
    /// Nobody need look at it: a deposit is sent without it, or it is answered as it always was.
    pub can_wait: bool,
}

/// A question of a place.
pub(super) fn field(review: &Review, place: &Place, question: &Question, with_errors: bool) -> FieldView {
    let name = question.name();
    let said = match place {
        Place::Unit(path) => review.draft.answers.get(path).and_then(|sheet| sheet.values.get(name)),
        Place::File(id) => review.draft.file(*id).and_then(|file| file.sheet.values.get(name)),
    };
    let is_whole = *place == Place::Unit(String::new());
    let proposed = review.proposed.get(name).filter(|_| is_whole);
    let value = said.or(proposed).cloned().unwrap_or_default();
    let (form, choices) = shown(&question.form, &value);
    let suggestions = match question.form {
        Form::Text if is_whole => review.suggestions.get(name).cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    let is_known = said.is_some() || proposed.is_some();
    let wrong = with_errors.then(|| wrong(review, place, name)).flatten();
    FieldView {
        id: id_of(place, name),
        name: name_of(place, name),
        label: question.label.clone(),
        hint: question.hint.clone(),
        form,
        choices: choices
            .into_iter()
            .map(|(known, words)| (known.clone(), words.clone(), is_known && *known == value))
            .collect(),
        suggestions,
        can_wait: wrong.is_none()
            && (question.optional || proposed.is_some_and(|proposed| *proposed == value)),
        wrong,
        value,
    }
}

/// The field that such an answer is given in, and what may be chosen.
fn shown<'a>(form: &'a Form, value: &str) -> (&'static str, Vec<&'a (String, String)>) {
    match form {
        Form::Text => ("text", Vec::new()),
        // What is no day cannot be shown in a field of days.
        Form::Date if value.is_empty() || value.len() == 10 => ("date", Vec::new()),
        Form::Date => ("text", Vec::new()),
        Form::Choice(choices) => {
            (if choices.len() <= 3 { "radio" } else { "choice" }, choices.iter().collect())
        }
    }
}

/// What every document is asked: its title, and what it is where that is told apart.
pub(super) fn own(review: &Review, file: &DraftFile, with_errors: bool) -> Vec<FieldView> {
    let place = Place::File(file.file_id);
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
        can_wait: false,
    };
    let title = file.sheet.values.get("titre").cloned().unwrap_or_else(|| file.title());
    let mut fields = vec![view("titre", "Titre", "text", title)];
    if !review.kinds.is_empty() {
        let chosen = review.kind_of.get(&file.file_id).cloned().unwrap_or_default();
        let choices = review.kinds.iter().map(|kind| (kind.clone(), kind.clone(), *kind == chosen)).collect();
        fields.push(FieldView { choices, ..view("@nature", "C’est", "choice", chosen.clone()) });
    }
    fields
}

/// « Document PDF, 51 Ko ».
pub(super) fn about(file: &DraftFile) -> String {
    let format = listed::format(file.mime.as_deref(), file.format_name.as_deref());
    format!("{format}, {}", words::size(file.bytes_received))
}

/// Why a field's answer does not do.
fn wrong(review: &Review, place: &Place, name: &str) -> Option<String> {
    let of =
        |at: &At| matches!(at, At::Field(of, field) if of == place && answers_to(review, place, field, name));
    review.problems.iter().find(|problem| of(&problem.at)).map(|problem| problem.sentence.clone())
}

/// Whether a field is filled by the question known by this name.
fn answers_to(review: &Review, place: &Place, field: &str, name: &str) -> bool {
    let asked = review.asked.get(place).into_iter().flatten();
    let question = asked.into_iter().find(|question| question.fields.iter().any(|one| one == field));
    question.map_or(field, |question| question.name()) == name
}
