//! How far a transfer was checked for viruses, as it is kept: in its row, in the journal, in the archive's PREMIS.

use serde_json::{Map, Value, json};

use super::event_object;
use crate::model::{Agent, Engine, Event, EventType, NotScanned, Outcome, TransferId, VirusCoverage};

/// For the transfer's row, and the API.
pub fn write(coverage: &VirusCoverage) -> Value {
    let engine = coverage.engine.as_ref();
    let not_scanned: Map<String, Value> =
        coverage.not_scanned.iter().map(|(why, count)| (why.word().to_owned(), (*count).into())).collect();
    json!({
        "engine": engine.map(|engine| &engine.name),
        "signatures": engine.and_then(|engine| engine.signatures.as_ref()),
        "signatures_date": engine.and_then(|engine| engine.signatures_date),
        "scanned": coverage.scanned,
        "in_parts": coverage.in_parts,
        "infected": coverage.infected,
        "not_scanned": not_scanned,
    })
}

/// Reads it back; what another version may have written beside is left.
pub fn read(json: &Value) -> VirusCoverage {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let count = |name: &str| json.get(name).and_then(Value::as_u64).unwrap_or_default();
    let mut coverage = VirusCoverage {
        engine: text("engine").map(|name| Engine {
            name: name.to_owned(),
            signatures: text("signatures").map(str::to_owned),
            signatures_date: text("signatures_date").and_then(|date| date.parse().ok()),
        }),
        scanned: count("scanned"),
        in_parts: count("in_parts"),
        infected: count("infected"),
        not_scanned: Vec::new(),
    };
    let not_scanned = json.get("not_scanned").and_then(Value::as_object);
    for (why, count) in not_scanned.into_iter().flatten() {
        if let (Some(why), Some(count)) = (NotScanned::from_word(why), count.as_u64()) {
            coverage.skip(why, count);
        }
    }
    coverage
}

/// One word for the event that accepts or refuses the transfer.
pub(super) fn word(coverage: &VirusCoverage) -> &'static str {
    match (&coverage.engine, coverage.not_scanned.first()) {
        (Some(_), None) => "complete",
        (Some(_), Some(_)) => "partial",
        (None, Some((why, _))) => why.word(),
        (None, None) => "nothing",
    }
}

/// The check itself as an event; none when no scanner was asked.
pub(super) fn event(id: TransferId, coverage: &VirusCoverage) -> Option<Event> {
    let engine = coverage.engine.as_ref()?;
    let mut detail = vec![("etape", "antivirus".to_owned()), ("moteur", engine.name.clone())];
    detail.extend(engine.signatures.iter().map(|version| ("signatures", version.clone())));
    detail.extend(engine.signatures_date.iter().map(|date| ("signatures_date", date.to_string())));
    detail.push(("analyses", (coverage.scanned + coverage.infected).to_string()));
    detail.push(("par_parties", coverage.in_parts.to_string()));
    detail.push(("infectes", coverage.infected.to_string()));
    let reasons = coverage.not_scanned.iter().map(|(why, count)| format!("{} {count}", why.word()));
    let reasons: Vec<String> = reasons.collect();
    detail.push(("non_analyses", coverage.not_scanned_count().to_string()));
    if !reasons.is_empty() {
        detail.push(("motifs", reasons.join(", ")));
    }
    let outcome = if coverage.infected > 0 { Outcome::Ko } else { Outcome::Ok };
    let (event_type, object) = (EventType::Controle, event_object(id));
    Some(Event { event_type, outcome, agent: Agent::Service, object, detail })
}

/// Outcome and detail of the PREMIS event `virus check`.
pub(super) fn premis(coverage: &VirusCoverage) -> (&'static str, String) {
    let files = |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let mut said = match &coverage.engine {
        None => Vec::new(),
        Some(engine) => {
            let signatures = engine.signatures.iter().map(|version| format!(", signatures {version}"));
            let dated = engine.signatures_date.iter().map(|date| format!(" of {date}"));
            let known: String = signatures.chain(dated).collect();
            let parts = match coverage.in_parts {
                0 => String::new(),
                parts => format!(", {parts} of them in parts that overlap"),
            };
            vec![format!(
                "{} scanned by {}{known}{parts}: nothing found",
                files(coverage.scanned),
                engine.name
            )]
        }
    };
    said.extend(
        coverage
            .not_scanned
            .iter()
            .map(|(why, count)| format!("{} not scanned: {}", files(*count), why.english())),
    );
    (if coverage.is_whole() { "success" } else { "warning" }, said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage() -> VirusCoverage {
        VirusCoverage {
            engine: Some(Engine {
                name: "ClamAV 1.4.3".into(),
                signatures: Some("27600".into()),
                signatures_date: "2026-11-20".parse().ok(),
            }),
            scanned: 12,
            in_parts: 2,
            infected: 0,
            not_scanned: vec![(NotScanned::TooLarge, 1)],
        }
    }

    #[test]
    fn coverage_comes_back_as_it_was() {
        assert_eq!(read(&write(&coverage())), coverage());
        let mut none = VirusCoverage::default();
        none.skip(NotScanned::NotConfigured, 4);
        assert_eq!(read(&write(&none)), none);
        assert_eq!(read(&Value::Null), VirusCoverage::default());
    }

    #[test]
    fn preservation_metadata_say_what_was_looked_at_and_what_not() {
        let (outcome, detail) = premis(&coverage());
        assert_eq!(outcome, "warning");
        assert_eq!(
            detail,
            "12 files scanned by ClamAV 1.4.3, signatures 27600 of 2026-11-20, 2 of them in parts that overlap: nothing \
             found; 1 file not scanned: larger than the scanner takes"
        );
        let mut none = VirusCoverage::default();
        none.skip(NotScanned::NotConfigured, 4);
        let (_, detail) = premis(&none);
        assert_eq!(detail, "4 files not scanned: the service has no scanner");
        let whole = VirusCoverage { not_scanned: Vec::new(), in_parts: 0, scanned: 1, ..coverage() };
        assert_eq!(premis(&whole).0, "success");
    }

    #[test]
    fn one_word_tells_a_whole_check_from_none() {
        assert_eq!(word(&coverage()), "partial");
        assert_eq!(word(&VirusCoverage { not_scanned: Vec::new(), ..coverage() }), "complete");
        let mut none = VirusCoverage::default();
        none.skip(NotScanned::Off, 4);
        assert_eq!((word(&none), event(TransferId(uuid::Uuid::nil()), &none).is_none()), ("off", true));
    }
}
