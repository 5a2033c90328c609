//! The list of archives, the search in their descriptions, and what the answers are, by producer, flow, year, format.
//!
//! Everything that is asked stands in the address, so that a search can be kept and sent; nothing needs script.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::facets::{self, Facet};
use crate::access::{Asked, Facets, Reader};
use crate::catalog::UnitLine;
use crate::catalog::question::marks::{Part, Why};
use crate::catalog::search::{Question, ROUND};
use crate::seda::opening::Opening;
use crate::web::callers::Searcher;
use crate::web::pages::ingest::list;
use crate::web::pages::shell::{Account, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, cursor, problems};

/// `GET /archives`.
#[derive(Template)]
#[template(path = "access/search.html")]
pub struct SearchPage {
    pub shell: Shell,
    pub question: String,
    /// What else is asked for, sent again with the words: name and value.
    pub kept: Vec<(&'static str, String)>,
    pub facets: Vec<Facet>,
    /// How many answers; nothing where none were asked for.
    pub count: Option<String>,
    pub lines: Vec<FoundLine>,
    pub next: Option<String>,
    /// Whether the register of entries opens for this person.
    pub register: bool,
    /// Members that this one has followed.
    pub follows: Vec<String>,
}

/// One unit found.
pub struct FoundLine {
    pub address: String,
    /// In pieces, what was asked for marked.
    pub title: Vec<Part>,
    /// Of its description, what was asked for that the title does not say.
    pub extract: Vec<Part>,
    pub icon: &'static str,
    pub level: Option<String>,
    /// Cote, dates: what there is, joined.
    pub details: String,
    /// Why the public may not read it today.
    pub closed: Option<String>,
}

/// Lines of a page.
const LINES: u32 = 25;
/// Characters of a question.
const QUESTION_CHARS_MAX: usize = 200;

/// What is asked for, and where the page begins.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Searched {
    #[serde(default)]
    pub q: String,
    /// The producing service.
    pub service: Option<String>,
    /// The agreement.
    pub flux: Option<String>,
    pub annee: Option<i32>,
    /// `oui`, `non`.
    pub communicable: Option<String>,
    pub format: Option<String>,
    pub apres: Option<String>,
}

impl Searched {
    fn read(mut self) -> Self {
        self.q = self.q.trim().chars().filter(|c| *c != '\0').take(QUESTION_CHARS_MAX).collect();
        let said = |value: &Option<String>| {
            value.as_ref().is_some_and(|value| value.len() <= 200 && !value.contains('\0'))
        };
        self.service = self.service.filter(|value| said(&Some(value.clone())));
        self.flux = self.flux.filter(|value| said(&Some(value.clone())));
        self.format = self.format.filter(|value| said(&Some(value.clone())));
        self.communicable = self.communicable.filter(|value| ["oui", "non"].contains(&value.as_str()));
        self
    }

    fn asked(&self) -> Asked {
        Asked {
            question: Question {
                text: (!self.q.is_empty()).then(|| self.q.clone()),
                agreement: self.flux.clone(),
                producer: self.service.clone(),
                year: self.annee,
                ..Question::default()
            },
            open: self.communicable.as_deref().map(|said| said == "oui"),
            format: self
                .format
                .as_deref()
                .map(|puid| if puid == facets::UNKNOWN { "" } else { puid }.to_owned()),
        }
    }

    /// What is asked beside the words.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let kept = [
            ("service", self.service.clone()),
            ("flux", self.flux.clone()),
            ("annee", self.annee.map(|year| year.to_string())),
            ("communicable", self.communicable.clone()),
            ("format", self.format.clone()),
        ];
        kept.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The address of this search.
    pub fn address(&self) -> String {
        let mut said = self.kept();
        if !self.q.is_empty() {
            said.insert(0, ("q", self.q.clone()));
        }
        let said: Vec<String> =
            said.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if said.is_empty() { "/archives".into() } else { format!("/archives?{}", said.join("&")) }
    }
}

fn encoded(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// `GET /archives`.
pub async fn show(
    person: Searcher,
    asked: web::Query<Searched>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let asked = asked.into_inner().read();
    let after = asked.apres.as_deref().and_then(cursor::read::<cursor::UnitPlace>).map(Into::into);
    let (wanted, is_browsing) = (asked.asked(), asked.q.is_empty() && asked.kept().is_empty());
    let mut found = state.access.find(&reader, &wanted, after.filter(|_| !is_browsing), LINES).await?;
    if is_browsing {
        // Without words, the tops of the archives; with some, units of every level.
        let tops = Question { roots_only: true, ..Question::default() };
        found.page = state.access.search(&reader, &tops, after, LINES).await?;
        found.openings.clear();
    }
    let mut tx = state.db.read(person.tenant).await?;
    let names = list::names(&mut tx).await?;
    drop(tx);
    let next = found.page.next.map(|place| {
        let address = asked.address();
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}apres={}", cursor::write(&cursor::UnitPlace::from(place)))
    });
    let openings = found.openings.iter().copied().map(Some).chain(std::iter::repeat(None));
    let is_open = |opening: &Opening| opening.is_open_on(state.clock.today());
    Ok(answer(&SearchPage {
        shell: Shell {
            title: if asked.q.is_empty() {
                "Archives".into()
            } else {
                format!("Recherche « {} »", asked.q)
            },
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: true,
        },
        lines: found
            .page
            .units
            .iter()
            .zip(openings)
            .zip(found.why.into_iter().map(Some).chain(std::iter::repeat(None)))
            .map(|((unit, opening), why)| line(unit, opening.filter(|opening| !is_open(opening)), why))
            .collect(),
        facets: facets::shown(&found.facets, &asked, &names),
        count: (!is_browsing && after.is_none()).then(|| count(&found.facets)),
        kept: asked.kept(),
        question: asked.q,
        next,
        register: Who::RegisterReader.admits(&person.roles),
        follows: person.follows.clone(),
    }))
}

/// How many answers there are; of those that were not counted to the end, that there are more.
fn count(facets: &Facets) -> String {
    match facets.total {
        ROUND.. if facets.is_cut => format!("plus de {} réponses", ROUND - 1),
        0 if facets.is_cut => "réponses à chercher plus loin".into(),
        total if facets.is_cut => format!("au moins {}", words::count(total as u64, "réponse", "réponses")),
        0 => "aucune réponse".into(),
        total => words::count(total as u64, "réponse", "réponses"),
    }
}

fn line(unit: &UnitLine, closed: Option<Opening>, why: Option<Why>) -> FoundLine {
    let bare = || Why { title: vec![Part { text: unit.title.clone(), marked: false }], extract: None };
    let why = why.unwrap_or_else(bare);
    let dates = words::span(unit.start_date.as_deref(), unit.end_date.as_deref());
    FoundLine {
        address: super::unit::address(unit.unit_id),
        title: why.title,
        extract: why.extract.unwrap_or_default(),
        icon: words::level_icon(unit.description_level.as_deref(), unit.has_children),
        level: unit.description_level.as_deref().map(|level| words::level(level).to_owned()),
        details: [Some(unit.cote.clone()), dates].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        closed: closed.and_then(|opening| match opening {
            Opening::From(day) => {
                Some(format!("Communicable à compter du {}", words::lexical_date(&day.to_string())))
            }
            Opening::Never => Some("Jamais communicable".into()),
            Opening::Unknown | Opening::Free => None,
        }),
    }
}
