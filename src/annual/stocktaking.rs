//! The récolement: what a member holds at the end of a day, by agreement and year, and where its copies stand; on paper, to be signed.
//!
//! Pure. The one thing to know: archives and copies are counted apart; a copy that is missing is a difference that is told.

use chrono::{DateTime, NaiveDate, Utc};

use crate::catalog::stocktaking_queries::{Held, OnSite};
use crate::report::words::{count, day_words, number, size};
use crate::report::{self, Block, Column, Fact, Report, Table, Tone};

/// A récolement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stocktaking {
    pub name: String,
    pub siren: String,
    pub day: NaiveDate,
    /// Who asks reaches all of the member.
    pub is_whole: bool,
    pub held: Vec<Held>,
    pub sites: Vec<OnSite>,
}

impl Stocktaking {
    /// Archives, files, bytes.
    pub fn totals(&self) -> [u64; 3] {
        let sum = |of: fn(&Held) -> i64| self.held.iter().map(|held| of(held).unsigned_abs()).sum();
        [sum(|of| of.archives), sum(|of| of.objects), sum(|of| of.bytes)]
    }

    /// Sites that lack copies, with how many; and those that have wrong ones.
    pub fn gaps(&self) -> Vec<String> {
        let [archives, ..] = self.totals();
        let gap = |site: &OnSite| {
            let missing = archives.saturating_sub(site.copies.unsigned_abs());
            let missing = (missing > 0)
                .then(|| format!("{} : {} sans copie.", site.site, count(missing, "archive", "archives")));
            let wrong = site.wrong.unsigned_abs();
            let wrong = (wrong > 0)
                .then(|| format!("{} : {} à réparer.", site.site, count(wrong, "copie", "copies")));
            missing.into_iter().chain(wrong)
        };
        let mut gaps: Vec<String> = self.sites.iter().flat_map(gap).collect();
        if archives > 0 && self.sites.is_empty() {
            gaps.push("Aucune copie n’est connue.".into());
        }
        gaps
    }

    /// On paper.
    ///
    /// # Errors
    /// When the writer refuses it.
    pub fn pdf(&self, at: DateTime<Utc>) -> Result<Vec<u8>, report::Error> {
        let [archives, objects, bytes] = self.totals();
        let day = words(self.day);
        let mut blocks = vec![Block::Lead(format!(
            "Au {day}, {} conserve {}, {}, {}.",
            self.name,
            count(archives, "archive", "archives"),
            count(objects, "fichier", "fichiers"),
            size(bytes)
        ))];
        let gaps = self.gaps();
        match gaps.is_empty() {
            true => blocks
                .push(Block::Notice(Tone::Good, "Chaque archive a sa copie sur chacun de ses sites.".into())),
            false => blocks.push(Block::Notice(Tone::Bad, gaps.join(" "))),
        }
        if !self.is_whole {
            blocks.push(Block::Notice(
                Tone::Waiting,
                "Ce récolement ne porte que sur ce que vos droits atteignent.".into(),
            ));
        }
        blocks.extend([
            Block::Heading("Par accord de versement et par année".into()),
            Block::Table(self.by_agreement()),
            Block::Heading("Par site".into()),
            Block::Table(self.by_site()),
            Block::Heading("Signatures".into()),
            Block::Facts(
                ["Le sortant, ou le responsable des archives", "L’entrant, ou l’autorité"]
                    .map(signature)
                    .into(),
            ),
        ]);
        report::pdf(&Report {
            issuer: "Service d’archivage électronique mutualisé".into(),
            issuer_note: String::new(),
            title: "Procès-verbal de récolement".into(),
            reference: format!("{} (SIREN {}), au {day}", self.name, self.siren),
            subject: format!("Récolement des archives de {}, au {day}", self.name),
            at,
            blocks,
            foot: "Établi d’après le registre des entrées et les copies, à chaque changement d’exécutif et sur demande.".into(),
        })
    }

    fn by_agreement(&self) -> Table {
        let row = |of: &Held| {
            let number = |value: i64| number(value.unsigned_abs());
            vec![
                of.name.clone(),
                of.year.to_string(),
                number(of.archives),
                number(of.objects),
                size(of.bytes.unsigned_abs()),
            ]
        };
        let mut rows: Vec<Vec<String>> = self.held.iter().map(row).collect();
        let [archives, objects, bytes] = self.totals();
        rows.push(vec!["Total".into(), String::new(), number(archives), number(objects), size(bytes)]);
        table(
            "Ce qui est conservé",
            &[("Accord", 3.0), ("Année", 0.8), ("Archives", 1.0), ("Fichiers", 1.0), ("Volume", 1.0)],
            rows,
        )
    }

    fn by_site(&self) -> Table {
        let row = |of: &OnSite| {
            vec![
                of.site.clone(),
                number(of.copies.unsigned_abs()),
                size(of.bytes.unsigned_abs()),
                words(crate::clock::day_of(of.verified_from)),
                number(of.wrong.unsigned_abs()),
            ]
        };
        let columns =
            [("Site", 1.4), ("Copies", 1.0), ("Volume", 1.0), ("Relues depuis le", 1.6), ("À réparer", 1.0)];
        table("Les copies, site par site", &columns, self.sites.iter().map(row).collect())
    }
}

fn signature(name: &str) -> Fact {
    Fact {
        name: name.into(), value: "Nom, date, signature : ………………………………………………………………".into()
    }
}

fn table(caption: &str, columns: &[(&str, f32)], rows: Vec<Vec<String>>) -> Table {
    let column = |(name, share): &(&str, f32)| Column { name: (*name).into(), share: *share };
    Table { caption: caption.into(), columns: columns.iter().map(column).collect(), rows, lines_max: 2 }
}

fn words(day: NaiveDate) -> String {
    use chrono::Datelike;
    day_words(day.day(), day.month(), day.year())
}
