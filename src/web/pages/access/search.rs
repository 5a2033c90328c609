//! The list of archives, and the search in their descriptions.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::Reader;
use crate::catalog::UnitLine;
use crate::catalog::search::Question;
use crate::web::callers::Searcher;
use crate::web::pages::shell::{Account, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, Who, cursor, problems};

/// `GET /archives`.
#[derive(Template)]
#[template(path = "access/search.html")]
pub struct SearchPage {
    pub shell: Shell,
    pub question: String,
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
    pub title: String,
    pub icon: &'static str,
    pub level: Option<String>,
    /// Cote, dates: what there is, joined.
    pub details: String,
}

/// Lines of a page.
const LINES: u32 = 25;
/// Characters of a question.
const QUESTION_CHARS_MAX: usize = 200;

/// What is asked for, and where the page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    q: String,
    apres: Option<String>,
}

/// `GET /archives`.
pub async fn show(
    person: Searcher,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let words: String = asked.q.trim().chars().take(QUESTION_CHARS_MAX).collect();
    // Without words, the tops of the archives; with some, units of every level.
    let question = Question {
        text: (!words.is_empty()).then(|| words.clone()),
        roots_only: words.is_empty(),
        ..Question::default()
    };
    let after = asked.apres.as_deref().and_then(cursor::read::<cursor::UnitPlace>).map(Into::into);
    let page = state.access.search(&reader, &question, after, LINES).await?;
    let next = page.next.map(|place| {
        let words = percent_encoding::utf8_percent_encode(&words, percent_encoding::NON_ALPHANUMERIC);
        format!("/archives?q={words}&apres={}", cursor::write(&cursor::UnitPlace::from(place)))
    });
    Ok(answer(&SearchPage {
        shell: Shell {
            title: if words.is_empty() { "Archives".into() } else { format!("Recherche « {words} »") },
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: true,
        },
        lines: page.units.iter().map(line).collect(),
        question: words,
        next,
        register: Who::RegisterReader.admits(&person.roles),
        follows: person.follows.clone(),
    }))
}

fn line(unit: &UnitLine) -> FoundLine {
    let dates = words::span(unit.start_date.as_deref(), unit.end_date.as_deref());
    FoundLine {
        address: super::unit::address(unit.unit_id),
        title: unit.title.clone(),
        icon: words::level_icon(unit.description_level.as_deref(), unit.has_children),
        level: unit.description_level.as_deref().map(|level| words::level(level).to_owned()),
        details: [Some(unit.cote.clone()), dates].into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}
