//! The annual report on paper. Pure: the same facts give the same bytes.

use chrono::{DateTime, Utc};

use super::Facts;
use super::told::{Section, UNKNOWN, sections};
use crate::report::{self, Block, Column, Fact, Report};

/// Lines that a cell may take.
const LINES_MAX: usize = 3;

/// The report as PDF.
///
/// # Errors
/// When the writer refuses it.
pub fn pdf(facts: &Facts, at: DateTime<Utc>) -> Result<Vec<u8>, report::Error> {
    let lead = format!(
        "Ce que le service d’archivage mutualisé a reçu, conservé, contrôlé et coûté en {}, tiré de ses propres registres.",
        facts.year
    );
    let mut blocks = vec![Block::Lead(lead)];
    blocks.extend(sections(facts).into_iter().flat_map(section));
    blocks.push(Block::Heading("Ce que le service ne peut pas encore dire".into()));
    let unknown = UNKNOWN.iter().map(|(name, why)| Fact { name: (*name).into(), value: (*why).into() });
    blocks.push(Block::Facts(unknown.collect()));
    report::pdf(&Report {
        issuer: "Service d’archivage électronique mutualisé".into(),
        issuer_note: String::new(),
        title: "Rapport annuel de la convention".into(),
        reference: format!("Année {}", facts.year),
        subject: format!("Rapport annuel de la convention de mutualisation, {}", facts.year),
        at,
        blocks,
        foot: "Code du patrimoine, article R212-18-1.".into(),
    })
}

fn section(of: Section) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(of.title.into())];
    if !of.facts.is_empty() {
        let fact = |(name, value): (&str, String)| Fact { name: name.into(), value };
        blocks.push(Block::Facts(of.facts.into_iter().map(fact).collect()));
    }
    match of.table {
        Some(table) if table.rows.is_empty() => blocks.push(Block::Paragraph("Aucun.".into())),
        Some(table) => {
            let column = |(at, name): (usize, &str)| Column {
                name: name.into(),
                share: if at == 0 { 3.0 } else { 1.2 },
            };
            blocks.push(Block::Table(report::Table {
                caption: table.caption.into(),
                columns: table.heads.into_iter().enumerate().map(column).collect(),
                rows: table.rows,
                lines_max: LINES_MAX,
            }));
        }
        None => {}
    }
    blocks
}
