//! Where bytes are kept, in words: the database, the quarantine, and of each site what the operator said of it, what it
//! is made of, whether it takes bytes and whether it lets them go.
//!
//! It shows no path and no address. What a place does not say is said to be unknown, never guessed.

use super::shell::{Badge, Fact};
use super::words;
use crate::storage::{Lock, MediumKind, Room, Standing};
use crate::web::health::Report;

/// The database or the quarantine.
pub struct PlaceLine {
    pub name: &'static str,
    pub state: Badge,
    pub room: Option<String>,
}

/// A site.
pub struct SiteLine {
    pub name: String,
    pub state: Badge,
    pub facts: Vec<Fact>,
}

/// Under this share of free room, a disk is soon full.
const FREE_PERCENT_MIN: u64 = 10;

const ANSWERS: Badge = Badge { label: "Répond", tone: "kept", icon: "check" };
const SILENT: Badge = Badge { label: "Ne répond pas", tone: "refused", icon: "cross" };
const WRITABLE: Badge = Badge { label: "Accepte l’écriture", tone: "kept", icon: "check" };
const UNWRITABLE: Badge = Badge { label: "Refuse l’écriture", tone: "refused", icon: "cross" };
const NEARLY_FULL: Badge = Badge { label: "Presque plein", tone: "waiting", icon: "alert" };

/// The database, then the quarantine.
pub fn lines(report: &Report) -> Vec<PlaceLine> {
    let database = PlaceLine {
        name: "Base de données",
        state: if report.database { ANSWERS } else { SILENT },
        room: None,
    };
    let quarantine = report.places.iter().filter(|place| place.site.is_none()).map(|place| PlaceLine {
        name: "Quarantaine",
        state: state(place),
        room: place.room.map(room),
    });
    [database].into_iter().chain(quarantine).collect()
}

/// The sites, in the order of the settings.
pub fn sites(report: &Report) -> Vec<SiteLine> {
    let line = |place: &Standing| {
        let name = place.site.clone()?;
        Some(SiteLine { name, state: state(place), facts: facts(place) })
    };
    report.places.iter().filter_map(line).collect()
}

/// What somebody should look at.
pub fn trouble(place: &Standing) -> Option<String> {
    let name = place.site.as_ref().map_or("Quarantaine".into(), |site| format!("Site {site}"));
    if place.fault.is_some() {
        return Some(format!(
            "{name} : l’écriture est refusée, plus rien ne peut y être gardé. La cause est au journal du programme."
        ));
    }
    let is_low = place.room.is_some_and(is_low);
    is_low.then(|| format!("{name} : moins de {FREE_PERCENT_MIN}\u{a0}% de place libre."))
}

fn state(place: &Standing) -> Badge {
    match place {
        Standing { fault: Some(_), .. } => UNWRITABLE,
        Standing { room: Some(room), .. } if is_low(*room) => NEARLY_FULL,
        _ => WRITABLE,
    }
}

fn facts(place: &Standing) -> Vec<Fact> {
    let about = &place.about;
    let said = |value: &str| if value.is_empty() { "Non renseigné".to_owned() } else { value.to_owned() };
    let qualification = match about.qualification.as_str() {
        "" => "Aucune déclarée".to_owned(),
        declared => declared.to_owned(),
    };
    vec![
        Fact::new("Lieu", said(&about.location)),
        Fact::new("Pays", said(&about.country)),
        Fact::new("Propriétaire", said(&about.owner)),
        Fact::new("Qualification", qualification),
        Fact::new("Support", medium(place.medium)),
        Fact::new("Place libre", free(place)),
        Fact { whole: true, ..Fact::new("Verrouillage des objets", lock(place.medium, &place.lock)) },
    ]
}

fn medium(medium: MediumKind) -> &'static str {
    match medium {
        MediumKind::Folder => "Dossier d’un disque",
        MediumKind::S3 => "Compartiment S3",
        MediumKind::Azure => "Compartiment Azure",
        MediumKind::Google => "Compartiment Google Cloud",
    }
}

/// Whether the place itself keeps an object from being removed or replaced.
fn lock(medium: MediumKind, lock: &Lock) -> String {
    match (lock, medium) {
        (Lock::Kept { mode, days }, _) => {
            let days = words::count((*days).into(), "jour", "jours");
            let by = match mode.as_str() {
                "COMPLIANCE" => ", que personne ne peut lever",
                "GOVERNANCE" => ", que le compte qui en a le droit peut lever",
                _ => "",
            };
            format!("Actif : chaque objet est retenu {days}, en mode {mode}{by}.")
        }
        (Lock::Unset, _) => "Offert, sans durée par défaut : aucun objet n’est retenu.".into(),
        (Lock::None, MediumKind::Folder) => {
            "Non offert par un dossier : les fichiers sont en lecture seule, ce que leur propriétaire peut défaire.".into()
        }
        (Lock::None, _) => "Non offert par ce compartiment.".into(),
        (Lock::Unknown, MediumKind::S3) => "Inconnu : le compartiment n’a pas répondu à la question.".into(),
        (Lock::Unknown, _) => "Inconnu : le service ne sait pas interroger ce support.".into(),
    }
}

fn free(place: &Standing) -> String {
    match (place.room, &place.fault) {
        (Some(free), _) => room(free),
        (None, Some(_)) => "Inconnue".into(),
        (None, None) => "Le support ne la dit pas".into(),
    }
}

/// What is free of a disk, in words.
pub fn room(room: Room) -> String {
    let (free, size) = (words::size(room.free_bytes), words::size(room.size_bytes));
    format!("{free} sur {size} ({}\u{a0}%)", room.free_percent())
}

fn is_low(room: Room) -> bool {
    room.free_percent() < FREE_PERCENT_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_objects_is_said_of_every_medium_and_answer() {
        let kept = |mode: &str| Lock::Kept { mode: mode.into(), days: 90 };
        for (medium, answer, said) in [
            (
                MediumKind::S3,
                kept("COMPLIANCE"),
                "Actif : chaque objet est retenu 90\u{a0}jours, en mode COMPLIANCE, que personne",
            ),
            (
                MediumKind::S3,
                kept("GOVERNANCE"),
                "mode GOVERNANCE, que le compte qui en a le droit peut lever.",
            ),
            (MediumKind::S3, kept("AUTRE"), "en mode AUTRE."),
            (MediumKind::S3, Lock::Unset, "Offert, sans durée"),
            (MediumKind::S3, Lock::None, "Non offert par ce compartiment"),
            (MediumKind::S3, Lock::Unknown, "n’a pas répondu"),
            (MediumKind::Azure, Lock::Unknown, "ne sait pas interroger"),
            (MediumKind::Google, Lock::Unknown, "ne sait pas interroger"),
            (MediumKind::Folder, Lock::None, "Non offert par un dossier"),
        ] {
            let words = lock(medium, &answer);
            assert!(words.contains(said), "{medium:?} {answer:?}: {words}");
        }
    }
}
