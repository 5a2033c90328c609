//! A unit's description in the words of the trade.

use crate::access::{Reader, Retention};
use crate::catalog::Archive;
use crate::model::{Content, Rules};
use crate::seda::opening::Opening;
use crate::seda::retention::Due;
use crate::web::pages::ingest::list::Names;
use crate::web::pages::shell::Fact;
use crate::web::pages::words;

/// Elements of `Content` that have words of ours, by the last name of their path.
const KNOWN: [(&str, &str); 22] = [
    ("OriginatingAgencyArchiveUnitIdentifier", "Cote du service producteur"),
    ("TransferringAgencyArchiveUnitIdentifier", "Cote du service versant"),
    ("ArchivalAgencyArchiveUnitIdentifier", "Cote donnée par le versant"),
    ("SystemId", "Identifiant dans l’application d’origine"),
    ("OriginatingSystemId", "Identifiant dans l’application d’origine"),
    ("CustodialHistoryItem", "Historique de la conservation"),
    ("Type", "Type"),
    ("DocumentType", "Type de document"),
    ("Language", "Langue"),
    ("DescriptionLanguage", "Langue de la description"),
    ("Status", "État"),
    ("Version", "Version"),
    ("Source", "Provenance"),
    ("CreatedDate", "Date de création"),
    ("AcquiredDate", "Date de numérisation"),
    ("SentDate", "Date d’envoi"),
    ("ReceivedDate", "Date de réception"),
    ("RegisteredDate", "Date d’enregistrement"),
    ("FullName", "Personne"),
    ("BirthName", "Nom"),
    ("FirstName", "Prénom"),
    ("Geogname", "Lieu"),
];

/// The description: long texts first, then the short facts.
pub fn facts(content: &Content, names: &Names) -> Vec<Fact> {
    let text = |label: &str, value: String| Fact { label: label.into(), value, whole: true };
    let mut facts: Vec<Fact> = content
        .descriptions
        .iter()
        .map(|description| text("Présentation du contenu", description.clone()))
        .collect();
    if let Some(span) = words::span(content.start_date.as_deref(), content.end_date.as_deref()) {
        facts.push(Fact::new("Dates", span));
    }
    if let Some(date) = &content.transacted_date {
        facts.push(Fact::new("Date de l’acte", words::lexical_date(date)));
    }
    if let Some(agency) = &content.originating_agency {
        facts.push(Fact::new("Service producteur", names.get(agency).unwrap_or(agency)));
    }
    if !content.keywords.is_empty() {
        facts.push(Fact::new("Mots-clés", content.keywords.join(", ")));
    }
    for (path, value) in &content.others {
        if let Some(label) = label(path) {
            let value = if label.starts_with("Langue") { words::language(value) } else { value };
            facts.push(Fact::new(label, words::lexical_date(value)));
        }
    }
    facts
}

/// The rest of the description, by the names of its elements: for an archivist.
pub fn others(content: &Content) -> Vec<Fact> {
    content
        .others
        .iter()
        .filter(|(path, _)| label(path).is_none())
        .map(|(path, value)| Fact::new(path.clone(), value.clone()))
        .collect()
}

fn label(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

/// Management rules as written on this unit, durations in words; the codes themselves for an archivist alone.
pub fn rules(rules: &Rules, codes: bool) -> Vec<Fact> {
    rules
        .rules
        .iter()
        .map(|rule| {
            let terms = rule.terms.iter().flat_map(|(code, start)| {
                let duration = words::years(code).or_else(|| access(code));
                let start =
                    start.as_deref().map(|start| format!("à partir du {}", words::lexical_date(start)));
                let code = Some(code.clone()).filter(|code| codes && words::years(code).is_none());
                [duration, start, code].into_iter().flatten()
            });
            let action = rule.final_action.as_deref().map(|action| final_action(action).to_owned());
            let value: Vec<String> = terms.chain(action).collect();
            Fact::new(category(&rule.category), value.join(", "))
        })
        .filter(|fact| !fact.value.is_empty())
        .collect()
}

/// From when anybody may read it.
pub fn opening(opening: Opening) -> Fact {
    let value = match opening {
        Opening::Free => "Librement".into(),
        Opening::From(day) => format!("À compter du {}", words::lexical_date(&day.to_string())),
        Opening::Unknown => "À déterminer par le service d’archives".into(),
        Opening::Never => "Jamais".into(),
    };
    Fact::new("Communicable", value)
}

/// When the time of what it describes is over, and what then.
pub fn retention(retention: &Retention) -> Option<Fact> {
    let Due { until, fate, by_schedule } = retention.due;
    let fate = fate?;
    let day = until.and_then(|last| last.succ_opt());
    let when = match day {
        Some(day) => format!("À compter du {} : {}", words::lexical_date(&day.to_string()), fate.label()),
        None => format!("Sans échéance connue ; ensuite : {}", fate.label()),
    };
    let rule = retention.rule.as_ref().filter(|_| by_schedule);
    let because = rule.map(|rule| format!(" (tableau de gestion : {})", rule.typology)).unwrap_or_default();
    Some(Fact::new("Fin de la DUA", format!("{when}{because}")))
}

/// Why a content does not open for somebody.
pub fn closed(reader: &Reader, archive: &Archive, opening: Opening) -> String {
    if reader.is_to_say_why(archive) {
        return "Au titre du contrôle, vous lisez les descriptions ; les fichiers s’ouvrent une fois dit pourquoi vous les lisez."
            .into();
    }
    if !reader.reads_what_is_open() {
        return "Votre rôle donne accès à la description, pas au contenu. Adressez-vous au service d’archives.".into();
    }
    match opening {
        Opening::From(day) => format!(
            "Communicable à compter du {}. Avant cette date, vous pouvez demander une dérogation.",
            words::lexical_date(&day.to_string())
        ),
        Opening::Never => "Ce contenu n’est jamais communicable.".into(),
        Opening::Free | Opening::Unknown => {
            "Rien ne dit encore quand ce contenu est communicable : adressez-vous au service d’archives."
                .into()
        }
    }
}

/// What an access code means, in years (code du patrimoine, L213-2).
fn access(code: &str) -> Option<String> {
    let number: u32 = code.strip_prefix("AR0")?.parse().ok()?;
    let meaning = match number {
        38 => "librement communicable",
        39..=42 => "25 ans",
        43..=47 => "25 ans après le décès",
        48..=51 => "50 ans",
        52..=57 => "75 ans",
        58..=60 => "100 ans",
        61 => "120 ans après la naissance",
        62 => "jamais communicable",
        _ => return None,
    };
    Some(meaning.to_owned())
}

fn category(written: &str) -> &str {
    match written {
        "AppraisalRule" => "Durée d’utilité administrative",
        "StorageRule" => "Durée d’utilité courante",
        "AccessRule" => "Communicabilité",
        "DisseminationRule" => "Diffusion",
        "ReuseRule" => "Réutilisation",
        "ClassificationRule" => "Classification",
        "HoldRule" => "Gel",
        other => other,
    }
}

fn final_action(written: &str) -> &str {
    match written {
        "Keep" => "à conserver",
        "Destroy" => "à éliminer",
        "Copy" => "à copier",
        "Transfer" => "à transférer",
        "RestrictAccess" => "accès restreint",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_told_in_words_and_the_rest_is_kept_apart() {
        let content = Content {
            descriptions: vec!["Séance du 3 mars".into()],
            start_date: Some("2026-03".into()),
            others: vec![("Language".into(), "fra".into()), ("Gps/GpsLatitude".into(), "48.1".into())],
            ..Content::default()
        };
        let labels: Vec<String> = facts(&content, &Names::new()).into_iter().map(|fact| fact.label).collect();
        assert_eq!(labels, ["Présentation du contenu", "Dates", "Langue"]);
        assert_eq!(others(&content)[0].label, "Gps/GpsLatitude");
    }
}
