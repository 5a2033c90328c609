//! What every page shares: its frame, with the member and the person shown, and the small components.
//!
//! Never asks who is calling: handlers give it the account. A page without an account is one seen before
//! log-in.

use actix_web::HttpResponse;
use actix_web::http::header;
use askama::Template;

use super::typography::spaced;
use super::words::Moment;
use crate::identity::PersonCaller;
use crate::web::Who;

/// The frame of a page.
pub struct Shell {
    /// First words of the window's title, unique in the portal.
    pub title: String,
    pub account: Option<Account>,
    /// The entry of the menu this page stands under.
    pub section: Section,
    /// Whether it is that entry's own page.
    pub top: bool,
}

/// Who is logged in, and for which member.
#[derive(Clone)]
pub struct Account {
    pub member: String,
    /// The person serves other members too.
    pub may_change: bool,
    pub person: String,
    /// In words, joined by commas.
    pub roles: String,
    pub csrf: String,
    pub menu: Vec<Section>,
}

impl Account {
    /// The account of a person acting for a member.
    pub fn of(caller: &PersonCaller) -> Self {
        let roles: Vec<&str> = caller.roles.iter().map(|role| role.label()).collect();
        let mut menu = vec![Section::Desk];
        if Who::TransferReader.admits(&caller.roles) {
            menu.push(Section::Transfers);
        }
        if Who::Searcher.admits(&caller.roles) {
            menu.push(Section::Archives);
        }
        if Who::IntegrityReader.admits(&caller.roles) {
            menu.push(Section::Integrity);
        }
        if Who::ProfileReader.admits(&caller.roles) {
            menu.push(Section::Profiles);
        }
        if Who::FormatReader.admits(&caller.roles) {
            menu.push(Section::Formats);
        }
        if Who::PeopleKeeper.admits(&caller.roles) {
            menu.push(Section::People);
        }
        if Who::UsageReader.admits(&caller.roles) {
            menu.push(Section::Usage);
        }
        if Who::Pilot.admits(&caller.roles) {
            menu.push(Section::Pilot);
        }
        if Who::Operator.admits(&caller.roles) {
            menu.push(Section::Operations);
        }
        Self {
            member: caller.member_name.clone(),
            may_change: caller.serves_several,
            person: caller.display_name.clone(),
            roles: roles.join(", "),
            csrf: caller.csrf_token.clone(),
            menu,
        }
    }
}

/// Entries of the main menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Desk,
    Transfers,
    Archives,
    Integrity,
    Profiles,
    Formats,
    People,
    Usage,
    Pilot,
    Operations,
    /// Pages that no entry leads to.
    None,
}

impl Section {
    /// Where the entry leads.
    pub fn address(&self) -> &'static str {
        match self {
            Section::Desk | Section::None => "/",
            Section::Transfers => "/versements",
            Section::Archives => "/archives",
            Section::Integrity => "/integrite",
            Section::Profiles => "/profils",
            Section::Formats => "/formats",
            Section::People => "/personnes",
            Section::Usage => "/consommation",
            Section::Pilot => "/pilotage",
            Section::Operations => "/exploitation",
        }
    }

    /// The entry's words.
    pub fn label(&self) -> &'static str {
        match self {
            Section::Desk | Section::None => "Accueil",
            Section::Transfers => "Versements",
            Section::Archives => "Archives",
            Section::Integrity => "Intégrité",
            Section::Profiles => "Profils",
            Section::Formats => "Formats",
            Section::People => "Personnes",
            Section::Usage => "Consommation",
            Section::Pilot => "Pilotage",
            Section::Operations => "Exploitation",
        }
    }
}

/// A link with its words.
#[derive(Clone)]
pub struct Link {
    pub label: String,
    pub address: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, address: impl Into<String>) -> Self {
        Self { label: label.into(), address: address.into() }
    }
}

/// One line of a definition list.
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Takes the whole width: long text.
    pub whole: bool,
}

impl Fact {
    /// A short fact.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), whole: false }
    }
}

/// A state: words, colour, picture.
#[derive(Clone, Copy)]
pub struct Badge {
    pub label: &'static str,
    /// `moving`, `waiting`, `kept` or `refused`.
    pub tone: &'static str,
    pub icon: &'static str,
}

/// Something to correct in a form: the field's `id` and a sentence.
pub struct FieldError {
    pub field: &'static str,
    pub sentence: String,
}

/// A moment as machines and people read it.
pub type At = Moment;

/// The text of a page; a template writes into memory and cannot fail there.
pub fn render(page: &impl Template) -> String {
    spaced(&page.render().unwrap_or_default())
}

/// The answer that shows a page.
pub fn answer(page: &impl Template) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(render(page))
}

/// The answer that shows a page again, with what is to be corrected.
pub fn answer_to_correct(page: &impl Template) -> HttpResponse {
    HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(render(page))
}

/// The answer after an act: the page to read next.
pub fn go_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}
