//! The readings of every member's copies, in words, for the operator's page.

use super::{NOT_YET, NOTHING, SiteLine, WELL, WRONG, counted, percent, share};
use crate::preservation::{Canaries, Damage, Migration, Overview, SiteStanding};
use crate::web::pages::shell::{At, Badge, Fact};
use crate::web::pages::words;

/// Damage done to a canary.
pub struct DamageLine {
    pub site: String,
    pub manner: &'static str,
    pub done: At,
    pub found_after: String,
}

/// A site joining a member's set, or leaving it.
pub struct MigrationLine {
    pub what: String,
    pub member: String,
    pub step: &'static str,
    /// From 0 to 100, and in words.
    pub done: u64,
    pub done_words: String,
    pub error: Option<String>,
}

/// The readings of every member's copies, in words.
pub struct Keeping {
    pub sites: Vec<SiteLine>,
    pub canaries: Vec<Fact>,
    pub damages: Vec<DamageLine>,
    pub migrations: Vec<MigrationLine>,
}

const LATE: Badge = Badge { label: "Contrôle en retard", tone: "refused", icon: "alert" };
const AWAY: Badge = Badge { label: "Hors d’atteinte", tone: "refused", icon: "cross" };
const UNKNOWN: Badge = Badge { label: "Hors des réglages", tone: "refused", icon: "alert" };

/// The readings of every member's copies, in words.
pub fn keeping(overview: &Overview) -> Keeping {
    Keeping {
        sites: overview.sites.iter().map(site).collect(),
        canaries: canaries(&overview.canaries),
        damages: overview.canaries.latest.iter().map(damage).collect(),
        migrations: overview.migrations.iter().map(migration).collect(),
    }
}

fn site(site: &SiteStanding) -> SiteLine {
    SiteLine {
        name: site.site.clone(),
        state: match site {
            SiteStanding { known: false, .. } => UNKNOWN,
            SiteStanding { away_since: Some(_), .. } => AWAY,
            SiteStanding { late: 1.., .. } => LATE,
            SiteStanding { incidents: 1.., .. } => WRONG,
            SiteStanding { sampled_since: None, .. } => NOT_YET,
            SiteStanding { copies: 0, .. } => NOTHING,
            _ => WELL,
        },
        copies: counted(site.copies),
        fresh: (site.copies > 0).then(|| percent(site.fresh, site.copies)),
        fresh_words: share(site.fresh, site.copies),
        oldest: site.oldest_at.map(words::moment),
        sampled: site.sampled_since.map(words::moment),
        incidents: words::number(site.incidents),
    }
}

fn canaries(canaries: &Canaries) -> Vec<Fact> {
    let mut facts = vec![Fact::new("Dégâts trouvés depuis toujours", words::number(canaries.found))];
    facts.extend(canaries.median_seconds.map(|lapse| Fact::new("Délai médian", words::lapse(lapse))));
    facts.extend(canaries.longest_seconds.map(|lapse| Fact::new("Délai le plus long", words::lapse(lapse))));
    facts.push(match canaries.unfound.first() {
        None => Fact::new("Pas encore trouvés", "Aucun"),
        Some(oldest) => {
            let since = words::moment(oldest.done_at).words;
            let count = words::number(canaries.unfound.len() as u64);
            Fact::new("Pas encore trouvés", format!("{count}, depuis le {since} (site {})", oldest.site))
        }
    });
    facts.extend(canaries.last_done_at.map(|at| Fact::new("Dernier abîmé", words::moment(at).words)));
    facts
}

fn damage(damage: &Damage) -> DamageLine {
    let lapse = damage.found_at.map(|found| (found - damage.done_at).num_seconds().unsigned_abs());
    DamageLine {
        site: damage.site.clone(),
        manner: match damage.manner.as_str() {
            "removed" => "Copie retirée",
            "replaced" => "Autre objet à sa place",
            _ => "Octet changé",
        },
        done: words::moment(damage.done_at),
        found_after: lapse.map(words::lapse).unwrap_or_default(),
    }
}

fn migration(migration: &Migration) -> MigrationLine {
    let what = if migration.state == "copying" { "Ajout" } else { "Retrait" };
    let all = migration.archives + migration.archives_left;
    MigrationLine {
        what: format!("{what} du site {}", migration.site),
        member: migration.member.clone(),
        step: match migration.state.as_str() {
            "copying" => "Copie, chaque copie étant relue",
            "verifying" => "Deux copies saines ailleurs, archive après archive",
            "destroying" => "Copies du site détruites, les autres étant relues avant",
            _ => "Terminé",
        },
        done: percent(migration.archives, all),
        done_words: format!(
            "{} sur {}, {}",
            words::number(migration.archives),
            words::count(all, "archive", "archives"),
            words::size(migration.size_bytes)
        ),
        error: migration.last_error.clone(),
    }
}
