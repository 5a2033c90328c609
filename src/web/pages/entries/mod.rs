//! The way in, in the pilot's hands: where each stands (`steering`), one of them (`entry`, its forms in `acts`), what committees
//! decided (`committees`).
//!
//! Shows no title and no archive.

pub mod acts;
pub mod committees;
pub mod entry;
pub mod steering;

use chrono::NaiveDate;

use super::fields::first;
use super::shell::{Account, FieldError, Link, Section, Shell};
use super::words;
use crate::onboarding::entries::CHARS_MAX;
use crate::onboarding::stage::When;

const PLACE: &str = "/pilotage/entrees";

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Pilotage", "/pilotage"), Link::new("Entrées", PLACE)]
}

fn day(of: NaiveDate) -> String {
    words::lexical_date(&of.to_string())
}

fn when(of: When) -> String {
    match of {
        When::Day(of) => day(of),
        When::Month(of) => words::lexical_date(&of.format("%Y-%m").to_string()),
    }
}

/// What a form says, and what is wrong in it.
struct Form<'a> {
    fields: &'a [(String, String)],
    errors: Vec<FieldError>,
}

impl<'a> Form<'a> {
    fn of(fields: &'a [(String, String)]) -> Self {
        Self { fields, errors: Vec::new() }
    }

    /// A text of one line; one that is needed and missing, or too long, is wrong.
    fn text(&mut self, field: &'static str, is_needed: bool) -> String {
        let text: String = first(self.fields, field).trim().chars().filter(|c| !c.is_control()).collect();
        if is_needed && text.is_empty() {
            self.wrong(field, "Remplissez ce champ.");
        } else if text.chars().count() > CHARS_MAX {
            self.wrong(field, "Raccourcissez : trois cents caractères au plus.");
        }
        text
    }

    /// What a field says, if it can be read.
    fn read<T>(
        &mut self,
        field: &'static str,
        read: impl Fn(&str) -> Option<T>,
        sentence: &str,
    ) -> Option<T> {
        let found = read(first(self.fields, field).trim());
        if found.is_none() {
            self.wrong(field, sentence);
        }
        found
    }

    fn wrong(&mut self, field: &'static str, sentence: &str) {
        self.errors.push(FieldError { field, sentence: sentence.into() });
    }
}
