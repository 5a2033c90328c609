//! A site that leaves: two good copies read elsewhere, the switch, then each copy destroyed after the others were
//! read once more.

use fail::fail_point;
use uuid::Uuid;

use super::super::incident::Occasion;
use super::super::queries::{self as rows, Archived};
use super::super::{Error, Preservation, blocking, event_object};
use super::{ELSEWHERE_MIN, Moving, PAGE, Paged, STRAYS_MAX, done_queries, queries, record};
use crate::model::{Agent, ArchiveId, TenantId};
use crate::storage::{self, Authority};

impl Preservation {
    /// Reads the other copies of the next archives of which two were not found right since the migration was asked for.
    pub(super) async fn verify_page(
        &self,
        tenant: TenantId,
        moving: &Moving,
        after: Uuid,
    ) -> Result<Paged, Error> {
        let mut tx = self.db.read(tenant).await?;
        let page = queries::unverified_page(&mut tx, moving, after, PAGE).await?;
        drop(tx);
        let mut paged = Paged::default();
        for archived in page {
            paged.seen += 1;
            paged.last = Some(archived.due.archive.0);
            match self.stands_elsewhere(tenant, moving, &archived).await? {
                Ok(_) => paged.done += 1,
                Err(reason) => paged.failure = Some(format!("{} : {reason}", archived.cote)),
            }
        }
        Ok(paged)
    }

    /// From now on deposits go to the other sites.
    pub(super) async fn switch(&self, tenant: TenantId, moving: &Moving) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        let code = rows::member_code(&mut tx).await?;
        queries::set_sites(&mut tx, &moving.others).await?;
        done_queries::set_switched(&mut tx, moving.id, self.clock.now()).await?;
        let detail = vec![
            ("etape", "bascule".to_owned()),
            ("site", moving.site.clone()),
            ("sites", moving.others.join(" ")),
        ];
        record(&mut tx, Agent::Service, format!("member:{code}"), detail);
        tx.commit().await?;
        fail_point!("migrate-switched");
        Ok(())
    }

    /// Destroys the next copies on the site, each after the others were read again.
    pub(super) async fn destroy_page(
        &self,
        tenant: TenantId,
        moving: &Moving,
        after: Uuid,
    ) -> Result<Paged, Error> {
        let mut tx = self.db.read(tenant).await?;
        let page = queries::left_page(&mut tx, moving, after, PAGE).await?;
        drop(tx);
        let mut paged = Paged::default();
        for archived in page {
            paged.seen += 1;
            paged.last = Some(archived.due.archive.0);
            let read = match self.stands_elsewhere(tenant, moving, &archived).await? {
                Ok(sites) => sites,
                Err(reason) => {
                    paged.failure = Some(format!("{} : {reason}", archived.cote));
                    continue;
                }
            };
            match self.destroy_copy(tenant, moving, archived.due.archive).await {
                Ok(()) => {}
                Err(Error::Storage(error @ (storage::Error::Away { .. } | storage::Error::Slow { .. }))) => {
                    self.is_away(&moving.site, &error.to_string()).await?;
                    (paged.away, paged.failure) = (true, Some(error.in_words()));
                    break;
                }
                Err(error) => return Err(error),
            }
            fail_point!("migrate-destroyed");
            self.enter_destroyed(tenant, moving, &archived, &read).await?;
            paged.done += 1;
        }
        Ok(paged)
    }

    /// The other sites of the set on which the archive was just read right, when they are enough; else why not.
    async fn stands_elsewhere(
        &self,
        tenant: TenantId,
        moving: &Moving,
        archived: &Archived,
    ) -> Result<Result<Vec<String>, String>, Error> {
        let others: Vec<String> =
            archived.sites.iter().filter(|site| moving.others.contains(site)).cloned().collect();
        let readings = self.read_at_pace(tenant, &archived.due, others).await?;
        self.enter(Agent::Service, tenant, Occasion::Migration, &readings).await?;
        for reading in &readings {
            if let Some(reason) = reading.away() {
                self.is_away(&reading.site, reason).await?;
            }
        }
        let right: Vec<String> = readings
            .iter()
            .filter(|reading| reading.is_right())
            .map(|reading| reading.site.clone())
            .collect();
        Ok(if right.len() >= ELSEWHERE_MIN {
            Ok(right)
        } else {
            Err(format!("moins de deux copies saines hors du site {}", moving.site))
        })
    }

    /// Copies that no row knows, left on the site by deposits that were waiting for another when the set was switched:
    /// destroyed like the others. `false`: one does not stand elsewhere yet.
    pub(super) async fn destroy_strays(&self, tenant: TenantId, moving: &Moving) -> Result<bool, Error> {
        let (storage, site) = (self.storage.clone(), moving.site.clone());
        let objects = blocking(move || {
            let store = storage.tenant(tenant).on(&[&site])?;
            let objects = store.list()?.take(STRAYS_MAX);
            objects.map(|object| object.map(|archive| archive.0)).collect::<Result<Vec<Uuid>, _>>()
        });
        let mut all = true;
        for object in objects.await? {
            let mut tx = self.db.read(tenant).await?;
            let page = rows::archives_page(&mut tx, Uuid::nil(), Some(object), 1).await?;
            drop(tx);
            // What no archive is remains: an orphan, or a deposit on its way.
            for archived in page {
                match self.stands_elsewhere(tenant, moving, &archived).await? {
                    Ok(_) => self.destroy_copy(tenant, moving, archived.due.archive).await?,
                    Err(_) => all = false,
                }
            }
        }
        Ok(all)
    }

    async fn destroy_copy(&self, tenant: TenantId, moving: &Moving, archive: ArchiveId) -> Result<(), Error> {
        let (storage, site) = (self.storage.clone(), moving.site.clone());
        if !self.sites().contains(&site) {
            return Err(storage::Error::Away { site }.into());
        }
        let reference = format!("migration de support {}", moving.id);
        blocking(move || match Authority::of(&reference) {
            Some(authority) => storage.tenant(tenant).on(&[&site])?.destroy(archive, &authority),
            None => Ok(()),
        })
        .await
    }

    async fn enter_destroyed(
        &self,
        tenant: TenantId,
        moving: &Moving,
        archived: &Archived,
        read: &[String],
    ) -> Result<(), Error> {
        let archive = archived.due.archive;
        let mut tx = self.db.write(tenant).await?;
        if !done_queries::delete_copy(&mut tx, archive, &moving.site).await? {
            return Ok(());
        }
        done_queries::withdraw_incident(&mut tx, archive, &moving.site, self.clock.now()).await?;
        done_queries::add_done(&mut tx, moving.id, 1, 0).await?;
        let detail = vec![
            ("etape", "copie détruite".to_owned()),
            ("relues_avant", read.join(" ")),
            ("site", moving.site.clone()),
        ];
        record(&mut tx, Agent::Service, event_object(archive), detail);
        tx.commit().await?;
        fail_point!("migrate-withdrawn");
        Ok(())
    }
}
