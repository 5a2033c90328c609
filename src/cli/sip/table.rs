//! The table: columns by their French names or SEDA's, a line for each file or folder described.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::super::Failure;
use super::Reasons;
use super::text::{decoded, open_quote};
use crate::model::findings::shortened;
use crate::seda::write::columns::Column;

/// Bytes of a table, and its lines.
const BYTES_MAX: u64 = 256 << 20;
const LINES_MAX: usize = 1_000_000;
/// Characters of a value told.
const VALUE_CHARS_MAX: usize = 80;
/// Reasons given at once.
pub(super) const REASONS_MAX: usize = 100;

/// What a line says, by column.
type Values = BTreeMap<Column, String>;

/// A line of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// In the file, from 1.
    pub line: u64,
    /// What it says, as the standard writes it.
    pub values: Values,
}

/// A table read.
#[derive(Debug)]
pub(super) struct Table {
    /// By path, NFC, `/` between folders; `""` is the whole.
    pub rows: BTreeMap<String, Row>,
    pub columns: Vec<Column>,
}

/// Reads the table, or says all that is wrong with it. `is_alone`: no profile says what the table leaves out.
pub(super) fn read(path: &Path, is_alone: bool) -> Result<Result<Table, Reasons>, Failure> {
    let said = |error: std::io::Error| format!("{} : {error}", path.display());
    if std::fs::metadata(path).map_err(said)?.len() > BYTES_MAX {
        return Err(format!("{} : plus de {BYTES_MAX} octets", path.display()).into());
    }
    let text = decoded(std::fs::read(path).map_err(said)?);
    let first = text.lines().next().unwrap_or_default();
    let separator = [';', '\t', ','].into_iter().max_by_key(|c| first.matches(*c).count()).unwrap_or(';');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator as u8).flexible(true).from_reader(text.as_bytes());
    let mut reasons = Reasons::new();
    let columns = columns(reader.headers()?, &mut reasons);
    if let Some(line) = open_quote(&text, separator) {
        reasons.push(format!(
            "ligne {line} : un guillemet ouvert n’est pas fermé ; la suite serait lue comme une seule valeur"
        ));
    }
    if !columns.contains(&Some(Column::PATH)) {
        reasons
            .push("ligne 1 : la colonne « chemin » manque : elle dit le fichier que la ligne décrit".into());
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (number, record) in reader.records().enumerate() {
        if number >= LINES_MAX {
            reasons.push(format!("plus de {LINES_MAX} lignes : répartissez le versement en plusieurs"));
            break;
        }
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > columns.len() {
            reasons.push(format!("ligne {line} : {} valeurs pour {} colonnes", record.len(), columns.len()));
        }
        let (values, wrong) = values(&columns, &record, is_alone);
        // What spreadsheets leave below the last line.
        if values.is_empty() {
            continue;
        }
        reasons.extend(wrong.into_iter().map(|(column, why)| match column {
            Some(column) => format!("ligne {line}, « {} » : {why}", column.name()),
            None => format!("ligne {line} : {why}"),
        }));
        let key = key(values.get(&Column::PATH).map_or("", String::as_str));
        if let Some(before) = rows.get(&key) {
            reasons.push(format!("ligne {line} : « {key} » est déjà décrit à la ligne {}", before.line));
        }
        rows.insert(key, Row { line, values });
        if reasons.len() >= REASONS_MAX {
            break;
        }
    }
    let columns = columns.into_iter().flatten().collect();
    Ok(if reasons.is_empty() { Ok(Table { rows, columns }) } else { Err(reasons) })
}

/// The columns of a heading; what is unknown, or given twice, is told.
fn columns(headers: &csv::StringRecord, reasons: &mut Reasons) -> Vec<Option<Column>> {
    let columns: Vec<Option<Column>> = headers.iter().map(|name| column(name, reasons)).collect();
    for (place, name) in headers.iter().enumerate() {
        if columns[place].is_some() && columns[..place].contains(&columns[place]) {
            reasons.push(format!("ligne 1 : la colonne « {} » est donnée deux fois", name.trim()));
        }
    }
    columns
}

/// What a line says, as the standard writes it, and what is wrong with it, by column.
fn values(
    columns: &[Option<Column>],
    record: &csv::StringRecord,
    is_alone: bool,
) -> (Values, Vec<(Option<Column>, String)>) {
    let named = columns.iter().zip(record.iter());
    let mut values: Values = named
        .filter_map(|(column, value)| Some(((*column)?, value.trim().to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let mut wrong: Vec<_> = lost(&values, is_alone).map(|why| (None, why)).into_iter().collect();
    for (column, value) in &mut values {
        match column.standard(value) {
            Ok(standard) => *value = standard,
            Err(wanted) => {
                let shown = shortened(value.clone(), VALUE_CHARS_MAX);
                wrong.push((Some(*column), format!("« {shown} » n'est pas {wanted}")));
            }
        }
    }
    (values, wrong)
}

/// Why a line would lose something that it says, when it would.
fn lost(values: &Values, is_alone: bool) -> Option<String> {
    if !values.contains_key(&Column::PATH) {
        return Some("le chemin manque ; « . » désigne l’ensemble".into());
    }
    let forbidden =
        |c: char| (c < ' ' && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    let found = values.iter().find(|(_, value)| value.contains(forbidden));
    if let Some((column, _)) = found {
        return Some(format!("« {} » contient un caractère de contrôle : ôtez-le", column.name()));
    }
    let needs = values.keys().filter_map(|column| Some((column, column.needs()?)));
    let (one, of) = needs.filter(|_| is_alone).find(|(_, of)| !values.contains_key(of))?;
    Some(format!("« {} » est donné sans « {} » : ajoutez-le", one.name(), of.name()))
}

/// A path as it is looked for: NFC, `/`, no `./`.
pub(super) fn key(path: &str) -> String {
    let parts = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/").nfc().collect()
}

fn column(name: &str, reasons: &mut Reasons) -> Option<Column> {
    let column = Column::named(name);
    column
        .map_err(|nearest| {
            reasons.push(format!(
                "ligne 1 : la colonne « {} » est inconnue ; la plus proche : « {nearest} »",
                name.trim()
            ));
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Result<BTreeMap<String, Row>, Reasons> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Ok(read(file.path(), true).unwrap()?.rows)
    }

    fn said<'a>(row: &'a Row, column: &str) -> Option<&'a str> {
        row.values.get(&Column::named(column).unwrap()).map(String::as_str)
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        for bytes in [
            "\u{feff}Chemin;Titre;Date de début\r\n.;L’été;2026\r\na\\b.pdf;Délibération;2026-01-02\r\n"
                .as_bytes()
                .to_vec(),
            b"path,title,StartDate\n.,L\x92\xe9t\xe9,2026\na/b.pdf,D\xe9lib\xe9ration,2026-01-02\n".to_vec(),
            "Fichier\tIntitulé\tdate\n.\tL’été\t2026\n./a//b.pdf\tDélibération\t2026-01-02\n"
                .as_bytes()
                .to_vec(),
        ] {
            let rows = of(&bytes).unwrap();
            assert_eq!(said(&rows[""], "titre"), Some("L’été"));
            let row = &rows["a/b.pdf"];
            assert_eq!((row.line, said(row, "titre")), (3, Some("Délibération")));
            assert_eq!(said(row, "date"), Some("2026-01-02"));
            assert_eq!(said(row, "description"), None);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let reasons = of("chemin;titer\na.pdf;A\na.pdf;B\nb;c;d\n".as_bytes()).unwrap_err();
        assert!(reasons[0].contains("« titer » est inconnue ; la plus proche : « titre »"), "{reasons:?}");
        assert!(reasons[1].starts_with("ligne 3 :") && reasons[1].contains("ligne 2"), "{reasons:?}");
        assert!(reasons[2].starts_with("ligne 4 : 3 valeurs"), "{reasons:?}");
        assert!(of(b"titre\nx\n").unwrap_err()[0].contains("« chemin » manque"));
    }

    #[test]
    fn what_would_be_lost_in_silence_is_refused() {
        for (table, expected) in [
            ("chemin;titre;title\na.pdf;A;B\n", "ligne 1 : la colonne « title » est donnée deux fois"),
            ("chemin;titre\n;A\n", "ligne 2 : le chemin manque"),
            ("chemin;sort final\na.pdf;conserver\n", "ligne 2 : « sort final » est donné sans « DUA »"),
            ("chemin;début de DUA\na.pdf;2026-01-01\n", "ligne 2 : « début de DUA » est donné sans « DUA »"),
            ("chemin;début d'accès\na.pdf;2026-01-01\n", "est donné sans « code d'accès »"),
            ("chemin;titre\na.pdf;A\u{1}B\n", "ligne 2 : « titre » contient un caractère de contrôle"),
            ("chemin;date\na.pdf;demain\n", "ligne 2, « date de début » : « demain » n'est pas une date"),
            ("chemin;titre\na.pdf;A\nb.pdf;\"Avis\nc.pdf;C\n", "ligne 3 : un guillemet ouvert"),
        ] {
            let reasons = of(table.as_bytes()).unwrap_err();
            assert!(reasons.iter().any(|reason| reason.contains(expected)), "{expected}: {reasons:?}");
        }
    }

    #[test]
    fn what_loses_nothing_is_read() {
        let table = "chemin;titre;DUA;sort final\n.;L;P1Y;conserver\n\
            a.pdf;\"dit \"\"oui\"\";\nsur deux lignes\";;\nb.pdf;écran 5\";;\n;;;\n;;;\n";
        let rows = of(table.as_bytes()).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(said(&rows["a.pdf"], "titre"), Some("dit \"oui\";\nsur deux lignes"));
        assert_eq!(said(&rows["b.pdf"], "titre"), Some("écran 5\""));
    }
}
