//! What is wrong in a member's file, each fault with its place, and the kinds of words that such a file is written with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use toml::Spanned;
use toml::value::Datetime;

use super::file::{Party, Validity};
use super::read::Text;

const TEXT_BYTES_MAX: usize = 500;
const IDENTIFIER_BYTES_MAX: usize = 254;

/// Faults found so far, each with its place in the text.
#[derive(Default)]
pub(super) struct Faults(Vec<(usize, String)>);

impl Faults {
    pub(super) fn at<T>(&mut self, place: &Spanned<T>, reason: impl Into<String>) {
        self.0.push((place.span().start, reason.into()));
    }

    pub(super) fn unless<T>(&mut self, right: bool, place: &Spanned<T>, reason: impl Into<String>) {
        if !right {
            self.at(place, reason);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with where it stands in the text, in bytes.
    pub(super) fn in_text(self) -> Vec<(usize, String)> {
        self.0
    }
}

pub(super) fn one_of(word: &Text, words: &[&str], faults: &mut Faults) {
    let known = words.contains(&word.get_ref().as_str());
    faults.unless(known, word, format!("« {} » : attendu {}", word.get_ref(), words.join(", ")));
}

pub(super) fn has_part(agency: &Text, parties: &[Party], part: &str, faults: &mut Faults) {
    let name = agency.get_ref();
    match parties.iter().find(|party| party.identifier == *name) {
        None => faults.at(agency, format!("aucune partie « {name} » dans ce fichier")),
        Some(party) if !party.parts.contains(part) => {
            faults.at(agency, format!("la partie « {name} » n'a pas le rôle {part}"));
        }
        Some(_) => {}
    }
}

pub(super) fn text(text: &Text, faults: &mut Faults) -> String {
    let value = text.get_ref();
    let right =
        !value.trim().is_empty() && value.len() <= TEXT_BYTES_MAX && !value.contains(char::is_control);
    faults.unless(right, text, format!("un texte d'une ligne est attendu, {TEXT_BYTES_MAX} octets au plus"));
    value.clone()
}

pub(super) fn identifier(text: &Text, faults: &mut Faults) -> String {
    let value = text.get_ref();
    let wrong = |character: char| character.is_control() || character.is_whitespace();
    let right = !value.is_empty() && value.len() <= IDENTIFIER_BYTES_MAX && !value.contains(wrong);
    faults.unless(
        right,
        text,
        format!("un identifiant sans espace est attendu, {IDENTIFIER_BYTES_MAX} octets au plus"),
    );
    value.clone()
}

pub(super) fn validity(
    from: &Option<Spanned<Datetime>>,
    until: &Option<Spanned<Datetime>>,
    faults: &mut Faults,
) -> Validity {
    let validity = Validity { from: day(from, faults), until: day(until, faults) };
    if let (Some(first), Some(last), Some(place)) = (validity.from, validity.until, until) {
        faults.unless(first <= last, place, "la fin précède le début");
    }
    validity
}

pub(super) fn day(written: &Option<Spanned<Datetime>>, faults: &mut Faults) -> Option<NaiveDate> {
    let written = written.as_ref()?;
    let day = match written.get_ref() {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    };
    faults.unless(day.is_some(), written, "une date sans heure est attendue : 2024-01-01");
    day
}

pub(super) fn sorted(texts: &[Text]) -> Vec<String> {
    let sorted: BTreeSet<&String> = texts.iter().map(Spanned::get_ref).collect();
    sorted.into_iter().cloned().collect()
}

pub(super) fn unique<'a>(texts: impl Iterator<Item = &'a Text>, faults: &mut Faults) {
    let mut seen = BTreeMap::new();
    for text in texts {
        if seen.insert(text.get_ref(), ()).is_some() {
            faults.at(text, format!("« {} » est écrit deux fois", text.get_ref()));
        }
    }
}
