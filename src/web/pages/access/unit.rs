//! One unit: what it is, the units below it, its files.

use askama::Template;

use crate::web::pages::shell::{Fact, Link, Shell};

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
