//! Each object of the site seen to: read, then entered or listed. Several at once, each in a transaction of its own.

use std::path::PathBuf;

use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::rebuild::{Asked, LeftOut, Rebuilt, Told};
use super::site::{self, Looked};
use super::{Error, Recovery, blocking, enter, queries};
use crate::model::{ArchiveId, TenantId};
use crate::package::unlinked;
use crate::seda::Scratch;
use crate::storage::{self, TenantStore};

/// Objects read at once.
const READ_AT_ONCE: usize = 4;

/// What became of one object.
enum Fate {
    Entered { size_bytes: u64 },
    Known,
    LeftOut(LeftOut),
}

/// Reads objects of one member and sees to each.
pub(super) struct Reader<'a> {
    pub recovery: &'a Recovery,
    pub asked: &'a Asked,
    pub tenant: TenantId,
    pub store: &'a TenantStore,
    pub others: &'a [(String, TenantStore)],
}

impl Reader<'_> {
    /// Sees to a page of them.
    pub async fn page(
        &self,
        page: &[ArchiveId],
        rebuilt: &mut Rebuilt,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<(), Error> {
        let ids: Vec<Uuid> = page.iter().map(|archive| archive.0).collect();
        let mut tx = self.recovery.db.read(self.tenant).await?;
        let known = queries::entered(&mut tx, &ids).await?;
        drop(tx);
        self.recovery.note_copies(self.tenant, &self.asked.site, &known).await?;
        let before =
            rebuilt.known + rebuilt.entered + rebuilt.unconfirmed + rebuilt.faulty + rebuilt.conflicts;
        rebuilt.known += known.len();
        let new = page.iter().copied().filter(|archive| !known.contains(&archive.0));
        let mut fates = stream::iter(new).map(|archive| self.see_to(archive)).buffer_unordered(READ_AT_ONCE);
        let mut done = before + known.len();
        while let Some(fate) = fates.try_next().await? {
            done += 1;
            match fate {
                Fate::Known => rebuilt.known += 1,
                Fate::Entered { size_bytes } => {
                    rebuilt.entered += 1;
                    rebuilt.size_bytes += size_bytes;
                }
                Fate::LeftOut(left) => {
                    match left.reason {
                        "unconfirmed" => rebuilt.unconfirmed += 1,
                        "conflict" => rebuilt.conflicts += 1,
                        _ => rebuilt.faulty += 1,
                    }
                    tell(Told::LeftOut(&left));
                }
            }
            tell(Told::Done(done));
        }
        Ok(())
    }

    /// One object: read, then entered or listed.
    async fn see_to(&self, archive: ArchiveId) -> Result<Fate, Error> {
        let (store, tenant, whole) = (self.store.clone(), self.tenant, self.asked.whole);
        let folder: PathBuf = self.recovery.storage.quarantine().scratch().to_owned();
        let (marker, looked, accession) = blocking(move || {
            let scratch = Scratch::new(move || unlinked(&folder));
            let marker = marker(&store, archive)?;
            let looked = site::look(&store, tenant, archive, whole, &scratch)?;
            let accession = match &looked {
                Looked::Faulty(_) => site::accession(&store, archive),
                Looked::Whole(_) => None,
            };
            Ok((marker, looked, accession))
        })
        .await?;
        let found = match looked {
            Looked::Faulty(detail) => {
                let cote = accession.map(|accession| accession.cote);
                return self.leave_out(LeftOut { archive, cote, reason: "faulty", detail }).await;
            }
            Looked::Whole(found) => found,
        };
        let mut said = site::confirmed_at(marker.as_deref(), &found.accession);
        if said.is_none() {
            let mut tx = self.recovery.db.read(self.tenant).await?;
            said = queries::taken_in_charge(&mut tx, archive.0).await?;
        }
        if said.is_none() {
            let elsewhere = self.markers_elsewhere(archive).await?;
            said = elsewhere.iter().find_map(|marker| site::confirmed_at(Some(marker), &found.accession));
        }
        let cote = found.accession.cote.clone();
        let Some(taken_in_charge_at) = said else {
            let detail = "ni marque de confirmation, ni prise en charge au journal".to_owned();
            return self
                .leave_out(LeftOut { archive, cote: Some(cote), reason: "unconfirmed", detail })
                .await;
        };
        let copies = self.copies(archive, found.inventory_sha512).await?;
        let entering = enter::Entering { asked: self.asked, found, taken_in_charge_at, copies };
        match self.recovery.enter(self.tenant, entering).await? {
            enter::Entered::Now { size_bytes } => Ok(Fate::Entered { size_bytes }),
            enter::Entered::Known => Ok(Fate::Known),
            enter::Entered::Conflict(detail) => {
                self.leave_out(LeftOut { archive, cote: Some(cote), reason: "conflict", detail }).await
            }
        }
    }

    /// The archive's commit markers on the other sites: a crash may have come between two of them.
    async fn markers_elsewhere(&self, archive: ArchiveId) -> Result<Vec<Vec<u8>>, Error> {
        let others = self.others.to_vec();
        blocking(move || {
            let markers = others.iter().map(|(_, store)| marker(store, archive));
            Ok(markers.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
        .await
    }

    /// The other sites that hold the archive as this one does.
    async fn copies(&self, archive: ArchiveId, sha512: [u8; 64]) -> Result<Vec<String>, Error> {
        let others = self.others.to_vec();
        blocking(move || {
            let same =
                |store: &TenantStore| store.read_inventory(archive).is_ok_and(|(_, there)| there == sha512);
            Ok(others.into_iter().filter(|(_, store)| same(store)).map(|(name, _)| name).collect())
        })
        .await
    }

    async fn leave_out(&self, left: LeftOut) -> Result<Fate, Error> {
        self.recovery.leave_out(self.tenant, &self.asked.site, &left).await?;
        Ok(Fate::LeftOut(left))
    }
}

fn marker(store: &TenantStore, archive: ArchiveId) -> Result<Option<Vec<u8>>, Error> {
    match store.technical_metadata(archive) {
        Ok(metadata) => Ok(metadata.marker),
        Err(storage::Error::Damaged { .. } | storage::Error::Absent(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
