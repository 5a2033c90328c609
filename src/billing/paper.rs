//! A statement on paper: one page that says what is owed and by what, then its lines.
//!
//! Pure: the same statement gives the same bytes.

use chrono::{DateTime, Utc};

use super::snapshot::{Content, Stated};
use crate::report::words::{count, euros, number};
use crate::report::{self, Block, Column, Fact, Report, Table, Tone};

/// Lines that a cell may take.
const LINES_MAX: usize = 3;

/// The statement as PDF. `replaced_by`: the version that took its place.
///
/// # Errors
/// When the writer refuses it.
pub fn pdf(
    content: &Content,
    at: DateTime<Utc>,
    sha512: &str,
    replaced_by: Option<u32>,
) -> Result<Vec<u8>, report::Error> {
    report::pdf(&lay(content, at, sha512, replaced_by))
}

fn lay(content: &Content, at: DateTime<Utc>, sha512: &str, replaced_by: Option<u32>) -> Report {
    let of = &content.of;
    let mut blocks = vec![Block::Lead(format!(
        "Pour l’exercice {}, la part de {} est de {}, sur {} pour toutes les collectivités.",
        content.year,
        of.name,
        euros(of.share_cents),
        euros(content.total_cents)
    ))];
    if let Some(version) = replaced_by {
        let sentence = format!(
            "Cet état ne vaut plus : l’état {}-{}-{version} le remplace.",
            content.year, content.member
        );
        blocks.push(Block::Notice(Tone::Waiting, sentence));
    }
    blocks.push(Block::Facts(facts(content)));
    blocks.push(Block::Heading("Le calcul, ligne par ligne".into()));
    blocks.push(Block::Paragraph(
        "Chaque part est le montant × le poids de la collectivité ÷ le poids de toutes, au centime : ce qui manque va aux plus \
         forts restes."
            .into(),
    ));
    blocks.push(Block::Table(table(content)));
    blocks.push(Block::Small(format!("Empreinte de l’état (SHA-512), portée au journal : {sha512}")));
    Report {
        issuer: "Service d’archivage électronique mutualisé".into(),
        issuer_note: String::new(),
        title: "État liquidatif".into(),
        reference: format!("N° {}", content.number),
        subject: format!("État liquidatif n° {}, {}", content.number, of.name),
        at,
        blocks,
        foot: "La répartition de toutes les collectivités permet à chacun de refaire ce calcul.".into(),
    }
}

fn facts(content: &Content) -> Vec<Fact> {
    let of = &content.of;
    let fact = |name: &str, value: String| Fact { name: name.into(), value };
    let figure = content.population.map_or_else(String::new, |of| format!(" ({})", of.words()));
    let mut facts = vec![
        fact("Collectivité", format!("{} ({})", of.name, content.member)),
        fact("SIREN", of.siren.clone()),
        fact("Jours d’adhésion", of.days.to_string()),
        fact(
            "Population",
            format!("{} habitants{}, comptés à {} %", number(of.population), figure, of.coeff_pct),
        ),
        fact("Conservé", format!("{} octets-jours", number(of.stock_octets_jours))),
        fact("Versé", format!("{} octets", number(of.depot_octets))),
        fact("Flux actifs", count(of.flux_mois, "mois de flux", "mois de flux")),
        fact("Part", euros(of.share_cents)),
    ];
    if of.borne_cents != of.share_cents {
        facts.push(fact("Supporté, bornes appliquées", euros(of.borne_cents)));
    }
    if let Some(price) = of.price_cents {
        facts.push(fact("Prix du barème", euros(price)));
        facts.push(fact("Écart du barème avec la part", euros(price - of.borne_cents)));
    }
    for (name, cents) in [
        ("Frais", content.fees_cents),
        ("Donné en nature", content.in_kind_cents),
        ("Acomptes versés", content.advances_cents),
    ] {
        if cents != 0 {
            facts.push(fact(name, euros(cents)));
        }
    }
    let left = if of.owed_cents < 0 { "À rembourser" } else { "Reste dû" };
    facts.push(fact(left, euros(of.owed_cents.saturating_abs())));
    facts
}

fn table(content: &Content) -> Table {
    let column = |name: &str, share: f32| Column { name: name.into(), share };
    let row = |line: &Stated| {
        vec![
            format!("{} — {}", line.item, line.label),
            line.key.clone(),
            euros(line.amount_cents),
            number(line.weight),
            number(line.weight_of_all),
            euros(line.share_cents),
        ]
    };
    let mut rows: Vec<Vec<String>> = content.lines.iter().map(row).collect();
    let mut total = vec!["Total".to_owned(), String::new(), euros(content.total_cents)];
    total.extend([String::new(), String::new(), euros(content.of.share_cents)]);
    rows.push(total);
    Table {
        caption: "Les lignes de l’état : montant partagé, poids, part".into(),
        columns: vec![
            column("Poste", 3.0),
            column("Clé", 1.4),
            column("Montant", 1.6),
            column("Poids", 1.9),
            column("Poids de toutes", 2.1),
            column("Part", 1.5),
        ],
        rows,
        lines_max: LINES_MAX,
    }
}
