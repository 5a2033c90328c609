//! The table: columns by their French names or SEDA's, a line for each file or folder described.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::super::Failure;
use super::Reasons;
use super::text::{decoded, distance, folded, open_quote};

/// Bytes of a table, and its lines.
const BYTES_MAX: u64 = 256 << 20;
const LINES_MAX: usize = 1_000_000;
/// Reasons given at once.
pub(super) const REASONS_MAX: usize = 100;

/// What a line may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Path,
    Title,
    Description,
    DocumentType,
    Level,
    Language,
    Keywords,
    Reference,
    StartDate,
    EndDate,
    AccessRule,
    AccessStart,
    Appraisal,
    FinalAction,
    AppraisalStart,
}

/// Names of the columns, folded; the first is the one that sentences use.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Path, &["chemin", "fichier", "path", "file", "uri"]),
    (Column::Title, &["titre", "intitule", "title"]),
    (Column::Description, &["description"]),
    (Column::DocumentType, &["type", "typededocument", "documenttype"]),
    (Column::Level, &["niveau", "descriptionlevel", "level"]),
    (Column::Language, &["langue", "language"]),
    (Column::Keywords, &["motscles", "keywords", "keyword"]),
    (Column::Reference, &["reference", "originatingagencyarchiveunitidentifier"]),
    (Column::StartDate, &["datededebut", "date", "startdate"]),
    (Column::EndDate, &["datedefin", "enddate"]),
    (Column::AccessRule, &["codedacces", "acces", "accessrule"]),
    (Column::AccessStart, &["debutdacces", "accessstartdate"]),
    (Column::Appraisal, &["dua", "appraisalrule"]),
    (Column::FinalAction, &["sortfinal", "finalaction"]),
    (Column::AppraisalStart, &["debutdedua", "appraisalstartdate"]),
];

/// A line of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// In the file, from 1.
    pub line: u64,
    values: BTreeMap<Column, String>,
}

impl Row {
    /// What it says of a column, when it says something.
    pub fn get(&self, column: Column) -> Option<String> {
        self.values.get(&column).cloned()
    }
}

/// The lines by path, NFC, `/` between folders; `""` is the whole.
pub(super) fn read(path: &Path) -> Result<Result<BTreeMap<String, Row>, Reasons>, Failure> {
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
    let headers = reader.headers()?.clone();
    let columns: Vec<Option<Column>> = headers.iter().map(|name| column(name, &mut reasons)).collect();
    for (place, name) in headers.iter().enumerate() {
        if columns[place].is_some() && columns[..place].contains(&columns[place]) {
            reasons.push(format!("ligne 1 : la colonne « {} » est donnée deux fois", name.trim()));
        }
    }
    if let Some(line) = open_quote(&text, separator) {
        reasons.push(format!(
            "ligne {line} : un guillemet ouvert n’est pas fermé ; la suite serait lue comme une seule valeur"
        ));
    }
    if !columns.contains(&Some(Column::Path)) {
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
        let named = columns.iter().zip(record.iter());
        let values: BTreeMap<Column, String> = named
            .filter_map(|(column, value)| Some(((*column)?, value.trim().to_owned())))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // What spreadsheets leave below the last line.
        if values.is_empty() {
            continue;
        }
        reasons.extend(lost(&values).map(|why| format!("ligne {line} : {why}")));
        let key = key(values.get(&Column::Path).map_or("", String::as_str));
        if let Some(before) = rows.get(&key) {
            reasons.push(format!("ligne {line} : « {key} » est déjà décrit à la ligne {}", before.line));
        }
        rows.insert(key, Row { line, values });
        if reasons.len() >= REASONS_MAX {
            break;
        }
    }
    Ok(if reasons.is_empty() { Ok(rows) } else { Err(reasons) })
}

/// Why a line would lose something that it says, when it would.
fn lost(values: &BTreeMap<Column, String>) -> Option<String> {
    if !values.contains_key(&Column::Path) {
        return Some("le chemin manque ; « . » désigne l’ensemble".into());
    }
    let forbidden =
        |c: char| (c < ' ' && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    let found = values.iter().find(|(_, value)| value.contains(forbidden));
    if let Some((column, _)) = found {
        return Some(format!("« {} » contient un caractère de contrôle : ôtez-le", sentence(*column)));
    }
    let needs = [
        (Column::FinalAction, Column::Appraisal),
        (Column::AppraisalStart, Column::Appraisal),
        (Column::AccessStart, Column::AccessRule),
    ];
    let alone = needs.iter().find(|(one, of)| values.contains_key(one) && !values.contains_key(of));
    alone.map(|(one, of)| format!("« {} » est donné sans « {} » : ajoutez-le", sentence(*one), sentence(*of)))
}

/// The name that sentences use.
fn sentence(column: Column) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == column).map_or("", |(_, names)| names[0])
}

/// A path as it is looked for: NFC, `/`, no `./`.
pub(super) fn key(path: &str) -> String {
    let parts = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/").nfc().collect()
}

fn column(name: &str, reasons: &mut Reasons) -> Option<Column> {
    let folded = folded(name);
    let found = NAMES.iter().find(|(_, names)| names.contains(&folded.as_str()));
    if found.is_none() {
        let all = NAMES.iter().flat_map(|(_, names)| names.iter());
        let nearest = all.min_by_key(|known| distance(known, &folded)).copied().unwrap_or_default();
        reasons.push(format!(
            "ligne 1 : la colonne « {} » est inconnue ; la plus proche : « {nearest} »",
            name.trim()
        ));
    }
    found.map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Result<BTreeMap<String, Row>, Reasons> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path()).unwrap()
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
            assert_eq!(rows[""].get(Column::Title).as_deref(), Some("L’été"));
            let row = &rows["a/b.pdf"];
            assert_eq!((row.line, row.get(Column::Title).as_deref()), (3, Some("Délibération")));
            assert_eq!(row.get(Column::StartDate).as_deref(), Some("2026-01-02"));
            assert_eq!(row.get(Column::Description), None);
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
            ("chemin;sort final\na.pdf;conserver\n", "ligne 2 : « sortfinal » est donné sans « dua »"),
            ("chemin;début de DUA\na.pdf;2026-01-01\n", "ligne 2 : « debutdedua » est donné sans « dua »"),
            ("chemin;début d'accès\na.pdf;2026-01-01\n", "est donné sans « codedacces »"),
            ("chemin;titre\na.pdf;A\u{1}B\n", "ligne 2 : « titre » contient un caractère de contrôle"),
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
        assert_eq!(rows["a.pdf"].get(Column::Title).as_deref(), Some("dit \"oui\";\nsur deux lignes"));
        assert_eq!(rows["b.pdf"].get(Column::Title).as_deref(), Some("écran 5\""));
    }
}
