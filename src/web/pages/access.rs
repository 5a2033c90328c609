//! Archives: search, a unit with its tree and files, a file with its preview.

use askama::Template;

use super::shell::{Fact, Link, Shell};

/// One unit found.
pub struct UnitLine {
    pub address: String,
    pub title: String,
    pub icon: &'static str,
    pub level: Option<String>,
    /// Cote, dates, producer: what there is, joined.
    pub details: String,
}

/// `GET /archives`.
#[derive(Template)]
#[template(path = "access/search.html")]
pub struct SearchPage {
    pub shell: Shell,
    pub question: String,
    pub lines: Vec<UnitLine>,
    pub next: Option<String>,
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
    pub address: String,
    pub download: String,
    pub name: String,
    pub icon: &'static str,
    pub details: String,
}

/// `GET /archives/unites/{id}`.
#[derive(Template)]
#[template(path = "access/unit.html")]
pub struct UnitPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub here: String,
    pub level: Option<String>,
    pub facts: Vec<Fact>,
    pub children: Vec<TreeLine>,
    /// Whether this is the first page of children.
    pub first: bool,
    pub next: Option<String>,
    pub objects: Vec<ObjectLine>,
}

/// What can be shown of a file.
pub enum Preview {
    Pdf(String),
    Image(String),
    Text { text: String, cut: bool },
    /// Nothing, and why.
    None(&'static str),
}

/// `GET /archives/objets/{id}`.
#[derive(Template)]
#[template(path = "access/object.html")]
pub struct ObjectPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub download: String,
    pub size: String,
    pub preview: Preview,
    pub facts: Vec<Fact>,
    pub digest: String,
}
