//! Documents on paper: values become an accessible PDF, by a small layout of our own.
//!
//! PDF/A-2a and PDF/UA-1, which the writer enforces: tagged, in French, every table with its headers, every picture with its
//! words. Never asks the time, the disk or the network: the same report gives the same bytes. The texts it is given are data:
//! whatever they hold is shown or replaced, and never makes it fail.

pub mod csv;
mod draw;
mod flow;
mod font;
mod lines;
mod page;
pub mod qr;
mod table;
pub mod words;

use chrono::{DateTime, Utc};

pub use table::{Column, Fact, Table};

/// A document to be laid out.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who issues it, at the head of each page.
    pub issuer: String,
    /// Under the issuer.
    pub issuer_note: String,
    pub title: String,
    /// Its number, under the title and at the foot of each page.
    pub reference: String,
    /// One sentence for those who list documents.
    pub subject: String,
    /// Written in the document as its date.
    pub at: DateTime<Utc>,
    pub blocks: Vec<Block>,
    /// At the foot of each page, beside the reference and the page's number.
    pub foot: String,
}

/// What follows the title, in reading order.
#[derive(Clone, Debug)]
pub enum Block {
    Heading(String),
    /// A paragraph, larger than the others.
    Lead(String),
    Paragraph(String),
    Small(String),
    /// Names and values, in two columns.
    Facts(Vec<Fact>),
    /// A table, on as many pages as it needs.
    Table(Table),
    /// A sentence that must be seen, in the color of its tone.
    Notice(Tone, String),
    /// A QR code, with words beside it that end with its address.
    Code(Code),
}

/// How a notice is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Waiting,
    Bad,
}

/// An address as a QR code.
#[derive(Clone, Debug)]
pub struct Code {
    /// ASCII.
    pub address: String,
    /// What the picture is, for those who do not see it.
    pub alternative: String,
    pub heading: String,
    pub words: Vec<String>,
}

/// Why a report has no PDF.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The writer refused what it was given, under the standards it enforces.
    #[error("PDF refusé : {0}")]
    Pdf(String),
}

/// The document as PDF.
pub fn pdf(report: &Report) -> Result<Vec<u8>, Error> {
    draw::draw(report, &flow::lay_out(report))
}

/// How many pages it takes.
pub fn page_count(report: &Report) -> usize {
    flow::lay_out(report).pages.len()
}

#[cfg(test)]
mod tests;
