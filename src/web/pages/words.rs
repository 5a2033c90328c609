//! Dates, sizes and numbers as French people write them.
//!
//! Pure; hours are those of Paris, where the service's law applies.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Europe::Paris;

use crate::model::Closed;
use crate::report::words::{MONTHS, day_of_month, day_words};
pub use crate::report::words::{count, euros, hour, number, size};

/// A moment: for the `datetime` attribute, and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub machine: String,
    pub words: String,
    /// For tables: « 3 mars 2026, 14 h 05 », the month cut when it is long.
    pub short: String,
}

const SHORT_MONTHS: [&str; 12] =
    ["janv.", "févr.", "mars", "avril", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."];
/// « 3 mars 2026 à 14 h 05 ».
pub fn moment(at: DateTime<Utc>) -> Moment {
    let local = at.with_timezone(&Paris);
    let date = day_words(local.day(), local.month(), local.year());
    let hour = hour(at);
    let month = SHORT_MONTHS[local.month0() as usize % 12];
    Moment {
        machine: local.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        words: format!("{date} à {hour}"),
        short: format!("{}\u{a0}{month}\u{a0}{}, {hour}", day_of_month(local.day()), local.year()),
    }
}

/// A date of a description, in its lexical form (`2024`, `2024-03`, `2024-03-05`, or a moment), in words; as
/// written when it is none of these.
pub fn lexical_date(written: &str) -> String {
    let day = written
        .get(..10)
        .filter(|_| written.as_bytes().get(10).is_none_or(|&b| b == b'T'))
        .unwrap_or(written);
    let parts: Vec<&str> = day.split('-').collect();
    let number = |part: &str| part.parse::<u32>().ok();
    match parts.as_slice() {
        [year, month] if year.len() == 4 => match number(month) {
            Some(month @ 1..=12) => format!("{} {year}", MONTHS[month as usize - 1]),
            _ => written.to_owned(),
        },
        [year, month, day] if year.len() == 4 => match (number(day), number(month), year.parse::<i32>()) {
            (Some(day @ 1..=31), Some(month @ 1..=12), Ok(year)) => day_words(day, month, year),
            _ => written.to_owned(),
        },
        _ => written.to_owned(),
    }
}

/// The span of a unit's dates: « 2019 – 2021 », one date when both are the same, nothing without any.
pub fn span(start: Option<&str>, end: Option<&str>) -> Option<String> {
    match (start.map(lexical_date), end.map(lexical_date)) {
        (Some(start), Some(end)) if start == end => Some(start),
        (Some(start), Some(end)) => Some(format!("{start} – {end}")),
        (Some(start), None) => Some(format!("depuis {start}")),
        (None, Some(end)) => Some(format!("jusqu’à {end}")),
        (None, None) => None,
    }
}

/// « 3 jours 4 h », « 4 h », « 12 min »: two units at most, and never less than a minute.
pub fn lapse(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, (seconds / 60 % 60).max(1));
    match (days, hours) {
        (0, 0) => format!("{minutes}\u{a0}min"),
        (0, hours) => format!("{hours}\u{a0}h"),
        (days, 0) => count(days, "jour", "jours"),
        (days, hours) => format!("{} {hours}\u{a0}h", count(days, "jour", "jours")),
    }
}

/// A sentence as it is printed: a capital first, curved apostrophes.
pub fn sentence(written: &str) -> String {
    let mut letters = written.chars().map(|c| if c == '\'' { '’' } else { c });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A duration written as in ISO 8601, years or months alone: « P10Y » is « 10 ans ».
pub fn years(written: &str) -> Option<String> {
    let number = written.strip_prefix('P')?;
    if let Some(months) = number.strip_suffix('M') {
        return Some(count(months.parse().ok()?, "mois", "mois"));
    }
    Some(count(number.strip_suffix('Y')?.parse().ok()?, "an", "ans"))
}

/// Why a member does not deposit today, and what to do.
pub fn closed(closed: &Closed) -> String {
    match closed {
        Closed::Suspended(suspension) => format!(
            "Les versements de la collectivité sont suspendus depuis le {} ({}). Voyez avec le pilote du service. Ce qui est conservé reste lisible.",
            lexical_date(&suspension.from.to_string()),
            suspension.reason.trim_end_matches('.')
        ),
        Closed::NoConvention | Closed::ConventionOutOfDates(_) => {
            "La collectivité n’a pas de convention en vigueur : un versement serait refusé. Voyez avec le pilote du service.".into()
        }
        Closed::Member => "La collectivité n’existe plus : versez au nom de celle qui lui succède.".into(),
    }
}

/// A language by its code.
pub fn language(written: &str) -> &str {
    match written {
        "fr" | "fra" | "fre" => "français",
        "en" | "eng" => "anglais",
        "de" | "deu" | "ger" => "allemand",
        "br" | "bre" => "breton",
        "oc" | "oci" => "occitan",
        "la" | "lat" => "latin",
        other => other,
    }
}

/// What an entry of the journal says was done.
pub fn event(event_type: &str, action: Option<&str>) -> &'static str {
    match (event_type, action) {
        ("RECEPTION", _) => "Reçu",
        ("CONTROLE", _) => "Contrôlé",
        ("REJET", _) => "Refusé",
        ("PRISE_EN_CHARGE", _) => "Pris en charge",
        ("REPLICATION", _) => "Copié sur les sites",
        ("CONTROLE_INTEGRITE", _) => "Relu octet par octet",
        ("MIGRATION_SUPPORT", _) => "Copie déplacée d’un site à un autre",
        ("CONSULTATION", _) => "Consulté",
        ("COMMUNICATION", Some("derogation_demandee")) => "Dérogation demandée",
        ("COMMUNICATION", Some("derogation_vue")) => "Demande de dérogation vue",
        ("COMMUNICATION", _) => "Communiqué",
        ("ATTESTATION", _) => "Attesté",
        ("INCIDENT", _) => "Copie trouvée en défaut",
        ("REPARATION", _) => "Copie réparée",
        ("RECONSTRUCTION", _) => "Reconstruit d’après une copie",
        ("PARAMETRAGE", _) => "Réglage changé",
        _ => "Inscrit au journal",
    }
}

/// A level of description in the words of the trade (SEDA `DescriptionLevel`, ISAD(G)).
pub fn level(written: &str) -> &str {
    match written {
        "Fonds" => "Fonds",
        "Subfonds" => "Sous-fonds",
        "Class" => "Classe",
        "Collection" => "Collection",
        "Series" => "Série",
        "Subseries" => "Sous-série",
        "RecordGrp" => "Groupe de dossiers",
        "SubGrp" => "Sous-groupe",
        "File" => "Dossier",
        "Item" => "Pièce",
        _ => "Autre",
    }
}

/// The picture beside a unit's title.
pub fn level_icon(written: Option<&str>, has_children: bool) -> &'static str {
    match written {
        Some("Item") if !has_children => "file",
        Some(
            "Fonds" | "Subfonds" | "Class" | "Collection" | "Series" | "Subseries" | "RecordGrp" | "SubGrp",
        ) => "box",
        _ => "folder",
    }
}

/// The kind of a file, found in its bytes, in words.
pub fn media(media_type: &str) -> &'static str {
    usual_media(media_type).unwrap_or("Fichier")
}

/// As [`media`], of the kinds that people have a word for.
pub fn usual_media(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "application/pdf" => "Document PDF",
        "image/png" | "image/jpeg" | "image/gif" | "image/tiff" | "image/webp" | "image/svg+xml" => "Image",
        "text/plain" => "Texte",
        "text/xml" | "application/xml" => "Données structurées",
        "text/csv" => "Tableau de données",
        "application/zip" | "application/gzip" | "application/x-tar" => "Dossier compressé",
        other if other.starts_with("audio/") => "Enregistrement sonore",
        other if other.starts_with("video/") => "Vidéo",
        _ => return None,
    })
}

/// A use of a file (`DataObjectVersion`, its number left out) in words.
pub fn usage(written: &str) -> &str {
    match written.split('_').next().unwrap_or_default() {
        "BinaryMaster" => "De conservation",
        "Dissemination" => "De diffusion",
        "Thumbnail" => "Vignette",
        "TextContent" => "Texte extrait",
        "PhysicalMaster" => "Sur papier",
        _ => written,
    }
}

/// What the name of a format rests on.
pub fn format_basis(basis: &str) -> &'static str {
    match basis {
        "container" => "d’après ce que contient le fichier",
        "signature" => "d’après ses octets",
        "extension" => "d’après son nom seulement",
        _ => "sans indice",
    }
}

/// The picture beside a file's name.
pub fn media_icon(media_type: &str) -> &'static str {
    if media_type.starts_with("image/") { "image" } else { "file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lapse_is_told_in_two_units_at_most() {
        let told = [0, 59, 720, 3_600, 7_260, 86_400, 273_600].map(lapse);
        let expected = [
            "1\u{a0}min",
            "1\u{a0}min",
            "12\u{a0}min",
            "1\u{a0}h",
            "2\u{a0}h",
            "1\u{a0}jour",
            "3\u{a0}jours 4\u{a0}h",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn dates_and_hours_are_those_of_paris() {
        let summer = DateTime::parse_from_rfc3339("2026-07-31T22:30:00Z").unwrap().with_timezone(&Utc);
        assert_eq!(moment(summer).words, "1er\u{a0}août 2026 à 0\u{a0}h\u{a0}30");
        assert_eq!(moment(summer).short, "1er\u{a0}août\u{a0}2026, 0\u{a0}h\u{a0}30");
        assert_eq!(moment(summer).machine, "2026-08-01T00:30:00+02:00");
    }

    #[test]
    fn a_description_s_dates_keep_their_precision() {
        assert_eq!(lexical_date("2024"), "2024");
        assert_eq!(lexical_date("2024-03"), "mars 2024");
        assert_eq!(lexical_date("2024-03-05"), "5\u{a0}mars 2024");
        assert_eq!(lexical_date("2024-03-05T10:00:00"), "5\u{a0}mars 2024");
        assert_eq!(lexical_date("vers 1900"), "vers 1900");
        assert_eq!(lexical_date("2024-13"), "2024-13");
        assert_eq!(span(Some("2019"), Some("2019")), Some("2019".to_owned()));
    }

    #[test]
    fn sizes_and_numbers_are_written_in_french() {
        let written: Vec<String> =
            [0, 1, 999, 1_000, 1_440, 999_499, 999_500, 12_345_678, 3_000_000_000].map(size).into();
        assert_eq!(
            written,
            ["0 octet", "1 octet", "999 octets", "1 Ko", "1,4 Ko", "999 Ko", "1 Mo", "12 Mo", "3 Go"]
                .map(|words| words.replace(' ', "\u{a0}"))
        );
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
