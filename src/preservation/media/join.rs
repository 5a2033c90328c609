//! A site that joins: each archive copied there from a good copy, read again, entered.

use fail::fail_point;
use uuid::Uuid;

use super::super::incident::Occasion;
use super::super::queries::Archived;
use super::super::{Error, Preservation, blocking, event_object, vault};
use super::{Moving, PAGE, PAGE_BYTES, Paged, done_queries, queries, record};
use crate::model::{Agent, TenantId};
use crate::storage;

/// A copy made on the site that joins.
struct Made {
    archived: Archived,
    from: String,
    path: String,
    size_bytes: u64,
}

/// What trying to copy an archive came to.
enum Copied {
    Made(Box<Made>),
    Failed(String),
    /// The site that joins is away.
    Away(String),
}

impl Preservation {
    /// Copies the next archives that have no copy on the site.
    pub(super) async fn copy_page(
        &self,
        tenant: TenantId,
        moving: &Moving,
        after: Uuid,
    ) -> Result<Paged, Error> {
        let mut tx = self.db.read(tenant).await?;
        let page = queries::lacking_page(&mut tx, moving, after, PAGE).await?;
        drop(tx);
        let (mut paged, mut made, mut size_bytes) = (Paged::default(), Vec::new(), 0);
        for archived in page {
            if size_bytes > PAGE_BYTES {
                break;
            }
            paged.seen += 1;
            paged.last = Some(archived.due.archive.0);
            let cote = archived.cote.clone();
            match self.copy_one(tenant, moving, archived).await? {
                Copied::Made(one) => {
                    size_bytes += one.size_bytes;
                    made.push(*one);
                }
                Copied::Failed(reason) => paged.failure = Some(format!("{cote} : {reason}")),
                Copied::Away(reason) => {
                    self.is_away(&moving.site, &reason).await?;
                    (paged.away, paged.failure) = (true, Some(reason));
                    break;
                }
            }
        }
        paged.done = made.len();
        fail_point!("migrate-copied");
        self.enter_made(tenant, moving, made).await?;
        fail_point!("migrate-entered");
        Ok(paged)
    }

    async fn copy_one(&self, tenant: TenantId, moving: &Moving, archived: Archived) -> Result<Copied, Error> {
        let known = self.sites();
        let mut reason = "aucune copie saine".to_owned();
        for from in archived.sites.iter().filter(|from| known.contains(from)) {
            match self.copy_from(tenant, moving, &archived, from).await {
                Ok((path, size_bytes)) => {
                    let from = from.clone();
                    return Ok(Copied::Made(Box::new(Made { archived, from, path, size_bytes })));
                }
                Err(Error::Storage(
                    error @ (storage::Error::Away { .. }
                    | storage::Error::Slow { .. }
                    | storage::Error::Full { .. }),
                )) if is_of(&error, &moving.site) => return Ok(Copied::Away(error.in_words())),
                Err(Error::Storage(error)) => {
                    reason = error.in_words();
                    // What is wrong with the source is an incident, and mended by itself.
                    let readings = self.read(tenant, &archived.due, vec![from.clone()]).await?;
                    self.enter(Agent::Service, tenant, Occasion::Migration, &readings).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Copied::Failed(reason))
    }

    /// The copy's place and size, once it is there, read again, and the archive that was taken in charge.
    async fn copy_from(
        &self,
        tenant: TenantId,
        moving: &Moving,
        archived: &Archived,
        from: &str,
    ) -> Result<(String, u64), Error> {
        let (storage, archive, rate) =
            (self.storage.clone(), archived.due.archive, self.settings.repair_rate());
        let (to, from) = (moving.site.clone(), from.to_owned());
        blocking(move || vault::mend(&storage, tenant, archive, (&to, &from), rate)).await?;
        let readings = self.read_at_pace(tenant, &archived.due, vec![moving.site.clone()]).await?;
        let damaged = |path: String| storage::Error::Damaged { site: moving.site.clone(), path };
        match readings.into_iter().next() {
            Some(reading) if reading.is_right() => Ok((reading.path, reading.size_bytes)),
            Some(reading) => match reading.away() {
                Some(_) => Err(storage::Error::Away { site: moving.site.clone() }.into()),
                None => Err(damaged(reading.path).into()),
            },
            None => Err(damaged(String::new()).into()),
        }
    }

    async fn enter_made(&self, tenant: TenantId, moving: &Moving, made: Vec<Made>) -> Result<(), Error> {
        if made.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        let (mut archives, mut size_bytes) = (0, 0);
        for one in made {
            let archive = one.archived.due.archive;
            if done_queries::insert_copy(&mut tx, archive, &moving.site, &one.path, now).await? {
                archives += 1;
                size_bytes += one.size_bytes;
                let detail = vec![
                    ("depuis", one.from),
                    ("etape", "copie".to_owned()),
                    ("octets", one.size_bytes.to_string()),
                    ("site", moving.site.clone()),
                ];
                record(&mut tx, Agent::Service, event_object(archive), detail);
            }
        }
        if archives > 0 {
            done_queries::add_done(&mut tx, moving.id, archives, size_bytes).await?;
            tx.commit().await?;
        }
        self.is_back(&moving.site).await
    }
}

/// Whether the failure speaks of this site.
fn is_of(error: &storage::Error, site: &str) -> bool {
    match error {
        storage::Error::Away { site: away } | storage::Error::Slow { site: away, .. } => away == site,
        // Only what is written can find no room.
        storage::Error::Full { .. } => true,
        _ => false,
    }
}
