//! What a member holds and receives, as measured at the end of each day: for its administrator, month by month; for the pilot,
//! the last days and the lines that the shared bill is made of.
//!
//! Shows numbers and agreements, no title and no archive.

use std::collections::BTreeSet;
use std::fmt::Write;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

use crate::membership::suspension;
use crate::registry::{self, Quota};
use crate::usage::{self, AgreementDay, Amount, DayTotal, Month, queries};
use crate::web::callers::{Pilot, UsageReader};
use crate::web::pages::csv::{self, cell};
use crate::web::pages::shell::{Account, Fact, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// Months of a member's page.
const MONTHS: u32 = 12;
/// Days of the pilot's page.
pub const DAYS: u64 = 30;
/// Years that a table may be asked of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

/// `GET /consommation`.
#[derive(Template)]
#[template(path = "usage/usage.html")]
pub struct UsagePage {
    pub shell: Shell,
    pub quota: Vec<Fact>,
    /// The last day measured.
    pub measured: Option<String>,
    pub months: Vec<UsageLine>,
    pub agreements: Vec<UsageLine>,
}

/// A day, a month or an agreement.
pub struct UsageLine {
    pub label: String,
    /// What is to be known of the measure.
    pub note: Option<&'static str>,
    pub archives: String,
    pub held: String,
    /// Every copy; the copies of each site, for an agreement.
    pub copies: String,
    pub came: String,
    pub came_bytes: String,
    pub refused: String,
}

/// The pilot's last days.
pub struct LastDays {
    pub facts: Vec<Fact>,
    /// The last one first.
    pub lines: Vec<UsageLine>,
    pub table: String,
}

/// `GET /consommation`.
pub async fn show(person: UsageReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let mut tx = state.db.read(person.tenant).await?;
    let quota = registry::queries::find_quota(&mut tx).await?;
    let last = queries::last_day(&mut tx).await?;
    let today = state.clock.today();
    let days = queries::days(&mut tx, first_month(today), today).await?;
    let agreements = match last {
        Some(last) => queries::agreement_days(&mut tx, last, last).await?,
        None => Vec::new(),
    };
    drop(tx);
    let months = usage::months(&days);
    Ok(answer(&page(Account::of(&person), quota.as_ref(), &months, last, &agreements)))
}

/// The first day of the months shown.
fn first_month(today: NaiveDate) -> NaiveDate {
    let first = today.with_day(1).unwrap_or(today);
    first.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(first)
}

/// The page of a member.
pub fn page(
    account: Account,
    quota: Option<&Quota>,
    months: &[Month],
    last: Option<NaiveDate>,
    agreements: &[AgreementDay],
) -> UsagePage {
    UsagePage {
        shell: Shell {
            title: "Consommation".into(),
            account: Some(account),
            section: Section::Usage,
            top: true,
        },
        quota: quota.map(quota_facts).unwrap_or_default(),
        measured: last.map(day_words),
        months: months.iter().rev().map(month_line).collect(),
        agreements: agreements.iter().map(agreement_line).collect(),
    }
}

fn day_words(day: NaiveDate) -> String {
    words::lexical_date(&day.to_string())
}

fn quota_facts(quota: &Quota) -> Vec<Fact> {
    let percent = (u128::from(quota.bytes_held) * 100).checked_div(u128::from(quota.bytes_max)).unwrap_or(0);
    let held =
        format!("{} sur {} ({percent} %)", words::size(quota.bytes_held), words::size(quota.bytes_max));
    let files = match quota.objects_max {
        Some(most) => format!("{} sur {}", words::number(quota.objects_held), words::number(most)),
        None => words::number(quota.objects_held),
    };
    let mut facts = vec![
        Fact::new("Place occupée", held),
        Fact::new("Versements acceptés", words::number(quota.archives_held)),
        Fact::new("Fichiers", files),
    ];
    facts.extend(quota.bytes_soft.map(|soft| Fact::new("Quota souple", words::size(soft))));
    let per_day = quota.deposits_per_day.map(|most| words::count(most, "versement", "versements"));
    facts.extend(per_day.map(|most| Fact::new("Au plus par jour", most)));
    facts
}

/// A number of the tables, never less than nothing.
fn unsigned(number: i64) -> u64 {
    number.unsigned_abs()
}

fn line(label: String, held: Amount, copies: i64, came: Amount, refused: i64) -> UsageLine {
    UsageLine {
        label,
        note: None,
        archives: words::number(unsigned(held.archives)),
        held: words::size(unsigned(held.bytes)),
        copies: words::size(unsigned(copies)),
        came: words::number(unsigned(came.archives)),
        came_bytes: words::size(unsigned(came.bytes)),
        refused: words::number(unsigned(refused)),
    }
}

fn month_line(month: &Month) -> UsageLine {
    let label = words::sentence(&words::lexical_date(&month.first.format("%Y-%m").to_string()));
    line(label, month.held, month.copies_bytes, month.came, month.refused)
}

fn agreement_line(of: &AgreementDay) -> UsageLine {
    let label = if of.agreement.is_empty() { "Sans accord connu" } else { of.agreement.as_str() };
    let sites =
        of.sites.iter().map(|(site, amount)| format!("{site} : {}", words::size(unsigned(amount.bytes))));
    let copies = sites.collect::<Vec<_>>().join(", ");
    UsageLine { copies, ..line(label.to_owned(), of.held, 0, of.came, of.refused) }
}

/// The last days of a member, for the pilot.
pub fn last_days(code: &str, days: &[DayTotal]) -> LastDays {
    let mut came = Amount::default();
    days.iter().for_each(|day| came += day.came);
    let refused: i64 = days.iter().map(|day| day.refused).sum();
    let mut facts = Vec::new();
    if let Some(last) = days.last() {
        let archives = words::count(unsigned(last.held.archives), "archive", "archives");
        let files = words::count(unsigned(last.held.objects), "fichier", "fichiers");
        facts.push(Fact::new(
            format!("Conservé au soir du {}", day_words(last.day)),
            format!("{archives}, {files}, {}", words::size(unsigned(last.held.bytes))),
        ));
        facts.push(Fact::new("Toutes copies comprises", words::size(unsigned(last.copies_bytes))));
        let taken = words::count(unsigned(came.archives), "versement", "versements");
        let files = words::count(unsigned(came.objects), "fichier", "fichiers");
        let came = format!("{taken}, {files}, {}", words::size(unsigned(came.bytes)));
        facts.push(Fact::new(
            format!("Pris en charge en {}", words::count(days.len() as u64, "jour", "jours")),
            came,
        ));
        facts.push(Fact::new("Refusés", words::count(unsigned(refused), "versement", "versements")));
    }
    LastDays {
        facts,
        lines: days.iter().rev().map(day_line).collect(),
        table: format!("/pilotage/{code}/usage.csv"),
    }
}

fn day_line(day: &DayTotal) -> UsageLine {
    let note = day.late.then_some("Mesuré après coup : le service était arrêté.");
    UsageLine { note, ..line(day_words(day.day), day.held, day.copies_bytes, day.came, day.refused) }
}

/// First line of a member's table.
const OF_MONTHS: &str = "Mois;Jours mesurés;Archives;Fichiers;Octets;Octets des copies;Octets-jours des copies;\
     Versements pris en charge;Fichiers reçus;Octets reçus;Versements refusés\r\n";

/// `GET /consommation.csv`
pub async fn table(person: UsageReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let today = state.clock.today();
    let days = queries::days(&mut state.db.read(person.tenant).await?, first_month(today), today).await?;
    Ok(csv::answer("consommation", &month_table(&usage::months(&days))))
}

fn month_table(months: &[Month]) -> String {
    let mut table = OF_MONTHS.to_owned();
    for month in months {
        let Month { held, came, .. } = month;
        _ = write!(
            table,
            "{};{};{};{};{};{};{};{};{};{};{}\r\n",
            month.first.format("%Y-%m"),
            month.days,
            held.archives,
            held.objects,
            held.bytes,
            month.copies_bytes,
            month.bytes_days,
            came.archives,
            came.objects,
            came.bytes,
            month.refused
        );
    }
    table
}

/// What the pilot asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    annee: Option<i32>,
}

/// `GET /pilotage/{code}/usage.csv`: of a year, or of the last twelve months.
pub async fn of_member_table(
    _: Pilot,
    code: web::Path<String>,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let tenant = suspension::member_named(&state.db, &code).await?.ok_or_else(problems::not_found)?;
    let today = state.clock.today();
    let (first, last) = match asked.annee {
        Some(year) if YEARS.contains(&year) => (january(year), january(year + 1) - Days::new(1)),
        Some(_) => return Err(problems::not_found()),
        None => (today.checked_sub_months(Months::new(MONTHS)).unwrap_or(today), today),
    };
    let mut tx = state.db.read(tenant).await?;
    let late: BTreeSet<NaiveDate> = queries::days(&mut tx, first, last)
        .await?
        .into_iter()
        .filter_map(|day| day.late.then_some(day.day))
        .collect();
    let days = queries::agreement_days(&mut tx, first, last).await?;
    drop(tx);
    let name =
        format!("usage-{}", asked.annee.map_or_else(|| "douze-mois".to_owned(), |year| year.to_string()));
    Ok(csv::answer(&name, &day_table(&days, &late)))
}

/// The first of January.
fn january(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

/// One line a day and agreement, two columns a site: no sum counts anything twice.
fn day_table(days: &[AgreementDay], late: &BTreeSet<NaiveDate>) -> String {
    let sites: BTreeSet<&str> =
        days.iter().flat_map(|day| day.sites.iter().map(|(site, _)| site.as_str())).collect();
    let mut table =
        "Jour;Accord de versement;Archives;Fichiers;Octets;Versements pris en charge;Fichiers reçus;\
         Octets reçus;Versements refusés;Mesuré après coup"
            .to_owned();
    for site in &sites {
        _ = write!(table, ";{};{}", cell(&format!("Copies sur {site}")), cell(&format!("Octets sur {site}")));
    }
    table.push_str("\r\n");
    for AgreementDay { day, agreement, held, came, refused, sites: theirs } in days {
        let late = if late.contains(day) { "oui" } else { "" };
        let agreement = cell(agreement);
        _ = write!(table, "{day};{agreement};{};{};{};", held.archives, held.objects, held.bytes);
        _ = write!(table, "{};{};{};{refused};{late}", came.archives, came.objects, came.bytes);
        for site in &sites {
            let there =
                theirs.iter().find(|(of, _)| of == site).map(|(_, amount)| *amount).unwrap_or_default();
            _ = write!(table, ";{};{}", there.archives, there.bytes);
        }
        table.push_str("\r\n");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_without_copies_of_an_agreement_has_its_columns_all_the_same() {
        let amount = |archives: i64| Amount { archives, objects: archives, bytes: archives * 10 };
        let of = |agreement: &str, sites: &[&str]| AgreementDay {
            day: "2027-03-01".parse().unwrap(),
            agreement: agreement.into(),
            held: amount(1),
            came: amount(0),
            refused: 2,
            sites: sites.iter().map(|site| ((*site).to_owned(), amount(1))).collect(),
        };
        let late = ["2027-03-01".parse().unwrap()].into();
        let table = day_table(&[of("A", &["nord", "sud"]), of("B;", &["sud"])], &late);
        let lines: Vec<&str> = table.lines().collect();
        assert!(
            lines[0]
                .ends_with("Mesuré après coup;Copies sur nord;Octets sur nord;Copies sur sud;Octets sur sud")
        );
        assert_eq!(lines[1], "2027-03-01;A;1;1;10;0;0;0;2;oui;1;10;1;10");
        assert_eq!(lines[2], "2027-03-01;\"B;\";1;1;10;0;0;0;2;oui;0;0;1;10");
    }

    #[test]
    fn twelve_months_are_this_one_and_eleven_before() {
        let first = |day: &str| first_month(day.parse().unwrap()).to_string();
        assert_eq!((first("2027-03-31"), first("2027-12-01")), ("2026-04-01".into(), "2027-01-01".into()));
    }
}
