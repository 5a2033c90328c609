//! What else a year is closed by: who is exempt, the price list, days of work; as rows keep it, and as tables say it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::import::{BOUNDS, cents, inhabitants, rises};
use crate::costs::tariff::{Fee, Tariff};
use crate::costs::{Cents, amount, is_code};
use crate::model::numbers::is_siret;
use crate::table::{self, Columns, Line};

/// Beside items, credits and bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Codes of those who bear nothing but what names them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub exempt: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tariff: Option<Tariff>,
    /// Members owe the price of the list, not what they bear of the costs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub owes_price: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Work>,
    /// What a day of work is valued at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_cents: Option<Cents>,
    /// Which legal population members have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Population>,
    /// What calls of funds say of who is called, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub debtors: BTreeMap<String, Debtor>,
    /// SHA-512 of the table of items, as it was imported.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub table_sha512: String,
}

/// INSEE's figure that is used, and its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    pub kind: PopulationKind,
    pub year: i32,
}

/// Which of INSEE's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PopulationKind {
    Municipale,
    Totale,
}

impl Population {
    /// « municipale 2024 », as the form has it.
    pub fn from_text(text: &str) -> Option<Self> {
        let (kind, year) = text.trim().split_once(' ')?;
        let kind = match kind {
            "municipale" => PopulationKind::Municipale,
            "totale" => PopulationKind::Totale,
            _ => return None,
        };
        let year = year.trim().parse().ok().filter(|year| (1900..=9998).contains(year))?;
        Some(Self { kind, year })
    }

    /// As it is written.
    pub fn words(self) -> String {
        let kind = match self.kind {
            PopulationKind::Municipale => "municipale",
            PopulationKind::Totale => "totale",
        };
        format!("{kind} {}", self.year)
    }
}

/// Who is called, as Chorus wants it (norms §10).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    pub siret: String,
    pub service: String,
    pub commitment: String,
}

/// Days of work beside the euros; never shared, told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub label: String,
    /// Hundredths of a day.
    pub hundredths: u32,
    /// The item whose euros have them already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

/// Days of work, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub hundredths: u64,
    /// Those already in the euros of an item.
    pub in_euros: u64,
    /// What the others are worth, once a day has a cost; to the cent, half up.
    pub value: Option<Cents>,
}

impl Options {
    /// The days of work: those that are in euros already are not valued a second time (norms §10).
    pub fn days(&self) -> Days {
        let sum = |of: &dyn Fn(&&Work) -> bool| {
            self.work.iter().filter(of).map(|work| u64::from(work.hundredths)).sum()
        };
        let (hundredths, in_euros): (u64, u64) = (sum(&|_| true), sum(&|work| work.item.is_some()));
        let worth = |day: Cents| {
            let exact = i128::from(day) * i128::from(hundredths - in_euros);
            Cents::try_from((exact + 50) / 100).unwrap_or(Cents::MAX)
        };
        Days { hundredths, in_euros, value: self.day_cents.map(worth) }
    }
}

const WORK: Columns = &[("tache", true), ("jours", true), ("poste", false)];
const FEES: Columns = &[("moins de", false), ("forfait", true)];

/// Reads days of work; an empty table has none.
pub fn work(table: &str) -> Result<Vec<Work>, Vec<String>> {
    if table.trim().is_empty() {
        return Ok(Vec::new());
    }
    table::read(table, WORK, BOUNDS, |line| {
        let days = amount::read(&line.value("jours")).and_then(|days| u32::try_from(days).ok());
        Ok(Work {
            label: line.text("tache", true)?,
            hundredths: days.filter(|days| *days > 0).ok_or("« jours » : un nombre de jours, comme 12,5")?,
            item: Some(line.text("poste", false)?).filter(|item| !item.is_empty()),
        })
    })
}

/// Reads the fees of a price list, the smallest members first, the last band without an end.
pub fn fees(table: &str) -> Result<Vec<Fee>, Vec<String>> {
    let mut before = Some(0);
    let fees = table::read(table, FEES, BOUNDS, |line| {
        let fee = fee(line)?;
        rises(&mut before, fee.below)?;
        Ok(fee)
    })?;
    match before {
        None => Ok(fees),
        Some(_) => Err(vec!["la dernière tranche est sans « moins de » : chacun a la sienne".into()]),
    }
}

fn fee(line: &Line) -> Result<Fee, String> {
    let cents = cents("forfait", &line.value("forfait"))?.filter(|cents| *cents >= 0);
    Ok(Fee {
        below: inhabitants(&line.value("moins de"))?,
        cents: cents.ok_or("« forfait » : un montant qui n'est pas négatif")?,
    })
}

const DEBTORS: Columns =
    &[("collectivite", true), ("siret", true), ("code service", false), ("engagement", false)];

/// Reads what calls of funds say of who is called; an empty table has nobody.
pub fn debtors(table: &str) -> Result<BTreeMap<String, Debtor>, Vec<String>> {
    if table.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    let debtors = table::read(table, DEBTORS, BOUNDS, |line| {
        let siret: String = line.value("siret").chars().filter(|c| !c.is_whitespace()).collect();
        if !is_siret(&siret) {
            return Err(format!("« {siret} » n'est pas un SIRET : quatorze chiffres, la clé juste"));
        }
        let debtor = Debtor {
            siret,
            service: line.text("code service", false)?,
            commitment: line.text("engagement", false)?,
        };
        Ok((line.text("collectivite", true)?, debtor))
    })?;
    Ok(debtors.into_iter().collect())
}

/// Codes apart by commas or spaces.
pub fn codes(text: &str) -> Option<BTreeSet<String>> {
    let words = text.split([',', ';', ' ', '\n']).map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| is_code(word).then(|| word.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_already_in_euros_are_not_valued_twice() {
        let table = "tâche;jours;poste\nInstallation;12,5;\nArchiviste;66,75;R1\nSuivi;40;\n";
        let options = Options { work: work(table).unwrap(), day_cents: Some(25_000), ..Options::default() };
        let days = options.days();
        assert_eq!((days.hundredths, days.in_euros, days.value), (11_925, 6_675, Some(1_312_500)));
        assert_eq!(Options { day_cents: None, ..options }.days().value, None);
        for wrong in ["A;;", "A;-1;", "A;0;", ";1;", "A;deux;"] {
            assert!(work(&format!("tâche;jours;poste\n{wrong}\n")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_price_list_is_of_everybody() {
        let read = |lines: &str| fees(&format!("moins de;forfait\n{lines}"));
        let fee = |below, cents| Fee { below, cents };
        assert_eq!(read("500;150\n;9 000,00\n").unwrap(), [fee(Some(500), 15_000), fee(None, 900_000)]);
        for wrong in ["500;150\n", ";1\n500;2\n", "500;-1\n;1\n", "500;1\n400;2\n;3\n", "mille;1\n;2\n"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_is_called_has_a_siret_and_the_population_a_year() {
        let table = "Collectivité;SIRET;Code service;Engagement\nsa;732 829 320 00074;ARCH;E-12\n";
        let sa = &debtors(table).unwrap()["sa"];
        assert_eq!(
            (sa.siret.as_str(), sa.service.as_str(), sa.commitment.as_str()),
            ("73282932000074", "ARCH", "E-12")
        );
        assert!(
            debtors("collectivité;siret\nsa;73282932000075\n").unwrap_err()[0].contains("n'est pas un SIRET")
        );
        assert_eq!(debtors(" ").unwrap().len(), 0);
        let population = Population::from_text(" municipale 2024 ").unwrap();
        assert_eq!(Population::from_text(&population.words()), Some(population));
        for wrong in ["", "municipale", "comptée 2024", "totale 24"] {
            assert_eq!(Population::from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rows_of_before_have_no_option() {
        assert_eq!(serde_json::from_str::<Options>("{}").unwrap(), Options::default());
        assert_eq!(serde_json::to_string(&Options::default()).unwrap(), "{}");
        assert_eq!(codes(" sa, mv ").unwrap().len(), 2);
        assert!(codes("a=b").is_none());
    }
}
