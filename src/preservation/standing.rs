//! How the keeping of archives stands: site by site for those who run the service, member by member for those whose
//! archives they are.
//!
//! It reads nothing on the sites: what it says is as old as the last readings, and it says how old.

use chrono::{DateTime, TimeDelta, Utc};

use super::alert::{Alert, alerts};
use super::incident::Incident;
use super::{Error, Preservation, canary, repair_queries, standing_queries};
use crate::db::TenantRead;
use crate::model::{ArchiveId, TenantId};

/// Every member's copies on one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteStanding {
    pub site: String,
    /// The settings know it.
    pub known: bool,
    pub copies: u64,
    /// Read within the cycle.
    pub fresh: u64,
    pub oldest_at: Option<DateTime<Utc>>,
    /// Archives that have no copy there and should.
    pub missing: u64,
    /// Members that have copies there, or will.
    pub members: u64,
    /// The longest that a member has been without a sample; `None`: no member is there.
    pub sampled_since: Option<DateTime<Utc>>,
    /// Members that have been without one for too long.
    pub late: u64,
    pub incidents: u64,
    pub no_good_copy: u64,
    pub orphans: u64,
    pub away_since: Option<DateTime<Utc>>,
}

/// Damage done to a canary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    pub site: String,
    /// `altered`, `removed` or `replaced`.
    pub manner: String,
    pub done_at: DateTime<Utc>,
    pub found_at: Option<DateTime<Utc>>,
    pub mended_at: Option<DateTime<Utc>>,
}

/// How long damage lives before it is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canaries {
    /// Since they are in place; `None`: there are none.
    pub made_at: Option<DateTime<Utc>>,
    pub last_done_at: Option<DateTime<Utc>>,
    /// Damage that nothing has found yet, the oldest first.
    pub unfound: Vec<Damage>,
    /// Damage found since ever.
    pub found: u64,
    pub median_seconds: Option<u64>,
    pub longest_seconds: Option<u64>,
    /// The last ones found, latest first.
    pub latest: Vec<Damage>,
}

/// A site joining a member's set or leaving it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    pub member: String,
    pub site: String,
    /// `copying`, `verifying` or `destroying`.
    pub state: String,
    /// Copied, or destroyed.
    pub archives: u64,
    pub archives_left: u64,
    pub size_bytes: u64,
    pub asked_at: DateTime<Utc>,
    pub last_error: Option<String>,
}

/// The keeping of every member's archives.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    pub sites: Vec<SiteStanding>,
    pub canaries: Canaries,
    /// Those under way.
    pub migrations: Vec<Migration>,
    pub alerts: Vec<Alert>,
}

/// One member's copies on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSite {
    pub site: String,
    pub copies: u64,
    pub fresh: u64,
    pub oldest_at: Option<DateTime<Utc>>,
    pub sampled_at: Option<DateTime<Utc>>,
}

/// The keeping of one member's archives.
#[derive(Clone, Debug, Default)]
pub struct MemberStanding {
    pub sites: Vec<MemberSite>,
    /// Wrong everywhere first, then the oldest.
    pub open: Vec<Incident>,
    /// Those of [`MemberStanding::open`] and the others.
    pub open_count: u64,
    /// Those of the last days, latest first.
    pub repaired: Vec<Incident>,
}

/// Incidents shown at once.
const SHOWN: i64 = 100;
/// Days during which a repair is told.
const REPAIRED_DAYS: i64 = 30;
/// Canaries told of the last found.
const LATEST: i64 = 10;

/// Copies of the member that are known to be wrong, and not repaired.
pub async fn open_count(tx: &mut TenantRead) -> Result<u64, Error> {
    Ok(repair_queries::count_open(tx).await?.unsigned_abs())
}

impl Preservation {
    /// How the keeping of archives stands, over all members, with what must be looked at.
    pub async fn overview(&self) -> Result<Overview, Error> {
        let now = self.clock.now();
        let sites = self.sites();
        let mut tx = self.db.technical().await?;
        let late = now - self.settings.overdue();
        let sites = standing_queries::sites(&mut tx, &sites, late, canary::tenant()).await?;
        let canaries = standing_queries::canaries(&mut tx, canary::CODE, LATEST).await?;
        let migrations = standing_queries::migrations(&mut tx).await?;
        let alerts = alerts(now, &self.settings, &sites, &canaries, &migrations);
        Ok(Overview { sites, canaries, migrations, alerts })
    }

    /// How the keeping of a member's archives stands.
    pub async fn member_standing(&self, tenant: TenantId) -> Result<MemberStanding, Error> {
        let mut technical = self.db.technical().await?;
        let sites = standing_queries::member_sites(&mut technical, tenant).await?;
        drop(technical);
        let since = self.clock.now() - TimeDelta::days(REPAIRED_DAYS);
        let mut tx = self.db.read(tenant).await?;
        Ok(MemberStanding {
            sites,
            open: repair_queries::open_incidents(&mut tx, SHOWN).await?,
            open_count: repair_queries::count_open(&mut tx).await?.unsigned_abs(),
            repaired: repair_queries::repaired_incidents(&mut tx, since, SHOWN).await?,
        })
    }

    /// What is wrong now with copies of an archive.
    pub async fn incidents_of(&self, tenant: TenantId, archive: ArchiveId) -> Result<Vec<Incident>, Error> {
        let mut tx = self.db.read(tenant).await?;
        Ok(repair_queries::incidents_of(&mut tx, archive).await?)
    }
}
