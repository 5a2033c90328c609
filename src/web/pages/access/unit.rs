//! One unit: what it is, the units below it, its files.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::closed::{self, Asked, Closed, ToldLine};
use super::{description, object};
use crate::access::{Reader, UnitView};
use crate::catalog::{self, Object, UnitLine};
use crate::model::UnitId;
use crate::web::callers::Searcher;
use crate::web::pages::attestations::{self, Card};
use crate::web::pages::ingest::list::{self, Names};
use crate::web::pages::preservation::{self, CopyLine};
use crate::web::pages::shell::{Account, Fact, Link, Section, Shell, answer, go_to};
use crate::web::pages::{readings, words};
use crate::web::{Problem, State, Who, problems};

/// `GET /archives/unites/{id}`.
#[derive(Template)]
#[template(path = "access/unit.html")]
pub struct UnitPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub here: String,
    pub level: Option<String>,
    pub facts: Vec<Fact>,
    /// Elements of the description that have no words of ours.
    pub others: Vec<Fact>,
    pub children: Vec<TreeLine>,
    /// Whether this is the first page of children.
    pub first: bool,
    pub next: Option<String>,
    pub objects: Vec<ObjectLine>,
    /// Of the archive it belongs to.
    pub copies: Vec<CopyLine>,
    /// Of the archive, for whoever follows its transfer.
    pub attestations: Option<Card>,
    /// Why its files do not open for this person; `None`: they do, or there are none to open.
    pub closed: Option<Closed>,
    /// What was done of it, for whoever reads the journal.
    pub told: Vec<ToldLine>,
    /// Where all that is open of it, and of what is under it, is had at once.
    pub delivery: Option<String>,
    /// By what reading of the control authority it is read.
    pub reading: Option<String>,
}

/// One unit in a tree.
pub struct TreeLine {
    pub address: String,
    pub title: String,
    pub icon: &'static str,
    pub details: String,
    /// It has units below.
    pub opens: bool,
}

/// A file in a list.
pub struct ObjectLine {
    pub id: String,
    pub address: String,
    /// `None`: its bytes do not open for this person.
    pub download: Option<String>,
    pub name: String,
    pub icon: &'static str,
    pub details: String,
}

/// Units below shown at once.
const CHILDREN: u32 = 100;

/// Where the list of units below begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    apres: Option<u32>,
    derogation: Option<Asked>,
}

/// The page of a unit.
pub fn address(id: UnitId) -> String {
    format!("/archives/unites/{id}")
}

/// `GET /archives/viewByArchiveIdentifier/{cote}`: the address by which buses made for As@lae lead to an archive.
pub async fn by_cote(
    person: Searcher,
    cote: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let root = state.access.root_of_cote(&reader, &cote).await?.ok_or_else(problems::not_found)?;
    Ok(go_to(&address(root)))
}

/// `GET /archives/unites/{id}`.
pub async fn show(
    person: Searcher,
    id: web::Path<Uuid>,
    place: web::Query<Place>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let id = UnitId(*id);
    let view = state.access.unit(&reader, id).await?.ok_or_else(problems::not_found)?;
    let children = state.access.children(&reader, id, place.apres, CHILDREN + 1).await?;
    let mut children = children.ok_or_else(problems::not_found)?;
    let more = children.len() > CHILDREN as usize;
    children.truncate(CHILDREN as usize);
    let next = children.last().filter(|_| more).map(|last| format!("{}?apres={}", address(id), last.ordinal));
    let archive = view.archive.archive_id;
    let mut tx = state.db.read(person.tenant).await?;
    let names = list::names(&mut tx).await?;
    let attestations = match catalog::queries::transfer_of(&mut tx, archive).await? {
        Some(transfer) => attestations::card(&mut tx, &person, transfer).await?,
        None => None,
    };
    drop(tx);
    let kept =
        state.access.archive(&reader, archive).await?.map(|archive| archive.copies).unwrap_or_default();
    let incidents = state.preservation.incidents_of(person.tenant, archive).await?;
    let whole = Who::Archivist.admits(&person.roles);
    let closed = closed::of(&state, &person, &reader, &view, place.derogation).await?;
    let is_given = closed.is_none() && Who::ContentReader.admits(&person.roles);
    Ok(answer(&UnitPage {
        shell: Shell {
            title: view.unit.line.title.clone(),
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: false,
        },
        trail: trail(&view.ancestors),
        here: address(id),
        level: view.unit.line.description_level.as_deref().map(|level| words::level(level).to_owned()),
        facts: facts(&view, &names, whole),
        others: if whole { description::others(&view.unit.content) } else { Vec::new() },
        children: children.iter().map(tree_line).collect(),
        first: place.apres.is_none(),
        next,
        objects: {
            let opens = state.access.opens(&reader, &view.archive, view.opening);
            view.objects.iter().map(|object| object_line(object, opens)).collect()
        },
        copies: preservation::copies(&kept, &incidents),
        attestations,
        closed,
        told: closed::told(&state, &person, &reader, id).await?,
        reading: readings::notice(&person, &reader, &view.archive),
        delivery: is_given.then(|| format!("{}/communication", address(id))),
    }))
}

/// The way from the list of archives down to these units.
pub fn trail(units: &[UnitLine]) -> Vec<Link> {
    let units = units.iter().map(|unit| Link::new(&unit.title, address(unit.unit_id)));
    std::iter::once(Link::new("Archives", "/archives")).chain(units).collect()
}

fn facts(view: &UnitView, names: &Names, whole: bool) -> Vec<Fact> {
    let mut facts = description::facts(&view.unit.content, names);
    let producer =
        view.archive.originating_agency.as_ref().filter(|_| view.unit.content.originating_agency.is_none());
    facts.extend(
        producer.map(|producer| Fact::new("Service producteur", names.get(producer).unwrap_or(producer))),
    );
    facts.extend(description::rules(&view.unit.rules, whole));
    facts.push(description::opening(view.opening));
    facts.extend(view.retention.as_ref().and_then(description::retention));
    facts.push(Fact::new("Cote", &view.archive.cote));
    facts.push(Fact::new("Prise en charge", words::moment(view.archive.taken_in_charge_at).words));
    if view.parents.len() > 1 {
        let titles: Vec<&str> = view.parents.iter().map(|parent| parent.title.as_str()).collect();
        facts.push(Fact::new("Rangé aussi sous", titles.join(", ")));
    }
    facts
}

fn tree_line(unit: &UnitLine) -> TreeLine {
    TreeLine {
        address: address(unit.unit_id),
        title: unit.title.clone(),
        icon: words::level_icon(unit.description_level.as_deref(), unit.has_children),
        details: words::span(unit.start_date.as_deref(), unit.end_date.as_deref()).unwrap_or_default(),
        opens: unit.has_children,
    }
}

fn object_line(file: &Object, opens: bool) -> ObjectLine {
    ObjectLine {
        id: file.object_id.to_string(),
        address: object::address(file.object_id),
        download: opens.then(|| object::download_address(file.object_id)),
        name: file.file_name.clone(),
        icon: words::media_icon(&file.media_type),
        details: format!("{} · {}", words::media(&file.media_type), words::size(file.size_bytes)),
    }
}
