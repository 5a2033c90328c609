//! What a person answers, written down: each answer where it was asked, as the standard writes it when it can be.
//!
//! Never loses what was typed: what cannot be understood is kept as it is, and told. Never takes an answer to what was not asked.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::describe::Place;
use super::draft::{ANSWER_CHARS_MAX, By, Draft, Form, Question, Sheet};
use super::ground::Ground;
use super::questions::{Asked, asked};
use super::settle::settle;
use super::{Drafting, Error, blocking, file_queries, kinds, queries};
use crate::model::CopySaid;
use crate::seda::write::columns::{self, Column};

/// Fields that are no element of a unit.
pub const PROFILE: &str = "@profil";
/// The transferring service.
pub const SENDER: &str = "@versant";
/// The originating service.
pub const PRODUCER: &str = "@producteur";
/// Of the profiles of a choice, none.
pub(super) const NO_PROFILE: &str = "-";
/// Of a file, the kind it is.
pub const NATURE: &str = "@nature";

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub place: Place,
    pub field: String,
    pub value: String,
}

impl Drafting {
    /// Writes answers down; `false`: no such draft, or it is being sent.
    ///
    /// # Errors
    /// When the rows cannot be read or changed.
    pub async fn answer(
        &self,
        by: &By,
        id: Uuid,
        answers: &[Answer],
        copy: Option<CopySaid>,
    ) -> Result<bool, Error> {
        let Some(seen) = self.draft(by, id).await? else { return Ok(false) };
        let asked = match self.ground(by, &seen).await? {
            Some(ground) => Some(self.asked(ground, seen).await?),
            None => None,
        };
        let mut tx = self.db.technical().await?;
        let Some(mut draft) = queries::lock(&mut tx, by, id).await?.filter(Draft::is_open) else {
            return Ok(false);
        };
        draft.copy = copy.or(draft.copy);
        let mut changed = BTreeSet::new();
        if let Some((asked, paths)) = &asked {
            for answer in answers {
                let value = plain(&answer.value);
                let question = asked.get(&answer.place).into_iter().flatten();
                let question = question.into_iter().find(|question| question.name() == answer.field);
                match (&answer.place, question) {
                    (Place::File(file), None) => own(&mut draft, *file, &answer.field, &value, paths),
                    (place, Some(question)) => {
                        let Some(sheet) = sheet(&mut draft, place) else { continue };
                        take(sheet, question, &value);
                    }
                    (Place::Unit(_), None) => {}
                }
                if let Place::File(file) = answer.place {
                    changed.insert(file);
                }
            }
        }
        queries::set_answers(&mut tx, by, &draft, self.clock.now()).await?;
        for file in draft.files.iter().filter(|file| changed.contains(&file.file_id)) {
            file_queries::set_answers(&mut tx, by, id, file).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// What is asked of a draft, and the kinds that its files may be.
    async fn asked(&self, ground: Ground, draft: Draft) -> Result<(Asked, Vec<String>), Error> {
        let now = self.clock.now();
        blocking(move || {
            let settled = settle(&ground, &draft, Vec::new(), now);
            Ok((asked(&ground, &draft, &settled), kinds::paths(&ground.kinds)))
        })
        .await
    }
}

impl Drafting {
    /// Moves the dates of the whole on by so many months, at whoever deposits' word; `false`: no such draft, or it is being sent.
    ///
    /// # Errors
    /// When the rows cannot be read or changed.
    pub async fn move_dates(&self, by: &By, id: Uuid, months: u32) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let Some(mut draft) = queries::lock(&mut tx, by, id).await?.filter(Draft::is_open) else {
            return Ok(false);
        };
        if let Some(whole) = draft.answers.get_mut("") {
            moved(whole, months);
        }
        queries::set_answers(&mut tx, by, &draft, self.clock.now()).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The days of a sheet, so many months later.
fn moved(sheet: &mut Sheet, months: u32) {
    for (field, value) in &mut sheet.values {
        let is_date = Column::named(field).is_ok_and(|column| column.form() == columns::Form::Date);
        let day = value.parse::<NaiveDate>().ok().filter(|_| is_date);
        if let Some(later) = day.and_then(|day| day.checked_add_months(Months::new(months))) {
            *value = later.to_string();
        }
    }
}

fn sheet<'a>(draft: &'a mut Draft, place: &Place) -> Option<&'a mut Sheet> {
    match place {
        Place::Unit(path) => Some(draft.answers.entry(path.clone()).or_default()),
        Place::File(id) => {
            draft.files.iter_mut().find(|file| file.file_id == *id).map(|file| &mut file.sheet)
        }
    }
}

/// An answer to a question: every field it fills, and the question itself, which stays asked.
fn take(sheet: &mut Sheet, question: &Question, value: &str) {
    if let Form::Choice(choices) = &question.form
        && !value.is_empty()
        && !choices.iter().any(|(known, _)| known == value)
    {
        return;
    }
    for field in &question.fields {
        set(sheet, field, value);
    }
    let is_it = |other: &Question| other.fields == question.fields;
    if !question.name().starts_with('@') && !sheet.asked.iter().any(is_it) && question.name() != "titre" {
        sheet.asked.push(question.clone());
    }
}

/// What every file may be told: its title, its kind.
fn own(draft: &mut Draft, id: Uuid, field: &str, value: &str, paths: &[String]) {
    let Some(file) = draft.files.iter_mut().find(|file| file.file_id == id) else { return };
    match field {
        "titre" => set(&mut file.sheet, "titre", value),
        NATURE if value.is_empty() || paths.iter().any(|path| path == value) => {
            set(&mut file.sheet, NATURE, value);
        }
        _ => {}
    }
}

fn set(sheet: &mut Sheet, field: &str, value: &str) {
    if value.is_empty() {
        sheet.values.remove(field);
        return;
    }
    let standard = match Column::named(field) {
        Ok(column) if !field.contains(['@', '.']) => column.standard(value).ok(),
        _ => None,
    };
    sheet.values.insert(field.to_owned(), standard.unwrap_or_else(|| value.to_owned()));
}

/// A text without what no document may hold, no longer than anybody writes.
fn plain(value: &str) -> String {
    let is_kept = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let value = value.replace(['\r', '\n', '\t'], " ");
    value.trim().chars().filter(is_kept).take(ANSWER_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_the_standard_writes_it_or_as_it_was_typed() {
        let date = Question {
            fields: vec!["date de début".into(), "début d'accès".into()],
            label: "Date de la séance".into(),
            hint: String::new(),
            form: Form::Date,
            optional: false,
        };
        let mut sheet = Sheet::default();
        take(&mut sheet, &date, "22/09/2026");
        assert_eq!(sheet.values["date de début"], "2026-09-22");
        assert_eq!(sheet.values["début d'accès"], "2026-09-22");
        take(&mut sheet, &date, "demain");
        assert_eq!((sheet.values["date de début"].as_str(), sheet.asked.len()), ("demain", 1));
        take(&mut sheet, &date, "");
        assert!(sheet.values.is_empty() && sheet.asked.len() == 1);
        let choices = vec![("Convocation".to_owned(), "Convocation".to_owned())];
        let choice =
            Question { fields: vec!["type de document".into()], form: Form::Choice(choices), ..date };
        take(&mut sheet, &choice, "Autre");
        assert!(sheet.values.is_empty(), "not one of the choices");
        take(&mut sheet, &choice, "Convocation");
        assert_eq!(sheet.values["type de document"], "Convocation");
    }

    #[test]
    fn days_are_moved_on_and_nothing_else_is() {
        let mut sheet = Sheet::default();
        for (field, value) in [
            ("date de début", "2026-08-31"),
            ("date de fin", "demain"),
            ("titre", "2026-08-31"),
            ("DUA", "P1Y"),
        ] {
            sheet.values.insert(field.into(), value.into());
        }
        moved(&mut sheet, 1);
        let values: Vec<&str> = sheet.values.values().map(String::as_str).collect();
        assert_eq!(values, ["P1Y", "2026-09-30", "demain", "2026-08-31"]);
    }

    #[test]
    fn what_no_document_may_hold_is_left_out() {
        assert_eq!(plain(" a\u{0}b\r\nc\u{ffff} "), "ab  c");
        assert_eq!(plain(&"é".repeat(3_000)).chars().count(), ANSWER_CHARS_MAX);
    }
}
