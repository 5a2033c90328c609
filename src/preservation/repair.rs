//! Mending a wrong copy from a good one: read again everywhere, made right from the good copy at a limited rate, read
//! once more, told.
//!
//! Safe to stop anywhere and to run twice: an incident stays open until a reading finds the copy right. Nothing
//! that was wrong is deleted at once: the store sets it aside.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use fail::fail_point;
use uuid::Uuid;

use super::attempt::{Attempt, Outcome};
use super::audit::Scope;
use super::incident::{self, Occasion};
use super::queries::{self, Archived};
use super::reading::Reading;
use super::repair_queries::{self, Open};
use super::{Error, Preservation, SLICE, Turn, blocking, vault};
use crate::model::{Agent, ArchiveId, Outcome as Ended, TenantId};
use crate::storage::Mended;
use crate::{storage, telemetry};

/// Incidents of one page.
const PAGE: i64 = 50;
/// After this long, an incident whose mending came to nothing is tried again.
const AGAIN_HOURS: i64 = 20;

/// Which incidents to look at.
pub(super) struct Wanted<'a> {
    pub site: &'a str,
    pub archive: Option<ArchiveId>,
    /// Those tried since are left alone.
    pub not_since: DateTime<Utc>,
}

impl Preservation {
    /// Goes on mending what is wrong on the site that the job names.
    pub async fn repair_site(&self, tenant: TenantId, subject: Uuid) -> Result<Turn, Error> {
        let Some(site) = self.site_named(subject) else { return Ok(Turn::Done) };
        let not_since = self.clock.now() - TimeDelta::hours(AGAIN_HOURS);
        let wanted = Wanted { site: &site, archive: None, not_since };
        self.mend_all(Agent::Service, tenant, &wanted, Some(SLICE), &mut |_| {}).await
    }

    /// Mends what is wrong now within the scope, whenever it was last tried; `tell` hears what became of each incident.
    pub async fn repair(
        &self,
        by: Agent,
        tenant: TenantId,
        scope: &Scope,
        tell: &mut (dyn FnMut(&Attempt) + Send),
    ) -> Result<(), Error> {
        let not_since = self.clock.now() + TimeDelta::days(1);
        for site in self.sites().iter().filter(|site| scope.site.as_ref().is_none_or(|only| only == *site)) {
            let wanted = Wanted { site, archive: scope.archive, not_since };
            self.mend_all(by, tenant, &wanted, None, tell).await?;
        }
        Ok(())
    }

    /// Looks at every incident wanted, oldest first; `tell` hears what became of each. Stops early when the time is up.
    pub(super) async fn mend_all(
        &self,
        by: Agent,
        tenant: TenantId,
        wanted: &Wanted<'_>,
        at_most: Option<std::time::Duration>,
        tell: &mut (dyn FnMut(&Attempt) + Send),
    ) -> Result<Turn, Error> {
        let began = Instant::now();
        let mut away = BTreeSet::new();
        let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
        loop {
            let mut tx = self.db.read(tenant).await?;
            let page = repair_queries::open_page(&mut tx, wanted, after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            after = (last.opened_at, last.incident_id);
            for open in page {
                if at_most.is_some_and(|most| began.elapsed() > most) {
                    self.count_incidents(tenant, wanted.site).await?;
                    return Ok(Turn::More);
                }
                let (cote, archive, site) =
                    (open.archived.cote.clone(), open.archived.due.archive, open.site.clone());
                let outcome = self.mend(by, tenant, open, &mut away).await?;
                telemetry::copy_mended(outcome.word());
                tell(&Attempt { archive, cote, site, outcome });
            }
        }
        self.count_incidents(tenant, wanted.site).await?;
        Ok(Turn::Done)
    }

    /// Looks at one incident; sites found away are remembered, so as not to be waited for again and again.
    async fn mend(
        &self,
        by: Agent,
        tenant: TenantId,
        open: Open,
        away: &mut BTreeSet<String>,
    ) -> Result<Outcome, Error> {
        let others = || open.archived.sites.iter().filter(|site| **site != open.site);
        let unreachable =
            away.contains(&open.site) || (others().count() > 0 && others().all(|site| away.contains(site)));
        if let Some(site) = away.first().filter(|_| unreachable) {
            return Ok(Outcome::Waiting { site: site.clone() });
        }
        let readings = self.read_known(tenant, &open.archived).await?;
        for reading in &readings {
            if let Some(reason) = reading.away() {
                away.insert(reading.site.clone());
                self.is_away(&reading.site, reason).await?;
            }
        }
        let Some(target) = readings.iter().find(|reading| reading.site == open.site) else {
            return self
                .came_to_nothing(by, tenant, &open, "le site n’est plus dans les réglages".into())
                .await;
        };
        if target.away().is_some() {
            return Ok(Outcome::Waiting { site: open.site });
        }
        self.enter(by, tenant, Occasion::Repair, &readings).await?;
        if target.is_right() {
            return Ok(Outcome::Right);
        }
        match good(&readings) {
            Some(from) => self.mend_from(by, tenant, &open, from.to_owned()).await,
            None if target.lacks_its_marker_only() => self.mark_again(by, tenant, &open).await,
            None => match readings.iter().find(|reading| reading.away().is_some()) {
                Some(reading) => Ok(Outcome::Waiting { site: reading.site.clone() }),
                None => self.hopeless(by, tenant, &open).await,
            },
        }
    }

    /// Reads the copies that the catalogue knows, on the sites that the settings know.
    pub(super) async fn read_known(
        &self,
        tenant: TenantId,
        archived: &Archived,
    ) -> Result<Vec<Reading>, Error> {
        let known = self.sites();
        let sites = archived.sites.iter().filter(|site| known.contains(site)).cloned().collect();
        self.read(tenant, &archived.due, sites).await
    }

    async fn mend_from(
        &self,
        by: Agent,
        tenant: TenantId,
        open: &Open,
        from: String,
    ) -> Result<Outcome, Error> {
        let due = &open.archived.due;
        let (storage, archive, rate) = (self.storage.clone(), due.archive, self.settings.repair_rate());
        let (to, source) = (open.site.clone(), from.clone());
        fail_point!("repair-before-mending");
        let mended = blocking(move || vault::mend(&storage, tenant, archive, (&to, &source), rate)).await;
        fail_point!("repair-mended");
        self.settle(by, tenant, open, from, mended).await
    }

    /// Every copy lacks its marker: the catalogue, which knows it, gives it back.
    async fn mark_again(&self, by: Agent, tenant: TenantId, open: &Open) -> Result<Outcome, Error> {
        let due = &open.archived.due;
        let marker = due.marker.as_ref().map(|marker| marker.bytes.clone()).unwrap_or_default();
        let (storage, archive, site) = (self.storage.clone(), due.archive, open.site.clone());
        let mended = blocking(move || vault::mark(&storage, tenant, archive, &site, &marker)).await;
        self.settle(by, tenant, open, incident::CATALOGUE.into(), mended).await
    }

    /// Reads again what was mended, and closes the incident when it is right.
    async fn settle(
        &self,
        by: Agent,
        tenant: TenantId,
        open: &Open,
        from: String,
        mended: Result<Mended, Error>,
    ) -> Result<Outcome, Error> {
        let (due, archive) = (&open.archived.due, open.archived.due.archive);
        let mended = match mended {
            Ok(mended) => mended,
            Err(Error::Storage(storage::Error::Away { site } | storage::Error::Slow { site, .. })) => {
                return Ok(Outcome::Waiting { site });
            }
            Err(Error::Storage(error)) => {
                return self.came_to_nothing(by, tenant, open, error.in_words()).await;
            }
            Err(error) => return Err(error),
        };
        let again = self.read(tenant, due, vec![open.site.clone()]).await?;
        match again.first() {
            Some(reading) if reading.is_right() => {}
            Some(reading) => {
                let faults = incident::in_words(reading.faults()).join(" ; ");
                let reason = reading.away().map_or(faults, str::to_owned);
                return self.came_to_nothing(by, tenant, open, reason).await;
            }
            None => return self.came_to_nothing(by, tenant, open, "la copie n’a pas été relue".into()).await,
        }
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        queries::set_verified(&mut tx, &[(archive, &open.site)], now).await?;
        if !repair_queries::set_repaired(&mut tx, open.incident_id, &from, now).await? {
            return Ok(Outcome::Right);
        }
        let detail = vec![
            ("copie_saine", from.clone()),
            ("fichiers", mended.files.to_string()),
            ("octets", mended.bytes.to_string()),
            ("mis_de_cote", mended.set_aside.len().to_string()),
        ];
        tx.record(incident::mended(by, archive, &open.site, Ended::Ok, detail));
        fail_point!("repair-before-commit");
        tx.commit().await?;
        fail_point!("repair-after-commit");
        Ok(Outcome::Mended { from, files: mended.files, size_bytes: mended.bytes })
    }

    /// The attempt is journaled; the incident stays open.
    async fn came_to_nothing(
        &self,
        by: Agent,
        tenant: TenantId,
        open: &Open,
        reason: String,
    ) -> Result<Outcome, Error> {
        let mut tx = self.db.write(tenant).await?;
        repair_queries::set_tried(&mut tx, open.incident_id, false, &reason, self.clock.now()).await?;
        let detail = vec![("motif", reason.clone())];
        tx.record(incident::mended(by, open.archived.due.archive, &open.site, Ended::Ko, detail));
        tx.commit().await?;
        Ok(Outcome::Failed(reason))
    }

    /// Every copy is wrong: said once more each day, until somebody brings back a good one.
    async fn hopeless(&self, by: Agent, tenant: TenantId, open: &Open) -> Result<Outcome, Error> {
        let mut tx = self.db.write(tenant).await?;
        repair_queries::set_tried(&mut tx, open.incident_id, true, "aucune copie saine", self.clock.now())
            .await?;
        tx.record(incident::hopeless(by, open.archived.due.archive, &open.archived.sites));
        tx.commit().await?;
        tracing::error!(
            tenant.id = %tenant, archive.id = %open.archived.due.archive, "no site has a good copy of an archive"
        );
        Ok(Outcome::NoGoodCopy)
    }
}

/// A site whose copy is right.
fn good(readings: &[Reading]) -> Option<&str> {
    readings.iter().find(|reading| reading.is_right()).map(|reading| reading.site.as_str())
}
