//! A closing as a workbook: every share a formula, from what each member is and did, that a treasurer follows cell by cell.
//!
//! ```text
//! État (one member, chosen) ← Membres ← Calcul (one row a line and member) ← Postes (each item split between its keys)
//! ```
//!
//! Pure: the same closing gives the same cells. The one thing to know: what a cell shows before it is computed again is what the
//! closing says, never what the formula would give, so that a spreadsheet that computes finds any disagreement.

mod items;
mod members;
mod shares;
mod statement;
mod worked;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use super::snapshot::Snapshot;

/// The type of what is written.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// How the sheets are computed, said on the last one.
const METHOD: [&str; 9] = [
    "Chaque poste est partagé entre ses clés (feuille Postes), puis chaque montant entre les collectivités (feuille Calcul).",
    "Part exacte = montant × poids ÷ poids de toutes, en centimes. On garde les centimes entiers (plancher).",
    "Les centimes qui manquent vont un par un aux plus forts restes ; à reste égal, au plus grand poids, puis au plus petit code.",
    "Entre les clés d’un poste, à reste égal, à la première déclarée.",
    "Un montant négatif (une recette) se partage comme son opposé.",
    "Poids : EGAL, les jours d’adhésion ; POPULATION, habitants × coefficient × jours ; STOCK, octets-jours ; DEPOT, octets versés ; \
     FLUX, mois de flux ; DIRECT et LISTE, ce que la clé dit.",
    "Retenu : la part dans les bornes de l’exercice (ce qu’elles déplacent est réparti de nouveau selon la population) ou, quand \
     l’exercice suit un barème, le prix.",
    "Dû = retenu + frais − crédits en nature − acomptes.",
    "Les restes sont comparés à sept décimales, la précision d’un tableur.",
];

/// The workbook of a closing, its first sheet on this member, or the first one.
///
/// # Errors
/// When the writer refuses it.
pub fn xlsx(kept: &Snapshot, member: Option<&str>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(u16::try_from(kept.year + 1).unwrap_or(1_900), 1, 1)?;
    let title = format!("Répartition de l’exercice {}, clôture {}", kept.year, kept.version);
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let lines = items::lines(kept);
    let styles = Styles::new();
    statement::write(sheet(&mut book, "État")?, kept, &lines, member, &styles)?;
    members::write(sheet(&mut book, "Membres")?, kept, &lines, &styles)?;
    items::write(sheet(&mut book, "Postes")?, kept, &lines, &styles)?;
    shares::write(sheet(&mut book, "Calcul")?, kept, &lines, &styles)?;
    let method = sheet(&mut book, "Méthode")?;
    method.set_column_width(0, 110)?;
    for (row, sentence) in METHOD.iter().enumerate() {
        method.write_with_format(row as u32, 0, *sentence, &styles.wrapped)?;
    }
    book.save_to_buffer()
}

fn sheet<'a>(book: &'a mut Workbook, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
    book.add_worksheet().set_name(name)
}

/// How cells look.
struct Styles {
    head: Format,
    whole: Format,
    exact: Format,
    euros: Format,
    strong: Format,
    wrapped: Format,
}

impl Styles {
    fn new() -> Self {
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            whole: number("#,##0"),
            exact: number("#,##0.0000000"),
            euros: number("#,##0.00 [$€-40C]"),
            strong: number("#,##0.00 [$€-40C]").set_bold(),
            wrapped: Format::new().set_text_wrap(),
        }
    }
}

/// The names of the columns, which stay in sight.
fn head(sheet: &mut Worksheet, row: u32, names: &[(&str, f64)], styles: &Styles) -> Result<(), XlsxError> {
    for (column, (name, width)) in (0_u16..).zip(names) {
        sheet.write_with_format(row, column, *name, &styles.head)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

/// A formula, and what its cell shows before it is computed.
fn formula(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    result: f64,
    format: &Format,
) -> Result<(), XlsxError> {
    let formula = Formula::new(text).set_result(result.to_string());
    sheet.write_formula_with_format(row, column, formula, format)?;
    Ok(())
}

/// An amount in its cell; past 15 digits a spreadsheet has no more.
fn number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: f64,
    format: &Format,
) -> Result<(), XlsxError> {
    sheet.write_number_with_format(row, column, value, format)?;
    Ok(())
}
