//! What is asked, in the words of whoever deposits: never an element's name, never a code of the law.

use crate::model::{Fate, Utility};
use crate::report::words::count;
use crate::seda::opening;

/// A field's label when the profile's author says nothing of it.
pub(super) fn label(field: &str) -> String {
    match field {
        "titre" => "Titre du versement",
        "DUA" => "Durée pendant laquelle vous en aurez besoin",
        "début de DUA" => "Date à partir de laquelle cette durée court",
        "sort final" => "Que deviendront ces documents ensuite ?",
        "code d'accès" => "Qui peut les lire, et quand ?",
        "début d'accès" => "Date à partir de laquelle ce délai court",
        "type de document" => "De quoi s’agit-il ?",
        "mots-clés" => "Mot-clé, ou nom",
        "mots-clés.reference" => "Son code, ou son numéro",
        "mots-clés.nature" => "C’est",
        "numéro" => "Numéro",
        "référence" => "Référence",
        "description" => "En quelques mots, de quoi s’agit-il ?",
        "date de début" => "Date du document le plus ancien",
        "date de fin" => "Date du document le plus récent",
        "date de création" => "Date du document",
        "date de l'opération" => "Date",
        "lieu" => "Lieu, ou adresse",
        "période" => "Année",
        "service producteur" | super::answers::PRODUCER => "Quel service a produit ces documents ?",
        super::answers::SENDER => "Au nom de quel service versez-vous ?",
        super::answers::PROFILE => "De quel genre de dossier s’agit-il ?",
        other => return sentence(other),
    }
    .to_owned()
}

/// A text as a label or a hint: a capital first, curved apostrophes, no stop, no code of the law.
pub(super) fn sentence(text: &str) -> String {
    let text: String =
        text.trim().trim_end_matches('.').chars().map(|c| if c == '\'' { '’' } else { c }).collect();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether a text of a profile speaks the trade's language.
pub(super) fn is_of_the_trade(text: &str) -> bool {
    let has_code = text.split(|c: char| !c.is_ascii_alphanumeric()).any(opening::is_code);
    has_code || ["SEDA", "XML", "PUID", "tenant"].iter().any(|word| text.contains(word))
}

/// A value as people read it, for this field.
pub(super) fn value(field: &str, value: &str) -> String {
    match (field, value) {
        ("code d'accès", code) => access(code),
        ("sort final", "Keep") => "Les conserver".into(),
        ("sort final", "Destroy") => "Les éliminer".into(),
        ("mots-clés.nature", kind) => match kind {
            "persname" => "une personne",
            "corpname" => "un organisme ou une entreprise",
            "famname" => "une famille",
            "geogname" => "un lieu",
            "name" => "un nom",
            "occupation" => "un métier",
            "subject" => "un sujet",
            "genreform" => "un genre de document",
            "function" => "une activité",
            other => other,
        }
        .into(),
        ("niveau", "File") => "Dossier".into(),
        ("niveau", "Item") => "Pièce".into(),
        (_, other) => other.to_owned(),
    }
}

/// How long a code closes.
pub(super) fn access(code: &str) -> String {
    match opening::delay_years(code) {
        Some(0) => "Tout le monde, tout de suite".into(),
        Some(u32::MAX) => "Personne".into(),
        Some(50) => "Tout le monde, dans 50\u{a0}ans : ils touchent à la vie privée".into(),
        Some(25) => "Tout le monde, dans 25\u{a0}ans : ils contiennent un secret protégé par la loi".into(),
        Some(years) => format!("Tout le monde, dans {}", count(years.into(), "an", "ans")),
        None => code.to_owned(),
    }
}

/// « 10 ans », of a duration as the standard writes it; as written when it is of another kind.
pub(super) fn lasting(written: &str) -> String {
    let number = written.strip_prefix('P').unwrap_or(written);
    let years = number.strip_suffix('Y').and_then(|years| years.parse().ok());
    let months = number.strip_suffix('M').and_then(|months| months.parse().ok());
    match (years, months) {
        (Some(years), _) => count(years, "an", "ans"),
        (_, Some(months)) => count(months, "mois", "mois"),
        _ => written.to_owned(),
    }
}

/// The schedule's duration, when it has one.
pub(super) fn utility(utility: &Utility) -> Option<&str> {
    match utility {
        Utility::Lasting(duration) => Some(duration),
        Utility::Unlimited | Utility::Unknown => None,
    }
}

/// The standard's word for a fate: what is to be sorted is kept until somebody has.
pub(super) fn final_action(fate: Fate) -> &'static str {
    match fate {
        Fate::Destroy => "Destroy",
        Fate::Sort | Fate::Keep => "Keep",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_a_code_of_the_law() {
        for code in ["AR038", "AR039", "AR048", "AR052", "AR061", "AR062"] {
            let words = value("code d'accès", code);
            assert!(!is_of_the_trade(&words), "{code}: {words}");
        }
        assert!(is_of_the_trade("AR038, aussitôt ; AR048, cinquante ans"));
        assert!(!is_of_the_trade("Date de la séance"));
        assert_eq!(lasting("P10Y"), "10\u{a0}ans");
        assert_eq!(sentence("l'assemblée qui a siégé."), "L’assemblée qui a siégé");
    }
}
