//! Attestations issued before their seal, completed after it: each gets its proof, and whoever deposited is told.
//!
//! Never changes what was declared. Run again after a crash, it goes on with those that have no proof yet.

use super::{Error, Sealing};
use crate::evidence::attestation::{self, ToComplete};
use crate::mail::{self, Letter};
use crate::model::{Agent, Event, EventType, Outcome, PersonId, TenantId};
use crate::proof::attestation::Kind;
use crate::registry;

/// Attestations completed in one transaction.
const PAGE: i64 = 100;

impl Sealing {
    /// Completes what seals and stamps cover by now; how many.
    pub async fn complete_attestations(&self) -> Result<u64, Error> {
        let members = registry::queries::members(&mut self.db.technical().await?).await?;
        let mut completed = 0;
        for member in members {
            let mut after = 0;
            loop {
                let waiting = {
                    let mut tx = self.db.read(member.tenant).await?;
                    attestation::to_complete(&mut tx, after, PAGE).await?
                };
                let Some(last) = waiting.last().map(|last| last.seq) else { break };
                let done = self.complete(member.tenant, &member.code, &waiting).await?;
                completed += done;
                if done < waiting.len() as u64 {
                    break;
                }
                after = last;
            }
        }
        Ok(completed)
    }

    /// Completes those that can be, in the order of their entries: the first that cannot ends it.
    async fn complete(&self, tenant: TenantId, code: &str, waiting: &[ToComplete]) -> Result<u64, Error> {
        let mut proofs = Vec::new();
        for one in waiting {
            let Some(proof) = self.prove(tenant, one.seq).await? else { break };
            let text = serde_json::to_string(&proof);
            let text =
                text.map_err(|error| Error::Damaged { name: one.number.clone(), reason: error.to_string() })?;
            proofs.push((one, text));
        }
        let done = proofs.len() as u64;
        if done == 0 {
            return Ok(0);
        }
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        for (one, proof) in proofs {
            if !attestation::keep_proof(&mut tx, one.attestation_id, &proof, now).await? {
                continue;
            }
            if let (Some(person), true) = (one.person, one.kind != Kind::Reception) {
                let (title, number) = (one.kind.title().to_string(), one.number.clone());
                let letter = Letter::Completed { title, number, transfer_id: one.transfer_id.0 };
                let topic = format!("attestation:{}", one.number);
                mail::write_to_person(&mut tx, &self.clock, PersonId(person), &topic, &letter).await?;
            }
        }
        tx.record(Event {
            event_type: EventType::Scellement,
            outcome: Outcome::Ok,
            agent: Agent::Service,
            object: format!("journal:{code}"),
            detail: vec![("attestations", done.to_string())],
        });
        tx.commit().await?;
        Ok(done)
    }
}
