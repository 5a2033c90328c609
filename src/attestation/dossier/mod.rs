//! The evidence file of an archive (*dossier de preuve*), made on demand: what it is made of, in one ZIP.
//!
//! Never kept: it is made again, from the register, the journal and the copies. What it may not hold is said in it. Its form,
//! and how it is verified, are in `proof::dossier`.

mod page;
mod tools;
mod write;

use std::fs::File;

use chrono::{DateTime, Utc};

use super::{Attestations, Error, statement};
use crate::catalog;
use crate::db::{self, TenantRead};
use crate::evidence::attestation::{self, Attestation};
use crate::evidence::{Recorded, events_about_any, sites_of_member};
use crate::model::{ArchiveId, TenantId, TransferId};
use crate::proof::attestation::{Member, Statement, event_object};
use crate::proof::dossier::{Archive, ENTRIES_MAX};
use crate::proof::sealed::Proof;
use crate::storage::TenantStore;

/// What is asked for.
pub struct Asked {
    pub tenant: TenantId,
    pub archive: ArchiveId,
    pub at: DateTime<Utc>,
}

/// Everything that goes in, but the inventory.
struct Gathered {
    at: DateTime<Utc>,
    public_url: String,
    member: Member,
    archive: Archive,
    inventory_sha512: [u8; 64],
    taken_in_charge_at: DateTime<Utc>,
    /// In the journal's order.
    entries: Vec<Recorded>,
    /// Whether these are all.
    complete: bool,
    /// By the entry's number.
    proofs: Vec<(i64, Proof)>,
    attestations: Vec<Given>,
}

/// An attestation as it is given.
struct Given {
    number: String,
    statement: Statement,
    json: String,
    pdf: Vec<u8>,
}

impl Attestations {
    /// The evidence file, whole, in an unlinked file; `None` when the tenant has no such archive. `prove` gives the proof of
    /// the entry of this number, when a seal covers it.
    pub async fn dossier(
        &self,
        asked: Asked,
        prove: impl AsyncFn(i64) -> Result<Option<Proof>, Error>,
    ) -> Result<Option<File>, Error> {
        let Some((mut gathered, store)) = self.gather(&asked).await? else { return Ok(None) };
        for entry in &gathered.entries {
            let proof = prove(entry.seq).await?;
            gathered.proofs.extend(proof.map(|proof| (entry.seq, proof)));
        }
        let scratch = self.storage.quarantine().scratch().to_owned();
        let written = tokio::task::spawn_blocking(move || {
            let inventory = store.read_first_inventory(asked.archive, &gathered.inventory_sha512)?;
            write::zip(&gathered, inventory, &scratch)
        });
        Ok(Some(written.await.map_err(|_| Error::Died)??))
    }

    async fn gather(&self, asked: &Asked) -> Result<Option<(Gathered, TenantStore)>, Error> {
        let mut tx = self.db.read(asked.tenant).await?;
        let named = catalog::queries::identity_of(&mut tx, asked.archive).await?;
        let Some(named) = named else { return Ok(None) };
        let wrong = || db::Error::row("archive", asked.archive);
        let sha512 = named.inventory_sha512.as_deref().and_then(|sha512| sha512.try_into().ok());
        let inventory_sha512: [u8; 64] = sha512.ok_or_else(wrong)?;
        let store = self.storage.tenant(asked.tenant);
        let store = match sites_of_member(&mut tx).await? {
            Some(sites) => store.on(&sites)?,
            None => store,
        };
        let member = attestation::member(&mut tx).await?;
        let attestations = attestation::of_transfer(&mut tx, named.transfer_id).await?;
        let (entries, complete) = entries(&mut tx, asked.archive, named.transfer_id, &attestations).await?;
        drop(tx);
        let mut given = Vec::new();
        for attestation in attestations.into_iter().rev() {
            let there = entries.iter().any(|entry| entry.object == event_object(&attestation.number));
            if there {
                given.push(self.given(asked.tenant, attestation).await?);
            }
        }
        let gathered = Gathered {
            at: asked.at,
            public_url: self.public_url.to_string(),
            member,
            archive: Archive {
                id: asked.archive.to_string(),
                cote: named.cote,
                title: named.title,
                inventory_sha512: hex::encode(inventory_sha512),
            },
            inventory_sha512,
            taken_in_charge_at: named.taken_in_charge_at,
            entries,
            complete,
            proofs: Vec::new(),
            attestations: given,
        };
        Ok(Some((gathered, store)))
    }

    async fn given(&self, tenant: TenantId, attestation: Attestation) -> Result<Given, Error> {
        Ok(Given {
            statement: statement(&attestation)?,
            json: self.file(tenant, &attestation).await?,
            pdf: self.page(&attestation).await?,
            number: attestation.number,
        })
    }
}

/// What the journal says of the archive, of the transfer it was and of their attestations; whether that is all it says.
async fn entries(
    tx: &mut TenantRead,
    archive: ArchiveId,
    transfer: TransferId,
    attestations: &[Attestation],
) -> Result<(Vec<Recorded>, bool), Error> {
    let numbers = attestations.iter().map(|attestation| event_object(&attestation.number));
    let objects = [format!("transfer:{transfer}"), format!("archive:{archive}")].into_iter().chain(numbers);
    let objects: Vec<String> = objects.collect();
    let mut entries = events_about_any(tx, &objects, 0, ENTRIES_MAX as i64 + 1).await?;
    let complete = entries.len() <= ENTRIES_MAX;
    entries.truncate(ENTRIES_MAX);
    Ok((entries, complete))
}
