//! What a text must be, in French: values quoted, datatypes told with their facets.

use crate::model::findings::shortened;
use crate::seda::relaxng::Note;

/// Values listed; the rest is counted.
const LISTED_MAX: usize = 30;
/// Most characters shown of one value or facet.
const SHOWN_CHARS_MAX: usize = 200;

/// « x ».
pub fn quoted(text: &str) -> String {
    format!("« {} »", shortened(text.to_owned(), SHOWN_CHARS_MAX))
}

/// « a » ou « b », and how many more; `None` without any.
pub fn one_of(values: &[String]) -> Option<String> {
    let (shown, more) = values.split_at(values.len().min(LISTED_MAX));
    match (shown, more.len()) {
        ([], _) => None,
        (shown, 0) => Some(shown.join(" ou ")),
        (shown, more) => Some(format!("{} ou l'une de {more} autres valeurs", shown.join(" ou "))),
    }
}

/// A datatype with its facets; `None` when any text is of it.
pub fn of_type(note: &Note) -> Option<String> {
    let facets: Vec<String> = note
        .params
        .iter()
        .map(|(name, value)| facet(name, &shortened(value.clone(), SHOWN_CHARS_MAX)))
        .collect();
    match (kind(&note.type_name), facets.is_empty()) {
        (None, true) => None,
        (None, false) => Some(format!("un texte {}", facets.join(", "))),
        (Some(kind), true) => Some(kind.to_owned()),
        (Some(kind), false) => Some(format!("{kind} {}", facets.join(", "))),
    }
}

/// `None` for the types of any text.
fn kind(name: &str) -> Option<&str> {
    Some(match name {
        "string" | "token" | "normalizedString" | "anySimpleType" | "" => return None,
        "date" => "une date (AAAA-MM-JJ)",
        "dateTime" => "une date et une heure (AAAA-MM-JJThh:mm:ss)",
        "time" => "une heure (hh:mm:ss)",
        "gYear" => "une année",
        "gYearMonth" => "un mois (AAAA-MM)",
        "duration" => "une durée (P10Y : dix ans)",
        "boolean" => "true ou false",
        "integer" | "int" | "long" | "short" | "byte" => "un nombre entier",
        "positiveInteger" => "un nombre entier, 1 au moins",
        "nonNegativeInteger" | "unsignedInt" | "unsignedLong" | "unsignedShort" | "unsignedByte" => {
            "un nombre entier, 0 au moins"
        }
        "decimal" | "double" | "float" => "un nombre",
        "ID" => "un identifiant unique dans le bordereau",
        "IDREF" => "l'identifiant d'un autre élément du bordereau",
        "IDREFS" => "des identifiants d'autres éléments du bordereau",
        "NCName" | "Name" | "NMTOKEN" | "QName" => "un nom sans espace",
        "anyURI" => "une adresse ou un chemin",
        "language" => "une langue (fr, fra)",
        "base64Binary" | "hexBinary" => "des données codées",
        other => other,
    })
}

fn facet(name: &str, value: &str) -> String {
    match name {
        "pattern" => format!("de la forme {value}"),
        "length" => format!("de {value} signes"),
        "minLength" if value.trim() == "1" => "non vide".to_owned(),
        "minLength" => format!("de {value} signes au moins"),
        "maxLength" => format!("de {value} signes au plus"),
        "minInclusive" => format!("à partir de {value}"),
        "maxInclusive" => format!("jusqu'à {value}"),
        "minExclusive" => format!("après {value}"),
        "maxExclusive" => format!("avant {value}"),
        "totalDigits" => format!("de {value} chiffres au plus"),
        "fractionDigits" => format!("avec {value} décimales au plus"),
        other => format!("{other} {value}"),
    }
}
