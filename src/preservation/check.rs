//! A day's readings of a tenant's copies on one site: the sample, then the oldest readings.
//!
//! Where it stands is in rows after each page: whoever takes the job up again goes on from there, and reads
//! one page twice at most. A site that is away ends the job; the day stays open, and the next turn asks again.

use std::time::Instant;

use uuid::Uuid;

use super::incident::Occasion;
use super::plan_queries::{self, Day};
use super::reading::{Due, Reading};
use super::{Error, Preservation, SLICE, Turn, check_queries, media, queries, schedule};
use crate::model::{Agent, TenantId};

/// Copies of one page, and their bytes: what is read twice after a crash.
const PAGE: i64 = 50;
const PAGE_BYTES: u64 = 1 << 30;

/// What comes next of a day.
enum Next {
    /// Rows were counted or drawn; look again.
    Settled,
    Read(Occasion, Vec<Due>),
    Over,
}

impl Preservation {
    /// Goes on with the day of a tenant on the site that the job names.
    pub async fn check_site(&self, tenant: TenantId, subject: Uuid) -> Result<Turn, Error> {
        let Some(site) = self.site_named(subject) else { return Ok(Turn::Done) };
        let began = Instant::now();
        loop {
            let mut tx = self.db.technical().await?;
            let day = plan_queries::day(&mut tx, tenant, &site).await?;
            drop(tx);
            let Some(mut day) = day.filter(|day| !day.is_over()) else { return Ok(Turn::Done) };
            match self.next(tenant, &site, &mut day).await? {
                Next::Settled => self.save(tenant, &site, &day).await?,
                Next::Read(occasion, page) => {
                    if !self.read_page(tenant, &site, &mut day, occasion, page).await? {
                        return Ok(Turn::Done);
                    }
                    self.save(tenant, &site, &day).await?;
                }
                Next::Over => {
                    self.end(tenant, &site, &day).await?;
                    return Ok(Turn::Done);
                }
            }
            if began.elapsed() > SLICE {
                return Ok(Turn::More);
            }
        }
    }

    async fn next(&self, tenant: TenantId, site: &str, day: &mut Day) -> Result<Next, Error> {
        let now = self.clock.now();
        let mut tx = self.db.read(tenant).await?;
        if media::is_leaving(&mut tx, site).await? {
            // Its copies go away one by one: nobody looks for them.
            day.sampled_at = Some(now);
            return Ok(Next::Over);
        }
        if !day.is_sampled() {
            let Some(below) = day.sample_below else {
                let held = check_queries::held(&mut tx, site, self.settings.cycle_began(now)).await?;
                let size =
                    schedule::sample_size(held.copies.unsigned_abs(), self.settings.sample_per_million);
                let size = i64::try_from(size).unwrap_or(i64::MAX);
                day.sample_below = check_queries::draw(&mut tx, site, day.seed, size).await?;
                if day.sample_below.is_none() {
                    day.sampled_at = Some(now);
                }
                return Ok(Next::Settled);
            };
            let page =
                check_queries::sample_page(&mut tx, site, (day.seed, below), day.sample_after, PAGE).await?;
            if page.is_empty() {
                day.sampled_at = Some(now);
                return Ok(Next::Settled);
            }
            return Ok(Next::Read(Occasion::Sample, page));
        }
        let Some(left) = day.cycle_left else {
            let held = check_queries::held(&mut tx, site, self.settings.cycle_began(now)).await?;
            let place = schedule::place(tenant, site);
            let share =
                schedule::cycle_share(held.copies.unsigned_abs(), self.settings.cycle_days(), day.day, place);
            // Those that are late already are read whatever their number.
            let share = i64::try_from(share).unwrap_or(i64::MAX).max(held.copies - held.fresh);
            day.cycle_left = Some(share);
            return Ok(Next::Settled);
        };
        let page = match left {
            0 => Vec::new(),
            left => check_queries::oldest_page(&mut tx, site, day.begins_at, PAGE.min(left)).await?,
        };
        // Past the cycle's share, those that an agreement promises to read more often.
        let page = match page.is_empty() {
            true => check_queries::promised_page(&mut tx, site, day.begins_at, PAGE).await?,
            false => page,
        };
        Ok(if page.is_empty() { Next::Over } else { Next::Read(Occasion::Cycle, page) })
    }

    /// Reads a page, or the first of it; `false`: the site is away.
    async fn read_page(
        &self,
        tenant: TenantId,
        site: &str,
        day: &mut Day,
        occasion: Occasion,
        page: Vec<Due>,
    ) -> Result<bool, Error> {
        let mut readings: Vec<Reading> = Vec::new();
        let mut size_bytes = 0;
        let mut last = day.sample_after;
        for due in page {
            if size_bytes > PAGE_BYTES {
                break;
            }
            for reading in self.read_at_pace(tenant, &due, vec![site.to_owned()]).await? {
                if let Some(reason) = reading.away() {
                    self.is_away(site, reason).await?;
                    self.enter_page(tenant, site, day, occasion, &readings).await?;
                    return Ok(false);
                }
                size_bytes += reading.size_bytes;
                readings.push(reading);
            }
            last = due.archive.0;
        }
        if occasion == Occasion::Sample {
            day.sample_after = last;
        }
        self.enter_page(tenant, site, day, occasion, &readings).await?;
        self.is_back(site).await?;
        Ok(true)
    }

    async fn enter_page(
        &self,
        tenant: TenantId,
        site: &str,
        day: &mut Day,
        occasion: Occasion,
        readings: &[Reading],
    ) -> Result<(), Error> {
        let entered = self.enter(Agent::Service, tenant, occasion, readings).await?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        day.read += count(entered.read);
        day.faulty += count(entered.faulty);
        day.size_bytes = day.size_bytes.saturating_add(count(entered.size_bytes));
        if occasion == Occasion::Cycle {
            day.cycle_left = day.cycle_left.map(|left| (left - count(entered.read)).max(0));
        }
        if entered.faulty > 0 {
            if schedule::is_widespread(day.read.unsigned_abs(), day.faulty.unsigned_abs()) {
                tracing::error!(site.name = site, tenant.id = %tenant, "many copies are wrong: all of them are read");
                day.cycle_left = Some(i64::MAX);
            }
            self.count_incidents(tenant, site).await?;
        }
        Ok(())
    }

    async fn save(&self, tenant: TenantId, site: &str, day: &Day) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        plan_queries::save_day(&mut tx, tenant, site, day).await?;
        Ok(tx.commit().await?)
    }

    /// The day is over; all of the tenant's copies on the site are counted.
    async fn end(&self, tenant: TenantId, site: &str, day: &Day) -> Result<(), Error> {
        let now = self.clock.now();
        let mut rows = self.db.read(tenant).await?;
        let held = check_queries::held(&mut rows, site, self.settings.cycle_began(now)).await?;
        drop(rows);
        let mut tx = self.db.technical().await?;
        plan_queries::save_day(&mut tx, tenant, site, &Day { ended_at: Some(now), ..day.clone() }).await?;
        plan_queries::save_held(&mut tx, tenant, site, held).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Incidents of the tenant on the site, for those who look at every member.
    pub(super) async fn count_incidents(&self, tenant: TenantId, site: &str) -> Result<(), Error> {
        let mut rows = self.db.read(tenant).await?;
        let counts = queries::incidents_on(&mut rows, site).await?;
        drop(rows);
        let mut tx = self.db.technical().await?;
        plan_queries::save_incidents(&mut tx, tenant, site, counts).await?;
        Ok(tx.commit().await?)
    }
}
