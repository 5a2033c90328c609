//! What waits in quarantine when the rows are lost: transfers that were acknowledged, and not yet taken in charge.
//!
//! A file whose transfer nothing closed goes through the front door again, under its own identifier. Never removes a file
//! but that of an archive that is entered.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::rebuild::Rebuilt;
use super::{Error, Recovery, blocking, queries};
use crate::evidence::{self, Recorded};
use crate::model::{Agent, Channel, Event, EventType, Outcome, TenantId, TransferId};
use crate::proof::digest::sha512_of;

/// What the journal says of a transfer's reception.
#[derive(Default)]
struct Received {
    at: Option<DateTime<Utc>>,
    channel: Option<String>,
    person: Option<Uuid>,
    machine: Option<Uuid>,
    sha512: Option<String>,
    /// It was refused: its bytes only wait for their time to be over.
    is_refused: bool,
}

impl Recovery {
    /// Sees to each file of the member in quarantine.
    pub(super) async fn settle_quarantine(
        &self,
        resume_job: &'static str,
        tenant: TenantId,
        rebuilt: &mut Rebuilt,
    ) -> Result<(), Error> {
        let quarantine = self.storage.quarantine().clone();
        let files = blocking(move || Ok(quarantine.older_than(tenant, Duration::ZERO)?)).await?;
        for id in files {
            let mut tx = self.db.read(tenant).await?;
            let state = queries::transfer_state(&mut tx, id.0).await?;
            let said = match state {
                None => received(&evidence::events_about(&mut tx, &format!("transfer:{id}")).await?),
                Some(_) => Received::default(),
            };
            drop(tx);
            match state.as_deref() {
                Some("taken_in_charge") => {
                    let quarantine = self.storage.quarantine().clone();
                    blocking(move || Ok(quarantine.remove(tenant, id)?)).await?;
                }
                Some(_) => {}
                None if said.is_refused => {}
                None if self.resume(resume_job, tenant, id, said).await? => rebuilt.resumed += 1,
                None => rebuilt.unexplained += 1,
            }
        }
        Ok(())
    }

    /// Takes a transfer up again as it was received; `false` when its bytes are not those received, or are another's.
    async fn resume(
        &self,
        resume_job: &'static str,
        tenant: TenantId,
        id: TransferId,
        said: Received,
    ) -> Result<bool, Error> {
        let quarantine = self.storage.quarantine().clone();
        let (sha512, size_bytes) = blocking(move || {
            let mut waiting = quarantine.open(tenant, id)?;
            Ok(sha512_of(&mut waiting.bytes())?)
        })
        .await?;
        if said.sha512.is_some_and(|received| received != hex::encode(sha512)) {
            return Ok(false);
        }
        let at = said.at.unwrap_or_else(|| self.clock.now());
        let mut tx = self.db.write(tenant).await?;
        let new = queries::Waiting {
            transfer: id.0,
            channel: said.channel.as_deref().unwrap_or("api"),
            person: said.person,
            machine: said.machine,
            size_bytes,
            digest: &sha512,
            received_at: at,
        };
        if !queries::put_waiting(&mut tx, &new).await? {
            return Ok(false);
        }
        tx.record(Event {
            event_type: EventType::Reconstruction,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: format!("transfer:{id}"),
            detail: vec![
                ("etape", "repris de la quarantaine".to_owned()),
                ("octets", size_bytes.to_string()),
                ("sha512", hex::encode(sha512)),
            ],
        });
        tx.enqueue(resume_job, id.0, self.clock.now()).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// What its entries say of how a transfer came, and whether it was refused.
fn received(entries: &[Recorded]) -> Received {
    let mut received = Received::default();
    for entry in entries {
        received.is_refused |= entry.event_type == "REJET";
        if entry.event_type != "RECEPTION" {
            continue;
        }
        let text: Value = serde_json::from_str(&entry.entry).unwrap_or_default();
        let detail = |name: &str| text["detail"][name].as_str().map(str::to_owned);
        let agent = text["agent"].as_str().unwrap_or_default();
        let id = |kind: &str| agent.strip_prefix(kind).and_then(|id| id.parse().ok());
        received.at = Some(entry.at);
        received.channel = detail("canal").filter(|channel| Channel::from_word(channel).is_some());
        received.sha512 = detail("sha512");
        received.person = id("person:");
        received.machine = id("machine:");
    }
    received
}
