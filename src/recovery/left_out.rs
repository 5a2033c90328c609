//! What is noted of objects that are not entered: those that stay out, and copies of those that the catalogue has.

use chrono::Datelike;
use fail::fail_point;
use uuid::Uuid;

use super::enter::location;
use super::rebuild::LeftOut;
use super::{Error, Recovery, numbers, queries};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};

/// No reference was given before this year.
const OLDEST: i32 = 1990;

impl Recovery {
    /// Lists an object that is not entered; its number, if it can be read, is not given again.
    pub(super) async fn leave_out(&self, tenant: TenantId, site: &str, left: &LeftOut) -> Result<(), Error> {
        let archive = left.archive.0;
        let mut tx = self.db.write(tenant).await?;
        let cote = left.cote.as_deref();
        queries::leave_out(&mut tx, archive, site, left.reason, &left.detail, cote, self.clock.now()).await?;
        if let Some(cote) = cote {
            let years = OLDEST..=self.clock.today().year();
            numbers::go_on_after_cote(&mut tx, cote, years).await?;
        }
        tx.record(Event {
            event_type: EventType::Reconstruction,
            outcome: Outcome::Ko,
            agent: Agent::Operator,
            object: format!("archive:{archive}"),
            detail: vec![
                ("site", site.to_owned()),
                ("motif", left.reason.to_owned()),
                ("detail", left.detail.clone()),
            ],
        });
        tx.commit().await?;
        fail_point!("rebuild-after-left-out");
        Ok(())
    }

    /// Takes note of copies on this site of archives that the catalogue has already.
    pub(super) async fn note_copies(
        &self,
        tenant: TenantId,
        site: &str,
        known: &[Uuid],
    ) -> Result<(), Error> {
        if known.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write(tenant).await?;
        let missing = queries::without_copy(&mut tx, known, site).await?;
        for (archive, taken_in_charge_at) in &missing {
            queries::put_copy(&mut tx, *archive, site, &location(tenant, *archive), *taken_in_charge_at)
                .await?;
            tx.record(Event {
                event_type: EventType::Reconstruction,
                outcome: Outcome::Ok,
                agent: Agent::Operator,
                object: format!("archive:{archive}"),
                detail: vec![("copie", site.to_owned())],
            });
        }
        if missing.is_empty() { Ok(()) } else { Ok(tx.commit().await?) }
    }
}
