//! Transfers whose manifest comes apart from the archive of its attachments, known by the identifier that it gives them.
//!
//! What is sent again under an identifier is told from something else that bears the same one: by the manifest's bytes, then
//! by the files' own, however they were packed this time. The one thing to know: only a transfer that stands counts; after
//! a refusal an identifier is free.

use std::io::{self, BufReader};

use bytes::Bytes;
use futures_util::Stream;

use super::acknowledge::{self, Header};
use super::queries;
use super::unpack::{scratch_in, unpack_waiting};
use super::{Depositor, Entered, Error, Ingest};
use crate::catalog::queries as catalog;
use crate::db::TenantTx;
use crate::model::{ArchiveId, Limits, TenantId, Transfer, TransferId};
use crate::package::Package;
use crate::proof::digest::sha512_of;
use crate::seda;
use crate::seda::lengths::IDENTIFIER_BYTES_MAX;
use crate::seda::tolerance::Tolerance;
use crate::storage::{self, Hold, InQuarantine, Received};

/// What a manifest that came apart says, before anything is judged.
#[derive(Clone, Debug)]
pub struct Apart {
    /// `None`: it cannot be acknowledged; `unreadable` says why.
    pub header: Option<Header>,
    pub unreadable: Option<String>,
    pub sha512: [u8; 64],
    pub reply_to: Option<String>,
}

impl Ingest {
    /// Receives the manifest of the transfer to be, durable when it returns; its size.
    pub async fn receive_manifest(
        &self,
        from: &Depositor,
        id: TransferId,
        body: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<u64, Error> {
        let _room = self.make_room(from).await?;
        let max = self.limits.manifest_bytes_max.min(self.limits.received_bytes_max);
        let received = self.storage.quarantine().receive_manifest(from.tenant, id, body, max).await?;
        Ok(received.size_bytes)
    }

    /// Receives the archive of its attachments, durable when it returns.
    pub async fn receive_attachments(
        &self,
        from: &Depositor,
        id: TransferId,
        body: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<u64, Error> {
        let _room = self.make_room(from).await?;
        let max = self.limits.received_bytes_max;
        let quarantine = self.storage.quarantine();
        let Hold::Held(held) = quarantine.hold(from.tenant, id, true).await? else {
            return Err(Error::Contended);
        };
        let (added, _held) = quarantine.add(from.tenant, held, 0, body, max, |_| ()).await?;
        match added.broken {
            None => Ok(added.size_bytes),
            Some(broken) => Err(storage::Error::Interrupted(broken).into()),
        }
    }

    /// Enters the pair received under `id`.
    pub async fn enter_pair(
        &self,
        from: &Depositor,
        id: TransferId,
        file_name: &str,
        apart: &Apart,
    ) -> Result<Entered, Error> {
        let received: Received = self.storage.quarantine().close(from.tenant, id).await?;
        let entered = self.enter(from, id, file_name, &received, Some(apart)).await?;
        let is_ours =
            matches!(&entered, Entered::Received(reception) if reception.transfer.transfer_id == id);
        if !is_ours {
            self.discard(from.tenant, id).await;
        }
        Ok(entered)
    }

    /// Drops what was received of a pair that will not be.
    pub async fn drop_pair(&self, tenant: TenantId, id: TransferId) {
        self.discard(tenant, id).await;
    }

    /// Reads the manifest received under `id`: its identifiers, or why it has none.
    pub async fn read_apart(
        &self,
        tenant: TenantId,
        id: TransferId,
        reply_to: Option<String>,
    ) -> Result<Apart, Error> {
        let manifest = || -> Result<_, Error> {
            let file = self.storage.quarantine().open_manifest(tenant, id)?;
            Ok(file.ok_or_else(|| storage::Error::Absent(id.to_string()))?)
        };
        let (read, mut digested) = (manifest()?, manifest()?);
        let (limits, scratch) = (self.limits.clone(), self.storage.quarantine().scratch().to_owned());
        super::blocking(move || {
            let options = seda::Options { tolerances: &Tolerance::ALL, ..seda::Options::default() };
            let buffered = BufReader::with_capacity(1 << 16, read);
            let reading = seda::read_manifest(buffered, &limits, &scratch_in(&scratch), options);
            if let Some(error) = reading.failure {
                return Err(error.into());
            }
            let header = acknowledge::header_of(reading.message.as_ref(), &reading.header);
            let header = header.filter(|header| {
                let names = [Some(&header.message_identifier), header.transferring_agency.as_ref()];
                names.into_iter().flatten().all(|name| name.len() <= IDENTIFIER_BYTES_MAX)
            });
            let first = reading.findings.iter().find(|finding| finding.is_error());
            let unreadable = header.is_none().then(|| first.map_or_else(String::new, said));
            let (sha512, _) = sha512_of(&mut digested)?;
            Ok(Apart { header, unreadable, sha512, reply_to })
        })
        .await
    }

    /// The transfer that stands under the identifier of a manifest which is not its own.
    pub async fn other_content(&self, tenant: TenantId, apart: &Apart) -> Result<Option<Transfer>, Error> {
        let Some(header) = &apart.header else { return Ok(None) };
        let mut tx = self.db.read(tenant).await?;
        let agency = header.transferring_agency.as_deref();
        let standing = queries::find_standing(&mut tx, agency, &header.message_identifier).await?;
        let other = |(_, manifest): &(Transfer, Option<Vec<u8>>)| manifest.as_deref() != Some(&apart.sha512);
        Ok(standing.filter(other).map(|(transfer, _)| transfer))
    }

    /// The transfer that stands under the identifier of a manifest, once no other can be entered under it before `tx` ends.
    pub(super) async fn standing(
        &self,
        tx: &mut TenantTx,
        header: &Header,
    ) -> Result<Option<(Transfer, Option<Vec<u8>>)>, Error> {
        let agency = header.transferring_agency.as_deref();
        queries::lock_identifier(tx, agency, &header.message_identifier).await?;
        Ok(queries::find_standing(tx, agency, &header.message_identifier).await?)
    }

    /// Whether what is received under `id` has the files of a transfer that stands, byte for byte.
    pub(super) async fn has_same_files(
        &self,
        tenant: TenantId,
        id: TransferId,
        standing: &Transfer,
        manifest: &[u8; 64],
    ) -> Result<bool, Error> {
        let ours = self.file_digests(tenant, id, manifest).await?;
        match (self.file_digests(tenant, standing.transfer_id, manifest).await, standing.archive_id) {
            (Ok(theirs), _) => Ok(ours == theirs),
            // Taken in charge: its bytes are on the sites, their digests in the catalogue.
            (Err(Error::Storage(storage::Error::Absent(_))), Some(archive)) => {
                let kept = self.kept_digests(tenant, archive).await?;
                Ok(kept.iter().all(|digest| ours.binary_search(digest).is_ok()))
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn kept_digests(&self, tenant: TenantId, archive: ArchiveId) -> Result<Vec<Vec<u8>>, Error> {
        let mut tx = self.db.read(tenant).await?;
        Ok(catalog::object_digests(&mut tx, archive).await?)
    }

    /// Digests of the files in quarantine but the manifest, wherever it is, in their own order.
    async fn file_digests(
        &self,
        tenant: TenantId,
        id: TransferId,
        manifest: &[u8; 64],
    ) -> Result<Vec<Vec<u8>>, Error> {
        let manifest = *manifest;
        let waiting = self.storage.quarantine().open(tenant, id)?;
        let (limits, scratch) = (self.limits.clone(), self.storage.quarantine().scratch().to_owned());
        super::blocking(move || {
            let mut digests = digests(waiting, &scratch, &limits)?;
            digests.retain(|digest| *digest != manifest);
            Ok(digests)
        })
        .await
    }
}

fn digests(waiting: InQuarantine, scratch: &std::path::Path, limits: &Limits) -> Result<Vec<Vec<u8>>, Error> {
    let mut package: Package = unpack_waiting(waiting, scratch, limits)?.package;
    let manifest = package.manifest_apart();
    let mut digests = Vec::new();
    for entry in (0..package.entries().len()).filter(|entry| Some(*entry) != manifest) {
        let mut content = package.read(entry)?;
        match sha512_of(&mut content) {
            Ok((digest, _)) => digests.push(digest.to_vec()),
            // Damaged: like no other file.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => digests.push(Vec::new()),
            Err(error) => return Err(error.into()),
        }
    }
    digests.sort();
    Ok(digests)
}

/// A finding in a line, with its place.
fn said(finding: &crate::model::Finding) -> String {
    let line = finding.line.map(|line| format!(" (ligne {line})")).unwrap_or_default();
    format!("{} : {}{line}", finding.kind.title, finding.message)
}
