//! The register of entries: every archive that the member has, in the order of its taking in charge, year by year; on a page
//! to be read and printed, and as a table for a spreadsheet.
//!
//! Never holds a whole year: the table is written as it is read.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use bytes::Bytes;
use chrono::Datelike;
use chrono_tz::Europe::Paris;
use futures_util::stream;
use serde::Deserialize;

use super::unit;
use crate::catalog::register_queries::{After, Entry, Total, entries, years};
use crate::db::{self, Db};
use crate::model::{Role, Scope, TenantId, UnitId};
use crate::web::callers::RegisterReader;
use crate::web::pages::csv::{self, cell};
use crate::web::pages::ingest::list;
use crate::web::pages::shell::{Account, At, Link, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, cursor, problems};

/// `GET /registre`.
#[derive(Template)]
#[template(path = "access/register.html")]
pub struct RegisterPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub year: i32,
    /// What the year comes to.
    pub total: Option<String>,
    /// The other years.
    pub years: Vec<Link>,
    pub lines: Vec<Line>,
    pub table: String,
    pub next: Option<String>,
}

/// One entry.
pub struct Line {
    pub cote: String,
    pub address: Option<String>,
    pub title: String,
    pub at: At,
    pub sender: String,
    pub producer: Option<String>,
    pub agreement: String,
    pub content: String,
}

/// Roles under which the register is read, as far as each reaches.
pub(super) const READING: &[Role] = &[Role::Archivist, Role::ControlAuthority, Role::MemberAdmin];
/// Entries of a page.
const LINES: i64 = 200;
/// Entries read at once of the table.
const PIECE: i64 = 1_000;
/// Years that a register may be asked of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    annee: Option<i32>,
    apres: Option<String>,
}

/// `GET /registre`: of this year, unless another is asked for.
pub async fn show(
    person: RegisterReader,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let year = year(&asked, &state)?;
    let after = asked.apres.as_deref().and_then(cursor::read::<cursor::Moment>);
    let scope = person.scope(READING);
    let mut tx = state.db.read(person.tenant).await?;
    let totals = years(&mut tx, &scope).await?;
    let mut found = entries(&mut tx, &scope, year, after, LINES + 1).await?;
    let more = found.len() as i64 > LINES;
    found.truncate(LINES as usize);
    let names = list::names(&mut tx).await?;
    drop(tx);
    let lines = found.iter().map(|entry| line(entry, &names)).collect();
    let next = found.last().filter(|_| more).map(|last| {
        let place: cursor::Moment = (last.taken_in_charge_at, last.archive_id);
        format!("/registre?annee={year}&apres={}", cursor::write(&place))
    });
    Ok(answer(&page(Account::of(&person), year, &totals, lines, next)))
}

/// The year asked for, or this one.
fn year(asked: &Asked, state: &State) -> Result<i32, Problem> {
    let year = asked.annee.unwrap_or_else(|| state.clock.now().with_timezone(&Paris).year());
    YEARS.contains(&year).then_some(year).ok_or_else(problems::not_found)
}

/// The page.
pub fn page(
    account: Account,
    year: i32,
    totals: &[Total],
    lines: Vec<Line>,
    next: Option<String>,
) -> RegisterPage {
    let link = |total: &&Total| Link::new(total.year.to_string(), format!("/registre?annee={}", total.year));
    RegisterPage {
        shell: Shell {
            title: format!("Registre des entrées {year}"),
            account: Some(account),
            section: Section::Archives,
            top: false,
        },
        trail: vec![Link::new("Archives", "/archives")],
        year,
        total: totals.iter().find(|total| total.year == year).map(said),
        years: totals.iter().filter(|total| total.year != year).map(|total| link(&total)).collect(),
        lines,
        table: format!("/registre.csv?annee={year}"),
        next,
    }
}

fn said(total: &Total) -> String {
    format!(
        "{}, {}, {}",
        words::count(total.entries.unsigned_abs(), "entrée", "entrées"),
        words::count(total.objects.unsigned_abs(), "fichier", "fichiers"),
        words::size(total.bytes.unsigned_abs())
    )
}

fn line(entry: &Entry, names: &list::Names) -> Line {
    let name = |identifier: &String| names.get(identifier).unwrap_or(identifier).clone();
    Line {
        cote: entry.cote.clone(),
        address: entry.root.map(|root| unit::address(UnitId(root))),
        title: entry.title.clone(),
        at: words::moment(entry.taken_in_charge_at),
        sender: name(&entry.transferring_agency),
        producer: entry.originating_agency.as_ref().map(name),
        agreement: entry.agreement.clone(),
        content: format!(
            "{}, {}",
            words::count(entry.object_count.unsigned_abs().into(), "fichier", "fichiers"),
            words::size(entry.size_bytes.unsigned_abs())
        ),
    }
}

/// First line of the table.
const HEADINGS: &str = "Cote;Prise en charge;Intitulé;Service versant;Service producteur;Accord de versement;\
     Unités d’archives;Fichiers;Octets;Identifiant du versement\r\n";

/// `GET /registre.csv`: UTF-8 with its mark, semicolons, as French spreadsheets open it.
pub async fn table(
    person: RegisterReader,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let year = year(&asked, &state)?;
    let scope = person.scope(READING);
    let begun =
        Table { db: state.db.clone(), tenant: person.tenant, scope, year, after: None, is_begun: false };
    let name = format!("attachment; filename=\"registre-des-entrees-{year}.csv\"");
    Ok(HttpResponse::Ok()
        .content_type(csv::MEDIA_TYPE)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(stream::try_unfold(Some(begun), Table::go_on)))
}

/// A table being written.
struct Table {
    db: Db,
    tenant: TenantId,
    scope: Scope,
    year: i32,
    after: Option<After>,
    is_begun: bool,
}

impl Table {
    /// The next piece; nothing after the last.
    async fn go_on(begun: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, db::Error> {
        let Some(mut table) = begun else { return Ok(None) };
        let mut tx = table.db.read(table.tenant).await?;
        let found = entries(&mut tx, &table.scope, table.year, table.after, PIECE).await?;
        drop(tx);
        let mut text = String::new();
        if !table.is_begun {
            text.push('\u{feff}');
            text.push_str(HEADINGS);
            table.is_begun = true;
        }
        found.iter().for_each(|entry| text.push_str(&row(entry)));
        let more = found.last().filter(|_| found.len() as i64 == PIECE);
        let rest = more.map(|last| (last.taken_in_charge_at, last.archive_id)).map(|after| {
            table.after = Some(after);
            table
        });
        Ok(Some((text.into(), rest)))
    }
}

fn row(entry: &Entry) -> String {
    let at = entry.taken_in_charge_at.with_timezone(&Paris).format("%Y-%m-%d %H:%M:%S").to_string();
    let numbers = [i64::from(entry.unit_count), i64::from(entry.object_count), entry.size_bytes];
    let mut cells = vec![
        cell(&entry.cote),
        at,
        cell(&entry.title),
        cell(&entry.transferring_agency),
        cell(entry.originating_agency.as_deref().unwrap_or_default()),
        cell(&entry.agreement),
    ];
    cells.extend(numbers.map(|number| number.to_string()));
    cells.push(cell(entry.message_identifier.as_deref().unwrap_or_default()));
    format!("{}\r\n", cells.join(";"))
}
