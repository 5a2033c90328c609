//! The sheet *Calcul*: each line shared between the members, a row a line and member.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::items::{AMOUNT, Line};
use super::members;
use super::worked::worked;
use super::{Snapshot, Styles, formula, head, number};

const HEAD: [(&str, f64); 13] = [
    ("Ligne", 7.0),
    ("N° de membre", 8.0),
    ("Poste", 10.0),
    ("Clé", 16.0),
    ("Membre", 12.0),
    ("Montant (centimes)", 16.0),
    ("Poids", 20.0),
    ("Poids de toutes", 20.0),
    ("Part exacte (centimes)", 20.0),
    ("Plancher", 14.0),
    ("Reste", 12.0),
    ("Rang", 8.0),
    ("Part (centimes)", 14.0),
];

/// The columns of a line's number, of a member's, of a weight, of a share.
pub(super) const LINE: &str = "A";
pub(super) const MEMBER: &str = "B";
pub(super) const WEIGHT: &str = "G";
pub(super) const SHARE: &str = "M";

/// A whole column, from the first row to the last.
pub(super) fn column(letter: &str, kept: &Snapshot, lines: &[Line]) -> String {
    format!("Calcul!${letter}$2:${letter}${}", 1 + lines.len() * kept.members.len())
}

pub(super) fn write(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    lines: &[Line],
    styles: &Styles,
) -> Result<(), XlsxError> {
    head(sheet, 0, &HEAD, styles)?;
    for (place, line) in lines.iter().enumerate() {
        block(sheet, kept, (place, line), styles)?;
    }
    Ok(())
}

/// The rows of a line.
fn block(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    (place, line): (usize, &Line),
    styles: &Styles,
) -> Result<(), XlsxError> {
    let of_line = line.line;
    let weights: Vec<f64> = of_line.weights.values().map(|weight| *weight as f64).collect();
    let all = worked(of_line.amount_cents as f64, &weights, true);
    let first = place * weights.len() + 2;
    let last = first + weights.len() - 1;
    let range = |letter: &str| format!("{letter}${first}:{letter}${last}");
    let (weighs, floors, rests) = (range("G"), range("J"), range("K"));
    let total: f64 = weights.iter().sum();
    let members = kept.members.keys().zip(of_line.shares_cents.values()).zip(weights.iter().zip(&all));
    for (nth, ((code, share), (weight, of))) in members.enumerate() {
        let at = first + nth;
        let row = at as u32 - 1;
        number(sheet, (row, 0), (place + 1) as f64, &styles.whole)?;
        number(sheet, (row, 1), (nth + 1) as f64, &styles.whole)?;
        for (column, text) in [(2, &line.item.id), (3, &of_line.key), (4, code)] {
            sheet.write_string(row, column, text)?;
        }
        let amount = format!("=Postes!${AMOUNT}${}", place + 2);
        formula(sheet, (row, 5), &amount, of_line.amount_cents as f64, &styles.whole)?;
        match members::weight(&of_line.key, nth) {
            Some(weigh) => formula(sheet, (row, 6), &weigh, *weight, &styles.whole)?,
            None => number(sheet, (row, 6), *weight, &styles.whole)?,
        }
        formula(sheet, (row, 7), &format!("=SUM({weighs})"), total, &styles.whole)?;
        formula(sheet, (row, 8), &format!("=ABS(F{at})*G{at}/H{at}"), of.exact, &styles.exact)?;
        formula(sheet, (row, 9), &format!("=INT(I{at})"), of.floor, &styles.whole)?;
        formula(sheet, (row, 10), &format!("=ROUND(I{at}-J{at},7)"), of.rest, &styles.exact)?;
        let ties = format!("({weighs}>G{at})+({weighs}=G{at})*(ROW({weighs})<ROW(G{at}))");
        let rank = format!("=SUMPRODUCT(({rests}>K{at})+({rests}=K{at})*({ties}))");
        formula(sheet, (row, 11), &rank, of.rank as f64, &styles.whole)?;
        let part = format!("=SIGN(F{at})*(J{at}+IF(L{at}<ABS(F{at})-SUM({floors}),1,0))");
        formula(sheet, (row, 12), &part, *share as f64, &styles.whole)?;
    }
    Ok(())
}
