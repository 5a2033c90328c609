//! A flow of accounts (PES V2, Hélios) told to people: who, which slip, and a row for each piece.

use super::{ROWS_MAX, Sheet, XmlLine};
use crate::web::pages::shell::Fact;
use crate::web::pages::words;

/// Facts of the heading and of the slip: the element, and its words.
const HEADING: [(&str, &str); 9] = [
    ("LibelleColBud", "Budget"),
    ("IdColl", "SIRET de la collectivité"),
    ("NomFic", "Fichier"),
    ("DteStr", "Date du flux"),
    ("Exer", "Exercice"),
    ("IdBord", "Bordereau"),
    ("DteBordEm", "Date du bordereau"),
    ("NbrPce", "Pièces"),
    ("MtBordHT", "Montant du bordereau, hors taxes"),
];
const RECEIPT: [&str; 4] = ["Exercice", "Bordereau", "Pièce", "Réponse"];
const HEAD: [&str; 4] = ["Pièce", "Objet", "Tiers", "Montant HT"];

/// The sheet of a flow; `None`: it is none.
pub fn sheet(lines: &[XmlLine]) -> Option<Sheet> {
    let root = lines.first()?.name.as_str();
    if matches!(root, "PES_ACQUIT" | "PES_Acquit") {
        return Some(receipt(lines));
    }
    let title = match root {
        "PES_Aller" if lines.iter().any(|line| line.name == "PES_RecetteAller") => "Titres de recettes",
        "PES_Aller" if lines.iter().any(|line| line.name == "PES_DepenseAller") => "Mandats de dépenses",
        "PES_Aller" => "Flux comptable",
        _ => return None,
    };
    let facts = facts(lines);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let Some(value) = value(line) else { continue };
        match line.name.as_str() {
            "IdPce" => rows.push(vec![value, String::new(), String::new(), String::new()]),
            name => {
                let column = match name {
                    "Obj" => 1,
                    "Nom" => 2,
                    "MtHT" => 3,
                    _ => continue,
                };
                if let Some(cell) = rows.last_mut().map(|row| &mut row[column]).filter(|cell| cell.is_empty())
                {
                    *cell = said(name, &value);
                }
            }
        }
    }
    let cut = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    Some(Sheet { title: title.into(), facts, head: HEAD.into(), rows, cut })
}

/// What the accountant answered of each piece.
fn receipt(lines: &[XmlLine]) -> Sheet {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let column = match line.name.as_str() {
            "ElementACQUIT" => {
                rows.push(vec![String::new(); RECEIPT.len()]);
                continue;
            }
            "ExerciceBord" => 0,
            "NumBord" => 1,
            "NumPce" => 2,
            "EtatAck" => 3,
            _ => continue,
        };
        if let (Some(row), Some(value)) = (rows.last_mut(), value(line)) {
            row[column] = match (column, value.as_str()) {
                (3, "1") => "Pris en compte".into(),
                (3, other) => format!("État {other}"),
                _ => value,
            };
        }
    }
    let cut = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    Sheet { title: "Acquittement du comptable".into(), facts: facts(lines), head: RECEIPT.into(), rows, cut }
}

fn value(line: &XmlLine) -> Option<String> {
    line.attribute("V").map(str::to_owned).filter(|value| !value.is_empty())
}

fn facts(lines: &[XmlLine]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (name, label) in HEADING {
        let values: Vec<String> = lines
            .iter()
            .filter(|line| line.name == name)
            .filter_map(value)
            .map(|value| said(name, &value))
            .collect();
        match values.len() {
            0 => {}
            1..=5 => facts.push(Fact::new(label, values.join(", "))),
            _ => facts.push(Fact::new(label, format!("{}, et d’autres", values[..5].join(", ")))),
        }
    }
    facts
}

fn said(name: &str, value: &str) -> String {
    match name {
        "DteStr" | "DteBordEm" => words::lexical_date(value),
        "MtBordHT" | "MtHT" => amount(value),
        _ => value.to_owned(),
    }
}

/// `68432.76` as people write it; anything else as it is.
fn amount(value: &str) -> String {
    let (sign, figures) = value.strip_prefix('-').map_or(("", value), |rest| ("-", rest));
    let (whole, cents) = figures.split_once('.').unwrap_or((figures, "00"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match whole.parse() {
        Ok(euros) if is_number(whole) && is_number(cents) => {
            format!("{sign}{},{cents:0<2}\u{a0}€", words::number(euros))
        }
        _ => value.to_owned(),
    }
}
