//! The part of the operator's page about what brings the service back: backups, copies of the journals, rehearsals.
//!
//! Never shows more of a member than its name.

use chrono::{DateTime, TimeDelta, Utc};

use super::shell::{At, Badge, Fact};
use super::words;
use crate::db;
use crate::recovery::{Backup, Behind, KeptRehearsal, last_backup, last_rehearsals};
use crate::web::State;

/// Rehearsals shown, newest first.
const SHOWN: u32 = 10;
/// A backup older than this is one that was forgotten.
const BACKUP_HOURS_MAX: i64 = 36;
/// A copy of a journal that lags behind for longer.
const BEHIND_MINUTES_MAX: i64 = 10;

const SAME: Badge = Badge { label: "Identique", tone: "kept", icon: "check" };
const OTHER: Badge = Badge { label: "Différences", tone: "refused", icon: "cross" };

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Safety {
    pub backup: Option<Backup>,
    pub behind: Vec<Behind>,
    /// With the member's name.
    pub rehearsals: Vec<(String, KeptRehearsal)>,
}

/// One rehearsal.
pub struct RehearsalLine {
    pub member: String,
    pub at: At,
    pub site: String,
    pub content: String,
    pub took: String,
    pub state: Badge,
    pub differences: Vec<String>,
}

/// Looks.
pub async fn look(state: &State) -> Result<Safety, db::Error> {
    let mut tx = state.db.technical().await?;
    let late = state.clock.now() - TimeDelta::minutes(BEHIND_MINUTES_MAX);
    Ok(Safety {
        backup: last_backup(&mut tx).await?,
        behind: crate::recovery::behind(&mut tx, late).await?,
        rehearsals: last_rehearsals(&mut tx, SHOWN).await?,
    })
}

/// What somebody should look at, in sentences.
pub fn troubles(safety: &Safety, now: DateTime<Utc>) -> Vec<String> {
    let mut troubles = Vec::new();
    if let Some(backup) = &safety.backup
        && now - backup.ended_at > TimeDelta::hours(BACKUP_HOURS_MAX)
    {
        let when = words::moment(backup.ended_at).words;
        troubles
            .push(format!("La base n’a pas été sauvegardée depuis {BACKUP_HOURS_MAX}\u{a0}heures ({when})."));
    }
    let mut sites: Vec<&str> = safety.behind.iter().map(|behind| behind.site.as_str()).collect();
    sites.sort_unstable();
    sites.dedup();
    for site in sites {
        let count = safety.behind.iter().filter(|behind| behind.site == site).count() as u64;
        let journals = words::count(count, "journal n’y est pas copié", "journaux n’y sont pas copiés");
        troubles.push(format!("Site {site} : {journals} jusqu’à leur fin."));
    }
    if let Some((member, _)) = safety.rehearsals.iter().find(|(_, last)| !last.differences.is_empty()) {
        troubles.push(format!("La dernière répétition pour {member} a trouvé des différences."));
    }
    troubles
}

/// The last backup, in words.
pub fn facts(safety: &Safety) -> Vec<Fact> {
    let Some(backup) = &safety.backup else {
        return vec![Fact::new("Dernière sauvegarde de la base", "aucune par ce programme".to_owned())];
    };
    let size = words::size(backup.size_bytes.unsigned_abs());
    vec![
        Fact::new("Dernière sauvegarde de la base", words::moment(backup.ended_at).words),
        Fact::new("Taille", size),
        Fact::new("Dossier", backup.path.clone()),
    ]
}

/// The rehearsals, in words; of each member, the last one counts.
pub fn lines(safety: &Safety) -> Vec<RehearsalLine> {
    let line = |(member, of): &(String, KeptRehearsal)| {
        let archives = words::count(of.archive_count.unsigned_abs(), "archive", "archives");
        RehearsalLine {
            member: member.clone(),
            at: words::moment(of.began_at),
            site: of.site.clone(),
            content: format!("{archives}, {}", words::size(of.size_bytes.unsigned_abs())),
            took: duration(of.took_ms.unsigned_abs()),
            state: if of.differences.is_empty() { SAME } else { OTHER },
            differences: of.differences.clone(),
        }
    };
    safety.rehearsals.iter().map(line).collect()
}

/// `3,2 s`, `12 min 5 s`, `4 h 10 min`.
fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    match seconds {
        0..60 => format!("{seconds},{}\u{a0}s", milliseconds % 1_000 / 100),
        60..3_600 => format!("{}\u{a0}min {}\u{a0}s", seconds / 60, seconds % 60),
        _ => format!("{}\u{a0}h {}\u{a0}min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_at_a_glance() {
        let said: Vec<String> = [3_280, 725_000, 15_000_000]
            .map(duration)
            .iter()
            .map(|said| said.replace('\u{a0}', " "))
            .collect();
        assert_eq!(said, ["3,2 s", "12 min 5 s", "4 h 10 min"]);
    }

    #[test]
    fn a_forgotten_backup_a_late_copy_and_a_difference_are_told() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let safety = Safety {
            backup: Some(Backup {
                began_at: at("2027-03-01T02:00:00Z"),
                ended_at: at("2027-03-01T02:10:00Z"),
                kind: "base".into(),
                path: "/srv/sauvegardes".into(),
                size_bytes: 1,
            }),
            ..Safety::default()
        };
        assert!(troubles(&safety, at("2027-03-02T02:00:00Z")).is_empty());
        assert_eq!(troubles(&safety, at("2027-03-03T02:00:00Z")).len(), 1);
        assert!(troubles(&Safety::default(), at("2027-03-03T02:00:00Z")).is_empty(), "backed up by others");
    }
}
