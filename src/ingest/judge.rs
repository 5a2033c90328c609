//! The middle of the path, from a manifest read to what `decide` decides over: the same whether a deposit is examined or a
//! package is only tried.
//!
//! Never writes a row, never decides.

use super::conform::Conformed;
use super::decide::Facts;
use super::identify::{Tables, identify};
use super::seen::{Home, Seen};
use super::validate::Validated;
use super::{Error, Ingest, blocking, viruses};
use crate::model::{CopySaid, MachineId, PersonId, TenantId, Transfer, TransferId};

/// Who sends a package, and what they say of it.
pub(super) struct Sender {
    /// Of a package that is only tried: one that no row has.
    pub transfer_id: TransferId,
    pub person_id: Option<PersonId>,
    pub machine_id: Option<MachineId>,
    pub copy: Option<CopySaid>,
}

impl From<&Transfer> for Sender {
    fn from(transfer: &Transfer) -> Self {
        Self {
            transfer_id: transfer.transfer_id,
            person_id: transfer.person_id,
            machine_id: transfer.machine_id,
            copy: transfer.copy,
        }
    }
}

/// A package read wholly, and what the registers say of it.
pub(super) struct Judged {
    pub conformed: Conformed,
    pub facts: Facts,
    pub seen: Seen,
    pub home: Home,
}

impl Ingest {
    /// Reads the files, looks the names up, checks the manifest against its profile.
    ///
    /// # Errors
    /// When something could not be read, the scanner does not answer, or the agreement has changed meanwhile.
    pub(super) async fn judge(
        &self,
        tenant: TenantId,
        from: &Sender,
        validated: Validated,
    ) -> Result<Judged, Error> {
        let viruses = self.viruses(tenant, &validated).await?;
        let (limits, signatures) = (self.limits.clone(), self.signatures.get().await?);
        let scratch = self.storage.quarantine().scratch().to_owned();
        let (trust, now) = (self.trust.clone(), self.clock.now());
        let identified = blocking(move || {
            let tables = Tables { signatures: &signatures, scratch: &scratch, trust: &trust, now };
            identify(validated, &limits, tables, viruses)
        })
        .await?;
        let mut seen = Seen::of(&identified)?;
        let (facts, home) = self.facts(tenant, from, &seen).await?;
        seen.is_judged_under(facts.agreement.as_ref());
        if facts.agreement.is_some() && identified.viruses.terms != viruses::terms(facts.agreement.as_ref()) {
            return Err(Error::Contended);
        }
        let conformed =
            self.conform(tenant, identified, facts.agreement.as_ref(), facts.profile.as_ref()).await?;
        seen.was_checked_against(conformed.applied.as_ref());
        Ok(Judged { conformed, facts, seen, home })
    }
}
