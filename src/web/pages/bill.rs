//! The shared bill in the pilot's hands: the items of a year imported after a try, each member's share, the closing by another person.
//!
//! Shows numbers and members, no title and no archive.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::fields::{Fields, first};
use super::shell::{Account, FieldError, Link, Section, Shell, answer, answer_to_correct, go_to};
use super::{csv, words};
use crate::billing::measures::{Weighed, of_year};
use crate::billing::snapshot::Snapshot;
use crate::billing::{Closing, Prepared, Year, closing, import, queries, sharing};
use crate::model::{MEMBER_KINDS, PersonId};
use crate::web::callers::Pilot;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/couts`.
#[derive(Template)]
#[template(path = "bill/years.html")]
pub struct YearsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub years: Vec<Link>,
    pub year: String,
    pub coefficients: String,
    pub table: String,
    pub credits: String,
    pub caps: String,
    /// What is wrong in the tables, line by line.
    pub faults: Vec<String>,
    pub errors: Vec<FieldError>,
    /// What a try would give.
    pub tried: Option<Bill>,
}

impl YearsPage {
    /// The page says so from its title on.
    pub fn to_correct(&mut self, faults: Vec<String>) {
        self.faults = faults;
        self.shell.title = "Coûts, à reprendre".into();
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// `GET /pilotage/couts/{year}`.
#[derive(Template)]
#[template(path = "bill/year.html")]
pub struct YearPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    pub address: String,
    pub title: String,
    pub bill: Bill,
    pub closings: Vec<ClosingLine>,
    pub reason: String,
    pub errors: Vec<FieldError>,
}

/// A year shared, as a page tells it.
pub struct Bill {
    pub items: Vec<ItemLine>,
    pub members: Vec<MemberLine>,
    pub total: String,
    /// The sum of the shares, which is the total.
    pub shared: String,
    /// Why it cannot be shared.
    pub wrong: Option<String>,
}

/// An item.
pub struct ItemLine {
    pub item: String,
    pub label: String,
    pub category: &'static str,
    pub forecast: String,
    pub actual: String,
    pub parts: String,
    pub justification: String,
}

/// A member's share.
pub struct MemberLine {
    pub code: String,
    pub name: String,
    pub days: String,
    pub share: String,
    /// In kind and ahead.
    pub credits: String,
    pub owed: String,
}

/// A closing.
pub struct ClosingLine {
    pub title: String,
    pub stands: bool,
    pub reason: String,
    pub sha512: String,
    pub table: String,
    pub calls: String,
    pub file: String,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

/// What was done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Prepare,
    Clos,
}

fn place(year: i32) -> String {
    format!("/pilotage/couts/{year}")
}

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Pilotage", "/pilotage"), Link::new("Coûts", "/pilotage/couts")]
}

/// `GET /pilotage/couts`.
pub async fn years(person: Pilot, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let known = queries::years(&mut state.db.technical().await?).await?;
    Ok(answer(&years_page(Account::of(&person), &known)))
}

/// The page of these years.
pub fn years_page(account: Account, known: &[i32]) -> YearsPage {
    let link = |year: &i32| Link::new(format!("Exercice {year}"), place(*year));
    YearsPage {
        csrf: account.csrf.clone(),
        shell: shell(account, "Coûts".into()),
        trail: trail()[..1].to_vec(),
        years: known.iter().map(link).collect(),
        year: String::new(),
        coefficients: "departement 20, epci 50".into(),
        table: String::new(),
        credits: String::new(),
        caps: String::new(),
        faults: Vec::new(),
        errors: Vec::new(),
        tried: None,
    }
}

/// `POST /pilotage/couts`: the items of a year, tried or kept.
pub async fn prepare(
    person: Pilot,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let known = queries::years(&mut state.db.technical().await?).await?;
    let mut page = years_page(Account::of(&person), &known);
    page.year = first(&fields, "annee");
    page.coefficients = first(&fields, "coefficients");
    page.table = first(&fields, "tableau");
    page.credits = first(&fields, "credits");
    page.caps = first(&fields, "bornes");
    let mut wrong = |field: &'static str, sentence: &str| {
        page.errors.push(FieldError { field, sentence: sentence.into() });
    };
    let year = page.year.trim().parse().ok().filter(|year| (2000..=9998).contains(year));
    if year.is_none() {
        wrong("annee", "Donnez l’année, en quatre chiffres.");
    }
    let coefficients = coefficients(&page.coefficients);
    if coefficients.is_none() {
        wrong(
            "coefficients",
            "Écrivez une sorte de collectivité puis un pour cent : « departement 20, epci 50 ».",
        );
    }
    let items = import::items(&page.table);
    if items.is_err() {
        wrong("tableau", "Le tableau n’est pas juste : voyez ce qui est à reprendre.");
    }
    let credits = import::credits(&page.credits);
    if credits.is_err() {
        wrong("credits", "Les crédits ne sont pas justes : voyez ce qui est à reprendre.");
    }
    let caps = import::caps(&page.caps);
    if caps.is_err() {
        wrong("bornes", "Les bornes ne sont pas justes : voyez ce qui est à reprendre.");
    }
    let (year, coefficients, items, credits, caps) = match (year, coefficients, items, credits, caps) {
        (Some(year), Some(coefficients), Ok(items), Ok(credits), Ok(caps)) => {
            (year, coefficients, items, credits, caps)
        }
        (_, _, items, credits, caps) => {
            page.to_correct(faults(items.err(), credits.err(), caps.err()));
            return Ok(answer_to_correct(&page));
        }
    };
    let (prepared_by, prepared_at) = (person.person_id, state.clock.now());
    let year = Year { year, coefficients, prepared_by, prepared_at, items, credits, caps };
    if first(&fields, "suite") == "garder" {
        closing::prepare(&state.db, &year).await?;
        return Ok(go_to(&format!("{}?fait=prepare", place(year.year))));
    }
    let members = of_year(&state.db, &year).await?;
    page.tried = Some(bill(&year, &members));
    Ok(answer(&page))
}

/// What is wrong in each table, its name before all but the first's.
fn faults(
    items: Option<Vec<String>>,
    credits: Option<Vec<String>>,
    caps: Option<Vec<String>>,
) -> Vec<String> {
    let of = |name: &'static str, faults: Option<Vec<String>>| {
        faults.unwrap_or_default().into_iter().map(move |fault| format!("{name}, {fault}"))
    };
    items.unwrap_or_default().into_iter().chain(of("crédits", credits)).chain(of("bornes", caps)).collect()
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

/// `GET /pilotage/couts/{year}`.
pub async fn year(
    person: Pilot,
    asked: web::Path<String>,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = found(&person, &state, &asked).await?;
    page.notice = said.fait.map(|done| match done {
        Done::Prepare => "L’exercice est préparé. Une autre personne le clora, une fois l’année finie.",
        Done::Clos => "L’exercice est clos ; chaque collectivité a son état liquidatif.",
    });
    Ok(answer(&page))
}

async fn found(person: &Pilot, state: &State, asked: &str) -> Result<YearPage, Problem> {
    let mut tx = state.db.technical().await?;
    let year = match asked.parse() {
        Ok(year) => queries::year(&mut tx, year).await?,
        Err(_) => None,
    };
    let year = year.ok_or_else(problems::not_found)?;
    let closings = queries::closings(&mut tx, year.year).await?;
    drop(tx);
    let members = of_year(&state.db, &year).await?;
    Ok(page(Account::of(person), &year, &members, &closings))
}

/// The page of a year.
pub fn page(account: Account, year: &Year, members: &[Weighed], closings: &[Closing]) -> YearPage {
    let line = |(at, closing): (usize, &Closing)| ClosingLine {
        title: format!(
            "Clôture {}, le {}",
            closing.version,
            words::lexical_date(&closing.closed_at.date_naive().to_string())
        ),
        stands: at == 0,
        reason: closing.reason.clone(),
        sha512: hex::encode(&closing.sha512),
        table: format!("{}-{}/repartition.csv", place(year.year), closing.version),
        calls: format!("{}-{}/appels.csv", place(year.year), closing.version),
        file: format!("{}-{}/exercice.json", place(year.year), closing.version),
    };
    YearPage {
        csrf: account.csrf.clone(),
        shell: shell(account, format!("Exercice {}", year.year)),
        trail: trail(),
        notice: None,
        address: place(year.year),
        title: format!("Exercice {}", year.year),
        bill: bill(year, members),
        closings: closings.iter().enumerate().map(line).collect(),
        reason: String::new(),
        errors: Vec::new(),
    }
}

fn bill(year: &Year, members: &[Weighed]) -> Bill {
    let shared = sharing::share(year, members);
    let money = |cents: Option<i64>| cents.map_or_else(|| "—".to_owned(), words::euros);
    let item = |item: &Prepared| ItemLine {
        item: item.item.clone(),
        label: item.label.clone(),
        category: item.category.word(),
        forecast: money(item.forecast),
        actual: money(item.actual),
        parts: import::parts_words(&item.parts),
        justification: item.justification.clone(),
    };
    let credits = sharing::credits(year, members);
    let shared = shared.and_then(|shared| sharing::borne(year, members, &shared));
    let shares = shared.as_ref().cloned().unwrap_or_default();
    let member = |(at, member): (usize, &Weighed)| MemberLine {
        code: member.code.clone(),
        name: member.name.clone(),
        days: member.measure.days.to_string(),
        share: money(shares.get(at).copied()),
        credits: money(credits.as_ref().ok().map(|of| of[at].in_kind + of[at].advances)),
        owed: money(credits.as_ref().ok().and_then(|of| Some(of[at].off(*shares.get(at)?)))),
    };
    Bill {
        items: year.items.iter().map(item).collect(),
        members: members.iter().enumerate().map(member).collect(),
        total: words::euros(year.items.iter().map(Prepared::amount).sum()),
        shared: words::euros(shares.iter().sum()),
        wrong: shared.as_ref().err().map(ToString::to_string).or_else(|| {
            let code = credits.as_ref().err()?;
            Some(format!("le crédit de « {code} » n’est d’aucune collectivité de l’exercice"))
        }),
    }
}

/// `POST /pilotage/couts/{year}/cloture`.
pub async fn close(
    person: Pilot,
    asked: web::Path<String>,
    fields: Fields,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut page = found(&person, &state, &asked).await?;
    let year: i32 = asked.parse().map_err(|_| problems::not_found())?;
    page.reason = first(&fields, "motif");
    let by: PersonId = person.person_id;
    match closing::close(&state.db, &state.clock, year, by, &page.reason).await? {
        Ok(_) => Ok(go_to(&format!("{}?fait=clos", place(year)))),
        Err(why) => {
            page.errors = vec![FieldError { field: "motif", sentence: words::sentence(&format!("{why}.")) }];
            Ok(answer_to_correct(&page))
        }
    }
}

/// A closing by its year and number: `2027-1`.
async fn kept(state: &State, asked: &str) -> Result<(i32, u32, String), Problem> {
    let parts = asked.split_once('-').map(|(year, version)| (year.parse(), version.parse()));
    let Some((Ok(year), Ok(version))) = parts else { return Err(problems::not_found()) };
    let kept = queries::snapshot(&mut state.db.technical().await?, year, version).await?;
    Ok((year, version, kept.ok_or_else(problems::not_found)?))
}

/// `GET /pilotage/couts/{year}-{version}/repartition.csv`: every share, from which anybody finds the bill again.
pub async fn table(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    Ok(csv::answer(&format!("repartition-{year}-{version}"), &read(&kept)?.summary()))
}

fn read(kept: &str) -> Result<Snapshot, Problem> {
    Ok(serde_json::from_str(kept).map_err(|error| crate::db::Error::row("bill_closing", error))?)
}

/// `GET /pilotage/couts/{year}-{version}/appels.csv`: what is to be called for.
pub async fn calls(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    Ok(csv::answer(&format!("appels-{year}-{version}"), &read(&kept)?.calls()))
}

/// `GET /pilotage/couts/{year}-{version}/exercice.json`: what was closed, for `chartrier costs share`.
pub async fn file(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (year, version, kept) = kept(&state, &asked).await?;
    let name = format!("attachment; filename=\"exercice-{year}-{version}.json\"");
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((actix_web::http::header::CONTENT_DISPOSITION, name))
        .body(kept))
}

#[cfg(test)]
mod tests {
    use super::coefficients;

    #[test]
    fn coefficients_are_of_kinds_that_there_are() {
        assert_eq!(coefficients(" departement 20, epci 50 % ").unwrap().len(), 2);
        assert_eq!(coefficients("").unwrap().len(), 0);
        for wrong in ["villes 20", "epci", "epci vingt", "epci 2000"] {
            assert!(coefficients(wrong).is_none(), "{wrong}");
        }
    }
}
