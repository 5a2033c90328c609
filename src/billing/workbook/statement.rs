//! The sheet *État*: one member's lines and what it owes, in euros; its code may be chosen.

use rust_xlsxwriter::{DataValidation, Formula, Worksheet, XlsxError};

use super::items::{AMOUNT, Line};
use super::{Snapshot, Styles, formula, head, members, shares};
use crate::costs::Cents;

const HEAD: [(&str, f64); 8] = [
    ("Poste", 12.0),
    ("Libellé", 36.0),
    ("Clé", 18.0),
    ("Montant", 16.0),
    ("Poids", 20.0),
    ("Poids de toutes", 20.0),
    ("Part exacte", 16.0),
    ("Part", 16.0),
];

/// The row of the names of the columns, from 0.
const HEAD_ROW: u32 = 4;

pub(super) fn write(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    lines: &[Line],
    member: Option<&str>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let codes: Vec<&str> = kept.members.keys().map(String::as_str).collect();
    let nth = member.and_then(|code| codes.iter().position(|other| *other == code)).unwrap_or_default();
    let Some((code, of)) = kept.members.iter().nth(nth) else { return Ok(()) };
    let last = codes.len() + 1;
    let title = format!("État liquidatif de l’exercice {}, clôture {}", kept.year, kept.version);
    sheet.write_with_format(0, 0, title, &styles.head)?;
    sheet.write_string(1, 0, "Membre")?;
    sheet.write_string(1, 1, code)?;
    let known = Formula::new(format!("=Membres!$A$2:$A${last}"));
    sheet.add_data_validation(1, 1, 1, 1, &DataValidation::new().allow_list_formula(known))?;
    sheet.write_string(1, 2, "changez le code pour voir une autre collectivité")?;
    sheet.write_string(2, 0, "N° de membre")?;
    formula(sheet, (2, 1), &format!("=MATCH(B2,Membres!$A$2:$A${last},0)"), (nth + 1) as f64, &styles.whole)?;
    head(sheet, HEAD_ROW, &HEAD, styles)?;
    for (place, line) in lines.iter().enumerate() {
        row(sheet, kept, lines, (place, line, code), styles)?;
    }
    let (first, row) = (HEAD_ROW + 2, HEAD_ROW + 1 + lines.len() as u32);
    let total = |letter: &str| format!("=SUM({letter}{first}:{letter}{row})");
    sheet.write_with_format(row, 0, "Total", &styles.head)?;
    formula(sheet, (row, 3), &total("D"), euros(kept.total_cents), &styles.strong)?;
    formula(sheet, (row, 7), &total("H"), euros(of.share_cents), &styles.strong)?;
    let credit =
        |from: &std::collections::BTreeMap<String, Cents>| from.get(code).copied().unwrap_or_default();
    let ends = [
        ("Retenu : part dans les bornes, ou prix du barème", members::BASE, kept.base(of)),
        ("Frais", members::FEES, credit(&kept.fees_cents)),
        ("Donné en nature", members::IN_KIND, credit(&kept.in_kind_cents)),
        ("Acomptes versés", members::ADVANCES, credit(&kept.advances_cents)),
        ("Reste dû (négatif : à rembourser)", members::OWED, of.owed_cents),
    ];
    for (at, (name, letter, cents)) in (row + 1..).zip(ends) {
        sheet.write_string(at, 1, name)?;
        let found = format!("=INDEX(Membres!${letter}$2:${letter}${last},$B$3)/100");
        formula(sheet, (at, 7), &found, euros(cents), &styles.strong)?;
    }
    Ok(())
}

fn row(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    lines: &[Line],
    (place, line, code): (usize, &Line, &str),
    styles: &Styles,
) -> Result<(), XlsxError> {
    let of = line.line;
    let row = HEAD_ROW + 1 + place as u32;
    let at = row + 1;
    for (column, text) in [(0, &line.item.id), (1, &line.item.label), (2, &of.key)] {
        sheet.write_string(row, column, text)?;
    }
    let all = |letter: &str| shares::column(letter, kept, lines);
    let of_line = format!("{},{}", all(shares::LINE), place + 1);
    let of_member = format!("{},$B$3", all(shares::MEMBER));
    let (amount, share) =
        (euros(of.amount_cents), euros(of.shares_cents.get(code).copied().unwrap_or_default()));
    let weight = of.weights.get(code).copied().unwrap_or_default() as f64;
    let total: f64 = of.weights.values().map(|weight| *weight as f64).sum();
    formula(sheet, (row, 3), &format!("=Postes!${AMOUNT}${}/100", place + 2), amount, &styles.euros)?;
    let weighs = format!("=SUMIFS({},{of_line},{of_member})", all(shares::WEIGHT));
    formula(sheet, (row, 4), &weighs, weight, &styles.whole)?;
    formula(sheet, (row, 5), &format!("=SUMIFS({},{of_line})", all(shares::WEIGHT)), total, &styles.whole)?;
    formula(sheet, (row, 6), &format!("=D{at}*E{at}/F{at}"), amount * weight / total, &styles.exact)?;
    let shared = format!("=SUMIFS({},{of_line},{of_member})/100", all(shares::SHARE));
    formula(sheet, (row, 7), &shared, share, &styles.euros)
}

fn euros(cents: Cents) -> f64 {
    cents as f64 / 100.0
}
