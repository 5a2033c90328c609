//! Transfers: the list, the deposit, one transfer with its findings and papers, the archivist's decision.

use askama::Template;

use super::shell::{At, Badge, Fact, FieldError, Link, Shell};

/// One transfer in a list.
pub struct TransferLine {
    pub address: String,
    pub title: String,
    pub state: Badge,
    pub received: At,
    pub sender: Option<String>,
    pub size: String,
    /// « 12 fichiers », once counted.
    pub files: Option<String>,
}

/// `GET /versements`.
#[derive(Template)]
#[template(path = "ingest/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub here: String,
    pub can_deposit: bool,
    pub lines: Vec<TransferLine>,
    /// Whether this is the first page.
    pub first: bool,
    pub next: Option<String>,
    pub moving: bool,
}

/// `GET /versements/nouveau`.
#[derive(Template)]
#[template(path = "ingest/deposit.html")]
pub struct DepositPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub size_max: String,
    pub errors: Vec<FieldError>,
}

/// A step of a transfer's way.
pub struct Step {
    pub label: &'static str,
    /// `done`, `now`, `later` or `failed`.
    pub progress: &'static str,
    pub icon: &'static str,
    pub at: Option<At>,
    /// Instead of the moment.
    pub words: &'static str,
}

/// Findings of one gravity.
pub struct FindingGroup {
    /// `error` or `warning`.
    pub id: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    pub count: String,
    pub findings: Vec<FindingView>,
}

/// Findings of one kind.
pub struct FindingView {
    pub code: &'static str,
    pub title: &'static str,
    pub remedy: &'static str,
    /// What is wrong, place by place; the first few.
    pub said: Vec<String>,
    pub more: usize,
    /// Lines and paths of these, for whoever writes the depositor's software.
    pub places: Vec<String>,
}

/// A document to download.
pub struct Paper {
    pub label: &'static str,
    pub address: String,
    pub words: String,
}

/// The archivist's two forms.
pub struct DecisionForm {
    pub csrf: String,
    pub reason: String,
    pub errors: Vec<FieldError>,
}

/// `GET /versements/{id}`.
#[derive(Template)]
#[template(path = "ingest/transfer.html")]
pub struct TransferPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub here: String,
    pub state: Badge,
    pub moving: bool,
    pub headline: &'static str,
    pub explanation: String,
    pub steps: Vec<Step>,
    pub archive: Option<Link>,
    pub can_retry: bool,
    pub decision: Option<DecisionForm>,
    pub findings: Vec<FindingGroup>,
    pub facts: Vec<Fact>,
    pub papers: Vec<Paper>,
}
