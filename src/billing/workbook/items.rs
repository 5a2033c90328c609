//! The sheet *Postes*: each item split between its keys, a row a key.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::worked::{Worked, worked};
use super::{Snapshot, Styles, formula, head, number};
use crate::billing::snapshot::{self, Item, Part};

/// A row of the sheet: a part of an item, and its line of the closing.
pub(super) struct Line<'a> {
    pub item: &'a Item,
    pub part: &'a Part,
    pub line: &'a snapshot::Line,
    /// Rows of its item, as formulas name them.
    rows: (usize, usize),
    worked: Worked,
}

/// The column of the amount that *Calcul* shares.
pub(super) const AMOUNT: &str = "L";

const HEAD: [(&str, f64); 12] = [
    ("Ligne", 7.0),
    ("Poste", 10.0),
    ("Libellé", 36.0),
    ("Catégorie", 16.0),
    ("Montant du poste (centimes)", 16.0),
    ("Part de la clé (points de base)", 12.0),
    ("Clé", 16.0),
    ("Exact", 18.0),
    ("Plancher", 14.0),
    ("Reste", 12.0),
    ("Rang", 8.0),
    ("Montant (centimes)", 16.0),
];

/// The parts of every item, in order, each with its line: an item names a key once.
pub(super) fn lines(kept: &Snapshot) -> Vec<Line<'_>> {
    let mut found: Vec<Line> = Vec::new();
    for item in &kept.items {
        let parts: Vec<f64> = item.parts.iter().map(|part| part.bp as f64).collect();
        let first = found.len() + 2;
        let rows = (first, first + parts.len() - 1);
        let all = worked(item.amount_cents as f64, &parts, false);
        for (part, worked) in item.parts.iter().zip(all) {
            let is_its = |line: &&snapshot::Line| line.item == item.id && line.key == part.key;
            if let Some(line) = kept.lines.iter().find(is_its) {
                found.push(Line { item, part, line, rows, worked });
            }
        }
    }
    found
}

pub(super) fn write(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    lines: &[Line],
    styles: &Styles,
) -> Result<(), XlsxError> {
    head(sheet, 0, &HEAD, styles)?;
    for (row, line) in (1_u32..).zip(lines) {
        let (at, item, of) = (row + 1, line.item, line.worked);
        number(sheet, (row, 0), row.into(), &styles.whole)?;
        for (column, text) in [(1, &item.id), (2, &item.label), (3, &item.category), (6, &line.part.key)] {
            sheet.write_string(row, column, text)?;
        }
        number(sheet, (row, 4), item.amount_cents as f64, &styles.whole)?;
        number(sheet, (row, 5), line.part.bp as f64, &styles.whole)?;
        let (first, last) = line.rows;
        let rests = format!("J${first}:J${last}");
        formula(sheet, (row, 7), &format!("=ABS(E{at})*F{at}/10000"), of.exact, &styles.exact)?;
        formula(sheet, (row, 8), &format!("=INT(H{at})"), of.floor, &styles.whole)?;
        formula(sheet, (row, 9), &format!("=ROUND(H{at}-I{at},7)"), of.rest, &styles.exact)?;
        let rank = format!("=SUMPRODUCT(({rests}>J{at})+({rests}=J{at})*(ROW({rests})<ROW(J{at})))");
        formula(sheet, (row, 10), &rank, of.rank as f64, &styles.whole)?;
        let amount = format!("=SIGN(E{at})*(I{at}+IF(K{at}<ABS(E{at})-SUM(I${first}:I${last}),1,0))");
        formula(sheet, (row, 11), &amount, line.line.amount_cents as f64, &styles.whole)?;
    }
    let (row, last) = (lines.len() as u32 + 1, lines.len() + 1);
    sheet.write_with_format(row, 2, "Total", &styles.head)?;
    formula(sheet, (row, 11), &format!("=SUM(L2:L{last})"), kept.total_cents as f64, &styles.whole)
}
