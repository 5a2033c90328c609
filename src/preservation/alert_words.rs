//! Alerts in words, for the operator: what is so, since when, what to do.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;

use super::alert::Alert;

/// « 3 copies », « 1 copie ».
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number}\u{a0}{}", if number < 2 { one } else { many })
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alert::SiteAway { site, since } => write!(
                f,
                "Site {site} : hors d’atteinte depuis le {}, ses copies ne sont plus relues. Son disque est-il monté ?",
                day(since)
            ),
            Alert::SampleLate { site, members, since } => write!(
                f,
                "Site {site} : le contrôle quotidien ne se fait plus pour {} (le plus ancien date du {}). Le programme \
                 qui fait les travaux est-il en marche ?",
                count(*members, "collectivité", "collectivités"),
                day(since)
            ),
            Alert::CycleLate { site, copies } => write!(
                f,
                "Site {site} : {} au-delà du cycle de relecture. Augmentez integrity.bytes_per_second.",
                count(*copies, "copie est", "copies sont")
            ),
            Alert::NoGoodCopy { site, copies } => write!(
                f,
                "Site {site} : {} sans aucune copie saine ailleurs. Il faut en retrouver une.",
                count(*copies, "copie est fausse,", "copies sont fausses,")
            ),
            Alert::Incidents { site, copies } => {
                write!(f, "Site {site} : {} à réparer.", count(*copies, "copie", "copies"))
            }
            other => other.rarer(f),
        }
    }
}

impl Alert {
    fn rarer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alert::CanaryUnfound { site, since } => write!(
                f,
                "Site {site} : l’objet témoin abîmé le {} n’a pas été trouvé. Les relectures ne voient pas les défauts.",
                day(since)
            ),
            Alert::CanariesIdle { since: Some(since) } => {
                write!(
                    f,
                    "Aucun objet témoin n’a été abîmé depuis le {} : le contrôle n’est plus éprouvé.",
                    day(since)
                )
            }
            Alert::CanariesIdle { since: None } => {
                f.write_str("Aucun objet témoin n’est en place : le contrôle n’est pas éprouvé.")
            }
            Alert::UnknownSite { site, copies } => write!(
                f,
                "Site {site} : {} au catalogue, et les réglages ne connaissent plus ce site. Personne ne les relit.",
                count(*copies, "copie", "copies")
            ),
            Alert::Unfilled { site, archives } => write!(
                f,
                "Site {site} : {} pas de copie sur ce site. Lancez « chartrier sites add » pour leur collectivité.",
                count(*archives, "archive n’a", "archives n’ont")
            ),
            Alert::MigrationStopped { site, reason } => {
                write!(f, "Migration du site {site} arrêtée : {reason}.")
            }
            Alert::Orphans { site, objects } => {
                write!(f, "Site {site} : {} qu’aucune ligne ne nomme.", count(*objects, "objet", "objets"))
            }
            _ => f.write_str(self.word()),
        }
    }
}

fn day(at: &DateTime<Utc>) -> String {
    at.with_timezone(&Paris).format("%d/%m/%Y à %H:%M").to_string()
}
