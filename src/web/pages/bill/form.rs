//! The form that prepares a year: its tables and values read, each that is wrong told at its field.

use std::collections::BTreeMap;

use crate::billing::options::{self, Options, Population};
use crate::billing::{Year, import};
use crate::clock::Clock;
use crate::costs::tariff::Tariff;
use crate::costs::{Cents, amount};
use crate::model::{MEMBER_KINDS, PersonId};
use crate::proof::digest::sha512;
use crate::web::pages::fields::first;
use crate::web::pages::form::Form;
use crate::web::pages::shell::FieldError;

/// Years that may be prepared.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=9998;
/// Megabytes that a price list may name, and euros in cents of a price of it.
const MEGABYTES_MAX: u64 = 1_000_000_000_000;
const PRICE_MAX: Cents = 100_000_000;

/// What is wrong: at which field, and line by line in the tables.
pub type Wrong = (Vec<FieldError>, Vec<String>);

/// The year that a form says.
pub fn read(fields: &[(String, String)], by: PersonId, clock: &Clock) -> Result<Year, Wrong> {
    let mut form = Form::of(fields);
    let year = |text: &str| text.parse().ok().filter(|year| YEARS.contains(year));
    let year = form.read("annee", year, "Donnez l’année, en quatre chiffres.");
    let coefficients = form.read(
        "coefficients",
        coefficients,
        "Écrivez une sorte de collectivité puis un pour cent : « departement 20, epci 50 ».",
    );
    let items = form.table("tableau", "", import::items);
    let credits = form.table("credits", "frais et crédits", import::credits);
    let caps = form.table("bornes", "bornes", import::caps);
    let options = read_options(&mut form);
    match (year, coefficients, items, credits, caps) {
        (Some(year), Some(coefficients), Some(items), Some(credits), Some(caps))
            if form.errors.is_empty() =>
        {
            let (prepared_by, prepared_at) = (by, clock.now());
            Ok(Year { year, coefficients, prepared_by, prepared_at, items, credits, caps, options })
        }
        _ => Err((form.errors, form.faults)),
    }
}

fn read_options(form: &mut Form) -> Options {
    let exempt =
        form.read("exemptes", options::codes, "Donnez des codes de collectivités, séparés par des virgules.");
    let work = form.table("travail", "jours de travail", options::work);
    let day = |text: &str| price_or_nothing(text).map(|price| price.filter(|price| *price > 0));
    let day_cents = form.read("jour", day, "Donnez ce que vaut un jour, comme 250,00, ou rien.");
    let population = |text: &str| match text {
        "" => Some(None),
        text => Population::from_text(text).map(Some),
    };
    let population =
        form.read("population", population, "Écrivez « municipale 2024 » ou « totale 2024 », ou rien.");
    let debtors = form.table("debiteurs", "débiteurs", options::debtors);
    let table = first(form.fields, "tableau");
    let tariff = tariff(form);
    let owes_price = first(form.fields, "du") == "bareme";
    if owes_price && tariff.is_none() {
        form.wrong("bareme", "Donnez le barème : c’est lui qui est dû.");
    }
    Options {
        exempt: exempt.unwrap_or_default(),
        tariff,
        owes_price,
        work: work.unwrap_or_default(),
        day_cents: day_cents.flatten(),
        population: population.flatten(),
        debtors: debtors.unwrap_or_default(),
        table_sha512: hex::encode(sha512(table.as_bytes())),
    }
}

/// The price list; none when its table is empty.
fn tariff(form: &mut Form) -> Option<Tariff> {
    if first(form.fields, "bareme").trim().is_empty() {
        return None;
    }
    let bands = form.table("bareme", "barème", options::fees);
    let megabytes = |text: &str| match text {
        "" => Some(0),
        text => text.replace(char::is_whitespace, "").parse().ok().filter(|of| *of <= MEGABYTES_MAX),
    };
    let sentence = "Donnez un nombre de mégaoctets.";
    let included = form.read("inclus", megabytes, sentence);
    let step = form.read("pas", |text| megabytes(text).filter(|of| *of > 0), sentence);
    let price = |text: &str| price_or_nothing(text).map(Option::unwrap_or_default);
    let step_price = form.read("prix-pas", price, "Donnez un prix, comme 12,50.");
    let flow_price = form.read("prix-flux", price, "Donnez un prix, comme 80,00.");
    Some(Tariff {
        bands: bands?,
        included: included?,
        step: step?,
        step_price: step_price?,
        flow_price: flow_price?,
    })
}

/// A price that is not negative; `Some(None)`: the field is empty.
fn price_or_nothing(text: &str) -> Option<Option<Cents>> {
    match text {
        "" => Some(None),
        text => amount::read(text).filter(|price| (0..=PRICE_MAX).contains(price)).map(Some),
    }
}

/// `departement 20, epci 50`.
fn coefficients(text: &str) -> Option<BTreeMap<String, u64>> {
    let one = |pair: &str| {
        let (kind, percent) = pair.trim().split_once(' ')?;
        let percent =
            percent.trim().trim_end_matches('%').trim().parse().ok().filter(|percent| *percent <= 1_000)?;
        MEMBER_KINDS.contains(&kind).then(|| (kind.to_owned(), percent))
    };
    text.split(',').filter(|pair| !pair.trim().is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_of_kinds_that_there_are() {
        assert_eq!(coefficients(" departement 20, epci 50 % ").unwrap().len(), 2);
        assert_eq!(coefficients("").unwrap().len(), 0);
        for wrong in ["villes 20", "epci", "epci vingt", "epci 2000"] {
            assert!(coefficients(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_price_list_that_is_owed_is_there_and_whole() {
        let items = "poste;libellé;catégorie;prévu;clés\nI1;A;INFRA;1;EGAL\n";
        let of = |more: &[(&str, &str)]| {
            let given = [("annee", "2027"), ("coefficients", ""), ("tableau", items)];
            let fields: Vec<(String, String)> =
                given.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let clock = Clock::standing_at("2028-01-01T00:00:00Z".parse().unwrap());
            let fields_of = |(errors, _): Wrong| errors.iter().map(|error| error.field).collect::<Vec<_>>();
            read(&fields, PersonId(uuid::Uuid::nil()), &clock).map_err(fields_of)
        };
        let options = of(&[]).unwrap().options;
        assert_eq!(options.table_sha512, hex::encode(sha512(items.as_bytes())));
        assert_eq!(Options { table_sha512: String::new(), ..options }, Options::default());
        assert_eq!(of(&[("du", "bareme")]).unwrap_err(), ["bareme"]);
        let list = "moins de;forfait\n500;150\n;9000\n";
        assert_eq!(of(&[("bareme", list), ("prix-pas", "-1")]).unwrap_err(), ["pas", "prix-pas"]);
        let whole = [
            ("bareme", list),
            ("inclus", "1 000"),
            ("pas", "1000"),
            ("prix-pas", "12,50"),
            ("prix-flux", "80"),
        ];
        let tariff = of(&whole).unwrap().options.tariff.unwrap();
        assert_eq!(
            (tariff.included, tariff.step, tariff.step_price, tariff.flow_price),
            (1_000, 1_000, 1_250, 8_000)
        );
        assert_eq!(
            of(&[
                ("exemptes", "a=b"),
                ("jour", "beaucoup"),
                ("travail", "x"),
                ("population", "x"),
                ("debiteurs", "x")
            ])
            .unwrap_err(),
            ["exemptes", "travail", "jour", "population", "debiteurs"]
        );
    }
}
