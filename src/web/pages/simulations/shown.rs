//! A simulation that was kept: what was asked, what it gave, as a page and as a table.

use std::fmt::Write;

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::{PLACE, shell, trail};
use crate::billing::simulation::{self, Content, Kept, Row, totals};
use crate::costs::Cents;
use crate::costs::hosting::{self, Comparison, Gap};
use crate::web::callers::Pilot;
use crate::web::pages::csv::{self, cell};
use crate::web::pages::shell::{Account, Link, Shell, answer, go_to};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /pilotage/simulations/{id}`.
#[derive(Template)]
#[template(path = "simulations/show.html")]
pub struct SimulationPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub address: String,
    pub name: String,
    pub lead: String,
    pub said: Vec<String>,
    pub tables: Vec<Table>,
}

/// A table of what was and what would be.
pub struct Table {
    pub id: &'static str,
    pub title: &'static str,
    pub names: [String; 4],
    pub rows: Vec<[String; 4]>,
}

/// `GET /pilotage/simulations/{id}`.
pub async fn show(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&page(Account::of(&person), &found(&state, &asked).await?)))
}

async fn found(state: &State, asked: &str) -> Result<Kept, Problem> {
    let id: Uuid = asked.parse().map_err(|_| problems::not_found())?;
    simulation::see(&state.db, id).await?.ok_or_else(problems::not_found)
}

/// The page of a simulation.
pub fn page(account: Account, kept: &Kept) -> SimulationPage {
    let made = words::moment(kept.made_at).words;
    let (lead, said, tables) = match &kept.content {
        Content::Change { year, said, rows } => (
            format!("L’exercice {year} s’il en était autrement, tel qu’il se présentait le {made}."),
            said.clone(),
            vec![table("collectivites", "Par collectivité", ["Part", "Simulée"], rows)],
        ),
        Content::Forecast { year, from, categories, rows } => {
            let from: Vec<String> = from.iter().map(i32::to_string).collect();
            (
                format!("L’exercice {year} selon la tendance de {}, calculé le {made}.", from.join(", ")),
                vec!["La droite des moindres carrés, par catégorie de dépense et pour ce que chaque collectivité pèse ; un seul exercice connu se prolonge tel quel.".into()],
                vec![
                    table("categories", "Par catégorie", ["Dernier exercice", "Prévu"], categories),
                    table("collectivites", "Par collectivité", ["Dernier exercice", "Prévu"], rows),
                ],
            )
        }
        Content::Hosting { own, shared, years, day_cents } => {
            let way = |of: &simulation::Way| hosting::Way { euros: of.cents, days_a_year: of.days_a_year };
            let compared = hosting::compare(way(own), way(shared), *years, *day_cents);
            (
                format!("Un hébergement propre et le service mutualisé, sur {years} ans, calculé le {made}."),
                Vec::new(),
                vec![hosted(own, shared, *years, &compared)],
            )
        }
    };
    SimulationPage {
        csrf: account.csrf.clone(),
        shell: shell(account, format!("Simulation, {}", kept.name)),
        trail: trail(),
        address: format!("{PLACE}/{}", kept.id),
        name: kept.name.clone(),
        lead,
        said,
        tables,
    }
}

fn money(cents: Option<Cents>) -> String {
    cents.map_or_else(|| "—".to_owned(), words::euros)
}

fn table(id: &'static str, title: &'static str, names: [&str; 2], rows: &[Row]) -> Table {
    let line = |row: &Row| [row.name.clone(), money(row.before), money(row.after), signed(row.gap())];
    let (before, after) = totals(rows);
    let mut lines: Vec<[String; 4]> = rows.iter().map(line).collect();
    lines.push(["Total".into(), words::euros(before), words::euros(after), signed(after - before)]);
    let [was, next] = names.map(str::to_owned);
    Table {
        id,
        title,
        names: [capital(title.trim_start_matches("Par ")), was, next, "Écart".into()],
        rows: lines,
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(char::to_uppercase).into_iter().flatten().chain(characters).collect()
}

fn signed(cents: Cents) -> String {
    format!("{}{}", if cents > 0 { "+" } else { "" }, words::euros(cents))
}

/// Euros and days beside each other; apart, unless a day has a cost.
fn hosted(own: &simulation::Way, shared: &simulation::Way, years: i64, of: &Comparison) -> Table {
    let percent = |gap: &Gap| {
        gap.percent_hundredths.map_or_else(String::new, |hundredths| {
            let sign = if hundredths < 0 { "−" } else { "+" };
            format!(" ({sign}{},{:02} %)", hundredths.abs() / 100, hundredths.abs() % 100)
        })
    };
    let days = |days: i64| format!("{days} jours");
    let mut rows = vec![
        [
            format!("Euros, sur {years} ans"),
            words::euros(own.cents),
            words::euros(shared.cents),
            format!("{}{}", signed(of.euros.amount), percent(&of.euros)),
        ],
        [
            "Euros, par an".into(),
            words::euros(own.cents / years.max(1)),
            words::euros(shared.cents / years.max(1)),
            signed(of.euros.amount / years.max(1)),
        ],
        [
            "Travail, par an".into(),
            days(own.days_a_year),
            days(shared.days_a_year),
            format!("{}{}", days(of.days_a_year.amount), percent(&of.days_a_year)),
        ],
        [
            format!("Travail, sur {years} ans"),
            days(own.days_a_year * years),
            days(shared.days_a_year * years),
            days(of.days),
        ],
    ];
    if let Some((own, shared, gap)) = &of.valued {
        let gap = format!("{}{}", signed(gap.amount), percent(gap));
        rows.push(["Euros et travail, ensemble".into(), words::euros(*own), words::euros(*shared), gap]);
    }
    let names = ["Mesure", "Propre", "Mutualisé", "Écart"].map(str::to_owned);
    Table { id: "hebergement", title: "L’un à côté de l’autre", names, rows }
}

/// `GET /pilotage/simulations/{id}.csv`.
pub async fn export(
    person: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let page = page(Account::of(&person), &found(&state, &asked).await?);
    let mut table = String::new();
    for of in &page.tables {
        for row in std::iter::once(&of.names).chain(&of.rows) {
            let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
            _ = write!(table, "{}\r\n", cells.join(";"));
        }
        table += "\r\n";
    }
    Ok(csv::answer("simulation", &table))
}

/// `POST /pilotage/simulations/{id}/retrait`.
pub async fn give_up(
    _: Pilot,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id: Uuid = asked.parse().map_err(|_| problems::not_found())?;
    simulation::delete(&state.db, id).await?;
    Ok(go_to(PLACE))
}
