//! Each day, for each tenant and site: a day's readings, and the job that does them at an hour of their own.
//!
//! Safe to run in several processes, and as often as one likes: a day is begun once, and one that is not over goes
//! on before the next begins.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::plan_queries::{self, Day, Kept};
use super::{
    Error, JOB_CHECK_SITE, JOB_LIST_SITE, JOB_MIGRATE, JOB_REPAIR_SITE, Preservation, check_queries, media,
    queries, schedule, site,
};
use crate::model::TenantId;

impl Preservation {
    /// Begins the days that are due and asks for what is not over; asks again for repairs that wait.
    pub async fn plan(&self) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let kept = plan_queries::kept(&mut tx).await?;
        let mut days: BTreeMap<(TenantId, String), Day> = BTreeMap::new();
        days.extend(
            plan_queries::days(&mut tx).await?.into_iter().map(|(tenant, site, day)| ((tenant, site), day)),
        );
        drop(tx);
        let known = self.sites();
        for kept in kept {
            let tenant = kept.tenant;
            let mut tx = self.db.read(tenant).await?;
            let with_copies = queries::sites_of_copies(&mut tx).await?;
            let moving = media::active(&mut tx).await?;
            drop(tx);
            if let Some(id) = moving {
                self.plan_migration(tenant, id).await?;
            }
            for site in wanted(&kept, &known, &with_copies) {
                let day = days.remove(&(tenant, site.clone()));
                self.plan_listing(tenant, site, day.as_ref()).await?;
                self.plan_day(tenant, site, day).await?;
                self.plan_repair(tenant, site).await?;
            }
            for site in with_copies.iter().filter(|site| !known.contains(site)) {
                let day = days.remove(&(tenant, site.clone()));
                self.count_unknown(tenant, site, day).await?;
            }
        }
        // Sites that the settings do not know any more, and where nobody has a copy.
        let mut tx = self.db.technical().await?;
        for (tenant, site) in days.keys() {
            plan_queries::forget(&mut tx, *tenant, site).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Copies on a site that the settings do not know are counted each day: nobody reads them, and that is said.
    async fn count_unknown(&self, tenant: TenantId, site: &str, day: Option<Day>) -> Result<(), Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        if day.is_some_and(|day| day.day >= today) {
            return Ok(());
        }
        let mut rows = self.db.read(tenant).await?;
        let held = check_queries::held(&mut rows, site, self.settings.cycle_began(now)).await?;
        drop(rows);
        let mut tx = self.db.technical().await?;
        plan_queries::begin_day(&mut tx, tenant, site, (today, now, 0)).await?;
        plan_queries::save_held(&mut tx, tenant, site, held).await?;
        Ok(tx.commit().await?)
    }

    async fn plan_day(&self, tenant: TenantId, site: &str, day: Option<Day>) -> Result<(), Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let place = schedule::place(tenant, site);
        let run_at = match &day {
            Some(day) if !day.is_over() => day.begins_at,
            Some(day) if day.day >= today => return Ok(()),
            Some(_) => schedule::begins_at(today, place).max(now),
            // The first day of a member on a site begins at once: nobody waits a day to know that it is read.
            None => now,
        };
        let mut tx = self.db.technical().await?;
        if day.is_none_or(|day| day.is_over()) {
            let seed = self.clock.fresh_id().as_u128();
            #[expect(clippy::cast_possible_truncation, reason = "the low bits, which are random, are enough")]
            let seed = seed as i64;
            plan_queries::begin_day(&mut tx, tenant, site, (today, run_at, seed)).await?;
        }
        tx.enqueue_background(tenant, JOB_CHECK_SITE, site::subject(site), run_at.max(now)).await?;
        Ok(tx.commit().await?)
    }

    /// From time to time, what the site holds is compared with the rows; not before its first day has begun.
    async fn plan_listing(&self, tenant: TenantId, site: &str, day: Option<&Day>) -> Result<(), Error> {
        let now = self.clock.now();
        let every = TimeDelta::days(self.settings.listing_days.into());
        if day.is_none_or(|day| day.listed_at.is_some_and(|listed| now - listed < every)) {
            return Ok(());
        }
        let mut tx = self.db.technical().await?;
        tx.enqueue_background(tenant, JOB_LIST_SITE, site::subject(site), now).await?;
        Ok(tx.commit().await?)
    }

    /// A migration under way goes on: a site may be back, a copy mended.
    async fn plan_migration(&self, tenant: TenantId, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        tx.enqueue_background(tenant, JOB_MIGRATE, id, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// What is still wrong on a site is looked at again: a site may be back, somebody may have brought a copy.
    async fn plan_repair(&self, tenant: TenantId, site: &str) -> Result<(), Error> {
        let mut rows = self.db.read(tenant).await?;
        let counts = queries::incidents_on(&mut rows, site).await?;
        drop(rows);
        let mut tx = self.db.technical().await?;
        plan_queries::save_incidents(&mut tx, tenant, site, counts).await?;
        if counts.0 > 0 {
            let now = self.clock.now();
            tx.enqueue_background(tenant, JOB_REPAIR_SITE, site::subject(site), now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The sites that the settings know and where the tenant has copies, or will have some.
fn wanted<'a>(kept: &Kept, known: &'a [String], with_copies: &[String]) -> Vec<&'a String> {
    let wanted = |site: &&String| {
        kept.sites.as_ref().is_none_or(|set| set.contains(site)) || with_copies.contains(site)
    };
    known.iter().filter(wanted).collect()
}
