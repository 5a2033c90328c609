//! What a simulation's form says.

use std::collections::BTreeMap;

use crate::billing::import;
use crate::billing::measures::year_days;
use crate::billing::simulation::change::{Change, Newcomer};
use crate::billing::simulation::{Content, Way};
use crate::costs::{Cents, Measure, amount, is_code};
use crate::model::MEMBER_KINDS;
use crate::web::pages::fields::first;
use crate::web::pages::form::Form;

/// Bytes of a megabyte, and most of what a field may say.
const MEGABYTE: u128 = 1_000_000;
const NUMBER_MAX: u64 = 1_000_000_000_000;
/// Days of a year that is not known.
const LEAP_DAYS: u32 = 366;
const CENTS_MAX: Cents = 100_000_000_000;

fn number(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    plain.parse().ok().filter(|number| is_number && *number <= NUMBER_MAX)
}

fn number_or_nothing(text: &str) -> Option<u64> {
    if text.is_empty() { Some(0) } else { number(text) }
}

/// A year, and what is changed of it.
pub(super) fn change(form: &mut Form) -> Option<(i32, Change)> {
    let year = |text: &str| text.parse().ok().filter(|year| (2000..=9998).contains(year));
    // Everything is read before anything is given up: all that is wrong is told at once.
    let year = form.read("annee", year, "Donnez l’année d’un exercice préparé, en quatre chiffres.");
    let is_new = !first(form.fields, "code").trim().is_empty();
    let newcomer = is_new.then(|| newcomer(form, year.map_or(LEAP_DAYS, year_days)));
    let items = form.table("postes", "postes", |table| match table.trim() {
        "" => Ok(Vec::new()),
        _ => import::items(table),
    });
    let parts = form.table("cles", "clés", import::keys).unwrap_or_default();
    let caps = form.table("bornes", "bornes", import::caps);
    // Nothing typed leaves the year's own bounds.
    let caps = caps?;
    let caps = (!first(form.fields, "bornes").trim().is_empty()).then_some(caps);
    let newcomer = newcomer.map_or(Some(None), |newcomer| newcomer.map(Some))?;
    let change = Change { newcomer, parts: BTreeMap::from_iter(parts), items: items?, caps };
    if change == Change::default() {
        form.wrong("code", "Dites ce qui change : une collectivité, un poste, une clé ou des bornes.");
    }
    Some((year?, change))
}

fn newcomer(form: &mut Form, whole: u32) -> Option<Newcomer> {
    let code = form.read(
        "code",
        |text| is_code(text).then(|| text.to_owned()),
        "Donnez un code, sans virgule ni « = ».",
    );
    let name = form.text("nouvelle", true);
    let kind = form.read(
        "sorte",
        |text| MEMBER_KINDS.into_iter().find(|kind| *kind == text),
        "Choisissez une sorte de collectivité.",
    );
    let population = form.read("population", number, "Donnez un nombre d’habitants.");
    let days = |text: &str| match text {
        "" => Some(whole),
        text => {
            number(text).and_then(|days| u32::try_from(days).ok()).filter(|days| (1..=whole).contains(days))
        }
    };
    let days = form.read("jours", days, "Donnez les jours d’adhésion dans l’année.");
    let mut measured = |field| form.read(field, number_or_nothing, "Donnez un nombre, ou rien.");
    let (held, deposited, flow_months) = (measured("conserve"), measured("verse"), measured("flux"));
    let days = days?;
    let measure = Measure {
        population: population?,
        days,
        stock: u128::from(held?) * MEGABYTE * u128::from(days),
        deposited: u128::from(deposited?) * MEGABYTE,
        flow_months: flow_months?,
        ..Measure::default()
    };
    Some(Newcomer { code: code?, name, kind: kind?.to_owned(), measure })
}

/// One's own hosting beside the shared one.
pub(super) fn hosting(form: &mut Form) -> Option<Content> {
    let cents = |text: &str| amount::read(text).filter(|cents| (0..=CENTS_MAX).contains(cents));
    let days =
        |text: &str| number(text).and_then(|days| i64::try_from(days).ok()).filter(|days| *days <= 100_000);
    let mut way = |euros, work| {
        let cents = form.read(euros, cents, "Donnez un montant en euros, pour toutes les années.");
        let days_a_year = form.read(work, days, "Donnez des jours de travail, pour une année.");
        Some(Way { cents: cents?, days_a_year: days_a_year? })
    };
    let (own, shared) = (way("propre", "propre-jours"), way("mutualise", "mutualise-jours"));
    let years = |text: &str| text.parse().ok().filter(|years| (1..=50).contains(years));
    let years = form.read("annees", years, "Donnez un nombre d’années, de 1 à 50.");
    let day = |text: &str| if text.is_empty() { Some(None) } else { cents(text).map(Some) };
    let day_cents = form.read("jour", day, "Donnez ce que vaut un jour, ou rien.");
    Some(Content::Hosting { own: own?, shared: shared?, years: years?, day_cents: day_cents? })
}
