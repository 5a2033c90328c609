//! The list of archives, and the search in their descriptions.

use askama::Template;

use crate::web::pages::shell::Shell;

/// `GET /archives`.
#[derive(Template)]
#[template(path = "access/search.html")]
pub struct SearchPage {
    pub shell: Shell,
    pub question: String,
    pub lines: Vec<UnitLine>,
    pub next: Option<String>,
}

/// One unit found.
pub struct UnitLine {
    pub address: String,
    pub title: String,
    pub icon: &'static str,
    pub level: Option<String>,
    /// Cote, dates, producer: what there is, joined.
    pub details: String,
}
