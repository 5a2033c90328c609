//! All that is to be put right in a draft before it is sent, in the words of whoever deposits: files, answers that are wanted, answers
//! that are not understood.
//!
//! Pure. Never judges what would be received: the profile's own text says what is lacking. Never shows an element's name.

use super::answers::{self, NATURE};
use super::describe::{Described, Place};
use super::draft::{Draft, Form};
use super::ground::Ground;
use super::lacks::{field_of, is_kind, of_the_whole, place_of, question};
use super::questions::Asked;
use super::settle::Settled;
use super::words;
use crate::seda::fill::{Lack, What};
use crate::seda::write::columns::Column;

/// Something to put right, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub at: At,
    pub sentence: String,
}

/// Where something is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    Field(Place, String),
    /// Among the files.
    Files,
    /// Nowhere at the portal.
    Elsewhere,
}

/// All that is to be put right, questions without an answer first.
pub(super) fn problems(ground: &Ground, draft: &Draft, settled: &Settled, asked: &Asked) -> Vec<Problem> {
    let mut problems = Vec::new();
    let whole = Place::Unit(String::new());
    if draft.files.is_empty() {
        problems.push(Problem { at: At::Files, sentence: "Ajoutez au moins un fichier.".into() });
    }
    for file in draft.files.iter().filter(|file| !file.is_whole()) {
        let sentence =
            format!("« {} » n’est pas arrivé en entier : envoyez-le de nouveau, ou retirez-le.", file.name);
        problems.push(Problem { at: At::Files, sentence });
    }
    let of_every = asked.get(&whole).into_iter().flatten().filter(|question| {
        ["titre", answers::PROFILE, answers::SENDER, answers::PRODUCER].contains(&question.name())
            || ground.profile.is_none() && Column::named(question.name()).is_ok()
    });
    for question in of_every.filter(|question| !question.optional) {
        if !draft.whole().values.contains_key(question.name()) {
            let at = At::Field(whole.clone(), question.name().to_owned());
            problems.push(Problem { at, sentence: format!("Répondez à « {} ».", question.label) });
        }
    }
    problems.extend(not_understood(draft, asked));
    let lacking = of_lacks(draft, &settled.described, &settled.lacks, !ground.kinds.is_empty());
    for problem in lacking {
        let is_told = problems.iter().any(|told| told.at == problem.at && told.at != At::Files);
        if !is_told {
            problems.push(problem);
        }
    }
    problems
}

/// Answers that are not written as their question wants.
fn not_understood(draft: &Draft, asked: &Asked) -> Vec<Problem> {
    let sheets = draft.answers.iter().map(|(path, sheet)| (Place::Unit(path.clone()), sheet));
    let files = draft.files.iter().map(|file| (Place::File(file.file_id), &file.sheet));
    let mut problems = Vec::new();
    for (place, sheet) in sheets.chain(files) {
        for question in asked.get(&place).into_iter().flatten() {
            let (name, value) = (question.name(), sheet.values.get(question.name()));
            let Some(value) = value.filter(|_| !name.contains(['@', '.'])) else { continue };
            if let Ok(Err(wanted)) = Column::named(name).map(|column| column.standard(value)) {
                let sentence = match question.form {
                    Form::Date => format!("{} : « {value} » n’est pas une date.", question.label),
                    _ => format!("{} : écrivez {}.", question.label, wanted.replace('\'', "’")),
                };
                problems.push(Problem { at: At::Field(place.clone(), name.to_owned()), sentence });
            }
        }
    }
    problems
}

/// What the profile lacks; a date that is asked of the whole is told there, and a description is the title, which is asked.
fn of_lacks(draft: &Draft, described: &Described, lacks: &[Lack], has_kinds: bool) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for lack in lacks.iter().filter(|lack| !is_told(draft, described, lacks, lack)) {
        let problem = problem(draft, described, lack, has_kinds);
        if let Some(problem) = problem.filter(|problem| !problems.contains(problem)) {
            problems.push(problem);
        }
    }
    problems
}

fn is_told(draft: &Draft, described: &Described, lacks: &[Lack], lack: &Lack) -> bool {
    let whole = Place::Unit(String::new());
    let of_whole = place_of(described, lack).is_some_and(|(place, _)| *place == whole);
    let is_description = lack.what == What::Missing && field_of(lack).as_deref() == Some("description");
    (of_whole && is_description) || of_the_whole(draft, described, lacks, lack).is_some()
}

fn problem(draft: &Draft, described: &Described, lack: &Lack, has_kinds: bool) -> Option<Problem> {
    let place = place_of(described, lack);
    let name = |place: &Place| match place {
        Place::Unit(path) if path.is_empty() => "ce versement".to_owned(),
        Place::Unit(path) => format!("« {} »", path.rsplit(['/', '\\']).next().unwrap_or_default()),
        Place::File(id) => format!("« {} »", draft.file(*id).map_or("", |file| file.name.as_str())),
    };
    let is_unit = lack.path.last().is_some_and(|last| last == "ArchiveUnit");
    let kind = |place: &Place| At::Field(place.clone(), NATURE.to_owned());
    let field = field_of(lack);
    let (at, sentence) = match (&lack.what, place, field) {
        (_, Some((place @ Place::File(_), true)), _) => {
            let format = draft_format(draft, place);
            let sentence = format!(
                "{} : ce genre de fichier n’est pas admis ici{format}. Donnez-le sous un autre format, ou retirez-le.",
                name(place)
            );
            (At::Files, sentence)
        }
        (What::Missing, _, _) if is_unit => (At::Files, missing_piece(lack)),
        (What::Unexpected, Some((place, _)), _) if is_unit => {
            let at = if has_kinds { kind(place) } else { At::Files };
            (
                at,
                format!(
                    "{} n’a pas de place ici : dites autrement ce que c’est, ou retirez-le.",
                    name(place)
                ),
            )
        }
        (What::Missing, Some((place, _)), Some(field)) if is_kind(place, &field, has_kinds) => {
            (kind(place), format!("Dites ce qu’est {}.", name(place)))
        }
        (What::Missing, Some((place, _)), Some(field)) => {
            let question = question(lack, &field);
            let of = if *place == Place::Unit(String::new()) {
                String::new()
            } else {
                format!("{} : ", name(place))
            };
            (At::Field(place.clone(), field), format!("{of}répondez à « {} ».", question.label))
        }
        (What::Refused(value), Some((place, _)), Some(field)) => {
            let question = question(lack, &field);
            let at = At::Field(place.clone(), field.clone());
            let wanted = said(lack).map(|said| format!(" Il faut : {said}.")).unwrap_or_default();
            let value = words::value(&field, value);
            (at, format!("{} : « {value} » ne convient pas.{wanted}", question.label))
        }
        _ => {
            let of = place.map_or_else(|| "ce versement".to_owned(), |(place, _)| name(place));
            let sentence = format!(
                "Le service d’archives demande, pour {of}, une précision que cette page ne sait pas demander : écrivez-lui."
            );
            (At::Elsewhere, sentence)
        }
    };
    Some(Problem { at, sentence: words_first(&sentence) })
}

fn missing_piece(lack: &Lack) -> String {
    match (said(lack), &lack.wanted[..]) {
        (Some(said), []) => format!("Il manque une pièce : {}. Ajoutez-la.", lowered(&said)),
        (Some(said), wanted) => {
            format!(
                "Il manque une pièce, {} : {}. Ajoutez-la, ou dites lequel de vos fichiers c’est.",
                wanted.join(" ou "),
                lowered(&said)
            )
        }
        (None, []) => "Il manque une pièce.".to_owned(),
        (None, wanted) => {
            format!(
                "Il manque une pièce : {}. Ajoutez-la, ou dites lequel de vos fichiers c’est.",
                wanted.join(" ou ")
            )
        }
    }
}

/// What the profile's author says of it, when it is in plain words.
fn said(lack: &Lack) -> Option<String> {
    let said = lack.documentation.as_deref().filter(|text| !words::is_of_the_trade(text));
    said.map(|text| text.trim_end_matches('.').replace('\'', "’"))
}

fn draft_format(draft: &Draft, place: &Place) -> String {
    let Place::File(id) = place else { return String::new() };
    let format = draft.file(*id).and_then(|file| file.format_name.clone());
    format.map(|format| format!(" ({format})")).unwrap_or_default()
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn words_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
