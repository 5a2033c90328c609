//! What a profile asks and nobody gave, in the table's words: its line, its column, what to write there.

use super::table::Table;
use super::tree::Source;
use crate::model::findings::shortened;
use crate::seda::fill::{Lack, What};
use crate::seda::write::columns::Column;

/// Values told of a list, and characters of one.
const WANTED_MAX: usize = 12;
const CHARS_MAX: usize = 200;

/// The sentence of one.
pub(super) fn reason(lack: &Lack, sources: &[Source], table: &Table) -> String {
    let place = match lack.mark.and_then(|mark| sources.get(mark as usize)) {
        Some(Source::Line(line)) => format!("ligne {line}"),
        Some(Source::Name(name)) if name.is_empty() => {
            "l'ensemble (« . », que le tableau ne nomme pas)".to_owned()
        }
        Some(Source::Name(name)) => format!("« {name} »"),
        None => "le bordereau".to_owned(),
    };
    let is_unit = lack.path.last().is_some_and(|name| name == "ArchiveUnit");
    let column = Column::about_path(&lack.path).filter(|_| !is_unit);
    let last = lack.path.last().map_or("", String::as_str);
    let place = match (column, last) {
        (Some(column), _) => format!("{place}, « {} »", column.name()),
        (None, _) if is_unit => place,
        (None, "MimeType") => format!("{place}, type de fichier (MimeType)"),
        (None, "FormatId") => format!("{place}, format PRONOM (FormatId)"),
        (None, last) => format!("{place}, {last}"),
    };
    let says = lack.documentation.as_deref().map(|text| {
        let text = shortened(text.to_owned(), CHARS_MAX);
        format!(" ({})", text.trim_end_matches('.'))
    });
    let says = says.unwrap_or_default();
    let wanted = wanted(lack);
    match &lack.what {
        What::Missing if is_unit => {
            format!("{place} : le profil veut ici une pièce ou un dossier{says}{}", type_wanted(&wanted))
        }
        What::Missing => {
            let add = match column {
                Some(column) if !table.columns.contains(&column) => {
                    format!(" ; ajoutez la colonne « {} »", column.name())
                }
                Some(_) => String::new(),
                None => " ; le tableau ne sait pas le dire".to_owned(),
            };
            format!("{place} : le profil le demande{says}{}{add}", expected(&wanted))
        }
        What::Refused(value) => {
            let value = shortened(value.clone(), CHARS_MAX);
            format!("{place} : le profil n'admet pas « {value} »{}", expected(&wanted))
        }
        What::Unexpected if is_unit => {
            format!("{place} : le profil n'a pas de place ici pour cette pièce ou ce dossier")
        }
        What::Unexpected => format!("{place} : le profil ne le prévoit pas ici"),
    }
}

fn wanted(lack: &Lack) -> String {
    let told: Vec<&str> = lack.wanted.iter().take(WANTED_MAX).map(String::as_str).collect();
    let more = if lack.wanted.len() > WANTED_MAX { "…" } else { "" };
    match told[..] {
        [.., last] if told.len() > 1 && more.is_empty() => {
            format!("{} ou {last}", told[..told.len() - 1].join(", "))
        }
        _ => format!("{}{more}", told.join(", ")),
    }
}

fn expected(wanted: &str) -> String {
    if wanted.is_empty() { String::new() } else { format!(" ; attendu : {wanted}") }
}

fn type_wanted(wanted: &str) -> String {
    if wanted.is_empty() { String::new() } else { format!(", de type {wanted}") }
}
