//! A schedule as a file: UTF-8, `;`, a header line, one rule a line (norms §3, import formats). All that is wrong is said at
//! once, each with its line.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::model::{Fate, RetentionRule, StartEvent, Utility};
use crate::seda::opening::is_code;
use crate::seda::span::Span;

/// Longest file, and most rules in it.
pub const FILE_BYTES_MAX: usize = 4 << 20;
pub const RULES_MAX: usize = 20_000;
/// Longest text of a field.
const FIELD_BYTES_MAX: usize = 500;
/// Most faults told of a file.
const FAULTS_MAX: usize = 200;

/// The header line.
pub const HEADER: [&str; 10] =
    ["code", "typologie", "dua", "depart", "sort", "acces", "reference", "valide_du", "valide_au", "etat"];

/// What is wrong, and on which line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    pub line: u64,
    /// In French.
    pub reason: String,
}

impl LineFault {
    fn new(line: u64, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ligne {} : {}", self.line, self.reason)
    }
}

/// The rules of a file.
///
/// # Errors
/// Everything that is wrong in it.
pub fn read(bytes: &[u8]) -> Result<Vec<RetentionRule>, Vec<LineFault>> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(vec![LineFault::new(1, format!("plus de {FILE_BYTES_MAX} octets"))]);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines =
        csv::ReaderBuilder::new().delimiter(b';').flexible(true).has_headers(false).from_reader(bytes);
    let (mut rules, mut faults, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for (number, record) in lines.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(number as u64 + 1, csv::Position::line);
                faults.push(LineFault::new(
                    line,
                    "le texte n'est pas en UTF-8, ou ses guillemets ne se ferment pas",
                ));
                break;
            }
        };
        let line = record.position().map_or(number as u64 + 1, csv::Position::line);
        if number == 0 {
            if !record.iter().map(str::trim).eq(HEADER) {
                faults.push(LineFault::new(line, format!("l'en-tête attendu est « {} »", HEADER.join(";"))));
                break;
            }
            continue;
        }
        match one(&record) {
            Ok(rule) => {
                if let Some(first) = seen.insert(rule.code.clone(), line) {
                    faults.push(LineFault::new(
                        line,
                        format!("le code « {} » est déjà à la ligne {first}", rule.code),
                    ));
                }
                rules.push(rule);
            }
            Err(reasons) => faults.extend(reasons.into_iter().map(|reason| LineFault::new(line, reason))),
        }
        if rules.len() > RULES_MAX || faults.len() >= FAULTS_MAX {
            faults.push(LineFault::new(line, "la lecture s'arrête ici : trop de lignes, ou trop d'erreurs"));
            break;
        }
    }
    if rules.is_empty() && faults.is_empty() {
        faults.push(LineFault::new(1, "le fichier ne contient aucune règle"));
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

/// Rules as a file that [`read`] reads.
pub fn written<'a>(rules: impl Iterator<Item = &'a RetentionRule>) -> String {
    let mut lines = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut put = |fields: [&str; 10]| lines.write_record(fields).expect("memory takes it");
    put(HEADER);
    for rule in rules {
        put([
            &rule.code,
            &rule.typology,
            rule.utility.word(),
            rule.starts.word(),
            rule.fate.letter(),
            rule.access.as_deref().unwrap_or_default(),
            &rule.reference,
            &day(rule.valid_from),
            &day(rule.valid_until),
            if rule.is_validated { "valide" } else { "a_valider" },
        ]);
    }
    String::from_utf8(lines.into_inner().expect("memory takes it")).expect("made of texts")
}

fn one(record: &csv::StringRecord) -> Result<RetentionRule, Vec<String>> {
    let mut faults = Vec::new();
    if record.len() != HEADER.len() {
        return Err(vec![format!("{} champs sont attendus, il y en a {}", HEADER.len(), record.len())]);
    }
    let mut field = |at: usize| {
        let text = record[at].trim();
        if text.len() > FIELD_BYTES_MAX || text.contains(char::is_control) {
            faults
                .push(format!("{} : une ligne de {FIELD_BYTES_MAX} octets au plus est attendue", HEADER[at]));
        }
        text.to_owned()
    };
    let [code, typology, utility, starts, fate, access, reference, from, until, state] =
        std::array::from_fn(&mut field);
    let is_code_shaped = (1..=64).contains(&code.len())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    check(is_code_shaped, "code : lettres sans accent, chiffres, - _ . seulement, 64 au plus", &mut faults);
    check(!typology.is_empty(), "typologie : un intitulé est attendu", &mut faults);
    check(
        access.is_empty() || is_code(&access),
        "acces : un code AR038 à AR062 est attendu, ou rien",
        &mut faults,
    );
    let utility = read_utility(utility).map_err(|reason| faults.push(reason));
    let words = || StartEvent::ALL.map(|(_, word, _)| word).join(", ");
    let starts = StartEvent::from_word(&starts);
    check(starts.is_some(), &format!("depart : attendu {}", words()), &mut faults);
    let fate = Fate::from_letter(&fate);
    check(fate.is_some(), "sort : C (conserver), D (éliminer) ou T (trier) est attendu", &mut faults);
    check(
        matches!(state.as_str(), "valide" | "a_valider"),
        "etat : valide ou a_valider est attendu",
        &mut faults,
    );
    let valid_from = day("valide_du", &from).map_err(|reason| faults.push(reason)).unwrap_or_default();
    let valid_until = day("valide_au", &until).map_err(|reason| faults.push(reason)).unwrap_or_default();
    if let (Some(from), Some(until)) = (valid_from, valid_until) {
        check(from <= until, "valide_au précède valide_du", &mut faults);
    }
    match (utility, starts, fate) {
        (Ok(utility), Some(starts), Some(fate)) if faults.is_empty() => Ok(RetentionRule {
            code,
            typology,
            utility,
            starts,
            fate,
            access: Some(access).filter(|access| !access.is_empty()),
            reference,
            valid_from,
            valid_until,
            is_validated: state == "valide",
        }),
        _ => Err(faults),
    }
}

fn check(right: bool, reason: &str, faults: &mut Vec<String>) {
    if !right {
        faults.push(reason.to_owned());
    }
}

fn read_utility(text: String) -> Result<Utility, String> {
    let utility = Utility::from_word(&text);
    let Utility::Lasting(duration) = &utility else { return Ok(utility) };
    match Span::read(duration) {
        Some(Ok(_)) => Ok(utility),
        Some(Err(why)) => Err(format!("dua : la durée « {duration} » {why}")),
        None => Err("dua : une durée (P10Y), ILLIMITEE ou rien est attendu".to_owned()),
    }
}

fn day(name: &str, text: &str) -> Result<Option<NaiveDate>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("{name} : une date 2024-01-31 est attendue, ou rien"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(lines: &str) -> Vec<String> {
        let file = format!("{}\n{lines}", HEADER.join(";"));
        read(file.as_bytes()).expect_err("faults").iter().map(LineFault::to_string).collect()
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let found = faults(
            "OK;Actes;P1Y;date;C;;;;;valide\n\
             é;;P1Z;jour;X;AR99;;2024-13-01;;oui\n\
             OK;Encore;;date;T;AR038;;2024-02-01;2024-01-01;a_valider\n\
             COURT;P1Y\n",
        );
        let of = |line: &str| found.iter().filter(|fault| fault.starts_with(line)).count();
        assert_eq!((of("ligne 2"), of("ligne 3"), of("ligne 4"), of("ligne 5")), (0, 8, 1, 1), "{found:#?}");
        assert!(found.iter().any(|fault| fault.contains("valide_au précède")), "{found:#?}");
    }

    #[test]
    fn a_code_stands_once_and_the_header_is_the_expected_one() {
        let found = faults("A;Actes;P1Y;date;C;;;;;valide\n\"A\";\"Actes ; bis\";P1Y;date;C;;;;;valide\n");
        assert_eq!(found, ["ligne 3 : le code « A » est déjà à la ligne 2"]);
        let of = |bytes: &[u8]| read(bytes).expect_err("a fault")[0].to_string();
        assert!(of(b"code,typologie\n").contains("en-t"));
        assert!(of(b"").contains("aucune r"));
        assert!(of(format!("{}\n\u{e9};\n", HEADER.join(";")).as_bytes()).contains("champs"));
        let mut latin = format!("{}\nA;", HEADER.join(";")).into_bytes();
        latin.extend(b"d\xe9lib;P1Y;date;C;;;;;valide\n");
        assert!(of(&latin).contains("UTF-8"));
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let rules = super::super::base();
        assert_eq!(read(written(rules.iter()).as_bytes()).expect("rules"), rules);
    }

    #[test]
    fn a_spreadsheet_s_file_reads_as_well() {
        let file = format!(
            "\u{feff}{}\r\nA;\"Permis \"\"A\"\"\";P10Y;date;C;AR048;I;2024-01-01;;valide\r\n",
            HEADER.join(";")
        );
        let rules = read(file.as_bytes()).expect("rules");
        assert_eq!(
            (rules.len(), rules[0].typology.as_str(), rules[0].access.as_deref()),
            (1, "Permis \"A\"", Some("AR048"))
        );
    }
}
