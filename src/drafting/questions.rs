//! What is asked of a draft, place by place: what every deposit is asked, what was asked and answered, what is still lacking.
//!
//! Pure. The one thing to know: what was answered stays asked, so that it can be changed, though nothing is lacking any more.

use std::collections::BTreeMap;

use super::answers::{NO_PROFILE, PRODUCER, PROFILE, SENDER};
use super::draft::{Draft, Form, Question, Sheet};
use super::ground::Ground;
use super::settle::Settled;
use super::{lacks, words};
use crate::seda::write::columns::{self, Column};

pub use super::describe::Place;

/// Questions by place, in the order they are put.
pub type Asked = BTreeMap<Place, Vec<Question>>;

/// All that is asked.
pub(super) fn asked(ground: &Ground, draft: &Draft, settled: &Settled) -> Asked {
    let mut asked = Asked::new();
    let whole = Place::Unit(String::new());
    asked.insert(whole.clone(), of_every_deposit(ground));
    let sheets = draft.answers.iter().map(|(path, sheet)| (Place::Unit(path.clone()), sheet));
    let files = draft.files.iter().map(|file| (Place::File(file.file_id), &file.sheet));
    for (place, sheet) in sheets.chain(files) {
        for question in before(sheet) {
            let is_dropped = |field: &String| settled.more.dropped.contains(&(place.clone(), field.clone()));
            if !question.fields.iter().all(is_dropped) {
                put(&mut asked, &place, question.clone());
            }
        }
    }
    let has_kinds = !ground.kinds.is_empty();
    for (place, question) in lacks::questions(draft, &settled.described, &settled.lacks, has_kinds) {
        put(&mut asked, &place, question);
    }
    let titled = settled.more.automatic.contains_key(&(whole.clone(), "description".to_owned()));
    if titled {
        put(&mut asked, &whole, description());
    }
    if let Some(questions) = asked.get_mut(&whole) {
        questions.iter_mut().for_each(may_be_the_title);
        questions.sort_by_key(|question| turn(question.name()));
    }
    asked
}

/// When a question is put: what it is, then its names and numbers, its dates in their order, who reads it, what may be added.
fn turn(field: &str) -> u8 {
    match field {
        "titre" => 1,
        "type de document" => 2,
        "date de début" => 4,
        "code d'accès" => 8,
        "début d'accès" => 9,
        "description" => 10,
        "date de fin" | "début de DUA" => 6,
        field if field.starts_with('@') => 0,
        field if Column::named(field).is_ok_and(|column| column.form() == columns::Form::Date) => 5,
        _ => 3,
    }
}

/// A description that a profile wants is the title where nobody gives one (`automatic`).
fn may_be_the_title(question: &mut Question) {
    if question.name() == "description" && !question.optional {
        question.optional = true;
        if question.hint.is_empty() {
            question.hint = "À défaut, ce sera le titre.".into();
        }
    }
}

fn description() -> Question {
    let (fields, label) = (vec!["description".to_owned()], words::label("description"));
    Question { fields, label, hint: String::new(), form: Form::Text, optional: false }
}

/// What was asked before and has an answer.
fn before(sheet: &Sheet) -> impl Iterator<Item = &Question> {
    let is_answered =
        |question: &&Question| question.fields.iter().any(|field| sheet.values.contains_key(field));
    sheet.asked.iter().filter(is_answered)
}

/// Adds a question unless one of its fields is asked there already.
fn put(asked: &mut Asked, place: &Place, question: Question) {
    let there = asked.entry(place.clone()).or_default();
    let is_asked = |field: &String| there.iter().any(|other| other.fields.contains(field));
    if !question.fields.iter().any(is_asked) {
        there.push(question);
    }
}

/// What every deposit is asked: who it is for when there is a choice, its title, and its dates where no profile says which.
fn of_every_deposit(ground: &Ground) -> Vec<Question> {
    let named = |all: &[String]| {
        all.iter()
            .map(|identifier| (identifier.clone(), ground.name(identifier).to_owned()))
            .collect::<Vec<_>>()
    };
    let mut asked = Vec::new();
    let mut ask = |field: &str, hint: &str, form: Form| {
        let (label, hint) = (words::label(field), hint.to_owned());
        asked.push(Question { fields: vec![field.to_owned()], label, hint, form, optional: false });
    };
    if ground.profiles.len() > 1 {
        let mut choices = ground.profiles.clone();
        if !ground.agreement.profile_imposed {
            choices.push((NO_PROFILE.into(), "Autre chose".into()));
        }
        ask(PROFILE, "", Form::Choice(choices));
    }
    if ground.agreement.transferring_agencies.len() > 1 {
        ask(SENDER, "", Form::Choice(named(&ground.agreement.transferring_agencies)));
    }
    if ground.producers.len() > 1 {
        ask(PRODUCER, "", Form::Choice(named(&ground.producers)));
    }
    ask(
        "titre",
        "Celui sous lequel on le cherchera : « Conseil municipal, séance du 22\u{a0}septembre 2026 ».",
        Form::Text,
    );
    if ground.profile.is_none() {
        ask("date de début", "", Form::Date);
        ask("date de fin", "", Form::Date);
        asked.push(Question { optional: true, ..description() });
    }
    asked
}
