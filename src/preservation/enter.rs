//! What readings found, entered in one transaction: dates of the good ones, incidents for the wrong ones, the events,
//! and the repair asked for.

use std::collections::BTreeSet;

use chrono_tz::Europe::Paris;
use fail::fail_point;

use super::incident::{self, Occasion};
use super::reading::{Reading, Verdict};
use super::{Error, JOB_REPAIR_SITE, Preservation, queries, site};
use crate::mail::{self, Letter};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId};
use crate::telemetry;

/// What was entered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entered {
    /// Copies read.
    pub read: u64,
    pub size_bytes: u64,
    pub faulty: u64,
    /// Incidents that were not open before.
    pub opened: u64,
}

impl Preservation {
    /// Enters readings of a tenant's copies. Those of a site that is away are left out: nothing is known of
    /// them. Nothing at all is entered when none is left.
    pub(super) async fn enter(
        &self,
        by: Agent,
        tenant: TenantId,
        occasion: Occasion,
        readings: &[Reading],
    ) -> Result<Entered, Error> {
        let mut entered = Entered::default();
        for reading in readings {
            telemetry::copy_read(reading.verdict.word(), reading.size_bytes);
        }
        let known: Vec<&Reading> = readings.iter().filter(|reading| reading.away().is_none()).collect();
        if known.is_empty() {
            return Ok(entered);
        }
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        let code = queries::member_code(&mut tx).await?;
        let good: Vec<(ArchiveId, &str)> = known
            .iter()
            .filter(|reading| reading.is_right())
            .map(|reading| (reading.archive, reading.site.as_str()))
            .collect();
        queries::set_verified(&mut tx, &good, now).await?;
        for (archive, site) in queries::close_incidents(&mut tx, &good, now).await? {
            let detail = vec![("constat", "relue sans défaut".to_owned())];
            tx.record(incident::mended(by, archive, &site, Outcome::Ok, detail));
        }
        let mut to_mend = BTreeSet::new();
        for reading in &known {
            entered.read += 1;
            entered.size_bytes += reading.size_bytes;
            let Verdict::Wrong(faults) = &reading.verdict else { continue };
            entered.faulty += 1;
            let id = self.clock.fresh_id();
            if queries::open_incident(&mut tx, id, reading, faults, occasion, now).await? {
                entered.opened += 1;
                tx.record(incident::opened(by, reading.archive, &reading.site, occasion, faults));
                to_mend.insert(reading.site.as_str());
            }
        }
        for &site in &to_mend {
            tx.enqueue_background(JOB_REPAIR_SITE, site::subject(site), now).await?;
        }
        if entered.opened > 0 {
            let letter = Letter::Incident {
                sites: to_mend.iter().map(|&site| site.to_owned()).collect(),
                copies: entered.opened,
            };
            let topic = format!("incident:{}", now.with_timezone(&Paris).date_naive());
            mail::write_to_administrators(&mut tx, &self.clock, &topic, &letter).await?;
        }
        tx.record(read(by, &code, occasion, &known, &entered));
        fail_point!("check-page-read");
        tx.commit().await?;
        fail_point!("check-page-entered");
        Ok(entered)
    }
}

fn read(by: Agent, code: &str, occasion: Occasion, known: &[&Reading], entered: &Entered) -> Event {
    let archives: BTreeSet<ArchiveId> = known.iter().map(|reading| reading.archive).collect();
    let sites: BTreeSet<&str> = known.iter().map(|reading| reading.site.as_str()).collect();
    let faulty: BTreeSet<ArchiveId> =
        known.iter().filter(|reading| !reading.is_right()).map(|reading| reading.archive).collect();
    Event {
        event_type: EventType::ControleIntegrite,
        outcome: if entered.faulty == 0 { Outcome::Ok } else { Outcome::Ko },
        agent: by,
        object: format!("member:{code}"),
        detail: vec![
            ("occasion", occasion.label().to_owned()),
            ("sites", sites.into_iter().collect::<Vec<_>>().join(" ")),
            ("archives", archives.len().to_string()),
            ("copies", entered.read.to_string()),
            ("octets", entered.size_bytes.to_string()),
            ("archives_en_defaut", faulty.len().to_string()),
        ],
    }
}
