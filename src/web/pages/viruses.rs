//! The virus check in words: how far a transfer was looked at, and how the scanner stands.
//!
//! Pure.

use super::shell::{Badge, Fact};
use super::words;
use crate::model::{Engine, NotScanned, VirusCoverage};
use crate::web::scanner::{Report, Standing};

/// Signatures older than this are said: they are released every day.
const SIGNATURES_DAYS_MAX: i64 = 7;

const ANSWERS: Badge = Badge { label: "Répond", tone: "kept", icon: "check" };
const OLD: Badge = Badge { label: "Signatures anciennes", tone: "waiting", icon: "alert" };
const SILENT: Badge = Badge { label: "Ne répond pas", tone: "refused", icon: "cross" };
const NONE: Badge = Badge { label: "Aucun", tone: "waiting", icon: "alert" };

/// « 14 fichiers analysés par ClamAV 1.4.3, rien trouvé ; 1 fichier non analysé : … ».
pub fn coverage(coverage: &VirusCoverage) -> String {
    let files = |count: u64, one: &str, many: &str| words::count(count, one, many);
    let mut said = Vec::new();
    if let Some(known) = &coverage.engine {
        let mut looked = files(coverage.scanned + coverage.infected, "fichier analysé", "fichiers analysés");
        looked += &format!(" par {}", engine(known));
        if coverage.in_parts > 0 {
            looked += &format!(", dont {} par parties", words::number(coverage.in_parts));
        }
        looked += &match coverage.infected {
            0 => ", rien trouvé".to_owned(),
            infected => format!(", {}", files(infected, "infecté", "infectés")),
        };
        said.push(looked);
    }
    said.extend(coverage.not_scanned.iter().map(|(why, count)| not_scanned(*why, *count)));
    if said.is_empty() { "Aucun fichier à analyser".into() } else { said.join(" ; ") }
}

fn not_scanned(why: NotScanned, count: u64) -> String {
    format!("{} : {}", words::count(count, "fichier non analysé", "fichiers non analysés"), why.label())
}

/// « ClamAV 1.4.3 (signatures 27600 du 20 novembre 2026) ».
fn engine(engine: &Engine) -> String {
    let version = engine.signatures.iter().map(|version| format!("signatures {version}"));
    let date = engine.signatures_date.map(|date| format!("du {}", words::lexical_date(&date.to_string())));
    let known: Vec<String> = version.chain(date).collect();
    if known.is_empty() { engine.name.clone() } else { format!("{} ({})", engine.name, known.join(" ")) }
}

/// For the operator: how it stands, in a word, and what is known of it.
pub fn standing(report: &Report) -> (Badge, Vec<Fact>) {
    match &report.standing {
        Standing::None => (
            NONE,
            vec![Fact {
                whole: true,
                ..Fact::new(
                    "Réglage",
                    "antivirus.address est vide : aucun fichier n’est analysé, et chaque versement le dit",
                )
            }],
        ),
        Standing::Silent { address } => (SILENT, facts(address, None, report.waiting)),
        Standing::Answers { address, engine, .. } => {
            let badge = if old_signatures(&report.standing).is_some() { OLD } else { ANSWERS };
            (badge, facts(address, Some(engine), report.waiting))
        }
    }
}

fn facts(address: &str, known: Option<&Engine>, waiting: u64) -> Vec<Fact> {
    let known = known.map(|known| Fact::new("Version", engine(known)));
    let waiting = Fact::new("Versements qui l’attendent", words::number(waiting));
    [Some(Fact::new("Adresse", address)), known, Some(waiting)].into_iter().flatten().collect()
}

fn old_signatures(standing: &Standing) -> Option<i64> {
    standing.age_days().filter(|days| *days > SIGNATURES_DAYS_MAX)
}

/// What the operator should look at.
pub fn trouble(report: &Report) -> Option<String> {
    match &report.standing {
        Standing::Silent { .. } => Some(
            "L’antivirus ne répond pas : les versements sont reçus et attendent, aucun ne passe sans analyse. La cause \
             est au journal du programme."
                .into(),
        ),
        standing => old_signatures(standing).map(|days| {
            format!("Les signatures de l’antivirus ont {} : leur mise à jour semble arrêtée.", words::count(days.unsigned_abs(), "jour", "jours"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        Engine {
            name: "ClamAV 1.4.3".into(),
            signatures: Some("27600".into()),
            signatures_date: "2026-11-20".parse().ok(),
        }
    }

    #[test]
    fn coverage_is_said_with_what_was_left_out() {
        let mut looked = VirusCoverage { engine: Some(engine()), scanned: 14, ..VirusCoverage::default() };
        assert_eq!(
            coverage(&looked).replace('\u{a0}', " "),
            "14 fichiers analysés par ClamAV 1.4.3 (signatures 27600 du 20 novembre 2026), rien trouvé"
        );
        (looked.scanned, looked.infected, looked.in_parts) = (2, 1, 1);
        looked.skip(NotScanned::TooLarge, 1);
        let said = coverage(&looked).replace('\u{a0}', " ");
        assert!(said.starts_with("3 fichiers analysés par ClamAV"), "{said}");
        assert!(
            said.ends_with(", dont 1 par parties, 1 infecté ; 1 fichier non analysé : plus gros que l’antivirus n’en prend"),
            "{said}"
        );
        let mut none = VirusCoverage::default();
        assert_eq!(coverage(&none), "Aucun fichier à analyser");
        none.skip(NotScanned::NotConfigured, 4);
        assert_eq!(
            coverage(&none).replace('\u{a0}', " "),
            "4 fichiers non analysés : le service n’a pas d’antivirus"
        );
    }

    #[test]
    fn old_signatures_and_a_silent_scanner_are_troubles() {
        let answers = |age_days| Report {
            standing: Standing::Answers { address: "/run/clamd".into(), engine: engine(), age_days },
            waiting: 0,
        };
        assert_eq!(trouble(&answers(Some(7))), None);
        assert_eq!(trouble(&answers(None)), None);
        assert!(trouble(&answers(Some(8))).unwrap().contains("8\u{a0}jours"));
        assert_eq!(standing(&answers(Some(8))).0.label, "Signatures anciennes");
        let silent = Report { standing: Standing::Silent { address: "/run/clamd".into() }, waiting: 3 };
        assert!(trouble(&silent).unwrap().contains("attendent"));
        assert_eq!(standing(&silent).1[1].value, "3");
        assert_eq!(trouble(&Report { standing: Standing::None, waiting: 0 }), None);
    }
}
