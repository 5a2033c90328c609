//! What a profile lacks, as questions and as things to put right, in the words of whoever deposits.
//!
//! Pure. Never shows an element's name, nor a code of the law.

use super::answers::NATURE;
use super::describe::{Described, Place};
use super::draft::{Draft, Form, Question};
use super::words;
use crate::seda::fill::{Lack, What};
use crate::seda::write::columns::{self, Column};
use crate::seda::write::folding::folded;

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

/// The field that a lack is about, when somebody can fill it.
pub(super) fn field_of(lack: &Lack) -> Option<String> {
    let last = lack.path.last().map_or("", String::as_str);
    if last == "ArchiveUnit" || last.starts_with('@') {
        return None;
    }
    let column = Column::about_path(&lack.path)?;
    Some(match last {
        "KeywordReference" => format!("{}.reference", column.name()),
        "KeywordType" => format!("{}.nature", column.name()),
        _ => column.name().to_owned(),
    })
}

/// The place that a lack is of, and whether it is of an object.
pub(super) fn place_of<'a>(described: &'a Described, lack: &Lack) -> Option<&'a (Place, bool)> {
    lack.mark.and_then(|mark| described.sources.get(mark as usize))
}

/// Each lack once.
pub(super) fn told_once(lacks: Vec<Lack>) -> Vec<Lack> {
    let mut told: Vec<Lack> = Vec::new();
    for lack in lacks {
        if !told.contains(&lack) {
            told.push(lack);
        }
    }
    told
}

/// The questions that these lacks put, by place; dates that are one to whoever answers are one question.
pub(super) fn questions(described: &Described, lacks: &[Lack], has_kinds: bool) -> Vec<(Place, Question)> {
    let mut asked: Vec<(Place, Question, String)> = Vec::new();
    for lack in lacks.iter().filter(|lack| lack.what == What::Missing) {
        let Some((place, false)) = place_of(described, lack) else { continue };
        let Some(field) = field_of(lack) else { continue };
        if is_kind(place, &field, has_kinds)
            || asked.iter().any(|(of, one, _)| of == place && one.fields.contains(&field))
        {
            continue;
        }
        let question = question(lack, &field);
        let key = lack.documentation.as_deref().map(meaning).unwrap_or_default();
        let same = asked.iter_mut().find(|(of, other, other_key)| {
            of == place && question.form == Form::Date && other.form == Form::Date && are_one(&key, other_key)
        });
        match same {
            Some((_, other, _)) => other.fields.push(field),
            None => asked.push((place.clone(), question, key)),
        }
    }
    asked.into_iter().map(|(place, question, _)| (place, question)).collect()
}

/// Whether a field of a file says its kind, which is chosen and not written.
fn is_kind(place: &Place, field: &str, has_kinds: bool) -> bool {
    has_kinds && field == "type de document" && *place != Place::Unit(String::new())
}

fn question(lack: &Lack, field: &str) -> Question {
    let said =
        lack.documentation.as_deref().filter(|text| !words::is_of_the_trade(text)).map(words::sentence);
    let form = if !lack.choices.is_empty() {
        Form::Choice(lack.choices.iter().map(|value| (value.clone(), words::value(field, value))).collect())
    } else if Column::named(field).is_ok_and(|column| column.form() == columns::Form::Date) {
        Form::Date
    } else {
        Form::Text
    };
    let part = field.contains('.');
    let (label, hint) = match said {
        Some(said) if part || said.chars().count() > 60 => (words::label(field), said),
        Some(said) if field != "code d'accès" => (said, String::new()),
        _ => (words::label(field), String::new()),
    };
    Question { fields: vec![field.to_owned()], label, hint, form }
}

/// What a date is the date of: its words, without the first small ones.
fn meaning(documentation: &str) -> String {
    let small = ["la", "le", "les", "l", "date", "de", "du", "d", "jour"];
    let words =
        documentation.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded);
    words.skip_while(|word| small.contains(&word.as_str())).collect::<Vec<_>>().join(" ")
}

/// Whether two dates are the same one to whoever gives them.
fn are_one(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_whole = long[short.len().min(long.len())..].chars().next().is_none_or(|c| c == ' ');
    let words = short.split(' ').count();
    !short.is_empty() && (short == long || (long.starts_with(short) && is_whole && words >= 2))
}

/// What is to be put right, beside the questions.
pub(super) fn problems(
    draft: &Draft,
    described: &Described,
    lacks: &[Lack],
    has_kinds: bool,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for lack in lacks {
        let problem = problem(draft, described, lack, has_kinds);
        if let Some(problem) = problem.filter(|problem| !problems.contains(problem)) {
            problems.push(problem);
        }
    }
    problems
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
            (At::Files, format!("{} : ce genre de fichier n’est pas admis ici{format}.", name(place)))
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
            (at, format!("{} : « {} » ne convient pas.", question.label, words::value(&field, value)))
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
    let said = lack.documentation.as_deref().filter(|text| !words::is_of_the_trade(text));
    let said = said.map(|text| text.trim_end_matches('.').replace('\'', "’"));
    match (said, &lack.wanted[..]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_one_to_whoever_gives_them_are_asked_once() {
        for (one, other, expected) in [
            ("Date de la séance", "La date de la séance.", true),
            ("Fin de l'exécution du marché", "Fin de l'exécution", true),
            ("Parution", "Parution du premier numéro", false),
            ("Parution du premier numéro", "Parution du dernier", false),
            ("Date de la première pièce : la convocation", "Date de la dernière", false),
            ("Date de l'acte", "Date de l'acte, ou du dernier échange avec la préfecture", false),
        ] {
            assert_eq!(are_one(&meaning(one), &meaning(other)), expected, "{one} / {other}");
        }
    }
}
