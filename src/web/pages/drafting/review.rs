//! The result as the archivist will see it, tried by the engine that would examine it.

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::{Step, Wrong, address, by, describe, id_of, shell, steps, trail};
use crate::drafting::Ready;
use crate::drafting::questions::Place;
use crate::drafting::review::{At, Line, Review};
use crate::ingest::{self, Verdict};
use crate::model::{Agent, Channel};
use crate::seda::opening::Opening;
use crate::web::callers::Depositor;
use crate::web::pages::ingest::findings::{self, FindingGroup};
use crate::web::pages::shell::{Fact, Link, Shell, answer, answer_to_correct};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// Bytes of a deposit that is tried whole while the person waits; a larger one is examined once it came.
const TRIED_BYTES_MAX: u64 = 64 << 20;

/// `GET /versements/brouillons/{id}/relire`.
#[derive(Template)]
#[template(path = "drafting/review.html")]
pub struct ReviewPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub here: String,
    pub flow: String,
    pub steps: Vec<Step>,
    /// What is to be put right, with the address that mends it.
    pub problems: Vec<Wrong>,
    /// What the archive has to say against it, or to remark.
    pub findings: Vec<FindingGroup>,
    pub can_send: bool,
    pub sending: bool,
    pub trial: &'static str,
    pub title: String,
    pub facts: Vec<Fact>,
    pub lines: Vec<TreeLine>,
    pub more: usize,
    /// Dates of an earlier deposit may still stand.
    pub as_before: bool,
}

/// A line of the tree.
pub struct TreeLine {
    pub depth: usize,
    pub title: String,
    pub kind: Option<String>,
    pub dates: Option<String>,
    pub icon: &'static str,
    /// Name and size of the file.
    pub file: Option<String>,
}

/// Lines shown.
const LINES: usize = 300;

/// `GET /versements/brouillons/{id}/relire`.
pub async fn show(
    person: Depositor,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(answer(&read(&person, &state, *id).await?))
}

/// The page again: something is to be put right first.
pub(super) async fn again(person: &Depositor, state: &State, id: Uuid) -> Result<HttpResponse, Problem> {
    Ok(answer_to_correct(&read(person, state, id).await?))
}

async fn read(person: &Depositor, state: &State, id: Uuid) -> Result<ReviewPage, Problem> {
    let review = describe::read(person, state, id).await?;
    let mut page = page(person, &review);
    if !review.is_ready() || !review.draft.is_open() {
        return Ok(page);
    }
    if review.draft.size_bytes() > TRIED_BYTES_MAX {
        page.trial = "Les fichiers seront contrôlés en entier à leur arrivée : ils sont trop volumineux pour l’être ici.";
        return Ok(page);
    }
    let Some(ready) = state.drafting.trial(&by(person), id).await? else { return Ok(page) };
    let tried = try_out(person, state, ready).await?;
    page.findings = findings::groups(&tried.findings);
    match tried.verdict {
        Verdict::Accept => page.trial = "Tout est en règle : ce versement serait pris en charge.",
        Verdict::Await | Verdict::Wait => {
            page.trial = "Tout est en règle : le service d’archives se prononcera après l’envoi.";
        }
        Verdict::Refuse => {
            page.can_send = false;
            page.trial = "";
        }
    }
    Ok(page)
}

async fn try_out(person: &Depositor, state: &State, ready: Ready) -> Result<ingest::Trial, Problem> {
    let from = depositor(person, &ready);
    Ok(state.ingest.try_out(&from, ready.package.stream()).await?)
}

/// Who deposits a draft.
pub(super) fn depositor(person: &Depositor, ready: &Ready) -> ingest::Depositor {
    ingest::Depositor {
        tenant: person.tenant,
        agent: Agent::Person(person.person_id, person.role()),
        channel: Channel::Portal,
        copy: ready.copy,
        announced_bytes: Some(ready.package.size_bytes()),
    }
}

fn page(person: &Depositor, review: &Review) -> ReviewPage {
    let here = address(review.draft.draft_id);
    let mends = |at: &At| match at {
        At::Field(place, field) => {
            let page = match place {
                Place::File(id) => {
                    review.draft.files.iter().position(|file| file.file_id == *id).unwrap_or(0)
                }
                Place::Unit(_) => 0,
            };
            format!("{here}/questions?page={}#{}", page / describe::DOCUMENTS + 1, id_of(place, field))
        }
        At::Files | At::Elsewhere => here.clone(),
    };
    let problems = review.problems.iter();
    ReviewPage {
        shell: shell(person, "Relire et envoyer"),
        trail: trail(),
        csrf: person.csrf_token.clone(),
        flow: review.flow.clone(),
        steps: steps(review.draft.draft_id, 2),
        problems: problems
            .map(|problem| Wrong { field: mends(&problem.at), sentence: problem.sentence.clone() })
            .collect(),
        findings: Vec::new(),
        can_send: review.is_ready() || !review.draft.is_open(),
        sending: !review.draft.is_open(),
        trial: "",
        title: review.tree.first().map(|line| line.title.clone()).unwrap_or_default(),
        facts: facts(review),
        lines: review.tree.iter().skip(1).take(LINES).map(|line| tree_line(review, line)).collect(),
        more: review.tree.len().saturating_sub(LINES + 1),
        as_before: review.draft.resumes.is_none() && review.suggestions.contains_key("titre"),
        here,
    }
}

fn facts(review: &Review) -> Vec<Fact> {
    let root = review.tree.first();
    let dates = root.and_then(|line| words::span(line.start.as_deref(), line.end.as_deref()));
    let opening = review.opening.map(|opening| match opening {
        Opening::Free => "Par tout le monde, tout de suite".to_owned(),
        Opening::From(day) => {
            format!("Par tout le monde, à partir du {}", words::lexical_date(&day.to_string()))
        }
        Opening::Unknown => "À préciser par le service d’archives".to_owned(),
        Opening::Never => "Par personne".to_owned(),
    });
    let files = format!(
        "{}, {}",
        words::count(review.draft.files.len() as u64, "fichier", "fichiers"),
        words::size(review.draft.size_bytes())
    );
    let said = |field: &str| review.draft.whole().values.get(field).cloned();
    let service = (review.sender != review.producer).then(|| review.producer.clone());
    [
        ("Ce qui est versé", Some(review.flow.clone())),
        ("De quoi il s’agit", root.and_then(|line| line.kind.clone())),
        ("Description", said("description")),
        ("Dates", dates),
        ("Fichiers", Some(files)),
        ("Ces documents sont", review.draft.copy.map(|copy| copy.label().to_owned())),
        ("Versé par", Some(review.sender.clone())),
        ("Produit par", service),
        ("Versé à", Some(review.archival_agency.clone())),
        ("Utile pendant", review.kept_for.clone()),
        ("Consultable", opening),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some(Fact::new(label, value?)))
    .collect()
}

fn tree_line(review: &Review, line: &Line) -> TreeLine {
    let file = line.file.and_then(|id| review.draft.file(id));
    TreeLine {
        depth: line.depth.min(6),
        title: line.title.clone(),
        kind: line.kind.clone(),
        dates: words::span(line.start.as_deref(), line.end.as_deref().or(line.start.as_deref())),
        icon: match file {
            Some(file) => words::media_icon(file.mime.as_deref().unwrap_or_default()),
            None => "folder",
        },
        file: file.map(|file| format!("{} ({})", file.name, words::size(file.bytes_received))),
    }
}
