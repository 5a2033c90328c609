//! The sheet *Membres*: what each is and did, what it bears, what it owes.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::items::Line;
use super::{Snapshot, Styles, formula, head, number, shares};
use crate::billing::snapshot::Member;
use crate::costs::Cents;

const HEAD: [(&str, f64); 20] = [
    ("Code", 12.0),
    ("Collectivité", 34.0),
    ("SIREN", 12.0),
    ("Sorte", 14.0),
    ("Population", 12.0),
    ("Coefficient (%)", 11.0),
    ("Jours d’adhésion", 10.0),
    ("Octets-jours conservés", 22.0),
    ("Octets versés", 18.0),
    ("Mois de flux", 9.0),
    ("Poids de population", 18.0),
    ("Part calculée (centimes)", 15.0),
    ("Part établie (centimes)", 15.0),
    ("Écart", 8.0),
    ("Retenu (centimes)", 15.0),
    ("Frais (centimes)", 14.0),
    ("En nature (centimes)", 14.0),
    ("Acomptes (centimes)", 14.0),
    ("Dû (centimes)", 15.0),
    ("Exempte", 9.0),
];

/// The column of what is borne or priced, of fees, of what was given in kind, of advances, of what is owed.
pub(super) const BASE: &str = "O";
pub(super) const FEES: &str = "P";
pub(super) const IN_KIND: &str = "Q";
pub(super) const ADVANCES: &str = "R";
pub(super) const OWED: &str = "S";

/// The column that says « oui » of who bears nothing but what names it.
const EXEMPT: &str = "T";

/// The formula of what the nth member weighs under a key; `None`: the key itself says it.
pub(super) fn weight(key: &str, nth: usize) -> Option<String> {
    let column = match key {
        "EGAL" => "G",
        "POPULATION" => "K",
        "STOCK" => "H",
        "DEPOT" => "I",
        "FLUX" => "J",
        _ => return None,
    };
    let at = nth + 2;
    Some(format!("=IF(Membres!${EXEMPT}${at}=\"oui\",0,Membres!${column}${at})"))
}

pub(super) fn write(
    sheet: &mut Worksheet,
    kept: &Snapshot,
    lines: &[Line],
    styles: &Styles,
) -> Result<(), XlsxError> {
    head(sheet, 0, &HEAD, styles)?;
    for (row, (code, member)) in (1_u32..).zip(&kept.members) {
        is_and_did(sheet, row, (code, member), styles)?;
        let at = row + 1;
        let share = format!(
            "=SUMIFS({},{},{row})",
            shares::column(shares::SHARE, kept, lines),
            shares::column(shares::MEMBER, kept, lines)
        );
        formula(sheet, (row, 11), &share, member.share_cents as f64, &styles.whole)?;
        number(sheet, (row, 12), member.share_cents as f64, &styles.whole)?;
        formula(sheet, (row, 13), &format!("=L{at}-M{at}"), 0.0, &styles.whole)?;
        number(sheet, (row, 14), kept.base(member) as f64, &styles.whole)?;
        let of = |credits: &std::collections::BTreeMap<String, Cents>| {
            credits.get(code).copied().unwrap_or_default() as f64
        };
        number(sheet, (row, 15), of(&kept.fees_cents), &styles.whole)?;
        number(sheet, (row, 16), of(&kept.in_kind_cents), &styles.whole)?;
        number(sheet, (row, 17), of(&kept.advances_cents), &styles.whole)?;
        let owed = format!("={BASE}{at}+{FEES}{at}-{IN_KIND}{at}-{ADVANCES}{at}");
        formula(sheet, (row, 18), &owed, member.owed_cents as f64, &styles.whole)?;
        if member.exempt {
            sheet.write_string(row, 19, "oui")?;
        }
    }
    let (row, last) = (kept.members.len() as u32 + 1, kept.members.len() + 1);
    sheet.write_with_format(row, 1, "Total", &styles.head)?;
    let total = |of: &dyn Fn(&Member) -> Cents| kept.members.values().map(of).sum::<Cents>() as f64;
    for (column, letter, sum) in [
        (11, "L", kept.total_cents as f64),
        (12, "M", kept.total_cents as f64),
        (13, "N", 0.0),
        (14, BASE, total(&|of| kept.base(of))),
        (18, OWED, total(&|of| of.owed_cents)),
    ] {
        formula(sheet, (row, column), &format!("=SUM({letter}2:{letter}{last})"), sum, &styles.whole)?;
    }
    Ok(())
}

fn is_and_did(
    sheet: &mut Worksheet,
    row: u32,
    (code, member): (&str, &Member),
    styles: &Styles,
) -> Result<(), XlsxError> {
    for (column, text) in [(0, code), (1, &member.name), (2, &member.siren), (3, &member.kind)] {
        sheet.write_string(row, column, text)?;
    }
    let numbers = [
        member.population,
        member.coeff_pct,
        member.days.into(),
        member.stock_octets_jours,
        member.depot_octets,
        member.flux_mois,
    ];
    for (column, value) in (4_u16..).zip(numbers) {
        number(sheet, (row, column), value as f64, &styles.whole)?;
    }
    let at = row + 1;
    let weight = member.population as f64 * member.coeff_pct as f64 * f64::from(member.days);
    formula(sheet, (row, 10), &format!("=E{at}*F{at}*G{at}"), weight, &styles.whole)
}
