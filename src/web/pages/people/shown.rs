//! What the pages of people show.

use askama::Template;

use crate::membership::accounts::{GIVEN, Known};
use crate::model::{Holding, PersonId};
use crate::web::pages::shell::{Account, FieldError, Link as PageLink, Section, Shell};
use crate::web::pages::words;

/// `GET /personnes`.
#[derive(Template)]
#[template(path = "people/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub trail: Vec<PageLink>,
    pub lines: Vec<Line>,
}

/// Somebody.
pub struct Line {
    pub address: String,
    pub name: String,
    pub login: String,
    pub roles: Vec<String>,
    pub second_factor: bool,
    pub is_closed: bool,
}

/// `GET /personnes/{id}`.
#[derive(Template)]
#[template(path = "people/person.html")]
pub struct PersonPage {
    pub shell: Shell,
    pub trail: Vec<PageLink>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// A link to be handed over, told this once.
    pub link: Option<String>,
    pub name: String,
    pub login: String,
    pub email: Option<String>,
    pub second_factor: Option<String>,
    pub address: String,
    pub held: Vec<Held>,
    pub choices: Choices,
    pub errors: Vec<FieldError>,
}

/// A role held.
pub struct Held {
    pub word: &'static str,
    pub label: &'static str,
    pub scope: String,
    /// It is the administrator's to take.
    pub can_take: bool,
}

/// `GET /personnes/nouvelle`.
#[derive(Template)]
#[template(path = "people/invite.html")]
pub struct InvitePage {
    pub shell: Shell,
    pub trail: Vec<PageLink>,
    pub csrf: String,
    pub name: String,
    pub login: String,
    pub email: String,
    pub choices: Choices,
    pub errors: Vec<FieldError>,
}

/// What may be given: value, words, whether it is chosen.
#[derive(Default)]
pub struct Choices {
    pub roles: Vec<(String, String, bool)>,
    pub agreements: Vec<(String, String, bool)>,
    pub producers: Vec<(String, String, bool)>,
}

/// The list.
pub fn list_page(account: Account, people: &[Known]) -> ListPage {
    let lines = people.iter().map(|known| Line {
        address: address(known.person_id),
        name: known.name.clone(),
        login: known.login.clone(),
        roles: known.holdings.iter().map(|held| words::sentence(held.role.label())).collect(),
        second_factor: known.factor_since.is_some(),
        is_closed: known.is_closed,
    });
    ListPage { shell: shell("Personnes", account, true), trail: Vec::new(), lines: lines.collect() }
}

/// Somebody's page.
pub fn page(account: Account, known: &Known, choices: Choices) -> PersonPage {
    let csrf = account.csrf.clone();
    PersonPage {
        shell: shell(&known.name, account, false),
        trail: vec![PageLink::new("Personnes", "/personnes")],
        csrf,
        notice: None,
        link: None,
        name: known.name.clone(),
        login: known.login.clone(),
        email: known.email.clone(),
        second_factor: known.factor_since.map(|since| words::moment(since).words),
        address: address(known.person_id),
        held: known.holdings.iter().map(held).collect(),
        choices,
        errors: Vec::new(),
    }
}

fn held(holding: &Holding) -> Held {
    let of = |what: &str, list: &Option<Vec<String>>| {
        list.as_ref().map(|list| format!("{what} : {}", list.join(", ")))
    };
    let scope: Vec<String> =
        of("accords", &holding.agreements).into_iter().chain(of("services", &holding.producers)).collect();
    Held {
        word: holding.role.word(),
        label: holding.role.label(),
        scope: if scope.is_empty() { "pour toute la collectivité".into() } else { scope.join(" ; ") },
        can_take: GIVEN.contains(&holding.role),
    }
}

pub(super) fn address(person: PersonId) -> String {
    format!("/personnes/{person}")
}

pub(super) fn shell(title: &str, account: Account, top: bool) -> Shell {
    Shell { title: title.to_owned(), account: Some(account), section: Section::People, top }
}
