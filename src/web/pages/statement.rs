//! What the member owes of the shared bill, and why: its statements, each line with its weight and the weight of all.

use std::fmt::Write;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::csv::{self, cell};
use super::shell::{Account, Section, Shell, answer};
use super::words;
use crate::billing::snapshot::{Content, Stated};
use crate::billing::{Statement, paper, queries};
use crate::web::callers::UsageReader;
use crate::web::{Problem, State, problems};

/// `GET /facture`.
#[derive(Template)]
#[template(path = "bill/mine.html")]
pub struct MinePage {
    pub shell: Shell,
    pub statements: Vec<StatementCard>,
}

/// A statement.
pub struct StatementCard {
    pub id: String,
    pub title: String,
    /// Another takes its place.
    pub is_replaced: bool,
    pub issued: String,
    pub share: String,
    pub total: String,
    /// What is left once credits are taken off.
    pub owed: Option<String>,
    /// Against the year before.
    pub change: Option<String>,
    pub table: String,
    pub paper: String,
    pub lines: Vec<LineOf>,
}

/// A line of it.
pub struct LineOf {
    pub label: String,
    pub key: String,
    pub amount: String,
    pub weight: String,
    pub share: String,
}

/// `GET /facture`.
pub async fn show(person: UsageReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let statements = queries::statements(&mut state.db.read(person.tenant).await?).await?;
    Ok(answer(&page(Account::of(&person), &statements)?))
}

/// The page of these statements, the last first.
pub fn page(account: Account, statements: &[Statement]) -> Result<MinePage, Problem> {
    let shell =
        Shell { title: "Facture".into(), account: Some(account), section: Section::Usage, top: false };
    let cards = statements.iter().map(|statement| card(statement, statements));
    Ok(MinePage { shell, statements: cards.collect::<Result<_, _>>()? })
}

fn content(statement: &Statement) -> Result<Content, Problem> {
    let read = serde_json::from_str(&statement.content);
    Ok(read.map_err(|error| crate::db::Error::row("statement", error))?)
}

fn card(statement: &Statement, all: &[Statement]) -> Result<StatementCard, Problem> {
    let content = content(statement)?;
    // The last of each year comes first.
    let before = all.iter().find(|other| other.year == statement.year - 1);
    let change = before.map(|before| {
        let gap = statement.share - before.share;
        let sign = if gap > 0 { "+" } else { "" };
        format!("{sign}{} sur {}", words::euros(gap), before.year)
    });
    Ok(StatementCard {
        id: format!("etat-{}", statement.number),
        title: format!("État liquidatif {}", statement.number),
        is_replaced: all
            .iter()
            .any(|other| other.year == statement.year && other.version > statement.version),
        issued: words::moment(statement.issued_at).words,
        share: words::euros(statement.share),
        total: words::euros(content.total_cents),
        change,
        owed: (statement.owed != statement.share).then(|| owed(&content)),
        table: format!("/facture/{}.csv", statement.number),
        paper: format!("/facture/{}.pdf", statement.number),
        lines: content.lines.iter().map(line).collect(),
    })
}

/// Credits, and what is left.
fn owed(of: &Content) -> String {
    let mut said = String::new();
    if of.of.borne_cents != of.of.share_cents {
        said = format!("Ramenée à {} par les bornes de l’exercice. ", words::euros(of.of.borne_cents));
    }
    let mut off = Vec::new();
    if of.in_kind_cents != 0 {
        off.push(format!("{} donnés en nature", words::euros(of.in_kind_cents)));
    }
    if of.advances_cents != 0 {
        off.push(format!("{} d’acomptes", words::euros(of.advances_cents)));
    }
    let owed = of.of.owed_cents;
    if off.is_empty() {
        return said;
    }
    let left = if owed < 0 { "à rembourser" } else { "reste dû" };
    format!("{said}Moins {} : {left} {}.", off.join(" et "), words::euros(owed.saturating_abs()))
}

fn line(of: &Stated) -> LineOf {
    LineOf {
        label: format!("{} — {}", of.item, of.label),
        key: key(&of.key),
        amount: words::euros(of.amount_cents),
        weight: format!("{} sur {}", words::number(of.weight), words::number(of.weight_of_all)),
        share: words::euros(of.share_cents),
    }
}

/// A key in words.
fn key(word: &str) -> String {
    match word {
        "EGAL" => "À parts égales, selon les jours".into(),
        "POPULATION" => "Selon la population".into(),
        "STOCK" => "Selon ce qui est conservé".into(),
        "DEPOT" => "Selon ce qui a été versé".into(),
        "FLUX" => "Selon les flux actifs".into(),
        word if word.starts_with("DIRECT:") => "À la charge d’une seule collectivité".into(),
        _ => "Selon une liste".into(),
    }
}

/// A statement of the member by its number, what it says, and the version that took its place.
async fn named(
    person: &UsageReader,
    number: &str,
    state: &State,
) -> Result<(Statement, Content, Option<u32>), Problem> {
    let statements = queries::statements(&mut state.db.read(person.tenant).await?).await?;
    let found = statements.iter().find(|statement| statement.number == number);
    let found = found.ok_or_else(problems::not_found)?;
    let of_year = statements.iter().filter(|other| other.year == found.year).map(|other| other.version);
    let last = of_year.max().filter(|last| *last > found.version);
    Ok((found.clone(), content(found)?, last))
}

/// `GET /facture/{number}.pdf`.
pub async fn paper(
    person: UsageReader,
    number: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (statement, content, replaced_by) = named(&person, &number, &state).await?;
    let sha512 = hex::encode(&statement.sha512);
    let pdf = paper::pdf(&content, statement.issued_at, &sha512, replaced_by)
        .map_err(|error| crate::db::Error::row("statement", error))?;
    let name = format!("attachment; filename=\"etat-{}.pdf\"", statement.number);
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(pdf))
}

/// `GET /facture/{number}.csv`.
pub async fn table(
    person: UsageReader,
    number: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (_, content, _) = named(&person, &number, &state).await?;
    let mut table =
        "Poste;Libellé;Catégorie;Clé;Montant en centimes;Poids;Poids de tous;Part en centimes\r\n".to_owned();
    for line in &content.lines {
        _ = write!(
            table,
            "{};{};{};{};{};{};{};{}\r\n",
            cell(&line.item),
            cell(&line.label),
            line.category,
            cell(&line.key),
            line.amount_cents,
            line.weight,
            line.weight_of_all,
            line.share_cents
        );
    }
    _ = write!(table, "Total;;;;{};;;{}\r\n", content.total_cents, content.of.share_cents);
    Ok(csv::answer(&format!("etat-{}", content.number), &table))
}
