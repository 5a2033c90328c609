//! What ingest declares: that bytes were received, and that an archive was taken in charge.
//!
//! Each is entered in the transaction of what it declares: none without the act, no act without it.

use chrono::{DateTime, Utc};

use super::notes::Notes;
use super::receive::Depositor;
use super::store::Stored;
use super::{Error, Ingest, coverage};
use crate::db::TenantTx;
use crate::evidence::attestation::{self, Draft};
use crate::evidence::attested;
use crate::model::{Agent, ArchiveId, Transfer};
use crate::package::checks::Outcome;
use crate::proof::attestation::{self as form, Kind};
use crate::proof::journal::timestamp;

impl Ingest {
    /// The bytes are ours to examine.
    pub(super) async fn attest_reception(
        &self,
        tx: &mut TenantTx,
        from: &Depositor,
        member: form::Member,
        transfer: &Transfer,
    ) -> Result<(), Error> {
        let draft = Draft {
            kind: Kind::Reception,
            transfer_id: transfer.transfer_id,
            archive_id: None,
            transfer: deposit(transfer),
            archive: None,
            controls: Vec::new(),
            copies: Vec::new(),
            files: Vec::new(),
        };
        let (id, at) = (self.clock.fresh_id(), transfer.received_at);
        attestation::issue(tx, id, from.agent, at, member, draft).await?;
        Ok(())
    }

    /// Every copy is written and was read again.
    pub(super) async fn attest_taking_in_charge(
        &self,
        tx: &mut TenantTx,
        transfer: &Transfer,
        stored: &Stored,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let accession = &stored.sealed.accession;
        let copy = |location: &crate::storage::Location| form::Copy {
            site: location.site.clone(),
            read_at: timestamp(at),
            intact: true,
            size_bytes: None,
            inventory_sha512: Some(hex::encode(stored.inventory)),
            faults: Vec::new(),
        };
        let draft = Draft {
            kind: Kind::PriseEnCharge,
            transfer_id: transfer.transfer_id,
            archive_id: Some(ArchiveId(accession.archive_id)),
            transfer: deposit(transfer),
            archive: Some(attested::archive(accession, profile(transfer), Some(&stored.inventory), at)),
            controls: controls(&stored.sealed.notes, transfer),
            copies: stored.locations.iter().map(copy).collect(),
            files: attested::files(accession),
        };
        let member = attestation::member(tx).await?;
        attestation::issue(tx, self.clock.fresh_id(), Agent::Service, at, member, draft).await?;
        Ok(())
    }
}

/// The deposit as the register has it.
fn deposit(transfer: &Transfer) -> form::Transfer {
    form::Transfer {
        id: transfer.transfer_id.to_string(),
        message_identifier: transfer.message_identifier.clone(),
        transferring_agency: transfer.transferring_agency.clone(),
        file_name: transfer.file_name.clone(),
        received_at: timestamp(transfer.received_at),
        size_bytes: transfer.size_bytes,
        sha512: hex::encode(&transfer.digest),
    }
}

/// The archive profile it came under, with its version.
fn profile(transfer: &Transfer) -> Option<String> {
    attested::profile(transfer.archival_profile.as_deref(), transfer.profile_version)
}

/// Families of checks and what they came to; how far it was checked for viruses, always.
fn controls(notes: &Notes, transfer: &Transfer) -> Vec<form::Control> {
    let mut controls = match notes {
        Notes::Fixed(fixed) => fixed
            .checks
            .families
            .iter()
            .map(|family| form::Control {
                name: family.name.clone(),
                outcome: if family.outcome == Outcome::Pass { "pass" } else { "warning" }.to_owned(),
            })
            .collect(),
        Notes::Document(_) => Vec::new(),
    };
    let word = transfer.virus.as_ref().map(coverage::word);
    controls
        .extend(word.map(|word| form::Control { name: "virus_coverage".into(), outcome: word.to_owned() }));
    controls
}
