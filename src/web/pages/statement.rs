//! What the member owes of the shared bill, and why: its statements, each line with its weight and the weight of all.

use std::fmt::Write;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::bars::{Chart, Row, bars, by_category};
use super::bill::files;
use super::csv::{self, cell};
use super::shell::{Account, Section, Shell, answer};
use super::words;
use crate::billing::snapshot::{Content, Stated};
use crate::billing::{Statement, paper, queries};
use crate::costs::{Category, Cents};
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
    /// The workbook and the page of the whole closing, where it is known.
    pub closing: Option<(String, String)>,
    /// By category, the year before beside it if there was one.
    pub categories: Chart,
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
    let closings = queries::closings_known(&mut state.db.technical().await?).await?;
    Ok(answer(&page(Account::of(&person), &statements, &closings)?))
}

/// The page of these statements, the last first; `closings`: those that are known, by year and version.
pub fn page(
    account: Account,
    statements: &[Statement],
    closings: &[(i32, u32)],
) -> Result<MinePage, Problem> {
    let shell =
        Shell { title: "Facture".into(), account: Some(account), section: Section::Usage, top: false };
    let cards = statements.iter().map(|statement| card(statement, statements, closings));
    Ok(MinePage { shell, statements: cards.collect::<Result<_, _>>()? })
}

fn content(statement: &Statement) -> Result<Content, Problem> {
    let read = serde_json::from_str(&statement.content);
    Ok(read.map_err(|error| crate::db::Error::row("statement", error))?)
}

fn card(statement: &Statement, all: &[Statement], closings: &[(i32, u32)]) -> Result<StatementCard, Problem> {
    let of = content(statement)?;
    // The last of each year comes first.
    let before = all.iter().find(|other| other.year == statement.year - 1);
    let change = before.map(|before| {
        let gap = statement.share - before.share;
        let sign = if gap > 0 { "+" } else { "" };
        format!("{sign}{} sur {}", words::euros(gap), before.year)
    });
    let of_before = before.map(content).transpose()?;
    let is_known = closings.contains(&(statement.year, statement.version));
    let whole = format!("/facture/exercices/{}-{}", statement.year, statement.version);
    Ok(StatementCard {
        closing: is_known.then(|| (format!("/facture/{}.xlsx", statement.number), whole)),
        categories: categories(&of, of_before.as_ref()),
        id: format!("etat-{}", statement.number),
        title: format!("État liquidatif {}", statement.number),
        is_replaced: all
            .iter()
            .any(|other| other.year == statement.year && other.version > statement.version),
        issued: words::moment(statement.issued_at).words,
        share: words::euros(statement.share),
        total: words::euros(of.total_cents),
        change,
        owed: (statement.owed != statement.share || of.of.price_cents.is_some()).then(|| owed(&of)),
        table: format!("/facture/{}.csv", statement.number),
        paper: format!("/facture/{}.pdf", statement.number),
        lines: of.lines.iter().map(line).collect(),
    })
}

/// What the member bears by category, the year before beside it.
fn categories(of: &Content, before: Option<&Content>) -> Chart {
    let sums =
        |of: &Content| by_category(of.lines.iter().map(|line| (line.category.as_str(), line.share_cents)));
    let (now, sums_before) = (sums(of), before.map(sums));
    let known = |all: &[(Category, Cents)], asked: Category| {
        all.iter().find(|(category, _)| *category == asked).map_or(0, |(_, cents)| *cents)
    };
    let is_there = |category: &Category| {
        let all = now.iter().chain(sums_before.iter().flatten());
        all.map(|(known, _)| known).any(|known| known == category)
    };
    let row = |category: Category| {
        let cents = known(&now, category);
        let beside = sums_before.as_ref().map_or(Vec::new(), |before| {
            let was = known(before, category);
            vec![words::euros(was), words::euros(cents - was)]
        });
        (category.label().to_owned(), cents, beside)
    };
    let rows: Vec<Row> = Category::ALL.into_iter().filter(is_there).map(row).collect();
    Chart {
        names: ("Où va votre part", "Votre part"),
        beside: before.map_or(Vec::new(), |before| vec![before.year.to_string(), "Écart".to_owned()]),
        caption: "Votre part par catégorie de dépense",
        bars: bars(&rows),
        total: words::euros(of.of.share_cents),
    }
}

/// Credits, and what is left.
fn owed(of: &Content) -> String {
    let mut said = String::new();
    if of.of.borne_cents != of.of.share_cents {
        said = format!("Ramenée à {} par les bornes de l’exercice. ", words::euros(of.of.borne_cents));
    }
    if let Some(price) = of.of.price_cents {
        let gap = words::euros(price - of.of.borne_cents);
        let owes = if of.owes.is_some() { "C’est lui qui est dû. " } else { "" };
        said += &format!(
            "Le prix du barème serait {}, soit {gap} d’écart avec la part. {owes}",
            words::euros(price)
        );
    }
    if of.fees_cents != 0 {
        said += &format!("Plus {} de frais. ", words::euros(of.fees_cents));
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
        return format!("{said}Dû : {}.", words::euros(owed));
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

/// `GET /facture/{number}.xlsx`: the whole closing, on this member.
pub async fn workbook(
    person: UsageReader,
    number: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (statement, content, _) = named(&person, &number, &state).await?;
    files::book(&state, &format!("{}-{}", statement.year, statement.version), Some(content.member)).await
}
