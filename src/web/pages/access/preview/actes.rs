//! An act sent to the prefecture (@CTES) told to people: the act, its receipt, its files.

use super::{ROWS_MAX, Sheet, XmlLine};
use crate::web::pages::shell::Fact;
use crate::web::pages::words;

/// What the number of a nature stands for.
const NATURES: [&str; 6] = [
    "Délibération",
    "Acte réglementaire",
    "Acte individuel",
    "Contrat, convention ou avenant",
    "Document budgétaire et financier",
    "Autre",
];

/// The sheet of an act or of its receipt; `None`: it is neither.
pub fn sheet(lines: &[XmlLine]) -> Option<Sheet> {
    let root = lines.first()?;
    let (title, act) = match root.name.as_str() {
        "ARActe" => {
            ("Accusé de réception de la préfecture", lines.iter().find(|line| line.name == "ActeRecu")?)
        }
        "Acte" => ("Acte transmis à la préfecture", root),
        _ => return None,
    };
    let mut facts = Vec::new();
    let mut put =
        |label: &str, value: Option<String>| facts.extend(value.map(|value| Fact::new(label, value)));
    put("Numéro de l’acte", act.attribute("NumeroInterne").map(str::to_owned));
    put("Objet", lines.iter().find(|line| line.name == "Objet").map(|line| line.text.clone()));
    put("Date de l’acte", act.attribute("Date").map(words::lexical_date));
    let nature = act.attribute("CodeNatureActe").and_then(|code| code.parse::<usize>().ok());
    put(
        "Nature",
        nature.and_then(|code| NATURES.get(code.checked_sub(1)?)).map(|nature| (*nature).to_owned()),
    );
    let subject: Vec<&str> = lines
        .iter()
        .filter(|line| line.name.starts_with("CodeMatiere"))
        .filter_map(|line| line.attribute("CodeMatiere"))
        .collect();
    put("Matière", (!subject.is_empty()).then(|| subject.join(".")));
    put("Reçu en préfecture", root.attribute("DateReception").map(words::lexical_date));
    put("Identifiant de la préfecture", root.attribute("IDActe").map(str::to_owned));
    let mut rows: Vec<Vec<String>> =
        lines.iter().filter(|line| line.name == "NomFichier").map(|line| vec![line.text.clone()]).collect();
    let cut = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    Some(Sheet { title: title.into(), facts, head: vec!["Fichiers"], rows, cut })
}
