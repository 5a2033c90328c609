//! What somebody must look at, told from rows and the time alone: true even when nothing that reads copies lives.
//!
//! Pure. Nothing here is remembered: an alert lasts as long as what it says is so.

use chrono::{DateTime, TimeDelta, Utc};

use super::Settings;
use super::standing::{Canaries, Migration, SiteStanding};

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The site was away when it was to be read, and is still.
    SiteAway { site: String, since: DateTime<Utc> },
    /// Members whose copies on the site had no sample in time; since the longest of them.
    SampleLate { site: String, members: u64, since: DateTime<Utc> },
    /// Copies that their cycle has not read in time.
    CycleLate { site: String, copies: u64 },
    /// Copies wrong everywhere.
    NoGoodCopy { site: String, copies: u64 },
    /// Copies wrong, to be mended.
    Incidents { site: String, copies: u64 },
    /// Damage done to a canary that nothing has found in time.
    CanaryUnfound { site: String, since: DateTime<Utc> },
    /// No canary has been damaged for too long: whatever does it has stopped.
    CanariesIdle { since: Option<DateTime<Utc>> },
    /// The catalogue has copies on a site that the settings do not know: nobody reads them.
    UnknownSite { site: String, copies: u64 },
    /// Archives that have no copy on a site of their member's set, and none is on its way.
    Unfilled { site: String, archives: u64 },
    /// A migration does not go on.
    MigrationStopped { site: String, reason: String },
    /// Objects that no row names.
    Orphans { site: String, objects: u64 },
}

/// Days past the interval after which no canary damaged is an alert.
const IDLE_DAYS: u32 = 2;
/// Days past its cycle after which a copy is late: a day's readings take their time.
const CYCLE_DAYS: i64 = 2;

/// The alerts of these sites, canaries and migrations, the gravest first.
pub(super) fn alerts(
    now: DateTime<Utc>,
    settings: &Settings,
    sites: &[SiteStanding],
    canaries: &Canaries,
    migrations: &[Migration],
) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for site in sites {
        alerts.extend(of_site(now, settings, site));
        if site.known && site.missing > 0 && migrations.iter().all(|migration| migration.site != site.site) {
            alerts.push(Alert::Unfilled { site: site.site.clone(), archives: site.missing });
        }
    }
    alerts.extend(of_canaries(now, settings, canaries));
    for migration in migrations {
        if let Some(reason) = &migration.last_error {
            alerts.push(Alert::MigrationStopped { site: migration.site.clone(), reason: reason.clone() });
        }
    }
    alerts.sort_by_key(|alert| !alert.is_grave());
    alerts
}

fn of_site(now: DateTime<Utc>, settings: &Settings, standing: &SiteStanding) -> Vec<Alert> {
    let (site, mut alerts) = (standing.site.clone(), Vec::new());
    if !standing.known {
        if standing.copies > 0 {
            alerts.push(Alert::UnknownSite { site, copies: standing.copies });
        }
        return alerts;
    }
    if standing.no_good_copy > 0 {
        alerts.push(Alert::NoGoodCopy { site: site.clone(), copies: standing.no_good_copy });
    }
    let mending = standing.incidents.saturating_sub(standing.no_good_copy);
    if mending > 0 {
        alerts.push(Alert::Incidents { site: site.clone(), copies: mending });
    }
    if standing.orphans > 0 {
        alerts.push(Alert::Orphans { site: site.clone(), objects: standing.orphans });
    }
    // A site that is away explains why nothing is read there.
    if let Some(since) = standing.away_since {
        alerts.push(Alert::SiteAway { site, since });
        return alerts;
    }
    if let Some(since) = standing.sampled_since.filter(|since| now - *since > settings.overdue()) {
        alerts.push(Alert::SampleLate { site: site.clone(), members: standing.late, since });
    }
    let late = settings.cycle_began(now) - TimeDelta::days(CYCLE_DAYS);
    if standing.oldest_at.is_some_and(|oldest| oldest < late) {
        alerts.push(Alert::CycleLate { site, copies: standing.copies.saturating_sub(standing.fresh).max(1) });
    }
    alerts
}

fn of_canaries(now: DateTime<Utc>, settings: &Settings, canaries: &Canaries) -> Vec<Alert> {
    if settings.canaries == 0 {
        return Vec::new();
    }
    let found_in = TimeDelta::days(settings.canary_found_days.into());
    let unfound = canaries.unfound.iter().filter(|damage| now - damage.done_at > found_in);
    let mut alerts: Vec<Alert> = unfound
        .map(|damage| Alert::CanaryUnfound { site: damage.site.clone(), since: damage.done_at })
        .collect();
    let idle = TimeDelta::days((settings.canary_days + IDLE_DAYS).into());
    let last = canaries.last_done_at.max(canaries.made_at);
    if last.is_none_or(|last| now - last > idle) {
        alerts.push(Alert::CanariesIdle { since: last });
    }
    alerts
}

impl Alert {
    /// The word by which it is counted.
    pub fn word(&self) -> &'static str {
        match self {
            Alert::SiteAway { .. } => "site_away",
            Alert::SampleLate { .. } => "sample_late",
            Alert::CycleLate { .. } => "cycle_late",
            Alert::NoGoodCopy { .. } => "no_good_copy",
            Alert::Incidents { .. } => "incidents",
            Alert::CanaryUnfound { .. } => "canary_unfound",
            Alert::CanariesIdle { .. } => "canaries_idle",
            Alert::UnknownSite { .. } => "unknown_site",
            Alert::Unfilled { .. } => "unfilled",
            Alert::MigrationStopped { .. } => "migration_stopped",
            Alert::Orphans { .. } => "orphans",
        }
    }

    /// Whether it waits for somebody today.
    pub fn is_grave(&self) -> bool {
        !matches!(self, Alert::Incidents { .. } | Alert::Orphans { .. } | Alert::CycleLate { .. })
    }

    /// Every word, for those who count.
    pub const WORDS: [&'static str; 11] = [
        "site_away",
        "sample_late",
        "cycle_late",
        "no_good_copy",
        "incidents",
        "canary_unfound",
        "canaries_idle",
        "unknown_site",
        "unfilled",
        "migration_stopped",
        "orphans",
    ];
}

#[cfg(test)]
mod tests {
    use super::super::standing::Damage;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn words(alerts: &[Alert]) -> Vec<&'static str> {
        alerts.iter().map(Alert::word).collect()
    }

    fn well(now: DateTime<Utc>) -> (SiteStanding, Canaries) {
        let site = SiteStanding {
            site: "nord".into(),
            known: true,
            copies: 10,
            fresh: 10,
            oldest_at: Some(now - TimeDelta::days(200)),
            sampled_since: Some(now - TimeDelta::hours(25)),
            members: 2,
            ..SiteStanding::default()
        };
        let canaries = Canaries { last_done_at: Some(now - TimeDelta::days(6)), ..Canaries::default() };
        (site, canaries)
    }

    #[test]
    fn all_is_well_until_the_sample_is_a_day_and_two_hours_old() {
        let now = at("2027-03-01T08:00:00Z");
        let settings = Settings::default();
        let (site, canaries) = well(now);
        assert!(alerts(now, &settings, std::slice::from_ref(&site), &canaries, &[]).is_empty());
        let later =
            alerts(now + TimeDelta::minutes(61), &settings, std::slice::from_ref(&site), &canaries, &[]);
        assert_eq!(words(&later), ["sample_late"]);
        let away = SiteStanding { away_since: Some(now), ..site };
        let later = alerts(now + TimeDelta::minutes(61), &settings, &[away], &canaries, &[]);
        assert_eq!(words(&later), ["site_away"], "one alert of the site");
    }

    #[test]
    fn each_thing_wrong_has_its_alert_and_the_gravest_come_first() {
        let now = at("2027-03-01T08:00:00Z");
        let settings = Settings::default();
        let (site, canaries) = well(now);
        let wrong = SiteStanding {
            incidents: 3,
            no_good_copy: 1,
            orphans: 2,
            missing: 5,
            fresh: 4,
            oldest_at: Some(now - TimeDelta::days(400)),
            ..site
        };
        let gone = SiteStanding { site: "est".into(), copies: 7, ..SiteStanding::default() };
        let damage = Damage { site: "sud".into(), done_at: now - TimeDelta::days(91), ..Damage::default() };
        let canaries =
            Canaries { unfound: vec![damage], last_done_at: Some(now - TimeDelta::days(10)), ..canaries };
        let stopped = Migration { last_error: Some("plus de place".into()), ..Migration::default() };
        let found = alerts(now, &settings, &[wrong, gone], &canaries, &[stopped]);
        let expected = [
            "no_good_copy",
            "unfilled",
            "unknown_site",
            "canary_unfound",
            "canaries_idle",
            "migration_stopped",
            "incidents",
            "orphans",
            "cycle_late",
        ];
        assert_eq!(words(&found), expected);
        assert!(
            found
                .iter()
                .all(|alert| Alert::WORDS.contains(&alert.word()) && alert.to_string().ends_with(['.', '?']))
        );
    }

    #[test]
    fn without_canaries_nobody_misses_them() {
        let now = at("2027-03-01T08:00:00Z");
        let settings = Settings { canaries: 0, ..Settings::default() };
        assert!(alerts(now, &settings, &[], &Canaries::default(), &[]).is_empty());
        assert_eq!(
            words(&alerts(now, &Settings::default(), &[], &Canaries::default(), &[])),
            ["canaries_idle"]
        );
    }
}
