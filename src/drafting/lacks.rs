//! What a profile lacks, as questions in the words of whoever deposits.
//!
//! Pure. Never shows an element's name, nor a code of the law. The one thing to know: dates that their author calls by one name are one
//! question, and what the whole is asked no folder is asked again.

use super::describe::{Described, Place};
use super::draft::{Draft, Form, Question};
use super::words;
use crate::seda::fill::{Lack, What};
use crate::seda::write::columns::{self, Column};
use crate::seda::write::folding::folded;

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
pub(super) fn questions(
    draft: &Draft,
    described: &Described,
    lacks: &[Lack],
    has_kinds: bool,
) -> Vec<(Place, Question)> {
    let mut asked: Vec<(Place, Question, String)> = Vec::new();
    for lack in lacks.iter().filter(|lack| lack.what == What::Missing) {
        let Some((place, false)) = place_of(described, lack) else { continue };
        let Some(field) = field_of(lack) else { continue };
        if is_kind(place, &field, has_kinds)
            || of_the_whole(draft, described, lacks, lack).is_some()
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
pub(super) fn is_kind(place: &Place, field: &str, has_kinds: bool) -> bool {
    has_kinds && field == "type de document" && *place != Place::Unit(String::new())
}

pub(super) fn question(lack: &Lack, field: &str) -> Question {
    let said =
        lack.documentation.as_deref().filter(|text| !words::is_of_the_trade(text)).map(words::sentence);
    let form = if !lack.choices.is_empty() {
        Form::Choice(lack.choices.iter().map(|value| (value.clone(), words::value(field, value))).collect())
    } else if is_date(field) {
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
    Question { fields: vec![field.to_owned()], label, hint, form, optional: false }
}

/// Of a date that a folder lacks and that its author calls as one of the whole: that one's question, and its answer when there is one.
pub(super) fn of_the_whole(
    draft: &Draft,
    described: &Described,
    lacks: &[Lack],
    lack: &Lack,
) -> Option<Option<String>> {
    let is_below = |place: &Place| matches!(place, Place::Unit(path) if !path.is_empty());
    let is_date =
        |lack: &Lack| lack.what == What::Missing && field_of(lack).is_some_and(|field| is_date(&field));
    if !place_of(described, lack).is_some_and(|(place, _)| is_below(place)) || !is_date(lack) {
        return None;
    }
    let wanted = lack.documentation.as_deref().map(meaning).filter(|wanted| !wanted.is_empty())?;
    let whole = draft.whole();
    let is_it = |question: &&Question| {
        question.form == Form::Date
            && [&question.label, &question.hint].into_iter().any(|said| meaning(said) == wanted)
    };
    if let Some(question) = whole.asked.iter().find(is_it) {
        return Some(whole.values.get(question.name()).cloned());
    }
    let is_same = |other: &Lack| {
        let of = place_of(described, other).map(|(place, _)| place);
        let said = other.documentation.as_deref().map(meaning);
        is_date(other) && of == Some(&Place::Unit(String::new())) && said.as_deref() == Some(wanted.as_str())
    };
    lacks.iter().any(is_same).then_some(None)
}

fn is_date(field: &str) -> bool {
    Column::named(field).is_ok_and(|column| column.form() == columns::Form::Date)
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
